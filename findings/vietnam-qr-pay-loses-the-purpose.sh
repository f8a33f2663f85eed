#!/usr/bin/env bash
# Assumed: a VietQR text that `vietnam-qr-pay`, the most used package, builds from a long transfer content can be read
#   again, by itself at least; the format's field 62 holds 99 characters.
# Happens (1.5.1): field 62 wraps the purpose in four characters of its own, and nothing checks that the sum fits into two
#   digits of length. From 96 characters on the package reads its own text back without a purpose; from 97 on it calls its
#   own text invalid. No error is raised while building.
# Here: the builder refuses a purpose over 25 characters (the limit of NAPAS), and a text is read back before it is shown.
# Fails when the package refuses such a purpose or reads it back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts vietnam-qr-pay@1.5.1
cat >look.cjs <<'NODE'
const assert = require('node:assert/strict')
const { QRPay } = require('vietnam-qr-pay')

const readBack = (length) => {
  const built = QRPay.initVietQR({
    bankBin: '970422', bankNumber: '0801000123456', amount: '100000', purpose: 'A'.repeat(length),
  })
  const read = new QRPay(built.build())
  return { length, isValid: read.isValid, purpose: read.additionalData?.purpose?.length ?? null }
}
const seen = [25, 95, 96, 97].map(readBack)
console.table(seen)
assert.deepEqual(seen, [
  { length: 25, isValid: true, purpose: 25 },
  { length: 95, isValid: true, purpose: 95 },
  { length: 96, isValid: true, purpose: null },
  { length: 97, isValid: false, purpose: null },
])
console.log('as seen')
NODE
node look.cjs
