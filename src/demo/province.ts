// Which schools does the sample province have? Made up: "Cửu Long" is no province of today, and its communes and
// schools carry common names of the Mekong delta. Sizes follow the one province with public figures (Đồng Tháp,
// 22/11/2024: 597 schools, 546 of which take cashless payments). Pure.
import type { Mode, Provider } from '../banking/provider.js'
import type { SchoolLevel, SchoolType } from '../directory/school.js'

export const PROVINCE_SCHOOLS = 597
const DEPLOYED_SCHOOLS = 546
/** Students of the schools whose whole roster is made. */
const FULL_ROSTERS = [324, 612, 720, 846, 486] as const

export const DEPARTMENT = {
  code: (schools: number) => `DEMO-${schools}`,
  name: 'Sở Giáo dục và Đào tạo tỉnh Cửu Long (dữ liệu mẫu)',
}

export interface DemoCommune {
  code: string
  name: string
  urban: boolean
}

export const COMMUNES: readonly DemoCommune[] = [
  ['Phường Tân Hưng', true], ['Phường Mỹ Thạnh', true], ['Phường An Lạc', true], ['Xã Bình Hòa Trung', false],
  ['Xã Long Phú Thuận', false], ['Xã Hòa Tân', false], ['Xã Tân Khánh Đông', false], ['Xã Phú Điền', false],
  ['Xã Thạnh Lợi', false], ['Xã Vĩnh Bình', false], ['Xã Đông Phước', false],
].map(([name, urban], at) => ({
  code: `DEMO-XP${String(at + 1).padStart(2, '0')}`, name: String(name), urban: urban === true,
}))

/** How the money of an account is told of. */
export interface Route {
  provider: Provider
  mode: Mode
}

/** All that the service speaks; schools take them in turn. */
const ROUTES: readonly [Route, ...Route[]] = [
  { provider: 'sepay', mode: 'hmac' },
  { provider: 'sepay', mode: 'apikey' },
  { provider: 'casso-v1', mode: 'apikey' },
  { provider: 'casso-v2', mode: 'hmac' },
  { provider: 'payos', mode: 'hmac' },
  { provider: 'vietqr-vn', mode: 'bearer' },
]

/** What an account is for: most schools have one; a few keep health insurance apart. */
export type Purpose = 'fees' | 'insurance'

export interface DemoAccount {
  purpose: Purpose
  bankBin: string
  accountNumber: string
  accountName: string
  route: Route | null
}

export interface DemoSchool {
  /** From 1, in the order of the plan. */
  no: number
  /** The natural key of everything the demo makes. */
  moetCode: string
  name: string
  level: SchoolLevel
  type: SchoolType
  urban: boolean
  commune: DemoCommune
  /** Students to make: a whole roster, a class, or none. */
  students: number
  fullRoster: boolean
  deployed: boolean
  accounts: readonly DemoAccount[]
}

const LEVEL_SHARES: readonly [SchoolLevel, number][] = [
  ['preschool', 201], ['primary', 218], ['lower_secondary', 144], ['upper_secondary', 28], ['continuing', 5],
  ['vocational_continuing', 1],
]

/** `count` schools; with 597 of them, 546 deploy. */
export function planProvince(count: number): DemoSchool[] {
  const named = new Map<string, number>()
  const levels = levelsOf(count)
  const away = count - Math.round((count * DEPLOYED_SCHOOLS) / PROVINCE_SCHOOLS)
  const isAway = (at: number): boolean => Math.floor(((at + 1) * away) / count) > Math.floor((at * away) / count)
  const full = fullRosters(levels, isAway, Math.max(1, Math.round((count * FULL_ROSTERS.length) / PROVINCE_SCHOOLS)))
  let deployedSoFar = 0
  let awaySoFar = 0
  return levels.map((level, at) => {
    const no = at + 1
    const deployed = !isAway(at)
    const commune = COMMUNES[at % COMMUNES.length] ?? { code: '', name: '', urban: false }
    const turn = deployed ? deployedSoFar++ : awaySoFar++
    const fullSize = full.get(at)
    const name = nameOf(level, commune, turn + at, named)
    const route = deployed ? routeOf(turn) : null
    // A quarter of the schools without a channel take cash over the counter.
    const hasStudents = deployed || turn % 4 === 0
    return {
      no, moetCode: `87${String(no).padStart(6, '0')}`, name, level, type: typeOf(level, at), urban: commune.urban,
      commune, deployed, fullRoster: fullSize !== undefined,
      students: fullSize ?? (hasStudents ? 9 + (no % 6) : 0),
      accounts: hasStudents ? accountsOf(no, name, route, fullSize === undefined ? null : routeOf(turn + 1)) : [],
    }
  })
}

