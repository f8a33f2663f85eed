// Which payment codes stand in the texts of one transfer: the memo as the provider cut it out, the bank's whole text,
// and the code that the provider itself found. They are the same words of one payer, so that a code which is whole in
// one text is not damaged in another. Pure.
import type { BankEvent } from '../banking/bank-event.js'
import { findPaymentCodes } from '../invoicing/payment-code.js'
import type { FoundPaymentCodes } from '../invoicing/payment-code.js'

export type Content = Pick<BankEvent, 'memo' | 'fullText'> & { providerCode?: string | null }

/** Codes each once, in the order of the texts; damaged are those texts that no whole code explains. */
export function readContent({ memo, fullText, providerCode = null }: Content): FoundPaymentCodes {
  const found = [memo, fullText ?? ''].map((text) => findPaymentCodes(text))
  const codes = new Set(found.flatMap((one) => one.codes))
  for (const code of findPaymentCodes(providerCode ?? '').codes) codes.add(code)
  const damaged = new Map(found.flatMap((one) => one.damaged).map((one) => [one.text, one]))
  return {
    codes: [...codes],
    damaged: [...damaged.values()].filter((one) => ![...codes].some((code) => isPieceOf(one, code))),
  }
}

// Two codes that begin alike this far are one in 920,000 pairs: ZF and four symbols.
const SURE_CHARS = 6

/** Cut off, or one symbol away from it. */
function isPieceOf({ text, candidates }: FoundPaymentCodes['damaged'][number], code: string): boolean {
  const symbols = text.toUpperCase().replace(/[^0-9A-Z]/g, '')
  return candidates.includes(code) || code.startsWith(symbols) || symbols.startsWith(code.slice(0, SURE_CHARS))
}
