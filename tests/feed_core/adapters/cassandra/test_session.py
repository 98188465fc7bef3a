"""URLs, migrations, times of writes, and what is said when no server answers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from feed_core.adapters.cassandra.connecting import open_cassandra
from feed_core.adapters.cassandra.migrating import FOLDER, migrate, statements_of
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.timestamps import Timestamps
from feed_core.adapters.cassandra.url import CassandraUrl, cassandra_url
from feed_core.adapters.journal.applying import Step, applying
from feed_core.model.errors import Conflict, InvalidInput, Unavailable


def test_a_url_says_hosts_keyspace_and_options() -> None:
    url = cassandra_url("cassandra://127.0.0.1:21030,127.0.0.2:21030/loupe?datacenter=dc2&copies=3&reads=ONE")
    assert url == CassandraUrl(
        hosts=("127.0.0.1", "127.0.0.2"),
        port=21_030,
        keyspace="loupe",
        datacenter="dc2",
        copies=3,
        reads="ONE",
    )
    assert cassandra_url("cassandra://a/k").port == 9_042


@pytest.mark.parametrize(
    "wrong",
    [
        "", "redis://a/k", "cassandra:///k", "cassandra://a", "cassandra://a/K", "cassandra://a/k;drop",
        "cassandra://a:1,b:2/k", "cassandra://a:0/k", "cassandra://a:x/k", "cassandra://a/k?copies=0",
        "cassandra://a/k?color=red", "cassandra://a/k?copies", "cassandra://a/k?reads=SOME",
    ],
)  # fmt: skip
def test_other_urls_are_refused_with_an_example(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="cassandra://127"):
        cassandra_url(wrong)


def test_no_server_is_said_in_words() -> None:
    with pytest.raises(Unavailable, match=r"127.0.0.1 port 1 does not answer. Start it"):
        open_cassandra(cassandra_url("cassandra://127.0.0.1:1/k"))


def test_migrations_run_once_whoever_else_runs_them(cassandra: CassandraSession, tmp_path: Path) -> None:
    name = f"late_{id(tmp_path)}"
    (tmp_path / "0900_late.cql").write_text(
        f"-- A comment; with a semicolon.\nCREATE TABLE IF NOT EXISTS {name} (id int PRIMARY KEY);\n"
        f"ALTER TABLE {name} ADD IF NOT EXISTS more int;\n"
    )
    start = threading.Barrier(3)

    def run(_: int) -> list[str]:
        start.wait()
        return migrate(cassandra, tmp_path)

    with ThreadPoolExecutor(3) as pool:
        applied = list(pool.map(run, range(3)))
    assert sorted(applied) == [[], [], ["0900_late"]]
    assert cassandra.rows(f"SELECT id, more FROM {name}") == []
    assert migrate(cassandra) == []


def test_a_migration_that_was_changed_after_the_fact_is_refused(
    cassandra: CassandraSession, tmp_path: Path
) -> None:
    path = tmp_path / "0901_changed.cql"
    path.write_text("CREATE TABLE IF NOT EXISTS changed (id int PRIMARY KEY);")
    migrate(cassandra, tmp_path)
    path.write_text("-- Only a remark.\nCREATE TABLE IF NOT EXISTS changed (id int PRIMARY KEY);")
    assert migrate(cassandra, tmp_path) == []
    path.write_text("CREATE TABLE IF NOT EXISTS changed (id bigint PRIMARY KEY);")
    with pytest.raises(Conflict, match="0901_changed"):
        migrate(cassandra, tmp_path)


def test_every_statement_of_the_schema_may_be_repeated_and_says_its_compaction() -> None:
    statements = [one for path in FOLDER.glob("*.cql") for one in statements_of(path.read_text())]
    assert len(statements) > 20
    for statement in statements:
        assert "IF NOT EXISTS" in statement
        assert "compaction" in statement or not statement.startswith("CREATE TABLE")


def test_times_of_writes_rise_within_a_process_and_are_the_units_inside_one() -> None:
    times = Timestamps()
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda _: times(), range(2_000)))
    assert len(set(drawn)) == 2_000
    with applying(Step(unit_id=1, place=3, at=500)):
        assert times() == 503
    assert times() > max(drawn)


def test_a_late_repeat_of_a_unit_loses_against_what_came_after(cassandra: CassandraSession) -> None:
    put = "INSERT INTO comment_places (comment_id, post_id, bucket) VALUES (?, ?, ?)"
    first, later = cassandra.now(), cassandra.now()
    for at, post_id in ((first, 1), (later, 2), (first, 1)):
        with applying(Step(unit_id=at, place=0, at=at)):
            cassandra.write_small(put, [(7, post_id, 1)])
    assert cassandra.rows("SELECT post_id FROM comment_places WHERE comment_id = 7") == [(2,)]


def _edges(cassandra: CassandraSession) -> list[tuple[int, int]]:
    read = "SELECT user_id, following_id FROM following WHERE user_id IN ? AND kind = ?"
    return sorted(cassandra.rows_in(read, [1, 2], "follow"))


_EDGE = "INSERT INTO following (kind, user_id, following_id, at) VALUES (?, ?, ?, ?)"


@pytest.mark.parametrize("in_unit", [False, True])
def test_writes_that_follow_each_other_are_all_there(cassandra: CassandraSession, in_unit: bool) -> None:
    writes = ((_EDGE, [("follow", 1, 5, 9)]), (_EDGE, [("follow", 1, 6, 9), ("follow", 2, 7, 9)]))
    if in_unit:
        with applying(Step(1, 0, cassandra.now())):
            cassandra.write_first(*writes)
    else:
        cassandra.write_first(*writes)
    assert _edges(cassandra) == [(1, 5), (1, 6), (2, 7)]


def test_several_reads_answer_each_for_itself(cassandra: CassandraSession) -> None:
    cassandra.write_small(_EDGE, [("follow", 1, 5, 9), ("follow", 2, 7, 8)])
    one = "SELECT following_id FROM following WHERE user_id = ? AND kind = ?"
    when = "SELECT at FROM following WHERE user_id = ? AND kind = ?"
    asked = [(1, "follow"), (2, "follow"), (3, "follow")]
    assert cassandra.rows_of((one, asked), (when, asked[:1])) == [[[(5,)], [(7,)], []], [[(9,)]]]


_BODY = "INSERT INTO posts (post_id, deleted, body) VALUES (?, ?, ?)"
_LARGE = [(number, False, b"x" * 40_000) for number in range(1, 5)]


def _posts(cassandra: CassandraSession) -> list[int]:
    return sorted(
        id_ for (id_,) in cassandra.rows_in("SELECT post_id FROM posts WHERE post_id IN ?", range(9))
    )


@pytest.mark.parametrize("in_unit", [False, True])
def test_large_rows_are_written_with_the_small_ones_before_them(
    cassandra: CassandraSession, in_unit: bool
) -> None:
    with applying(Step(1, 0, cassandra.now())) if in_unit else nullcontext():
        cassandra.write_before((_BODY, _LARGE), (_EDGE, [("follow", 1, 5, 9)]))
    assert _edges(cassandra) == [(1, 5)]
    assert _posts(cassandra) == [1, 2, 3, 4]


def test_what_comes_last_is_not_there_without_what_comes_before(cassandra: CassandraSession) -> None:
    with pytest.raises(TypeError):
        cassandra.write_before((_BODY, _LARGE), (_EDGE, [("follow", "no number", 5, 9)]))
    assert _posts(cassandra) == []


def test_reads_alone_are_asked_of_a_second_replica_when_the_first_is_slow(
    cassandra: CassandraSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver, used = cassandra._session, []
    execute = driver.execute_async

    def noting(statement: Any, execution_profile: object = None) -> Any:
        policy = driver.cluster.profile_manager.profiles[execution_profile].speculative_execution_policy
        plan = policy.new_plan(cassandra.keyspace, statement)
        used.append(plan.next_execution(None) > 0)
        return execute(statement, execution_profile=execution_profile)

    monkeypatch.setattr(driver, "execute_async", noting)
    cassandra.write_small("INSERT INTO post_days (list, day) VALUES (?, ?)", [("x", 1)])
    cassandra.write("INSERT INTO post_days (list, day) VALUES (?, ?)", [("x", 2)])
    assert used == [False, False]
    assert cassandra.rows("SELECT day FROM post_days WHERE list = ?", "x") == [(1,), (2,)]
    assert used[2:] == [True]
