"""One bulk write after another on the real servers, in a process that a test kills in the middle of one.

Run as ``python -m tests.faults.bulk WHAT SEED SERVERS``, the servers as JSON; each seed has people, keys and
names of its own. It says a line before the first write and after each.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from tempfile import gettempdir

import msgspec

from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import read_url
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import open_redis
from feed_core.core import FeedCore
from feed_core.model.servers import Servers
from feed_core.ports.cache import Fill

SOURCES, TARGETS = 24, 40
"""How many follow, on different shards of both clusters, and how many each of them follows in one unit."""
KEYS, BATCH = 7, 700
MEMBERS = 3_000
_HOUR_MS = 3_600_000


def units(servers: Servers, seed: int) -> Iterator[int]:
    """Each source follows all targets: rows in both clusters and in Cassandra, counts, events, an answer."""
    core = FeedCore.open(Path(gettempdir()), servers=servers)

    def follow(source: int) -> int:
        core.idempotency.once(source, "all", lambda: follow_all(core, source, seed))
        return source

    return map(follow, sources(seed))


def sources(seed: int) -> range:
    """Who follows."""
    return range(seed * 1_000 + 1, seed * 1_000 + 1 + SOURCES)


def targets(seed: int) -> range:
    """Whom each of them follows."""
    return range(seed * 1_000 + 501, seed * 1_000 + 501 + TARGETS)


def follow_all(core: FeedCore, source: int, seed: int) -> bytes:
    """How many were new."""
    return b"%d" % sum(core.graph.follow_many([(source, target) for target in targets(seed)]))


def fan_out(servers: Servers, _seed: int) -> Iterator[int]:
    """The workers take what the log holds."""
    core = FeedCore.open(Path(gettempdir()), servers=servers)
    return (core.workers.drain() for _ in count())


def append(servers: Servers, seed: int) -> Iterator[int]:
    """Batches of numbered records, dealt out to the keys in turn."""
    log = KafkaEventLog(read_url(servers.kafka_url))

    def write(batch: int) -> int:
        log.append("media", records(batch, seed))
        return batch

    return map(write, count())


def records(batch: int, seed: int) -> list[tuple[int, bytes]]:
    """(key, number) of each."""
    return [(seed * KEYS + at % KEYS, b"%d" % at) for at in range(batch * BATCH, (batch + 1) * BATCH)]


def fill(servers: Servers, seed: int) -> Iterator[int]:
    """Large sets and hashes, whose content tells which fill it came from."""
    cache = RedisCache(open_redis(servers.redis_cache_url))

    def write(number: int) -> int:
        names = [f"{kind}:{seed}:{number % 5}" for kind in ("set", "hash")]
        cache.forget(names)
        stamps = cache.lease(names)
        cache.fill({}, {names[0]: Fill(set_of(number), stamps[0], _HOUR_MS)})
        cache.fill_hashes({names[1]: Fill(hash_of(number), stamps[1], _HOUR_MS)})
        return number

    return map(write, count())


def set_of(number: int) -> range:
    """The ids that the fill of this number holds."""
    return range(number * MEMBERS, (number + 1) * MEMBERS)


def hash_of(number: int) -> dict[str, int]:
    """As ``set_of``, for a hash."""
    return dict.fromkeys(map(str, range(MEMBERS)), number)


WORK: Mapping[str, Callable[[Servers, int], Iterator[int]]] = {
    "units": units, "fan-out": fan_out, "append": append, "fill": fill,
}  # fmt: skip


def main(what: str, seed: str, servers: str) -> None:
    """Work until killed."""
    work = WORK[what](msgspec.json.decode(servers, type=Servers), int(seed))
    for said in chain(["begun"], work):
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
