// Lists as files: what a spreadsheet and a program read back, what a hostile text cannot do, and how large one may be.
import { parse } from 'csv-parse/sync'
import fastify from 'fastify'
import fc from 'fast-check'
import { unzipSync } from 'fflate'
import { readSheet } from 'read-excel-file/node'
import t from 'tap'
import { guardText, unguardText } from '../../src/export/csv.js'
import { rowsOfPages } from '../../src/export/table.js'
import type { Table, TableRow } from '../../src/export/table.js'
import { attachment, sendTable, tableFile } from '../../src/export/table-file.js'
import { escapeXstring } from '../../src/export/xlsx-text.js'
import { LIMITS } from '../../src/limits.js'

const COLUMNS: Table['columns'] = [
  { title: 'Họ và tên', kind: 'text' },
  { title: 'Số tiền', kind: 'vnd' },
  { title: 'Số học sinh', kind: 'integer' },
  { title: 'Hạn nộp', kind: 'day' },
  { title: 'Nhận lúc', kind: 'instant' },
  { title: 'Tỷ lệ', kind: 'rate' },
]

function table(rows: Table['rows'], columns = COLUMNS): Table {
  return { fileName: 'Học sinh lớp 6A', sheetName: 'Học sinh', columns, rows }
}

function texts(rows: readonly string[]): Table {
  return table(rows.map((text) => [text]), [{ title: 'Nội dung', kind: 'text' }])
}

async function csvRows(of: Table, delimiter = ','): Promise<string[][]> {
  const { body } = await tableFile('csv', of)
  return parse(body, { bom: true, delimiter, relax_quotes: true, relax_column_count: true })
}

const ROW: TableRow = [
  'Nguyễn Thị "Ánh", lớp 6A', 1_868_650, 6_077, '2026-11-22', new Date('2026-11-21T18:30:05Z'), '91.46',
]
const HOSTILE = [
  '=1+1', '+84901234567', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '  =1+1', "'=1", '"=1', '＝1+1', '＋1', '－1', '＠SUM(A1)',
  '=HYPERLINK("http://x.vn?"&A1,"bấm")', "=cmd|' /C calc'!A0", 'CK;=1+1', 'CK;"=1+1', 'dòng\n=1+1', 'a\t=1', '\u00a0=1',
  ';\t;=1', "''''=1", '-',
]

t.test('CSV is what programs and Excel read: UTF-8 with its mark, CRLF, quoted, numbers as digits', async (t) => {
  const { body, contentType } = await tableFile('csv', table([ROW, [null, null, 0, null, null, null]]))
  t.equal(contentType, 'text/csv; charset=utf-8; header=present')
  t.same([...body.subarray(0, 3)], [0xef, 0xbb, 0xbf])
  t.equal(body.toString('utf8').slice(1), [
    'Họ và tên,Số tiền,Số học sinh,Hạn nộp,Nhận lúc,Tỷ lệ (%)',
    '"Nguyễn Thị ""Ánh"", lớp 6A",1868650,6077,2026-11-22,2026-11-22 01:30:05,91.46',
    ',,0,,,', '',
  ].join('\r\n'))
})

t.test('a workbook has numbers as numbers, days as days, a frozen bold header and texts as texts', async (t) => {
  const { body } = await tableFile('xlsx', table([ROW, [null, null, 0, null, null, null]]))
  t.same(await readSheet(body), [
    COLUMNS.map(({ title }) => title),
    ['Nguyễn Thị "Ánh", lớp 6A', 1_868_650, 6_077, new Date('2026-11-22T00:00:00Z'),
      new Date('2026-11-22T01:30:05Z'), 0.9146],
    [null, null, 0, null, null, null],
  ])
  t.same((await readSheet((await tableFile('xlsx', table([]))).body)).length, 1, 'an empty list has its header')
})

