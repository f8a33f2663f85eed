// Moves a student to another class of the school, or lets the student leave, from a day on. What was billed
// and paid stays with the student; the days before stay in the old class.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import { schoolYearOf, vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { getReferredClass } from './create-student.js'
import type { DirectoryDeps } from './directory-deps.js'
import { closeEnrolment, insertEnrolment, readEnrolments } from './enrolment-store.js'
import { getStudent, noStudent } from './get-student.js'
import type { Student } from './get-student.js'
import { checkInSchoolYear, planEnrolment } from './student.js'
import { lockRoster, lockStudent } from './student-store.js'

export interface Transfer {
  /** null: the student leaves the school. */
  toClassId: string | null
  /** The first day in the new class, or the first day without school; default: today. */
  on?: Day | undefined
}

export async function transferStudent(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  studentId: string,
  transfer: Transfer,
): Promise<Student> {
  const on = transfer.on ?? vietnamDay(deps.now())
  await deps.db.inSchool(schoolId, async (trx) => {
    await lockRoster(trx, schoolId)
    if (!(await lockStudent(trx, schoolId, studentId))) throw noStudent()
    await writeTransfer(trx, actor, schoolId, studentId, transfer.toClassId, on)
  })
  return getStudent(deps, schoolId, studentId)
}

async function writeTransfer(
  trx: Trx,
  actor: Actor,
  schoolId: string,
  studentId: string,
  toClassId: string | null,
  on: Day,
): Promise<void> {
  const schoolYear =
    toClassId === null
      ? schoolYearOf(on)
      : (await getReferredClass(trx, schoolId, 'toClassId', toClassId)).schoolYear
  checkInSchoolYear(on, schoolYear, 'on')
  const enrolments = await readEnrolments(trx, schoolId, studentId, schoolYear)
  const { close, openClassId } = planEnrolment(enrolments, toClassId, on)
  if (close !== null) await closeEnrolment(trx, schoolId, close.id, close.validTo)
  if (openClassId !== null) {
    await insertEnrolment(trx, schoolId, {
      id: uuidv7(),
      studentId,
      classId: openClassId,
      schoolYear,
      validFrom: on,
    })
  }
  if (close === null && openClassId === null) return
  await recordAudit(trx, {
    actor,
    action: 'student.transfer',
    objectKind: 'student',
    objectId: studentId,
    before: { classId: enrolments.open?.classId ?? null },
    after: { classId: toClassId, on },
  })
}
