// What `verify` prints of a promise: a line that says what was looked at and whether it holds, and below a
// broken one a line for each kind of fault with the offending ids. Pure.
import type { PromiseFault, PromiseReport } from './promise.js'

/** The first line stands for the promise; notes and faults follow, indented. */
export function reportLines({ promise, ok, holds, looked, faults, notes }: PromiseReport): string[] {
  const rows = looked.map(({ what, count }) => `${formatCount(count)} ${what}`).join(', ')
  const kinds = faults.length === 1 ? 'one kind of fault' : `${faults.length} kinds of fault`
  return [
    `${promise} ${ok ? 'ok  ' : 'FAIL'} ${rows} looked at – ${ok ? holds : kinds}`,
    ...faults.map((fault) => `        ${faultLine(fault)}`),
    ...notes.map((note) => `        note: ${note}`),
  ]
}

function faultLine({ fault, count, ids }: PromiseFault): string {
  const more = count > ids.length ? ` and ${formatCount(count - ids.length)} more` : ''
  return `${formatCount(count)} ${fault}: ${ids.join(', ')}${more}`
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}
