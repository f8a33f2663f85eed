// Reads an authority's schools with every count of them as of one day, in one snapshot: what its pages, its
// tables and its files are made of. It holds counts of each school, small ones too: what may be shown decides
// disclosure.ts.
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.js'
import type { SchoolLevel, SchoolType } from '../directory/school.js'
import type { Day } from '../time.js'
import { periodOf } from './period.js'
import { readStudentSums } from './queries/board-sums.js'
import { readMoneySums, readSchoolsWithChannel } from './queries/money-sums.js'
import { findRoster } from './queries/roster.js'
import type { Roster, RosterSchool } from './queries/roster.js'
import { readSchoolFacts } from './queries/school-facts.js'
import type { SchoolFacts } from './queries/school-facts.js'
import { firstDay, lastDay } from './queries/selection.js'
import type { Selection } from './queries/selection.js'
import { talliesOf } from './tallies.js'
import type { SchoolTally } from './tally.js'
import type { Changes } from './trend.js'

export interface BoardSchool extends SchoolTally, RosterSchool {
  type: SchoolType
  levels: readonly SchoolLevel[]
  urban: boolean
  /** The authority that manages it on the as-of day; `isBelow` when that stands under the one that asks. */
  managedBy: { id: string; name: string; isBelow: boolean } | null
}

export interface Board {
  authorityId: string
  from: Day
  asOf: Day
  /** In the order of (name, id). */
  schools: readonly BoardSchool[]
  /** What changed at each point up to `asOf`, in the fee group of the selection. */
  changes: Changes
}

export function readRoster(db: Kysely<Tables>, authorityId: string, asOf: Day): Promise<Roster> {
  return findRoster(db, { authorityId }, asOf, null)
}

/** As of one day, of every fee group. Throws DAY_INVALID. */
export async function readBoard(db: Kysely<Tables>, authorityId: string, asOf: Day): Promise<Board> {
  const roster = await readRoster(db, authorityId, asOf)
  return boardOf(db, authorityId, { roster, points: [periodOf(asOf)], feeGroup: null }, 'every')
}

/** Points of one school year; with `own`, students of other fee groups than the selection's are left out. */
export async function boardOf(
  db: Kysely<Tables>, authorityId: string, selection: Selection, groups: 'every' | 'own',
): Promise<Board> {
  const { roster } = selection
  const asOf = lastDay(selection)
  const facts = new Map((await readSchoolFacts(db, authorityId, roster, asOf)).map((row) => [row.school_id, row]))
  const withChannel = await readSchoolsWithChannel(db, selection)
  const students = await readStudentSums(db, selection, groups)
  const money = await readMoneySums(db, selection)
  const tallies = talliesOf(students, money)
  const schools = roster.flatMap((school): BoardSchool[] => {
    const known = facts.get(school.schoolId)
    return known === undefined ? [] : [{
      ...school, type: known.type, levels: known.levels, urban: known.urban, managedBy: managerOf(known),
      hasChannel: withChannel.has(school.schoolId), groups: tallies.get(school.schoolId) ?? new Map<never, never>(),
    }]
  })
  const changes = { asOf: selection.points.map((point) => point.asOf), students, money }
  return { authorityId, from: firstDay(selection), asOf, schools, changes }
}

function managerOf({ managing_id, managing_name, managed_below }: SchoolFacts): BoardSchool['managedBy'] {
  if (managing_id === null || managing_name === null) return null
  return { id: managing_id, name: managing_name, isBelow: managed_below }
}
