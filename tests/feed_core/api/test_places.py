"""What was posted at a place: everybody's posts there, newest first, by the one rule of who may see what."""

from random import Random
from urllib.parse import quote

import pytest

from tests.feed_core.api.conftest import World


def post_at(world: World, author: str, place: str) -> str:
    world.clock.set(world.clock.now() + 1)
    answer = world.api.post("/v1/posts", json={"author_id": author, "place": place})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["post_id"])


def at(world: World, place: str, **params: object) -> list[str]:
    """All the posts at a place, page by page."""
    found, cursor = [], ""
    while True:
        page = world.api.get(
            f"/v1/places/{quote(place, safe='')}/posts", params={**params, "cursor": cursor}
        ).json()
        found += [item["post"]["post_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            return found


@pytest.mark.parametrize("place", ["Brighton", "São Paulo", "a/b", "a/posts", "x" * 200, "100%?#&"])
def test_posts_at_a_place_newest_first(world: World, place: str) -> None:
    made = [post_at(world, author, place) for author in (world.ada, world.ben, world.ada)]
    post_at(world, world.ada, place[:-1] + "!")
    assert at(world, place) == made[::-1]
    assert at(world, place, limit=1) == made[::-1]


def test_a_post_comes_and_goes_with_its_place_at_once(world: World) -> None:
    post = post_at(world, world.ada, "Hove")
    world.api.patch(f"/v1/posts/{post}", json={"author_id": world.ada, "place": "Brighton"})
    assert (at(world, "Hove"), at(world, "Brighton")) == ([], [post])
    world.api.delete(f"/v1/posts/{post}", params={"author_id": world.ada})
    assert at(world, "Brighton") == []
    world.api.post(f"/v1/posts/{post}/restore", params={"author_id": world.ada})
    assert at(world, "Brighton") == [post]


def test_a_place_shows_what_its_reader_may_see(world: World) -> None:
    open_one, closed = post_at(world, world.ben, "Hove"), post_at(world, world.pia, "Hove")
    assert at(world, "Hove") == [open_one]
    assert at(world, "Hove", reader_id=world.ada) == [open_one]
    world.api.put(f"/v1/users/{world.pia}/follow-requests/{world.ada}")
    assert at(world, "Hove", reader_id=world.ada) == [closed, open_one]
    assert at(world, "Hove", reader_id=world.pia) == [closed, open_one]
    world.api.put(f"/v1/users/{world.ben}/blocks/{world.ada}")
    assert at(world, "Hove", reader_id=world.ada) == [closed]
    world.api.delete(f"/v1/users/{world.ben}")
    assert at(world, "Hove", reader_id=world.cam) == []


def test_a_cursor_is_good_for_its_own_place_alone(world: World) -> None:
    for place in ("Hove", "Hove", "Brighton", "Brighton"):
        post_at(world, world.ada, place)
    cursor = world.api.get("/v1/places/Hove/posts?limit=1").json()["next_cursor"]
    assert world.api.get(f"/v1/places/Brighton/posts?cursor={cursor}").status_code == 422
    by_author = world.api.get(f"/v1/users/{world.ada}/posts?limit=1").json()["next_cursor"]
    assert world.api.get(f"/v1/places/Hove/posts?cursor={by_author}").status_code == 422


def test_pages_of_a_random_crowd_are_the_crowd(world: World) -> None:
    random, places = Random(3), ("Hove", "Lewes", "hove")
    made = []
    for _ in range(40):
        place = random.choice(places)
        made.append((place, post_at(world, random.choice([world.ada, world.ben, world.cam]), place)))
    for place in places:
        expected = [post for where, post in reversed(made) if where == place]
        assert [at(world, place, limit=limit) for limit in (1, 3, 100)] == [expected] * 3
