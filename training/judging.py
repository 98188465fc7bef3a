"""How good a ranker is on a test period: each head's probabilities, and its order against the baselines."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.datasets.choices import Choices
from training.datasets.examples import Examples
from training.evaluation.comparison import Comparison, compare
from training.evaluation.probability_metrics import (
    Reliability,
    auc,
    expected_calibration_error,
    log_loss,
    reliability,
)
from training.rankers.fitted import FittedRanker
from training.recommenders import BASELINES, Ranked, Recommender

RANKED = "ranked"
METRICS = ("ndcg@5", "ndcg@10", "map@10", "recall@5", "hit_rate@3")
CHOICE_METRICS = ("ndcg@20", "recall@20", "hit_rate@20", "ndcg@10")
"""For lists of candidates, of which a person sees the first page."""
CHOSEN_METRIC = "ndcg@10"
"""What a challenger is compared by, logged as ``ndcg_at_10``."""


@dataclass(frozen=True)
class HeadReport:
    """``base`` is how often the outcome happened; ``log_loss_base`` the loss of always saying so.

    NaN where the test period has only one kind of outcome. ``curve`` is predicted against observed.
    """

    rows: int
    base: float
    auc: float
    log_loss: float
    log_loss_base: float
    ece: float
    curve: Reliability


def judge_heads(ranker: FittedRanker, test: Examples) -> dict[str, HeadReport]:
    """Report by outcome, at the true positions; empty for LambdaRank, whose scores are no probabilities."""
    if ranker.objective == "lambdarank":
        return {}
    told = ranker.probabilities(test.features)
    return {name: _head_report(p, test.outcomes[name]) for name, p in told.items()}


def judge_order(
    recommenders: Mapping[str, Recommender], test: Examples, *, resamples: int = 1_000, seed: int = 0
) -> Comparison:
    """Every recommender on the same rows: decisions are queries, relevance is the value of what followed.

    Decisions after which nothing good happened are skipped. The first recommender is the one that leads
    are computed for. What was shown was chosen and placed by the policy of that time, which favours
    orders like it: the closed loop is the judge, this is the sieve before it.
    """
    scores = {name: recommender.score(test) for name, recommender in recommenders.items()}
    queries, first = np.unique(test.queries, return_index=True)
    return compare(
        scores,
        test.queries,
        test.gain,
        metrics=METRICS,
        users=(queries, test.users[first]),
        resamples=resamples,
        seed=seed,
    )


def judge_choices(
    ranker: FittedRanker,
    test: Choices,
    *,
    metrics: tuple[str, ...] = CHOICE_METRICS,
    resamples: int = 1_000,
    seed: int = 0,
) -> Comparison:
    """The ranker and the baselines of ``test`` on the same lists and candidates.

    What was chosen and is no candidate counts as missed, for all alike; the intervals resample people.
    """
    return compare(
        {RANKED: ranker.value(test.features), **test.baselines},
        test.queries,
        test.value,
        metrics=metrics,
        users=(np.arange(len(test.people)), test.people),
        expected=test.expected,
        resamples=resamples,
        seed=seed,
    )


def with_baselines(ranker: FittedRanker) -> dict[str, Recommender]:
    """The ranker first, then what it has to beat."""
    return {RANKED: Ranked(ranker), **BASELINES}


def _head_report(
    probabilities: np.ndarray[tuple[int], np.dtype[np.float64]],
    happened: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> HeadReport:
    base = float(happened.mean())
    return HeadReport(
        rows=len(happened),
        base=base,
        auc=auc(probabilities, happened),
        log_loss=log_loss(probabilities, happened),
        log_loss_base=log_loss(np.full(len(happened), base), happened),
        ece=expected_calibration_error(probabilities, happened),
        curve=reliability(probabilities, happened),
    )
