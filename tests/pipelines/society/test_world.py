"""The world has the shape that real ones have, and what was planted can be found."""

import numpy as np
import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.society.config import SocietyConfig
from pipelines.society.pairs import PairCounts, PairSet, tie_strength
from pipelines.society.society import Society
from tests.pipelines.society.conftest import Played


@pytest.fixture(scope="module")
def town() -> Society:
    return Society(SocietyConfig(people=800), 3)


def test_people_follow_those_whose_topics_they_like(town: Society) -> None:
    sources, targets = town.planned_follows
    rng = np.random.default_rng(0)
    tastes, topics = town.people.tastes, town.people.author_topics
    followed = (tastes[sources] * topics[targets]).sum(axis=1).mean()
    anyone = (tastes[sources] * topics[rng.permutation(targets)]).sum(axis=1).mean()
    assert followed > 2 * anyone


def test_a_few_are_followed_by_many(town: Society) -> None:
    fame = np.sort(np.bincount(town.planned_follows[1], minlength=800))[::-1]
    assert fame[:40].sum() > 0.15 * fame.sum()
    assert fame[0] > 5 * np.median(fame)


def test_nobody_follows_themselves_or_twice(town: Society) -> None:
    sources, targets = town.planned_follows
    assert (sources != targets).all()
    assert len(np.unique(sources * 800 + targets)) == len(sources)


def test_tastes_drift_a_little_every_day(town: Society) -> None:
    first, second, tenth = town.tastes.on(0), town.tastes.on(1), town.tastes.on(10)
    assert np.allclose(second.sum(axis=1), 1)
    assert 0 < np.abs(second - first).mean() < np.abs(tenth - first).mean()


def test_commoner_hashtags_of_a_topic_are_used_more(played: Played) -> None:
    rank_uses = np.zeros(15)
    for post in played.core.posts.get_many(played.society.catalogue.post_ids.tolist()).values():
        for words in played.society.tags:
            for tag in post.hashtags:
                if tag in words:
                    rank_uses[words.index(tag)] += 1
    slope = np.polyfit(np.log(np.arange(1, 9)), np.log(rank_uses[:8] + 1), 1)[0]
    assert -1.6 < slope < -0.5


def test_a_planted_burst_shows_in_what_is_posted(played: Played) -> None:
    posts = list(played.core.posts.get_many(played.society.catalogue.post_ids.tolist()).values())
    end = played.society.config.start_ms + played.society.config.days * DAY
    bursts = [burst for burst in played.society.planted.bursts if burst.end <= end]
    assert bursts
    during = expected = 0.0
    for burst in bursts:
        uses = [p.created_at for p in posts if burst.tag in p.hashtags]
        during += sum(burst.start <= at < burst.end for at in uses)
        expected += len(uses) * (burst.end - burst.start) / (end - played.society.config.start_ms)
    assert during > 2 * expected


def test_a_ring_pushes_its_hashtag_together(played: Played) -> None:
    ring = played.society.planted.rings[0]
    posts = played.core.posts.get_many(played.society.catalogue.post_ids.tolist()).values()
    members = set(played.society.user_ids[ring.members].tolist())
    pushed = [post for post in posts if ring.tag in post.hashtags]
    assert pushed
    assert {post.author_id for post in pushed} <= members


def test_newcomers_sign_up_when_they_are_due(played: Played) -> None:
    society = played.society
    end = society.config.start_ms + society.config.days * DAY
    late = society.is_newcomer() & (society.user_ids > 0)
    assert (society.people.joined_at[late] <= end).all()
    users = played.core.accounts.get_many(society.user_ids[late].tolist())
    assert all(user.created_at >= society.config.start_ms for user in users.values())


@pytest.mark.parametrize(
    "wrong", [{"people": 3}, {"topics": 99}, {"days": 0}, {"tick_minutes": 7}, {"start_ms": 5}]
)
def test_impossible_societies_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInput):
        SocietyConfig(**wrong)


def test_pair_sets_and_counts_agree_with_plain_ones() -> None:
    rng = np.random.default_rng(2)
    pairs, counts = PairSet(30), PairCounts(30)
    plain_set: set[tuple[int, int]] = set()
    plain_counts: dict[tuple[int, int], int] = {}
    for _ in range(20):
        sources, targets = rng.integers(0, 30, 25), rng.integers(0, 30, 25)
        pairs.add(sources, targets)
        counts.add(sources, targets)
        for pair in zip(sources.tolist(), targets.tolist(), strict=True):
            plain_set.add(pair)
            plain_counts[pair] = plain_counts.get(pair, 0) + 1
    sources, targets = np.divmod(np.arange(900), 30)
    every = list(zip(sources.tolist(), targets.tolist(), strict=True))
    assert pairs.has(sources, targets).tolist() == [pair in plain_set for pair in every]
    assert counts.of(sources, targets).tolist() == [plain_counts.get(pair, 0) for pair in every]
    assert len(pairs) == len(plain_set)


def test_tie_strength_is_fixed_and_mostly_weak() -> None:
    sources, targets = np.divmod(np.arange(10_000), 100)
    ties = tie_strength(sources, targets, 100)
    assert (ties == tie_strength(sources, targets, 100)).all()
    assert 0 <= ties.min() <= ties.max() < 1
    assert np.median(ties) == pytest.approx(0.25, abs=0.03)
