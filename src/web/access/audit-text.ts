// What the actions, objects and fields of the audit log are called. What has no name here is shown as it is
// written. Pure.
import { ROLES } from '../../access/permission.js'
import { formatVnd } from '../../money.js'
import { isDay } from '../../time.js'
import { dayText } from '../format.js'
import type { Lang } from '../text.js'
import { EXPORT_ACTIONS, EXPORT_FILTERS, EXPORT_LISTS } from './export-names.js'
import { roleName } from './role-text.js'

type Names = Readonly<Record<string, Readonly<Record<Lang, string>>>>

const ACTIONS: Names = {
  ...EXPORT_ACTIONS,
  'account_transfer.due': { vi: 'Bỏ đánh dấu đã chuyển giữa các tài khoản', en: 'Transfer between accounts not moved after all' },
  'account_transfer.moved': { vi: 'Đánh dấu đã chuyển giữa các tài khoản', en: 'Transfer between accounts moved' },
  'authority.create': { vi: 'Thêm cơ quan quản lý', en: 'Authority made' },
  'authority.move': { vi: 'Đổi cấp trên của cơ quan', en: 'Authority moved' },
  'bank_account.register': { vi: 'Đăng ký tài khoản ngân hàng', en: 'Bank account registered' },
  'cash_receipt.record': { vi: 'Thu tiền mặt', en: 'Cash received' },
  'cash_receipt.reverse': { vi: 'Hủy phiếu thu tiền mặt', en: 'Cash receipt reversed' },
  'channel.alias': { vi: 'Khai tài khoản ảo', en: 'Virtual account added' },
  'channel.close': { vi: 'Đóng kênh ngân hàng', en: 'Bank channel closed' },
  'channel.open': { vi: 'Mở kênh ngân hàng', en: 'Bank channel opened' },
  'channel.rotate': { vi: 'Đổi khóa kênh ngân hàng', en: 'Secret of a bank channel changed' },
  'channel.self_test': { vi: 'Tự kiểm tra kênh ngân hàng', en: 'Bank channel tested' },
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
  'review.assign': { vi: 'Gán tiền', en: 'Money assigned' },
  'review.callback': { vi: 'Xử lý tin ngân hàng', en: 'Bank call decided' },
  'review.close': { vi: 'Đóng khoản xét duyệt', en: 'Review item closed' },
  'review.credit': { vi: 'Xử lý tiền thừa', en: 'Credit decided' },
  'review.event': { vi: 'Xử lý tin báo có', en: 'Notice of the bank decided' },
  'review.not_ours': { vi: 'Đánh dấu không thuộc khoản thu', en: 'Marked as not ours' },
  'review.reopen': { vi: 'Mở lại khoản xét duyệt', en: 'Review item reopened' },
  'review.repeat': { vi: 'Xử lý tin báo lặp', en: 'Repeat decided' },
  'review.undo': { vi: 'Hoàn tác giao dịch', en: 'Transaction undone' },
  'role.end': { vi: 'Kết thúc vai trò', en: 'Role ended' },
  'role.grant': { vi: 'Giao vai trò', en: 'Role given' },
  'roster.import': { vi: 'Nhập danh sách học sinh', en: 'Roster imported' },
  'round.close': { vi: 'Chốt đợt thu', en: 'Round closed' },
  'round.create': { vi: 'Lập đợt thu', en: 'Round made' },
  'round.plan': { vi: 'Sửa đợt thu', en: 'Round changed' },
  'round.reopen': { vi: 'Mở lại đợt thu', en: 'Round reopened' },
  'school.close': { vi: 'Đóng trường', en: 'School closed' },
  'school.create': { vi: 'Thêm trường', en: 'School made' },
  'school.merge': { vi: 'Sáp nhập trường', en: 'Schools merged' },
  'school.update': { vi: 'Sửa thông tin trường', en: 'School changed' },
  'session.end': { vi: 'Đăng xuất', en: 'Signed out' },
  'session.fail': { vi: 'Đăng nhập không thành', en: 'Sign-in failed' },
  'session.start': { vi: 'Đăng nhập', en: 'Signed in' },
  'student.code': { vi: 'Cấp mã cho học sinh', en: 'Student code issued' },
  'student.correct': { vi: 'Sửa thông tin học sinh', en: 'Student corrected' },
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
const ACTORS: Names = {
  bootstrap: { vi: 'Khóa khởi tạo', en: 'Bootstrap token' },
  'command-line': { vi: 'Dòng lệnh', en: 'Command line' },
  demo: { vi: 'Dữ liệu mẫu', en: 'Sample data' },
  import: { vi: 'Nhập từ tệp', en: 'Import' },
  nobody: { vi: 'Chưa đăng nhập', en: 'Nobody' },
}

export function actorName(actor: string, lang: Lang): string {
  return ACTORS[actor]?.[lang] ?? actor
}

const OBJECTS: Names = {
  api_token: { vi: 'Khóa API', en: 'API token' },
  app_user: { vi: 'Người dùng', en: 'Person' },
  authority: { vi: 'Cơ quan', en: 'Authority' },
  bank_account: { vi: 'Tài khoản ngân hàng', en: 'Bank account' },
  account_transfer: { vi: 'Chuyển giữa các tài khoản', en: 'Transfer between accounts' },
  bank_transaction: { vi: 'Giao dịch', en: 'Transaction' },
  cash_receipt: { vi: 'Phiếu thu', en: 'Cash receipt' },
  channel: { vi: 'Kênh ngân hàng', en: 'Bank channel' },
  collection_round: { vi: 'Đợt thu', en: 'Round' },
  exemption: { vi: 'Miễn giảm', en: 'Exemption' },
  family: { vi: 'Anh chị em', en: 'Family' },
  fee_kind: { vi: 'Khoản thu', en: 'Fee kind' },
  invoice: { vi: 'Thông báo thu', en: 'Bill' },
  invoice_run: { vi: 'Lần phát hành', en: 'Invoice run' },
  list: { vi: 'Danh sách', en: 'List' },
  price_cap: { vi: 'Mức thu tối đa', en: 'Price cap' },
  review_item: { vi: 'Khoản xét duyệt', en: 'Review item' },
  roster_import: { vi: 'Lần nhập danh sách', en: 'Roster import' },
  school: { vi: 'Trường', en: 'School' },
  school_class: { vi: 'Lớp', en: 'Class' },
  student: { vi: 'Học sinh', en: 'Student' },
}

export function objectKindName(kind: string, lang: Lang): string {
  return OBJECTS[kind]?.[lang] ?? kind
}

const FIELDS: Names = {
  accountName: { vi: 'chủ tài khoản', en: 'account holder' },
  accountNumber: { vi: 'số tài khoản', en: 'account number' },
  allocatedVnd: { vi: 'đã gán', en: 'allocated' },
  amountVnd: { vi: 'số tiền', en: 'amount' },
  at: { vi: 'ở bước', en: 'at' },
  authorityId: { vi: 'cơ quan', en: 'authority' },
  bankAccountId: { vi: 'tài khoản', en: 'account' },
  bankBin: { vi: 'mã ngân hàng', en: 'bank' },
  by: { vi: 'bằng', en: 'by' },
  changed: { vi: 'đã sửa', en: 'changed' },
  classId: { vi: 'lớp', en: 'class' },
  code: { vi: 'mã', en: 'code' },
  created: { vi: 'thêm mới', en: 'created' },
  creditedVnd: { vi: 'vào tiền thừa', en: 'credited' },
  decisionNumber: { vi: 'số quyết định', en: 'decision' },
  dueOn: { vi: 'hạn nộp', en: 'due on' },
  enrolFrom: { vi: 'vào lớp từ', en: 'enrolled from' },
  feeCode: { vi: 'khoản thu', en: 'fee' },
  feeGroup: { vi: 'nhóm', en: 'group' },
  feeKindId: { vi: 'khoản thu', en: 'fee' },
  fees: { vi: 'mức thu', en: 'fees' },
  filters: { vi: 'lọc theo', en: 'filtered by' },
  format: { vi: 'định dạng', en: 'format' },
  grade: { vi: 'khối', en: 'grade' },
  legalBasis: { vi: 'căn cứ', en: 'legal basis' },
  levels: { vi: 'cấp học', en: 'levels' },
  list: { vi: 'danh sách', en: 'list' },
  loginName: { vi: 'tên đăng nhập', en: 'login name' },
  managingAuthorityId: { vi: 'cơ quan quản lý', en: 'managed by' },
  missing: { vi: 'không có trong tệp', en: 'missing' },
  mode: { vi: 'cách xác thực', en: 'mode' },
  moved: { vi: 'chuyển lớp', en: 'moved' },
  name: { vi: 'tên', en: 'name' },
  number: { vi: 'số', en: 'number' },
  on: { vi: 'ngày', en: 'on' },
  optional: { vi: 'tự chọn', en: 'optional' },
  password: { vi: 'mật khẩu', en: 'password' },
  payer: { vi: 'ai chi trả', en: 'payer' },
  percent: { vi: 'phần trăm', en: 'percent' },
  provider: { vi: 'nhà cung cấp', en: 'provider' },
  reason: { vi: 'lý do', en: 'reason' },
  receivedOn: { vi: 'ngày nhận', en: 'received on' },
  refused: { vi: 'có lỗi', en: 'refused' },
  reportingAuthorityId: { vi: 'nơi báo cáo', en: 'reports to' },
  role: { vi: 'vai trò', en: 'role' },
  roundId: { vi: 'đợt thu', en: 'round' },
  rows: { vi: 'số dòng', en: 'rows' },
  schoolYear: { vi: 'năm học', en: 'school year' },
  scope: { vi: 'phạm vi', en: 'scope' },
  scopes: { vi: 'quyền', en: 'scopes' },
  secondFactor: { vi: 'xác thực hai bước', en: 'second factor' },
  sessions: { vi: 'số thiết bị', en: 'devices' },
  state: { vi: 'trạng thái', en: 'state' },
  studentId: { vi: 'học sinh', en: 'student' },
  suspenseVnd: { vi: 'tiền treo', en: 'in suspense' },
  type: { vi: 'loại hình', en: 'type' },
  unchanged: { vi: 'giữ nguyên', en: 'unchanged' },
  updated: { vi: 'cập nhật', en: 'updated' },
  urban: { vi: 'đô thị', en: 'urban' },
  validFrom: { vi: 'từ ngày', en: 'from' },
  validTo: { vi: 'đến trước ngày', en: 'until' },
}
/** Words that the log holds as codes. */
const WORDS: Names = {
  active: { vi: 'đang dùng', en: 'active' },
  budget: { vi: 'ngân sách', en: 'budget' },
  cancelled: { vi: 'đã hủy', en: 'cancelled' },
  class: { vi: 'lớp', en: 'class' },
  closed: { vi: 'đã đóng', en: 'closed' },
  disabled: { vi: 'đã khóa', en: 'disabled' },
  early_childhood: { vi: 'mầm non', en: 'preschool' },
  grade: { vi: 'khối', en: 'grade' },
  nobody: { vi: 'không ai', en: 'nobody' },
  open: { vi: 'đang mở', en: 'open' },
  pass_through: { vi: 'thu hộ, chi hộ', en: 'pass-through' },
  personal: { vi: 'phục vụ cá nhân', en: 'personal' },
  primary: { vi: 'tiểu học', en: 'primary' },
  private: { vi: 'tư thục', en: 'private' },
  public: { vi: 'công lập', en: 'public' },
  reset: { vi: 'đặt lại', en: 'reset' },
  resolved: { vi: 'đã xử lý', en: 'resolved' },
  school: { vi: 'toàn trường', en: 'school' },
  service: { vi: 'dịch vụ', en: 'service' },
  student: { vi: 'học sinh', en: 'student' },
  tuition: { vi: 'học phí', en: 'tuition' },
}
const YES_NO = { vi: ['có', 'không'], en: ['yes', 'no'] } as const
const PROOFS: Names = {
  enrolment: { vi: 'cài ứng dụng xác thực', en: 'setting the app up' },
  oidc: { vi: 'tài khoản cơ quan', en: 'the organisation\'s account' },
  oidc_mfa: { vi: 'tài khoản cơ quan, hai lớp', en: 'the organisation\'s account, two factors' },
  password: { vi: 'mật khẩu', en: 'password' },
  recovery_code: { vi: 'mã khôi phục', en: 'recovery code' },
  second_factor: { vi: 'mã xác thực', en: 'second factor' },
  totp: { vi: 'mã của ứng dụng xác thực', en: 'code of the app' },
}
/** Words of one field alone. */
const FIELD_WORDS: Readonly<Record<string, Names>> = {
  at: PROOFS, by: PROOFS, filters: EXPORT_FILTERS, list: EXPORT_LISTS,
}
/** Say nothing to a reader: the school is that of the page, the others are keys of rows. */
const UNSAID = new Set(['schoolId', 'assignmentId', 'sessionId'])
/** Their words are their own, also where they look like a code. */
const WRITTEN_BY_PEOPLE = new Set(['accountName', 'legalBasis', 'loginName', 'name', 'reason'])
const DETAIL_CHARS = 300
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{6}([0-9a-f]{6})/g

/** `vai trò: Kế toán`: the fields as they were recorded, of an id its end; the log holds no names. */
export function detailText(value: object | null, lang: Lang): string {
  const text = value === null ? '' : fieldsText(value, lang)
  return text.length > DETAIL_CHARS ? `${text.slice(0, DETAIL_CHARS)}…` : text
}

function fieldsText(value: object, lang: Lang): string {
  return Object.entries(value)
    .filter(([name, field]) => field !== null && field !== undefined && !UNSAID.has(name))
    .map(([name, field]) => `${FIELDS[name]?.[lang] ?? name}: ${valueText(name, field, lang)}`).join(', ')
}

function valueText(name: string, value: unknown, lang: Lang): string {
  if (Array.isArray(value)) return value.map((item: unknown) => valueText(name, item, lang)).join('; ')
  if (typeof value === 'object' && value !== null) return fieldsText(value, lang)
  if (typeof value === 'number' && name.endsWith('Vnd')) return formatVnd(value)
  if (typeof value === 'boolean') return YES_NO[lang][value ? 0 : 1]
  if (typeof value !== 'string') return JSON.stringify(value)
  if (WRITTEN_BY_PEOPLE.has(name)) return value
  const role = ROLES.find((known) => known === value)
  if (role !== undefined) return roleName(role, lang)
  const word = (FIELD_WORDS[name] ?? WORDS)[value]?.[lang] ?? value.replace(ID, '…$1')
  return isDay(value) ? dayText(value) : word
}
