// The SQL of channels, their routes and their aliases. Secrets pass through sealed; only the lookup reads them.
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import type { Mode, Provider } from './provider.js'

/** What a channel's secret is sealed for: moved to another row it does not open. Ids in either case of letters. */
export function secretContext(schoolId: string, channelId: string): string {
  return `${schoolId}/${channelId}`.toLowerCase()
}

/** A channel as people see it. */
export interface Channel {
  id: string
  bankAccountId: string
  provider: Provider
  mode: string
  memoWord: string | null
  state: 'active' | 'closed'
  activeFrom: Day
  activeTo: Day | null
  lastTestAt: Date | null
  previousSecretUntil: Date | null
  createdAt: Date
}

export interface SealedChannel {
  id: string
  bank_account_id: string
  provider: Provider
  mode: string
  state: 'active' | 'closed'
  sealed_secret: Buffer
  sealed_previous_secret: Buffer | null
  previous_secret_until: Date | null
}

const COLUMNS = ['id', 'bank_account_id as bankAccountId', 'provider', 'mode', 'memo_word as memoWord', 'state',
  'active_from as activeFrom', 'active_to as activeTo', 'last_test_at as lastTestAt',
  'previous_secret_until as previousSecretUntil', 'created_at as createdAt'] as const

/** Whose channel it is, for a caller that knows nothing but the path of a webhook. Served by the primary key. */
export async function findChannelSchool(trx: Trx, channelId: string): Promise<string | undefined> {
  const row = await trx.selectFrom('channel_route').select('school_id')
    .where('channel_id', '=', channelId).executeTakeFirst()
  return row?.school_id
}

/** Served by the primary key. */
export async function findSealedChannel(
  trx: Trx, schoolId: string, channelId: string,
): Promise<SealedChannel | undefined> {
  return selectSealed(trx, schoolId, channelId).executeTakeFirst()
}

/** One writer at a time changes a channel. */
export async function lockSealedChannel(
  trx: Trx, schoolId: string, channelId: string,
): Promise<SealedChannel | undefined> {
  return selectSealed(trx, schoolId, channelId).forUpdate().executeTakeFirst()
}

function selectSealed(trx: Trx, schoolId: string, channelId: string) {
  return trx.selectFrom('channel')
    .select(['id', 'bank_account_id', 'provider', 'mode', 'state', 'sealed_secret', 'sealed_previous_secret',
      'previous_secret_until'])
    .where('school_id', '=', schoolId).where('id', '=', channelId)
}

/** Served by the primary key. */
export async function findChannel(trx: Trx, schoolId: string, channelId: string): Promise<Channel | undefined> {
  return trx.selectFrom('channel').select(COLUMNS)
    .where('school_id', '=', schoolId).where('id', '=', channelId).executeTakeFirst()
}

/** Served by channel_one_active. */
export async function hasActiveChannel(trx: Trx, schoolId: string, bankAccountId: string): Promise<boolean> {
  const row = await trx.selectFrom('channel').select('id')
    .where('school_id', '=', schoolId).where('bank_account_id', '=', bankAccountId).where('state', '=', 'active')
    .executeTakeFirst()
  return row !== undefined
}

/** In the order in which they were opened. A school has a handful, so the primary key serves. */
export async function listChannels(
  trx: Trx, schoolId: string, bankAccountId: string, limit: number, afterId: string | undefined,
): Promise<Channel[]> {
  return trx.selectFrom('channel').select(COLUMNS)
    .where('school_id', '=', schoolId).where('bank_account_id', '=', bankAccountId)
    .$if(afterId !== undefined, (query) => query.where('id', '>', afterId ?? ''))
    .orderBy('id').limit(limit).execute()
}

export interface NewChannel {
  id: string
  bankAccountId: string
  provider: Provider
  mode: Mode
  sealedSecret: Buffer
  memoWord: string | null
  activeFrom: Day
}

/** The channel with its route: without the route no call would find it. */
export async function insertChannel(trx: Trx, schoolId: string, channel: NewChannel): Promise<void> {
  await trx.insertInto('channel').values({
    school_id: schoolId,
    id: channel.id,
    bank_account_id: channel.bankAccountId,
    provider: channel.provider,
    mode: channel.mode,
    sealed_secret: channel.sealedSecret,
    memo_word: channel.memoWord,
    active_from: channel.activeFrom,
  }).execute()
  await trx.insertInto('channel_route')
    .values({ channel_id: channel.id, school_id: schoolId, kind: 'channel' }).execute()
}

/** The secret of now becomes the previous one, good until `previousUntil`. */
export async function replaceSecret(
  trx: Trx, schoolId: string, channelId: string, sealedSecret: Buffer, previousUntil: Date,
): Promise<void> {
  await trx.updateTable('channel')
    .set((eb) => ({
      sealed_secret: sealedSecret,
      sealed_previous_secret: eb.ref('sealed_secret'),
      previous_secret_until: previousUntil,
    }))
    .where('school_id', '=', schoolId).where('id', '=', channelId).execute()
}

export async function markChannelClosed(trx: Trx, schoolId: string, channelId: string, on: Day): Promise<void> {
  await trx.updateTable('channel').set({ state: 'closed', active_to: on })
    .where('school_id', '=', schoolId).where('id', '=', channelId).execute()
}

/** The provider's own "try it" call came through. */
export async function recordTestCall(trx: Trx, schoolId: string, channelId: string, at: Date): Promise<void> {
  await trx.updateTable('channel').set({ last_test_at: at })
    .where('school_id', '=', schoolId).where('id', '=', channelId).execute()
}

export interface Alias {
  channelId: string
  kind: 'virtual_account' | 'order_code'
  value: string
  paymentCode: number
}

/** The payment code that the alias stands for now: another one when the alias was taken. */
export async function insertAlias(trx: Trx, schoolId: string, alias: Alias): Promise<number> {
  const { channelId, kind, value, paymentCode } = alias
  await trx.insertInto('payment_alias')
    .values({ school_id: schoolId, channel_id: channelId, kind, value, payment_code: paymentCode })
    .onConflict((conflict) => conflict.constraint('payment_alias_pkey').doNothing()).execute()
  const row = await trx.selectFrom('payment_alias').select('payment_code')
    .where('school_id', '=', schoolId).where('channel_id', '=', channelId)
    .where('kind', '=', kind).where('value', '=', value).executeTakeFirstOrThrow()
  return row.payment_code
}

export async function ownsPaymentCode(trx: Trx, schoolId: string, code: number): Promise<boolean> {
  const row = await trx.selectFrom('payment_code').select('code')
    .where('code', '=', code).where('school_id', '=', schoolId).executeTakeFirst()
  return row !== undefined
}
