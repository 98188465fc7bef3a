"""What authors post: their own topics, hashtags by Zipf's law, bursts and rings that show."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from feed_core.model.clock import DAY, HOUR
from feed_core.model.posts import Post
from pipelines.society.publishing import publish
from pipelines.society.vocabulary import GENERAL_TAGS, PLACES
from tests.pipelines.society.conftest import Played, World


@pytest.fixture(scope="module")
def posts(played: Played) -> dict[int, Post]:
    return played.core.posts.get_many(played.society.catalogue.post_ids.tolist())


def test_every_post_is_in_the_core_with_its_true_author(played: Played, posts: dict[int, Post]) -> None:
    catalogue, society = played.society.catalogue, played.society
    assert len(posts) == len(catalogue.post_ids) == played.report.posts
    for row, post_id in enumerate(catalogue.post_ids.tolist()):
        assert posts[post_id].author_id == society.user_ids[catalogue.authors[row]]
        assert posts[post_id].created_at == catalogue.created_at[row]
        assert (posts[post_id].media[0].media_type == "video") == catalogue.is_video[row]


def test_ids_rise_with_time_so_that_rows_can_be_found(played: Played) -> None:
    assert (np.diff(played.society.catalogue.post_ids) > 0).all()
    assert (np.diff(played.society.catalogue.created_at) >= 0).all()


def test_mixtures_are_distributions_about_what_the_author_posts_on(played: Played) -> None:
    mix, authors = played.society.catalogue.mix, played.society.catalogue.authors
    assert np.allclose(mix.sum(axis=1), 1)
    assert mix.max(axis=1).min() >= 0.85
    own = played.society.people.author_topics[authors, mix.argmax(axis=1)]
    assert own.mean() > 0.5


def test_hashtags_are_those_of_the_main_topic_and_follow_zipf(played: Played, posts: dict[int, Post]) -> None:
    catalogue, tags = played.society.catalogue, played.society.tags
    planted = {window.tag for window in (*played.society.planted.bursts, *played.society.planted.rings)}
    ranks = Counter[int]()
    for row, post_id in enumerate(catalogue.post_ids.tolist()):
        words = tags[int(catalogue.mix[row].argmax())]
        for tag in set(posts[post_id].hashtags) - planted - set(GENERAL_TAGS):
            ranks[words.index(tag)] += 1
    counts = np.array([ranks[rank] for rank in range(len(tags[0]))], np.float64)
    slope = np.polyfit(np.log(np.arange(1, len(counts) + 1)), np.log(counts + 0.5), 1)[0]
    assert -1.4 < slope < -0.6
    assert counts[0] == counts.max()


def test_captions_and_places_can_be_read(posts: dict[int, Post]) -> None:
    places = {place.name for place in PLACES}
    assert all(post.caption and "{" not in post.caption for post in posts.values())
    named = [post.place for post in posts.values() if post.place]
    assert set(named) <= places
    assert 0.3 < len(named) / len(posts) < 0.7


def test_videos_have_a_duration_and_photos_none(posts: dict[int, Post]) -> None:
    media = [post.media[0] for post in posts.values()]
    assert {ref.media_type for ref in media} == {"photo", "video"}
    assert all((ref.duration_ms > 0) == (ref.media_type == "video") for ref in media)


def _tagged(played: World, tag: str, hours: range, start: int) -> int:
    """How many posts with ``tag`` the hours after ``start`` bring."""
    made = 0
    for hour in hours:
        now = start + hour * HOUR
        played.clock.set(now)
        before = len(played.society.catalogue.post_ids)
        publish(played.core, played.society, now, tick=hour + 100_000)
        ids = played.society.catalogue.post_ids[before:].tolist()
        made += sum(tag in post.hashtags for post in played.core.posts.get_many(ids).values())
    return made


def test_bursts_show_against_the_same_hours_of_the_day_before(moved_in: World) -> None:
    before = during = 0
    for burst in moved_in.society.planted.bursts:
        hours = range((burst.end - burst.start) // HOUR)
        before += _tagged(moved_in, burst.tag, hours, burst.start - DAY)
        during += _tagged(moved_in, burst.tag, hours, burst.start)
    assert during >= 4
    assert during > 3 * before


def test_a_rings_tag_is_used_by_its_members_in_its_time_alone(moved_in: World) -> None:
    ring = moved_in.society.planted.rings[0]
    assert _tagged(moved_in, ring.tag, range(-6, 0), ring.start) == 0
    assert _tagged(moved_in, ring.tag, range(24), ring.start) >= 5
    assert _tagged(moved_in, ring.tag, range(48, 54), ring.start) == 0
    catalogue = moved_in.society.catalogue
    posts = moved_in.core.posts.get_many(catalogue.post_ids.tolist())
    users = {post.author_id for post in posts.values() if ring.tag in post.hashtags}
    assert users <= set(moved_in.society.user_ids[ring.members].tolist())


def test_hours_bring_more_or_fewer_posts_as_people_are_awake(played: Played) -> None:
    """Over all time zones the curve is flatter, but the quietest hour still differs from the liveliest."""
    hours = (played.society.catalogue.created_at // HOUR) % 24
    counts = np.bincount(hours, minlength=24)
    assert counts.max() > 1.5 * max(1, counts.min())
    assert all(low <= high for low, high in pairwise(np.sort(counts).tolist()))
