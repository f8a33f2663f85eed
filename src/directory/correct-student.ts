// Corrects what is written of a student: name, birth date, gender, the identifiers. Bills and money are not touched,
// and the log says which fields changed, never the child's data.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import { DomainError } from '../errors.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { duplicateStudent } from './create-student.js'
import type { DirectoryDeps } from './directory-deps.js'
import { noStudent } from './get-student.js'
import { readBirthDate, readMoetStudentId, readName, readPersonalId, readSchoolCode } from './roster-cell.js'
import type { CellRead } from './roster-cell.js'
import type { Gender, StudentDetails } from './student.js'
import { findStudentDetails, updateStudentDetails } from './student-details-store.js'
import { refuseOtherChild, refuseZeroTwin } from './student-identity.js'
import { lockRoster } from './student-store.js'

/** As a person typed it; an empty text removes what was known, but for the name. */
export interface StudentCorrection {
  fullName: string
  birthOn: string
  gender: Gender | null
  moetStudentId: string
  personalId: string
  schoolCode: string
}

/**
 * Reads each field as a roster's cell is read. Throws `STUDENT_INVALID` with the faulty fields, `STUDENT_NOT_FOUND`,
 * `STUDENT_EXISTS` for an identifier of another student, `STUDENT_IDENTITY_CONFLICT` for another child in its place.
 */
export async function correctStudent(
  { db, now }: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  studentId: string,
  correction: StudentCorrection,
): Promise<void> {
  const wanted = readCorrection(correction, vietnamDay(now()))
  await db
    .inSchool(schoolId, async (trx) => {
      await lockRoster(trx, schoolId)
      const known = await findStudentDetails(trx, schoolId, studentId)
      if (known === undefined) throw noStudent()
      const changed = FIELDS.filter((field) => known[field] !== wanted[field])
      if (changed.length === 0) return
      refuseOtherChild(known, wanted)
      await refuseZeroTwin(trx, schoolId, { id: studentId, ...wanted })
      await updateStudentDetails(trx, schoolId, { id: studentId, ...wanted })
      await recordAudit(trx, {
        actor,
        action: 'student.correct',
        objectKind: 'student',
        objectId: studentId,
        after: { changed },
      })
    })
    .catch((error: unknown) => {
      throw duplicateStudent(error) ?? error
    })
}

const FIELDS = ['fullName', 'birthOn', 'gender', 'moetStudentId', 'personalId', 'schoolCode'] as const

function readCorrection(given: StudentCorrection, today: Day): StudentDetails {
  const errors: { field: string; reason: string; code: string }[] = []
  const read = <T>(field: keyof StudentCorrection, outcome: CellRead<T>): T | null => {
    if (outcome.ok) return outcome.value
    errors.push({ field, reason: outcome.reason, code: outcome.code })
    return null
  }
  const details = {
    fullName: read('fullName', readName(given.fullName)) ?? '',
    birthOn: read('birthOn', readBirthDate(given.birthOn, today))?.day ?? null,
    gender: given.gender,
    moetStudentId: read('moetStudentId', readMoetStudentId(given.moetStudentId)),
    personalId: read('personalId', readPersonalId(given.personalId)),
    schoolCode: read('schoolCode', readSchoolCode(given.schoolCode)),
  }
  if (errors.length === 0) return details
  const fields = errors.map(({ field }) => field).join(', ')
  throw new DomainError('STUDENT_INVALID', `not to be read: ${fields}`, errors)
}
