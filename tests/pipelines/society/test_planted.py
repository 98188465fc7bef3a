"""What is planted lies within the horizon, names rarer tags, and is the same for the same seed."""

import numpy as np

from feed_core.model.clock import DAY
from pipelines.society.config import SocietyConfig
from pipelines.society.planted import Planted, ring_follows
from pipelines.society.society import Society
from pipelines.society.vocabulary import GENERAL_TAGS, PLACES, TOPICS
from tests.pipelines.society.conftest import Played


def test_bursts_and_rings_lie_within_the_horizon(society: Society) -> None:
    config, planted = society.config, society.planted
    assert len(planted.bursts) == config.bursts
    assert len(planted.rings) == config.rings
    for window in (*planted.bursts, *planted.rings):
        assert config.start_ms <= window.start < window.end
        assert window.start < config.start_ms + config.horizon_days * DAY


def test_a_burst_takes_a_tag_of_its_topic_that_is_not_common_anyway(society: Society) -> None:
    for burst in society.planted.bursts:
        rank = society.tags[burst.topic].index(burst.tag)
        assert rank >= len(society.tags[burst.topic]) // 2


def test_a_ring_is_of_distinct_people_who_were_there_from_the_start(society: Society) -> None:
    for ring in society.planted.rings:
        assert len(set(ring.members.tolist())) == society.config.ring_size
        assert (society.people.joined_at[ring.members] < society.config.start_ms).all()


def test_the_default_plants_in_the_play_and_in_the_week_after_it() -> None:
    config = SocietyConfig()
    society = Society(config, 7)
    starts = np.array([burst.start for burst in society.planted.bursts])
    days = (starts - config.start_ms) // DAY
    assert (days < config.days).any()
    assert (days >= config.days).any()


def test_words_are_hashtags_and_topics_do_not_share_them() -> None:
    tags = [tag for _, words in TOPICS for tag in words] + list(GENERAL_TAGS)
    assert len(tags) == len(set(tags))
    assert all(tag.replace("_", "").isalnum() and tag == tag.lower() for tag in tags)
    assert {len(words) for _, words in TOPICS} == {15}
    assert all(-12 <= place.utc_offset <= 14 for place in PLACES)


def test_members_of_a_ring_follow_each_other_and_follows_stay_distinct(society: Society) -> None:
    sources, targets = society.planned_follows
    edges = list(zip(sources.tolist(), targets.tolist(), strict=True))
    assert len(edges) == len(set(edges))
    for ring in society.planted.rings:
        members = ring.members.tolist()
        assert {(a, b) for a in members for b in members if a != b} <= set(edges)


def test_a_society_without_rings_has_no_follows_of_theirs() -> None:
    sources, targets = ring_follows(Planted((), ()))
    assert len(sources) == len(targets) == 0


def test_a_ring_likes_its_own_posts_far_more_than_others_do(played: Played) -> None:
    society, likes, examined = played.society, {True: 0, False: 0}, {True: 0, False: 0}
    for sessions, outcome, now in played.watched:
        for ring in society.planted.rings:
            if not ring.start <= now < ring.end:
                continue
            rows = society.catalogue.rows(np.where(outcome.examined, sessions.post_ids, 0))
            theirs = np.isin(society.catalogue.authors[rows], ring.members) & outcome.examined
            member = np.isin(sessions.persons, ring.members)[:, None]
            for inside in (True, False):
                chosen = theirs & (member == inside)
                examined[inside] += int(chosen.sum())
                likes[inside] += int((outcome.acted["like"] & chosen).sum())
    assert examined[True] >= 10
    assert likes[True] / examined[True] > 0.6
    assert likes[True] / examined[True] > 2 * likes[False] / max(1, examined[False])
