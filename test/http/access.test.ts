import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Problem } from '../../src/http/problem.js'
import { buildTestApp } from '../support/app.js'
import type { TestApp } from '../support/app.js'
import { asOwner } from '../support/as-owner.js'

/** Routes of the test's own, one for each kind of reach. */
function extend(app: FastifyInstance): void {
  app.register(async (api) => {
    api.get('/api/v1/schools/:schoolId/things', { config: { scope: 'fees:read' } }, async ({ actor }) => actor)
    api.get('/api/v1/authorities/:authorityId/things', { config: { scope: 'reports:read' } }, async () => 'seen')
    api.get('/api/v1/authorities/:authorityId/schools/:schoolId/things', { config: { scope: 'reports:read' } },
      async () => 'seen')
  })
}

t.test('access', async (t) => {
  const clock = { now: new Date('2026-09-20T03:00:00Z') }
  const test = await buildTestApp(t, { extend, config: { failedProofsPerMinute: 5 }, now: () => clock.now })
  const { app, asAdmin, db } = test
  const [schoolId, otherId] = [await makeSchool(test), await makeSchool(test)]
  const [authorityId, belowId] = await makeAuthorities(test, schoolId)

  async function makeToken(body: object): Promise<{ token: string; id: string }> {
    return (await asAdmin('POST', '/api/v1/tokens', { name: 'test', ...body })).json<{ token: string; id: string }>()
  }
  const codeWith = async (token: string, url: string): Promise<unknown> => {
    const reply = await app.inject({ url, headers: { authorization: `Bearer ${token}` } })
    return reply.statusCode === 200 ? 200 : reply.json<Problem>().code
  }
  const things = (id: string) => `/api/v1/schools/${id}/things`

  t.test('a guarded route without a scope, or with its own name for a school, stops the start', async (t) => {
    const guarded = ['/api/v1/forgotten', '/desk/x', '/province/x', '/admin/x', '/account/x', '/admin']
    const misnamed = ['/api/v1/schools/:id/x', '/desk/:school/x', '/api/v1/authorities/:id', '/province/:id']
    for (const url of [...guarded, ...misnamed]) {
      const failing = buildTestApp(t, {
        extend: (bare) => {
          bare.register(async (api) => {
            api.get(url, guarded.includes(url) ? {} : { config: { scope: 'fees:read' } }, async () => 'open')
          })
        },
      })
      await t.rejects(failing, guarded.includes(url) ? /needs config\.scope/ : /call the parameter/, url)
    }
  })

  t.test('a token opens what its scopes name, and nothing else', async (t) => {
    const { token } = await makeToken({ scopes: ['fees:read'] })
    t.match(token, /^sft_[\w-]{43}$/)
    t.equal(await codeWith(token, things(schoolId)), 200)
    t.equal(await codeWith(token, '/api/v1/tokens'), 'FORBIDDEN')
    t.equal(await codeWith(token, things(randomUUID())), 'SCHOOL_NOT_FOUND')
    t.equal(await codeWith(token, things('no-uuid')), 'SCHOOL_NOT_FOUND')
  })

  t.test('a token of one school sees that school only', async (t) => {
    const { token } = await makeToken({ scopes: ['fees:read', 'reports:read'], schoolId })
    t.equal(await codeWith(token, things(schoolId)), 200)
    t.equal(await codeWith(token, things(otherId)), 'FORBIDDEN')
    t.equal(await codeWith(token, `/api/v1/authorities/${authorityId}/things`), 'FORBIDDEN')
  })

  t.test('a token of an authority sees itself and what is below', async (t) => {
    const { token } = await makeToken({ scopes: ['reports:read'], authorityId })
    t.equal(await codeWith(token, `/api/v1/authorities/${authorityId}/things`), 200)
    t.equal(await codeWith(token, `/api/v1/authorities/${belowId}/things`), 200)
    const below = await makeToken({ scopes: ['reports:read'], authorityId: belowId })
    t.equal(await codeWith(below.token, `/api/v1/authorities/${authorityId}/things`), 'FORBIDDEN')
    t.equal(await codeWith(token, things(schoolId)), 'FORBIDDEN', 'no scope for a school\'s fees')
    const ofBoth = (authority: string, school: string) => `/api/v1/authorities/${authority}/schools/${school}/things`
    t.equal(await codeWith(below.token, ofBoth(belowId, schoolId)), 200)
    t.equal(await codeWith(below.token, ofBoth(authorityId, schoolId)), 'FORBIDDEN', 'its own school, as others see it')
    t.equal(await codeWith(below.token, ofBoth(belowId, otherId)), 'FORBIDDEN')
    const ofSchool = await makeToken({ scopes: ['reports:read'], schoolId })
    t.equal(await codeWith(ofSchool.token, ofBoth(belowId, schoolId)), 'FORBIDDEN', 'no view of an authority')
  })

  t.test('tokens that make no sense are refused', async (t) => {
    const refusal = async (body: object) =>
      (await asAdmin('POST', '/api/v1/tokens', { name: 'x', ...body })).json<Problem>()
    t.match(await refusal({ scopes: ['admin'], schoolId }), { code: 'TOKEN_SCOPES_INVALID' })
    t.match(await refusal({ scopes: ['fees:read'], authorityId }), { code: 'TOKEN_SCOPES_INVALID' })
    t.match(await refusal({ scopes: ['reports:read'], authorityId, schoolId }), { code: 'TOKEN_HOLDER_INVALID' })
    t.match(await refusal({ scopes: ['fees:read'], schoolId: randomUUID() }), { code: 'TOKEN_HOLDER_INVALID' })
    t.match(await refusal({ scopes: ['fees:read'], expiresAt: '2020-01-01T00:00:00Z' }), { code: 'TOKEN_EXPIRY_INVALID' })
    t.match(await refusal({ scopes: ['root'] }), { code: 'VALIDATION_FAILED' })
  })

  t.test('a revoked or expired token stops working at once; it is listed without its secret and audited', async (t) => {
    const { token, id } = await makeToken({ scopes: ['fees:read'] })
    t.equal(await codeWith(token, things(schoolId)), 200)
    t.equal((await asAdmin('POST', `/api/v1/tokens/${id}/revoke`)).statusCode, 200)
    t.equal(await codeWith(token, things(schoolId)), 'UNAUTHENTICATED')
    const short = await makeToken({ scopes: ['fees:read'], expiresAt: new Date(clock.now.getTime() + 60_000).toISOString() })
    t.equal(await codeWith(short.token, things(schoolId)), 200)
    clock.now = new Date(clock.now.getTime() + 60_001)
    t.equal(await codeWith(short.token, things(schoolId)), 'UNAUTHENTICATED')

    const listed = await asAdmin('GET', '/api/v1/tokens?limit=200')
    t.notMatch(listed.body, token)
    t.notMatch(listed.body, /sha256/i)
    const audit = await db.asService((trx) => trx.selectFrom('audit_log').select(['action', 'actor'])
      .where('object_id', '=', id).orderBy('id').execute())
    t.same(audit, [
      { action: 'token.create', actor: 'bootstrap' }, { action: 'token.revoke', actor: 'bootstrap' },
    ])
    t.match((await asAdmin('POST', `/api/v1/tokens/${randomUUID()}/revoke`)).json(), { code: 'TOKEN_NOT_FOUND' })
  })

  t.test('a list is paged by key without gaps or repeats', async (t) => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`
      const reply = await asAdmin('GET', `/api/v1/tokens?limit=2${next}`)
      const page: { items: { id: string }[]; nextCursor: string | null } = reply.json()
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor !== null)
    t.equal(new Set(seen).size, seen.length)
    t.same(seen, seen.toSorted())
    const { count } = await db.asService((trx) => trx.selectFrom('api_token')
      .select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow())
    t.equal(seen.length, count)
  })

  t.test('guessing tokens is slowed down; good tokens of the same address are not', async (t) => {
    const codes: unknown[] = []
    for (let guess = 0; guess < 6; guess++) codes.push(await codeWith(`sft_guess${guess}`, things(schoolId)))
    t.equal(codes.at(-1), 'TOO_MANY_REQUESTS')
    t.equal((await asAdmin('GET', '/api/v1/tokens')).statusCode, 200)
  })
})

t.test('idempotency', async (t) => {
  const { asAdmin, db, database } = await buildTestApp(t)
  const key = () => ({ 'idempotency-key': randomUUID() })
  const body = { name: 'x', scopes: ['fees:read'] }
  const post = (headers: Record<string, string>, sent: object = body) =>
    asAdmin('POST', '/api/v1/tokens', sent, headers)
  const countTokens = async () =>
    (await db.asService((trx) => trx.selectFrom('api_token').select('id').execute())).length

  t.test('the same key and body do the work once and get the same answer', async (t) => {
    const headers = key()
    const before = await countTokens()
    const first = await post(headers)
    const second = await post(headers)
    t.equal(second.statusCode, 201)
    t.equal(second.body, first.body)
    t.equal(first.headers['idempotency-replayed'], undefined)
    t.equal(second.headers['idempotency-replayed'], 'true')
    t.equal(await countTokens(), before + 1)
  })

  t.test('the same key with another body is refused', async (t) => {
    const headers = key()
    await post(headers)
    t.match((await post(headers, { ...body, name: 'y' })).json(), { code: 'IDEMPOTENCY_KEY_REUSED', status: 422 })
  })

  t.test('a refusal is repeated as the same problem', async (t) => {
    const headers = key()
    const bad = { ...body, schoolId: randomUUID() }
    const first = await post(headers, bad)
    const second = await post(headers, bad)
    t.match(second.json(), { code: 'TOKEN_HOLDER_INVALID' })
    t.equal(second.body, first.body)
    t.match(second.headers['content-type'], /problem\+json/)
  })

  t.test('two at once: one works, the other is told to wait', async (t) => {
    const headers = key()
    const before = await countTokens()
    const replies = await Promise.all([post(headers), post(headers), post(headers)])
    t.ok(replies.every(({ statusCode }) => statusCode === 201 || statusCode === 409))
    t.equal(await countTokens(), before + 1)
  })

  t.test('the claim of a process that died before its answer frees the key after a while', async (t) => {
    const headers = key()
    await post(headers)
    const before = await countTokens()
    await asOwner(database, 'UPDATE idempotent_request SET status = NULL, body = NULL')
    t.match((await post(headers)).json(), { code: 'IDEMPOTENCY_IN_PROGRESS', status: 409 })
    await asOwner(database, 'UPDATE idempotent_request SET recorded_at = now() - interval \'1 hour\'')
    t.equal((await post(headers)).statusCode, 201)
    t.equal(await countTokens(), before + 1)
  })

  t.test('a failure on our side frees the key at once', async (t) => {
    const headers = key()
    await asOwner(database, 'REVOKE INSERT ON audit_log FROM app')
    t.equal((await post(headers)).statusCode, 500)
    await asOwner(database, 'GRANT INSERT ON audit_log TO app')
    const again = await post(headers)
    t.equal(again.statusCode, 201)
    t.equal(again.headers['idempotency-replayed'], undefined)
  })

  t.test('a malformed key is refused', async (t) => {
    t.match((await post({ 'idempotency-key': 'x'.repeat(256) })).json(), { code: 'IDEMPOTENCY_KEY_INVALID' })
  })

  t.test('an answer is kept sealed, because it may hold a new token', async (t) => {
    const headers = key()
    const { token } = (await post(headers)).json<{ token: string }>()
    const row = await db.asService((trx) => trx.selectFrom('idempotent_request').select('body')
      .where('key', '=', headers['idempotency-key']).executeTakeFirstOrThrow())
    t.notMatch(Buffer.from(row.body ?? '', 'base64').toString('latin1'), token)
    t.notMatch(row.body, token)
  })
})

async function makeSchool({ db }: TestApp): Promise<string> {
  const schoolId = uuidv7()
  await db.inSchool(schoolId, (trx) =>
    trx.insertInto('school').values({ school_id: schoolId, valid_from: '2025-01-01' }).execute())
  return schoolId
}

async function makeAuthorities({ db }: TestApp, schoolId: string): Promise<[string, string]> {
  const [above, below] = [uuidv7(), uuidv7()]
  await db.asService(async (trx) => {
    await trx.insertInto('authority').values([
      { id: above, kind: 'department', name: 'Sở', valid_from: '2025-01-01' },
      { id: below, kind: 'commune', name: 'Xã', valid_from: '2025-01-01' },
    ]).execute()
    await trx.insertInto('authority_link')
      .values({ authority_id: below, parent_id: above, valid_from: '2025-01-01' }).execute()
  })
  await db.inSchool(schoolId, (trx) => trx.insertInto('school_authority').values({
    school_id: schoolId, link: 'managing', valid_from: '2025-01-01', authority_id: below,
  }).execute())
  return [above, below]
}
