"""A small home whose offline rows are counted event by event, published, and materialised by Feast."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.definitions import FACTOR_SIZE, SLICE_MS, VIEW_BY_NAME, WINDOWED, Count, View, slice_of
from features.feast_store.repository import apply, materialize
from features.offline.publish import publish
from features.offline.schema import schema_of
from feed_core.model.clock import DAY, HOUR
from feed_core.model.events import Event
from feed_core.model.posts import MediaRef, Post
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from tests.servers import fresh_keys

START = 20_000 * DAY
NOW = START + 9 * DAY + 11 * HOUR + 1_234_567
USERS, AUTHORS = (11, 12, 13), (21, 22)


@dataclass(frozen=True)
class Society:
    """What happened in the small home, and where it lies."""

    home: Path
    events: list[Event]
    posts: list[Post]
    follows: dict[int, np.ndarray]
    now: int = NOW


def make_posts() -> list[Post]:
    made = []
    for i in range(6):
        created = START + i * DAY + i * 7_654_321
        media = tuple(MediaRef(url="u", media_type="video" if i % 2 else "photo") for _ in range(i % 3))
        made.append(
            Post(
                post_id=101 + i,
                author_id=AUTHORS[i % 2],
                caption="é" * i,
                hashtags=("sea", "sun", "snow")[: i % 4],
                mentions=(11,) * (i % 2),
                place="",
                media=media,
                created_at=created,
                updated_at=created,
            )
        )
    return made


def make_events(posts: list[Post]) -> list[Event]:
    rng = np.random.default_rng(7)
    actions = ["impression"] * 5 + ["like", "comment", "share", "save", "hide", "report", "dwell", "dwell"]
    made = []
    for i in range(220):
        post = posts[int(rng.integers(len(posts)))]
        at = START + int(rng.integers(NOW - START))
        made.append(
            Event(
                event_id=i + 1,
                occurred_at=at,
                arrived_at=at,
                user_id=int(rng.choice(USERS)),
                post_id=post.post_id,
                author_id=post.author_id,
                action=str(rng.choice(actions)),  # type: ignore[arg-type]
                value=float(rng.integers(20_000)),
            )
        )
    at = NOW - 2 * DAY
    follow = Event(
        event_id=999, occurred_at=at, arrived_at=at, user_id=11, post_id=0, author_id=21, action="follow"
    )
    return [*made, follow]


def count_at(count: Count, events: list[Event], slice_: int) -> float:
    inside = [
        e
        for e in events
        if e.action in count.actions and slice_ - count.slices <= slice_of(e.occurred_at) < slice_
    ]
    return float(sum(int(e.value) for e in inside) if count.measure == "value" else len(inside))


def offline_rows(view: View, events: list[Event]) -> pa.Table:
    """A row a slice at which an event enters or leaves, counted anew each time."""
    rows: list[tuple[float, ...]] = []
    for key in sorted({tuple(getattr(e, name) for name in view.join_keys) for e in events}):
        if min(key) <= 0:
            continue
        own = [e for e in events if tuple(getattr(e, name) for name in view.join_keys) == key]
        slices = {slice_of(e.occurred_at) + 1 for e in own}
        slices |= {slice_of(e.occurred_at) + c.slices + 1 for e in own for c in view.counts}
        for slice_ in sorted(slices):
            counts = [count_at(c, own, slice_) for c in view.counts]
            rows.append((*key, slice_ * SLICE_MS * 1000, *counts))
    columns = [
        pa.array(list(column), type_)
        for column, type_ in zip(zip(*rows, strict=True), schema_of(view).types, strict=True)
    ]
    return pa.table(columns, schema=schema_of(view))


def write_lake_posts(home: Path, posts: list[Post]) -> None:
    folder = home / "lake/posts/day=x"
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table(
        {
            "post_id": [p.post_id for p in posts],
            "author_id": [p.author_id for p in posts],
            "caption": [p.caption for p in posts],
            "hashtags": pa.array([list(p.hashtags) for p in posts], pa.list_(pa.string())),
            "mentions": pa.array([list(p.mentions) for p in posts], pa.list_(pa.int64())),
            "media_type": [p.media[0].media_type if p.media else "" for p in posts],
            "media_count": pa.array([len(p.media) for p in posts], pa.int32()),
            "created_at": [p.created_at for p in posts],
            "updated_at": [p.updated_at for p in posts],
        }
    )
    pq.write_table(table, folder / "posts.parquet")


def write_jobs(home: Path, posts: list[Post]) -> None:
    """Tags and factors out of two runs; the third person and the last post are in none."""
    rng = np.random.default_rng(3)
    for day in (3, 8):
        as_of = START + day * DAY
        tags, cf = (home / f"spark/{job}/as_of={as_of}" for job in ("tags", "cf"))
        for folder in (tags, cf):
            folder.mkdir(parents=True)
        weights = [[0.5 + day / 100, 0.25], [0.125]]
        names = [["sun", "sea"], ["snow" if day == 8 else "rain"]]
        table = {"user_id": [11, 12], "tags": names, "weights": pa.array(weights, pa.list_(pa.float32()))}
        pq.write_table(pa.table(table), tags / "user_tags.parquet")
        for name, key, ids in (
            ("user_factors", "user_id", [11, 12]),
            ("post_factors", "post_id", [p.post_id for p in posts[:-1]]),
        ):
            factors = rng.normal(size=(len(ids), FACTOR_SIZE)).astype(np.float32)
            column = pa.array(list(factors), pa.list_(pa.float32()))
            pq.write_table(pa.table({key: ids, "factor": column}), cf / f"{name}.parquet")
        pq.write_table(
            pa.table({"user_id": [11], "post_ids": [[101, 102]], "scores": [[0.9, 0.1]]}),
            cf / "candidates.parquet",
        )


def write_discoveries(home: Path, posts: list[Post]) -> None:
    """Two runs of the discovery job; the third person and the last post are in none."""
    rng = np.random.default_rng(4)
    people, known = np.array([11, 12]), np.array([p.post_id for p in posts[:-1]])
    pairs = {"user_id": np.repeat(people, len(known)), "post_id": np.tile(known, len(people))}
    for day in (3, 8):
        folder = home / f"spark/discovery/as_of={START + day * DAY}"
        folder.mkdir(parents=True)
        for name, view, keys in (
            ("pairs", VIEW_BY_NAME["user_post"], pairs),
            ("posts", VIEW_BY_NAME["post_standing"], {"post_id": known}),
            ("people", VIEW_BY_NAME["user_habits"], {"user_id": people}),
        ):
            n = len(next(iter(keys.values())))
            values = {column: rng.random(n).astype(np.float32) for column in view.columns}
            pq.write_table(pa.table(keys | values), folder / f"{name}.parquet")
        lists = {"user_id": [11], "post_ids": [[101, 103]], "scores": [[0.5, 0.25]]}
        pq.write_table(pa.table(lists), folder / "candidates.parquet")


@pytest.fixture(scope="session")
def build_society() -> Callable[[Path], Society]:
    def build(home: Path) -> Society:
        posts = make_posts()
        events = make_events(posts)
        for view in WINDOWED:
            folder = home / "spark/stats" / view.name
            folder.mkdir(parents=True)
            pq.write_table(offline_rows(view, events), folder / "part-0.parquet")
        write_lake_posts(home, posts)
        write_jobs(home, posts)
        write_discoveries(home, posts)
        follows = {11: np.array([21]), 12: np.array([21, 22]), 13: np.zeros(0, np.int64)}
        return Society(home, events, posts, follows)

    return build


@pytest.fixture(scope="session")
def society(tmp_path_factory: pytest.TempPathFactory, build_society: Callable[[Path], Society]) -> Society:
    """Published, applied and materialised up to ``NOW``."""
    made = build_society(tmp_path_factory.mktemp("home"))
    publish(made.home)
    apply(made.home)
    materialize(made.home, until=NOW)
    return made


@pytest.fixture(params=["file", "redis"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the online rows are: "" for a file of the home, or Redis under a prefix of the test's own."""
    if request.param == "file":
        yield ""
        return
    stack: Stack = request.getfixturevalue("redis_server")
    with fresh_keys(stack) as keys:
        yield f"{environment(stack)['LOUPE_REDIS_URL']}?prefix={keys.prefix}"
