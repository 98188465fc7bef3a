"""Training and judging on a loaded history, which tells what was chosen and not what was shown."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec

from features.bundle import Bundle, read_bundle
from features.definitions import DISCOVERY
from feed_core.model.clock import DAY, to_rfc3339
from feed_core.model.errors import Conflict, NotFound
from pipelines.datasets.cuts import Cuts, Window, cuts_of, window_of
from pipelines.datasets.examples import choices_at, choosers
from pipelines.datasets.learning import Trained, learn_choices
from pipelines.datasets.real_loop import make_factors
from pipelines.discovery.history import History, read_history
from pipelines.discovery.scores import scorer_at
from pipelines.json_files import read_json
from pipelines.spark.session import LOCAL
from training import Evaluation
from training.bundling import bundles_folder
from training.judging import judge_choices
from training.rankers.fitted import ranker_of
from training.report import REPORT_FILE

Progress = Callable[[int, int], None]


class Plan(NamedTuple):
    """A history, and the windows and cuts that it is learned from by."""

    history: History
    window: Window
    cuts: Cuts


class _Learned(msgspec.Struct):
    as_of: int


def plan_of(home: Path, *, as_of: int, window_days: int = 0) -> Plan:
    """How to learn from what happened before ``as_of`` (ms), in windows of so many days (0: as fits).

    Raises ``NotFound`` when nobody chose anything by then, ``InvalidInput`` for too short a history.
    """
    history = read_history(home).before(as_of)
    window = window_of(history, window_days)
    return Plan(history, window, cuts_of(history, window))


def train_choices(
    home: Path, plan: Plan, *, seed: int = 0, master: str = LOCAL, progress: Progress | None = None,
    mlflow_url: str = "",
) -> Trained:  # fmt: skip
    """Make the factors that are missing, learn, compile, register: two models, the second the candidate."""
    tell, cuts = progress or _silent, plan.cuts
    moments = (*cuts.earlier, *cuts.later)
    total = 2 * len(moments)
    make_factors(home, moments, master=master, progress=lambda done, _: tell(done, total))

    def learned(done: int, _total: int) -> None:
        tell(len(moments) + done, total)

    return learn_choices(
        home, plan.history, cuts, plan.window, seed=seed, progress=learned, mlflow_url=mlflow_url
    ).trained


def ranks_choices(home: Path, version: str) -> bool:
    """Whether the bundle ``version`` (or alias) orders what people may choose. Raises as ``read_bundle``."""
    return read_bundle(bundles_folder(home) / version).feature_names == DISCOVERY.features


def usual_days(home: Path, as_of: int) -> int:
    """The days of the windows that a training at ``as_of`` (ms) would choose."""
    return plan_of(home, as_of=as_of).window.days


def evaluate_choices(
    home: Path, *, as_of: int, days: float, version: str = "champion", seed: int = 0, master: str = LOCAL,
    progress: Progress | None = None,
) -> Evaluation:  # fmt: skip
    """Judge a bundle on what people chose anew in the ``days`` before ``as_of`` (ms), out of all candidates.

    Raises ``Conflict`` for a bundle of other definitions, ``NotFound`` when nobody chose anything anew then,
    or before.
    """
    tell, bundle = progress or _silent, _current(home, version)
    window = round(days * DAY)
    cut = as_of - window
    history = read_history(home).before(as_of)
    history.before(cut)  # raises when there is nothing to know at the cut
    if not len(choosers(history, cut, window)[0]):
        raise NotFound(
            f"Nobody chose anything new in the {days:g} days before {to_rfc3339(as_of)}.",
            fix="Judge another time with --as-of, or a longer one with --days.",
        )
    make_factors(home, [cut], master=master)
    tell(1, 3)
    test = choices_at(scorer_at(home, history, cut, seed=seed), history, window)
    tell(2, 3)
    comparison = judge_choices(ranker_of(bundle), test, seed=seed)
    tell(3, 3)
    return Evaluation(bundle.manifest.version, len(test), {}, comparison)


def learned_until(home: Path, version: str) -> int:
    """The end (ms) of what the bundle ``version`` has learned, 0 when its folder holds no report.

    Raises ``Corrupt`` when the report is damaged.
    """
    report = bundles_folder(home) / version / REPORT_FILE
    if not report.is_file():
        return 0
    return read_json(report, _Learned, fix="Train again: loupe train.").as_of


def _current(home: Path, version: str) -> Bundle:
    bundle = read_bundle(bundles_folder(home) / version)
    if not bundle.is_current:
        raise Conflict(
            f"Bundle {bundle.manifest.version} was trained on other feature definitions.",
            fix="Run: loupe train.",
        )
    return bundle


def _silent(_done: int, _total: int) -> None:
    """Nobody listens."""
