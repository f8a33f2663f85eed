// No page and no answer of the API shows another school's row. Walks every route that reads, as every role, with the
// ids of its own school and with those of another, and looks for the other's names, numbers and codes in what comes.
import diagnostics from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import pg from 'pg'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { ROLES, holderKindOf, scopesOf } from '../../src/access/permission.js'
import type { Role } from '../../src/access/permission.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { drainDepsOf } from '../../src/worker.js'
import { openPeopleWorld } from '../access/people-world.js'
import type { PeopleWorld } from '../access/people-world.js'
import { callBank, created, openPayableSchool } from '../support/payable-school.js'
import type { PayableSchool } from '../support/payable-school.js'
import { assertPromises } from '../support/site.js'

interface ReadRoute {
  url: string
  scope: string | undefined
}

const routes: ReadRoute[] = []
diagnostics.subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ url, method, config }: RouteOptions) => {
    if ([method].flat().includes('GET')) routes.push({ url, scope: config?.scope })
  })
})

/** Where the rows lie that a parameter of a path names. A new parameter has to be added here. */
const ROWS: Readonly<Record<string, string>> = {
  studentId: 'student', invoiceId: 'invoice', roundId: 'collection_round', feeKindId: 'fee_kind',
  receiptId: 'cash_receipt', reviewItemId: 'review_item', reviewId: 'review_item', transactionId: 'bank_transaction',
  runId: 'invoice_run', exemptionId: 'exemption', importId: 'roster_import', bankAccountId: 'bank_account',
  accountId: 'bank_account', channelId: 'channel', classId: 'school_class', id: 'bank_account',
}
/** Not rows of a school: any id will do. */
const OTHERS = ['previewId', 'userId', 'roleId', 'sessionId', 'tokenId', 'act', 'name', 'provider', 'format', 'kind']

type Ids = ReadonlyMap<string, string>

interface Place {
  school: PayableSchool
  authorityId: string
  ids: Ids
}

t.test('no reader meets a row of another school', async (t) => {
  const world = await openPeopleWorld(t)
  const own = await openPlace(world, { name: 'Trường Tiểu học Công Khai', authorityId: world.communeId, seed: 'An' })
  const other = await openPlace(world, { name: 'Trường Tiểu học Kín Đáo', authorityId: world.otherDepartmentId, seed: 'Khuất' })
  const marks = marksOf(other.school)
  const guarded = routes.filter(({ url, scope }) => scope !== undefined && !/xlsx|events$/.test(url))
  t.ok(guarded.length > 60, `${guarded.length} routes`)

  const asOther = await world.app.inject({
    url: `/api/v1/schools/${other.school.schoolId}/students`, headers: { authorization: `Bearer ${world.adminToken}` },
  })
  t.ok(marks.some((mark) => asOther.body.includes(mark)), 'the marks are there for whoever may see them')

  for (const role of ROLES) {
    await t.test(role, async (t) => {
      const headers = await signedIn(world, role, own.school.schoolId)
      let shown = 0
      for (const { url, scope } of guarded) {
        for (const [name, place, ids] of [['own', own, own.ids], ['foreign ids', own, other.ids], ['foreign', other, other.ids]] as const) {
          if (mayLook(role, scope) && (name === 'foreign' || !NAMES_A_PLACE.test(url))) continue
          const path = aim(url, place, ids)
          const { statusCode, body } = await world.app.inject({ url: path, headers })
          if (statusCode === 200) shown++
          const found = marks.filter((mark) => body.includes(mark))
          if (found.length > 0 || statusCode >= 500) t.fail(`${name}: ${url} answered ${statusCode} with ${found.join(', ')}`)
        }
      }
      t.ok(shown > (scopesOf(role).length > 1 ? 15 : 5), `${role} was shown ${shown} pages and answers, and no foreign row`)
    })
  }
  await assertPromises(t, world)
})

const NAMES_A_PLACE = /:(schoolId|authorityId)/

/** Somebody of the whole system reads any school of set purpose, and lists of all. */
function mayLook(role: Role, scope: string | undefined): boolean {
  return holderKindOf(role) === 'system' && (scope === 'any' || scopesOf(role).some((held) => held === scope))
}

/** A school with everything in it that a page can show: bills, payments, cash, an exemption, and money in review. */
async function openPlace(
  world: PeopleWorld, { name, authorityId, seed }: { name: string; authorityId: string; seed: string },
): Promise<Place> {
  const department = authorityId === world.communeId ? world.departmentId : authorityId
  const school = await openPayableSchool(world, {
    name, managingAuthorityId: authorityId, reportingAuthorityId: department,
    students: [1, 2, 3].map((no) => `01${seed.length}000000${no},Tạ ${seed} ${'MộtHaiBa'.slice(no - 1, no + 2)},05/09/2017,3A`),
  })
  const [first, second, third] = school.bills
  if (!first || !second || !third) throw new Error('three bills were issued')
  const day = '2026-09-12'
  await callBank(world, school, { id: 1, content: `${first.paymentCode} nop`, amountVnd: first.payableVnd, day })
  await callBank(world, school, { id: 2, content: `NOI DUNG ${seed} khong ma`, amountVnd: 77_000, day })
  await drainInbox(drainDepsOf(world.deps))
  const at = `/api/v1/schools/${school.schoolId}`
  await created(world.asAdmin('POST', `${at}/cash-receipts`, {
    studentId: second.studentId, invoiceId: second.id, amountVnd: 50_000, receivedOn: day, note: `Phiếu ${seed}`,
  }))
  const { items: [kind] } = await created<{ items: { id: string }[] }>(world.asAdmin('GET', `${at}/fee-kinds`))
  await created(world.asAdmin('POST', `${at}/exemptions`, {
    studentId: third.studentId, feeKindId: kind?.id, percent: 50, payer: 'budget', legalBasis: 'NĐ 238/2025',
    decisionNumber: `12/QĐ ${seed}`, validFrom: '2026-08-01',
  }))
  return { school, authorityId, ids: await idsOf(world, school.schoolId) }
}

async function idsOf({ database }: PeopleWorld, schoolId: string): Promise<Ids> {
  const client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  try {
    const ids = new Map<string, string>()
    for (const [parameter, table] of Object.entries(ROWS)) {
      const { rows: [row] } = await client.query<{ id: string }>(
        `SELECT id FROM ${table} WHERE school_id = $1 ORDER BY id LIMIT 1`, [schoolId])
      if (row === undefined) throw new Error(`the school has no ${table}`)
      ids.set(parameter, row.id)
    }
    return ids
  } finally {
    await client.end()
  }
}

function marksOf({ bills, accountNumber }: PayableSchool): string[] {
  return ['Kín Đáo', 'Khuất', accountNumber, ...bills.map(({ paymentCode }) => paymentCode)]
}

function aim(url: string, { school, authorityId }: Place, ids: Ids): string {
  return url.replace(/:(\w+)/g, (_whole, name: string) => {
    if (name === 'schoolId') return school.schoolId
    if (name === 'authorityId') return authorityId
    const id = ids.get(name)
    if (id === undefined && !OTHERS.includes(name)) throw new Error(`${url}: tell this test where :${name} lies`)
    return id ?? uuidv7()
  }).replace('*', 'x')
}

async function signedIn(world: PeopleWorld, role: Role, schoolId: string): Promise<Record<string, string>> {
  const { userId } = await world.makePerson(role, holderKindOf(role) === 'school' ? { schoolId } : {})
  const { sessions } = world.app.access
  const { token } = await world.db.asService((trx) =>
    sessions.start(trx, userId, 'full', { address: null, agent: null }))
  return { cookie: `session=${token}` }
}
