// Lists as schools really have them, each kind by an example and by others of its kind: the right child, or a fault
// with its row and column; never a wrong or a second child without a word.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { projectRoot } from '../../src/db/migrations-dir.js'
import { readRosterFile } from '../../src/directory/roster-file.js'
import { isExcelDate } from '../../src/directory/roster-cell.js'
import type { KnownStudent } from '../../src/directory/roster-match.js'
import { planRosterImport } from '../../src/directory/roster-plan.js'
import { shownBy } from '../../src/directory/roster-xlsx-formats.js'
import { spellingKey } from '../../src/directory/student.js'
import { DomainError } from '../../src/errors.js'

const TODAY = '2026-11-30'
const CLASS = { id: 'class', name: '6A1', grade: 6 }

function known(id: string, fullName: string, birthOn: string | null, more: Partial<KnownStudent> = {}): KnownStudent {
  const open = { id: `enrolment-${id}`, classId: CLASS.id, validFrom: '2026-08-15' }
  return {
    id, fullName, birthOn, gender: null, moetStudentId: null, personalId: null, schoolCode: null,
    enrolments: { open, endedOn: null }, ...more,
  }
}

/** Each row as `name class birth ids -> what becomes of it`, and each fault. */
async function outcomeOf(bytes: Buffer, students: readonly KnownStudent[] = []): Promise<string[]> {
  try {
    const { roster } = await readRosterFile(Readable.from([bytes]), TODAY)
    const { outcomes, faults } = planRosterImport({ roster, students, classes: [CLASS], enrolFrom: TODAY, newId: () => 'new' })
    const rows = outcomes.map(({ row, kind, studentId, after, className }) =>
      `${row} ${kind} ${studentId}: ${after.fullName}, ${className}, ${after.birthOn ?? '-'}` +
      [after.moetStudentId, after.personalId, after.schoolCode].map((id) => (id === null ? '' : `, ${id}`)).join(''))
    return [...rows, ...faults.map(({ row, column, code }) => `${row} ! ${column ?? '*'} ${code}`)]
  } catch (error) {
    return [error instanceof DomainError ? error.code : String(error)]
  }
}

const ofText = (...lines: string[]) => outcomeOf(Buffer.from(lines.join('\n')))
const ofFile = async (name: string, students?: readonly KnownStudent[]) =>
  outcomeOf(await readFile(path.join(projectRoot, 'test/vectors/faults', `roster-${name}`)), students)

const BUOI = '2 created new: Lê Thị Bưởi, 6A1, 2014-09-05'
const CAM = '3 created new: Trần Văn Cam, 6A1, 2014-09-06'

t.test('the lists that went wrong', async (t) => {
  const cases: [string, readonly KnownStudent[], string[]][] = [
    ['class-became-vietnamese-date.csv', [], ['2 ! Lớp CLASS_INVALID', '3 ! Lớp CLASS_INVALID']],
    ['class-is-date-cell.xlsx', [], ['2 ! Lớp CLASS_INVALID', '3 ! Lớp CLASS_INVALID', '4 ! Lớp CLASS_INVALID']],
    ['code-0012-by-format.xlsx', [known('buoi', 'Lê Thị Bưởi', '2014-09-05', { schoolCode: '0012' })],
      ['2 unchanged buoi: Lê Thị Bưởi, 6A1, 2014-09-05, 0012']],
    ['code-0012-text.csv', [known('buoi', 'Lê Thị Bưởi', '2014-09-05', { schoolCode: '12' })], ['2 ! Mã học sinh IDENTIFIER_ZEROS_DIFFER']],
    ['eth.csv', [known('duc', 'Đỗ Văn Đức', '2014-09-05')], ['2 unchanged duc: Đỗ Văn Đức, 6A1, 2014-09-05']],
    ['d-stroke.csv', [known('duc', 'Ðỗ Văn Ðức', '2014-09-05')], ['2 updated duc: Đỗ Văn Đức, 6A1, 2014-09-05']],
    ['eth-in-header.csv', [], ['2 created new: Đỗ Văn Đức, 6A1, 2014-09-05, 0123456789']],
    ['family-name-header-unknown.csv', [], [BUOI, CAM]],
    ['ho-va-ten-and-ten.csv', [], [BUOI, CAM]],
    ['hidden-sheet-old-list.xlsx', [], [BUOI]],
    ['html-as-xls.csv', [], ['ROSTER_FORMAT_REFUSED']],
    ['own-export-resaved-by-excel.csv', [known('buoi', 'Lê Thị Bưởi', '2014-09-05', { schoolCode: '0012' })],
      ['2 ! Mã học sinh IDENTIFIER_ZEROS_DIFFER']],
    ['signature-line.csv', [], [BUOI]],
    ['subtotal-row-with-class.csv', [], [BUOI, CAM]],
    ['tcvn3-names.xlsx', [], ['2 ! Họ và tên NAME_FONT_OLD', '3 ! Họ và tên NAME_FONT_OLD', '4 ! Họ và tên NAME_FONT_OLD']],
    ['tone-new-style.csv', [known('hoa', 'Nguyễn Thị Hòa', '2014-09-05'), known('thuy', 'Lê Thúy', '2014-09-06')],
      ['2 updated hoa: Nguyễn Thị Hoà, 6A1, 2014-09-05', '3 updated thuy: Lê Thuý, 6A1, 2014-09-06']],
    ['totals-and-signatures.xlsx', [], ['4 created new: Lê Thị Bưởi, 6A1, 2014-09-05', '5 created new: Trần Văn Cam, 6A1, 2014-09-06',
      '7 created new: Đỗ Văn Đào, 6A2, 2014-09-07']],
    ['two-header-rows-identifiers.xlsx', [], ['3 created new: Lê Thị Bưởi, 6A1, 2014-09-05, 079314000001, HS001']],
    ['two-header-rows-name-split.csv', [], ['3 created new: Lê Thị Bưởi, 6A1, 2014-09-05']],
    ['two-header-rows-name-split.xlsx', [], ['3 created new: Lê Thị Bưởi, 6A1, 2014-09-05', '4 created new: Trần Văn Cam, 6A1, 2014-09-06']],
    ['unnamed-column-beside-name.csv', [], [BUOI]],
  ]
  for (const [name, students, expected] of cases) t.same(await ofFile(name, students), expected, name)
})

