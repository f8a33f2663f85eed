-- Why: a list of students is looked at before it is taken over. Between the two pages the file waits here: one of each
--   person, at most an hour, so that what was looked at is what is taken over and nobody has to choose it twice.
-- Locks: none on existing tables.
-- Check: SET ROLE app; SELECT count(*) FROM roster_preview;  -- 0, because no school was opened

CREATE TABLE roster_preview (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  actor text NOT NULL,
  file_name text NOT NULL,
  file bytea NOT NULL,
  school_year text NOT NULL,
  enrol_from date NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT roster_preview_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT roster_preview_actor_key UNIQUE (school_id, actor),
  CONSTRAINT roster_preview_size CHECK (octet_length(file) BETWEEN 1 AND 20971520)
);
CREATE INDEX roster_preview_expires ON roster_preview (expires_at);

ALTER TABLE roster_preview ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON roster_preview TO app, worker
  USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()));
GRANT SELECT, INSERT ON roster_preview TO app, worker;
GRANT DELETE ON roster_preview TO app;

-- The files hold names of children: what is too old goes, also where nobody comes back. Across schools, as its owner.
CREATE FUNCTION forget_roster_previews() RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ DELETE FROM roster_preview WHERE expires_at < now() $$;
REVOKE ALL ON FUNCTION forget_roster_previews() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_roster_previews() TO app;
