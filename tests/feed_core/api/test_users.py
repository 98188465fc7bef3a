"""Users: sign-up, look-up, counts, pages."""

from tests.feed_core.api.conftest import World, sign_up


def test_a_user_is_read_back_as_created(world: World) -> None:
    made = world.api.post("/v1/users", json={"username": "dan", "full_name": "Dan D", "bio": "Ça va?"})
    assert made.status_code == 201
    user = made.json()
    assert (user["username"], user["full_name"], user["bio"]) == ("dan", "Dan D", "Ça va?")
    assert user["created_at"] == "2026-02-02T02:40:00.000Z"
    assert world.api.get(f"/v1/users/{user['user_id']}").json() == user
    assert world.api.get("/v1/usernames/dan").json() == user


def test_ids_are_strings_in_answers_and_may_come_as_numbers(world: World) -> None:
    assert isinstance(world.ada, str)
    made = world.api.post("/v1/posts", json={"author_id": int(world.ada)})
    assert made.status_code == 201
    assert made.json()["author_id"] == world.ada


def test_counts_follow_what_happens(world: World) -> None:
    world.api.put(f"/v1/users/{world.ada}/following/{world.ben}")
    world.core.drain()
    assert world.api.get(f"/v1/users/{world.ben}/stats").json() == {
        "followers": 1,
        "following": 0,
        "posts": 1,
    }
    assert world.api.get(f"/v1/users/{world.ada}/stats").json() == {
        "followers": 0,
        "following": 1,
        "posts": 0,
    }


def test_pages_of_users_join_to_all_of_them(world: World) -> None:
    for number in range(4):
        sign_up(world.api, f"user{number}")
    names, cursor = [], ""
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = world.api.get("/v1/users", params=query).json()
        names += [user["username"] for user in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert sorted(names) == ["ada", "ben", "cam", "pia", "user0", "user1", "user2", "user3"]
