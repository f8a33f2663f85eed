// Reads the evidence that the rules wrote beside an item. It was written as JSON at another time, perhaps by an older
// version: what is not as expected is left out, never guessed. Pure.

/** Texts that looked like a code and were none. */
export function damagedTexts(evidence: object): string[] {
  return listIn(evidence, 'damaged').flatMap((one) => textIn(one, 'text') ?? [])
}

/** What was wrong with a call, field by field. */
export function faultTexts(evidence: object): string[] {
  const faults = listIn(evidence, 'faults').flatMap((one) => {
    const reason = textIn(one, 'reason')
    const field = textIn(one, 'field')
    return reason === undefined ? [] : [field === undefined ? reason : `${field}: ${reason}`]
  })
  const failure = textIn(evidence, 'reason')
  return failure === undefined ? faults : [...faults, failure]
}

/** The transfer that an event may be a repeat of. */
export function repeatedTransfer(evidence: object): string | undefined {
  return textIn(evidence, 'repeats')
}

/** The code of this school that was paid elsewhere. */
export function paidCode(evidence: object): string | undefined {
  return textIn(evidence, 'code')
}

function listIn(value: object, key: string): unknown[] {
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
  return Array.isArray(found) ? found : []
}

function textIn(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
  return typeof found === 'string' ? found : undefined
}
