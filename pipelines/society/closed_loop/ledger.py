"""Writes down what each session was worth, one row a session."""

from typing import NamedTuple

import numpy as np

from features.definitions import ACTION_WEIGHTS, LONG_DWELL_MS
from pipelines.society.arrays import Floats, Ints
from pipelines.society.behaviour import Outcome, Sessions
from pipelines.society.society import Society


class Measured(NamedTuple):
    """Per session: who, in which arm, and what came of it. ``entropy`` is of the topics shown, in nats."""

    persons: Ints
    arms: Ints
    value: Floats
    impressions: Floats
    hides: Floats
    authors: Floats
    entropy: Floats
    newcomers: Floats


class Ledger:
    """Collects the sessions of a play; give ``watch`` to it."""

    def __init__(self, society: Society, assigned: Ints) -> None:
        self._society, self._assigned = society, assigned
        self._parts: list[Measured] = []

    def watch(self, sessions: Sessions, outcome: Outcome, now: int) -> None:
        """Measure the sessions of one tick at ``now``."""
        del now
        society, shown = self._society, sessions.post_ids > 0
        rows = society.catalogue.rows(np.where(shown, sessions.post_ids, society.catalogue.post_ids[0]))
        authors = np.where(shown, society.catalogue.authors[rows], -1)
        self._parts.append(
            Measured(
                persons=sessions.persons,
                arms=self._assigned[sessions.persons],
                value=session_values(outcome),
                impressions=shown.sum(axis=1).astype(np.float64),
                hides=outcome.acted["hide"].sum(axis=1).astype(np.float64),
                authors=np.array([len(set(row[row >= 0].tolist())) for row in authors], np.float64),
                entropy=_entropy(society, rows, shown.astype(np.float64)),
                newcomers=(society.is_newcomer()[authors] & shown).sum(axis=1).astype(np.float64),
            )
        )

    def measured(self) -> Measured:
        """All sessions so far."""
        columns = zip(*self._parts, strict=True)
        return Measured(*(np.concatenate(column) for column in columns))


def session_values(outcome: Outcome) -> Floats:
    """Σ action weights of what happened, per session."""
    value = ACTION_WEIGHTS["long_dwell"] * (outcome.dwell >= LONG_DWELL_MS).sum(axis=1)
    for action, flags in outcome.acted.items():
        value = value + ACTION_WEIGHTS[action] * flags.sum(axis=1)
    return np.asarray(value, np.float64)


def _entropy(society: Society, rows: Ints, shown: Floats) -> Floats:
    """The entropy of the mean topic mixture of what was shown."""
    mix = (society.catalogue.mix[rows] * shown[:, :, None]).sum(axis=1)
    mix = mix / np.maximum(mix.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(-(mix * np.log(mix + 1e-12)).sum(axis=1))
