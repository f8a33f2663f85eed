// Lets a client repeat a POST whose answer it never saw: the same Idempotency-Key and body get the first
// answer again. A claim row is written before the work and the answer after it; a process that dies in
// between leaves a claim, which frees its key after a while. Money itself never depends on this: it is
// de-duplicated by constraints.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SecretBox } from '../access/secret-box.js'
import type { Database } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { PROBLEM_TYPE } from './problem.js'

const HEADER = 'idempotency-key'
const KEY_FORM = /^[\x21-\x7e]{1,255}$/

interface Claim {
  actor: string
  key: string
  sha256: Buffer
}

/** Applies to every POST of this scope that carries an Idempotency-Key. */
export function repeatAnswers(api: FastifyInstance, { db, secretBox, config }: Deps): void {
  const claims = new WeakMap<FastifyRequest, Claim>()

  api.addHook('preHandler', async (request, reply) => {
    const key = request.headers[HEADER]
    if (request.method !== 'POST' || key === undefined) return
    const claim = { actor: request.actor.name, key: readKey(key), sha256: fingerprint(request) }
    const answer = await claimOrFind(db, claim, config.idempotencyClaimMs)
    if (answer === undefined) {
      claims.set(request, claim)
      return
    }
    return replay(reply, answer.status, secretBox.open(Buffer.from(answer.body, 'base64'), contextOf(claim)))
  })

  api.addHook('onSend', async (request, reply, payload) => {
    const claim = claims.get(request)
    if (claim === undefined) return payload
    try {
      // An answer of 5xx says nothing about the next attempt, and a stream cannot be kept.
      if (reply.statusCode >= 500 || !(typeof payload === 'string' || payload == null)) await free(db, claim)
      else await keep(db, claim, reply.statusCode, seal(secretBox, payload ?? '', claim))
    } catch (error) {
      // The work is done and its answer goes out; the key stays claimed until the claim runs out.
      request.log.warn({ err: error }, 'the answer to an idempotent request could not be kept')
    }
    return payload
  })
}

function readKey(key: string | string[]): string {
  if (typeof key === 'string' && KEY_FORM.test(key)) return key
  throw new DomainError('IDEMPOTENCY_KEY_INVALID', 'Idempotency-Key must be 1 to 255 visible ASCII characters')
}

/**
 * Over what the body says. A route that takes a file reads it before this hook, into a buffer: two files of one length
 * are two requests, and the boundary of a form, another one at each attempt, makes no difference.
 */
function fingerprint({ method, url, headers, body }: FastifyRequest): Buffer {
  const isForm = headers['content-type']?.startsWith('multipart/') === true
  assert(!(body instanceof Readable) && (body != null || !isForm), 'a repeatable request was read before its work')
  const hash = createHash('sha256').update(`${method} ${url}\n`)
  return hash.update(Buffer.isBuffer(body) ? body : JSON.stringify(body) ?? '').digest()
}

/** Undefined: the key is ours now. Throws when it was used for something else, or is being worked on. */
async function claimOrFind(
  db: Database, claim: Claim, claimMs: number,
): Promise<{ status: number; body: string } | undefined> {
  return db.asService(async (trx) => {
    await sql`DELETE FROM idempotent_request WHERE actor = ${claim.actor} AND key = ${claim.key}
      AND status IS NULL AND recorded_at < now() - make_interval(secs => ${claimMs / 1000})`.execute(trx)
    const inserted = await trx.insertInto('idempotent_request')
      .values({ actor: claim.actor, key: claim.key, request_sha256: claim.sha256 })
      .onConflict((conflict) => conflict.doNothing()).returning('key').executeTakeFirst()
    if (inserted) return undefined
    const found = await trx.selectFrom('idempotent_request').select(['request_sha256', 'status', 'body'])
      .where('actor', '=', claim.actor).where('key', '=', claim.key).executeTakeFirst()
    if (found && !found.request_sha256.equals(claim.sha256)) {
      throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used for another request')
    }
    if (found?.status == null || found.body === null) {
      throw new DomainError('IDEMPOTENCY_IN_PROGRESS', 'the first request with this Idempotency-Key is still running')
    }
    return { status: found.status, body: found.body }
  })
}

/** Sealed, because an answer can hold a new token or a child's name. */
function seal(secretBox: SecretBox, payload: string, claim: Claim): string {
  return secretBox.seal(payload, contextOf(claim)).toString('base64')
}

function contextOf({ actor, key }: Claim): string {
  return `idempotent request ${actor} ${key}`
}

async function keep(db: Database, { actor, key }: Claim, status: number, body: string): Promise<void> {
  await db.asService((trx) => trx.updateTable('idempotent_request').set({ status, body })
    .where('actor', '=', actor).where('key', '=', key).where('status', 'is', null).execute())
}

async function free(db: Database, { actor, key }: Claim): Promise<void> {
  await db.asService((trx) => trx.deleteFrom('idempotent_request')
    .where('actor', '=', actor).where('key', '=', key).where('status', 'is', null).execute())
}

function replay(reply: FastifyReply, status: number, body: string): FastifyReply {
  void reply.code(status).header('idempotency-replayed', 'true').serializer(String)
  if (body === '') return reply.send()
  return reply.type(status >= 400 ? PROBLEM_TYPE : 'application/json; charset=utf-8').send(body)
}

/** Forgets answers that are older than a client may still ask for; called by a timer of the service. */
export async function forgetOldAnswers(db: Database, keepDays: number): Promise<void> {
  await db.asService((trx) => sql`DELETE FROM idempotent_request
    WHERE recorded_at < now() - make_interval(days => ${keepDays})`.execute(trx))
}
