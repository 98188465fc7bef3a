"""The contract of ``ports.stories``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.stories import CassandraStories
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.model.clock import HOUR, SystemClock
from feed_core.model.posts import MediaRef
from feed_core.model.stories import Story, StoryView
from feed_core.ports.stories import Stories

NOW = SystemClock().now()
"""Stores that let rows go by their own clock see stories of today."""


def story(id_: int, user_id: int = 1, age: int = 0) -> Story:
    created = NOW - age
    media = MediaRef(url="media/é.mp4", media_type="video", duration_ms=9_000)
    return Story(
        story_id=id_, user_id=user_id, media=media, caption="c", created_at=created,
        expires_at=created + 24 * HOUR,
    )  # fmt: skip


def view(story_id: int, viewer_id: int, at: int = NOW, lasts: int = HOUR) -> StoryView:
    return StoryView(story_id=story_id, viewer_id=viewer_id, at=at, expires_at=NOW + lasts)


class StoriesContract:
    adapter: Callable[[Database], Stories]

    @pytest.fixture
    def stories(self, database: Database) -> Stories:
        return type(self).adapter(database)

    def test_active_stories_come_oldest_first_by_owner(self, stories: Stories) -> None:
        stories.put([story(5), story(4, age=HOUR), story(6), story(7, user_id=2)])
        stories.put([replace(story(5), caption="again")])
        assert stories.active([1, 2, 3], NOW) == {
            1: [story(4, age=HOUR), story(5), story(6)],
            2: [story(7, user_id=2)],
        }

    def test_a_story_is_gone_when_its_time_is_over(self, stories: Stories) -> None:
        stories.put([story(4, age=20 * HOUR), story(5)])
        assert stories.active([1], NOW + 4 * HOUR) == {1: [story(5)]}
        assert stories.active([1], NOW + 24 * HOUR) == {}
        stories.forget(NOW + 4 * HOUR)
        assert stories.active([1], NOW + 4 * HOUR) == {1: [story(5)]}

    def test_a_removed_story_takes_its_views_along(self, stories: Stories) -> None:
        stories.put([story(4), story(5)])
        stories.add_views([view(4, 9), view(5, 9)])
        stories.remove([(1, 4), (1, 99), (2, 5)])
        assert stories.active([1], NOW) == {1: [story(5)]}
        assert stories.count_views([4], NOW) == {}

    def test_a_view_counts_once_and_keeps_its_first_time(self, stories: Stories) -> None:
        assert stories.add_views([view(4, 9, NOW - 5), view(4, 9), view(4, 8)]) == [True, False, True]
        assert stories.add_views([view(4, 9)]) == [False]
        assert stories.count_views([4, 5], NOW) == {4: 2}
        assert stories.views(4, 0, 9, NOW) == [view(4, 8), view(4, 9, NOW - 5)]

    def test_viewers_are_paged_in_order_of_id(self, stories: Stories) -> None:
        stories.add_views([view(4, viewer) for viewer in (30, 10, 20)])
        assert [each.viewer_id for each in stories.views(4, 0, 2, NOW)] == [10, 20]
        assert [each.viewer_id for each in stories.views(4, 20, 2, NOW)] == [30]
        assert stories.viewed(10, [4, 5], NOW) == {4}
        assert stories.viewed(11, [4, 5], NOW) == set()

    def test_views_expire_with_their_story(self, stories: Stories) -> None:
        stories.add_views([view(4, 9, lasts=HOUR), view(5, 9, lasts=2 * HOUR)])
        late = NOW + HOUR
        assert stories.count_views([4, 5], late) == {5: 1}
        assert stories.views(4, 0, 9, late) == []
        assert stories.viewed(9, [4, 5], late) == {5}


class TestSqliteStories(StoriesContract):
    adapter = SqliteStories


class TestCassandraStories(StoriesContract):
    @pytest.fixture
    def stories(self, cassandra: CassandraSession) -> Stories:
        return CassandraStories(cassandra)
