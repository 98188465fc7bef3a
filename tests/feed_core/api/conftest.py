"""A feed API over a real core in a folder of its own, with people, posts, a comment and a story.

Ben's post has Ada's comment; ben has a story, and a post that he deleted. Pia's account is private and
Ada has asked to follow it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from feed_core.api.app import create_app
from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.servers import Servers
from tests.api_client import client_of
from tests.feed_core.api.written_rows import WrittenRows

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
    pia: str
    story: str
    gone: str


NAMES = ("ada", "ben", "cam", "pia", "post", "comment", "story", "gone")


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


def world_in(home: Path, servers: Servers | None = None) -> Iterator[World]:
    """A world of its own, in ``home`` or on ``servers``."""
    clock = SetClock(NOON)
    core = FeedCore.open(home, clock=clock, servers=servers)
    with client_of(create_app(core)) as api:
        yield World(api, core, home, clock, **_ids(api, core))
    core.close()


def _ids(api: TestClient, core: FeedCore) -> dict[str, str]:
    """What a world is made of."""
    ada, ben, cam = (sign_up(api, name) for name in ("ada", "ben", "cam"))
    post = publish(api, ben, "First light #sunrise")
    made = api.post(f"/v1/posts/{post}/comments", json={"user_id": ada, "text": "Where?"})
    assert made.status_code == 201, made.text
    pia = sign_up(api, "pia")
    assert api.patch(f"/v1/users/{pia}", json={"private": True}).is_success
    assert api.put(f"/v1/users/{ada}/following/{pia}").json()["state"] == "requested"
    story = api.post(f"/v1/users/{ben}/stories", json={"media": {"url": "s.jpg"}}).json()["story_id"]
    gone = publish(api, ben, "Not this")
    assert api.delete(f"/v1/posts/{gone}?author_id={ben}").is_success
    core.drain()
    comment = made.json()["comment_id"]
    return dict(zip(NAMES, (ada, ben, cam, pia, post, comment, story, gone), strict=True))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh world."""
    yield from world_in(tmp_path)


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for tests that must not change it."""
    yield from world_in(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def shared_rows(shared_world: World) -> Iterator[WrittenRows]:
    """What the shared world holds, without rate limits, which count tries that fail on purpose."""
    rows = WrittenRows(shared_world.home, "rate_limits")
    yield rows
    rows.close()


@pytest.fixture
def worlds(tmp_path: Path, servers: Servers) -> Iterator[tuple[World, World]]:
    """The same world twice: embedded, and on the servers."""
    embedded, real = world_in(tmp_path / "embedded"), world_in(tmp_path / "real", servers)
    yield next(embedded), next(real)
    for world in (embedded, real):
        assert list(world) == []
