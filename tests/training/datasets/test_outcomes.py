"""An action belongs to one impression, the right one, and only within the window."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.definitions import ACTION_WEIGHTS, value_of
from training.datasets.latest import NONE, last_before, match
from training.datasets.outcomes import Acted, Shown, join_outcomes, owners

WINDOW = 20
shown_rows = st.lists(st.tuples(*[st.integers(0, 2)] * 3, st.integers(0, 60)), max_size=12)
actions = st.sampled_from(["like", "unlike", "share", "hide", "dwell", "save", "unsave", "comment"])
acted_rows = st.lists(st.tuples(*[st.integers(0, 2)] * 3, st.integers(0, 60), actions), max_size=12)


def _columns(rows, width):
    return tuple(np.array([row[i] for row in rows], np.int64) for i in range(width))


def _shown(rows) -> Shown:
    return Shown(*_columns(rows, 4))


def _acted(rows, values=None) -> Acted:
    names = tuple(sorted({row[4] for row in rows}))
    codes = np.array([names.index(row[4]) for row in rows], np.int64)
    return Acted(*_columns(rows, 4), codes, names, np.array(values or [0.0] * len(rows)))


def _owner(shown, action):
    """The same rule, one action at a time."""
    user, post, decision, time, _ = action
    seen = [
        (t, i, d) for i, (u, p, d, t) in enumerate(shown) if (u, p) == (user, post) and 0 <= time - t < WINDOW
    ]
    own = [row for row in seen if row[2] == decision]
    best = max(own if decision and own else seen, default=None)
    return NONE if best is None else best[1]


@settings(deadline=None)
@given(shown_rows, acted_rows)
def test_owner_is_the_last_sight_in_the_window_or_that_of_the_own_decision(shown, acted) -> None:
    found = owners(_shown(shown), _acted(acted), WINDOW)
    assert found.tolist() == [_owner(shown, action) for action in acted]


@settings(deadline=None)
@given(shown_rows, acted_rows)
def test_outcomes_equal_counting_one_by_one(shown, acted) -> None:
    values = [9_000.0 if row[4] == "dwell" else 0.0 for row in acted]
    found = join_outcomes(_shown(shown), _acted(acted, values), window_ms=WINDOW)
    for i in range(len(shown)):
        mine = [row[4] for row in acted if _owner(shown, row) == i]
        happened = {name for name in ("comment", "share", "hide") if name in mine}
        happened |= {"like"} if mine.count("like") > mine.count("unlike") else set()
        happened |= {"save"} if mine.count("save") > mine.count("unsave") else set()
        happened |= {"long_dwell"} if "dwell" in mine else set()
        assert {name for name, rows in found.happened.items() if rows[i]} == happened
        assert found.value[i] == sum(ACTION_WEIGHTS[name] for name in happened)


def test_dwell_is_long_from_the_threshold_on() -> None:
    shown = _shown([(1, 1, 0, 0), (1, 2, 0, 0)])
    acted = _acted([(1, 1, 0, 5, "dwell"), (1, 2, 0, 5, "dwell")], [8_000.0, 7_999.0])
    found = join_outcomes(shown, acted, window_ms=WINDOW)
    assert found.happened["long_dwell"].tolist() == [True, False]
    assert found.dwell_ms.tolist() == [8_000.0, 7_999.0]
    assert found.value.tolist() == [value_of("dwell", 8_000), value_of("dwell", 7_999)]


def test_no_actions_leave_nothing_happened() -> None:
    found = join_outcomes(_shown([(1, 1, 0, 0)]), _acted([]), window_ms=WINDOW)
    assert not any(rows.any() for rows in found.happened.values())


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 9)), max_size=15)


@settings(deadline=None)
@given(rows, rows, st.one_of(st.none(), st.integers(1, 5)))
def test_last_before_equals_a_search_by_hand(table, asked, window) -> None:
    a, b, times = _columns(table, 3)
    found = last_before((a, b), times, _columns(asked, 2), _columns(asked, 3)[2], window=window)
    for (x, y, at), row in zip(asked, found.tolist(), strict=True):
        fits = [
            (t, i) for i, (p, q, t) in enumerate(table)
            if (p, q) == (x, y) and t <= at and (window is None or at - t < window)
        ]  # fmt: skip
        assert row == (max(fits)[1] if fits else NONE)


def test_match_finds_equal_keys_only() -> None:
    keys = np.array([5, 7, 9])
    assert match((keys,), (np.array([9, 6, 5]),)).tolist() == [2, NONE, 0]
