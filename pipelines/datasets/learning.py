"""Teaches the ranker out of the time before the split: cuts a window apart, each with what came of it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.datasets.examples import Examples, examples_of
from pipelines.datasets.history import History, Ints
from pipelines.datasets.past import Floats
from training.rankers.boosting import Trees
from training.rankers.config import TreesConfig
from training.rankers.lambdarank import rank_fit

Tick = Callable[[], None]
NEGATIVES = 80
"""How many of a person's candidates that were no target teach, drawn by chance."""
HELD_OUT = 4
"""How many of the newest cuts only choose the number of trees."""
TREES = TreesConfig(
    trees=400, leaves=15, learning_rate=0.06, min_rows_per_leaf=200, l2=10.0, feature_share=0.4, patience=40
)


class Window(NamedTuple):
    """How many days people are watched after a cut, how many cuts teach, how many windows are judged."""

    days: int = 30
    cuts: int = 24
    judged: int = 6

    @property
    def ms(self) -> int:
        """The days in milliseconds."""
        return self.days * DAY


def earlier_cuts(history: History, split: int, window: Window) -> list[int]:
    """Cuts whose windows tile the time up to ``split``, oldest first, with a past as long as a window.

    Raises ``InvalidInput`` when the data is too short for more than ``HELD_OUT`` of them.
    """
    first = int(history.at[0]) + window.ms
    cuts = [split - number * window.ms for number in range(window.cuts, 0, -1)]
    cuts = [cut for cut in cuts if cut >= first and _any(history, cut, window)]
    if len(cuts) <= HELD_OUT:
        raise InvalidInput(
            f"There are {len(cuts)} windows of {window.days} days before the split.",
            fix=f"Load a longer history: more than {HELD_OUT} are needed.",
        )
    return cuts


def judged_cuts(history: History, split: int, window: Window) -> list[int]:
    """The split, and the cuts a window apart after it whose windows end within the data.

    Raises ``InvalidInput`` when nobody engages with anything new after the split.
    """
    if not _any(history, split, window):
        raise InvalidInput(f"Nothing happens in the {window.days} days after the split.", fix="Load more.")
    later = [split + number * window.ms for number in range(1, window.judged)]
    end = int(history.at[-1]) + DAY
    return [split, *(cut for cut in later if cut + window.ms <= end and _any(history, cut, window))]


def taught(history: History, cuts: Sequence[int], window: Window, seed: int, tick: Tick) -> list[Examples]:
    """Examples of each cut, with few negatives."""
    made = []
    for cut in cuts:
        made.append(examples_of(history, cut, window.ms, negatives=NEGATIVES, seed=seed))
        tick()
    return made


def learn(examples: Sequence[Examples], *, config: TreesConfig = TREES) -> Trees:
    """LambdaRank on the examples, oldest first; the newest ``HELD_OUT`` of them choose when to stop.

    A model with that many trees is then fitted to all of them, so that the newest time teaches too.
    """
    names = examples[0].names
    old, new, whole = (_rows(part) for part in (examples[:-HELD_OUT], examples[-HELD_OUT:], examples))
    tried = rank_fit(*old, valid=new, names=names, config=config, cutoff=20)
    return tried if not len(whole[0]) else _refit(whole, new, names, config, tried.rounds)


Rows = tuple[Floats, Ints, NDArray[np.int64]]


def _refit(whole: Rows, valid: Rows, names: Sequence[str], config: TreesConfig, rounds: int) -> Trees:
    """All rows, ``rounds`` trees; the validation only reports, for its rows are among those learned."""
    import msgspec

    fixed = msgspec.structs.replace(config, trees=rounds, patience=rounds + 1)
    return rank_fit(*whole, valid=valid, names=names, config=fixed, cutoff=20)


def _rows(examples: Sequence[Examples]) -> Rows:
    """Matrix (n, F), query (n,) as one number a cut and person, target as grade (n,)."""
    query = np.concatenate([number * 10_000_000 + one.person for number, one in enumerate(examples)])
    matrix = np.concatenate([one.matrix for one in examples])
    return matrix, query, np.concatenate([one.target for one in examples]).astype(np.int64)


def _any(history: History, cut: int, window: Window) -> bool:
    start, end = np.searchsorted(history.at, [cut, cut + window.ms])
    return bool(end > start > 0)
