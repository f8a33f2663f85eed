import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import t from 'tap'
import { projectRoot } from '../../src/db/migrations-dir.js'
import type { Trx } from '../../src/db/tenancy.js'
import { ROUTING_TABLES } from '../../src/verify/catalog.js'
import { generateTables } from '../support/generate-tables.js'
import { openRichWorld } from '../support/rich-world.js'
import type { RichWorld } from '../support/rich-world.js'

const NO_SCHOOL = '00000000-0000-0000-0000-000000000000'
/** Readable by the worker while it has no school open: what it claims, folds, delivers and resumes. */
const ACROSS_SCHOOLS = ['adoption_fact', 'adoption_unfolded', 'bank_callback', 'invoice_run', 'school_notice']

t.test('tenancy', async (t) => {
  const world = await openRichWorld(t)
  const { db, schoolIds, authorityId } = world
  const [here, there, billed] = schoolIds as [string, string, string]
  await fillTheRest(world)
  const tables = await tenantTables(world)

  await t.test('the school comes first in every key of a tenant table, on both sides of a foreign key', async (t) => {
    t.same(await world.rows(KEYS_WITHOUT_SCHOOL, [ROUTING_TABLES]), [])
    t.same(await world.rows(UNIQUE_INDEXES_WITHOUT_SCHOOL, [ROUTING_TABLES]), [])
    t.ok(tables.length > 30, `${tables.length} tenant tables`)
  })

  await t.test('a foreign key of a tenant table leads to one, or to what belongs to no school', async (t) => {
    const targets = await world.rows<{ target: string }>(
      `SELECT DISTINCT confrelid::regclass::text AS target FROM pg_constraint
       WHERE contype = 'f' AND conrelid::regclass::text = ANY ($1) ORDER BY 1`, [tables])
    t.same(targets.map(({ target }) => target).filter((target) => !tables.includes(target)), ['authority', 'payment_code'])
  })

  await t.test('a routing table holds a key, a school, a kind, and nothing else', async (t) => {
    const columns = await world.rows<{ columns: string }>(
      `SELECT table_name || ': ' || string_agg(column_name, ' ' ORDER BY ordinal_position) AS columns
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY ($1)
       GROUP BY table_name ORDER BY table_name`, [ROUTING_TABLES])
    t.same(columns.map((row) => row.columns), [
      'account_route: bank_bin account_number school_id kind',
      'channel_route: channel_id school_id kind',
      'payment_code: code school_id kind',
    ])
  })

  await t.test('src/db/tables.ts is what the migrations make', async (t) => {
    const written = await readFile(path.join(projectRoot, 'src/db/tables.ts'), 'utf8')
    t.equal(await generateTables(world.database.ownerUrl), written)
  })

  await t.test('every tenant table has rows of a school to look for', async (t) => {
    const empty: string[] = []
    for (const table of tables) if ((await ownersCount(world, table)) === 0) empty.push(table)
    t.same(empty, [])
  })

  await t.test('a school sees its own rows and none of another, as app and as worker', async (t) => {
    for (const schoolId of [here, there, billed]) {
      for (const open of [db.inSchool, db.inSchoolAsWorker]) {
        const seen = await open(schoolId, (trx) => countEach(trx, tables, 'true'))
        const others = await open(schoolId, (trx) => countEach(trx, tables, `school_id <> '${schoolId}'`))
        t.same(Object.entries(others).filter(([, count]) => count > 0), [])
        for (const table of tables) t.equal(seen[table], await ownersCount(world, table, schoolId), table)
      }
    }
  })

  await t.test('without a school nothing is seen, but for what the worker tends across schools', async (t) => {
    const ofSchools = `school_id <> '${NO_SCHOOL}'`
    const visible = (counts: Record<string, number>) => Object.keys(counts).filter((table) => counts[table]).sort()
    t.same(visible(await db.asService((trx) => countEach(trx, tables, ofSchools))), [])
    t.same(visible(await db.asWorker((trx) => countEach(trx, tables, ofSchools))), ACROSS_SCHOOLS)
  })

  await t.test('a row for another school, or for one while none is open, is refused', async (t) => {
    for (const table of tables) {
      const [row] = await world.rows<Record<string, unknown>>(`SELECT to_jsonb(r) AS row FROM ${table} r LIMIT 1`)
      const insert = (schoolId: string) => (trx: Trx) => insertCopy(trx, table, { ...row?.['row'] as object, school_id: schoolId })
      const refused = /row-level security/
      await t.rejects(db.inSchool(here, insert(there)), refused, `${table} as app`)
      await t.rejects(db.inSchoolAsWorker(here, insert(there)), refused, `${table} as worker`)
      await t.rejects(db.asService(insert(here)), refused, `${table} without a school`)
    }
  })

  await t.test('rows of another school are not changed by an update that names them', async (t) => {
    const closed = (trx: Trx) => trx.updateTable('invoice').set({ paid_vnd: 0 }).where('school_id', '=', there).execute()
    const [result] = await db.inSchool(here, closed)
    t.equal(result?.numUpdatedRows, 0n)
    await t.rejects(db.inSchool(here, (trx) => sql`UPDATE invoice SET school_id = ${there}`.execute(trx)), /permission denied/)
    await t.rejects(db.inSchool(here, (trx) => sql`DELETE FROM invoice`.execute(trx)), /permission denied/)
  })

  await t.test('an authority sees the schools under it, and no other', async (t) => {
    const [small, stranger] = ['018f0000-0000-7000-8000-0000000000a1', '018f0000-0000-7000-8000-0000000000a2']
    await world.owner.query(`INSERT INTO authority (id, kind, name, valid_from) VALUES
      ('${small}', 'commune', 'Phường', '2025-07-01'), ('${stranger}', 'department', 'Sở khác', '2025-07-01')`)
    await world.owner.query(`INSERT INTO school_authority (school_id, link, valid_from, authority_id)
      VALUES ($1, 'managing', '2025-07-01', $2)`, [there, small])
    const readable = await readableByReports(world, tables)
    t.ok(readable.length > 8, readable.join(', '))
    for (const [authority, expected] of [[authorityId, schoolIds], [small, [there]], [stranger, []]] as const) {
      const seen = await db.asAuthority(authority, (trx) => schoolsSeen(trx, readable))
      for (const [table, schools] of Object.entries(seen)) {
        const wanted = await schoolsWithRows(world, table, expected)
        t.same(schools, wanted, `${table} as ${authority}`)
      }
    }
  })

  await t.test('an authority reads no name of a child and nothing that a person wrote or a bank said', async (t) => {
    const columns = await world.rows<{ column: string }>(
      `SELECT table_name || '.' || column_name AS column FROM information_schema.columns
       WHERE table_schema = 'public' AND has_column_privilege('report', quote_ident(table_name), column_name, 'SELECT')
         AND column_name ~ 'name|memo|note|body|birth|gender|personal|moet_student|school_code|counter|secret|evidence'
       ORDER BY 1`)
    t.same(columns.map(({ column }) => column), ['authority.name', 'school_profile.name'])
    await t.rejects(db.asAuthority(authorityId, (trx) => trx.selectFrom('student').select('full_name').execute()),
      /permission denied/)
    await t.rejects(db.asAuthority(authorityId, (trx) => sql`UPDATE adoption_day SET paid_vnd = 0`.execute(trx)),
      /permission denied/)
  })
})

