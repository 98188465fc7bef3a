-- The truth about follows, blocks, mutes and follow requests, with the person that they start from.
CREATE TABLE follows (
  kind VARCHAR(10) NOT NULL,
  source_id BIGINT NOT NULL,
  target_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (kind, source_id, target_id)
);
-- For the shard's own questions from the other end; over all shards the adjacency in Cassandra answers.
CREATE INDEX follows_target ON follows (kind, target_id, source_id);
