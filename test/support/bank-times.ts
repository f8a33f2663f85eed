// The bank times of most tests are days of one autumn: the clock of the machine that runs them must not decide whether
// they are believed. What is believed by default has tests of its own.
import type { BankTimeLimits } from '../../src/reconciliation/bank-time.js'

export const ANY_BANK_TIME: BankTimeLimits = { bankTimeAheadDays: 9_999, bankTimeBackDays: 9_999 }
