// What of a transfer waits to be placed: neither on a bill nor in a credit, neither returned nor taken back. One
// formula for rows that were read, one for rows that are being read; `verify` recounts it in words of its own.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'

export interface PlacedSums {
  amount_vnd: number
  allocated_vnd: number
  credited_vnd: number
  refunded_vnd: number
  reversed_vnd: number
}

/** Of money in; 0 when all of it has its place. */
export function suspenseOf(row: PlacedSums): number {
  return row.amount_vnd - row.allocated_vnd - row.credited_vnd - row.refunded_vnd - row.reversed_vnd
}

/** The same of the row that `alias` names in a statement. */
export function suspenseOfRow(alias: string): RawBuilder<number> {
  const column = (name: keyof PlacedSums) => sql.ref(`${alias}.${name}`)
  return sql<number>`(${column('amount_vnd')} - ${column('allocated_vnd')} - ${column('credited_vnd')}
    - ${column('refunded_vnd')} - ${column('reversed_vnd')})`
}
