-- Why: what people decide at the review desk, each act once and with its note; what such an act may change; and the
--   look-ups of the search box and of the candidates that a person is shown.
-- Locks: ACCESS EXCLUSIVE on credit and bank_event for a moment; SHARE on student, invoice, bank_transaction and
--   review_item while their indexes are built.
-- Check: SELECT search_words(school_id, 'Nguyễn Thị Ánh') FROM school LIMIT 1;  -- three words

-- One row for each act: who, on which item or transfer, what was asked, what came of it. The id comes from the
-- request, so that the same request is the same act. Append-only; undoing is an act of its own.
CREATE TABLE review_act (
  school_id uuid NOT NULL REFERENCES school,
  id uuid NOT NULL,
  kind text NOT NULL,
  review_item_id uuid,
  bank_transaction_id uuid,
  entry_id uuid,
  actor text NOT NULL,
  asked jsonb NOT NULL,
  note text,
  resolution text,
  allocated_vnd bigint NOT NULL,
  credited_vnd bigint NOT NULL,
  suspense_vnd bigint NOT NULL,
  opened_item_id uuid,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT review_act_pkey PRIMARY KEY (school_id, id),
  CONSTRAINT review_act_kind CHECK (kind IN ('assign', 'not_ours', 'repeat', 'event', 'callback', 'credit', 'close',
    'reopen', 'undo')),
  CONSTRAINT review_act_something CHECK (num_nonnulls(review_item_id, bank_transaction_id) > 0),
  CONSTRAINT review_act_item FOREIGN KEY (school_id, review_item_id) REFERENCES review_item (school_id, id),
  CONSTRAINT review_act_opened FOREIGN KEY (school_id, opened_item_id) REFERENCES review_item (school_id, id),
  CONSTRAINT review_act_transaction FOREIGN KEY (school_id, bank_transaction_id)
    REFERENCES bank_transaction (school_id, id),
  CONSTRAINT review_act_entry FOREIGN KEY (school_id, entry_id) REFERENCES entry (school_id, id)
);
CREATE INDEX review_act_of_transaction ON review_act (school_id, bank_transaction_id, id)
  WHERE bank_transaction_id IS NOT NULL;
CREATE INDEX review_act_of_item ON review_act (school_id, review_item_id, id) WHERE review_item_id IS NOT NULL;
CREATE TRIGGER review_act_append_only BEFORE UPDATE OR DELETE ON review_act
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER review_act_not_emptied BEFORE TRUNCATE ON review_act EXECUTE FUNCTION refuse_change();

ALTER TABLE review_act ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON review_act TO app, worker
  USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()));
GRANT SELECT, INSERT ON review_act TO app, worker;

CREATE INDEX review_item_resolved ON review_item (school_id, resolved_at, id) WHERE state = 'resolved';
CREATE INDEX review_item_of_event ON review_item (school_id, bank_event_id) WHERE bank_event_id IS NOT NULL;
CREATE INDEX review_item_of_callback ON review_item (school_id, bank_callback_id) WHERE bank_callback_id IS NOT NULL;

-- A second word of one source about one transfer is kept as an event of its own: one source tells of a transfer once
-- (bank_event_tells_once), and a person says of which transfer it is a copy.
ALTER TABLE bank_event ADD COLUMN copy_of uuid,
  ADD CONSTRAINT bank_event_copy_of FOREIGN KEY (school_id, copy_of) REFERENCES bank_transaction (school_id, id);
CREATE INDEX bank_event_copies ON bank_event (school_id, copy_of) WHERE copy_of IS NOT NULL;
-- A provider's row without a direction gets the one that a person read in the bank's app.
GRANT UPDATE (copy_of, direction) ON bank_event TO app;

-- What a person put back into suspense is neither held nor spent. `awaiting_refund` never spends itself.
ALTER TABLE credit ADD COLUMN undone_vnd bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT credit_held,
  ADD CONSTRAINT credit_held CHECK (amount_vnd > 0 AND held_vnd >= 0 AND undone_vnd >= 0
    AND held_vnd + undone_vnd <= amount_vnd),
  DROP CONSTRAINT credit_kind,
  ADD CONSTRAINT credit_kind CHECK (kind IN ('surplus', 'possible_double_payment', 'withdrawn_invoice',
    'awaiting_refund'));
