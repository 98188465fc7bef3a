"""The true probabilities of each action: how a person takes a post, before chance decides.

Logistic in the square root of the match of taste and topic, the post's quality, the tie to its author,
the reader's warmth, and fatigue; dwell is log-normal in the same terms.
"""

from collections.abc import Mapping
from math import log
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from features.definitions import ACTION_WEIGHTS, LONG_DWELL_MS
from pipelines.society.arrays import Flags, Floats


class Response(NamedTuple):
    """Coefficients of one action's logit."""

    base: float
    match: float
    quality: float
    tie: float
    warmth: float
    fatigue: float


RESPONSES: Mapping[str, Response] = {
    "like": Response(-4.3, 4.2, 0.55, 1.0, 0.25, -0.45),
    "comment": Response(-6.8, 3.4, 0.40, 1.2, 0.25, -0.45),
    "share": Response(-6.9, 3.2, 0.60, 0.4, 0.15, -0.45),
    "save": Response(-6.4, 3.2, 0.50, 0.0, 0.15, -0.30),
    "hide": Response(-3.8, -5.0, -0.50, -0.9, 0.00, 0.40),
    "report": Response(-7.8, -2.5, -1.10, -0.5, 0.00, 0.10),
}
FOLLOW = Response(-6.3, 3.6, 0.50, 0.0, 0.10, 0.00)
_DWELL_BASE, _DWELL_MATCH, _DWELL_QUALITY, _DWELL_VIDEO, _DWELL_SIGMA = log(1_600.0), 1.9, 0.3, 0.35, 0.7


class Encounter(NamedTuple):
    """Readers meeting posts, arrays that broadcast to the shape of ``match``, which is taste·topics in 0..1.

    ``tie`` is 0 for authors not followed; ``fatigue`` grows with repeats of author and topic; others are in
    deviations."""

    match: Floats
    quality: Floats
    tie: Floats
    warmth: Floats
    fatigue: Floats
    video_liking: Floats
    follows: Flags


def probability(response: Response, at: Encounter, root: Floats | None = None) -> Floats:
    """P(action | the post is examined). ``root`` is √match, for callers that have it."""
    logit = response.base + response.match * (np.sqrt(at.match) if root is None else root)
    for coefficient, values in (
        (response.quality, at.quality),
        (response.tie, at.tie),
        (response.warmth, at.warmth),
        (response.fatigue, at.fatigue),
    ):
        if coefficient:
            logit += coefficient * values
    # Logits are small here; SciPy's expit, which also bears large ones, takes several times as long.
    return np.asarray(1 / (1 + np.exp(-logit)))


def follow_probability(at: Encounter, root: Floats | None = None) -> Floats:
    """P(follow the author | examined); 0 where the reader follows already."""
    return np.where(at.follows, 0.0, probability(FOLLOW, at, root))


def log_dwell(at: Encounter) -> Floats:
    """The mean of the logarithm of the dwell in ms."""
    return np.asarray(
        _DWELL_BASE
        + _DWELL_MATCH * np.sqrt(at.match)
        + _DWELL_QUALITY * at.quality
        + _DWELL_VIDEO * at.video_liking
        - 0.15 * at.fatigue
    )


def draw_dwell(at: Encounter, rng: np.random.Generator) -> Floats:
    """A dwell in whole ms, at most ten minutes."""
    raw = np.exp(log_dwell(at) + _DWELL_SIGMA * rng.standard_normal(at.match.shape))
    return np.minimum(np.floor(raw), 600_000.0)


def expected_value(at: Encounter, weights: Mapping[str, float] = ACTION_WEIGHTS) -> Floats:
    """Σ action weight × true probability, given that the post is examined."""
    root = np.sqrt(at.match)
    value = weights["follow"] * follow_probability(at, root)
    for action, response in RESPONSES.items():
        value += weights[action] * probability(response, at, root)
    long = 1 - ndtr((log(LONG_DWELL_MS) - log_dwell(at)) / _DWELL_SIGMA)
    return np.asarray(value + weights["long_dwell"] * long)
