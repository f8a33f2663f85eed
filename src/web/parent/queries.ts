// Reads what a parent's page shows: it joins the tables of several features for this one page. Every query names the
// school and is served by a primary, unique or named index; the child's full name leaves only `readHistory`.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { InvoiceState } from '../../invoicing/invoice.js'
import { paymentCodeNumber, paymentCodeText } from '../../invoicing/payment-code.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'
import type { Day } from '../../time.js'
import type { AwaitedRow } from './awaited.js'
import { givenName } from './bill.js'
import type { BillLine, BillPlace, CreditKind, Received } from './bill.js'

/** As the service, with no school open: the routing table alone; primary key. */
export async function findSchoolOfBillCode(trx: Trx, code: PaymentCodeNumber): Promise<string | undefined> {
  const row = await trx.selectFrom('payment_code').select('school_id')
    .where('code', '=', code).where('kind', '=', 'invoice').executeTakeFirst()
  return row?.school_id
}

export interface LinkedBill extends BillPlace {
  invoiceId: string
  state: InvoiceState
}

/** invoice_payment_code_key */
export async function findLinkedBill(
  trx: Trx, schoolId: string, code: PaymentCodeNumber,
): Promise<LinkedBill | undefined> {
  return trx.selectFrom('invoice')
    .select(['school_id as schoolId', 'student_id as studentId', 'round_id as roundId',
      'id as invoiceId', 'state'])
    .where('school_id', '=', schoolId).where('payment_code', '=', code).executeTakeFirst()
}

/** The primary key of invoice. */
export async function findCodeOf(trx: Trx, schoolId: string, invoiceId: string): Promise<string> {
  const { payment_code: codeNumber } = await trx.selectFrom('invoice').select('payment_code')
    .where('school_id', '=', schoolId).where('id', '=', invoiceId).executeTakeFirstOrThrow()
  return paymentCodeText(paymentCodeNumber(codeNumber))
}

/** One mark for each place, in their order; the same SQL for a page and for those who watch it. */
export async function readMarks(trx: Trx, places: readonly BillPlace[]): Promise<string[]> {
  const { rows } = await sql<{ mark: string }>`SELECT mark FROM bill_marks(
    ${places.map(({ schoolId }) => schoolId)}::uuid[], ${places.map(({ studentId }) => studentId)}::uuid[],
    ${places.map(({ roundId }) => roundId)}::uuid[]) ORDER BY watch_no`.execute(trx)
  return rows.map(({ mark }) => mark)
}

export interface PageHead {
  schoolName: string
  roundName: string
  schoolYear: string
  childName: string
  className: string | null
  hasBirthDate: boolean
}

/** The class is that of the newest bill. Primary keys, school_profile_open and invoice_of_student. */
export async function readHead(trx: Trx, place: BillPlace): Promise<PageHead> {
  const { schoolId, studentId, roundId } = place
  const { rows: [row] } = await sql<Omit<PageHead, 'childName'> & { fullName: string }>`
    SELECT profile.name AS "schoolName", round.name AS "roundName", round.school_year AS "schoolYear",
      student.full_name AS "fullName", student.birth_on IS NOT NULL AS "hasBirthDate", (
        SELECT class.name FROM invoice bill
        JOIN school_class class ON class.school_id = bill.school_id AND class.id = bill.class_id
        WHERE bill.school_id = ${schoolId} AND bill.student_id = ${studentId} AND bill.round_id = ${roundId}
        ORDER BY bill.id DESC LIMIT 1) AS "className"
    FROM student
    JOIN collection_round round ON round.school_id = student.school_id AND round.id = ${roundId}
    JOIN LATERAL (SELECT name FROM school_profile WHERE school_id = ${schoolId}
      ORDER BY valid_from DESC LIMIT 1) AS profile ON true
    WHERE student.school_id = ${schoolId} AND student.id = ${studentId}`.execute(trx)
  if (row === undefined) throw new Error('a bill has its student, its round and its school')
  const { fullName, ...head } = row
  return { ...head, childName: givenName(fullName) }
}

export interface RoundBill {
  invoiceId: string
  state: InvoiceState
  replacedBy: string | null
  bankAccountId: string
  codeNumber: number
  dueOn: Day
  payableVnd: number
  paidVnd: number
}

/** Withdrawn ones too, in the order of issue. invoice_of_student */
export async function listRoundBills(trx: Trx, place: BillPlace): Promise<RoundBill[]> {
  return trx.selectFrom('invoice')
    .select(['id as invoiceId', 'state', 'replaced_by as replacedBy', 'bank_account_id as bankAccountId',
      'payment_code as codeNumber', 'due_on as dueOn', 'payable_vnd as payableVnd', 'paid_vnd as paidVnd'])
    .where('school_id', '=', place.schoolId).where('student_id', '=', place.studentId)
    .where('round_id', '=', place.roundId).orderBy('id').execute()
}

