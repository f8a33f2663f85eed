// Makes a student, the account row that all writers of the student's money lock, and the first enrolment.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import { violatedConstraint } from '../db/tenancy.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { findClass } from './class-store.js'
import type { DirectoryDeps } from './directory-deps.js'
import { insertEnrolment } from './enrolment-store.js'
import { getStudent } from './get-student.js'
import type { Student } from './get-student.js'
import type { SchoolClass } from './school-class.js'
import { tidyText } from './school.js'
import { refuseZeroTwin } from './student-identity.js'
import { checkInSchoolYear, withVietnameseD } from './student.js'
import type { Gender, StudentDetails } from './student.js'
import { insertStudent, lockRoster } from './student-store.js'

export interface NewStudent {
  fullName: string
  birthOn?: Day | undefined
  gender?: Gender | undefined
  moetStudentId?: string | undefined
  personalId?: string | undefined
  schoolCode?: string | undefined
  classId?: string | undefined
  /** First day in the class; default: today. */
  enrolFrom?: Day | undefined
}

export async function createStudent(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  wanted: NewStudent,
): Promise<Student> {
  const id = uuidv7()
  const enrolFrom = wanted.enrolFrom ?? vietnamDay(deps.now())
  const { classId } = wanted
  const write = async (trx: Trx): Promise<void> => {
    await lockRoster(trx, schoolId)
    await refuseZeroTwin(trx, schoolId, { id, ...detailsOf(wanted) })
    await insertStudent(trx, schoolId, { id, ...detailsOf(wanted) })
    if (classId !== undefined) {
      const { schoolYear } = await getReferredClass(trx, schoolId, 'classId', classId)
      checkInSchoolYear(enrolFrom, schoolYear, 'enrolFrom')
      await insertEnrolment(trx, schoolId, {
        id: uuidv7(),
        studentId: id,
        classId,
        schoolYear,
        validFrom: enrolFrom,
      })
    }
    const after = { classId: classId ?? null, enrolFrom }
    await recordAudit(trx, {
      actor,
      action: 'student.create',
      objectKind: 'student',
      objectId: id,
      after,
    })
  }
  await deps.db.inSchool(schoolId, write).catch((error: unknown) => {
    throw duplicateStudent(error) ?? error
  })
  return getStudent(deps, schoolId, id)
}

function detailsOf(wanted: NewStudent): StudentDetails {
  return {
    moetStudentId: wanted.moetStudentId ?? null,
    personalId: wanted.personalId ?? null,
    schoolCode: wanted.schoolCode ?? null,
    fullName: withVietnameseD(tidyText(wanted.fullName)),
    birthOn: wanted.birthOn ?? null,
    gender: wanted.gender ?? null,
  }
}

const FIELD_OF_CONSTRAINT: Readonly<Record<string, string>> = {
  student_moet_student_id_key: 'moetStudentId',
  student_personal_id_key: 'personalId',
  student_school_code_key: 'schoolCode',
}

export function duplicateStudent(error: unknown): DomainError | undefined {
  const field = FIELD_OF_CONSTRAINT[violatedConstraint(error) ?? '']
  if (field === undefined) return undefined
  const reason = 'belongs to another student of this school'
  return new DomainError('STUDENT_EXISTS', `${field} ${reason}`, [{ field, reason }])
}

/** The class that a field of a request names; throws `CLASS_UNKNOWN`. */
export async function getReferredClass(
  trx: Trx,
  schoolId: string,
  field: string,
  classId: string,
): Promise<SchoolClass> {
  const found = await findClass(trx, schoolId, classId)
  if (found !== undefined) return found
  const reason = 'is no class of this school'
  throw new DomainError('CLASS_UNKNOWN', `${field} ${reason}`, [{ field, reason }])
}
