-- Ids made in the shard: 41 bits of milliseconds since 2000-01-01 UTC, 10 of logical shard, 12 of sequence.
-- The one row holds the next free tick, which is milliseconds × 4,096 + sequence. It never goes back: when
-- the clock does, or more than 4,096 ids are wanted in a millisecond, it runs ahead of the clock.
CREATE TABLE id_ticks (
  next BIGINT NOT NULL,
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row)
) WITH (fillfactor = 10);
INSERT INTO id_ticks VALUES (0);

-- The first of `wanted` consecutive ticks at or after `now_ms` (since 1970).
CREATE FUNCTION take_ticks(wanted BIGINT, now_ms BIGINT) RETURNS BIGINT LANGUAGE sql AS $$
  UPDATE {schema}.id_ticks SET next = greatest(next, (now_ms - 946684800000) * 4096) + wanted
  RETURNING next - wanted
$$;

-- `wanted` new ids by the server's clock.
CREATE FUNCTION next_ids(wanted INTEGER) RETURNS SETOF BIGINT LANGUAGE sql AS $$
  SELECT ((tick >> 12) << 22) | ({shard}::BIGINT << 12) | (tick & 4095)
  FROM (SELECT {schema}.take_ticks(wanted, floor(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT) AS first) AS taken,
       LATERAL generate_series(first, first + wanted - 1) AS tick
$$;
