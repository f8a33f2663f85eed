// The only way into the database: a transaction that takes one of the three roles and, for a school's
// rows, opens that school. Nothing runs as the login role itself, and nothing outside a transaction.
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import type pg from 'pg'
import { openKysely } from './pool.js'
import type { Tables } from './tables.js'

export type Trx = Transaction<Tables>
export type Work<T> = (trx: Trx) => Promise<T>

export interface Database {
  /** One school's rows, for people and programs. */
  inSchool<T>(schoolId: string, work: Work<T>): Promise<T>
  /** One school's rows, for the posting worker. */
  inSchoolAsWorker<T>(schoolId: string, work: Work<T>): Promise<T>
  /** The inbox, notices and unfolded facts of every school; no other tenant row. */
  asWorker<T>(work: Work<T>): Promise<T>
  /** Reports on the schools under an authority: read only, no names of children, and all of one snapshot. */
  asAuthority<T>(authorityId: string, work: Work<T>): Promise<T>
  /** What belongs to no school: routing tables, authorities, tokens. */
  asService<T>(work: Work<T>): Promise<T>
  close(): Promise<void>
}

export interface TenancyLimits {
  statementTimeoutMs: number
  lockTimeoutMs: number
  /** How often a transaction that lost a deadlock or a serialisation race is run again. */
  retries: number
}

const DEFAULT_LIMITS: TenancyLimits = { statementTimeoutMs: 60_000, lockTimeoutMs: 10_000, retries: 4 }

type Role = 'app' | 'worker' | 'report'

export function openDatabase(pool: pg.Pool, limits: TenancyLimits = DEFAULT_LIMITS): Database {
  const db = openKysely(pool)
  const run = <T>(role: Role, schoolId: string, authorityId: string, work: Work<T>): Promise<T> =>
    withRetry(limits.retries, () => transact(db, limits, { role, schoolId, authorityId }, work))
  return {
    inSchool: (schoolId, work) => run('app', schoolId, '', work),
    inSchoolAsWorker: (schoolId, work) => run('worker', schoolId, '', work),
    asWorker: (work) => run('worker', '', '', work),
    asAuthority: (authorityId, work) => run('report', '', authorityId, work),
    asService: (work) => run('app', '', '', work),
    close: () => db.destroy(),
  }
}

interface Scope {
  role: Role
  schoolId: string
  authorityId: string
}

function transact<T>(db: Kysely<Tables>, limits: TenancyLimits, scope: Scope, work: Work<T>): Promise<T> {
  // A page of figures is read in several statements, and all of them have to agree.
  const begin = scope.role === 'report'
    ? db.transaction().setIsolationLevel('repeatable read')
    : db.transaction()
  return begin.execute(async (trx) => {
    // One statement, `true` = local to this transaction, so that PgBouncer's transaction mode is safe.
    // The role comes last: the settings above it need no right of the role's own.
    await sql`SELECT set_config('statement_timeout', ${String(limits.statementTimeoutMs)}, true),
      set_config('lock_timeout', ${String(limits.lockTimeoutMs)}, true),
      set_config('school_fees.school_id', ${scope.schoolId}, true),
      set_config('school_fees.authority_id', ${scope.authorityId}, true),
      set_config('role', ${scope.role}, true)`.execute(trx)
    return work(trx)
  })
}

const DEADLOCK_DETECTED = '40P01'
const SERIALIZATION_FAILURE = '40001'

async function withRetry<T>(retries: number, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await attempt()
    } catch (error) {
      const code = sqlState(error)
      if (tried >= retries || (code !== DEADLOCK_DETECTED && code !== SERIALIZATION_FAILURE)) throw error
      await delay(Math.random() * 20 * 2 ** tried)
    }
  }
}

/** The five-character SQLSTATE of a PostgreSQL error, and the constraint it names. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string'
    ? error.constraint
    : undefined
}
