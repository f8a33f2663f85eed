// Two schools that must never meet, with everything in both that a page can show, and the routes of the application as
// it registers them: what the walks over all of it start from.
import diagnostics from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { holderKindOf } from '../../src/access/permission.js'
import type { Role } from '../../src/access/permission.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { drainDepsOf } from '../../src/worker.js'
import { openPeopleWorld } from '../access/people-world.js'
import type { PeopleWorld } from '../access/people-world.js'
import { callBank, created, openPayableSchool } from '../support/payable-school.js'
import type { PayableSchool } from '../support/payable-school.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** As much of JSON Schema as the routes use. */
export interface Schema {
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly Schema[]
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
  minimum?: number
  maximum?: number
  exclusiveMaximum?: number
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  format?: string
  pattern?: string
}

export interface Route {
  method: Method
  url: string
  scope: string | undefined
  params: Schema | undefined
  query: readonly string[]
  querySchema: Schema | undefined
  body: Schema | undefined
}

/** The routes of every application that is built from now on. */
export function watchRoutes(): Route[] {
  const routes: Route[] = []
  diagnostics.subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', ({ url, method, config, schema }: RouteOptions) => {
      const { params, querystring, body } = (schema ?? {}) as Record<string, Schema | undefined>
      for (const one of METHODS) {
        if (![method].flat().includes(one)) continue
        routes.push({
          method: one, url, scope: config?.scope, params, body,
          query: Object.keys(querystring?.properties ?? {}), querySchema: querystring,
        })
      }
    })
  })
  return routes
}

/** Where the rows of a school lie that a parameter of a path names. A new parameter has to be added here. */
export const ROWS: Readonly<Record<string, string>> = {
  studentId: 'student', invoiceId: 'invoice', roundId: 'collection_round', feeKindId: 'fee_kind',
  receiptId: 'cash_receipt', reviewItemId: 'review_item', reviewId: 'review_item', transactionId: 'bank_transaction',
  runId: 'invoice_run', exemptionId: 'exemption', importId: 'roster_import', bankAccountId: 'bank_account',
  channelId: 'channel', classId: 'school_class', creditId: 'credit', previewId: 'roster_preview',
}

export type Ids = ReadonlyMap<string, string>

export interface Place {
  school: PayableSchool
  authorityId: string
  /** What stands in every text of the school, and in no other's. */
  seed: string
  ids: Ids
}

export interface WalkWorld extends PeopleWorld {
  own: Place
  other: Place
  owner: pg.Client
}

export async function openWalkWorld(...given: Parameters<typeof openPeopleWorld>): Promise<WalkWorld> {
  const [t] = given
  const world = await openPeopleWorld(...given)
  const owner = new pg.Client({ connectionString: world.database.ownerUrl })
  await owner.connect()
  t.teardown(() => owner.end())
  const { communeId, otherDepartmentId } = world
  const own = await openPlace(world, owner, { name: 'Trường Tiểu học Công Khai', authorityId: communeId, seed: 'An' })
  const other = await openPlace(world, owner,
    { name: 'Trường Tiểu học Kín Đáo', authorityId: otherDepartmentId, seed: 'Khuất' })
  return { ...world, own, other, owner }
}

/** With everything in it that a page can show: bills, payments, cash, an exemption, money in review, people. */
export async function openPlace(
  world: PeopleWorld, owner: pg.Client, place: { name: string; authorityId: string; seed: string },
): Promise<Place> {
  const { name, authorityId, seed } = place
  const department = authorityId === world.communeId ? world.departmentId : authorityId
  const school = await openPayableSchool(world, {
    name, managingAuthorityId: authorityId, reportingAuthorityId: department,
    students: [1, 2, 3].map((no) => `01${seed.length}000000${no},Tạ ${seed} ${'MộtHaiBa'.slice(no - 1, no + 2)},05/09/2017,3A`),
  })
  const { schoolId } = school
  const [first, second, third] = school.bills
  if (!first || !second || !third) throw new Error('three bills were issued')
  const day = '2026-09-12'
  await callBank(world, school, { id: 1, content: `${first.paymentCode} nop`, amountVnd: first.payableVnd, day })
  await callBank(world, school, { id: 2, content: `NOI DUNG ${seed} khong ma`, amountVnd: 77_000, day })
  await callBank(world, school, { id: 3, content: `${first.paymentCode} lan nua`, amountVnd: 12_000, day })
  await drainInbox(drainDepsOf(world.deps))
  const at = `/api/v1/schools/${schoolId}`
  await created(world.asAdmin('POST', `${at}/cash-receipts`, {
    studentId: second.studentId, invoiceId: second.id, amountVnd: 50_000, receivedOn: day, note: `Phiếu ${seed}`,
  }))
  const { items: [kind] } = await created<{ items: { id: string }[] }>(world.asAdmin('GET', `${at}/fee-kinds`))
  await created(world.asAdmin('POST', `${at}/exemptions`, {
    studentId: third.studentId, feeKindId: kind?.id, percent: 50, payer: 'budget', legalBasis: 'NĐ 238/2025',
    decisionNumber: `12/QĐ ${seed}`, validFrom: '2026-08-01',
  }))
  await keepList(owner, schoolId, 'user:somebody', seed)
  const cap = await created<{ id: string }>(world.asAdmin('POST', `/api/v1/authorities/${authorityId}/price-caps`, {
    feeCode: 'BT', unit: 'month', maximumVnd: 900_000, legalBasis: `NQ ${seed}`, validFrom: '2026-08-01',
  }))
  const ids = await idsOf(world, owner, { schoolId, paymentCode: first.paymentCode })
  return { school, authorityId, seed, ids: new Map([...ids, ['capId', cap.id]]) }
}

