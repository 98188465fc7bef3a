"""What people do: they look from the top, tire, react by taste, and only to what they examined."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.society.behaviour import Outcome, Sessions, behave, moments
from pipelines.society.pairs import PairCounts
from tests.pipelines.society.conftest import Played

NOW = 1_000_000


def _outcome(played: Played, rows: np.ndarray, persons: np.ndarray, seed: int = 0) -> Outcome:
    """What ``persons`` do with the same list of catalogue rows each."""
    society = played.society
    lists = np.tile(society.catalogue.post_ids[rows], (len(persons), 1))
    sessions = Sessions(persons, lists, np.ones(len(persons), np.int64), ["timeline"] * len(persons))
    counts = PairCounts(society.config.people)
    return behave(society, sessions, played.clock.now(), counts, np.random.default_rng(seed))


def test_no_place_is_examined_more_often_than_one_above_it(played: Played) -> None:
    persons = np.repeat(np.flatnonzero(played.society.user_ids), 40)
    outcome = _outcome(played, np.arange(20), persons)
    by_place = outcome.examined.mean(axis=0)
    assert by_place[0] == 1.0
    assert (np.diff(by_place) <= 0).all()
    assert by_place[-1] < 0.5


@given(st.integers(0, 2**31))
def test_whoever_examines_a_post_has_examined_all_above_it(played: Played, seed: int) -> None:
    persons = np.flatnonzero(played.society.user_ids)[:30]
    examined = _outcome(played, np.arange(20), persons, seed).examined
    assert (np.diff(examined.astype(int), axis=1) <= 0).all()


@given(st.integers(0, 2**31))
def test_nobody_reacts_to_or_dwells_on_what_they_did_not_examine(played: Played, seed: int) -> None:
    persons = np.flatnonzero(played.society.user_ids)[:30]
    outcome = _outcome(played, np.arange(20), persons, seed)
    assert ((outcome.dwell > 0) == outcome.examined).all()
    assert not any(flags[~outcome.examined].any() for flags in outcome.acted.values())


def test_likes_go_to_what_matches(played: Played) -> None:
    matches = {True: [0, 0], False: [0, 0]}
    for sessions, outcome, now in played.watched:
        shown = outcome.examined
        rows = played.society.catalogue.rows(np.where(shown, sessions.post_ids, sessions.post_ids[0, 0]))
        readers = np.broadcast_to(sessions.persons[:, None], rows.shape)
        good = played.society.encounter(readers, rows, now).match > 0.3
        for kind in (True, False):
            matches[kind][0] += int((outcome.acted["like"] & (good == kind)).sum())
            matches[kind][1] += int((shown & (good == kind)).sum())
    rate = {kind: likes / examined for kind, (likes, examined) in matches.items()}
    assert rate[True] > 2 * rate[False]


def test_the_same_author_again_and_again_is_liked_less(played: Played) -> None:
    society = played.society
    author = int(np.bincount(society.catalogue.authors).argmax())
    own = np.flatnonzero(society.catalogue.authors == author)
    persons = np.repeat(np.setdiff1d(np.flatnonzero(society.user_ids), [author]), 60)
    outcome = _outcome(played, np.repeat(own[:1], 6), persons)
    examined, likes = outcome.examined.sum(axis=0), outcome.acted["like"].sum(axis=0)
    rates = likes / examined
    assert rates[0] > 1.5 * rates[3]
    assert rates[:2].mean() > 1.5 * rates[-2:].mean()


def test_an_author_seen_earlier_today_is_liked_less(played: Played) -> None:
    society = played.society
    persons = np.repeat(np.flatnonzero(society.user_ids), 60)
    lists = np.tile(society.catalogue.post_ids[:1], (len(persons), 1))
    sessions = Sessions(persons, lists, np.ones(len(persons), np.int64), ["timeline"] * len(persons))
    likes = {}
    for earlier in (0, 4):
        counts = PairCounts(society.config.people)
        author = np.full(len(persons), society.catalogue.authors[0])
        for _ in range(earlier):
            counts.add(np.unique(persons), author[: len(np.unique(persons))])
        outcome = behave(society, sessions, played.clock.now(), counts, np.random.default_rng(1))
        likes[earlier] = outcome.acted["like"].mean()
    assert likes[4] < 0.8 * likes[0]


def test_examined_authors_are_counted_for_the_day(played: Played) -> None:
    society, counts = played.society, PairCounts(played.society.config.people)
    person = np.flatnonzero(society.user_ids)[:1]
    sessions = Sessions(person, society.catalogue.post_ids[None, :5], np.ones(1, np.int64), ["timeline"])
    outcome = behave(society, sessions, played.clock.now(), counts, np.random.default_rng(0))
    authors = society.catalogue.authors[:5][outcome.examined[0]]
    assert counts.of(np.repeat(person, society.config.people), np.arange(society.config.people)).sum() == len(
        authors
    )


def test_a_person_follows_an_author_once_in_a_list(played: Played) -> None:
    for sessions, outcome, _ in played.watched:
        for row, place in zip(*np.nonzero(outcome.acted["follow"]), strict=True):
            ids = sessions.post_ids[row][outcome.acted["follow"][row]]
            authors = played.society.catalogue.authors[played.society.catalogue.rows(ids)]
            assert len(set(authors.tolist())) == len(authors)
            assert sessions.persons[row] not in authors
            assert sessions.post_ids[row, place] > 0


@given(st.lists(st.floats(0, 600_000), min_size=1, max_size=20), st.integers(2_000, 2_000_000))
def test_moments_run_down_the_list_and_end_in_time(dwells: list[float], length: int) -> None:
    dwell = np.array([dwells])
    when = moments(Outcome(dwell > 0, dwell, {}), NOW, NOW + length)
    assert (np.diff(when, axis=1) >= 0).all()
    assert (when > NOW).all()
    assert (when <= NOW + length).all()
