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
import type { KnownStudent } from './roster-match.js'
import { planRosterImport } from './roster-plan.js'
import type { RosterCounts, RosterOutcome, RosterPlan } from './roster-plan.js'
import { insertImport, readKnownStudents, writePlan } from './roster-store.js'
import type { RosterFault } from './roster-student.js'
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
}

export async function importRoster(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  file: AsyncIterable<Uint8Array>,
  options: ImportOptions = {},
): Promise<ImportResult> {
  return (await planImport(deps, actor, schoolId, file, options)).result
}

/** What a person looks at before an import: each row and what becomes of it. */
export interface ImportPreview {
  result: ImportResult
  outcomes: RosterOutcome[]
  /** All who are not in the file. */
  missing: { studentId: string; fullName: string }[]
}

/** Says what `importRoster` would do with the file now, and writes nothing. */
export async function previewRoster(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  file: AsyncIterable<Uint8Array>,
  options: Omit<ImportOptions, 'dryRun'> = {},
): Promise<ImportPreview> {
  const { plan, result, students } = await planImport(deps, actor, schoolId, file, { ...options, dryRun: true })
  const absent = new Set(plan.missing)
  const missing = students.filter(({ id }) => absent.has(id))
  return {
    result,
    outcomes: plan.outcomes,
    missing: missing.map(({ id, fullName }) => ({ studentId: id, fullName })),
  }
}

async function planImport(
  { db, now }: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  file: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<{ plan: RosterPlan; result: ImportResult; students: KnownStudent[] }> {
  const today = vietnamDay(now())
  const place = { schoolId, ...placeInTime(options, today) }
  // Read first: no transaction waits for a slow upload.
  const { roster, skippedSheets, sha256 } = await readRosterFile(file, today)
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
    const sheets = { sheets: roster.sheets, skippedSheets }
    return { plan, result: { ...resultOf(importId, place, plan), ...sheets }, students }
  })
}

function resultOf(
  importId: string | null,
  { schoolYear, enrolFrom }: { schoolYear: string; enrolFrom: Day },
  { counts, missing, faults }: RosterPlan,
): Omit<ImportResult, 'sheets' | 'skippedSheets'> {
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
