"""The desk makes pages that count once they were shown, here as in a process of its own."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial

import numpy as np
import pytest

from feed_core.model.clock import HOUR
from feed_core.settings import Settings
from pipelines.beside import Beside
from pipelines.society.closed_loop.desk import Desk, at_desk
from pipelines.society.closed_loop.ranked import Ranked
from pipelines.society.closed_loop.same_candidates import SameCandidatesOracle
from pipelines.society.serving import Seen
from pipelines.timelines import sample_timelines
from ranking_service.for_you import ForYou
from ranking_service.records import Request
from tests.pipelines.society.conftest import World, post_for


@pytest.fixture
def world(moved_in: World) -> World:
    """Twelve hours of posts; no model was trained, so pages are newest first."""
    return post_for(moved_in, 12)


@pytest.fixture
def for_you(world: World) -> Iterator[ForYou]:
    with closing(ForYou.open(world.core, world.home, budget_ms=None)) as opened:
        yield opened


def _readers(world: World, count: int = 8) -> list[int]:
    ids: list[int] = world.society.user_ids[world.society.user_ids > 0][:count].tolist()
    return ids


def _logged(world: World) -> tuple[int, ...]:
    log = world.core.stores.events
    return tuple(sum(log.end(topic)) for topic in ("decisions", "engagement"))


def test_a_page_is_logged_and_remembered_once_it_is_shown(world: World, for_you: ForYou) -> None:
    desk, users, now, before = Desk(for_you, world.clock), _readers(world), world.clock.now(), _logged(world)
    planned = desk.pages(now, users, 6)
    assert _logged(world) == before
    assert desk.pages(now, users, 6) == planned, "what was not shown is offered again"
    shown = desk.shown()
    posts = sum(len(pairs) for pairs in planned)
    assert posts > 20
    assert np.subtract(_logged(world), before).tolist() == [len(users), posts]
    assert [surface for _, surface in shown] == ["for_you"] * len(users)
    assert len({decision for decision, _ in shown} - {0}) == len(users)
    desk.catch_up(now + 1)
    for pairs, offered in zip(planned, desk.candidates(now + 1, users), strict=True):
        assert not {post for post, _ in pairs} & set(offered.tolist())
    assert desk.shown() == [], "nothing is shown twice"


def test_ranked_shows_what_the_desk_made_under_its_decisions(world: World, for_you: ForYou) -> None:
    desk, users, seen = Desk(for_you, world.clock), _readers(world), Seen()
    ranked = Ranked(lambda task: task(desk), world.clock, seen)
    lists = ranked.plan(users, 6)
    shown = ranked.show(users, lists, 6)
    assert [row[row > 0].tolist() for row in shown.post_ids] == [[post for post, _ in one] for one in lists]
    assert all(
        seen.of(user) == set(row[row > 0].tolist()) for user, row in zip(users, shown.post_ids, strict=True)
    )
    assert (shown.decision_ids > 0).all()
    authors = world.core.posts.get_many([post for one in lists for post, _ in one])
    assert all(authors[post].author_id == author for one in lists for post, author in one)


def test_the_oracle_orders_what_the_desk_offers_and_leaves_out_what_was_seen(
    world: World, for_you: ForYou
) -> None:
    desk, users, seen = Desk(for_you, world.clock), _readers(world), Seen()
    offered = desk.candidates(world.clock.now(), users)
    for user, posts in zip(users, offered, strict=True):
        assert np.array_equal(posts, for_you.gather(Request(user_id=user)).post_ids)
        seen.add(user, posts[::2].tolist())
    oracle = SameCandidatesOracle(lambda task: task(desk), world.core, world.society, seen)
    lists = oracle.plan(users, 5)
    assert lists == oracle.plan(users, 5)
    for posts, chosen in zip(offered, lists, strict=True):
        assert {post for post, _ in chosen} <= set(posts[1::2].tolist())
        assert len(chosen) == min(5, len(posts[1::2]))


def test_a_process_of_its_own_answers_the_same(world: World, for_you: ForYou) -> None:
    users, now, seed = _readers(world), world.clock.now() + 1, 3
    here = Desk(for_you, world.clock)
    planned, timelines = here.pages(now, users, 6), sample_timelines(for_you, seed)
    offered = here.candidates(now, users)
    settings = Settings(home=world.home)
    with closing(Beside(at_desk, world.home, settings)) as beside, \
            closing(Beside(at_desk, world.home, settings)) as another:  # fmt: skip
        assert beside.ask(partial(Desk.pages, now=now, user_ids=users, limit=6)) == planned
        there = beside.ask(partial(Desk.candidates, now=now, user_ids=users))
        assert all(np.array_equal(one, other) for one, other in zip(offered, there, strict=True))
        assert beside.ask(partial(Desk.timelines, now=now, seed=seed)) == timelines
        assert len(beside.ask(Desk.shown)) == len(users)
        beside.ask(partial(Desk.catch_up, now=now + HOUR))
        for asked in (beside, another):  # what one has caught up with, the other knows
            later = asked.ask(partial(Desk.candidates, now=now + HOUR, user_ids=users))
            for pairs, posts in zip(planned, later, strict=True):
                assert not {post for post, _ in pairs} & set(posts.tolist())
    assert _logged(world)[0] == len(users)
