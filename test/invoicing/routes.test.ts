// Invoices over HTTP: a run from request to bills, the QR in its three forms, a single bill, cancelling.
import assert from 'node:assert/strict'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { invoiceRunHandler } from '../../src/invoicing/job.js'
import { asOwner } from '../support/as-owner.js'
import { buildTestApp } from '../support/app.js'
import { SAMPLE_NOW, seedSchool } from './school.js'

interface Bill {
  id: string
  payableVnd: number
  paymentCode: string
  bankAccountId: string
}

interface List {
  items: Bill[]
  nextCursor: string | null
}

t.test('invoices over HTTP', async (t) => {
  const { asAdmin, database, deps } = await buildTestApp(t, { now: () => SAMPLE_NOW })
  const school = await seedSchool(database.ownerUrl, { students: 6, classSize: 3 })
  const base = `/api/v1/schools/${school.schoolId}`
  const [studentId] = school.studentIds
  const started = await asAdmin('POST', `${base}/invoice-runs`, { roundId: school.roundId })
  t.match([started.statusCode, started.json()], [202, { state: 'queued', roundId: school.roundId }])
  t.match((await asAdmin('POST', `${base}/invoice-runs`, { roundId: school.roundId })).json(),
    { status: 409, code: 'INVOICE_RUN_EXISTS' })
  const { runId, id: startedId } = started.json<{ runId: string; id: string }>()
  t.equal(startedId, runId)
  t.match((await asAdmin('GET', `${base}/invoice-runs?roundId=${school.roundId}`)).json(),
    { items: [{ id: runId, state: 'queued' }], nextCursor: null })
  await invoiceRunHandler(deps).handle({ schoolId: school.schoolId, runId })
  t.match((await asAdmin('GET', `${base}/invoice-runs/${runId}`)).json(),
    { state: 'done', studentCount: 6, doneCount: 6, issuedCount: 12 })
  t.match((await asAdmin('POST', `${base}/invoice-runs/preview`, { roundId: school.roundId })).json(),
    { students: 6, invoices: 12, diff: { unchanged: { invoices: 12 } },
      byClass: [{ students: 3 }, { students: 3 }] })

  const list = async (query: string) => (await asAdmin('GET', `${base}/invoices?${query}`)).json<List>()
  const first = await list(`limit=5&status=unpaid&roundId=${school.roundId}`)
  const second = await list(`limit=7&cursor=${first.nextCursor}`)
  t.match([first.items.length, second.items.length, second.nextCursor], [5, 7, null])
  t.strictSame((await list('status=paid')).items, [])
  const own = await list(`studentId=${studentId}`)
  const [bill] = own.items
  assert(bill, 'the student has bills')
  const { id, payableVnd, paymentCode } = bill
  t.match((await asAdmin('GET', `${base}/invoices/${id}`)).json(),
    { id, lines: [{ lineNo: 1, exemption: null }] })
  t.match((await asAdmin('GET', `${base}/invoices/${uuidv7()}`)).json(),
    { status: 404, code: 'INVOICE_NOT_FOUND' })

  const payload = await asAdmin('GET', `${base}/invoices/${id}/payload`)
  t.match(payload.json(), { amountVnd: payableVnd, purpose: paymentCode,
    accountName: 'TRUONG TIEU HOC THU NGHIEM' })
  for (const [form, type] of [['payload', /json/], ['qr.svg', /svg/], ['qr.png', /png/]] as const) {
    const answer = await asAdmin('GET', `${base}/invoices/${id}/${form}`)
    t.match([answer.statusCode, answer.headers['content-type']], [200, type])
    const etag = String(answer.headers.etag)
    const again = await asAdmin('GET', `${base}/invoices/${id}/${form}`, undefined, { 'if-none-match': etag })
    t.match([again.statusCode, again.body], [304, ''])
  }

  const round = `${base}/rounds/${school.roundId}`
  t.match((await asAdmin('GET', `${round}/figures`)).json(), { total: { invoices: 12, students: 6, collectedVnd: 0 },
    byClass: [{ students: 3 }, { students: 3 }], byFeeKind: [{ code: 'TUITION' }] })
  t.match((await asAdmin('POST', `${round}/close`)).json(), { state: 'closed' })
  t.match((await asAdmin('POST', `${base}/invoice-runs`, { roundId: school.roundId })).json(),
    { status: 409, code: 'ROUND_CLOSED_CONFLICT' })
  t.match((await asAdmin('POST', `${round}/reopen`)).json(), { state: 'open' })
  const plan = [{ feeKindId: school.feeKindIds.CLUB, scope: 'school', amountVnd: 1_000 }]
  const clubRound = await asAdmin('POST', `${base}/rounds`, { schoolYear: '2026-2027', name: 'Câu lạc bộ', dueOn: '2026-12-01', fees: plan })
  const items = `${base}/rounds/${clubRound.json<{ id: string }>().id}/students/${studentId}/optional-items`
  const [item] = (await asAdmin('GET', items)).json<{ items: { feeKindId: string }[] }>().items
  t.match((await asAdmin('PUT', items, { chosenFeeKindIds: [item?.feeKindId] })).json(),
    { items: [{ chosen: true, payableVnd: 1_000 }], refusal: null, lastDay: '2026-12-01' })
  t.match((await asAdmin('GET', items.replace(/students.*$/, 'optional-items'))).json(),
    { items: [{ offered: 6, chosen: 1, declined: 0 }] })
  t.match((await asAdmin('PUT', items, { chosenFeeKindIds: [uuidv7()] })).json(), { code: 'OPTIONAL_ITEM_INVALID' })

  await asOwner(database, `INSERT INTO channel (school_id, id, bank_account_id, provider, mode, sealed_secret,
      memo_word, active_from)
    SELECT school_id, uuidv7(), id, 'sepay', 'hmac', '', 'SEVQR', '2026-09-01' FROM bank_account`)
  t.match((await asAdmin('GET', `${base}/invoices/${id}/payload`)).json(),
    { purpose: `SEVQR ${paymentCode}` })

  const lines = [{ feeKindId: school.feeKindIds.CLUB, amountVnd: 150_000 }]
  const billed = await asAdmin('POST', `${base}/invoices`, { studentId, roundId: school.roundId, lines })
  t.match([billed.statusCode, billed.json<{ invoices: Bill[] }>().invoices.length], [201, 2])
  const replaced = own.items.find((one) => one.bankAccountId === school.mainAccountId)
  const gone = await asAdmin('GET', `${base}/invoices/${replaced?.id}/qr.svg`)
  t.match(gone.json(), { status: 409, code: 'INVOICE_WITHDRAWN_CONFLICT', errors: [{ field: 'replacedBy' }] })
  const [replacement] = gone.json<{ errors: { reason: string }[] }>().errors
  const cancelled = await asAdmin('POST', `${base}/invoices/${replacement?.reason}/cancel`, { reason: 'sai lớp' })
  t.match(cancelled.json(), { state: 'cancelled', withdrawnReason: 'sai lớp' })
})
