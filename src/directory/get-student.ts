// Who is this student, in which class today, and in which before?
import { DomainError } from '../errors.js'
import { paymentCodeNumber, paymentCodeText } from '../invoicing/payment-code.js'
import { schoolYearOf, vietnamDay } from '../time.js'
import type { DirectoryDeps } from './directory-deps.js'
import { listEnrolments } from './enrolment-store.js'
import type { EnrolmentRow } from './enrolment-store.js'
import { findStudent } from './student-store.js'
import type { StudentRow } from './student-store.js'

export interface Student extends Omit<StudentRow, 'paymentCode'> {
  paymentCode: string | null
  enrolments: EnrolmentRow[]
}

/** Throws `STUDENT_NOT_FOUND`. */
export async function getStudent(
  { db, now }: DirectoryDeps,
  schoolId: string,
  studentId: string,
): Promise<Student> {
  const on = vietnamDay(now())
  return db.inSchool(schoolId, async (trx) => {
    const student = await findStudent(trx, schoolId, studentId, { schoolYear: schoolYearOf(on), on })
    if (student === undefined) throw noStudent()
    const { paymentCode } = student
    return {
      ...student,
      paymentCode: paymentCode === null ? null : paymentCodeText(paymentCodeNumber(paymentCode)),
      enrolments: await listEnrolments(trx, schoolId, studentId),
    }
  })
}

export function noStudent(): DomainError {
  return new DomainError('STUDENT_NOT_FOUND', 'there is no such student in this school')
}
