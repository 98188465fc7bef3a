"""Every score out of sparse matrices is what a plain count over the history says."""

import math
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest

from pipelines.discovery.candidates import fused_ranks
from pipelines.discovery.collaborative import neighbour_scores
from pipelines.discovery.past import Past, past_of
from pipelines.discovery.social import RESTART, STEPS, friend_scores
from pipelines.discovery.tastes import tag_scores
from tests.pipelines.discovery.by_hand import CUT, TAGS, P, World, same, table
from tests.pipelines.discovery.planted import make


@pytest.fixture(scope="module", params=[1, 2])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def test_friends_speak_for_what_they_engaged_with(world: World) -> None:
    scores = friend_scores(world.past, np.arange(P))

    def summed(weight: Callable[[int, float], float]) -> np.ndarray:
        def cell(person: int, post: int) -> float:
            by = world.by(post)
            return sum(weight(who, by[who]) for who in world.friends(person) if who in by)

        return table(world, cell)

    same(scores["friends"], summed(lambda _who, _age: 1))
    same(scores["friends_lately"], summed(lambda _who, age: math.exp(-age / 90)))
    same(scores["friends_choosy"], summed(lambda who, _age: 1 / math.sqrt(world.busy(who))))
    newest = table(
        world,
        lambda person, post: max(
            (1 / (1 + age) for who, age in world.by(post).items() if who in world.friends(person)), default=0
        ),
    )
    same(scores["friends_newest"], newest)


def test_circles_are_those_who_follow_alike_and_are_no_friends(world: World) -> None:
    def alike(one: int, two: int) -> float:
        both, either = world.friends(one) & world.friends(two), world.friends(one) | world.friends(two)
        return len(both) / max(1, len(either))

    expected = table(
        world,
        lambda person, post: sum(
            alike(person, who) for who in world.by(post) if who not in world.friends(person) | {person}
        ),
    )
    same(friend_scores(world.past, np.arange(P))["friends_of_friends"], expected)


def test_a_walk_over_friends_returns_home_and_counts_where_it_is(world: World) -> None:
    def walk(home: int) -> dict[int, float]:
        at: dict[int, float] = {home: 1.0}
        for _ in range(STEPS):
            moved: dict[int, float] = defaultdict(float, {home: RESTART})
            for person, weight in at.items():
                for friend in world.friends(person):
                    moved[friend] += (1 - RESTART) * weight / len(world.friends(person))
            at = moved
        return {person: weight for person, weight in at.items() if person != home}

    walks = [walk(person) for person in range(P)]
    expected = table(world, lambda person, post: sum(walks[person].get(who, 0) for who in world.by(post)))
    same(friend_scores(world.past, np.arange(P))["friend_walk"], expected)


def test_people_like_you_are_those_who_chose_thesame_rare_posts(world: World) -> None:
    rare = {post: math.log1p(P / (1 + len(world.by(post)))) for post in world.posts}

    def alike(one: int, two: int) -> float:
        norms = [math.sqrt(sum(rare[post] ** 2 for post in world.of(who))) or 1 for who in (one, two)]
        return sum(rare[post] ** 2 for post in world.of(one).keys() & world.of(two)) / math.prod(norms)

    def by_others(fade: Callable[[float], float]) -> np.ndarray:
        return table(
            world,
            lambda person, post: sum(
                alike(person, who) * fade(age) for who, age in world.by(post).items() if who != person
            ),
        )

    scores = neighbour_scores(world.past, np.arange(P))
    same(scores["people_like_you"], by_others(lambda _age: 1))
    same(scores["people_like_you_year"], by_others(lambda age: math.exp(-age / 365)))
    same(scores["people_like_you_lately"], by_others(lambda age: math.exp(-age / 90)))


def test_posts_are_alike_when_thesame_people_chose_them(world: World) -> None:
    def alike(one: int, two: int) -> float:
        first, second = world.by(one), world.by(two)
        return len(first.keys() & second) / math.sqrt(len(first) * len(second))

    scores = neighbour_scores(world.past, np.arange(P))
    mean = table(
        world,
        lambda person, post: sum(alike(own, post) for own in world.of(person)) / max(1, world.busy(person)),
    )
    same(scores["co_engaged"], mean)
    lately = table(
        world,
        lambda person, post: sum(
            alike(own, post) * math.exp(-age / 90) for own, age in world.of(person).items()
        ),
    )
    same(scores["co_engaged_lately"], lately)


