// The VietQR rules against the public strings of test/vectors and against independent readers.
import Fastify from 'fastify'
import jsqr from 'jsqr'
import { PNG } from 'pngjs'
import t from 'tap'
import { QRPay } from 'vietnam-qr-pay'
import { banks, findBank } from '../../src/vietqr/banks.js'
import { DomainError } from '../../src/errors.js'
import { crc16 } from '../../src/vietqr/crc.js'
import { drawQrPng, drawQrSvg } from '../../src/vietqr/image.js'
import { decodeVietqr, encodeVietqr, type VietqrInput } from '../../src/vietqr/payload.js'
import { vietqrRoutes } from '../../src/vietqr/routes.js'
import { readTlv, writeTlv } from '../../src/vietqr/tlv.js'
import { readAmount } from '../../src/vietqr/transfer-rules.js'
import vectors from '../vectors/vietqr-strings.json' with { type: 'json' }

// The package's types and its CommonJS form agree only on this property.
const readQr = jsqr.default

const BILL: VietqrInput = {
  bankBin: '970422', accountNumber: '7104520894624', amountVnd: 1_868_650, purpose: 'ZF2345678KMN'
}

/** The `decoded` line of a vector as a map: `{BIN: '970403', '54': '180000', '62.08': 'thanh toan'}`. */
function expectedFields(decoded: string): Map<string, string> {
  const [plain = '', inner = ''] = decoded.replace('}', '').split('62{')
  const pairs = (text: string, separator: string, prefix: string): [string, string][] => text.split(separator)
    .map((pair) => pair.trim().split('='))
    .flatMap(([key, value]) => value === undefined ? [] : [[`${prefix}${key}`, value.replace(/,$/, '')]])
  return new Map([...pairs(plain, ',', ''), ...pairs(inner, ';', '62.')])
}

/** A payload from hand-written root objects, with a right checksum. */
function sealed(...objects: string[]): string {
  const body = `${objects.join('')}6304`
  return body + crc16(body)
}

const GUID = '0010A000000727'
const ACCOUNT_38 = writeTlv('38', `${GUID}${writeTlv('01', '00069704150112113366668888')}0208QRIBFTTA`)
const HEAD = ['000201', '010212']
const HEAD_STATIC = ['000201', '010211']
const TAIL = ['5303704', '5802VN']

function faultOf(payload: string): string {
  const decoded = decodeVietqr(payload)
  return decoded.ok ? 'WELL_FORMED' : decoded.code
}

function warningsOf(payload: string): string[] {
  const decoded = decodeVietqr(payload)
  return decoded.ok ? decoded.warnings.map(({ code }) => code) : [`FAULT ${decoded.code}`]
}

function payload(input: VietqrInput): string {
  const encoded = encodeVietqr(input)
  if (!encoded.ok) throw new Error(JSON.stringify(encoded.errors))
  return encoded.payload
}

t.test('every well-formed public string is read field by field', async (t) => {
  const warnings: Record<string, string[]> = {
    P13: ['OBJECT_UNKNOWN'],
    P17: ['STATIC_WITH_AMOUNT'],
    P31: ['SERVICE_NOT_TRANSFER'],
    P39: ['AMOUNT_INVALID', 'STATIC_WITH_AMOUNT']
  }
  for (const vector of vectors.filter(({ wellFormed }) => wellFormed)) {
    const read = decodeVietqr(vector.payload)
    if (!read.ok) {
      t.fail(`${vector.id}: ${read.reason}`)
      continue
    }
    const expected = expectedFields(vector.decoded ?? '')
    t.strictSame({
      initiation: read.pointOfInitiation, bin: read.bankBin, account: read.accountNumber,
      service: read.service, amount: read.amountVnd, purpose: read.purpose, bill: read.billNumber,
      name: read.merchantName
    }, {
      initiation: expected.get('01'), bin: expected.get('BIN'), account: expected.get('acct'),
      service: expected.get('svc'), amount: Number(expected.get('54') ?? 0) || null,
      purpose: expected.get('62.08') ?? null, bill: expected.get('62.01') ?? null,
      name: expected.get('59') ?? null
    }, vector.id)
    t.strictSame(read.warnings.map(({ code }) => code), warnings[vector.id] ?? [], `${vector.id} warnings`)
    t.equal(read.payable, !['P31', 'P39'].includes(vector.id), `${vector.id} payable`)
  }
})

