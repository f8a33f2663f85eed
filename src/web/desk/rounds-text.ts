// The sentences of the pages about rounds: the list, one round, its plan, its run and its bills.
import { dayText, vndText, wholeText } from '../format.js'
import { catalogue } from '../text.js'

export const roundsText = catalogue({
  rounds: { vi: 'Đợt thu', en: 'Rounds' },
  noRounds: {
    vi: 'Chưa có đợt thu nào. Mở đợt thu đầu tiên ở khung bên dưới.',
    en: 'No round yet. Open the first one below.',
  },
  newRound: { vi: 'Mở đợt thu mới', en: 'Open a new round' },
  name: { vi: 'Tên đợt thu', en: 'Name of the round' },
  nameHint: { vi: 'Ví dụ: Tháng 9, Học kỳ I, Bảo hiểm y tế', en: 'Such as September, Term 1, Health insurance' },
  schoolYear: { vi: 'Năm học', en: 'School year' },
  dueOn: { vi: 'Hạn nộp', en: 'Due on' },
  dueOnHint: {
    vi: 'Cũng là ngày cuối phụ huynh được chọn khoản tự chọn.',
    en: 'Also the last day on which parents choose optional items.',
  },
  copyFrom: { vi: 'Chép mức thu từ', en: 'Copy the fees of' },
  copyNothing: { vi: 'Không chép', en: 'Nothing' },
  openRound: { vi: 'Mở đợt thu', en: 'Open the round' },
  nameNeeded: { vi: 'Hãy đặt tên cho đợt thu (tối đa 200 ký tự).', en: 'Give the round a name (200 characters at most).' },
  dueOnNeeded: { vi: 'Hãy chọn hạn nộp.', en: 'Choose the due day.' },
  more: { vi: 'Xem thêm', en: 'More' },

  round: { vi: 'Đợt thu', en: 'Round' },
  state: { vi: 'Trạng thái', en: 'State' },
  stateOpen: { vi: 'Đang mở', en: 'Open' },
  stateClosed: { vi: 'Đã chốt', en: 'Closed' },
  billed: { vi: 'Phải thu', en: 'Billed' },
  exempted: { vi: 'Miễn giảm', en: 'Exempted' },
  collected: { vi: 'Đã thu', en: 'Collected' },
  open: { vi: 'Còn thu', en: 'Open' },
  rate: { vi: 'Tỷ lệ', en: 'Rate' },
  collectedOfBilled: { vi: 'Đã thu trên phải thu', en: 'Collected of what was billed' },
  bills: { vi: 'Thông báo thu', en: 'Bills' },
  settledBills: { vi: 'Đã đủ', en: 'Settled' },
  students: { vi: 'Học sinh', en: 'Students' },
  class: { vi: 'Lớp', en: 'Class' },
  noClass: { vi: 'Không có lớp', en: 'No class' },
  fee: { vi: 'Khoản thu', en: 'Fee' },
  total: { vi: 'Cộng', en: 'Total' },
  byClass: { vi: 'Theo lớp', en: 'By class' },
  byFee: { vi: 'Theo khoản thu', en: 'By fee' },
  noBills: {
    vi: 'Đợt thu này chưa phát hành thông báo thu nào.',
    en: 'No bill of this round has been issued yet.',
  },
  toPreview: { vi: 'Xem trước và phát hành', en: 'Preview and issue' },

  tabOverview: { vi: 'Tổng quan', en: 'Overview' },
  tabPlan: { vi: 'Mức thu', en: 'Fees' },
  tabPreview: { vi: 'Phát hành', en: 'Issue' },
  tabBills: { vi: 'Thông báo thu', en: 'Bills' },
  tabItems: { vi: 'Khoản tự chọn', en: 'Optional items' },
  sections: { vi: 'Các phần của đợt thu', en: 'Parts of the round' },

  closing: { vi: 'Chốt đợt thu', en: 'Closing the round' },
  close: { vi: 'Chốt đợt thu', en: 'Close the round' },
  closeExplained: {
    vi: 'Sau khi chốt: không phát hành, không sửa mức thu, phụ huynh không chọn thêm khoản. Tiền chuyển đến sau vẫn được ghi vào thông báo thu.',
    en: 'Once closed nothing is issued or changed and parents choose no more. Money that arrives later still settles its bill.',
  },
  closeConfirm: { vi: 'Chốt đợt thu này?', en: 'Close this round?' },
  reopen: { vi: 'Mở lại đợt thu', en: 'Open the round again' },
  closedNote: {
    vi: 'Đợt thu đã chốt. Tiền chuyển đến vẫn được ghi nhận; muốn phát hành hoặc sửa, hãy mở lại.',
    en: 'The round is closed. Money that comes in still settles; open it again to issue or change anything.',
  },

  planTitle: { vi: 'Mức thu của đợt', en: 'Fees of the round' },
  planHint: {
    vi: 'Phạm vi hẹp hơn được ưu tiên: lớp trước khối, khối trước toàn trường. Số tiền 0 nghĩa là không thu. Để trống số tiền để bỏ dòng.',
    en: 'The narrower scope wins: class, then grade, then school. 0 means not billed. Leave the amount empty to remove a line.',
  },
  scope: { vi: 'Phạm vi', en: 'Scope' },
  wholeSchool: { vi: 'Toàn trường', en: 'Whole school' },
  grade: { vi: (grade: number) => (grade === 0 ? 'Khối mầm non' : `Khối ${grade}`), en: (grade: number) => `Grade ${grade}` },
  classNamed: { vi: (name: string) => (/^lớp/i.test(name) ? name : `Lớp ${name}`), en: (name: string) => `Class ${name}` },
  amount: { vi: 'Số tiền (đ)', en: 'Amount (đ)' },
  lineNo: { vi: (no: number) => `Dòng ${no}`, en: (no: number) => `Line ${no}` },
  chooseFee: { vi: '– chọn khoản thu –', en: '– choose a fee –' },
  savePlan: { vi: 'Lưu mức thu', en: 'Save the fees' },
  noFeeKinds: {
    vi: 'Chưa có khoản thu nào. Hãy tạo khoản thu trước.',
    en: 'There is no fee yet. Add one first.',
  },
  addFeeKind: { vi: 'Tạo khoản thu', en: 'Add a fee' },
  optional: { vi: 'tự chọn', en: 'optional' },
  ownFees: { vi: 'Khoản riêng của từng học sinh', en: 'Fees of single students' },
  ownFeesNote: {
    vi: (count: number) => `${wholeText(count)} khoản riêng được giữ nguyên khi lưu. Sửa ở trang của học sinh trong đợt thu.`,
    en: (count: number) => `${wholeText(count)} own fees stay as they are. Change them on the student's page of this round.`,
  },
  amountFault: {
    vi: 'Số tiền phải là số nguyên dưới 500 triệu đồng, viết 450.000 hoặc 450000.',
    en: 'The amount must be whole đồng below 500 million, written 450.000 or 450000.',
  },
  feeFault: { vi: 'Hãy chọn khoản thu cho dòng này.', en: 'Choose the fee of this line.' },
  twiceFault: { vi: 'Dòng này trùng khoản thu và phạm vi với một dòng khác.', en: 'Another line has the same fee and scope.' },
  scopeFault: { vi: 'Phạm vi không còn trong năm học này.', en: 'This scope does not exist in the school year.' },

  previewTitle: { vi: 'Nếu phát hành bây giờ', en: 'If it were issued now' },
  changeNew: { vi: 'Phát hành mới', en: 'New' },
  changeChanged: { vi: 'Thay thế', en: 'Replaced' },
  changeGone: { vi: 'Hủy', en: 'Cancelled' },
  changeUnchanged: { vi: 'Giữ nguyên', en: 'Unchanged' },
  change: { vi: 'Thay đổi', en: 'Change' },
  issuedNow: { vi: 'Đang phát hành', en: 'Issued now' },
  after: { vi: 'Sau khi phát hành', en: 'Afterwards' },
  zeroBills: { vi: 'Học sinh không phải nộp', en: 'Students with nothing to pay' },
  blockedTitle: { vi: 'Chưa phát hành được: vượt mức trần', en: 'Cannot be issued: above a price cap' },
  breach: {
    vi: (code: string, amountVnd: number, maximumVnd: number, unit: string, basis: string) =>
      `${code}: ${vndText(amountVnd)} cao hơn mức trần ${vndText(maximumVnd)} một ${unit} (${basis}).`,
    en: (code: string, amountVnd: number, maximumVnd: number, unit: string, basis: string) =>
      `${code}: ${vndText(amountVnd)} is above the maximum of ${vndText(maximumVnd)} a ${unit} (${basis}).`,
  },
  growthBreach: {
    vi: (code: string, amountVnd: number, limitVnd: number, lastYearVnd: number, basis: string) =>
      `${code}: ${vndText(amountVnd)} tăng quá mức cho phép; năm trước ${vndText(lastYearVnd)}, năm nay cao nhất ${vndText(limitVnd)} (${basis}).`,
    en: (code: string, amountVnd: number, limitVnd: number, lastYearVnd: number, basis: string) =>
      `${code}: ${vndText(amountVnd)} grows too much; ${vndText(lastYearVnd)} the year before, at most ${vndText(limitVnd)} now (${basis}).`,
  },
  issue: {
    vi: (count: number) => (count === 0 ? 'Phát hành' : `Phát hành ${wholeText(count)} thông báo thu`),
    en: (count: number) => (count === 0 ? 'Issue' : `Issue ${wholeText(count)} bills`),
  },
  issueConfirm: {
    vi: 'Phát hành thông báo thu cho phụ huynh theo bảng trên?',
    en: 'Issue the bills to parents as shown above?',
  },
  nothingToIssue: { vi: 'Không có gì thay đổi: mọi thông báo thu đã đúng với mức thu.', en: 'Nothing would change: every bill is as planned.' },
  planEmpty: { vi: 'Đợt thu chưa có mức thu. Hãy nhập mức thu trước.', en: 'The round has no fees yet. Enter them first.' },
  noClassOfYear: {
    vi: (year: string) => `Không có ai để phát hành: trường chưa có lớp nào của năm học ${year}.`,
    en: (year: string) => `Nobody to bill: the school has no class of ${year} yet.`,
  },
  nobodyEnrolled: {
    vi: (year: string, day: string) =>
      `Không có ai để phát hành: chưa có học sinh nào trong lớp của năm học ${year}, cả hôm nay lẫn ngày ${dayText(day)}.`,
    en: (year: string, day: string) =>
      `Nobody to bill: no child is in a class of ${year}, neither today nor on ${dayText(day)}.`,
  },
  noFeeApplies: {
    vi: 'Không có ai để phát hành: các mức thu không áp dụng cho học sinh nào, hoặc chỉ gồm khoản tự chọn chưa ai chọn.',
    en: 'Nobody to bill: the fees are for no child of this year, or only optional ones that nobody chose.',
  },
  goneTitle: {
    vi: (count: number) => `${wholeText(count)} thông báo thu sẽ bị hủy mà không có thông báo thay thế`,
    en: (count: number) => `${wholeText(count)} bills would be cancelled without a new one`,
  },
  goneAsks: {
    vi: 'Thông báo thu đã có tiền chỉ bị hủy khi bạn đánh dấu; nếu không, thông báo được giữ nguyên. Tiền của thông báo bị hủy được giữ làm tiền thừa của học sinh.',
    en: 'A bill with money on it is cancelled only when you tick it; else it stays. The money of a cancelled bill is held as the student\'s credit.',
  },
  studentName: { vi: 'Học sinh', en: 'Student' },
  because: { vi: 'Lý do', en: 'Why' },
  becauseNotEnrolled: { vi: 'Không học ở trường vào ngày lập thông báo', en: 'Not enrolled on the day of the bill' },
  becauseNoFee: { vi: 'Mức thu không còn khoản này', en: 'The plan has none of its fees any more' },
  goesAlong: { vi: 'Hủy', en: 'Cancelled' },
  cancelThis: { vi: 'Hủy thông báo này', en: 'Cancel this bill' },
  staysUnlessNamed: { vi: 'Giữ nguyên nếu không được đánh dấu', en: 'Stays unless it is ticked' },
  andMore: {
    vi: (count: number) => `và ${wholeText(count)} thông báo khác.`, en: (count: number) => `and ${wholeText(count)} more.`,
  },
  leftTitle: { vi: 'Học sinh đã nghỉ, thông báo thu vẫn giữ', en: 'Children who left, whose bills stay' },
  leftHint: {
    vi: 'Các em còn học vào ngày lập thông báo. Nếu không thu nữa, hãy mở trang của học sinh và hủy từng thông báo.',
    en: 'They were enrolled on the day of the bill. If it is not to be collected, cancel it on the student\'s page.',
  },
  leftOn: { vi: 'Nghỉ từ ngày', en: 'Left on' },
  runKept: {
    vi: (count: number) => `Giữ nguyên ${wholeText(count)} thông báo thu không còn theo mức thu, vì không được đánh dấu để hủy.`,
    en: (count: number) => `${wholeText(count)} bills stay although the plan has them no more: nobody ticked them.`,
  },
  runTitle: { vi: 'Đang phát hành', en: 'Issuing' },
  runNote: {
    vi: 'Việc phát hành chạy ở máy chủ; bạn có thể đóng trang này.',
    en: 'This runs on the server; you may close this page.',
  },
  runQueued: { vi: 'Đang chờ bắt đầu…', en: 'Waiting to start…' },
  runProgress: { vi: 'Số học sinh đã xong', en: 'Students done' },
  reload: { vi: 'Tải lại', en: 'Reload' },
  lastRun: { vi: 'Lần phát hành gần nhất', en: 'Last run' },
  runDone: {
    vi: (issued: number, superseded: number, cancelled: number, unchanged: number) =>
      `Phát hành ${wholeText(issued)} (trong đó thay thế ${wholeText(superseded)}), hủy ${wholeText(cancelled)}, giữ nguyên ${wholeText(unchanged)}.`,
    en: (issued: number, superseded: number, cancelled: number, unchanged: number) =>
      `${wholeText(issued)} issued (${wholeText(superseded)} of them replace others), ${wholeText(cancelled)} cancelled, ${wholeText(unchanged)} unchanged.`,
  },
  runFailed: { vi: 'Lần phát hành gần nhất không chạy được.', en: 'The last run failed.' },
  runFailedClosed: { vi: 'Đợt thu đã được chốt trước khi phát hành xong.', en: 'The round was closed before it was issued.' },
  runFailedCaps: { vi: 'Có mức thu vượt mức trần.', en: 'An amount is above a price cap.' },
  runFailedOther: { vi: 'Hệ thống gặp lỗi khi phát hành; hãy thử lại hoặc báo người quản trị.', en: 'The service failed; try again or tell the administrator.' },

  done: { vi: 'Đã lưu.', en: 'Saved.' },
  doneRound: { vi: 'Đã mở đợt thu. Bước tiếp theo: nhập mức thu.', en: 'The round is open. Next: enter its fees.' },
  donePlan: { vi: 'Đã lưu mức thu. Bước tiếp theo: xem trước và phát hành.', en: 'The fees are saved. Next: preview and issue.' },
  doneClosed: { vi: 'Đã chốt đợt thu.', en: 'The round is closed.' },
  doneReopened: { vi: 'Đã mở lại đợt thu.', en: 'The round is open again.' },
  doneCancelled: { vi: 'Đã hủy thông báo thu.', en: 'The bill was cancelled.' },
  doneLines: { vi: 'Đã lập lại thông báo thu của học sinh.', en: 'The student was billed anew.' },
  doneItems: { vi: 'Đã lưu khoản tự chọn.', en: 'The optional items are saved.' },
})
