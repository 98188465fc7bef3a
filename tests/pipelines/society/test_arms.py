"""Everybody has an arm, every reader gets the list of that arm, and the ledger writes down each of them."""

from collections.abc import Sequence
from contextlib import closing

import numpy as np
import pytest

from pipelines.society.behaviour import Outcome, Sessions
from pipelines.society.closed_loop.any_post import HORIZON, AnyPostOracle, shortlist
from pipelines.society.closed_loop.arms import ARMS, SHARES, ServeArms, assign
from pipelines.society.closed_loop.choosing import NONE, choose, pairs_of
from pipelines.society.closed_loop.ledger import Ledger
from pipelines.society.config import SocietyConfig
from pipelines.society.serving import Seen, Shown
from pipelines.society.society import Society
from tests.pipelines.society.conftest import Played, World

BLOCK = sum(SHARES)


@pytest.mark.parametrize("people", [10, 19, 20, 21, 59, 100])
def test_every_twenty_alike_people_are_split_by_the_shares(people: int) -> None:
    society = Society(SocietyConfig.small(people=people), 2)
    assigned = assign(society)
    by_rate = assigned[np.argsort(society.people.sessions_per_day, kind="stable")]
    for start in range(0, people, BLOCK):
        counts = np.bincount(by_rate[start : start + BLOCK], minlength=len(ARMS))
        assert (counts <= SHARES).all()
        assert start + BLOCK > people or counts.tolist() == list(SHARES)
    assert np.array_equal(assign(society), assigned)


def test_another_seed_splits_otherwise() -> None:
    one, two = (assign(Society(SocietyConfig.small(), seed)) for seed in (1, 2))
    assert not np.array_equal(one, two)


class _Numbered:
    """Serves each reader a list that tells who was asked, of which arm, and in which place."""

    def __init__(self, arm: int) -> None:
        self.arm, self.asked = arm, list[list[int]]()

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        self.asked.append(list(user_ids))
        ids = np.array(user_ids, np.int64)
        lists = np.zeros((len(ids), limit), np.int64)
        lists[:, 0], lists[:, 1] = ids, self.arm
        return Shown(lists, ids * 10 + self.arm, [f"surface{self.arm}"] * len(ids))


@pytest.fixture
def signed_up() -> Society:
    society = Society(SocietyConfig.small(people=60), 4)
    society.user_ids[:] = np.random.default_rng(0).permutation(60) + 1_000
    return society


@pytest.mark.parametrize("readers", [1, 7, 60])
def test_each_reader_gets_the_list_of_the_own_arm_in_the_own_place(signed_up: Society, readers: int) -> None:
    users = np.random.default_rng(readers).permutation(signed_up.user_ids)[:readers]
    assigned, serves = assign(signed_up), {name: _Numbered(arm) for arm, name in enumerate(ARMS)}
    with closing(ServeArms(signed_up, assigned, serves)) as arms:
        shown = arms(users.tolist(), 3)
    mine = assigned[signed_up.persons(users)]
    assert np.array_equal(shown.post_ids, np.stack([users, mine, np.zeros_like(users)], axis=1))
    assert np.array_equal(shown.decision_ids, users * 10 + mine)
    assert shown.surfaces == [f"surface{arm}" for arm in mine]
    asked = [serve.asked for serve in serves.values()]
    assert all(len(calls) <= 1 and [] not in calls for calls in asked), "nobody is asked for no readers"


def test_the_ledger_writes_down_what_plain_counting_finds(played: Played) -> None:
    society, assigned = played.society, assign(played.society)
    ledger, catalogue = Ledger(society, assigned), society.catalogue
    ticks = played.watched[::9]
    for tick in ticks:
        ledger.watch(*tick)
    measured, at = ledger.measured(), 0
    for sessions, outcome, _ in ticks:
        for row, person in enumerate(sessions.persons):
            rows = catalogue.rows(sessions.post_ids[row][sessions.post_ids[row] > 0])
            authors = catalogue.authors[rows]
            mix = catalogue.mix[rows].mean(axis=0) if len(rows) else np.ones(1)
            found = [measured.persons[at], measured.arms[at], measured.impressions[at], measured.authors[at]]
            assert found == [person, assigned[person], len(rows), len(set(authors.tolist()))]
            assert measured.hides[at] == outcome.acted["hide"][row].sum()
            assert (
                measured.newcomers[at] == (society.people.joined_at[authors] > society.config.start_ms).sum()
            )
            assert measured.entropy[at] == pytest.approx(-(mix * np.log(mix)).sum(), abs=1e-6)
            at += 1
    assert at == len(measured.persons) > 20


