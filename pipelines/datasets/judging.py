"""What the judged model, as its bundle has it, makes of the windows from the split on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from features.bundle import read_bundle
from pipelines.datasets.cuts import Cuts, Window
from pipelines.datasets.examples import stored_features
from pipelines.datasets.real_report import METRICS, RealReport, leads_of, table_of
from pipelines.discovery.history import History
from pipelines.discovery.past import past_of
from training.bundling import bundles_folder
from training.datasets import Choices, joined
from training.evaluation import Comparison
from training.judging import RANKED, judge_choices
from training.rankers.fitted import FittedRanker, ranker_of


def judge(
    home: Path, name: str, history: History, known: Mapping[int, Choices], cuts: Cuts, version: str,
    window: Window = Window(), *, seed: int = 0,
) -> RealReport:  # fmt: skip
    """The report on bundle ``version``, read back from disk.

    As of the split the features are what the offline store joins, as of the later cuts what the job's code
    works out; the two are equal. Raises ``NotFound`` or ``Corrupt`` for a bundle that cannot be read.
    """
    ranker = ranker_of(read_bundle(bundles_folder(home) / version))
    split, cut = known[cuts.split], cuts.split
    first = replace(split, features=stored_features(home, split, cut))
    later = [first, *(known[cut] for cut in cuts.later[1 : window.judged])]
    one, every = compared(ranker, [first], seed), compared(ranker, later, seed)
    bound, people, days = candidate_recall(first), len(first.people), window.days
    return RealReport(
        dataset=name, version=version, split=cut, window_days=days, people=people,
        targets=int(first.positives.sum()), candidate_recall=bound,
        friends_recall=friends_recall(history, cut, window.ms)[0],
        table=table_of(
            f"{name}: what {people} people chose for the first time in the {days} days after the split",
            f"Mean with 95 % interval over people. No recall can pass {bound:.3f}, that of all candidates.",
            one,
        ),
        leads=leads_of(one, RANKED),
        later=table_of(
            f"{name}: {len(later)} windows of {days} days after the split, same model",
            f"{sum(len(window.people) for window in later)} lists; the intervals resample people.",
            every,
        ),
        later_leads=leads_of(every, RANKED),
    )  # fmt: skip


def compared(ranker: FittedRanker, windows: Sequence[Choices], seed: int = 0) -> Comparison:
    """The ranker and each method it is measured against, on the same people and candidates."""
    return judge_choices(ranker, joined(windows), metrics=tuple(METRICS), seed=seed)


def candidate_recall(choices: Choices) -> float:
    """The mean over lists of the share of what was chosen that are candidates: the bound of recall."""
    found = np.bincount(choices.queries[choices.chosen], minlength=len(choices.people))
    return float(np.mean(found / choices.positives))


def friends_recall(history: History, cut: int, window_ms: int) -> tuple[float, float]:
    """Share of targets that a friend engaged with before ``cut``: (mean over people, over all targets)."""
    past = past_of(history, cut)
    future = (history.at >= cut) & (history.at < cut + window_ms)
    person = np.searchsorted(past.people, history.user[future])
    known = np.isin(history.post[future], past.posts)
    place = np.minimum(np.searchsorted(past.posts, history.post[future]), len(past.posts) - 1)
    reached = (past.follows @ past.engaged)[person, place]
    found = (np.asarray(reached).ravel() > 0) & known
    counts = np.bincount(person)
    people = counts > 0
    return float(np.mean(np.bincount(person, found)[people] / counts[people])), float(found.mean())
