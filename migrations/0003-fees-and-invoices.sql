-- Why: fee kinds, caps, rounds, exemptions, and the bills made from them.
-- Locks: none on existing tables.
-- Check: INSERT of a second issued invoice for the same round, student and account fails on invoice_one_issued.

CREATE TABLE fee_kind (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  fee_group text NOT NULL,
  legal_basis text NOT NULL,
  bank_account_id uuid NOT NULL,
  priority smallint NOT NULL DEFAULT 100,
  optional boolean NOT NULL DEFAULT false,
  document_type text NOT NULL DEFAULT 'payment_confirmation',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT fee_kind_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT fee_kind_code_key UNIQUE (school_id, code),
  CONSTRAINT fee_kind_bank_account FOREIGN KEY (school_id, bank_account_id) REFERENCES bank_account (school_id, id),
  CONSTRAINT fee_kind_group CHECK (fee_group IN ('tuition', 'service', 'pass_through', 'personal')),
  CONSTRAINT fee_kind_name CHECK (name <> ''),
  CONSTRAINT fee_kind_legal_basis CHECK (legal_basis <> '')
);

-- A maximum set by a province for a kind of fee, by level and area; NULL means every one.
CREATE TABLE price_cap (
  id uuid NOT NULL,
  authority_id uuid NOT NULL REFERENCES authority,
  fee_code text NOT NULL,
  level text,
  urban boolean,
  unit text NOT NULL,
  maximum_vnd bigint NOT NULL,
  growth_limit_percent smallint,
  legal_basis text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  CONSTRAINT price_cap_pkey PRIMARY KEY (id),
  CONSTRAINT price_cap_maximum CHECK (maximum_vnd >= 0),
  CONSTRAINT price_cap_legal_basis CHECK (legal_basis <> ''),
  CONSTRAINT price_cap_valid CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX price_cap_of ON price_cap (authority_id, fee_code);

CREATE TABLE collection_round (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  school_year text NOT NULL,
  name text NOT NULL,
  due_on date NOT NULL,
  state text NOT NULL DEFAULT 'open',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT collection_round_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT collection_round_name_key UNIQUE (school_id, school_year, name),
  CONSTRAINT collection_round_state CHECK (state IN ('open', 'closed')),
  CONSTRAINT collection_round_name CHECK (name <> '')
);

-- The fee plan of a round. The narrowest scope wins for a student: student, class, grade, whole school.
CREATE TABLE round_fee (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  round_id uuid NOT NULL,
  fee_kind_id uuid NOT NULL,
  scope text NOT NULL,
  grade smallint,
  class_id uuid,
  student_id uuid,
  amount_vnd bigint NOT NULL,
  CONSTRAINT round_fee_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT round_fee_scope_key
    UNIQUE NULLS NOT DISTINCT (school_id, round_id, fee_kind_id, scope, grade, class_id, student_id),
  CONSTRAINT round_fee_round FOREIGN KEY (school_id, round_id) REFERENCES collection_round (school_id, id),
  CONSTRAINT round_fee_fee_kind FOREIGN KEY (school_id, fee_kind_id) REFERENCES fee_kind (school_id, id),
  CONSTRAINT round_fee_class FOREIGN KEY (school_id, class_id) REFERENCES school_class (school_id, id),
  CONSTRAINT round_fee_student FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id),
  CONSTRAINT round_fee_amount CHECK (amount_vnd >= 0 AND amount_vnd < 500000000),
  CONSTRAINT round_fee_scope CHECK (
    (scope = 'school' AND num_nonnulls(grade, class_id, student_id) = 0)
    OR (scope = 'grade' AND grade IS NOT NULL AND num_nonnulls(class_id, student_id) = 0)
    OR (scope = 'class' AND class_id IS NOT NULL AND num_nonnulls(grade, student_id) = 0)
    OR (scope = 'student' AND student_id IS NOT NULL AND num_nonnulls(grade, class_id) = 0))
);

