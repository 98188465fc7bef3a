"""A play is real load on the services, the same for the same seed, and keeps its truth to itself."""

import hashlib
from pathlib import Path

import msgspec
import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.errors import InvalidInput
from feed_core.model.events import Event
from pipelines.society.config import SocietyConfig
from pipelines.society.play import start
from pipelines.society.society import Society
from tests.pipelines.society.conftest import Played, play_small

TINY = SocietyConfig.small(people=50, days=1)


def digest(core: FeedCore) -> str:
    made = hashlib.sha256()
    for topic in ("posts", "graph", "engagement"):
        for record in core.stores.events.read(topic, 0, 1_000_000):  # type: ignore[arg-type]
            made.update(record.body)
    return made.hexdigest()


def test_the_same_seed_plays_the_same_events(tmp_path: Path) -> None:
    once, again, other = (
        play_small(tmp_path / name, seed, TINY) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert once.report == again.report
    assert digest(once.core) == digest(again.core)
    assert digest(once.core) != digest(other.core)
    for one in (once, again, other):
        one.core.close()


def test_what_was_reported_is_in_the_event_log(played: Played) -> None:
    events = [
        msgspec.msgpack.decode(record.body, type=Event)
        for record in played.core.stores.events.read("engagement", 0, 1_000_000)
    ]
    impressions = [event for event in events if event.action == "impression"]
    assert len(impressions) == played.report.impressions
    assert len({event.event_id for event in events}) == len(events)
    decisions = {event.decision_id for event in impressions}
    assert all(event.decision_id in decisions for event in events if event.action == "like")
    assert all(event.occurred_at <= event.arrived_at for event in events)


def test_likes_of_the_log_are_the_counts_of_the_posts(played: Played) -> None:
    likes: dict[int, int] = {}
    for sessions, outcome in played.shown:
        for row, place in zip(*outcome.acted["like"].nonzero(), strict=True):
            post = int(sessions.post_ids[row, place])
            likes[post] = likes.get(post, 0) + 1
    counts = played.core.posts.counts_many(list(likes))
    assert likes
    assert {post: counts[post].likes for post in likes} == likes


def test_nobody_is_shown_a_post_twice(played: Played) -> None:
    seen: set[tuple[int, int]] = set()
    for sessions, _ in played.shown:
        for person, posts in zip(sessions.persons.tolist(), sessions.post_ids.tolist(), strict=True):
            fresh = {(person, post) for post in posts if post}
            assert not fresh & seen
            seen |= fresh


def test_no_truth_is_written_to_the_stores(played: Played) -> None:
    body = b"".join(record.body for record in played.core.stores.events.read("posts", 0, 1_000_000))
    assert b"quality" not in body
    assert {path.name for path in played.home.iterdir() if "truth" in path.name} == set()


def test_a_home_with_people_is_refused(played: Played) -> None:
    with pytest.raises(InvalidInput, match="lives in this home"):
        start(played.core, SetClock(0), Society(TINY, 1))
