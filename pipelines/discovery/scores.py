"""Every score of a person with a post that a moment's past allows, worked out a block of people at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.affinity import cf_score
from features.assembly import Columns, assemble
from features.definitions import DISCOVERY, VIEW_BY_NAME
from pipelines.discovery.base_rates import person_rates, post_rates
from pipelines.discovery.candidates import fused_ranks
from pipelines.discovery.collaborative import SOCIAL, Factors, neighbour_scores, social_factors
from pipelines.discovery.history import History, Ints
from pipelines.discovery.job_factors import job_factors
from pipelines.discovery.past import Floats, Past, past_of
from pipelines.discovery.social import friend_scores
from pipelines.discovery.tastes import tag_scores

BLOCK = 384
"""People at a time: about 30 dense rows over all posts each."""
_PAIR_FIELDS = VIEW_BY_NAME["user_post"].columns


class Block(NamedTuple):
    """Some people, ``places`` (b,) in the past, and their scores: name → (b, q). ``strength`` (b, q) is
    above 0 for candidates."""

    places: Ints
    scores: dict[str, Floats]
    strength: Floats

    def pairs(self, row: Ints, post: Ints) -> dict[str, Floats]:
        """The fields of the view ``user_post``, (n,) each, for rows of the block and places of posts."""
        return {name: self.scores[name][row, post] for name in _PAIR_FIELDS}


@dataclass(frozen=True)
class Scorer:
    """What was known before ``past.cut``: factors of the collaborative filtering job and of this one."""

    past: Past
    cf: Factors
    social: tuple[Factors, ...]

    @cached_property
    def posts(self) -> dict[str, Floats]:
        """The fields of the view ``post_standing``: name → (q,)."""
        return post_rates(self.past)

    @cached_property
    def people(self) -> dict[str, Floats]:
        """The fields of the view ``user_habits``: name → (p,)."""
        return person_rates(self.past)

    def blocks(self, places: Ints) -> Iterator[Block]:
        """The people at ``places`` (n,) of the past, in order, a block at a time; of nobody, one of none."""
        for start in range(0, max(1, len(places)), BLOCK):
            yield self._block(places[start : start + BLOCK])

    def _block(self, places: Ints) -> Block:
        past = self.past
        social = [factors.scores(places) for factors in self.social]
        scores = {
            "cf": np.nan_to_num(self.cf.scores(places)),
            "social_factors": np.asarray(np.mean(social, axis=0), np.float32),
            **{f"social_factors_{number}": one for number, one in enumerate(social, 1)},
            **neighbour_scores(past, places),
            **friend_scores(past, places),
            **tag_scores(past, places),
        }
        engaged = np.asarray(past.engaged[places].toarray() > 0)
        return Block(places, scores, fused_ranks({**scores, **self.posts}, engaged))

    def columns(self, block: Block, row: Ints, post: Ints) -> Columns:
        """What ``assemble`` needs for n pairs: ``row`` of the block with ``post``, a place in the past."""
        person, made = block.places[row], block.pairs(row, post)
        stored = {
            **{f"user_post.{name}": values for name, values in made.items()},
            **{f"post_standing.{name}": values[post] for name, values in self.posts.items()},
            **{f"user_habits.{name}": values[person] for name, values in self.people.items()},
        }
        return stored | {
            "cf_score": cf_score(self.cf.people, person, self.cf.posts[post]),
            "created_at": np.zeros(len(row), np.int64),
        }

    def matrix(self, block: Block, row: Ints, post: Ints) -> NDArray[np.float32]:
        """The rows (n, F) that a model with the features of the service ``discovery`` reads of n pairs."""
        return assemble(self.columns(block, row, post), DISCOVERY.features)


def scorer_at(home: Path, history: History, cut: int, *, seed: int = 0) -> Scorer:
    """What is known before ``cut`` (ms). Raises ``NotFound`` when the cf job has not run for it."""
    past = past_of(history, cut)
    return scorer_of(past, job_factors(home, past), seed=seed)


def scorer_of(past: Past, cf: Factors, *, seed: int = 0) -> Scorer:
    """The scorer of a past and the factors that the cf job found for it."""
    return Scorer(past, cf, tuple(social_factors(past, model, seed=seed) for model in SOCIAL))
