// The check page: what it says to each kind of question, what it never says, and what strangers' pictures cost.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Worker } from 'node:worker_threads'
import { deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import t from 'tap'
import { projectRoot } from '../../src/db/migrations-dir.js'
import { paymentCodeNumber, paymentCodeText } from '../../src/invoicing/payment-code.js'
import { LIMITS } from '../../src/limits.js'
import { drawQrPng } from '../../src/vietqr/image.js'
import { crc16 } from '../../src/vietqr/crc.js'
import { encodeVietqr } from '../../src/vietqr/payload.js'
import { openPhotoReader } from '../../src/web/check/photo-reader.js'
import { readQuestion, readTypedAccount, readTypedAmount } from '../../src/web/check/question.js'
import { readImageSize } from '../../src/web/check/image-size.js'
import { asOwner } from '../support/as-owner.js'
import { CHILDREN, openParentWorld } from './parent-world.js'
import type { ParentWorld } from './parent-world.js'

/** A thread starts and compiles its reader within the limit: how busy the machine is must not decide a test. */
const UNHURRIED = { checkPhotoMs: 60_000 }

interface Given {
  asked?: string
  account?: string
  bank?: string
  amount?: string
  photo?: Buffer
}

function multipart({ photo, ...typed }: Given) {
  const body = new FormData()
  for (const [name, value] of Object.entries(typed)) body.set(name, value)
  body.set('photo', photo ? new File([Uint8Array.from(photo)], 'a.png', { type: 'image/png' }) : new File([], ''))
  return body
}

async function check(world: ParentWorld, given: Given) {
  const request = new Request('http://x/', { method: 'POST', body: multipart(given) })
  const answer = await world.app.inject({
    method: 'POST', url: '/check', headers: { 'content-type': request.headers.get('content-type') ?? '' },
    payload: Buffer.from(await request.arrayBuffer()),
  })
  const words = answer.body.replace(/<[^>]+>/g, ' ').replace(/&amp;/g, '&').replace(/\s+/g, ' ')
  return { status: answer.statusCode, words, headers: answer.headers }
}

function vietqr(accountNumber: string, purpose?: string, amountVnd?: number, bankBin = '970422'): string {
  const input = { bankBin, accountNumber, ...(purpose && { purpose }), ...(amountVnd && { amountVnd }) }
  const encoded = encodeVietqr(input)
  assert(encoded.ok)
  return encoded.payload
}

t.test('what is asked gets a plain answer', async (t) => {
  const world = await openParentWorld(t, { insurance: true, config: { checksPerMinute: 1_000 } })
  const elsewhere = await openSecondSchool(world)
  await world.run()
  const [bill, insurance] = await world.billsOf('anh')
  const paid = await world.billOf('binh')
  const [cancelled] = await world.billsOf('chi')
  assert(bill && insurance && cancelled)
  await world.pay(paid.paymentCode, paid.payableVnd)
  await world.api('POST', `/invoices/${cancelled.id}/cancel`, { reason: 'sai' })
  const account = world.mainAccountNumber
  const payload = vietqr(account, bill.paymentCode, bill.payableVnd)
  const school = /Trường Tiểu học Mỹ Long Trực thuộc UBND xã Mỹ Long/
  const never = paymentCodeText(paymentCodeNumber(123_456_789))

  const other = world.insuranceAccountNumber
  const linkOf = (one: typeof bill) => `${world.deps.config.publicUrl}${world.pathOf(one)}`
  const amber = /chưa rõ tài khoản.*Chưa chuyển tiền.*đúng một tài khoản dưới đây/
  const holder = 'Chủ tài khoản TRUONG TIEU HOC MY LONG'

  const cases: [name: string, given: Given, said: RegExp, dangerous?: boolean][] = [
    ['the QR of an open bill', { asked: payload }, /Đúng là của trường.*đang chờ nộp.*Số tiền khớp/],
    ['its text with white space around', { asked: `  ${payload}\n` }, /Đúng là của trường/],
    ['its code', { asked: bill.paymentCode }, new RegExp(`${amber.source}.*MBBank.*${account} ${holder}.*ghi số mấy`)],
    ['its code as people type it', { asked: `Nop tien ${bill.paymentCode.toLowerCase().replace(/(.{4})/g, '$1 ')}` }, amber],
    ['its code and amount', { asked: bill.paymentCode, amount: '430.000 đ' }, amber],
    ['the code of a part names the account of that part', { asked: insurance.paymentCode }, new RegExp(`VietinBank.*${other}`)],
    ['its code and the account on the paper', { asked: bill.paymentCode, account }, /Đúng là của trường.*tại MBBank.*đang chờ nộp/],
    ['the same with the amount', { asked: bill.paymentCode, account: ` ${account.replace(/(.{4})/g, '$1 ')}`, amount: '430.000' }, /Đúng là của trường.*Số tiền khớp/],
    ['its code and a thief\'s account', { asked: bill.paymentCode, account: '9990001112223' },
      new RegExp(`Không chuyển tiền.*không được trường nào.*đúng một tài khoản dưới đây.*${account}`), true],
    ['its code and an account without its leading zero', { asked: bill.paymentCode, account: account.slice(1) },
      /Không chuyển tiền.*không được trường nào/, true],
    ['its code and the account of another part', { asked: bill.paymentCode, account: other },
      new RegExp(`Không chuyển tiền.*tài khoản khác của trường.*${account}`), true],
    ['its code and the account of another school', { asked: bill.paymentCode, account: elsewhere.accountNumber },
      /Không chuyển tiền.*hai trường khác nhau/, true],
    ['its code, its account and another amount', { asked: bill.paymentCode, account, amount: '430.001' },
      /Không chuyển tiền.*không khớp/, true],
    ['its code and another amount', { asked: bill.paymentCode, amount: '430.001' }, /Không chuyển tiền.*không khớp/, true],
    ['its QR with another amount', { asked: vietqr(account, bill.paymentCode, 999) }, /Không chuyển tiền.*không khớp/, true],
    ['its QR beside another amount on the paper', { asked: payload, amount: '999.000' }, /Không chuyển tiền.*khác với số tiền/, true],
    ['its QR beside another account on the paper', { asked: payload, account: other }, /Không chuyển tiền.*khác với số ghi/, true],
    ['the account alone', { asked: account }, new RegExp(`Đúng là của trường.*tại MBBank, c${holder.slice(1)}`)],
    ['the account in its own field', { account }, /Đúng là của trường/],
    ['the account with spaces', { asked: account.replace(/(.{4})/g, '$1 ') }, /Đúng là của trường/],
    ['the account and an amount', { asked: account, amount: '430.000' }, /số tiền chưa kiểm tra được.*Mã thanh toán trên giấy/],
    ['a QR of the account without a code', { asked: vietqr(account) }, /Đúng là.*chép mã ZF/],
    ['such a QR with an amount', { asked: vietqr(account, undefined, 430_000) }, /số tiền chưa kiểm tra được/],
    ['a paid bill', { asked: paid.paymentCode }, /Đã nộp đủ, không cần chuyển nữa/],
    ['a paid bill and its account', { asked: paid.paymentCode, account }, /Đã nộp đủ, không cần chuyển nữa/],
    ['a cancelled bill', { asked: cancelled.paymentCode }, /Không chuyển tiền.*đã được nhà trường huỷ/, true],
    ['a cancelled bill and its account', { asked: cancelled.paymentCode, account }, /Không chuyển tiền.*đã được nhà trường huỷ/, true],
    ['the link of a bill', { asked: linkOf(bill) }, new RegExp(`chưa rõ tài khoản.*một trong 2 tài khoản.*${account}.*${other}`)],
    ['the link and the account of a part', { asked: linkOf(bill), account: other }, /Đúng là của trường.*tại VietinBank/],
    ['the link and the amount of the other part', { asked: linkOf(bill), account: other, amount: '430.000' }, /Không chuyển tiền.*không khớp/, true],
    ['the link and a thief\'s account', { asked: linkOf(bill), account: '9990001112223' }, /Không chuyển tiền.*không được trường nào/, true],
    ['an account that nobody registered', { asked: '0000111122223333' }, /Không chuyển tiền.*không được trường nào/, true],
    ['a QR into such an account with a real code', { asked: vietqr('0000111122223333', bill.paymentCode, bill.payableVnd) },
      /Không chuyển tiền.*không được trường nào/, true],
    ['a QR of the account at another bank', { asked: vietqr(account, bill.paymentCode, bill.payableVnd, '970415') },
      /Không chuyển tiền.*không được trường nào/, true],
    ['a code that was never issued', { asked: never }, /Không chuyển tiền.*không có trong hệ thống/, true],
    ['a QR with such a code', { asked: vietqr(account, never) }, /Không chuyển tiền/, true],
    ['the code of one school into the account of another', { asked: vietqr(elsewhere.accountNumber, bill.paymentCode) },
      /Không chuyển tiền.*hai trường khác nhau/, true],
    ['the code of a bill into another account of the school', { asked: vietqr(account, insurance.paymentCode) },
      /Không chuyển tiền.*tài khoản khác của trường/, true],
    ['a link to anywhere else', { asked: 'https://hoc-phi.example/p/abc' }, /Không chuyển tiền.*mở một trang web/, true],
    ['the same beside a right account', { asked: 'https://hoc-phi.example/p/abc', account }, /Không chuyển tiền.*mở một trang web/, true],
    ['a link like ours with a wrong token', { asked: `${world.deps.config.publicUrl}/p/abc` }, /Không chuyển tiền/, true],
    ['a QR that was changed', { asked: payload.replace(account, `${account.slice(0, -1)}${account.endsWith('1') ? '2' : '1'}`) }, /Không chuyển tiền.*hỏng hoặc đã bị sửa/, true],
    ['a QR of a shop', { asked: shopQr() }, /Không chuyển tiền.*không phải mã chuyển khoản/, true],
  ]
  for (const [name, given, said, dangerous = false] of cases) {
    const { status, words } = await check(world, given)
    t.equal(status, 200, name)
    t.match(words, said, name)
    t.equal(/✓/.test(words), /Đúng là/.test(said.source), `${name}: green, or not`)
    if (!dangerous) t.match(words, school, name)
    else t.match(words, /Nên làm gì.*kế toán/, `${name}: and what to do instead`)
    for (const { fullName } of Object.values(CHILDREN)) t.notOk(words.includes(fullName.split(' ').at(-1) ?? '?'), name)
    t.notMatch(words, /3A|430\.000|631\.800|Tháng 9|Bán trú/, `${name}: nothing of the child or the bill`)
  }
  for (const [name, given, said] of [
    ['nothing', {}, /Hãy dán nội dung/],
    ['a mistyped code', { asked: `${bill.paymentCode.slice(0, -1)}${bill.paymentCode.endsWith('A') ? 'B' : 'A'}` }, /gõ sai/],
    ['some words', { asked: 'xin chào' }, /Đây không phải/],
    ['two codes', { asked: `${bill.paymentCode} ${paid.paymentCode}` }, /kiểm tra từng mã một/],
    ['two codes, one of them in the picture', { asked: paid.paymentCode, photo: await drawQrPng(payload) }, /kiểm tra từng mã một/],
    ['an account of words', { asked: bill.paymentCode, account: 'của trường' }, /từ 6 đến 19 chữ số/],
    ['an amount in words', { asked: bill.paymentCode, amount: 'bốn trăm' }, /bằng chữ số/],
    ['an amount with a decimal point', { asked: bill.paymentCode, amount: '430000.00' }, /không có số lẻ, ví dụ 430\.000/],
  ] as [string, Given, RegExp][]) {
    const { status, words } = await check(world, given)
    t.equal(status, 422, name)
    t.match(words, said, name)
  }
  await world.api('PUT', `/rounds/${world.roundId}/fees`,
    { fees: [{ feeKindId: world.feeKindIds.BT, scope: 'school', amountVnd: 10_000 }] })
  await world.run()
  t.match((await check(world, { asked: bill.paymentCode })).words, /Bản cũ, đã có bản mới thay/)
  t.match((await check(world, { asked: bill.paymentCode, account })).words, /Bản cũ, đã có bản mới thay/)
})

t.test('a number that two banks have asks for the bank, and a closed account is never right', async (t) => {
  const world = await openParentWorld(t, { config: { checksPerMinute: 1_000 } })
  await world.run()
  const bill = await world.billOf('anh')
  const account = world.mainAccountNumber
  const of = { asked: bill.paymentCode, account }
  t.match((await check(world, of)).words, /Đúng là của trường/)
  const { id } = (await world.asAdmin('POST', '/api/v1/schools', { name: 'Trường THCS Khác', type: 'public',
    levels: ['lower_secondary'] })).json<{ id: string }>()
  await world.asAdmin('POST', `/api/v1/schools/${id}/bank-accounts`,
    { bankBin: '970415', accountNumber: account, accountName: 'TRUONG THCS KHAC' })
  const unclear = /Số tài khoản này có ở nhiều ngân hàng.*Trên giấy ghi ngân hàng nào\? MBBank Ngân hàng khác/
  t.match((await check(world, of)).words, unclear)
  t.match((await check(world, { ...of, bank: '970422' })).words, /✓.*Đúng là của trường/)
  t.match((await check(world, { ...of, bank: '970415' })).words, /Không chuyển tiền.*hai trường khác nhau/)
  t.match((await check(world, { ...of, bank: '000000' })).words, /Không chuyển tiền.*không được trường nào/)
  const alone = (await check(world, { account })).words
  t.match(alone, /có ở nhiều ngân hàng.*Mỹ Long.*Khác|có ở nhiều ngân hàng.*Khác.*Mỹ Long/)
  t.notMatch(alone, /✓/)

  await asOwner(world.database, `UPDATE bank_account SET state = 'closed' WHERE id = '${world.mainAccountId}'`)
  t.match((await check(world, { ...of, bank: '970422' })).words, /Không chuyển tiền.*đã đóng/)
  t.match((await check(world, { asked: bill.paymentCode })).words, /Không chuyển tiền.*chưa khai tài khoản mới/)
})

t.test('a code that is no bill\'s takes any open account of its school, and no other', async (t) => {
  const world = await openParentWorld(t, { config: { checksPerMinute: 1_000 } })
  const { paymentCode: asked } = await world.api<{ paymentCode: string }>('POST', `/students/${world.studentIds.anh}/payment-code`)
  const { words } = await check(world, { asked })
  t.match(words, new RegExp(`một trong 2 tài khoản.*${world.mainAccountNumber}.*${world.insuranceAccountNumber}`))
  t.notMatch(words, /✓/)
  t.match((await check(world, { asked, account: world.insuranceAccountNumber })).words, /✓.*Đúng là của trường/)
  t.match((await check(world, { asked, account: world.insuranceAccountNumber, amount: '5.000' })).words, /số tiền chưa kiểm tra/)
  t.match((await check(world, { asked, account: '9990001112223' })).words, /Không chuyển tiền/)
})

t.test('what was said already goes along with what is added', async (t) => {
  const world = await openParentWorld(t, { config: UNHURRIED })
  await world.run()
  const bill = await world.billOf('anh')
  const send = (given: Record<string, string>) => world.app.inject({
    method: 'POST', url: '/check', headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(given).toString(),
  })
  const hidden = (html: string) => Object.fromEntries(
    Array.from(html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g), ([, name = '', value = '']) => [name, value]))
  const asked = hidden((await send({ asked: bill.paymentCode, amount: '430.000' })).body)
  t.same(asked, { asked: bill.paymentCode, amount: '430000' })
  t.match((await send({ ...asked, account: world.mainAccountNumber })).body, /Đúng là của trường/)
  const photo = await drawQrPng(`Chuyen khoan ${bill.paymentCode}`)
  const request = new Request('http://x/', { method: 'POST', body: multipart({ photo }) })
  const answer = await world.app.inject({ method: 'POST', url: '/check', payload: Buffer.from(await request.arrayBuffer()),
    headers: { 'content-type': request.headers.get('content-type') ?? '', cookie: 'lang=en' } })
  t.match(answer.body, /the account is not known yet.*Which account number is on the paper/s)
  t.same(hidden(answer.body), { asked: bill.paymentCode })
})