GRANT UPDATE (undone_vnd, kind) ON credit TO app, worker;

-- Search -------------------------------------------------------------------------------------------------------

-- Lower case and without Vietnamese diacritics, as `searchText` in src/directory/student.ts makes it. One expression,
-- so that the planner puts it in place instead of calling it; `public` by name, because indexes are built without a path.
CREATE FUNCTION plain_text(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(lower(normalize(value, NFD)), U&'\0111\0300\0301\0302\0303\0306\0309\031B\0323', 'd')
$$;

-- The words of a text, each behind a salt of its school: one index serves every school, and the beginning of a word is
-- looked for among that school's words only. Letters alone: references and codes have indexes of their own, and their
-- digits would make the index ten times as large. 30 µs a transfer with its share of the index (to_tsvector: 70).
CREATE FUNCTION search_words(of_school_id uuid, value text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(string_to_array(right(of_school_id::text, 12) || regexp_replace(
    public.plain_text(value), '[^a-z]+', ' ' || right(of_school_id::text, 12), 'g'), ' '))
$$;

CREATE INDEX student_words ON student USING gin (search_words(school_id, search_name));
-- The last two words of a name are what people call a child by.
CREATE INDEX student_called ON student (school_id, (substring(search_name FROM '\S+ \S+$')));
CREATE INDEX bank_transaction_words ON bank_transaction
  USING gin (search_words(school_id, memo || ' ' || coalesce(counter_name, '')));
CREATE INDEX bank_transaction_amount ON bank_transaction (school_id, amount_vnd, id);
CREATE INDEX bank_transaction_payer ON bank_transaction (school_id, counter_account)
  WHERE direction = 'in' AND counter_account IS NOT NULL;
-- By payable, never by what is open: an index that names paid_vnd would cost every payment its in-place update.
CREATE INDEX invoice_payable ON invoice (school_id, payable_vnd) WHERE state = 'issued';

-- Row-level security keeps an index on a function from being used by the roles it holds for (a function that is not
-- leakproof must not see a row before its policy has). So these look-ups run as their owner and name the open school
-- themselves; they give ids, and what is behind an id is read under the policies.
CREATE FUNCTION words_query(words text[]) RETURNS tsquery LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT string_agg(quote_literal(right(current_school()::text, 12) || word) || ':*', ' & ')::tsquery
  FROM unnest(words) AS word
$$;
CREATE FUNCTION students_with_words(words text[], max_rows integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  -- Materialized, so that the words come first: by the school's own index each of its rows would be taken apart.
  WITH hit AS MATERIALIZED (
    SELECT school_id, id, search_name FROM student WHERE search_words(school_id, search_name) @@ words_query(words)
  )
  SELECT id FROM hit WHERE school_id = current_school() ORDER BY search_name, id LIMIT max_rows
$$;
CREATE FUNCTION students_called(names text[], max_rows integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id FROM student
  WHERE school_id = current_school() AND substring(search_name FROM '\S+ \S+$') = ANY (names) LIMIT max_rows
$$;
CREATE FUNCTION transactions_with_words(words text[], max_rows integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH hit AS MATERIALIZED (
    SELECT school_id, id FROM bank_transaction
    WHERE search_words(school_id, memo || ' ' || coalesce(counter_name, '')) @@ words_query(words)
  )
  SELECT id FROM hit WHERE school_id = current_school() ORDER BY id DESC LIMIT max_rows
$$;
DO $$
DECLARE lookup text;
BEGIN
  FOREACH lookup IN ARRAY ARRAY['students_with_words', 'students_called', 'transactions_with_words'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %I(text[], integer) FROM PUBLIC', lookup);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I(text[], integer) TO app', lookup);
  END LOOP;
END $$;
