// Makes a family: brothers and sisters of one school whose bills one payment code pays together.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import { DomainError } from '../errors.js'
import { paymentCodeText } from '../invoicing/payment-code.js'
import type { DirectoryDeps } from './directory-deps.js'
import { insertFamily, readFamiliesOf, takePaymentCode } from './payment-code-store.js'
import { lockStudent } from './student-store.js'

export interface Family {
  id: string
  paymentCode: string
  studentIds: string[]
}

/** Throws `STUDENT_UNKNOWN`, and `FAMILY_MEMBER_EXISTS` for a student who has a family already. */
export async function createFamily(
  { db }: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  studentIds: readonly string[],
): Promise<Family> {
  // The one lock order of all writers: by student id.
  const members = [...new Set(studentIds.map((id) => id.toLowerCase()))].sort()
  return db.inSchool(schoolId, async (trx) => {
    for (const id of members) {
      if (!(await lockStudent(trx, schoolId, id)))
        throw refusal('STUDENT_UNKNOWN', `${id} is no student of this school`)
    }
    const [taken] = await readFamiliesOf(trx, schoolId, members)
    if (taken !== undefined)
      throw refusal('FAMILY_MEMBER_EXISTS', `${taken.studentId} is in a family already`)
    const code = await takePaymentCode(trx, schoolId, 'family')
    const family = { id: uuidv7(), code, studentIds: members }
    await insertFamily(trx, schoolId, family)
    const after = { paymentCode: paymentCodeText(code), studentIds: members }
    await recordAudit(trx, {
      actor,
      action: 'family.create',
      objectKind: 'family',
      objectId: family.id,
      after,
    })
    return { id: family.id, ...after }
  })
}

function refusal(code: string, reason: string): DomainError {
  return new DomainError(code, reason, [{ field: 'studentIds', reason }])
}
