// A school with classes, students, accounts, fee kinds and a round, made by SQL as the owner: what the tests
// and the benchmark of the invoice run bill. Ids are drawn by the database and handed back.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { CHART } from '../../src/ledger/account.js'

export interface SampleSchool {
  schoolId: string
  authorityId: string
  roundId: string
  /** The two bank accounts: what the school keeps, and health insurance. */
  mainAccountId: string
  insuranceAccountId: string
  feeKindIds: Record<'TUITION' | 'BOARDING' | 'MEALS' | 'WATER' | 'BHYT' | 'CLUB', string>
  /** In key order. */
  studentIds: readonly string[]
}

export interface SampleOptions {
  students: number
  /** Students of a class; classes go round the grades 1 to 5. */
  classSize?: number
  /** Every n-th student has an exemption of 70 % from boarding, paid by the budget. */
  exemptEvery?: number
}

export const SAMPLE_YEAR = '2026-2027'
export const SAMPLE_DUE_ON = '2026-12-15'
/** 09:00 in Vietnam on 20 November 2026. */
export const SAMPLE_NOW = new Date('2026-11-20T02:00:00Z')

const FEE_KINDS = [
  ['TUITION', 'Học phí', 'tuition', 'NQ 217/2025/QH15', 'main', 10, false, 60_000],
  ['BOARDING', 'Bán trú', 'service', 'NQ 18/2025/NQ-HĐND', 'main', 20, false, 259_995],
  ['MEALS', 'Tiền ăn', 'personal', 'Thỏa thuận với cha mẹ học sinh', 'main', 30, false, 735_000],
  ['WATER', 'Nước uống', 'service', 'NQ 18/2025/NQ-HĐND', 'main', 40, false, 20_000],
  ['BHYT', 'Bảo hiểm y tế', 'pass_through', 'NĐ 188/2025/NĐ-CP', 'insurance', 50, false, 631_800],
  ['CLUB', 'Câu lạc bộ', 'service', 'Thỏa thuận với cha mẹ học sinh', 'main', 60, true, 150_000],
] as const

export async function seedSchool(ownerUrl: string, options: SampleOptions): Promise<SampleSchool> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query('BEGIN')
    const school = await seed(client, options)
    await client.query('COMMIT')
    await client.query('ANALYZE')
    return school
  } finally {
    await client.end()
  }
}

