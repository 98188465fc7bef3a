"""Notifications as a person reads them: grouped like a plain list would be, capped, and marked."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.model.errors import InvalidInput, NotFound
from feed_core.model.notifications import Notification, NotificationGroup
from feed_core.model.users import NewUser
from feed_core.services.notifications import MAX_GROUPS, MOST_UNREAD
from tests.feed_core.services.conftest import NOW, World

Deed = tuple[str, int, int]
deeds = st.lists(
    st.tuples(
        st.sampled_from(["like", "comment", "mention", "follow"]), st.integers(1, 3), st.integers(0, 2)
    ),
    unique_by=lambda deed: deed[:2] if deed[0] == "follow" else deed, max_size=14,
)  # fmt: skip


def rows_of(world: World, deeds: Sequence[Deed]) -> list[Notification]:
    """One row a deed (kind, who, which post), each later than the one before."""
    posts = [world.post(world.ann).post_id for _ in range(3)]
    return [
        Notification(
            user_id=world.ann, notification_id=number + 1, at=NOW + number, kind=kind,  # type: ignore[arg-type]
            actor_id=world.people[who], post_id=0 if kind == "follow" else posts[which],
        )
        for number, (kind, who, which) in enumerate(deeds)
    ]  # fmt: skip


def put(world: World, rows: Sequence[Notification]) -> None:
    world.core.stores.notifications.forget_users(world.people)
    world.core.stores.notifications.put(rows)


def pages(world: World, limit: int) -> list[tuple[NotificationGroup, ...]]:
    """All pages from the newest on."""
    found, cursor = [], ""
    while True:
        page = world.core.notifications.page(world.ann, limit, cursor)
        found.append(page.groups)
        cursor = page.next_cursor
        if not cursor:
            return found


def grouped(rows: Sequence[Notification]) -> list[tuple[Notification, tuple[int, ...]]]:
    """The plain definition: by kind and post, the newest row first in each."""
    groups: dict[tuple[str, int], list[Notification]] = {}
    for row in sorted(rows, key=lambda row: row.place, reverse=True):
        groups.setdefault((row.kind, row.post_id), []).append(row)
    return [(each[0], tuple(dict.fromkeys(row.actor_id for row in each))) for each in groups.values()]


@given(deeds)
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_one_page_groups_rows_by_kind_and_post_with_the_latest_first(world: World, deeds: list[Deed]) -> None:
    rows = rows_of(world, deeds)
    put(world, rows)
    (groups,) = pages(world, MAX_GROUPS)
    assert [(group.newest, group.actor_ids) for group in groups] == grouped(rows)
    assert world.core.notifications.unread(world.ann) == len(rows)


@given(deeds, st.integers(1, 4))
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_pages_join_to_every_row_once_from_newer_to_older(
    world: World, deeds: list[Deed], limit: int
) -> None:
    rows = rows_of(world, deeds)
    put(world, rows)
    found = pages(world, limit)
    assert all(len(groups) <= limit for groups in found)
    joined = [group for groups in found for group in groups]
    assert [g.newest.place for g in joined] == sorted((g.newest.place for g in joined), reverse=True)
    told = [(g.newest.kind, g.newest.post_id, actor) for g in joined for actor in g.actor_ids]
    assert sorted(told) == sorted({(row.kind, row.post_id, row.actor_id) for row in rows})


@given(deeds.filter(len), st.data())
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
def test_unread_is_what_lies_above_the_mark_which_never_goes_back(
    world: World, deeds: list[Deed], data: st.DataObject
) -> None:
    rows = rows_of(world, deeds)
    put(world, rows)
    read = 0
    for upto in data.draw(st.lists(st.integers(1, len(rows)), max_size=3)):
        world.core.notifications.mark_read(world.ann, rows[upto - 1].place)
        read = max(read, upto)
        assert world.core.notifications.unread(world.ann) == len(rows) - read
        (groups,) = pages(world, MAX_GROUPS)
        assert all(group.unread == (group.newest.notification_id > read) for group in groups)


@pytest.fixture
def followed(world: World) -> World:
    """230 people follow ann, one a millisecond."""
    users = world.core.accounts.create_many([NewUser(username=f"fan{n}") for n in range(230)])
    world.core.stores.notifications.put(
        [
            Notification(
                user_id=world.ann, notification_id=n + 1, at=NOW + n, kind="follow", actor_id=user.user_id
            )
            for n, user in enumerate(users)
        ]
    )
    return world


def test_a_page_is_made_of_two_hundred_rows_and_goes_on_below_them(followed: World) -> None:
    first, second = pages(followed, 20)
    assert [group.newest.notification_id for group in (*first, *second)] == [230, 30]
    assert [len(first[0].actor_ids), len(second[0].actor_ids)] == [200, 30]


def test_more_than_ninety_nine_unread_are_ninety_nine(followed: World) -> None:
    assert followed.core.notifications.unread(followed.ann) == MOST_UNREAD
    followed.core.notifications.mark_read(followed.ann, (NOW + 131, 132))
    assert followed.core.notifications.unread(followed.ann) == 98


def test_a_mark_goes_no_further_than_what_is_there(world: World) -> None:
    rows = rows_of(world, [("follow", 1, 0), ("follow", 2, 0)])
    put(world, rows[:1])
    world.core.notifications.mark_read(world.ann, (NOW + 1_000, 99))
    world.core.stores.notifications.put(rows[1:])
    assert world.core.notifications.unread(world.ann) == 1


def test_nothing_is_marked_where_nothing_is(world: World) -> None:
    world.core.notifications.mark_read(world.ann)
    world.core.notifications.mark_read(world.ann, (NOW, 1))
    assert world.core.stores.notifications.marks([world.ann]) == {}
    assert world.core.notifications.page(world.ann).groups == ()


@pytest.mark.parametrize("limit", [-1, 0, MAX_GROUPS + 1, 1_001])
def test_a_limit_out_of_range_is_told_the_range(world: World, limit: int) -> None:
    with pytest.raises(InvalidInput, match=f"limit {limit}") as refused:
        world.core.notifications.page(world.ann, limit)
    assert refused.value.fix


def test_a_place_or_cursor_that_is_not_there_is_refused(world: World, nobody: int) -> None:
    put(world, rows_of(world, [("follow", 1, 0), ("follow", 2, 0)]))
    with pytest.raises(InvalidInput, match="no notification 77"):
        world.core.notifications.place_of(world.ann, 77)
    with pytest.raises(InvalidInput, match="cursor"):
        world.core.notifications.page(world.ben, 1, "AAAA")
    for ask in (world.core.notifications.page, world.core.notifications.unread):
        with pytest.raises(NotFound, match=str(nobody)):
            ask(nobody)
