// Should anybody pay this? Pure: holds what was given against what is known of it. Only an account that was given, and
// with which all the rest agrees, is a school's own; a code or a link alone stands in every false slip too, so it only
// names the account that alone is right for it.
import assert from 'node:assert/strict'
import type { InvoiceState } from '../../invoicing/invoice.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'
import type { Claims, GivenAccount } from './question.js'

export interface Account {
  bankBin: string
  accountNumber: string
  accountName: string
}

export interface PublicSchool {
  schoolId: string
  schoolName: string
  authorityName: string | null
}

/** An account with the school that it is named for. */
export interface SchoolAccount extends Account {
  school: PublicSchool
}

/** What a school registered under the number that was given. */
export interface FoundAccount extends SchoolAccount {
  isActive: boolean
}

export interface NamedBill {
  code: PaymentCodeNumber
  state: InvoiceState
  openVnd: number
  /** The account that stands for the bill's own today; null when that takes no money. */
  payee: Account | null
}

/** What a code or a link leads to. */
export interface Named {
  school: PublicSchool
  /** None for the code of a student or a family: it names no amount, and any open account of the school takes it. */
  bills: readonly NamedBill[]
  anyOf: readonly Account[]
}

export interface Known {
  found: readonly FoundAccount[]
  /** Null where no code was given. */
  byCode: Named | 'unknown' | null
  /** Null where no link was given. */
  byLink: Named | 'unknown' | null
}

/** Why nobody should pay. */
export type Danger = 'unknown_account' | 'closed_account' | 'unknown_code' | 'schools_differ' | 'other_account' |
  'unknown_link' | 'accounts_differ' | 'amounts_differ' | 'bills_differ' | 'amount_wrong' | 'cancelled' | 'no_account'

/** What is still to be said before anybody can know. */
export type Missing = 'account' | 'bank' | 'code_for_amount'

export type Verdict =
  /** `right`: where alone this is paid, when that is known; else `school`, when that is. */
  | { kind: 'danger', danger: Danger, school: PublicSchool | null, right: readonly SchoolAccount[] }
  /** Nobody needs to pay: it was paid, or another bill took its place. */
  | { kind: 'over', over: 'paid' | 'replaced', school: PublicSchool }
  /** `accounts`: those that alone are right, or that the number may be; at least one. */
  | { kind: 'incomplete', missing: Missing, accounts: readonly SchoolAccount[], isBillOpen: boolean }
  | { kind: 'good', account: SchoolAccount, isBillOpen: boolean, isAmountRight: boolean, hasCode: boolean }

export function judge(claims: Claims, { found, byCode, byLink }: Known): Verdict {
  if (byCode === 'unknown') return refuse('unknown_code')
  if (byLink === 'unknown') return refuse('unknown_link')
  if (byCode !== null && byLink !== null && !holds(byLink, claims.code)) return refuse('bills_differ')
  const named = byCode ?? byLink
  const given = oneAccount(claims.accounts)
  if (given === 'differ') return refuse('accounts_differ', named)
  if (new Set(claims.amountsVnd).size > 1) return refuse('amounts_differ', named)
  if (given !== null) return judgeAccount(given, claims, found, named)
  assert(named, 'something was given')
  return judgeBills(named, named.bills, claims) ?? nameTheAccount(named)
}

function nameTheAccount(named: Named): Verdict {
  const accounts = rightAccounts(named)
  if (accounts.length === 0) return refuse('no_account', named)
  return { kind: 'incomplete', missing: 'account', accounts, isBillOpen: named.bills.some(isOpen) }
}

