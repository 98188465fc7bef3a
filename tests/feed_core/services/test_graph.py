"""Following, blocking, muting: what changes, what is logged, what is refused."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.model.errors import Forbidden, InvalidInput, NotFound
from feed_core.model.users import UserStats
from feed_core.services.edges import Origin


def actions(world) -> list[tuple[str, int, int]]:
    return [(event.action, event.user_id, event.author_id) for event in world.logged("graph")]


def test_a_follow_counts_and_is_logged_once(world) -> None:
    graph = world.core.graph
    assert graph.follow_many([(world.ann, world.ben), (world.ann, world.ben)]) == [True, False]
    assert graph.follow_many([(world.ann, world.ben), (world.cam, world.ben)]) == [False, True]
    assert actions(world) == [("follow", world.ann, world.ben), ("follow", world.cam, world.ben)]
    assert graph.following([world.ann, world.ben]) == {world.ann: [world.ben], world.ben: []}
    assert graph.followers([world.ben]) == {world.ben: sorted([world.ann, world.cam])}
    assert world.core.accounts.stats_many([world.ben])[world.ben] == UserStats(followers=2)


def test_a_follow_says_what_led_to_it(world) -> None:
    pairs = [(world.ann, world.ben), (world.cam, world.ben)]
    world.core.graph.follow_many(pairs, {pairs[0]: Origin(post_id=7, decision_id=9, surface="for_you")})
    first, second = world.logged("graph")
    assert (first.post_id, first.decision_id, first.surface) == (7, 9, "for_you")
    assert (second.post_id, second.decision_id, second.surface) == (0, 0, "")
    assert first.occurred_at == second.occurred_at == world.clock.now()


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (Origin(post_id=-7), "post id"),
        (Origin(decision_id=-9), "decision id"),
        (Origin(surface="s" * 99), "surface"),
    ],
)
def test_what_led_to_a_follow_is_checked(world, origin: Origin, said: str) -> None:
    pair = (world.ann, world.ben)
    with pytest.raises(InvalidInput, match=said):
        world.core.graph.follow_many([pair], {pair: origin})
    assert world.logged("graph") == []


def test_an_unfollow_counts_back_and_only_once(world) -> None:
    world.core.graph.follow_many([(world.ann, world.ben)])
    assert world.core.graph.unfollow_many([(world.ann, world.ben)] * 2) == [True, False]
    assert world.core.accounts.stats_many([world.ann])[world.ann] == UserStats()
    assert [action for action, *_ in actions(world)] == ["follow", "unfollow"]


def test_a_block_ends_the_follows_in_both_directions_and_forbids_new_ones(world) -> None:
    graph = world.core.graph
    graph.follow_many([(world.ann, world.ben), (world.ben, world.ann)])
    assert graph.block_many([(world.ann, world.ben)]) == [True]
    assert graph.following([world.ann, world.ben]) == {world.ann: [], world.ben: []}
    assert {a for a, *_ in actions(world)[2:]} == {"unfollow", "block"}
    for pair in ((world.ann, world.ben), (world.ben, world.ann)):
        with pytest.raises(Forbidden, match="blocked"):
            graph.follow_many([pair])
    graph.unblock_many([(world.ann, world.ben)])
    assert graph.follow_many([(world.ben, world.ann)]) == [True]


def test_hidden_are_blocked_people_both_ways_and_muted_ones_one_way(world) -> None:
    world.core.graph.block_many([(world.ann, world.ben)])
    world.core.graph.mute_many([(world.ann, world.cam)])
    assert world.core.graph.hidden_for(world.people) == {
        world.ann: {world.ben, world.cam},
        world.ben: {world.ann},
        world.cam: set(),
        world.dan: set(),
    }
    world.core.graph.unmute_many([(world.ann, world.cam)])
    world.core.graph.unblock_many([(world.ann, world.ben)])
    assert world.core.graph.hidden_for([world.ann]) == {world.ann: set()}
    assert [a for a, *_ in actions(world)] == ["block", "mute", "unmute", "unblock"]


PEOPLE = st.integers(0, 3)
EDGES = st.sets(st.tuples(PEOPLE, PEOPLE).filter(lambda pair: pair[0] != pair[1]))


@given(blocks=EDGES, mutes=EDGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_blocks_and_mutes_keep_both_ends_apart_in_ranking(
    world, blocks: set[tuple[int, int]], mutes: set[tuple[int, int]]
) -> None:
    graph, people = world.core.graph, world.people
    everybody = [(a, b) for a in people for b in people if a != b]
    graph.unblock_many(everybody)
    graph.unmute_many(everybody)
    graph.block_many([(people[a], people[b]) for a, b in blocks])
    graph.mute_many([(people[a], people[b]) for a, b in mutes])
    apart, hidden = graph.apart_from(people), graph.hidden_for(people)
    for a, b in ((a, b) for a in range(4) for b in range(4)):
        either = {(a, b), (b, a)}
        assert (people[b] in apart[people[a]]) == bool(either & (blocks | mutes))
        assert (people[b] in hidden[people[a]]) == bool(either & blocks or (a, b) in mutes)


@pytest.mark.parametrize("verb", ["follow", "unfollow", "block", "unblock", "mute", "unmute"])
def test_a_pair_that_cannot_be_undoes_the_whole_call(world, nobody: int, verb: str) -> None:
    call = getattr(world.core.graph, f"{verb}_many")
    before = world.state()
    with pytest.raises(InvalidInput, match="themselves"):
        call([(world.ann, world.ben), (world.cam, world.cam)])
    with pytest.raises(NotFound, match=str(nobody)):
        call([(world.ann, world.ben), (world.cam, nobody)])
    with pytest.raises(InvalidInput, match="not an id"):
        call([(world.ann, -3)])
    assert world.state() == before
    assert call([]) == []
