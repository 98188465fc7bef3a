"""The follow graph has the configured degree, a heavy tail, and joins people who are alike."""

import numpy as np
import pytest

from pipelines.society.arrays import Ints
from pipelines.society.config import SocietyConfig
from pipelines.society.follows import grow
from pipelines.society.people import People, populate

CONFIG = SocietyConfig()


@pytest.fixture(scope="module")
def people() -> People:
    return populate(CONFIG, 5)


@pytest.fixture(scope="module")
def edges(people: People) -> tuple[Ints, Ints]:
    return grow(people, CONFIG, 5)


def test_edges_are_distinct_and_nobody_follows_themselves(edges: tuple[Ints, Ints]) -> None:
    sources, targets = edges
    assert (sources != targets).all()
    assert len(np.unique(sources * CONFIG.people + targets)) == len(sources)


def test_the_mean_number_of_followees_is_as_configured(edges: tuple[Ints, Ints]) -> None:
    assert abs(len(edges[0]) / CONFIG.people - CONFIG.mean_followees) < 2
    assert np.bincount(edges[0], minlength=CONFIG.people).min() >= 2


def test_followers_are_heavy_tailed(edges: tuple[Ints, Ints]) -> None:
    followers = np.sort(np.bincount(edges[1], minlength=CONFIG.people))[::-1]
    assert followers[0] > 6 * followers.mean()
    assert followers[:200].sum() / followers.sum() > 0.25
    assert np.median(followers) < followers.mean()


def test_people_follow_authors_of_their_taste_and_their_own_community(
    people: People, edges: tuple[Ints, Ints]
) -> None:
    sources, targets = edges
    strangers = np.random.default_rng(0).permutation(targets)
    match = (people.tastes[sources] * people.author_topics[targets]).sum(axis=1).mean()
    by_chance = (people.tastes[sources] * people.author_topics[strangers]).sum(axis=1).mean()
    assert match > 1.3 * by_chance
    same = (people.community[sources] == people.community[targets]).mean()
    assert same > 1.2 * (people.community[sources] == people.community[strangers]).mean()


def test_more_homophily_makes_followees_more_alike(people: People) -> None:
    def match(strength: float) -> float:
        sources, targets = grow(people, SocietyConfig(homophily=strength), 5)
        return float((people.tastes[sources] * people.author_topics[targets]).sum(axis=1).mean())

    assert match(0.0) < match(2.0) < match(6.0)


def test_newcomers_start_with_a_handful_of_followers(people: People, edges: tuple[Ints, Ints]) -> None:
    late = people.joined_at > CONFIG.start_ms
    followers = np.bincount(edges[1], minlength=CONFIG.people)[late]
    assert followers.min() >= 2
    assert followers.max() <= 4


def test_the_same_seed_grows_the_same_graph(people: People, edges: tuple[Ints, Ints]) -> None:
    again = grow(people, CONFIG, 5)
    assert np.array_equal(edges[0], again[0])
    assert np.array_equal(edges[1], again[1])


def test_a_tiny_society_grows_too() -> None:
    config = SocietyConfig(people=10, mean_followees=3.0, newcomer_share=0.3)
    sources, targets = grow(populate(config, 1), config, 1)
    assert len(sources) > 0
    assert max(sources.max(), targets.max()) < 10
