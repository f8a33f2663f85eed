// Who goes to a school of the sample province? Names are put together from the common names of the Mekong delta,
// so any likeness to a living child is chance. The list leaves the school as the CSV that schools export. Pure.
import type { SchoolLevel } from '../directory/school.js'
import { formatDay } from '../time.js'
import type { Day, SchoolYear } from '../time.js'
import type { DemoSchool } from './province.js'
import { randomFor } from './random.js'
import type { Random } from './random.js'

export interface DemoStudent {
  /** From 0, in the order of the list. */
  no: number
  /** The ministry's identifier: 10 digits, the natural key of the student. */
  moetStudentId: string
  fullName: string
  birthOn: Day
  gender: 'male' | 'female'
  className: string
  /** Null in a kindergarten. */
  grade: number | null
}

const FAMILY_NAMES = ['Nguyễn', 'Nguyễn', 'Nguyễn', 'Nguyễn', 'Trần', 'Trần', 'Lê', 'Lê', 'Phạm', 'Huỳnh', 'Huỳnh', 'Võ', 'Phan',
  'Đặng', 'Bùi', 'Hồ', 'Ngô', 'Dương', 'Lý', 'Trương', 'Đỗ', 'Mai', 'Cao', 'Thạch', 'Sơn', 'Kim'] as const
const MIDDLE = {
  male: ['Văn', 'Hoàng', 'Minh', 'Gia', 'Quốc', 'Anh', 'Đức', 'Thanh', 'Hữu', 'Nhật', 'Trọng', 'Tấn'],
  female: ['Thị', 'Ngọc', 'Thanh', 'Bảo', 'Thùy', 'Khánh', 'Quỳnh', 'Mỹ', 'Hoàng', 'Như', 'Thảo', 'Kim'],
} as const
const GIVEN = {
  male: ['Khang', 'Huy', 'Phúc', 'Khôi', 'Đạt', 'Thịnh', 'Long', 'Nam', 'Tài', 'Nghĩa', 'Lộc', 'Kiệt', 'Phát', 'Tú', 'Bảo', 'Khoa'],
  female: ['Ngân', 'Trân', 'Vy', 'Như', 'Thư', 'Anh', 'My', 'Trúc', 'Hân', 'Nhi', 'Ngọc', 'Yến', 'Tiên', 'Duyên', 'Châu', 'Linh'],
} as const

interface Year {
  /** What class names of this year begin with. */
  name: string
  grade: number | null
  /** Years of age when the school year begins. */
  age: number
}

const YEARS: Partial<Record<SchoolLevel, readonly [Year, ...Year[]]>> = {
  preschool: [
    { name: 'Mầm ', grade: null, age: 3 }, { name: 'Chồi ', grade: null, age: 4 }, { name: 'Lá ', grade: null, age: 5 },
  ],
  primary: [graded(1), graded(2), graded(3), graded(4), graded(5)],
  lower_secondary: [graded(6), graded(7), graded(8), graded(9)],
}
const UPPER_YEARS: readonly [Year, ...Year[]] = [graded(10), graded(11), graded(12)]
const STUDENTS_PER_CLASS = 36

function graded(grade: number): Year {
  return { name: String(grade), grade, age: grade + 5 }
}

/** The same students at every start; a school that has few has one class. */
export function rosterOf(school: DemoSchool, schoolYear: SchoolYear): DemoStudent[] {
  const years = YEARS[school.level] ?? UPPER_YEARS
  const only = years[school.no % years.length] ?? years[0]
  const classes = Math.ceil(school.students / STUDENTS_PER_CLASS)
  const random = randomFor('roster', school.no)
  return Array.from({ length: school.students }, (_, no) => {
    const classNo = no % classes
    const year = classes === 1 ? only : years[classNo % years.length] ?? only
    const gender = random.chance(0.5) ? 'male' : 'female'
    return {
      no,
      moetStudentId: `87${String(school.no).padStart(4, '0')}${String(no + 1).padStart(4, '0')}`,
      fullName: `${random.pick(FAMILY_NAMES)} ${random.pick(MIDDLE[gender])} ${random.pick(GIVEN[gender])}`,
      birthOn: birthDay(Number(schoolYear.slice(0, 4)) - year.age, random),
      gender, grade: year.grade,
      className: year.name + classLetter(Math.floor(classNo / years.length), year.grade),
    }
  })
}

function classLetter(index: number, grade: number | null): string {
  if (grade === null) return String(index + 1)
  return grade < 6 ? String.fromCharCode(65 + index) : `A${index + 1}`
}

function birthDay(year: number, random: Random): Day {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${year}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`
}

/** With a byte order mark, as Excel saves it; every other school keeps family and given name apart. */
export function rosterCsv(school: DemoSchool, students: readonly DemoStudent[]): string {
  const apart = school.no % 2 === 0
  const header = ['STT', 'Mã định danh', ...(apart ? ['Họ đệm', 'Tên'] : ['Họ và tên']), 'Ngày sinh', 'Giới tính', 'Lớp']
  const rows = students.map((student) => [
    String(student.no + 1), student.moetStudentId, ...(apart ? splitName(student.fullName) : [student.fullName]),
    formatDay(student.birthOn), student.gender === 'male' ? 'Nam' : 'Nữ', student.className,
  ])
  return `\uFEFF${[header, ...rows].map((cells) => cells.join(',')).join('\r\n')}\r\n`
}

function splitName(fullName: string): [string, string] {
  const at = fullName.lastIndexOf(' ')
  return [fullName.slice(0, at), fullName.slice(at + 1)]
}
