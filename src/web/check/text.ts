// What the check page says. Calm and plain: "do not pay" never accuses anybody, and always says what to do. Pure.
import { catalogue } from '../text.js'

export const text = catalogue({
  title: { vi: 'Có đúng là của trường không?', en: 'Is it really the school’s?' },
  intro: {
    vi: 'Kiểm tra một mã QR, mã thanh toán hoặc số tài khoản trước khi chuyển tiền. Không cần đăng nhập, trang này không lưu gì.',
    en: 'Check a QR, a payment code or an account number before you pay. No sign-in; nothing is kept.',
  },
  asked: { vi: 'Nội dung mã QR, mã thanh toán (ZF…) hoặc số tài khoản', en: 'Text of the QR, payment code (ZF…) or account number' },
  accountAsked: { vi: 'Số tài khoản nhận ghi trên giấy hoặc tin nhắn', en: 'The account number on the paper or in the message' },
  amount: { vi: 'Số tiền được yêu cầu (nếu có)', en: 'The amount that is asked for (if any)' },
  photo: { vi: 'Hoặc ảnh chụp mã QR', en: 'Or a photograph of the QR' },
  photoHint: { vi: 'Ảnh JPEG hoặc PNG, tối đa 8 MB.', en: 'JPEG or PNG, at most 8 MB.' },
  send: { vi: 'Kiểm tra', en: 'Check' },
  again: { vi: 'Kiểm tra cái khác', en: 'Check something else' },

  empty: { vi: 'Hãy dán nội dung, nhập mã hoặc số tài khoản, hoặc chọn một ảnh.', en: 'Paste a text, type a code or an account, or choose a picture.' },
  damagedCode: {
    vi: 'Mã thanh toán này bị gõ sai một vài ký tự. Hãy chép lại từ thông báo thu.',
    en: 'This payment code is mistyped. Copy it again from the bill.',
  },
  notUnderstood: {
    vi: 'Đây không phải nội dung mã QR, mã thanh toán hay số tài khoản. Hãy nhập lại.',
    en: 'This is no QR text, payment code or account number. Type it again.',
  },
  amountUnreadable: {
    vi: 'Hãy ghi số tiền bằng chữ số, không có số lẻ, ví dụ 430.000 hoặc 430000.',
    en: 'Write the amount in digits without decimals, for example 430.000 or 430000.',
  },
  accountUnreadable: {
    vi: 'Hãy ghi số tài khoản như trên giấy: từ 6 đến 19 chữ số hoặc chữ cái.',
    en: 'Write the account number as on the paper: 6 to 19 digits or letters.',
  },
  severalCodes: {
    vi: 'Có nhiều mã cùng lúc. Hãy kiểm tra từng mã một.', en: 'There are several codes. Check them one by one.',
  },
  noQrInPhoto: {
    vi: 'Không tìm thấy mã QR trong ảnh. Hãy chụp gần, thẳng và đủ sáng, hoặc nhập số tài khoản.',
    en: 'No QR was found in the picture. Take it close, straight and in good light, or type the account number.',
  },
  notAnImage: { vi: 'Tệp này không phải ảnh JPEG hoặc PNG đọc được.', en: 'This file is no readable JPEG or PNG.' },
  photoTooLarge: { vi: 'Ảnh quá lớn. Hãy chụp màn hình hoặc thu nhỏ rồi thử lại.', en: 'The picture is too large. Make it smaller and try again.' },
  photoTooSlow: { vi: 'Ảnh này khó đọc quá. Hãy chụp lại gần hơn, chỉ có mã QR.', en: 'This picture is too hard to read. Take it closer, with the QR alone.' },
  busy: {
    vi: 'Đang có nhiều ảnh chờ đọc. Hãy thử lại sau ít giây, hoặc nhập số tài khoản.',
    en: 'Many pictures are waiting. Try again in a few seconds, or type the account number.',
  },

  doNotPay: { vi: 'Không chuyển tiền', en: 'Do not pay' },
  unknownAccount: {
    vi: 'Tài khoản này không được trường nào đăng ký trong hệ thống.', en: 'No school has registered this account.',
  },
  closedAccount: {
    vi: 'Tài khoản này của trường đã đóng hoặc đã được thay bằng tài khoản khác.',
    en: 'The school closed this account or replaced it by another.',
  },
  unknownCode: { vi: 'Mã thanh toán này không có trong hệ thống.', en: 'This payment code does not exist.' },
  schoolsDiffer: {
    vi: 'Tài khoản và mã thanh toán thuộc hai trường khác nhau.', en: 'The account and the payment code belong to two different schools.',
  },
  otherAccount: {
    vi: 'Thông báo thu này nộp vào một tài khoản khác của trường.', en: 'This bill is paid into another account of the school.',
  },
  accountsDiffer: {
    vi: 'Số tài khoản trong mã QR khác với số ghi trên giấy.',
    en: 'The account in the QR is another one than on the paper.',
  },
  amountsDiffer: {
    vi: 'Số tiền trong mã QR khác với số tiền ghi trên giấy.',
    en: 'The amount in the QR is another one than on the paper.',
  },
  billsDiffer: {
    vi: 'Đường dẫn và mã thanh toán không thuộc cùng một thông báo thu.',
    en: 'The link and the payment code do not belong to one bill.',
  },
  noAccount: {
    vi: 'Tài khoản nhận của thông báo thu này đã đóng và nhà trường chưa khai tài khoản mới.',
    en: 'The account of this bill was closed and the school has not named a new one.',
  },
  onlyHere: {
    vi: (count: number) => count === 1
      ? 'Thông báo thu này chỉ chuyển vào đúng một tài khoản dưới đây.'
      : `Chỉ chuyển vào một trong ${count} tài khoản dưới đây của trường.`,
    en: (count: number) => count === 1
      ? 'This is paid into the one account below, and into no other.'
      : `This is paid into one of the ${count} accounts below, and into no other.`,
  },
  unknownLink: { vi: 'Đường dẫn này không dẫn tới thông báo thu nào.', en: 'This link leads to no bill.' },
  webAddress: {
    vi: 'Mã này mở một trang web, không phải mã chuyển khoản. Xin đừng mở và đừng điền gì vào đó.',
    en: 'This opens a web page; it is no transfer. Do not open it and fill nothing in.',
  },
  notATransfer: { vi: 'Mã này không phải mã chuyển khoản tới một tài khoản ngân hàng.', en: 'This is no QR of a transfer to a bank account.' },
  brokenQr: { vi: 'Mã QR này bị hỏng hoặc đã bị sửa.', en: 'This QR is damaged or was changed.' },
  whatToDo: { vi: 'Nên làm gì?', en: 'What to do' },
  adviceBill: {
    vi: 'Mở lại thông báo thu từ đường dẫn hoặc tờ phiếu mà nhà trường đã phát.',
    en: 'Open the bill again by the link or the slip that the school handed out.',
  },
  adviceAsk: {
    vi: 'Hỏi trực tiếp kế toán hoặc giáo viên chủ nhiệm, không gọi số do người gửi mã đưa.',
    en: 'Ask the accountant or the class teacher in person; do not call a number that came with the code.',
  },
  advicePaid: {
    vi: 'Nếu đã lỡ chuyển: gọi ngay tổng đài ngân hàng của bạn và báo công an.',
    en: 'If you paid already: call your bank’s hotline at once and tell the police.',
  },

  good: { vi: 'Đúng là của trường', en: 'It is the school’s' },
  goodAccount: {
    vi: (bank: string, holder: string) => `Trường đăng ký số tài khoản này tại ${bank}, chủ tài khoản ${holder}. ` +
      'Ngân hàng khác hoặc tên khác là không đúng.',
    en: (bank: string, holder: string) => `The school registered this account at ${bank} in the name of ${holder}. ` +
      'At another bank or in another name it is not the school’s.',
  },
  goodOpen: { vi: 'Thông báo thu đang chờ nộp.', en: 'The bill is open.' },
  goodFits: { vi: 'Số tiền khớp với thông báo thu.', en: 'The amount fits the bill.' },
  noCode: {
    vi: 'Không có mã thanh toán trong nội dung: hãy chép mã ZF… từ thông báo thu vào, để tiền đến đúng học sinh.',
    en: 'There is no payment code in the content: copy the ZF… code from the bill, so that the money finds the student.',
  },
  paid: { vi: 'Đã nộp đủ, không cần chuyển nữa', en: 'Paid in full: do not pay again' },
  paidBody: { vi: 'Nhà trường đã nhận đủ tiền của thông báo thu này.', en: 'The school has received all of this bill.' },
  replaced: { vi: 'Bản cũ, đã có bản mới thay', en: 'An old bill: a new one replaced it' },
  replacedBody: {
    vi: 'Hãy mở bản mới từ đường dẫn của thông báo thu để có số tiền đúng.', en: 'Open the new one by the link of the bill: its amount is right.',
  },
  cancelled: { vi: 'Thông báo thu này đã được nhà trường huỷ.', en: 'The school cancelled this bill.' },
  amountWrong: {
    vi: 'Số tiền không khớp với thông báo thu. Số tiền đúng nằm trên trang thông báo thu.',
    en: 'The amount does not fit the bill. The right amount stands on the page of the bill.',
  },

  accountMissing: { vi: (school: string) => `Mã của ${school}, chưa rõ tài khoản`, en: (school: string) => `A code of ${school}: the account is not known yet` },
  accountMissingBody: {
    vi: 'Chưa chuyển tiền: mã thật vẫn có thể in bên cạnh số tài khoản của kẻ gian.',
    en: 'Do not pay yet: a real code can be printed beside the account of a thief.',
  },
  accountMissingAsk: { vi: 'Tài khoản trên giấy ghi số mấy?', en: 'Which account number is on the paper?' },
  bankMissing: { vi: 'Số tài khoản này có ở nhiều ngân hàng', en: 'Several banks have an account with this number' },
  bankMissingBody: {
    vi: 'Chưa chuyển tiền: chỉ đúng khi ngân hàng và chủ tài khoản cũng đúng như dưới đây.',
    en: 'Do not pay yet: it is right only when the bank and the holder are those below, too.',
  },
  bankMissingAsk: { vi: 'Trên giấy ghi ngân hàng nào?', en: 'Which bank is on the paper?' },
  anotherBank: { vi: 'Ngân hàng khác', en: 'Another bank' },
  amountUnchecked: { vi: 'Tài khoản là của trường, số tiền chưa kiểm tra được', en: 'The account is the school’s; the amount could not be checked' },
  amountUncheckedBody: {
    vi: 'Số tiền chỉ so được khi có mã thanh toán của thông báo thu.',
    en: 'An amount can be compared only with the payment code of the bill.',
  },
  codeAsk: { vi: 'Mã thanh toán trên giấy (ZF…)', en: 'The payment code on the paper (ZF…)' },
  school: { vi: 'Trường', en: 'School' },
  authority: { vi: 'Trực thuộc', en: 'Under' },
  bank: { vi: 'Ngân hàng', en: 'Bank' },
  account: { vi: 'Số tài khoản', en: 'Account' },
  holder: { vi: 'Chủ tài khoản', en: 'Account holder' },
  compare: {
    vi: 'So lại tên trường và số tài khoản với màn hình xác nhận của ngân hàng trước khi chuyển.',
    en: 'Compare the school and the account with your bank’s confirmation before you pay.',
  },
  neverAsked: {
    vi: 'Nhà trường không bao giờ hỏi mã OTP, số thẻ hay mật khẩu.', en: 'The school never asks for an OTP, a card or a password.',
  },
})
