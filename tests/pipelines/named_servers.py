"""Servers as variables name them; nothing answers there."""

NAMED = {
    "LOUPE_POSTGRES_URLS": "postgresql://loupe:secret@127.0.0.1:1/loupe",
    "LOUPE_CASSANDRA_URL": "cassandra://127.0.0.1:2/loupe",
    "LOUPE_REDIS_URL": "redis://127.0.0.1:3/0",
    "LOUPE_REDIS_CACHE_URL": "redis://127.0.0.1:3/1",
    "LOUPE_KAFKA_URL": "kafka://127.0.0.1:4",
}
