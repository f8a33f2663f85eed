// What a school's clerk sends under any name: other formats, other encodings, other separators, and sheets that show
// less or more than their cells say. Each is read rightly or refused clearly; never a child with a name of rubbish.
import { Readable } from 'node:stream'
import t from 'tap'
import writeWorkbook from 'write-excel-file/node'
import type { SheetData } from 'write-excel-file/node'
import { readRosterFile } from '../../src/directory/roster-file.js'
import { planRosterImport } from '../../src/directory/roster-plan.js'
import { packPlainly, unpack } from '../../src/directory/roster-zip.js'
import { DomainError } from '../../src/errors.js'

const TODAY = '2026-11-30'

/** Each row as `row kind name, class, birth, ids`, then each fault; or the code of the refusal. */
async function outcomeOf(bytes: Uint8Array): Promise<string[]> {
  try {
    const { roster } = await readRosterFile(Readable.from([bytes]), TODAY)
    const { outcomes, faults } = planRosterImport({ roster, students: [], classes: [], enrolFrom: TODAY, newId: () => 'new' })
    const rows = outcomes.map(({ row, kind, after, className }) =>
      [`${row} ${kind} ${after.fullName}`, className, after.birthOn, after.schoolCode].join(', '))
    return [...rows, ...faults.map(({ row, column, code }) => `${row} ! ${column ?? '*'} ${code}`)]
  } catch (error) {
    return [error instanceof DomainError ? error.code : String(error)]
  }
}

const ofText = (...lines: string[]) => outcomeOf(Buffer.from(lines.join('\n')))
const HEADER = ['Họ và tên', 'Ngày sinh', 'Lớp', 'Mã HS']
const BUOI = ['Lê Thị Bưởi', '05/09/2014', '6A1', 'HS01']
const CAM = ['Trần Văn Cam', '06/09/2014', '6A1', 'HS02']
const READ = ['2 created Lê Thị Bưởi, 6A1, 2014-09-05, HS01', '3 created Trần Văn Cam, 6A1, 2014-09-06, HS02']
const inLines = (sign: string) => [HEADER, BUOI, CAM].map((cells) => cells.join(sign)).join('\r\n')

async function ofParts(
  change: (name: string, xml: string) => string, rows: SheetData = [BUOI, CAM],
): Promise<string[]> {
  const book = await writeWorkbook([HEADER, ...rows]).toBuffer()
  const parts = unpack(book, () => true, { entriesMax: 50, bytesMax: 1_000_000 })
  return outcomeOf(packPlainly(new Map([...parts].map(([name, part]) => [name, Buffer.from(change(name, part.toString('utf8')))]))))
}
const ofSheet = (change: (xml: string) => string, rows?: SheetData) =>
  ofParts((name, xml) => (name === 'xl/worksheets/sheet1.xml' ? change(xml) : xml), rows)

t.test('other formats are refused as such, whatever the file is called', async (t) => {
  const zip = (parts: Record<string, string>) =>
    packPlainly(new Map(Object.entries(parts).map(([name, text]) => [name, Buffer.from(text)])))
  for (const [what, bytes] of [
    ['.xls', Buffer.from('d0cf11e0a1b11ae10000000000000000', 'hex')],
    ['an older .xls', Buffer.from('0908080000060500ffff0000', 'hex')],
    ['.pdf', Buffer.from('%PDF-1.7\n1 0 obj')],
    ['.ods', zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<x/>' })],
    ['.docx', zip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '<x/>' })],
    ['.xlsb', zip({ '[Content_Types].xml': '<Types/>', 'xl/workbook.bin': 'x' })],
    ['HTML', Buffer.from('\ufeff<html><table><tr><td>Họ và tên</td></tr></table>')],
    ['XML of a spreadsheet', Buffer.from('<?xml version="1.0"?><Workbook/>')],
    ['RTF', Buffer.from('{\\rtf1 Họ và tên,Lớp}')],
    ['an image', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['empty', Buffer.alloc(0)],
  ] as const) {
    const found = await outcomeOf(bytes)
    t.match(found, [/^ROSTER_[A-Z_]+$/], `${what}: ${found.join('; ')}`)
  }
})

