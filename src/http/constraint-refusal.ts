// Gives a violated database constraint its code. Use cases look before they write; this answers for the race
// that was lost between the two. The code follows from the constraint; the sentence names neither it nor the values.
import { sqlState, violatedConstraint } from '../db/tenancy.js'
import { DomainError } from '../errors.js'

const FOREIGN_KEY_VIOLATION = '23503'
const UNIQUE_VIOLATION = '23505'
const CHECK_VIOLATION = '23514'
const EXCLUSION_VIOLATION = '23P01'

// Checks on what a client sends. Every other check (sums, signs, states) guards our own arithmetic: violating
// one is a broken assumption, and the answer is INTERNAL.
const INPUT_CHECKS = ['name', 'legal_basis', 'valid', 'gender', 'levels', 'type', 'grade', 'year', 'kind', 'group', 'bin',
  'number', 'memo_word', 'size', 'scope', 'maximum', 'not_itself']
const NOT_INPUT = /^(bank_transaction|cash_receipt|invoice|invoice_line|credit|adoption_fact|allocation)_/

/** 409 `<CONSTRAINT>_EXISTS` for a duplicate or an overlap, 422 `<CONSTRAINT>_INVALID` for a reference or a check. */
export function constraintRefusal(error: unknown): DomainError | undefined {
  const constraint = violatedConstraint(error)
  if (constraint === undefined) return undefined
  const name = constraint.replace(/_p?key$/, '')
  const code = name.toUpperCase()
  switch (sqlState(error)) {
    case UNIQUE_VIOLATION:
      return new DomainError(`${code}_EXISTS`, 'another row has the same values already; read the list again')
    case EXCLUSION_VIOLATION:
      return new DomainError(`${code}_EXISTS`, 'another row holds at the same time')
    case FOREIGN_KEY_VIOLATION:
      return new DomainError(`${code}_INVALID`, 'the request names a row that does not exist, or not here')
    case CHECK_VIOLATION:
      if (!INPUT_CHECKS.some((end) => name.endsWith(`_${end}`)) || NOT_INPUT.test(name)) return undefined
      return new DomainError(`${code}_INVALID`, 'a value breaks a rule that its code names')
    default:
      return undefined
  }
}
