import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { DomainError } from '../../src/errors.js'
import { openapiText } from '../../src/http/openapi.js'
import type { Problem } from '../../src/http/problem.js'
import { buildTestApp } from '../support/app.js'
import { asOwner } from '../support/as-owner.js'

const ThingBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 50 }),
  amountVnd: Type.Integer({ minimum: 0 }),
  lines: Type.Optional(Type.Array(Type.Object({ note: Type.String() }, { additionalProperties: false }))),
}, { additionalProperties: false })

/** Routes of the test's own, on which the shell is tried without any feature. */
function extend(app: FastifyInstance): void {
  app.register(async (api) => {
    const post = (path: string, act: () => unknown) =>
      api.post(`/api/v1/things/${path}`, { config: { scope: 'any' } }, async () => act())
    api.post('/api/v1/things', { config: { scope: 'fees:write' }, schema: { body: ThingBody } },
      async ({ body }) => body)
    post('refuse', () => { throw new DomainError('THING_CONFLICT', 'not twice') })
    post('break', () => { throw new Error('the password is hunter2') })
    post('away', () => { throw Object.assign(new Error('down'), { code: '57P01' }) })
    post('unique', () => {
      throw Object.assign(new Error('dup'), { code: '23505', constraint: 'fee_kind_code_key', detail: 'Key (An)' })
    })
    post('broken-sum', () => {
      throw Object.assign(new Error('check'), { code: '23514', constraint: 'invoice_paid' })
    })
  })
}

t.test('problems', async (t) => {
  const lines: string[] = []
  const test = await buildTestApp(t, { extend, onLogLine: (line) => lines.push(line) })
  const { app, asAdmin, adminToken } = test

  async function problemOf(path: string): Promise<Problem> {
    const reply = await asAdmin('POST', `/api/v1/things/${path}`)
    t.match(reply.headers['content-type'], /^application\/problem\+json/)
    return reply.json<Problem>()
  }

  t.test('a refusal is an RFC 9457 problem with its code and the status of its code', async (t) => {
    t.same(await problemOf('refuse'), {
      type: 'about:blank', code: 'THING_CONFLICT', title: 'Conflict', status: 409, detail: 'not twice', errors: [],
    })
  })

  t.test('an unexpected error tells the client nothing and the log everything but row data', async (t) => {
    lines.length = 0
    const reply = await asAdmin('POST', '/api/v1/things/break')
    t.equal(reply.json<Problem>().code, 'INTERNAL')
    t.equal(reply.statusCode, 500)
    t.notMatch(reply.body, /hunter2/)
    t.match(lines.join(''), /hunter2/)
    lines.length = 0
    await problemOf('broken-sum')
    t.match(lines.join(''), /invoice_paid/)
  })

  t.test('a database that is away is 503 with Retry-After', async (t) => {
    const reply = await asAdmin('POST', '/api/v1/things/away')
    t.match(reply.json(), { code: 'STORAGE_UNAVAILABLE', status: 503 })
    t.equal(reply.headers['retry-after'], '5')
  })

  t.test('a lost race on a unique key is 409 by the name of the constraint, without the value', async (t) => {
    const found = await problemOf('unique')
    t.match(found, { code: 'FEE_KIND_CODE_EXISTS', status: 409 })
    t.notMatch(JSON.stringify(found), /An\b/)
    t.notMatch(found.detail, /fee.kind|code/, 'and the sentence does not name it')
  })

  t.test('a violated check of our own arithmetic is an internal error, not the client\'s fault', async (t) => {
    t.match(await problemOf('broken-sum'), { code: 'INTERNAL', status: 500 })
  })

  t.test('an unknown path, with or without a token, is NOT_FOUND', async (t) => {
    t.match((await asAdmin('GET', '/api/v1/nothing')).json(), { code: 'NOT_FOUND', status: 404 })
    t.match((await app.inject('/nothing')).json(), { code: 'NOT_FOUND', status: 404 })
    t.match((await app.inject('/%zz')).json(), { code: 'REQUEST_INVALID', status: 400 })
  })

  t.test('no log line holds a token, a query or a body', async (t) => {
    lines.length = 0
    await asAdmin('POST', '/api/v1/things', { name: 'Nguyễn Văn An', amountVnd: 1 })
    await asAdmin('GET', '/api/v1/tokens?cursor=Nguyen')
    t.equal(lines.length, 2)
    t.notMatch(lines.join(''), /Nguy/)
    t.notMatch(lines.join(''), adminToken)
  })
})

