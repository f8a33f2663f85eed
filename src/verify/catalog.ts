// Asks the system catalog whether what enforces a promise is still there and still in force: constraints,
// unique indexes, triggers. Definitions are compared, so that a weaker one under the same name is found too.
import { sql } from 'kysely'
import { rowsThat } from './promise.js'
import type { Check } from './promise.js'

/** The only tables with a `school_id` that are readable without a school: key, school, kind (design §3). */
export const ROUTING_TABLES = ['payment_code', 'account_route', 'channel_route'] as const

/**
 * Constraints by `table.name`. For a UNIQUE or FOREIGN KEY the value is what `pg_get_constraintdef` prints;
 * for a CHECK it is null, because its text differs between versions of PostgreSQL.
 */
export function constraintsInForce(wanted: Readonly<Record<string, string | null>>): Check {
  return rowsThat('constraints that are gone, weakened or not validated', sql`
    SELECT wanted.name AS id
    FROM unnest(${Object.keys(wanted)}::text[], ${Object.values(wanted)}::text[]) AS wanted (name, definition)
    WHERE NOT EXISTS (
      SELECT FROM pg_constraint c
      WHERE c.connamespace = 'public'::regnamespace
        AND c.conrelid = to_regclass(split_part(wanted.name, '.', 1))
        AND c.conname = split_part(wanted.name, '.', 2) AND c.convalidated AND NOT c.condeferrable
        AND (wanted.definition IS NULL OR pg_get_constraintdef(c.oid) = wanted.definition))`)
}

/** Unique indexes by name; the value is their columns and condition as `pg_get_indexdef` prints them. */
export function uniqueIndexesInForce(wanted: Readonly<Record<string, string>>): Check {
  return rowsThat('unique indexes that are gone, weakened or not valid', sql`
    SELECT wanted.name AS id
    FROM unnest(${Object.keys(wanted)}::text[], ${Object.values(wanted)}::text[]) AS wanted (name, definition)
    WHERE NOT EXISTS (
      SELECT FROM pg_index i
      WHERE i.indexrelid = to_regclass(wanted.name) AND i.indisunique AND i.indisvalid AND i.indimmediate
        AND split_part(pg_get_indexdef(i.indexrelid), ' USING btree ', 2) = wanted.definition)`)
}

/** Every trigger, those of foreign keys included, fires for every session. */
export const triggersOn: Check = rowsThat('triggers that are switched off', sql`
  SELECT DISTINCT t.tgrelid::regclass || '.' || coalesce(c.conname, t.tgname) AS id
  FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
  LEFT JOIN pg_constraint c ON c.oid = t.tgconstraint AND t.tgconstraint <> 0
  WHERE r.relnamespace = 'public'::regnamespace AND t.tgenabled NOT IN ('O', 'A')`)
