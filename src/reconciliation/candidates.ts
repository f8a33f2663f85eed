// What the rules may know when they decide on a batch of transfers: the codes in the contents, whose they
// are, and the bills behind them, read after the students' accounts were locked.
import type { Trx } from '../db/tenancy.js'
import { parsePaymentCode } from '../invoicing/payment-code.js'
import { lockStudents } from '../ledger/lock-students.js'
import { currentAccount } from './accounts.js'
import { readCodeStudents, readInvoicesByCode, readOpenInvoices } from './bill-store.js'
import type { InvoiceRow } from './bill-store.js'
import type { Bills } from './bills.js'
import type { Incoming } from './incoming.js'
import type { Bill, Candidates, CodeOwner, DamagedReading, Transfer } from './match.js'
import { readContent } from './read-content.js'
import * as store from './settle-store.js'
import type { AccountRow } from './settle-store.js'

export interface KnownCandidates {
  invoices: readonly InvoiceRow[]
  transferOf(one: Incoming): Transfer
  /** The candidates as seen through bills that change while the batch is decided. */
  over(bills: Bills): Candidates
}

interface Reading {
  aliasCodes: readonly number[]
  codes: readonly { text: string; number: number }[]
  damaged: readonly DamagedReading[]
}

export async function readCandidates(
  trx: Trx,
  schoolId: string,
  incoming: readonly Incoming[],
  accounts: readonly AccountRow[],
  alsoLock: readonly string[],
): Promise<KnownCandidates> {
  const aliases = await readAliasCodes(trx, schoolId, incoming)
  const readings = new Map(incoming.map((one) => [one, readCodes(one, aliases)]))
  const codes = [...new Set([...readings.values()].flatMap(codesOf))]
  const owners = new Map<number, CodeOwner>()
  for (const { code, school_id, kind } of await store.readCodeOwners(trx, codes)) {
    owners.set(code, { code, schoolId: school_id, kind })
  }
  const ownCodes = codes.filter((code) => owners.get(code)?.schoolId === schoolId)
  const studentsByCode = groupBy(await readCodeStudents(trx, schoolId, ownCodes))
  await lockStudents(trx, schoolId, [...new Set([...alsoLock, ...[...studentsByCode.values()].flat()])].sort())

  const byCode = await readInvoicesByCode(trx, schoolId, ownCodes)
  const wide = ownCodes.filter((code) => owners.get(code)?.kind !== 'invoice')
  const wideStudents = [...new Set(wide.flatMap((code) => studentsByCode.get(code) ?? []))]
  const open = await readOpenInvoices(trx, schoolId, wideStudents)
  const leadsTo = new Map(byCode.map((row) => [row.code, row]))

  return {
    invoices: [...byCode, ...open],
    transferOf: (one) => toTransfer(schoolId, one, readings.get(one) ?? NOTHING_READ, owners),
    over: (bills): Candidates => ({
      owner: (code) => owners.get(code),
      billOf(code) {
        const row = leadsTo.get(code)
        return row && { bill: bills.get(row.id), replaced: row.replaced }
      },
      studentOf: (code) => studentsByCode.get(code)?.[0],
      openBillsOf(code) {
        const students = new Set(studentsByCode.get(code))
        return bills
          .all()
          .filter((bill) => students.has(bill.studentId) && bill.openVnd > 0)
          .sort(byDueDay)
      },
      replacesAccount: (account, old) => currentAccount(accounts, old) === currentAccount(accounts, account),
    }),
  }
}

function codesOf({ aliasCodes, codes }: Reading): number[] {
  return [...aliasCodes, ...codes.map(({ number }) => number)]
}

const NOTHING_READ: Reading = { aliasCodes: [], codes: [], damaged: [] }

async function readAliasCodes(trx: Trx, schoolId: string, incoming: readonly Incoming[]): Promise<Map<string, number>> {
  const rows = await store.readAliases(trx, schoolId, incoming.flatMap(aliasesOf))
  return new Map(rows.map((row) => [aliasKey(row), row.payment_code]))
}

interface Alias {
  channel_id: string
  kind: 'virtual_account' | 'order_code'
  value: string
}

function aliasesOf({ channelId, event }: Incoming): Alias[] {
  const named = [['virtual_account', event.vaNumber], ['order_code', event.providerCode]] as const
  return named.flatMap(([kind, value]) => (value === null ? [] : [{ channel_id: channelId, kind, value }]))
}

function aliasKey({ channel_id, kind, value }: Alias): string {
  return `${channel_id} ${kind} ${value}`
}

function readCodes(one: Incoming, aliases: ReadonlyMap<string, number>): Reading {
  const found = readContent(one.event)
  const aliasCodes = [...new Set(aliasesOf(one).flatMap((alias) => aliases.get(aliasKey(alias)) ?? []))]
  const codes = found.codes.flatMap((text) => {
    const number = parsePaymentCode(text)
    return number === undefined ? [] : [{ text, number }]
  })
  return { aliasCodes, codes, damaged: found.damaged }
}

function toTransfer(
  schoolId: string,
  { event, accountId }: Incoming,
  reading: Reading,
  owners: ReadonlyMap<number, CodeOwner>,
): Transfer {
  return {
    schoolId,
    bankAccountId: accountId ?? '',
    amountVnd: event.amountVnd,
    aliasCodes: reading.aliasCodes,
    memoCodes: reading.codes.filter(({ number }) => owners.has(number)).map(({ number }) => number),
    damaged: reading.damaged,
    unknownCodes: reading.codes.filter(({ number }) => !owners.has(number)).map(({ text }) => text),
  }
}

function groupBy(rows: readonly { code: number; student_id: string }[]): Map<number, string[]> {
  const groups = new Map<number, string[]>()
  for (const { code, student_id } of rows) groups.set(code, [...(groups.get(code) ?? []), student_id])
  return groups
}

function byDueDay(a: Bill, b: Bill): number {
  return (
    compare(a.dueOn, b.dueOn) || compare(a.studentId, b.studentId) || compare(a.invoiceId, b.invoiceId)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
