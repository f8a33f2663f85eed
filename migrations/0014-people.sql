-- Why: people sign in (design §8): users, their dated roles, sessions that can be revoked, a second factor, and the
--   counters that slow guessing down. None of these belongs to one school, so none has a column school_id: a role at a
--   school names it in of_school_id. Also the indexes by which the audit log is read.
-- Locks: SHARE on audit_log while its indexes are built: writes by people wait, posting does not write there.
-- Check: SET ROLE worker; SELECT * FROM app_user;  -- refused: permission denied

CREATE TABLE app_user (
  id uuid NOT NULL,
  login_name text NOT NULL,
  display_name text NOT NULL,
  state text NOT NULL DEFAULT 'active',
  password_hash text,
  must_change_password boolean NOT NULL DEFAULT false,
  sealed_totp_secret bytea,
  totp_confirmed_at timestamptz,
  last_totp_step bigint,
  oidc_issuer text,
  oidc_subject text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT app_user_pkey PRIMARY KEY (id),
  CONSTRAINT app_user_login_name_key UNIQUE (login_name),
  CONSTRAINT app_user_oidc_key UNIQUE (oidc_issuer, oidc_subject),
  CONSTRAINT app_user_login_name CHECK (login_name ~ '^[a-z0-9][a-z0-9._@+-]{2,99}$'),
  CONSTRAINT app_user_display_name CHECK (display_name <> '' AND length(display_name) <= 100),
  CONSTRAINT app_user_state CHECK (state IN ('active', 'locked')),
  CONSTRAINT app_user_password CHECK (password_hash LIKE '$argon2id$%'),
  CONSTRAINT app_user_totp CHECK (totp_confirmed_at IS NULL OR sealed_totp_secret IS NOT NULL),
  CONSTRAINT app_user_oidc_pair CHECK ((oidc_issuer IS NULL) = (oidc_subject IS NULL))
);

-- From which day on, to before which day. Which kind of holder a role has is said once more here, so that no way
-- around src/access/permission.ts gives a role of a school to the whole system.
CREATE TABLE role_assignment (
  id uuid NOT NULL,
  user_id uuid NOT NULL REFERENCES app_user,
  role text NOT NULL,
  of_school_id uuid REFERENCES school (school_id),
  of_authority_id uuid REFERENCES authority,
  valid_from date NOT NULL,
  valid_to date,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT role_assignment_pkey PRIMARY KEY (id),
  CONSTRAINT role_assignment_role CHECK (role IN ('system_admin', 'department_officer', 'commune_officer', 'head',
    'accountant', 'cashier', 'auditor')),
  CONSTRAINT role_assignment_valid CHECK (valid_to IS NULL OR valid_to >= valid_from),
  CONSTRAINT role_assignment_holder CHECK (CASE
    WHEN role = 'system_admin' THEN num_nonnulls(of_school_id, of_authority_id) = 0
    WHEN role IN ('department_officer', 'commune_officer') THEN of_authority_id IS NOT NULL AND of_school_id IS NULL
    WHEN role IN ('head', 'accountant', 'cashier', 'auditor') THEN of_school_id IS NOT NULL AND of_authority_id IS NULL
    ELSE false END)
);
CREATE UNIQUE INDEX role_assignment_open ON role_assignment (user_id, role, of_school_id, of_authority_id)
  NULLS NOT DISTINCT WHERE valid_to IS NULL;
CREATE INDEX role_assignment_of_user ON role_assignment (user_id);
CREATE INDEX role_assignment_of_school ON role_assignment (of_school_id, user_id);

-- Only the SHA-256 of a session's token is kept. `password`: the second factor is still missing.
CREATE TABLE user_session (
  id uuid NOT NULL,
  user_id uuid NOT NULL REFERENCES app_user,
  token_sha256 bytea NOT NULL,
  stage text NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  address text,
  agent text,
  CONSTRAINT user_session_pkey PRIMARY KEY (id),
  CONSTRAINT user_session_token_key UNIQUE (token_sha256),
  CONSTRAINT user_session_token CHECK (octet_length(token_sha256) = 32),
  CONSTRAINT user_session_stage CHECK (stage IN ('password', 'full')),
  CONSTRAINT user_session_agent CHECK (length(agent) <= 60)
);
CREATE INDEX user_session_of_user ON user_session (user_id);
CREATE INDEX user_session_expires ON user_session (expires_at);

-- A way in for somebody who lost the phone: each opens once. Kept as an HMAC under a key that is not in the database.
CREATE TABLE recovery_code (
  user_id uuid NOT NULL REFERENCES app_user,
  code_hmac bytea NOT NULL,
  used_at timestamptz,
  CONSTRAINT recovery_code_pkey PRIMARY KEY (user_id, code_hmac),
  CONSTRAINT recovery_code_hmac CHECK (octet_length(code_hmac) = 32)
);

-- Failed attempts to sign in, by account and by address, shared by all processes; both only as an HMAC.
CREATE TABLE login_attempt (
  kind text NOT NULL,
  subject_hmac bytea NOT NULL,
  failures integer NOT NULL,
  last_at timestamptz NOT NULL,
  blocked_until timestamptz,
  CONSTRAINT login_attempt_pkey PRIMARY KEY (kind, subject_hmac),
  CONSTRAINT login_attempt_of CHECK (kind IN ('account', 'address', 'second_factor')),
  CONSTRAINT login_attempt_failures CHECK (failures >= 0)
);
CREATE INDEX login_attempt_last ON login_attempt (last_at);

GRANT SELECT, INSERT ON app_user, role_assignment, user_session, recovery_code, login_attempt TO app;
GRANT UPDATE (display_name, state, password_hash, must_change_password, sealed_totp_secret, totp_confirmed_at,
  last_totp_step, oidc_issuer, oidc_subject, updated_at) ON app_user TO app;
GRANT UPDATE (valid_to) ON role_assignment TO app;
GRANT UPDATE (last_seen_at, revoked_at) ON user_session TO app;
GRANT UPDATE (used_at) ON recovery_code TO app;
GRANT UPDATE (failures, last_at, blocked_until) ON login_attempt TO app;
-- What is forgotten by age, or replaced as a whole; a user and a role are never deleted.
GRANT DELETE ON user_session, recovery_code, login_attempt TO app;

-- The log is read newest first by its primary key; these serve its filters.
CREATE INDEX audit_log_of_actor ON audit_log (school_id, actor, id);
CREATE INDEX audit_log_of_action ON audit_log (school_id, action, id);
CREATE INDEX audit_log_recorded ON audit_log (school_id, recorded_at);

-- Names of schools by id, for whoever holds roles at them: a public fact, asked before any school is opened.
CREATE FUNCTION school_names(ids uuid[]) RETURNS TABLE (school_id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT ON (profile.school_id) profile.school_id, profile.name FROM school_profile profile
  WHERE profile.school_id = ANY (ids) ORDER BY profile.school_id, profile.valid_from DESC
$$;
REVOKE ALL ON FUNCTION school_names(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION school_names(uuid[]) TO app;