t.test('encodings and separators', async (t) => {
  const text = inLines(',')
  for (const [what, bytes] of [
    ['semicolons', Buffer.from(inLines(';'))], ['tabs', Buffer.from(inLines('\t'))], ['a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['letters in pieces', Buffer.from(text.normalize('NFD'))],
  ] as const) t.same(await outcomeOf(bytes), READ, what)
  for (const [what, bytes] of [
    ['UTF-16 with its mark', Buffer.from(`\ufeff${inLines('\t')}`, 'utf16le')],
    ['UTF-16 without', Buffer.from(inLines('\t'), 'utf16le')],
    ['UTF-16, big-endian', Buffer.from(`\ufeff${inLines('\t')}`, 'utf16le').swap16()],
    // 'ê', a tone of its own, 'đ' and 'ư' as one byte each.
    ['windows-1258', Buffer.from('H\u00f2 va t\u00ean,L\u00f4\u00ecp\nL\u00ea Thi\u00f2 B\u00fd\u00f5\u00d2i,6A1', 'latin1')],
  ] as const) {
    const found = await outcomeOf(bytes)
    t.ok(/^ROSTER_[A-Z_]+$/.test(found.join('\n')) || found.join('\n') === READ.join('\n'), `${what}: ${found.join('; ')}`)
  }
})

t.test('what a workbook hides, merges or writes with a prefix', async (t) => {
  t.same(await ofSheet((xml) => xml), READ)
  t.same(await ofSheet((xml) => xml.replace('<row r="3"', '<row r="3" hidden="1"')), [READ[0], '3 ! * ROW_HIDDEN'])
  const merged = (range: string) => (xml: string) =>
    xml.replace('</sheetData>', `</sheetData><mergeCells count="1"><mergeCell ref="${range}"/></mergeCells>`)
  t.same(await ofSheet(merged('B2:B3'), [BUOI, [CAM[0], null, CAM[2], CAM[3]]]), [READ[0], '3 ! Ngày sinh CELL_MERGED'])
  const prefixed = await ofSheet((xml) => xml.replace(/<(\/?)([a-zA-Z])/g, '<$1x:$2').replace('xmlns=', 'xmlns:x='))
  t.ok(prefixed.join() === READ.join() || /^ROSTER_[A-Z_]+$/.test(prefixed.join()), prefixed.join('; '))
})

t.test('odd lists of a clerk', async (t) => {
  const twoBirths = await ofText('Họ và tên,Ngày sinh,Ngày sinh,Lớp', 'Lê Thị Bưởi,05/09/2014,01/02/1980,6A1')
  t.same(twoBirths, ['ROSTER_HEADER_INVALID'], 'two birth columns')
  const twice = await ofText('Họ và tên,Ngày sinh,Lớp,Mã HS', 'Lê An,05/09/2014,6A1,A1', 'Lê An,05/09/2014,6A2,A1')
  t.same(twice, ['2 created Lê An, 6A1, 2014-09-05, A1', '3 ! Mã HS DUPLICATE_IN_FILE'])
  const sameTwice = await ofText('Họ và tên,Ngày sinh,Lớp', 'Lê An,05/09/2014,6A1', 'Lê An,05/09/2014,6A1')
  t.ok(sameTwice.some((line) => line.startsWith('3 !')), sameTwice.join('; '))
  for (const [name, read] of [['LÊ  THỊ   BƯỞI', 'LÊ THỊ BƯỞI'], ['\u00a0Lê Thị\u00a0Bưởi ', 'Lê Thị Bưởi'], ['Lê\u200b Thị Bưởi', 'Lê Thị Bưởi']] as const) {
    const found = await ofText('Họ và tên,Lớp', `${name},6A1`)
    t.ok(found[0]?.startsWith(`2 created ${read},`) === true || found[0]?.startsWith('2 ! ') === true, found.join('; '))
  }
  for (const name of ['=A2&B2', '#REF!', '#N/A', '12345', '-', 'Lê An / Lê Bình', 'Lê An (nghỉ học)', 'Lê An (đã chuyển trường)',
    'Lê An; Lê Bình']) {
    const found = await ofText('Họ và tên,Lớp', `${name},6A1`)
    t.notMatch(found.join(), 'created', `${name}: ${found.join('; ')}`)
  }
  for (const name of ['Lê An (A)', 'Ravi s/o Kumar', "H'Hen Niê"]) t.match(await ofText('Họ và tên,Lớp', `${name},6A1`), [`2 created ${name}`], name)
})
