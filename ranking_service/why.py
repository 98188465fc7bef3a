"""Tells why a post stands where it stands, from the columns of a ranking.

A model of actions says it by probabilities and weights; a model of ranks by what its features contributed.
"""

from collections.abc import Sequence

import numpy as np

from features.definitions import SOURCES, Feature, features_of
from ranking_service.pipeline.pool import Ids
from ranking_service.pipeline.ranking import Ranking, Scored
from ranking_service.records import ActionPart, FeaturePart, RuleTouch, Why
from ranking_service.scoring.model import Model

SHOWN = 6
"""How many features are told of a post, those that moved it most."""


def reasons(shown: Ranking, positions: Ids, model: Model | None) -> list[Why]:
    """One ``Why`` a post, in order; ``positions`` int64 (n,) are the places in the answer.

    ``model`` serves now; a list that another version has ranked is told without its features.
    """
    sources = [SOURCES[code] for code in shown.pool.sources.tolist()]
    places: Sequence[int] = positions.tolist()
    if (scored := shown.scored) is None:
        return [
            Why(source=source, position_before=place, position_after=place)
            for source, place in zip(sources, places, strict=True)
        ]
    features = _features(scored, model) if model and model.version == shown.model_version else None
    values, scores, before = scored.values.tolist(), scored.scores.tolist(), scored.before.tolist()
    return [
        Why(
            source=sources[row], position_before=before[row], position_after=places[row],
            value=values[row], score=scores[row], actions=_actions(scored, row), rules=_rules(scored, row),
            features=() if features is None else features[row],
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


def _features(scored: Scored, model: Model) -> list[tuple[FeaturePart, ...]] | None:
    """Of each post the features that moved its score most; None for a model of actions."""
    if model.explained_by is None or not len(scored.features):
        return None
    moved = model.explained_by.of(scored.features)
    loudest = np.argsort(-np.abs(moved), axis=1, kind="stable")[:, :SHOWN]
    defined = features_of(model.features)
    return [
        tuple(_part(defined[i], scored.features[row, i], moved[row, i]) for i in places if moved[row, i])
        for row, places in enumerate(loudest.tolist())
    ]


def _part(feature: Feature, value: np.float32, contribution: np.float64) -> FeaturePart:
    known = None if np.isnan(value) else float(value)
    return FeaturePart(
        feature=feature.name, label=feature.label, value=known, contribution=float(contribution)
    )


def _rules(scored: Scored, row: int) -> tuple[RuleTouch, ...]:
    touched = np.flatnonzero(scored.factors[row] != 1.0).tolist()
    return tuple(RuleTouch(name=scored.rules[i], factor=float(scored.factors[row, i])) for i in touched)
