// What came in on one day as a file: a row for each bank account that the first page of the desk shows.
import type { AccountChannels } from '../../banking/account-channels.js'
import type { Table } from '../../export/table.js'
import type { Day } from '../../time.js'
import type { Lang } from '../text.js'
import { accountsOfToday, activeChannel } from './channels-page.js'
import { channelsText, healthText } from './channels-text.js'
import type { AccountDay } from './today-queries.js'
import { todayText } from './today-text.js'

export function dayTable(
  accounts: readonly AccountChannels[], days: readonly AccountDay[], day: Day, lang: Lang,
): Table {
  const [t, of] = [todayText[lang], channelsText[lang]]
  const ofDay = new Map(days.map((one) => [one.bankAccountId, one]))
  return {
    fileName: `${t.received} - ${day}`, sheetName: t.received,
    columns: [
      { title: t.day, kind: 'day' }, { title: of.bank, kind: 'text' }, { title: of.number, kind: 'text' },
      { title: t.transferCount, kind: 'integer' }, { title: t.received, kind: 'vnd' },
      { title: t.settledAlone, kind: 'integer' }, { title: t.waiting, kind: 'integer' }, { title: of.state, kind: 'text' },
      { title: t.lastCall, kind: 'instant' },
    ],
    rows: accountsOfToday(accounts).map((account) => {
      const { transfers = 0, receivedVnd = 0, settledAlone = 0 } = ofDay.get(account.id) ?? {}
      const channel = activeChannel(account)
      return [day, account.bankName, account.accountNumber, transfers, receivedVnd, settledAlone, account.openReviews,
        healthText(channel?.health ?? 'untested', lang).word, channel?.lastCallAt ?? null]
    }),
  }
}
