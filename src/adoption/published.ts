// What an authority is told of its schools: the figures of a dashboard with every small count of children
// taken out. Pure. Pages, files and the printed report are made of this and never of the board itself.
import type { SchoolLevel } from '../directory/school.js'
import type { Day } from '../time.js'
import type { Board, BoardSchool } from './board.js'
import { AREAS, columnOf, hiddenSets, inFilter, rowOf, setName } from './board-sets.js'
import type { Area, SchoolFilter } from './board-sets.js'
import { isSmall } from './disclosure.js'
import { fractionOf, HIDDEN_SHARE, toMoneyShare, toShare } from './figure.js'
import type { HidableShare } from './figure.js'
import { GROUP_KEYS } from './measure.js'
import type { GroupKey, ThresholdMeasure } from './measure.js'
import type { Fraction, Threshold } from './rate.js'
import { countStudents, glanceOf, isDeployed, splitOf } from './tally.js'
import type { Glance } from './tally.js'
import type { TrendPoint } from './trend.js'

export interface PublishQuery {
  filter: SchoolFilter
  group: GroupKey
  thresholdOf: ThresholdMeasure
  threshold: Threshold
  smallCellMin: number
}

export type ShownGlance = Record<keyof Glance, HidableShare>
export type ShownTrio = Pick<ShownGlance, 'm2' | 'm3' | 'm5'>

/** The six measures of the schools in the filter, as of the board's day. */
export function publishGlance(board: Board, query: PublishQuery): ShownGlance {
  const { filter, group, thresholdOf, threshold, smallCellMin } = query
  const hidden = hiddenSets(board.schools, group, smallCellMin)
  const glance = glanceOf(schoolsIn(board, filter), group, thresholdOf, threshold, shownIn(hidden))
  return showGlance(glance, hidden.has(setName.filter(filter)))
}

function shownIn(hidden: ReadonlySet<string>): (school: BoardSchool) => boolean {
  return ({ schoolId }) => !hidden.has(setName.school(schoolId))
}

/** Shares of schools are about no child; money of few children says what each of them paid. */
function showGlance({ m1, m2, m3, m4, m5, m6 }: Glance, hidden: boolean): ShownGlance {
  return {
    m1: showSchools(m1), m2: showSchools(m2), m6: showSchools(m6),
    m3: showChildren(m3, hidden), m4: showMoney(m4, hidden), m5: showMoney(m5, hidden),
  }
}

function showSchools(counts: Fraction): HidableShare {
  return { ...toShare(counts), suppressed: false }
}

function showChildren(counts: Fraction, hidden: boolean): HidableShare {
  return hidden ? HIDDEN_SHARE : { ...toShare(counts), suppressed: false }
}

/** Empty, and not hidden, where the period took back more than it brought. */
function showMoney(counts: Fraction, hidden: boolean): HidableShare {
  return hidden ? HIDDEN_SHARE : { ...toMoneyShare(counts), suppressed: false }
}

export function schoolsIn({ schools }: Board, filter: SchoolFilter): BoardSchool[] {
  return schools.filter((school) => inFilter(school, filter))
}

export interface GroupLine extends ShownTrio {
  group: GroupKey
}

/** M2, M3 and M5 of each fee group, all groups together first. */
export function publishByGroup(board: Board, query: PublishQuery): GroupLine[] {
  return GROUP_KEYS.map((group) => ({ group, ...publishGlance(board, { ...query, group }) }))
}

export interface AreaLine extends ShownGlance {
  area: Area
}

/** Urban schools apart from the others: national targets are about urban schools. */
export function publishByArea(board: Board, query: PublishQuery): AreaLine[] {
  return AREAS.map((area) => ({ area, ...publishGlance(board, { ...query, filter: { ...query.filter, area } }) }))
}

export type SchoolState = 'no_channel' | 'no_payment' | 'started'

export interface SchoolLine extends Pick<BoardSchool, 'schoolId' | 'name' | 'levels' | 'urban' | 'managedBy'> {
  hasChannel: boolean
  state: SchoolState
  students: HidableShare
  money: HidableShare
}

/** Every school in the filter, in the order of their names. */
export function publishSchools(board: Board, { filter, group, smallCellMin }: PublishQuery): SchoolLine[] {
  const hidden = hiddenSets(board.schools, group, smallCellMin)
  return schoolsIn(board, filter).map((school) => lineOf(school, group, hidden))
}

/** One school's line; `hidden` are the names of the sets that are not shown in this group. */
export function lineOf(school: BoardSchool, group: GroupKey, hidden: ReadonlySet<string>): SchoolLine {
  const { schoolId, name, levels, urban, managedBy, hasChannel } = school
  const isHidden = hidden.has(setName.school(schoolId))
  return {
    schoolId, name, levels, urban, managedBy, hasChannel,
    // A school may have been paid through a channel that is closed by now: it has started all the same.
    state: isDeployed(school) ? 'started' : hasChannel ? 'no_payment' : 'no_channel',
    students: showChildren(countStudents([school], group), isHidden),
    money: showMoney(fractionOf(splitOf([school], group, 'moneyVnd')), isHidden),
  }
}