t.test('the page opens without anything, in both languages, and plain forms work too', async (t) => {
  const world = await openParentWorld(t)
  t.match((await world.look('/check')).body, /Có đúng là của trường không/)
  t.match((await world.look('/check?lang=en')).body, /Is it really the school/)
  const answer = await world.app.inject({
    method: 'POST', url: '/check', headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: `asked=${world.mainAccountNumber}`,
  })
  t.match(answer.body, /Đúng là của trường/)
  t.match(answer.headers, { 'cache-control': 'no-store' })
})

t.test('questions of one address are counted', async (t) => {
  const world = await openParentWorld(t, { config: { checksPerMinute: 3 } })
  const statuses = []
  for (let asked = 0; asked < 5; asked++) statuses.push((await check(world, { asked: '0000111122223333' })).status)
  t.same(statuses, [200, 200, 200, 429, 429])
  t.equal((await world.look('/check')).statusCode, 200)
})

t.test('a photograph of a QR is read, however it was held', async (t) => {
  const world = await openParentWorld(t, { config: UNHURRIED })
  await world.run()
  const bill = await world.billOf('anh')
  const qr = PNG.sync.read(await drawQrPng(vietqr(world.mainAccountNumber, bill.paymentCode, bill.payableVnd), 6))
  for (const [name, photo] of [
    ['as it is', qr], ['turned by 17°', turned(qr, 17, 1)], ['upside down', turned(qr, 180, 1)],
    ['small', turned(qr, 0, 0.45)], ['large and turned', turned(qr, -33, 2.2)], ['noisy', noisy(qr, 70)],
    ['dim, noisy and turned', noisy(dimmed(turned(qr, 8, 1.3)), 25)], ['white on black', inverted(qr)],
  ] as const) {
    const { status, words } = await check(world, { photo: PNG.sync.write(photo) })
    t.equal(status, 200, name)
    t.match(words, /Đúng là của trường.*Số tiền khớp/, name)
  }
  const jpeg = await readFile(path.join(projectRoot, 'test/vectors/check-photo.jpg'))
  t.match((await check(world, { photo: jpeg })).words, /không được trường nào/, 'a JPEG, taken at an angle')
  const web = PNG.sync.read(await drawQrPng('https://hoc-phi.example/'))
  t.match((await check(world, { photo: PNG.sync.write(web) })).words, /mở một trang web/)
  const number = PNG.sync.read(await drawQrPng(world.mainAccountNumber))
  t.match((await check(world, { photo: PNG.sync.write(number) })).words, /không phải mã chuyển khoản/,
    'a QR of digits is no transfer, even of digits that are an account')
  const two = sideBySide(qr, web)
  const several = await check(world, { photo: PNG.sync.write(two) })
  t.match([several.status, several.words], [422, /kiểm tra từng mã một/])
  const blank = await check(world, { photo: PNG.sync.write(new PNG({ width: 300, height: 300 })) })
  t.match([blank.status, blank.words], [422, /Không tìm thấy mã QR/])
})

