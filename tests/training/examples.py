"""Impressions with a planted preference, for tests that need no lake."""

import numpy as np

from features.definitions import ACTION_WEIGHTS, FEATURE_NAMES, FEATURES
from feed_core.model.clock import DAY
from training.datasets.examples import Examples

START = 1_780_000_000_000
TASTE, QUALITY, ANNOYANCE = (
    FEATURE_NAMES.index(name) for name in ("cf_score", "post_like_rate_7d", "author_hide_rate")
)
BASE = {"like": -2.5, "comment": -4.5, "share": -5.0, "save": -5.0, "follow": -6.0, "hide": -4.0}


def planted(rows: int = 20_000, *, seed: int = 0, strength: float = 1.5, days: int = 7) -> Examples:
    """People like what fits their taste and has quality, and hide what annoys; 20 posts a decision.

    ``strength`` 0 leaves outcomes that no feature explains.
    """
    rng = np.random.default_rng(seed)
    features = rng.normal(0, 1, (rows, len(FEATURES))).astype(np.float32)
    features[:, FEATURE_NAMES.index("source")] = rng.integers(0, 4, rows)
    liking = strength * (features[:, TASTE] + 0.5 * features[:, QUALITY])
    logits = {name: base + liking for name, base in BASE.items()}
    logits["hide"] = BASE["hide"] + strength * features[:, ANNOYANCE]
    outcomes = {name: rng.random(rows) < 1 / (1 + np.exp(-logit)) for name, logit in logits.items()}
    dwell = rng.lognormal(8 + 0.5 * liking, 0.8)
    outcomes |= {"long_dwell": dwell >= 8_000, "report": np.zeros(rows, bool)}
    value = np.sum([ACTION_WEIGHTS[name] * happened for name, happened in outcomes.items()], axis=0)
    queries = np.arange(rows) // 20
    return Examples(
        features=features,
        queries=queries,
        users=queries % 200,
        posts=rng.integers(1, 3_000, rows),
        authors=rng.integers(1, 300, rows),
        times=START + queries * (days * DAY // (rows // 20 + 1)),
        created_at=START - rng.integers(0, 2 * DAY, rows),
        outcomes=outcomes,
        dwell_ms=dwell,
        value=value,
        popularity=rng.random(rows),
        logged=np.ones(rows, bool),
    )
