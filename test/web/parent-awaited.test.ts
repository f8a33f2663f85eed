// The parent's page while something stands between a transfer and its bill: it says so, covers the QR, and its words
// and its QR never part company.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { CompiledQuery, sql } from 'kysely'
import t from 'tap'
import { migrationsDir } from '../../src/db/migrations-dir.js'
import { paymentCodeNumber, paymentCodeText } from '../../src/invoicing/payment-code.js'
import { deliverNotices } from '../../src/reconciliation/deliver-notices.js'
import { findAwaited } from '../../src/web/parent/awaited.js'
import { meansOf, payViewsOf, payWayOf } from '../../src/web/parent/pay-way.js'
import { asOwner } from '../support/as-owner.js'
import { openParentWorld } from './parent-world.js'
import type { ParentWorld, WorldBill } from './parent-world.js'

function words(html: string): string {
  return html.replace(/<svg.*?<\/svg>/gs, ' QR ').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
}

async function look(world: ParentWorld, bill: Pick<WorldBill, 'paymentCode'>, lang = 'vi') {
  const { body, statusCode } = await world.look(`${world.pathOf(bill)}?lang=${lang}`)
  assert.equal(statusCode, 200, body)
  const mark = /mark=(\w+)/.exec(body)?.[1] ?? ''
  const isCovered = /<details><summary>(Vẫn muốn chuyển|Pay all the same)/.test(body)
  return { words: words(body), body, mark, isCovered }
}

interface OpenItem { id: string; reason: string; bankTransactionId: string | null }

async function openItems({ api }: ParentWorld): Promise<OpenItem[]> {
  return (await api<{ items: OpenItem[] }>('GET', '/review')).items
}

t.test('a transfer that names a bill and waits is told of, and the QR is covered until it is decided', async (t) => {
  const world = await openParentWorld(t, { insurance: true })
  await world.run()
  const [anh, insurance] = await world.billsOf('anh')
  const [binh] = await world.billsOf('binh')
  assert(anh && insurance && binh)
  const before = await look(world, anh)
  t.notOk(before.isCovered)
  t.notMatch(before.words, /tin báo/)

  await world.pay(`${anh.paymentCode} ${binh.paymentCode}`, 500_000)
  const [item] = await openItems(world)
  assert(item?.reason === 'SPLIT_AMOUNT_DIFFERS')
  for (const bill of [anh, binh]) {
    const page = await look(world, bill)
    t.match(page.words, /đã nhận tin báo một khoản chuyển 500\.000 đ ngày 12\/09\/2026, đang chờ/)
    t.match(page.words, /đang chờ kiểm tra Chưa cần chuyển lại/)
    t.ok(page.isCovered, 'the QR lies under a fold that opens without scripts')
    t.match(page.body, /data-news="Nhà trường đã nhận tin báo/, 'and it is what is said aloud')
    t.ok(Buffer.byteLength(page.body) < 60_000)
  }
  const page = await look(world, anh)
  t.equal(page.body.split('<details><summary>').length, 2, 'the other part, which nothing names, is open')
  t.match(page.words, /Phần 2 trên 2.*Mở ứng dụng ngân hàng bất kỳ rồi quét/, 'with what helps to pay it')
  t.not(page.mark, before.mark, 'a page that is looked at turns by itself')
  t.match((await look(world, anh, 'en')).words, /was told of a transfer of 500\.000 đ on 12\/09\/2026.*Pay all the same/)
  t.notMatch((await look(world, await world.billOf('chi'))).words, /tin báo/, 'nobody else hears of it')

  await world.api('POST', `/review/${item.id}/not-ours`, { note: 'trả lại người chuyển' })
  const after = await look(world, anh)
  t.notOk(after.isCovered)
  t.notMatch(after.words, /tin báo/)
  t.not(after.mark, page.mark, 'and turns again when it ends')

  await world.api('POST', `/review/${item.id}/reopen`, {})
  t.ok((await look(world, binh)).isCovered, 'what is opened again waits again')
})

t.test('every kind of waiting that names the bill covers it, and none that does not', async (t) => {
  const world = await openParentWorld(t, { insurance: true })
  await world.run()
  const [anh, insurance] = await world.billsOf('anh')
  assert(anh && insurance)
  const near = `${anh.paymentCode.slice(0, -1)}${anh.paymentCode.endsWith('A') ? 'B' : 'A'}`
  await world.pay(near, 430_000)
  t.match((await openItems(world)).map(({ reason }) => reason), ['DAMAGED_CODE'])
  t.notOk((await look(world, anh)).isCovered, 'a code that is only near names nobody')
  await world.pay('tien hoc thang 9', 430_000)
  t.notOk((await look(world, anh)).isCovered)

  await world.pay(insurance.paymentCode, 631_800)
  t.equal((await openItems(world)).at(-1)?.reason, 'OTHER_ACCOUNT')
  const page = await look(world, anh)
  t.match(page.words, /khoản chuyển 631\.800 đ/)
  t.equal(page.body.split('<details><summary>').length, 2, 'the part it names')
  const wrong = (await openItems(world)).at(-1)
  await world.api('POST', `/review/${wrong?.id}/assign`, { bills: [], credit: { studentId: anh.studentId } })
  t.notOk((await look(world, anh)).isCovered, 'placed elsewhere by a person')

  const { paymentCode: studentCode } = await world.api<{ paymentCode: string }>('POST', `/students/${anh.studentId}/payment-code`)
  await world.pay(`${studentCode} ${anh.paymentCode}`, 1_000)
  t.equal((await openItems(world)).at(-1)?.reason, 'SEVERAL_CODES')
  t.equal((await look(world, anh)).body.split('<details><summary>').length, 3, 'the student\'s own code names each part')
})

t.test('a second payment that is held as credit is told of once', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const bill = await world.billOf('anh')
  await world.pay(bill.paymentCode, 430_000)
  await world.pay(bill.paymentCode, 430_000)
  t.equal((await openItems(world))[0]?.reason, 'POSSIBLE_DOUBLE_PAYMENT')
  const { words: said } = await look(world, bill)
  t.match(said, /Có thể đã chuyển hai lần/)
  t.notMatch(said, /tin báo/)
})