t.test('an identifier in another child\'s row is refused, whichever it is, and names that child', async (t) => {
  const ids = ['079314000001', '079314000002', '079314000003']
  const school = [
    known('buoi', 'Lê Thị Bưởi', '2014-09-05', { personalId: ids[0] ?? null }), known('cam', 'Trần Văn Cam', '2014-10-06', { personalId: ids[1] ?? null }),
    known('dao', 'Đỗ Văn Đào', '2014-11-07', { personalId: ids[2] ?? null }),
  ]
  t.same(await ofFile('identifiers-shifted-by-sorting.csv', school), [2, 3, 4].map((row) => `${row} ! CCCD IDENTIFIER_OF_OTHER_STUDENT`))
  for (const [title, field, id, code] of [
    ['Mã định danh', 'moetStudentId', '0123456789', 'IDENTIFIER_OF_OTHER_STUDENT'],
    ['CCCD', 'personalId', '079314000009', 'IDENTIFIER_OF_OTHER_STUDENT'], ['Mã học sinh', 'schoolCode', 'HS1', 'SCHOOL_CODE_REUSED'],
  ] as const) {
    const students = [known('an', 'Lê An', '2014-01-02', { [field]: id }), known('twin', 'Lê Bình', '2014-01-02')]
    const row = (cells: string) => outcomeOf(Buffer.from(`${title},Họ và tên,Ngày sinh,Lớp\n${id},${cells}`), students)
    t.same(await row('Phạm Ngân,03/04/2014,6A1'), [`2 ! ${title} ${code}`], 'name and birth date both differ')
    t.same(await row('Phạm Ngân,,6A1'), [`2 ! ${title} ${code}`], 'another name, and no birth date to say that it is one child')
    t.same(await row('Lê Bình,02/01/2014,6A1'), [`2 ! ${title} ${code}`], 'the twin, who is born on the same day')
    t.match(await row('Lê Anh,02/01/2014,6A1'), [/^2 updated an/], 'a corrected name')
    t.match(await row('Lê An,03/04/2014,6A1'), [/^2 updated an/], 'a corrected birth date')
  }
})

