"""What SQLite keeps for a time only: stories, notifications, first answers and visits, at the very ms."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.sqlite.activity import SqliteActivity
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.idempotency import SqliteIdempotencyKeys
from feed_core.adapters.sqlite.notifications import SqliteNotifications
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.model.notifications import Notification, NotificationKey
from feed_core.model.posts import MediaRef
from feed_core.model.stories import Story, StoryView

IDS = (1, 2, (1 << 63) - 1)
LATE = 1 << 60
ids, times, limits = st.sampled_from(IDS), st.integers(0, 5), st.integers(0, 4)
stories = st.builds(
    Story, story_id=ids, user_id=ids, media=st.just(MediaRef(url="s")), caption=st.just(""),
    created_at=times, expires_at=times,
)  # fmt: skip
views = st.builds(StoryView, story_id=ids, viewer_id=ids, at=times, expires_at=times)
rows = st.builds(
    Notification, user_id=ids, notification_id=st.integers(1, 3), at=times,
    kind=st.sampled_from(["like", "follow"]), actor_id=ids, post_id=st.sampled_from([0, 7]),
)  # fmt: skip
settled = settings(max_examples=30)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with TemporaryDirectory() as folder, closing(Database(Path(folder) / "kept.sqlite")) as database:
        yield database


@settled
@given(st.lists(stories, max_size=6), times, st.sets(st.tuples(ids, ids), max_size=2), st.booleans())
def test_stories_are_there_until_they_expire_or_are_removed(
    database: Database, told: list[Story], now: int, removed: set[tuple[int, int]], forgotten: bool
) -> None:
    store = SqliteStories(database)
    store.forget(LATE)
    store.put(told)
    store.put(told)
    store.remove(removed)
    if forgotten:
        store.forget(now)
    first: dict[tuple[int, int, int], Story] = {}
    for one in told:
        first.setdefault((one.user_id, one.created_at, one.story_id), one)
    for user in IDS:
        left = [one for key, one in sorted(first.items()) if key[0] == user and one.expires_at > now]
        left = [one for one in left if (user, one.story_id) not in removed]
        assert store.active(IDS, now).get(user, []) == left


@settled
@given(st.lists(views, max_size=8), times, ids, limits, st.booleans())
def test_views_count_once_a_viewer_until_their_story_expires(
    database: Database, seen: list[StoryView], now: int, after: int, limit: int, forgotten: bool
) -> None:
    store = SqliteStories(database)
    store.forget(LATE)
    first: dict[tuple[int, int], StoryView] = {}
    expected = []
    for view in seen:
        expected.append((view.story_id, view.viewer_id) not in first)
        first.setdefault((view.story_id, view.viewer_id), view)
    assert store.add_views(seen) == expected
    if forgotten:
        store.forget(now)
    left = {key: view for key, view in first.items() if view.expires_at > now}
    for story in IDS:
        of = [view for key, view in sorted(left.items()) if key[0] == story]
        assert store.count_views(IDS, now).get(story, 0) == len(of)
        assert store.views(story, after, limit, now) == [v for v in of if v.viewer_id > after][:limit]
    for viewer in IDS:
        assert store.viewed(viewer, IDS, now) == {story for story, who in left if who == viewer}


@settled
@given(st.lists(rows, max_size=8), st.lists(rows, max_size=2), st.tuples(times, st.integers(0, 4)), limits)
def test_a_key_has_one_row_and_a_place_one_too(
    database: Database,
    put: list[Notification],
    taken: list[Notification],
    before: tuple[int, int],
    limit: int,
) -> None:
    store = SqliteNotifications(database)
    store.forget_users(IDS)
    held: dict[NotificationKey, Notification] = {}
    for row in put:
        if row.place not in {each.place for each in held.values() if each.user_id == row.user_id}:
            held.setdefault(row.key, row)
    store.put(put)
    store.remove([row.key for row in taken])
    left = [row for key, row in held.items() if key not in {row.key for row in taken}]
    for user in IDS:
        own = sorted((row for row in left if row.user_id == user), key=lambda row: row.place, reverse=True)
        assert store.below(user, before, limit) == [row for row in own if row.place < before][:limit]
    store.forget(before[0])
    kept = {row.key for row in left if row.at >= before[0]}
    assert {row.key for user in IDS for row in store.below(user, (LATE, 0), 99)} == kept


@settled
@given(st.lists(st.dictionaries(ids, st.tuples(times, ids), max_size=3), max_size=4))
def test_a_mark_is_the_furthest_that_was_read(
    database: Database, marks: list[dict[int, tuple[int, int]]]
) -> None:
    store = SqliteNotifications(database)
    store.forget_users(IDS)
    for some in marks:
        store.mark_read(some)
    read = {user: [some[user] for some in marks if user in some] for user in IDS}
    assert store.marks(IDS) == {user: max(places) for user, places in read.items() if places}


@settled
@given(st.lists(st.tuples(st.sets(ids), times), max_size=5), st.integers(0, 6), st.sets(ids))
def test_who_was_here_is_told_by_their_latest_visit(
    database: Database, visits: list[tuple[set[int], int]], since: int, removed: set[int]
) -> None:
    store = SqliteActivity(database)
    store.remove(IDS)
    for who, at in visits:
        store.touch(who, at)
    store.remove(removed)
    latest = {id_: max([at for who, at in visits if id_ in who], default=-1) for id_ in IDS}
    assert store.active(IDS, since) == {
        id_ for id_, at in latest.items() if at >= since and id_ not in removed
    }


def test_a_first_answer_is_gone_at_its_very_end_and_makes_room(database: Database) -> None:
    store = SqliteIdempotencyKeys(database)
    assert store.put(1, "ключ", b"", 10) == b""
    assert store.put(1, "ключ", b"second", 99) == b""
    store.forget(9)
    assert [store.get(1, "ключ", now) for now in (0, 9)] == [b"", b""]
    store.forget(10)
    assert store.get(1, "ключ", 9) is None
    assert store.put(1, "ключ", b"third", 20) == b"third"
    assert [store.get(1, "ключ", now) for now in (19, 20)] == [b"third", None]
    assert store.put(1, "ключ", b"fourth", 30) == b"fourth"