export type RankedBy = 'M3' | 'M5'

/** Schools whose share is shown, from the highest to the lowest; the exact shares are compared. */
export function rankSchools(lines: readonly SchoolLine[], by: RankedBy): SchoolLine[] {
  const shown = lines.filter((line) => shareOf(line, by).rate !== null)
  return shown.sort((one, other) => compareShares(shareOf(other, by), shareOf(one, by)))
}

function shareOf({ students, money }: SchoolLine, by: RankedBy): HidableShare {
  return by === 'M3' ? students : money
}

function compareShares(one: HidableShare, other: HidableShare): number {
  const cross = ({ numerator }: HidableShare, { denominator }: HidableShare): bigint =>
    BigInt(numerator ?? 0) * BigInt(denominator ?? 0)
  const difference = cross(one, other) - cross(other, one)
  return difference === 0n ? (one.denominator ?? 0) - (other.denominator ?? 0) : difference > 0n ? 1 : -1
}

export interface Distribution {
  /** Schools from 0 to below 10 %, …, from 90 to 100 %. */
  bins: readonly number[]
  hiddenSchools: number
  noDataSchools: number
}

const BINS = 10

export function publishDistribution(lines: readonly SchoolLine[], by: RankedBy): Distribution {
  const bins = Array.from({ length: BINS }, () => 0)
  let [hiddenSchools, noDataSchools] = [0, 0]
  for (const line of lines) {
    const { numerator, denominator, rate, suppressed } = shareOf(line, by)
    if (suppressed) hiddenSchools++
    else if (rate === null || numerator === null || denominator === null) noDataSchools++
    else {
      const bin = Math.min(BINS - 1, Math.floor(numerator * BINS / denominator))
      bins[bin] = (bins[bin] ?? 0) + 1
    }
  }
  return { bins, hiddenSchools, noDataSchools }
}

export interface CellTable {
  columns: readonly SchoolLevel[]
  rows: readonly CellRow[]
  total: { cells: readonly (ShownTrio | null)[]; all: ShownTrio }
}

export interface CellRow {
  managedBy: BoardSchool['managedBy']
  /** Null where the authority manages no such school. */
  cells: readonly (ShownTrio | null)[]
  all: ShownTrio
}

/** Managing authority of the day by level; every school of the authority, whatever the filter. */
export function publishTable(
  board: Board, levels: readonly SchoolLevel[], { group, thresholdOf, threshold, smallCellMin }: PublishQuery,
): CellTable {
  const hidden = hiddenSets(board.schools, group, smallCellMin)
  const show = (name: string, schools: readonly BoardSchool[]): ShownTrio =>
    showGlance(glanceOf(schools, group, thresholdOf, threshold, shownIn(hidden)), hidden.has(name))
  const columns = levels.filter((level) => board.schools.some((school) => columnOf(school) === level))
  const cellsOf = (name: (column: SchoolLevel) => string, schools: readonly BoardSchool[]) =>
    columns.map((column) => {
      const inside = schools.filter((school) => columnOf(school) === column)
      return inside.length === 0 ? null : show(name(column), inside)
    })
  const rows = [...byRow(board.schools)].map(([row, schools]): CellRow => ({
    managedBy: schools[0]?.managedBy ?? null,
    cells: cellsOf((column) => setName.cell(row, column), schools),
    all: show(setName.row(row), schools),
  }))
  const nameOf = ({ managedBy }: CellRow): string => managedBy?.name ?? '\uFFFF'
  return {
    columns,
    rows: rows.sort((one, other) => nameOf(one).localeCompare(nameOf(other), 'vi', { numeric: true })),
    total: {
      cells: cellsOf(setName.column, board.schools),
      all: show(setName.filter({ level: null, area: null }), board.schools),
    },
  }
}

function byRow(schools: readonly BoardSchool[]): Map<string, BoardSchool[]> {
  const rows = new Map<string, BoardSchool[]>()
  for (const school of schools) {
    const row = rows.get(rowOf(school))
    if (row === undefined) rows.set(rowOf(school), [school])
    else row.push(school)
  }
  return rows
}

export interface ShownPoint extends ShownTrio {
  asOf: Day
}

/** A curve of a set: hidden as a whole with the set, and at each point that would show few children. */
export function publishTrend(
  points: readonly TrendPoint[], board: Board, { filter, group, smallCellMin }: PublishQuery,
): ShownPoint[] {
  const setHidden = hiddenSets(board.schools, group, smallCellMin).has(setName.filter(filter))
  return points.map(({ asOf, m2, m3, m5 }) => {
    const hidden = setHidden || isSmall(m3, smallCellMin)
    return { asOf, m2: showSchools(m2), m3: showChildren(m3, hidden), m5: showMoney(m5, hidden) }
  })
}
