// By what are the schools of an authority set apart, and what of each set may be shown? Pure. Every set that
// a page or a file can show is named here, so that disclosure is decided over all of them.
import type { BoardSchool } from './board.js'
import type { SchoolLevel } from '../directory/school.js'
import { SCHOOL_LEVELS } from '../directory/school.js'
import { hiddenCounts } from './disclosure.js'
import type { Line } from './disclosure.js'
import type { GroupKey } from './measure.js'
import type { Fraction } from './rate.js'
import { countStudents } from './tally.js'

export const AREAS = ['urban', 'rural'] as const
export type Area = (typeof AREAS)[number]

/** Of whom figures are shown: all schools, or those of a level, an area, or both. */
export interface SchoolFilter {
  level: SchoolLevel | null
  area: Area | null
}

/** A school of several levels is in each of them when they are chosen, and in a column of its own in a table. */
export function inFilter({ levels, urban }: BoardSchool, { level, area }: SchoolFilter): boolean {
  return (level === null || levels.includes(level)) && (area === null || urban === (area === 'urban'))
}

export function columnOf({ levels }: BoardSchool): SchoolLevel {
  const [level] = levels
  return levels.length === 1 && level !== undefined ? level : 'multi_level'
}

/** Under which a school without a managing authority is listed. */
const NO_MANAGER = 'none'

export function rowOf({ managedBy }: BoardSchool): string {
  return managedBy?.id ?? NO_MANAGER
}

export const setName = {
  school: (schoolId: string) => `school ${schoolId}`,
  cell: (row: string, column: SchoolLevel) => `cell ${row} ${column}`,
  row: (row: string) => `row ${row}`,
  column: (column: SchoolLevel) => `column ${column}`,
  filter: ({ level, area }: SchoolFilter) => `filter ${level ?? 'all'} ${area ?? 'all'}`,
}

const WHOLE = setName.filter({ level: null, area: null })

/** What was worked out for the schools of one board: a page asks for it in each of its sections. */
const known = new WeakMap<readonly BoardSchool[], Map<string, ReadonlySet<string>>>()

/** The names of the sets (see `setName`) of whose children nothing may be shown in this fee group. */
export function hiddenSets(
  schools: readonly BoardSchool[], group: GroupKey, min: number,
): ReadonlySet<string> {
  const ofSchools = known.get(schools) ?? new Map<string, ReadonlySet<string>>()
  known.set(schools, ofSchools)
  const key = `${group} ${min}`
  const hidden = ofSchools.get(key) ?? findHidden(schools, group, min)
  ofSchools.set(key, hidden)
  return hidden
}

function findHidden(schools: readonly BoardSchool[], group: GroupKey, min: number): ReadonlySet<string> {
  const { members, lines } = setsOf(schools)
  const counts = new Map<string, Fraction>()
  for (const [name, of] of members) counts.set(name, countStudents(of, group))
  return hiddenCounts(counts, lines, min)
}

function setsOf(schools: readonly BoardSchool[]): { members: Map<string, BoardSchool[]>; lines: Line[] } {
  const members = new Map<string, BoardSchool[]>()
  const parts = new Map<string, Set<string>>()
  const add = (total: string, part: string, school: BoardSchool): void => {
    const names = parts.get(total) ?? new Set<string>()
    parts.set(total, names)
    names.add(part)
    const of = members.get(part)
    if (of === undefined) members.set(part, [school])
    else if (of.at(-1) !== school) of.push(school)
  }
  members.set(WHOLE, [...schools])
  for (const school of schools) {
    const [row, column] = [rowOf(school), columnOf(school)]
    const cell = setName.cell(row, column)
    add(cell, setName.school(school.schoolId), school)
    add(setName.row(row), cell, school)
    add(setName.column(column), cell, school)
    add(`${WHOLE} by row`, setName.row(row), school)
    add(`${WHOLE} by column`, setName.column(column), school)
    const area = school.urban ? 'urban' : 'rural'
    for (const level of [null, ...SCHOOL_LEVELS]) {
      if (!inFilter(school, { level, area })) continue
      const [both, one] = [setName.filter({ level, area: null }), setName.filter({ level, area })]
      add(`${both} by area`, one, school)
      add(one, setName.school(school.schoolId), school)
      if (level !== null) add(`${WHOLE} by level`, both, school)
    }
  }
  // "… by row" and the like are one sum, parted in several ways. Levels overlap and do not add up to the
  // whole.
  const lines = [...parts].filter(([total]) => !total.endsWith('by level'))
    .map(([total, names]) => ({ total: total.replace(/ by (row|column|area)$/, ''), parts: [...names] }))
  return { members, lines }
}
