"""The people: traits with the configured means, authors with a few topics, newcomers over the horizon."""

import numpy as np
import pytest

from feed_core.model.clock import DAY
from pipelines.society.config import SocietyConfig
from pipelines.society.names import full_names, usernames
from pipelines.society.people import People, populate


@pytest.fixture(scope="module")
def people() -> People:
    return populate(SocietyConfig(), 11)


def test_the_same_seed_gives_the_same_people_and_another_seed_others(people: People) -> None:
    again, other = populate(SocietyConfig(), 11), populate(SocietyConfig(), 12)
    assert all(np.array_equal(a, b) for a, b in zip(people, again, strict=True))
    assert not np.array_equal(people.tastes, other.tastes)


def test_rates_have_the_configured_mean_and_are_uneven(people: People) -> None:
    config = SocietyConfig()
    assert np.isclose(people.sessions_per_day.mean(), config.sessions_per_day)
    assert np.isclose(people.posts_per_day.mean(), config.posts_per_day)
    busiest = np.sort(people.posts_per_day)[-200:].sum() / people.posts_per_day.sum()
    assert busiest > 0.25


def test_authors_post_about_one_to_three_topics_that_they_like(people: People) -> None:
    main = np.sort(people.author_topics, axis=1)[:, ::-1]
    assert np.allclose(people.author_topics.sum(axis=1), 1)
    assert (main[:, :3].sum(axis=1) > 0.999).all()
    own = (people.author_topics * people.tastes).sum(axis=1).mean()
    strangers = (people.author_topics * np.roll(people.tastes, 1, axis=0)).sum(axis=1).mean()
    assert own > 3 * strangers


def test_newcomers_join_throughout_the_horizon_and_the_rest_before_the_start(people: People) -> None:
    config = SocietyConfig()
    late = people.joined_at[people.joined_at > config.start_ms]
    assert 0.03 < len(late) / config.people < 0.09
    assert late.max() < config.start_ms + config.horizon_days * DAY
    assert (late < config.start_ms + 14 * DAY).any()
    assert (late >= config.start_ms + 14 * DAY).any()
    assert (people.joined_at[people.joined_at <= config.start_ms] < config.start_ms).all()


def test_usernames_are_distinct_and_valid_also_beyond_the_possible_names() -> None:
    names = full_names(np.random.default_rng(0), 12_000)
    handles = usernames(names)
    assert len(set(handles)) == 12_000
    assert all(handle.replace("_", "").isalnum() and handle.islower() for handle in handles)
    assert len(set(names[:2_000])) == 2_000
