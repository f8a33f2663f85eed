-- Why: a provider's own id of an event (payOS: the order beside the bank's reference, which banks use again; VietQR.vn:
--   its transaction id), what tells two notices of one transfer from two transfers, the bank's full text beside the
--   memo, and a bank time that nobody can believe, kept apart from the one that counts.
-- Locks: ACCESS EXCLUSIVE on bank_event for a moment; SHARE on it while the indexes are built; row locks on the events
--   of payOS and VietQR.vn channels, whose ids are written anew, and on the calls that are read again.
-- Check: SELECT event_id FROM bank_event JOIN channel ON channel.id = channel_id AND provider = 'payos' LIMIT 1;  -- order/reference

-- `likeness` is a hash of the amount and the codes, or the words, of a notice; `ref_tail` the digits at the end of its
-- reference, which two providers write behind different letters (src/reconciliation/alike.ts). Events from before have
-- neither: only what comes within a day of each other is compared.
ALTER TABLE bank_event
  ADD COLUMN full_text text,
  ADD COLUMN told_at timestamptz,
  ADD COLUMN likeness text,
  ADD COLUMN ref_tail text;
CREATE INDEX bank_event_alike ON bank_event (school_id, likeness, bank_day) WHERE likeness IS NOT NULL;
CREATE INDEX bank_event_ref_tail ON bank_event (school_id, ref_tail, bank_day) WHERE ref_tail IS NOT NULL;

-- The day of an event goes with that of the transfer which a person or a later call makes of it.
GRANT UPDATE (bank_day, occurred_at) ON bank_event TO app, worker;
GRANT UPDATE (direction) ON bank_event TO worker;

-- Repairs. Events under the ids of before. An id that two of them would share stays as it is: it names one event either way.
WITH renamed AS (
  SELECT event.school_id, event.id, event.channel_id, event.order_code || '/' || event.event_id AS event_id
  FROM bank_event event
  JOIN channel ON channel.school_id = event.school_id AND channel.id = event.channel_id AND channel.provider = 'payos'
  WHERE event.order_code IS NOT NULL AND event.event_id NOT LIKE 'sha256:%'
    AND NOT starts_with(event.event_id, event.order_code || '/')
  UNION ALL
  SELECT event.school_id, event.id, event.channel_id,
    btrim(told.own) || CASE event.direction WHEN 'out' THEN '/D' ELSE '' END
  FROM bank_event event
  JOIN channel ON channel.school_id = event.school_id AND channel.id = event.channel_id AND channel.provider = 'vietqr-vn'
  JOIN bank_callback call ON call.school_id = event.school_id AND call.id = event.callback_id
  CROSS JOIN LATERAL (SELECT substring(convert_from(call.body, 'UTF8')
    FROM '"transaction[iI]d"\s*:\s*"?([^"\\,}]{1,100})') AS own) AS told
  WHERE told.own ~ '[1-9A-WYZa-wyz]' AND told.own !~* '^\s*(n/?a|null|none|nan|undefined|unknown)\s*$'
), alone AS (
  SELECT school_id, channel_id, event_id, (array_agg(id))[1] AS id FROM renamed
  GROUP BY school_id, channel_id, event_id HAVING count(*) = 1
)
UPDATE bank_event event SET event_id = alone.event_id FROM alone
WHERE event.school_id = alone.school_id AND event.id = alone.id AND event.event_id <> alone.event_id
  AND NOT EXISTS (SELECT FROM bank_event other WHERE other.school_id = alone.school_id
    AND other.channel_id = alone.channel_id AND other.event_id = alone.event_id);

-- Calls of which nothing was kept, because their event looked known by its id and amount alone: the worker reads them
-- again. A true retry is seen once more; a payment that was taken for one comes before a person now.
UPDATE bank_callback call SET state = 'waiting', processed_at = NULL, attempts = 0, due_at = now()
WHERE call.state = 'done' AND call.proof <> 'test' AND NOT EXISTS (
  SELECT FROM bank_event event WHERE event.school_id = call.school_id AND event.callback_id = call.id);
