// Makes what is missing of the province: department, communes, price caps, schools, bank accounts and channels. Each is
// looked up by its natural key first, so that a start after a kill goes on where the one before was.
import type { Static } from 'typebox'
import { AuthorityReply, SchoolItem, SchoolReply } from '../directory/schema.js'
import { BankAccountReply, ChannelReply, IdReply } from '../banking/schema.js'
import { DomainError } from '../errors.js'
import { PriceCapReply } from '../fees/schema.js'
import type { Day, SchoolYear } from '../time.js'
import { schoolYearStart } from '../time.js'
import { demoSecret } from './banks.js'
import type { BankLine } from './banks.js'
import { inParallel } from './client.js'
import type { Client } from './client.js'
import { PRICE_CAPS } from './fees.js'
import type { SchoolPlan } from './plan.js'
import { COMMUNES, DEPARTMENT } from './province.js'
import type { DemoAccount, Purpose } from './province.js'

type Authority = Static<typeof AuthorityReply>

export interface OpenAccount {
  id: string
  registeredAt: Date
  /** Null without a channel. */
  line: BankLine | null
}

export interface OpenSchool extends SchoolPlan {
  id: string
  /** Made by this start: nothing below it can exist yet, so nothing is looked up. */
  fresh: boolean
  accounts: Map<Purpose, OpenAccount>
}

/** The demo's department, made at the first start; it remembers the school year of that start. */
export async function openDepartment(client: Client, schoolCount: number, schoolYear: SchoolYear): Promise<Authority> {
  const known = await client.list('/api/v1/authorities?kind=department', AuthorityReply)
  const code = DEPARTMENT.code(schoolCount)
  const found = known.find((authority) => authority.code === code)
  if (found) return found
  if (known.length > 0) {
    throw new DomainError('DEMO_REFUSED', 'This demo was begun with another number of schools: start it with the same ' +
      '--schools again, or give it another DATA_DIR.')
  }
  const validFrom = schoolYearStart(schoolYear)
  return client.post('/api/v1/authorities', { kind: 'department', name: DEPARTMENT.name, code, validFrom }, AuthorityReply)
}

export async function openProvince(
  client: Client, plans: readonly SchoolPlan[], department: Authority, concurrency: number, tick: () => void,
): Promise<OpenSchool[]> {
  const communes = await openCommunes(client, department)
  await setPriceCaps(client, department)
  const known = await client.list('/api/v1/schools', SchoolItem)
  const idByCode = new Map(known.map(({ moetCode, id }) => [moetCode, id]))
  const schools: OpenSchool[] = []
  await inParallel(plans, concurrency, async (plan) => {
    const { school } = plan
    const id = idByCode.get(school.moetCode)
    const open: OpenSchool = {
      ...plan, fresh: id === undefined, accounts: new Map(),
      id: id ?? await createSchool(client, plan, communes.get(school.commune.code) ?? department.id, department),
    }
    await openAccounts(client, open)
    schools.push(open)
    tick()
  })
  return schools.sort((one, other) => one.school.no - other.school.no)
}

async function openCommunes(client: Client, { id: parentId, validFrom }: Authority): Promise<Map<string, string>> {
  const known = await client.list('/api/v1/authorities?kind=commune', AuthorityReply)
  const idByCode = new Map(known.flatMap(({ code, id }) => code === null ? [] : [[code, id]]))
  for (const { code, name } of COMMUNES) {
    if (idByCode.has(code)) continue
    const body = { kind: 'commune', name, code, parentId, validFrom }
    idByCode.set(code, (await client.post('/api/v1/authorities', body, AuthorityReply)).id)
  }
  return idByCode
}

async function setPriceCaps(client: Client, { id, validFrom }: Authority): Promise<void> {
  const path = `/api/v1/authorities/${id}/price-caps`
  const known = new Set((await client.list(path, PriceCapReply)).map(({ feeCode }) => feeCode))
  for (const cap of PRICE_CAPS) {
    if (!known.has(cap.feeCode)) await client.post(path, { ...cap, validFrom }, PriceCapReply)
  }
}

async function createSchool(
  client: Client, { school }: SchoolPlan, communeId: string, department: { id: string; validFrom: Day },
): Promise<string> {
  const { name, type, level, urban, moetCode } = school
  const managedByCommune = level === 'preschool' || level === 'primary' || level === 'lower_secondary'
  const { id } = await client.post('/api/v1/schools', {
    name, type, levels: [level], urban, moetCode, validFrom: department.validFrom,
    managingAuthorityId: managedByCommune ? communeId : department.id, reportingAuthorityId: department.id,
  }, SchoolReply)
  return id
}

async function openAccounts(client: Client, open: OpenSchool): Promise<void> {
  const { school, id, fresh, accounts } = open
  if (school.accounts.length === 0) return
  const path = `/api/v1/schools/${id}/bank-accounts`
  const known = fresh ? [] : await client.list(path, BankAccountReply)
  for (const { accountNumber, bankBin, accountName } of school.accounts) {
    if (known.some((account) => account.accountNumber === accountNumber)) continue
    await client.post(path, { bankBin, accountNumber, accountName }, IdReply)
  }
  for (const registered of await client.list(path, BankAccountReply)) {
    const planned = school.accounts.find(({ accountNumber }) => accountNumber === registered.accountNumber)
    if (!planned) continue
    const line = await openLine(client, `${path}/${registered.id}/channels`, planned, fresh)
    accounts.set(planned.purpose, { id: registered.id, registeredAt: new Date(registered.createdAt), line })
  }
}

async function openLine(
  client: Client, path: string, { route, accountNumber }: DemoAccount, fresh: boolean,
): Promise<BankLine | null> {
  if (route === null) return null
  const secret = demoSecret(route, accountNumber)
  const known = fresh ? [] : await client.list(path, ChannelReply)
  const channel = known.find(({ state }) => state === 'active') ??
    await client.post(path, { provider: route.provider, mode: route.mode, secret }, ChannelReply)
  return { route, secret, webhookPath: channel.webhookPath }
}
