// What the files are called that leave the desk or the pages of people: as actions of the audit log, by their lists,
// and by what a list was narrowed. A file without a name here cannot be sent. Pure.
export const EXPORT_ACTIONS = {
  'account_transfer.export': { vi: 'Tải danh sách cần chuyển giữa các tài khoản', en: 'Transfers between accounts exported' },
  'audit.export': { vi: 'Tải nhật ký', en: 'Audit log exported' },
  'bank_account.export': { vi: 'Tải danh sách tài khoản ngân hàng', en: 'Bank accounts exported' },
  'cash_receipt.export': { vi: 'Tải sổ thu tiền mặt', en: 'Cash receipts exported' },
  'fee_kind.export': { vi: 'Tải danh sách khoản thu', en: 'Fee kinds exported' },
  'invoice.export': { vi: 'Tải danh sách thông báo thu', en: 'Bills exported' },
  'review.export': { vi: 'Tải danh sách chờ xét duyệt', en: 'Review queue exported' },
  'round.export': { vi: 'Tải số liệu đợt thu', en: 'Figures of rounds exported' },
  'search.export': { vi: 'Tải kết quả tìm kiếm', en: 'Search results exported' },
  'student.export': { vi: 'Tải danh sách học sinh', en: 'Students exported' },
  'token.export': { vi: 'Tải danh sách khóa API', en: 'API tokens exported' },
  'transaction.export': { vi: 'Tải danh sách giao dịch', en: 'Transactions exported' },
  'user.export': { vi: 'Tải danh sách người dùng', en: 'People exported' },
} as const
export type ExportAction = keyof typeof EXPORT_ACTIONS

export const EXPORT_LISTS = {
  account_transfers: { vi: 'chuyển giữa các tài khoản', en: 'transfers between accounts' },
  accounts: { vi: 'tài khoản và kênh', en: 'accounts and channels' },
  audit: { vi: 'nhật ký', en: 'audit log' },
  bills: { vi: 'thông báo thu', en: 'bills' },
  cash: { vi: 'phiếu thu tiền mặt', en: 'cash receipts' },
  changes: { vi: 'thay đổi khi phát hành', en: 'changes of a run' },
  choices: { vi: 'lựa chọn của từng học sinh', en: 'choices of students' },
  classes: { vi: 'theo lớp', en: 'by class' },
  credits: { vi: 'tiền thừa', en: 'credit' },
  day: { vi: 'tiền về trong ngày', en: 'received today' },
  decisions: { vi: 'quyết định', en: 'decisions' },
  exemptions: { vi: 'miễn giảm', en: 'exemptions' },
  fee_kinds: { vi: 'khoản thu', en: 'fee kinds' },
  fees: { vi: 'theo khoản thu', en: 'by fee' },
  history: { vi: 'lịch sử', en: 'history' },
  import_faults: { vi: 'lỗi của tệp nhập', en: 'faults of an import' },
  import_preview: { vi: 'xem trước tệp nhập', en: 'preview of an import' },
  imports: { vi: 'các lần nhập', en: 'imports' },
  items: { vi: 'khoản tự chọn', en: 'optional items' },
  journal: { vi: 'đường đi của tiền', en: 'where the money went' },
  payments: { vi: 'các lần nộp', en: 'payments' },
  people: { vi: 'người dùng', en: 'people' },
  'planned-classes': { vi: 'dự kiến theo lớp', en: 'planned by class' },
  'planned-fees': { vi: 'dự kiến theo khoản thu', en: 'planned by fee' },
  review: { vi: 'khoản xét duyệt', en: 'review items' },
  rounds: { vi: 'đợt thu', en: 'rounds' },
  students: { vi: 'học sinh', en: 'students' },
  tokens: { vi: 'khóa API', en: 'API tokens' },
  transfers: { vi: 'chuyển khoản', en: 'transfers' },
} as const
export type ExportList = keyof typeof EXPORT_LISTS

export const EXPORT_FILTERS = {
  account: { vi: 'tài khoản', en: 'account' },
  action: { vi: 'việc', en: 'action' },
  actor: { vi: 'người làm', en: 'actor' },
  class: { vi: 'lớp', en: 'class' },
  days: { vi: 'ngày', en: 'days' },
  direction: { vi: 'chiều tiền', en: 'direction' },
  reason: { vi: 'lý do', en: 'reason' },
  state: { vi: 'trạng thái', en: 'state' },
  text: { vi: 'từ khóa', en: 'text' },
} as const
export type ExportFilter = keyof typeof EXPORT_FILTERS
