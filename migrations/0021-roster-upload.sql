-- Why: of two lists that one person sends at once the later one takes the place of the earlier one in one statement.
-- Locks: none beyond those of a GRANT.
-- Check: SELECT has_column_privilege('app', 'roster_preview', 'file', 'UPDATE');  -- t; of actor and school_id: f

GRANT UPDATE (id, file_name, file, school_year, enrol_from, expires_at) ON roster_preview TO app;
