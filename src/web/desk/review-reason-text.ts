// Why something waits, what speaks for a student, and how a matter ended, as sentences for the accountant. One
// table for each, so that a reason without words does not compile. Pure.
import type { CandidateReason } from '../../reconciliation/rank-candidates.js'
import type { KnownReason, Resolution, ReviewAct } from '../../reconciliation/review-item.js'
import type { Lang } from '../text.js'
import type { FaultCode } from './review-evidence.js'

type Words = Readonly<Record<Lang, string>>

interface ReasonWords {
  /** On a tab. */
  short: Words
  /** In the queue and on the item. */
  why: Words
}

const REASONS: Readonly<Record<KnownReason, ReasonWords>> = {
  NO_CODE: {
    short: { vi: 'Không có mã', en: 'No code' },
    why: { vi: 'Nội dung không có mã thanh toán.', en: 'The content holds no payment code.' },
  },
  DAMAGED_CODE: {
    short: { vi: 'Mã hỏng', en: 'Damaged code' },
    why: { vi: 'Mã thanh toán trong nội dung bị sai hoặc thiếu ký tự.', en: 'The payment code in the content is damaged.' },
  },
  UNKNOWN_CODE: {
    short: { vi: 'Mã lạ', en: 'Unknown code' },
    why: { vi: 'Mã đúng dạng nhưng chưa từng được cấp.', en: 'The code is well formed but was never issued.' },
  },
  CODES_DISAGREE: {
    short: { vi: 'Mã mâu thuẫn', en: 'Codes disagree' },
    why: { vi: 'Các mã trong giao dịch chỉ đến những nơi khác nhau.', en: 'The codes of the transfer point to different places.' },
  },
  SEVERAL_CODES: {
    short: { vi: 'Nhiều mã', en: 'Several codes' },
    why: { vi: 'Nội dung có nhiều mã, không rõ chia thế nào.', en: 'Several codes; it is not clear how to split.' },
  },
  SPLIT_AMOUNT_DIFFERS: {
    short: { vi: 'Lệch tổng', en: 'Sum differs' },
    why: {
      vi: 'Có nhiều mã nhưng số tiền không bằng tổng các khoản.',
      en: 'Several codes, and the amount is not the sum of their bills.',
    },
  },
  OTHER_ACCOUNT: {
    short: { vi: 'Sai tài khoản', en: 'Other account' },
    why: {
      vi: 'Tiền vào tài khoản khác với tài khoản của thông báo thu.',
      en: 'The money came to another account than the bill\'s.',
    },
  },
  WRONG_SCHOOL: {
    short: { vi: 'Mã trường khác', en: 'Wrong school' },
    why: { vi: 'Mã thanh toán là của trường khác.', en: 'The code belongs to another school.' },
  },
  FAMILY_SURPLUS: {
    short: { vi: 'Gia đình trả thừa', en: 'Family surplus' },
    why: {
      vi: 'Mã gia đình: còn tiền sau khi đã trả hết các khoản.',
      en: 'Family code: money is left after all bills were paid.',
    },
  },
  REOPENED: {
    short: { vi: 'Mở lại', en: 'Opened again' },
    why: { vi: 'Khoản này đã được hoàn tác hoặc mở lại.', en: 'This was undone or opened again.' },
  },
  POSSIBLE_DOUBLE_PAYMENT: {
    short: { vi: 'Có thể trả hai lần', en: 'Possibly twice' },
    why: {
      vi: 'Thông báo thu không còn gì phải nộp khi tiền đến; có thể phụ huynh trả hai lần.',
      en: 'Nothing was open on the bill when the money came; it may have been paid twice.',
    },
  },
  WITHDRAWN_INVOICE: {
    short: { vi: 'Thông báo đã hủy', en: 'Withdrawn bill' },
    why: {
      vi: 'Thông báo thu đã bị hủy; tiền được giữ cho học sinh và chờ quyết định.',
      en: 'The bill was withdrawn; the money is held for the student until somebody decides.',
    },
  },
  CREDIT_OF_EARLIER_YEAR: {
    short: { vi: 'Tiền năm trước', en: 'Earlier year' },
    why: {
      vi: 'Học sinh còn tiền thừa của năm học trước và vừa có thông báo thu của năm học mới.',
      en: 'The student has credit left of an earlier school year and was billed in a new one.',
    },
  },
  POSSIBLE_REPEAT: {
    short: { vi: 'Nghi trùng', en: 'Possible repeat' },
    why: {
      vi: 'Giống một giao dịch đã có; có thể ngân hàng báo lại.',
      en: 'Like a known transfer; the bank may have told twice.',
    },
  },
  STALE_SIGNATURE: {
    short: { vi: 'Chữ ký quá hạn', en: 'Late signature' },
    why: { vi: 'Chữ ký của tin báo đúng nhưng đến quá muộn.', en: 'The signature is right but came too late.' },
  },
  DIRECTION_UNKNOWN: {
    short: { vi: 'Không rõ vào/ra', en: 'No direction' },
    why: { vi: 'Tin báo không nói tiền vào hay tiền ra.', en: 'It does not say whether money came in or went out.' },
  },
  ACCOUNT_UNKNOWN: {
    short: { vi: 'Tài khoản lạ', en: 'Unknown account' },
    why: { vi: 'Số tài khoản trong tin báo không phải của trường.', en: 'The account named is not the school\'s.' },
  },
  EVENT_WITHOUT_ID: {
    short: { vi: 'Thiếu mã giao dịch', en: 'No event id' },
    why: { vi: 'Tin báo không có mã giao dịch của nhà cung cấp.', en: 'The provider gave no id of the event.' },
  },
  NOT_UNDERSTOOD: {
    short: { vi: 'Không đọc được', en: 'Not understood' },
    why: { vi: 'Không đọc được tin báo của nhà cung cấp.', en: 'The provider\'s call could not be read.' },
  },
  PROCESSING_FAILED: {
    short: { vi: 'Xử lý lỗi', en: 'Failed' },
    why: { vi: 'Xử lý tin báo thất bại nhiều lần.', en: 'Processing the call failed again and again.' },
  },
  MONEY_OUT: {
    short: { vi: 'Tiền ra', en: 'Money out' },
    why: { vi: 'Tiền ra khỏi tài khoản mà chưa rõ lý do.', en: 'Money left the account; nobody has said why.' },
  },
  BANK_TIME_DOUBTFUL: {
    short: { vi: 'Giờ đáng ngờ', en: 'Doubtful time' },
    why: {
      vi: 'Giờ giao dịch mà ngân hàng ghi quá xa lúc nhận tin báo; chưa ghi sổ.',
      en: 'The bank\'s time is too far from the time of receipt; nothing was booked.',
    },
  },
  EVENT_CHANGED: {
    short: { vi: 'Tin báo đổi', en: 'Changed event' },
    why: {
      vi: 'Mã tin báo này đã dùng cho một tin báo khác nội dung; tin mới chưa ghi sổ.',
      en: 'The id of this event stood for another notice before; the new one was not booked.',
    },
  },
  PAID_TO_OTHER_SCHOOL: {
    short: { vi: 'Trả nhầm trường', en: 'Paid elsewhere' },
    why: {
      vi: 'Mã của trường mình được trả vào tài khoản của trường khác.',
      en: 'A code of this school was paid into another school\'s account.',
    },
  },
}

