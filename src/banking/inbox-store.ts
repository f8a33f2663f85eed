// The SQL of the inbox: what comes in, what is claimed, what is put off, what is parked. Retry state lives on
// the row, so that losing every job of the queue loses nothing. Index: bank_callback_waiting (shard, due_at).
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'

export interface CallbackRow {
  schoolId: string
  channelId: string
  shard: number
  body: Buffer
  bodySha256: Buffer
  proof: 'good' | 'stale' | 'test'
  receivedAt: Date
}

/**
 * Writes calls; one that is known changes nothing, except that a good proof for a body that was stale before
 * puts it back to work. Arrays and `unnest`: the bodies need no second encoding. The server makes the ids: random
 * bytes for them took 10 µs a call here.
 */
export async function insertCallbacks(trx: Trx, rows: readonly CallbackRow[]): Promise<void> {
  const column = <Value>(pick: (row: CallbackRow) => Value): Value[] => rows.map(pick)
  const { numAffectedRows } = await sql`
    INSERT INTO bank_callback
      (school_id, id, channel_id, shard, body, body_sha256, proof, received_at, state, processed_at)
    SELECT school_id, uuidv7(), channel_id, shard, body, body_sha256, proof, received_at,
      CASE proof WHEN 'test' THEN 'done' ELSE 'waiting' END, CASE proof WHEN 'test' THEN now() END
    FROM unnest(${column((row) => row.schoolId)}::uuid[], ${column((row) => row.channelId)}::uuid[],
      ${column((row) => row.shard)}::smallint[], ${column((row) => row.body)}::bytea[],
      ${column((row) => row.bodySha256)}::bytea[],
      ${column((row) => row.proof)}::text[], ${column((row) => row.receivedAt)}::timestamptz[])
      AS call (school_id, channel_id, shard, body, body_sha256, proof, received_at)
    ORDER BY school_id, channel_id, body_sha256
    ON CONFLICT ON CONSTRAINT bank_callback_body_key DO NOTHING`.execute(trx)
  if (numAffectedRows === BigInt(rows.length)) return
  // DO UPDATE would lock every known row, also those that a posting batch holds, and all schools would wait for it.
  await sql`
    UPDATE bank_callback SET proof = 'good', state = 'waiting', processed_at = NULL, attempts = 0, due_at = now()
    FROM unnest(${column((row) => row.schoolId)}::uuid[], ${column((row) => row.channelId)}::uuid[],
      ${column((row) => row.bodySha256)}::bytea[], ${column((row) => row.proof)}::text[])
      AS call (school_id, channel_id, body_sha256, proof)
    WHERE bank_callback.school_id = call.school_id AND bank_callback.channel_id = call.channel_id
      AND bank_callback.body_sha256 = call.body_sha256
      AND bank_callback.proof = 'stale' AND call.proof = 'good'`.execute(trx)
}

export interface Claim {
  school_id: string
  id: string
  attempts: number
}

/** How far past one batch a claim looks for more rows of the same schools: a posting transaction is one school's. */
const CLAIM_LOOKS_AHEAD = 10

/**
 * Claims due rows of a shard: the school of the oldest row first, with all its rows, then the next school's. `due_at`
 * moves on by the lease in the same statement: a worker that dies gives its rows back by doing nothing.
 */
export async function claimCallbacks(
  trx: Trx,
  options: { shard: number; limit: number; leaseMs: number },
): Promise<Claim[]> {
  const { shard, limit, leaseMs } = options
  const { rows } = await sql<Claim>`
    WITH due AS (
      SELECT school_id, id, due_at FROM bank_callback
      WHERE state = 'waiting' AND shard = ${shard} AND due_at <= now()
      ORDER BY due_at LIMIT ${limit * CLAIM_LOOKS_AHEAD}
    ), chosen AS (
      SELECT school_id, id FROM (SELECT *, min(due_at) OVER (PARTITION BY school_id) AS oldest FROM due) AS by_school
      ORDER BY oldest, school_id, due_at LIMIT ${limit}
    ), claimed AS (
      SELECT school_id, id FROM bank_callback JOIN chosen USING (school_id, id)
      WHERE state = 'waiting' AND due_at <= now() FOR UPDATE OF bank_callback SKIP LOCKED
    )
    UPDATE bank_callback SET attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, now()),
      due_at = now() + make_interval(secs => ${leaseMs / 1000})
    FROM claimed WHERE bank_callback.school_id = claimed.school_id AND bank_callback.id = claimed.id
    RETURNING bank_callback.school_id, bank_callback.id, attempts`.execute(trx)
  return rows
}

/** The shards in which something is due: what a sweep has to look at. */
export async function readDueShards(trx: Trx): Promise<number[]> {
  const { rows } = await sql<{ shard: number }>`
    SELECT DISTINCT shard FROM bank_callback WHERE state = 'waiting' AND due_at <= now() ORDER BY shard`.execute(trx)
  return rows.map(({ shard }) => shard)
}

/** Puts a row that failed off; the reason is for people and holds no body. */
export async function putOff(
  trx: Trx,
  row: { schoolId: string; id: string; delayMs: number; reason: string },
): Promise<void> {
  await sql`UPDATE bank_callback SET last_error = ${row.reason},
      due_at = now() + make_interval(secs => ${row.delayMs / 1000})
    WHERE school_id = ${row.schoolId} AND id = ${row.id} AND state = 'waiting'`.execute(trx)
}

/** Gives a row up to a person; false when it was settled meanwhile. The review item goes into the same transaction. */
export async function park(trx: Trx, row: { schoolId: string; id: string; reason: string }): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE bank_callback SET state = 'review', processed_at = now(), last_error = ${row.reason}
    WHERE school_id = ${row.schoolId} AND id = ${row.id} AND state = 'waiting'`.execute(trx)
  return numAffectedRows === 1n
}

/** Undoes claims that came to nothing. */
export async function returnClaims(
  trx: Trx,
  schoolId: string,
  ids: readonly string[],
  delayMs: number,
): Promise<void> {
  await sql`UPDATE bank_callback SET attempts = attempts - 1, due_at = now() + make_interval(secs => ${delayMs / 1000})
    WHERE school_id = ${schoolId} AND id = ANY (${ids}::uuid[]) AND state = 'waiting' AND attempts > 0`.execute(trx)
}
