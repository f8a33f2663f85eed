// A school with issued bills, written by SQL as the owner: what tests and benchmarks of settling start from. The
// ledger of it is complete, so that every promise can be checked on it afterwards.
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { CHART, FIRST_BANK_LEDGER_NO, LEDGER_NO } from '../../src/ledger/account.js'
import { paymentCodeNumber, paymentCodeText } from '../../src/invoicing/payment-code.js'
import type { Day } from '../../src/time.js'

export interface SeededBill {
  invoiceId: string
  studentId: string
  /** As it stands in a transfer's content. */
  code: string
  payableVnd: number
}

export interface SeededSchool {
  schoolId: string
  bankAccountId: string
  accountNumber: string
  channelId: string
  roundId: string
  bills: SeededBill[]
}

export interface SeedOptions {
  students: number
  issuedOn?: Day
  provider?: string
  mode?: string
  /** The channel's secret as it is stored; tests that never verify a proof may leave it out. */
  sealedSecret?: (schoolId: string, channelId: string) => Buffer
}

let accountsMade = 0

/** Each student gets one bill of two lines: a service (200.000 đ, first) and a pass-through item (100.000 đ + n). */
export async function seedSchool(client: pg.ClientBase, options: SeedOptions): Promise<SeededSchool> {
  const [schoolId, bankAccountId, channelId, roundId] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()]
  const { students, issuedOn = '2026-09-10', provider = 'sepay', mode = 'hmac' } = options
  const accountNumber = `99${String(process.pid).padStart(7, '0')}${String(++accountsMade).padStart(5, '0')}`
  const secret = options.sealedSecret?.(schoolId, channelId) ?? Buffer.from('none')
  const run = (text: string, values: unknown[]) => client.query(text, values)
  await run('INSERT INTO school (school_id, valid_from) VALUES ($1, $2)', [schoolId, '2020-09-01'])
  await run(
    `INSERT INTO school_profile (school_id, valid_from, name, type, levels)
     VALUES ($1, '2020-09-01', 'Trường Tiểu học Thử Nghiệm', 'public', '{primary}')`, [schoolId])
  await run(
    `INSERT INTO ledger_account (school_id, account_no, kind, name)
     SELECT $1, account_no, kind, name FROM jsonb_to_recordset($2::jsonb) AS row (account_no int, kind text, name text)`,
    [schoolId, JSON.stringify([...CHART, { account_no: FIRST_BANK_LEDGER_NO, kind: 'bank', name: accountNumber }])])
  await run(
    `INSERT INTO bank_account (school_id, id, bank_bin, account_number, account_name, ledger_no)
     VALUES ($1, $2, '970422', $3, 'TRUONG TH THU NGHIEM', $4)`,
    [schoolId, bankAccountId, accountNumber, FIRST_BANK_LEDGER_NO])
  await run("INSERT INTO account_route VALUES ('970422', $2, $1, 'bank_account')", [schoolId, accountNumber])
  await run(
    `INSERT INTO channel (school_id, id, bank_account_id, provider, mode, sealed_secret, active_from)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [schoolId, channelId, bankAccountId, provider, mode, secret, issuedOn])
  await run("INSERT INTO channel_route VALUES ($2, $1, 'webhook')", [schoolId, channelId])
  await run(
    `INSERT INTO collection_round (school_id, id, school_year, name, due_on)
     VALUES ($1, $2, '2026-2027', 'Tháng 9', $3::date + 30)`, [schoolId, roundId, issuedOn])
  await run(
    `INSERT INTO fee_kind (school_id, id, code, name, fee_group, legal_basis, bank_account_id, priority) VALUES
     ($1, $3, 'BT', 'Bán trú', 'service', 'NQ 18/2025/NQ-HĐND', $2, 10),
     ($1, $4, 'BH', 'Bảo hiểm y tế', 'pass_through', 'Luật BHYT', $2, 20)`,
    [schoolId, bankAccountId, uuidv7(), uuidv7()])
  const { rows } = await client.query<{ invoice_id: string; student_id: string; code: string; payable: string }>(
    BILLS, [schoolId, bankAccountId, roundId, issuedOn, students, LEDGER_NO.receivablePayer,
      LEDGER_NO.serviceIncome, LEDGER_NO.passThroughLiability])
  const bills = rows.map((row) => ({
    invoiceId: row.invoice_id,
    studentId: row.student_id,
    code: paymentCodeText(paymentCodeNumber(Number(row.code))),
    payableVnd: Number(row.payable),
  }))
  return { schoolId, bankAccountId, accountNumber, channelId, roundId, bills }
}

const BILLS = `
  WITH child AS (
    SELECT n, uuidv7() AS student_id, uuidv7() AS invoice_id, 100000 + n AS pass_through_vnd,
      (('x' || substr(h, 1, 12) || substr(h, 18, 3))::bit(60)::bigint % 27512614111) AS code
    FROM (SELECT n, replace(gen_random_uuid()::text, '-', '') AS h FROM generate_series(1, $5::int) AS n) AS drawn
  ), student_row AS (
    INSERT INTO student (school_id, id, full_name, search_name)
    SELECT $1::uuid, student_id, 'Học sinh ' || n, 'hoc sinh ' || n FROM child
  ), account_row AS (
    INSERT INTO student_account SELECT $1::uuid, student_id FROM child
  ), code_row AS (
    INSERT INTO payment_code SELECT code, $1::uuid, 'invoice' FROM child
  ), invoice_row AS (
    INSERT INTO invoice (school_id, id, round_id, student_id, bank_account_id, payment_code, school_year, due_on,
      gross_vnd, exempted_vnd, payable_vnd, issued_on)
    SELECT $1::uuid, invoice_id, $3::uuid, student_id, $2::uuid, code, '2026-2027', $4::date + 30,
      200000 + pass_through_vnd, 0, 200000 + pass_through_vnd, $4::date FROM child
  ), line_row AS (
    INSERT INTO invoice_line (school_id, invoice_id, line_no, fee_kind_id, fee_group, priority, legal_basis,
      gross_vnd, exempted_vnd, payable_vnd)
    SELECT $1::uuid, invoice_id, CASE kind.code WHEN 'BT' THEN 1 ELSE 2 END, kind.id, kind.fee_group, kind.priority,
      kind.legal_basis, amount, 0, amount
    FROM child JOIN fee_kind kind ON kind.school_id = $1::uuid,
      LATERAL (SELECT CASE kind.code WHEN 'BT' THEN 200000 ELSE pass_through_vnd END AS amount) AS price
  ), entry_row AS (
    INSERT INTO entry (school_id, id, kind, bank_day, counted_on, actor, invoice_id)
    SELECT $1::uuid, invoice_id, 'invoice_issued', $4::date, $4::date, 'seed', invoice_id FROM child
  ), posting_row AS (
    INSERT INTO posting (school_id, entry_id, line_no, debit_no, credit_no, amount_vnd, student_id)
    SELECT $1::uuid, invoice_id, 1, $6::int, $7::int, 200000, student_id FROM child
    UNION ALL SELECT $1::uuid, invoice_id, 2, $6::int, $8::int, pass_through_vnd, student_id FROM child
  )
  SELECT invoice_id, student_id, code, 200000 + pass_through_vnd AS payable FROM child ORDER BY n`
