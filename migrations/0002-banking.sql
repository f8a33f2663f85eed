-- Why: school bank accounts, the providers' channels, and the inbox of what the banks said.
-- Locks: none on existing tables.
-- Check: \d bank_callback shows the partial index bank_callback_waiting, which serves the claim.

-- Routing tables: a key, a school, a kind, nothing else. They alone are readable without a school.
CREATE TABLE payment_code (
  code bigint NOT NULL,
  school_id uuid NOT NULL REFERENCES school,
  kind text NOT NULL,
  CONSTRAINT payment_code_pkey PRIMARY KEY (code),
  CONSTRAINT payment_code_range CHECK (code >= 0 AND code < 27512614111), -- 31^7
  CONSTRAINT payment_code_kind CHECK (kind IN ('invoice', 'student', 'family'))
);
CREATE TABLE account_route (
  bank_bin text NOT NULL,
  account_number text NOT NULL,
  school_id uuid NOT NULL REFERENCES school,
  kind text NOT NULL,
  CONSTRAINT account_route_pkey PRIMARY KEY (bank_bin, account_number),
  CONSTRAINT account_route_kind CHECK (kind IN ('bank_account'))
);
CREATE TABLE channel_route (
  channel_id uuid NOT NULL,
  school_id uuid NOT NULL REFERENCES school,
  kind text NOT NULL,
  CONSTRAINT channel_route_pkey PRIMARY KEY (channel_id)
);

ALTER TABLE student ADD CONSTRAINT student_payment_code FOREIGN KEY (payment_code) REFERENCES payment_code (code);
ALTER TABLE family ADD CONSTRAINT family_payment_code FOREIGN KEY (payment_code) REFERENCES payment_code (code);

CREATE TABLE bank_account (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  bank_bin text NOT NULL,
  account_number text NOT NULL,
  account_name text NOT NULL,
  state text NOT NULL DEFAULT 'active',
  ledger_no integer NOT NULL,
  replaced_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT bank_account_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT bank_account_number_key UNIQUE (school_id, bank_bin, account_number),
  CONSTRAINT bank_account_ledger_no_key UNIQUE (school_id, ledger_no),
  CONSTRAINT bank_account_bin CHECK (bank_bin ~ '^\d{6}$'),
  CONSTRAINT bank_account_number CHECK (account_number ~ '^[A-Za-z0-9]{6,19}$'),
  CONSTRAINT bank_account_state CHECK (state IN ('active', 'closed')),
  CONSTRAINT bank_account_replaced_by FOREIGN KEY (school_id, replaced_by) REFERENCES bank_account (school_id, id)
);

CREATE TABLE channel (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  bank_account_id uuid NOT NULL,
  provider text NOT NULL,
  mode text NOT NULL,
  sealed_secret bytea NOT NULL,
  sealed_previous_secret bytea,
  previous_secret_until timestamptz,
  memo_word text,
  state text NOT NULL DEFAULT 'active',
  active_from date NOT NULL,
  active_to date,
  last_test_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT channel_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT channel_bank_account FOREIGN KEY (school_id, bank_account_id) REFERENCES bank_account (school_id, id),
  CONSTRAINT channel_provider CHECK (provider IN ('sepay', 'casso-v1', 'casso-v2', 'payos', 'vietqr-vn')),
  CONSTRAINT channel_state CHECK (state IN ('active', 'closed')),
  CONSTRAINT channel_memo_word CHECK (memo_word ~ '^[A-Z0-9]{1,12}$')
);
-- One active channel per account for now (design §5), else 409.
CREATE UNIQUE INDEX channel_one_active ON channel (school_id, bank_account_id) WHERE state = 'active';

-- A virtual account or a provider's order code stands for one of our payment codes.
CREATE TABLE payment_alias (
  school_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  kind text NOT NULL,
  value text NOT NULL,
  payment_code bigint NOT NULL,
  CONSTRAINT payment_alias_pkey PRIMARY KEY (school_id, channel_id, kind, value),
  CONSTRAINT payment_alias_channel FOREIGN KEY (school_id, channel_id) REFERENCES channel (school_id, id),
  CONSTRAINT payment_alias_code FOREIGN KEY (payment_code) REFERENCES payment_code (code),
  CONSTRAINT payment_alias_kind CHECK (kind IN ('virtual_account', 'order_code'))
);

