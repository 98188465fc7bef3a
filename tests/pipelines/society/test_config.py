"""A society's sizes are checked before anything is built."""

import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.society.config import SocietyConfig


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": 9},
        {"people": 1_000_001},
        {"topics": 1},
        {"topics": 25},
        {"tags_per_topic": 0},
        {"tags_per_topic": 16},
        {"days": 0},
        {"horizon_days": 0},
        {"tick_minutes": 0},
        {"tick_minutes": 7},
        {"start_ms": 12_345},
    ],
)
def test_a_size_that_cannot_be_built_is_refused_and_says_what_to_do(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        SocietyConfig(**wrong)  # type: ignore[arg-type]
    assert refusal.value.fix


@pytest.mark.parametrize("minutes", [1, 5, 10, 15, 20, 30, 60])
def test_ticks_fill_the_day_exactly(minutes: int) -> None:
    config = SocietyConfig(tick_minutes=minutes)
    assert config.tick_ms * config.ticks_per_day == DAY


def test_the_default_expects_more_than_a_million_impressions_in_a_play() -> None:
    config = SocietyConfig()
    assert config.people == 2_000
    assert config.days == 14
    assert config.people * config.days * config.sessions_per_day * config.page_size > 1_000_000


def test_the_small_society_has_one_of_everything() -> None:
    small = SocietyConfig.small(people=200, days=2)
    assert (small.people, small.days) == (200, 2)
    assert min(small.bursts, small.rings, small.communities) >= 1
    assert small.newcomer_share > 0
    assert small.horizon_days > small.days