t.test('no second child is made of one whose number or birth date a spreadsheet changed', async (t) => {
  const one = known('an', 'Lê An', '2014-09-05', { schoolCode: '0012' })
  const of = (header: string, ...rows: string[]) => outcomeOf(Buffer.from([header, ...rows].join('\n')), [one])
  t.same(await of('Họ tên,Ngày sinh,Lớp', 'Lê An,09/05/2014,6A1'), ['2 ! Ngày sinh BIRTH_DATE_TURNED'])
  t.same(await of('Họ tên,Lớp', 'Lê An,6A1'), ['2 unchanged an: Lê An, 6A1, -'], 'a list without birth dates')
  t.same(await of('Họ tên,Lớp', 'Lê An,6A2'), ['2 ! * STUDENT_AMBIGUOUS'], 'in another class it may be a namesake')
  t.same(await of('Họ tên,Ngày sinh,Lớp,Mã HS', 'Lê An,05/09/2014,6A1,0021'), ['2 ! * STUDENT_AMBIGUOUS'], 'a number that was typed wrongly')
  t.match(await of('Họ tên,Ngày sinh,Lớp,Mã HS', 'Lê An,05/09/2014,6A1,0012', 'Lê An,05/09/2014,6A1,0021'),
    [/^2 unchanged an/, /^3 created new/], 'two namesakes, each with a number')
  t.match(await ofText('Họ tên,Lớp,Mã HS', 'Lê An,6A1,007', 'Lê Bo,6A1,7'), [/^2 created/, '3 ! Mã HS IDENTIFIER_ZEROS_DIFFER'])
})

t.test('headers of names in other words', async (t) => {
  for (const header of ['Họ, chữ đệm', 'Họ lót', 'Họ và tên đệm', 'Họ và chữ lót', 'HỌ VÀ CHỮ ĐỆM (*)', 'Họ và\nđệm', 'Họ - đệm', 'Ho ten lot',
    'Họ đệm HS', 'Họ & tên lót', 'Họ và tên chữ đệm']) {
    t.same(await ofText(`"${header}",Tên,Ngày sinh,Lớp`, 'Lê Thị,Bưởi,05/09/2014,6A1'), [BUOI], header)
  }
  t.same(await ofText('Họ,Tên đệm,Tên,Ng.sinh,Lớp (*)', 'Lê,Thị,Bưởi,05/09/2014,6A1'), [BUOI], 'in three')
  t.same(await ofText('Họ đệm,Tên học sinh,NS,Lớp/Class', 'Lê Thị,Bưởi,05/09/2014,6A1'), [BUOI])
  t.same(await ofText('Họ và tên,Tên,Ngày sinh,Lớp', 'Lê Thị Bưởi,Bưởi,05/09/2014,6A1'), [BUOI], 'the whole name beside its last word')
  t.same(await ofText('Họ và tên,,Ngày sinh,Lớp', 'Lê Thị,Bưởi,05/09/2014,6A1'), [BUOI], 'a merged title')
  t.same(await ofText('Họ và tên,,Ngày sinh,Lớp', 'Lê Thị Bưởi,Nữ,05/09/2014,6A1'), ['2 ! B NAME_COLUMN_UNTITLED'])
  t.same(await ofText('Họ chữ in,Tên,Ngày sinh,Lớp', 'Lê Thị,Bưởi,05/09/2014,6A1'), ['ROSTER_HEADER_INVALID'], 'a title that we do not know')
  t.same(await ofText('HD,Tên,Ngày sinh,Lớp', 'Lê Thị,Bưởi,05/09/2014,6A1'), ['2 ! Tên NAME_INCOMPLETE'])
  t.same(await ofText('Họ đệm,Tên,Lớp', 'Lê Thị,,6A1', ',Bưởi,6A1'), ['2 ! Tên NAME_INCOMPLETE', '3 ! Họ đệm NAME_INCOMPLETE'])
  t.same(await ofText('STT,Họ và tên,Ngày sinh,,,Lớp', ',,Ngày,Tháng,Năm,', '1,Lê Thị Bưởi,5,9,2014,6A1'),
    ['3 created new: Lê Thị Bưởi, 6A1, 2014-09-05'], 'a birth date in pieces')
  t.same(await ofText('Họ và tên,Ngày sinh,Lớp,Cha,', ',,,Họ và tên,CCCD', 'Lê Thị Bưởi,05/09/2014,6A1,Lê Văn Cha,079080000001'),
    ['3 created new: Lê Thị Bưởi, 6A1, 2014-09-05'], 'the father\'s name and number are not the child\'s')
})

