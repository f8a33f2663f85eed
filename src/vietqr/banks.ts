// Which banks a VietQR can name, by BIN. The BIN is the only key: codes are untidy, `BVB` means two banks,
// and names change while the BIN stays. Never take transferSupported as a word about receiving.
import list from './banks.json' with { type: 'json' }

/** A bank that can be offered. `transferSupported`: its APP can pay by scanning; null means not known. */
export interface Bank {
  bin: string
  code: string
  shortName: string
  name: string
  swift: string | null
  transferSupported: boolean | null
  receiveSupported: boolean | null
  otherNames: readonly string[]
}

/** All banks that can be offered, in the order of their short names. Entries that only the State Bank's
 * list has carry no code and are left out: nothing shows that NAPAS routes to them. */
export const banks: readonly Bank[] = list.banks
  .flatMap(({ code, shortName, otherNames, ...bank }) =>
    code === null || shortName === null ? [] : [{ ...bank, code, shortName, otherNames: otherNames ?? [] }])
  .sort((a, b) => a.shortName.localeCompare(b.shortName, 'en'))

const banksByBin = new Map(banks.map((bank) => [bank.bin, bank]))

/** The bank of a six-digit BIN, if it can be offered. */
export function findBank(bin: string): Bank | undefined {
  return banksByBin.get(bin)
}
