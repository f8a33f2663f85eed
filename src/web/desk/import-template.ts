// The workbook that a school fills in: the headers that the import knows, each with a line above it that says what
// belongs there, and rows whose cells are texts, so that Excel drops no zero. Vietnamese only, like the headers.
import type { Table } from '../../export/table.js'

const COLUMNS = [
  ['Mã định danh', '10 chữ số do Bộ cấp; để trống nếu chưa có'],
  ['Số định danh cá nhân', '12 chữ số; không bắt buộc'],
  ['Mã học sinh', 'Mã riêng của trường; không bắt buộc'],
  ['Họ và tên', 'Bắt buộc; họ, chữ đệm và tên'],
  ['Ngày sinh', 'ngày/tháng/năm, ví dụ 05/09/2017'],
  ['Giới tính', 'Nam hoặc Nữ'],
  ['Lớp', 'Bắt buộc; ví dụ 3A'],
  ['Khối', '1 đến 12; không bắt buộc'],
] as const

const BLANK_ROWS = 500

export function rosterTemplate(fileName: string): Table {
  return {
    fileName,
    sheetName: 'Danh sách',
    columns: COLUMNS.map(([title]) => ({ title, kind: 'text' })),
    rows: [],
    toFillIn: { hints: COLUMNS.map(([, hint]) => hint), blankRows: BLANK_ROWS },
  }
}
