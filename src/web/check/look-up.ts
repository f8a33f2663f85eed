// Is this account, code or QR a school's own, and should anybody pay it? The answer names schools and states, never a
// child, a class or an amount; what does not fit together in every part is not to be paid.
import type { Deps } from '../../deps.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'
import { findLinkedPlace } from '../parent/read-bill-page.js'
import {
  findAccountRoutes, findCodeRoute, findPublicBill, isAccountActive, readPublicSchool,
} from './queries.js'
import type { AccountRoute, PublicBill, PublicSchool } from './queries.js'
import type { Question } from './question.js'

export interface KnownSchool extends PublicSchool {
  /** The account that was asked about; null when only a code was. */
  account: { bankBin: string, accountNumber: string } | null
}

export type BillState = 'open' | 'paid' | 'replaced' | 'cancelled'

/** Why nobody should pay. */
export type Danger = 'unknown_account' | 'closed_account' | 'unknown_code' | 'schools_differ' | 'other_account' |
  'unknown_link'

export type Answer =
  | { kind: 'danger', danger: Danger }
  | {
    kind: 'known'
    schools: readonly KnownSchool[]
    /** Null where no bill was named, or a code of a student or family was. */
    bill: BillState | null
    /** Null where there was nothing to compare. */
    amountFits: boolean | null
    hasCode: boolean
  }

type LookUpDeps = Pick<Deps, 'db' | 'secretBox' | 'now'>

export async function lookUp(deps: LookUpDeps, question: Question): Promise<Answer> {
  switch (question.kind) {
    case 'vietqr': return lookUpQr(deps, question)
    case 'code': return lookUpCode(deps, question.code, question.amountVnd)
    case 'account': return lookUpAccount(deps, question.accountNumber)
    case 'bill_link': return lookUpLink(deps, question.token)
  }
}

const danger = (why: Danger): Answer => ({ kind: 'danger', danger: why })

async function lookUpQr(deps: LookUpDeps, question: Question & { kind: 'vietqr' }): Promise<Answer> {
  const { bankBin, accountNumber, code, amountVnd } = question
  const [route] = await deps.db.asService((trx) => findAccountRoutes(trx, accountNumber, bankBin))
  if (route === undefined) return danger('unknown_account')
  const school = await readAccount(deps, route)
  if (school === 'closed') return danger('closed_account')
  if (code === null) return { kind: 'known', schools: [school], bill: null, amountFits: null, hasCode: false }
  const owner = await deps.db.asService((trx) => findCodeRoute(trx, code))
  if (owner === undefined) return danger('unknown_code')
  if (owner.schoolId !== route.schoolId) return danger('schools_differ')
  const bill = await deps.db.inSchool(owner.schoolId, (trx) => findPublicBill(trx, owner.schoolId, code))
  if (bill !== undefined && (bill.payeeBin !== bankBin || bill.payeeNumber !== accountNumber)) {
    return danger('other_account')
  }
  return { kind: 'known', schools: [school], ...judgeBill(bill, amountVnd), hasCode: true }
}

async function lookUpCode(deps: LookUpDeps, code: PaymentCodeNumber, amountVnd: number | null): Promise<Answer> {
  const owner = await deps.db.asService((trx) => findCodeRoute(trx, code))
  if (owner === undefined) return danger('unknown_code')
  const { schoolId } = owner
  return deps.db.inSchool(schoolId, async (trx) => {
    const school = { ...await readPublicSchool(trx, schoolId), account: null }
    const bill = await findPublicBill(trx, schoolId, code)
    return { kind: 'known', schools: [school], ...judgeBill(bill, amountVnd), hasCode: true }
  })
}

async function lookUpAccount(deps: LookUpDeps, accountNumber: string): Promise<Answer> {
  const routes = await deps.db.asService((trx) => findAccountRoutes(trx, accountNumber))
  if (routes.length === 0) return danger('unknown_account')
  const schools: KnownSchool[] = []
  for (const route of routes) {
    const school = await readAccount(deps, route)
    if (school !== 'closed') schools.push(school)
  }
  if (schools.length === 0) return danger('closed_account')
  return { kind: 'known', schools, bill: null, amountFits: null, hasCode: false }
}

async function lookUpLink(deps: LookUpDeps, token: string): Promise<Answer> {
  const linked = await findLinkedPlace(deps, token)
  if (linked === undefined) return danger('unknown_link')
  const { schoolId } = linked.place
  const school = await deps.db.inSchool(schoolId, (trx) => readPublicSchool(trx, schoolId))
  return { kind: 'known', schools: [{ ...school, account: null }], bill: null, amountFits: null, hasCode: true }
}

async function readAccount({ db }: LookUpDeps, route: AccountRoute): Promise<KnownSchool | 'closed'> {
  const { schoolId, bankBin, accountNumber } = route
  return db.inSchool(schoolId, async (trx) => {
    if (!await isAccountActive(trx, route)) return 'closed'
    return { ...await readPublicSchool(trx, schoolId), account: { bankBin, accountNumber } }
  })
}

function judgeBill(
  bill: PublicBill | undefined, amountVnd: number | null,
): { bill: BillState | null, amountFits: boolean | null } {
  if (bill === undefined) return { bill: null, amountFits: null }
  if (bill.state !== 'issued') return { bill: bill.state === 'superseded' ? 'replaced' : 'cancelled', amountFits: null }
  if (bill.openVnd === 0) return { bill: 'paid', amountFits: null }
  return { bill: 'open', amountFits: amountVnd === null ? null : amountVnd === bill.openVnd }
}
