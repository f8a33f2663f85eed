// Writes what adoption figures are made of straight into the tables, as the owner: schools under authorities,
// bills, payments and their allocations and facts. Facts are made by the product's own rule.
import assert from 'node:assert/strict'
import type { Insertable, Kysely } from 'kysely'
import type { Test } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { factsOf } from '../../src/adoption/fact.js'
import type { PaymentClass } from '../../src/adoption/measure.js'
import { openKysely, openPool } from '../../src/db/pool.js'
import type { Tables } from '../../src/db/tables.js'
import type { SchoolLevel } from '../../src/directory/school.js'
import { FEE_GROUPS } from '../../src/ledger/account.js'
import type { FeeGroup } from '../../src/ledger/account.js'
import { schoolYearOf } from '../../src/time.js'
import type { Day } from '../../src/time.js'

const LONG_AGO = '2020-01-01'

/** Why promises do not hold after a test of seeded figures. */
export const UNBOOKED = 'what adoption counts is put in without calls of a bank, entries and decisions behind it'

export interface Bill {
  id: string
  studentId: string
  issuedOn: Day
  lines: { lineNo: number; feeGroup: FeeGroup; payableVnd: number; paidVnd: number }[]
}

export interface Payment {
  id: string
  paymentClass: PaymentClass
  lastCountedOn: Day
  parts: { id: string; bill: Bill; lineNo: number; amountVnd: number; undone: boolean }[]
}

export type Seed = ReturnType<typeof openSeed>
export type SeededSchool = Awaited<ReturnType<Seed['school']>>

