"""Losing what is remembered costs repeats, never safety, and never the answer."""

import pytest

from feed_core.model.errors import InvalidInput
from ranking_service.memory.database import FILE_NAME
from ranking_service.records import Request


def shown(answer):
    return [item.post.post_id for item in answer.items]


def damage(for_you, *statements):
    with for_you.person.served.connections.writing() as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    "statement", ["DROP TABLE served", "UPDATE served SET post_ids = x'010203'", "DROP TABLE snapshots"]
)
def test_a_table_that_cannot_be_read_or_written_leaves_a_safe_answer(world, for_you, statement):
    for_you.rank(Request(user_id=world.ada, limit=5))
    world.core.graph.block_many([(world.ada, world.people["ben"])])
    damage(for_you, statement)
    answer = for_you.rank(Request(user_id=world.ada, limit=5))
    assert len(answer.items) == 5
    assert world.people["ben"] not in {item.post.author_id for item in answer.items}
    assert bool(answer.next_cursor) == ("snapshots" not in statement)


@pytest.mark.parametrize("body", ["'what another release wrote'", "x'01'", "x'02' || substr(body, 2)"])
def test_a_list_that_this_release_cannot_read_has_expired(world, for_you, body):
    first = for_you.rank(Request(user_id=world.ada, limit=5))
    damage(for_you, f"UPDATE snapshots SET body = CAST({body} AS BLOB)")
    with pytest.raises(InvalidInput, match="expired"):
        for_you.rank(Request(user_id=world.ada, limit=5, cursor=first.next_cursor))
    assert for_you.paging.snapshots.newest(world.ada, world.clock.now()) is None


def test_what_was_shown_is_taken_from_the_log_when_the_file_is_gone(world, promote, open_for_you):
    promote()
    first = open_for_you()
    before = shown(first.rank(Request(user_id=world.ada, limit=10)))
    first.close()
    for path in world.home.glob(f"{FILE_NAME}*"):
        path.unlink()
    second = open_for_you()
    assert shown(second.rank(Request(user_id=world.ada, limit=10))) == before
    second.close()
    for path in world.home.glob(f"{FILE_NAME}*"):
        path.unlink()
    third = open_for_you()
    third.freshness.catch_up()
    assert not set(shown(third.rank(Request(user_id=world.ada, limit=10)))) & set(before)


def test_pages_of_a_chronological_list_are_those_of_the_timeline(world, open_for_you):
    service, seen, cursor = open_for_you(), [], ""
    whole = [entry.post_id for entry in world.core.timelines.page(world.ada, 100).entries]
    for _ in range(6):
        answer = service.rank(Request(user_id=world.ada, limit=7, cursor=cursor))
        seen, cursor = seen + shown(answer), answer.next_cursor
        assert answer.served_by == "chronological"
    assert (seen, cursor) == (whole, "")
