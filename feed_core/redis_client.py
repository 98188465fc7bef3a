"""Where Redis is, as a URL, and the client for it.

``redis+sentinel://:password@host:port,host:port/name?prefix=loupe`` asks the Sentinels for the primary that
they call ``name``, anew after a failover; ``redis://:password@host:port/0?prefix=loupe`` is one server.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import MasterDownError
from redis.retry import Retry
from redis.sentinel import Sentinel

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
    parts = urlsplit(url)
    prefix = parse_qs(parts.query).get("prefix", ["loupe"])[-1]
    name = parts.path.strip("/")
    options = _options(patience)
    if greeting is not None:
        options["redis_connect_func"] = lambda connection: greeting(connection, prefix)
    if parts.scheme == "redis" and parts.hostname and (not name or name.isdigit()):
        address: dict[str, Any] = {"host": parts.hostname, "port": parts.port or 6379, "db": int(name or 0)}
        return RedisStore(redis.Redis(**address, password=_password(url), **options), prefix)
    if parts.scheme == "redis+sentinel" and parts.netloc and name:
        secret = {"password": _password(url)}
        asking = {**secret, "socket_timeout": min(1.0, patience.timeout_seconds)}
        sentinel = Sentinel(_sentinels(parts.netloc), sentinel_kwargs=asking)
        return RedisStore(sentinel.master_for(name, **secret, **options), prefix)
    raise InvalidInput(
        "The Redis URL is not understood.",
        fix="Write redis://:password@host:port/0 or redis+sentinel://:password@host:port,host:port/name.",
    )


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


def _password(url: str) -> str | None:
    secret = urlsplit(url).netloc.rpartition("@")[0].partition(":")[2]
    return unquote(secret) or None


def _sentinels(netloc: str) -> list[tuple[str, int]]:
    addresses = netloc.rpartition("@")[2].split(",")
    return [(host, int(port or 26_379)) for host, _, port in (each.partition(":") for each in addresses)]
