"""Tells why a post stands where it stands, from the columns of a ranking."""

from collections.abc import Sequence

import numpy as np

from features.definitions import SOURCES
from ranking_service.pipeline.pool import Ids
from ranking_service.pipeline.ranking import Ranking, Scored
from ranking_service.records import ActionPart, RuleTouch, Why


def reasons(shown: Ranking, positions: Ids) -> list[Why]:
    """One ``Why`` a post, in order; ``positions`` int64 (n,) are the places in the answer."""
    sources = [SOURCES[code] for code in shown.pool.sources.tolist()]
    places: Sequence[int] = positions.tolist()
    if (scored := shown.scored) is None:
        return [
            Why(source=source, position_before=place, position_after=place)
            for source, place in zip(sources, places, strict=True)
        ]
    values, scores, before = scored.values.tolist(), scored.scores.tolist(), scored.before.tolist()
    return [
        Why(
            source=sources[row], position_before=before[row], position_after=places[row],
            value=values[row], score=scores[row], actions=_actions(scored, row), rules=_rules(scored, row),
        )
        for row in range(len(shown))
    ]  # fmt: skip


def _actions(scored: Scored, row: int) -> tuple[ActionPart, ...]:
    parts = [
        ActionPart(action=action, probability=p, weight=weight, contribution=p * weight)
        for action, p, weight in zip(
            scored.actions, scored.probabilities[row].tolist(), scored.weights, strict=True
        )
    ]
    return tuple(sorted(parts, key=lambda part: -abs(part.contribution)))


def _rules(scored: Scored, row: int) -> tuple[RuleTouch, ...]:
    touched = np.flatnonzero(scored.factors[row] != 1.0).tolist()
    return tuple(RuleTouch(name=scored.rules[i], factor=float(scored.factors[row, i])) for i in touched)
