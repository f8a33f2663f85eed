// Takes a school's list of students over: reads the file, plans against what is there, and writes all good
// rows in one transaction, or none of them. A student who is not in the file stays: leaving is told by a
// transfer.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import { schoolYearOf, schoolYearStart, vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { readClasses } from './class-store.js'
import type { DirectoryDeps } from './directory-deps.js'
import { readRosterFile } from './roster-file.js'
import type { RosterFile } from './roster-file.js'
import type { KnownStudent } from './roster-match.js'
import { planRosterImport } from './roster-plan.js'
import type { OtherStudent } from './roster-plan.js'
import type { RosterCounts, RosterOutcome, RosterPlan } from './roster-plan.js'
import type { RosterClass } from './roster-rows.js'
import { insertImport, readKnownStudents, writePlan } from './roster-store.js'
import type { RosterFault } from './roster-student.js'
import type { Roster } from './roster.js'
import { checkInSchoolYear } from './student.js'
import { lockRoster } from './student-store.js'

const MISSING_SHOWN = 200

export interface ImportOptions {
  /** Default: the school year of today. */
  schoolYear?: string | undefined
  /**
   * First day in a class that is new for the student; default: today, or the first day of another school
   * year.
   */
  enrolFrom?: Day | undefined
  /** Says what would happen, and writes nothing. */
  dryRun?: boolean | undefined
}

export interface ImportResult extends RosterCounts {
  importId: string | null
  schoolYear: string
  enrolFrom: Day
  missing: number
  missingStudentIds: string[]
  faults: RosterFault[]
  /** Of a workbook: the sheets that were read, where there are several, and those that hold no list. */
  sheets: string[]
  skippedSheets: string[]
  /** The columns of all lists that were taken, and those that were not, by their titles. */
  columns: { read: string[]; unread: string[] }
  /** Classes that the import makes. */
  newClasses: string[]
}

export async function importRoster(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  file: AsyncIterable<Uint8Array>,
  options: ImportOptions = {},
): Promise<ImportResult> {
  return importRead(deps, actor, schoolId, await readRosterFile(file, vietnamDay(deps.now())), options)
}

/** The same for a file that was read before. */
export async function importRead(
  deps: DirectoryDeps, actor: Actor, schoolId: string, read: RosterFile, options: ImportOptions = {},
): Promise<ImportResult> {
  return (await planImport(deps, actor, schoolId, read, options)).result
}

/** What a person looks at before an import: each row and what becomes of it. */
export interface ImportPreview {
  result: ImportResult
  outcomes: RosterOutcome[]
  /** All who are not in the file. */
  missing: { studentId: string; fullName: string }[]
  /** Students of the school whom faulty rows are at odds with, by id. */
  others: ReadonlyMap<string, OtherStudent>
}

/** Says what `importRead` would do now, and writes nothing. */
export async function previewRead(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  read: RosterFile,
  options: Omit<ImportOptions, 'dryRun'> = {},
): Promise<ImportPreview> {
  const { plan, result, students, classes } =
    await planImport(deps, actor, schoolId, read, { ...options, dryRun: true })
  const absent = new Set(plan.missing)
  const missing = students.filter(({ id }) => absent.has(id))
  return {
    result,
    outcomes: plan.outcomes,
    missing: missing.map(({ id, fullName }) => ({ studentId: id, fullName })),
    others: othersOf(result.faults, students, classes),
  }
}

function othersOf(
  faults: readonly RosterFault[], students: readonly KnownStudent[], classes: readonly RosterClass[],
): Map<string, OtherStudent> {
  const named = new Set(faults.flatMap(({ studentId }) => studentId ?? []))
  return new Map(students.filter(({ id }) => named.has(id)).map(({ id, fullName, birthOn, enrolments: { open } }) =>
    [id, { fullName, birthOn, className: classes.find((one) => one.id === open?.classId)?.name ?? null }]))
}

async function planImport(
  { db, now }: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  { roster, skippedSheets, sha256 }: RosterFile,
  options: ImportOptions,
): Promise<{ plan: RosterPlan; result: ImportResult; students: KnownStudent[]; classes: readonly RosterClass[] }> {
  const today = vietnamDay(now())
  const place = { schoolId, ...placeInTime(options, today) }
  const importId = options.dryRun ? null : uuidv7()
  return db.inSchool(schoolId, async (trx) => {
    // Without the lock two imports at once would both find a child missing, and make it twice.
    if (importId !== null) await lockRoster(trx, schoolId)
    const students = await readKnownStudents(trx, schoolId, place.schoolYear)
    const classes = await readClasses(trx, schoolId, place.schoolYear)
    const { enrolFrom } = place
    const plan = planRosterImport({ roster, students, classes, enrolFrom, newId: uuidv7 })
    if (importId !== null) {
      await writePlan(trx, place, plan)
      await insertImport(trx, { id: importId, ...place, sha256, plan, actor: actor.name })
      await auditImport(trx, actor, importId, place, plan)
    }
    const newClasses = plan.newClasses.map(({ name }) => name)
    const sheets = { sheets: roster.sheets, skippedSheets, columns: columnsOf(roster), newClasses }
    return { plan, result: { ...resultOf(importId, place, plan), ...sheets }, students, classes }
  })
}

function columnsOf({ columns }: Roster): ImportResult['columns'] {
  const read = new Set(columns.flatMap((list) => list.read))
  const unread = new Set(columns.flatMap((list) => list.unread))
  return { read: [...read], unread: [...unread] }
}

function resultOf(
  importId: string | null,
  { schoolYear, enrolFrom }: { schoolYear: string; enrolFrom: Day },
  { counts, missing, faults }: RosterPlan,
): Omit<ImportResult, 'sheets' | 'skippedSheets' | 'columns' | 'newClasses'> {
  return {
    importId,
    schoolYear,
    enrolFrom,
    ...counts,
    missing: missing.length,
    missingStudentIds: missing.slice(0, MISSING_SHOWN),
    faults,
  }
}

function placeInTime(options: ImportOptions, today: Day): { schoolYear: string; enrolFrom: Day } {
  const thisYear = schoolYearOf(today)
  const schoolYear = options.schoolYear ?? thisYear
  const enrolFrom = options.enrolFrom ?? (schoolYear === thisYear ? today : schoolYearStart(schoolYear))
  checkInSchoolYear(enrolFrom, schoolYear, 'enrolFrom')
  return { schoolYear, enrolFrom }
}

async function auditImport(
  trx: Trx,
  actor: Actor,
  importId: string,
  { schoolYear, enrolFrom }: { schoolYear: string; enrolFrom: Day },
  { counts, missing }: RosterPlan,
): Promise<void> {
  const after = { schoolYear, enrolFrom, ...counts, missing: missing.length }
  await recordAudit(trx, {
    actor,
    action: 'roster.import',
    objectKind: 'roster_import',
    objectId: importId,
    after,
  })
}
