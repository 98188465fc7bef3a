"""A reader of one topic finds its place by time, and goes on only from what was dealt with."""

from contextlib import closing
from itertools import chain
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.ports.event_log import LogRecord
from ranking_service.freshness.tail import Tail


class Tick(msgspec.Struct, frozen=True, array_like=True):
    """A record that happened at a time."""

    at: int


def body(at):
    return msgspec.msgpack.encode(Tick(at))


class Read(NamedTuple):
    offsets: tuple[int, ...]
    limit: int


class Partitions:
    """A log of several partitions, as another store has them; notes what is read."""

    def __init__(self, times):
        self.times, self.reads = times, []

    def end(self, topic):
        return tuple(map(len, self.times))

    def read(self, topic, offsets, limit, end=None):
        self.reads.append(Read(offsets, limit))
        found = [
            LogRecord(offset, 1, body(some[offset]), partition)
            for partition, some in enumerate(self.times)
            for offset in range(offsets[partition], len(some))
        ]
        return found[:limit]


partitions = st.lists(st.lists(st.integers(0, 30), max_size=20).map(sorted), min_size=1, max_size=3)


@settings(max_examples=40)
@given(partitions, st.integers(-1, 31))
def test_it_stands_before_the_first_record_of_that_time_in_every_partition(times, since):
    log = Partitions(times)
    tail = Tail(log, "engagement", Tick)
    tail.seek(since, lambda tick: tick.at)
    assert tail.offsets == tuple(sum(at < since for at in some) for some in times)
    assert len(log.reads) <= sum(len(some).bit_length() + 1 for some in times)
    assert all(read.limit == 1 for read in log.reads)


@settings(max_examples=40)
@given(partitions, st.integers(1, 7))
def test_everything_comes_once_and_no_more_at_once_than_asked_for(times, most):
    tail = Tail(Partitions(times), "engagement", Tick)
    batches = [[tick.at for tick in batch] for batch in tail.batches(most)]
    assert sorted(chain(*batches)) == sorted(chain(*times))
    assert all(1 <= len(batch) <= most for batch in batches)
    assert tail.offsets == tail.ahead == tuple(map(len, times))


@pytest.fixture
def log(tmp_path):
    with closing(Database(tmp_path / "feed.sqlite")) as database:
        yield SqliteEventLog(database)


def take(tail, most, fails_at=None):
    """What is dealt with until a batch that begins with ``fails_at``."""
    taken = []
    for batch in tail.batches(most):
        if batch[0].at == fails_at:
            raise OSError(f"{taken}")
        taken += [tick.at for tick in batch]
    return taken


def test_a_batch_whose_handling_fails_comes_again_with_what_came_after(log):
    log.append("engagement", [(1, body(at)) for at in range(6)])
    tail = Tail(log, "engagement", Tick)
    with pytest.raises(OSError, match=r"\[0, 1\]"):
        take(tail, 2, fails_at=2)
    assert tail.offsets == (2,)
    assert take(tail, 4) == [2, 3, 4, 5]
    log.append("engagement", [(1, body(6))])
    assert take(tail, 4) == [6]
    assert take(tail, 4) == []


@pytest.mark.parametrize("bad", [b"", b"\xff", msgspec.msgpack.encode(["when?"])])
def test_a_record_that_cannot_be_read_is_told_and_keeps_nothing_back(log, bad):
    log.append("engagement", [(1, body(0)), (1, bad), (1, body(2)), (1, bad)])
    tail = Tail(log, "engagement", Tick)
    with capture_logs() as told:
        batches = [[tick.at for tick in batch] for batch in tail.batches(2)]
    assert (batches, tail.offsets) == ([[0], [2]], (4,))
    assert [(line["topic"], line["offset"]) for line in told] == [("engagement", 1), ("engagement", 3)]


@pytest.mark.parametrize("place", range(8))
def test_a_record_that_cannot_be_read_hides_no_later_one_from_who_looks_for_a_time(log, place):
    bodies = [body(at) for at in range(8)]
    bodies[place] = b"\xff"
    log.append("engagement", [(1, one) for one in bodies])
    tail = Tail(log, "engagement", Tick)
    tail.seek(4, lambda tick: tick.at)
    assert {4, 5, 6, 7} - {place} <= set(take(tail, 9))


def test_while_a_batch_is_in_hand_the_place_ahead_is_known(log):
    log.append("engagement", [(1, body(at)) for at in range(3)])
    tail = Tail(log, "engagement", Tick)
    places = [(tail.offsets, tail.ahead) for _ in tail.batches(2)]
    assert places == [((0,), (2,)), ((2,), (3,))]


def test_a_topic_without_records_is_at_its_end(log):
    tail = Tail(log, "engagement", Tick)
    tail.seek(5, lambda tick: tick.at)
    assert (tail.offsets, list(tail.batches())) == ((0,), [])
