"""A write that cannot be done is tried some times, then laid aside, and its owners go on."""

from pathlib import Path

import pytest

from feed_core.adapters.journal.journal import TRIES, Journal, Stuck
from feed_core.adapters.journal.ports import JournaledPort
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.postgres.unit_log import PostgresUnitLog
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.model.errors import Unavailable
from feed_core.model.timelines import Entry
from feed_core.stores import dead_writes, open_stores, retry_writes
from pipelines.commands.stack import say_dead_writes

ADA, BEN, CAM = 1, 2, 5
"""Ada's and Ben's shards are on different clusters, Cam's is Ada's neighbour."""


class Poisoned(SqlitePosts):
    """Cannot record what is posted by whoever is in ``bad``, for ``reason``."""

    bad: int = ADA
    reason: Exception = ValueError("no such thing")

    def put_entries(self, entries):  # type: ignore[no-untyped-def]
        if any(entry.via_id == self.bad for entry in entries):
            raise self.reason
        super().put_entries(entries)


@pytest.fixture
def posts(tmp_path: Path) -> Poisoned:
    return Poisoned(open_stores(tmp_path).posts._database)  # type: ignore[attr-defined]


@pytest.fixture
def log(shards: Shards) -> PostgresUnitLog:
    return PostgresUnitLog(shards, OwnerLocks(shards))


@pytest.fixture
def journal(log: PostgresUnitLog, posts: Poisoned) -> Journal:
    return Journal(log, {"posts": posts})


def write(journal: Journal, posts: Poisoned, *owners: int) -> None:
    port = JournaledPort("posts", posts, journal)
    with journal.transaction(owners):
        port.put_entries([Entry(delivered_at=5, post_id=id_, via_id=id_, author_id=9) for id_ in owners])


def test_after_some_tries_it_is_laid_aside_and_its_owners_go_on(
    journal: Journal, posts: Poisoned, log: PostgresUnitLog
) -> None:
    with pytest.raises(Unavailable, match="may have been done"):
        write(journal, posts, ADA, BEN)
    for _ in range(TRIES - 2):
        with pytest.raises(Stuck):
            write(journal, posts, BEN)
    assert (log.dead(), len(log.left(0))) == ([], 1)
    write(journal, posts, BEN)
    assert posts.entries_of([BEN]) != []
    (dead,) = log.dead()
    assert (dead.owners, dead.reason) == ((ADA, BEN), "ValueError: no such thing")
    assert log.left(0) == []
    posts.bad = CAM
    write(journal, posts, ADA)
    assert len(posts.entries_of([ADA])) == 1


def test_a_server_that_is_away_is_no_reason(journal: Journal, posts: Poisoned, log: PostgresUnitLog) -> None:
    posts.reason = Unavailable("Cassandra is away.")
    for _ in range(2 * TRIES):
        with pytest.raises(Unavailable):
            write(journal, posts, ADA)
    assert (log.dead(), len(log.left(0))) == ([], 1)
    posts.bad = CAM
    write(journal, posts, ADA)
    assert log.left(0) == []


def test_recovery_passes_by_what_is_stuck(journal: Journal, posts: Poisoned, log: PostgresUnitLog) -> None:
    with pytest.raises(Unavailable):
        write(journal, posts, ADA)
    posts.reason = Unavailable("Cassandra is away.")
    posts.bad = BEN
    with pytest.raises(Unavailable):
        write(journal, posts, BEN)
    posts.reason, posts.bad = ValueError("no such thing"), ADA
    assert journal.recover(0) == 1
    assert [entry.via_id for entry in posts.entries_of([ADA, BEN])] == [BEN]
    for _ in range(TRIES):
        journal.recover(0)
    assert [dead.owners for dead in log.dead()] == [(ADA,)]
    assert log.left(0) == []


def test_the_operator_is_told(
    journal: Journal, posts: Poisoned, postgres_urls: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    say_dead_writes(postgres_urls)
    assert capsys.readouterr().out == ""
    with pytest.raises(Unavailable):
        write(journal, posts, ADA)
    for _ in range(TRIES):
        journal.recover(0)
    (dead,) = dead_writes(postgres_urls)
    assert (dead.owners, dead.reason) == ((ADA,), "ValueError: no such thing")
    say_dead_writes(postgres_urls)
    told = capsys.readouterr().out
    assert "1 write could not be done" in told
    assert "of 1: ValueError: no such thing" in told


def test_it_is_done_when_the_cause_is_mended_and_what_came_later_stays(
    journal: Journal, posts: Poisoned, log: PostgresUnitLog, postgres_urls: list[str]
) -> None:
    with pytest.raises(Unavailable):
        write(journal, posts, ADA, BEN)
    for _ in range(TRIES):
        journal.recover(0)
    (dead,) = log.dead()
    posts.bad = CAM
    write(journal, posts, ADA)
    assert retry_writes(postgres_urls) == 1
    assert (log.dead(), log.left(0)) == ([], [dead.owners])
    assert posts.entries_of([BEN]) == []
    assert journal.recover(0) == 1
    assert sorted(entry.via_id for entry in posts.entries_of([ADA, BEN])) == [ADA, BEN]
    assert (retry_writes(postgres_urls), log.left(0)) == (0, [])


def test_what_it_has_done_already_is_known_however_long_it_lies_aside(
    journal: Journal, posts: Poisoned, log: PostgresUnitLog, shards: Shards
) -> None:
    with pytest.raises(Unavailable):
        write(journal, posts, ADA, BEN)
    for _ in range(TRIES):
        journal.recover(0)
    (dead,) = log.dead()
    homes = [shards.of_user(id_) for id_ in dead.owners]
    done = "INSERT INTO {s}.applied_units (unit_id, place, at) VALUES (%s, 0, 1), (7, 0, 1)"
    shards.write_each(homes, lambda cursor, _: cursor.execute(done, (dead.unit_id,)))
    log._forget_applied()
    for home in homes:
        assert shards.read(home, "SELECT unit_id FROM {s}.applied_units") == [(dead.unit_id,)]
