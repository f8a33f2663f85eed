// Takes a body apart into rows and rows into events, the same way for every provider: a bad row is reported
// and does not stop the good ones beside it.
import type { ReadResult } from '../adapter.js'
import { normaliseEvent, type BankEvent, type EventDraft, type RowFault } from '../bank-event.js'
import { isJsonObject, readStrictJson, type JsonObject } from '../strict-json.js'

/** More rows than any provider sends in one call; a longer body waits for a person. */
export const MAX_ROWS = 500

/** Why a row makes no event: it is understood and carries no money, or its meaning is not known. */
export interface SkippedRow {
  readonly skip: 'no-money' | 'not-understood'
  readonly field: string
  readonly reason: string
}

/** Parses a proven body without rounding and hands its outer object on. */
export function readBody(rawBody: Buffer, read: (body: JsonObject) => ReadResult): ReadResult {
  const json = readStrictJson(rawBody)
  if (!json.ok) return { kind: 'not-understood', reason: json.reason }
  if (!isJsonObject(json.value)) return { kind: 'not-understood', reason: 'must be a JSON object' }
  return read(json.value)
}

/** Reads each row by `draftOf`; good rows become events, the others faults with their index. */
export function readRows(
  rows: readonly unknown[],
  draftOf: (row: JsonObject, index: number) => EventDraft | SkippedRow,
  field = ''
): ReadResult {
  if (rows.length > MAX_ROWS) {
    return { kind: 'not-understood', field, reason: `has ${rows.length} rows, at most ${MAX_ROWS} are read` }
  }
  const events: BankEvent[] = []
  const faults: RowFault[] = []
  const ignored: RowFault[] = []
  for (const [index, row] of rows.entries()) {
    if (!isJsonObject(row)) {
      faults.push({ index, field, reason: 'must be an object' })
      continue
    }
    const draft = draftOf(row, index)
    if ('skip' in draft) {
      const skipped = { index, field: draft.field, reason: draft.reason }
      if (draft.skip === 'no-money') ignored.push(skipped)
      else faults.push(skipped)
      continue
    }
    const normalised = normaliseEvent(draft)
    if (normalised.ok) events.push(normalised.event)
    else faults.push(...normalised.faults)
  }
  return { kind: 'events', events, faults, ignored }
}
