"""Rows go by themselves, and when: the time-to-live that the server says each has."""

from typing import Any

import pytest

from feed_core.adapters.cassandra import crowds
from feed_core.adapters.cassandra.notifications import CassandraNotifications
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.stories import CassandraStories
from feed_core.adapters.cassandra.timelines import CassandraTimelines
from feed_core.model.clock import DAY, HOUR, SECOND, SystemClock
from feed_core.model.notifications import Notification
from feed_core.model.posts import MediaRef
from feed_core.model.stories import Story, StoryView
from feed_core.model.timelines import Entry
from feed_core.ports.timelines import Delivery

LIVES = {
    "stories": DAY, "story_views": DAY, "user_feed": 40 * DAY, "feed_copies": 40 * DAY,
    "notifications": 30 * DAY, "notification_keys": 30 * DAY,
}  # fmt: skip
WITHIN = 60 * SECOND
"""From a write until its row is read."""
TABLES = (
    "SELECT table_name, default_time_to_live, compaction FROM system_schema.tables WHERE keyspace_name = ?"
)


def lives(session: CassandraSession, table: str, column: str) -> list[int]:
    """How long (ms) the value of ``column`` will be there, for each row."""
    return [(seconds or 0) * SECOND for (seconds,) in session.rows(f"SELECT TTL({column}) FROM {table}")]


def check(found: list[int], life: int) -> None:
    assert len(found) == 1
    assert life - WITHIN <= found[0] <= life + SECOND


def tables(session: CassandraSession) -> dict[str, tuple[int, str]]:
    rows: list[Any] = session.rows(TABLES, session.keyspace)
    return {name: (life * SECOND, compaction["class"].rpartition(".")[2]) for name, life, compaction in rows}


@pytest.mark.parametrize("left", [24 * HOUR, 4 * HOUR, 1 * HOUR])
def test_a_story_and_its_views_live_until_it_expires(cassandra: CassandraSession, left: int) -> None:
    stories, now = CassandraStories(cassandra), SystemClock().now()
    ends, media = now + left, MediaRef(url="m")
    stories.put(
        [Story(story_id=5, user_id=1, media=media, caption="", created_at=ends - DAY, expires_at=ends)]
    )
    stories.add_views([StoryView(story_id=5, viewer_id=9, at=now, expires_at=ends)])
    for table, column in (("stories", "body"), ("stories", "expires_at"), ("story_views", "at")):
        check(lives(cassandra, table, column), left)


def test_a_story_by_a_clock_that_is_ahead_lives_for_a_day(cassandra: CassandraSession) -> None:
    stories, ends = CassandraStories(cassandra), SystemClock().now() + 90 * DAY
    media = MediaRef(url="m")
    stories.put([Story(story_id=5, user_id=1, media=media, caption="", created_at=ends, expires_at=ends)])
    check(lives(cassandra, "stories", "body"), DAY)


def test_how_wide_a_crowd_of_viewers_is_goes_with_them(
    cassandra: CassandraSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "FULL", 1)
    monkeypatch.setattr(crowds, "LOOKED_AT", 1)
    now = SystemClock().now()
    CassandraStories(cassandra).add_views([StoryView(story_id=5, viewer_id=9, at=now, expires_at=now + HOUR)])
    check(lives(cassandra, "story_views", "width"), DAY)


def test_feeds_and_what_finds_them_live_forty_days(cassandra: CassandraSession) -> None:
    entry = Entry(delivered_at=SystemClock().now(), post_id=5, via_id=6, author_id=6)
    CassandraTimelines(cassandra).deliver([Delivery(1, entry)])
    check(lives(cassandra, "user_feed", "author_id"), 40 * DAY)
    check(lives(cassandra, "feed_copies", "readers"), 40 * DAY)


def test_notifications_and_their_keys_live_thirty_days(cassandra: CassandraSession) -> None:
    now = SystemClock().now()
    told = Notification(user_id=1, notification_id=5, at=now, kind="follow", actor_id=2, post_id=0)
    CassandraNotifications(cassandra).put([told])
    check(lives(cassandra, "notifications", "kind"), 30 * DAY)
    check(lives(cassandra, "notification_keys", "at"), 30 * DAY)


def test_what_expires_lies_in_files_of_a_time_and_nothing_else_expires(cassandra: CassandraSession) -> None:
    found = tables(cassandra)
    assert {name: life for name, (life, _) in found.items() if life} == LIVES
    windows = {
        name for name, (_, compaction) in found.items() if compaction == "TimeWindowCompactionStrategy"
    }
    assert windows == LIVES.keys()
