// Reads the bodies of processed callbacks again with their adapters: every row of money in them must be an event that
// is kept and says the same, whole, and what cannot be read must be in review. It covers each call that left no trace,
// and the newest others.
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { getAdapter } from '../banking/adapters/registry.js'
import { changedEventId, identityOf, sameEvent } from '../banking/event-identity.js'
import type { BankEvent } from '../banking/bank-event.js'
import type { Provider } from '../banking/provider.js'
import { toRecords } from '../db/rows.js'
import type { Tables } from '../db/tables.js'
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
  /** A person has the call itself, whatever could not be read of it. */
  is_shown: boolean
  /** It could not be settled and waits for a person: none of its rows is kept yet. */
  is_parked: boolean
}

async function chooseCallbacks(trx: Trx): Promise<ChosenCallback[]> {
  const { rows } = await sql<ChosenCallback>`
    WITH processed AS (
      SELECT c.school_id, c.id, c.received_at, e.id IS NOT NULL OR r.id IS NOT NULL AS has_trace,
        r.is_shown IS TRUE AS is_shown, c.state = 'review' AND r.was_parked IS TRUE AS is_parked
      FROM bank_callback c
      LEFT JOIN (SELECT DISTINCT school_id, callback_id AS id FROM bank_event) e
        ON e.school_id = c.school_id AND e.id = c.id
      LEFT JOIN (SELECT school_id, bank_callback_id AS id, bool_or(bank_event_id IS NULL) AS is_shown,
          bool_or(reason = 'PROCESSING_FAILED') AS was_parked FROM review_item GROUP BY 1, 2) r
        ON r.school_id = c.school_id AND r.id = c.id
      WHERE c.state <> 'waiting' AND c.proof <> 'test'
    )
    SELECT school_id, id, has_trace, is_shown, is_parked FROM (
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
  is_shown: boolean
  is_parked: boolean
}

async function readBodies(trx: Trx, chosen: readonly ChosenCallback[]): Promise<Body[]> {
  const { rows } = await sql<Body>`
    SELECT c.school_id, c.id, c.channel_id, channel.provider, c.body, c.received_at, chosen.is_shown, chosen.is_parked
    FROM jsonb_to_recordset(${toRecords(chosen)}::jsonb)
      AS chosen (school_id uuid, id uuid, is_shown boolean, is_parked boolean)
    JOIN bank_callback c ON c.school_id = chosen.school_id AND c.id = chosen.id
    LEFT JOIN channel ON channel.school_id = c.school_id AND channel.id = c.channel_id`.execute(trx)
  return rows
}

interface SaidEvent {
  callbackId: string
  schoolId: string
  channelId: string
  event: BankEvent
}

async function findLost(trx: Trx, bodies: readonly Body[]): Promise<string[]> {
  const lost = new Set<string>()
  const said: SaidEvent[] = []
  for (const { id, school_id, channel_id, provider, body, received_at, is_shown, is_parked } of bodies) {
    if (is_parked) continue
    const result = provider === null ? undefined : getAdapter(provider).read(body, received_at)
    const isWhole = result?.kind === 'events' && result.faults.length === 0
    if (!isWhole && !is_shown) lost.add(id)
    if (result?.kind !== 'events') continue
    for (const event of result.events) said.push({ callbackId: id, schoolId: school_id, channelId: channel_id, event })
  }
  for (const id of await findUnkept(trx, said)) lost.add(id)
  return [...lost]
}

interface KeptRow extends Selectable<Tables['bank_event']> {
  callback: string
  /** The id under which the row of the body is looked for. */
  asked: string
  /** Written before a changed event was kept as a row of its own: a person was shown it beside the one of its id. */
  shown_beside: boolean
}

/** Calls of which something is kept neither under its own id nor beside another event. Index: bank_event_event_key. */
async function findUnkept(trx: Trx, said: readonly SaidEvent[]): Promise<string[]> {
  const keys = said.flatMap(({ callbackId, schoolId, channelId, event }) =>
    [event.eventId, changedEventId(event)].map((eventId) => (
      { callback: callbackId, school_id: schoolId, channel_id: channelId, event_id: eventId, asked: event.eventId })))
  const { rows } = await sql<KeptRow>`
    SELECT e.*, said.callback, said.asked, EXISTS (SELECT FROM review_item r WHERE r.school_id = e.school_id
      AND r.bank_event_id = e.id AND r.bank_callback_id = said.callback AND r.reason = 'EVENT_CHANGED'
      AND e.callback_id IS DISTINCT FROM said.callback) AS shown_beside
    FROM jsonb_to_recordset(${toRecords(keys)}::jsonb)
      AS said (callback uuid, school_id uuid, channel_id uuid, event_id text, asked text)
    JOIN bank_event e ON e.school_id = said.school_id AND e.channel_id = said.channel_id
      AND e.event_id = said.event_id`.execute(trx)
  const kept = new Map<string, KeptRow[]>()
  for (const row of rows) {
    const key = `${row.callback} ${row.asked}`
    kept.set(key, [...kept.get(key) ?? [], row])
  }
  const isKept = ({ callbackId, event }: SaidEvent): boolean => (kept.get(`${callbackId} ${event.eventId}`) ?? [])
    .some((row) => row.shown_beside || sameEvent(identityOf(row), event))
  return said.filter((one) => !isKept(one)).map(({ callbackId }) => callbackId)
}
