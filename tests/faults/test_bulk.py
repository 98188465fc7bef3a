"""A process that is killed in the middle of a bulk write leaves nothing half visible, or its repetition
completes it."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from feed_core.adapters.journal.journal import Journal
from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import read_url
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import open_redis
from feed_core.core import FeedCore
from feed_core.model.posts import NewPost
from feed_core.model.servers import Servers
from feed_core.model.users import User
from feed_core.ports.event_log import after
from feed_core.ports.graph import Edge
from tests.faults.bulk import (
    BATCH,
    KEYS,
    SOURCES,
    TARGETS,
    follow_all,
    hash_of,
    records,
    set_of,
    sources,
    targets,
)
from tests.faults.processes import ROOT

pytestmark = pytest.mark.slow(60)
READERS, POSTS = 1_500, 12


def killed_within(what: str, seed: int, servers: Servers, lines: int, seconds: float) -> list[int]:
    """What a process had finished that is killed so long after so many bulk writes."""
    command = [sys.executable, "-m", "tests.faults.bulk", what, str(seed)]
    command.append(msgspec.json.encode(servers).decode())
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines)]
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL, told
    return [int(line) for line in told if line.strip().isdigit() and line.endswith("\n")]


@pytest.fixture
def core(servers: Servers, tmp_path: Path) -> Iterator[FeedCore]:
    core = FeedCore.open(tmp_path, servers=servers)
    yield core
    core.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_unit_is_done_whole_or_not_at_all(seed: int, core: FeedCore, servers: Servers) -> None:
    chance, first = random.Random(seed), targets(seed)[0]
    core.stores.accounts.add([person(id_) for id_ in (*sources(seed), *targets(seed))])
    done = killed_within("units", seed, servers, chance.randint(1, 6), chance.uniform(0.0, 0.2))
    journal = core.stores.transactions
    assert isinstance(journal, Journal)
    journal.recover(age_ms=0)  # the workers let some seconds pass, which the writer of a unit may still need
    follows = {source: core.graph.following([source])[source] for source in sources(seed)}
    assert all(len(found) in (0, TARGETS) for found in follows.values())
    assert all(follows[source] for source in done)
    counted = core.accounts.stats_many(list(follows))
    assert {id_: stats.following for id_, stats in counted.items()} == {k: len(v) for k, v in follows.items()}
    for id_ in follows:
        again = core.idempotency.once(id_, "all", lambda id_=id_: follow_all(core, id_, seed))
        assert again == b"%d" % TARGETS
    assert core.accounts.stats_many([first])[first].followers == SOURCES


@pytest.mark.parametrize("seed", [4, 5])
def test_a_fan_out_that_was_cut_off_is_completed_with_each_post_once(
    seed: int, core: FeedCore, servers: Servers
) -> None:
    author, readers = seed * 10_000, range(seed * 10_000 + 1, seed * 10_000 + 1 + READERS)
    core.stores.accounts.add([person(id_) for id_ in (author, *readers)])
    core.stores.graph.add("follow", [Edge(reader, author, 1) for reader in readers])
    made = [core.posts.publish_many([NewPost(author_id=author)])[0].post_id for _ in range(POSTS)]
    core.posts.delete_many(author, made[:1])
    killed_within("fan-out", seed, servers, 1, random.Random(seed).uniform(0.5, 2.0))
    core.drain()
    wanted = sorted(made[1:], reverse=True)
    for reader in readers[:: READERS // 50]:
        assert [entry.post_id for entry in core.timelines.page(reader, 50).entries] == wanted


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_append_that_was_cut_off_is_completed_by_its_repetition(seed: int, servers: Servers) -> None:
    chance = random.Random(seed)
    done = killed_within("append", seed, servers, chance.randint(2, 40), chance.uniform(0.0, 0.05))
    log = KafkaEventLog(read_url(servers.kafka_url))
    first = _numbers(log, seed)
    for key, numbers in first.items():
        assert numbers == [key % KEYS + KEYS * at for at in range(len(numbers))], (
            "in order, once, without a gap"
        )
    assert sum(map(len, first.values())) >= (done[-1] + 1) * BATCH
    log.append("media", records(done[-1] + 1, seed))
    whole = {number for numbers in _numbers(log, seed).values() for number in numbers}
    assert whole >= set(range((done[-1] + 2) * BATCH))
    log.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_fill_that_was_cut_off_is_there_whole_or_not_at_all(seed: int, servers: Servers) -> None:
    chance = random.Random(seed)
    killed_within("fill", seed, servers, chance.randint(2, 30), chance.uniform(0.0, 0.05))
    cache = RedisCache(open_redis(servers.redis_cache_url))
    held = cache.sets([f"set:{seed}:{at}" for at in range(5)])
    assert all(found is None or found == frozenset(set_of(min(found) // len(found))) for found in held)
    hashes = cache.hashes([f"hash:{seed}:{at}" for at in range(5)])
    assert all(found is None or found == hash_of(next(iter(found.values()))) for found in hashes)
    assert any(held)


def person(id_: int) -> User:
    return User(user_id=id_, username=f"u{id_}", full_name="", bio="", created_at=1, updated_at=1)


def _numbers(log: KafkaEventLog, seed: int) -> dict[int, list[int]]:
    """The numbers of each key of this seed in the order of the log."""
    found: dict[int, list[int]] = {}
    start = tuple(0 for _ in log.end("media"))
    while some := log.read("media", start, 50_000):
        for record in some:
            if record.key // KEYS == seed:
                found.setdefault(record.key, []).append(int(record.body))
        start = after(start, some)
    return found
