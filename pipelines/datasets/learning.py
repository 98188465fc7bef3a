"""Teaches the ranker out of earlier cuts: one model that is judged from the split on, one that serves."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from features.bundle import read_bundle
from feed_core.model.clock import DAY
from pipelines.datasets.cuts import HELD_OUT, Cuts, Window
from pipelines.datasets.examples import NEGATIVES, choices_at
from pipelines.discovery.history import History
from pipelines.discovery.scores import scorer_at
from ranking_service.scoring.compiling import compile_bundle
from training import ChoiceConfig, ChoiceSplit, TrainReport, train_on_choices
from training.bundling import bundles_folder
from training.datasets import Choices, joined

Progress = Callable[[int, int], None]


class Lesson(NamedTuple):
    """``known`` at each cut, and the models that learned from it."""

    known: dict[int, Choices]
    trained: "Trained"


class Trained(NamedTuple):
    """``judged`` knows nothing of what came after the split, ``served`` all but the last window."""

    judged: TrainReport
    served: TrainReport


def learn_choices(
    home: Path, history: History, cuts: Cuts, window: Window, *, seed: int = 0,
    progress: Progress | None = None, config: ChoiceConfig = ChoiceConfig(), mlflow_url: str = "",
) -> Lesson:  # fmt: skip
    """From a history to models in the registry, the one that is to serve with its trees compiled.

    ``mlflow_url`` as in ``promote``. Raises ``NotFound`` when the cf job has not run for one of the cuts.
    """
    known = examples_of(home, history, cuts, window, seed=seed, progress=progress)
    trained = learn(home, known, cuts, window, seed=seed, config=config, mlflow_url=mlflow_url)
    compile_bundle(read_bundle(bundles_folder(home) / trained.served.version))
    return Lesson(known, trained)


def examples_of(
    home: Path,
    history: History,
    cuts: Cuts,
    window: Window,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[int, Choices]:
    """Cut → what people could have been offered then, and what they chose in the window after it.

    Cuts that are judged keep every candidate, those that only teach a few a list. Raises ``NotFound`` when
    the cf job has not run for one of them.
    """
    whole, made = {*cuts.later[: window.judged], cuts.later[-1]}, {}
    moments = (*cuts.earlier, *cuts.later)
    for done, cut in enumerate(moments):
        choices = choices_at(scorer_at(home, history, cut, seed=seed), history, window.ms)
        made[cut] = choices if cut in whole else choices.few(NEGATIVES, _seed(cut, seed))
        if progress is not None:
            progress(done + 1, len(moments))
    return made


def learn(
    home: Path, known: Mapping[int, Choices], cuts: Cuts, window: Window, *, seed: int = 0,
    config: ChoiceConfig = ChoiceConfig(), mlflow_url: str = "",
) -> Trained:  # fmt: skip
    """Train, bundle and register both models; the one that serves is registered last, as the candidate."""

    def until(cut: int) -> TrainReport:
        split = _split(known, cuts.teaching(cut, window.cuts), cut, seed)
        return train_on_choices(home, split, as_of=cut, seed=seed, config=config, mlflow_url=mlflow_url)

    judged, last = until(cuts.split), cuts.later[-1]
    enough = len(cuts.teaching(last, window.cuts)) > HELD_OUT
    return Trained(judged, until(last) if last != cuts.split and enough else judged)


def _split(known: Mapping[int, Choices], teaching: tuple[int, ...], test: int, seed: int) -> ChoiceSplit:
    lists = [known[cut].few(NEGATIVES, _seed(cut, seed)) for cut in teaching]
    return ChoiceSplit(joined(lists[:-HELD_OUT]), joined(lists[-HELD_OUT:]), known[test])


def _seed(cut: int, seed: int) -> int:
    return seed + cut // DAY
