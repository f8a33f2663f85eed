-- Why: the right code paid into another account of the same school reaches its bill: the ledger moves the sum from the
--   account where it lies to the bill's, and the accountant is shown what to move at the bank. And cash knows no bank
--   account: one receipt pays bills of any, and what is kept of it for a child may pay any.
-- Locks: ACCESS EXCLUSIVE on entry (its check is made again: one scan), credit and cash_receipt for a moment.
-- Check: SELECT count(*) FROM account_transfer;  -- 0; INSERT of a credit without account and receipt is refused

ALTER TABLE entry DROP CONSTRAINT entry_kind,
  ADD CONSTRAINT entry_kind CHECK (kind IN ('invoice_issued', 'invoice_withdrawn', 'money_in', 'money_out',
    'cash_in', 'allocation', 'deallocation', 'credit_held', 'credit_applied', 'reversal', 'refund', 'account_transfer'));

-- A sum that the books moved between two accounts of a school, one row for each entry of that kind. `due`: somebody has
-- to move it at the bank; `cancelled`: taken back before anybody did, together with the row that takes it back.
CREATE TABLE account_transfer (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  -- Whose money it is.
  bank_transaction_id uuid NOT NULL,
  from_bank_account_id uuid NOT NULL,
  to_bank_account_id uuid NOT NULL,
  amount_vnd bigint NOT NULL,
  entry_id uuid NOT NULL,
  -- The entry that put the money onto bills, or took it off: the review act behind it names the same.
  for_entry_id uuid NOT NULL,
  reverses_id uuid,
  due_on date NOT NULL,
  state text NOT NULL,
  moved_on date,
  moved_by text,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT account_transfer_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT account_transfer_entry_key UNIQUE (school_id, entry_id),
  CONSTRAINT account_transfer_amount CHECK (amount_vnd > 0),
  CONSTRAINT account_transfer_two_accounts CHECK (from_bank_account_id <> to_bank_account_id),
  CONSTRAINT account_transfer_state CHECK (state IN ('due', 'moved', 'cancelled')),
  CONSTRAINT account_transfer_moved CHECK ((state = 'moved') = (moved_on IS NOT NULL)
    AND (moved_on IS NULL) = (moved_by IS NULL)),
  CONSTRAINT account_transfer_transaction FOREIGN KEY (school_id, bank_transaction_id)
    REFERENCES bank_transaction (school_id, id),
  CONSTRAINT account_transfer_from FOREIGN KEY (school_id, from_bank_account_id) REFERENCES bank_account (school_id, id),
  CONSTRAINT account_transfer_to FOREIGN KEY (school_id, to_bank_account_id) REFERENCES bank_account (school_id, id),
  CONSTRAINT account_transfer_entry FOREIGN KEY (school_id, entry_id) REFERENCES entry (school_id, id),
  CONSTRAINT account_transfer_for_entry FOREIGN KEY (school_id, for_entry_id) REFERENCES entry (school_id, id),
  CONSTRAINT account_transfer_reverses FOREIGN KEY (school_id, reverses_id) REFERENCES account_transfer (school_id, id)
);
CREATE UNIQUE INDEX account_transfer_reversed_once ON account_transfer (school_id, reverses_id)
  WHERE reverses_id IS NOT NULL;
CREATE INDEX account_transfer_of_transaction ON account_transfer (school_id, bank_transaction_id);
CREATE INDEX account_transfer_due ON account_transfer (school_id, id) WHERE state = 'due';

ALTER TABLE account_transfer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON account_transfer TO app, worker
  USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()));
GRANT SELECT, INSERT ON account_transfer TO app, worker;
GRANT UPDATE (state, moved_on, moved_by) ON account_transfer TO app, worker;

-- Receipts of before name the account of the first bill that they paid; nothing reads it any more.
ALTER TABLE cash_receipt ALTER COLUMN bank_account_id DROP NOT NULL,
-- What the payer left for the child, of more than was owed. NULL on receipts of before, when nobody was asked.
  ADD COLUMN kept_vnd bigint,
  ADD CONSTRAINT cash_receipt_kept CHECK (kept_vnd >= 0 AND kept_vnd <= amount_vnd);
ALTER TABLE credit ALTER COLUMN bank_account_id DROP NOT NULL,
  ADD CONSTRAINT credit_account CHECK (bank_account_id IS NOT NULL OR cash_receipt_id IS NOT NULL);
