// Everything that an authority's pages and files say as of a day, read in one snapshot and kept for a moment,
// so that choosing another level or measure asks the database nothing. Each page prints when its snapshot was
// read.
import { LRUCache } from 'lru-cache'
import type { Kysely } from 'kysely'
import type { Database } from '../db/tenancy.js'
import type { Tables } from '../db/tables.js'
import type { FeeGroup } from '../ledger/account.js'
import { openSlots } from '../slots.js'
import { addDays } from '../time.js'
import type { Day } from '../time.js'
import { boardOf, readRoster } from './board.js'
import type { Board } from './board.js'
import { EVERY_GROUP } from './measure.js'
import { periodOf, schoolYearStartOf, seriesPoints } from './period.js'
import { readAuthority } from './queries/authority.js'
import type { AuthorityFacts } from './queries/authority.js'
import { readLiveStudents } from './queries/live-students.js'
import { inScope } from './report.js'

export interface Dashboard {
  authority: AuthorityFacts
  /** When the snapshot was read: what was recorded later is not in it. */
  readAt: Date
  /** With its changes week by week in the fee group asked for. */
  board: Board
  /** The board of the last day of the school year before: M2 restarts with each year. Only of that fee group. */
  lastYear: Board
}

export interface DashboardQuery {
  authorityId: string
  asOf: Day
  feeGroup: FeeGroup | null
}

export type ReadDashboard = (query: DashboardQuery) => Promise<Dashboard>

const KEPT_MAX = 30

export interface DashboardDeps {
  reportsDb: Database
  now: () => Date
  /** 0 keeps nothing. */
  keepMs: number
  /** Readings of what is not kept: each passes over every school of the authority. */
  readings: { atOnce: number; waitingMax: number }
}

/** Throws AUTHORITY_NOT_FOUND, DAY_INVALID; OVERLOADED when too many wait for a reading. */
export function createDashboards({ reportsDb, now, keepMs, readings }: DashboardDeps): ReadDashboard {
  // The promise is kept and not its result: officers who open the page together wait for one reading.
  const kept = new LRUCache<string, Promise<Dashboard>>({ max: KEPT_MAX, ttl: Math.max(1, keepMs) })
  const slots = openSlots(readings)
  const read = (query: DashboardQuery): Promise<Dashboard> => slots.use(() =>
    inScope(reportsDb, { authorityId: query.authorityId }, (trx) => readDashboard(trx, query, now())))
  return (query) => {
    if (keepMs === 0) return read(query)
    const key = `${query.authorityId} ${query.asOf} ${query.feeGroup ?? EVERY_GROUP}`
    const known = kept.get(key)
    if (known !== undefined) return known
    const reading = read(query)
    kept.set(key, reading)
    reading.catch(() => kept.delete(key))
    return reading
  }
}

async function readDashboard(
  db: Kysely<Tables>, { authorityId, asOf, feeGroup }: DashboardQuery, readAt: Date,
): Promise<Dashboard> {
  const from = schoolYearStartOf(asOf)
  const authority = await readAuthority(db, authorityId, asOf)
  const lastYearEnd = periodOf(addDays(from, -1))
  const roster = await readRoster(db, authorityId, asOf)
  const lastRoster = await readRoster(db, authorityId, lastYearEnd.asOf)
  const [first = periodOf(asOf), ...rest] = seriesPoints(from, asOf, 'week')
  const live = await readLiveStudents(db, {
    roster: [...roster, ...lastRoster], points: [lastYearEnd, first, ...rest], feeGroup,
  })
  const board = await boardOf(db, authorityId, { roster, points: [first, ...rest], feeGroup, live }, 'every')
  const lastYear = await boardOf(
    db, authorityId, { roster: lastRoster, points: [lastYearEnd], feeGroup, live }, 'own')
  return { authority, readAt, board, lastYear }
}
