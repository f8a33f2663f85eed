// What is wrong with a cell of a list, or with a field of a student, by the code of the fault. Pure.
import type { OtherStudent } from '../../directory/roster-plan.js'
import type { RosterFault } from '../../directory/roster-student.js'
import { dayText } from '../format.js'
import type { Lang } from '../text.js'

const TEXT_CELL: Readonly<Record<Lang, string>> = {
  vi: 'Hãy định dạng cột là Văn bản (Text) rồi nhập lại.', en: 'Format the column as text and type it again.',
}

const TEXTS: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  LEADING_ZERO_LOST: {
    vi: `Thiếu chữ số, có thể Excel đã bỏ số 0 ở đầu. ${TEXT_CELL.vi}`,
    en: `Digits are missing: Excel may have dropped a leading zero. ${TEXT_CELL.en}`,
  },
  NUMBER_SHORTENED: {
    vi: `Excel đã rút gọn số (dạng 1,23E+11) nên mất chữ số. ${TEXT_CELL.vi}`,
    en: `Excel shortened the number (1.23E+11) and its digits are lost. ${TEXT_CELL.en}`,
  },
  PERSONAL_ID_INVALID: { vi: 'Số định danh cá nhân phải có đúng 12 chữ số.', en: 'A personal id has exactly 12 digits.' },
  MOET_STUDENT_ID_INVALID: { vi: 'Mã định danh chỉ gồm chữ và số, tối đa 20 ký tự.', en: 'An id has at most 20 letters and digits.' },
  SCHOOL_CODE_INVALID: { vi: 'Mã học sinh dài quá 30 ký tự.', en: 'The code is longer than 30 characters.' },
  NAME_REQUIRED: { vi: 'Thiếu họ và tên.', en: 'The name is missing.' },
  NAME_INVALID: {
    vi: 'Ô này không chỉ có họ tên của một học sinh (có ghi chú, công thức, hai tên, hoặc dài quá 120 ký tự). Hãy chỉ để họ tên.',
    en: 'This is not just one student\'s name (a remark, a formula, two names, or over 120 characters). Leave only the name.',
  },
  CHARACTER_REFUSED: { vi: 'Có ký tự bị hỏng. Hãy gõ lại ô này.', en: 'Characters were damaged. Type this cell again.' },
  BIRTH_DATE_INVALID: { vi: 'Không phải ngày sinh dạng ngày/tháng/năm.', en: 'No date as day/month/year.' },
  BIRTH_DATE_MONTH_FIRST: { vi: 'Tháng đứng trước ngày. Hãy ghi ngày/tháng/năm.', en: 'The month comes first. Write day/month/year.' },
  BIRTH_DATE_AMBIGUOUS: {
    vi: 'Không rõ đâu là ngày, đâu là tháng vì các dòng khác ghi tháng trước.',
    en: 'Day and month cannot be told apart, because other rows have the month first.',
  },
  GENDER_INVALID: { vi: 'Giới tính phải là Nam hoặc Nữ.', en: 'The gender is Nam or Nữ.' },
  GRADE_INVALID: { vi: 'Khối phải từ 1 đến 12.', en: 'A grade is 1 to 12.' },
  GRADE_CONFLICT: { vi: 'Khối khác với khối đã ghi của lớp này.', en: 'Not the grade that this class has.' },
  CLASS_REQUIRED: { vi: 'Thiếu lớp. Nếu ô lớp bị gộp (merge), hãy bỏ gộp và điền từng dòng.', en: 'The class is missing. Split merged cells and fill each row.' },
  CLASS_INVALID: { vi: `Tên lớp không đọc được, có thể Excel đã đổi thành ngày. ${TEXT_CELL.vi}`, en: `No class: Excel may have made a date of it. ${TEXT_CELL.en}` },
  CLASS_ZERO_LOST: { vi: `Có thể là 6.1 hoặc 6.10 vì Excel bỏ số 0 ở cuối. ${TEXT_CELL.vi}`, en: `Can be 6.1 or 6.10: Excel drops the last zero. ${TEXT_CELL.en}` },
  SHEET_WITHOUT_CLASS: {
    vi: 'Không có cột Lớp và trang tính không mang tên lớp. Hãy đổi tên trang tính thành tên lớp, ví dụ 6A1.',
    en: 'There is no column for the class, and the sheet is not named after one. Name the sheet like the class, such as 6A1.',
  },
  NAME_ALONE: {
    vi: 'Có thể là dòng chữ ký hoặc ghi chú chứ không phải học sinh. Nếu là học sinh, hãy điền thêm ngày sinh hoặc mã định danh.',
    en: 'This can be a signature or a note. If it is a student, add the birth date or an identifier.',
  },
  CELL_ERROR: { vi: 'Công thức trong ô bị lỗi. Hãy sửa công thức hoặc gõ giá trị.', en: 'The formula of this cell failed. Correct it or type the value.' },
  IDENTIFIER_CONFLICT: { vi: 'Các mã trong dòng này thuộc về hai học sinh khác nhau.', en: 'The identifiers of this row belong to two students.' },
  SCHOOL_CODE_REUSED: { vi: 'Mã này đã thuộc về một học sinh khác tên và ngày sinh.', en: 'This code belongs to a student of another name and birth date.' },
  IDENTIFIER_OF_OTHER_STUDENT: {
    vi: 'Mã này đã thuộc về một học sinh khác tên và ngày sinh. Có thể các cột đã bị đảo, hoặc chỉ sắp xếp một số cột.',
    en: 'This identifier belongs to a student of another name and birth date. Columns may be swapped, or only some of them sorted.',
  },
  IDENTIFIER_ZEROS_DIFFER: {
    vi: `Chỉ khác mã của một học sinh ở số 0 đứng đầu, có thể Excel đã bỏ số 0. ${TEXT_CELL.vi}`,
    en: `Differs from the code of a student in leading zeros alone: Excel may have dropped them. ${TEXT_CELL.en}`,
  },
  BIRTH_DATE_TURNED: {
    vi: 'Trường đã có học sinh cùng tên với ngày và tháng sinh đảo ngược. Hãy ghi ngày/tháng/năm, hoặc ghi mã định danh.',
    en: 'A student of this name has day and month the other way round. Write day/month/year, or give an identifier.',
  },
  NAME_FONT_OLD: {
    vi: 'Họ tên gõ bằng phông chữ cũ (TCVN3, VNI). Hãy chuyển cột sang Unicode (Unikey: Ctrl+Shift+F6) rồi nhập lại.',
    en: 'The name was typed for an old font (TCVN3, VNI). Convert the column to Unicode and import again.',
  },
  NAME_INCOMPLETE: {
    vi: 'Họ tên chỉ có một phần. Hãy đặt tiêu đề “Họ đệm” và “Tên” cho hai cột, và điền đủ từng dòng.',
    en: 'The name has one of its parts only. Call the two columns “Họ đệm” and “Tên”, and fill each row.',
  },
  NAME_COLUMNS_DIFFER: {
    vi: 'Hai cột họ tên không khớp nhau. Hãy sửa hoặc bỏ một cột.', en: 'The two columns of names do not agree. Correct or delete one.',
  },
  NAME_COLUMN_UNTITLED: {
    vi: 'Cột bên cạnh họ tên không có tiêu đề. Nếu là tên, hãy ghi “Họ đệm” và “Tên”; nếu không, hãy đặt tiêu đề khác hoặc xóa.',
    en: 'The column beside the name has no title. If it is the given name, call the columns “Họ đệm” and “Tên”; if not, give it another title.',
  },
  ROW_HIDDEN: {
    vi: 'Dòng này đang bị ẩn trong Excel. Hãy bỏ lọc, bỏ ẩn rồi nhập lại, hoặc xóa dòng.',
    en: 'This row is hidden in Excel. Show it and import again, or delete it.',
  },
  CELL_MERGED: {
    vi: 'Ô này bị gộp (merge) với ô phía trên. Hãy bỏ gộp và điền từng dòng.', en: 'This cell is merged with the one above. Split them and fill each row.',
  },
  STUDENT_AMBIGUOUS: {
    vi: 'Có thể là một học sinh đã có trong trường, cùng tên và ngày sinh. Hãy ghi mã định danh, hoặc chuyển lớp em đó trước.',
    en: 'Can be a student already here with the same name and birth date. Give an identifier, or move that student first.',
  },
  ENROLMENT_NEWER: { vi: 'Học sinh đã chuyển lớp sau ngày bắt đầu của danh sách này.', en: 'The student changed class after the first day of this list.' },
}