t.test('the same transfer told twice, and what replaced a bill whose code it names', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const old = await world.billOf('anh')
  await world.pay(`${old.paymentCode} ${(await world.billOf('binh')).paymentCode}`, 1_000)
  await world.api('PUT', `/rounds/${world.roundId}/fees`,
    { fees: [{ feeKindId: world.feeKindIds.BT, scope: 'school', amountVnd: 300_000 }] })
  await world.run()
  const fresh = await world.billOf('anh')
  t.not(fresh.paymentCode, old.paymentCode)
  t.ok((await look(world, fresh)).isCovered, 'an old code names the bill that stands in its place')
})

t.test('money that came to another school: amount and day, and nothing of that school', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const bill = await world.billOf('anh')
  const there = (await world.asAdmin('POST', '/api/v1/schools', { name: 'Trường THCS Khác', type: 'public',
    levels: ['lower_secondary'] })).json<{ id: string }>()
  await asOwner(world.database, `INSERT INTO school_notice (school_id, id, to_school_id, payment_code, amount_vnd, bank_day)
    SELECT '${there.id}', uuidv7(), school_id, payment_code, 430000, '2026-09-11' FROM invoice WHERE id = '${bill.id}'`)
  await deliverNotices(world.db)
  const page = await look(world, bill)
  t.match(page.words, /Một khoản chuyển 430\.000 đ ngày 11\/09\/2026 đã vào tài khoản của trường khác/)
  t.ok(page.isCovered)
  t.notMatch(page.words, /THCS Khác/)
})

t.test('a bill above the limit of one transfer asks for several, and for no QR', async (t) => {
  const world = await openParentWorld(t)
  await world.api('PUT', `/rounds/${world.roundId}/fees`,
    { fees: [world.feeKindIds.BT, world.feeKindIds.HP].map((feeKindId) =>
      ({ feeKindId, scope: 'school', amountVnd: 250_000_000 })) })
  await world.run()
  const bill = await world.billOf('anh')
  const page = await look(world, bill)
  t.match(page.words, /Chuyển khoản để nộp.*mỗi lần chuyển dưới 500\.000\.000 đ: hãy chuyển ít nhất 2 lần/)
  t.match(page.words, /Tổng số tiền 500\.000\.000 đ/)
  t.notMatch(page.words.split('Cần hỏi?')[0], /QR|[Qq]uét/, 'no word of a QR')
  t.notMatch(page.body, /data-copy="500000000"/)
  await world.pay(bill.paymentCode, 1)
  const rest = await look(world, bill)
  t.match(rest.words, /Đã nhận 1 đ, còn 499\.999\.999 đ.*Mã QR dưới đây ghi đúng số tiền còn lại.*Quét mã để nộp.*QR/)
})

