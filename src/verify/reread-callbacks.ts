// Reads the bodies of processed callbacks again with their adapters: every row of money in them must be an
// event that is kept, and what cannot be read must be in review. It covers each call that left no trace, and
// the newest others.
import { sql } from 'kysely'
import { getAdapter } from '../banking/adapters/registry.js'
import type { Provider } from '../banking/provider.js'
import { toRecords } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import { SHOWN_IDS } from './promise.js'
import type { Check } from './promise.js'

const MAX_WITHOUT_TRACE = 20_000
const NEWEST = 2_000
const PAGE = 500

export const rereadCallbacks: Check = {
  fault: 'callbacks that say more than what was kept of them',
  async find(trx) {
    const chosen = await chooseCallbacks(trx)
    const lost: string[] = []
    for (let at = 0; at < chosen.length; at += PAGE) {
      lost.push(...await findLost(trx, await readBodies(trx, chosen.slice(at, at + PAGE))))
    }
    lost.sort()
    const untraced = chosen.filter(({ has_trace }) => !has_trace).length
    return {
      count: lost.length,
      ids: lost.slice(0, SHOWN_IDS),
      looked: { what: 'bodies read again', count: chosen.length },
      ...(untraced >= MAX_WITHOUT_TRACE && {
        note: `only ${MAX_WITHOUT_TRACE} of the callbacks without an event or review item were read again`,
      }),
    }
  },
}

interface ChosenCallback {
  school_id: string
  id: string
  has_trace: boolean
  /** Then a person has the body, whatever is missing of it. */
  has_review: boolean
}

async function chooseCallbacks(trx: Trx): Promise<ChosenCallback[]> {
  const { rows } = await sql<ChosenCallback>`
    WITH processed AS (
      SELECT c.school_id, c.id, c.received_at, e.id IS NOT NULL OR r.id IS NOT NULL AS has_trace,
        r.id IS NOT NULL AS has_review
      FROM bank_callback c
      LEFT JOIN (SELECT DISTINCT school_id, callback_id AS id FROM bank_event) e
        ON e.school_id = c.school_id AND e.id = c.id
      LEFT JOIN (SELECT DISTINCT school_id, bank_callback_id AS id FROM review_item) r
        ON r.school_id = c.school_id AND r.id = c.id
      WHERE c.state <> 'waiting' AND c.proof <> 'test'
    )
    SELECT school_id, id, has_trace, has_review FROM (
      (SELECT * FROM processed WHERE NOT has_trace LIMIT ${MAX_WITHOUT_TRACE})
      UNION (SELECT * FROM processed ORDER BY received_at DESC LIMIT ${NEWEST})) AS chosen`.execute(trx)
  return rows
}

interface Body {
  school_id: string
  id: string
  channel_id: string
  /** Null when the channel is gone. */
  provider: Provider | null
  body: Buffer
  received_at: Date
  has_review: boolean
}

async function readBodies(trx: Trx, chosen: readonly ChosenCallback[]): Promise<Body[]> {
  const { rows } = await sql<Body>`
    SELECT c.school_id, c.id, c.channel_id, channel.provider, c.body, c.received_at, chosen.has_review
    FROM jsonb_to_recordset(${toRecords(chosen)}::jsonb)
      AS chosen (school_id uuid, id uuid, has_review boolean)
    JOIN bank_callback c ON c.school_id = chosen.school_id AND c.id = chosen.id
    LEFT JOIN channel ON channel.school_id = c.school_id AND channel.id = c.channel_id`.execute(trx)
  return rows
}

interface SaidEvent {
  callback_id: string
  school_id: string
  channel_id: string
  event_id: string
  direction: string
  amount_vnd: number
}

async function findLost(trx: Trx, bodies: readonly Body[]): Promise<string[]> {
  const lost = new Set<string>()
  const said: SaidEvent[] = []
  for (const { id, school_id, channel_id, provider, body, received_at, has_review } of bodies) {
    if (has_review) continue
    const result = provider === null ? undefined : getAdapter(provider).read(body, received_at)
    if (result?.kind !== 'events' || result.faults.length > 0) {
      lost.add(id)
      continue
    }
    for (const { eventId, direction, amountVnd } of result.events) {
      const key = { callback_id: id, school_id, channel_id, event_id: eventId }
      said.push({ ...key, direction, amount_vnd: amountVnd })
    }
  }
  for (const id of await findUnkept(trx, said)) lost.add(id)
  return [...lost]
}

async function findUnkept(trx: Trx, said: readonly SaidEvent[]): Promise<string[]> {
  const { rows } = await sql<{ callback_id: string }>`
    SELECT DISTINCT said.callback_id FROM jsonb_to_recordset(${toRecords(said)}::jsonb) AS said
      (callback_id uuid, school_id uuid, channel_id uuid, event_id text, direction text, amount_vnd bigint)
    WHERE NOT EXISTS (SELECT FROM bank_event e
      WHERE e.school_id = said.school_id AND e.channel_id = said.channel_id AND e.event_id = said.event_id
        AND said.direction IN (e.direction, 'unknown') -- a person may have said which way it went
        AND e.amount_vnd = said.amount_vnd)`.execute(trx)
  return rows.map((row) => row.callback_id)
}