t.test('every faulty public string is refused for its own reason', async (t) => {
  const reasons: Record<string, string> = {
    N01: 'TRAILING_CHARACTERS', N03: 'CRC_WRONG', N05: 'CRC_WRONG', N07: 'CRC_WRONG', N09: 'FORMAT_INVALID'
  }
  const faulty = vectors.filter(({ wellFormed }) => !wellFormed)
  t.strictSame(Object.fromEntries(faulty.map(({ id, payload }) => [id, faultOf(payload)])), reasons)
  const n01 = decodeVietqr(faulty[0]?.payload ?? '')
  t.match(n01, { ok: false, at: 60, reason: /template 01: 1 left-over/ })
})

t.test('the checksum is padded, last, four hex characters and right', async (t) => {
  t.equal(crc16('123456789'), '29B1')
  const p09 = vectors.find(({ id }) => id === 'P09')?.payload ?? ''
  t.equal(faultOf(p09.replace('63040283', '6304283')), 'VALUE_TOO_SHORT', 'not padded')
  t.equal(faultOf(p09.slice(0, -8)), 'CRC_MISSING')
  t.equal(faultOf(''), 'CRC_MISSING')
  t.equal(faultOf(`${p09}\n`), 'CRC_NOT_LAST')
  t.equal(faultOf(`${p09}5802VN`), 'CRC_NOT_LAST')
  t.equal(faultOf(`${p09.slice(0, -4)}02G3`), 'CRC_MALFORMED')
  const bill = payload(BILL)
  t.equal(faultOf(bill.slice(0, -4) + bill.slice(-4).toLowerCase()), 'WELL_FORMED', 'lower case is read')
})

t.test('lengths count characters of the text as given, the checksum its UTF-8 bytes', async (t) => {
  const name = 'Trường Mầm non Ánh'
  const named = (length: number): string => sealed(...HEAD_STATIC, ACCOUNT_38, `59${length}${name}`, ...TAIL)
  t.strictSame(warningsOf(named(18)), ['NON_ASCII_TEXT'])
  t.not(faultOf(named(Buffer.byteLength(name))), 'WELL_FORMED', 'a length in bytes is refused')
  t.strictSame(warningsOf(sealed(...HEAD_STATIC, ACCOUNT_38, '5902💰a', ...TAIL)), ['NON_ASCII_TEXT'])
})

t.test('objects stand in any order, but a level that does not add up is refused', async (t) => {
  const shuffled = sealed('000201', '62080804tien', ACCOUNT_38, '5802VN', '010211', '5303704')
  t.strictSame(warningsOf(shuffled), [])
  const faults: [string, string][] = [
    ['FORMAT_INVALID', sealed('010211', '000201', ACCOUNT_38, ...TAIL)],
    ['ID_REPEATED', sealed(...HEAD_STATIC, ACCOUNT_38, '5303704', ...TAIL)],
    ['ID_REPEATED', sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '62120802ab0802cd')],
    ['LENGTH_INVALID', sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '5900')],
    ['LENGTH_INVALID', sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '59+1a')],
    ['ID_INVALID', sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '5A01a')],
    ['VALUE_TOO_SHORT', sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '62060804ab')],
    ['TRAILING_CHARACTERS', sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '62070802abx')],
    ['TRAILING_CHARACTERS', sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '64090002vixyz')],
    ['CRC_NOT_LAST', sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '6208')]
  ]
  for (const [code, text] of faults) t.equal(faultOf(text), code, text)
})

t.test('the account information must have exactly its parts', async (t) => {
  const with38 = (...parts: string[]): string =>
    sealed(...HEAD_STATIC, writeTlv('38', parts.join('')), ...TAIL)
  const account = (bin: string, number: string): string =>
    writeTlv('01', writeTlv('00', bin) + writeTlv('01', number))
  const service = '0208QRIBFTTA'
  t.equal(faultOf(with38(GUID, account('970415', '113366668888'), service)), 'WELL_FORMED')
  t.equal(faultOf(sealed(...HEAD_STATIC, ...TAIL)), 'ACCOUNT_INFO_MISSING')
  t.equal(faultOf(with38('0010A000000728', account('970415', '113366668888'), service)), 'GUID_INVALID')
  t.equal(faultOf(with38(account('970415', '113366668888'), service)), 'GUID_INVALID')
  t.equal(faultOf(with38(GUID, service)), 'ACCOUNT_INFO_INVALID')
  t.equal(faultOf(with38(GUID, account('97041', '113366668888'), service)), 'BIN_INVALID')
  t.equal(faultOf(with38(GUID, account('970415', '1133 6666'), service)), 'ACCOUNT_INVALID')
  t.equal(faultOf(with38(GUID, writeTlv('01', '0006970415'), service)), 'ACCOUNT_INVALID')
  t.equal(faultOf(with38(GUID, account('970415', `113366668888${service}`))), 'SERVICE_MISSING', 'swallowed')
  t.equal(faultOf(with38(GUID, account('970415', '113366668888'), service, '0301x')), 'ACCOUNT_INFO_INVALID')
})