const ANOTHER_ROW: Readonly<Record<Lang, (row: number | undefined, sheet: string | undefined) => string>> = {
  vi: (row, sheet) => {
    if (row === undefined) return 'Trùng với một dòng khác trong tệp.'
    return `Trùng với dòng ${row} ${sheet === undefined ? 'trong tệp' : `của trang tính “${sheet}”`}.`
  },
  en: (row, sheet) => {
    if (row === undefined) return 'The same as another row of the file.'
    return `The same as row ${row} of the ${sheet === undefined ? 'file' : `sheet “${sheet}”`}.`
  },
}

const OTHER: Readonly<Record<Lang, string>> = { vi: 'Giá trị không đọc được.', en: 'The value cannot be read.' }

type Told = Pick<RosterFault, 'code' | 'otherRow' | 'otherSheet' | 'studentId'>

/** `others` are the students whom faults are at odds with, where they are at hand: a name is shown, never kept. */
export function faultText(
  { code, otherRow, otherSheet, studentId }: Told, lang: Lang, others: ReadonlyMap<string, OtherStudent> = NOBODY,
): string {
  if (code === 'DUPLICATE_IN_FILE') return ANOTHER_ROW[lang](otherRow, otherSheet)
  const text = TEXTS[code]?.[lang] ?? OTHER[lang]
  const other = others.get(studentId ?? '')
  return other === undefined ? text : `${text} ${WHOSE[lang](otherText(other))}`
}

const NOBODY: ReadonlyMap<string, OtherStudent> = new Map()

const WHOSE: Readonly<Record<Lang, (who: string) => string>> = {
  vi: (who) => `Học sinh đã có: ${who}.`, en: (who) => `The student here: ${who}.`,
}

function otherText({ fullName, className, birthOn }: OtherStudent): string {
  return [fullName, className, birthOn === null ? null : dayText(birthOn)].filter((part) => part !== null).join(', ')
}
