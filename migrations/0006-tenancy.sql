-- Why: who may read and write what. Grants say which verbs a role has at all; row-level security says on whose rows.
-- Locks: ACCESS EXCLUSIVE on each table for a moment (ENABLE ROW LEVEL SECURITY); before the first row, so at no cost.
-- Check: SET ROLE app; SELECT count(*) FROM invoice;  -- 0, because no school was opened

GRANT USAGE ON SCHEMA public TO app, worker, report;

-- Tables with a school: rows of the opened school only, for reading and for writing.
DO $$
DECLARE
  tenant record;
BEGIN
  FOR tenant IN
    SELECT c.table_name FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND c.column_name = 'school_id' AND t.table_type = 'BASE TABLE'
      AND c.table_name NOT IN ('payment_code', 'account_route', 'channel_route', 'audit_log')
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant.table_name);
    EXECUTE format('CREATE POLICY own_school ON %I TO app, worker
      USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()))',
      tenant.table_name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO app, worker', tenant.table_name);
  END LOOP;
END $$;

-- The inbox is claimed, the facts are folded and notices are delivered across schools, with no school opened.
CREATE POLICY whole_inbox ON bank_callback TO worker
  USING ((SELECT current_school()) IS NULL) WITH CHECK ((SELECT current_school()) IS NULL);
CREATE POLICY all_notices ON school_notice FOR SELECT TO worker USING ((SELECT current_school()) IS NULL);
CREATE POLICY all_facts ON adoption_fact FOR SELECT TO worker USING ((SELECT current_school()) IS NULL);

-- What is not a school's own.
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON audit_log TO app, worker
  USING (school_id = coalesce((SELECT current_school()), '00000000-0000-0000-0000-000000000000'))
  WITH CHECK (school_id = coalesce((SELECT current_school()), '00000000-0000-0000-0000-000000000000'));
GRANT SELECT, INSERT ON audit_log, payment_code, account_route, channel_route, authority, authority_link, price_cap,
  api_token, idempotent_request TO app, worker;
GRANT UPDATE (valid_to) ON authority, authority_link, price_cap TO app;
GRANT UPDATE (revoked_at) ON api_token TO app;
GRANT UPDATE (status, body) ON idempotent_request TO app;
GRANT DELETE ON idempotent_request TO app;
GRANT SELECT ON installation TO app, worker, report;
GRANT UPDATE (demo) ON installation TO app;

-- A school is opened before its first row exists: making one is the one insert with a school of its own making.

-- The few cells that may change, and nothing else. Never: postings, entries, allocations, decisions, closes.
GRANT UPDATE (valid_to) ON school, school_profile, school_authority, enrolment, exemption TO app;
GRANT UPDATE (name, grade) ON school_class TO app;
GRANT UPDATE (moet_student_id, personal_id, school_code, full_name, search_name, birth_on, gender, payment_code,
  updated_at) ON student TO app;
-- FOR UPDATE needs the right to update a column; the row itself is never written to.
GRANT UPDATE (student_id) ON student_account TO app, worker;
GRANT UPDATE (state, replaced_by, account_name) ON bank_account TO app;
GRANT UPDATE (sealed_secret, sealed_previous_secret, previous_secret_until, memo_word, state, active_to,
  last_test_at) ON channel TO app, worker;
GRANT UPDATE (proof, state, attempts, due_at, first_attempt_at, last_error, processed_at) ON bank_callback TO worker;
GRANT UPDATE (allocated_vnd, credited_vnd, refunded_vnd, reversed_vnd, payment_class, reverses_id)
  ON bank_transaction TO app, worker;
GRANT UPDATE (bank_transaction_id) ON bank_event TO app, worker;
GRANT UPDATE (allocated_vnd, credited_vnd, refunded_vnd, reversed_vnd) ON cash_receipt TO app, worker;
GRANT UPDATE (held_vnd) ON credit TO app, worker;
GRANT UPDATE (name, legal_basis, priority, optional, bank_account_id, document_type) ON fee_kind TO app;
GRANT UPDATE (name, due_on, state) ON collection_round TO app;
GRANT UPDATE (amount_vnd) ON round_fee TO app;
GRANT DELETE ON round_fee TO app;
GRANT UPDATE (state, student_count, done_count, issued_count, superseded_count, cancelled_count, unchanged_count,
  after_student_id, failure, started_at, finished_at, lease_until) ON invoice_run TO app, worker;
GRANT UPDATE (state, withdrawn_on, withdrawn_reason, replaced_by, paid_vnd) ON invoice TO app, worker;
GRANT UPDATE (paid_vnd) ON invoice_line TO app, worker;
GRANT UPDATE (last_number) ON number_series TO app, worker;
GRANT UPDATE (state, resolved_at, resolved_by, resolution, note) ON review_item TO app, worker;
GRANT UPDATE (delivered_at) ON school_notice TO worker;
GRANT UPDATE (folded) ON adoption_fact TO worker;
GRANT UPDATE (paid_vnd, source_payments, group_payments) ON adoption_day TO worker;

-- Reports of an authority: the schools that are or were under it, and no child's name.
CREATE FUNCTION visible_schools() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH RECURSIVE below (authority_id) AS (
    SELECT current_authority()
    UNION
    SELECT link.authority_id FROM authority_link link JOIN below ON link.parent_id = below.authority_id
  )
  SELECT coalesce(array_agg(DISTINCT school_id), '{}') FROM school_authority
  WHERE authority_id IN (SELECT authority_id FROM below)
$$;
REVOKE ALL ON FUNCTION visible_schools() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visible_schools() TO report;

DO $$
DECLARE visible text;
BEGIN
  FOREACH visible IN ARRAY ARRAY['school', 'school_profile', 'school_predecessor', 'school_authority', 'channel',
    'student', 'invoice', 'invoice_line', 'adoption_fact', 'adoption_day'] LOOP
    EXECUTE format('CREATE POLICY own_authority ON %I FOR SELECT TO report
      USING (school_id = ANY ((SELECT visible_schools())::uuid[]))', visible);
  END LOOP;
END $$;
GRANT SELECT ON authority, authority_link, school, school_profile, school_predecessor, school_authority,
  invoice, invoice_line, adoption_fact, adoption_day TO report;
GRANT SELECT (school_id, id, bank_account_id, provider, state, active_from, active_to) ON channel TO report;
GRANT SELECT (school_id, id, identity_key) ON student TO report;
