"""Where a history is cut: windows that teach end at the split or before, judged ones begin there."""

import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.datasets.cuts import HELD_OUT, Cuts, Window, cuts_of, window_of
from pipelines.discovery.history import History
from tests.pipelines.discovery.planted import circles, make

WINDOW = Window(days=30, cuts=7, judged=3)


def test_windows_of_earlier_cuts_end_at_the_split_or_before() -> None:
    history = circles(days=800)
    cuts = cuts_of(history, WINDOW)
    assert cuts.split == history.split()
    assert list(cuts.earlier) == sorted(cuts.earlier)
    assert cuts.earlier[-1] + WINDOW.ms == cuts.split
    assert all((cuts.split - cut) % WINDOW.ms == 0 for cut in cuts.earlier)
    assert cuts.earlier[0] >= history.at[0] + WINDOW.ms, "the first cut has a past to learn from"


def test_windows_after_the_split_are_whole() -> None:
    history = circles(days=800)
    cuts = cuts_of(history, WINDOW)
    assert len(cuts.later) > 1
    assert all((cut - cuts.split) % WINDOW.ms == 0 for cut in cuts.later)
    assert cuts.later[-1] + WINDOW.ms <= history.at[-1] + DAY


def test_what_teaches_ends_before_what_is_judged() -> None:
    cuts = Cuts(tuple(range(0, 60, 10)), (60, 70, 80))
    assert cuts.teaching(60, 4) == (20, 30, 40, 50)
    assert cuts.teaching(80, 4) == (40, 50, 60, 70)
    assert cuts.teaching(80, 99) == (0, 10, 20, 30, 40, 50, 60, 70)
    assert cuts.teaching(80, 0) == ()


def test_nothing_after_the_split_is_refused() -> None:
    history = make({(person, post): 40 * post for person in range(3) for post in range(9)})
    with pytest.raises(InvalidInput, match="Nothing happens in the 1 days after the split"):
        cuts_of(history, Window(days=1, cuts=300))


def test_a_history_too_short_to_learn_from_is_refused() -> None:
    history = make({(person, person): 3 * person for person in range(6)})
    with pytest.raises(InvalidInput, match=f"more than {HELD_OUT} are needed"):
        cuts_of(history, WINDOW)


def test_windows_are_as_long_as_the_history_allows() -> None:
    assert window_of(circles(days=800)).days == 30
    half_a_year, a_month = _daily(150), _daily(40)
    assert window_of(half_a_year).days == 14
    assert len(cuts_of(half_a_year, Window(14)).earlier) > HELD_OUT
    assert window_of(a_month).days == 3


def test_a_length_that_is_asked_for_is_kept_or_refused() -> None:
    assert window_of(circles(days=800), 20).days == 20
    with pytest.raises(InvalidInput, match="longer history or choose shorter windows"):
        window_of(_daily(150), 60)


def test_a_history_that_no_window_fits_says_how_long_it_is() -> None:
    with pytest.raises(InvalidInput, match="spans 3 days"):
        window_of(make({(person, person): person for person in range(3)}))


def _daily(days: int) -> History:
    """Somebody finds something new every day."""
    return make({(day % 6, day): day for day in range(days)})
