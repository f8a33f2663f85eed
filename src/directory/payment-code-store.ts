// The SQL of a student's and a family's own payment code, and of families. A code is taken from the numbers
// of the whole system before anything points to it, and is never given back.
import { randomBytes } from 'node:crypto'
import assert from 'node:assert/strict'
import type { Trx } from '../db/tenancy.js'
import { insertRows } from '../db/rows.js'
import { drawPaymentCodeNumber, paymentCodeNumber } from '../invoicing/payment-code.js'
import type { PaymentCodeNumber } from '../invoicing/payment-code.js'

// With a billion codes in use one draw in 27 is taken; 40 taken draws in a row are no chance.
const MAX_DRAWS = 40

/** A number that nobody had before. */
export async function takePaymentCode(
  trx: Trx,
  schoolId: string,
  kind: 'student' | 'family',
): Promise<PaymentCodeNumber> {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const code = drawPaymentCodeNumber(randomBytes)
    const taken = await trx
      .insertInto('payment_code')
      .values({ code, school_id: schoolId, kind })
      .onConflict((conflict) => conflict.column('code').doNothing())
      .returning('code')
      .executeTakeFirst()
    if (taken !== undefined) return code
  }
  assert.fail(`${MAX_DRAWS} payment codes in a row were taken`)
}

export async function findStudentCode(
  trx: Trx,
  schoolId: string,
  studentId: string,
): Promise<PaymentCodeNumber | undefined> {
  const row = await trx
    .selectFrom('student')
    .select('payment_code')
    .where('school_id', '=', schoolId)
    .where('id', '=', studentId)
    .executeTakeFirst()
  return row?.payment_code == null ? undefined : paymentCodeNumber(row.payment_code)
}

export async function setStudentCode(
  trx: Trx,
  schoolId: string,
  studentId: string,
  code: PaymentCodeNumber,
): Promise<void> {
  await trx
    .updateTable('student')
    .set({ payment_code: code })
    .where('school_id', '=', schoolId)
    .where('id', '=', studentId)
    .execute()
}

/** The family of each of these students who has one. */
export async function readFamiliesOf(
  trx: Trx,
  schoolId: string,
  studentIds: readonly string[],
): Promise<{ studentId: string; familyId: string }[]> {
  return trx
    .selectFrom('family_member')
    .select(['student_id as studentId', 'family_id as familyId'])
    .where('school_id', '=', schoolId)
    .where('student_id', 'in', studentIds)
    .execute()
}

export async function insertFamily(
  trx: Trx,
  schoolId: string,
  family: { id: string; code: PaymentCodeNumber; studentIds: readonly string[] },
): Promise<void> {
  const { id, code, studentIds } = family
  await trx.insertInto('family').values({ school_id: schoolId, id, payment_code: code }).execute()
  await insertRows(
    trx,
    'family_member',
    studentIds.map((studentId) => ({ school_id: schoolId, family_id: id, student_id: studentId })),
  )
}