const KEYS_WITHOUT_SCHOOL = `
  WITH tenant AS (SELECT attrelid, attnum FROM pg_attribute WHERE attname = 'school_id'
    AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')
    AND attrelid::regclass::text <> ALL ($1))
  SELECT conrelid::regclass || '.' || conname AS key FROM pg_constraint k JOIN tenant ON attrelid = conrelid
  WHERE contype IN ('p', 'u') AND conkey[1] <> attnum
    OR contype = 'f' AND (conkey[1] <> attnum OR confkey[1] <> (SELECT attnum FROM tenant WHERE attrelid = confrelid))
      AND confrelid IN (SELECT attrelid FROM tenant)`

const UNIQUE_INDEXES_WITHOUT_SCHOOL = `
  SELECT indexrelid::regclass AS key FROM pg_index
  JOIN pg_attribute ON attrelid = indrelid AND attname = 'school_id' AND attrelid::regclass::text <> ALL ($1)
  JOIN pg_class ON pg_class.oid = indrelid AND relnamespace = 'public'::regnamespace AND relkind = 'r'
  WHERE indisunique AND indkey[0] <> attnum`

async function tenantTables(world: RichWorld): Promise<string[]> {
  const rows = await world.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'school_id'
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL ($1) ORDER BY 1`, [ROUTING_TABLES])
  return rows.map(({ name }) => name)
}

/** Rows of the tables that no payment and no bill touches. */
async function fillTheRest({ owner, schoolIds }: RichWorld): Promise<void> {
  const [here, there] = schoolIds
  await owner.query(`
    INSERT INTO payment_code SELECT 27512614110, '${here}', 'family';
    INSERT INTO family (school_id, id, payment_code) VALUES ('${here}', uuidv7(), 27512614110);
    INSERT INTO family_member SELECT f.school_id, f.id, (SELECT id FROM student s WHERE s.school_id = f.school_id LIMIT 1)
      FROM family f;
    INSERT INTO payment_alias SELECT school_id, id, 'virtual_account', '900', 27512614110 FROM channel
      WHERE school_id = '${here}';
    INSERT INTO roster_import (school_id, id, school_year, file_sha256, row_count, created_count, updated_count,
      unchanged_count, actor) VALUES ('${here}', uuidv7(), '2026-2027', '\\x00', 0, 0, 0, 0, 'test');
    INSERT INTO school_predecessor VALUES ('${here}', '${there}', '2027-01-01');
    INSERT INTO review_act (school_id, id, kind, review_item_id, actor, asked, allocated_vnd, credited_vnd, suspense_vnd)
      SELECT school_id, uuidv7(), 'close', id, 'test', '{}', 0, 0, 0 FROM review_item WHERE school_id = '${here}' LIMIT 1;
    INSERT INTO invoice_run_withdrawal SELECT school_id, r.id, i.id, 0
      FROM invoice_run r JOIN invoice i USING (school_id) WHERE i.state = 'issued' LIMIT 1;
    INSERT INTO roster_preview VALUES ('${here}', uuidv7(), 'test', 'a.csv', '\\x00', '2026-2027', '2026-09-01', now());
    INSERT INTO birth_date_try SELECT school_id, id, now(), 1 FROM student WHERE school_id = '${here}' LIMIT 1;
    INSERT INTO period_close VALUES ('${here}', '2026-08-31', 'test')`)
}

async function ownersCount(world: RichWorld, table: string, schoolId?: string): Promise<number> {
  const [row] = await world.rows<{ count: string }>(
    `SELECT count(*) FROM ${table} WHERE $1::uuid IS NULL OR school_id = $1`, [schoolId ?? null])
  return Number(row?.count)
}

async function countEach(trx: Trx, tables: readonly string[], where: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of tables) {
    const { rows } = await sql<{ count: number }>`
      SELECT count(*) FROM ${sql.table(table)} WHERE ${sql.raw(where)}`.execute(trx)
    counts[table] = rows[0]?.count ?? -1
  }
  return counts
}

async function insertCopy(trx: Trx, table: string, row: object): Promise<unknown> {
  const { rows } = await sql<{ columns: string }>`
    SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute
    WHERE attrelid = ${table}::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`.execute(trx)
  const columns = sql.raw(rows[0]?.columns ?? '')
  return sql`INSERT INTO ${sql.table(table)} (${columns})
    SELECT ${columns} FROM jsonb_populate_record(NULL::${sql.table(table)}, ${JSON.stringify(row)}::jsonb)`.execute(trx)
}

async function readableByReports(world: RichWorld, tables: readonly string[]): Promise<string[]> {
  const rows = await world.rows<{ name: string }>(
    "SELECT name FROM unnest($1::text[]) AS name WHERE has_any_column_privilege('report', name, 'SELECT')", [tables])
  return rows.map(({ name }) => name)
}

async function schoolsSeen(trx: Trx, tables: readonly string[]): Promise<Record<string, string[]>> {
  const seen: Record<string, string[]> = {}
  for (const table of tables) {
    const { rows } = await sql<{ school_id: string }>`
      SELECT DISTINCT school_id FROM ${sql.table(table)} ORDER BY school_id`.execute(trx)
    seen[table] = rows.map((row) => row.school_id)
  }
  return seen
}

async function schoolsWithRows(world: RichWorld, table: string, among: readonly string[]): Promise<string[]> {
  const rows = await world.rows<{ school_id: string }>(
    `SELECT DISTINCT school_id FROM ${table} WHERE school_id = ANY ($1) ORDER BY school_id`, [among])
  return rows.map((row) => row.school_id)
}