t.test('a well-formed code that is no payable transfer is read with a warning', async (t) => {
  const long = 'a'.repeat(26)
  const cases: [string[], boolean, string][] = [
    [['SERVICE_NOT_TRANSFER'], false, sealed(...HEAD_STATIC, ACCOUNT_38.replace('TTA', 'TTX'), ...TAIL)],
    [['CURRENCY_NOT_VND'], false, sealed(...HEAD_STATIC, ACCOUNT_38, '5303702', '5802VN')],
    [['COUNTRY_NOT_VN'], false, sealed(...HEAD_STATIC, ACCOUNT_38, '5303704')],
    [['AMOUNT_INVALID'], false, sealed(...HEAD, ACCOUNT_38, ...TAIL, '540750000.0')],
    [['AMOUNT_OVER_TRANSFER_LIMIT'], false, sealed(...HEAD, ACCOUNT_38, ...TAIL, '5409500000000')],
    [['POINT_OF_INITIATION_INVALID'], false, sealed('000201', ACCOUNT_38, ...TAIL)],
    [['ACCOUNT_TOO_LONG'], false, sealed(...HEAD_STATIC, writeTlv('38',
      `${GUID}${writeTlv('01', `0006970415${writeTlv('01', '1'.repeat(20))}`)}0208QRIBFTTA`), ...TAIL)],
    [['MERCHANT_NAME_TOO_LONG'], false, sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, `5926${long}`)],
    [['MERCHANT_CITY_TOO_LONG'], false, sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '6016abcdefghijklmnop')],
    [['DYNAMIC_WITHOUT_AMOUNT'], true, sealed(...HEAD, ACCOUNT_38, ...TAIL)],
    [['STATIC_WITH_AMOUNT'], true, sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '540550000')],
    [['BANK_UNKNOWN'], true, sealed(...HEAD_STATIC, ACCOUNT_38.replace('970415', '970499'), ...TAIL)],
    [['PURPOSE_TOO_LONG'], true, sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, `62300826${long}`)],
    [['TIP_PRESENT'], true, sealed(...HEAD_STATIC, ACCOUNT_38, ...TAIL, '550201')]
  ]
  for (const [codes, payable, text] of cases) {
    t.strictSame(warningsOf(text), codes)
    t.match(decodeVietqr(text), { ok: true, payable })
  }
})

t.test('an amount is whole đồng above zero and never rounded', async (t) => {
  t.strictSame(['50000', '50000.', '0050000'].map(readAmount), [50_000, 50_000, 50_000])
  t.equal(readAmount('9999999999999'), 9_999_999_999_999)
  for (const text of ['0', '0.', '-5', '50 000', '50.000', '50000.0', '5e4', '.', '', '1'.repeat(14), '٥']) {
    t.equal(readAmount(text), null, text)
  }
})

t.test('what the encoder writes is a known string of another implementation', async (t) => {
  const p05 = vectors.find(({ id }) => id === 'P05')?.payload
  t.equal(payload({
    bankBin: '970415', accountNumber: '113366668888', amountVnd: 79_000, purpose: 'Ung Ho Quy Vac Xin'
  }), p05)
  const p19 = vectors.find(({ id }) => id === 'P19')?.payload
  t.equal(payload({ bankBin: '970423', accountNumber: '0099999999' }), p19)
})

t.test('what does not fit is refused with its field, never cut', async (t) => {
  const refused: [string, string, Partial<VietqrInput>][] = [
    ['bankBin', 'BANK_UNKNOWN', { bankBin: '970499' }],
    ['bankBin', 'BANK_UNKNOWN', { bankBin: '970459' }],
    ['accountNumber', 'ACCOUNT_INVALID', { accountNumber: '12345' }],
    ['accountNumber', 'ACCOUNT_INVALID', { accountNumber: '1'.repeat(20) }],
    ['accountNumber', 'ACCOUNT_INVALID', { accountNumber: '1234 5678' }],
    ...[0, -5, 1.5, 500_000_000, 2 ** 53, Number.NaN].map(
      (amountVnd): [string, string, Partial<VietqrInput>] => ['amountVnd', 'AMOUNT_INVALID', { amountVnd }]),
    ['purpose', 'TOO_LONG', { purpose: 'a'.repeat(26) }],
    ['purpose', 'NOT_ASCII', { purpose: 'học phí' }],
    ['purpose', 'NOT_ASCII', { purpose: '' }],
    ['billNumber', 'NOT_ASCII', { billNumber: 'a\nb' }]
  ]
  for (const [field, code, change] of refused) {
    const encoded = encodeVietqr({ ...BILL, ...change })
    t.match(encoded, { ok: false, errors: [{ field, code }] }, JSON.stringify(change))
  }
  const all = encodeVietqr({ bankBin: '', accountNumber: '', amountVnd: 0, purpose: 'đ' })
  t.equal(all.ok ? 0 : all.errors.length, 4, 'every faulty field is named at once')
})

