// The review desk over HTTP: what is listed can be decided, refusals have their status and their field, and a repeated
// request is one act.
import t from 'tap'
import pg from 'pg'
import { openInbox } from '../../src/banking/inbox.js'
import { LIMITS } from '../../src/limits.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { buildTestApp } from '../support/app.js'
import { ANY_BANK_TIME } from '../support/bank-times.js'
import { sepayBody } from '../support/callbacks.js'
import { silentLog } from '../support/posting.js'
import { seedSchool } from '../support/seed-school.js'

const { app, asAdmin, db, database } = await buildTestApp(t, { now: () => new Date('2026-09-20T03:00:00Z') })
const owner = new pg.Client({ connectionString: database.ownerUrl })
await owner.connect()
t.teardown(() => owner.end())
const school = await seedSchool(owner, { students: 4 })
const other = await seedSchool(owner, { students: 1 })
const path = `/api/v1/schools/${school.schoolId}`
const [first, second] = school.bills as [typeof school.bills[0] & object, typeof school.bills[0] & object]

let lastId = 700
async function receive(content: string, amountVnd: number, reference?: string): Promise<void> {
  const { schoolId, channelId, accountNumber } = school
  const inbox = openInbox(db, { maxWaiting: 10, maxBatchRows: 10, shards: LIMITS.shards }, () => undefined)
  const named = reference === undefined ? {} : { reference }
  const rawBody = sepayBody({ id: ++lastId, accountNumber, content, amountVnd, ...named })
  await inbox.accept({ schoolId, channelId, rawBody, proof: 'good', receivedAt: new Date() })
  const limits = { ...LIMITS, ...ANY_BANK_TIME, batchRows: LIMITS.postingBatchRows }
  await drainInbox({ db, log: silentLog, limits, onSettled: () => undefined })
}

interface Item { id: string, reason: string, acts: string[], bankTransactionId: string }
const open = async () => (await asAdmin('GET', `${path}/review`)).json<{ items: Item[] }>().items
const post = async (url: string, body: object, headers: Record<string, string> = {}) => {
  const reply = await asAdmin('POST', `${path}${url}`, body, headers)
  return { status: reply.statusCode, body: reply.json<Record<string, unknown>>(), headers: reply.headers }
}

t.test('an item says what may be done, is assigned once, and shows in the transfer what was decided', async (t) => {
  await receive('hoc sinh 1 nop tien', 500_000)
  const [item] = await open()
  t.match(item, { reason: 'NO_CODE', acts: ['assign', 'not_ours'] })
  if (!item) return
  const candidates = await asAdmin('GET', `${path}/review/${item.id}/candidates`)
  t.match(candidates.json(), { items: [{ fullName: 'Học sinh 1', reasons: ['NAME_IN_CONTENT'], bills: [{ openVnd: 300_001 }] }] })
  const body = {
    bills: [{ invoiceId: first.invoiceId }, { invoiceId: second.invoiceId, amountVnd: 100_000 }],
    credit: { studentId: first.studentId }, note: 'hai chị em',
  }
  const key = { 'idempotency-key': 'assign-1' }
  const done = await post(`/review/${item.id}/assign`, body, key)
  t.match(done, { status: 200, body: { act: 'assign', resolution: 'ASSIGNED', allocatedVnd: 400_001, creditedVnd: 99_999 } })
  const again = await post(`/review/${item.id}/assign`, body, key)
  t.same(again.body, done.body)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.match(await post(`/review/${item.id}/assign`, body), { status: 409, body: { code: 'REVIEW_RESOLVED_CONFLICT' } })
  const transfer = (await asAdmin('GET', `${path}/transactions/${item.bankTransactionId}`)).json<object>()
  t.match(transfer, { suspenseVnd: 0, acts: [{ kind: 'assign', note: 'hai chị em', allocatedVnd: 400_001 }] })
  t.match(await post(`/transactions/${item.bankTransactionId}/undo`, { note: 'nhầm lớp' }), { status: 200, body: { suspenseVnd: 500_000 } })
  t.match(await open(), [{ reason: 'REOPENED' }])
})

t.test('refusals: too much, no note, an act that does not fit, another school, an unknown item', async (t) => {
  const [item] = await open()
  if (!item) throw new Error('nothing waits')
  t.match(await post(`/review/${item.id}/assign`, { bills: [{ invoiceId: first.invoiceId, amountVnd: 300_002 }] }),
    { status: 422, body: { code: 'AMOUNT_OVER_OPEN', errors: [{ field: 'bills/0/amountVnd' }] } })
  t.match(await post(`/review/${item.id}/assign`, { bills: [{ invoiceId: first.invoiceId, amountVnd: 0 }] }), { status: 422 })
  t.match(await post(`/review/${item.id}/not-ours`, {}), { status: 422, body: { code: 'VALIDATION_FAILED' } })
  t.match(await post(`/review/${item.id}/repeat`, { choice: 'new' }), { status: 422, body: { code: 'REVIEW_ACT_INVALID' } })
  t.match(await post(`/review/${item.id}/close`, { note: 'xong rồi' }), { status: 422, body: { code: 'REVIEW_ACT_INVALID' } })
  const elsewhere = await asAdmin('POST', `/api/v1/schools/${other.schoolId}/review/${item.id}/not-ours`, { note: 'abc' })
  t.match(elsewhere.json<object>(), { code: 'REVIEW_ITEM_NOT_FOUND', status: 404 })
  const unknown = '/review/0199aaaa-0000-7000-8000-000000000009'
  t.match(await post(`${unknown}/reopen`, {}), { status: 404 })
  t.equal((await asAdmin('GET', `${path}${unknown}/candidates`)).statusCode, 404)
  t.equal((await app.inject({ method: 'POST', url: `${path}/review/${item.id}/not-ours`, payload: { note: 'abc' } })).statusCode, 401)
})

t.test('not ours, opened again, a repeat that is new, and the credit it leaves', async (t) => {
  const [item] = await open()
  if (!item) throw new Error('nothing waits')
  t.match(await post(`/review/${item.id}/not-ours`, { note: 'tài trợ' }), { status: 200, body: { resolution: 'NOT_OURS' } })
  t.match(await post(`/review/${item.id}/reopen`, {}), { status: 200 })
  t.match(await open(), [{ reason: 'REOPENED' }])
  await receive(second.code, second.payableVnd, 'FT55')
  await receive(second.code, second.payableVnd, 'FT55')
  const repeat = (await open()).find(({ reason }) => reason === 'POSSIBLE_REPEAT')
  const posted = await post(`/review/${repeat?.id}/repeat`, { choice: 'new' })
  t.match(posted, { status: 200, body: { resolution: 'POSTED' } })
  const opened = `/review/${String(posted.body['openedItemId'])}/credit`
  t.match(await post(opened, { choice: 'keep' }), { status: 200, body: { resolution: 'KEPT_AS_CREDIT' } })
})

t.test('the search box over HTTP', async (t) => {
  const reply = await asAdmin('GET', `${path}/search?q=${encodeURIComponent('học sinh 2')}`)
  t.match(reply.json<object>(), { students: [{ fullName: 'Học sinh 1' }, {}, {}, {}] })
  t.match((await asAdmin('GET', `${path}/search?q=${first.code}`)).json(), { bills: [{ paymentCode: first.code }] })
  t.equal((await asAdmin('GET', `${path}/search?q=`)).statusCode, 422)
})
