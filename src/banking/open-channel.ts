// Opens a way for one provider to tell of one bank account. The secret is checked in form, sealed and never shown
// again; the provider is told the address afterwards, so the channel answers its very first call.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { buildPurpose, paymentCodeNumber, paymentCodeText } from '../invoicing/payment-code.js'
import { vietnamDay } from '../time.js'
import type { Adapter } from './adapter.js'
import { getAdapter } from './adapters/registry.js'
import { lockBankAccount } from './bank-account-store.js'
import { findChannel, hasActiveChannel, insertChannel, secretContext } from './channel-store.js'
import type { Channel } from './channel-store.js'
import type { Mode, Provider } from './provider.js'

export interface ChannelDraft {
  provider: Provider
  /** Default: the provider's first. */
  mode?: Mode | undefined
  secret: string
  /** A word that the provider wants in front of the payment code; kept in upper case. */
  memoWord?: string | undefined
}

export type ChannelDeps = Pick<Deps, 'db' | 'secretBox' | 'now'>

/**
 * Throws `BANK_ACCOUNT_NOT_FOUND`, `BANK_ACCOUNT_STATE_CONFLICT`, `CHANNEL_EXISTS` (one active channel an account),
 * `CHANNEL_MODE_INVALID`, `CHANNEL_SECRET_INVALID`, `PURPOSE_INVALID`.
 */
export async function openChannel(
  deps: ChannelDeps, actor: Actor, target: { schoolId: string; bankAccountId: string }, draft: ChannelDraft,
): Promise<Channel> {
  const { schoolId, bankAccountId } = target
  const { provider, secret } = draft
  const adapter = getAdapter(provider)
  const mode = modeOf(adapter, draft.mode)
  assertSecret(adapter, secret)
  const memoWord = draft.memoWord === undefined ? null : checkedMemoWord(draft.memoWord)
  const id = uuidv7()
  const sealedSecret = deps.secretBox.seal(secret, secretContext(schoolId, id))
  const activeFrom = vietnamDay(deps.now())
  return deps.db.inSchool(schoolId, async (trx) => {
    await lockOpenAccount(trx, schoolId, bankAccountId)
    await insertChannel(trx, schoolId, { id, bankAccountId, provider, mode, sealedSecret, memoWord, activeFrom })
    await recordAudit(trx, {
      actor, action: 'channel.open', objectKind: 'channel', objectId: id,
      after: { bankAccountId, provider, mode, memoWord },
    })
    return getChannel(trx, schoolId, id)
  })
}

export async function getChannel(trx: Trx, schoolId: string, channelId: string): Promise<Channel> {
  return (await findChannel(trx, schoolId, channelId)) ?? noSuchChannel()
}

export function noSuchChannel(): never {
  throw new DomainError('CHANNEL_NOT_FOUND', 'there is no such channel on this bank account')
}

/** The form of a secret is the provider's rule; the refusal never repeats it. */
export function assertSecret(adapter: Adapter, secret: string): void {
  const errors = adapter.checkSecret(secret)
  if (errors.length === 0) return
  const detail = errors.map(({ field, reason }) => `${field} ${reason}`).join('; ')
  throw new DomainError('CHANNEL_SECRET_INVALID', detail, errors)
}

function modeOf({ modes, provider }: Adapter, wanted: Mode | undefined): Mode {
  const [first] = modes
  if (wanted === undefined) return first
  if (modes.includes(wanted)) return wanted
  const reason = `must be one of ${modes.join(', ')} for ${provider}`
  throw new DomainError('CHANNEL_MODE_INVALID', `mode ${reason}`, [{ field: 'mode', reason }])
}

const ANY_CODE = paymentCodeText(paymentCodeNumber(0))

/** The word and any payment code fit the content of a transfer, and the code is still read out of it. */
function checkedMemoWord(text: string): string {
  const memoWord = text.toUpperCase()
  // A code begins with ZF: a word that holds it could join with some code to a second reading.
  if (memoWord.includes('ZF')) {
    throw new DomainError('PURPOSE_INVALID', 'memoWord must not hold ZF, with which a payment code begins',
      [{ field: 'memoWord', reason: 'must not hold ZF' }])
  }
  buildPurpose(ANY_CODE, memoWord)
  return memoWord
}

async function lockOpenAccount(trx: Trx, schoolId: string, bankAccountId: string): Promise<void> {
  const account = await lockBankAccount(trx, schoolId, bankAccountId)
  if (!account) throw new DomainError('BANK_ACCOUNT_NOT_FOUND', 'there is no such bank account')
  if (account.state === 'closed') {
    const message = 'the bank account is closed: open the channel on its successor'
    throw new DomainError('BANK_ACCOUNT_STATE_CONFLICT', message)
  }
  if (await hasActiveChannel(trx, schoolId, bankAccountId)) {
    throw new DomainError('CHANNEL_EXISTS', 'the bank account has an active channel: close it first')
  }
}
