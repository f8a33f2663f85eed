// Gives a school a bank account that bills can name: a known bank, a number that no other school has, and a ledger
// account of its own. A replaced account stays in the books; money that still comes to it is not lost.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { findBank } from '../vietqr/banks.js'
import type { Bank } from '../vietqr/banks.js'
import { claimAccountRoute, closeReplacedAccount, insertBankAccount, lockBankAccount } from './bank-account-store.js'
import { comparableAccount } from './bank-event.js'

export interface BankAccountDraft {
  /** Six digits; the bank must be one that a VietQR can name. */
  bankBin: string
  /** 6 to 19 letters and digits (NAPAS), as the bank writes it. */
  accountNumber: string
  accountName: string
  /** The account whose place this one takes: it is closed, and its bills may be paid here. */
  replaces?: string | undefined
}

/** Throws `BANK_BIN_INVALID`, `BANK_ACCOUNT_EXISTS`, `REPLACED_ACCOUNT_INVALID`. */
export async function registerBankAccount(
  { db }: Pick<Deps, 'db'>, actor: Actor, schoolId: string, draft: BankAccountDraft,
): Promise<{ id: string }> {
  const bank = getBank(draft.bankBin)
  const { bankBin, accountNumber, replaces } = draft
  const accountName = draft.accountName.normalize('NFC').trim()
  const id = uuidv7()
  await db.inSchool(schoolId, async (trx) => {
    if (replaces !== undefined) await lockReplaceable(trx, schoolId, replaces)
    // Compared as callbacks are: `abc123` and `ABC123` are one account, and one school's.
    const comparableNumber = comparableAccount(accountNumber)
    if (!await claimAccountRoute(trx, { schoolId, bankBin, comparableNumber })) {
      throw new DomainError('BANK_ACCOUNT_EXISTS', 'this account is registered already, here or by another school')
    }
    const ledgerName = `Tiền gửi ${bank.shortName} ${accountNumber}`
    await insertBankAccount(trx, schoolId, { id, bankBin, accountNumber, accountName, ledgerName })
    if (replaces !== undefined) await closeReplacedAccount(trx, schoolId, replaces, id)
    await recordAudit(trx, {
      actor, action: 'bank_account.register', objectKind: 'bank_account', objectId: id,
      after: { bankBin, accountNumber, accountName, ...(replaces !== undefined && { replaces }) },
    })
  })
  return { id }
}

function getBank(bankBin: string): Bank {
  const bank = findBank(bankBin)
  if (bank) return bank
  const reason = 'is not the BIN of a bank that a VietQR can name'
  throw new DomainError('BANK_BIN_INVALID', `bankBin ${reason}`, [{ field: 'bankBin', reason }])
}

/** An account is replaced once: a second successor would make two answers to "where does its money go". */
async function lockReplaceable(trx: Trx, schoolId: string, id: string): Promise<void> {
  const account = await lockBankAccount(trx, schoolId, id)
  if (account?.state === 'active') return
  const reason = account ? 'was closed or replaced already' : 'is no bank account of this school'
  throw new DomainError('REPLACED_ACCOUNT_INVALID', `replaces ${reason}`, [{ field: 'replaces', reason }])
}