function judgeAccount(
  given: GivenAccount, claims: Claims, found: readonly FoundAccount[], named: Named | null,
): Verdict {
  if (found.length === 0) return refuse('unknown_account', named)
  const ofSchool = named === null ? found : found.filter((one) => one.school.schoolId === named.school.schoolId)
  if (ofSchool.length === 0) return refuse('schools_differ')
  const active = ofSchool.filter(({ isActive }) => isActive)
  if (active.length === 0) return refuse('closed_account', named)
  const accounts = named === null ? active : active.filter((one) => takesMoneyOf(named, one))
  const [account] = accounts
  if (account === undefined) return refuse('other_account', named)
  const bills = named?.bills.filter(({ payee }) => payee !== null && isSame(payee, account)) ?? []
  const refused = named === null ? null : judgeBills(named, bills, claims)
  if (refused !== null) return refused
  const isBillOpen = bills.some(isOpen)
  // A number says nothing of its bank, and anybody can open an account with a number of their choice.
  if (given.bankBin === null && found.length > 1) return { kind: 'incomplete', missing: 'bank', accounts, isBillOpen }
  const isAmountGiven = claims.amountsVnd.length > 0
  if (isAmountGiven && !isBillOpen) {
    return { kind: 'incomplete', missing: 'code_for_amount', accounts: [account], isBillOpen }
  }
  return { kind: 'good', account, isBillOpen, isAmountRight: isAmountGiven, hasCode: named !== null }
}

function refuse(danger: Danger, named: Named | null = null): Verdict {
  return { kind: 'danger', danger, school: named?.school ?? null, right: named === null ? [] : rightAccounts(named) }
}

/** What stands against paying these of the bills that were named; null when nothing does. */
function judgeBills(named: Named, bills: readonly NamedBill[], { amountsVnd }: Claims): Verdict | null {
  if (bills.length === 0) return null
  const issued = bills.filter(({ state }) => state === 'issued')
  if (issued.length === 0) {
    return bills.some(({ state }) => state === 'superseded')
      ? { kind: 'over', over: 'replaced', school: named.school }
      : refuse('cancelled', { ...named, bills: [] })
  }
  const open = issued.filter(isOpen)
  if (open.length === 0) return { kind: 'over', over: 'paid', school: named.school }
  const isWrong = amountsVnd.some((amountVnd) => !open.some(({ openVnd }) => openVnd === amountVnd))
  return isWrong ? refuse('amount_wrong', named) : null
}

function isOpen({ state, openVnd }: NamedBill): boolean {
  return state === 'issued' && openVnd > 0
}

function holds({ bills }: Named, code: PaymentCodeNumber | null): boolean {
  return bills.some((bill) => bill.code === code)
}

/** The only accounts that the open bills are paid into; each once. */
function rightAccounts({ school, bills, anyOf }: Named): SchoolAccount[] {
  const payees = bills.length === 0 ? anyOf : bills.filter(isOpen).flatMap(({ payee }) => payee ?? [])
  return payees.filter((one, at) => payees.findIndex((other) => isSame(one, other)) === at)
    .map(({ bankBin, accountNumber, accountName }) => ({ bankBin, accountNumber, accountName, school }))
}

/** Those of paid and withdrawn bills too: that nothing is to be paid is said of the right account first. */
function takesMoneyOf({ bills, anyOf }: Named, account: Account): boolean {
  const payees = bills.length === 0 ? anyOf : bills.flatMap(({ payee }) => payee ?? [])
  return payees.some((payee) => isSame(payee, account))
}

function isSame(one: Account, other: Account): boolean {
  return one.bankBin === other.bankBin && one.accountNumber === other.accountNumber
}

/** All that was said of the account as one; null when nothing was. */
function oneAccount(accounts: readonly GivenAccount[]): GivenAccount | 'differ' | null {
  const [first] = accounts
  if (first === undefined) return null
  const [bankBin = null, ...otherBanks] = new Set(accounts.flatMap((one) => one.bankBin ?? []))
  const isOneNumber = accounts.every(({ accountNumber }) => accountNumber === first.accountNumber)
  return isOneNumber && otherBanks.length === 0 ? { bankBin, accountNumber: first.accountNumber } : 'differ'
}
