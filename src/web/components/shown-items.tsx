// What a page of optional items showed when it was drawn, as fields of its form: an old page that is sent must not undo
// what somebody else has chosen since.
import { Fragment } from 'preact'
import type { OptionalItem } from '../../invoicing/optional-items.js'

export function ShownItems({ items }: { items: readonly OptionalItem[] }) {
  return <>{items.map(({ feeKindId, chosen }) => (
    <Fragment key={feeKindId}>
      <input type="hidden" name="shown" value={feeKindId} />
      {chosen && <input type="hidden" name="ticked" value={feeKindId} />}
    </Fragment>
  ))}</>
}
