-- Why: the accountant's lists: transfers of all accounts by day, what is still in suspense, one student's money.
-- Locks: SHARE on bank_transaction, cash_receipt and credit while the indexes are built.
-- Check: EXPLAIN SELECT ... ORDER BY bank_day DESC, id DESC LIMIT 50 names bank_transaction_newest, without a sort.

CREATE INDEX bank_transaction_newest ON bank_transaction (school_id, bank_day, id);
-- Small: a transfer leaves it once all of its money is placed.
CREATE INDEX bank_transaction_suspense ON bank_transaction (school_id, bank_day, id)
  WHERE direction = 'in' AND allocated_vnd + credited_vnd + refunded_vnd + reversed_vnd < amount_vnd;
CREATE INDEX cash_receipt_of_student ON cash_receipt (school_id, student_id, number);
CREATE INDEX credit_of_student ON credit (school_id, student_id);
