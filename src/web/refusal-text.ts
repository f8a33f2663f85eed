// What a page says when the rules refuse something: by the code of the refusal, in the reader's language. The texts
// inside refusals are for programs; a code that has no text here gets a general sentence. Pure.
import type { Lang } from './text.js'

const TEXTS: Readonly<Record<string, Readonly<Record<Lang, string>>>> = {
  NOT_FOUND: {
    vi: 'Không có trang này. Hãy kiểm tra lại đường dẫn.',
    en: 'There is no such page. Check the address.',
  },
  SCHOOL_NOT_FOUND: { vi: 'Không có trường này.', en: 'There is no such school.' },
  AUTHORITY_NOT_FOUND: { vi: 'Không có đơn vị quản lý này.', en: 'There is no such authority.' },
  FORBIDDEN: {
    vi: 'Tài khoản của bạn không có quyền xem trang này. Nếu cần, hãy hỏi người quản trị của đơn vị.',
    en: 'Your account may not see this page. If you need it, ask the administrator of your organisation.',
  },
  CSRF_REFUSED: {
    vi: 'Trang đã mở quá lâu hoặc được gửi từ nơi khác. Hãy tải lại trang rồi làm lại.',
    en: 'The page was open for too long or came from elsewhere. Reload it and try again.',
  },
  TOO_MANY_REQUESTS: {
    vi: 'Bạn thao tác quá nhiều lần trong thời gian ngắn. Hãy đợi một phút rồi thử lại.',
    en: 'Too many attempts in a short time. Wait a minute and try again.',
  },
  OVERLOADED: {
    vi: 'Hệ thống đang bận. Hãy thử lại sau ít phút.',
    en: 'The service is busy. Try again in a few minutes.',
  },
  STORAGE_UNAVAILABLE: {
    vi: 'Hệ thống đang tạm gián đoạn. Không có dữ liệu nào bị mất; hãy thử lại sau ít phút.',
    en: 'The service is interrupted. Nothing was lost; try again in a few minutes.',
  },
  VALIDATION_FAILED: {
    vi: 'Dữ liệu gửi lên chưa đúng. Hãy quay lại và kiểm tra các ô đã nhập.',
    en: 'What was sent is not valid. Go back and check the fields.',
  },
  CURSOR_INVALID: { vi: 'Trang danh sách này không còn. Hãy mở lại từ đầu.', en: 'This page of the list is gone. Start again.' },
  PERIOD_INVALID: { vi: 'Khoảng ngày không hợp lệ.', en: 'The period is not valid.' },
  USER_NOT_FOUND: { vi: 'Không có người này ở đây.', en: 'There is no such person here.' },
  ROLE_NOT_FOUND: { vi: 'Vai trò này đã kết thúc.', en: 'This role has ended.' },
  ROLE_REFUSED: {
    vi: 'Bạn không được giao hoặc kết thúc vai trò này. Hãy hỏi quản trị viên.',
    en: 'You may not give or end this role. Ask the administrator.',
  },
  SELF_CHANGE_REFUSED: {
    vi: 'Không ai tự đổi quyền của chính mình. Hãy nhờ người khác.', en: 'Nobody changes their own rights. Ask another person.',
  },
  TOKEN_NOT_FOUND: { vi: 'Không có khóa API này.', en: 'There is no such API token.' },
  TOTP_EXISTS: { vi: 'Ứng dụng xác thực đã được cài rồi.', en: 'The authenticator app is set up already.' },
  EXPORT_TOO_LARGE: {
    vi: 'Danh sách quá dài để tải một lần. Hãy lọc bớt hoặc chọn khoảng ngày ngắn hơn.',
    en: 'The list is too long for one file. Narrow it with a filter or a shorter period.',
  },
  STUDENT_NOT_FOUND: { vi: 'Trường không có học sinh này.', en: 'This school has no such student.' },
  STUDENT_INVALID: { vi: 'Hãy kiểm tra các ô được đánh dấu.', en: 'Check the marked fields.' },
  STUDENT_IDENTITY_CONFLICT: {
    vi: 'Họ tên và ngày sinh đều khác: đây có thể là một học sinh khác, và tiền đã nộp sẽ đi theo. Nếu đúng là em này, hãy sửa họ tên trước, lưu, rồi sửa ngày sinh.',
    en: 'Name and birth date both differ: this may be another student, who would take the money along. If not, correct the name, save, then correct the birth date.',
  },
  STUDENT_EXISTS: { vi: 'Mã này đã thuộc về một học sinh khác của trường.', en: 'This identifier belongs to another student.' },
  CLASS_UNKNOWN: { vi: 'Trường không có lớp này.', en: 'This school has no such class.' },
  CHANGE_DATE_INVALID: {
    vi: 'Học sinh đã chuyển lớp sau ngày này. Hãy chọn một ngày muộn hơn.',
    en: 'The student changed class after this day. Choose a later one.',
  },
  ENROLMENT_DATE_INVALID: { vi: 'Ngày này không thuộc năm học của lớp.', en: 'This day is not in the school year of the class.' },
  EXEMPTION_INVALID: { vi: 'Ngày kết thúc phải sau ngày bắt đầu miễn giảm.', en: 'The exemption must end after it begins.' },
  EXEMPTION_NOT_FOUND: { vi: 'Học sinh không có miễn giảm này.', en: 'This student has no such exemption.' },
  CASH_DAY_INVALID: {
    vi: 'Ngày nhận tiền phải trong vòng một năm qua và không sau hôm nay.',
    en: 'The day must be within the last year and not after today.',
  },
  ACCOUNT_TRANSFER_NOT_FOUND: { vi: 'Trường không có khoản chuyển này.', en: 'This school has no such transfer.' },
  ACCOUNT_TRANSFER_NOT_DUE_CONFLICT: {
    vi: 'Có khoản vừa được đánh dấu đã chuyển hoặc không cần chuyển nữa. Hãy xem lại danh sách.',
    en: 'One of these was moved or is no longer due. Look at the list again.',
  },
  ACCOUNT_TRANSFER_NOT_MOVED_CONFLICT: {
    vi: 'Khoản này chưa được đánh dấu đã chuyển.', en: 'This was not marked as moved.',
  },
  ACCOUNT_TRANSFER_REVERSED_CONFLICT: {
    vi: 'Khoản gán đã được hoàn tác nên phải chuyển trả lại. Hãy đánh dấu ở chiều chuyển trả.',
    en: 'The payment was undone, so its way back is due. Mark that one.',
  },
  MOVED_DAY_INVALID: {
    vi: 'Ngày chuyển phải trong vòng một năm qua và không sau hôm nay.',
    en: 'The day must be within the last year and not after today.',
  },
  CASH_OVER_OWED: {
    vi: 'Số tiền nhiều hơn số phải nộp. Hãy trả lại tiền thừa hoặc chọn giữ lại cho học sinh.',
    en: 'It is more than is owed. Give back the change, or choose to keep it for the student.',
  },
  CASH_SPLIT_CHANGED_CONFLICT: {
    vi: 'Các khoản phải nộp vừa thay đổi. Hãy xem lại rồi ghi phiếu thu.',
    en: 'The open bills have just changed. Look at them again, then record the receipt.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    vi: 'Trang này đã được gửi trước đó với nội dung khác. Hãy xem lần trước đã ghi nhận gì rồi mới gửi lại.',
    en: 'This page was sent before with something else in it. See what was recorded then, before you send it again.',
  },
  CASH_RECEIPT_NOT_FOUND: { vi: 'Trường không có phiếu thu này.', en: 'This school has no such receipt.' },
  CASH_RECEIPT_REVERSED_CONFLICT: { vi: 'Phiếu thu này đã được hoàn tác trước đó.', en: 'This receipt was taken back before.' },
  ROSTER_HEADER_INVALID: {
    vi: 'Không tìm thấy dòng tiêu đề có cột "Họ và tên" (hoặc "Họ đệm" và "Tên") và cột "Lớp", hoặc một cột xuất hiện hai lần. Hãy dùng tệp mẫu.',
    en: 'No header with "Họ và tên" and "Lớp" was found, or a column stands twice. Use the template.',
  },
  ROSTER_INVALID: {
    vi: 'Không đọc được tệp này. Nếu tệp có công thức, hãy mở bằng Excel và lưu lại dạng .xlsx.',
    en: 'The file cannot be read. If there are formulas, open it in Excel and save it as .xlsx.',
  },
  ROSTER_TOO_LARGE: {
    vi: 'Tệp quá lớn. Hãy xóa những phần ngoài danh sách hoặc chia thành nhiều tệp.',
    en: 'The file is too large. Delete what is beside the list, or split it.',
  },
  ROSTER_ENCODING_REFUSED: {
    vi: 'Tệp ở định dạng cũ, có mật khẩu, hoặc dùng phông chữ cũ (TCVN3, VNI). Hãy lưu lại bằng Excel dạng .xlsx.',
    en: 'The file is of an old format, has a password or an old font (TCVN3, VNI). Save it as .xlsx.',
  },
  ROSTER_FORMAT_REFUSED: {
    vi: 'Tệp này không phải .xlsx hay CSV, dù tên tệp ghi thế nào (có thể là trang web, .xls, .ods hoặc PDF). Hãy mở bằng Excel, chọn Lưu thành, “Excel Workbook (*.xlsx)”.',
    en: 'The file is neither .xlsx nor CSV, whatever its name says (it may be a web page, .xls, .ods or PDF). Open it in Excel and choose Save As, "Excel Workbook (*.xlsx)".',
  },
  ROSTER_PREVIEW_NOT_FOUND: {
    vi: 'Danh sách này đã được nhập, hoặc đã chờ quá một giờ. Hãy chọn lại tệp.',
    en: 'This list was imported already, or waited for more than an hour. Choose the file again.',
  },
  ROSTER_IMPORT_NOT_FOUND: { vi: 'Không có lần nhập này.', en: 'There is no such import.' },
  BODY_TOO_LARGE: { vi: 'Tệp hoặc dữ liệu gửi lên quá lớn.', en: 'The file or the data is too large.' },
  ROUND_NOT_FOUND: { vi: 'Không có đợt thu này.', en: 'There is no such round.' },
  ROUND_CLOSED_CONFLICT: {
    vi: 'Đợt thu đã chốt. Hãy mở lại đợt thu trước khi thay đổi.',
    en: 'The round is closed. Open it again before changing anything.',
  },
  COLLECTION_ROUND_NAME_EXISTS: {
    vi: 'Năm học này đã có đợt thu cùng tên. Hãy đặt tên khác.',
    en: 'The school year has a round of this name already. Choose another name.',
  },
  SCHOOL_YEAR_INVALID: { vi: 'Năm học không hợp lệ.', en: 'The school year is not valid.' },
  FEE_PLAN_INVALID: {
    vi: 'Mức thu có dòng không còn hợp lệ (khoản thu hoặc lớp đã thay đổi). Hãy tải lại trang.',
    en: 'A line of the fees is no longer valid (a fee or class changed). Reload the page.',
  },
  PRICE_CAP_NOT_FOUND: { vi: 'Đơn vị không có mức trần này.', en: 'This authority has no such price cap.' },
  PRICE_CAP_INVALID: {
    vi: 'Ngày hết hiệu lực không được trước ngày bắt đầu.', en: 'A cap must not end before it begins.',
  },
  PRICE_CAP_PERIOD_EXISTS: {
    vi: 'Khoản thu này đã có một mức trần cho cùng cấp học, khu vực trong những ngày đó. Hãy sửa hoặc kết thúc mức trần ấy trước.',
    en: 'This fee has a cap for the same level and area on some of these days. Correct or end that one first.',
  },
  PRICE_CAP_EXCEEDED: {
    vi: 'Có mức thu cao hơn mức trần của tỉnh. Hãy sửa mức thu của đợt.',
    en: 'An amount is above the province\'s maximum. Change the fees of the round.',
  },
  RUN_PREVIEW_CONFLICT: {
    vi: 'Mức thu hoặc danh sách đã thay đổi từ lúc bạn xem trước. Hãy xem lại các con số dưới đây rồi phát hành.',
    en: 'The fees or the list changed since you looked. Check the figures below, then issue.',
  },
  EXEMPTION_EXISTS: {
    vi: 'Quyết định này đã được ghi cho học sinh và khoản thu này.',
    en: 'This decision is recorded already for this student and fee.',
  },
  INVOICE_RUN_EXISTS: {
    vi: 'Đợt thu đang được phát hành. Hãy đợi xong rồi làm lại.',
    en: 'The round is being issued. Wait until that is done.',
  },
  INVOICE_NOT_FOUND: { vi: 'Không có thông báo thu này.', en: 'There is no such bill.' },
  INVOICE_WITHDRAWN_CONFLICT: {
    vi: 'Thông báo thu này đã được hủy hoặc thay thế. Hãy xem bản đang phát hành.',
    en: 'This bill was cancelled or replaced already. Look at the one that is out.',
  },
  STUDENT_NOT_ENROLLED_REFUSED: {
    vi: 'Học sinh hiện không ở lớp nào của năm học này nên không lập được thông báo thu.',
    en: 'The student is in no class of this school year, so nothing can be billed.',
  },
  OPTIONAL_ITEM_INVALID: {
    vi: 'Khoản tự chọn này không còn dành cho học sinh. Hãy tải lại trang.',
    en: 'This optional item is no longer offered to the student. Reload the page.',
  },
  CHOICE_DEADLINE_CONFLICT: {
    vi: 'Đã qua hạn chọn khoản tự chọn của đợt thu này.',
    en: 'The time to choose optional items of this round is over.',
  },
  FEE_KIND_NOT_FOUND: { vi: 'Không có khoản thu này.', en: 'There is no such fee.' },
  BANK_ACCOUNT_NOT_FOUND: { vi: 'Không có tài khoản ngân hàng này.', en: 'There is no such bank account.' },
  BANK_ACCOUNT_CLOSED_CONFLICT: {
    vi: 'Tài khoản ngân hàng này đã ngừng dùng. Hãy chọn tài khoản khác.',
    en: 'This bank account is closed. Choose another.',
  },
  BANK_ACCOUNT_STATE_CONFLICT: {
    vi: 'Tài khoản này đã được thay. Hãy kết nối kênh cho tài khoản mới.',
    en: 'This account was replaced. Connect a channel to its successor.',
  },
  REPLACED_ACCOUNT_INVALID: {
    vi: 'Tài khoản được thay đã ngừng dùng từ trước. Hãy tải lại trang.',
    en: 'The account to be replaced was closed before. Reload the page.',
  },
  CHANNEL_NOT_FOUND: { vi: 'Không có kênh báo tiền này.', en: 'There is no such channel.' },
  REVIEW_ITEM_NOT_FOUND: { vi: 'Không có khoản xét duyệt này.', en: 'There is no such review item.' },
  TRANSACTION_NOT_FOUND: { vi: 'Không có giao dịch này.', en: 'There is no such transfer.' },
  REVIEW_RESOLVED_CONFLICT: {
    vi: 'Khoản này vừa được người khác xử lý. Hãy xem lại lịch sử bên dưới.',
    en: 'Somebody has just decided this. See the history below.',
  },
  REVIEW_ACT_INVALID: { vi: 'Không thể xử lý khoản này theo cách đó.', en: 'This cannot be decided in that way.' },
  REVIEW_OPEN_CONFLICT: { vi: 'Khoản này đã được mở lại và đang chờ.', en: 'This waits for a person already.' },
  NOTHING_LEFT_CONFLICT: { vi: 'Khoản này đã được giải quyết xong, không còn gì để mở lại.', en: 'This was settled since.' },
  NOTHING_HELD_CONFLICT: {
    vi: 'Khoản này không còn giữ đồng nào để hoàn: tiền đã dùng cho thông báo thu khác. Hãy chọn giữ cho kỳ sau để khép lại.',
    en: 'Nothing of it is held for a refund: it has paid another bill. Choose to keep it, which closes this.',
  },
  REFUND_CREDITS_INVALID: {
    vi: 'Khoản được chọn không còn chờ hoàn. Hãy tải lại trang và chọn lại.',
    en: 'What was chosen no longer waits for a refund. Load the page again and choose anew.',
  },
  REFUND_AMOUNT_CONFLICT: {
    vi: 'Các khoản chờ hoàn được chọn không bằng đúng số tiền đã ra khỏi tài khoản.',
    en: 'What was chosen does not add up to exactly what left the account.',
  },
  MONEY_OUT_EXPLAINED_CONFLICT: {
    vi: 'Khoản tiền ra này đã được ghép rồi, hoặc là ngân hàng tự lấy lại tiền.',
    en: 'This money out was paired already, or the bank took it back itself.',
  },
  NOTHING_IN_SUSPENSE_CONFLICT: { vi: 'Giao dịch này không còn tiền treo.', en: 'Nothing of this transfer is in suspense.' },
  NOTHING_REPEATED_CONFLICT: { vi: 'Không có giao dịch nào để coi là bản gốc.', en: 'There is no transfer to be a copy of.' },
  NOTHING_TO_UNDO_CONFLICT: { vi: 'Không có gì để hoàn tác.', en: 'There is nothing to undo.' },
  TRANSFER_REFUNDED_CONFLICT: {
    vi: 'Một phần tiền đã được hoàn cho người chuyển nên không hoàn tác được.',
    en: 'Some of it was refunded, so it cannot be undone.',
  },
  TRANSFER_REVERSED_CONFLICT: {
    vi: 'Ngân hàng đã lấy lại khoản tiền này nên không hoàn tác được.',
    en: 'The bank took this money back, so there is nothing to undo.',
  },
  NOTE_REQUIRED: { vi: 'Cần ghi chú để người sau hiểu.', en: 'A note is needed for the next person.' },
  AMOUNT_INVALID: { vi: 'Có số tiền không đọc được.', en: 'An amount cannot be read.' },
  AMOUNT_OVER_OPEN: { vi: 'Nhiều hơn số còn phải thu.', en: 'More than is open.' },
  AMOUNT_OVER_SUSPENSE: { vi: 'Nhiều hơn số tiền đang treo.', en: 'More than there is in suspense.' },
  NOTHING_TO_ASSIGN: {
    vi: 'Chưa nhập số tiền nào để gán.',
    en: 'No amount was given to assign.',
  },
  NOTHING_TO_PAY: { vi: 'Không còn khoản nào phải thu.', en: 'Nothing is open.' },
  DIRECTION_REQUIRED: { vi: 'Hãy chọn tiền vào hay tiền ra.', en: 'Choose whether money came in or went out.' },
  BANK_DAY_INVALID: {
    vi: 'Ngày ghi sổ phải từ năm 2000 và không quá một ngày sau ngày nhận tin báo.',
    en: 'The day must be from 2000 on and at most one after the day on which the call came.',
  },
  BANK_ACCOUNT_REQUIRED: { vi: 'Hãy chọn tài khoản của trường.', en: 'Choose the school\'s account.' },
  CHOICE_INVALID: { vi: 'Hãy bấm một trong các nút của biểu mẫu.', en: 'Press one of the buttons of the form.' },
}

const GENERAL: Readonly<Record<'refused' | 'failed', Readonly<Record<Lang, string>>>> = {
  refused: {
    vi: 'Yêu cầu không thực hiện được. Hãy quay lại và thử lại.',
    en: 'This cannot be done. Go back and try again.',
  },
  failed: {
    vi: 'Có lỗi ở phía hệ thống. Lỗi đã được ghi lại; hãy thử lại sau.',
    en: 'Something went wrong on our side. It was recorded; try again later.',
  },
}

/** One sentence for a person. `status` decides the general sentence where the code has none of its own. */
export function refusalText(code: string, lang: Lang, status = 422): string {
  return TEXTS[code]?.[lang] ?? GENERAL[status >= 500 ? 'failed' : 'refused'][lang]
}
