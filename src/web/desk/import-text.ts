// The sentences of taking over a list of students: the upload, what it would do, and what it did.
import { wholeText } from '../format.js'
import { catalogue } from '../text.js'

const students = { vi: (count: number) => `${wholeText(count)} học sinh`, en: (count: number) => `${wholeText(count)} students` }

export const importText = catalogue({
  import: { vi: 'Nhập danh sách học sinh', en: 'Import a list of students' },
  backToList: { vi: 'Học sinh', en: 'Students' },
  steps: {
    vi: 'Chọn tệp, xem trước, rồi mới nhập. Chưa có gì thay đổi cho đến khi bạn bấm nút nhập.',
    en: 'Choose the file, look at what it does, then import. Nothing changes before the last button.',
  },
  file: { vi: 'Tệp Excel (.xlsx) hoặc CSV', en: 'Excel (.xlsx) or CSV' },
  fileHint: {
    vi: 'Cần có cột Họ và tên và cột Lớp. Tệp có mỗi lớp một trang tính thì không cần cột Lớp: tên trang tính ' +
      '(6A1, Lớp 6A2) là tên lớp. Nên có Mã định danh để nhận đúng học sinh.',
    en: 'Needed are the columns "Họ và tên" and "Lớp". A workbook with a sheet for each class needs no "Lớp": the name ' +
      'of the sheet (6A1, Lớp 6A2) is the class. With "Mã định danh" each student is recognised for certain.',
  },
  fileNeeded: { vi: 'Hãy chọn một tệp.', en: 'Choose a file.' },
  template: { vi: 'Tải tệp mẫu', en: 'Download the template' },
  schoolYear: { vi: 'Năm học', en: 'School year' },
  enrolFrom: { vi: 'Ngày vào lớp của học sinh mới hoặc chuyển lớp', en: 'First day in a new class' },
  enrolFromHint: {
    vi: 'Để trống: hôm nay, hoặc ngày đầu của năm học khác.',
    en: 'Empty: today, or the first day of another school year.',
  },
  dayInvalid: { vi: 'Ngày này không có trong lịch.', en: 'This is no day of the calendar.' },
  preview: { vi: 'Xem trước', en: 'Preview' },
  before: { vi: 'Các lần nhập gần đây', en: 'Latest imports' },
  noneBefore: { vi: 'Chưa nhập danh sách nào.', en: 'No list was imported yet.' },
  when: { vi: 'Thời điểm', en: 'When' },

  previewOf: { vi: (file: string) => `Xem trước: ${file}`, en: (file: string) => `Preview: ${file}` },
  sheetsRead: {
    vi: (count: number, names: string) => `Đã đọc ${wholeText(count)} trang tính: ${names}.`,
    en: (count: number, names: string) => `${wholeText(count)} sheets were read: ${names}.`,
  },
  sheetsSkipped: {
    vi: (names: string) => `Bỏ qua trang tính không có danh sách học sinh: ${names}. Trang tính bị ẩn cũng không được đọc.`,
    en: (names: string) => `Left out, because there is no list of students: ${names}. Hidden sheets are not read either.`,
  },
  inSheet: {
    vi: (sheet: string, reason: string) => `Trang tính “${sheet}”: ${reason}`,
    en: (sheet: string, reason: string) => `The sheet “${sheet}”: ${reason}`,
  },
  place: {
    vi: (year: string, day: string) => `Năm học ${year}, vào lớp từ ngày ${day}`,
    en: (year: string, day: string) => `School year ${year}, in new classes from ${day}`,
  },
  created: { vi: 'Thêm mới', en: 'New' },
  updated: { vi: 'Cập nhật', en: 'Updated' },
  unchanged: { vi: 'Giữ nguyên', en: 'Unchanged' },
  faults: { vi: 'Có lỗi, bỏ qua', en: 'Faulty, left out' },
  missing: { vi: 'Không có trong tệp', en: 'Not in the file' },
  views: { vi: 'Các nhóm dòng', en: 'Groups of rows' },
  missingHint: {
    vi: 'Những học sinh này vẫn giữ nguyên. Học sinh rời trường thì ghi ở trang của em đó.',
    en: 'They stay as they are. Who leaves the school is told on the page of that student.',
  },
  faultsHint: {
    vi: 'Các dòng này không được nhập. Sửa trong tệp rồi nhập lại cả tệp: những dòng đã đúng sẽ giữ nguyên.',
    en: 'These rows are left out. Correct the file and import it again: rows that were right stay as they are.',
  },
  previewFaults: {
    vi: (count: number) => `${wholeText(count)} dòng có lỗi sẽ bị bỏ qua.`,
    en: (count: number) => `${wholeText(count)} faulty rows will be left out.`,
  },
  take: { vi: (count: number) => `Nhập ${students.vi(count)}`, en: (count: number) => `Import ${students.en(count)}` },
  nothing: { vi: 'Tệp này không thay đổi gì.', en: 'This file changes nothing.' },
  other: { vi: 'Chọn tệp khác', en: 'Choose another file' },
  sheet: { vi: 'Trang tính', en: 'Sheet' },
  row: { vi: 'Dòng', en: 'Row' },
  column: { vi: 'Cột', en: 'Column' },
  wholeRow: { vi: 'Cả dòng', en: 'The whole row' },
  reason: { vi: 'Lỗi', en: 'Fault' },
  name: { vi: 'Họ và tên', en: 'Full name' },
  class: { vi: 'Lớp', en: 'Class' },
  change: { vi: 'Thay đổi', en: 'Change' },
  beforeAfter: { vi: 'Trước → sau', en: 'Before → after' },
  changedFromTo: {
    vi: (what: string, before: string, after: string) => `${what}: ${before} → ${after}`,
    en: (what: string, before: string, after: string) => `${what}: ${before} → ${after}`,
  },
  unknown: { vi: '(trống)', en: '(empty)' },
  male: { vi: 'Nam', en: 'male' },
  female: { vi: 'Nữ', en: 'female' },
  columnsUnread: {
    vi: (names: string) => `Cột không dùng: ${names}.`, en: (names: string) => `Columns that are not used: ${names}.`,
  },
  columnsRead: { vi: (names: string) => `Cột đã đọc: ${names}.`, en: (names: string) => `Columns that were read: ${names}.` },
  newClasses: { vi: (names: string) => `Lớp mới sẽ được tạo: ${names}.`, en: (names: string) => `New classes will be made: ${names}.` },
  newStudent: { vi: 'Học sinh mới', en: 'New student' },
  moved: { vi: 'chuyển lớp', en: 'changes class' },
  enrolled: { vi: 'vào lớp của năm học', en: 'first class of the year' },
  fullName: { vi: 'họ và tên', en: 'name' },
  birthOn: { vi: 'ngày sinh', en: 'date of birth' },
  gender: { vi: 'giới tính', en: 'gender' },
  moetStudentId: { vi: 'mã định danh', en: 'MOET id' },
  personalId: { vi: 'số định danh cá nhân', en: 'personal id' },
  schoolCode: { vi: 'mã học sinh', en: 'student code' },
  none: { vi: 'Không có dòng nào.', en: 'No row.' },
  cut: { vi: (count: number) => `Chỉ hiện ${wholeText(count)} dòng đầu.`, en: (count: number) => `The first ${wholeText(count)} rows only.` },

  result: { vi: 'Đã nhập danh sách', en: 'The list was imported' },
  resultDone: {
    vi: (created: number, updated: number) => `Đã thêm ${students.vi(created)}, cập nhật ${students.vi(updated)}.`,
    en: (created: number, updated: number) => `${students.en(created)} added, ${students.en(updated)} updated.`,
  },
  resultFaults: {
    vi: (count: number) => `${wholeText(count)} dòng có lỗi chưa được nhập.`,
    en: (count: number) => `${wholeText(count)} faulty rows were left out.`,
  },
  toStudents: { vi: 'Xem danh sách học sinh', en: 'To the students' },

  templateFile: { vi: 'Mẫu danh sách học sinh', en: 'List of students' },
})