t.test('hostile pictures are refused by their header, and what slips through ends with its thread', async (t) => {
  const world = await openParentWorld(t, { config: { ...UNHURRIED, checkPhotoBytes: 200_000 } })
  const good = await drawQrPng(vietqr(world.mainAccountNumber))
  for (const [name, photo, said] of [
    ['a text', Buffer.from('not a picture at all, only words'), /không phải ảnh/],
    ['a picture cut short', good.subarray(0, good.length >> 1), /không phải ảnh|Không tìm thấy/],
    ['a header alone', good.subarray(0, 40), /không phải ảnh/],
    ['a PNG that claims 60,000 x 60,000', bomb(60_000, 60_000), /quá lớn/],
    ['a PNG whose pixels are few but deep', bomb(4_900, 4_900, 16, 6), /quá lớn/],
    ['a JPEG that claims 65,535 x 65,535', jpegHead(65_535, 65_535), /quá lớn/],
    ['a GIF', Buffer.from('47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b', 'hex'), /không phải ảnh/],
    ['a file over the limit', Buffer.concat([good, Buffer.alloc(250_000)]), /quá lớn/],
  ] as [string, Buffer, RegExp][]) {
    const { status, words } = await check(world, { photo })
    t.equal(status, 422, name)
    t.match(words, said, name)
  }
  const rezipped = bomb(4_000, 4_000, 8, 0, deflateSync(Buffer.alloc(4_001 * 4_000)))
  t.ok(rezipped.length < 20_000)
  const read = await check(world, { photo: rezipped })
  t.match([read.status, read.words], [422, /Không tìm thấy mã QR/], '16 million pixels in 16 kB are read and hold no QR')
  t.match((await check(world, { photo: good })).words, /Đúng là của trường/, 'and the next picture is read as ever')
})

