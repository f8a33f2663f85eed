// Which banking apps fill a payment in when a link opens them? Only those are offered: an app that merely opens
// makes people retype an amount. The list is data with its source and date (bank-apps.json) and is not settled.
import list from './bank-apps.json' with { type: 'json' }
import { findBank } from './banks.js'

export interface AppTransfer {
  bankBin: string
  accountNumber: string
  accountName: string
  amountVnd: number
  purpose: string
}

export interface BankAppLink {
  appId: string
  name: string
  href: string
}

/**
 * A link for each app that fills account, amount and content in. `returnUrl` is where the app may lead back to: it is
 * told to a third party, so it must not hold a secret. Coming back proves no payment. Empty for an unknown bank.
 */
export function bankAppLinks(transfer: AppTransfer, returnUrl: string): BankAppLink[] {
  const bank = findBank(transfer.bankBin)
  if (bank === undefined) return []
  return list.apps.map(({ appId, name }) => {
    const query = new URLSearchParams({
      app: appId,
      ba: `${transfer.accountNumber}@${bank.code.toLowerCase()}`,
      am: String(transfer.amountVnd),
      tn: transfer.purpose,
      bn: transfer.accountName,
      url: returnUrl,
    })
    // A plus sign for a space is a form's notation; the apps' makers show %20.
    return { appId, name, href: `${list.payUrl}?${query.toString().replaceAll('+', '%20')}` }
  })
}
