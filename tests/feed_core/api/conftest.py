"""A feed API over a real core in a folder of its own, with two people, a post and a comment."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from feed_core.api.app import create_app
from feed_core.core import FeedCore
from feed_core.model.clock import SetClock

NOON = 1_770_000_000_000


@dataclass(frozen=True)
class World:
    """What the tests act on; ids as the API gives them."""

    api: TestClient
    core: FeedCore
    home: Path
    clock: SetClock
    ada: str
    ben: str
    cam: str
    post: str
    comment: str


def sign_up(api: TestClient, username: str) -> str:
    """The id of a new user."""
    answer = api.post("/v1/users", json={"username": username})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["user_id"])


def publish(api: TestClient, author_id: str, caption: str = "") -> str:
    """The id of a new post."""
    answer = api.post("/v1/posts", json={"author_id": author_id, "caption": caption})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["post_id"])


def _world(home: Path) -> Iterator[World]:
    clock = SetClock(NOON)
    core = FeedCore.open(home, clock=clock)
    api = TestClient(create_app(core), raise_server_exceptions=False)
    ada, ben, cam = (sign_up(api, name) for name in ("ada", "ben", "cam"))
    post = publish(api, ben, "First light #sunrise")
    made = api.post(f"/v1/posts/{post}/comments", json={"user_id": ada, "text": "Where?"})
    assert made.status_code == 201, made.text
    core.drain()
    yield World(api, core, home, clock, ada, ben, cam, post, made.json()["comment_id"])
    core.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh world."""
    yield from _world(tmp_path)


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for tests that must not change it."""
    yield from _world(tmp_path_factory.mktemp("world"))
