#!/usr/bin/env bash
# Assumed: a cell's text comes out of a workbook as it went in: a class list with the pupil code HS_x0031_26 keeps it.
# Happens (write-excel-file 4.1.1, read-excel-file 9.3.17): `_xHHHH_` in a cell is the format's own notation for a
#   character (ECMA-376, ST_Xstring), and the writer does not escape it. The reader, as Excel does, takes it for the
#   character: HS_x0031_26 comes back as HS126, which is another pupil's code.
# Here: the underscore of such a text is written as `_x005F_`; a test writes and reads every kind of it.
# Fails when the writer escapes by itself (then ours would show) or the reader leaves the notation alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts write-excel-file@4.1.1 read-excel-file@9.3.17
cat >look.mjs <<'NODE'
import assert from 'node:assert/strict'
import writeWorkbook from 'write-excel-file/node'
import { readSheet } from 'read-excel-file/node'

const texts = ['HS_x0031_26', 'HS_x005F_x0031_26', 'HS_x31_26', 'HS-0031']
const bytes = await writeWorkbook(texts.map((value) => [{ value, type: String }])).toBuffer()
const read = (await readSheet(bytes)).map(([value]) => value)
console.table(texts.map((written, at) => ({ written, read: read[at] })))
assert.deepEqual(read, ['HS126', 'HS_x0031_26', 'HS_x31_26', 'HS-0031'])
console.log('as seen')
NODE
node look.mjs