t.test('no cell of a CSV begins like a formula, with whichever separator it is opened', async (t) => {
  for (const delimiter of [',', ';', '\t']) {
    const cells = (await csvRows(texts(HOSTILE), delimiter)).flat()
    for (const cell of cells) t.notMatch(cell, /^[\s"]*[=+\-@＝＋－＠\t\r]/u, JSON.stringify(cell))
  }
  const back = (await csvRows(texts(HOSTILE))).slice(1).map(([cell = '']) => unguardText(cell))
  t.same(back, HOSTILE, 'and the texts come back')
  t.equal(guardText('Nguyễn Thị Ánh-Hoàng'), 'Nguyễn Thị Ánh-Hoàng', 'an ordinary text stays as it is')
  t.equal(guardText('=1'), "'=1")
})

t.test('guarding can be undone for every text, in a time that follows its length', async (t) => {
  const text = fc.array(fc.constantFrom(...'=+-@＝\t\r\n ;,\'"aĐ1'), { maxLength: 14 }).map((parts) => parts.join(''))
  fc.assert(fc.property(text, (given) => unguardText(guardText(given)) === given), { seed: 7, numRuns: 20_000 })
  // Of this process alone: how busy the machine is must not decide a test.
  const startedAt = process.cpuUsage()
  guardText('\n'.repeat(200_000) + '=')
  t.ok(process.cpuUsage(startedAt).user < 1_000_000)
})

t.test('a workbook keeps every hostile text as a text, also those named like parts of a program', async (t) => {
  const given = [...HOSTILE, '<script>', 'a & b', '__proto__', 'constructor', 'toString', 'x'.repeat(40_000)]
  const read = await readSheet((await tableFile('xlsx', texts(given))).body, { trim: false })
  const back = read.slice(1).map(([cell]) => cell)
  t.equal(back.length, given.length)
  for (const [at, text] of given.entries()) {
    const cell = back[at]
    t.type(cell, 'string', text.slice(0, 20))
    t.equal(String(cell).replaceAll('\r', '\n').trim(), text.slice(0, 32_767).replaceAll('\r', '\n').trim())
  }
})

t.test('a value that is not of its column is a fault of ours, not a cell', async (t) => {
  const wrong: TableRow[] = [
    ['x', 1.5, 1, null, null, null], ['x', 1, 1, '22/11/2026', null, null], ['x', 1, 1, null, 'gone', null], ['x'],
    ['x', '1' , 1, null, null, null], ['x', 1, 1, null, null, '91,46'],
  ]
  for (const row of wrong) await t.rejects(tableFile('csv', table([row])), { name: 'AssertionError' })
})

t.test('rows are read page by page, and a list that is too long is refused before a byte is sent', async (t) => {
  let pages = 0
  async function readPage(cursor = '0') {
    pages += 1
    const first = Number(cursor)
    const items = Array.from({ length: 200 }, (_, at) => first + at)
    return { items, nextCursor: pages < limit ? String(first + 200) : null }
  }
  async function* rows(): AsyncGenerator<TableRow> {
    for await (const n of rowsOfPages(readPage)) yield [n]
  }
  const numbers: Table['columns'] = [{ title: 'n', kind: 'integer' }]
  let limit = 3
  t.equal((await csvRows(table(rows(), numbers))).length, 601)
  pages = 0
  limit = Infinity
  for (const format of ['csv', 'xlsx'] as const) {
    await t.rejects(tableFile(format, table(rows(), numbers)), { code: 'EXPORT_TOO_LARGE' })
  }
  t.equal(pages, 2 * (LIMITS.exportRowsMax / 200 + 1))
})

t.test('few CSV files are made at once, the next wait, and too many are sent away', async (t) => {
  let go: () => void = () => undefined
  const gate = new Promise<void>((resolve) => { go = resolve })
  let [making, most] = [0, 0]
  async function* rows(): AsyncGenerator<TableRow> {
    making += 1
    most = Math.max(most, making)
    await gate
    yield [1]
    making -= 1
  }
  const make = () => tableFile('csv', table(rows(), [{ title: 'n', kind: 'integer' }]))
  const room = LIMITS.csvExportsAtOnce + LIMITS.csvExportsWaitingMax
  const files = Array.from({ length: room }, make)
  await t.rejects(make(), { code: 'OVERLOADED' })
  go()
  t.equal((await Promise.all(files)).length, room)
  t.equal(most, LIMITS.csvExportsAtOnce)
  t.equal((await make()).body.toString('utf8').slice(1), 'n\r\n1\r\n')
})

t.test('the longest list is written without holding others up, in bounded memory', async (t) => {
  // Rows that are read between two turns of the event loop: work, since time says more of the machine.
  let [read, most, isOver] = [0, 0, false]
  function* rows(): Generator<TableRow> {
    for (let n = 0; n < LIMITS.exportRowsMax; n += 1) {
      most = Math.max(most, read += 1)
      yield ROW
    }
  }
  const turn = () => {
    read = 0
    if (!isOver) setImmediate(turn)
  }
  turn()
  for (const format of ['csv', 'xlsx'] as const) {
    most = 0
    const { body } = await tableFile(format, table(rows()))
    const rssMb = process.memoryUsage.rss() / 1e6
    t.comment(`${format}: ${body.length} bytes, at most ${most} rows a turn, ${Math.round(rssMb)} MB resident`)
    t.ok(body.length > 100_000)
    t.ok(rssMb < 1_000)
    t.ok(most > 0 && most <= 2_000, `other requests go on: ${most} rows a turn`)
  }
  isOver = true
})

t.test('a reply carries the file under its Vietnamese name, and is not kept by a cache', async (t) => {
  const app = fastify()
  app.get('/file', async (_request, reply) => sendTable(reply, 'xlsx', table([ROW])))
  const { headers, rawPayload } = await app.inject('/file')
  t.equal(headers['content-disposition'],
    'attachment; filename="Hoc sinh lop 6A.xlsx"; filename*=UTF-8\'\'H%E1%BB%8Dc%20sinh%20l%E1%BB%9Bp%206A.xlsx')
  t.equal(headers['cache-control'], 'no-store')
  t.equal((await readSheet(rawPayload)).length, 2)
  t.equal(attachment('../Đợt "9"\r\nx.csv'),
    'attachment; filename=".._Dot _9___x.csv"; filename*=UTF-8\'\'.._%C4%90%E1%BB%A3t%20_9___x.csv')
  await app.close()
})

/** The files of a workbook that a test looks into, as text. */
function partsOf(body: Buffer): Record<string, string> {
  return Object.fromEntries(Object.entries(unzipSync(body)).map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]))
}

