-- What makes writes happen once: first answers by key, logged decisions, and the journal of writes over
-- several stores. A unit lies with its first owner; a mark with each other owner leads to it.
CREATE TABLE idempotency_keys (
  user_id BIGINT NOT NULL,
  key VARCHAR(255) NOT NULL,
  answer BYTEA NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at);
CREATE TABLE logged_decisions (decision_id BIGINT PRIMARY KEY);
CREATE TABLE units (
  unit_id BIGINT PRIMARY KEY,
  owners BIGINT[] NOT NULL,
  at BIGINT NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()) * 1000000),
  body BYTEA NOT NULL
);
CREATE TABLE unit_owners (
  owner_id BIGINT NOT NULL,
  unit_id BIGINT NOT NULL,
  home_owner BIGINT NOT NULL,
  PRIMARY KEY (owner_id, unit_id)
);
CREATE TABLE applied_units (
  unit_id BIGINT NOT NULL,
  place INTEGER NOT NULL,
  at BIGINT NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()) * 1000000),
  PRIMARY KEY (unit_id, place)
);
