// The shape of a check of one promise (design §1, P1-P9) and of what it reports. A check reads; it never
// repairs, and it is given the one snapshot that all checks of a run share.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Trx } from '../db/tenancy.js'

export type PromiseId = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P8' | 'P9'

/** Offending ids that a report shows of one kind of fault. */
export const SHOWN_IDS = 20

/** What a check read: `12,345 postings`. */
export interface Looked {
  what: string
  count: number
}

export interface Found {
  /** All offending rows, shown or not. */
  count: number
  ids: readonly string[]
  /** What it looked at beyond the rows that the promise names. */
  looked?: Looked
  /** Something worth knowing that breaks no promise. */
  note?: string
}

export interface Check {
  /** What is wrong with the rows that it finds, in the plural. */
  fault: string
  find(trx: Trx): Promise<Found>
}

export interface CheckedPromise {
  id: PromiseId
  /** What is true of this database when nothing is found. */
  holds: string
  /** Tables whose rows it looks at, each with the word that the report uses. */
  looksAt: Readonly<Record<string, string>>
  checks: readonly Check[]
}

export interface PromiseFault extends Found {
  fault: string
}

export interface PromiseReport {
  promise: PromiseId
  ok: boolean
  holds: string
  looked: readonly Looked[]
  faults: readonly PromiseFault[]
  notes: readonly string[]
}

/** A query of offending rows: one text `id` each. */
export type Rows = RawBuilder<{ id: string }>

/** A check that is one set-based query. */
export function rowsThat(fault: string, rows: Rows): Check {
  return {
    fault,
    async find(trx) {
      const { rows: [found] } = await sql<{ count: number; ids: string[] }>`
        WITH offending AS MATERIALIZED (SELECT id::text AS id FROM (${rows}) AS found)
        SELECT (SELECT count(*) FROM offending) AS count,
          ARRAY(SELECT id FROM offending ORDER BY id LIMIT ${SHOWN_IDS}) AS ids`.execute(trx)
      return found ?? { count: 0, ids: [] }
    },
  }
}

/** Something that breaks no promise but that a person should know: counted, never a fault. */
export function noteOf(rows: Rows, say: (count: number) => string): Check {
  const counted = rowsThat('', rows)
  return {
    fault: '',
    async find(trx) {
      const { count } = await counted.find(trx)
      return { count: 0, ids: [], ...(count > 0 && { note: say(count) }) }
    },
  }
}
