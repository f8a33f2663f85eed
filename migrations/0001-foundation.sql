-- Why: the ground that everything stands on: the three database roles, ids, tenancy, the directory.
-- Locks: none on existing tables; roles are shared by the whole cluster, so they are made only when missing.
-- Check: SELECT rolname FROM pg_roles WHERE rolname IN ('app', 'worker', 'report');  -- three rows

-- The service logs in as one role that owns nothing and is a member of these three. Every transaction takes one
-- of them with SET LOCAL ROLE (src/db/tenancy.ts): a session-level role would not survive PgBouncer.
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['app', 'worker', 'report'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- another database of this cluster was migrated at the same moment
    END;
  END LOOP;
END $$;

-- PostgreSQL 18 has uuidv7(); 16 and 17 get one of the same layout (RFC 9562 §5.7): 48 bits of Unix
-- milliseconds, then random bits of a version 4 UUID with the version nibble set to 7.
DO $$
BEGIN
  IF to_regprocedure('pg_catalog.uuidv7()') IS NULL THEN
    CREATE FUNCTION uuidv7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $f$
      SELECT encode(
        set_bit(set_bit(
          overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6),
          52, 1), 53, 1), 'hex')::uuid
    $f$;
  END IF;
END $$;


-- The school of this transaction; NULL when none was opened, and then row-level security shows nothing.
CREATE FUNCTION current_school() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('school_fees.school_id', true), '')::uuid $$;

CREATE FUNCTION current_authority() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('school_fees.authority_id', true), '')::uuid $$;

-- Attached to every table whose rows are never changed or deleted once written.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: write a reversal instead of a % on it', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$;


-- One row that says what this database is; the demo refuses any database that is not marked as its own.
CREATE TABLE installation (
  only_row boolean NOT NULL DEFAULT true,
  id uuid NOT NULL DEFAULT uuidv7(),
  demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT installation_pkey PRIMARY KEY (only_row),
  CONSTRAINT installation_only_row CHECK (only_row)
);
INSERT INTO installation DEFAULT VALUES;

-- Directory ----------------------------------------------------------------------------------------------------

CREATE TABLE authority (
  id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  code text,
  valid_from date NOT NULL,
  valid_to date,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT authority_pkey PRIMARY KEY (id),
  CONSTRAINT authority_kind CHECK (kind IN ('ministry', 'department', 'district_office', 'commune')),
  CONSTRAINT authority_name CHECK (name <> ''),
  CONSTRAINT authority_valid CHECK (valid_to IS NULL OR valid_to > valid_from),
  CONSTRAINT authority_code_key UNIQUE (code)
);

-- The dated tree: who stands under whom, from which day to before which day.
CREATE TABLE authority_link (
  authority_id uuid NOT NULL REFERENCES authority,
  parent_id uuid NOT NULL REFERENCES authority,
  valid_from date NOT NULL,
  valid_to date,
  CONSTRAINT authority_link_pkey PRIMARY KEY (authority_id, valid_from),
  CONSTRAINT authority_link_valid CHECK (valid_to IS NULL OR valid_to > valid_from),
  CONSTRAINT authority_link_not_itself CHECK (authority_id <> parent_id)
);
CREATE UNIQUE INDEX authority_link_open ON authority_link (authority_id) WHERE valid_to IS NULL;
CREATE INDEX authority_link_parent ON authority_link (parent_id);

CREATE TABLE school (
  school_id uuid NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT school_pkey PRIMARY KEY (school_id),
  CONSTRAINT school_valid CHECK (valid_to IS NULL OR valid_to > valid_from)
);

-- What a school is called and what it is, dated: a report as of a day reads the profile of that day.
CREATE TABLE school_profile (
  school_id uuid NOT NULL REFERENCES school,
  valid_from date NOT NULL,
  valid_to date,
  name text NOT NULL,
  type text NOT NULL,
  levels text[] NOT NULL,
  urban boolean NOT NULL DEFAULT false,
  moet_code text,
  e_id text,
  tax_code text,
  CONSTRAINT school_profile_pkey PRIMARY KEY (school_id, valid_from),
  CONSTRAINT school_profile_valid CHECK (valid_to IS NULL OR valid_to > valid_from),
  CONSTRAINT school_profile_name CHECK (name <> ''),
  CONSTRAINT school_profile_type CHECK (type IN ('public', 'community', 'private', 'ethnic_boarding', 'gifted')),
  CONSTRAINT school_profile_levels CHECK (cardinality(levels) > 0 AND levels <@ ARRAY['preschool', 'primary',
    'lower_secondary', 'upper_secondary', 'multi_level', 'continuing', 'vocational_continuing'])
);
CREATE UNIQUE INDEX school_profile_open ON school_profile (school_id) WHERE valid_to IS NULL;

