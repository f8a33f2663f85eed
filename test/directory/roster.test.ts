// Reading a roster, without a database: what schools and Excel write, and what is refused.
import t from 'tap'
import { DomainError } from '../../src/errors.js'
import { readRosterFile } from '../../src/directory/roster-file.js'
import type { Roster } from '../../src/directory/roster.js'
import { classKey, gradeOfClassName } from '../../src/directory/school-class.js'
import { checkInSchoolYear, planEnrolment, searchText } from '../../src/directory/student.js'

const TODAY = '2026-11-22'
const HEADER = 'Mã định danh,Họ và tên,Ngày sinh,Lớp'

async function* inPieces(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes)
}

async function readBytes(bytes: Uint8Array, sizeBytes = 7): Promise<Roster> {
  return (await readRosterFile(inPieces(bytes, sizeBytes), TODAY)).roster
}

function read(...lines: string[]): Promise<Roster> {
  return readBytes(Buffer.from(lines.join('\r\n')))
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
  )
}

async function faultOf(column: string, cell: string): Promise<string> {
  const { faults } = await read(`Họ và tên,Lớp,${column}`, `Lê An,6A,${cell}`)
  return faults.map((fault) => `${fault.row} ${fault.column ?? ''} ${fault.code}`).join('; ')
}

t.test('a file is read whatever program wrote it', async (t) => {
  const text = `${HEADER}\r\n0123456789,Nguyễn Thị Ánh,5/9/2014,6A1\r\n`
  const files: Record<string, Buffer> = {
    'plain UTF-8': Buffer.from(text),
    'UTF-8 with a byte order mark': Buffer.from(`\uFEFF${text}`),
    'decomposed letters': Buffer.from(text.normalize('NFD')),
    semicolons: Buffer.from(text.replaceAll(',', ';')),
    'tabs in UTF-16, as "Unicode text" of Excel': Buffer.from(
      `\uFEFF${text.replaceAll(',', '\t')}`,
      'utf16le',
    ),
    'UTF-16, high byte first': Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
    'line feeds only': Buffer.from(text.replaceAll('\r\n', '\n')),
    'everything quoted': Buffer.from(text.replace(/[^,\r\n]+/g, '"$&"')),
  }
  for (const [name, bytes] of Object.entries(files)) {
    for (const sizeBytes of [1, 7, 1_000]) {
      const roster = await readBytes(bytes, sizeBytes)
      t.match(
        roster,
        {
          rowCount: 1,
          faults: [],
          rows: [
            {
              row: 2,
              className: '6A1',
              grade: 6,
              details: {
                moetStudentId: '0123456789',
                fullName: 'Nguyễn Thị Ánh'.normalize('NFC'),
                birthOn: '2014-09-05',
              },
            },
          ],
        },
        `${name} in pieces of ${sizeBytes}`,
      )
    }
  }
})

t.test('a file that cannot be read is refused whole, and says what to do', async (t) => {
  t.equal(
    await refusalOf(readBytes(Buffer.from('Họ tên,Lớp\nTrần Bảo,6A', 'latin1'))),
    'ROSTER_ENCODING_REFUSED',
  )
  t.equal(await refusalOf(readBytes(Buffer.from('PK\u0003\u0004 a workbook'))), 'ROSTER_INVALID', 'half a workbook')
  t.equal(await refusalOf(readBytes(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]))), 'ROSTER_ENCODING_REFUSED')
  t.equal(await refusalOf(read('Mã,Tên gọi', '1,An')), 'ROSTER_HEADER_INVALID', 'unknown headers')
  t.equal(await refusalOf(read('')), 'ROSTER_HEADER_INVALID', 'an empty file')
  t.equal(
    await refusalOf(read('Họ và tên,Ngày sinh', 'Lê An,01/02/2014')),
    'ROSTER_HEADER_INVALID',
    'no class',
  )
  t.equal(
    await refusalOf(read('Họ và tên,Lớp,Tên lớp', 'Lê An,6A,6A')),
    'ROSTER_HEADER_INVALID',
    'twice a class',
  )
  t.equal(await refusalOf(read(HEADER, '1,"Lê An,01/02/2014,6A')), 'ROSTER_INVALID', 'an open quotation mark')
  const many = Array.from({ length: 20_001 }, (_, at) => `${at},Lê An,,6A`)
  t.equal(await refusalOf(readBytes(Buffer.from([HEADER, ...many].join('\n')), 65_536)), 'ROSTER_TOO_LARGE')
  t.equal(
    await refusalOf(readBytes(Buffer.concat([Buffer.from(HEADER), Buffer.alloc(100_000, '\n')]), 65_536)),
    'ROSTER_TOO_LARGE',
    'nothing but line ends',
  )
  const long = inPieces(Buffer.from([HEADER, ...many].join('\n')), 1_000)
  t.equal(await refusalOf(readRosterFile(long, TODAY, 10_000)), 'BODY_TOO_LARGE')
})