t.test('bad input', async (t) => {
  const { app, adminToken, asAdmin } = await buildTestApp(t, { extend, config: { bodyLimitBytes: 2_000 } })
  const send = (payload: string | Buffer, contentType = 'application/json') => app.inject({
    method: 'POST', url: '/api/v1/things', payload,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': contentType },
  })
  const good = { name: 'Học phí', amountVnd: 1_000 }
  const withAmount = (amount: string) => `{"name":"x","amountVnd":${amount}}`

  const cases: [string, string | Buffer, number, string, string?][] = [
    ['a body over the limit', JSON.stringify({ ...good, name: 'x'.repeat(3_000) }), 413, 'BODY_TOO_LARGE'],
    ['broken JSON', '{"name":', 400, 'JSON_INVALID'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, 'JSON_INVALID'],
    ['deep nesting', `${'['.repeat(900)}${']'.repeat(900)}`, 400, 'JSON_INVALID'],
    ['a __proto__ field', '{"__proto__":{"scope":1}}', 400, 'JSON_INVALID'],
    ['\\u0000 in a text', '{"name":"a\\u0000b","amountVnd":1}', 422, 'TEXT_INVALID', 'name'],
    ['half a surrogate pair', '{"name":"\\ud83d","amountVnd":1}', 422, 'TEXT_INVALID', 'name'],
    ['\\u0000 deep inside', '{"lines":[{"note":"\\u0000"}]}', 422, 'TEXT_INVALID', 'lines.0.note'],
    ['a number as text', withAmount('"1000"'), 422, 'VALIDATION_FAILED', 'amountVnd'],
    ['a negative amount', withAmount('-1'), 422, 'VALIDATION_FAILED', 'amountVnd'],
    ['a fractional amount', withAmount('0.5'), 422, 'VALIDATION_FAILED', 'amountVnd'],
    ['an amount over 2^53', withAmount('9007199254740993'), 422, 'VALIDATION_FAILED', 'amountVnd'],
    ['an infinite amount', withAmount('1e999'), 422, 'VALIDATION_FAILED', 'amountVnd'],
    ['a missing field', '{"name":"x"}', 422, 'VALIDATION_FAILED', 'amountVnd'],
    ['an unknown field', '{"name":"x","amountVnd":1,"hack":1}', 422, 'VALIDATION_FAILED', 'hack'],
    ['an unknown field deep inside', '{"name":"x","amountVnd":1,"lines":[{"note":"","z":1}]}', 422,
      'VALIDATION_FAILED', 'lines.0.z'],
    ['a list instead of an object', '[]', 422, 'VALIDATION_FAILED', ''],
    ['no body at all', '', 422, 'VALIDATION_FAILED', ''],
  ]
  for (const [what, payload, status, code, field] of cases) {
    t.test(`${what} is refused with ${code}${field ? ` naming ${field}` : ''}`, async (t) => {
      const found = (await send(payload)).json<Problem>()
      t.match(found, { status, code })
      if (field !== undefined) t.equal(found.errors[0]?.field, field)
    })
  }

  for (const type of ['text/json', 'text/plain', 'application/json; charset=latin1', 'application/json; x=1',
    'application/jsonp', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
    'application/problem+json', '']) {
    t.test(`the content type "${type}" is not JSON`, async (t) => {
      t.match((await send(JSON.stringify(good), type)).json(), { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })
    })
  }

  t.test('JSON in UTF-8 is taken, with or without saying so', async (t) => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
      const reply = await send(JSON.stringify(good), type)
      t.equal(reply.statusCode, 200, type)
      t.same(reply.json(), good)
    }
  })

  t.test('a query is read as plain numbers only', async (t) => {
    for (const limit of ['0', '201', '1.5', 'x', '', '0x10', '1e2', '9007199254740993']) {
      t.match((await asAdmin('GET', `/api/v1/tokens?limit=${limit}`)).json(), { code: 'VALIDATION_FAILED' }, limit)
    }
    t.equal((await asAdmin('GET', '/api/v1/tokens?limit=200')).statusCode, 200)
    t.match((await asAdmin('GET', '/api/v1/tokens?cursor=abc')).json(), { code: 'CURSOR_INVALID' })
  })
})

