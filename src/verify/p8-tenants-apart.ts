// P8: no tenant can see or change another's row. Row-level security must be on with the known conditions, the
// roles of the service must not be able to step around it, every key starts with the school, and no row
// points outside it.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import { ROUTING_TABLES } from './catalog.js'
import { rowsThat } from './promise.js'
import type { Check, CheckedPromise } from './promise.js'

const ROLES = ['app', 'worker', 'report']

/** Tables with a `school_id`, but for the routing tables. */
const tenantTable = sql`(
  SELECT c.oid, c.relname, c.relrowsecurity, a.attnum FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'school_id' AND NOT a.attisdropped
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND c.relname <> ALL (${ROUTING_TABLES}::text[]))`

// As `pg_policies` prints them.
const OWN_SCHOOL = '(school_id = ( SELECT current_school() AS current_school))'
const OWN_OR_NONE = '(school_id = COALESCE(( SELECT current_school() AS current_school), ' +
  "'00000000-0000-0000-0000-000000000000'::uuid))"
const UNDER_AUTHORITY = '(school_id IN ( SELECT unnest(visible_schools()) AS unnest))'
const NO_SCHOOL_OPEN = '(( SELECT current_school() AS current_school) IS NULL)'
/** What the worker may read of every school while it has none open. */
const ACROSS_SCHOOLS = ['bank_callback', 'school_notice', 'adoption_fact', 'adoption_unfolded', 'invoice_run']

const strangePolicies = sql<{ id: string }>`
  SELECT tablename || '.' || policyname AS id FROM pg_policies
  CROSS JOIN LATERAL (VALUES (qual), (with_check)) AS said (condition)
  WHERE schemaname = 'public' AND condition IS NOT NULL AND permissive = 'PERMISSIVE' AND NOT CASE condition
    WHEN ${OWN_SCHOOL} THEN true
    WHEN ${OWN_OR_NONE} THEN tablename = 'audit_log'
    WHEN ${UNDER_AUTHORITY} THEN roles = '{report}' AND cmd = 'SELECT'
    WHEN ${NO_SCHOOL_OPEN} THEN roles = '{worker}' AND tablename = ANY (${ACROSS_SCHOOLS}::text[])
      AND (cmd = 'SELECT' OR tablename = 'bank_callback')
    ELSE false END`

/** For columns that no foreign key keeps inside the school. */
function pointsInside(table: string, column: string, target: string): Check {
  const [from, to] = [sql.table(table), sql.table(target)]
  return rowsThat(`rows of ${table} whose ${column} names no ${target} of their school`, sql`
    SELECT DISTINCT r.school_id || ' ' || r.${sql.ref(column)} AS id FROM ${from} r
    WHERE r.${sql.ref(column)} IS NOT NULL AND NOT EXISTS (
      SELECT FROM ${to} t WHERE t.school_id = r.school_id AND t.id = r.${sql.ref(column)})`)
}

/** A code belongs to the school that uses it, and is of that kind. */
function codesOf(table: string, kind: RawBuilder<unknown>): Check {
  return rowsThat(`rows of ${table} with a payment code of another school or kind`, sql`
    SELECT DISTINCT r.school_id || ' ' || r.payment_code AS id FROM ${sql.table(table)} r
    JOIN payment_code c ON c.code = r.payment_code
    WHERE c.school_id <> r.school_id OR c.kind <> ${kind}`)
}

export const tenantsApart: CheckedPromise = {
  id: 'P8',
  holds: 'row-level security is on, every key starts with the school, and no row points outside its own',
  looksAt: { school: 'schools', payment_code: 'payment codes', invoice: 'invoices', student: 'students',
    entry: 'entries', posting: 'postings', bank_account: 'bank accounts', channel: 'channels' },
  checks: [
    rowsThat('tables without row-level security or without a policy', sql`
      SELECT t.relname AS id FROM ${tenantTable} t
      WHERE NOT t.relrowsecurity OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid)`),
    rowsThat('policies that show or take other rows than the known ones', strangePolicies),
    rowsThat('powers with which a role of the service could step around row-level security', sql`
      SELECT rolname || ' is a superuser or may bypass row-level security' AS id FROM pg_roles
      WHERE rolname = ANY (${ROLES}::text[]) AND (rolsuper OR rolbypassrls)
      UNION
      SELECT r.rolname || ' owns ' || pg_describe_object(d.classid, d.objid, d.objsubid)
      FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid AND d.refclassid = 'pg_authid'::regclass
      WHERE d.deptype = 'o' AND r.rolname = ANY (${ROLES}::text[])
        AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      UNION
      SELECT r.rolname || ' is a member of ' || g.rolname
      FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles g ON g.oid = m.roleid
      WHERE r.rolname = ANY (${ROLES}::text[])`),
    rowsThat('keys that do not start with the school', sql`
      SELECT t.relname || '.' || k.conname AS id FROM ${tenantTable} t
      JOIN pg_constraint k ON k.conrelid = t.oid
      LEFT JOIN ${tenantTable} target ON target.oid = k.confrelid
      WHERE (k.contype IN ('p', 'u') AND k.conkey[1] <> t.attnum)
        OR (k.contype = 'f' AND target.oid IS NOT NULL
          AND (k.conkey[1] <> t.attnum OR k.confkey[1] <> target.attnum))
      UNION
      SELECT i.indexrelid::regclass::text FROM ${tenantTable} t
      JOIN pg_index i ON i.indrelid = t.oid WHERE i.indisunique AND i.indkey[0] <> t.attnum`),
    codesOf('invoice', sql`'invoice'`),
    codesOf('student', sql`'student'`),
    codesOf('family', sql`'family'`),
    codesOf('payment_alias', sql`c.kind`),
    rowsThat('accounts or channels that are routed to another school', sql`
      SELECT a.id FROM bank_account a JOIN account_route r USING (bank_bin, account_number)
      WHERE r.school_id <> a.school_id
      UNION
      SELECT c.id FROM channel c JOIN channel_route r ON r.channel_id = c.id
        WHERE r.school_id <> c.school_id`),
    rowsThat('notices that went to another school than that of the code, or to their own', sql`
      SELECT n.id FROM school_notice n LEFT JOIN payment_code c ON c.code = n.payment_code
      WHERE c.school_id IS DISTINCT FROM n.to_school_id OR n.to_school_id = n.school_id`),
    pointsInside('bank_callback', 'channel_id', 'channel'),
    pointsInside('bank_event', 'bank_account_id', 'bank_account'),
    pointsInside('invoice', 'class_id', 'school_class'),
    pointsInside('invoice', 'run_id', 'invoice_run'),
    pointsInside('entry', 'bank_transaction_id', 'bank_transaction'),
    pointsInside('entry', 'cash_receipt_id', 'cash_receipt'),
    pointsInside('entry', 'invoice_id', 'invoice'),
    pointsInside('posting', 'student_id', 'student'),
    pointsInside('allocation', 'student_id', 'student'),
    pointsInside('adoption_fact', 'student_id', 'student'),
  ],
}
