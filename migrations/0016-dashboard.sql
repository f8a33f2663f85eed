-- Why: M3 of a province, by fee group and over time, in well under a second. Counting students from bills took 15-45 s
--   for 300,000 of them; the changes of those counts, summed by school and day, are a few hundred rows a school.
--   The sums hold what was folded; a figure reads them, and counts the students with something unfolded from the rows.
--   Reports also see classes and who sits in them (ids and grades, no names), for the shares of a school by grade.
-- Locks: SHARE ROW EXCLUSIVE on invoice and student for their triggers; existing bills are queued, not counted, here.
-- Check: SELECT count(*) FROM adoption_unfolded;  -- falls back to 0 within minutes

-- 1 August, as in src/time.ts.
CREATE FUNCTION school_year_start(day date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT make_date(extract(year FROM day - interval '7 months')::integer, 8, 1) $$;

-- How many students became billed (or no longer are) and became payers without cash, on a day, among the bills of one
-- school year. `fee_group` is 'all' or one group.
CREATE TABLE adoption_student_day (
  school_id uuid NOT NULL REFERENCES school,
  year_on date NOT NULL,
  fee_group text NOT NULL,
  changed_on date NOT NULL,
  billed integer NOT NULL,
  paid integer NOT NULL,
  CONSTRAINT adoption_student_day_pkey PRIMARY KEY (school_id, year_on, fee_group, changed_on)
);

-- The students behind those sums, with the key under which one child is known in two schools.
CREATE TABLE adoption_student (
  school_id uuid NOT NULL,
  year_on date NOT NULL,
  student_id uuid NOT NULL,
  identity_key uuid NOT NULL,
  CONSTRAINT adoption_student_pkey PRIMARY KEY (school_id, year_on, student_id) INCLUDE (identity_key),
  CONSTRAINT adoption_student_student FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id)
);

-- What the sums of students do not hold yet: a bill issued, a bill withdrawn, an identity changed. Money waits in
-- adoption_fact itself. Rows live for seconds.
CREATE TABLE adoption_unfolded (
  school_id uuid NOT NULL,
  student_id uuid NOT NULL,
  change text NOT NULL,
  subject_id uuid NOT NULL,
  CONSTRAINT adoption_unfolded_pkey PRIMARY KEY (school_id, student_id, change, subject_id),
  CONSTRAINT adoption_unfolded_student FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id),
  CONSTRAINT adoption_unfolded_change CHECK (change IN ('issued', 'withdrawn', 'identity'))
);

CREATE FUNCTION queue_issued_bills() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO adoption_unfolded (school_id, student_id, change, subject_id)
  SELECT school_id, student_id, 'issued', id FROM issued ORDER BY school_id, student_id, id;
  RETURN NULL;
END $$;
CREATE TRIGGER invoice_issued AFTER INSERT ON invoice REFERENCING NEW TABLE AS issued
  FOR EACH STATEMENT EXECUTE FUNCTION queue_issued_bills();

CREATE FUNCTION queue_change_of_student() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'invoice' THEN
    INSERT INTO adoption_unfolded (school_id, student_id, change, subject_id)
    VALUES (NEW.school_id, NEW.student_id, 'withdrawn', NEW.id) ON CONFLICT DO NOTHING;
  ELSE
    -- A row of its own for each change: a fold that runs meanwhile takes away only what it has seen.
    INSERT INTO adoption_unfolded (school_id, student_id, change, subject_id)
    VALUES (NEW.school_id, NEW.id, 'identity', uuidv7());
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER invoice_withdrawn AFTER UPDATE OF withdrawn_on ON invoice FOR EACH ROW
  WHEN (OLD.withdrawn_on IS DISTINCT FROM NEW.withdrawn_on) EXECUTE FUNCTION queue_change_of_student();
CREATE TRIGGER student_identity AFTER UPDATE OF moet_student_id ON student FOR EACH ROW
  WHEN (OLD.identity_key IS DISTINCT FROM NEW.identity_key) EXECUTE FUNCTION queue_change_of_student();

-- A bill that no sum knows has not been folded: figures are right from here on, and fast once the fold has caught up.
INSERT INTO adoption_unfolded (school_id, student_id, change, subject_id)
SELECT school_id, student_id, 'issued', id FROM invoice;

DO $$
DECLARE tenant text;
BEGIN
  FOREACH tenant IN ARRAY ARRAY['adoption_student_day', 'adoption_student', 'adoption_unfolded'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
    EXECUTE format('CREATE POLICY own_school ON %I TO app, worker
      USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()))', tenant);
    EXECUTE format('CREATE POLICY own_authority ON %I FOR SELECT TO report USING (false)', tenant);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO app, worker', tenant);
    EXECUTE format('GRANT SELECT ON %I TO report', tenant);
  END LOOP;
END $$;
GRANT UPDATE (billed, paid) ON adoption_student_day TO worker;
GRANT UPDATE (identity_key) ON adoption_student TO worker;
GRANT DELETE ON adoption_unfolded TO worker;
-- The fold looks for schools that wait, with no school opened.
CREATE POLICY all_unfolded ON adoption_unfolded FOR SELECT TO worker USING ((SELECT current_school()) IS NULL);

-- The share of a school by grade.
CREATE POLICY own_authority ON school_class FOR SELECT TO report USING (false);
GRANT SELECT (school_id, id, grade) ON school_class TO report;
GRANT SELECT (class_id) ON enrolment TO report;

-- The same schools as before, asked in a form that is hashed once a statement. An array of 1,000 schools was sorted anew
-- for each student that a plan looked up, and made the planner expect a hundredth of the rows.
DO $$
DECLARE tenant text;
BEGIN
  FOR tenant IN SELECT tablename FROM pg_policies WHERE schemaname = 'public' AND policyname = 'own_authority' LOOP
    EXECUTE format('ALTER POLICY own_authority ON %I USING (school_id IN (SELECT unnest(visible_schools())))', tenant);
  END LOOP;
END $$;
