import { catalogue } from './text.js'

export const layoutText = catalogue({
  product: { vi: 'Thu học phí không tiền mặt', en: 'Cashless school fees' },
  skip: { vi: 'Đến nội dung chính', en: 'Skip to the content' },
  otherLanguage: { vi: 'English', en: 'Tiếng Việt' },
  navigation: { vi: 'Điều hướng', en: 'Navigation' },
  signOut: { vi: 'Đăng xuất', en: 'Sign out' },
  account: { vi: 'Tài khoản của tôi', en: 'My account' },
  today: { vi: 'Hôm nay', en: 'Today' },
  review: { vi: 'Xét duyệt', en: 'Review' },
  transactions: { vi: 'Giao dịch', en: 'Transfers' },
  students: { vi: 'Học sinh', en: 'Students' },
  rounds: { vi: 'Đợt thu', en: 'Rounds' },
  cash: { vi: 'Tiền mặt', en: 'Cash' },
  fees: { vi: 'Khoản thu', en: 'Fees' },
  channels: { vi: 'Ngân hàng', en: 'Banks' },
  people: { vi: 'Người dùng', en: 'People' },
  audit: { vi: 'Nhật ký', en: 'Audit log' },
  province: { vi: 'Tổng quan', en: 'Overview' },
  report: { vi: 'Bản in', en: 'Printed report' },
  search: { vi: 'Tìm', en: 'Search' },
  searchHint: { vi: 'Tên, lớp, mã, số tiền, nội dung…', en: 'Name, class, code, amount, content…' },
})
