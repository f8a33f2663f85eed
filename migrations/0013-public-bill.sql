-- Why: a bill that lies open on a phone changes by itself when money arrives. One statement a second tells, for all
--   bills that are open in a process and whatever their schools, which of them changed; it shows nothing of them.
-- Locks: none on existing tables.
-- Check: SET ROLE app; SELECT * FROM bill_marks('{}', '{}', '{}');  -- no rows, no error

-- The link of a bill needs no table: it carries the payment code, which is routed already, under a MAC
-- (src/web/parent/token.ts).

-- A mark is a digest: it differs when a bill of that student in that round, or a credit of the student, does. Rows
-- of several schools are read with the owner's rights, so a mark is all that may leave this function.
-- Served by invoice_of_student and credit_open.
CREATE FUNCTION bill_marks(school_ids uuid[], student_ids uuid[], round_ids uuid[])
RETURNS TABLE (place integer, mark text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT watched.place::integer, md5(concat_ws('|', bills.states, credits.held))
  FROM unnest(school_ids, student_ids, round_ids) WITH ORDINALITY
    AS watched (school_id, student_id, round_id, place)
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', i.id, i.state, i.paid_vnd), ',' ORDER BY i.id) AS states
    FROM invoice i
    WHERE i.school_id = watched.school_id AND i.student_id = watched.student_id AND i.round_id = watched.round_id
  ) AS bills
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', c.id, c.held_vnd), ',' ORDER BY c.id) AS held
    FROM credit c
    WHERE c.school_id = watched.school_id AND c.student_id = watched.student_id AND c.held_vnd > 0
  ) AS credits
$$;
REVOKE ALL ON FUNCTION bill_marks(uuid[], uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bill_marks(uuid[], uuid[], uuid[]) TO app;
