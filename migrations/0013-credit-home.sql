-- Why: money that was freed from a withdrawn bill goes back to the bill that replaced it, before any other (design §5:
--   a late exemption re-applies its allocations); a replaced bank account stands for the one that replaced it; and an
--   event that was held because its account was unknown gets that account when it is posted after all.
-- Locks: ACCESS EXCLUSIVE on credit for a moment; no rewrite.
-- Check: SELECT current_bank_account(school_id, id) FROM bank_account LIMIT 1;

ALTER TABLE credit ADD COLUMN invoice_id uuid,
  ADD CONSTRAINT credit_invoice FOREIGN KEY (school_id, invoice_id) REFERENCES invoice (school_id, id),
  ADD CONSTRAINT credit_freed_from CHECK (invoice_id IS NULL OR kind = 'withdrawn_invoice');

-- The account that money meant for `account_id` goes to today: itself, or the last in its chain of replacements.
CREATE FUNCTION current_bank_account(of_school_id uuid, account_id uuid) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  WITH RECURSIVE chain AS (
    SELECT id, replaced_by, 1 AS depth FROM bank_account WHERE school_id = of_school_id AND id = account_id
    UNION ALL
    SELECT newer.id, newer.replaced_by, chain.depth + 1 FROM chain
      JOIN bank_account newer ON newer.school_id = of_school_id AND newer.id = chain.replaced_by
      WHERE chain.depth < 100
  )
  SELECT id FROM chain WHERE replaced_by IS NULL
$$;

GRANT UPDATE (bank_account_id) ON bank_event TO app, worker;
