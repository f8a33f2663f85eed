// Which students cannot be read from the sums: those with something that is not folded yet, and those who are
// one child in two schools of the roster. A figure takes them out of the sums and counts them from their
// rows.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import { dataSchoolIds, firstDay, lastDay } from './selection.js'
import type { Selection, Sql } from './selection.js'
import { studentEvents } from './student-events.js'

export interface LiveStudent {
  school_id: string
  student_id: string
  identity_key: string
  is_shared: boolean
}

/** Beyond this a list of them costs more to carry to the next statement than to find again. */
const CARRIED_MAX = 20_000

/**
 * The same students for several statements of one snapshot, or undefined when there are too many: then each
 * finds them again. `selection` looks at every school and every year that those statements look at.
 */
export async function readLiveStudents(
  db: Kysely<Tables>, selection: Selection,
): Promise<readonly LiveStudent[] | undefined> {
  const { rows } = await sql<LiveStudent>`
    WITH ${foundStudents(selection)} SELECT * FROM found LIMIT ${CARRIED_MAX + 1}`.execute(db)
  return rows.length > CARRIED_MAX ? undefined : rows
}

/**
 * CTEs that end in `live` (unit_id, school_id, student_id, identity_key, is_shared), behind those of
 * `memberAndPoint`; `unit_id` is the roster school. More students than need be change no figure.
 */
export function liveStudents(selection: Selection): Sql {
  const { live } = selection
  const found = live === undefined
    ? foundStudents(selection)
    : sql`found AS (
        SELECT * FROM unnest(${live.map((row) => row.school_id)}::uuid[], ${live.map((row) => row.student_id)}::uuid[],
          ${live.map((row) => row.identity_key)}::uuid[], ${live.map((row) => row.is_shared)}::boolean[])
          AS f (school_id, student_id, identity_key, is_shared)
      )`
  return sql`${found}, live AS MATERIALIZED (
      SELECT m.school_id AS unit_id, f.* FROM found f JOIN member m ON m.data_school_id = f.school_id
    )`
}

/**
 * Served index-only by adoption_student_pkey, by adoption_fact_unfolded and by adoption_unfolded_pkey: few
 * rows but for the first.
 */
function foundStudents(selection: Selection): Sql {
  const ids = dataSchoolIds(selection)
  const years = [...new Set(selection.points.map(({ from }) => from))]
  return sql`unfolded AS MATERIALIZED (
      SELECT school_id, student_id FROM adoption_fact WHERE school_id = ANY (${ids}) AND NOT folded
      UNION
      SELECT school_id, student_id FROM adoption_unfolded WHERE school_id = ANY (${ids})
    ), pupil AS MATERIALIZED (
      SELECT a.school_id, a.student_id, a.identity_key, a.year_on, false AS is_unfolded FROM adoption_student a
      WHERE a.school_id = ANY (${ids}) AND a.year_on = ANY (${years}::date[])
        AND NOT EXISTS (SELECT FROM unfolded u WHERE u.school_id = a.school_id AND u.student_id = a.student_id)
      UNION ALL
      SELECT s.school_id, s.id, s.identity_key, year_on, true
      FROM unfolded u JOIN student s ON s.school_id = u.school_id AND s.id = u.student_id
      CROSS JOIN unnest(${years}::date[]) AS year_on
    ), shared AS MATERIALIZED (
      SELECT DISTINCT identity_key FROM (
        SELECT identity_key FROM pupil GROUP BY year_on, identity_key HAVING count(*) > 1) twice
    ), found AS MATERIALIZED (
      SELECT p.school_id, p.student_id, p.identity_key, bool_or(t.identity_key IS NOT NULL) AS is_shared
      FROM pupil p LEFT JOIN shared t USING (identity_key)
      WHERE p.is_unfolded OR t.identity_key IS NOT NULL
      GROUP BY p.school_id, p.student_id, p.identity_key
    )`
}

/** What happened to them in the time that the selection looks at, with all that `live` says of them. */
export function eventsOfLive(selection: Selection): Sql {
  return studentEvents(sql`live`, sql`w.*`, (issuedOn) =>
    sql`${issuedOn} BETWEEN ${firstDay(selection)} AND ${lastDay(selection)}`)
}
