// Reads the forms of bank accounts and channels. A secret that was typed goes to the use case and is never shown again.
import { PROVIDERS } from '../../banking/provider.js'
import type { Mode, Provider } from '../../banking/provider.js'
import { makesOwnSecret } from '../../banking/make-secret.js'
import { isUuid } from '../../http/id.js'
import { findBank } from '../../vietqr/banks.js'
import type { Lang } from '../text.js'
import { channelsText } from './channels-text.js'
import { textOf } from './form-fields.js'
import type { Faults, Form } from './form-fields.js'

export interface AccountDraft {
  bankBin: string
  accountNumber: string
  accountName: string
  replaces: string
}

export const EMPTY_ACCOUNT: AccountDraft = { bankBin: '', accountNumber: '', accountName: '', replaces: '' }
const HOLDER_MAX_CHARS = 140

export function readAccount(form: Form): AccountDraft {
  return {
    bankBin: textOf(form, 'bankBin'),
    accountNumber: textOf(form, 'accountNumber').replace(/[\s.-]/g, ''),
    accountName: textOf(form, 'accountName'),
    replaces: textOf(form, 'replaces'),
  }
}

export function findAccountFaults({ bankBin, accountNumber, accountName }: AccountDraft, lang: Lang): Faults {
  const t = channelsText[lang]
  return {
    ...(findBank(bankBin) === undefined && { bankBin: t.bankFault }),
    ...(!/^[A-Za-z0-9]{6,19}$/.test(accountNumber) && { accountNumber: t.numberFault }),
    ...((accountName === '' || accountName.length > HOLDER_MAX_CHARS) && { accountName: t.holderFault }),
  }
}

/** As `registerBankAccount` takes it. */
export function toAccount({ replaces, ...draft }: AccountDraft) {
  return { ...draft, ...(isUuid(replaces) && { replaces }) }
}

export interface ChannelForm {
  provider: Provider
  mode: Mode | undefined
  /** '' asks for one to be made. */
  secret: string
  memoWord: string
}

export const EMPTY_CHANNEL: ChannelForm = { provider: 'sepay', mode: 'hmac', secret: '', memoWord: '' }

export function readChannel(form: Form): ChannelForm {
  const provider = PROVIDERS.find((one) => one === textOf(form, 'provider')) ?? 'sepay'
  const mode = textOf(form, 'mode') === 'apikey' ? 'apikey' : 'hmac'
  return {
    provider, mode: provider === 'sepay' ? mode : undefined, secret: textOf(form, 'secret'),
    memoWord: textOf(form, 'memoWord').toUpperCase(),
  }
}

export function findChannelFaults({ provider, secret, memoWord }: ChannelForm, lang: Lang): Faults {
  const t = channelsText[lang]
  return {
    ...(secret === '' && makesOwnSecret(provider) && { secret: t.secretFault }),
    ...(memoWord !== '' && !/^[A-Z0-9]{1,12}$/.test(memoWord) && { memoWord: t.memoWordFault }),
  }
}

/** The field that a refusal of the use case is about, when it is about one. */
export function faultOfRefusal(code: string, lang: Lang): Faults | undefined {
  const t = channelsText[lang]
  switch (code) {
    case 'CHANNEL_SECRET_INVALID': return { secret: t.secretInvalid }
    case 'PURPOSE_INVALID': return { memoWord: t.memoWordFault }
    case 'BANK_ACCOUNT_EXISTS': return { accountNumber: t.numberTaken }
    default: return undefined
  }
}
