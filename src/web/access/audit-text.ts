// What the actions of the audit log are called. An action that has no name here is shown as it is written. Pure.
import { ROLES } from '../../access/permission.js'
import type { Lang } from '../text.js'
import { roleName } from './role-text.js'

const ACTIONS: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  'authority.create': { vi: 'Thêm cơ quan quản lý', en: 'Authority made' },
  'authority.move': { vi: 'Đổi cấp trên của cơ quan', en: 'Authority moved' },
  'bank_account.register': { vi: 'Đăng ký tài khoản ngân hàng', en: 'Bank account registered' },
  'cash_receipt.record': { vi: 'Thu tiền mặt', en: 'Cash received' },
  'cash_receipt.reverse': { vi: 'Hủy phiếu thu tiền mặt', en: 'Cash receipt reversed' },
  'channel.alias': { vi: 'Khai tài khoản ảo', en: 'Virtual account added' },
  'channel.close': { vi: 'Đóng kênh ngân hàng', en: 'Bank channel closed' },
  'channel.open': { vi: 'Mở kênh ngân hàng', en: 'Bank channel opened' },
  'channel.rotate': { vi: 'Đổi khóa kênh ngân hàng', en: 'Secret of a bank channel changed' },
  'class.create': { vi: 'Thêm lớp', en: 'Class made' },
  'exemption.end': { vi: 'Kết thúc miễn giảm', en: 'Exemption ended' },
  'exemption.grant': { vi: 'Cho miễn giảm', en: 'Exemption granted' },
  'family.create': { vi: 'Ghép anh chị em', en: 'Family made' },
  'fee_kind.change': { vi: 'Sửa khoản thu', en: 'Fee kind changed' },
  'fee_kind.create': { vi: 'Thêm khoản thu', en: 'Fee kind made' },
  'invoice.bill_student': { vi: 'Lập thông báo thu cho một học sinh', en: 'Student billed' },
  'invoice.cancel': { vi: 'Hủy thông báo thu', en: 'Bill cancelled' },
  'invoice_run.start': { vi: 'Phát hành thông báo thu', en: 'Invoice run started' },
  'optional_item.choose': { vi: 'Phụ huynh chọn khoản tự nguyện', en: 'Optional item chosen' },
  'password.change': { vi: 'Đổi mật khẩu', en: 'Password changed' },
  'price_cap.set': { vi: 'Đặt mức thu tối đa', en: 'Price cap set' },
  'role.end': { vi: 'Kết thúc vai trò', en: 'Role ended' },
  'role.grant': { vi: 'Giao vai trò', en: 'Role given' },
  'roster.import': { vi: 'Nhập danh sách học sinh', en: 'Roster imported' },
  'round.create': { vi: 'Lập đợt thu', en: 'Round made' },
  'round.plan': { vi: 'Sửa đợt thu', en: 'Round changed' },
  'school.close': { vi: 'Đóng trường', en: 'School closed' },
  'school.create': { vi: 'Thêm trường', en: 'School made' },
  'school.merge': { vi: 'Sáp nhập trường', en: 'Schools merged' },
  'school.update': { vi: 'Sửa thông tin trường', en: 'School changed' },
  'session.end': { vi: 'Đăng xuất', en: 'Signed out' },
  'session.fail': { vi: 'Đăng nhập không thành', en: 'Sign-in failed' },
  'session.start': { vi: 'Đăng nhập', en: 'Signed in' },
  'student.code': { vi: 'Cấp mã cho học sinh', en: 'Student code issued' },
  'student.create': { vi: 'Thêm học sinh', en: 'Student made' },
  'student.transfer': { vi: 'Chuyển lớp hoặc chuyển trường', en: 'Student transferred' },
  'token.create': { vi: 'Tạo khóa API', en: 'API token made' },
  'token.revoke': { vi: 'Thu hồi khóa API', en: 'API token revoked' },
  'totp.enrol': { vi: 'Cài ứng dụng xác thực', en: 'Authenticator app set up' },
  'user.change': { vi: 'Sửa người dùng', en: 'Person changed' },
  'user.create': { vi: 'Thêm người dùng', en: 'Person made' },
}

export function actionName(action: string, lang: Lang): string {
  return ACTIONS[action]?.[lang] ?? action
}

/** The machine's own names. */
const ACTORS: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  bootstrap: { vi: 'Khóa khởi tạo', en: 'Bootstrap token' },
  'command-line': { vi: 'Dòng lệnh', en: 'Command line' },
  demo: { vi: 'Dữ liệu mẫu', en: 'Sample data' },
  import: { vi: 'Nhập từ tệp', en: 'Import' },
  nobody: { vi: 'Chưa đăng nhập', en: 'Nobody' },
}

export function actorName(actor: string, lang: Lang): string {
  return ACTORS[actor]?.[lang] ?? actor
}

const FIELDS: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  at: { vi: 'ở bước', en: 'at' },
  authorityId: { vi: 'cơ quan', en: 'authority' },
  by: { vi: 'bằng', en: 'by' },
  loginName: { vi: 'tên đăng nhập', en: 'login name' },
  password: { vi: 'mật khẩu', en: 'password' },
  role: { vi: 'vai trò', en: 'role' },
  scopes: { vi: 'quyền', en: 'scopes' },
  secondFactor: { vi: 'xác thực hai bước', en: 'second factor' },
  sessions: { vi: 'số thiết bị', en: 'devices' },
  state: { vi: 'trạng thái', en: 'state' },
}
/** Say nothing to a reader: the school is that of the page, the others are keys of rows. */
const UNSAID = new Set(['schoolId', 'assignmentId', 'sessionId'])
const DETAIL_CHARS = 300
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{6}([0-9a-f]{6})/g

/** `vai trò: Kế toán`: the fields as they were recorded, of an id its end; the log holds no names. */
export function detailText(value: object | null, lang: Lang): string {
  if (value === null) return ''
  const text = Object.entries(value)
    .filter(([name, field]) => field !== null && field !== undefined && !UNSAID.has(name))
    .map(([name, field]) => `${FIELDS[name]?.[lang] ?? name}: ${valueText(field, lang)}`).join(', ')
    .replace(ID, '…$1')
  return text.length > DETAIL_CHARS ? `${text.slice(0, DETAIL_CHARS)}…` : text
}

function valueText(value: unknown, lang: Lang): string {
  const role = ROLES.find((known) => known === value)
  if (role !== undefined) return roleName(role, lang)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
