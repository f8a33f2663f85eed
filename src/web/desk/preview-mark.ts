// What a person saw before they pressed "issue": if a run would come to other totals by then, they look again. Pure.
import type { Preview } from '../../invoicing/preview.js'

/** Differs whenever the sums or the changes of a preview do. */
export function previewMark({ grossVnd, exemptedVnd, payableVnd, diff }: Preview): string {
  const changes = (['new', 'changed', 'gone', 'unchanged'] as const).map((change) =>
    [diff[change].invoices, diff[change].issuedPayableVnd, diff[change].payableVnd].join('.'))
  return [grossVnd, exemptedVnd, payableVnd, ...changes].join('-')
}
