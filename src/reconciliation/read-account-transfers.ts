// What the API and the pages show of sums to move between a school's own accounts. It changes nothing.
import type { Database } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { decodeCursor, toPage } from '../http/paging.js'
import { selectAccountTransfers, selectDuePairs } from './queries/account-transfers.js'
import type { AccountTransferItem, AccountTransferState, DuePair } from './queries/account-transfers.js'

export { ACCOUNT_TRANSFER_STATES } from './queries/account-transfers.js'
export type { AccountTransferItem, AccountTransferState, DuePair } from './queries/account-transfers.js'

/** Oldest first. Throws `CURSOR_INVALID`. */
export async function listAccountTransfers(
  db: Database,
  schoolId: string,
  filter: { state?: AccountTransferState | undefined },
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: AccountTransferItem[]; nextCursor: string | null }> {
  const query = selectAccountTransfers(schoolId, filter, limit + 1, readLastId(cursor))
  const { rows } = await db.inSchool(schoolId, (trx) => query.execute(trx))
  return toPage(rows, limit, ({ id }) => [id])
}

export async function listDuePairs(db: Database, schoolId: string): Promise<DuePair[]> {
  return (await db.inSchool(schoolId, (trx) => selectDuePairs(schoolId).execute(trx))).rows
}

function readLastId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const [id = ''] = decodeCursor(cursor)
  if (isUuid(id)) return id
  throw new DomainError('CURSOR_INVALID', 'cursor is not one that this list gave')
}
