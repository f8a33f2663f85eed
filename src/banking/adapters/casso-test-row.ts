// Recognises the row that Casso's dashboard sends for "Gọi thử" before any money exists; it must never be
// booked, and no real row has its id.
import { isJsonObject } from '../strict-json.js'
import type { SkippedRow } from './rows.js'

const TEST_REFERENCE = 'MA_GIAO_DICH_THU_NGHIEM'

export const CASSO_TEST_ROW: SkippedRow = {
  skip: 'no-money',
  field: 'id',
  reason: "is the row of Casso's test call"
}

export function isCassoTestRow(row: unknown): boolean {
  if (!isJsonObject(row)) return false
  return row['id'] === 0 || row['id'] === '0' || [row['reference'], row['tid']].includes(TEST_REFERENCE)
}
