// Which lines of a list are no students? Totals, notes, dates and signatures stand below it, or between its classes.
// What is told apart by its words is passed over; what cannot be told apart is a fault, never a child. Pure.
import { classKey } from './school-class.js'
import { searchText } from './student.js'

export interface ListLine {
  name: string
  /** Null where the list has no column of classes. */
  className: string | null
  /** A birth date that can be read, or an identifier. */
  isCertain: boolean
  isNumbered: boolean
  cells: readonly string[]
}

export type LineKind = 'student' | 'none' | 'doubtful'

// With their diacritics: "Tống" is a family name, and so is "Công" the beginning of one.
const NOTE = new RegExp(`^[\\s(*\\-–—•+"“.…_]*(?:${[
  'tổng', 'cộng', 'sĩ số', 'sỹ số', 'số lượng', 'số học sinh', 'trong đó', 'ghi chú', 'lưu ý', 'chú ý', 'chú thích',
  'danh sách', 'bằng chữ', 'nơi nhận', 'số (?:hs|em|cháu|trẻ)', '(?:nam|nữ)\\s*[:=]', 'tc\\s*:', 'ts\\s*:',
].join('|')})(?![\\p{L}\\p{M}])`, 'u')
const SIGNATURE = new RegExp(`^[\\s(*\\-–—•"“.]*(?:${[
  'gvcn', 'gv\\.? ?chủ nhiệm', 'giáo viên', 'người lập', 'lập bảng', 'lập biểu', '(?:phó |p\\.? ?)?hiệu trưởng', 'kt\\.', 'tm\\.', 'tl\\.',
  'kế toán', 'thủ quỹ', 'thủ trưởng', 'xác nhận', 'ký', 'kí tên', 'đã ký', 'đóng dấu', 'văn thư', 'phụ trách', 'tổ trưởng', 'chủ tịch',
  'ban giám hiệu', 'đại diện', 'người (?:duyệt|kiểm tra|nhận|giao)', 'cán bộ',
].join('|')})(?![\\p{L}\\p{M}])`, 'u')
const BARE_WORDS = [
  'tong (?:cong|so|hs|hoc sinh)', 'tong\\s*:', 'cong\\s*:', 'si so', 'sy so', 'so luong', 'ghi chu', 'luu y', 'nguoi lap',
  '(?:pho )?hieu truong', 'ke toan', 'giao vien', 'thu truong', 'xac nhan', 'ky ten', 'gvcn',
]
const BARE = new RegExp(`^[\\s(*.-]*(?:${BARE_WORDS.join('|')})(?![a-z])`)
const DATE_LINE = /ngày[\s\d.…_]*tháng[\s\d.…_]*năm|ngay[\s\d.…_]*thang[\s\d.…_]*nam/u

function isNote(text: string): boolean {
  const tidy = text.normalize('NFC').toLowerCase()
  return NOTE.test(tidy) || BARE.test(searchText(text)) || isSignature(text)
}

function isSignature(text: string): boolean {
  const tidy = text.normalize('NFC').toLowerCase()
  return SIGNATURE.test(tidy) || DATE_LINE.test(tidy) ||
    /^[\s(*.-]*(?:nguoi lap|(?:pho )?hieu truong|ke toan|giao vien|thu truong|ky ten)(?![a-z])/.test(searchText(text))
}

const CLASS_CHARS = 12

/** Takes the lines of one list in their order; `all` of them say which classes there are. */
export function createLineJudge(all: readonly ListLine[]): (line: ListLine) => LineKind {
  const certain = all.filter(({ isCertain, isNumbered, name }) => name !== '' && (isCertain || isNumbered))
  const classes = new Set(certain.map(({ className }) => classKey(className ?? '')).filter((key) => key !== ''))
  const isClass = (text: string | null): boolean => text !== null && text !== '' &&
    (classes.has(classKey(text)) || (/\d/.test(text) && text.length <= CLASS_CHARS))
  let hasBegun = false
  let isBelow = false

  const judge = (line: ListLine): LineKind => {
    const { className, isCertain, isNumbered, cells } = line
    // "2" beside "Tổng số" is no name.
    const name = /\p{L}/u.test(line.name) ? line.name : ''
    if (isNote(name) && !(isCertain && isNumbered)) {
      if (isSignature(name)) isBelow = true
      return isCertain ? 'doubtful' : 'none'
    }
    if (isCertain && !(isBelow && name === '')) return 'student'
    if (isNumbered && name !== '') return 'student'
    if (!isClass(className) && cells.some(isSignature)) {
      isBelow = true
      return 'none'
    }
    if (name === '' && cells.some(isNote)) return 'none'
    if (isBelow) return isClass(className) && name !== '' ? 'doubtful' : 'none'
    // Among lines that have more than a name, one that has less is not taken for a child of a class of its own.
    const isOdd = className !== null && className !== '' && name !== '' && !isClass(className) &&
      (certain.length > 0 || className.split(/\s+/u).length > 2)
    return isOdd ? 'doubtful' : 'student'
  }

  return (line) => {
    const kind = judge(line)
    if (kind === 'student') {
      hasBegun = true
      isBelow = false
    }
    // Nothing stands below a list that has not begun.
    return kind === 'none' && !hasBegun && line.name !== '' ? 'doubtful' : kind
  }
}

const COLUMN_MARK = /^[([]?(?:[A-Z]|\d{1,2})[)\]]?$/

/** Forms of offices number their columns below the header: A, B, 1, 2. */
export function isColumnMarks(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
  return filled.length >= 3 && filled.every((cell) => COLUMN_MARK.test(cell))
}