t.test('few pictures are read at once, the rest waits its turn, and too many are sent away kindly', async (t) => {
  const good = await drawQrPng(vietqr('0000111122223333'))
  const reader = openPhotoReader({
    ...LIMITS, ...UNHURRIED, checkPhotosAtOnce: 1, checkPhotosWaiting: 2, checkWorkerIdleMs: 50,
  })
  t.teardown(() => reader.close())
  const readings = await Promise.all(Array.from({ length: 5 }, () => reader.read(good)))
  t.same(readings.map(({ kind }) => kind), ['read', 'read', 'read', 'busy', 'busy'])
  t.equal((await reader.read(good)).kind, 'read', 'later there is room again')

  const hasty = openPhotoReader({ ...LIMITS, checkPhotoMs: 1 })
  t.teardown(() => hasty.close())
  t.equal((await hasty.read(good)).kind, 'too_slow')
  t.equal((await hasty.read(good)).kind, 'too_slow', 'a thread that was ended is replaced')

  const world = await openParentWorld(t, { config: { ...UNHURRIED, checkPhotosAtOnce: 1, checkPhotosWaiting: 0 } })
  const answers = await Promise.all([check(world, { photo: good }), check(world, { photo: good })])
  const busy = answers.find(({ status }) => status === 503)
  t.match(busy?.words, /nhiều ảnh chờ đọc/)
  t.equal(busy?.headers['retry-after'], '5')
})