t.test('columns are known by their words, in any order, under any title', async (t) => {
  const headers = [
    'STT;Mã học sinh;HỌ VÀ TÊN (*);Ngày, tháng, năm sinh;Giới tính;Khối;Lớp học;Số định danh cá nhân',
    'stt;MÃ HS;Họ tên học sinh;Ngày  sinh (dd/mm/yyyy);Phái;Khối lớp;Tên lớp;CCCD',
    'TT;Ma hoc sinh;Ho va ten;Ngay sinh;Gioi tinh;Khoi;Lop;So CCCD',
    '"STT";"Mã học\nsinh";"Họ và\ntên";"Ngày\nsinh";"Giới\ntính";"Khối";"Lớp";"Số định danh\ncá nhân"',
  ]
  for (const header of headers) {
    const { rows, faults } = await read(
      'TRƯỜNG THCS HOA SEN;;',
      '',
      'DANH SÁCH HỌC SINH;;;',
      header,
      '1;HS01;Lê Văn An;01/02/2014;Nam;6;6A;001214000001',
    )
    t.same(faults, [])
    t.match(
      rows,
      [
        {
          row: 5,
          className: '6A',
          grade: 6,
          details: {
            schoolCode: 'HS01',
            fullName: 'Lê Văn An',
            birthOn: '2014-02-01',
            gender: 'male',
            personalId: '001214000001',
          },
        },
      ],
      header,
    )
  }
  const split = await read('Họ đệm,Tên,Lớp', 'Nguyễn Văn,An,6A')
  t.equal(split.rows[0]?.details.fullName, 'Nguyễn Văn An')
  const merged = await read('STT,Họ và tên,,Lớp', '1,Nguyễn Văn,An,6A')
  t.equal(merged.rows[0]?.details.fullName, 'Nguyễn Văn An', 'a merged header over two columns')
})

t.test(
  'rows that hold no student are passed over, and row numbers stay those of the spreadsheet',
  async (t) => {
    const roster = await read(
      'STT,Họ và tên,Lớp',
      '1,Lê An,6A',
      '',
      ',,',
      'STT,Họ và tên,Lớp',
      '2,,6A',
      'Tổng số: 2,,',
    )
    t.equal(roster.rowCount, 2)
    t.match(roster.faults, [{ row: 6, column: 'Họ và tên', code: 'NAME_REQUIRED' }])
  },
)

t.test('identifiers keep their zeros; what Excel spoiled is refused with the reason', async (t) => {
  for (const cell of [
    '001214000001',
    "'001214000001",
    '="001214000001"',
    '"=""001214000001"""',
    '001 214 000 001',
  ]) {
    const { rows, faults } = await read('Họ tên,Lớp,CCCD', `Lê An,6A,${cell}`)
    t.same(faults, [], cell)
    t.equal(rows[0]?.details.personalId, '001214000001', cell)
  }
  const mixed = await read(HEADER, '001214000001,Lê An,,6A', '0123456789,Lê Bình,,6A')
  t.match(
    mixed.rows.map(({ details }) => [details.personalId, details.moetStudentId]),
    [
      ['001214000001', null],
      [null, '0123456789'],
    ],
    '12 digits are the personal identifier under either header',
  )
  const table: [string, string, string][] = [
    ['CCCD', '1214000001', '2 CCCD LEADING_ZERO_LOST'],
    ['CCCD', '1.214E+11', '2 CCCD NUMBER_SHORTENED'],
    ['CCCD', '00121400000A', '2 CCCD PERSONAL_ID_INVALID'],
    ['Mã định danh', '123456789', '2 Mã định danh LEADING_ZERO_LOST'],
    ['Mã định danh', '1.23E+9', '2 Mã định danh NUMBER_SHORTENED'],
    ['Mã định danh', '=1+1', '2 Mã định danh MOET_STUDENT_ID_INVALID'],
    ['Mã học sinh', '"1,2E+11"', '2 Mã học sinh NUMBER_SHORTENED'],
    ['Giới tính', 'x', '2 Giới tính GENDER_INVALID'],
    ['Khối', '13', '2 Khối GRADE_INVALID'],
  ]
  for (const [column, cell, fault] of table) t.equal(await faultOf(column, cell), fault, `${column}: ${cell}`)
})

