// No page and no answer of the API shows another school's row. Walks every route that reads, as every role, with the
// ids of its own school and with those of another, and looks for the other's names, numbers and codes in what comes.
import t from 'tap'
import { readSheet } from 'read-excel-file/node'
import { ROLES, holderKindOf, scopesOf } from '../../src/access/permission.js'
import type { Role } from '../../src/access/permission.js'
import { aim, openWalkWorld, signedIn, watchRoutes } from './walk-world.js'
import type { Ids, Place, Route, WalkWorld } from './walk-world.js'

const routes = watchRoutes()
const NAMES_A_PLACE = /:(schoolId|authorityId)/
const NAMES_ANOTHER_ROW = /:(?!schoolId|authorityId)/
/** The fields of queries in which people search. */
const SEARCHES = ['q', 'text']
/** The fields of queries that name a row. */
const NAMES_A_ROW: Readonly<Record<string, string>> = {
  studentId: 'studentId', student: 'studentId', classId: 'classId', class: 'classId', roundId: 'roundId', round: 'roundId',
  bankAccountId: 'bankAccountId',
}

t.test('no reader meets a row of another school', async (t) => {
  const world = await openWalkWorld(t)
  const { own, other } = world
  // A stream of events never ends; what it carries is a mark (parent-live.test.ts).
  const guarded = routes.filter(({ method, url, scope }) => method === 'GET' && scope !== undefined && !/events$/.test(url))
  t.ok(guarded.length > 100, `${guarded.length} routes`)
  t.ok(guarded.filter(({ query }) => query.some((name) => SEARCHES.includes(name))).length >= 8, 'some of them search')

  const asOther = await look(world, `/api/v1/schools/${other.school.schoolId}/students`,
    { authorization: `Bearer ${world.adminToken}` })
  t.ok(marksOf(other).some((mark) => asOther.text.includes(mark)), 'the marks are there for whoever may see them')

  for (const role of ROLES) {
    await t.test(role, async (t) => {
      const { headers, lists: [ownIds = own.ids, otherIds = other.ids] } = await signedIn(world, role)
      const kinds = new Map<string, number>()
      const count = (kind: string) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      for (const route of guarded) {
        for (const [name, place, ids] of [
          ['own', own, ownIds], ['foreign ids', own, otherIds], ['foreign', other, otherIds],
        ] as const) {
          if (mayLook(role, route.scope) && (name === 'foreign' || !NAMES_A_PLACE.test(route.url))) continue
          if (name === 'foreign ids' && !NAMES_ANOTHER_ROW.test(route.url)) continue
          if (name === 'foreign' && !NAMES_A_PLACE.test(route.url)) continue
          for (const { url, searches } of asked(route, place, ids, name === 'own' ? other : undefined)) {
            const { status, text, isSheet } = await look(world, url, headers)
            if (status === 200) count(isSheet ? 'sheets' : 'pages')
            const found = marksOf(other).filter((mark) => text.includes(mark) && !(searches && mark === other.seed))
            if (found.length > 0 || status >= 500) t.fail(`${name}: ${url} answered ${status} with ${found.join(', ')}`)
          }
        }
        for (const url of searchesOf(route, own, ownIds, own)) {
          const { text } = await look(world, url, headers)
          if (text.includes(`Tạ ${own.seed}`)) count('searches that find the own')
        }
      }
      const shown = (kind: string) => kinds.get(kind) ?? 0
      t.ok(shown('pages') > (scopesOf(role).length > 1 ? 15 : 5), `${shown('pages')} pages and answers, and no foreign row`)
      const [readsBills, searches] = (['invoices:read', 'review:read'] as const).map((held) => scopesOf(role).includes(held))
      t.ok(shown('sheets') >= (readsBills ? 5 : 0), `${shown('sheets')} workbooks`)
      t.ok(shown('searches that find the own') >= (searches ? 5 : readsBills ? 3 : 0), JSON.stringify([...kinds]))
    })
  }
})

/** Somebody of the whole system reads any school of set purpose, and lists of all. */
function mayLook(role: Role, scope: string | undefined): boolean {
  return holderKindOf(role) === 'system' && (scope === 'any' || scopesOf(role).some((held) => held === scope))
}

function marksOf({ school: { bills, accountNumber }, seed, ids }: Place): string[] {
  return [`Tạ ${seed}`, seed, 'Kín Đáo', accountNumber, ids.get('tokenId') ?? '', ...bills.map(({ paymentCode }) => paymentCode)]
}

interface Asked {
  url: string
  /** The answer may repeat what was searched for. */
  searches: boolean
}

/** The route as it is; and for `other` searching for its child, with its rows in the query, and as a workbook. */
function asked(route: Route, place: Place, ids: Ids, other: Place | undefined): Asked[] {
  const paths = aim(route, place, ids)
  if (other === undefined) return paths.map((url) => ({ url, searches: false }))
  const rows = route.query.flatMap((name) => {
    const id = other.ids.get(NAMES_A_ROW[name] ?? '')
    return id === undefined ? [] : [[name, id]]
  })
  const isList = route.query.includes('format') || route.url.startsWith('/province/')
  const queries = ['', ...(rows.length > 0 ? [`?${new URLSearchParams(rows).toString()}`] : []), ...(isList ? ['?format=xlsx'] : [])]
  return [
    ...paths.flatMap((path) => queries.map((query) => ({ url: path + query, searches: false }))),
    ...searchesOf(route, place, ids, other).map((url) => ({ url, searches: true })),
  ]
}

function searchesOf(route: Route, place: Place, ids: Ids, { seed }: Place): string[] {
  const field = route.query.find((name) => SEARCHES.includes(name))
  if (field === undefined) return []
  const format = route.query.includes('format') ? ['', '&format=xlsx'] : ['']
  return aim(route, place, ids).flatMap((path) => format.map((more) => `${path}?${field}=${encodeURIComponent(seed)}${more}`))
}

async function look(
  { app }: WalkWorld, url: string, headers: Record<string, string>,
): Promise<{ status: number; text: string; isSheet: boolean }> {
  const { statusCode: status, body, rawPayload, headers: answered } = await app.inject({ url, headers })
  const isSheet = String(answered['content-type']).includes('spreadsheetml')
  return { status, isSheet, text: isSheet ? JSON.stringify(await readSheet(rawPayload)) : body }
}
