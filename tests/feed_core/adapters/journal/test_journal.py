"""A unit is collected, made certain and done; what is left behind is done by whoever comes next."""

from collections.abc import Iterator

import pytest

from feed_core.adapters.journal.journal import TRIES, Journal, Stuck
from feed_core.adapters.journal.ports import JournaledPort
from feed_core.model.errors import Unavailable
from tests.feed_core.adapters.journal.memory_log import MemoryLog

ADA, BEN, CAM = 1, 2, 3


class Decisions:
    """Stands in for a store; ``fault`` is raised instead of adding ids at or above ``bad``."""

    def __init__(self) -> None:
        self.added: list[int] = []
        self.fault: BaseException | None = None
        self.bad = 0

    def add(self, decision_ids: list[int]) -> None:
        if self.fault is not None and max(decision_ids) >= self.bad:
            raise self.fault
        self.added += decision_ids

    def logged(self, decision_ids: list[int]) -> set[int]:
        return set(self.added) & set(decision_ids)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def store() -> Decisions:
    return Decisions()


@pytest.fixture
def journal(log: MemoryLog, store: Decisions) -> Iterator[Journal]:
    journal = Journal(log, {"decisions": store})
    yield journal
    journal.close()


@pytest.fixture
def decisions(journal: Journal, store: Decisions) -> JournaledPort:
    return JournaledPort("decisions", store, journal)


def leave_behind(journal: Journal, store: Decisions, id_: int, *owners: int) -> None:
    """A write that became certain, while the store did not answer."""
    store.fault = Unavailable("It is away.")
    port = JournaledPort("decisions", store, journal)
    with pytest.raises(Unavailable, match="may have been done"), journal.transaction(owners):
        port.add([id_])
    store.fault = None


def test_a_unit_without_writes_is_not_logged(journal: Journal, log: MemoryLog) -> None:
    with journal.transaction((ADA,)):
        pass
    assert (log.units, log._time) == ({}, 0)


def test_outside_of_a_unit_a_write_acts_at_once_and_locks_nobody(
    journal: Journal, log: MemoryLog, decisions: JournaledPort, store: Decisions
) -> None:
    with journal.transaction():
        decisions.add([7])
        assert store.added == [7]
    assert log.taken == []


def test_what_an_inner_part_writes_belongs_to_the_outermost(
    journal: Journal, log: MemoryLog, decisions: JournaledPort, store: Decisions
) -> None:
    with journal.transaction((BEN,)):
        with journal.transaction((ADA,), beside=(BEN, CAM)):
            decisions.add([1])
        assert store.added == []
        decisions.add([2])
    assert (store.added, log.units) == ([1, 2], {})
    assert log.taken[:2] == [({BEN}, set()), ({ADA}, {CAM})], "nobody is locked twice"


def test_a_part_that_failed_spoils_the_whole_even_when_its_error_is_swallowed(
    journal: Journal, log: MemoryLog, decisions: JournaledPort, store: Decisions
) -> None:
    def careless() -> None:
        with journal.transaction((ADA,)):
            decisions.add([1])
            with pytest.raises(KeyError), journal.transaction((BEN,)):
                raise KeyError

    with pytest.raises(RuntimeError, match="none of it is kept"):
        careless()
    assert (store.added, log._time, journal.unit) == ([], 0, None)


def test_whoever_raises_has_written_nothing_and_lets_go(
    journal: Journal, log: MemoryLog, decisions: JournaledPort, store: Decisions
) -> None:
    def fail() -> None:
        with journal.transaction((ADA,)):
            decisions.add([1])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (store.added, log._time, log.sessions, journal.unit) == ([], 0, 0, None)
    with journal.transaction((ADA,)):
        decisions.add([2])
    assert store.added == [2]


def test_the_next_write_of_one_of_the_owners_does_first_what_was_left_behind(
    journal: Journal, log: MemoryLog, decisions: JournaledPort, store: Decisions
) -> None:
    leave_behind(journal, store, 1, ADA, BEN)
    assert store.added == []
    with journal.transaction((CAM,)):
        decisions.add([3])
    assert store.added == [3], "it is not about Cam"
    with journal.transaction((BEN,)):
        assert store.added == [3, 1]
        decisions.add([2])
    assert (store.added, log.units) == ([3, 1, 2], {})


def test_what_was_left_behind_is_done_in_the_order_of_its_time(
    journal: Journal, log: MemoryLog, store: Decisions
) -> None:
    for id_, owner in ((1, ADA), (2, BEN), (3, CAM)):
        leave_behind(journal, store, id_, owner)
    with journal.transaction((CAM, BEN, ADA)):
        assert store.added == [1, 2, 3]
    assert log.units == {}


def test_who_joins_later_finds_what_was_left_behind_about_them_done(
    journal: Journal, store: Decisions
) -> None:
    leave_behind(journal, store, 1, BEN)
    with journal.transaction((ADA,)):
        assert store.added == []
        with journal.transaction((BEN,)):
            assert store.added == [1]


def test_reading_beside_somebody_does_not_do_what_they_left_behind(
    journal: Journal, store: Decisions
) -> None:
    leave_behind(journal, store, 1, BEN)
    with journal.transaction((ADA,), beside=(BEN,)):
        assert store.added == []


def test_a_store_that_is_away_is_tried_for_ever_and_recovery_does_it_once(
    journal: Journal, log: MemoryLog, store: Decisions
) -> None:
    leave_behind(journal, store, 1, ADA)
    store.fault = Unavailable("It is away.")
    for _ in range(2 * TRIES):
        assert journal.recover(0) == 0
    assert (log.tries, log.aside, len(log.units)) == ({}, [], 1)
    store.fault = None
    assert (journal.recover(0), journal.recover(0)) == (1, 0)
    assert (store.added, log.sessions) == ([1], 0)


def test_what_cannot_be_done_keeps_its_owners_waiting_for_ten_tries_and_no_longer(
    journal: Journal, log: MemoryLog, decisions: JournaledPort, store: Decisions
) -> None:
    store.fault, store.bad = ValueError("no such row"), 9
    with pytest.raises(Unavailable), journal.transaction((ADA, BEN)):
        decisions.add([9])
    for _ in range(TRIES - 2):
        with pytest.raises(Stuck), journal.transaction((BEN,)):
            decisions.add([2])
    assert (store.added, log.aside) == ([], [])
    with journal.transaction((BEN,)):
        decisions.add([2])
    assert (store.added, log.units) == ([2], {})
    (dead,) = log.dead()
    assert (dead.owners, dead.reason) == ((ADA, BEN), "ValueError: no such row")
