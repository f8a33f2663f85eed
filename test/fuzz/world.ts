// Whom the fuzz calls as, and what there is to call about: two schools with everything in them, a channel of every
// provider, and callers who may much or nothing. Calls use it up (rounds close, people lose their roles), so it is made
// anew every some thousand calls.
import { SCOPES } from '../../src/access/actor.js'
import { ROLES, scopesOf } from '../../src/access/permission.js'
import { billPath } from '../../src/web/parent/link.js'
import { created } from '../support/payable-school.js'
import { TEST_BANKS } from '../support/banks.js'
import type { TestBank } from '../support/banks.js'
import { openPlace, openWalkWorld, ROWS, signedIn } from '../web/walk-world.js'
import type { Place, WalkWorld } from '../web/walk-world.js'

export interface Caller {
  name: string
  scopes: readonly string[]
  headers: Readonly<Record<string, string>>
  previewId?: string
}

export interface FuzzChannel {
  bank: TestBank
  path: string
  accountNumber: string
  /** What VietQR.vn was given. */
  bearer: string
}

/** Ids by the name of a parameter, newest first. */
export type Rows = ReadonlyMap<string, readonly string[]>

export interface FuzzWorld extends WalkWorld {
  callers: readonly [Caller, ...Caller[]]
  channels: readonly [FuzzChannel, ...FuzzChannel[]]
  billPaths: readonly string[]
  rows: Rows
}

// The fuzz is one address and a dozen sessions that call as fast as they can: what slows that down is tested elsewhere
// (test/http/page-limits.test.ts) and would hide what is asked here. A 503 counts as a failure like every other 5xx;
// that of a busy event loop is off in every test (test/support/app.ts).
const WITHOUT_RATES = {
  apiRequestsPerMinute: 1e9, pagesPerSessionPerMinute: 1e9, pagesPerAddressPerMinute: 1e9, failedProofsPerMinute: 1e9,
  checksPerMinute: 1e9, choiceChangesPerMinute: 1e9, loginFailuresPerAddress: 1e9, loginFailuresPerAccount: 1e9,
}

export async function openFuzzWorld(t: Parameters<typeof openWalkWorld>[0]): Promise<FuzzWorld> {
  return equip(await openWalkWorld(t, { config: WITHOUT_RATES }))
}

let renewals = 0

/** Two new schools and new people in the same database. */
export async function renewFuzzWorld(world: FuzzWorld): Promise<FuzzWorld> {
  const seed = `Mới${'abcdefghij'.charAt(++renewals % 10)}${renewals}`
  const { communeId, otherDepartmentId, owner } = world
  const [own, other] = [
    await openPlace(world, owner, { name: `Trường ${seed}`, authorityId: communeId, seed }),
    await openPlace(world, owner, { name: `Trường kia ${seed}`, authorityId: otherDepartmentId, seed: `Kia${seed}` }),
  ]
  return equip({ ...world, own, other })
}

async function equip(world: WalkWorld): Promise<FuzzWorld> {
  return {
    ...world,
    callers: await openCallers(world),
    channels: await openChannels(world),
    billPaths: world.own.school.bills.map(({ paymentCode }) => billPath(world.deps.secretBox, paymentCode)),
    rows: await findRows(world, world.own),
  }
}

async function openCallers(world: WalkWorld): Promise<[Caller, ...Caller[]]> {
  const { token } = await created<{ token: string }>(world.asAdmin('POST', '/api/v1/tokens',
    { name: 'fuzz', scopes: SCOPES.filter((scope) => scope !== 'admin'), schoolId: world.own.school.schoolId }))
  const people = []
  for (const role of ROLES) {
    const { headers, lists: [list] } = await signedIn(world, role)
    const previewId = list?.get('previewId')
    people.push({ name: role, scopes: scopesOf(role), headers, ...(previewId !== undefined && { previewId }) })
  }
  return [
    { name: 'admin', scopes: SCOPES, headers: { authorization: `Bearer ${world.adminToken}` } },
    { name: 'school token', scopes: SCOPES, headers: { authorization: `Bearer ${token}` } },
    ...people,
    { name: 'nobody', scopes: [], headers: {} },
  ]
}

let accounts = 0

/** One account a provider: an account has one channel at a time. */
async function openChannels(world: WalkWorld): Promise<[FuzzChannel, ...FuzzChannel[]]> {
  const { school: { schoolId, accountNumber, bank, webhookPath } } = world.own
  const channels: [FuzzChannel, ...FuzzChannel[]] = [{ bank, path: webhookPath, accountNumber, bearer: '' }]
  const at = `/api/v1/schools/${schoolId}/bank-accounts`
  for (const one of TEST_BANKS) {
    const { provider, mode, secret } = one
    const accountNumber = `0901${String(++accounts).padStart(8, '0')}`
    const { id } = await created<{ id: string }>(
      world.asAdmin('POST', at, { bankBin: '970422', accountNumber, accountName: 'TRUONG TIEU HOC' }))
    const { webhookPath: path } = await created<{ webhookPath: string }>(
      world.asAdmin('POST', `${at}/${id}/channels`, { provider, ...(mode && { mode }), secret }))
    channels.push({ bank: one, path, accountNumber, bearer: await bearerOf(world, provider, path, secret) })
  }
  return channels
}

async function bearerOf({ app }: WalkWorld, provider: string, path: string, secret: string): Promise<string> {
  if (provider !== 'vietqr-vn') return ''
  const headers = { authorization: `Basic ${Buffer.from(secret).toString('base64')}` }
  const answer = await app.inject({ method: 'POST', url: `${path}/api/token_generate`, headers })
  return answer.json<{ access_token: string }>().access_token
}

/** What the own school has by now: its newest rows of every kind, and those that it began with. */
export async function findRows({ owner }: WalkWorld, { school: { schoolId }, ids }: Place): Promise<Rows> {
  const rows = new Map([...ids].map(([name, id]) => [name, [id]]))
  for (const [name, table] of Object.entries(ROWS)) {
    const found = await owner.query<{ id: string }>(
      `SELECT id FROM ${table} WHERE school_id = $1 ORDER BY id DESC LIMIT 12`, [schoolId])
    rows.set(name, [...found.rows.map(({ id }) => id), ...rows.get(name) ?? []])
  }
  return rows
}
