"""The oracles choose what is truly best of what may be shown, and nothing that may not be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from feed_core.model.clock import DAY
from pipelines.society.appeal import expected_value
from pipelines.society.behaviour import MOST_FATIGUE, SAME_AUTHOR, SAME_TOPIC
from pipelines.society.closed_loop import any_post
from pipelines.society.closed_loop.any_post import HORIZON, AnyPostOracle, shortlist
from pipelines.society.closed_loop.choosing import NONE, choose
from pipelines.society.serving import Chronological, Planner, Serve
from tests.pipelines.society.conftest import Played, World, post_for


@pytest.fixture
def world(moved_in: World) -> World:
    """A day of posts."""
    return post_for(moved_in, 24)


def _readers(world: World, count: int) -> list[int]:
    ids: list[int] = world.society.user_ids[world.society.user_ids > 0][:count].tolist()
    return ids


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 12))
def test_a_list_is_what_a_plain_greedy_choice_would_make(played: Played, seed: int, limit: int) -> None:
    society, now, rng = played.society, played.clock.now(), np.random.default_rng(seed)
    rows = rng.choice(len(society.catalogue.post_ids), (3, 15), replace=True)
    allowed, persons = rng.random(rows.shape) < 0.8, np.array([0, 5, 9])
    chosen = choose(society, persons, rows, allowed, now, limit)
    authors, topics = society.catalogue.authors, society.catalogue.main_topics(np.arange(rows.max() + 1))
    for person, own, may, found in zip(persons, rows, allowed, chosen, strict=True):
        left, plain = [row for row, yes in zip(own.tolist(), may.tolist(), strict=True) if yes], list[int]()
        while left and len(plain) < limit:
            tired = [
                SAME_AUTHOR * sum(authors[row] == authors[above] for above in plain)
                + SAME_TOPIC * sum(topics[row] == topics[above] for above in plain)
                for row in left
            ]
            fatigue = np.minimum(np.array(tired, np.float64), MOST_FATIGUE)
            meeting = society.encounter(np.full(len(left), person), np.array(left), now, fatigue)
            plain.append(left.pop(int(expected_value(meeting).argmax())))
        assert found[found != NONE].tolist() == plain
        assert (found[len(plain) :] == NONE).all()


@given(
    arrays.arrays(np.float64, (3, 20), elements=st.floats(-5, 5)),
    arrays.arrays(np.int64, 20, elements=st.integers(0, 3)),
    st.integers(1, 6),
)
def test_the_shortlist_holds_the_best_of_each_topic(
    values: np.ndarray, topics: np.ndarray, most: int
) -> None:
    short = shortlist(values, topics, most)
    for row, places in zip(values, short, strict=True):
        assert len(set(places.tolist())) == len(places)
        for topic in np.unique(topics):
            mine = row[places[topics[places] == topic]]
            assert np.array_equal(np.sort(mine), np.sort(row[topics == topic])[-most:])


def _serve(planner: Planner) -> Serve:
    return lambda user_ids, limit: planner.show(user_ids, planner.plan(user_ids, limit), limit)


def test_any_post_gives_more_value_than_what_is_new(world: World) -> None:
    readers, society = _readers(world, 40), world.society
    values = []
    oracle = AnyPostOracle(world.core, society, world.seen)
    for serve in (_serve(oracle), Chronological(world.core, world.seen)):
        shown = serve(readers, 5).post_ids
        users = np.broadcast_to(np.array(readers)[:, None], shown.shape)[shown > 0]
        values.append(society.true_value(users, shown[shown > 0], world.clock.now()).mean())
    assert values[0] > 2 * values[1]


def test_nothing_own_seen_deleted_old_or_hidden_is_shown(world: World) -> None:
    reader, posts = _readers(world, 1)[0], world.society.catalogue.post_ids
    serve = _serve(AnyPostOracle(world.core, world.society, world.seen))
    first = serve([reader], 5).post_ids[0]
    blocked, muted = world.core.posts.get_many(serve([reader], 2).post_ids[0].tolist()).values()
    world.core.graph.block_many([(blocked.author_id, reader)])
    world.core.graph.mute_many([(reader, muted.author_id)])
    gone = next(p for p in world.core.posts.get_many(posts[:40].tolist()).values() if p.author_id != reader)
    world.core.posts.delete_many(gone.author_id, [gone.post_id])
    rest = serve([reader], len(posts)).post_ids[0]
    rest = rest[rest > 0]
    authors = {post.author_id for post in world.core.posts.get_many(rest.tolist()).values()}
    assert len(rest) > 50
    assert len(set(rest.tolist())) == len(rest)
    assert not authors & {reader, blocked.author_id, muted.author_id}
    assert not set(rest.tolist()) & {gone.post_id, *first.tolist()}
    world.clock.set(world.clock.now() + HORIZON + DAY)
    assert not serve(_readers(world, 3), 5).post_ids.any()


def test_readers_are_looked_at_in_blocks_with_the_same_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers, oracle = _readers(world, 12), AnyPostOracle(world.core, world.society, type(world.seen)())
    whole = _serve(oracle)(readers, 10).post_ids
    monkeypatch.setattr(any_post, "_CELLS", 3 * len(world.society.catalogue.post_ids))
    again = AnyPostOracle(world.core, world.society, type(world.seen)())
    assert np.array_equal(_serve(again)(readers, 10).post_ids, whole)
