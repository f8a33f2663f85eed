// Which channel does a webhook path name, and what proves its calls? The hot path asks on every call, so answers
// are remembered for seconds. A closed channel is still found: late callbacks tell of money that is in the bank.
import assert from 'node:assert/strict'
import { LRUCache } from 'lru-cache'
import type { Deps } from '../deps.js'
import { isUuid } from '../http/id.js'
import type { Adapter, ChannelProof, ChannelSecrets } from './adapter.js'
import { getAdapter } from './adapters/registry.js'
import { findChannelSchool, findSealedChannel, secretContext } from './channel-store.js'
import type { SealedChannel } from './channel-store.js'
import type { Provider } from './provider.js'

/** A channel with its secrets opened. It lives in memory only: never logged, never sent. */
export interface OpenChannel {
  readonly schoolId: string
  readonly channelId: string
  readonly bankAccountId: string
  readonly provider: Provider
  /** For information: calls to a closed channel are accepted all the same. */
  readonly state: 'active' | 'closed'
  readonly adapter: Adapter
  readonly proof: ChannelProof
}

export interface ChannelLookup {
  /** Undefined for what is no channel, or not even an id. */
  find(channelId: string): Promise<OpenChannel | undefined>
  /** After a change in this process; other processes notice within `REMEMBERED_MS`. */
  forget(channelId: string): void
}

export interface ChannelLookupDeps extends Pick<Deps, 'db' | 'secretBox' | 'now'> {
  /** Signs the bearer tokens that we issue; derived from SECRET_KEY, the same in every process. */
  readonly tokenKey: Buffer
}

const REMEMBERED_MAX = 10_000
// A rotated secret is accepted by every process after this long; the previous one stays good for two days.
const REMEMBERED_MS = 5_000
// Apart from the known ones, so that a flood of invented ids pushes no real channel out.
const UNKNOWN_MAX = 10_000
const UNKNOWN_MS = 1_000

export function openChannelLookup(deps: ChannelLookupDeps): ChannelLookup {
  const known = new LRUCache<string, OpenChannel>({ max: REMEMBERED_MAX, ttl: REMEMBERED_MS })
  const unknown = new LRUCache<string, true>({ max: UNKNOWN_MAX, ttl: UNKNOWN_MS })
  const loading = new Map<string, Promise<OpenChannel | undefined>>()

  /** Calls that miss together share one load. */
  function load(channelId: string): Promise<OpenChannel | undefined> {
    const started = loadChannel(deps, channelId)
      .then((found) => {
        // Forgotten meanwhile: what was read may be older than the change.
        if (loading.get(channelId) !== started) return found
        if (found) known.set(channelId, found)
        else unknown.set(channelId, true)
        return found
      })
      .finally(() => {
        if (loading.get(channelId) === started) loading.delete(channelId)
      })
    loading.set(channelId, started)
    return started
  }

  return {
    async find(text) {
      if (!isUuid(text)) return undefined
      const channelId = text.toLowerCase()
      if (unknown.has(channelId)) return undefined
      return known.get(channelId) ?? loading.get(channelId) ?? load(channelId)
    },
    forget(channelId) {
      known.delete(channelId)
      unknown.delete(channelId)
      loading.delete(channelId)
    },
  }
}

async function loadChannel(deps: ChannelLookupDeps, channelId: string): Promise<OpenChannel | undefined> {
  const schoolId = await deps.db.asService((trx) => findChannelSchool(trx, channelId))
  if (schoolId === undefined) return undefined
  const row = await deps.db.inSchool(schoolId, (trx) => findSealedChannel(trx, schoolId, channelId))
  return row && openChannel(deps, schoolId, row)
}

function openChannel(deps: ChannelLookupDeps, schoolId: string, row: SealedChannel): OpenChannel {
  const adapter = getAdapter(row.provider)
  const mode = adapter.modes.find((candidate) => candidate === row.mode)
  assert(mode, `channel ${row.id} has a mode that ${row.provider} does not know`)
  const { tokenKey } = deps
  return {
    schoolId,
    channelId: row.id,
    bankAccountId: row.bank_account_id,
    provider: row.provider,
    state: row.state,
    adapter,
    proof: { channelId: row.id, mode, secrets: openSecrets(deps, schoolId, row), tokenKey },
  }
}

function openSecrets({ secretBox, now }: ChannelLookupDeps, schoolId: string, row: SealedChannel): ChannelSecrets {
  const context = secretContext(schoolId, row.id)
  const current = secretBox.open(row.sealed_secret, context)
  const { sealed_previous_secret: previous, previous_secret_until: until } = row
  if (previous === null || until === null || until <= now()) return { current }
  return { current, previous: secretBox.open(previous, context) }
}
