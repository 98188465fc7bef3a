"""Who lives in the society: one array per trait, one row per person."""

from typing import NamedTuple

import numpy as np

from feed_core.model.clock import DAY
from pipelines.society.arrays import Floats, Ints
from pipelines.society.config import SocietyConfig
from pipelines.society.randomness import Purpose, stream
from pipelines.society.tastes import communities_of, dirichlet, first_tastes
from pipelines.society.vocabulary import PLACES


class People(NamedTuple):
    """Traits by person. ``author_topics`` and ``tastes`` are people × topics, rows summing to 1.

    ``sessions_per_day`` and ``posts_per_day`` are mean rates, ``quality`` (of what the person posts),
    ``video_taste`` and ``warmth`` (readiness to react) are in standard deviations, ``joined_at`` is in ms.
    """

    community: Ints
    place: Ints
    utc_offset: Ints
    tastes: Floats
    author_topics: Floats
    quality: Floats
    attraction: Floats
    sessions_per_day: Floats
    posts_per_day: Floats
    video_share: Floats
    video_taste: Floats
    warmth: Floats
    joined_at: Ints


def populate(config: SocietyConfig, seed: int) -> People:
    """The people of the society that ``config`` and ``seed`` describe."""
    rng, size = stream(seed, Purpose.PEOPLE), config.people
    community = communities_of(rng, config)
    tastes = first_tastes(stream(seed, Purpose.TASTES), community, config)
    place = rng.integers(0, len(PLACES), size)
    quality = rng.standard_normal(size)
    attraction = np.exp(0.9 * rng.standard_normal(size) + 0.35 * quality)
    return People(
        community=community,
        place=place,
        utc_offset=np.array([spot.utc_offset for spot in PLACES])[place],
        tastes=tastes,
        author_topics=_author_topics(rng, tastes),
        quality=quality,
        attraction=attraction,
        sessions_per_day=_around(rng, config.sessions_per_day, np.zeros(size), 0.5),
        posts_per_day=_around(rng, config.posts_per_day, 0.35 * np.log(attraction), 0.8),
        video_share=rng.beta(1.2, 2.0, size),
        video_taste=rng.standard_normal(size),
        warmth=rng.standard_normal(size),
        joined_at=_joining(rng, config),
    )


def _author_topics(rng: np.random.Generator, tastes: Floats) -> Floats:
    """Authors post on one to three topics, drawn by their own taste, unevenly."""
    kept = rng.integers(1, 4, len(tastes))[:, None]
    lots = np.log(tastes + 1e-6) + rng.gumbel(size=tastes.shape)
    ranks = np.argsort(np.argsort(-lots, axis=1), axis=1)
    return dirichlet(rng, np.where(ranks < kept, 2.0 / (1 + ranks), 1e-6))


def _around(rng: np.random.Generator, mean: float, tilt: Floats, sigma: float) -> Floats:
    """Log-normal rates with the given mean over all people, higher where ``tilt`` is."""
    rates = np.exp(tilt + sigma * rng.standard_normal(len(tilt)))
    return np.asarray(rates * (mean / rates.mean()))


def _joining(rng: np.random.Generator, config: SocietyConfig) -> Ints:
    """When each person signs up (ms): most before the start, newcomers spread over the horizon."""
    joined = np.full(config.people, config.start_ms - 2 * DAY, dtype=np.int64)
    newcomers = rng.random(config.people) < config.newcomer_share
    moments = config.start_ms + rng.integers(0, config.horizon_days * DAY, config.people)
    return np.where(newcomers, moments, joined)
