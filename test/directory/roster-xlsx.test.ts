// Reading a roster from a workbook: what Excel makes of names, dates and numbers, and what a hostile file cannot do.
import { deflateRawSync } from 'node:zlib'
import t from 'tap'
import writeWorkbook from 'write-excel-file/node'
import type { SheetData } from 'write-excel-file/node'
import { readRosterFile } from '../../src/directory/roster-file.js'
import type { RosterFile } from '../../src/directory/roster-file.js'
import { planRosterImport } from '../../src/directory/roster-plan.js'
import { packPlainly, unpack } from '../../src/directory/roster-zip.js'
import type { Roster } from '../../src/directory/roster.js'
import { DomainError } from '../../src/errors.js'

const TODAY = '2026-11-22'
const HEADER = ['Mã định danh', 'Họ và tên', 'Ngày sinh', 'Lớp']
const PARTS_MAX = { entriesMax: 50, bytesMax: 1_000_000 }

async function* inPieces(bytes: Uint8Array, sizeBytes = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes)
}

async function readFile(bytes: Uint8Array): Promise<RosterFile> {
  return readRosterFile(inPieces(bytes), TODAY)
}

async function readBytes(bytes: Uint8Array): Promise<Roster> {
  return (await readFile(bytes)).roster
}

function list(sheet: string, ...data: SheetData): { sheet: string; data: SheetData } {
  return { sheet, data }
}

async function workbook(...rows: SheetData): Promise<Buffer> {
  return writeWorkbook([HEADER, ...rows]).toBuffer()
}

async function read(...rows: SheetData): Promise<Roster> {
  return readBytes(await workbook(...rows))
}

async function refusalOf(bytes: Uint8Array): Promise<string> {
  return readBytes(bytes).then(
    () => 'nothing', (error: unknown) => (error instanceof DomainError ? `${error.code}: ${error.message}` : String(error)))
}

const SHEET = 'xl/worksheets/sheet1.xml'

/** The workbook with its parts changed, packed plainly. */
function withParts(book: Buffer, change: (name: string, text: string) => string): Uint8Array {
  const parts = unpack(book, () => true, PARTS_MAX)
  return packPlainly(new Map([...parts].map(([name, part]) => [name, Buffer.from(change(name, part.toString('utf8')))])))
}

async function withSheet(change: (xml: string) => string, rows: SheetData = [AN]): Promise<Uint8Array> {
  return withParts(await workbook(...rows), (name, text) => (name === SHEET ? change(text) : text))
}

const CLASSLESS = HEADER.slice(0, 3)
const BINH = ['0123456790', 'Trần Bình', '6/9/2014']
const AN = ['0123456789', 'Nguyễn Thị Ánh', '5/9/2014', '6A1']

