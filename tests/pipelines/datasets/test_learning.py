"""Learning from earlier cuts and judging after the split, on a history whose taste lies in circles."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from features.bundle import read_bundle
from features.definitions import DISCOVERY
from features.feast_store.repository import apply
from features.offline.publish import publish
from feed_core.model.clock import DAY
from pipelines.datasets.cuts import Cuts, Window, cuts_of
from pipelines.datasets.examples import choices_at
from pipelines.datasets.judging import candidate_recall, compared, friends_recall, judge
from pipelines.datasets.learning import Trained, examples_of, learn
from pipelines.datasets.real_report import RealReport
from pipelines.discovery import job
from pipelines.discovery.past import past_of
from pipelines.discovery.scores import scorer_of
from tests.pipelines.discovery.planted import START, circles, make, tastes, write_tastes
from training import ChoiceConfig
from training.choosing import CHOICE_TREES
from training.datasets import Choices
from training.rankers.fitted import FittedRanker, ranker_of

pytestmark = pytest.mark.slow(25)

HISTORY, WINDOW = circles(days=800), Window(days=30, cuts=6, judged=2)
CUTS: Cuts = cuts_of(HISTORY, WINDOW)
SMALL = ChoiceConfig(
    trees=msgspec.structs.replace(CHOICE_TREES, trees=30, min_rows_per_leaf=20), resamples=200
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Discoveries as of the split, in the offline store."""
    made = tmp_path_factory.mktemp("home")
    for cut in (*CUTS.earlier, *CUTS.later):
        write_tastes(made, past_of(HISTORY, cut))
    job.run(made, as_ofs=[CUTS.split], history=HISTORY)
    publish(made)
    apply(made)
    return made


@pytest.fixture(scope="module")
def known(home: Path) -> dict[int, Choices]:
    return examples_of(home, HISTORY, CUTS, WINDOW)


@pytest.fixture(scope="module")
def trained(home: Path, known: dict[int, Choices]) -> Trained:
    return learn(home, known, CUTS, WINDOW, config=SMALL)


@pytest.fixture(scope="module")
def report(home: Path, known: dict[int, Choices], trained: Trained) -> RealReport:
    return judge(home, "circles", HISTORY, known, CUTS, trained.judged.version, WINDOW)


def test_what_circles_of_friends_take_up_is_learned(report: RealReport) -> None:
    lead = next(one for one in report.leads if one.over == "popular_30_days" and one.metric == "NDCG@20")
    assert lead.low > 0
    assert report.split == CUTS.split
    recalls = {row.name: row.mean for row in report.table.metrics[1].rows}
    assert max(recalls.values()) <= report.candidate_recall
    assert set(recalls) == {"ranked", "chronological", "popular_30_days", "collaborative_filtering"}


def test_the_bundle_is_judged_by_the_stored_matrix_and_scores_as_the_training_said(
    home: Path, known: dict[int, Choices], trained: Trained, report: RealReport
) -> None:
    bundle = read_bundle(home / "bundles" / trained.judged.version)
    assert bundle.feature_names == DISCOVERY.features
    told = next(row for row in report.table.metrics[0].rows if row.name == "ranked")
    assert told.mean == pytest.approx(trained.judged.comparison.interval("ranked", "ndcg@20").mean, rel=1e-3)
    again = compared(ranker_of(bundle), [known[CUTS.split]])
    assert told.mean == pytest.approx(again.interval("ranked", "ndcg@20").mean, rel=1e-3)


def test_the_model_that_serves_has_learned_up_to_the_end(trained: Trained) -> None:
    assert trained.judged.as_of == CUTS.split
    assert trained.served.as_of == CUTS.later[-1]
    assert trained.served.registered != trained.judged.registered


def test_only_judged_cuts_keep_every_candidate(known: dict[int, Choices]) -> None:
    whole = known[CUTS.split]
    few = known[CUTS.earlier[0]]
    assert np.bincount(few.queries[~few.chosen]).max() <= 80 < np.bincount(whole.queries).max()


def test_chosen_posts_that_are_no_candidates_count_as_missed() -> None:
    choices = _choices(positives=[4, 1])
    comparison = compared(_Scores(), [choices])
    assert comparison.interval("ranked", "recall@20").mean == pytest.approx(0.25 / 2)
    assert comparison.interval("ranked", "hit_rate@20").mean == pytest.approx(0.5)
    assert candidate_recall(choices) == pytest.approx(0.25 / 2)


def test_windows_of_one_person_are_resampled_together() -> None:
    comparison = compared(_Scores(), [_choices([1, 1])] * 3)
    interval = comparison.interval("ranked", "recall@20")
    assert (interval.queries, interval.users) == (6, 2)


def test_chronological_is_the_order_of_the_timeline() -> None:
    history = make(
        {(1, 0): 1, (1, 1): 3, (2, 2): 3, (1, 3): 2, (0, 1): 20},
        [(0, 1, 0, True), (0, 2, 0, True)],
    )
    past = past_of(history, START + 10 * DAY)
    choices = choices_at(scorer_of(past, tastes(past)), history, 30 * DAY)
    order = np.argsort(-choices.baselines["chronological"])
    assert choices.posts[order].tolist() == [102, 101, 103, 100]


def test_the_bound_of_friends_counts_what_a_friend_engaged_with_before() -> None:
    history = make(
        {(1, 0): 1, (1, 1): 2, (2, 2): 3, (0, 0): 12, (0, 2): 13, (0, 3): 14, (3, 0): 15},
        [(0, 1, 0, True)],
    )
    by_person, overall = friends_recall(history, START + 10 * DAY, 30 * DAY)
    assert by_person == pytest.approx((1 / 3 + 0) / 2)
    assert overall == pytest.approx(1 / 4)


class _Scores(FittedRanker):
    """A ranker that says what the one feature says."""

    def __init__(self) -> None:
        super().__init__("lambdarank", {}, {}, {})

    def value(self, matrix: np.ndarray) -> np.ndarray:
        return matrix[:, 0].astype(np.float64)


def _choices(positives: list[int]) -> Choices:
    """Two people; the first has two candidates of which the first was chosen, the second has one."""
    return Choices(
        features=np.array([[3], [2], [1]], np.float32),
        people=np.array([10, 11]),
        positives=np.array(positives),
        queries=np.array([0, 0, 1]),
        posts=np.array([100, 101, 100]),
        chosen=np.array([True, False, False]),
        baselines={"other": np.ones(3)},
    )
