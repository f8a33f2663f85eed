// Reads the evidence that the rules wrote beside an item. It was written as JSON at another time, perhaps by an older
// version: what is not as expected is left out, never guessed. Pure.
import { FAILURES, isOneOf } from '../../reconciliation/review-item.js'
import type { Failure } from '../../reconciliation/review-item.js'

/** Texts that looked like a code and were none. */
export function damagedTexts(evidence: object): string[] {
  return listIn(evidence, 'damaged').flatMap((one) => textIn(one, 'text') ?? [])
}

/** Why a call could not be read or settled: a code with a sentence in the catalogue, and the field it is about. */
export interface Fault {
  code: FaultCode
  field?: string
}

export type FaultCode = Failure | 'NOT_JSON' | 'TOO_MANY_ROWS' | 'CHANNEL_GONE' | 'CALL_UNREADABLE' | 'FIELD_MISSING' |
  'FIELD_WRONG_KIND' | 'FIELD_TOO_LONG' | 'FIELD_UNREADABLE' | 'AMOUNT_AMBIGUOUS' | 'AMOUNT_NOT_WHOLE' |
  'AMOUNT_OUT_OF_RANGE'

// The adapters' reasons are for programs and logs. Of what is not listed no more is said than where it was.
const FAULTS: readonly (readonly [RegExp, FaultCode])[] = [
  [/^(not valid (UTF-8|JSON)|nested deeper than |must be a JSON object)/, 'NOT_JSON'],
  [/^has \d+ rows/, 'TOO_MANY_ROWS'],
  [/^is missing/, 'FIELD_MISSING'],
  [/^is ambiguous/, 'AMOUNT_AMBIGUOUS'],
  [/^must be whole đồng/, 'AMOUNT_NOT_WHOLE'],
  [/^(is over |must not be zero|must be positive)/, 'AMOUNT_OUT_OF_RANGE'],
  [/^must have at most /, 'FIELD_TOO_LONG'],
  [/^must be /, 'FIELD_WRONG_KIND'],
  [/^the channel of this callback is gone/, 'CHANNEL_GONE'],
]

/** What was wrong with a call, field by field; no word of what an adapter, a database or an exception said. */
export function faultsIn(evidence: object): Fault[] {
  const faults = listIn(evidence, 'faults').flatMap((one): Fault[] => {
    const reason = textIn(one, 'reason')
    const field = textIn(one, 'field') ?? ''
    if (reason === undefined) return []
    const known = FAULTS.find(([words]) => words.test(reason))?.[1]
    return [field === '' ? { code: known ?? 'CALL_UNREADABLE' } : { code: known ?? 'FIELD_UNREADABLE', field }]
  })
  if (faults.length > 0) return faults
  const failure = textIn(evidence, 'failure') ?? ''
  if (isOneOf(FAILURES, failure)) return [{ code: failure }]
  // Written before failures had codes.
  return textIn(evidence, 'reason') === undefined ? [] : [{ code: 'UNEXPECTED' }]
}

/** The transfer that an event may be a repeat of. */
export function repeatedTransfer(evidence: object): string | undefined {
  return textIn(evidence, 'repeats')
}

/** The code of this school that was paid elsewhere. */
export function paidCode(evidence: object): string | undefined {
  return textIn(evidence, 'code')
}

/** Credit that met a bill of a newer school year: whose it is, and the two years. */
export function earlierCredit(
  evidence: object,
): { studentId: string; schoolYear: string; billSchoolYear: string } | undefined {
  const [studentId, schoolYear, billSchoolYear] =
    [textIn(evidence, 'studentId'), textIn(evidence, 'schoolYear'), textIn(evidence, 'billSchoolYear')]
  if (studentId === undefined || schoolYear === undefined || billSchoolYear === undefined) return undefined
  return { studentId, schoolYear, billSchoolYear }
}

/** What the codes of the content asked for, where the rules could not book it. */
export function proposedSplitIn(evidence: object): { invoiceId: string; amountVnd: number }[] {
  return listIn(evidence, 'proposedSplit').flatMap((one) => {
    const invoiceId = textIn(one, 'invoiceId')
    const amountVnd = numberIn(one, 'amountVnd')
    return invoiceId === undefined || amountVnd === undefined ? [] : [{ invoiceId, amountVnd }]
  })
}

function listIn(value: object, key: string): unknown[] {
  const found = memberOf(value, key)
  return Array.isArray(found) ? found : []
}

function textIn(value: unknown, key: string): string | undefined {
  const found = memberOf(value, key)
  return typeof found === 'string' ? found : undefined
}

function numberIn(value: unknown, key: string): number | undefined {
  const found = memberOf(value, key)
  return typeof found === 'number' ? found : undefined
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}