t.test('a thread that died while it had nothing to do is not given the next picture', async (t) => {
  const good = await drawQrPng(vietqr('0000111122223333'))
  const reader = openPhotoReader(LIMITS)
  t.teardown(() => reader.close())
  const started: Worker[] = []
  const onWorker = (worker: Worker): void => { started.push(worker) }
  process.on('worker', onWorker)
  t.teardown(() => process.off('worker', onWorker))
  t.equal((await reader.read(good)).kind, 'read')
  t.equal((await reader.read(good)).kind, 'read')
  t.equal(started.length, 1, 'one thread reads one after the other')
  await started[0]?.terminate()
  t.equal((await reader.read(good)).kind, 'read')
  t.equal(started.length, 2)
})

t.test('questions are sorted without guessing', async (t) => {
  const publicUrl = 'https://fees.example'
  const read = (text: string, isFromPhoto = false) => readQuestion({ text, isFromPhoto, publicUrl })
  t.match(read('https://fees.example/p/abc?lang=en'), { link: 'abc', code: null, accounts: [] })
  t.equal(read('https://fees.example.evil.example/p/abc'), 'web_address')
  t.equal(read('WWW.x.vn'), 'web_address')
  t.match(read('0071-000.888 888'), { accounts: [{ bankBin: null, accountNumber: '0071000888888' }] })
  t.same(['abc123', ' 00 12-34.56 ', '12345', 'abcdef', 'số 123456'].map(readTypedAccount), ['ABC123', '00123456', undefined, undefined, undefined])
  t.equal(read('abcdefgh'), 'not_understood', 'an account has a digit')
  t.equal(read('12345'), 'not_understood')
  t.equal(read('', true), 'empty')
  t.same(['', ' 430.000đ ', '1,000,000 VND', '1.5.', 'x', '1234567890123', '430.000,00', '430000.00', '12.50'].map(readTypedAmount),
    [null, 430_000, 1_000_000, undefined, undefined, undefined, 430_000, undefined, undefined])
  t.match(readImageSize(await drawQrPng('x')), { width: 232, height: 232 })
  t.equal(readImageSize(Buffer.alloc(0)), undefined)
  t.equal(readImageSize(Buffer.from('ffd8ffda', 'hex')), undefined)
})

