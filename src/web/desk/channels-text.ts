// The sentences of the pages of bank accounts and their channels.
import type { ChannelHealth } from '../../banking/channel-health.js'
import { wholeText } from '../format.js'
import { catalogue } from '../text.js'
import type { Lang } from '../text.js'

export const channelsText = catalogue({
  banks: { vi: 'Tài khoản ngân hàng', en: 'Bank accounts' },
  none: {
    vi: 'Chưa có tài khoản nào. Đăng ký tài khoản nhận tiền của trường ở khung bên dưới.',
    en: 'No account yet. Register the school\'s account below.',
  },
  holder: { vi: 'Chủ tài khoản', en: 'Holder' },
  number: { vi: 'Số tài khoản', en: 'Account number' },
  bank: { vi: 'Ngân hàng', en: 'Bank' },
  closedAccount: { vi: 'Đã ngừng', en: 'Closed' },
  noChannel: {
    vi: 'Chưa có kênh: hệ thống chưa biết khi nào tiền đến tài khoản này.',
    en: 'No channel: the service cannot know when money arrives on this account.',
  },
  setUp: { vi: 'Kết nối kênh báo tiền', en: 'Connect a channel' },
  open: { vi: 'Xem và kiểm tra kênh', en: 'Open the channel' },
  lastCall: { vi: 'Tin gần nhất', en: 'Last message' },
  lastTest: { vi: 'Cuộc gọi thử gần nhất', en: 'Last test call' },
  never: { vi: 'Chưa có', en: 'None yet' },
  waiting: { vi: 'Đang chờ ghi sổ', en: 'Waiting to be posted' },
  reviews: { vi: 'Chờ xét duyệt', en: 'Waiting for review' },
  memoWord: { vi: 'Từ đặt trước mã thanh toán', en: 'Word before the payment code' },
  noMemoWord: { vi: 'Không có', en: 'None' },
  items: { vi: (count: number) => `${wholeText(count)} khoản`, en: (count: number) => `${wholeText(count)} items` },
  messages: { vi: (count: number) => `${wholeText(count)} tin`, en: (count: number) => `${wholeText(count)} messages` },

  register: { vi: 'Đăng ký tài khoản', en: 'Register an account' },
  numberHint: { vi: '6 đến 19 chữ số hoặc chữ cái, không dấu cách.', en: '6 to 19 digits or letters, no spaces.' },
  numberFault: { vi: 'Số tài khoản gồm 6 đến 19 chữ số hoặc chữ cái.', en: 'The number has 6 to 19 digits or letters.' },
  holderHint: { vi: 'Đúng như ngân hàng ghi, thường là chữ hoa không dấu.', en: 'As the bank has it, usually capitals without accents.' },
  holderFault: { vi: 'Hãy nhập tên chủ tài khoản (tối đa 140 ký tự).', en: 'Enter the holder (140 characters at most).' },
  chooseBank: { vi: '– chọn ngân hàng –', en: '– choose a bank –' },
  bankFault: { vi: 'Hãy chọn ngân hàng.', en: 'Choose the bank.' },
  replaces: { vi: 'Thay cho tài khoản', en: 'Replaces' },
  replacesNone: { vi: 'Không thay tài khoản nào', en: 'None' },
  replacesHint: {
    vi: 'Tài khoản cũ ngừng dùng; tiền vẫn chuyển vào tài khoản cũ vẫn được ghi cho thông báo thu của tài khoản mới.',
    en: 'The old account is closed; money that still comes to it pays bills of the new one.',
  },
  registered: { vi: 'Đã đăng ký tài khoản. Bước tiếp theo: kết nối kênh báo tiền.', en: 'The account is registered. Next: connect a channel.' },
  numberTaken: { vi: 'Tài khoản này đã được đăng ký, ở trường này hoặc trường khác.', en: 'This account is registered already, here or by another school.' },

  provider: { vi: 'Nhà cung cấp', en: 'Provider' },
  mode: { vi: 'Cách xác thực (chỉ SePay)', en: 'Authentication (SePay only)' },
  modeHmac: { vi: 'Chữ ký HMAC-SHA256 (nên dùng)', en: 'HMAC-SHA256 signature (recommended)' },
  modeApikey: { vi: 'API Key', en: 'API key' },
  secret: { vi: 'Khóa bí mật', en: 'Secret' },
  secretHint: {
    vi: 'Để trống để hệ thống tạo khóa (SePay, Casso, VietQR.vn). payOS: dán checksum key của kênh thanh toán. VietQR.vn: dạng tên:mật khẩu.',
    en: 'Leave it empty to have one made (SePay, Casso, VietQR.vn). payOS: paste the checksum key. VietQR.vn: user:password.',
  },
  secretFault: { vi: 'payOS tự tạo khóa: hãy dán checksum key vào đây.', en: 'payOS makes the key itself: paste its checksum key here.' },
  secretInvalid: {
    vi: 'Khóa phải có ít nhất 8 ký tự, là chữ không dấu, không có dấu cách ở đầu và cuối; VietQR.vn cần dạng tên:mật khẩu.',
    en: 'The secret must have at least 8 plain characters without spaces around them; VietQR.vn needs user:password.',
  },
  memoWordHint: {
    vi: 'Chỉ khi nhà cung cấp yêu cầu, ví dụ SEVQR. Tối đa 12 chữ hoa và số; để trống nếu không có.',
    en: 'Only where the provider wants one, such as SEVQR. 12 capitals and digits at most; empty otherwise.',
  },
  memoWordFault: { vi: 'Từ này gồm tối đa 12 chữ hoa, số và không chứa ZF.', en: 'At most 12 capitals and digits, without ZF.' },
  connect: { vi: 'Tạo kênh', en: 'Make the channel' },
  channelExists: { vi: 'Tài khoản đã có một kênh đang dùng. Đóng kênh đó trước.', en: 'The account has an active channel. Close it first.' },

  secretOnce: { vi: 'Khóa bí mật: chỉ hiện một lần', en: 'The secret: shown only this once' },
  secretOnceNote: {
    vi: 'Chép ngay vào trang của nhà cung cấp. Sau khi rời trang này, khóa không bao giờ hiện lại; nếu mất, hãy đổi khóa.',
    en: 'Copy it to the provider now. It is never shown again; if it is lost, change it.',
  },
  secretMasked: { vi: '•••••••• (đã lưu, không hiện lại)', en: '•••••••• (kept, never shown again)' },
  goOn: { vi: 'Đã chép, đến bước kết nối', en: 'Copied, go on' },
  copy: { vi: 'Sao chép', en: 'Copy' },
  steps: { vi: 'Các bước ở trang của nhà cung cấp', en: 'What to do at the provider' },
  paste: { vi: 'Nội dung cần dán', en: 'What to paste' },
  headers: { vi: 'Xác thực đi kèm mỗi cuộc gọi', en: 'Proof that comes with each call' },
  state: { vi: 'Tình trạng', en: 'State' },
  testTitle: { vi: 'Kiểm tra', en: 'Test' },
  selfTest: { vi: 'Tự kiểm tra', en: 'Test it here' },
  selfTestNote: {
    vi: 'Gửi một tin thử có chữ ký đúng qua chính địa chỉ này trong hệ thống. Không ghi sổ gì.',
    en: 'Sends a correctly signed test message through this very address inside the service. It books nothing.',
  },
  selfTestPassed: {
    vi: 'Tự kiểm tra đạt: khóa đúng, tin thử được nhận và trả lời đúng. Chưa có khoản tiền nào được ghi.',
    en: 'The test passed: the secret is right, the message was taken and answered. Nothing was booked.',
  },
  selfTestFailed: {
    vi: (status: string) => `Tự kiểm tra không đạt (mã ${status}). Hãy thử đổi khóa; nếu vẫn không được, báo người quản trị.`,
    en: (status: string) => `The test failed (${status}). Change the secret; if it still fails tell the administrator.`,
  },
  liveNote: { vi: 'Trang này tự cập nhật khi cuộc gọi thử đến.', en: 'This page updates itself when the test call arrives.' },
  reload: { vi: 'Tải lại', en: 'Reload' },
  rotate: { vi: 'Đổi khóa bí mật', en: 'Change the secret' },
  rotateHint: {
    vi: 'Khóa cũ vẫn dùng được thêm 48 giờ. Để trống để hệ thống tạo khóa mới.',
    en: 'The old one stays good for 48 hours. Leave it empty to have one made.',
  },
  rotated: { vi: 'Đã đổi khóa.', en: 'The secret was changed.' },
  previousUntil: { vi: 'Khóa cũ còn dùng đến', en: 'The old secret is good until' },
  closing: { vi: 'Đóng kênh', en: 'Close the channel' },
  closeNote: {
    vi: 'Tin đến muộn vẫn được nhận. Sau khi đóng có thể tạo kênh khác cho tài khoản này.',
    en: 'Late messages are still taken. Another channel can be made for this account afterwards.',
  },
  closeConfirm: { vi: 'Đóng kênh báo tiền này?', en: 'Close this channel?' },
  closed: { vi: 'Đã đóng kênh.', en: 'The channel is closed.' },
  connected: { vi: 'Đã tạo kênh. Làm theo các bước bên dưới.', en: 'The channel is made. Follow the steps below.' },
})

