// Nobody changes a row of another school. Sends every act of a school's own address as those who may do it, with valid
// fields and with the other school's ids in the place of every row, and looks at each row of the other school after it.
import t from 'tap'
import { scopesOf } from '../../src/access/permission.js'
import { aim, openWalkWorld, signedIn, watchRoutes } from './walk-world.js'
import type { Ids, Route, Schema, WalkWorld } from './walk-world.js'

const routes = watchRoutes()

/** What forms of pages ask for, in all of them at once; rows are named as in paths. */
const FIELDS = {
  note: 'theo giấy báo', reason: 'nhầm học sinh', amount: '1.000', receivedOn: '2026-09-12', percent: '50', payer: 'budget',
  legalBasis: 'NĐ 238/2025', decisionNumber: '12/QĐ', validFrom: '2026-09-01', validTo: '2026-09-30', choice: 'keep',
  fullName: 'Tạ Đổi Tên', name: 'Đổi tên', dueOn: '2026-09-30', on: '2026-09-12', secret: 'một khoá bí mật', role: 'cashier',
  provider: 'sepay', mode: 'apikey',
}

t.test('no act of the own school reaches a row of another', async (t) => {
  const world = await openWalkWorld(t)
  const { own, other } = world
  const acts = routes.filter(({ method, url, scope }) => method !== 'GET' && scope !== undefined && url.includes(':schoolId'))
  t.ok(acts.length > 60, `${acts.length} acts`)
  const sent = new Set<Route>()
  const refusals = new Map<number, number>()
  for (const role of ['accountant', 'head', 'cashier'] as const) {
    const { headers, lists: [, ids = other.ids] } = await signedIn(world, role)
    const before = await rowsOf(world)
    for (const act of acts) {
      const { method, url, scope } = act
      const body = bodyOf(act, ids)
      if (!scopesOf(role).some((held) => held === scope) || !namesForeign(act, body, ids)) continue
      for (const path of aim(act, own, ids)) {
        const isForm = url.startsWith('/desk/')
        const { statusCode, body: answer } = await world.app.inject({
          method, url: path,
          headers: { ...headers, ...(isForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
          ...(isForm ? { payload: formOf(ids) } : body === undefined ? {} : { payload: body }),
        })
        const what = `${role}: ${method} ${path} ${statusCode} ${isForm ? '' : answer}`
        t.ok(statusCode >= 400 && statusCode < 500 && statusCode !== 403, what)
        t.notMatch(answer, /"VALIDATION_FAILED"/, `${what}: refused for its rows and not for its fields`)
        t.same(await rowsOf(world), before, what)
        refusals.set(statusCode, (refusals.get(statusCode) ?? 0) + 1)
        sent.add(act)
      }
    }
  }
  t.comment(`${sent.size} acts: ${[...refusals].map(([status, count]) => `${count} x ${status}`).join(', ')}`)
  t.ok(sent.size > 50, `${sent.size} acts with the rows of another school`)
})

/** Without one nothing of another school is asked for. */
function namesForeign({ url }: Route, body: unknown, ids: Ids): boolean {
  const text = JSON.stringify(body ?? '')
  return /:(?!schoolId)\w+/.test(url) || [...ids.values()].some((id) => text.includes(id))
}

/** Valid fields for a body; undefined when it has none. */
function bodyOf({ body }: Route, ids: Ids): object | undefined {
  const made = body?.type === 'object' ? valueOf(body, '', ids) : undefined
  return typeof made === 'object' && made !== null ? made : undefined
}

function valueOf(schema: Schema, name: string, ids: Ids): unknown {
  const { type, properties = {}, required = [], items, anyOf, format, pattern } = schema
  const [choice] = schema.enum ?? (schema.const === undefined ? [] : [schema.const])
  if (name === 'role') return 'cashier'
  if (name === 'paymentCode') return ids.get('paymentCode')
  if (choice !== undefined) return choice
  if (anyOf) return valueOf(anyOf.find((one) => one.type !== 'null') ?? {}, name, ids)
  // What may be left out is left out, unless it names a row.
  const wanted = Object.entries(properties).filter(([key]) => required.includes(key) || rowOf(key, ids) !== undefined)
  if (type === 'object') return Object.fromEntries(wanted.map(([key, one]) => [key, valueOf(one, key, ids)]))
  if (type === 'array') return [valueOf(items ?? {}, name.replace(/s$/, ''), ids)]
  if (type === 'integer') return Math.max(schema.minimum ?? 0, 1)
  if (type === 'boolean') return true
  if (format === 'date') return '2026-09-12'
  return rowOf(name, ids) ?? TEXTS.find((text) => new RegExp(pattern ?? '').test(text))
}

const TEXTS = ['theo giấy báo', '2026-2027', '970422', 'KHAC01']

/** `toClassId`, `chosenFeeKindId`: the last words of a field say what it names. */
function rowOf(name: string, ids: Ids): string | undefined {
  if (NO_ROWS.includes(name)) return undefined
  return [...ids].find(([row]) => name.toLowerCase().endsWith(row.toLowerCase()))?.[1]
}

/** What the ministry calls a child. */
const NO_ROWS = ['moetStudentId']

function formOf(ids: Ids): string {
  return new URLSearchParams({ ...FIELDS, ...Object.fromEntries(ids), toClassId: ids.get('classId') ?? '' }).toString()
}

/** What every table holds of the other school, down to the last field. */
async function rowsOf({ owner, other }: WalkWorld): Promise<Record<string, string>> {
  const { rows: tables } = await owner.query<{ name: string; owned: string }>(`SELECT c.table_name AS name, c.column_name AS owned
    FROM information_schema.columns c JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND c.column_name IN ('school_id', 'of_school_id')`)
  const parts = [...tables.map(({ name, owned }) => ({ name, of: `${owned} = $1` })),
    { name: 'app_user', of: 'id = $2' }, { name: 'user_session', of: 'user_id = $2' }]
  const { rows } = await owner.query<{ name: string; held: string }>(parts.map(({ name, of }) =>
    `SELECT '${name}' AS name, count(*) || ' ' || md5(string_agg(t::text, ' ' ORDER BY t::text)) AS held
     FROM ${name} t WHERE ${of} AND ($1::uuid, $2::uuid) IS NOT NULL`).join(' UNION ALL '),
  [other.school.schoolId, other.ids.get('userId')])
  return Object.fromEntries(rows.map(({ name, held }) => [name, held]))
}
