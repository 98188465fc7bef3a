"""Whatever happens after a cut, the candidates and every feature at the cut stay as they were."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.clock import DAY
from pipelines.datasets.base_rates import person_rates, post_rates
from pipelines.datasets.candidates import candidate_mask
from pipelines.datasets.examples import Examples, examples_of, pair_scores
from pipelines.datasets.history import History
from pipelines.datasets.past import past_of
from tests.pipelines.datasets.planted import DAYS, START, circles, futures, make, spliced

cuts = st.integers(5, DAYS - 5).map(lambda day: START + day * DAY)
WINDOW = 10 * DAY


@settings(max_examples=8, deadline=None)
@given(futures, cuts)
def test_another_future_changes_no_score_and_no_rate(pair: tuple[History, History], cut: int) -> None:
    history, other = pair[0], spliced(*pair, cut)
    if not (history.at < cut).any():
        return
    one, two = past_of(history, cut), past_of(other, cut)
    first, second = pair_scores(one, history.people), pair_scores(two, history.people)
    for name in first:
        assert np.array_equal(first[name], second[name]), name
    everyone = np.arange(len(history.people))
    for old, new in (
        (post_rates(one), post_rates(two)),
        (person_rates(one, everyone), person_rates(two, everyone)),
    ):
        for name in old:
            assert np.array_equal(old[name], new[name]), name


@settings(max_examples=8, deadline=None)
@given(futures, cuts)
def test_another_future_changes_no_row_of_a_person_in_both(pair: tuple[History, History], cut: int) -> None:
    history, other = pair[0], spliced(*pair, cut)
    if not (history.at < cut).any():
        return
    first, second = _rows(examples_of(history, cut, WINDOW)), _rows(examples_of(other, cut, WINDOW))
    for person in first.keys() & second.keys():
        assert first[person].keys() == second[person].keys()
        for post, values in first[person].items():
            # other people in the batch may change the last bit of a matrix product
            np.testing.assert_allclose(values, second[person][post], rtol=1e-5)


@settings(max_examples=8, deadline=None)
@given(futures, cuts)
def test_targets_are_the_first_engagements_of_the_window(pair: tuple[History, History], cut: int) -> None:
    history = pair[0]
    examples = examples_of(history, cut, WINDOW)
    wanted = {
        (user, post)
        for user, post, at in zip(
            history.user.tolist(), history.post.tolist(), history.at.tolist(), strict=True
        )
        if cut <= at < cut + WINDOW
    }
    known = history.at < cut
    before = set(zip(history.user[known].tolist(), history.post[known].tolist(), strict=True))
    rows = zip(examples.people[examples.person].tolist(), examples.post.tolist(), strict=True)
    for row, target in zip(rows, examples.target.tolist(), strict=True):
        assert target == (row in wanted)
        assert row not in before, "nobody is offered what they engaged with"
    counts = dict(zip(examples.people.tolist(), examples.positives.tolist(), strict=True))
    assert counts == {user: sum(one == user for one, _ in wanted) for user, _ in wanted}


def test_a_candidate_has_a_score_above_nothing() -> None:
    scores = {"one": np.array([[0.0, 2.0, 1.0]], np.float32), "all": np.array([0.0, 0.0, 3.0], np.float32)}
    engaged = np.array([[False, True, False]])
    mask = candidate_mask(scores, engaged, {"one": 2, "all": 5})
    assert mask.tolist() == [[False, False, True]]


def test_quotas_take_the_best_of_each_score() -> None:
    scores = {"one": np.array([[1.0, 4.0, 3.0, 2.0]], np.float32)}
    none = np.zeros((1, 4), dtype=bool)
    assert candidate_mask(scores, none, {"one": 2}).tolist() == [[False, True, True, False]]


def test_few_negatives_keep_every_target_and_only_people_with_one() -> None:
    history = circles()
    cut = START + 200 * DAY
    whole = examples_of(history, cut, 30 * DAY)
    few = examples_of(history, cut, 30 * DAY, negatives=7)
    assert few.target.sum() == whole.target.sum()
    assert set(few.person.tolist()) == set(whole.person[whole.target].tolist())
    assert np.bincount(few.person[~few.target]).max() == 7
    again = examples_of(history, cut, 30 * DAY, negatives=7)
    assert np.array_equal(few.post, again.post)


def test_posts_that_nobody_knew_count_as_targets_without_a_row() -> None:
    history = make({(0, 0): 1, (1, 0): 2, (1, 1): 20})
    examples = examples_of(history, START + 10 * DAY, 30 * DAY)
    assert examples.positives.tolist() == [1]
    assert not examples.target.any()


def _rows(examples: Examples) -> dict[int, dict[int, np.ndarray[tuple[int], np.dtype[np.float32]]]]:
    made: dict[int, dict[int, np.ndarray[tuple[int], np.dtype[np.float32]]]] = {}
    for person, post, values in zip(examples.person, examples.post, examples.matrix, strict=True):
        made.setdefault(int(examples.people[person]), {})[int(post)] = values
    return made
