// The payment code: number and text, what its checks detect, and how it is read from what banks hand over.
import { randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import t from 'tap'
import { PAYMENT_CODE_ALPHABET } from '../../src/invoicing/payment-code-check.js'
import { paymentCodeRoutes } from '../../src/invoicing/payment-code-routes.js'
import {
  buildPurpose, drawPaymentCodeNumber, findPaymentCodes, MAX_CONTENT_CHARS, parsePaymentCode,
  PAYMENT_CODE_COUNT, paymentCodeNumber, paymentCodeText
} from '../../src/invoicing/payment-code.js'
import samples from '../vectors/transfer-contents.json' with { type: 'json' }

const text = (number: number): string => paymentCodeText(paymentCodeNumber(number))
const CODE = text(12_345_678_901)
const OTHER = text(987_654_321)
const SAMPLE = [0, 1, 31 ** 6, 12_345_678_901, PAYMENT_CODE_COUNT - 1].map(text)
const codesIn = (content: string): string[] => findPaymentCodes(content).codes

const replaced = (code: string, at: number, symbol: string): string =>
  code.slice(0, at) + symbol + code.slice(at + 1)
const swapped = (code: string, at: number): string =>
  code.slice(0, at) + code.charAt(at + 1) + code.charAt(at) + code.slice(at + 2)

t.test('a number has one text of 12 unmistakable characters, and a text one number', async (t) => {
  t.equal(PAYMENT_CODE_ALPHABET.length, 31)
  t.notMatch(PAYMENT_CODE_ALPHABET, /[0O1ILa-z]/)
  t.equal(CODE, 'ZFFX93Q8HD6F', 'printed codes must never change their meaning')
  t.equal(text(0), 'ZF2222222MYX')
  for (let step = 0; step < 2_000; step += 1) {
    const number = drawPaymentCodeNumber(randomBytes)
    const code = paymentCodeText(number)
    const isRead = /^ZF[2-9A-HJKMNP-Z]{10}$/.test(code) && parsePaymentCode(code) === number
    if (!isRead) t.fail(`${number} ${code}`)
  }
  for (const value of [-1, 1.5, PAYMENT_CODE_COUNT, Number.NaN]) t.throws(() => paymentCodeNumber(value))
  for (const bad of ['', CODE.toLowerCase(), ` ${CODE}`, `${CODE}2`, CODE.slice(0, 11)]) {
    t.equal(parsePaymentCode(bad), undefined, bad)
  }
})

t.test('a draw redraws what is too high instead of folding it down', async (t) => {
  const draws = [[0xff, 0xff, 0xff, 0xff, 0xff], [0x06, 0x67, 0xe1, 0x2c, 0xdf], [0xf8, 0, 0, 1, 5]]
  const drawn = drawPaymentCodeNumber((sizeBytes) => {
    t.equal(sizeBytes, 5)
    return Uint8Array.from(draws.shift() ?? [])
  })
  t.equal(drawn, 261)
  t.equal(draws.length, 0)
})

t.test('every error of one or two symbols and every swap of neighbours is detected', async (t) => {
  let passed = 0
  let tried = 0
  const attempt = (damaged: string): void => {
    tried += 1
    if (parsePaymentCode(damaged) !== undefined) passed += 1
  }
  for (const code of SAMPLE) {
    for (let first = 0; first < 12; first += 1) {
      if (code.charAt(first) !== code.charAt(first + 1) && first < 11) attempt(swapped(code, first))
      for (const one of PAYMENT_CODE_ALPHABET.replace(code.charAt(first), '')) {
        const once = replaced(code, first, one)
        attempt(once)
        for (let second = first + 1; second < 12; second += 1) {
          for (const two of PAYMENT_CODE_ALPHABET.replace(code.charAt(second), '')) {
            attempt(replaced(once, second, two))
          }
        }
      }
    }
  }
  t.comment(`${tried} damaged codes, ${passed} passed`)
  t.ok(tried > 5 * (12 * 30 + 66 * 900))
  t.equal(passed, 0)
})

t.test('a code one fault away is shown as evidence and never found', async (t) => {
  const symbols = `${PAYMENT_CODE_ALPHABET}01ILO`
  const damaged: string[] = []
  for (let at = 0; at < 12; at += 1) {
    for (const symbol of symbols) {
      if (symbol !== CODE.charAt(at)) damaged.push(replaced(CODE, at, symbol))
      if (at > 0) damaged.push(CODE.slice(0, at) + symbol + CODE.slice(at))
    }
    damaged.push(CODE.slice(0, at) + CODE.slice(at + 1))
    if (at < 11) damaged.push(swapped(CODE, at))
  }
  let missing = 0
  for (const one of damaged.filter((candidate) => candidate !== CODE)) {
    const read = findPaymentCodes(`MBVCB.123.${one}.CT tu 0761`)
    // A doubled last symbol is the code with something glued to it; a hurt prefix may leave the code whole.
    const isWhole = one.includes(CODE)
    if (read.codes.length > (isWhole ? 1 : 0)) t.fail(`${one}: ${read.codes.join()}`)
    if (!isWhole && !read.damaged.some(({ candidates }) => candidates.includes(CODE))) missing += 1
  }
  t.equal(missing, 0)
  t.strictSame(findPaymentCodes(`hoc phi ${CODE.slice(0, 8)}`), {
    codes: [], damaged: [{ text: CODE.slice(0, 8), candidates: [] }]
  }, 'a code that was cut is shown, with nothing to choose from')
})

t.test('a code is read through case, accents, separators, line ends and text glued to it', async (t) => {
  const contents = [
    CODE, CODE.toLowerCase(), [...CODE].join(' '), [...CODE].join('.'), [...CODE].join('-'),
    `V${CODE}NGUYEN VAN A`, `Thanh toan QR-${CODE.slice(0, 3)}  ${CODE.slice(3)}CHUYEN TIEN`,
    `${CODE.slice(0, 1)}\r\n${CODE.slice(1)}`, `${CODE.slice(0, 6)}\u200b\u00a0${CODE.slice(6)}`,
    `Đặng Thị Ưởng nộp tiền${CODE}học phí`.normalize('NFD'), `ß ı ﬀ ${CODE} 💰`
  ]
  for (const content of contents) t.strictSame(codesIn(content), [CODE], content)
  t.strictSame(codesIn(`${CODE.slice(0, 5)}Ж${CODE.slice(5)}`), [], 'a foreign letter is no separator')
  t.strictSame(findPaymentCodes(`${CODE.slice(0, 5)}\ufffd${CODE.slice(6)}`).damaged[0]?.candidates, [CODE])
})

t.test('the public samples hold no code, and hold the one that is put into them', async (t) => {
  for (const { id, text } of samples) {
    t.strictSame(findPaymentCodes(text), { codes: [], damaged: [] }, id)
    for (let at = 0; at <= text.length; at += 1) {
      const content = `${text.slice(0, at)}${CODE}${text.slice(at)}`
      if (codesIn(content).join() !== CODE) t.fail(`${id}: ${content}`)
    }
  }
})

t.test('several codes are found in order, each once', async (t) => {
  t.strictSame(codesIn(`${OTHER}${CODE}`), [OTHER, CODE])
  t.strictSame(codesIn(`${CODE} va ${OTHER}, ${CODE.toLowerCase()}`), [CODE, OTHER])
  const beside = findPaymentCodes(`${replaced(CODE, 5, '0')}${OTHER}`)
  t.strictSame(beside, { codes: [OTHER], damaged: [{ text: replaced(CODE, 5, '0'), candidates: [CODE] }] })
})

t.test('two different right readings that share a symbol are ambiguous, and none is found', async (t) => {
  const pair = findOverlap()
  t.strictSame(findPaymentCodes(`nop ${pair.content} roi`), {
    codes: [], damaged: [{ text: pair.content, candidates: [pair.first, pair.second] }]
  })
  t.strictSame(codesIn(`${pair.content} ${CODE}`), [CODE], 'a clear code beside them is still found')
})

/** Two codes of which the second begins with the last two symbols of the first. */
function findOverlap(): { content: string, first: string, second: string } {
  for (let number = 0; ; number += 1) {
    const first = text(number)
    if (first.endsWith('ZF')) return { first, second: OTHER, content: first + OTHER.slice(2) }
  }
}

t.test('reading is bounded, whatever comes', async (t) => {
  const filler = 'x'.repeat(MAX_CONTENT_CHARS - 12)
  t.strictSame(codesIn(filler + CODE), [CODE])
  t.strictSame(findPaymentCodes(`${filler}x${CODE}`).codes, [], 'beyond the limit nothing is read')
  const hostile = ['ZF'.repeat(1e6), 'Z'.repeat(1e6), `${CODE.slice(0, 11)} `.repeat(1e5), 'ế'.repeat(1e6)]
  const started = process.cpuUsage()
  for (const content of hostile) t.ok(findPaymentCodes(content).damaged.length <= 10)
  const { user, system } = process.cpuUsage(started)
  t.ok(user + system < 2_000_000, `${(user + system) / 1000} ms of a processor`)
})

t.test('a purpose has the code first, or after the word that a provider needs', async (t) => {
  t.equal(buildPurpose(CODE), CODE)
  t.equal(buildPurpose(CODE, 'SEVQR'), `SEVQR ${CODE}`)
  t.equal(buildPurpose(CODE, 'A'.repeat(12)).length, 25)
  const refused: [string, string | undefined, number | undefined][] = [
    [CODE, 'A'.repeat(13), undefined], [CODE, undefined, 11], [CODE, 'học', undefined], [CODE, '', undefined],
    [CODE, 'A B', undefined], [CODE.toLowerCase(), undefined, undefined],
    [replaced(CODE, 4, '2'), 'A', undefined], [CODE, 'ZF', undefined], [CODE, OTHER, undefined]
  ]
  for (const [code, word, limitChars] of refused) {
    t.throws(() => buildPurpose(code, word, limitChars), { code: 'PURPOSE_INVALID' }, `${word} ${code}`)
  }
})

t.test('the route gives what the reader finds', async (t) => {
  const app = Fastify()
  await app.register(paymentCodeRoutes)
  t.teardown(() => app.close())
  const content = `CT DEN ${CODE} ${OTHER.slice(0, 11)}`
  const reply = await app.inject({ method: 'POST', url: '/api/v1/payment-codes/find', body: { content } })
  t.equal(reply.statusCode, 200)
  t.strictSame(reply.json(), findPaymentCodes(content))
  const long = { content: 'x'.repeat(MAX_CONTENT_CHARS + 1) }
  const refused = await app.inject({ method: 'POST', url: '/api/v1/payment-codes/find', body: long })
  t.equal(refused.statusCode, 400)
})
