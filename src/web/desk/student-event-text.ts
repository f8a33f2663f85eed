// What an event of a student's history is called. Pure.
import type { Lang } from '../text.js'

const EVENTS: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  'bill.issued': { vi: 'Phát hành thông báo thu', en: 'Bill issued' },
  'invoice.cancel': { vi: 'Hủy thông báo thu', en: 'Bill cancelled' },
  'money.money_in': { vi: 'Nhận chuyển khoản', en: 'Transfer received' },
  'money.cash_in': { vi: 'Thu tiền mặt', en: 'Cash taken' },
  'money.allocation': { vi: 'Ghi tiền vào thông báo thu', en: 'Money put on the bill' },
  'money.deallocation': { vi: 'Rút tiền khỏi thông báo thu', en: 'Money taken off the bill' },
  'money.credit_applied': { vi: 'Dùng tiền thừa', en: 'Credit used' },
  'money.credit_held': { vi: 'Giữ tiền thừa', en: 'Held as credit' },
  'money.reversal': { vi: 'Hoàn tác', en: 'Reversed' },
  'money.invoice_withdrawn': { vi: 'Thu hồi thông báo thu', en: 'Bill withdrawn' },
  'money.refund': { vi: 'Trả lại tiền', en: 'Refunded' },
  'student.create': { vi: 'Thêm học sinh', en: 'Student added' },
  'student.correct': { vi: 'Sửa thông tin học sinh', en: 'Details corrected' },
  'student.transfer': { vi: 'Chuyển lớp hoặc rời trường', en: 'Class changed, or left' },
  'student.code': { vi: 'Cấp mã thanh toán riêng', en: 'Own payment code made' },
  'exemption.grant': { vi: 'Thêm miễn giảm', en: 'Exemption granted' },
  'exemption.end': { vi: 'Kết thúc miễn giảm', en: 'Exemption ended' },
}

/** The code itself for an event that nobody has named yet: better odd than hidden. */
export function eventText(what: string, lang: Lang): string {
  return EVENTS[what]?.[lang] ?? what
}
