-- Why: a parent's page says that a transfer which names the bill waits for a person, and finds that by the bill's code;
--   and money that left the account as a refund under another reference is paired with the credit it gave back, so that
--   nobody goes on waiting for it.
-- Locks: ACCESS EXCLUSIVE on review_act for a moment while its check is written anew; SHARE on credit while a small
--   index is built. The backfill reads the memos of open review items only.
-- Check: SELECT count(*) FROM review_item_code;  -- at most a few for each open review item

-- The codes that an item names whose money waits. Rows stay when the item ends; whether it is open stands in it alone.
CREATE TABLE review_item_code (
  school_id uuid NOT NULL,
  payment_code bigint NOT NULL,
  review_item_id uuid NOT NULL,
  CONSTRAINT review_item_code_pkey PRIMARY KEY (school_id, payment_code, review_item_id),
  CONSTRAINT review_item_code_item FOREIGN KEY (school_id, review_item_id) REFERENCES review_item (school_id, id)
);
ALTER TABLE review_item_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON review_item_code TO app, worker
  USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()));
GRANT SELECT, INSERT ON review_item_code TO app, worker;

-- What waits already. A code's number stands in its seven data symbols; those whose number was given out are taken as
-- they stand, for two codes that exist and differ in the check symbols alone cannot be.
INSERT INTO review_item_code (school_id, payment_code, review_item_id)
SELECT DISTINCT item.school_id, known.code, item.id
FROM review_item item
LEFT JOIN bank_transaction transfer ON transfer.school_id = item.school_id AND transfer.id = item.bank_transaction_id
LEFT JOIN bank_event event ON event.school_id = item.school_id AND event.id = item.bank_event_id
CROSS JOIN LATERAL (SELECT upper(regexp_replace(concat_ws(' / ', transfer.memo, event.memo, item.evidence ->> 'code',
  item.evidence -> 'codes'), '[^A-Za-z0-9]', '', 'g')) AS text) AS memo
CROSS JOIN LATERAL regexp_matches(memo.text, 'ZF([2-9A-HJKMNP-Z]{7})[2-9A-HJKMNP-Z]{3}', 'g') AS found (data)
CROSS JOIN LATERAL (
  SELECT sum((position(substr(found.data[1], place, 1) IN '23456789ABCDEFGHJKMNPQRSTUVWXYZ') - 1)
    * (31 ^ (7 - place))::numeric)::bigint AS number FROM generate_series(1, 7) AS place
) AS read
JOIN payment_code known ON known.code = read.number
WHERE item.state = 'open' AND coalesce(transfer.direction, event.direction, 'in') <> 'out'
  AND item.reason NOT IN ('POSSIBLE_DOUBLE_PAYMENT', 'WITHDRAWN_INVOICE', 'FAMILY_SURPLUS', 'MONEY_OUT');

-- As in 0018, and now it also differs when a transfer that names a bill or its student begins or ends to wait.
CREATE OR REPLACE FUNCTION bill_marks(school_ids uuid[], student_ids uuid[], round_ids uuid[])
RETURNS TABLE (watch_no bigint, mark text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT watched.no, md5(concat(bills.text, '/', credits.text, '/', waiting.text))
  FROM unnest(school_ids, student_ids, round_ids) WITH ORDINALITY AS watched (school_id, student_id, round_id, no)
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', bill.id, bill.state, bill.paid_vnd, bill.replaced_by, account.state,
      account.replaced_by), ',' ORDER BY bill.id) AS text
    FROM invoice bill
    JOIN bank_account account ON account.school_id = bill.school_id AND account.id = bill.bank_account_id
    WHERE bill.school_id = watched.school_id AND bill.student_id = watched.student_id
      AND bill.round_id = watched.round_id
  ) AS bills
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', credit.id, credit.kind, credit.held_vnd), ',' ORDER BY credit.id) AS text
    FROM credit WHERE credit.school_id = watched.school_id AND credit.student_id = watched.student_id
  ) AS credits
  CROSS JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', item.id, transfer.allocated_vnd + transfer.credited_vnd + transfer.refunded_vnd
      + transfer.reversed_vnd), ',' ORDER BY item.id) AS text
    FROM (
      SELECT bill.payment_code FROM invoice bill WHERE bill.school_id = watched.school_id
        AND bill.student_id = watched.student_id AND bill.round_id = watched.round_id
      UNION ALL
      SELECT student.payment_code FROM student
        WHERE student.school_id = watched.school_id AND student.id = watched.student_id
    ) AS code
    JOIN review_item_code named ON named.school_id = watched.school_id AND named.payment_code = code.payment_code
    JOIN review_item item ON item.school_id = named.school_id AND item.id = named.review_item_id
      AND item.state = 'open'
    LEFT JOIN bank_transaction transfer
      ON transfer.school_id = item.school_id AND transfer.id = item.bank_transaction_id
  ) AS waiting
$$;

-- Money that left the account and was the refund of a credit: all of that credit, once.
CREATE TABLE refund (
  school_id uuid NOT NULL,
  id uuid NOT NULL,
  out_transaction_id uuid NOT NULL,
  credit_id uuid NOT NULL,
  amount_vnd bigint NOT NULL,
  entry_id uuid NOT NULL,
  actor text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT refund_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT refund_out FOREIGN KEY (school_id, out_transaction_id) REFERENCES bank_transaction (school_id, id),
  CONSTRAINT refund_credit FOREIGN KEY (school_id, credit_id) REFERENCES credit (school_id, id),
  CONSTRAINT refund_entry FOREIGN KEY (school_id, entry_id) REFERENCES entry (school_id, id),
  CONSTRAINT refund_of_credit_once UNIQUE (school_id, credit_id),
  CONSTRAINT refund_amount CHECK (amount_vnd > 0)
);
CREATE INDEX refund_of_out ON refund (school_id, out_transaction_id);
CREATE TRIGGER refund_append_only BEFORE UPDATE OR DELETE ON refund
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refund_not_emptied BEFORE TRUNCATE ON refund EXECUTE FUNCTION refuse_change();
ALTER TABLE refund ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON refund TO app, worker
  USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()));
GRANT SELECT, INSERT ON refund TO app, worker;

-- Whose refund a row of money out may be: by what is held.
CREATE INDEX credit_awaiting_refund ON credit (school_id, student_id) WHERE kind = 'awaiting_refund' AND held_vnd > 0;

-- One act more than those that stand, whichever they are by now.
DO $$
DECLARE kinds text;
BEGIN
  SELECT string_agg(quote_literal(kind[1]), ', ') INTO kinds
  FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') AS kind
  WHERE conrelid = 'review_act'::regclass AND conname = 'review_act_kind';
  EXECUTE format('ALTER TABLE review_act DROP CONSTRAINT review_act_kind,
    ADD CONSTRAINT review_act_kind CHECK (kind IN (%s, ''refund''))', kinds);
END $$;