-- One row per HTTP call with a good proof; the bytes as they came. `due_at` is lease and backoff in one: a row is
-- free when it is past, and a claim moves it on. `shard` comes from the school, so that one doorbell serves many.
CREATE TABLE bank_callback (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  shard smallint NOT NULL,
  body bytea NOT NULL,
  body_sha256 bytea NOT NULL,
  proof text NOT NULL,
  state text NOT NULL DEFAULT 'waiting',
  attempts smallint NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL DEFAULT now(),
  first_attempt_at timestamptz,
  last_error text,
  received_at timestamptz NOT NULL DEFAULT now(),
  processed_at timestamptz,
  CONSTRAINT bank_callback_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT bank_callback_body_key UNIQUE (school_id, channel_id, body_sha256),
  CONSTRAINT bank_callback_proof CHECK (proof IN ('good', 'stale', 'test')),
  CONSTRAINT bank_callback_state CHECK (state IN ('waiting', 'done', 'review')),
  CONSTRAINT bank_callback_sha CHECK (octet_length(body_sha256) = 32),
  CONSTRAINT bank_callback_done CHECK ((state = 'waiting') = (processed_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX bank_callback_waiting ON bank_callback (shard, due_at) WHERE state = 'waiting';

-- The transfer itself: once, whatever told us of it. The four sums say where its money sits; the rest is suspense.
CREATE TABLE bank_transaction (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  bank_account_id uuid NOT NULL,
  bank_ref text NOT NULL,
  direction text NOT NULL,
  amount_vnd bigint NOT NULL,
  occurrence smallint NOT NULL DEFAULT 1,
  bank_day date NOT NULL,
  occurred_at timestamptz NOT NULL,
  memo text NOT NULL,
  counter_name text,
  counter_account text,
  counter_bank_bin text,
  payment_class text NOT NULL DEFAULT 'direct',
  allocated_vnd bigint NOT NULL DEFAULT 0,
  credited_vnd bigint NOT NULL DEFAULT 0,
  refunded_vnd bigint NOT NULL DEFAULT 0,
  reversed_vnd bigint NOT NULL DEFAULT 0,
  reverses_id uuid,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT bank_transaction_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT bank_transaction_key
    UNIQUE (school_id, bank_account_id, bank_ref, direction, amount_vnd, occurrence),
  CONSTRAINT bank_transaction_bank_account
    FOREIGN KEY (school_id, bank_account_id) REFERENCES bank_account (school_id, id),
  CONSTRAINT bank_transaction_reverses FOREIGN KEY (school_id, reverses_id) REFERENCES bank_transaction (school_id, id),
  CONSTRAINT bank_transaction_direction CHECK (direction IN ('in', 'out')),
  CONSTRAINT bank_transaction_amount CHECK (amount_vnd > 0),
  CONSTRAINT bank_transaction_class CHECK (payment_class IN ('direct', 'assisted', 'proxy_suspected', 'intermediary')),
  CONSTRAINT bank_transaction_sums CHECK (
    allocated_vnd >= 0 AND credited_vnd >= 0 AND refunded_vnd >= 0 AND reversed_vnd >= 0
    AND allocated_vnd + credited_vnd + refunded_vnd + reversed_vnd <= amount_vnd),
  CONSTRAINT bank_transaction_out_holds_nothing CHECK (
    direction = 'in' OR allocated_vnd + credited_vnd + refunded_vnd + reversed_vnd = 0)
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX bank_transaction_reversed_once ON bank_transaction (school_id, reverses_id)
  WHERE reverses_id IS NOT NULL;
CREATE INDEX bank_transaction_by_day ON bank_transaction (school_id, bank_account_id, bank_day);

-- One row per provider row, made by the worker. It names the transfer it told of, or waits in review.
CREATE TABLE bank_event (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  event_id text NOT NULL,
  source text NOT NULL,
  callback_id uuid,
  bank_account_id uuid,
  direction text NOT NULL,
  amount_vnd bigint NOT NULL,
  bank_ref text,
  account_number text,
  virtual_account text,
  order_code text,
  memo text NOT NULL,
  counter_name text,
  counter_account text,
  counter_bank_bin text,
  balance_after_vnd bigint,
  occurred_at timestamptz NOT NULL,
  date_only boolean NOT NULL,
  bank_day date NOT NULL,
  time_doubtful boolean NOT NULL DEFAULT false,
  bank_transaction_id uuid,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT bank_event_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT bank_event_event_key UNIQUE (school_id, channel_id, event_id),
  CONSTRAINT bank_event_channel FOREIGN KEY (school_id, channel_id) REFERENCES channel (school_id, id),
  CONSTRAINT bank_event_callback FOREIGN KEY (school_id, callback_id) REFERENCES bank_callback (school_id, id),
  CONSTRAINT bank_event_transaction
    FOREIGN KEY (school_id, bank_transaction_id) REFERENCES bank_transaction (school_id, id),
  CONSTRAINT bank_event_source CHECK (source IN ('webhook', 'poll', 'statement')),
  CONSTRAINT bank_event_direction CHECK (direction IN ('in', 'out', 'unknown')),
  CONSTRAINT bank_event_amount CHECK (amount_vnd > 0)
);
CREATE INDEX bank_event_of_transaction ON bank_event (school_id, bank_transaction_id)
  WHERE bank_transaction_id IS NOT NULL;
