"""A shard moves to another cluster while people write to it: nothing is lost, nobody is refused."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from feed_core.adapters.journal.journal import Journal
from feed_core.adapters.journal.ports import JournaledPort
from feed_core.adapters.postgres import moving
from feed_core.adapters.postgres.accounts import PostgresAccounts
from feed_core.adapters.postgres.clusters import Clusters
from feed_core.adapters.postgres.follows import PostgresFollows
from feed_core.adapters.postgres.ids import PostgresIds
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.moving import move_shard
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.postgres.unit_log import PostgresUnitLog
from feed_core.model.clock import SystemClock
from feed_core.model.errors import InvalidInput
from feed_core.model.users import User, UserStats
from feed_core.ports.graph import Edge

pytestmark = pytest.mark.slow(30)

SHARD, OTHER = 3, 4
"""Of the eight, on cluster 0 and 1."""


class Killed(BaseException):
    """The process that moves is no more."""


@contextmanager
def opened(urls: list[str]) -> Iterator[Shards]:
    clusters = Clusters(urls)
    yield Shards(clusters)
    clusters.close()


def user(id_: int) -> User:
    return User(user_id=id_, username=f"user{id_}", full_name="é", bio="", created_at=1, updated_at=1)


def writing(urls: list[str], person: int, stop: threading.Event) -> tuple[int, list[int]]:
    """Follow and mute one after another until told to stop; how many, and the ids made beside."""
    with opened(urls) as shards:
        locks, ids = OwnerLocks(shards), PostgresIds(shards, SystemClock())
        stores = {"graph": PostgresFollows(shards), "accounts": PostgresAccounts(shards, locks)}
        journal = Journal(PostgresUnitLog(shards, locks), stores)
        graph = JournaledPort("graph", stores["graph"], journal)
        accounts = JournaledPort("accounts", stores["accounts"], journal)
        made, target = [], 0
        while not stop.is_set():
            target += 1
            with journal.transaction((person,)):
                assert graph.add("follow", [Edge(person, target, target)]) == [True]
                accounts.add_to_stats({person: UserStats(following=1), OTHER: UserStats(followers=1)})
            stores["graph"].add("mute", [Edge(person, target, target)])
            made += ids.for_owners([person] * 40)
        return target, made


def test_no_write_is_lost_when_a_shard_moves_under_writers(fresh_postgres_urls: list[str]) -> None:
    """Four people of the shard follow others, in units and at once, while it goes there and back."""
    people = [SHARD + 8 * number for number in range(1, 5)]
    stop = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(writing, fresh_postgres_urls, person, stop) for person in people]
        try:
            for target in (1, 0, 1):
                move_shard(fresh_postgres_urls, SHARD, target)
        finally:
            stop.set()
        written = {person: one.result() for person, one in zip(people, writers, strict=True)}
    with opened(fresh_postgres_urls) as shards:
        assert shards.cluster_of(SHARD) == 1
        graph, accounts = PostgresFollows(shards), PostgresAccounts(shards, OwnerLocks(shards))
        counts = {person: count for person, (count, _) in written.items()}
        for kind in ("follow", "mute"):
            assert graph.target_ids(kind, people) == {p: list(range(1, n + 1)) for p, n in counts.items()}
        assert accounts.stats_many([*people, OTHER]) == {
            **{person: UserStats(following=count) for person, count in counts.items()},
            OTHER: UserStats(followers=sum(counts.values())),
        }
    made = [id_ for _, ids in written.values() for id_ in ids]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("step", ["_copy", "_fence", "_copy_changed", "_unname", "_point"])
@pytest.mark.parametrize("after", [False, True])
def test_a_move_that_is_cut_short_loses_nothing_and_can_be_finished(
    fresh_postgres_urls: list[str], monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    with opened(fresh_postgres_urls) as shards:
        PostgresAccounts(shards, OwnerLocks(shards)).add([user(SHARD), user(SHARD + 8), user(OTHER)])
    act: Callable[..., object] = getattr(moving, step)

    def die(*arguments: object) -> None:
        if after and step != "_fence":
            act(*arguments)
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(moving, step, die)
        with pytest.raises(Killed):
            move_shard(fresh_postgres_urls, SHARD, 1)
    move_shard(fresh_postgres_urls, SHARD, 1)
    with opened(fresh_postgres_urls) as shards:
        accounts = PostgresAccounts(shards, OwnerLocks(shards))
        assert shards.cluster_of(SHARD) == 1
        assert accounts.ids_of([f"user{SHARD}", f"user{SHARD + 8}"]) == {
            f"user{SHARD}": SHARD,
            f"user{SHARD + 8}": SHARD + 8,
        }
        assert accounts.get_many([OTHER]) == {OTHER: user(OTHER)}
    with psycopg.connect(fresh_postgres_urls[0]) as connection:
        assert connection.execute(
            "SELECT to_regnamespace('moved_s003'), to_regnamespace('s003')"
        ).fetchone() == (
            None,
            None,
        )


def test_what_is_not_there_is_refused(fresh_postgres_urls: list[str]) -> None:
    for shard, target in ((8, 1), (-1, 1), (SHARD, 2), (SHARD, -1)):
        with pytest.raises(InvalidInput):
            move_shard(fresh_postgres_urls, shard, target)
    move_shard(fresh_postgres_urls, SHARD, 0)
