// Gives a student a payment code of its own, good before any bill exists. Asking again gives the same code.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import { paymentCodeText } from '../invoicing/payment-code.js'
import type { DirectoryDeps } from './directory-deps.js'
import { noStudent } from './get-student.js'
import { findStudentCode, setStudentCode, takePaymentCode } from './payment-code-store.js'
import { lockStudent } from './student-store.js'

/** The 12 characters. Throws `STUDENT_NOT_FOUND`. */
export async function issueStudentCode(
  { db }: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  studentId: string,
): Promise<string> {
  return db.inSchool(schoolId, async (trx) => {
    if (!(await lockStudent(trx, schoolId, studentId))) throw noStudent()
    const known = await findStudentCode(trx, schoolId, studentId)
    if (known !== undefined) return paymentCodeText(known)
    const code = await takePaymentCode(trx, schoolId, 'student')
    await setStudentCode(trx, schoolId, studentId, code)
    const after = { paymentCode: paymentCodeText(code) }
    await recordAudit(trx, {
      actor,
      action: 'student.code',
      objectKind: 'student',
      objectId: studentId,
      after,
    })
    return after.paymentCode
  })
}
