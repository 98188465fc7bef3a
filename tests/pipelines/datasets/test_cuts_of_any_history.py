"""Whatever the history, nothing that teaches or is judged reaches over the moment that parts them."""

from collections.abc import Iterator

import numpy as np
import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.datasets.cuts import HELD_OUT, LENGTHS, Cuts, Window, cuts_of, window_of
from pipelines.datasets.examples import choosers
from pipelines.datasets.judging import friends_recall
from pipelines.discovery.history import History
from pipelines.discovery.past import past_of
from tests.pipelines.discovery.planted import PEOPLE, POSTS, START, make


def _history(seed: int, days: int) -> History:
    rng = np.random.default_rng(seed)
    busy = rng.permutation(days)[: max(2, days // 3)]
    firsts = {(int(rng.integers(PEOPLE)), post): int(day) for post, day in enumerate(busy)}
    pairs = rng.integers(0, PEOPLE, (30, 2)).tolist()
    return make(firsts, [(one, two, int(rng.integers(days)), True) for one, two in pairs])


def _histories() -> Iterator[tuple[History, Window, Cuts]]:
    """Those of many that can be cut, with the window they were cut by."""
    for seed in range(40):
        history = _history(seed, 20 + 25 * (seed % 10))
        for days in LENGTHS:
            window = Window(days, cuts=6, judged=3)
            try:
                yield history, window, cuts_of(history, window)
            except InvalidInput:
                continue


CUT = list(_histories())


def _some(history: History, start: int, end: int) -> bool:
    return bool(((history.at >= start) & (history.at < end)).any())


def test_cuts_are_a_window_apart_and_the_split_is_among_the_later() -> None:
    assert len(CUT) > 40
    for history, window, cuts in CUT:
        every = [*cuts.earlier, *cuts.later]
        assert every == sorted(set(every))
        assert cuts.split == history.split() == cuts.later[0]
        assert all((cut - cuts.split) % window.ms == 0 for cut in every)


def test_each_cut_has_a_past_and_somebody_who_chooses_after_it() -> None:
    for history, window, cuts in CUT:
        for cut in (*cuts.earlier, *cuts.later):
            assert _some(history, 0, cut)
            assert _some(history, cut, cut + window.ms)
            people, counts = choosers(history, cut, window.ms)
            assert counts.sum() == ((history.at >= cut) & (history.at < cut + window.ms)).sum()
            assert len(np.unique(people)) == len(people)


def test_earlier_windows_end_by_the_split_with_a_whole_window_known_before_them() -> None:
    for history, window, cuts in CUT:
        assert HELD_OUT < len(cuts.earlier) <= window.cuts
        assert cuts.earlier[-1] + window.ms <= cuts.split
        assert cuts.earlier[0] - window.ms >= history.at[0]


def test_later_windows_but_the_first_end_within_the_last_day() -> None:
    for history, window, cuts in CUT:
        assert all(cut + window.ms <= history.at[-1] + DAY for cut in cuts.later[1:])


@pytest.mark.parametrize("count", [1, 2, 5, 99])
def test_what_teaches_is_the_newest_that_ended_by_then(count: int) -> None:
    for _, window, cuts in CUT:
        for before in (*cuts.earlier, *cuts.later):
            teaching = cuts.teaching(before, count)
            ended = [cut for cut in (*cuts.earlier, *cuts.later) if cut + window.ms <= before]
            assert list(teaching) == ended[-count:]


def test_a_history_is_cut_by_the_longest_length_that_fits() -> None:
    for seed in range(20):
        history = _history(seed, 20 + 25 * (seed % 10))
        fits = [days for days in LENGTHS if _fits(history, days)]
        if fits:
            assert window_of(history) == Window(fits[0])
            assert all(window_of(history, days) == Window(days) for days in fits)
        else:
            with pytest.raises(InvalidInput, match="Load a longer history"):
                window_of(history)


def _fits(history: History, days: int) -> bool:
    try:
        cuts_of(history, Window(days))
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize("seed", range(6))
def test_friends_reach_what_one_of_them_had_engaged_with_before(seed: int) -> None:
    rng, cut, window = np.random.default_rng(seed), START + 20 * DAY, 10 * DAY
    firsts = {(int(rng.integers(PEOPLE)), int(rng.integers(POSTS))): int(rng.integers(40)) for _ in range(60)}
    pairs = rng.integers(0, PEOPLE, (8, 2)).tolist()
    history = make(firsts, [(one, two, int(rng.integers(40)), bool(rng.integers(4))) for one, two in pairs])
    follows = past_of(history, cut).follows.toarray() > 0
    reached: dict[int, list[bool]] = {}
    for (person, post), day in sorted(firsts.items()):
        if 20 <= day < 30:
            friends = [who for (who, what), earlier in firsts.items() if what == post and earlier < 20]
            reached.setdefault(person, []).append(any(follows[person, who] for who in friends))
    by_person = [np.mean(one) for one in reached.values()]
    every = np.concatenate([np.array(one, float) for one in reached.values()])
    assert friends_recall(history, cut, window) == pytest.approx((np.mean(by_person), every.mean()))
