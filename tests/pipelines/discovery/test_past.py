"""A past holds what happened before its cut and nothing else: against plain loops over the history."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.clock import DAY
from pipelines.discovery.history import History
from pipelines.discovery.past import Past, past_of, unit_rows
from tests.pipelines.discovery.planted import DAYS, START, histories, make

cuts = st.integers(1, DAYS).map(lambda day: START + day * DAY)


def _pairs(past: Past) -> set[tuple[int, int]]:
    rows, columns = past.engaged.nonzero()
    return set(zip(past.people[rows].tolist(), past.posts[columns].tolist(), strict=True))


@given(histories, cuts)
def test_engagements_are_those_before_the_cut(history: History, cut: int) -> None:
    past = past_of(history, cut)
    rows = zip(history.user.tolist(), history.post.tolist(), history.at.tolist(), strict=True)
    assert _pairs(past) == {(user, post) for user, post, at in rows if at < cut}
    assert (past.age > 0).all()


@given(histories, cuts)
def test_posts_are_known_once_somebody_engaged(history: History, cut: int) -> None:
    past = past_of(history, cut)
    assert set(past.posts.tolist()) == set(history.post[history.at < cut].tolist())


@given(histories, cuts)
def test_the_newest_follow_or_unfollow_before_the_cut_counts(history: History, cut: int) -> None:
    past = past_of(history, cut)
    state: dict[tuple[int, int], bool] = {}
    for number, at in enumerate(history.follow_at.tolist()):
        if at < cut:
            pair = (int(history.follower[number]), int(history.followee[number]))
            state[pair] = bool(history.follows[number])
    rows, columns = past.follows.nonzero()
    found = set(zip(past.people[rows].tolist(), past.people[columns].tolist(), strict=True))
    assert found == {pair for pair, follows in state.items() if follows}


@given(histories, cuts)
def test_tags_count_from_their_own_time_on_posts_that_are_known(history: History, cut: int) -> None:
    past = past_of(history, cut)
    rows = zip(history.tag_post.tolist(), history.tag.tolist(), history.tag_at.tolist(), strict=True)
    known = set(past.posts.tolist())
    expected = sum(at < cut and post in known for post, _, at in rows)
    assert past.tagged.nnz == expected
    assert past.tagged.shape[0] == len(past.posts)


@given(histories, cuts)
def test_activity_and_popularity_count_the_same_engagements(history: History, cut: int) -> None:
    past = past_of(history, cut)
    assert past.activity.sum() == past.popularity.sum() == past.engaged.nnz
    assert np.allclose(past.faded(1e9).toarray(), past.engaged.toarray(), atol=1e-4)


def test_rows_are_scaled_to_length_one_and_empty_ones_stay() -> None:
    past = past_of(make({(0, 0): 1, (0, 1): 1, (2, 1): 2}), START + 5 * DAY)
    lengths = np.linalg.norm(unit_rows(past.engaged).toarray(), axis=1)
    assert np.allclose(lengths, [1, 0, 1, 0, 0, 0])


def test_the_split_is_the_end_of_the_day_on_which_the_share_is_reached() -> None:
    history = make({(0, post): post for post in range(9)} | {(1, 0): 3})
    assert history.split(0.8) == START + 7 * DAY
    assert history.split(1.0) == START + 9 * DAY
    before = np.mean(history.at < history.split(0.8))
    assert before >= 0.8
