"""Statements that travel together still take effect together, and dead connections are not used."""

import psycopg
import pytest
from psycopg import errors

from feed_core.adapters.postgres.shards import Answer, ShardCursor, Shards

NEAR, FAR = 1, 6
"""Of the eight shards, on cluster 0 and 1."""
_INSERT = "INSERT INTO {s}.logged_decisions VALUES (%s)"
_ALL = "SELECT decision_id FROM {s}.logged_decisions ORDER BY 1"


def logged(shards: Shards, shard: int) -> list[int]:
    return [id_ for (id_,) in shards.read(shard, _ALL)]


def test_answers_are_there_after_the_transaction_for_every_shard(shards: Shards) -> None:
    def act(cursor: ShardCursor, shard: int) -> Answer:
        cursor.executemany(_INSERT, [(shard,), (shard + 100,)])
        return cursor.execute(_ALL)

    answers = shards.write_each([NEAR, FAR, NEAR + 1], act)
    assert {shard: [id_ for (id_,) in answer] for shard, answer in answers.items()} == {
        shard: [shard, shard + 100] for shard in (NEAR, FAR, NEAR + 1)
    }


def test_an_answer_that_is_fetched_on_the_way_shows_what_came_before_it(shards: Shards) -> None:
    def act(cursor: ShardCursor, _: int) -> int:
        cursor.execute(_INSERT, (5,))
        found = len(cursor.execute(_ALL).fetchall())
        cursor.execute(_INSERT, (6,))
        return found

    assert shards.write(NEAR, act) == 1
    assert logged(shards, NEAR) == [5, 6]


@pytest.mark.parametrize("in_session", [False, True])
def test_a_statement_that_fails_takes_the_others_with_it(shards: Shards, in_session: bool) -> None:
    def act(cursor: ShardCursor, shard: int) -> None:
        cursor.execute(_INSERT, (shard,))
        if shard == NEAR + 1:
            cursor.execute(_INSERT, (shard,))

    def write() -> None:
        with pytest.raises(errors.UniqueViolation):
            shards.write_each([NEAR, NEAR + 1], act)
        assert logged(shards, NEAR) == logged(shards, NEAR + 1) == []
        shards.write_each([NEAR], act)

    if in_session:
        with shards.clusters.session():
            write()
    else:
        write()
    assert logged(shards, NEAR) == [NEAR]


@pytest.mark.parametrize("in_session", [False, True])
def test_whoever_raises_has_written_nothing(shards: Shards, in_session: bool) -> None:
    def act(cursor: ShardCursor, shard: int) -> None:
        cursor.execute(_INSERT, (shard,))
        raise KeyError(shard)

    def write() -> None:
        with pytest.raises(KeyError):
            shards.write(NEAR, act)
        assert logged(shards, NEAR) == []

    if in_session:
        with shards.clusters.session():
            write()
    else:
        write()


def test_a_write_inside_a_write_of_the_same_cluster_is_part_of_it(shards: Shards) -> None:
    def inner(cursor: ShardCursor, shard: int) -> Answer:
        cursor.execute(_INSERT, (shard,))
        return cursor.execute(_ALL)

    def outer(cursor: ShardCursor, shard: int) -> None:
        cursor.execute(_INSERT, (shard,))
        assert shards.write(NEAR + 1, inner).rowcount == 1
        raise KeyError(shard)

    with shards.clusters.session(), pytest.raises(KeyError):
        shards.write(NEAR, outer)
    assert logged(shards, NEAR) == logged(shards, NEAR + 1) == []


def test_a_connection_that_the_server_ended_is_not_given_out(
    shards: Shards, postgres_urls: list[str]
) -> None:
    logged(shards, NEAR)
    with psycopg.connect(postgres_urls[0], autocommit=True) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert ended
    assert logged(shards, NEAR) == []
