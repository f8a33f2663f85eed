// Looks up what the check page was given: the accounts under a number, and what a code or a link leads to. Whether it
// fits together is the verdict's to say.
import type { Deps } from '../../deps.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'
import { findLinkedPlace } from '../parent/read-bill-page.js'
import {
  findAccountRoutes, findCodeRoute, listNamedBills, listSchoolAccounts, readPublicSchool,
} from './queries.js'
import type { AccountRoute } from './queries.js'
import type { Claims } from './question.js'
import { judge } from './verdict.js'
import type { FoundAccount, Named, Verdict } from './verdict.js'

type LookUpDeps = Pick<Deps, 'db' | 'secretBox' | 'now'>

export async function lookUp(deps: LookUpDeps, claims: Claims): Promise<Verdict> {
  const { accounts, code, link } = claims
  const [account] = accounts
  const bankBin = accounts.find((one) => one.bankBin !== null)?.bankBin ?? null
  return judge(claims, {
    found: account === undefined ? [] : await findAccounts(deps, account.accountNumber, bankBin),
    byCode: code === null ? null : await findNamedByCode(deps, code) ?? 'unknown',
    byLink: link === null ? null : await findNamedByLink(deps, link) ?? 'unknown',
  })
}

async function findAccounts(
  { db }: LookUpDeps, accountNumber: string, bankBin: string | null,
): Promise<FoundAccount[]> {
  const routes = await db.asService((trx) => findAccountRoutes(trx, accountNumber, bankBin))
  const found: FoundAccount[] = []
  for (const route of routes) found.push(...await readAccount(db, route))
  return found
}

async function readAccount(
  db: LookUpDeps['db'], { schoolId, bankBin, accountNumber }: AccountRoute,
): Promise<FoundAccount[]> {
  return db.inSchool(schoolId, async (trx) => {
    const school = await readPublicSchool(trx, schoolId)
    const known = (await listSchoolAccounts(trx, schoolId))
      .find((one) => one.bankBin === bankBin && one.accountNumber === accountNumber)
    return known === undefined ? [] : [{ ...known, school }]
  })
}

async function findNamedByCode({ db }: LookUpDeps, code: PaymentCodeNumber): Promise<Named | undefined> {
  const owner = await db.asService((trx) => findCodeRoute(trx, code))
  if (owner === undefined) return undefined
  const { schoolId, kind } = owner
  return db.inSchool(schoolId, async (trx) => ({
    school: await readPublicSchool(trx, schoolId),
    bills: kind === 'invoice' ? await listNamedBills(trx, schoolId, { code }) : [],
    anyOf: kind === 'invoice' ? [] : (await listSchoolAccounts(trx, schoolId)).filter(({ isActive }) => isActive),
  }))
}

async function findNamedByLink(deps: LookUpDeps, token: string): Promise<Named | undefined> {
  const linked = await findLinkedPlace(deps, token)
  if (linked === undefined) return undefined
  const { schoolId } = linked.place
  return deps.db.inSchool(schoolId, async (trx) => ({
    school: await readPublicSchool(trx, schoolId),
    bills: await listNamedBills(trx, schoolId, linked.place),
    anyOf: [],
  }))
}