const FAULTS: Readonly<Record<FaultCode, Words>> = {
  NOT_JSON: { vi: 'Tin báo không đúng định dạng JSON.', en: 'The call is not JSON of the kind that is expected.' },
  TOO_MANY_ROWS: { vi: 'Tin báo có quá nhiều dòng.', en: 'The call has too many rows.' },
  FIELD_MISSING: { vi: 'Thiếu một ô bắt buộc.', en: 'A field is missing.' },
  FIELD_WRONG_KIND: {
    vi: 'Một ô bị thiếu hoặc có giá trị sai kiểu.', en: 'A field is missing or holds the wrong kind of value.',
  },
  FIELD_TOO_LONG: { vi: 'Một ô có giá trị quá dài.', en: 'A field is too long.' },
  FIELD_UNREADABLE: { vi: 'Không đọc được một ô.', en: 'A field cannot be read.' },
  AMOUNT_AMBIGUOUS: {
    vi: 'Số tiền viết không rõ: dấu chấm có thể là dấu hàng nghìn.',
    en: 'The amount is ambiguous: its dots may group thousands.',
  },
  AMOUNT_NOT_WHOLE: { vi: 'Số tiền không phải số nguyên đồng.', en: 'The amount is not whole đồng.' },
  AMOUNT_OUT_OF_RANGE: { vi: 'Số tiền bằng 0, âm hoặc quá lớn.', en: 'The amount is zero, negative or too large.' },
  CHANNEL_GONE: { vi: 'Kênh nhận tin báo này không còn.', en: 'The channel of this call is gone.' },
  CALL_UNREADABLE: { vi: 'Không đọc được tin báo.', en: 'The call cannot be read.' },
  WORKER_DIED: {
    vi: 'Tiến trình xử lý bị dừng giữa chừng nhiều lần.',
    en: 'The process that worked on it stopped again and again.',
  },
  DATABASE_REFUSED: { vi: 'Cơ sở dữ liệu từ chối ghi tin báo này.', en: 'The database refused to write this call.' },
  ASSUMPTION_BROKEN: {
    vi: 'Sổ sách không như phần mềm chờ đợi nên tin báo chưa được ghi.',
    en: 'The books were not as the service expects, so it was not posted.',
  },
  UNEXPECTED: { vi: 'Gặp lỗi ngoài dự kiến khi xử lý.', en: 'An unexpected error.' },
}

