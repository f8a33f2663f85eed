// The bank's whole text behind a row that joins `transfer` and `event`: an event has it, a transfer through the event
// that told of it. Index: bank_event_tells_once.
import { sql } from 'kysely'

export const fullTextOf = sql<string | null>`coalesce(event.full_text, (SELECT told.full_text FROM bank_event told
  WHERE told.school_id = transfer.school_id AND told.bank_transaction_id = transfer.id AND told.full_text IS NOT NULL
  ORDER BY told.id LIMIT 1))`
