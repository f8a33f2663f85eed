// Recognises the call that this service sends to itself to show that proof and answer work. Only who builds the whole
// body can set the mark: nothing that a payer writes into a transfer's content can look like it.

const MARK = '{"schoolFeesSelfTest":'
const MARK_BYTES = Buffer.from(MARK)

/** Compared at the first byte, without parsing: this is asked for every call. */
export function isSelfTest(rawBody: Buffer): boolean {
  return rawBody.subarray(0, MARK_BYTES.length).equals(MARK_BYTES)
}

/** A body with the mark first; `at` makes each one new. */
export function markedBody(at: Date, rest: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ schoolFeesSelfTest: at.toISOString(), ...rest }))
}