const CANDIDATES: Readonly<Record<CandidateReason, Words>> = {
  NAMED_CODE: { vi: 'Đúng mã', en: 'Code' },
  STUDENT_CODE_IN_CONTENT: { vi: 'Mã học sinh trong nội dung', en: 'Student code' },
  NEAR_CODE: { vi: 'Mã gần giống', en: 'Near code' },
  NAME_IN_CONTENT: { vi: 'Họ tên trong nội dung', en: 'Full name' },
  PAYER_BEFORE: { vi: 'Người này từng nộp', en: 'Paid before' },
  FAMILY_AMOUNT: { vi: 'Bằng tổng cả gia đình', en: 'Sum of the family' },
  CALLED_IN_CONTENT: { vi: 'Tên gọi trong nội dung', en: 'First name' },
  SIBLING: { vi: 'Anh chị em', en: 'Sibling' },
  CLASS_IN_CONTENT: { vi: 'Đúng lớp', en: 'Class' },
  SAME_AMOUNT: { vi: 'Đúng số tiền', en: 'Same amount' },
}

const RESOLUTIONS: Readonly<Record<Resolution, Words>> = {
  ASSIGNED: { vi: 'Đã gán', en: 'Assigned' },
  NOT_OURS: { vi: 'Không thuộc khoản thu', en: 'Not ours' },
  COPY: { vi: 'Bản báo trùng', en: 'A copy' },
  POSTED: { vi: 'Đã ghi sổ', en: 'Posted' },
  JOINED: { vi: 'Đã ghép vào giao dịch', en: 'Joined' },
  REPEATS: { vi: 'Chuyển sang nghi trùng', en: 'Now a possible repeat' },
  REJECTED: { vi: 'Đã bác', en: 'Rejected' },
  RETRIED: { vi: 'Đã thử lại', en: 'Tried again' },
  SET_ASIDE: { vi: 'Để riêng', en: 'Set aside' },
  KEPT_AS_CREDIT: { vi: 'Giữ cho kỳ sau', en: 'Kept as credit' },
  USED_FOR_BILLS: { vi: 'Dùng cho năm học mới', en: 'Used for the new year' },
  AWAITING_REFUND: { vi: 'Chờ hoàn tiền', en: 'Awaiting refund' },
  REFUNDED: { vi: 'Đã hoàn tiền', en: 'Refunded' },
  CLOSED: { vi: 'Đã ghi nhận', en: 'Noted' },
  UNDONE: { vi: 'Đã hoàn tác', en: 'Undone' },
  CONFIRMED: { vi: 'Ngân hàng đã xác nhận', en: 'Confirmed by the bank' },
  MONEY_IN_ARRIVED: { vi: 'Tiền vào đã đến', en: 'Its money in arrived' },
  TAKEN_BACK: { vi: 'Ngân hàng đã lấy lại', en: 'Taken back by the bank' },
}

const ACTS: Readonly<Record<ReviewAct, Words>> = {
  assign: { vi: 'Gán tiền', en: 'Assigned' },
  not_ours: { vi: 'Đánh dấu không thuộc khoản thu', en: 'Marked as not ours' },
  repeat: { vi: 'Xét nghi trùng', en: 'Decided a repeat' },
  event: { vi: 'Xét tin báo', en: 'Decided an event' },
  callback: { vi: 'Xử lý tin báo lỗi', en: 'Decided a call' },
  credit: { vi: 'Xét tiền thừa', en: 'Decided a credit' },
  refund: { vi: 'Ghép với khoản chờ hoàn', en: 'Paired with a refund' },
  close: { vi: 'Ghi nhận', en: 'Noted' },
  reopen: { vi: 'Mở lại', en: 'Opened again' },
  undo: { vi: 'Hoàn tác', en: 'Undone' },
}

export function reasonText(reason: string, lang: Lang): { short: string; why: string } {
  const words = find(REASONS, reason)
  return words ? { short: words.short[lang], why: words.why[lang] } : { short: reason, why: reason }
}

export function faultText(code: FaultCode, lang: Lang): string {
  return FAULTS[code][lang]
}

export function candidateText(reason: CandidateReason, lang: Lang): string {
  return CANDIDATES[reason][lang]
}

export function resolutionText(resolution: string | null, lang: Lang): string {
  return resolution === null ? '' : find(RESOLUTIONS, resolution)?.[lang] ?? resolution
}

export function actText(act: string, lang: Lang): string {
  return find(ACTS, act)?.[lang] ?? act
}

function find<Value>(words: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined
}
