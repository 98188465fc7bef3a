"""Ids made in the shards: unique over connections and processes, in the order of time, with their shard."""

import signal
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.adapters.postgres.clusters import Clusters
from feed_core.adapters.postgres.ids import PostgresIds
from feed_core.adapters.postgres.migrating import migrate
from feed_core.adapters.postgres.shards import Shards
from feed_core.model.clock import SetClock, SystemClock
from feed_core.model.ids import shard_of, time_of
from pipelines.stack.processes import end, running
from pipelines.stack.starting import bring_up
from tests.postgres_shards import databases
from tests.stack import Throwaway

pytestmark = pytest.mark.slow(30)

NOON = 1_770_000_000_000
CONNECTIONS, CALLS, AT_ONCE = 8, 25, 5_000


def test_a_million_ids_of_eight_connections_are_unique_and_in_order_and_name_their_shard(
    shards: Shards,
) -> None:
    """Each connection draws from two shards, so that every shard has two who want its ids."""
    before = SystemClock().now()

    def draw(worker: int) -> list[list[int]]:
        return [
            [id_ for (id_,) in shards.read((worker + turn % 2) % 8, "SELECT {s}.next_ids(%s)", AT_ONCE)]
            for turn in range(CALLS)
        ]

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        drawn = list(pool.map(draw, range(CONNECTIONS)))
    ids = [id_ for calls in drawn for call in calls for id_ in call]
    assert len(ids) == len(set(ids)) == CONNECTIONS * CALLS * AT_ONCE
    for worker, calls in enumerate(drawn):
        for turn, call in enumerate(calls):
            assert {shard_of(id_) for id_ in call} == {(worker + turn % 2) % 8}
            assert call == sorted(call)
        for parity in (0, 1):
            assert all(one[-1] < two[0] for one, two in pairwise(calls[parity::2]))
    assert before <= min(map(time_of, ids))
    assert max(map(time_of, ids)) <= SystemClock().now() + len(ids) // CONNECTIONS * 2 // 4_096 + 1


@given(st.lists(st.tuples(st.integers(-10_000, 10_000), st.integers(1, 9_000), st.booleans()), max_size=12))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_neither_a_clock_that_steps_back_nor_a_crash_makes_a_duplicate(
    shards: Shards, steps: list[tuple[int, int, bool]]
) -> None:
    """Two processes with one clock; more ids than fit into a millisecond; a crash empties unlogged tables."""
    clock = SetClock(NOON)
    processes = [PostgresIds(shards, clock), PostgresIds(shards, clock)]
    made: list[int] = []
    for turn, (step, count, crash) in enumerate(steps):
        clock.set(NOON + step)
        if crash:
            shards.write(3, lambda cursor, _: cursor.execute("TRUNCATE {s}.ids_given"))
        made += processes[turn % 2].for_owners([3] * count)
    assert len(set(made)) == len(made)
    assert {shard_of(id_) for id_ in made} <= {3}


def test_ids_go_on_after_postgres_was_killed(throwaway: Throwaway) -> None:
    """The clock stands still, so that only what is on disk keeps the ids apart."""
    clock = SetClock(NOON)
    with throwaway("postgres") as stack, databases(stack) as urls:
        migrate(urls, 2)
        before = drawn(urls, clock)
        server = next(one for one in stack.servers if (one.family, one.role) == ("postgres", "primary"))
        started = running(stack.record(server))
        assert started is not None
        end(started, signal.SIGKILL)
        bring_up(stack, ["postgres"])
        after = drawn(urls, clock)
    assert len({*before, *after}) == len(before) + len(after)
    assert min(after) > max(before)


def drawn(urls: list[str], clock: SetClock) -> list[int]:
    """Some ids of a process of their own, on the first cluster."""
    clusters = Clusters(urls)
    try:
        ids = PostgresIds(Shards(clusters), clock)
        return [id_ for _ in range(20) for id_ in ids.for_owners([2] * 100)]
    finally:
        clusters.close()


def test_ids_are_in_the_order_of_their_owners_and_not_before_the_clock(shards: Shards) -> None:
    clock = SetClock(SystemClock().now() + 60_000)
    ids = PostgresIds(shards, clock).for_owners([3, 8, 3, 15])
    assert [shard_of(id_) for id_ in ids] == [3, 0, 3, 7]
    assert ids[0] < ids[2]
    assert min(map(time_of, ids)) >= clock.now()


def test_a_restarted_service_goes_on_behind_what_was_made(shards: Shards, postgres_urls: list[str]) -> None:
    clock = SetClock(SystemClock().now() + 120_000)
    first = PostgresIds(shards, clock).for_owners([5] * 20_000)
    clock.set(clock.now() - 60_000)
    clusters = Clusters(postgres_urls)
    again = PostgresIds(Shards(clusters), clock).for_owner(5)
    clusters.close()
    assert again > max(first)


def test_a_shard_that_is_asked_often_gives_more_at_once(
    shards: Shards, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = 0
    write_each = shards.write_each

    def counted(*arguments: Any) -> Any:
        nonlocal trips
        trips += bool(arguments[0])
        return write_each(*arguments)

    monkeypatch.setattr(shards, "write_each", counted)
    clock = SetClock(SystemClock().now() + 180_000)
    ids = PostgresIds(shards, clock)
    made = [id_ for _ in range(200) for id_ in ids.for_owners([6] * 21)]
    assert made == sorted(set(made))
    assert trips <= 10
    clock.set(clock.now() + 1_000)
    late = ids.for_owner(6)
    assert time_of(late) >= clock.now()