async function openSecondSchool({ asAdmin, mainAccountNumber }: ParentWorld) {
  const { id } = (await asAdmin('POST', '/api/v1/schools', { name: 'Trường THCS Khác', type: 'public',
    levels: ['lower_secondary'] })).json<{ id: string }>()
  const accountNumber = `77${mainAccountNumber.slice(2)}`
  await asAdmin('POST', `/api/v1/schools/${id}/bank-accounts`, { bankBin: '970422', accountNumber, accountName: 'TRUONG THCS KHAC' })
  return { accountNumber }
}

/** A merchant's code in the form of EMVCo: another template than a transfer's. */
function shopQr(): string {
  const body = '00020101021126280010A0000007750110010531314453037045408210900005802VN5910CELLPHONES6304'
  return body + crc16(body)
}

function pixels(width: number, height: number, at: (x: number, y: number) => number): PNG {
  const picture = new PNG({ width, height })
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grey = Math.max(0, Math.min(255, Math.round(at(x, y))))
      picture.data.set([grey, grey, grey, 255], (y * width + x) * 4)
    }
  }
  return picture
}

const grey = (from: PNG, x: number, y: number): number => from.data[(y * from.width + x) * 4] ?? 255

function turned(from: PNG, degrees: number, scale: number): PNG {
  const angle = (degrees * Math.PI) / 180
  const size = Math.ceil(from.width * scale * 1.5)
  return pixels(size, size, (x, y) => {
    const [dx, dy] = [(x - size / 2) / scale, (y - size / 2) / scale]
    const [u, v] = [dx * Math.cos(angle) + dy * Math.sin(angle), dy * Math.cos(angle) - dx * Math.sin(angle)]
      .map((value) => Math.round(value + from.width / 2)) as [number, number]
    return u < 0 || v < 0 || u >= from.width || v >= from.height ? 190 : grey(from, u, v)
  })
}

