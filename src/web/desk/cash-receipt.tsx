// One cash receipt as it is handed to the payer, printable on A5 or A4, and the way to take it back.
import type { FastifyRequest } from 'fastify'
import { Card, Facts } from '../components/content.js'
import { Button, ButtonLink, PostForm, TextArea } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { timeText, vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import type { CashReceiptDetail } from './cash-queries.js'
import { cashText } from './cash-text.js'
import { amountInWords } from './cash-words.js'
import { mayHere } from './may-here.js'
import { cashPath, receiptPath, studentPath } from './student-links.js'

interface ReceiptPageProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  receipt: CashReceiptDetail
  done?: string | undefined
  refused?: string | undefined
  reason?: string
  reasonFault?: string | undefined
}

export function ReceiptPage(props: ReceiptPageProps) {
  const { request, schoolId, schoolName, receipt, done, refused } = props
  const t = cashText[request.lang]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.receiptNo(receipt.number)}
      current="cash" styles={['students.css']}>
      <div class="page-head no-print">
        <p class="small"><a href={cashPath(schoolId)}>{t.cash}</a></p>
        <ButtonLink href={studentPath(schoolId, receipt.studentId)}>{t.toStudent}</ButtonLink>
      </div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      {done === 'recorded' && !receipt.isReversed && (
        <div class="no-print"><Notice tone="good"><p>{t.doneRecorded} {t.print}</p></Notice></div>
      )}
      {receipt.isReversed && <Notice tone="warn"><p>{done === 'reversed' ? t.doneReversed : t.reversedNote}</p></Notice>}
      <Receipt {...props} />
      {!receipt.isReversed && mayHere(request, schoolId, 'cash:write') && <TakeBack {...props} />}
    </DeskPage>
  )
}

function Receipt({ request, schoolName, receipt }: ReceiptPageProps) {
  const t = cashText[request.lang]
  const [year = '', month = '', day = ''] = receipt.receivedOn.split('-')
  return (
    <article class="receipt">
      <div class="receipt-head">
        <p>{schoolName}</p>
        <p class="small soft">{t.recordedAt} {timeText(receipt.recordedAt)}</p>
      </div>
      <div class="receipt-title">
        <h1>{t.receiptNo(receipt.number)}</h1>
        <p>{t.dated(day, month, year)}</p>
      </div>
      <Facts items={[
        { name: t.student, value: receipt.fullName },
        { name: t.class, value: receipt.className ?? '—' },
        { name: t.amount, value: <strong class="number">{vndText(receipt.amountVnd)}</strong> },
        { name: t.inWords, value: amountInWords(receipt.amountVnd) },
        ...receipt.parts.map(({ roundName, amountVnd }) => ({
          name: t.paidFor, value: <>{roundName}: <span class="number">{vndText(amountVnd)}</span></>,
        })),
        ...(receipt.heldVnd > 0 ? [{ name: t.held, value: vndText(receipt.heldVnd) }] : []),
        ...(receipt.note === null ? [] : [{ name: t.note, value: receipt.note }]),
        { name: t.by, value: receipt.actorName ?? '—' },
      ]} />
      <div class="receipt-signs">
        <p>{t.payerSigns}<br /><span class="small soft">{t.signHint}</span></p>
        <p>{t.cashierSigns}<br /><span class="small soft">{t.signHint}</span></p>
      </div>
    </article>
  )
}

function TakeBack({ request, schoolId, receipt, reason = '', reasonFault }: ReceiptPageProps) {
  const t = cashText[request.lang]
  return (
    <div class="no-print">
      <Card title={t.takeBack}>
        <p class="soft">{t.takeBackHint}</p>
        <PostForm request={request} action={`${receiptPath(schoolId, receipt.id)}/reverse`} class="form"
          confirm={t.takeBackConfirm}>
          <TextArea label={t.reason} name="reason" value={reason} rows={2} required fault={reasonFault} />
          <Button kind="danger">{t.takeBack}</Button>
        </PostForm>
      </Card>
    </div>
  )
}
