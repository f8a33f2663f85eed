import { catalogue } from '../text.js'

export const searchText = catalogue({
  title: { vi: 'Tìm kiếm', en: 'Search' },
  results: { vi: (text: string) => `Kết quả cho “${text}”`, en: (text: string) => `Results for “${text}”` },
  hint: {
    vi: 'Tìm theo họ tên (không cần dấu), lớp, ngày sinh, mã học sinh, mã định danh, mã thanh toán, số tiền, nội dung chuyển khoản hoặc người chuyển.',
    en: 'By name (accents are optional), class, birth date, student code, identifiers, payment code, amount, transfer content or payer.',
  },
  nothing: { vi: 'Không tìm thấy gì.', en: 'Nothing was found.' },
  more: {
    vi: 'Còn nhiều kết quả khác. Hãy gõ thêm để thu hẹp.',
    en: 'There is more. Type more to narrow it down.',
  },
  students: { vi: 'Học sinh', en: 'Students' },
  bills: { vi: 'Thông báo thu', en: 'Bills' },
  transfers: { vi: 'Giao dịch', en: 'Transfers' },
  name: { vi: 'Họ tên', en: 'Name' },
  class: { vi: 'Lớp', en: 'Class' },
  open: { vi: 'Còn phải thu', en: 'Open' },
  bill: { vi: 'Đợt thu', en: 'Round' },
  code: { vi: 'Mã thanh toán', en: 'Code' },
  payable: { vi: 'Phải thu', en: 'Payable' },
  paid: { vi: 'Đã thu', en: 'Paid' },
  due: { vi: 'Hạn', en: 'Due' },
  withdrawn: { vi: 'Đã hủy', en: 'Withdrawn' },
  day: { vi: 'Ngày', en: 'Day' },
  amount: { vi: 'Số tiền', en: 'Amount' },
  content: { vi: 'Nội dung và người chuyển', en: 'Content and payer' },
  noMemo: { vi: '(không có nội dung)', en: '(no content)' },
  suspense: { vi: 'Tiền treo', en: 'In suspense' },
})