/** A list of students that waits to be taken over by `actor`. */
export async function keepList(owner: pg.Client, schoolId: string, actor: string, seed: string): Promise<string> {
  const id = uuidv7()
  const file = Buffer.from(`Mã định danh,Họ và tên,Ngày sinh,Lớp\n0190000009,Tạ ${seed} Mới,05/09/2017,3A`)
  await owner.query(`INSERT INTO roster_preview (school_id, id, actor, file_name, file, school_year, enrol_from, expires_at)
    VALUES ($1, $2, $3, $4, $5, '2026-2027', '2026-09-01', '2099-01-01')`, [schoolId, id, actor, `${seed}.csv`, file])
  return id
}

async function idsOf(
  world: PeopleWorld, owner: pg.Client, { schoolId, paymentCode }: { schoolId: string; paymentCode: string },
): Promise<Ids> {
  const ids = new Map<string, string>()
  const find = async (parameter: string, query: string, value: string) => {
    const { rows: [row] } = await owner.query<{ id: string }>(query, [value])
    if (row === undefined) throw new Error(`the school has nothing for :${parameter}`)
    ids.set(parameter, row.id)
  }
  for (const [parameter, table] of Object.entries(ROWS)) {
    await find(parameter, `SELECT id FROM ${table} WHERE school_id = $1 ORDER BY id LIMIT 1`, schoolId)
  }
  const { userId } = await world.makePerson('accountant', { schoolId })
  await world.db.asService((trx) => world.app.access.sessions.start(trx, userId, 'full', { address: null, agent: null }))
  await created(world.asAdmin('POST', '/api/v1/tokens', { name: 'walk', scopes: ['fees:read'], schoolId }))
  ids.set('userId', userId)
  ids.set('paymentCode', paymentCode)
  await find('roleId', 'SELECT id FROM role_assignment WHERE user_id = $1', userId)
  await find('sessionId', 'SELECT id FROM user_session WHERE user_id = $1', userId)
  await find('tokenId', 'SELECT id FROM api_token WHERE of_school_id = $1', schoolId)
  return ids
}

/** Every path of the route: `place` gives the school and the authority, `ids` the rest, and each choice it offers. */
export function aim({ url, params }: Route, { school, authorityId }: Place, ids: Ids): string[] {
  let paths = [url.replace(':schoolId', school.schoolId).replace(':authorityId', authorityId).replace('*', 'x')]
  for (const [whole, name = ''] of url.matchAll(/:(\w+)/g)) {
    if (name === 'schoolId' || name === 'authorityId') continue
    const found = ids.get(name)
    const values = found === undefined ? params?.properties?.[name]?.enum?.map(String) : [found]
    if (values === undefined) throw new Error(`${url}: tell this test where ${whole} lies`)
    paths = paths.flatMap((path) => values.map((value) => path.replace(whole, value)))
  }
  return paths
}

/** The headers of somebody of the role, at the own school where it is one of a school, and lists of theirs in both. */
export async function signedIn(
  world: WalkWorld, role: Role,
): Promise<{ headers: Record<string, string>; lists: Ids[] }> {
  const { own, other, app: { access: { sessions } } } = world
  const { userId } = await world.makePerson(role, holderKindOf(role) === 'school' ? { schoolId: own.school.schoolId } : {})
  const { token } = await world.db.asService((trx) =>
    sessions.start(trx, userId, 'full', { address: null, agent: null }))
  const { csrfToken = '' } = await sessions.find(token) ?? {}
  const lists = await Promise.all([own, other].map(async ({ school, seed, ids }) =>
    new Map([...ids, ['previewId', await keepList(world.owner, school.schoolId, `user:${userId}`, seed)]])))
  return { headers: { cookie: `session=${token}`, 'x-csrf-token': csrfToken }, lists }
}
