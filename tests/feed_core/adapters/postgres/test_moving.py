"""A shard moves to another cluster while people write to it: nothing is lost, nobody is refused."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

import psycopg
import pytest

from feed_core.adapters.journal.journal import Journal
from feed_core.adapters.journal.ports import JournaledPort
from feed_core.adapters.postgres import moving
from feed_core.adapters.postgres import shards as shards_module
from feed_core.adapters.postgres.accounts import PostgresAccounts
from feed_core.adapters.postgres.clusters import LOCK_WAIT_MS, Clusters
from feed_core.adapters.postgres.follows import PostgresFollows
from feed_core.adapters.postgres.ids import PostgresIds
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.migrating import migrate
from feed_core.adapters.postgres.moving import move_shard
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.postgres.unit_log import PostgresUnitLog
from feed_core.model.clock import SystemClock
from feed_core.model.errors import Corrupt, InvalidInput, Unavailable
from feed_core.model.users import User, UserStats
from feed_core.ports.graph import Edge

pytestmark = pytest.mark.slow(50)

SHARD, OTHER = 3, 4
"""Of the eight, on cluster 0 and 1."""


class Killed(BaseException):
    """The process that moves is no more."""


@contextmanager
def opened(urls: list[str], lock_wait_ms: int = LOCK_WAIT_MS) -> Iterator[Shards]:
    clusters = Clusters(urls, lock_wait_ms=lock_wait_ms)
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


def added(shards: Shards, id_: int) -> bool:
    """Whether the person was acknowledged."""
    try:
        return PostgresAccounts(shards, OwnerLocks(shards)).add([user(id_)]) is None
    except Unavailable:
        return False


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no shard gives up soon."""
    monkeypatch.setattr(shards_module, "_PATIENCE_S", 0.1)


@pytest.mark.usefixtures("hasty")
def test_whoever_has_an_old_map_finds_the_shard_or_nothing(
    fresh_postgres_urls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step of a move back, somebody reads and writes who was idle since it was there before."""
    with ExitStack() as stack:
        add = partial(added, stack.enter_context(opened(fresh_postgres_urls)))
        assert add(SHARD)
        move_shard(fresh_postgres_urls, SHARD, 1)
        idle = [stack.enter_context(opened(fresh_postgres_urls, lock_wait_ms=200)) for _ in range(12)]
        move_shard(fresh_postgres_urls, SHARD, 0)
        kept, ids = {SHARD}, list[int]()

        def come_back() -> None:
            late = idle.pop()
            assert late.cluster_of(SHARD) == 1
            with suppress(Unavailable):
                rows = late.read(SHARD, "SELECT user_id FROM {s}.users")
                assert {id_ for (id_,) in rows} == kept
            if added(late, new := SHARD + 8 * len(idle) + 8):
                kept.add(new)
            with suppress(Unavailable):
                ids.extend(PostgresIds(late, SystemClock()).for_owners([SHARD] * 40))

        for step in ("migrate_shard", "_copy", "_copy_changed", "take_name", "give_name", "point"):
            monkeypatch.setattr(moving, step, around(getattr(moving, step), come_back))
        move_shard(fresh_postgres_urls, SHARD, 1)
        assert not idle
        with opened(fresh_postgres_urls) as shards:
            rows = shards.read(SHARD, "SELECT user_id FROM {s}.users")
            ids += PostgresIds(shards, SystemClock()).for_owners([SHARD] * 40)
    assert {id_ for (id_,) in rows} == kept
    assert len(set(ids)) == len(ids) > 80


def around(act: Callable[..., object], come: Callable[[], None]) -> Callable[..., object]:
    """``act`` with a visit before and after."""

    def acting(*arguments: object) -> object:
        come()
        answer = act(*arguments)
        come()
        return answer

    return acting


CUTS = ["_stream", "_fence", "take_name", "give_name", "point", "after"]
"""Before which step it is cut; at last after the last."""


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("then", ["again", "migrated", "back"])
def test_a_move_that_is_cut_short_loses_nothing_and_can_be_finished(
    fresh_postgres_urls: list[str], monkeypatch: pytest.MonkeyPatch, cut: str, then: str
) -> None:
    """Services write before and after; migrations run, or it is moved back to where it was."""
    kept = {SHARD}
    with opened(fresh_postgres_urls) as shards:
        assert added(shards, SHARD)
        assert added(shards, OTHER)
        with monkeypatch.context() as dying:
            dying.setattr(moving, "point" if cut == "after" else cut, killed(cut == "after"))
            with pytest.raises(Killed):
                move_shard(fresh_postgres_urls, SHARD, 1)
        kept |= {new for new in (SHARD + 8,) if added(shards, new)}
        if then == "migrated":
            migrate(fresh_postgres_urls)
            assert added(shards, SHARD + 16)
            kept.add(SHARD + 16)
        target = 0 if then == "back" else 1
        move_shard(fresh_postgres_urls, SHARD, target)
    with opened(fresh_postgres_urls) as shards:
        assert shards.cluster_of(SHARD) == target
        accounts = PostgresAccounts(shards, OwnerLocks(shards))
        assert accounts.ids_of([f"user{id_}" for id_ in kept]) == {f"user{id_}": id_ for id_ in kept}
        assert accounts.get_many([*kept, OTHER]) == {id_: user(id_) for id_ in [*kept, OTHER]}
    assert [schemas(url) for url in fresh_postgres_urls][:: 1 if target else -1] == [[], ["s003"]]


def killed(after: bool) -> Callable[..., None]:
    """A step that kills, after it pointed the map or before it did anything."""
    point = moving.point

    def die(*arguments: Any) -> None:
        if after:
            point(*arguments)
        raise Killed

    return die


def schemas(url: str) -> list[str]:
    """Under which names the shard, or what is left of it, is there."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT nspname::text FROM pg_namespace WHERE nspname ~ 's003' ORDER BY 1")
        return [name for (name,) in found]


IN_DOUBT = [
    (1, "CREATE SCHEMA s003", "DROP SCHEMA s003", "twice"),
    (0, "CREATE SCHEMA moved_s003", "DROP SCHEMA moved_s003", "twice"),
    (0, "ALTER SCHEMA s003 RENAME TO moved_s003", "ALTER SCHEMA moved_s003 RENAME TO s003", "all of"),
    (0, "ALTER SCHEMA s003 RENAME TO incoming_s003", "ALTER SCHEMA incoming_s003 RENAME TO s003", "all of"),
]
"""On which cluster somebody does what by hand, what takes it back, and what is said meanwhile."""


def test_a_shard_is_left_alone_when_it_cannot_be_told_what_is_whole(fresh_postgres_urls: list[str]) -> None:
    for cluster, do, undo, said in IN_DOUBT:
        with psycopg.connect(fresh_postgres_urls[cluster], autocommit=True) as connection:
            connection.execute(do)
            for act in (migrate, lambda urls: move_shard(urls, SHARD, 1)):
                with pytest.raises(Corrupt, match=said):
                    act(fresh_postgres_urls)
            connection.execute(undo)
    move_shard(fresh_postgres_urls, SHARD, 1)
    assert [schemas(url) for url in fresh_postgres_urls] == [[], ["s003"]]


def test_what_is_not_there_is_refused(fresh_postgres_urls: list[str]) -> None:
    for shard, target in ((8, 1), (-1, 1), (SHARD, 2), (SHARD, -1)):
        with pytest.raises(InvalidInput):
            move_shard(fresh_postgres_urls, shard, target)
    move_shard(fresh_postgres_urls, SHARD, 0)
