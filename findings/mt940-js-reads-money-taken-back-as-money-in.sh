#!/usr/bin/env bash
# Assumed: an MT940 reader gives a line's sign; the mark RC ("reversal of credit") is money that the bank took back, so it
#   lowers the balance: 1.000.000 + 500.000 - 200.000 + 50.000 = 1.350.000, as `:62F:` of this statement says.
# Happens: mt940-js 1.0.0 gives RC as a plain credit and RD ("reversal of debit") as a plain debit, and nothing in its
#   answer tells them from one: its rows say 1.650.000 at the end. (It also uses `tslib` without declaring it.) mt940js 1.3.5, a package one hyphen away, has the signs right.
# Here: neither is used; a statement may be believed only when opening balance + rows = closing balance, to the đồng.
# Fails when mt940-js tells the two apart, or mt940js does not any more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mt940-js@1.0.0 tslib@2.8.1 mt940js@1.3.5
cat >look.cjs <<'NODE'
const assert = require('node:assert/strict')
const hyphened = require('mt940-js')
const { Parser } = require('mt940js')

const statement = [
  ':20:STATEMENT', ':25:970436/0011004123456', ':28C:1/1', ':60F:C261101VND1000000,',
  ':61:2611021102C500000,NTRFFT26306000001', ':86:PAID',
  ':61:2611021102RC200000,NTRFFT26306000002', ':86:TAKEN BACK',
  ':61:2611031103RD50000,NTRFFT26306000003', ':86:CHARGE GIVEN BACK',
  ':62F:C261103VND1350000,', '',
].join('\r\n')

async function look() {
  const [first] = await hyphened.read(Buffer.from(statement))
  const signs = first.transactions.map(({ amount, isCredit }) => (isCredit ? amount : -amount))
  const [other] = new Parser().parse(statement)
  const amounts = other.transactions.map(({ amount }) => amount)
  const end = (moves) => moves.reduce((sum, move) => sum + move, 1_000_000)
  console.log('mt940-js 1.0.0', signs, end(signs), '; mt940js 1.3.5', amounts, end(amounts))
  assert.deepEqual(signs, [500_000, 200_000, -50_000])
  assert.equal(end(signs), 1_650_000)
  assert.deepEqual(amounts, [500_000, -200_000, 50_000])
  assert.equal(end(amounts), 1_350_000)
  console.log('as seen')
}
void look()
NODE
node look.cjs