t.test('a text from outside that no column could take is refused where it comes in', async (t) => {
  const { asAdmin } = await buildTestApp(t)
  const school = await asAdmin('POST', '/api/v1/schools', { name: 'Trường Tiểu học A', type: 'public', levels: ['primary'] })
  const at = `/api/v1/schools/${school.json<{ id: string }>().id}`
  const cursor = (value: unknown) => `cursor=${Buffer.from(JSON.stringify(value)).toString('base64url')}`

  t.test('a cursor is one of this list or none', async (t) => {
    // A list in the order of a text can start behind any text.
    const byText = /\/(users|fee-kinds|students|classes|schools|authorities)$/
    const lists = ['rounds', 'fee-kinds', 'exemptions', 'invoices', 'invoice-runs', 'students', 'classes', 'transactions', 'review',
      'cash-receipts', 'bank-accounts', 'users'].map((list) => `${at}/${list}`)
    const others = [null, 1, 'x', {}, [], [null], [1], [''], ['\0'], ['0000-01-01', randomUUID()], ['x', 'x', 'x', 'x', 'x', 'x']]
    for (const list of [...lists, '/api/v1/tokens', '/api/v1/users', '/api/v1/schools', '/api/v1/authorities']) {
      for (const other of others) {
        const answer = await asAdmin('GET', `${list}?${cursor(other)}`)
        t.ok(answer.statusCode === 422 || (answer.statusCode === 200 && byText.test(list)), `${list} ${JSON.stringify(other)}`)
      }
    }
  })

  t.test('days, years and instants are of the calendar that a database has', async (t) => {
    for (const path of [`${at}/students?schoolYear=0000-0001`, `${at}/rounds?schoolYear=0000-0001`, `${at}/classes?schoolYear=9999-10000`,
      `${at}?asOf=0000-01-01`, `${at}/transactions?from=0000-12-31`, `${at}/ledger/balances?asOf=0000-01-01`]) {
      t.match((await asAdmin('GET', path)).json(), { status: 422, code: 'VALIDATION_FAILED' }, path)
    }
    for (const expiresAt of ['2099-12-31T23:59:60Z', '0000-01-01T00:00:00Z']) {
      const answer = await asAdmin('POST', '/api/v1/tokens', { name: 'x', scopes: ['fees:read'], expiresAt })
      t.match(answer.json(), { status: 422, code: 'VALIDATION_FAILED' }, expiresAt)
    }
  })

  t.test('a query keeps to the texts of a body', async (t) => {
    t.match((await asAdmin('GET', '/api/v1/users?text=a%00b')).json(), { status: 422, code: 'TEXT_INVALID', errors: [{ field: 'text' }] })
  })

  t.test('an id that is none is an authority that is not there', async (t) => {
    t.match((await asAdmin('GET', '/api/v1/authorities/1/price-caps')).json(), { status: 404, code: 'AUTHORITY_NOT_FOUND' })
    const cap = { feeCode: 'BT', unit: 'month', maximumVnd: 1, legalBasis: 'NQ', validFrom: '2026-08-01' }
    t.match((await asAdmin('POST', '/api/v1/authorities/x/price-caps', cap)).json(), { status: 404, code: 'AUTHORITY_NOT_FOUND' })
  })
})