-- `payer` says who pays the exempted part: the budget owes it to the school, or nobody does.
CREATE TABLE exemption (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  student_id uuid NOT NULL,
  fee_kind_id uuid NOT NULL,
  percent smallint,
  amount_vnd bigint,
  payer text NOT NULL,
  legal_basis text NOT NULL,
  decision_number text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT exemption_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT exemption_student FOREIGN KEY (school_id, student_id) REFERENCES student (school_id, id),
  CONSTRAINT exemption_fee_kind FOREIGN KEY (school_id, fee_kind_id) REFERENCES fee_kind (school_id, id),
  CONSTRAINT exemption_size CHECK (num_nonnulls(percent, amount_vnd) = 1
    AND (percent IS NULL OR percent BETWEEN 1 AND 100) AND (amount_vnd IS NULL OR amount_vnd > 0)),
  CONSTRAINT exemption_payer CHECK (payer IN ('budget', 'nobody')),
  CONSTRAINT exemption_legal_basis CHECK (legal_basis <> '' AND decision_number <> ''),
  CONSTRAINT exemption_valid CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX exemption_of ON exemption (school_id, student_id);

CREATE TABLE invoice_run (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  round_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  student_count integer NOT NULL DEFAULT 0,
  done_count integer NOT NULL DEFAULT 0,
  issued_count integer NOT NULL DEFAULT 0,
  superseded_count integer NOT NULL DEFAULT 0,
  cancelled_count integer NOT NULL DEFAULT 0,
  unchanged_count integer NOT NULL DEFAULT 0,
  after_student_id uuid,
  failure text,
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  lease_until timestamptz,
  CONSTRAINT invoice_run_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT invoice_run_round FOREIGN KEY (school_id, round_id) REFERENCES collection_round (school_id, id),
  CONSTRAINT invoice_run_state CHECK (state IN ('queued', 'running', 'done', 'failed'))
);
CREATE UNIQUE INDEX invoice_run_one_open ON invoice_run (school_id, round_id) WHERE state IN ('queued', 'running');

-- The lifecycle goes one way; what is paid is a sum that can go back. An invoice pays into one bank account.
-- `issued_on` and `withdrawn_on` are business days: figures as of a day read them.
CREATE TABLE invoice (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  round_id uuid NOT NULL,
  student_id uuid NOT NULL,
  bank_account_id uuid NOT NULL,
  class_id uuid,
  run_id uuid,
  payment_code bigint NOT NULL,
  school_year text NOT NULL,
  state text NOT NULL DEFAULT 'issued',
  due_on date NOT NULL,
  gross_vnd bigint NOT NULL,
  exempted_vnd bigint NOT NULL,
  payable_vnd bigint NOT NULL,
  paid_vnd bigint NOT NULL DEFAULT 0,
  issued_on date NOT NULL,
  withdrawn_on date,
  withdrawn_reason text,
  replaced_by uuid,
  issued_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT invoice_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT invoice_payment_code_key UNIQUE (school_id, payment_code),
  CONSTRAINT invoice_round FOREIGN KEY (school_id, round_id) REFERENCES collection_round (school_id, id),
  CONSTRAINT invoice_student FOREIGN KEY (school_id, student_id) REFERENCES student_account (school_id, student_id),
  CONSTRAINT invoice_bank_account FOREIGN KEY (school_id, bank_account_id) REFERENCES bank_account (school_id, id),
  CONSTRAINT invoice_replaced_by FOREIGN KEY (school_id, replaced_by) REFERENCES invoice (school_id, id)
    DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT invoice_payment_code FOREIGN KEY (payment_code) REFERENCES payment_code (code),
  CONSTRAINT invoice_state CHECK (state IN ('issued', 'cancelled', 'superseded')),
  CONSTRAINT invoice_sums CHECK (gross_vnd = exempted_vnd + payable_vnd AND exempted_vnd >= 0 AND payable_vnd >= 0),
  CONSTRAINT invoice_paid CHECK (paid_vnd >= 0 AND paid_vnd <= payable_vnd),
  CONSTRAINT invoice_withdrawn CHECK ((state = 'issued') = (withdrawn_on IS NULL)
    AND (state = 'issued' OR (paid_vnd = 0 AND withdrawn_reason IS NOT NULL))
    AND (state = 'superseded') = (replaced_by IS NOT NULL))
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX invoice_one_issued ON invoice (school_id, round_id, student_id, bank_account_id)
  WHERE state = 'issued';
CREATE INDEX invoice_of_student ON invoice (school_id, student_id);

-- Money goes to lines by priority, then line number. `payer` names who pays the exempted part, when there is one.
CREATE TABLE invoice_line (
  school_id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  line_no smallint NOT NULL,
  fee_kind_id uuid NOT NULL,
  fee_group text NOT NULL,
  priority smallint NOT NULL,
  legal_basis text NOT NULL,
  gross_vnd bigint NOT NULL,
  exempted_vnd bigint NOT NULL,
  payable_vnd bigint NOT NULL,
  paid_vnd bigint NOT NULL DEFAULT 0,
  exempted_payer text,
  exemption_id uuid,
  CONSTRAINT invoice_line_pkey PRIMARY KEY (school_id, invoice_id, line_no),
  CONSTRAINT invoice_line_invoice FOREIGN KEY (school_id, invoice_id) REFERENCES invoice (school_id, id),
  CONSTRAINT invoice_line_fee_kind FOREIGN KEY (school_id, fee_kind_id) REFERENCES fee_kind (school_id, id),
  CONSTRAINT invoice_line_exemption FOREIGN KEY (school_id, exemption_id) REFERENCES exemption (school_id, id),
  CONSTRAINT invoice_line_sums CHECK (gross_vnd = exempted_vnd + payable_vnd
    AND exempted_vnd >= 0 AND payable_vnd >= 0),
  CONSTRAINT invoice_line_paid CHECK (paid_vnd >= 0 AND paid_vnd <= payable_vnd),
  CONSTRAINT invoice_line_payer CHECK (exempted_payer IN ('budget', 'nobody')
    AND (exempted_vnd = 0) = (exempted_payer IS NULL) OR exempted_vnd = 0 AND exempted_payer IS NULL)
) WITH (fillfactor = 85);