async function seed(client: pg.Client, options: SampleOptions): Promise<SampleSchool> {
  const { students, classSize = 40, exemptEvery = 20 } = options
  const [schoolId, authorityId, roundId, mainAccountId, insuranceAccountId] =
    [randomUUID(), randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  await client.query(`INSERT INTO authority (id, kind, name, valid_from)
    VALUES ($1, 'department', 'Sở Giáo dục và Đào tạo', '2025-07-01')`, [authorityId])
  await client.query(`INSERT INTO school (school_id, valid_from) VALUES ($1, '2020-01-01')`, [schoolId])
  await client.query(`INSERT INTO school_profile (school_id, valid_from, name, type, levels, urban)
    VALUES ($1, '2020-01-01', 'Trường Tiểu học Thử Nghiệm', 'public', '{primary}', true)`, [schoolId])
  await client.query(`INSERT INTO school_authority (school_id, link, valid_from, authority_id)
    VALUES ($1, 'managing', '2025-07-01', $2)`, [schoolId, authorityId])
  await client.query(`INSERT INTO ledger_account (school_id, account_no, kind, name)
    SELECT $1, account_no, kind, name FROM jsonb_populate_recordset(NULL::ledger_account, $2)`,
  [schoolId, JSON.stringify([...CHART,
    ...[1000, 1001].map((account_no) => ({ account_no, kind: 'bank', name: 'Tiền gửi' }))])])
  await client.query(`
    INSERT INTO bank_account (school_id, id, bank_bin, account_number, account_name, ledger_no)
    VALUES ($1, $2, '970436', '0011004567890', 'TRUONG TIEU HOC THU NGHIEM', 1000),
      ($1, $3, '970415', '109876543210', 'TRUONG TIEU HOC THU NGHIEM', 1001)`,
  [schoolId, mainAccountId, insuranceAccountId])
  await seedRoster(client, schoolId, students, classSize)
  const feeKindIds = await seedFees(client, { schoolId, roundId, mainAccountId, insuranceAccountId })
  await client.query(`
    INSERT INTO exemption (school_id, id, student_id, fee_kind_id, percent, payer, legal_basis,
      decision_number, valid_from)
    SELECT $1, gen_random_uuid(), student_id, $2, 70, 'budget', 'NĐ 238/2025/NĐ-CP', 'QĐ-' || row_no,
      '2026-09-01'
    FROM (SELECT student_id, row_number() OVER (ORDER BY student_id) AS row_no FROM student_account
      WHERE school_id = $1) AS numbered WHERE row_no % $3 = 0`, [schoolId, feeKindIds.BOARDING, exemptEvery])
  const found = await client.query<{ student_id: string }>(
    'SELECT student_id FROM student_account WHERE school_id = $1 ORDER BY student_id', [schoolId])
  const studentIds = found.rows.map((row) => row.student_id)
  return { schoolId, authorityId, roundId, mainAccountId, insuranceAccountId, feeKindIds, studentIds }
}

async function seedRoster(
  client: pg.Client, schoolId: string, students: number, classSize: number,
): Promise<void> {
  await client.query(`INSERT INTO school_class (school_id, id, school_year, name, grade)
    SELECT $1, gen_random_uuid(), $2, 'Lớp ' || class_no, 1 + class_no % 5
    FROM generate_series(0, ($3::int - 1) / $4::int) AS class_no`,
  [schoolId, SAMPLE_YEAR, students, classSize])
  await client.query(`INSERT INTO student (school_id, id, full_name, search_name)
    SELECT $1, uuidv7(), 'Học sinh ' || row_no, 'hoc sinh ' || row_no
    FROM generate_series(1, $2::int) AS row_no`,
  [schoolId, students])
  await client.query('INSERT INTO student_account SELECT school_id, id FROM student WHERE school_id = $1',
    [schoolId])
  await client.query(`INSERT INTO enrolment (school_id, id, student_id, class_id, school_year, valid_from)
    SELECT $1, gen_random_uuid(), numbered.id, class.id, $2, '2026-08-15'
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / $3 AS class_no FROM student
        WHERE school_id = $1) AS numbered
    JOIN school_class AS class ON class.school_id = $1 AND class.name = 'Lớp ' || class_no`,
  [schoolId, SAMPLE_YEAR, classSize])
}

async function seedFees(
  client: pg.Client,
  ids: Pick<SampleSchool, 'schoolId' | 'roundId' | 'mainAccountId' | 'insuranceAccountId'>,
): Promise<SampleSchool['feeKindIds']> {
  const { schoolId, roundId } = ids
  await client.query(`INSERT INTO collection_round (school_id, id, school_year, name, due_on)
    VALUES ($1, $2, $3, 'Tháng 12', $4)`, [schoolId, roundId, SAMPLE_YEAR, SAMPLE_DUE_ON])
  const feeKindIds = { TUITION: '', BOARDING: '', MEALS: '', WATER: '', BHYT: '', CLUB: '' }
  for (const [code, name, feeGroup, legalBasis, account, priority, optional, amountVnd] of FEE_KINDS) {
    const id = randomUUID()
    feeKindIds[code] = id
    const accountId = account === 'main' ? ids.mainAccountId : ids.insuranceAccountId
    await client.query(`INSERT INTO fee_kind (school_id, id, code, name, fee_group, legal_basis,
      bank_account_id, priority, optional) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [schoolId, id, code, name, feeGroup, legalBasis, accountId, priority, optional])
    if (optional) continue
    await client.query(`INSERT INTO round_fee (school_id, id, round_id, fee_kind_id, scope, amount_vnd)
      VALUES ($1, gen_random_uuid(), $2, $3, 'school', $4)`, [schoolId, roundId, id, amountVnd])
  }
  return feeKindIds
}
