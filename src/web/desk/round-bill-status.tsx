// In which state a bill is, in two words and a tone.
import type { InvoiceState, PaymentStatus } from '../../invoicing/invoice.js'
import { Badge } from '../components/notice.js'
import type { Tone } from '../components/notice.js'
import type { Lang } from '../text.js'
import { billsText } from './round-bills-text.js'

interface BillSigns {
  state: InvoiceState
  status: PaymentStatus
}

export function billStatusText({ state, status }: BillSigns, lang: Lang): string {
  const t = billsText[lang]
  if (state !== 'issued') return state === 'cancelled' ? t.cancelled : t.superseded
  return { zero: t.zero, unpaid: t.unpaid, part_paid: t.partPaid, paid: t.settled }[status]
}

const TONES: Readonly<Record<PaymentStatus, Tone | 'plain'>> = {
  zero: 'plain', unpaid: 'plain', part_paid: 'warn', paid: 'good',
}

export function BillStatus({ bill, lang }: { bill: BillSigns; lang: Lang }) {
  return <Badge tone={bill.state === 'issued' ? TONES[bill.status] : 'plain'}>{billStatusText(bill, lang)}</Badge>
}
