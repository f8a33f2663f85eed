// The sentences of the list of students and of its files.
import { catalogue } from '../text.js'

export const studentsText = catalogue({
  students: { vi: 'Học sinh', en: 'Students' },
  import: { vi: 'Nhập danh sách', en: 'Import a list' },
  year: { vi: (year: string) => `Năm học ${year}`, en: (year: string) => `School year ${year}` },
  search: { vi: 'Tên hoặc mã học sinh', en: 'Name or identifier' },
  class: { vi: 'Lớp', en: 'Class' },
  allClasses: { vi: 'Tất cả lớp', en: 'All classes' },
  filter: { vi: 'Lọc', en: 'Filter' },
  views: { vi: 'Nhóm học sinh', en: 'Groups of students' },
  all: { vi: 'Tất cả', en: 'All' },
  open: { vi: 'Còn phải nộp', en: 'Something to pay' },
  credit: { vi: 'Có tiền thừa', en: 'Holds credit' },
  noClass: { vi: 'Chưa xếp lớp', en: 'In no class' },
  none: { vi: 'Không có học sinh nào theo bộ lọc này.', en: 'No student matches this filter.' },
  noneYet: {
    vi: 'Trường chưa có học sinh nào. Hãy nhập danh sách từ tệp Excel.',
    en: 'The school has no student yet. Import a list from Excel.',
  },
  more: { vi: 'Xem tiếp', en: 'More' },
  name: { vi: 'Họ và tên', en: 'Full name' },
  birthOn: { vi: 'Ngày sinh', en: 'Date of birth' },
  gender: { vi: 'Giới tính', en: 'Gender' },
  male: { vi: 'Nam', en: 'Male' },
  female: { vi: 'Nữ', en: 'Female' },
  grade: { vi: 'Khối', en: 'Grade' },
  moetStudentId: { vi: 'Mã định danh', en: 'MOET id' },
  schoolCode: { vi: 'Mã học sinh', en: 'Student code' },
  billed: { vi: 'Phải nộp', en: 'Billed' },
  paid: { vi: 'Đã nộp', en: 'Paid' },
  openVnd: { vi: 'Còn lại', en: 'Open' },
  held: { vi: 'Tiền thừa', en: 'Credit' },
  exportCsv: { vi: 'Tải CSV', en: 'CSV' },
  exportXlsx: { vi: 'Tải Excel', en: 'Excel' },

  fileStudents: { vi: 'Danh sách học sinh', en: 'Students' },
})