def test_a_walk_of_three_steps_shares_its_weight_by_both_ends_degrees(world: World) -> None:
    """From a person over follows and engagements, both named ("person", 3) and ("post", 7)."""
    steps: dict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    for person in range(P):
        steps["person", person] |= {("person", friend) for friend in world.friends(person)}
        steps["person", person] |= {("post", post) for post in world.of(person)}
    for post in world.posts:
        steps["post", post] |= {("person", who) for who in world.by(post)}
    size = {node: max(1, len(others)) for node, others in steps.items()}

    def walk(person: int) -> dict[tuple[str, int], float]:
        at = {("person", person): 1.0}
        for _ in range(3):
            moved: dict[tuple[str, int], float] = defaultdict(float)
            for node, weight in at.items():
                for other in steps[node]:
                    moved[other] += weight / math.sqrt(size[node] * size[other])
            at = moved
        return at

    walks = [walk(person) for person in range(P)]
    expected = table(world, lambda person, post: walks[person].get(("post", post), 0))
    same(neighbour_scores(world.past, np.arange(P))["walk_of_three"], expected)


def test_a_rare_hashtag_in_common_weighs_more(world: World) -> None:
    carried = {tag: sum(tag in tags for tags in world.tags.values()) for tag in TAGS}
    rare = {tag: math.log1p(len(world.posts) / (1 + count)) for tag, count in carried.items()}

    def unit(counts: dict[str, float]) -> dict[str, float]:
        made = {tag: math.sqrt(count) * rare[tag] for tag, count in counts.items()}
        norm = math.sqrt(sum(value**2 for value in made.values())) or 1
        return {tag: value / norm for tag, value in made.items()}

    posts = {post: unit(dict.fromkeys(tags, 1.0)) for post, tags in world.tags.items()}

    def taste(person: int, fade: Callable[[float], float]) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for post, age in world.of(person).items():
            for tag in world.tags[post]:
                found[tag] += fade(age)
        return unit(found)

    def cosines(fade: Callable[[float], float]) -> np.ndarray:
        tastes = [taste(person, fade) for person in range(P)]
        return table(
            world,
            lambda person, post: sum(tastes[person].get(tag, 0) * one for tag, one in posts[post].items()),
        )

    scores = tag_scores(world.past, np.arange(P))
    same(scores["tags"], cosines(lambda _age: 1))
    same(scores["tags_lately"], cosines(lambda age: math.exp(-age / 90)))


def test_scores_of_some_people_are_theirs_among_all(world: World) -> None:
    some = np.array([5, 0, 11])
    for scores in (friend_scores, neighbour_scores, tag_scores):
        every, few = scores(world.past, np.arange(P)), scores(world.past, some)
        for name, values in every.items():
            same(few[name], values[some])


def test_without_hashtags_friends_and_history_every_score_is_nothing() -> None:
    past: Past = past_of(make({(0, 0): 1}, people=3), CUT)
    for scores in (friend_scores, neighbour_scores, tag_scores):
        for name, values in scores(past, np.array([2])).items():
            assert values.tolist() == [[0.0]], name


@pytest.mark.parametrize("seed", range(6))
def test_strength_is_what_ranks_in_plain_words_add_up_to(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (5, 30)
    scores = {name: rng.permuted(np.tile(np.arange(-4.0, 26), (5, 1)), axis=1) for name in ("one", "two")}
    scores["all"] = rng.permutation(np.arange(-9.0, 21))
    quotas, engaged = {"one": 4, "two": 30, "all": 29}, rng.random(shape) < 0.2
    expected = np.zeros(shape)
    for name, quota in quotas.items():
        for row, values in enumerate(np.broadcast_to(scores[name], shape)):
            open_ = [(-value, at) for at, value in enumerate(values) if value > 0 and not engaged[row, at]]
            for place, (_, at) in enumerate(sorted(open_)[:quota]):
                expected[row, at] += 1 / (60 + place)
    same(fused_ranks(scores, engaged, quotas), expected)
