import { catalogue } from '../text.js'

export const transactionsText = catalogue({
  title: { vi: 'Giao dịch ngân hàng', en: 'Bank transfers' },
  one: { vi: 'Giao dịch', en: 'Transfer' },
  filter: { vi: 'Lọc', en: 'Filter' },
  account: { vi: 'Tài khoản', en: 'Account' },
  allAccounts: { vi: 'Mọi tài khoản', en: 'All accounts' },
  from: { vi: 'Từ ngày', en: 'From' },
  to: { vi: 'Đến ngày', en: 'To' },
  state: { vi: 'Tiền đang ở', en: 'Where the money is' },
  anyState: { vi: 'Bất kỳ', en: 'Anywhere' },
  direction: { vi: 'Chiều', en: 'Direction' },
  bothWays: { vi: 'Vào và ra', en: 'In and out' },
  in: { vi: 'Tiền vào', en: 'In' },
  out: { vi: 'Tiền ra', en: 'Out' },
  show: { vi: 'Xem', en: 'Show' },
  day: { vi: 'Ngày', en: 'Day' },
  amount: { vi: 'Số tiền', en: 'Amount' },
  content: { vi: 'Nội dung và người chuyển', en: 'Content and payer' },
  memo: { vi: 'Nội dung', en: 'Content' },
  payer: { vi: 'Người chuyển', en: 'Payer' },
  payerAccount: { vi: 'Tài khoản người chuyển', en: 'Payer\'s account' },
  reference: { vi: 'Mã tham chiếu', en: 'Reference' },
  time: { vi: 'Thời điểm', en: 'Time' },
  occurrence: { vi: 'Lần thứ', en: 'Occurrence' },
  noMemo: { vi: '(không có nội dung)', en: '(no content)' },
  empty: { vi: 'Không có giao dịch nào phù hợp.', en: 'No transfer fits.' },
  more: { vi: 'Trang sau', en: 'Next page' },
  back: { vi: 'Giao dịch ngân hàng', en: 'Bank transfers' },
  unallocated: { vi: 'Tiền treo', en: 'In suspense' },
  allocated: { vi: 'Đã trả thông báo thu', en: 'On bills' },
  credited: { vi: 'Tiền thừa của học sinh', en: 'In credit' },
  refunded: { vi: 'Đã hoàn', en: 'Refunded' },
  reversed: { vi: 'Ngân hàng lấy lại', en: 'Taken back' },
  settled: { vi: 'Đã có chỗ', en: 'Placed' },
  where: { vi: 'Tiền đang ở đâu', en: 'Where the money is' },
  facts: { vi: 'Ngân hàng báo', en: 'What the bank said' },
  steps: { vi: 'Đường đi của tiền', en: 'What happened to it' },
  noSteps: { vi: 'Chưa có bút toán nào.', en: 'There is no entry yet.' },
  decisions: { vi: 'Quyết định', en: 'Decisions' },
  reviews: { vi: 'Xét duyệt', en: 'Review items' },
  open: { vi: 'Đang chờ', en: 'Waiting' },
  resolved: { vi: 'Đã xử lý', en: 'Resolved' },
  toldBy: { vi: 'Nguồn báo', en: 'Told by' },
  toldCount: {
    vi: (events: number, copies: number) => `${events} tin báo${copies > 0 ? `, ${copies} bản trùng` : ''}`,
    en: (events: number, copies: number) => `${events} event(s)${copies > 0 ? `, ${copies} copied` : ''}`,
  },
  when: { vi: 'Lúc', en: 'At' },
  who: { vi: 'Người thực hiện', en: 'By' },
  what: { vi: 'Quyết định', en: 'Decision' },
  entry: { vi: 'Bút toán', en: 'Entry' },
  countedDay: { vi: 'Tính vào ngày', en: 'Counted on' },
  place: { vi: 'Chuyển đến', en: 'To' },
  note: { vi: 'Ghi chú', en: 'Note' },
  countedOn: { vi: (day: string) => `tính vào ngày ${day}`, en: (day: string) => `counted on ${day}` },
  undo: { vi: 'Hoàn tác', en: 'Undo' },
  undoTitle: { vi: 'Hoàn tác giao dịch này', en: 'Undo this transfer' },
  undoHint: {
    vi: 'Tiền rời các thông báo thu và tiền thừa, trở về tiền treo bằng bút toán đảo, rồi chờ gán lại. Không có gì bị xóa.',
    en: 'The money leaves the bills and credits and returns to suspense by reversal, to be assigned again. Nothing is deleted.',
  },
  undoConfirm: {
    vi: 'Đưa toàn bộ số tiền này trở về tiền treo?',
    en: 'Take all of this money back into suspense?',
  },
  noteNeeded: { vi: 'Cần ghi chú ít nhất 3 ký tự.', en: 'A note of at least 3 characters is needed.' },
  undone: { vi: 'Đã hoàn tác. Tiền đang ở tiền treo và chờ gán lại.', en: 'Undone. The money is in suspense and waits.' },
  assign: { vi: 'Gán tiền', en: 'Assign' },
  rule: { vi: (version: number) => `Quy tắc tự động, bản ${version}`, en: (version: number) => `Automatic rule, version ${version}` },
  reversesOther: { vi: 'Lấy lại giao dịch', en: 'Takes back' },
})

type Texts = (typeof transactionsText)['vi']

/** Kind of a ledger entry as an accountant reads it. */
export const entryText = catalogue({
  money_in: { vi: 'Tiền vào tài khoản', en: 'Money came in' },
  money_out: { vi: 'Tiền ra khỏi tài khoản', en: 'Money went out' },
  allocation: { vi: 'Gán cho thông báo thu', en: 'Assigned to bills' },
  deallocation: { vi: 'Gỡ khỏi thông báo thu', en: 'Taken off bills' },
  credit_applied: { vi: 'Tiền thừa trả thông báo thu', en: 'Credit paid a bill' },
  credit_held: { vi: 'Giữ làm tiền thừa', en: 'Held as credit' },
  reversal: { vi: 'Ngân hàng lấy lại', en: 'Taken back by the bank' },
  refund: { vi: 'Hoàn tiền', en: 'Refund' },
  account_transfer: { vi: 'Chuyển giữa hai tài khoản của trường', en: 'Between two accounts of the school' },
})

/** Outcome of a matching decision. */
export const outcomeText = catalogue({
  SETTLED: { vi: 'Khớp đủ thông báo thu', en: 'Settled a bill' },
  PART_PAID: { vi: 'Trả một phần', en: 'Paid in part' },
  OVERPAID: { vi: 'Trả thừa, phần dư là tiền thừa', en: 'Overpaid; the surplus is credit' },
  POSSIBLE_DOUBLE_PAYMENT: { vi: 'Có thể trả hai lần', en: 'Possibly paid twice' },
  SPLIT: { vi: 'Chia cho nhiều thông báo thu', en: 'Split over several bills' },
  STUDENT_CODE: { vi: 'Theo mã học sinh', en: 'By the student\'s code' },
  FAMILY_CODE: { vi: 'Theo mã gia đình', en: 'By the family\'s code' },
  WITHDRAWN_INVOICE: { vi: 'Thông báo thu đã hủy', en: 'The bill was withdrawn' },
  SUSPENSE: { vi: 'Không đủ chắc chắn: vào tiền treo', en: 'Not certain: into suspense' },
})

/** The text of a key that the database gave; the key itself when there is none. */
export function wordOf(words: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(words, key) ? words[key] ?? key : key
}

export function stateText(t: Texts, state: 'unallocated' | 'allocated' | 'credited' | 'refunded' | 'reversed'): string {
  return t[state]
}
