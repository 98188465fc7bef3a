"""Where a history is cut: windows that teach end at the split or before, judged ones begin there."""

import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.datasets.cuts import HELD_OUT, Cuts, Window, cuts_of
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


def test_nothing_after_the_split_is_refused() -> None:
    history = make({(person, post): 40 * post for person in range(3) for post in range(9)})
    with pytest.raises(InvalidInput, match="Nothing happens in the 1 days after the split"):
        cuts_of(history, Window(days=1, cuts=300))


def test_a_history_too_short_to_learn_from_is_refused() -> None:
    history = make({(person, person): 3 * person for person in range(6)})
    with pytest.raises(InvalidInput, match=f"more than {HELD_OUT} are needed"):
        cuts_of(history, WINDOW)
