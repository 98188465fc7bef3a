-- Drawing ids waits for the disk once in ten seconds at most. What is given out is counted in a table that a
-- crash empties (unlogged, so that its commits need not be flushed, and empty on a replica that takes over);
-- `id_ticks.next` is on disk, has been before anything beyond it was given out, and ids go on from it when
-- the count is gone: none is made twice, and some milliseconds stay without ids.
CREATE UNLOGGED TABLE ids_given (
  next BIGINT NOT NULL,
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row)
) WITH (fillfactor = 10);

-- The first of `wanted` consecutive ticks at or after `now_ms` (since 1970). The count's row is locked until the
-- transaction ends, so that nobody draws beyond the mark before it is on disk.
CREATE OR REPLACE FUNCTION take_ticks(wanted BIGINT, now_ms BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
  at_least CONSTANT BIGINT := (now_ms - 946684800000) * 4096;
  ten_seconds CONSTANT BIGINT := 10000 * 4096;
  after BIGINT;
BEGIN
  UPDATE {schema}.ids_given SET next = greatest(next, at_least) + wanted RETURNING next INTO after;
  IF NOT FOUND THEN
    INSERT INTO {schema}.ids_given SELECT next FROM {schema}.id_ticks ON CONFLICT DO NOTHING;
    UPDATE {schema}.ids_given SET next = greatest(next, at_least) + wanted RETURNING next INTO after;
  END IF;
  IF after > (SELECT next FROM {schema}.id_ticks) THEN
    UPDATE {schema}.id_ticks SET next = after + ten_seconds;
  END IF;
  RETURN after - wanted;
END $$;
