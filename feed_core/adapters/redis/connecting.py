"""The client of the adapters here; it lies outside them because feature rows use it too."""

from feed_core.redis_client import RedisStore, open_redis, translated

__all__ = ["RedisStore", "open_redis", "translated"]
