"""The follow graph: people arrive one group after another and follow whom they resemble and who is known.

Preferential attachment with fitness (Bianconi and Barabási 2001), tilted by likeness of taste and topic.
"""

import numpy as np

from pipelines.society.arrays import Floats, Ints
from pipelines.society.config import SocietyConfig
from pipelines.society.people import People
from pipelines.society.randomness import Purpose, stream

_ARRIVALS = 200
_START_DEGREE = 4.0


def grow(people: People, config: SocietyConfig, seed: int) -> tuple[Ints, Ints]:
    """All follow edges as (followers, followees), without doubles or loops.

    People who join later are followed by a handful only; theirs are edges from the day they join.
    """
    rng = stream(seed, Purpose.FOLLOWS)
    newcomer = people.joined_at > config.start_ms
    degrees = _out_degrees(rng, config)
    settled = rng.permutation(np.flatnonzero(~newcomer))
    edges = _attach(rng, people, settled, degrees, config)
    late = np.flatnonzero(newcomer)
    welcome = [_sample(rng, people, late, degrees[late], ~newcomer, edges[1], config)]
    fans = _first_followers(rng, people, late, ~newcomer)
    every = [edges, *welcome, fans]
    return np.concatenate([part[0] for part in every]), np.concatenate([part[1] for part in every])


def _out_degrees(rng: np.random.Generator, config: SocietyConfig) -> Ints:
    """How many each person follows: log-normal with the configured mean."""
    raw = np.exp(0.6 * rng.standard_normal(config.people))
    scaled = raw * (config.mean_followees / raw.mean())
    return np.asarray(np.clip(np.rint(scaled), 3, config.people // 3).astype(np.int64))


def _attach(
    rng: np.random.Generator, people: People, order: Ints, degrees: Ints, config: SocietyConfig
) -> tuple[Ints, Ints]:
    """Edges of those in ``order``, by groups; later groups see who has become known."""
    allowed = np.zeros(len(people.place), np.bool_)
    allowed[order] = True
    sources, targets = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for group in np.array_split(order, max(1, len(order) // _ARRIVALS)):
        known = np.concatenate(targets)
        made = _sample(rng, people, group, degrees[group], allowed, known, config)
        sources.append(made[0])
        targets.append(made[1])
    return np.concatenate(sources), np.concatenate(targets)


def _sample(
    rng: np.random.Generator, people: People, group: Ints, degrees: Ints,
    allowed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], known: Ints, config: SocietyConfig,
) -> tuple[Ints, Ints]:  # fmt: skip
    """For each of ``group`` its degree of distinct targets, weighted (the Gumbel top-k draw)."""
    fame = np.bincount(known, minlength=len(people.place)) + _START_DEGREE
    lots = np.log(fame * people.attraction) * 0.6 + config.homophily * likeness(people, group)
    lots = np.where(allowed, lots + rng.gumbel(size=lots.shape), -np.inf)
    lots[np.arange(len(group)), group] = -np.inf
    order = np.argsort(-lots, axis=1)[:, : int(degrees.max(initial=0))]
    taken = np.arange(order.shape[1]) < degrees[:, None]
    return np.repeat(group, taken.sum(axis=1)), order[taken].astype(np.int64)


def likeness(people: People, group: Ints) -> Floats:
    """Likeness (group × people) in about 0 to 2: own taste against their topics, and same community."""
    tastes = people.tastes[group]
    unit = tastes / np.linalg.norm(tastes, axis=1, keepdims=True)
    topics = people.author_topics / np.linalg.norm(people.author_topics, axis=1, keepdims=True)
    same = people.community[group][:, None] == people.community[None, :]
    return np.asarray(unit @ topics.T + 0.3 * same)


def _first_followers(
    rng: np.random.Generator, people: People, late: Ints,
    settled: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> tuple[Ints, Ints]:  # fmt: skip
    """Two to four people of their own kind follow each newcomer at once."""
    counts = rng.integers(2, 5, len(late))
    lots = 3.0 * likeness(people, late) + rng.gumbel(size=(len(late), len(people.place)))
    order = np.argsort(-np.where(settled, lots, -np.inf), axis=1)[:, :4]
    taken = np.arange(order.shape[1]) < counts[:, None]
    return order[taken].astype(np.int64), np.repeat(late, taken.sum(axis=1))
