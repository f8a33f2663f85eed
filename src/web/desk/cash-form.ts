// What was typed into the form of a cash receipt, as the receipt that is asked for, or as faults by field. Pure.
import { isUuid } from '../../http/id.js'
import type { CashReceiptInput } from '../../reconciliation/record-cash.js'
import type { Lang } from '../text.js'
import { amountOf, dayOf } from './form-fields.js'
import { formsText } from './student-forms-text.js'

type Asked = Omit<CashReceiptInput, 'studentId'>
type ReadCash = { ok: true; cash: Asked } | { ok: false; faults: Record<string, string> }

// Nobody carries more to a counter (reconciliation/cash-schema.ts).
const CASH_MAX_VND = 499_999_999
const NOTE_MAX_CHARS = 500

export function readCashForm(draft: Readonly<Record<string, string>>, lang: Lang): ReadCash {
  const t = formsText[lang]
  const text = (field: string): string => draft[field] ?? ''
  const amountVnd = amountOf(text('amount'))
  const receivedOn = dayOf(text('receivedOn'))
  const note = text('note')
  const isAmount = amountVnd !== undefined && amountVnd >= 1 && amountVnd <= CASH_MAX_VND
  const faults: Record<string, string> = {
    ...(!isAmount && { amount: t.amountNeeded }),
    ...(receivedOn === undefined && { receivedOn: t.receivedOnNeeded }),
    ...(note.length > NOTE_MAX_CHARS && { note: t.noteTooLong }),
    ...(text('invoiceId') !== '' && !isUuid(text('invoiceId')) && { invoiceId: t.needed }),
  }
  if (!isAmount || receivedOn === undefined || Object.keys(faults).length > 0) return { ok: false, faults }
  return {
    ok: true,
    cash: {
      amountVnd, receivedOn, ...(note !== '' && { note }),
      ...(text('invoiceId') !== '' && { invoiceId: text('invoiceId') }),
      // The key of the page that was opened: pressing twice, or sending again, is the same receipt.
      ...(isUuid(text('key')) && { idempotencyKey: `page ${text('key')}` }),
    },
  }
}