/** Of this process with all its threads: how busy the machine is must not decide a test. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

t.test('a workbook is read like the CSV of the same list, with the same rows, columns and reasons', async (t) => {
  const rows = [AN, ['0123456790', 'Trần Bảo', '31/02/2014', '6A1'], [null, null, null, null], ['0123456791', '', '', '']]
  const csv = [HEADER, ...rows].map((cells) => cells.map((cell) => cell ?? '').join(',')).join('\r\n')
  const fromWorkbook = await read(...rows)
  t.same(fromWorkbook, await readBytes(Buffer.from(csv)))
  t.match(fromWorkbook.faults, [
    { row: 3, column: 'Ngày sinh', code: 'BIRTH_DATE_INVALID' },
    { row: 5, column: 'Họ và tên', code: 'NAME_REQUIRED' }, { row: 5, column: 'Lớp', code: 'CLASS_REQUIRED' },
  ])
})

t.test('dates come as days, as numbers of days, as texts; ids come as they are, or the loss is told', async (t) => {
  const day = { value: new Date('2014-09-05T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' }
  const { rows, faults } = await read(
    ['0123456789', 'Lê Một', day, '6A'],
    ['0123456780', 'Lê Hai', 41_887, '6A'],
    ['0123456781', 'Lê Ba', '05/09/2014', '6A'],
    [12_345_678_901, 'Lê Bốn', day, '6A'],
    [123_456_789_012, 'Lê Năm', day, '6A'],
    ['0123456784', 'Lê Sáu', { value: new Date('2014-09-05T10:30:00Z'), type: Date, format: 'dd/mm/yyyy' }, '6A'],
    ['0123456785', 'Lê Bảy', day, { value: new Date('2026-06-01T00:00:00Z'), type: Date, format: 'd/m' }],
    ['0123456786', 'Lê Tám', 41_887.5, '6A'],
    ['0123456787', 'Lê Chín', day, 6],
  )
  const kept = rows.map(({ row, className, details: { moetStudentId, personalId, birthOn } }) =>
    [row, moetStudentId ?? personalId, birthOn, className])
  t.same(kept, [
    [2, '0123456789', '2014-09-05', '6A'], [3, '0123456780', '2014-09-05', '6A'], [4, '0123456781', '2014-09-05', '6A'],
    [6, '123456789012', '2014-09-05', '6A'], [10, '0123456787', '2014-09-05', '6'],
  ])
  t.same(faults.map(({ row, column, code }) => `${row} ${column} ${code}`), [
    '5 Mã định danh LEADING_ZERO_LOST', '7 Ngày sinh BIRTH_DATE_INVALID', '8 Lớp CLASS_INVALID', '9 Ngày sinh BIRTH_DATE_INVALID',
  ])
  t.match(faults[0]?.reason, /Excel drops leading zeros: format as text/)
})

t.test('the class 6.10 that became the number 6.1 is not taken for the class 6.1', async (t) => {
  const children = ['Lê Một', 'Lê Hai', 'Lê Ba']
  const doubtful = await read(...children.map((name, at) => [null, name, null, [6.1, 6.9, '6.1'][at] ?? null]))
  t.match(doubtful.faults, [{ row: 2, column: 'Lớp', code: 'CLASS_ZERO_LOST' }])
  t.same(doubtful.rows.map(({ className }) => className), ['6.9', '6.1'])
  const certain = await read(...children.map((name, at) => [null, name, null, [6.1, 6.2, 6.3][at] ?? null]))
  t.same(certain.faults, [])
})

t.test('decomposed letters, blanks and line breaks of Excel make no other child', async (t) => {
  const { rows } = await read(['0123456789', ' Nguyễn  Thị\nÁnh\u00a0'.normalize('NFD'), '5/9/2014', ' 6A1 '])
  t.match(rows, [{ className: '6A1', details: { fullName: 'Nguyễn Thị Ánh'.normalize('NFC') } }])
})

t.test('days of an old Mac are read in its own calendar, and a bare number of days is not guessed', async (t) => {
  const rows: SheetData = [
    ['0123456789', 'Lê Một', { value: new Date('2014-09-05T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' }, '6A'],
    ['0123456780', 'Lê Hai', 41_887, '6A'],
  ]
  for (const written of ['1', 'true']) {
    const old = withParts(await workbook(...rows), (name, text) => (name === 'xl/workbook.xml'
      ? text.replace(/<workbookPr\b[^>]*\/>|(?=<sheets>)/, `<workbookPr date1904="${written}"/>`) : text))
    const roster = await readBytes(old)
    t.match(roster.rows.map(({ details }) => details.birthOn), ['2018-09-06'], 'four years and a day later')
    t.match(roster.faults, [{ row: 3, code: 'BIRTH_DATE_INVALID' }])
  }
})

t.test('formulas give their value; one that failed or was never computed is told', async (t) => {
  const computed = await withSheet((xml) => xml.replace(/<c r="A2"[^>]*>.*?<\/c>/, '<c r="A2" t="str"><f>B9</f><v>0123456789</v></c>'))
  t.match((await readBytes(computed)).rows, [{ details: { moetStudentId: '0123456789' } }])
  const failed = await withSheet((xml) => xml.replace(/<c r="A2"[^>]*>.*?<\/c>/, '<c r="A2" t="e"><f>VLOOKUP(1,2,3)</f><v>#N/A</v></c>'))
  t.match((await readBytes(failed)).faults, [{ row: 2, column: 'Mã định danh', code: 'CELL_ERROR', reason: /#N\/A/ }])
  const never = await withSheet((xml) => xml.replace(/<c r="A2"[^>]*>.*?<\/c>/, '<c r="A2"><f>B9</f></c>'))
  t.match(await refusalOf(never), /^ROSTER_INVALID: .*open it in Excel and save it/)
  t.match((await readBytes(Buffer.from(`${HEADER.join(',')}\r\n#N/A,Lê An,,6A`))).faults, [{ code: 'CELL_ERROR' }], 'in CSV too')
})

t.test('merged titles above the header are passed over; a merged class leaves rows without one, which is told', async (t) => {
  const title = [{ value: 'DANH SÁCH HỌC SINH', columnSpan: 4 }]
  const book = await writeWorkbook([
    title, [], HEADER, ['0123456789', 'Lê Một', null, { value: '6A', rowSpan: 2 }], ['0123456780', 'Lê Hai', null, null],
  ]).toBuffer()
  const { rows, faults } = await readBytes(book)
  t.match(rows, [{ row: 4, className: '6A' }])
  t.match(faults, [{ row: 5, column: 'Lớp', code: 'CLASS_REQUIRED' }])
})

t.test('the one sheet with a list is taken, and the others are named; none is refused', async (t) => {
  const notes = { data: [['Ghi chú'], ['Danh sách ở trang sau']], sheet: 'Ghi chú' }
  const sums = { data: [['Khối', 'Lớp', 'Sĩ số'], [6, '6A', 40]], sheet: 'Sĩ số' }
  const book = await writeWorkbook([notes, sums, list('Lớp 6A', HEADER, AN), { data: [], sheet: 'Trống' }]).toBuffer()
  const { roster, skippedSheets } = await readFile(book)
  t.match(roster, { rowCount: 1, sheets: [], rows: [{ className: '6A1' }] })
  t.same(skippedSheets, ['Ghi chú', 'Sĩ số'], 'an empty sheet is worth no word')
  t.notOk('sheet' in (roster.rows[0] ?? {}), 'a list alone needs no name')
  t.match(await refusalOf(await writeWorkbook([notes]).toBuffer()), /^ROSTER_HEADER_INVALID/)
  t.match(await refusalOf(await writeWorkbook([list('Bình Minh', CLASSLESS, BINH)]).toBuffer()), /^ROSTER_HEADER_INVALID: .*no column "Lớp"/)
  t.match(await refusalOf(await writeWorkbook([[]]).toBuffer()), /^ROSTER_HEADER_INVALID/, 'an empty sheet')
  t.match(await refusalOf(await writeWorkbook([['Mã', 'Tên gọi'], ['1', 'An']]).toBuffer()), /^ROSTER_HEADER_INVALID/)
})

t.test('one list alone takes its class from the sheet too, where it has no column and the sheet is named like a class', async (t) => {
  const notes = { data: [['Ghi chú']], sheet: '6A9' }
  const { roster, skippedSheets } = await readFile(await writeWorkbook([notes, list('Lớp 6A1', CLASSLESS, BINH)]).toBuffer())
  t.match(roster, { rowCount: 1, faults: [], sheets: ['Lớp 6A1'], rows: [{ sheet: 'Lớp 6A1', className: '6A1', grade: 6 }] })
  t.same(skippedSheets, ['6A9'])
  const own = await readBytes(await writeWorkbook([list('7B', HEADER, AN)]).toBuffer())
  t.match(own, { sheets: [], rows: [{ className: '6A1' }] }, 'a column of the class wins')
  for (const sheet of ['Sheet1', 'DS 1', 'Danh sách khối 6', '2026-2027', '1-Jun']) {
    const book = await writeWorkbook([list(sheet, CLASSLESS, BINH)]).toBuffer()
    t.match(await refusalOf(book), /^ROSTER_HEADER_INVALID: .*no column "Lớp"/, sheet)
  }
})

t.test('a sheet for each class is read whole: a column of the class wins, else the sheet is named after it', async (t) => {
  const child = (no: number): SheetData[number] => [`012345670${no}`, `Lê Thị ${'MộtHaiBa'.slice(no, no + 2)}`, '05/09/2014']
  const { roster, skippedSheets } = await readFile(await writeWorkbook([
    { data: [['Hướng dẫn'], ['Mỗi lớp một trang']], sheet: 'Hướng dẫn' },
    list('6A1', [null, 'DANH SÁCH'], CLASSLESS, child(1), child(2)),
    list('Lớp 6A2'.normalize('NFD'), CLASSLESS, child(3)), list('LOP_6A10', CLASSLESS, child(4)),
    list('Khối 7', HEADER, [...child(5), '7B']), list('Lá 1', CLASSLESS, child(6)),
  ]).toBuffer())
  t.same(roster.faults, [])
  t.same(roster.rows.map(({ sheet, row, className, grade }) => [sheet, row, className, grade]), [
    ['6A1', 3, '6A1', 6], ['6A1', 4, '6A1', 6], ['Lớp 6A2'.normalize('NFD'), 2, '6A2', 6], ['LOP_6A10', 2, '6A10', 6],
    ['Khối 7', 2, '7B', 7], ['Lá 1', 2, 'Lá 1', null],
  ])
  t.match(roster, { rowCount: 6, sheets: ['6A1', 'Lớp 6A2'.normalize('NFD'), 'LOP_6A10', 'Khối 7', 'Lá 1'] })
  t.same(skippedSheets, ['Hướng dẫn'])
})

t.test('with several sheets every fault names its sheet, in the order of the file', async (t) => {
  const { roster: { rows, faults, rowCount } } = await readFile(await writeWorkbook([
    list('6A1', CLASSLESS, ['0123456701', 'Lê Một', '31/02/2014'], ['0123456702', 'Lê Hai', '13/01/2014']),
    list('Sheet2', CLASSLESS, ['0123456703', 'Lê Ba', '']),
    list('Trang tính3', HEADER, ['0123456704', 'Lê Bốn', '', '']),
    list('6A4', CLASSLESS, [null, 'Người lập bảng', null], ['0123456705', 'Lê Năm', '05/06/2014'], ['0123456706', 'Lê Sáu', '01/13/2014'],
      [...CLASSLESS], [null, null, null]),
  ]).toBuffer())
  t.same(faults.map(({ sheet, row, column, code }) => `${sheet} ${row} ${column ?? '*'} ${code}`), [
    '6A1 2 Ngày sinh BIRTH_DATE_INVALID', 'Sheet2 2 * SHEET_WITHOUT_CLASS', 'Trang tính3 2 Lớp CLASS_REQUIRED',
    '6A4 2 * NAME_ALONE', '6A4 3 Ngày sinh BIRTH_DATE_AMBIGUOUS', '6A4 4 Ngày sinh BIRTH_DATE_MONTH_FIRST',
  ], 'a signature is no child; the months of one sheet say nothing of another')
  t.same(rows.map(({ details }) => details.fullName), ['Lê Hai'])
  t.equal(rowCount, 7)
  for (const sheet of ['Sheet1', 'Trang tính1', 'Trang_tính2', 'Danh sách', 'Lớp', 'DS 1']) {
    const other = await readFile(await writeWorkbook([list('6B', CLASSLESS, BINH), list(sheet, CLASSLESS, AN.slice(0, 3))]).toBuffer())
    t.match(other.roster.faults, [{ sheet, code: 'SHEET_WITHOUT_CLASS' }], sheet)
  }
  const long = await readFile(await writeWorkbook([list('6B', CLASSLESS, BINH), list('1-Jun', CLASSLESS, BINH)]).toBuffer())
  t.match(long.roster.faults, [{ sheet: '1-Jun', row: 2, code: 'CLASS_INVALID' }])
  const twice = await writeWorkbook([list('6A1', CLASSLESS, BINH), list('6A2', [...CLASSLESS, 'Họ tên'], BINH)]).toBuffer()
  t.match(await refusalOf(twice), /^ROSTER_HEADER_INVALID: the sheet "6A2": the column .* stands twice/)
})

t.test('the second of two rows of one student names the sheet of the first, and sheets keep their order', async (t) => {
  const { roster } = await readFile(await writeWorkbook([
    list('9B', CLASSLESS, ['0123456701', 'Lê Một', ''], ['0123456702', 'Lê Hai', '']),
    list('6A', CLASSLESS, ['0123456709', '', ''], ['0123456702', 'Lê Hai', '']), list('7A', CLASSLESS, ['0123456701', 'Lê Một', '']),
  ]).toBuffer())
  const { faults, outcomes, counts } = planRosterImport({ roster, students: [], classes: [], enrolFrom: TODAY, newId: () => 'new' })
  t.match(faults, [
    { sheet: '6A', row: 2, code: 'NAME_REQUIRED' }, { sheet: '6A', row: 3, code: 'DUPLICATE_IN_FILE', otherRow: 3, otherSheet: '9B' },
    { sheet: '7A', row: 2, code: 'DUPLICATE_IN_FILE', otherRow: 2, otherSheet: '9B', reason: /row 2 of the sheet "9B"/ },
  ])
  t.same(outcomes.map(({ sheet, row, className }) => [sheet, row, className]), [['9B', 2, '9B'], ['9B', 3, '9B']])
  t.match(counts, { rows: 5, created: 2, refused: 3 })
})

t.test('the bounds hold for all sheets together', async (t) => {
  const lists = (count: number, rows: number) => Array.from({ length: count }, (_, no) =>
    list(`6A${no}`, CLASSLESS, ...Array.from({ length: rows }, (_, at): SheetData[number] =>
      [`${no + 10}${String(at).padStart(8, '0')}`, 'Lê An', null])))
  t.match(await readFile(await writeWorkbook(lists(100, 1)).toBuffer()), { roster: { rowCount: 100 } })
  t.match(await refusalOf(await writeWorkbook(lists(101, 1)).toBuffer()), /^ROSTER_TOO_LARGE: .*more than 100 sheets/)
  const many = await writeWorkbook(lists(3, 6_700)).toBuffer()
  t.match(await refusalOf(many), /^ROSTER_TOO_LARGE: .*at most 20000 students/)
  const often = withParts(await workbook(AN), (name, text) => (name === 'xl/workbook.xml'
    ? text.replace(/<sheet [^>]*\/>/, (one) => one.repeat(101)) : text))
  t.match(await refusalOf(often), /^ROSTER_TOO_LARGE: .*more than 100 sheets/, 'one sheet that is named many times')
  const wide = withParts(await writeWorkbook(lists(20, 1)).toBuffer(), (name, text) => (name === SHEET
    ? text.replace('</sheetData>', '<row r="6000"><c r="Z6000"><v>1</v></c></row></sheetData>') : text))
  t.match(await refusalOf(wide), /^ROSTER_TOO_LARGE: .*its sheets span more than 3000000 cells/)
})

t.test('an archive that unpacks to more than it may is refused, whatever it says of itself', async (t) => {
  const bomb = (bytes: number): Buffer => {
    // One part, deflated a thousandfold; the directory says that it is small.
    const packed = deflateRawSync(Buffer.alloc(bytes, ' '))
    const plain = Buffer.from(packPlainly(new Map([[SHEET, packed]])))
    const central = plain.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    for (const at of [8, central + 10]) plain.writeUInt16LE(8, at)
    return plain
  }
  const startedAt = cpuMs()
  t.match(await refusalOf(bomb(300 * 1024 * 1024)), /^ROSTER_TOO_LARGE: .*too large when unpacked/)
  t.ok(cpuMs() - startedAt < 10_000)
  const parts = Array.from({ length: 501 }, (_, at): [string, Buffer] => [`${at}.xml`, Buffer.from('x')])
  t.match(await refusalOf(packPlainly(new Map(parts))), /^ROSTER_TOO_LARGE: .*more than 500 files/)
})

t.test('a sheet that claims a place far away, or nests without end, costs bounded memory and time', async (t) => {
  const far = await withSheet((xml) => xml.replaceAll('r="2"', 'r="900000000"').replace(/r="([A-D])2"/g, 'r="$1900000000"'))
  t.match(await refusalOf(far), /^ROSTER_INVALID/, 'beyond every row')
  const last = await withSheet((xml) => xml.replace(/ r='?"?([A-D]?)2"/g, ' r="$11048576"'))
  t.match(await refusalOf(last), /^ROSTER_TOO_LARGE/, 'the last row')
  for (const address of ['XFD2', 'ZZZ60000']) {
    const wide = await withSheet((xml) => xml.replace('</row></sheetData>', `<c r="${address}"><v>1</v></c></row></sheetData>`))
    t.match(await refusalOf(wide), /^ROSTER_TOO_LARGE|^nothing/, address)
  }
  for (const trick of ["r = 'B900000000'", 'r="&#66;900000000"', 'x:r="B900000000"', 'r="ZZZZZZ2"']) {
    t.match(await refusalOf(await withSheet((xml) => xml.replace('r="B2"', trick))), /^ROSTER_INVALID/, trick)
  }
  const elsewhere = withParts(await workbook(AN), (name, text) => (name.endsWith('workbook.xml.rels')
    ? text.replace('worksheets/sheet1.xml', 'sharedStrings.xml') : text.replace('</sst>', '<sheetData><c r="A90000000"><v>1</v></c></sheetData></sst>')))
  t.match(await refusalOf(elsewhere), /^ROSTER_INVALID/, 'a sheet in the place of another part')
  const rows = await withSheet((xml) => xml.replace('</sheetData>', `${'<row><c><v>1</v></c></row>'.repeat(70_000)}</sheetData>`))
  t.match(await refusalOf(rows), /^ROSTER_TOO_LARGE/, 'rows without an address')
  const tags = await withSheet((xml) => xml.replace('<sheetData>', `${'<a/>'.repeat(4_100_000)}<sheetData>`))
  t.match(await refusalOf(tags), /^ROSTER_TOO_LARGE/, 'elements')
  const deep = await withSheet((xml) => xml.replace('<sheetData>', `${'<a>'.repeat(500_000)}<sheetData>`))
  t.match(await refusalOf(deep), /^ROSTER_|nothing/, 'nested')
  const entities = await withSheet((xml) => xml.replace(/^<\?xml[^>]*>/, (head) =>
    `${head}<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`))
  t.match(await refusalOf(entities), /^ROSTER_|nothing/, 'entities')
  t.match(await read(AN), { rowCount: 1 }, 'and the next file is read')
})

t.test('formats that stand alone, down to the last row and column, are no cells', async (t) => {
  const styled = await withSheet((xml) => xml.replace('</row></sheetData>',
    '<c r="XFD2" s="1"/></row><row r="1048576" ht="15"/><row r="1048577"></row></sheetData>'))
  t.match(await readBytes(styled), { rowCount: 1, faults: [], rows: [{ row: 2 }] })
})

t.test('what is no workbook is refused with what to do', async (t) => {
  const book = await workbook(AN)
  t.match(await refusalOf(book.subarray(0, 500)), /^ROSTER_INVALID/, 'cut off')
  t.match(await refusalOf(packPlainly(new Map([['a.txt', Buffer.from('x')]]))), /^ROSTER_INVALID/, 'another archive')
  t.match(await refusalOf(withParts(book, (name, text) => (name === SHEET ? '<x' : text))), /^ROSTER_INVALID/, 'broken XML')
  t.match(await refusalOf(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])), /^ROSTER_ENCODING_REFUSED: .*xlsx/, 'Excel 2003')
  const encrypted = Buffer.from(book)
  encrypted.writeUInt16LE(1, encrypted.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 8)
  t.match(await refusalOf(encrypted), /^ROSTER_/, 'encrypted')
  for (let seed = 1; seed <= 40; seed += 1) {
    const mangled = Buffer.from(book)
    for (let hit = 0; hit < 5; hit += 1) {
      mangled[(seed * 7_919 + hit * 104_729) % mangled.length] = (seed * 31 + hit) % 256
    }
    t.match(await refusalOf(mangled), /^ROSTER_|^nothing/, `mangled ${seed}`)
  }
})

t.test('1,600 students are read in a moment', async (t) => {
  const rows = Array.from({ length: 1_600 }, (_, at): SheetData[number] =>
    [String(1_000_000_000 + at), `Nguyễn Thị Hoàng Anh ${at}`, '05/09/2014', `6A${at % 40}`])
  const book = await workbook(...rows)
  const startedAt = cpuMs()
  t.equal((await readBytes(book)).rows.length, 1_600)
  const tookMs = Math.round(cpuMs() - startedAt)
  t.comment(`1,600 students from ${book.length} bytes in ${tookMs} ms`)
  t.ok(tookMs < 5_000)
})