t.test('the page reads one statement more, by the keys of its tables', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const bill = await world.billOf('anh')
  await asOwner(world.database, `SET session_replication_role = replica;
    INSERT INTO review_item (school_id, id, reason, evidence, state)
      SELECT '${world.schoolId}', uuidv7(), 'SEVERAL_CODES', '{"codes": []}', 'open' FROM generate_series(1, 3000);
    INSERT INTO review_item_code SELECT school_id, row_number() OVER (), id FROM review_item;
    ANALYZE review_item; ANALYZE review_item_code`)
  const plan = await world.db.inSchool(world.schoolId, async (trx) => {
    const { rows } = await trx.executeQuery<{ 'QUERY PLAN': string }>(CompiledQuery.raw(`EXPLAIN
      SELECT item.id FROM (SELECT payment_code FROM invoice WHERE school_id = '${world.schoolId}'
          AND student_id = '${bill.studentId}' AND round_id = '${bill.roundId}') AS code
        JOIN review_item_code named ON named.school_id = '${world.schoolId}' AND named.payment_code = code.payment_code
        JOIN review_item item ON item.school_id = named.school_id AND item.id = named.review_item_id
          AND item.state = 'open'`))
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  t.match(plan, /review_item_code_pkey/)
  t.notMatch(plan, /Seq Scan on review_item/)
  await asOwner(world.database, `SET session_replication_role = replica;
    DELETE FROM review_item_code; DELETE FROM review_item`)
})

t.test('what waited before this was known is found by the migration\'s own reading', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const [anh, binh] = [await world.billOf('anh'), await world.billOf('binh')]
  await world.pay(`CT tu 0123 ${anh.paymentCode.toLowerCase().replace(/(.{5})/g, '$1 ')}/ ${binh.paymentCode} toi`, 5_000)
  const read = () => world.db.inSchool(world.schoolId, async (trx) =>
    (await sql<{ code: number }>`SELECT payment_code AS code FROM review_item_code ORDER BY 1`.execute(trx)).rows)
  const written = await read()
  const texts = written.map(({ code }) => paymentCodeText(paymentCodeNumber(code)))
  t.same(texts.sort(), [anh.paymentCode, binh.paymentCode].sort())
  await asOwner(world.database, `SET session_replication_role = replica; DELETE FROM review_item_code`)
  await asOwner(world.database, await backfill())
  t.same(await read(), written)
})

async function backfill(): Promise<string> {
  const text = await readFile(`${migrationsDir}/0028-what-parents-are-told.sql`, 'utf8')
  return /INSERT INTO review_item_code.*?;\n/s.exec(text)?.[0] ?? ''
}

t.test('words and QR are one decision, state by state', async (t) => {
  const account = { bankBin: '970422', accountNumber: '1', accountName: 'A' }
  const transfer = { kind: 'transfer' as const, ...account, amountVnd: 1, purpose: 'ZF', payload: 'x' }
  const of = (openVnd: number, more: object = {}) => ({ payableVnd: 10, openVnd, payment: transfer, ...more })
  t.same(payWayOf(of(0, { payment: { kind: 'nothing' } })), { kind: 'done' })
  t.same(payWayOf(of(0, { payableVnd: 0, payment: { kind: 'nothing' } })), { kind: 'zero' })
  t.same(payWayOf(of(1, { payment: { kind: 'closed' } })), { kind: 'closed' })
  t.same(payWayOf(of(1)), { kind: 'scan' })
  t.same(payWayOf(of(499_999_999)), { kind: 'scan' })
  t.same(payWayOf(of(500_000_000, { payment: { ...transfer, payload: null } })), { kind: 'several_transfers', count: 2 })
  t.same(payWayOf(of(999_999_999)), { kind: 'several_transfers', count: 3 })
  t.same(payWayOf(of(1, { payment: { ...transfer, payload: null } })), { kind: 'by_hand' })

  const means = (bills: object[], named: string[] = []) => meansOf(payViewsOf({
    bills: bills.map((bill, at) => ({ invoiceId: String(at), ...of(1), ...bill })), awaited: [{ invoiceIds: named }],
  }))
  const none = { canPay: false, hasQr: false, showsQr: false, partCount: 0 }
  t.same(means([]), none, 'withdrawn')
  t.same(means([{ openVnd: 0 }]), none, 'paid')
  t.same(means([{ openVnd: 0 }], ['0']), none, 'what is paid needs no cover')
  t.same(means([{ payment: { kind: 'closed' } }], ['0']), none)
  t.same(means([{}]), { canPay: true, hasQr: true, showsQr: true, partCount: 1 })
  t.same(means([{}], ['0']), { canPay: true, hasQr: true, showsQr: false, partCount: 1 })
  t.same(means([{}, {}], ['0']), { canPay: true, hasQr: true, showsQr: true, partCount: 2 })
  t.same(means([{ openVnd: 500_000_000 }]), { canPay: true, hasQr: false, showsQr: false, partCount: 1 })

  const row = { itemId: 'i', amountVnd: 1, day: null, isElsewhere: false }
  const bills = [
    { invoiceId: 'a', state: 'superseded', replacedBy: 'b' }, { invoiceId: 'b', state: 'issued', replacedBy: null },
    { invoiceId: 'c', state: 'issued', replacedBy: null }, { invoiceId: 'd', state: 'cancelled', replacedBy: null },
  ]
  const named = (...ids: (string | null)[]) => findAwaited(bills, ids.map((invoiceId) => ({ ...row, invoiceId })))
  t.same(named('a'), [{ ...row, invoiceIds: ['b'] }])
  t.same(named('a', 'b', 'c'), [{ ...row, invoiceIds: ['b', 'c'] }], 'one transfer, told once')
  t.same(named(null), [{ ...row, invoiceIds: ['b', 'c'] }], 'the student\'s code names all that stand')
  t.same(named('d'), [{ ...row, invoiceIds: [] }])
})