t.test('a clock more than a second from the database\'s is degraded, and says which way', async (t) => {
  let apartMs = 0
  const { app } = await buildTestApp(t, { now: () => new Date(Date.now() + apartMs) })
  for (const [apart, status, detail] of [
    [0, 'ready', /^agrees/], [5_000, 'degraded', /^\d+ ms ahead of/], [-5_000, 'degraded', /^\d+ ms behind/],
  ] as const) {
    apartMs = apart
    const reply = await app.inject('/health/ready')
    t.equal(reply.statusCode, 200)
    t.match(reply.json(), { status, checks: { clock: { ok: apart === 0, detail } } })
  }
})

t.test('operations', async (t) => {
  const { app, database, asAdmin } = await buildTestApp(t)

  t.test('ready says what it looked at', async (t) => {
    const reply = await app.inject('/health/ready')
    t.equal(reply.statusCode, 200)
    t.match(reply.json(), {
      status: 'ready',
      checks: {
        database: { ok: true }, migrations: { ok: true }, queue: { ok: true }, inbox: { oldestWaitingSeconds: null },
      },
    })
    t.equal((await app.inject('/health/live')).statusCode, 200)
  })

  t.test('metrics are text for Prometheus and name routes, not addresses', async (t) => {
    await app.inject(`/api/v1/schools/${randomUUID()}/students`)
    const { body, headers } = await app.inject('/metrics')
    t.match(headers['content-type'], /^text\/plain/)
    t.match(body, /school_fees_oldest_waiting_seconds 0/)
    t.match(body, /school_fees_http_request_seconds_count\{method="GET",route="\/health\/ready",status="200"\} 1/)
    t.notMatch(body, /[0-9a-f]{8}-[0-9a-f]{4}-/)
  })

  t.test('pages forbid inline scripts, framing and sniffing; /docs keeps its own policy', async (t) => {
    const { headers } = await app.inject('/health/live')
    t.notMatch(headers['content-security-policy'], /unsafe/)
    t.match(headers, { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
    const docs = await app.inject('/docs/')
    t.equal(docs.statusCode, 200)
    t.notMatch(docs.headers['content-security-policy'], /script-src[^;]*unsafe/)
  })

  t.test('the OpenAPI document is 3.1, complete and the same every time', async (t) => {
    const text = openapiText(app)
    t.equal(openapiText(app), text)
    const document = (await app.inject('/openapi.json')).json<Document>()
    t.equal(document.openapi, '3.1.0')
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
    const ids = operations.map(({ operationId }) => operationId)
    t.ok(ids.every((id) => typeof id === 'string'))
    t.equal(new Set(ids).size, ids.length)
    for (const [path, methods] of Object.entries(document.paths)) {
      if (!path.startsWith('/api/')) continue
      for (const operation of Object.values(methods)) {
        t.match(operation, { security: [{ token: [] }], tags: [/./] }, path)
      }
    }
    t.same(JSON.parse(text), document)
  })

  t.test('a database without the newest migration is not served', async (t) => {
    await asOwner(database, `UPDATE kysely_migration SET name = 'x' || name
      WHERE name = (SELECT max(name) FROM kysely_migration)`)
    const reply = await app.inject('/health/ready')
    t.equal(reply.statusCode, 503)
    t.match(reply.json(), { status: 'unavailable', checks: { database: { ok: true }, migrations: { ok: false } } })
  })

  t.test('while the database is away nothing is ready, requests get 503, and the metrics still answer', async (t) => {
    await database.drop()
    const reply = await app.inject('/health/ready')
    t.equal(reply.statusCode, 503)
    t.match(reply.json(), { checks: { database: { ok: false } } })
    t.match((await asAdmin('GET', '/api/v1/tokens')).json(), { status: 503, code: 'STORAGE_UNAVAILABLE' })
    t.equal((await app.inject('/metrics')).statusCode, 200)
    t.equal((await app.inject('/health/live')).statusCode, 200)
  })
})

interface Document {
  openapi: string
  paths: Record<string, Record<string, Record<string, unknown>>>
}
