"""What a ``cassandra://`` URL says: hosts, keyspace, data centre, copies, consistency, time limit."""

from typing import Annotated, Literal
from urllib.parse import parse_qsl

import msgspec

from feed_core.addresses import addresses, split_url
from feed_core.model.errors import InvalidInput

Level = Literal["ONE", "LOCAL_ONE", "QUORUM", "LOCAL_QUORUM", "ALL"]
_EXAMPLE = "cassandra://127.0.0.1:9042,127.0.0.2:9042/loupe?datacenter=datacenter1&copies=1"
_OPTIONS = {"datacenter", "copies", "reads", "writes", "timeout_ms"}


class CassandraUrl(msgspec.Struct, frozen=True, kw_only=True):
    """``datacenter`` is the one that is spoken to; ``copies`` of each row are kept there. ``timeout_ms``
    is that of one request."""

    hosts: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 9042
    keyspace: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,47}$")]
    datacenter: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]+$")] = "datacenter1"
    copies: Annotated[int, msgspec.Meta(ge=1, le=9)] = 1
    reads: Level = "LOCAL_QUORUM"
    writes: Level = "LOCAL_QUORUM"
    timeout_ms: Annotated[int, msgspec.Meta(ge=10, le=600_000)] = 5_000


def cassandra_url(url: str) -> CassandraUrl:
    """Read ``cassandra://host:port,…/keyspace?option=…``; raises ``InvalidInput`` for another form."""
    try:
        return msgspec.convert(_fields(url), CassandraUrl, strict=False)
    except ValueError as error:
        raise InvalidInput(
            f"The store URL {url!r} is not understood: {error}.", fix=f"As in {_EXAMPLE}."
        ) from error


def _fields(url: str) -> dict[str, object]:
    parts = split_url(url)
    told = parse_qsl(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True)
    options: dict[str, object] = dict(told)
    if parts.scheme != "cassandra" or options.keys() - _OPTIONS:
        raise ValueError(f"the scheme is cassandra, the options are {', '.join(sorted(_OPTIONS))}")
    places = addresses(parts.netloc)
    ports = {port for _, port in places if port}
    if len(ports) > 1:
        raise ValueError("all hosts have the same port")
    hosts = tuple(host for host, _ in places)
    options |= {"hosts": hosts, "keyspace": parts.path.removeprefix("/")}
    return options | ({"port": ports.pop()} if ports else {})
