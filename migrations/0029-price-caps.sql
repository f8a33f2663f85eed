-- Why: a price cap is corrected, raised and ended; of one fee, level and area only one holds on a day.
-- Locks: ACCESS EXCLUSIVE on price_cap, a table of some dozens of rows, while its constraint is built.
-- Check: INSERT of a second cap of the same authority, fee, level, area and days fails on price_cap_period_key.

-- Comes with PostgreSQL and is trusted: the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- A cap that was set by mistake ends on the day it began: it never held.
ALTER TABLE price_cap DROP CONSTRAINT price_cap_valid,
  ADD CONSTRAINT price_cap_valid CHECK (valid_to IS NULL OR valid_to >= valid_from);

-- Until now a maximum could only be changed by a second cap beside the first, and the lower of the two held. The one that
-- begins later, or was set later, takes the other's place from its first day on; what is left of the other after its last
-- day goes on as a cap of its own.
DO $$
DECLARE pair record;
BEGIN
  LOOP
    SELECT old.id, old.valid_to AS old_to, newer.valid_from AS newer_from, newer.valid_to AS newer_to INTO pair
    FROM price_cap AS old JOIN price_cap AS newer ON newer.authority_id = old.authority_id
      AND newer.fee_code = old.fee_code AND newer.level IS NOT DISTINCT FROM old.level
      AND newer.urban IS NOT DISTINCT FROM old.urban
      AND (old.valid_from, old.id) < (newer.valid_from, newer.id)
      AND daterange(old.valid_from, old.valid_to) && daterange(newer.valid_from, newer.valid_to)
    ORDER BY newer.valid_from, newer.id LIMIT 1;
    EXIT WHEN NOT FOUND;
    IF coalesce(pair.old_to, 'infinity') > pair.newer_to THEN
      INSERT INTO price_cap (id, authority_id, fee_code, level, urban, unit, maximum_vnd, growth_limit_percent,
        legal_basis, valid_from, valid_to)
      SELECT uuidv7(), authority_id, fee_code, level, urban, unit, maximum_vnd, growth_limit_percent, legal_basis,
        pair.newer_to, valid_to FROM price_cap WHERE id = pair.id;
    END IF;
    UPDATE price_cap SET valid_to = pair.newer_from WHERE id = pair.id;
  END LOOP;
END $$;

ALTER TABLE price_cap ADD CONSTRAINT price_cap_period_key EXCLUDE USING gist (authority_id WITH =, fee_code WITH =,
  (coalesce(level, '')) WITH =, (coalesce(urban::text, '')) WITH =, daterange(valid_from, valid_to) WITH &&);

GRANT UPDATE (unit, maximum_vnd, growth_limit_percent, legal_basis, valid_from) ON price_cap TO app;
