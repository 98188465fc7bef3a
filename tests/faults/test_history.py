"""Which answers a history allows."""

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.history import History, _Turn

FACT = ("like", 1, 2)


def history_of(turns: list[tuple[object, float, float]]) -> History:
    history = History()
    for value, sent, acknowledged in turns:
        history.send(FACT, value, sent)
        turn = history._turns(FACT)[-1]
        assert isinstance(turn, _Turn)
        turn.acknowledged = acknowledged
    return history


def test_a_strong_read_shows_what_was_acknowledged_before_it_or_is_on_its_way() -> None:
    history = history_of([(True, 1, 2), (False, 5, 6), (True, 9, 10)])
    assert history.strong(FACT, 0, 0.5) == {False}
    assert history.strong(FACT, 0, 1.5) == {False, True}
    assert history.strong(FACT, 3, 4) == {True}
    assert history.strong(FACT, 3, 5.5) == {True, False}
    assert history.strong(FACT, 7, 8) == {False}
    assert history.strong(FACT, 11, 12) == {True}


def test_a_lagging_read_shows_any_moment_but_none_to_come() -> None:
    history = history_of([("a", 1, 2), ("b", 5, 6)])
    assert history.lagging(FACT, 4, "") == {"", "a"}
    assert history.lagging(FACT, 5, "") == {"", "a", "b"}
    assert history.lagging(("like", 1, 3), 9, "") == {""}


def test_what_is_not_acknowledged_stays_possible() -> None:
    history = History()
    history.send(FACT, True, 1)
    assert history.strong(FACT, 100, 101) == {False, True}


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 1), st.floats(0.1, 1)), max_size=6), st.floats(0, 12))
def test_an_instant_read_of_the_true_value_is_always_right(
    steps: list[tuple[bool, float, float]], at: float
) -> None:
    turns, now, truth = [], 0.0, False
    for value, pause, length in steps:
        sent, acknowledged = now + pause, now + pause + length
        takes_effect = (sent + acknowledged) / 2
        truth = value if takes_effect <= at else truth
        turns.append((value, sent, acknowledged))
        now = acknowledged
    assert truth in history_of(list(turns)).strong(FACT, at, at)


def test_the_most_that_can_be_true_counts_each_thing_once() -> None:
    history = history_of([(True, 1, 2), (False, 3, 4), (True, 5, 6)])
    history.send(("like", 1, 3), True, 2)
    assert history.most(1.5, "like", 1) == 1
    assert history.most(9, "like", 1) == 2
    assert history.about("like", 1) == [2, 3]
