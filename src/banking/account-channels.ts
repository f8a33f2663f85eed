// A school's bank accounts, each with the channels that report on it and how they do: what the desk shows.
import type { Deps } from '../deps.js'
import { LIMITS } from '../limits.js'
import { findBank } from '../vietqr/banks.js'
import { listBankAccounts } from './bank-account-store.js'
import type { BankAccount } from './bank-account-store.js'
import { channelHealth } from './channel-health.js'
import type { ChannelHealth } from './channel-health.js'
import { setupOf } from './channel-setup.js'
import type { ChannelSetup } from './channel-setup.js'
import { noSuchChannel } from './open-channel.js'
import { countOpenReviews, readChannelActivity } from './queries/account-channels.js'
import type { ChannelActivity } from './queries/account-channels.js'

export type { BankAccount }

export interface ChannelView extends ChannelActivity {
  health: ChannelHealth
  setup: ChannelSetup
}

export interface AccountChannels extends BankAccount {
  bankName: string
  /** The active one, if there is one, then closed ones, newest first. */
  channels: ChannelView[]
  /** What waits for a person on this account. */
  openReviews: number
}

type ViewDeps = Pick<Deps, 'db' | 'now' | 'config'>

/** In the order in which the accounts were registered. A school has a handful. */
export async function listAccountChannels(deps: ViewDeps, schoolId: string): Promise<AccountChannels[]> {
  return deps.db.inSchool(schoolId, async (trx) => {
    const accounts = await listBankAccounts(trx, schoolId, LIMITS.pageSizeMax, undefined)
    const channels = (await readChannelActivity(trx, schoolId)).map((channel) => toView(deps, channel))
    const reviews = await countOpenReviews(trx, schoolId)
    return accounts.map((account) => ({
      ...account,
      bankName: findBank(account.bankBin)?.shortName ?? account.bankBin,
      channels: channels.filter(({ bankAccountId }) => bankAccountId === account.id)
        .sort((one, other) => Number(one.state === 'closed') - Number(other.state === 'closed')),
      openReviews: reviews.get(account.id) ?? 0,
    }))
  })
}

/** One channel with its account. Throws `CHANNEL_NOT_FOUND`. */
export async function getAccountChannel(
  deps: ViewDeps, schoolId: string, channelId: string,
): Promise<{ account: AccountChannels; channel: ChannelView }> {
  for (const account of await listAccountChannels(deps, schoolId)) {
    const channel = account.channels.find(({ id }) => id === channelId)
    if (channel) return { account, channel }
  }
  return noSuchChannel()
}

function toView({ now, config }: ViewDeps, channel: ChannelActivity): ChannelView {
  return {
    ...channel,
    health: channelHealth(channel, now()),
    setup: setupOf(channel.provider, channel.mode, channel.id, config.publicUrl),
  }
}
