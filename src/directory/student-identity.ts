// Is an identifier that a person gives a child another child's, but for the zeros in front? And is a corrected child
// still the same one? What a list is refused for is not done by hand without a word either.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { isOne, withoutZeros } from './roster-match.js'
import { IDENTIFIER_FIELDS } from './student.js'
import type { IdentifierField, Identifiers, StudentDetails } from './student.js'

const COLUMNS: Readonly<Record<IdentifierField, string>> = {
  moetStudentId: 'moet_student_id', personalId: 'personal_id', schoolCode: 'school_code',
}
const DIGITS_MAX = 30

/** Throws `STUDENT_EXISTS`. Indexes: student_moet_student_id_key, student_personal_id_key, student_school_code_key. */
export async function refuseZeroTwin(
  trx: Trx, schoolId: string, { id, ...given }: Identifiers & { id: string },
): Promise<void> {
  for (const field of IDENTIFIER_FIELDS) {
    const spellings = zeroSpellings(given[field])
    if (spellings.length === 0) continue
    const { rows } = await sql`SELECT FROM student WHERE school_id = ${schoolId} AND id <> ${id}
      AND ${sql.ref(COLUMNS[field])} = ANY (${spellings}::text[]) LIMIT 1`.execute(trx)
    if (rows.length === 0) continue
    const reason = 'differs from that of another student of this school in its leading zeros alone'
    throw new DomainError('STUDENT_EXISTS', `${field} ${reason}`, [{ field, reason, code: 'IDENTIFIER_ZEROS_DIFFER' }])
  }
}

/** `"12"` -> `["012", "0012", …]`: what Excel makes the same number of, without the text itself. */
function zeroSpellings(value: string | null): string[] {
  if (value === null || !/^\d+$/.test(value)) return []
  const digits = withoutZeros(value)
  return Array.from({ length: DIGITS_MAX - digits.length + 1 }, (_, zeros) => '0'.repeat(zeros) + digits)
    .filter((spelling) => spelling !== value)
}

/**
 * Throws `STUDENT_IDENTITY_CONFLICT`: with name and birth date both different it is another child, who takes the money
 * along.
 */
export function refuseOtherChild(known: StudentDetails, wanted: StudentDetails): void {
  if (isOne(known, wanted)) return
  const reason = 'with another name and another birth date this is another student: correct one of them, save, then the other'
  throw new DomainError('STUDENT_IDENTITY_CONFLICT', reason, [])
}
