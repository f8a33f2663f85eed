// The parent's page as its HTML: every state, who may see what, and links that are old, wrong or forged.
import assert from 'node:assert/strict'
import jsQR from 'jsqr'
import { sql } from 'kysely'
import { PNG } from 'pngjs'
import t from 'tap'
import { paymentCodeNumber } from '../../src/invoicing/payment-code.js'
import { decodeVietqr } from '../../src/vietqr/payload.js'
import { givenName, readBirthDate } from '../../src/web/parent/bill.js'
import { BILL_TOKEN_CHARS, billToken, readBillToken } from '../../src/web/parent/link.js'
import { asOwner } from '../support/as-owner.js'
import { CHILDREN, NOW, openParentWorld } from './parent-world.js'
import type { ParentWorld } from './parent-world.js'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** What a reader sees: no tags, one space between words. */
function words(html: string): string {
  return html.replace(/<svg.*?<\/svg>/gs, ' ').replace(/<[^>]+>/g, ' ').replace(/&amp;/g, '&').replace(/\s+/g, ' ')
}

/** They may hold any digits by chance. */
const CHANCE = ['time', 'pid', 'hostname', 'reqId', 'responseTime', 'remotePort']

/** What a line of the log says. */
function saidIn(line: string): string {
  return JSON.stringify(JSON.parse(line), (key, value: unknown) => CHANCE.includes(key) ? undefined : value)
}

async function seen(world: ParentWorld, path: string): Promise<string> {
  const answer = await world.look(path)
  assert.equal(answer.statusCode, 200, answer.body)
  return words(answer.body)
}

