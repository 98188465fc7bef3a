"""Where Redis is, as a URL, and the client for it.

``redis+sentinel://:password@host:port,host:port/name?prefix=loupe`` asks the Sentinels for the primary that
they call ``name``, anew after a failover; ``redis://:password@host:port/0?prefix=loupe`` is one server.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import MasterDownError
from redis.retry import Retry
from redis.sentinel import Sentinel

from feed_core.addresses import addresses, split_url
from feed_core.model.errors import InvalidInput, Unavailable

_AWAY = (
    redis.ConnectionError, redis.TimeoutError, redis.ReadOnlyError, redis.BusyLoadingError, MasterDownError,
)  # fmt: skip
"""The last: a replica that has lost its primary says nothing rather than something old."""


class RedisStore(NamedTuple):
    """A ``redis.Redis`` that speaks bytes, and the prefix of every key.

    The client is not typed: its own types say that every answer may be text, or a coroutine.
    """

    client: Any
    prefix: str

    def key(self, name: str) -> str:
        """The key in Redis."""
        return f"{self.prefix}:{name}"


class Patience(NamedTuple):
    """How long to wait for an answer, and how often to try until the server counts as away."""

    timeout_seconds: float = 5.0
    tries: int = 7


Greeting = Callable[[Any, str], None]
"""Speaks with the server on a new connection, before anything else does; the second is the prefix."""


def open_redis(url: str, patience: Patience = Patience(), greeting: Greeting | None = None) -> RedisStore:
    """The prefix is ``loupe`` unless given. Raises ``InvalidInput`` for what is no Redis URL."""
    try:
        place = _place(url)
    except ValueError:
        raise InvalidInput(
            "The Redis URL is not understood.",
            fix="Write redis://:password@host:port/0 or redis+sentinel://:password@host:port,host:port/name.",
        ) from None  # what was wrong may tell the password
    options = _options(patience)
    if greeting is not None:
        options["redis_connect_func"] = lambda connection: greeting(connection, place.prefix)
    return RedisStore(_client(place, options, min(1.0, patience.timeout_seconds)), place.prefix)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """A server that is away, also for the length of a failover, becomes ``Unavailable``."""
    try:
        yield
    except _AWAY as error:
        raise Unavailable(
            f"Redis could not {what}: {error}.", fix="Check the servers (`loupe stack status`)."
        ) from error


def _options(patience: Patience) -> dict[str, Any]:
    return {
        "socket_timeout": patience.timeout_seconds,
        "socket_connect_timeout": min(1.0, patience.timeout_seconds),
        "socket_keepalive": True,
        "health_check_interval": 15,
        # Seven tries are about two seconds: a failover takes longer, and then the caller hears of it.
        "retry": Retry(ExponentialBackoff(cap=0.5, base=0.02), patience.tries - 1),
        "retry_on_error": [
            redis.ConnectionError,
            redis.TimeoutError,
            redis.ReadOnlyError,
            MasterDownError,
        ],
    }


class _Place(NamedTuple):
    """What a URL says: the Sentinels' ``primary``, or the number ``db`` at one server."""

    servers: list[tuple[str, int | None]]
    password: str | None
    prefix: str
    primary: str = ""
    db: int = 0


def _place(url: str) -> _Place:
    """Raises ``ValueError``."""
    parts = split_url(url)
    before, _, places = parts.netloc.rpartition("@")
    prefix = parse_qs(parts.query, keep_blank_values=True).get("prefix", ["loupe"])[-1]
    place = _Place(addresses(places), unquote(before.partition(":")[2]) or None, prefix)
    name = parts.path.strip("/")
    if parts.scheme == "redis+sentinel" and name and prefix:
        return place._replace(primary=name)
    if parts.scheme == "redis" and (name or "0").isdecimal() and prefix and len(place.servers) == 1:
        return place._replace(db=int(name or 0))
    raise ValueError("no URL of Redis")


def _client(place: _Place, options: Mapping[str, Any], asking_seconds: float) -> Any:
    if not place.primary:
        host, port = place.servers[0]
        return redis.Redis(host=host, port=port or 6_379, db=place.db, password=place.password, **options)
    asking = {"password": place.password, "socket_timeout": asking_seconds}
    sentinel = Sentinel([(host, port or 26_379) for host, port in place.servers], sentinel_kwargs=asking)
    return sentinel.master_for(place.primary, password=place.password, **options)