/** The same noise on every run. */
function noisy(from: PNG, strength: number): PNG {
  let state = 42
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
  return pixels(from.width, from.height, (x, y) => grey(from, x, y) + (random() * 2 - 1) * strength)
}

const dimmed = (from: PNG): PNG =>
  pixels(from.width, from.height, (x, y) => 60 + (grey(from, x, y) * (90 + x / 8)) / 255)
const inverted = (from: PNG): PNG => pixels(from.width, from.height, (x, y) => 255 - grey(from, x, y))
const sideBySide = (one: PNG, other: PNG): PNG =>
  pixels(one.width + other.width, Math.max(one.height, other.height), (x, y) => {
    const [from, u] = x < one.width ? [one, x] : [other, x - one.width]
    return y < from.height ? grey(from, u, y) : 255
  })

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const body = Buffer.concat([Buffer.from(type), data])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

function crc32(bytes: Buffer): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

/** A PNG of a claimed size, with as much in it as is given. */
function bomb(width: number, height: number, depth = 8, colour = 0, data = deflateSync(Buffer.alloc(1_000))): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.writeUInt8(depth, 8)
  header.writeUInt8(colour, 9)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

function jpegHead(width: number, height: number): Buffer {
  const frame = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108000000000301220002110103110100', 'hex')
  const at = frame.indexOf(Buffer.from('ffc0', 'hex'))
  frame.writeUInt16BE(height, at + 5)
  frame.writeUInt16BE(width, at + 7)
  return frame
}
