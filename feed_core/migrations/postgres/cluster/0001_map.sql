-- What each cluster says about itself, and, on cluster 0 alone, which cluster serves which logical shard.
-- The map is a hint for routing: a shard is where its schema is, and whoever finds it gone reads the map again.
CREATE TABLE cluster (
  number INTEGER NOT NULL,
  shards INTEGER NOT NULL CHECK (shards BETWEEN 1 AND 1024),
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row)
);
CREATE TABLE shard_map (
  shard INTEGER PRIMARY KEY,
  cluster INTEGER NOT NULL
);
-- Stretches of milliseconds that ids of whole processes are made from; on cluster 0 alone.
CREATE TABLE id_times (
  start_ms BIGINT PRIMARY KEY,
  end_ms BIGINT NOT NULL
);
