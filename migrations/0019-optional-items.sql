-- Why: parents tick the optional items of a round. Each choice is a dated row that stays; the last one of a student and
--   item counts. A round's page also lists the bills that were withdrawn from it.
-- Locks: SHARE on invoice while the small index of withdrawn bills is built.
-- Check: UPDATE optional_choice SET chosen = true fails with "append-only" even for the owner.

CREATE TABLE optional_choice (
  school_id uuid NOT NULL,
  round_id uuid NOT NULL,
  student_id uuid NOT NULL,
  fee_kind_id uuid NOT NULL,
  choice_no integer NOT NULL,
  chosen boolean NOT NULL,
  actor text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  -- In this order the key also finds the last choice of each student and item of a round.
  CONSTRAINT optional_choice_pkey PRIMARY KEY (school_id, round_id, student_id, fee_kind_id, choice_no),
  CONSTRAINT optional_choice_round FOREIGN KEY (school_id, round_id) REFERENCES collection_round (school_id, id),
  CONSTRAINT optional_choice_student FOREIGN KEY (school_id, student_id)
    REFERENCES student_account (school_id, student_id),
  CONSTRAINT optional_choice_fee_kind FOREIGN KEY (school_id, fee_kind_id) REFERENCES fee_kind (school_id, id),
  CONSTRAINT optional_choice_no CHECK (choice_no > 0)
);
CREATE TRIGGER optional_choice_append_only BEFORE UPDATE OR DELETE ON optional_choice
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER optional_choice_not_emptied BEFORE TRUNCATE ON optional_choice EXECUTE FUNCTION refuse_change();

ALTER TABLE optional_choice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_school ON optional_choice TO app, worker
  USING (school_id = (SELECT current_school())) WITH CHECK (school_id = (SELECT current_school()));
GRANT SELECT, INSERT ON optional_choice TO app, worker;

-- Those that are out are found by invoice_one_issued.
CREATE INDEX invoice_withdrawn_of_round ON invoice (school_id, round_id, id) WHERE state <> 'issued';
