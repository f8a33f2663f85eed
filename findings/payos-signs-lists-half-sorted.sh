#!/usr/bin/env bash
# Assumed: the signature of a payOS call is over its `data` with the keys sorted and every value as plain JSON (or, as
#   other providers do it, with the keys sorted at every level).
# Happens (@payos/node 2.0.5): neither. In a list each element is rebuilt with its own keys sorted; what lies deeper in an
#   element keeps the order it came in; `null` and the texts "null" and "undefined" sign as nothing; an undefined value
#   leaves with its key.
# Here: the adapter follows the SDK for lists, and a test compares both over generated bodies; a "canonical JSON" of our
#   own would refuse real calls.
# Fails when the SDK signs this body in another way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @payos/node@2.0.5
cat >look.mjs <<'NODE'
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { PayOS } from '@payos/node'

const key = 'a key for looking'
const { crypto } = new PayOS({ clientId: 'client', apiKey: 'api', checksumKey: key })
const hmac = (text) => createHmac('sha256', key).update(text).digest('hex')
const data = {
  orderCode: 80293001,
  amount: 500000,
  items: [{ quantity: 1, name: 'Học phí', detail: { period: '12', of: '2026' } }],
  description: 'null',
  reference: null,
  left: undefined,
}
const signed = await crypto.createSignatureFromObj(data, key)
const ways = {
  'keys of the elements sorted, deeper ones as they came':
    'amount=500000&description=&items=[{"detail":{"period":"12","of":"2026"},"name":"Học phí","quantity":1}]' +
    '&orderCode=80293001&reference=',
  'plain JSON':
    'amount=500000&description=null&items=[{"quantity":1,"name":"Học phí","detail":{"period":"12","of":"2026"}}]' +
    '&orderCode=80293001&reference=null',
  'sorted at every level':
    'amount=500000&description=&items=[{"detail":{"of":"2026","period":"12"},"name":"Học phí","quantity":1}]' +
    '&orderCode=80293001&reference=',
}
const found = Object.entries(ways).filter(([, text]) => hmac(text) === signed).map(([name]) => name)
console.log('@payos/node 2.0.5 signs:', found)
assert.deepEqual(found, ['keys of the elements sorted, deeper ones as they came'])
console.log('as seen')
NODE
node look.mjs