/** One or two words for a badge, and a sentence that says what to do. */
export function healthText(health: ChannelHealth, lang: Lang): { word: string; sentence: string } {
  return HEALTH[health][lang]
}

const HEALTH: Readonly<Record<ChannelHealth, Record<Lang, { word: string; sentence: string }>>> = {
  live: {
    vi: { word: 'Hoạt động', sentence: 'Ngân hàng báo tin bình thường.' },
    en: { word: 'Live', sentence: 'The bank reports as it should.' },
  },
  tested: {
    vi: { word: 'Đã gọi thử', sentence: 'Cuộc gọi thử đã đến; chưa có khoản tiền nào.' },
    en: { word: 'Tested', sentence: 'The test call arrived; no payment yet.' },
  },
  untested: {
    vi: { word: 'Chưa kết nối', sentence: 'Chưa nhận được tin nào. Hãy hoàn tất các bước kết nối và gọi thử.' },
    en: { word: 'Not connected', sentence: 'Nothing has arrived yet. Finish the set-up and send a test call.' },
  },
  quiet: {
    vi: { word: 'Im lặng', sentence: 'Hơn 7 ngày không có tin nào. Nếu vẫn có phụ huynh nộp, hãy kiểm tra ở nhà cung cấp.' },
    en: { word: 'Quiet', sentence: 'No message for more than 7 days. If parents do pay, check at the provider.' },
  },
  late: {
    vi: { word: 'Chậm', sentence: 'Có tin đã nhận nhưng chưa ghi sổ quá một phút. Tiền không mất; hãy báo người quản trị nếu kéo dài.' },
    en: { word: 'Late', sentence: 'Messages wait longer than a minute to be posted. Nothing is lost; tell the administrator if it lasts.' },
  },
  closed: {
    vi: { word: 'Đã đóng', sentence: 'Kênh đã đóng; tin đến muộn vẫn được nhận.' },
    en: { word: 'Closed', sentence: 'The channel is closed; late messages are still taken.' },
  },
}
