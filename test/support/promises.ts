// What `verify` finds broken in a database, as texts that a test can compare.
import { verifyDatabase } from '../../src/verify/verify.js'

const SHOWN = 3

/** One text for each kind of fault, with some of the rows at fault. Empty when every promise holds. */
export async function findBroken(ownerUrl: string): Promise<string[]> {
  const reports = await verifyDatabase(ownerUrl)
  return reports.flatMap(({ promise, faults }) =>
    faults.map(({ fault, ids }) => `${promise}: ${fault}: ${ids.slice(0, SHOWN).join(', ')}`))
}
