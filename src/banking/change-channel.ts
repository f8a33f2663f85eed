// Changes a channel that is in use: a new secret, the end of the channel, a virtual account or order code that
// stands for a payment code. No change may lose a call: the old secret and a closed channel stay good for late ones.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { parsePaymentCode } from '../invoicing/payment-code.js'
import { vietnamDay } from '../time.js'
import { getAdapter } from './adapters/registry.js'
import { comparableAccount } from './bank-event.js'
import {
  insertAlias, lockSealedChannel, markChannelClosed, ownsPaymentCode, replaceSecret, secretContext,
} from './channel-store.js'
import type { Alias, Channel, SealedChannel } from './channel-store.js'
import { readText } from './field.js'
import { assertSecret, getChannel, noSuchChannel } from './open-channel.js'
import type { ChannelDeps } from './open-channel.js'
import { sameSecret } from './proof.js'

/** No provider says when it changes over; Casso repeats calls for a day. */
const PREVIOUS_SECRET_MS = 48 * 60 * 60 * 1000
/** As long as an adapter reads an order code. */
const ORDER_CODE_MAX_CHARS = 128

export interface ChannelTarget {
  schoolId: string
  bankAccountId: string
  channelId: string
}

/** The previous secret is good for 48 hours more. Repeating a rotation changes nothing. */
export async function rotateSecret(
  deps: ChannelDeps, actor: Actor, target: ChannelTarget, secret: string,
): Promise<Channel> {
  const { schoolId, channelId } = target
  return deps.db.inSchool(schoolId, async (trx) => {
    const row = await lockChannel(trx, target)
    assertSecret(getAdapter(row.provider), secret)
    const context = secretContext(schoolId, channelId)
    // Else a request that is sent twice would push the old secret out of its 48 hours.
    if (!sameSecret(secret, deps.secretBox.open(row.sealed_secret, context))) {
      const until = new Date(deps.now().getTime() + PREVIOUS_SECRET_MS)
      await replaceSecret(trx, schoolId, channelId, deps.secretBox.seal(secret, context), until)
      await recordAudit(trx, {
        actor, action: 'channel.rotate', objectKind: 'channel', objectId: channelId,
        after: { previousSecretUntil: until },
      })
    }
    return getChannel(trx, schoolId, channelId)
  })
}

/** Makes room for another channel on the account. Closing again changes nothing. */
export async function closeChannel(deps: ChannelDeps, actor: Actor, target: ChannelTarget): Promise<Channel> {
  const { schoolId, channelId } = target
  return deps.db.inSchool(schoolId, async (trx) => {
    const { state } = await lockChannel(trx, target)
    if (state === 'active') {
      const activeTo = vietnamDay(deps.now())
      await markChannelClosed(trx, schoolId, channelId, activeTo)
      await recordAudit(trx, {
        actor, action: 'channel.close', objectKind: 'channel', objectId: channelId, after: { activeTo },
      })
    }
    return getChannel(trx, schoolId, channelId)
  })
}

export interface AliasDraft {
  kind: Alias['kind']
  value: string
  /** The 12 characters of a code of this school. */
  paymentCode: string
}

/**
 * Ties a value that the provider reports to a payment code; the value comes back as it is compared. An alias never
 * changes what it stands for. Throws `ALIAS_EXISTS`, `ALIAS_VALUE_INVALID`, `PAYMENT_CODE_INVALID`.
 */
export async function addAlias(
  deps: ChannelDeps, actor: Actor, target: ChannelTarget, draft: AliasDraft,
): Promise<AliasDraft> {
  const { schoolId, channelId } = target
  const { kind, paymentCode } = draft
  const value = comparableValue(draft)
  const code = parsePaymentCode(paymentCode)
  return deps.db.inSchool(schoolId, async (trx) => {
    await lockChannel(trx, target)
    if (code === undefined || !await ownsPaymentCode(trx, schoolId, code)) {
      throw refusal('PAYMENT_CODE_INVALID', 'paymentCode', 'is no payment code of this school')
    }
    if (await insertAlias(trx, schoolId, { channelId, kind, value, paymentCode: code }) !== code) {
      throw new DomainError('ALIAS_EXISTS', 'this value stands for another payment code already')
    }
    await recordAudit(trx, {
      actor, action: 'channel.alias', objectKind: 'channel', objectId: channelId, after: { kind, value, paymentCode },
    })
    return { kind, value, paymentCode }
  })
}

/** In the form in which events carry it: an account without separators, an order code as the provider writes it. */
function comparableValue({ kind, value }: AliasDraft): string {
  const text = kind === 'virtual_account' ? comparableAccount(value) : orderCodeOf(value)
  if (text === '') throw refusal('ALIAS_VALUE_INVALID', 'value', 'has nothing to compare by')
  if (text.length > ORDER_CODE_MAX_CHARS) throw refusal('ALIAS_VALUE_INVALID', 'value', 'is too long')
  return text
}

function orderCodeOf(value: string): string {
  const reading = readText({ name: 'value', value })
  return reading.ok ? reading.value : ''
}

function refusal(code: string, field: string, reason: string): DomainError {
  return new DomainError(code, `${field} ${reason}`, [{ field, reason }])
}

async function lockChannel(trx: Trx, { schoolId, bankAccountId, channelId }: ChannelTarget): Promise<SealedChannel> {
  const row = await lockSealedChannel(trx, schoolId, channelId)
  return row?.bank_account_id === bankAccountId.toLowerCase() ? row : noSuchChannel()
}
