-- Why: the facts that adoption figures are made of; tokens, idempotent requests and the audit log.
-- Locks: none on existing tables.
-- Check: SELECT count(*) FROM adoption_fact WHERE NOT folded;  -- falls back to 0 within seconds

-- Written by the posting transaction under the student's lock: signed changes, never updated but for `folded`.
-- `source_payments` is +1 on the one row with which a payment first counts and -1 when its net falls back to 0;
-- `group_payments` is the same inside one fee group (a payment may touch several).
CREATE TABLE adoption_fact (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  student_id uuid NOT NULL,
  counted_on date NOT NULL,
  fee_group text NOT NULL,
  payment_class text NOT NULL,
  issued_on date NOT NULL,
  paid_vnd bigint NOT NULL,
  source_payments smallint NOT NULL,
  group_payments smallint NOT NULL,
  folded boolean NOT NULL DEFAULT false,
  CONSTRAINT adoption_fact_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT adoption_fact_payments CHECK (source_payments BETWEEN -1 AND 1 AND group_payments BETWEEN -1 AND 1)
) WITH (fillfactor = 85);
CREATE INDEX adoption_fact_of_student ON adoption_fact (school_id, student_id);
CREATE INDEX adoption_fact_unfolded ON adoption_fact (school_id) WHERE NOT folded;

-- Sums of the folded facts: a figure reads these and the unfolded rows in one statement.
CREATE TABLE adoption_day (
  school_id uuid NOT NULL REFERENCES school,
  counted_on date NOT NULL,
  fee_group text NOT NULL,
  payment_class text NOT NULL,
  paid_vnd bigint NOT NULL,
  source_payments integer NOT NULL,
  group_payments integer NOT NULL,
  CONSTRAINT adoption_day_pkey PRIMARY KEY (school_id, counted_on, fee_group, payment_class)
);

-- Access -------------------------------------------------------------------------------------------------------

-- Only the SHA-256 of a token is kept; the token itself was shown once. No school: a token of the whole system.
CREATE TABLE api_token (
  id uuid NOT NULL,
  name text NOT NULL,
  token_sha256 bytea NOT NULL,
  scopes text[] NOT NULL,
  of_school_id uuid REFERENCES school (school_id),
  of_authority_id uuid REFERENCES authority,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT api_token_pkey PRIMARY KEY (id),
  CONSTRAINT api_token_sha_key UNIQUE (token_sha256),
  CONSTRAINT api_token_sha CHECK (octet_length(token_sha256) = 32),
  CONSTRAINT api_token_one_holder CHECK (num_nonnulls(of_school_id, of_authority_id) <= 1)
);

-- The answer to an unsafe POST by its Idempotency-Key: the same key and body get the same answer again.
CREATE TABLE idempotent_request (
  actor text NOT NULL,
  key text NOT NULL,
  request_sha256 bytea NOT NULL,
  status smallint,
  body text,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotent_request_pkey PRIMARY KEY (actor, key),
  CONSTRAINT idempotent_request_answer CHECK ((status IS NULL) = (body IS NULL))
);

-- Who did what, when, from where. `school_id` is all zeros for what belongs to no school.
CREATE TABLE audit_log (
  school_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  id uuid NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  object_kind text NOT NULL,
  object_id text NOT NULL,
  address text,
  before jsonb,
  after jsonb,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT audit_log_pkey PRIMARY KEY (school_id, id)
);
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