CREATE TABLE school_predecessor (
  school_id uuid NOT NULL REFERENCES school,
  predecessor_id uuid NOT NULL, -- another school's key: no foreign key, so that schools can live in separate cells
  merged_on date NOT NULL,
  CONSTRAINT school_predecessor_pkey PRIMARY KEY (school_id, predecessor_id),
  CONSTRAINT school_predecessor_not_itself CHECK (school_id <> predecessor_id)
);

-- Two dated links (facts/school-fees §2): `managing` (commune or department), `reporting` (department).
CREATE TABLE school_authority (
  school_id uuid NOT NULL REFERENCES school,
  link text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  authority_id uuid NOT NULL REFERENCES authority,
  CONSTRAINT school_authority_pkey PRIMARY KEY (school_id, link, valid_from),
  CONSTRAINT school_authority_link CHECK (link IN ('managing', 'reporting')),
  CONSTRAINT school_authority_valid CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE UNIQUE INDEX school_authority_open ON school_authority (school_id, link) WHERE valid_to IS NULL;
CREATE INDEX school_authority_of ON school_authority (authority_id);

CREATE TABLE school_class (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  school_year text NOT NULL,
  name text NOT NULL,
  grade smallint,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT school_class_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT school_class_name_key UNIQUE (school_id, school_year, name),
  CONSTRAINT school_class_name CHECK (name <> ''),
  CONSTRAINT school_class_year CHECK (school_year ~ '^\d{4}-\d{4}$'),
  CONSTRAINT school_class_grade CHECK (grade BETWEEN 0 AND 12)
);

-- `identity_key` is the same for one child in two schools when the MOET identifier is known: figures of an
-- authority count a child who moved once, without seeing who it is.
CREATE TABLE student (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  moet_student_id text,
  personal_id text,
  school_code text,
  full_name text NOT NULL,
  search_name text NOT NULL,
  birth_on date,
  gender text,
  payment_code bigint,
  identity_key uuid NOT NULL GENERATED ALWAYS AS (coalesce(md5(moet_student_id)::uuid, id)) STORED,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT student_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT student_moet_student_id_key UNIQUE (school_id, moet_student_id),
  CONSTRAINT student_personal_id_key UNIQUE (school_id, personal_id),
  CONSTRAINT student_school_code_key UNIQUE (school_id, school_code),
  CONSTRAINT student_payment_code_key UNIQUE (school_id, payment_code),
  CONSTRAINT student_full_name CHECK (full_name <> ''),
  CONSTRAINT student_gender CHECK (gender IN ('male', 'female'))
);
CREATE INDEX student_search_name ON student (school_id, search_name text_pattern_ops);

-- The row that every writer of a student's invoices, allocations and credits locks first, in key order.
CREATE TABLE student_account (
  school_id uuid NOT NULL,
  student_id uuid NOT NULL,
  CONSTRAINT student_account_pkey PRIMARY KEY (school_id, student_id),
  CONSTRAINT student_account_student FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id)
);

CREATE TABLE enrolment (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  student_id uuid NOT NULL,
  class_id uuid NOT NULL,
  school_year text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT enrolment_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT enrolment_student FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id),
  CONSTRAINT enrolment_class FOREIGN KEY (school_id, class_id) REFERENCES school_class (school_id, id),
  CONSTRAINT enrolment_valid CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
CREATE UNIQUE INDEX enrolment_open ON enrolment (school_id, student_id, school_year) WHERE valid_to IS NULL;
CREATE INDEX enrolment_class_of ON enrolment (school_id, class_id);

-- One parent, several children of one school, one code.
CREATE TABLE family (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  payment_code bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT family_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT family_payment_code_key UNIQUE (school_id, payment_code)
);
CREATE TABLE family_member (
  school_id uuid NOT NULL,
  family_id uuid NOT NULL,
  student_id uuid NOT NULL,
  CONSTRAINT family_member_pkey PRIMARY KEY (school_id, family_id, student_id),
  CONSTRAINT family_member_student_key UNIQUE (school_id, student_id),
  CONSTRAINT family_member_family FOREIGN KEY (school_id, family_id) REFERENCES family (school_id, id),
  CONSTRAINT family_member_student FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id)
);

-- What an import did, row faults included (row number, column, reason; never a name).
CREATE TABLE roster_import (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  school_year text NOT NULL,
  file_sha256 bytea NOT NULL,
  row_count integer NOT NULL,
  created_count integer NOT NULL,
  updated_count integer NOT NULL,
  unchanged_count integer NOT NULL,
  faults jsonb NOT NULL DEFAULT '[]',
  actor text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT roster_import_pkey PRIMARY KEY (school_id, id)
);