/** The primary key of invoice_line. */
export async function listBillLines(
  trx: Trx, schoolId: string, invoiceIds: readonly string[],
): Promise<(BillLine & { invoiceId: string })[]> {
  const { rows } = await sql<BillLine & { invoiceId: string }>`
    SELECT line.invoice_id AS "invoiceId", line.line_no AS "lineNo", kind.name AS "feeName",
      line.fee_group AS "feeGroup", line.legal_basis AS "legalBasis", line.gross_vnd AS "grossVnd",
      line.exempted_vnd AS "exemptedVnd", line.payable_vnd AS "payableVnd", line.exempted_payer AS "exemptedPayer"
    FROM invoice_line line
    JOIN fee_kind kind ON kind.school_id = line.school_id AND kind.id = line.fee_kind_id
    WHERE line.school_id = ${schoolId} AND line.invoice_id = ANY (${invoiceIds}::uuid[])
    ORDER BY line.invoice_id, line.line_no`.execute(trx)
  return rows
}

interface ReceivedRow extends Received {
  invoiceId: string
  at: Date
}

/** What stands on the bills, oldest first: one row for each bill and source. allocation_of_invoice */
export async function listReceived(
  trx: Trx, schoolId: string, invoiceIds: readonly string[],
): Promise<(Received & { invoiceId: string })[]> {
  const { rows } = await sql<ReceivedRow>`
    SELECT paid.invoice_id AS "invoiceId", paid.amount_vnd AS "amountVnd", receipt.number AS "receiptNumber",
      CASE WHEN paid.from_credit THEN 'credit' WHEN transfer.id IS NULL THEN 'cash' ELSE 'transfer' END AS way,
      coalesce(transfer.bank_day, receipt.received_on) AS day,
      coalesce(transfer.occurred_at, receipt.recorded_at) AS at
    FROM (
      SELECT invoice_id, bank_transaction_id, cash_receipt_id, sum(amount_vnd)::bigint AS amount_vnd,
        bool_and(from_credit_id IS NOT NULL) FILTER (WHERE reverses_id IS NULL) AS from_credit
      FROM allocation WHERE school_id = ${schoolId} AND invoice_id = ANY (${invoiceIds}::uuid[])
      GROUP BY invoice_id, bank_transaction_id, cash_receipt_id HAVING sum(amount_vnd) > 0
    ) AS paid
    LEFT JOIN bank_transaction transfer
      ON transfer.school_id = ${schoolId} AND transfer.id = paid.bank_transaction_id
    LEFT JOIN cash_receipt receipt ON receipt.school_id = ${schoolId} AND receipt.id = paid.cash_receipt_id
    ORDER BY day, at, paid.invoice_id`.execute(trx)
  return rows.map((row) => ({ ...row, at: isTimed(row) ? row.at : null }))
}

/** A receipt carries the day that was written on it, and some banks tell the day alone: midnight in Vietnam. */
function isTimed({ at, receiptNumber }: ReceivedRow): boolean {
  return receiptNumber === null && !at.toISOString().endsWith('T17:00:00.000Z')
}

/**
 * Credit of the student that these bills brought about: its source paid one of them, was meant for one of them (the
 * decision's evidence names the code), or was freed from one. credit_of_student, allocation_of_transaction,
 * allocation_of_receipt, matching_decision_of.
 */
export async function listHeldCredits(
  trx: Trx, { schoolId, studentId }: BillPlace, bills: readonly { invoiceId: string, code: string }[],
): Promise<{ kind: CreditKind, heldVnd: number }[]> {
  const ids = bills.map(({ invoiceId }) => invoiceId)
  const { rows } = await sql<{ kind: CreditKind, heldVnd: number }>`
    SELECT credit.kind, sum(credit.held_vnd)::bigint AS "heldVnd" FROM credit
    WHERE credit.school_id = ${schoolId} AND credit.student_id = ${studentId} AND credit.held_vnd > 0
      AND (credit.invoice_id = ANY (${ids}::uuid[])
        OR EXISTS (SELECT FROM allocation paid WHERE paid.school_id = ${schoolId}
          AND paid.bank_transaction_id = credit.bank_transaction_id AND paid.invoice_id = ANY (${ids}::uuid[]))
        OR EXISTS (SELECT FROM allocation paid WHERE paid.school_id = ${schoolId}
          AND paid.cash_receipt_id = credit.cash_receipt_id AND paid.invoice_id = ANY (${ids}::uuid[]))
        OR EXISTS (SELECT FROM matching_decision decision WHERE decision.school_id = ${schoolId}
          AND decision.bank_transaction_id = credit.bank_transaction_id
          AND decision.evidence -> 'codes' ?| ${bills.map(({ code }) => code)}::text[]))
    GROUP BY credit.kind ORDER BY credit.kind`.execute(trx)
  return rows
}

/**
 * Open review items whose money was paid by the code of one of these bills, or of their student, as long as some of it
 * has no place. invoice_of_student, the primary keys of student, review_item_code, review_item and bank_transaction.
 */
