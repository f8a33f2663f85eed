// Spreads money over the lines of a bill: by the fee kind's priority (lower first), then line number.
import assert from 'node:assert/strict'

export interface OpenLine {
  lineNo: number
  priority: number
  openVnd: number
}

/** The part of each line; Σ parts = `amountVnd`, which may not exceed what the lines leave open. */
export function spreadOverLines<Line extends OpenLine>(
  lines: readonly Line[],
  amountVnd: number,
): { line: Line; amountVnd: number }[] {
  const ordered = [...lines].sort((a, b) => a.priority - b.priority || a.lineNo - b.lineNo)
  const parts: { line: Line; amountVnd: number }[] = []
  let restVnd = amountVnd
  for (const line of ordered) {
    const partVnd = Math.min(restVnd, line.openVnd)
    if (partVnd > 0) parts.push({ line, amountVnd: partVnd })
    restVnd -= partVnd
  }
  assert.equal(restVnd, 0, 'more money than the lines of the bill leave open')
  return parts
}
