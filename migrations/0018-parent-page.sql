-- Why: the parent's page. It changes by itself when money arrives, so every process asks once a second which of the
--   bills that are being looked at have changed; the birth date that shows the child's full name can be tried a few
--   times only, counted here because a guesser would otherwise get as many tries from each process; and the check
--   page finds an account by its number alone.
-- Locks: SHARE on account_route while its index is built.
-- Check: SELECT * FROM bill_marks('{}', '{}', '{}');  -- no row, no error

-- One mark for each watched (school, student, round): it differs when a bill of them, its payee account or the
-- student's credit differs, and says nothing else. It reads across schools on purpose: one statement serves every
-- viewer of a process. Indexes: invoice_of_student, credit_of_student, the primary key of bank_account.
CREATE FUNCTION bill_marks(school_ids uuid[], student_ids uuid[], round_ids uuid[])
RETURNS TABLE (watch_no bigint, mark text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT watched.no, md5(concat(bills.text, '/', credits.text))
  FROM unnest(school_ids, student_ids, round_ids) WITH ORDINALITY AS watched (school_id, student_id, round_id, no)
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', bill.id, bill.state, bill.paid_vnd, bill.replaced_by, account.state,
      account.replaced_by), ',' ORDER BY bill.id) AS text
    FROM invoice bill
    JOIN bank_account account ON account.school_id = bill.school_id AND account.id = bill.bank_account_id
    WHERE bill.school_id = watched.school_id AND bill.student_id = watched.student_id
      AND bill.round_id = watched.round_id
  ) AS bills
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', credit.id, credit.kind, credit.held_vnd), ',' ORDER BY credit.id) AS text
    FROM credit WHERE credit.school_id = watched.school_id AND credit.student_id = watched.student_id
  ) AS credits
$$;
REVOKE ALL ON FUNCTION bill_marks(uuid[], uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bill_marks(uuid[], uuid[], uuid[]) TO app;

-- Per child and not per link: one child has a link for each of its bills.
CREATE TABLE birth_date_try (
  school_id uuid NOT NULL,
  student_id uuid NOT NULL,
  since timestamptz NOT NULL,
  wrong_count smallint NOT NULL,
  CONSTRAINT birth_date_try_pkey PRIMARY KEY (school_id, student_id),
  CONSTRAINT birth_date_try_student FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id),
  CONSTRAINT birth_date_try_wrong_count CHECK (wrong_count >= 0)
);
ALTER TABLE birth_date_try ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON birth_date_try TO app, worker
  USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()));
GRANT SELECT, INSERT ON birth_date_try TO app, worker;
GRANT UPDATE (since, wrong_count) ON birth_date_try TO app;

CREATE INDEX account_route_number ON account_route (account_number);
