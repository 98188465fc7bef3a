"""What a unit collects does nothing until the unit is certain."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from feed_core.adapters.journal.journal import Journal
from feed_core.adapters.journal.ports import JournaledPort
from feed_core.adapters.journal.units import DeadUnit, Operation, Pending, Unit
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.idempotency import SqliteIdempotencyKeys
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.model.errors import Unavailable
from feed_core.model.timelines import Entry
from feed_core.ports.reactions import Reaction

ENTRY = Entry(delivered_at=5, post_id=1, via_id=2, author_id=3)


class OneProcess:
    """Implements ``UnitLog`` for a single thread that does not die."""

    @contextmanager
    def session(self) -> Iterator[None]:
        yield

    def take(self, owners: Collection[int], beside: Collection[int] = ()) -> list[Pending]:
        return []

    def commit(self, unit: Unit) -> Unit:
        return unit

    def load(self, pending: Pending) -> Unit | None:
        return None

    def finish(self, unit: Unit) -> None:
        """Nothing was kept."""

    def forget(self, pending: Pending, owners: Collection[int]) -> None:
        """Nothing was kept."""

    def fail(self, unit: Unit, reason: str, most: int) -> bool:
        return False

    def dead(self) -> list[DeadUnit]:
        return []

    def left(self, age_ms: int) -> list[tuple[int, ...]]:
        return []


class OneOwnerIsAway(OneProcess):
    """Two units were left behind; the server of the first's owner does not answer."""

    def left(self, age_ms: int) -> list[tuple[int, ...]]:
        return [(1,), (2,)]

    def take(self, owners: Collection[int], beside: Collection[int] = ()) -> list[Pending]:
        if 1 in owners:
            raise Unavailable("Postgres does not answer.")
        return [Pending(9, 2)]

    def load(self, pending: Pending) -> Unit | None:
        entries = Operation("posts", "put_entries", msgspec.msgpack.encode([[ENTRY]]))
        return Unit(unit_id=9, owners=(2,), operations=(entries,), at=1)


def test_what_cannot_be_recovered_now_keeps_nothing_else_waiting(tmp_path: Path) -> None:
    database = Database(tmp_path / "feed.sqlite")
    posts = SqlitePosts(database)
    assert Journal(OneOwnerIsAway(), {"posts": posts}).recover() == 1
    assert posts.entries_of([1]) == [ENTRY]
    database.close()


def test_entries_are_withdrawn_with_the_unit_or_not_at_all(tmp_path: Path) -> None:
    database = Database(tmp_path / "feed.sqlite")
    plain = SqlitePosts(database)
    plain.put_entries([ENTRY])
    journal = Journal(OneProcess(), {"posts": plain})
    posts = JournaledPort("posts", plain, journal)
    with pytest.raises(ValueError, match="no"):
        _withdraw_and_fail(journal, posts)
    assert plain.entries_of([1]) == [ENTRY]
    with journal.transaction((2,)):
        posts.withdraw_entries([(2, 1)])
        assert plain.entries_of([1]) == [ENTRY]
    assert plain.entries_of([1]) == []
    database.close()


def _withdraw_and_fail(journal: Journal, posts: JournaledPort) -> None:
    with journal.transaction((2,)):
        posts.withdraw_entries([(2, 1)])
        raise ValueError("no")


def test_an_empty_answer_is_written_and_an_empty_list_is_not(tmp_path: Path) -> None:
    database = Database(tmp_path / "feed.sqlite")
    keys, posts = SqliteIdempotencyKeys(database), SqlitePosts(database)
    journal = Journal(OneProcess(), {"idempotency": keys, "posts": posts})
    with journal.transaction((2,)):
        assert JournaledPort("idempotency", keys, journal).put(2, "key", b"", 9) == b""
        JournaledPort("posts", posts, journal).put_entries([])
        assert journal.unit
        assert [operation.port for operation in journal.unit.operations] == ["idempotency"]
    assert keys.get(2, "key", 0) == b""
    database.close()


class Counting:
    """Implements what ``JournaledPort`` asks of reactions; counts its reads."""

    def __init__(self) -> None:
        self.reads, self.there = 0, {(2, 70)}

    def present(self, kind: str, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        self.reads += 1
        return self.there & set(pairs)

    def add(self, kind: str, reactions: Collection[Reaction]) -> None:
        """Nothing is kept."""


def test_what_a_unit_has_read_about_its_owners_is_not_read_again() -> None:
    store = Counting()
    journal = Journal(OneProcess(), {"reactions": store})
    reactions = JournaledPort("reactions", store, journal)
    with journal.transaction((2,)):
        assert reactions.present("like", [(2, 70), (2, 71), (3, 70)]) == {(2, 70)}
        assert reactions.add("like", [Reaction(2, 70, 1), Reaction(2, 71, 1)]) == [False, True]
        assert store.reads == 1
        assert reactions.add("like", [Reaction(2, 71, 1), Reaction(3, 70, 1)]) == [False, True]
        assert store.reads == 2, "nobody holds 3's lock, so what was read of them may have changed"
    reactions.present("like", [(2, 70)])
    assert store.reads == 3
