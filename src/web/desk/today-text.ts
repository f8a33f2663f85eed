// The sentences of the first page of the desk.
import { wholeText } from '../format.js'
import { catalogue } from '../text.js'

export const todayText = catalogue({
  today: { vi: 'Hôm nay', en: 'Today' },
  next: { vi: 'Việc cần làm', en: 'What to do next' },
  reviews: { vi: (count: number) => `${wholeText(count)} khoản tiền chờ xét duyệt.`, en: (count: number) => `${wholeText(count)} items wait for review.` },
  toReview: { vi: 'Mở hộp xét duyệt', en: 'Open the review queue' },
  roundWithoutBills: {
    vi: (name: string) => `Đợt thu "${name}" chưa phát hành thông báo thu.`,
    en: (name: string) => `The round "${name}" has no bills yet.`,
  },
  toIssue: { vi: 'Xem trước và phát hành', en: 'Preview and issue' },
  noRound: { vi: 'Không có đợt thu nào đang mở.', en: 'No round is open.' },
  toRounds: { vi: 'Mở đợt thu mới', en: 'Open a new round' },
  allDone: { vi: 'Không có việc gì đang chờ. Tiền chuyển đến được ghi tự động.', en: 'Nothing is waiting. Money that arrives is booked by itself.' },
  toBills: { vi: 'Xem thông báo thu còn phải nộp', en: 'See bills that are open' },

  received: { vi: 'Nhận hôm nay', en: 'Received today' },
  day: { vi: 'Ngày', en: 'Day' },
  transferCount: { vi: 'Số khoản', en: 'Transfers' },
  transfers: { vi: (count: number) => `${wholeText(count)} khoản`, en: (count: number) => `${wholeText(count)} transfers` },
  settledAlone: { vi: 'Tự gạch nợ', en: 'Settled by itself' },
  waiting: { vi: 'Chờ xét duyệt', en: 'Waiting for review' },
  lastCall: { vi: 'Tin gần nhất từ ngân hàng', en: 'Last message of the bank' },
  never: { vi: 'Chưa có', en: 'None yet' },
  noChannel: { vi: 'Chưa kết nối kênh báo tiền.', en: 'No channel is connected.' },
  connect: { vi: 'Kết nối', en: 'Connect' },

  round: { vi: 'Đợt thu đang mở', en: 'The round that is open' },
  dueOn: { vi: 'Hạn nộp', en: 'Due on' },
  cash: { vi: 'Tiền mặt hôm nay', en: 'Cash of today' },
  receipts: { vi: 'Phiếu thu', en: 'Receipts' },
  taken: { vi: 'Đã thu', en: 'Taken' },
  toCash: { vi: 'Xem phiếu thu tiền mặt', en: 'See the cash receipts' },

  setup: { vi: 'Bắt đầu', en: 'Getting started' },
  setupNote: { vi: 'Sáu bước để phụ huynh quét mã và tiền tự được gạch nợ.', en: 'Six steps until parents scan and money settles by itself.' },
  stepStudents: { vi: 'Nhập danh sách học sinh', en: 'Import the students' },
  stepAccount: { vi: 'Đăng ký tài khoản ngân hàng của trường', en: 'Register the school\'s bank account' },
  stepChannel: { vi: 'Kết nối kênh báo tiền', en: 'Connect a channel' },
  stepFees: { vi: 'Tạo các khoản thu', en: 'Add the fees' },
  stepRound: { vi: 'Mở đợt thu và nhập mức thu', en: 'Open a round and enter its fees' },
  stepBills: { vi: 'Phát hành thông báo thu', en: 'Issue the bills' },
  do: { vi: 'Làm bước này', en: 'Do this' },
  done: { vi: 'Xong', en: 'Done' },
  later: { vi: 'Chưa làm', en: 'Not yet' },
})