t.test('a text that looks like the notation of a workbook stays as it is, in cells, headings, hints and the name of the sheet', async (t) => {
  const given = ['HS_x0031_26', '_x0041_', '_x005F_x0041_', '_x005f_', '__x0041__', '_x41_', 'a_x0041', '_x0041_x0042_']
  const { body } = await tableFile('xlsx', {
    fileName: 'a', sheetName: 'Lớp _x0041_', columns: [{ title: 'Mã _x0041_', kind: 'text' }], rows: given.map((text) => [text]),
    toFillIn: { hints: ['như _x0042_'], blankRows: 1 },
  })
  const [hints, header, ...rows] = await readSheet(body, { trim: false })
  t.same(rows.slice(0, given.length).map(([cell]) => cell), given)
  t.same([hints, header], [['như _x0042_'], ['Mã _x0041_']])
  t.match(partsOf(body)['xl/workbook.xml'], /<sheet [^>]*name="Lớp _x005F_x0041_"/)
  const anything = fc.array(fc.constantFrom('_', 'x', 'X', '0', '4', '1', 'F', 'f', '_x0041_'), { maxLength: 12 }).map((parts) => parts.join(''))
  const unescape = (text: string) =>
    text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  fc.assert(fc.property(anything, (text) => unescape(escapeXstring(text)) === text), { seed: 21, numRuns: 5_000 })
})

t.test('a workbook prints one page wide, across, with its heading on every page, under any name of a sheet', async (t) => {
  const { body } = await tableFile('xlsx', { ...table([ROW]), sheetName: "Lớp 6/1 & 'A' <x> [y]: một tên dài hơn ba mươi mốt chữ" })
  const parts = partsOf(body)
  const sheet = parts['xl/worksheets/sheet1.xml'] ?? ''
  t.match(sheet, /<worksheet[^>]*><sheetPr><pageSetUpPr fitToPage="1"\/><\/sheetPr>/)
  t.match(sheet, /<pageSetup [^>]*orientation="landscape"[^>]* fitToWidth="1" fitToHeight="0"/)
  const [, titles] = /<definedName name="_xlnm.Print_Titles" localSheetId="0">([^<]*)</.exec(parts['xl/workbook.xml'] ?? '') ?? []
  t.match(titles, /^'Lớp 6 1 &amp; ''A'' &lt;x&gt;  y .*'!\$1:\$1$/)
  t.equal((await readSheet(body)).length, 2)
})

t.test('a column is as wide as what it shows, up to a bound from which its texts are wrapped', async (t) => {
  const rows = Array.from({ length: 400 }, (_, at): TableRow => [at === 399 ? 'x'.repeat(40) : 'x', 1, 1, null, null, null])
  const { body } = await tableFile('xlsx', table([...rows, ['y'.repeat(300), 999_999_999_999_999, 1, null, null, null]]))
  const sheet = partsOf(body)['xl/worksheets/sheet1.xml'] ?? ''
  const widths = [...sheet.matchAll(/<col [^>]*width="(\d+)"/g)].map(([, width]) => Number(width))
  t.equal(widths[0], 60, 'the longest text of all rows counts, also one far down')
  t.ok((widths[1] ?? 0) >= '999.999.999.999.999'.length, `${widths[1]} for the amounts`)
  t.match(partsOf(body)['xl/styles.xml'], /wrapText="(1|true)"/)
  const narrow = partsOf((await tableFile('xlsx', table(rows))).body)['xl/worksheets/sheet1.xml'] ?? ''
  t.match(narrow, /<col [^>]*width="42"/)
})
