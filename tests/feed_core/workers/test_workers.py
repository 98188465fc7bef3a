"""Turns of the workers: one after the other in one file, groups beside each other on servers."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.errors import Unavailable
from feed_core.model.events import Topic
from feed_core.ports.event_log import LogRecord
from feed_core.workers.consumer import Consumer
from feed_core.workers.workers import Workers

Handle = Callable[[Sequence[LogRecord]], None]


@pytest.fixture
def consumer(tmp_path: Path) -> Iterator[Callable[[str, Topic, Handle], Consumer]]:
    """Makes consumers of a log that holds a record in each of two topics. No transaction is around them:
    in one file they would wait for each other."""
    database = Database(tmp_path / "log.sqlite")
    log = SqliteEventLog(database)
    log.append("posts", [(1, b"post")])
    log.append("engagement", [(1, b"like")])

    bare = SimpleNamespace(transaction=nullcontext)
    yield lambda group, topic, handle: Consumer(group, topic, handle, log, bare, 10)
    database.close()


def test_one_after_the_other_without_threads(consumer: Callable[..., Consumer]) -> None:
    taken = list[str]()
    workers = Workers(
        [consumer(group, "posts", lambda _, group=group: taken.append(group)) for group in ("a", "b", "c")]
    )
    assert workers.lag() == 3
    assert workers.turn() == 3
    assert taken == ["a", "b", "c"]
    assert workers.turn() == workers.lag() == 0


def test_groups_beside_each_other_and_a_group_in_its_order(consumer: Callable[..., Consumer]) -> None:
    both, taken = threading.Barrier(2), list[str]()

    def meet(records: Sequence[LogRecord]) -> None:
        both.wait(30)
        taken.append("first")

    workers = Workers(
        [
            consumer("a", "posts", meet),
            consumer("a", "engagement", lambda _: taken.append("second")),
            consumer("b", "posts", lambda _: both.wait(30) and None),
        ],
        ThreadPoolExecutor(2),
    )
    assert workers.lag() == 3
    assert workers.drain() == 3
    assert taken == ["first", "second"]
    workers.close()


def test_a_group_that_waits_for_a_server_keeps_no_other_from_its_turn(
    consumer: Callable[..., Consumer],
) -> None:
    away, taken = threading.Event(), list[str]()

    def fail(_: Sequence[LogRecord]) -> None:
        if not away.is_set():
            raise Unavailable("Somebody is away.")
        taken.append("a")

    workers = Workers(
        [consumer("a", "posts", fail), consumer("b", "posts", lambda _: taken.append("b"))],
        ThreadPoolExecutor(2),
    )
    with pytest.raises(Unavailable, match="away"):
        workers.turn()
    assert taken == ["b"]
    away.set()
    assert workers.turn() == 1
    assert taken == ["b", "a"]
    workers.close()