t.test('lines that are no students are passed over, or doubted', async (t) => {
  const list = ['STT,Họ và tên,Ngày sinh,Lớp', '1,Lê Thị Bưởi,05/09/2014,6A1']
  for (const line of [
    ',TỔNG CỘNG: 1,,6A1', ',Tong so,,1', 'Cộng,1,,6A1', ',Sĩ số: 40,,', ',Ghi chú: danh sách tạm,,', ',,"Hà Nội, ngày … tháng … năm 2026",',
    ',Giáo viên chủ nhiệm,,Hiệu trưởng', ',"(Ký, ghi rõ họ tên)",,"(Ký, đóng dấu)"', ',Nam: 20,Nữ: 21,',
  ]) t.same(await ofText(...list, line), [BUOI], line)
  t.same(await ofText(...list, ',Trần Văn Thầy,,Nguyễn Thị Cô'), [BUOI, '3 ! * NAME_ALONE'], 'names below the list without a word')
  t.match(await ofText(...list, '2,Tống Văn Công,06/09/2014,6A1'), [BUOI, /Tống Văn Công/], 'a family name is no sum')
  t.same(await ofText('STT,Họ và tên,Ngày sinh,Lớp', '(1),(2),(3),(4)', '1,Lê Thị Bưởi,05/09/2014,6A1'),
    [BUOI.replace('2', '3')], 'the numbers of the columns')
})

t.test('names of old fonts and with lost letters are refused, and the others of their list with them', async (t) => {
  for (const name of ['Nguyeãn Thò Hoàng', 'Ñoã Vaên Ñöùc', 'TrÇn V¨n An', 'Hoµng ThÞ V©n', 'Traàn Vaên An', 'LÃª Thá»‹ BÆ°á»Ÿi']) {
    t.match(await ofText('Họ tên,Lớp', `${name},6A1`), ['2 ! Họ tên NAME_FONT_OLD'], name)
  }
  for (const name of ['Nguy?n Th? Hoa', 'Nguy\uFFFDn Hoa', 'Lê □n']) t.match(await ofText('Họ tên,Lớp', `${name},6A1`), ['2 ! Họ tên CHARACTER_REFUSED'])
  t.match(await ofText('Họ tên,Lớp', 'NguyÔn ThÞ An,6A1', 'Vò An,6A1', 'An Binh,6A1', 'Lê Thị Bưởi,6A1'),
    [/^4 created new: An Binh/, /^5 created new: Lê Thị Bưởi/, '2 ! Họ tên NAME_FONT_OLD', '3 ! Họ tên NAME_FONT_OLD'])
  t.same(await ofText('Hä vµ tªn,Líp', 'Lª An,6A1'), ['ROSTER_ENCODING_REFUSED'])
  for (const name of ['Nguyễn Thị Hoà', 'Khoẻ Đỗ Quỳnh', "H'Hen Niê", 'Y Wang Mlô', 'Trần Ái Oanh', 'LÊ THỊ THÚY', 'Đoàn Quốc Huy']) {
    t.match(await ofText('Họ tên,Lớp', `${name},6A1`), [/^2 created/], name)
  }
})

t.test('tones, eth and what Excel makes of classes and codes', (t) => {
  for (const [one, other] of [['Hòa', 'Hoà'], ['Thúy', 'Thuý'], ['KHỎE', 'khoẻ'], ['Ðức', 'Đức'], ['Ɖức', 'đức'], ['Hoà'.normalize('NFD'), 'Hòa']] as const) {
    t.equal(spellingKey(one), spellingKey(other), one)
  }
  t.not(spellingKey('Hoa'), spellingKey('Hoà'))
  for (const date of ['6-thg 1', '06-Thg1', 'Thg1-06', '1-Jun', '6-Jan', '06/01/2026', '6/1/26', '2026-01-06', '06/01', '06 tháng 1', 'Jan-06']) {
    t.ok(isExcelDate(date), date)
  }
  for (const name of ['6/1', '6-1', '6.1', '10/2', '6A1', 'Lá 1', '6-10', '10.12']) t.notOk(isExcelDate(name), name)
  for (const [code, digits, shown] of [
    ['0000', '12', '0012'], ['"HS"0000', '12', 'HS0012'], ['000 000 000 000', '79215001234', '079 215 001 234'], ['0000;[Red]-0000', '12345', '12345'],
    ['[$-42A]00000', '7', '00007'],
  ] as const) t.equal(shownBy(code)?.(digits), shown, code)
  for (const code of ['0', 'General', '#,##0', '0.00', 'dd/mm/yyyy', '@', '']) t.equal(shownBy(code), undefined, code)
  t.end()
})

t.test('columns that were not read are told', async (t) => {
  const { roster } = await readRosterFile(Readable.from([Buffer.from('STT,Họ và tên,SĐT,Lớp,\n1,Lê An,0900000001,6A1,x')]), TODAY)
  t.match(roster.columns, [{ read: ['STT', 'Họ và tên', 'Lớp'], unread: ['SĐT', '(E)'] }])
})
