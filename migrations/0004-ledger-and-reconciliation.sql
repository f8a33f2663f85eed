-- Why: the double-entry ledger, allocations, credits, cash receipts, decisions and the review desk's rows.
-- Locks: none on existing tables.
-- Check: UPDATE posting SET amount_vnd = 1 fails with "append-only" even for the owner.

-- The chart of a school. Numbers are ours and fixed (src/ledger/account.ts); `gl_code` is the school's own code in
-- its books (TT 24/2024, not settled), so it is data.
CREATE TABLE ledger_account (
  school_id uuid NOT NULL REFERENCES school,
  account_no integer NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  gl_code text,
  CONSTRAINT ledger_account_pkey PRIMARY KEY (school_id, account_no),
  CONSTRAINT ledger_account_kind CHECK (kind IN ('bank', 'cash', 'cash_in_transit', 'intermediary_clearing',
    'receivable_payer', 'receivable_budget', 'student_credit', 'suspense', 'refund_payable', 'pass_through_liability',
    'fee_income', 'bank_interest', 'bank_charge'))
);
ALTER TABLE bank_account ADD CONSTRAINT bank_account_ledger_account
  FOREIGN KEY (school_id, ledger_no) REFERENCES ledger_account (school_id, account_no);

CREATE TABLE entry (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  bank_day date NOT NULL,
  counted_on date NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  bank_transaction_id uuid,
  cash_receipt_id uuid,
  invoice_id uuid,
  reverses_id uuid,
  CONSTRAINT entry_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT entry_reverses FOREIGN KEY (school_id, reverses_id) REFERENCES entry (school_id, id),
  CONSTRAINT entry_kind CHECK (kind IN ('invoice_issued', 'invoice_withdrawn', 'money_in', 'money_out',
    'cash_in', 'allocation', 'deallocation', 'credit_held', 'credit_applied', 'reversal', 'refund')),
  CONSTRAINT entry_counted CHECK (counted_on >= bank_day)
);
CREATE UNIQUE INDEX entry_reversed_once ON entry (school_id, reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX entry_of_transaction ON entry (school_id, bank_transaction_id) WHERE bank_transaction_id IS NOT NULL;

-- One debit, one credit, one amount: it balances by its shape.
CREATE TABLE posting (
  school_id uuid NOT NULL,
  entry_id uuid NOT NULL,
  line_no smallint NOT NULL,
  debit_no integer NOT NULL,
  credit_no integer NOT NULL,
  amount_vnd bigint NOT NULL,
  student_id uuid,
  CONSTRAINT posting_pkey PRIMARY KEY (school_id, entry_id, line_no),
  CONSTRAINT posting_entry FOREIGN KEY (school_id, entry_id) REFERENCES entry (school_id, id),
  CONSTRAINT posting_debit FOREIGN KEY (school_id, debit_no) REFERENCES ledger_account (school_id, account_no),
  CONSTRAINT posting_credit FOREIGN KEY (school_id, credit_no) REFERENCES ledger_account (school_id, account_no),
  CONSTRAINT posting_amount CHECK (amount_vnd > 0),
  CONSTRAINT posting_two_accounts CHECK (debit_no <> credit_no)
);

-- Reconciliation -----------------------------------------------------------------------------------------------

CREATE TABLE number_series (
  school_id uuid NOT NULL REFERENCES school,
  kind text NOT NULL,
  last_number bigint NOT NULL DEFAULT 0,
  CONSTRAINT number_series_pkey PRIMARY KEY (school_id, kind),
  CONSTRAINT number_series_kind CHECK (kind IN ('cash_receipt', 'bank_account'))
);

CREATE TABLE cash_receipt (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  number bigint NOT NULL,
  student_id uuid NOT NULL,
  bank_account_id uuid NOT NULL,
  amount_vnd bigint NOT NULL,
  received_on date NOT NULL,
  note text,
  allocated_vnd bigint NOT NULL DEFAULT 0,
  credited_vnd bigint NOT NULL DEFAULT 0,
  refunded_vnd bigint NOT NULL DEFAULT 0,
  reversed_vnd bigint NOT NULL DEFAULT 0,
  actor text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT cash_receipt_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT cash_receipt_number_key UNIQUE (school_id, number),
  CONSTRAINT cash_receipt_student FOREIGN KEY (school_id, student_id)
    REFERENCES student_account (school_id, student_id),
  CONSTRAINT cash_receipt_bank_account FOREIGN KEY (school_id, bank_account_id)
    REFERENCES bank_account (school_id, id),
  CONSTRAINT cash_receipt_amount CHECK (amount_vnd > 0),
  CONSTRAINT cash_receipt_sums CHECK (
    allocated_vnd >= 0 AND credited_vnd >= 0 AND refunded_vnd >= 0 AND reversed_vnd >= 0
    AND allocated_vnd + credited_vnd + refunded_vnd + reversed_vnd <= amount_vnd)
);

-- Which money paid which line. A correction is a second row of the opposite sign that names the first.
CREATE TABLE allocation (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  bank_transaction_id uuid,
  cash_receipt_id uuid,
  student_id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  line_no smallint NOT NULL,
  fee_group text NOT NULL,
  payment_class text NOT NULL,
  amount_vnd bigint NOT NULL,
  entry_id uuid NOT NULL,
  reverses_id uuid,
  from_credit_id uuid,
  counted_on date NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT allocation_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT allocation_one_source CHECK (num_nonnulls(bank_transaction_id, cash_receipt_id) = 1),
  CONSTRAINT allocation_sign CHECK (CASE WHEN reverses_id IS NULL THEN amount_vnd > 0 ELSE amount_vnd < 0 END),
  CONSTRAINT allocation_class CHECK (payment_class IN
    ('direct', 'assisted', 'proxy_suspected', 'intermediary', 'cash')),
  CONSTRAINT allocation_transaction FOREIGN KEY (school_id, bank_transaction_id)
    REFERENCES bank_transaction (school_id, id),
  CONSTRAINT allocation_receipt FOREIGN KEY (school_id, cash_receipt_id) REFERENCES cash_receipt (school_id, id),
  CONSTRAINT allocation_line FOREIGN KEY (school_id, invoice_id, line_no)
    REFERENCES invoice_line (school_id, invoice_id, line_no),
  CONSTRAINT allocation_entry FOREIGN KEY (school_id, entry_id) REFERENCES entry (school_id, id),
  CONSTRAINT allocation_reverses FOREIGN KEY (school_id, reverses_id) REFERENCES allocation (school_id, id)
);
CREATE UNIQUE INDEX allocation_reversed_once ON allocation (school_id, reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX allocation_of_invoice ON allocation (school_id, invoice_id);
CREATE INDEX allocation_of_transaction ON allocation (school_id, bank_transaction_id)
  WHERE bank_transaction_id IS NOT NULL;
CREATE INDEX allocation_of_receipt ON allocation (school_id, cash_receipt_id) WHERE cash_receipt_id IS NOT NULL;

-- The unallocated rest of one source, held for one student. `held_vnd` goes down when it is spent or taken back.
CREATE TABLE credit (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  bank_transaction_id uuid,
  cash_receipt_id uuid,
  student_id uuid NOT NULL,
  bank_account_id uuid NOT NULL,
  school_year text NOT NULL,
  kind text NOT NULL,
  amount_vnd bigint NOT NULL,
  held_vnd bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT credit_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT credit_one_source CHECK (num_nonnulls(bank_transaction_id, cash_receipt_id) = 1),
  CONSTRAINT credit_kind CHECK (kind IN ('surplus', 'possible_double_payment', 'withdrawn_invoice')),
  CONSTRAINT credit_held CHECK (amount_vnd > 0 AND held_vnd >= 0 AND held_vnd <= amount_vnd),
  CONSTRAINT credit_student FOREIGN KEY (school_id, student_id) REFERENCES student_account (school_id, student_id),
  CONSTRAINT credit_transaction FOREIGN KEY (school_id, bank_transaction_id)
    REFERENCES bank_transaction (school_id, id),
  CONSTRAINT credit_receipt FOREIGN KEY (school_id, cash_receipt_id) REFERENCES cash_receipt (school_id, id),
  CONSTRAINT credit_bank_account FOREIGN KEY (school_id, bank_account_id) REFERENCES bank_account (school_id, id)
);
CREATE INDEX credit_open ON credit (school_id, student_id) WHERE held_vnd > 0;
CREATE INDEX credit_of_transaction ON credit (school_id, bank_transaction_id) WHERE bank_transaction_id IS NOT NULL;
ALTER TABLE allocation ADD CONSTRAINT allocation_from_credit
  FOREIGN KEY (school_id, from_credit_id) REFERENCES credit (school_id, id);

-- What the rules decided of a transfer, under which version, and on what evidence.
CREATE TABLE matching_decision (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  bank_transaction_id uuid NOT NULL,
  outcome text NOT NULL,
  rule_version smallint NOT NULL,
  evidence jsonb NOT NULL,
  actor text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT matching_decision_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT matching_decision_transaction FOREIGN KEY (school_id, bank_transaction_id)
    REFERENCES bank_transaction (school_id, id)
);
CREATE INDEX matching_decision_of ON matching_decision (school_id, bank_transaction_id);

-- What waits for a person, why, and what is known of it. The money itself sits in suspense or credit.
CREATE TABLE review_item (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  reason text NOT NULL,
  state text NOT NULL DEFAULT 'open',
  bank_callback_id uuid,
  bank_event_id uuid,
  bank_transaction_id uuid,
  amount_vnd bigint,
  bank_day date,
  evidence jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  note text,
  CONSTRAINT review_item_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT review_item_state CHECK (state IN ('open', 'resolved')),
  CONSTRAINT review_item_reason CHECK (reason ~ '^[A-Z_]+$'),
  CONSTRAINT review_item_resolved CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)
    AND (state = 'resolved') = (resolution IS NOT NULL)),
  CONSTRAINT review_item_callback FOREIGN KEY (school_id, bank_callback_id) REFERENCES bank_callback (school_id, id),
  CONSTRAINT review_item_event FOREIGN KEY (school_id, bank_event_id) REFERENCES bank_event (school_id, id),
  CONSTRAINT review_item_transaction FOREIGN KEY (school_id, bank_transaction_id)
    REFERENCES bank_transaction (school_id, id)
);
CREATE INDEX review_item_open ON review_item (school_id, id) WHERE state = 'open';
CREATE INDEX review_item_of_transaction ON review_item (school_id, bank_transaction_id)
  WHERE bank_transaction_id IS NOT NULL;

-- Word to another school that money with its code came to the wrong account: an amount and a day, no more.
-- A posting transaction holds one school's rows, so the sweep delivers it in a transaction of the other school.
CREATE TABLE school_notice (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  to_school_id uuid NOT NULL,
  payment_code bigint NOT NULL,
  amount_vnd bigint NOT NULL,
  bank_day date NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  delivered_at timestamptz,
  CONSTRAINT school_notice_pkey PRIMARY KEY (school_id, id)
);
CREATE INDEX school_notice_undelivered ON school_notice (recorded_at) WHERE delivered_at IS NULL;

CREATE TABLE period_close (
  school_id uuid NOT NULL REFERENCES school,
  closed_through date NOT NULL,
  actor text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT period_close_pkey PRIMARY KEY (school_id, closed_through)
);

CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allocation_append_only BEFORE UPDATE OR DELETE ON allocation
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER matching_decision_append_only BEFORE UPDATE OR DELETE ON matching_decision
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_close_append_only BEFORE UPDATE OR DELETE ON period_close
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
