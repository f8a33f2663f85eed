-- Why: a wrong entry in the directory is corrected on the day it was made (dated rows are otherwise only closed),
-- and a token that is bound to no school lists the schools of all tenants.
-- Locks: none on rows; CREATE INDEX takes SHARE on enrolment while it builds.
-- Check: SET ROLE app; SELECT count(*) FROM all_schools(current_date, '', NULL, 10);

GRANT UPDATE (name, type, levels, urban, moet_code, e_id, tax_code) ON school_profile TO app;
GRANT UPDATE (authority_id) ON school_authority TO app;
GRANT UPDATE (parent_id) ON authority_link TO app;
-- Only a link that was made and taken back on one day goes; it never counted.
GRANT DELETE ON authority_link, school_authority TO app;

-- A student's classes over the years, and the class of each student in a list.
CREATE INDEX enrolment_student_of ON enrolment (school_id, student_id, school_year);

-- The public facts of every school that exists on a day, in pages by name: nothing personal, nothing of money.
CREATE FUNCTION all_schools(as_of date, after_name text, after_id uuid, max_rows integer)
RETURNS SETOF school_profile LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT profile.* FROM school_profile profile
  WHERE profile.valid_from <= as_of AND (profile.valid_to IS NULL OR profile.valid_to > as_of)
    AND (after_id IS NULL OR (profile.name, profile.school_id) > (after_name, after_id))
  ORDER BY profile.name, profile.school_id
  LIMIT max_rows
$$;
REVOKE ALL ON FUNCTION all_schools(date, text, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION all_schools(date, text, uuid, integer) TO app;