export function openSeed(t: Test, ownerUrl: string) {
  const pool = openPool({ url: ownerUrl, maxConnections: 2, connectTimeoutMs: 5_000, onError: () => undefined })
  const db = openKysely(pool)
  t.teardown(() => db.destroy())
  let lastCode = 0

  async function authority(kind: 'department' | 'commune', parentId?: string): Promise<string> {
    const id = uuidv7()
    await db.insertInto('authority').values({ id, kind, name: kind, valid_from: LONG_AGO }).execute()
    if (parentId !== undefined) await link(id, parentId, LONG_AGO)
    return id
  }

  async function link(authorityId: string, parentId: string, from: Day, to: Day | null = null): Promise<void> {
    await db.insertInto('authority_link')
      .values({ authority_id: authorityId, parent_id: parentId, valid_from: from, valid_to: to }).execute()
  }

  interface SchoolDraft {
    name?: string
    reportsTo?: string
    managedBy?: string
    level?: SchoolLevel
    validFrom?: Day
    validTo?: Day
  }

  async function school(draft: SchoolDraft) {
    const schoolId = uuidv7()
    const dated = { valid_from: draft.validFrom ?? LONG_AGO, valid_to: draft.validTo ?? null }
    await db.insertInto('school').values({ school_id: schoolId, ...dated }).execute()
    await db.insertInto('school_profile').values({
      school_id: schoolId, ...dated, name: draft.name ?? 'Trường', type: 'public',
      levels: [draft.level ?? 'primary'],
    }).execute()
    for (const [name, authorityId] of [['reporting', draft.reportsTo], ['managing', draft.managedBy]] as const) {
      if (authorityId === undefined) continue
      await db.insertInto('school_authority')
        .values({ school_id: schoolId, link: name, authority_id: authorityId, ...dated }).execute()
    }
    return openSchool(schoolId, await openBooks(schoolId))
  }

  /** What a bill and a payment need to stand on: an account, a class, a fee kind of each group, one entry. */
  async function openBooks(schoolId: string) {
    const accountId = uuidv7()
    const classId = uuidv7()
    const entryId = uuidv7()
    const feeKinds = { tuition: uuidv7(), service: uuidv7(), pass_through: uuidv7(), personal: uuidv7() }
    await db.insertInto('ledger_account')
      .values({ school_id: schoolId, account_no: 1000, kind: 'bank', name: 'Bank' }).execute()
    await db.insertInto('bank_account').values({
      school_id: schoolId, id: accountId, bank_bin: '970436', account_number: '0011002233', account_name: 'TRUONG',
      ledger_no: 1000,
    }).execute()
    await db.insertInto('school_class')
      .values({ school_id: schoolId, id: classId, school_year: '2026-2027', name: '1A' }).execute()
    await db.insertInto('fee_kind').values(FEE_GROUPS.map((fee_group) => ({
      school_id: schoolId, id: feeKinds[fee_group], code: fee_group, name: fee_group, fee_group,
      legal_basis: 'NQ 18/2025', bank_account_id: accountId,
    }))).execute()
    await db.insertInto('entry').values({
      school_id: schoolId, id: entryId, kind: 'allocation', bank_day: LONG_AGO, counted_on: LONG_AGO, actor: 'seed',
    }).execute()
    return { accountId, classId, entryId, feeKinds }
  }

  type Books = Awaited<ReturnType<typeof openBooks>>

  function openSchool(schoolId: string, books: Books) {
    async function channel(activeFrom: Day, activeTo: Day | null = null): Promise<void> {
      await db.insertInto('channel').values({
        school_id: schoolId, id: uuidv7(), bank_account_id: books.accountId, provider: 'sepay', mode: 'hmac',
        sealed_secret: Buffer.from('x'), active_from: activeFrom, active_to: activeTo,
        state: activeTo === null ? 'active' : 'closed',
      }).execute()
    }

    async function student(moetStudentId: string | null = null): Promise<string> {
      const id = uuidv7()
      await db.insertInto('student').values({
        school_id: schoolId, id, moet_student_id: moetStudentId, full_name: 'An', search_name: 'an',
      }).execute()
      await db.insertInto('student_account').values({ school_id: schoolId, student_id: id }).execute()
      return id
    }

    async function enrol(studentId: string, from: Day, to: Day | null = null): Promise<void> {
      await db.insertInto('enrolment').values({
        school_id: schoolId, id: uuidv7(), student_id: studentId, class_id: books.classId,
        school_year: schoolYearOf(from), valid_from: from, valid_to: to,
      }).execute()
    }

    /** A bill with one line a fee group, in a round of its own. */
    async function bill(studentId: string, issuedOn: Day, amounts: Partial<Record<FeeGroup, number>>): Promise<Bill> {
      const id = uuidv7()
      const common = { school_id: schoolId, school_year: schoolYearOf(issuedOn), due_on: issuedOn }
      const lines = FEE_GROUPS.flatMap((feeGroup) => {
        const payableVnd = amounts[feeGroup]
        return payableVnd === undefined ? [] : [{ feeGroup, feeKindId: books.feeKinds[feeGroup], payableVnd }]
      }).map((line, index) => ({ ...line, lineNo: index + 1, paidVnd: 0 }))
      const totalVnd = lines.reduce((sum, line) => sum + line.payableVnd, 0)
      await db.transaction().execute(async (trx) => {
        await trx.insertInto('collection_round').values({ ...common, id, name: id }).execute()
        await trx.insertInto('payment_code')
          .values({ code: ++lastCode, school_id: schoolId, kind: 'invoice' }).execute()
        await trx.insertInto('invoice').values({
          ...common, id, round_id: id, student_id: studentId, bank_account_id: books.accountId,
          payment_code: lastCode, issued_on: issuedOn, gross_vnd: totalVnd, exempted_vnd: 0, payable_vnd: totalVnd,
        }).execute()
        await trx.insertInto('invoice_line').values(lines.map((line) => ({
          school_id: schoolId, invoice_id: id, line_no: line.lineNo, fee_kind_id: line.feeKindId,
          fee_group: line.feeGroup, priority: 1, legal_basis: 'NQ 18/2025', gross_vnd: line.payableVnd,
          exempted_vnd: 0, payable_vnd: line.payableVnd,
        }))).execute()
      })
      return { id, studentId, issuedOn, lines }
    }

    async function withdraw({ id }: Bill, day: Day): Promise<void> {
      await db.updateTable('invoice').set({ state: 'cancelled', withdrawn_on: day, withdrawn_reason: 'seed' })
        .where('school_id', '=', schoolId).where('id', '=', id).execute()
    }

    /** Pays these lines with one new transfer or receipt. */
    async function pay(
      countedOn: Day, parts: readonly { bill: Bill; lineNo?: number; amountVnd: number }[],
      paymentClass: PaymentClass = 'direct',
    ): Promise<Payment> {
      const payment: Payment = { id: uuidv7(), paymentClass, lastCountedOn: countedOn, parts: [] }
      const amount_vnd = parts.reduce((sum, part) => sum + part.amountVnd, 0)
      const row = { school_id: schoolId, id: payment.id, bank_account_id: books.accountId, amount_vnd }
      if (paymentClass === 'cash') {
        await db.insertInto('cash_receipt').values({
          ...row, number: ++lastCode, student_id: parts[0]?.bill.studentId ?? '', received_on: countedOn, actor: 'seed',
        }).execute()
      } else {
        await db.insertInto('bank_transaction').values({
          ...row, bank_ref: payment.id, direction: 'in', bank_day: countedOn,
          occurred_at: new Date(`${countedOn}T05:00:00Z`), memo: '', payment_class: paymentClass,
        }).execute()
      }
      await allocate(payment, countedOn, parts.map(({ bill: of, lineNo = 1, amountVnd }) =>
        ({ bill: of, lineNo, amountVnd, reverses: null })))
      return payment
    }

    /** Takes standing parts of a payment back: all of them, or the given ones. */
    async function undo(payment: Payment, day: Day, of: (bill: Bill) => boolean = () => true): Promise<void> {
      const standing = payment.parts.filter((part) => !part.undone && part.amountVnd > 0 && of(part.bill))
      for (const part of standing) part.undone = true
      await allocate(payment, day, standing.map((part) =>
        ({ bill: part.bill, lineNo: part.lineNo, amountVnd: -part.amountVnd, reverses: part.id })))
    }

    interface Change { bill: Bill; lineNo: number; amountVnd: number; reverses: string | null }

    async function allocate(payment: Payment, day: Day, changes: readonly Change[]): Promise<void> {
      // As the book has it: never before a day on which this payment changed already.
      const countedOn = payment.lastCountedOn = day > payment.lastCountedOn ? day : payment.lastCountedOn
      const before = netByGroup(payment)
      const rows = changes.map((change) => ({ ...change, id: uuidv7(), line: lineOf(change) }))
      const facts = factsOf(rows.map(({ bill: { studentId, issuedOn }, line, amountVnd }) =>
        ({ studentId, issuedOn, feeGroup: line.feeGroup, amountVnd })), before)
      await db.transaction().execute(async (trx) => {
        for (const { bill: of, line, amountVnd, reverses, id } of rows) {
          line.paidVnd += amountVnd
          payment.parts.push({ id, bill: of, lineNo: line.lineNo, amountVnd, undone: reverses !== null })
          await trx.insertInto('allocation').values(allocationRow(id, of, line, amountVnd, reverses)).execute()
          await trx.updateTable('invoice').set({ paid_vnd: of.lines.reduce((sum, { paidVnd }) => sum + paidVnd, 0) })
            .where('school_id', '=', schoolId).where('id', '=', of.id).execute()
        }
        if (facts.length > 0) await trx.insertInto('adoption_fact').values(facts.map(factRow)).execute()
      })

      function allocationRow(
        id: string, of: Bill, line: Bill['lines'][number], amount_vnd: number, reverses_id: string | null,
      ): Insertable<Tables['allocation']> {
        const source = payment.paymentClass === 'cash' ? 'cash_receipt_id' : 'bank_transaction_id'
        return {
          school_id: schoolId, id, student_id: of.studentId, invoice_id: of.id, line_no: line.lineNo,
          fee_group: line.feeGroup, payment_class: payment.paymentClass, amount_vnd, entry_id: books.entryId,
          counted_on: countedOn, reverses_id, [source]: payment.id,
        }
      }
      function factRow(fact: ReturnType<typeof factsOf>[number]) {
        return {
          school_id: schoolId, id: uuidv7(), student_id: fact.studentId, counted_on: countedOn,
          fee_group: fact.feeGroup, payment_class: payment.paymentClass, issued_on: fact.issuedOn,
          paid_vnd: fact.amountVnd, source_payments: fact.sourcePayments, group_payments: fact.groupPayments,
        }
      }
    }
    return { schoolId, channel, student, enrol, bill, withdraw, pay, undo }
  }

  return { db, authority, link, school }
}

