// What do the rows of one file say against each other? Finds the second row of one student, and keeps the
// classes that the rows name, so that one class has one grade. Pure.
import type { RosterField } from './roster-header.js'
import { nameKey, withoutZeros } from './roster-match.js'
import type { RosterFault, RosterPlace, RosterRow } from './roster-student.js'
import { classKey } from './school-class.js'
import { IDENTIFIER_FIELDS } from './student.js'

export type Refusal = Pick<RosterFault, 'code' | 'reason' | 'otherRow' | 'otherSheet' | 'studentId'> & { field: RosterField | null }
export interface RosterClass {
  id: string
  name: string
  grade: number | null
}

/** The row with which another one is at odds. */
export function otherPlace({ sheet, row }: RosterPlace): Pick<RosterFault, 'otherRow' | 'otherSheet'> {
  return { otherRow: row, ...(sheet !== undefined && { otherSheet: sheet }) }
}

/** `row 5`, or `row 5 of the sheet "6A1"`. */
export function placeText({ sheet, row }: RosterPlace): string {
  return sheet === undefined ? `row ${row}` : `row ${row} of the sheet "${sheet}"`
}

/** Reports the second of two rows that are one student by their own words. */
export function createDuplicateFinder(): (row: RosterRow) => Refusal | undefined {
  const rowOfIdentifier = new Map<string, RosterRow>()
  const rowOfName = new Map<string, { row: RosterPlace; identified: boolean }>()
  return (row) => {
    const { details, className } = row
    const held = IDENTIFIER_FIELDS.filter((field) => details[field] !== null)
    for (const field of held) {
      const other = rowOfIdentifier.get(`${field} ${withoutZeros(details[field] ?? '')}`)
      if (other === undefined) continue
      if (other.details[field] !== details[field]) {
        const reason = `differs from that of ${placeText(other)} in its leading zeros alone: format as text`
        return { code: 'IDENTIFIER_ZEROS_DIFFER', reason, field, ...otherPlace(other) }
      }
      return { code: 'DUPLICATE_IN_FILE', reason: `stands in ${placeText(other)} too`, field, ...otherPlace(other) }
    }
    const key = `${nameKey(details)} ${classKey(className)}`
    const namesake = rowOfName.get(key)
    // Two namesakes are told apart by identifiers only.
    if (namesake !== undefined && !(namesake.identified && held.length > 0)) {
      const reason = `has the name, birth date and class of ${placeText(namesake.row)}: give both an identifier`
      return { code: 'DUPLICATE_IN_FILE', reason, field: null, ...otherPlace(namesake.row) }
    }
    for (const field of held) rowOfIdentifier.set(`${field} ${withoutZeros(details[field] ?? '')}`, row)
    rowOfName.set(key, { row, identified: held.length > 0 })
    return undefined
  }
}

export interface ClassBook {
  find(className: string): RosterClass | undefined
  refuseGrade(row: RosterRow): Refusal | undefined
  /** The id of the row's class, which is made when it is new. */
  take(row: RosterRow): string
  newClasses(): RosterClass[]
  /** Classes whose grade was not known before. */
  gradedClasses(): RosterClass[]
}

export function createClassBook(classes: readonly RosterClass[], newId: () => string): ClassBook {
  const before = new Map(classes.map((known) => [known.id, known]))
  const byKey = new Map(classes.map((known) => [classKey(known.name), known]))
  const find = (className: string): RosterClass | undefined => byKey.get(classKey(className))
  const all = (): RosterClass[] => [...byKey.values()]
  return {
    find,
    refuseGrade({ className, grade }) {
      const known = find(className)?.grade ?? null
      if (known === null || grade === null || known === grade) return undefined
      const reason = `says grade ${grade}, but the class ${className} is in grade ${known}`
      return { code: 'GRADE_CONFLICT', reason, field: 'grade' }
    },
    take({ className, grade }) {
      const known = find(className) ?? { id: newId(), name: className, grade }
      byKey.set(classKey(className), { ...known, grade: known.grade ?? grade })
      return known.id
    },
    newClasses: () => all().filter(({ id }) => !before.has(id)),
    gradedClasses: () =>
      all().filter(({ id, grade }) => before.has(id) && before.get(id)?.grade !== grade),
  }
}