t.test('an independent reader and our own read back what was written', async (t) => {
  for (let step = 0; step < 500; step += 1) {
    const input: VietqrInput = {
      bankBin: banks[step % banks.length]?.bin ?? '',
      accountNumber: `0${step}A9${'7'.repeat(step % 12)}00`,
      ...(step % 3 === 0 ? {} : { amountVnd: step * 998_777 + 1 }),
      ...(step % 4 === 0 ? {} : { purpose: `ZF${step} hoc phi`.padEnd(25, '.').slice(0, 5 + step % 21) }),
      ...(step % 5 === 0 ? { billNumber: `HD-${step}` } : {})
    }
    const text = payload(input)
    t.match(decodeVietqr(text), { ...input, ok: true, service: 'QRIBFTTA', warnings: [] })
    const other = new QRPay(text)
    t.strictSame({
      valid: other.isValid, bin: other.consumer.bankBin, account: other.consumer.bankNumber,
      amount: other.amount, purpose: other.additionalData.purpose, bill: other.additionalData.billNumber
    }, {
      valid: true, bin: input.bankBin, account: input.accountNumber, amount: input.amountVnd?.toString(),
      purpose: input.purpose, bill: input.billNumber
    })
  }
})

t.test('a QR decoder reads the payload from the PNG, which has a quiet zone like the SVG', async (t) => {
  const text = payload(BILL)
  const modulePx = 6
  const { data, width, height } = PNG.sync.read(await drawQrPng(text, modulePx))
  const read = readQr(new Uint8ClampedArray(data), width, height)
  t.equal(read?.data, text)
  const quietPx = 4 * modulePx
  t.ok([...Array(quietPx).keys()].every((row) => data[(row * width + row) * 4] === 255), 'four white modules')
  t.equal(data[(quietPx * width + quietPx) * 4], 0, 'then the finder pattern')
  t.match(await drawQrSvg(text), `viewBox="0 0 ${width / modulePx} ${height / modulePx}"`)
})

t.test('banks are found by BIN, and entries without a code are not offered', async (t) => {
  t.equal(findBank('970422')?.shortName, 'MBBank')
  t.equal(findBank('970459'), undefined)
  t.equal(banks.length, 66)
  t.equal(new Set(banks.map(({ bin }) => bin)).size, banks.length)
})

t.test('an object is written only when two digits can say its length', async (t) => {
  t.equal(writeTlv('59', 'Ánh'), '5903Ánh')
  t.throws(() => writeTlv('59', ''), RangeError)
  t.throws(() => writeTlv('59', 'a'.repeat(100)), RangeError)
  t.match(readTlv('5903Án'), { ok: false, code: 'VALUE_TOO_SHORT', at: 0 })
})

t.test('the routes answer with what the rules say, and refuse with every faulty field', async (t) => {
  const app = Fastify()
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof DomainError)) throw error
    return reply.code(422).send({ code: error.code, detail: error.message, errors: error.errors })
  })
  await app.register(vietqrRoutes)
  t.teardown(() => app.close())
  const post = async (path: string, body: object): Promise<{ statusCode: number, body: unknown }> => {
    const reply = await app.inject({ method: 'POST', url: `/api/v1/vietqr/${path}`, body })
    return { statusCode: reply.statusCode, body: reply.json() }
  }
  t.strictSame(await post('encode', BILL), { statusCode: 200, body: { payload: payload(BILL) } })
  t.strictSame(await post('decode', { payload: payload(BILL) }), {
    statusCode: 200,
    body: {
      ...BILL, pointOfInitiation: '12', service: 'QRIBFTTA', billNumber: null, merchantName: null,
      payable: true, warnings: []
    }
  })
  t.match(await post('encode', { ...BILL, amountVnd: 1.5, purpose: 'học phí' }), {
    statusCode: 422, body: { code: 'VIETQR_INVALID', errors: [{ field: 'purpose' }, { field: 'amountVnd' }] }
  })
  t.match(await post('decode', { payload: `${payload(BILL)} ` }), {
    statusCode: 422, body: { code: 'VIETQR_INVALID', errors: [{ field: 'payload', code: 'CRC_NOT_LAST' }] }
  })
})
