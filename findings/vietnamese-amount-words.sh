#!/usr/bin/env bash
# Assumed: an npm package that reads a number in Vietnamese can write the "Bằng chữ" line of a receipt.
# Happens: of four packages three say common amounts wrongly. to-words 5.7.0 (vi-VN) says 15 as "Mười Năm", 21 as
#   "Hai Mươi Một" and drops the empty groups of 1.000.005; read-vn-number 4.1.0 says 105 as "một trăm lẻ lăm" (lăm
#   belongs to 15 … 95, never to 05); vn-num2words 1.0.4 spells "muời" and says an empty group of thousands ("không
#   nghìn"). read-vietnamese-number 2.3.1 has the numbers right, if it is told not to call them "đơn vị".
# Here: a receipt's amount in words comes from a pure function of our own (mười lăm, hai mươi mốt, hai mươi tư, linh năm),
#   tested number by number.
# Fails when any of these packages answers something else than was seen.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  to-words@5.7.0 read-vn-number@4.1.0 vn-num2words@1.0.4 read-vietnamese-number@2.3.1
cat >look.cjs <<'NODE'
const assert = require('node:assert/strict')
const { ToWords } = require('to-words')
const readVnNumber = require('read-vn-number')
const numToWords = require('vn-num2words')
const reading = require('read-vietnamese-number')

const toWords = new ToWords({ localeCode: 'vi-VN' })
const config = new reading.ReadingConfig()
config.unit = ['đồng']
const packages = {
  'to-words 5.7.0': (n) => toWords.convert(n),
  'read-vn-number 4.1.0': (n) => (readVnNumber.default ?? readVnNumber)(String(n)),
  'vn-num2words 1.0.4': (n) => numToWords(n),
  'read-vietnamese-number 2.3.1': (n) => reading.default(String(n), config),
}
const said = (n) => Object.fromEntries(Object.entries(packages).map(([name, read]) => [name, read(n)]))
const seen = {}
for (const n of [15, 21, 105, 115, 1_000_005]) seen[n] = said(n)
console.log(JSON.stringify(seen, null, 2))

assert.equal(seen[15]['to-words 5.7.0'], 'Mười Năm')
assert.equal(seen[21]['to-words 5.7.0'], 'Hai Mươi Một')
assert.equal(seen[1_000_005]['to-words 5.7.0'], 'Một Triệu Năm')
assert.equal(seen[15]['read-vn-number 4.1.0'], 'mười lăm')
assert.equal(seen[105]['read-vn-number 4.1.0'], 'một trăm lẻ lăm')
assert.equal(seen[15]['vn-num2words 1.0.4'], 'muời năm')
assert.equal(seen[1_000_005]['vn-num2words 1.0.4'], 'một triệu không nghìn không trăm linh năm')
assert.equal(seen[15]['read-vietnamese-number 2.3.1'], 'mười lăm đồng')
assert.equal(seen[105]['read-vietnamese-number 2.3.1'], 'một trăm lẻ năm đồng')
console.log('as seen')
NODE
node look.cjs