/** Spread over the list, so that every commune has every level. */
function levelsOf(count: number): SchoolLevel[] {
  const wanted = LEVEL_SHARES.map(([level, share]) => ({ level, each: PROVINCE_SCHOOLS / share, next: 0 }))
  for (const one of wanted) one.next = one.each / 2
  return Array.from({ length: count }, () => {
    const due = wanted.reduce((first, one) => (one.next < first.next ? one : first))
    due.next += due.each
    return due.level
  })
}

/** The first deployed schools of the levels whose rosters show different fees. */
function fullRosters(
  levels: readonly SchoolLevel[], isAway: (at: number) => boolean, count: number,
): Map<number, number> {
  const wanted: SchoolLevel[] = ['primary', 'lower_secondary', 'primary', 'upper_secondary', 'preschool']
  const chosen = new Map<number, number>()
  for (const [turn, level] of wanted.slice(0, count).entries()) {
    const at = levels.findIndex((one, index) => one === level && !isAway(index) && !chosen.has(index))
    if (at >= 0) chosen.set(at, FULL_ROSTERS[turn] ?? FULL_ROSTERS[0])
  }
  return chosen
}

function routeOf(turn: number): Route {
  return ROUTES[turn % ROUTES.length] ?? ROUTES[0]
}

function typeOf(level: SchoolLevel, at: number): SchoolType {
  if (level === 'preschool' && at % 7 === 3) return at % 2 === 0 ? 'community' : 'private'
  if (level === 'upper_secondary' && at % 9 === 4) return 'gifted'
  return (level === 'primary' || level === 'lower_secondary') && at % 29 === 11 ? 'private' : 'public'
}

const FLOWERS = ['Hoa Sen', 'Hướng Dương', 'Họa Mi', 'Sơn Ca', 'Măng Non', 'Tuổi Thơ', 'Hoa Mai', 'Vàng Anh', 'Ánh Dương',
  'Bông Sen', 'Tuổi Ngọc', 'Hoa Hồng', 'Rạng Đông', 'Thiên Thần Nhỏ']
const HEROES = ['Nguyễn Trãi', 'Lê Lợi', 'Trần Hưng Đạo', 'Nguyễn Huệ', 'Võ Thị Sáu', 'Kim Đồng', 'Lê Văn Tám', 'Phan Bội Châu',
  'Nguyễn Đình Chiểu', 'Nguyễn Trung Trực', 'Thủ Khoa Huân', 'Trương Định', 'Lý Tự Trọng', 'Nguyễn Viết Xuân',
  'Phan Chu Trinh', 'Hùng Vương', 'Lê Quý Đôn', 'Chu Văn An', 'Nguyễn Du', 'Bùi Thị Xuân']
const SCHOOL_WORD: Partial<Record<SchoolLevel, string>> = {
  preschool: 'Trường Mầm non', primary: 'Trường Tiểu học', lower_secondary: 'Trường THCS', upper_secondary: 'Trường THPT',
  continuing: 'Trung tâm GDTX', vocational_continuing: 'Trung tâm GDNN-GDTX',
}

/** Schools of one name are told apart by a number, as the provinces do. */
function nameOf(level: SchoolLevel, commune: DemoCommune, turn: number, named: Map<string, number>): string {
  const place = commune.name.replace(/^(Phường|Xã) /, '')
  const list = level === 'preschool' ? FLOWERS : HEROES
  const own = turn % 3 === 0 || level.endsWith('continuing') ? place : list[turn % list.length] ?? place
  const plain = `${SCHOOL_WORD[level] ?? 'Trường'} ${own}`
  const times = (named.get(plain) ?? 0) + 1
  named.set(plain, times)
  return times === 1 ? plain : `${plain} ${times}`
}

const BANK_BINS = ['970436', '970415', '970418', '970405', '970422'] as const

function accountsOf(no: number, name: string, route: Route | null, second: Route | null): DemoAccount[] {
  const account = (purpose: Purpose, end: string, at: number, route: Route | null): DemoAccount => ({
    purpose, route, bankBin: BANK_BINS[at % BANK_BINS.length] ?? BANK_BINS[0],
    accountNumber: `71${String(no).padStart(4, '0')}${end}`, accountName: upperPlain(name),
  })
  const fees = account('fees', '0186', no, route)
  return second === null ? [fees] : [fees, account('insurance', '0294', no + 1, second)]
}

/** Upper case without accents, as banks print names. */
export function upperPlain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D').toUpperCase()
}
