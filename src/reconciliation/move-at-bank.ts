// Says of sums that the books moved between two accounts that somebody moved them at the bank as well, or that this was
// said by mistake. It moves no money: the books did that when the payment was put onto its bill.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { daysBetween, vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { lockTransfers, setMoved } from './account-transfer-store.js'
import type { AccountTransferRow } from './account-transfer-store.js'

const DAYS_BACK = 366

/** Errors: `ACCOUNT_TRANSFER_NOT_FOUND`, `ACCOUNT_TRANSFER_NOT_DUE_CONFLICT`, `MOVED_DAY_INVALID`. */
export async function markMoved(
  db: Database, actor: Actor, asked: { schoolId: string; ids: readonly string[]; movedOn: Day }, now: Date,
): Promise<void> {
  const { schoolId, ids, movedOn } = asked
  const today = vietnamDay(now)
  if (movedOn > today || daysBetween(movedOn, today) > DAYS_BACK) {
    const reason = `movedOn must be a day of the last ${DAYS_BACK} days: the one on which the bank moved it`
    throw new DomainError('MOVED_DAY_INVALID', reason, [{ field: 'movedOn', reason }])
  }
  await db.inSchool(schoolId, async (trx) => {
    const rows = await lockAll(trx, schoolId, ids)
    if (rows.some(({ state }) => state !== 'due')) {
      throw new DomainError('ACCOUNT_TRANSFER_NOT_DUE_CONFLICT', 'one of these was moved or taken back meanwhile')
    }
    await setMoved(trx, schoolId, ids, { on: movedOn, by: actor.name })
    await audit(trx, actor, rows, { action: 'account_transfer.moved', after: { movedOn } })
  })
}

/**
 * Errors: `ACCOUNT_TRANSFER_NOT_FOUND`, `ACCOUNT_TRANSFER_NOT_MOVED_CONFLICT`,
 * `ACCOUNT_TRANSFER_REVERSED_CONFLICT`.
 */
export async function markDue(
  db: Database, actor: Actor, { schoolId, ids }: { schoolId: string; ids: readonly string[] },
): Promise<void> {
  await db.inSchool(schoolId, async (trx) => {
    const rows = await lockAll(trx, schoolId, ids)
    if (rows.some(({ state }) => state !== 'moved')) {
      throw new DomainError('ACCOUNT_TRANSFER_NOT_MOVED_CONFLICT', 'one of these was not marked as moved')
    }
    // Its way back is due because it was moved: without the one there would be no reason for the other.
    if (rows.some((row) => row.is_reversed)) {
      throw new DomainError('ACCOUNT_TRANSFER_REVERSED_CONFLICT', 'the payment was taken back since: its way back is due')
    }
    await setMoved(trx, schoolId, ids, null)
    await audit(trx, actor, rows, { action: 'account_transfer.due' })
  })
}

async function lockAll(trx: Trx, schoolId: string, ids: readonly string[]): Promise<AccountTransferRow[]> {
  const rows = await lockTransfers(trx, schoolId, ids)
  if (ids.length > 0 && rows.length === new Set(ids).size) return rows
  throw new DomainError('ACCOUNT_TRANSFER_NOT_FOUND', 'this school has no such transfer between its accounts')
}

async function audit(
  trx: Trx, actor: Actor, rows: readonly AccountTransferRow[], done: { action: string; after?: object },
): Promise<void> {
  for (const { id, state } of rows) {
    await recordAudit(trx, { actor, ...done, objectKind: 'account_transfer', objectId: id, before: { state } })
  }
}
