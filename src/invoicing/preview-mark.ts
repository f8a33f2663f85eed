// What somebody saw before they asked for a run: if it would come to other totals by then, or take other bills back,
// they look again. Pure.
import type { BillChange } from './plan.js'

interface SeenPreview {
  grossVnd: number
  exemptedVnd: number
  payableVnd: number
  diff: Readonly<Record<BillChange, { invoices: number; issuedPayableVnd: number; payableVnd: number }>>
  /** Digest of the bills that would be taken back without a new one, with what is paid on each. */
  goneDigest: string
}

/** Differs whenever the sums, the changes or the bills that would go do. */
export function previewMark({ grossVnd, exemptedVnd, payableVnd, diff, goneDigest }: SeenPreview): string {
  const changes = (['new', 'changed', 'gone', 'unchanged'] as const).map((change) =>
    [diff[change].invoices, diff[change].issuedPayableVnd, diff[change].payableVnd].join('.'))
  return [grossVnd, exemptedVnd, payableVnd, ...changes, goneDigest].join('-')
}
