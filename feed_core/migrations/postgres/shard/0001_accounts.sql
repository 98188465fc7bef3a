-- Seed 004's users, user_stats and media, and what else lives with a user. Times are milliseconds since 1970
-- UTC and no text is NULL, as in the records. Contact addresses and password hashes are a table of their own,
-- which profile reads never touch. Unique across shards is what the directory says; UNIQUE here is the
-- second net. Indexes that the documents name beside a UNIQUE constraint are that constraint's own.
CREATE TABLE users (
  user_id BIGINT PRIMARY KEY,
  username VARCHAR(30) NOT NULL UNIQUE,
  full_name VARCHAR(100) NOT NULL,
  bio TEXT NOT NULL DEFAULT '',
  website VARCHAR(255) NOT NULL DEFAULT '',
  profile_image_url VARCHAR(255) NOT NULL DEFAULT '',
  verified BOOLEAN NOT NULL DEFAULT FALSE,
  private_account BOOLEAN NOT NULL DEFAULT FALSE,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX users_created_at ON users (created_at);
CREATE INDEX users_closed ON users (user_id) WHERE private_account OR deleted_at > 0;
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at > 0;

-- Without a foreign key: counts may reach the row before the account does, when several stores are written.
CREATE TABLE user_stats (
  user_id BIGINT PRIMARY KEY,
  followers_count BIGINT NOT NULL DEFAULT 0,
  following_count BIGINT NOT NULL DEFAULT 0,
  posts_count BIGINT NOT NULL DEFAULT 0,
  updated_at BIGINT NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()) * 1000)
) WITH (fillfactor = 70);
CREATE INDEX user_stats_followers ON user_stats (followers_count);
CREATE INDEX user_stats_posts ON user_stats (posts_count);

CREATE TABLE credentials (
  user_id BIGINT PRIMARY KEY,
  email VARCHAR(255) NOT NULL,
  phone VARCHAR(20) NOT NULL,
  password_hash VARCHAR(255) NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX credentials_email ON credentials (email) WHERE email <> '';
CREATE UNIQUE INDEX credentials_phone ON credentials (phone) WHERE phone <> '';

CREATE TABLE user_settings (
  user_id BIGINT PRIMARY KEY,
  body BYTEA NOT NULL
);

CREATE TABLE media (
  media_id BIGINT PRIMARY KEY,
  post_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  media_type VARCHAR(20) NOT NULL,
  original_url VARCHAR(2048) NOT NULL,
  compressed_url VARCHAR(2048) NOT NULL,
  thumbnail_url VARCHAR(2048) NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  file_size BIGINT NOT NULL,
  duration BIGINT NOT NULL,
  format VARCHAR(10) NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX media_post ON media (post_id, media_id);
CREATE INDEX media_user ON media (user_id, media_id);
CREATE INDEX media_created_at ON media (created_at);

-- Who has a username, an email or a phone. Its rows lie on the shard of the value, not of the user.
CREATE TABLE directory (
  kind VARCHAR(10) NOT NULL,
  value VARCHAR(255) NOT NULL,
  user_id BIGINT NOT NULL,
  PRIMARY KEY (kind, value)
);
