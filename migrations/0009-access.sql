-- Why: the service reads which migrations ran (it refuses to serve an older schema), and forgets old answers by age.
-- Locks: SHARE on idempotent_request while its index is built; the table is small.
-- Check: SET ROLE app; SELECT count(*) FROM kysely_migration;  -- not refused

GRANT SELECT ON kysely_migration TO app;
CREATE INDEX idempotent_request_recorded ON idempotent_request (recorded_at);
