-- A unit that cannot be done although every server answers is tried some times and then laid aside with the
-- reason, so that the later writes of its owners go on.
ALTER TABLE units ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
CREATE TABLE dead_units (
  unit_id BIGINT PRIMARY KEY,
  owners BIGINT[] NOT NULL,
  at BIGINT NOT NULL,
  body BYTEA NOT NULL,
  reason TEXT NOT NULL
);
