-- Why: the sweep goes on with invoice runs whose runner died, of every school, without opening each school first.
-- Locks: ACCESS EXCLUSIVE on invoice_run for a moment.
-- Check: SET ROLE worker; SELECT count(*) FROM invoice_run;  -- the runs of all schools, and no other tenant row

CREATE POLICY waiting_runs ON invoice_run FOR SELECT TO worker USING ((SELECT current_school()) IS NULL);