t.test('birth dates are day, month, year of four digits', async (t) => {
  for (const cell of [
    '05/09/2014',
    '5/9/2014',
    '05-09-2014',
    '5.9.2014',
    '2014-09-05',
    '05/09/2014 00:00:00',
  ]) {
    const { rows } = await read('Họ tên,Lớp,Ngày sinh', `Lê An,6A,${cell}`)
    t.equal(rows[0]?.details.birthOn, '2014-09-05', cell)
  }
  const refused: Record<string, string> = {
    '31/02/2014': 'BIRTH_DATE_INVALID',
    '29/02/2013': 'BIRTH_DATE_INVALID',
    '05/09/14': 'BIRTH_DATE_INVALID',
    '41887': 'BIRTH_DATE_INVALID',
    '09/25/2014': 'BIRTH_DATE_MONTH_FIRST',
    '05/09/2031': 'BIRTH_DATE_INVALID',
    'tháng 9': 'BIRTH_DATE_INVALID',
    '05/09-2014': 'BIRTH_DATE_INVALID',
    '00/09/2014': 'BIRTH_DATE_INVALID',
  }
  for (const [cell, code] of Object.entries(refused)) {
    t.equal(await faultOf('Ngày sinh', cell), `2 Ngày sinh ${code}`, cell)
  }
  const monthFirst = await read(
    'Họ tên,Lớp,Ngày sinh',
    'A An,6A,09/25/2014',
    'B An,6A,05/06/2014',
    'C An,6A,07/07/2014',
  )
  t.same(
    monthFirst.faults.map(({ row, code }) => [row, code]),
    [
      [2, 'BIRTH_DATE_MONTH_FIRST'],
      [3, 'BIRTH_DATE_AMBIGUOUS'],
    ],
    'a month-first file is not half read',
  )
  const mostlyRight = await read(
    'Họ tên,Lớp,Ngày sinh',
    'A An,6A,09/25/2014',
    'B An,6A,05/06/2014',
    'C An,6A,25/09/2014',
  )
  t.equal(mostlyRight.faults.length, 1, 'one slip does not make the others doubtful')
})

t.test('classes and names are taken as they are, or refused', async (t) => {
  t.equal(await faultOf('Tên', '6A'), '', 'a given name beside the full name is not read')
  const { faults } = await read(
    'Họ tên,Lớp',
    'Lê An,06-Jan',
    'Lê An,',
    'Lê \u0000An,6A',
    '123,6A',
    '"=cmd|\'/c calc\'!A1",6A',
  )
  t.same(
    faults.map(({ row, code }) => [row, code]),
    [
      [2, 'CLASS_INVALID'],
      [3, 'CLASS_REQUIRED'],
      [4, 'CHARACTER_REFUSED'],
      [5, 'NAME_INVALID'],
    ],
    'formula text is just text',
  )
  t.same(['lớp 6a1', '6A1', '6 A1'].map(classKey), ['6a1', '6a1', '6a1'])
  t.same(['6A1', '10/2', 'Lá 1', '13A', '123'].map(gradeOfClassName), [6, 10, null, null, null])
  t.equal(searchText(' Đặng  Thị ÁNH '.normalize('NFD')), 'dang thi anh')
})

t.test('an enrolment changes from a day on, never behind a newer one', (t) => {
  const open = { id: 'e', classId: 'a', validFrom: '2026-09-05' }
  t.same(planEnrolment({ open: null, endedOn: null }, 'a', TODAY), { close: null, openClassId: 'a' })
  t.same(planEnrolment({ open, endedOn: null }, 'a', TODAY), { close: null, openClassId: null })
  t.same(planEnrolment({ open, endedOn: null }, 'b', TODAY), {
    close: { id: 'e', validTo: TODAY },
    openClassId: 'b',
  })
  t.same(planEnrolment({ open, endedOn: null }, null, TODAY), {
    close: { id: 'e', validTo: TODAY },
    openClassId: null,
  })
  t.throws(() => planEnrolment({ open, endedOn: null }, 'b', '2026-09-04'), {
    code: 'CHANGE_DATE_INVALID',
  })
  t.throws(() => planEnrolment({ open: null, endedOn: TODAY }, 'b', '2026-09-04'), {
    code: 'CHANGE_DATE_INVALID',
  })
  t.throws(() => checkInSchoolYear('2026-07-31', '2026-2027', 'on'), { code: 'ENROLMENT_DATE_INVALID' })
  t.throws(() => checkInSchoolYear('2027-08-01', '2026-2027', 'on'), { code: 'ENROLMENT_DATE_INVALID' })
  checkInSchoolYear('2027-07-31', '2026-2027', 'on')
  t.end()
})
