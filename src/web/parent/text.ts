// What the parent's page says. It is read by people who may be told by a stranger what "the school" wants: it never
// asks for anything but a look, and it never says that a bill has run out, only that its day has passed. Pure.
import type { FeeGroup } from '../../ledger/account.js'
import { catalogue } from '../text.js'
import type { Lang } from '../text.js'

export const text = catalogue({
  title: { vi: (round: string) => `Thông báo thu: ${round}`, en: (round: string) => `School bill: ${round}` },
  schoolYear: { vi: (year: string) => `Năm học ${year}`, en: (year: string) => `School year ${year}` },
  child: { vi: 'Học sinh', en: 'Student' },

  unpaid: { vi: (amount: string) => `Cần nộp ${amount}`, en: (amount: string) => `To pay: ${amount}` },
  partPaid: {
    vi: (paid: string, open: string) => `Đã nhận ${paid}, còn ${open}`,
    en: (paid: string, open: string) => `${paid} received, ${open} left to pay`,
  },
  partPaidBody: {
    vi: 'Mã QR dưới đây ghi đúng số tiền còn lại.', en: 'The QR below asks for exactly what is left.',
  },
  received: { vi: (paid: string) => `Đã nhận đủ ${paid}`, en: (paid: string) => `Received in full: ${paid}` },
  receivedBody: {
    vi: 'Không cần làm gì thêm. Xin đừng chuyển lại lần nữa.',
    en: 'There is nothing more to do. Please do not pay again.',
  },
  nothingToPay: { vi: 'Không phải nộp tiền', en: 'Nothing to pay' },
  nothingToPayBody: {
    vi: 'Các khoản của đợt này được miễn, giảm hết hoặc do ngân sách nhà nước chi trả.',
    en: 'Everything on this bill is exempt or paid by the state budget.',
  },
  withdrawn: { vi: 'Thông báo thu này đã được huỷ', en: 'This bill was cancelled' },
  withdrawnBody: {
    vi: 'Xin đừng chuyển tiền theo mã QR hoặc tờ giấy cũ. Nếu còn khoản phải nộp, nhà trường sẽ gửi thông báo mới.',
    en: 'Please do not pay with the old QR or paper. If something is still to be paid, the school sends a new bill.',
  },
  withdrawnPaid: {
    vi: 'Nếu đã lỡ chuyển: tiền không mất. Hãy hỏi kế toán của trường và cho xem mã thanh toán bên dưới.',
    en: 'If you paid already: the money is not lost. Ask the school’s accountant and show the payment code below.',
  },
  due: { vi: (day: string) => `Hạn nộp: ${day}.`, en: (day: string) => `Due on ${day}.` },
  late: {
    vi: (day: string) => `Hạn nộp là ${day}: thanh toán trực tuyến đã quá hạn nhưng vẫn trả được, mã QR vẫn dùng được.`,
    en: (day: string) => `It was due on ${day}: online payment is late but still works, and so does the QR.`,
  },
  lateWithoutQr: {
    vi: (day: string) => `Hạn nộp là ${day}: thanh toán trực tuyến đã quá hạn nhưng vẫn trả được.`,
    en: (day: string) => `It was due on ${day}: online payment is late but still works.`,
  },
  lateClosed: { vi: (day: string) => `Hạn nộp là ${day}.`, en: (day: string) => `It was due on ${day}.` },
  severalParts: {
    vi: (count: number) => `Còn nộp vào ${count} tài khoản khác nhau: mỗi phần chuyển riêng, vào tài khoản của phần đó.`,
    en: (count: number) => `It is paid into ${count} different accounts: pay each part by itself, into its own account.`,
  },
  awaited: {
    vi: (amount = '', day = '') => `Nhà trường đã nhận tin báo một khoản chuyển${amount && ` ${amount}`}` +
      `${day && ` ngày ${day}`}, đang chờ kiểm tra`,
    en: (amount = '', day = '') => `The school was told of a transfer${amount && ` of ${amount}`}${day && ` on ${day}`}; ` +
      'it is being checked',
  },
  awaitedBody: {
    vi: 'Chưa cần chuyển lại. Trang này tự đổi khi nhà trường kiểm tra xong.',
    en: 'There is no need to pay again yet. This page changes when the school has checked it.',
  },
  awaitedElsewhere: {
    vi: (amount = '', day = '') => `Một khoản chuyển${amount && ` ${amount}`}${day && ` ngày ${day}`} đã vào tài khoản ` +
      'của trường khác, đang chờ kiểm tra',
    en: (amount = '', day = '') => `A transfer${amount && ` of ${amount}`}${day && ` on ${day}`} came to another ` +
      'school’s account; it is being checked',
  },
  awaitedElsewhereBody: {
    vi: 'Chưa cần chuyển lại: tiền không mất. Hãy hỏi kế toán của trường và cho xem mã thanh toán bên dưới.',
    en: 'There is no need to pay again yet: the money is not lost. Ask the accountant and show the payment code below.',
  },
  superseded: {
    vi: 'Đường dẫn hoặc tờ giấy này là bản cũ. Dưới đây là bản mới thay cho nó; số tiền có thể đã khác.',
    en: 'This link or paper is an old one. What follows replaced it; the amount may have changed.',
  },
  partCancelled: {
    vi: 'Phần của đường dẫn này đã được huỷ. Các phần còn lại ở dưới vẫn còn hiệu lực.',
    en: 'The part that this link was made for was cancelled. The parts below still stand.',
  },

  surplus: {
    vi: (amount: string) => `Tiền thừa đang giữ: ${amount}`, en: (amount: string) => `Held from what you paid too much: ${amount}`,
  },
  surplusBody: {
    vi: 'Số này tự trừ vào thông báo thu tới của cùng tài khoản trong năm học. Muốn nhận lại, hãy gặp kế toán của trường.',
    en: 'It pays the next bill of the same account in this school year. To have it back, see the school’s accountant.',
  },
  doublePayment: {
    vi: (amount: string) => `Có thể đã chuyển hai lần: đang giữ ${amount}`,
    en: (amount: string) => `Perhaps paid twice: ${amount} is held`,
  },
  doublePaymentBody: {
    vi: 'Không cần làm gì. Kế toán của trường sẽ kiểm tra, rồi chuyển sang đợt sau hoặc hoàn về đúng tài khoản đã chuyển.',
    en: 'There is nothing to do. The accountant checks it and carries it over or returns it to the account that paid.',
  },
  heldFromWithdrawn: {
    vi: (amount: string) => `Đang giữ ${amount} đã chuyển cho thông báo đã huỷ`,
    en: (amount: string) => `Held from a cancelled bill: ${amount}`,
  },
  heldFromWithdrawnBody: {
    vi: 'Tiền không mất. Kế toán của trường sẽ tính vào thông báo khác của học sinh hoặc hoàn lại.',
    en: 'The money is not lost. The accountant puts it on another bill of the student or returns it.',
  },

  awaitingRefund: { vi: (amount: string) => `Đang chờ hoàn: ${amount}`, en: (amount: string) => `To be refunded: ${amount}` },
  awaitingRefundBody: {
    vi: 'Nhà trường hoàn về đúng tài khoản đã chuyển, hoặc trả tại trường có ký nhận. Không ai gọi điện để hỏi số tài khoản hay mã OTP.',
    en: 'It goes back to the account that paid, or is handed out at the school against a signature. Nobody calls for it.',
  },

  part: { vi: (no: number, of: number) => `Phần ${no} trên ${of}`, en: (no: number, of: number) => `Part ${no} of ${of}` },
  payHere: { vi: 'Quét mã để nộp', en: 'Scan to pay' },
  transferHere: { vi: 'Chuyển khoản để nộp', en: 'Pay by transfer' },
  covered: { vi: 'Chưa cần chuyển lại', en: 'No need to pay again yet' },
  payAnyway: { vi: 'Vẫn muốn chuyển', en: 'Pay all the same' },
  partDone: { vi: 'Đã nhận đủ', en: 'Received in full' },
  partZero: { vi: 'Không phải nộp', en: 'Nothing to pay' },
  scan: {
    vi: 'Mở ứng dụng ngân hàng bất kỳ rồi quét. Đang xem trên chính điện thoại đó? Lưu ảnh, rồi chọn ảnh trong mục quét QR.',
    en: 'Open any banking app and scan. On the same phone: save the picture, then choose it in the app’s scanner.',
  },
  qrLabel: {
    vi: (amount: string, code: string) => `Mã QR chuyển khoản ${amount}, nội dung ${code}`,
    en: (amount: string, code: string) => `QR of a transfer of ${amount}, content ${code}`,
  },
  saveQr: { vi: 'Lưu ảnh QR', en: 'Save the QR' },
  free: {
    vi: 'Cách này miễn phí: nhà trường không thu thêm đồng nào.', en: 'This way is free: the school adds no charge.',
  },
  noQr: {
    vi: 'Tài khoản này không đưa vào mã QR được. Hãy chuyển khoản theo các dòng dưới đây.',
    en: 'This account does not fit into a QR. Make a transfer with the lines below.',
  },
  severalTransfers: {
    vi: (limit: string, count: number) => `Ngân hàng chỉ nhận mỗi lần chuyển dưới ${limit}: hãy chuyển ít nhất ${count} lần, ` +
      'cùng nội dung. Mỗi lần đến được trừ ngay vào số còn lại.',
    en: (limit: string, count: number) => `Banks take less than ${limit} in one transfer: make at least ${count} transfers ` +
      'with the same content. Each is taken off the rest when it arrives.',
  },
  closed: { vi: 'Chưa chuyển được vào lúc này', en: 'It cannot be paid at the moment' },
  closedBody: {
    vi: 'Tài khoản nhận của phần này đã đóng và nhà trường chưa khai tài khoản mới. Xin đừng chuyển tiền; hãy hỏi kế toán của trường.',
    en: 'The account of this part was closed and the school has not named a new one. Do not pay; ask the accountant.',
  },
  byHand: { vi: 'Hoặc chuyển khoản', en: 'Or make a transfer' },
  bank: { vi: 'Ngân hàng', en: 'Bank' },
  accountNumber: { vi: 'Số tài khoản', en: 'Account number' },
  accountName: { vi: 'Chủ tài khoản', en: 'Account holder' },
  amount: { vi: 'Số tiền', en: 'Amount' },
  amountInAll: { vi: 'Tổng số tiền', en: 'Amount in all' },
  purpose: { vi: 'Nội dung', en: 'Content' },
  copy: { vi: 'Sao chép', en: 'Copy' },
  keepPurpose: {
    vi: 'Giữ nguyên nội dung: nhờ nó mà tiền đến đúng học sinh. Không cần ghi tên.',
    en: 'Keep the content as it is: it brings the money to the right student. No name is needed.',
  },
  apps: { vi: 'Mở ứng dụng đã điền sẵn', en: 'Open an app with everything filled in' },
  appsHint: {
    vi: 'Chỉ những ứng dụng này tự điền số tiền và nội dung (qua dl.vietqr.io). Hãy so lại trước khi xác nhận.',
    en: 'Only these apps fill in the amount and the content (by dl.vietqr.io). Compare before you confirm.',
  },

  lines: { vi: 'Các khoản thu', en: 'What it is for' },
  fee: { vi: 'Khoản thu', en: 'Fee' },
  toPay: { vi: 'Phải nộp', en: 'To pay' },
  total: { vi: 'Cộng', en: 'Total' },
  basis: { vi: (basis: string) => `Căn cứ: ${basis}`, en: (basis: string) => `Basis: ${basis}` },
  exempted: {
    vi: (gross: string, exempted: string) => `Mức thu ${gross}, được giảm ${exempted}`,
    en: (gross: string, exempted: string) => `Price ${gross}, reduced by ${exempted}`,
  },
  byBudget: { vi: 'ngân sách nhà nước trả phần giảm', en: 'the state budget pays the reduction' },
  byNobody: { vi: 'không ai phải trả phần giảm', en: 'nobody has to pay the reduction' },

  receivedMoney: { vi: 'Tiền nhà trường đã nhận', en: 'Money the school received' },
  transfer: { vi: 'Chuyển khoản', en: 'Transfer' },
  cash: { vi: (no: string) => `Tiền mặt, phiếu thu số ${no}`, en: (no: string) => `Cash, receipt ${no}` },
  credit: { vi: 'Trừ từ tiền đã nộp trước đó', en: 'From money that was paid before' },

  live: { vi: 'Trang này tự đổi khi nhà trường nhận được tiền.', en: 'This page changes by itself when money arrives.' },
  asOf: { vi: (time: string) => `Xem lúc ${time}.`, en: (time: string) => `As of ${time}.` },
  reload: { vi: 'Tải lại', en: 'Reload' },

  choices: { vi: 'Dịch vụ tự nguyện', en: 'Optional items' },
  choicesHint: {
    vi: (day: string) => `Không bắt buộc. Chọn hoặc đổi ý được đến hết ngày ${day}.`,
    en: (day: string) => `Not compulsory. You may choose, or change your mind, until ${day}.`,
  },
  choicesOver: {
    vi: 'Đã hết thời gian chọn. Nếu cần đổi, hãy hỏi nhà trường.', en: 'The time to choose is over. Ask the school for a change.',
  },
  choicesSend: { vi: 'Lưu lựa chọn', en: 'Save the choice' },
  choicesSaved: {
    vi: 'Đã lưu lựa chọn. Số tiền trên trang này đã đổi theo.',
    en: 'The choice is saved. The amount on this page follows it.',
  },

  choicesTooMany: {
    vi: 'Lựa chọn đã đổi quá nhiều lần hôm nay nên lần này không được lưu. Mai thử lại hoặc gọi nhà trường; việc nộp tiền không bị ảnh hưởng.',
    en: 'The choice was changed too often today, so this change was not saved. Try again tomorrow or call the school; paying is not affected.',
  },
  choicesTooFast: {
    vi: 'Đang có quá nhiều người đổi lựa chọn từ cùng một mạng nên chưa lưu được. Đợi một phút rồi thử lại; việc nộp tiền không bị ảnh hưởng.',
    en: 'Too many choices come from this network, so yours is not saved yet. Try again in a minute; paying is not affected.',
  },

  proofTitle: { vi: 'Xem họ tên đầy đủ và các lần nộp', en: 'See the full name and all payments' },
  proofHint: { vi: 'Ví dụ: 05/09/2017. Không cần điền nếu chỉ muốn nộp tiền.', en: 'For example 05/09/2017. Not needed to pay.' },
  birthDate: { vi: 'Ngày sinh của học sinh', en: 'The student’s birth date' },
  proofSend: { vi: 'Xem', en: 'Show' },
  proofWrong: {
    vi: 'Ngày sinh không khớp với hồ sơ của trường. Hãy xem lại, hoặc hỏi giáo viên chủ nhiệm.',
    en: 'This is not the birth date that the school knows. Check it, or ask the class teacher.',
  },
  proofUnreadable: { vi: 'Hãy ghi ngày, tháng, năm như 05/09/2017.', en: 'Write day, month and year like 05/09/2017.' },
  proofTooMany: {
    vi: 'Đã thử sai nhiều lần. Hãy thử lại vào ngày mai; việc nộp tiền không bị ảnh hưởng.',
    en: 'Too many wrong tries. Try again tomorrow; paying is not affected.',
  },
  history: { vi: 'Các đợt thu của học sinh', en: 'The student’s bills' },
  round: { vi: 'Đợt thu', en: 'Round' },
  paid: { vi: 'Đã nộp', en: 'Paid' },
  payments: { vi: 'Các lần nộp', en: 'Payments' },
  day: { vi: 'Ngày', en: 'Day' },
  noPayments: { vi: 'Chưa có lần nộp nào.', en: 'No payment yet.' },
  proofEnds: {
    vi: 'Phần này ẩn đi sau 30 phút.', en: 'This part hides itself after 30 minutes.',
  },

  otherWays: { vi: 'Cách khác', en: 'Other ways' },
  otherPerson: {
    vi: 'Nhờ người thân: gửi đường dẫn này hoặc ảnh QR, ai chuyển cũng được.',
    en: 'Somebody else may pay: send them this link or the QR.',
  },
  otherPersonByLink: {
    vi: 'Nhờ người thân: gửi đường dẫn này, ai chuyển cũng được.', en: 'Somebody else may pay: send them this link.',
  },
  paper: {
    vi: 'Không có điện thoại thông minh: xin nhà trường tờ phiếu có mã QR, ai cũng quét giúp được.',
    en: 'No smartphone: ask the school for the paper slip with the QR; anybody can scan it for you.',
  },
  counter: {
    vi: 'Ra quầy ngân hàng: đọc số tài khoản và nội dung ở trên (quầy có thể thu phí).',
    en: 'At a bank’s counter: give the account number and the content (the bank may charge for it).',
  },
  ask: { vi: 'Cần hỏi?', en: 'Questions?' },
  askBody: {
    vi: (school: string) => `Hỏi kế toán hoặc giáo viên chủ nhiệm của ${school}, và đọc cho họ mã này:`,
    en: (school: string) => `Ask the accountant or the class teacher of ${school} and tell them this code:`,
  },

  safety: { vi: 'Tránh lừa đảo', en: 'Against fraud' },
  safetyAsk: {
    vi: 'Nhà trường không bao giờ hỏi mã OTP, số thẻ, mật khẩu hay số tài khoản của bạn.',
    en: 'The school never asks for an OTP, a card, a password or your account number.',
  },
  safetyRefund: {
    vi: 'Nhà trường không hoàn tiền qua cuộc gọi, đường dẫn hay mã QR.',
    en: 'The school never refunds by a call, a link or a QR.',
  },
  safetyNames: {
    vi: 'Biết tên học sinh, trường và lớp không chứng minh ai là người của trường.',
    en: 'Knowing the child, the school and the class proves nothing.',
  },
  safetyCheck: { vi: 'Nghi ngờ một mã QR hay tài khoản? Kiểm tra ở đây', en: 'In doubt about a QR or an account? Check it here' },

  notFound: { vi: 'Không tìm thấy thông báo thu', en: 'This bill was not found' },
  notFoundBody: {
    vi: 'Đường dẫn này không đúng hoặc bị thiếu ký tự. Hãy mở lại từ tin nhắn gốc, hoặc quét lại mã trên tờ phiếu.',
    en: 'This link is wrong or incomplete. Open it again from the first message, or scan the slip again.',
  },
  notFoundAsk: {
    vi: 'Nếu vẫn không được, hãy hỏi kế toán hoặc giáo viên chủ nhiệm của trường. Xin đừng chuyển tiền theo đường dẫn do người lạ gửi.',
    en: 'If that fails, ask the school’s accountant or class teacher. Do not pay by a link that a stranger sent.',
  },
  toCheck: { vi: 'Kiểm tra một mã QR hay tài khoản', en: 'Check a QR or an account' },
  back: { vi: 'Về thông báo thu', en: 'Back to the bill' },
  backBody: {
    vi: 'Vừa chuyển tiền trong ứng dụng ngân hàng? Hãy mở lại trang thông báo thu: trang đó tự đổi khi nhà trường nhận được tiền.',
    en: 'Did you just pay in your banking app? Open the page of the bill again: it changes when the money arrives.',
  },
})

export const feeGroupText: Readonly<Record<Lang, Readonly<Record<FeeGroup, string>>>> = {
  vi: { tuition: 'Học phí', service: 'Dịch vụ', pass_through: 'Thu hộ – chi hộ', personal: 'Phục vụ cá nhân' },
  en: { tuition: 'Tuition', service: 'Service', pass_through: 'Collected for others', personal: 'Personal' },
}
