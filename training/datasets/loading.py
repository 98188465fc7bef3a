"""From the lake to training rows: impressions, what followed, and the features of that moment."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from features.definitions import ACTION_WEIGHTS, FEATURE_NAMES, source_code
from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput, NotFound
from feed_core.model.ids import time_of
from training.datasets.backfill import Backfill, point_in_time
from training.datasets.examples import Examples
from training.datasets.follows import followed_at
from training.datasets.impressions import Impressions, read_impressions, sampled
from training.datasets.lake import codes, column, read_table
from training.datasets.latest import NONE, match
from training.datasets.logged import read_logged
from training.datasets.outcomes import OUTCOME_ACTIONS, Acted, Outcomes, Shown, join_outcomes
from training.datasets.popularity import collected_before

Progress = Callable[[int, int], None]
_POSITION, _SOURCE = FEATURE_NAMES.index("position"), source_code("in_network")
_STEPS = 4


class DatasetConfig(msgspec.Struct, frozen=True, kw_only=True):
    """``sample`` impressions at most, in whole lists; outcomes count ``window_ms`` after an impression;
    ``popularity_ms`` is how far back a post's popularity looks. ``logged`` False backfills every row."""

    sample: int = 300_000
    window_ms: int = DAY
    popularity_ms: int = 7 * DAY
    logged: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.sample < 1 or self.window_ms < 1:
            raise InvalidInput("The sample and the window are at least 1.")


def load_examples(
    home: Path,
    *,
    start: int,
    end: int,
    known_until: int | None = None,
    config: DatasetConfig | None = None,
    backfill: Backfill = point_in_time,
    progress: Progress | None = None,
) -> Examples:
    """Impressions of ``start`` ≤ time < ``end`` (ms) with outcomes that happened before ``known_until``.

    Features are what was logged when the post was served, else those of the point-in-time join. The
    position is the true one. Raises ``NotFound`` when nothing was shown in that time.
    """
    settings = config or DatasetConfig()
    tell = progress or (lambda _done, _total: None)
    everything = read_impressions(home, start=start, end=end)
    if not len(everything):
        raise NotFound(f"The lake at {home} holds no impression in that time.", fix="Run: loupe lake.")
    shown = sampled(everything, settings.sample, settings.seed)
    tell(1, _STEPS)
    until = end + settings.window_ms if known_until is None else known_until
    acted = _read_acted(home, start - settings.popularity_ms, until)
    outcomes = _outcomes_of(everything, shown, acted, settings.window_ms)
    tell(2, _STEPS)
    features, logged = _features(home, shown, settings, backfill, start, end)
    tell(3, _STEPS)
    created_at = _created_at(home, shown.posts, end)
    popularity = _popularity(shown, acted, settings.popularity_ms)
    examples = Examples(
        features=features, queries=shown.queries, users=shown.users, posts=shown.posts,
        authors=shown.authors, times=shown.times, created_at=created_at, outcomes=outcomes.happened,
        dwell_ms=outcomes.dwell_ms, value=outcomes.value, popularity=popularity, logged=logged,
    )  # fmt: skip
    tell(_STEPS, _STEPS)
    return examples


def _read_acted(home: Path, start: int, end: int) -> Acted:
    names = ("user_id", "post_id", "decision_id", "occurred_at", "action", "value")
    table = read_table(home, "events", start=max(0, start), end=end, columns=names, actions=OUTCOME_ACTIONS)
    if not table.num_rows:
        none = np.zeros(0, np.int64)
        return Acted(none, none, none, none, none, (), np.zeros(0))
    actions, words = codes(table, "action")
    users, posts, decisions, times = (column(table, name) for name in names[:4])
    return Acted(users, posts, decisions, times, actions, tuple(words), column(table, "value"))


def _outcomes_of(everything: Impressions, shown: Impressions, acted: Acted, window_ms: int) -> Outcomes:
    """Joined on all impressions, since an action may belong to one that the sample left out."""
    whole = join_outcomes(
        Shown(everything.users, everything.posts, everything.decisions, everything.times),
        acted,
        window_ms=window_ms,
    )
    if len(shown) == len(everything):
        return whole
    rows = np.flatnonzero(np.isin(everything.queries, shown.queries))
    happened = {name: outcome[rows] for name, outcome in whole.happened.items()}
    return Outcomes(happened, whole.dwell_ms[rows], whole.value[rows])


def _features(
    home: Path, shown: Impressions, settings: DatasetConfig, backfill: Backfill, start: int, end: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    served = read_logged(home, shown.decisions, shown.posts, start=start, end=end)
    logged = served.present if settings.logged else np.zeros(len(shown), bool)
    features = served.features
    if not logged.all():
        features[~logged] = _backfilled(home, shown.take(~logged), served.sources[~logged], backfill)
    features[:, _POSITION] = shown.positions
    return features, logged


def _backfilled(
    home: Path, shown: Impressions, sources: NDArray[np.int64], backfill: Backfill
) -> NDArray[np.float32]:
    follows = followed_at(home, shown.users, shown.authors, shown.times)
    return backfill(
        home,
        {
            "user_id": shown.users,
            "author_id": shown.authors,
            "post_id": shown.posts,
            "event_timestamp": shown.times,
            "position": shown.positions,
            "source": sources,
            "in_network": (sources == _SOURCE) | follows,
            "follows": follows,
        },
    )


def _created_at(home: Path, posts: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """As the lake's posts say, else as the post's id says."""
    table = read_table(home, "posts", start=0, end=end, columns=("created_at",))
    row = match((column(table, "post_id"),), (posts,))
    by_id = np.array([time_of(int(post)) for post in np.unique(posts)], np.int64)
    by_id = by_id[np.searchsorted(np.unique(posts), posts)]
    return np.where(row != NONE, column(table, "created_at")[row], by_id) if table.num_rows else by_id


def _popularity(shown: Impressions, acted: Acted, window_ms: int) -> NDArray[np.float64]:
    """Value of what people did with the post in the window before; dwell and undoing do not count."""
    weights = np.array([max(0.0, ACTION_WEIGHTS.get(name, 0.0)) for name in acted.names] or [0.0])
    values = weights[acted.actions]
    some = values > 0
    return collected_before(
        shown.posts, shown.times, acted.posts[some], acted.times[some], values[some], window_ms=window_ms
    )