function lineOf({ bill, lineNo }: { bill: Bill; lineNo: number }) {
  const line = bill.lines.find((candidate) => candidate.lineNo === lineNo)
  assert(line, `bill ${bill.id} has no line ${lineNo}`)
  return line
}

function netByGroup({ parts }: Payment): Map<string, number> {
  const net = new Map<string, number>()
  for (const part of parts) {
    const { feeGroup } = lineOf(part)
    net.set(feeGroup, (net.get(feeGroup) ?? 0) + part.amountVnd)
  }
  return net
}

/** `count` schools under a department by plain SQL; the first `deployed` have had a cashless payment. */
export async function seedRoster(
  db: Kysely<Tables>, authorityId: string, count: number, deployed: number, day: Day,
): Promise<void> {
  const ids = Array.from({ length: count }, () => uuidv7())
  await db.insertInto('school').values(ids.map((school_id) => ({ school_id, valid_from: LONG_AGO }))).execute()
  await db.insertInto('school_profile').values(ids.map((school_id, index) => ({
    school_id, valid_from: LONG_AGO, name: `Trường ${index + 1}`, type: 'public', levels: ['primary'],
  }))).execute()
  await db.insertInto('school_authority').values(ids.map((school_id) => ({
    school_id, link: 'reporting', valid_from: LONG_AGO, authority_id: authorityId,
  }))).execute()
  await db.insertInto('adoption_day').values(ids.slice(0, deployed).map((school_id) => ({
    school_id, counted_on: day, fee_group: 'service', payment_class: 'direct', paid_vnd: 100_000,
    source_payments: 1, group_payments: 1,
  }))).execute()
}
