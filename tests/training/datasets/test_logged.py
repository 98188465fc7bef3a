"""What was decided is found for each impression, whatever else was decided, and read as it was written."""

from collections.abc import Callable

import numpy as np
import pytest

from features.definitions import FEATURES, source_code
from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import Corrupt, NotFound
from tests.training.lake import START, Lake
from training.datasets.logged import Logged, read_logged

F = len(FEATURES)
SOURCES = ("in_network", "trending", "no such source")


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path)


def _read(home, asked, *, start: int = 0, end: int = DAY) -> Logged:
    decisions, posts = (np.array([pair[i] for pair in asked], np.int64) for i in range(2))
    return read_logged(home, decisions, posts, start=START + start, end=START + end)


@pytest.mark.parametrize("seed", range(4))
def test_each_impression_gets_the_values_and_the_source_of_its_own_decision(lake, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sources, values = {}, {}
    for decision in range(1, 13):
        posts = (rng.permutation(9)[: rng.integers(1, 6)] + 1).tolist()
        features = rng.normal(size=(len(posts), F)).astype(np.float32)
        kind, source = rng.choice(["ours", "foreign", "none"]), str(rng.choice(SOURCES))
        lake.decision(
            decision, 1, posts, int(rng.integers(0, 5 * HOUR)), source=source,
            features=None if kind == "none" else features, hash_="other" if kind == "foreign" else None,
        )  # fmt: skip
        sources |= {(decision, post): source_code(source) for post in posts}
        if kind == "ours":
            values |= {(decision, post): row for post, row in zip(posts, features, strict=True)}
    asked = [(int(rng.integers(0, 15)), int(rng.integers(0, 12))) for _ in range(60)]
    found = _read(lake.write(), asked)
    assert found.sources.tolist() == [sources.get(pair, 0) for pair in asked]
    assert found.present.tolist() == [pair in values for pair in asked]
    nothing = np.full(F, np.nan, np.float32)
    np.testing.assert_array_equal(found.features, [values.get(pair, nothing) for pair in asked])


@pytest.mark.parametrize(
    ("at", "read"),
    [(-HOUR - 1, False), (-HOUR, True), (0, True), (DAY - 1, True), (DAY, False)],
    ids=["too early", "an hour before", "at the start", "just before the end", "at the end"],
)
def test_decisions_count_from_an_hour_before_the_first_impression(lake, at: int, read: bool) -> None:
    lake.decision(7, 1, [11], 2 * DAY + at, features=np.ones((1, F)))
    lake.event("impression", 1, 1, 2 * DAY)
    found = _read(lake.write(), [(7, 11)], start=2 * DAY, end=3 * DAY)
    assert found.present.tolist() == [read]
    assert found.sources.tolist() == [source_code("in_network") if read else 0]


def test_a_decision_that_lies_in_two_files_is_read_once(lake) -> None:
    lake.decision(7, 1, [11, 12], HOUR, features=np.ones((2, F)))
    home = lake.write()
    part = next((home / "lake/decisions").rglob("*.parquet"))
    part.with_name("part-again.parquet").write_bytes(part.read_bytes())
    found = _read(home, [(7, 12), (7, 11), (7, 13)])
    assert found.present.tolist() == [True, True, False]


def test_nothing_asked_and_nothing_decided_are_nothing_logged(lake) -> None:
    lake.decision(7, 1, [11], HOUR)
    home = lake.write()
    for asked in ([], [(8, 11)]):
        found = _read(home, asked)
        assert (len(found.sources), found.present.any(), found.features.shape) == (
            len(asked), False, (len(asked), F),
        )  # fmt: skip
    with pytest.raises(NotFound, match="no event lake"):
        _read(home / "elsewhere", [(7, 11)])


BROKEN: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "a row too few": lambda rows: rows[:1],
    "a row too many": lambda rows: np.vstack([rows, rows[:1]]),
    "a column too few": lambda rows: rows[:, 1:],
    "a value too many": lambda rows: np.append(rows.ravel(), 0.0),
}


@pytest.mark.parametrize("breaks", BROKEN.values(), ids=BROKEN)
def test_values_that_do_not_fit_are_refused_by_the_decision_that_was_asked_for(lake, breaks) -> None:
    lake.decision(6, 1, [11, 12], HOUR, features=np.ones((2, F)))
    lake.decision(7, 1, [11, 12], HOUR, features=breaks(np.ones((2, F))))
    home = lake.write()
    assert _read(home, [(6, 12)]).present.tolist() == [True], "another decision is none of our business"
    with pytest.raises(Corrupt, match="decision 7 do not fit"):
        _read(home, [(6, 12), (7, 11)])
