// Importing a roster into a database: what is written, what stays, and that it is all or nothing.
import { Readable } from 'node:stream'
import pg from 'pg'
import t from 'tap'
import type { Actor } from '../../src/access/actor.js'
import { openPool } from '../../src/db/pool.js'
import { openDatabase } from '../../src/db/tenancy.js'
import { createSchool } from '../../src/directory/create-school.js'
import { createStudent } from '../../src/directory/create-student.js'
import { describeImport, importRosterFile } from '../../src/directory/import-command.js'
import { importRoster } from '../../src/directory/import-roster.js'
import type { ImportOptions, ImportResult } from '../../src/directory/import-roster.js'
import { transferStudent } from '../../src/directory/transfer-student.js'
import { createTestDatabase } from '../support/database.js'

const ACTOR: Actor = {
  name: 'token:test',
  grants: [{ scopes: ['admin'], schoolId: null, authorityId: null }],
  address: null,
}
const HEADER = 'Mã định danh,Họ và tên,Ngày sinh,Lớp'
const YEAR = { schoolYear: '2026-2027', enrolFrom: '2026-09-05' }

t.test('roster import', async (t) => {
  const { ownerUrl, serviceUrl } = await createTestDatabase(t)
  const pool = openPool({
    url: serviceUrl,
    maxConnections: 8,
    connectTimeoutMs: 5_000,
    onError: () => undefined,
  })
  const db = openDatabase(pool)
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  t.teardown(async () => {
    await owner.end()
    await db.close()
  })
  const deps = { db, now: () => new Date('2026-11-22T03:00:00Z') }

  async function openSchool(): Promise<string> {
    return (
      await createSchool(deps, ACTOR, { name: 'THCS Hoa Sen', type: 'public', levels: ['lower_secondary'] })
    ).id
  }
  function run(schoolId: string, lines: string[], options: ImportOptions = YEAR): Promise<ImportResult> {
    return importRoster(deps, ACTOR, schoolId, Readable.from([Buffer.from(lines.join('\n'))]), options)
  }
  /** `moet id, name, class, from, to` of every enrolment. */
  async function enrolments(schoolId: string): Promise<string[]> {
    const { rows } = await owner.query<{ line: string }>(
      `
      SELECT concat_ws(' ', moet_student_id, full_name, c.name, e.valid_from, coalesce(e.valid_to::text, '-')) AS line
      FROM student s JOIN enrolment e ON e.student_id = s.id JOIN school_class c ON c.id = e.class_id
      WHERE s.school_id = $1 ORDER BY moet_student_id, e.valid_from, e.id`,
      [schoolId],
    )
    return rows.map(({ line }) => line)
  }
  async function count(table: string, schoolId: string): Promise<number> {
    const { rows } = await owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE school_id = $1`,
      [schoolId],
    )
    return rows[0]?.n ?? -1
  }

  await t.test(
    'creates students with classes, enrolments and account rows; again, nothing changes',
    async (t) => {
      const school = await openSchool()
      const file = [
        HEADER,
        '1111111111,Lê An,05/09/2014,6A',
        '2222222222,Đỗ Bình,06/09/2014,6B',
        '333333333,Bad,,6B',
      ]
      const first = await run(school, file)
      t.match(first, {
        schoolYear: '2026-2027',
        rows: 3,
        created: 2,
        updated: 0,
        unchanged: 0,
        refused: 1,
        missing: 0,
      })
      t.match(first.faults, [{ row: 4, column: 'Mã định danh', code: 'LEADING_ZERO_LOST' }])
      t.same(await enrolments(school), [
        '1111111111 Lê An 6A 2026-09-05 -',
        '2222222222 Đỗ Bình 6B 2026-09-05 -',
      ])
      t.equal(await count('student_account', school), 2)
      const again = await run(school, file)
      t.match(again, { created: 0, updated: 0, unchanged: 2, moved: 0, refused: 1, missing: 0 })
      t.equal(await count('enrolment', school), 2)
      const { rows } = await owner.query(
        'SELECT row_count, created_count, unchanged_count, faults, actor FROM ' +
          'roster_import WHERE school_id = $1 ORDER BY id',
        [school],
      )
      t.match(rows, [{ row_count: 3, created_count: 2, actor: 'token:test' }, { unchanged_count: 2 }])
      t.notMatch(JSON.stringify(rows), 'Bad', 'no name of a child in what is kept of the import')
      t.equal(
        (
          await owner.query('SELECT FROM audit_log WHERE school_id = $1 AND action = $2', [
            school,
            'roster.import',
          ])
        ).rowCount,
        2,
      )
    },
  )

  await t.test('updates in place, moves from a day on, and leaves who is missing', async (t) => {
    const school = await openSchool()
    const header = `${HEADER},CCCD,Giới tính`
    await run(school, [
      header,
      '1111111111,Lê An,05/09/2014,6A,,',
      '2222222222,Đỗ Bình,,6B,,',
      '3333333333,Hà,,6B,,',
    ])
    const preview = await run(
      school,
      [header, '1111111111,Lê Ân,05/09/2014,6B,001214000001,Nữ', '2222222222,Đỗ Bình,,6B,,'],
      { ...YEAR, enrolFrom: '2026-10-01', dryRun: true },
    )
    const counts = { created: 0, updated: 1, moved: 1, unchanged: 1, missing: 1 }
    t.match(preview, { importId: null, ...counts })
    t.equal((await enrolments(school)).length, 3, 'a dry run writes nothing')
    t.equal(await count('roster_import', school), 1)
    const done = await run(
      school,
      [header, '1111111111,Lê Ân,05/09/2014,6B,001214000001,Nữ', '2222222222,Đỗ Bình,,6B,,'],
      { ...YEAR, enrolFrom: '2026-10-01' },
    )
    t.match(done, counts)
    t.equal(done.missingStudentIds.length, 1)
    t.same(await enrolments(school), [
      '1111111111 Lê Ân 6A 2026-09-05 2026-10-01',
      '1111111111 Lê Ân 6B 2026-10-01 -',
      '2222222222 Đỗ Bình 6B 2026-09-05 -',
      '3333333333 Hà 6B 2026-09-05 -',
    ])
    const { rows } = await owner.query(
      `SELECT search_name, birth_on::text, gender, personal_id FROM student
      WHERE school_id = $1 AND moet_student_id = '1111111111'`,
      [school],
    )
    t.same(rows, [
      { search_name: 'le an', birth_on: '2014-09-05', gender: 'female', personal_id: '001214000001' },
    ])
    const late = await run(school, [header, '1111111111,Lê Ân,,6A,,'])
    t.match(late, { refused: 1, faults: [{ row: 2, column: 'Lớp', code: 'ENROLMENT_NEWER' }] })
  })

  await t.test(
    'the next school year begins beside this one; a leaver does not come back by an old file',
    async (t) => {
      const school = await openSchool()
      const file = [HEADER, '1111111111,Lê An,05/09/2014,6A']
      await run(school, file)
      t.match(await run(school, [HEADER, '1111111111,Lê An,05/09/2014,7A'], { schoolYear: '2027-2028' }), {
        updated: 1,
        moved: 0,
        enrolFrom: '2027-08-01',
      })
      t.same(await enrolments(school), [
        '1111111111 Lê An 6A 2026-09-05 -',
        '1111111111 Lê An 7A 2027-08-01 -',
      ])
      const { rows } = await owner.query<{ id: string }>('SELECT id FROM student WHERE school_id = $1', [
        school,
      ])
      await transferStudent(deps, ACTOR, school, rows[0]?.id ?? '', { toClassId: null, on: '2026-11-01' })
      t.match(await run(school, file), { refused: 1, faults: [{ code: 'ENROLMENT_NEWER' }] })
      t.match(
        await run(school, file, { ...YEAR, enrolFrom: '2026-11-10' }),
        { updated: 1, moved: 0 },
        'back again',
      )
      await t.rejects(run(school, file, { schoolYear: '2026-2027', enrolFrom: '2027-08-01' }), {
        code: 'ENROLMENT_DATE_INVALID',
      })
      await t.rejects(run(school, file, { schoolYear: '2026-2028' }), { code: 'SCHOOL_YEAR_INVALID' })
    },
  )

  await t.test('a crash in the middle leaves nothing of the file', async (t) => {
    const school = await openSchool()
    await owner.query(`
      CREATE FUNCTION break_import() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;
      CREATE TRIGGER break_import BEFORE INSERT ON roster_import FOR EACH ROW
        WHEN (NEW.school_id = '${school}') EXECUTE FUNCTION break_import()`)
    await t.rejects(run(school, [HEADER, '1111111111,Lê An,05/09/2014,6A']), /broken/)
    for (const table of ['student', 'student_account', 'school_class', 'enrolment', 'roster_import']) {
      t.equal(await count(table, school), 0, table)
    }
    await owner.query('DROP FUNCTION break_import CASCADE')
    t.match(await run(school, [HEADER, '1111111111,Lê An,05/09/2014,6A']), { created: 1 })
  })

  await t.test('imports and single students at the same time make no child twice', async (t) => {
    const school = await openSchool()
    const file = [HEADER, ...Array.from({ length: 200 }, (_, at) => `${1_000_000_000 + at},Lê An ${at},,6A`)]
    const single = createStudent(deps, ACTOR, school, {
      fullName: 'Lê An 7',
      moetStudentId: '1000000007',
    }).then(
      () => 1,
      () => 0,
    )
    const results = await Promise.all(Array.from({ length: 6 }, () => run(school, file)))
    const created = results.reduce((sum, result) => sum + result.created, 0)
    t.equal(created + (await single), 200)
    t.equal(await count('student', school), 200)
    t.equal(
      results.reduce((sum, result) => sum + result.unchanged, 0),
      1_200 - created - (await single),
    )
  })

  await t.test('two thousand students go in at once', async (t) => {
    const school = await openSchool()
    const file = [
      HEADER,
      ...Array.from(
        { length: 2_000 },
        (_, at) => `${1_000_000_000 + at},Nguyễn Thị Hoàng Anh ${at},05/09/2014,6A${at % 50}`,
      ),
    ]
    const startedAt = performance.now()
    // Statements and not time: how busy the machine is must not decide a test.
    const statements = t.capture(pg.Client.prototype, 'query', pg.Client.prototype.query)
    t.match(await run(school, file), { created: 2_000, faults: [] })
    const count = statements().length
    statements.restore()
    t.comment(`2,000 students in ${Math.round(performance.now() - startedAt)} ms, ${count} statements`)
    t.ok(count > 5 && count < 100, 'set-based: one statement a table, whatever the number of rows')
    t.match(await run(school, file), { unchanged: 2_000 })
  })

  await t.test('the command line reads a file of this machine', async (t) => {
    const school = await openSchool()
    const dir = t.testdir({ 'roster.csv': `${HEADER}\n1111111111,Lê An,05/09/2014,6A\n2222222222,,,6A\n` })
    const result = await importRosterFile(deps, school, `${dir}/roster.csv`, YEAR)
    t.same(describeImport(result), [
      '2026-2027: 2 rows: 1 created, 0 updated (0 moved), 0 unchanged, 1 refused; 0 students are not in the file',
      'row 3, Họ và tên: is empty',
    ])
  })
})
