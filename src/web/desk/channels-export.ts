// The bank accounts of a school with their channels as a file: one row for each channel, or one for an account without
// any. Never a secret, nor the address that a provider calls.
import type { AccountChannels, ChannelView } from '../../banking/account-channels.js'
import type { Table, TableRow } from '../../export/table.js'
import type { Lang } from '../text.js'
import { channelsText, healthText } from './channels-text.js'
import { providerName } from './channel-steps.js'

export function accountsTable(accounts: readonly AccountChannels[], lang: Lang): Table {
  const t = channelsText[lang]
  return {
    fileName: t.banks, sheetName: t.banks,
    columns: [
      { title: t.bank, kind: 'text' }, { title: t.number, kind: 'text' }, { title: t.holder, kind: 'text' },
      { title: t.closedAccount, kind: 'text' }, { title: t.reviews, kind: 'integer' },
      { title: t.provider, kind: 'text' }, { title: t.state, kind: 'text' }, { title: t.lastCall, kind: 'instant' },
      { title: t.lastTest, kind: 'instant' }, { title: t.waiting, kind: 'integer' }, { title: t.memoWord, kind: 'text' },
    ],
    rows: accounts.flatMap((account) => rowsOf(account, lang)),
  }
}

function rowsOf(account: AccountChannels, lang: Lang): TableRow[] {
  const { channels, bankName, accountNumber, accountName, state, openReviews } = account
  const own = [bankName, accountNumber, accountName, state === 'closed' ? channelsText[lang].closedAccount : null]
  if (channels.length === 0) return [[...own, openReviews, ...NO_CHANNEL]]
  // They wait on the account: told once, so that the column can be summed up.
  return channels.map((channel, at) => [...own, at === 0 ? openReviews : null, ...channelCells(channel, lang)])
}

const NO_CHANNEL = [null, null, null, null, null, null] as const

function channelCells(channel: ChannelView, lang: Lang): TableRow {
  const { provider, health, lastCallAt, lastTestAt, waitingCalls, memoWord } = channel
  return [providerName(provider), healthText(health, lang).word, lastCallAt, lastTestAt, waitingCalls, memoWord]
}
