-- Why: an authenticator app is confirmed only in the session that was shown its secret. Somebody who once knew the
--   password may have seen a secret that was never confirmed, and its owner must not confirm that one later. And a token
--   that nobody uses any more can be told from one that works every day, before somebody revokes it.
-- Locks: ACCESS EXCLUSIVE on app_user and on api_token for a moment.
-- Check: SELECT count(*) FROM app_user WHERE totp_session_id IS NOT NULL AND totp_confirmed_at IS NOT NULL;  -- 0

-- Not a foreign key: sessions are forgotten by age, each of which would look for its users; ids do not come again, so
-- one that is gone confirms nothing. Neither does a secret without one, as those that were begun before this are.
ALTER TABLE app_user ADD COLUMN totp_session_id uuid,
  ADD CONSTRAINT app_user_totp_session CHECK (totp_session_id IS NULL
    OR (sealed_totp_secret IS NOT NULL AND totp_confirmed_at IS NULL));
GRANT UPDATE (totp_session_id) ON app_user TO app;

-- Written at most once a minute by each process; null for one that was not used since.
ALTER TABLE api_token ADD COLUMN last_used_at timestamptz;
GRANT UPDATE (last_used_at) ON api_token TO app;