export async function listAwaited(
  trx: Trx, { schoolId, studentId, roundId }: BillPlace,
): Promise<AwaitedRow[]> {
  const { rows } = await sql<AwaitedRow>`
    SELECT item.id AS "itemId", code.invoice_id AS "invoiceId", item.amount_vnd AS "amountVnd",
      item.bank_day AS day, item.reason = 'PAID_TO_OTHER_SCHOOL' AS "isElsewhere"
    FROM (
      SELECT payment_code, id AS invoice_id FROM invoice
      WHERE school_id = ${schoolId} AND student_id = ${studentId} AND round_id = ${roundId}
      UNION ALL
      SELECT payment_code, NULL FROM student WHERE school_id = ${schoolId} AND id = ${studentId}
    ) AS code
    JOIN review_item_code named ON named.school_id = ${schoolId} AND named.payment_code = code.payment_code
    JOIN review_item item ON item.school_id = named.school_id AND item.id = named.review_item_id
      AND item.state = 'open'
    LEFT JOIN bank_transaction transfer
      ON transfer.school_id = item.school_id AND transfer.id = item.bank_transaction_id
    WHERE transfer.id IS NULL OR transfer.allocated_vnd + transfer.credited_vnd + transfer.refunded_vnd
      + transfer.reversed_vnd < transfer.amount_vnd
    ORDER BY item.id`.execute(trx)
  return rows
}

export interface HistoryBill {
  roundId: string
  roundName: string
  schoolYear: string
  payableVnd: number
  paidVnd: number
}

export interface HistoryPayment extends Received {
  roundName: string
}

/** For whoever knows the birth date: the full name, the bills that stand, and the money that stands on them. */
export interface ChildHistory {
  fullName: string
  bills: readonly HistoryBill[]
  payments: readonly HistoryPayment[]
}

/** invoice_of_student, then as `listReceived`. */
export async function readHistory(trx: Trx, schoolId: string, studentId: string): Promise<ChildHistory> {
  const { full_name: fullName } = await trx.selectFrom('student').select('full_name')
    .where('school_id', '=', schoolId).where('id', '=', studentId).executeTakeFirstOrThrow()
  const issued = await trx.selectFrom('invoice as bill')
    .innerJoin('collection_round as round', (join) =>
      join.onRef('round.school_id', '=', 'bill.school_id').onRef('round.id', '=', 'bill.round_id'))
    .select(['bill.id as invoiceId', 'round.id as roundId', 'round.name as roundName',
      'round.school_year as schoolYear', 'bill.payable_vnd as payableVnd', 'bill.paid_vnd as paidVnd'])
    .where('bill.school_id', '=', schoolId).where('bill.student_id', '=', studentId)
    .where('bill.state', '=', 'issued').orderBy('bill.id', 'desc').execute()
  const received = await listReceived(trx, schoolId, issued.map(({ invoiceId }) => invoiceId))
  const roundNames = new Map(issued.map(({ invoiceId, roundName }) => [invoiceId, roundName]))
  const rounds = new Map<string, HistoryBill>()
  for (const bill of issued) {
    const { roundId, roundName, schoolYear } = bill
    const known = rounds.get(roundId)
    rounds.set(roundId, {
      roundId,
      roundName,
      schoolYear,
      payableVnd: bill.payableVnd + (known?.payableVnd ?? 0),
      paidVnd: bill.paidVnd + (known?.paidVnd ?? 0),
    })
  }
  const payments = received.reverse().map(({ invoiceId, ...payment }) =>
    ({ ...payment, roundName: roundNames.get(invoiceId) ?? '' }))
  return { fullName, bills: [...rounds.values()], payments }
}

export async function findBirthDate(trx: Trx, schoolId: string, studentId: string): Promise<Day | null> {
  const row = await trx.selectFrom('student').select('birth_on')
    .where('school_id', '=', schoolId).where('id', '=', studentId).executeTakeFirst()
  return row?.birth_on ?? null
}

/** Counts a try before it is judged, so that tries at the same moment cannot pass the limit together. */
export async function countBirthDateTry(
  trx: Trx, child: { schoolId: string, studentId: string }, now: Date, windowMs: number,
): Promise<number> {
  const { schoolId, studentId } = child
  const windowStart = new Date(now.getTime() - windowMs)
  const { rows: [row] } = await sql<{ wrongCount: number }>`
    INSERT INTO birth_date_try AS tried (school_id, student_id, since, wrong_count)
    VALUES (${schoolId}, ${studentId}, ${now}, 1)
    ON CONFLICT (school_id, student_id) DO UPDATE SET
      since = CASE WHEN tried.since <= ${windowStart} THEN excluded.since ELSE tried.since END,
      wrong_count = CASE WHEN tried.since <= ${windowStart} THEN 1
        ELSE least(tried.wrong_count + 1, 1000) END
    RETURNING wrong_count AS "wrongCount"`.execute(trx)
  return row?.wrongCount ?? 1
}

/** A right try is no wrong one. */
export async function uncountBirthDateTry(
  trx: Trx, child: { schoolId: string, studentId: string },
): Promise<void> {
  await sql`UPDATE birth_date_try SET wrong_count = greatest(wrong_count - 1, 0)
    WHERE school_id = ${child.schoolId} AND student_id = ${child.studentId}`.execute(trx)
}
