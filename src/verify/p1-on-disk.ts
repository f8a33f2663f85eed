// P1: a 2xx to a bank means the raw callback is committed to disk. A database can show that nothing was
// allowed to loosen durability, and that the bytes of every call it booked from are there, unchanged.
import { sql } from 'kysely'
import { rowsThat } from './promise.js'
import type { CheckedPromise } from './promise.js'
import { constraintsInForce } from './catalog.js'

export const onDisk: CheckedPromise = {
  id: 'P1',
  holds: 'what is acknowledged is on disk, byte for byte',
  looksAt: { bank_callback: 'callbacks', bank_event: 'events' },
  checks: [
    rowsThat('settings that let a crash lose what was acknowledged', sql`
      SELECT name || ' = ' || setting AS id FROM pg_settings
      WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off'`),
    // A role's own setting does not show in this session.
    rowsThat('settings of a role or this database that let a crash lose what was acknowledged', sql`
      SELECT coalesce(rolname, datname, 'every role') || ': ' || configured AS id
      FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS configured
      LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
      WHERE configured = 'synchronous_commit=off'
        AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND (s.setrole = 0 OR pg_has_role(s.setrole, 'app', 'MEMBER'))`),
    rowsThat('events of a webhook without the callback that told of them', sql`
      SELECT e.id FROM bank_event e
      LEFT JOIN bank_callback c ON c.school_id = e.school_id AND c.id = e.callback_id
      WHERE e.source = 'webhook' AND c.id IS NULL`),
    rowsThat('callbacks whose bytes are not those that came', sql`
      SELECT id FROM bank_callback WHERE sha256(body) <> body_sha256`),
    constraintsInForce({
      'bank_event.bank_event_callback':
        'FOREIGN KEY (school_id, callback_id) REFERENCES bank_callback(school_id, id)',
    }),
  ],
}
