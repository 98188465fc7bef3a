"""Judging says of each head what hand-made figures say, and puts every recommender on the same rows."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from features.definitions import FEATURE_NAMES
from tests.training.examples import TASTE, planted
from training.evaluation import auc, log_loss, mean_interval, ndcg, rank_rows
from training.judging import METRICS, RANKED, HeadReport, judge_heads, judge_order, with_baselines
from training.plots import draw_all, importance
from training.rankers import HeadsRanker, LambdaRanker, Trees, TreesConfig
from training.rankers.fitted import FittedRanker
from training.report import METRIC, TrainReport, encode_report, importance_of

SMALL = TreesConfig(trees=15, leaves=7)
TEST = planted(4_000, seed=2)


@pytest.fixture(scope="module")
def ranker() -> FittedRanker:
    return HeadsRanker(trees=SMALL, outcomes=("like", "hide"))(planted(8_000), planted(3_000, seed=1))


@pytest.fixture(scope="module")
def report(ranker) -> TrainReport:
    return TrainReport(
        version="1", objective="heads", as_of=0, rows={"train": 8_000, "valid": 3_000, "test": 4_000},
        logged=1.0, skipped=("share",), heads=judge_heads(ranker, TEST),
        comparison=judge_order(with_baselines(ranker), TEST, resamples=100), seconds={"fit": 1.0},
    )  # fmt: skip


def test_a_head_is_judged_at_the_true_position_by_the_known_figures(ranker, report) -> None:
    told, happened = ranker.probabilities(TEST.features)["like"], TEST.outcomes["like"]
    head = report.heads["like"]
    assert head.auc == auc(told, happened)
    assert head.log_loss == log_loss(told, happened)
    assert head.log_loss_base == pytest.approx(log_loss(np.full(len(TEST), happened.mean()), happened))
    assert (head.rows, head.base) == (4_000, pytest.approx(happened.mean()))
    assert head.curve.count.sum() == 4_000


def test_all_recommenders_are_judged_on_the_same_queries(report) -> None:
    names = {row.recommender for row in report.comparison.rows}
    assert names == {RANKED, "random", "popularity", "chronological", "collaborative"}
    assert {row.metric for row in report.comparison.rows} == set(METRICS)
    assert len({(row.interval.queries, row.interval.users) for row in report.comparison.rows}) == 1


def test_relevance_is_the_value_of_what_followed(report) -> None:
    by_hand = ndcg(rank_rows(TEST.features[:, TASTE], TEST.queries, np.maximum(TEST.value, 0)), 10)
    assert report.comparison.interval("collaborative", "ndcg@10").mean == pytest.approx(np.nanmean(by_hand))


def test_intervals_resample_the_person_behind_the_decision(report) -> None:
    ranking = rank_rows(TEST.features[:, TASTE], TEST.queries, TEST.gain)
    by_hand = mean_interval(ndcg(ranking, 10), ranking.queries % 200, resamples=100)
    found = report.comparison.interval("collaborative", "ndcg@10")
    assert (found.low, found.high) == pytest.approx((by_hand.low, by_hand.high))
    assert found.users == 200


def test_metrics_are_finite_and_named_for_manifest_and_registry(report) -> None:
    metrics = report.metrics
    chosen = report.comparison.interval(RANKED, "ndcg@10")
    assert (metrics[METRIC], metrics[f"{METRIC}_low"], metrics[f"{METRIC}_high"]) == (
        chosen.mean, chosen.low, chosen.high,
    )  # fmt: skip
    assert metrics["random_ndcg_at_10"] < metrics[METRIC]
    assert metrics["like_auc"] == report.heads["like"].auc
    assert all(np.isfinite(value) and "@" not in name for name, value in metrics.items())


def test_a_figure_that_cannot_be_known_is_left_out(report) -> None:
    unknown = replace(report, heads={"like": _with_nan(report.heads["like"])})
    assert "like_auc" not in unknown.metrics
    assert "like_base" in unknown.metrics


def _with_nan(head: HeadReport) -> HeadReport:
    return replace(head, auc=float("nan"))


def test_the_report_as_json_holds_tables_curves_and_importance(report, ranker) -> None:
    content = msgspec.json.decode(encode_report(report, ranker))
    assert content["skipped"] == ["share"]
    assert len(content["comparison"]) == 5 * len(METRICS)
    assert len(content["leads"]) == 4 * len(METRICS)
    assert sum(content["heads"]["hide"]["reliability"]["count"]) == 4_000
    assert content["learning_curves"]["like"]["metric"] == "binary_logloss"
    assert sum(content["importance"]["like"].values()) == pytest.approx(1.0)


def test_importance_is_sorted_and_leaves_out_what_was_never_used() -> None:
    gains = np.zeros(len(FEATURE_NAMES))
    gains[[2, 5]] = [1.0, 3.0]
    found = importance_of({"like": Trees("", "", (), gains)})
    assert found == {"like": {FEATURE_NAMES[5]: 0.75, FEATURE_NAMES[2]: 0.25}}
    assert list(found["like"]) == [FEATURE_NAMES[5], FEATURE_NAMES[2]]
    assert importance_of({"like": Trees("", "", (), gains * 0)}) == {"like": {}}


def test_pictures_show_the_most_telling_feature_on_top(ranker) -> None:
    axes = importance(ranker.heads).axes[0]
    assert axes.get_yticklabels()[-1].get_text() in {"cf_score", "author_hide_rate"}


def test_lambdarank_has_no_probabilities_to_judge_or_to_draw(tmp_path, report) -> None:
    ranker = LambdaRanker(trees=SMALL)(planted(3_000), planted(1_000, seed=1))
    assert judge_heads(ranker, TEST) == {}
    drawn = draw_all(tmp_path, ranker, {}, report.comparison)
    assert {path.name for path in drawn} == {"importance.png", "learning_curves.png", "comparison.png"}
    assert all(path.stat().st_size > 5_000 for path in drawn)


def test_calibration_is_drawn_a_line_a_head(tmp_path, ranker, report) -> None:
    drawn = draw_all(tmp_path, ranker, report.heads, report.comparison)
    assert tmp_path / "calibration.png" in drawn
