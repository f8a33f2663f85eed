-- Why: a bill is judged by the enrolment of the day it was made for, so that a child who leaves later keeps it; a run
--   takes back only what was shown before it, and tells what it kept and why it billed nobody; money that no bill dates
--   is bound to no school year, and credit of an earlier year that meets a new bill asks what becomes of it.
-- Locks: ACCESS EXCLUSIVE on invoice, invoice_run, credit and review_item for a moment, no rewrite; SHARE on review_item
--   while two small indexes are built; the rows of held credits that are dated anew.
-- Check: SELECT count(*) FROM review_item WHERE reason = 'CREDIT_OF_EARLIER_YEAR';

-- The day whose enrolment says that the child belongs to the round, and in which class. A bill of July for a year that
-- begins in August is of a day to come; a replacement keeps the day of what it replaces. Null in bills from before this:
-- they were judged on the day of issue.
ALTER TABLE invoice ADD COLUMN enrolled_on date;

-- `kept_count` is null in runs from before this: they asked nobody.
ALTER TABLE invoice_run ADD COLUMN kept_count integer,
  -- Why it billed nobody: a code, then words.
  ADD COLUMN nobody text;
ALTER TABLE invoice_run ALTER COLUMN kept_count SET DEFAULT 0;
GRANT UPDATE (kept_count, nobody) ON invoice_run TO app, worker;

-- The bills that a run may take back without a new one in their place: they were shown before it began, with what was
-- paid on each, and those with money on them were named. A bill on which more or less is paid by then stays.
CREATE TABLE invoice_run_withdrawal (
  school_id uuid NOT NULL,
  run_id uuid NOT NULL,
  invoice_id uuid NOT NULL,
  paid_vnd bigint NOT NULL,
  CONSTRAINT invoice_run_withdrawal_pkey PRIMARY KEY (school_id, run_id, invoice_id),
  CONSTRAINT invoice_run_withdrawal_run FOREIGN KEY (school_id, run_id) REFERENCES invoice_run (school_id, id),
  CONSTRAINT invoice_run_withdrawal_invoice FOREIGN KEY (school_id, invoice_id) REFERENCES invoice (school_id, id)
);
CREATE TRIGGER invoice_run_withdrawal_append_only BEFORE UPDATE OR DELETE ON invoice_run_withdrawal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER invoice_run_withdrawal_not_emptied BEFORE TRUNCATE ON invoice_run_withdrawal
  EXECUTE FUNCTION refuse_change();
ALTER TABLE invoice_run_withdrawal ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON invoice_run_withdrawal TO app, worker
  USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()));
GRANT SELECT, INSERT ON invoice_run_withdrawal TO app, worker;

ALTER TABLE credit ALTER COLUMN school_year DROP NOT NULL;
-- A person who uses credit of an earlier year dates it anew; what waits for its refund goes back to no bill.
GRANT UPDATE (school_year, invoice_id) ON credit TO app;

ALTER TABLE review_item ADD COLUMN credit_id uuid,
  ADD CONSTRAINT review_item_credit FOREIGN KEY (school_id, credit_id) REFERENCES credit (school_id, id);
CREATE INDEX review_item_of_credit ON review_item (school_id, credit_id) WHERE credit_id IS NOT NULL;
CREATE UNIQUE INDEX review_item_credit_asked_once ON review_item (school_id, credit_id)
  WHERE credit_id IS NOT NULL AND state = 'open';

-- Held credit that came by a student's code, or was assigned to a student by a person, was dated by the bank's day:
-- it is of the year of the last bill that the same money paid, or of none.
UPDATE credit SET school_year = (
    SELECT max(bill.school_year) FROM allocation
    JOIN invoice AS bill ON bill.school_id = allocation.school_id AND bill.id = allocation.invoice_id
    WHERE allocation.school_id = credit.school_id AND allocation.bank_transaction_id = credit.bank_transaction_id
      AND allocation.student_id = credit.student_id AND allocation.from_credit_id IS NULL)
WHERE held_vnd > 0 AND kind = 'surplus' AND invoice_id IS NULL AND EXISTS (
  SELECT FROM matching_decision AS decision WHERE decision.school_id = credit.school_id
    AND decision.bank_transaction_id = credit.bank_transaction_id
    AND decision.outcome IN ('STUDENT_CODE', 'FAMILY_CODE', 'SUSPENSE'));

-- What has met a bill of a later year already asks now (src/reconciliation/earlier-credit.ts asks from here on).
INSERT INTO review_item (school_id, id, reason, bank_transaction_id, credit_id, amount_vnd, bank_day, evidence)
SELECT credit.school_id, uuidv7(), 'CREDIT_OF_EARLIER_YEAR', credit.bank_transaction_id, credit.id, credit.held_vnd,
  coalesce(transfer.bank_day, receipt.received_on), jsonb_build_object('studentId', credit.student_id,
    'schoolYear', credit.school_year, 'invoiceId', bill.id, 'billSchoolYear', bill.school_year)
FROM credit
JOIN LATERAL (
  SELECT id, school_year FROM invoice
  WHERE school_id = credit.school_id AND student_id = credit.student_id AND state = 'issued'
    AND payable_vnd > 0 AND school_year > credit.school_year
    AND current_bank_account(school_id, bank_account_id) = current_bank_account(credit.school_id, credit.bank_account_id)
  ORDER BY due_on, id LIMIT 1
) AS bill ON true
LEFT JOIN bank_transaction AS transfer
  ON transfer.school_id = credit.school_id AND transfer.id = credit.bank_transaction_id
LEFT JOIN cash_receipt AS receipt ON receipt.school_id = credit.school_id AND receipt.id = credit.cash_receipt_id
WHERE credit.held_vnd > 0
  AND (credit.kind = 'surplus' OR credit.kind = 'withdrawn_invoice' AND credit.invoice_id IS NOT NULL);
