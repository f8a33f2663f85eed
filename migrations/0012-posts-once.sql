-- Why: two things that code alone kept so far. A transfer or a receipt enters the books once, and one source tells of a
--   transfer once (P2); and an append-only table cannot be emptied either (P3).
-- Locks: SHARE on entry and bank_event while the indexes are built; ACCESS EXCLUSIVE for a moment for the triggers.
-- Check: TRUNCATE posting;  -- refused, also for the owner

CREATE UNIQUE INDEX entry_opens_transfer_once ON entry (school_id, bank_transaction_id)
  WHERE kind IN ('money_in', 'money_out');
CREATE UNIQUE INDEX entry_opens_receipt_once ON entry (school_id, cash_receipt_id) WHERE kind = 'cash_in';
CREATE UNIQUE INDEX bank_event_tells_once ON bank_event (school_id, bank_transaction_id, channel_id, source)
  WHERE bank_transaction_id IS NOT NULL;
-- Its first two columns serve what this one served.
DROP INDEX bank_event_of_transaction;

CREATE TRIGGER entry_not_emptied BEFORE TRUNCATE ON entry EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_not_emptied BEFORE TRUNCATE ON posting EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allocation_not_emptied BEFORE TRUNCATE ON allocation EXECUTE FUNCTION refuse_change();
CREATE TRIGGER matching_decision_not_emptied BEFORE TRUNCATE ON matching_decision EXECUTE FUNCTION refuse_change();
CREATE TRIGGER period_close_not_emptied BEFORE TRUNCATE ON period_close EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_not_emptied BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION refuse_change();