def test_a_session_that_was_shown_nothing_counts_with_nothing(played: Played) -> None:
    society = played.society
    ledger = Ledger(society, assign(society))
    nothing = np.zeros((1, 3))
    acted = dict.fromkeys(played.watched[0][1].acted, nothing > 0)
    sessions = Sessions(np.array([4]), nothing.astype(np.int64), np.array([0]), ["timeline"])
    ledger.watch(sessions, Outcome(nothing > 0, nothing, acted), 0)
    measured = ledger.measured()
    assert [float(column[0]) for column in measured[2:]] == pytest.approx([0] * 6, abs=1e-9)


@pytest.mark.parametrize("limit", [1, 4, 9])
def test_a_list_ends_where_nothing_is_left_that_may_be_shown(played: Played, limit: int) -> None:
    society, now = played.society, played.clock.now()
    rows = np.tile(np.arange(5), (3, 1))
    allowed = np.array([[True] * 5, [False, True, False, True, False], [False] * 5])
    chosen = choose(society, np.array([0, 1, 2]), rows, allowed, now, limit)
    assert (chosen != NONE).sum(axis=1).tolist() == [min(limit, 5), min(limit, 2), 0]
    assert {*chosen[1].tolist()} <= {1, 3, NONE}
    lists = pairs_of(society, chosen)
    assert [len(one) for one in lists] == [min(limit, 5), min(limit, 2), 0]
    author_of = dict(
        zip(society.catalogue.post_ids.tolist(), society.catalogue.authors.tolist(), strict=True)
    )
    assert all(society.user_ids[author_of[post]] == user for one in lists for post, user in one)


def test_of_no_posts_everybody_gets_an_empty_list(moved_in: World) -> None:
    oracle = AnyPostOracle(moved_in.core, moved_in.society, Seen())
    users = moved_in.society.user_ids[moved_in.society.user_ids > 0][:3].tolist()
    assert oracle.plan(users, 5) == [[], [], []]
    assert not oracle.show(users, [[], [], []], 5).post_ids.any()


def test_a_post_counts_up_to_its_last_moment_within_the_horizon(moved_in: World) -> None:
    society, now = moved_in.society, moved_in.clock.now() + 10 * HORIZON
    moved_in.clock.set(now)
    author, other = np.flatnonzero(society.user_ids > 0)[:2]
    mix = np.full((2, society.config.topics), 1 / society.config.topics)
    for ids, at in (([1, 2], now - HORIZON - 1), ([3, 4], now - HORIZON)):
        society.catalogue.add(
            np.array(ids), np.full(2, author), mix, np.zeros(2), np.zeros(2, dtype=bool), at
        )
    (found,) = AnyPostOracle(moved_in.core, society, Seen()).plan([int(society.user_ids[other])], 9)
    assert sorted(post for post, _ in found) == [3, 4]


def test_a_plan_changes_nothing_and_is_the_same_again(played: Played) -> None:
    users = played.society.user_ids[played.society.user_ids > 0][:6].tolist()
    seen, before = Seen(), played.core.stores.events.ends(["decisions", "engagement"])
    oracle = AnyPostOracle(played.core, played.society, seen)
    assert oracle.plan(users, 7) == oracle.plan(users, 7)
    assert played.core.stores.events.ends(["decisions", "engagement"]) == before
    assert seen.arrays()[0].tolist() == []


def test_a_shortlist_of_no_posts_is_empty_for_each_reader() -> None:
    assert shortlist(np.zeros((3, 0)), np.zeros(0, np.int64), 4).shape == (3, 0)
