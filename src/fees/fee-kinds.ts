// Keeps a school's fee kinds. Code and group are for good, because bills and books name them; the rest may
// change and holds for bills to come.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import type { FeeGroup } from '../ledger/account.js'
import { billableGroup } from './fee-kind.js'
import type { AskedGroup } from './fee-kind.js'

export interface FeeKind {
  id: string
  code: string
  name: string
  feeGroup: FeeGroup
  legalBasis: string
  bankAccountId: string
  /** Money of an invoice goes to the lowest first. */
  priority: number
  /** Billed only to students for whom it was chosen, or who are named in the plan. */
  optional: boolean
  documentType: string
}

export interface NewFeeKind {
  code: string
  name: string
  feeGroup: AskedGroup
  legalBasis: string
  bankAccountId: string
  priority?: number
  optional?: boolean
  documentType?: string
}
export type FeeKindChange = Partial<Omit<FeeKind, 'id' | 'code' | 'feeGroup'>>

const FEE_KIND = [
  'id', 'code', 'name', 'fee_group as feeGroup', 'legal_basis as legalBasis',
  'bank_account_id as bankAccountId',
  'priority', 'optional', 'document_type as documentType',
] as const

/** In the order of their codes; fee_kind_code_key. */
export async function listFeeKinds(
  trx: Trx, schoolId: string, page: { afterCode?: string; limit: number },
): Promise<FeeKind[]> {
  let query = trx.selectFrom('fee_kind').select(FEE_KIND).where('school_id', '=', schoolId)
    .orderBy('code').limit(page.limit)
  if (page.afterCode !== undefined) query = query.where('code', '>', page.afterCode)
  return query.execute()
}

/** Throws `FEE_GROUP_REFUSED`, `BANK_ACCOUNT_CLOSED_CONFLICT`, `BANK_ACCOUNT_NOT_FOUND`. */
export async function createFeeKind(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, asked: NewFeeKind,
): Promise<FeeKind> {
  const feeGroup = billableGroup(asked.feeGroup)
  const id = uuidv7()
  return deps.db.inSchool(schoolId, async (trx) => {
    await assertOpenAccount(trx, schoolId, asked.bankAccountId)
    await recordAudit(trx, {
      actor, action: 'fee_kind.create', objectKind: 'fee_kind', objectId: id, after: asked,
    })
    return trx.insertInto('fee_kind')
      .values({
        school_id: schoolId, id, code: asked.code, fee_group: feeGroup, ...required(asked), ...columns(asked),
      })
      .returning(FEE_KIND).executeTakeFirstOrThrow()
  })
}

/** Throws `FEE_KIND_NOT_FOUND`, `BANK_ACCOUNT_CLOSED_CONFLICT`, `BANK_ACCOUNT_NOT_FOUND`. */
export async function changeFeeKind(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, feeKindId: string, change: FeeKindChange,
): Promise<FeeKind> {
  return deps.db.inSchool(schoolId, async (trx) => {
    const before = await trx.selectFrom('fee_kind').select(FEE_KIND)
      .where('school_id', '=', schoolId).where('id', '=', feeKindId).forUpdate().executeTakeFirst()
    if (!before) throw new DomainError('FEE_KIND_NOT_FOUND', 'this school has no such fee kind')
    if (change.bankAccountId !== undefined) await assertOpenAccount(trx, schoolId, change.bankAccountId)
    const after = await trx.updateTable('fee_kind').set(columns(change))
      .where('school_id', '=', schoolId).where('id', '=', feeKindId)
      .returning(FEE_KIND).executeTakeFirstOrThrow()
    await recordAudit(trx, {
      actor, action: 'fee_kind.change', objectKind: 'fee_kind', objectId: feeKindId, before, after,
    })
    return after
  })
}

function required({ name, legalBasis, bankAccountId }: NewFeeKind) {
  return { name, legal_basis: legalBasis, bank_account_id: bankAccountId }
}

function columns({ name, legalBasis, bankAccountId, priority, optional, documentType }: FeeKindChange) {
  return {
    ...(name !== undefined && { name }),
    ...(legalBasis !== undefined && { legal_basis: legalBasis }),
    ...(bankAccountId !== undefined && { bank_account_id: bankAccountId }),
    ...(priority !== undefined && { priority }),
    ...(optional !== undefined && { optional }),
    ...(documentType !== undefined && { document_type: documentType }),
  }
}

async function assertOpenAccount(trx: Trx, schoolId: string, bankAccountId: string): Promise<void> {
  const account = await trx.selectFrom('bank_account').select('state')
    .where('school_id', '=', schoolId).where('id', '=', bankAccountId).executeTakeFirst()
  if (!account) throw new DomainError('BANK_ACCOUNT_NOT_FOUND', 'this school has no such bank account')
  if (account.state === 'active') return
  throw new DomainError('BANK_ACCOUNT_CLOSED_CONFLICT', 'the bank account is closed')
}