/** Every child may choose the club beside what all pay; the bills are out. */
async function offerClub(world: ParentWorld) {
  const { id: club } = await world.api<{ id: string }>('POST', '/fee-kinds', {
    code: 'CLB', name: 'Câu lạc bộ bơi', feeGroup: 'service', legalBasis: 'Thỏa thuận', optional: true,
    bankAccountId: world.mainAccountId,
  })
  await world.api('PUT', `/rounds/${world.roundId}/fees`, { fees: [
    { feeKindId: world.feeKindIds.BT, scope: 'school', amountVnd: 250_000 },
    { feeKindId: club, scope: 'school', amountVnd: 150_000 },
  ] })
  await world.run()
  return {
    club,
    choose: (path: string, payload: string, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
      world.app.inject({ method: 'POST', url: `${path}/choices`, headers: { ...form, ...headers }, payload, remoteAddress }),
    /** Rows that choosing adds to. */
    written: () => world.db.inSchool(world.schoolId, async (trx) => {
      const { rows: [row] } = await sql<object>`SELECT (SELECT count(*) FROM optional_choice) AS choices,
        (SELECT count(*) FROM invoice) AS bills, (SELECT count(*) FROM entry) AS entries,
        (SELECT count(*) FROM audit_log) AS audited`.execute(trx)
      return row
    }),
  }
}

t.test('a bill says what it is for, what is open, and how to pay it', async (t) => {
  const world = await openParentWorld(t, { insurance: true })
  const { studentIds, feeKindIds } = world
  const exempt = { studentId: studentIds.anh, legalBasis: 'NĐ 238/2025/NĐ-CP', decisionNumber: 'QĐ 12', validFrom: '2026-08-01' }
  await world.api('POST', '/exemptions', { ...exempt, feeKindId: feeKindIds.HP, percent: 70, payer: 'budget' })
  await world.api('POST', '/exemptions', { ...exempt, feeKindId: feeKindIds.BT, amountVnd: 50_000, payer: 'nobody' })
  await world.run()
  const [school, insurance] = await world.billsOf('anh')
  assert(school && insurance)
  const answer = await world.look(world.pathOf(school))
  const page = words(answer.body)
  for (const said of [
    'Trường Tiểu học Mỹ Long', 'Thông báo thu: Tháng 9/2026', 'Học sinh: Ánh · 3A', 'Hạn nộp: 30/09/2026.',
    'Cần nộp 885.800 đ', 'nộp vào 2 tài khoản khác nhau', 'Phần 1 trên 2', 'Phần 2 trên 2', school.paymentCode,
    insurance.paymentCode, world.mainAccountNumber, 'TRUONG TIEU HOC MY LONG', 'MBBank', 'VietinBank',
    'Căn cứ: NQ 18/2025/NQ-HĐND', 'Mức thu 180.000 đ, được giảm 126.000 đ: ngân sách nhà nước trả phần giảm',
    'được giảm 50.000 đ: không ai phải trả phần giảm', 'Thu hộ – chi hộ', 'Cách này miễn phí', 'mã OTP',
  ]) t.ok(page.includes(said), said)
  t.notOk(page.includes('hết hạn'), 'a bill never runs out')
  t.match(answer.headers, {
    'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow', 'referrer-policy': 'no-referrer',
    'content-type': /text\/html/,
  })
  t.notMatch(answer.body, /(?:src|action)="https?:/, 'nothing is loaded from elsewhere')
  t.notMatch(answer.body, / style=|<script(?![^>]* src=)/, 'no inline style or script')

  const apps = [...answer.body.matchAll(/href="(https:\/\/dl\.vietqr\.io[^"]+)"/g)].map(([, href = '']) => href)
  t.equal(apps.length, 10, 'five apps for each part')
  const link = new URL((apps[0] ?? '').replaceAll('&amp;', '&'))
  t.match(Object.fromEntries(link.searchParams), {
    ba: `${world.mainAccountNumber}@mb`, am: '254000', tn: school.paymentCode, bn: 'TRUONG TIEU HOC MY LONG',
  })
  const token = world.pathOf(school).slice(3)
  t.notOk(apps.some((href) => href.includes(token)), 'the apps\' maker does not learn the link')

  const english = words((await world.look(`${world.pathOf(school)}?lang=en`)).body)
  t.match(english, /To pay: 885\.800 đ .*Due on 30\/09\/2026/)
  t.equal(words((await world.look(world.pathOf(insurance))).body).includes('Phần 2 trên 2'), true,
    'the link of the other part leads to the same page')
})

t.test('each state of a bill has its own words and none is a dead end', async (t) => {
  let now = NOW
  const world = await openParentWorld(t, { now: () => now })
  await world.run()
  const [anh, binh, chi, dung] = [await world.billOf('anh'), await world.billOf('binh'), await world.billOf('chi'),
    await world.billOf('dung')]
  const [part, paid, cancelled] = [world.pathOf(anh), world.pathOf(binh), world.pathOf(chi)]

  await world.pay(anh.paymentCode, 100_000)
  t.match(await seen(world, part), /Đã nhận 100\.000 đ, còn 330\.000 đ.*12\/09\/2026 09:15 Chuyển khoản 100\.000 đ/)
  const qr = await qrOf(world, part)
  t.match(qr, { amountVnd: 330_000, purpose: anh.paymentCode }, 'the QR asks for the rest')

  await world.pay(anh.paymentCode, 400_000)
  t.match(await seen(world, part), /Đã nhận đủ 430\.000 đ.*Tiền thừa đang giữ: 70\.000 đ/)
  t.notMatch(await seen(world, part), /Quét mã để nộp/)
  t.match((await world.look(`${part}/qr.png`)).json(), { status: 409, code: 'NOTHING_TO_PAY' })

  await world.pay(binh.paymentCode, binh.payableVnd)
  await world.pay(binh.paymentCode, binh.payableVnd)
  t.match(await seen(world, paid),
    /Đã nhận đủ 430\.000 đ.*Có thể đã chuyển hai lần: đang giữ 430\.000 đ.*Không cần làm gì/)

  await world.api('POST', '/cash-receipts', { studentId: chi.studentId, amountVnd: 30_000, receivedOn: '2026-09-11' })
  t.match(await seen(world, cancelled), /Đã nhận 30\.000 đ.*11\/09\/2026 Tiền mặt, phiếu thu số 1 30\.000 đ/)
  await world.api('POST', `/invoices/${chi.id}/cancel`, { reason: 'chuyển trường' })
  const gone = await seen(world, cancelled)
  t.match(gone, /Thông báo thu này đã được huỷ.*tiền không mất.*Đang giữ 30\.000 đ đã chuyển cho thông báo đã huỷ/)
  t.match(gone, new RegExp(`Cần hỏi.*${chi.paymentCode}`))
  t.notMatch(gone, /Quét mã|Số tài khoản|chuyển trường/, 'nothing to pay with, and no word of the school\'s own')

  now = new Date('2026-10-02T03:00:00Z')
  t.match(await seen(world, world.pathOf(dung)),
    /Hạn nộp là 30\/09\/2026: thanh toán trực tuyến đã quá hạn nhưng vẫn trả được.*Quét mã để nộp/)
  await asOwner(world.database, `UPDATE bank_account SET state = 'closed' WHERE id = '${world.mainAccountId}'`)
  const closed = await seen(world, world.pathOf(dung))
  t.match(closed, /Chưa chuyển được vào lúc này.*Xin đừng chuyển tiền/)
  t.notMatch(closed, new RegExp(world.mainAccountNumber))
  t.notMatch(closed, /Cách khác/, 'nor is another way to pay named')
})

t.test('a bill that is wholly exempt, and one that no QR can carry', async (t) => {
  const world = await openParentWorld(t)
  for (const feeKindId of [world.feeKindIds.BT, world.feeKindIds.HP]) {
    await world.api('POST', '/exemptions', { studentId: world.studentIds.anh, feeKindId, percent: 100, payer: 'budget',
      legalBasis: 'NĐ 238/2025/NĐ-CP', decisionNumber: 'QĐ 1', validFrom: '2026-08-01' })
  }
  await world.run()
  t.match(await seen(world, world.pathOf(await world.billOf('anh'))), /Không phải nộp tiền.*Cộng 0 đ/)
  const bill = await world.billOf('binh')
  await asOwner(world.database, `UPDATE bank_account SET bank_bin = '999999' WHERE id = '${world.mainAccountId}'`)
  const page = await seen(world, world.pathOf(bill))
  t.match(page, new RegExp(`không đưa vào mã QR được.*${world.mainAccountNumber}.*${bill.paymentCode}`))
})

t.test('an old link finds the bill that replaced its own', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const old = await world.billOf('anh')
  await world.pay(old.paymentCode, 100_000)
  await world.api('PUT', `/rounds/${world.roundId}/fees`,
    { fees: [{ feeKindId: world.feeKindIds.BT, scope: 'school', amountVnd: 300_000 }] })
  await world.run()
  const fresh = await world.billOf('anh')
  t.not(fresh.paymentCode, old.paymentCode)
  const page = await seen(world, world.pathOf(old))
  t.match(page, /là bản cũ\. Dưới đây là bản mới.*Đã nhận 100\.000 đ, còn 200\.000 đ/)
  t.match(await qrOf(world, world.pathOf(old)), { amountVnd: 200_000, purpose: fresh.paymentCode })
  t.notMatch(await seen(world, world.pathOf(fresh)), /bản cũ/)
})

t.test('a wrong link gets a page in plain words, and guessing is counted', async (t) => {
  const world = await openParentWorld(t, { config: { failedProofsPerMinute: 60 } })
  await world.run()
  const good = world.pathOf(await world.billOf('anh')).slice(3)
  t.equal(good.length, BILL_TOKEN_CHARS)
  const bytes = Buffer.from(good, 'base64url')
  const forged = Array.from(bytes, (_, at) => {
    const one = Buffer.from(bytes)
    one.writeUInt8(one.readUInt8(at) ^ 1, at)
    return one.toString('base64url')
  })
  const others = [good.slice(0, -1), `${good}A`, good.toLowerCase(), 'x', '%00', '..%2f', 'a'.repeat(90),
    billToken({ deriveKey: () => Buffer.alloc(32) }, paymentCodeNumber(bytes.readUIntBE(0, 5)))]
  for (const token of [...forged, ...others]) {
    const answer = await world.look(`/p/${token}`)
    t.equal(answer.statusCode, 404, token)
    t.match(words(answer.body), /Không tìm thấy thông báo thu.*giáo viên chủ nhiệm/)
  }
  const neverIssued = billToken(world.deps.secretBox, paymentCodeNumber(1))
  t.equal(readBillToken(world.deps.secretBox, neverIssued), 1)
  t.equal((await world.look(`/p/${neverIssued}`)).statusCode, 404, 'our own proof over a code that was never issued')
  t.match((await world.look('/p/x/qr.svg')).json(), { status: 404, code: 'BILL_NOT_FOUND' })
  t.equal((await world.look('/p/x/events')).statusCode, 404)
  const statuses = []
  for (let tried = 0; tried < 40; tried++) statuses.push((await world.look('/p/guess')).statusCode)
  t.equal(statuses.at(-1), 429, 'too many wrong links of one address')
  t.equal((await world.look(`/p/${good}`)).statusCode, 200, 'a right link is not limited')
  t.equal((await world.look('/p')).statusCode, 200)
})

t.test('full name and history are shown to whoever knows the birth date, and to nobody else', async (t) => {
  const lines: string[] = []
  let now = NOW
  const world = await openParentWorld(t, { now: () => now, onLogLine: (line) => { lines.push(line) } })
  await world.run()
  const bill = await world.billOf('anh')
  const path = world.pathOf(bill)
  await world.pay(bill.paymentCode, 100_000)
  const { fullName, birthDate } = CHILDREN.anh
  lines.length = 0
  const send = (text: string, of = path) => world.app.inject({
    method: 'POST', url: `${of}/birth-date`, headers: form, payload: new URLSearchParams({ birthDate: text }).toString(),
  })
  t.notMatch((await world.look(path)).body, /Nguyễn|Ngọc/)
  t.match([(await send('05/09/2016')).statusCode, (await send('hôm qua')).statusCode], [422, 422])

  const right = await send(birthDate)
  t.match([right.statusCode, right.headers.location], [303, `${path}#history`])
  const cookie = String(right.headers['set-cookie'])
  t.match(cookie, new RegExp(`Max-Age=1800; Path=${path}; HttpOnly; SameSite=Lax$`))
  const value = cookie.split(';')[0] ?? ''
  const shown = words((await world.look(path, { cookie: value })).body)
  t.match(shown, new RegExp(`${fullName}.*Các lần nộp.*12/09/2026 09:15 Chuyển khoản Tháng 9/2026 100\\.000 đ`))

  const other = world.pathOf(await world.billOf('binh'))
  t.notMatch((await world.look(other, { cookie: value })).body, /Trần Văn/, 'a proof holds for one child alone')
  const [seconds = '', mac = ''] = value.split('=')[1]?.split('.') ?? []
  t.notMatch((await world.look(path, { cookie: `child=${Number(seconds) + 60}.${mac}` })).body, /Nguyễn/, 'nor longer')
  now = new Date(NOW.getTime() + 31 * 60_000)
  t.notMatch((await world.look(path, { cookie: value })).body, /Nguyễn/, 'it ends after half an hour')
  t.notMatch(words((await world.look(world.pathOf(await world.billOf('dung')))).body), /Ngày sinh/,
    'nobody is asked for a birth date that the school does not know')
  t.ok(lines.length > 0)
  t.notMatch(lines.map(saidIn).join('\n'), /Nguyễn|Ánh|2017|05\/09|\/p\/[\w-]{20}/, 'neither name nor date nor link is logged')
})

t.test('wrong birth dates are limited for a child, whatever link is used', async (t) => {
  let now = NOW
  const world = await openParentWorld(t, { now: () => now, insurance: true })
  await world.run()
  const [one, two] = (await world.billsOf('anh')).map(world.pathOf)
  assert(one && two)
  const send = (path: string, text: string) => world.app.inject({
    method: 'POST', url: `${path}/birth-date`, headers: form, payload: `birthDate=${encodeURIComponent(text)}`,
  })
  const statuses = []
  for (let day = 1; day <= 10; day++) statuses.push((await send(day % 2 ? one : two, `${day}/1/2017`)).statusCode)
  t.same(statuses, [422, 422, 422, 422, 422, 422, 422, 422, 429, 429])
  const refused = await send(one, CHILDREN.anh.birthDate)
  t.equal(refused.statusCode, 429, 'the right one comes too late')
  t.match(words(refused.body), /Đã thử sai nhiều lần.*vào ngày mai/)
  t.equal((await send(world.pathOf(await world.billOf('binh')), CHILDREN.binh.birthDate)).statusCode, 303)
  now = new Date(NOW.getTime() + 24 * 61 * 60_000)
  for (let tried = 0; tried < 12; tried++) {
    t.equal((await send(one, CHILDREN.anh.birthDate)).statusCode, 303, 'a day later, and right ones are not counted')
  }
})

t.test('optional items are ticked on the page, and the bill follows', async (t) => {
  const world = await openParentWorld(t)
  const { club, choose } = await offerClub(world)
  const path = world.pathOf(await world.billOf('anh'))
  t.match(await seen(world, path), /Cần nộp 250\.000 đ.*Dịch vụ tự nguyện.*30\/09\/2026.*Câu lạc bộ bơi: 150\.000 đ/)
  const chosen = await choose(path, `chosen=${club}`)
  t.equal(chosen.statusCode, 303)
  t.not(chosen.headers.location?.split('?')[0], path, 'it leads to the bill that replaced this one')
  t.match(await seen(world, String(chosen.headers.location).split('#')[0] ?? ''), /Cần nộp 400\.000 đ.*Đã lưu lựa chọn/)
  t.equal((await choose(path, '')).statusCode, 303)
  t.match(await seen(world, path), /Cần nộp 250\.000 đ/)
  t.equal((await choose(path, `chosen=${world.feeKindIds.BT}`)).statusCode, 422, 'only what is on offer')
  t.equal((await choose('/p/wrong', '')).statusCode, 404)
})

t.test('a link changes choices some times a day, and what it shows can be paid all the same', async (t) => {
  const world = await openParentWorld(t, { config: { choiceChangesPerDay: 3 } })
  const { club, choose, written } = await offerClub(world)
  const path = world.pathOf(await world.billOf('anh'))
  const statuses = []
  for (const payload of [`chosen=${club}`, `chosen=${club}`, '', `chosen=${club}`]) {
    statuses.push((await choose(path, payload)).statusCode)
  }
  t.same(statuses, [303, 303, 303, 303], 'the same again is no change')
  const before = await written()
  for (let again = 0; again < 5; again += 1) t.equal((await choose(path, `chosen=${club}`)).statusCode, 303)
  t.same(await written(), before, 'and leaves no row')

  const refused = await choose(path, '')
  t.equal(refused.statusCode, 429)
  t.match(words(refused.body), /Cần nộp 400\.000 đ.*đổi quá nhiều lần hôm nay.*Mai thử lại hoặc gọi nhà trường/)
  t.match(refused.body, /<svg/, 'the QR is there')
  t.match(words((await choose(path, '', { cookie: 'lang=en' })).body), /changed too often today.*call the school/)
  t.same(await written(), before)
  await world.pay((await world.billOf('anh')).paymentCode, 400_000)
  t.match(await seen(world, path), /Đã nhận đủ 400\.000 đ/)
  t.equal((await choose(world.pathOf(await world.billOf('binh')), `chosen=${club}`)).statusCode, 303, 'another child')

  await world.api('PUT', `/rounds/${world.roundId}/students/${world.studentIds.anh}/optional-items`, { chosenFeeKindIds: [] })
  t.match(await seen(world, path), /250\.000 đ/, 'the school changes it as often as it has to')
  t.equal((await choose(path, `chosen=${club}`)).statusCode, 429)
  await asOwner(world.database, `ALTER TABLE optional_choice DISABLE TRIGGER optional_choice_append_only;
    UPDATE optional_choice SET recorded_at = recorded_at - interval '1 day';
    ALTER TABLE optional_choice ENABLE TRIGGER optional_choice_append_only`)
  t.equal((await choose(path, `chosen=${club}`)).statusCode, 303, 'the next day')
})

t.test('changes of choices are counted for an address too, and only real ones', async (t) => {
  const world = await openParentWorld(t, { config: { choiceChangesPerMinute: 2 } })
  const { club, choose } = await offerClub(world)
  const [anh = '', binh = '', chi = ''] = await Promise.all((['anh', 'binh', 'chi'] as const).map(async (child) =>
    world.pathOf(await world.billOf(child))))
  const statuses = []
  for (const path of [anh, anh, anh, binh, chi]) statuses.push((await choose(path, `chosen=${club}`)).statusCode)
  t.same(statuses, [303, 303, 303, 303, 429])
  t.match(words((await choose(chi, `chosen=${club}`)).body), /Cần nộp 250\.000 đ.*cùng một mạng.*Đợi một phút/)
  t.equal((await choose(anh, `chosen=${club}`)).statusCode, 303, 'nothing to change, nothing to refuse')
  t.equal((await choose(chi, `chosen=${club}`, {}, '203.0.113.9')).statusCode, 303, 'from elsewhere')
})

t.test('the QR as a picture is the bill\'s own, and is asked for anew each time', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const bill = await world.billOf('anh')
  const url = `${world.pathOf(bill)}/qr.png`
  const png = await world.look(url)
  t.match(png.headers, { 'content-type': 'image/png', 'cache-control': 'private, no-cache' })
  const { data, width, height } = PNG.sync.read(png.rawPayload)
  const read = jsQR.default(new Uint8ClampedArray(data), width, height)
  t.match(decodeVietqr(read?.data ?? ''), { ok: true, amountVnd: 430_000, purpose: bill.paymentCode })
  const etag = String(png.headers.etag)
  t.equal((await world.look(url, { 'if-none-match': etag })).statusCode, 304)
  await world.pay(bill.paymentCode, 1_000)
  t.equal((await world.look(url, { 'if-none-match': etag })).statusCode, 200, 'a payment changes it')
  t.match((await world.look(`${world.pathOf(bill)}/qr.svg`)).headers, { 'content-type': /image\/svg/ })
})

t.test('names and dates are read as people write them', async (t) => {
  t.same(['Nguyễn Thị Ánh', ' Y  Moan ', 'An'].map(givenName), ['Ánh', 'Moan', 'An'])
  for (const text of ['5/9/2017', '05/09/2017', ' 05-09-2017 ', '05.09.2017', '05 09 2017', '05092017']) {
    t.equal(readBirthDate(text), '2017-09-05', text)
  }
  for (const text of ['', '31/02/2017', '5/9/17', '2017-09-05', '592017', '5/9/2017x']) {
    t.equal(readBirthDate(text), undefined, text)
  }
})

async function qrOf(world: ParentWorld, path: string) {
  const { data, width, height } = PNG.sync.read((await world.look(`${path}/qr.png`)).rawPayload)
  const read = decodeVietqr(jsQR.default(new Uint8ClampedArray(data), width, height)?.data ?? '')
  assert(read.ok)
  return read
}
