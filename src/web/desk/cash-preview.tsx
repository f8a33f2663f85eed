// What a receipt would pay, bill by bill, shown before it is booked; and the question when more was given than is owed.
import type { CashPreview } from '../../reconciliation/record-cash.js'
import { PostForm } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import { dayText, vndText } from '../format.js'
import { FormFrame } from './student-forms.js'
import type { StudentFormProps } from './student-forms.js'
import { formsText } from './student-forms-text.js'
import { studentPath } from './student-links.js'

interface CashPreviewProps extends StudentFormProps {
  preview: CashPreview
  amountVnd: number
}

export function CashPreviewPage({ preview, amountVnd, ...props }: CashPreviewProps) {
  const { request, schoolId, student, draft } = props
  const t = formsText[request.lang]
  const { bills, restVnd } = preview
  const kept = ['key', 'amount', 'invoiceId', 'receivedOn', 'note']
  return (
    <FormFrame {...props} title={t.cash} hint={t.previewHint(vndText(amountVnd), dayText(draft['receivedOn'] ?? ''))}>
      <Table caption={t.split} captionHidden rows={bills} keyOf={({ invoiceId }) => invoiceId} empty="" columns={[
        { title: t.forBill, kind: 'head', cell: ({ roundName }) => roundName, foot: t.total },
        {
          title: t.paidNow, kind: 'number', foot: vndText(amountVnd - restVnd),
          cell: (bill) => (bill.amountVnd === 0 ? '—' : <strong>{vndText(bill.amountVnd)}</strong>),
        },
        {
          title: t.open, kind: 'number', cell: ({ openVnd }) => vndText(openVnd),
          foot: sumOf(bills.map((bill) => bill.openVnd)),
        },
        {
          title: t.openAfter, kind: 'number', cell: (bill) => vndText(bill.openVnd - bill.amountVnd),
          foot: sumOf(bills.map((bill) => bill.openVnd - bill.amountVnd)),
        },
        { title: t.due, cell: ({ dueOn }) => <span class="number">{dayText(dueOn)}</span> },
      ]} />
      {restVnd > 0 && <Notice tone="warn"><p>{t.overOwed(vndText(restVnd))}</p></Notice>}
      <PostForm request={request} action={`${studentPath(schoolId, student.id)}/cash`} class="row">
        {kept.map((name) => <input key={name} type="hidden" name={name} value={draft[name] ?? ''} />)}
        <input type="hidden" name="seen" value={preview.splitMark} />
        {restVnd === 0 ? <Choice value="none" main>{t.recordOf(vndText(amountVnd))}</Choice> : (
          <>
            <Choice value="change" main>{t.giveBack(vndText(restVnd), vndText(amountVnd - restVnd))}</Choice>
            <Choice value="keep">{t.keepRest(vndText(restVnd), vndText(amountVnd))}</Choice>
          </>
        )}
        <Choice value="edit">{t.editAgain}</Choice>
      </PostForm>
    </FormFrame>
  )
}

function Choice({ value, main = false, children }: { value: string; main?: boolean; children: string }) {
  return <button class={`button button-${main ? 'main' : 'plain'}`} type="submit" name="rest" value={value}>{children}</button>
}

function sumOf(amounts: readonly number[]): string {
  return vndText(amounts.reduce((sum, vnd) => sum + vnd, 0))
}
