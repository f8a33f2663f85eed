// Our reading of payOS's signature is the SDK's own, over bodies of every shape: what a provider signs is decided by
// its program and not by its page.
import fc from 'fast-check'
import { PayOS } from '@payos/node'
import t from 'tap'
import { signPayos } from '../../src/banking/adapters/payos.js'

const SECRET = 'a-checksum-key-of-the-tests'
const sdk = new PayOS({ clientId: 'x', apiKey: 'x', checksumKey: SECRET })

const words = fc.constantFrom('null', 'undefined', '', 'HOC PHI', 'học phí', '🧒', 'toString', '__proto__', '10', '9', 'b', 'a')
const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const scalar = fc.oneof(words, fc.string(), fc.integer(), number, fc.boolean())
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, scalar, fc.constant(null), fc.dictionary(words, tie('any'), { noNullPrototype: true }), fc.array(tie('any'), { maxLength: 3 })),
})).any
// An element that is null stops the SDK itself.
const list = fc.array(value.filter((element) => element !== null), { maxLength: 4 })
const field = fc.oneof(value.filter(isNoListWithNull), list, fc.constant(undefined))
const data = fc.dictionary(fc.oneof(words, fc.string()), field, { noNullPrototype: true })

function isNoListWithNull(given: unknown): boolean {
  return !Array.isArray(given) || !given.includes(null)
}

/** What `String()` throws on, the SDK cannot sign either. */
function isSignable(given: Record<string, unknown>): boolean {
  return Object.values(given).every((one) => typeof one !== 'object' || one === null || Array.isArray(one) ||
    !(Object.hasOwn(one, 'toString') || Object.hasOwn(one, '__proto__')))
}

t.test('every generated body is signed as the SDK signs it', async (t) => {
  let lists = 0
  await fc.assert(fc.asyncProperty(data.filter(isSignable), async (given) => {
    if (Object.values(given).some((one) => Array.isArray(one) && one.length > 0)) lists += 1
    return signPayos(given, SECRET) === await sdk.crypto.createSignatureFromObj(given, SECRET)
  }), { seed: 21, numRuns: 5_000 })
  t.ok(lists > 500, `${lists} of them with lists`)
})

t.test('lists of texts, of numbers and of objects are signed element by element, their inner keys as they came', async (t) => {
  for (const given of [
    { items: ['ab', 7, true, ''] }, { items: [{ b: 1, a: { d: 1, c: 2 } }] }, { items: [] }, { items: [['x', 'y']] }, { extra: { b: 1 } },
    { 10: 'x', 9: 'y', b: 'z', a: null }, { a: 'null', b: 'undefined', c: undefined },
  ]) {
    t.equal(signPayos(given, SECRET), await sdk.crypto.createSignatureFromObj(given, SECRET), JSON.stringify(given))
  }
})

t.test('what no SDK could sign is no proof, and no fault of ours', async (t) => {
  for (const given of [{ items: [null] }, { extra: { toString: 1 } }]) {
    t.match(signPayos(given, SECRET), /^[0-9a-f]{64}$/)
  }
})
