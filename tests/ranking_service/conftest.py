"""A small real world: a feed core on SQLite, people who follow each other, a tiny trained bundle."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from fastapi.testclient import TestClient

from features.bundle import Bundle, write_bundle
from features.calibration import Calibration
from features.definitions import FEATURE_NAMES
from feed_core.core import FeedCore
from feed_core.model.clock import HOUR, MINUTE, SetClock
from feed_core.model.posts import NewPost, Post
from feed_core.model.users import NewUser
from ranking_service.api import create_app
from ranking_service.for_you import ForYou

START = 1_780_000_000_000 // HOUR * HOUR


@dataclass(frozen=True)
class World:
    """Ada follows ben, cleo and dan, not eve and fay; each of the others has posted hourly."""

    home: Path
    core: FeedCore
    clock: SetClock
    people: dict[str, int]
    posts: dict[str, list[Post]]

    @property
    def ada(self) -> int:
        return self.people["ada"]

    def ids(self, name: str) -> list[int]:
        """Post ids of one author, newest first."""
        return [post.post_id for post in reversed(self.posts[name])]


def publish(core: FeedCore, clock: SetClock, authors: list[int], rounds: int) -> list[Post]:
    made: list[Post] = []
    for _ in range(rounds):
        clock.set(clock.now() + 10 * MINUTE)
        made += core.posts.publish_many([NewPost(author_id=a, caption="Hello #sun") for a in authors])
    return made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = SetClock(START)
    core = FeedCore.open(tmp_path / "home", clock=clock)
    names = ["ada", "ben", "cleo", "dan", "eve", "fay"]
    users = core.accounts.create_many([NewUser(username=name) for name in names])
    people = {user.username: user.user_id for user in users}
    core.graph.follow_many([(people["ada"], people[name]) for name in ("ben", "cleo", "dan")])
    core.drain()
    made = publish(core, clock, [people[name] for name in names[1:]], 12)
    core.drain()
    clock.set(clock.now() + HOUR)
    posts = {name: [post for post in made if post.author_id == people[name]] for name in names}
    yield World(tmp_path / "home", core, clock, people, posts)
    core.close()


HEADS = ("like", "comment", "share", "hide", "long_dwell")


@pytest.fixture(scope="session")
def models() -> dict[str, str]:
    """LightGBM text models on made-up rows of the real width: what a post's columns say, they learn."""
    random = np.random.default_rng(7)
    rows = random.normal(size=(1_500, len(FEATURE_NAMES))).astype(np.float32)
    rows[:, FEATURE_NAMES.index("source")] = random.integers(0, 9, len(rows))
    rows[:, FEATURE_NAMES.index("post_age")] = random.uniform(0, 4, len(rows))
    logit = (
        -2 + rows[:, FEATURE_NAMES.index("post_like_rate_7d")] - rows[:, FEATURE_NAMES.index("post_age")] / 2
    )
    texts = {}
    for number, head in enumerate(HEADS):
        chance = 1 / (1 + np.exp(-logit - 0.3 * rows[:, 20 + number]))
        labels = (random.random(len(rows)) < chance).astype(int)
        data = lightgbm.Dataset(rows, labels, categorical_feature=[FEATURE_NAMES.index("source")])
        parameters = {"objective": "binary", "num_leaves": 7, "verbosity": -1, "seed": 1, "num_threads": 1}
        texts[head] = lightgbm.train(parameters, data, 12).model_to_string()
    return texts


Promote = Callable[..., Bundle]


@pytest.fixture
def promote(world: World, models: dict[str, str]) -> Promote:
    """Writes a bundle and moves the champion to it."""

    def act(version: str = "v1", texts: dict[str, str] | None = None) -> Bundle:
        curve = Calibration(kind="isotonic", x=(0.0, 0.5, 1.0), y=(0.0, 0.3, 0.9))
        bundle = write_bundle(
            world.home / "bundles" / version, version=version, models=texts or models,
            calibrations={"like": curve}, objective="heads",
            metrics={"like_auc": 0.7, "long_dwell_base": 0.2, "ndcg_at_10": 0.4}, created_at=START,
        )  # fmt: skip
        link = world.home / "bundles" / "champion"
        link.unlink(missing_ok=True)
        link.symlink_to(version)
        return bundle

    return act


@pytest.fixture
def open_for_you(world: World) -> Iterator[Callable[..., ForYou]]:
    opened: list[ForYou] = []

    def act(**options: object) -> ForYou:
        settings = {"budget_ms": None, "compile_trees": "never", **options}
        opened.append(ForYou.open(world.core, world.home, **settings))
        return opened[-1]

    yield act
    for service in opened:
        service.close()


@pytest.fixture
def for_you(promote: Promote, open_for_you: Callable[..., ForYou]) -> ForYou:
    """The pipeline with a promoted bundle and no time limits."""
    promote()
    return open_for_you()


@pytest.fixture
def open_client(world) -> Iterator[Callable[[], TestClient]]:
    opened: list[TestClient] = []

    def act() -> TestClient:
        app = create_app(world.core, world.home, budget_ms=None, compile_trees="never")
        opened.append(TestClient(app, raise_server_exceptions=False))
        return opened[-1].__enter__()

    yield act
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(promote, open_client) -> TestClient:
    """The service with a promoted bundle."""
    promote()
    return open_client()
