// How a query writes an instant into JSON: as JavaScript does (`2026-09-05T02:00:00.000Z`), whatever time zone the
// session has, so that an instant looks the same at every depth of an answer.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'

/** `column` is a name of our own, such as `transfer.recorded_at`. */
export function utcText(column: string): RawBuilder<string> {
  return sql<string>`to_char(${sql.ref(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}
