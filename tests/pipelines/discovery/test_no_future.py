"""Whatever happens after a cut, the candidates and every feature at the cut stay as they were."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.clock import DAY
from pipelines.datasets.examples import choices_at
from pipelines.discovery.history import History
from pipelines.discovery.past import past_of
from pipelines.discovery.scores import Scorer, scorer_of
from tests.pipelines.discovery.planted import DAYS, START, futures, make, spliced, tastes
from training.datasets import Choices

cuts = st.integers(5, DAYS - 5).map(lambda day: START + day * DAY)
WINDOW = 10 * DAY


@settings(max_examples=8, deadline=None)
@given(futures, cuts)
def test_another_future_changes_no_score_and_no_rate(pair: tuple[History, History], cut: int) -> None:
    history, other = pair[0], spliced(*pair, cut)
    if not (history.at < cut).any():
        return
    one, two = _scorer(history, cut), _scorer(other, cut)
    everyone = np.arange(len(history.people))
    for first, second in zip(one.blocks(everyone), two.blocks(everyone), strict=True):
        assert np.array_equal(first.strength, second.strength)
        for name in first.scores:
            assert np.array_equal(first.scores[name], second.scores[name]), name
    for old, new in ((one.posts, two.posts), (one.people, two.people)):
        for name in old:
            assert np.array_equal(old[name], new[name]), name


@settings(max_examples=8, deadline=None)
@given(futures, cuts)
def test_another_future_changes_no_row_of_a_person_in_both(pair: tuple[History, History], cut: int) -> None:
    history, other = pair[0], spliced(*pair, cut)
    if not (history.at < cut).any() or not (_chosen(history, cut) and _chosen(other, cut)):
        return
    first, second = (_rows(choices_at(_scorer(h, cut), h, WINDOW)) for h in (history, other))
    for person in first.keys() & second.keys():
        assert first[person].keys() == second[person].keys()
        for post, values in first[person].items():
            # other people in the batch may change the last bit of a matrix product
            np.testing.assert_allclose(values, second[person][post], rtol=1e-5)


@settings(max_examples=8, deadline=None)
@given(futures, cuts)
def test_targets_are_the_first_engagements_of_the_window(pair: tuple[History, History], cut: int) -> None:
    history = pair[0]
    wanted, before = _chosen(history, cut), _pairs(history, history.at < cut)
    if not before or not wanted:
        return
    choices = choices_at(_scorer(history, cut), history, WINDOW)
    rows = zip(choices.people[choices.queries].tolist(), choices.posts.tolist(), strict=True)
    for row, chosen in zip(rows, choices.chosen.tolist(), strict=True):
        assert chosen == (row in wanted)
        assert row not in before, "nobody is offered what they engaged with"
    counts = dict(zip(choices.people.tolist(), choices.positives.tolist(), strict=True))
    assert counts == {user: sum(one == user for one, _ in wanted) for user, _ in wanted}


def test_posts_that_nobody_knew_count_as_chosen_without_a_row() -> None:
    history = make({(0, 0): 1, (1, 0): 2, (1, 1): 20})
    choices = choices_at(_scorer(history, START + 10 * DAY), history, 30 * DAY)
    assert choices.positives.tolist() == [1]
    assert not choices.chosen.any()


def _scorer(history: History, cut: int) -> Scorer:
    past = past_of(history, cut)
    return scorer_of(past, tastes(past))


def _pairs(history: History, some: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> set[tuple[int, int]]:
    return set(zip(history.user[some].tolist(), history.post[some].tolist(), strict=True))


def _chosen(history: History, cut: int) -> set[tuple[int, int]]:
    return _pairs(history, (history.at >= cut) & (history.at < cut + WINDOW))


def _rows(choices: Choices) -> dict[int, dict[int, np.ndarray[tuple[int], np.dtype[np.float32]]]]:
    made: dict[int, dict[int, np.ndarray[tuple[int], np.dtype[np.float32]]]] = {}
    people = choices.people[choices.queries].tolist()
    for person, post, values in zip(people, choices.posts.tolist(), choices.features, strict=True):
        made.setdefault(person, {})[post] = values
    return made
