"""What the lake tells about taste is what a plain look at each event and each version of a post tells."""

import random
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.clock import DAY
from feed_core.model.errors import NotFound
from feed_core.model.events import Event
from feed_core.model.posts import Post
from pipelines.discovery.history import POSITIVE, History, read_history
from pipelines.fading import OF_CHOICES, OF_FEEDS, fading_of
from pipelines.lake import update_lake

START = 1_767_225_600_000
ACTIONS = (*POSITIVE, "impression", "dwell", "hide", "unlike")


class Told:
    """Random events and versions of posts, as they stand in the log."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.engagement = [self._event(draw, at, draw.choice(ACTIONS)) for at in range(1, 160)]
        self.graph = [self._event(draw, at, draw.choice(["follow", "unfollow"])) for at in range(200, 260)]
        self.posts = [
            {
                "post_id": draw.randrange(100, 112), "author_id": 1, "caption": "", "mentions": (),
                "hashtags": tuple(draw.sample(["sea", "low", "metal", "ключ"], draw.randrange(4))),
                "place": "", "media": (),
                "created_at": START, "updated_at": START + draw.randrange(5 * DAY), "deleted": False,
            }
            for _ in range(40)
        ]  # fmt: skip

    def _event(self, draw: random.Random, number: int, action: str) -> dict[str, Any]:
        at = START + draw.randrange(40) * DAY // 10
        return {
            "event_id": number, "occurred_at": at, "arrived_at": at, "user_id": draw.randrange(1, 7),
            "post_id": draw.randrange(100, 112), "author_id": draw.randrange(1, 7), "action": action,
        }  # fmt: skip

    def write(self, home: Path) -> None:
        log = SqliteEventLog(Database(home / "events.sqlite"))
        for topic, rows, kind in (
            ("posts", self.posts, Post), ("graph", self.graph, Event), ("engagement", self.engagement, Event)
        ):  # fmt: skip
            bodies = [msgspec.msgpack.encode(_record(row, kind)) for row in rows]
            log.append(topic, [(1, body) for body in bodies])  # type: ignore[arg-type]
        update_lake(log, home)


def _record(row: dict[str, Any], kind: Any) -> Any:
    return msgspec.convert(list(row.values()) if kind is Event else row, kind)


@pytest.fixture(scope="module", params=[1, 2])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, History]:
    home, told = tmp_path_factory.mktemp("home"), Told(request.param)
    told.write(home)
    return told, read_history(home)


def _rows(*columns: np.ndarray) -> list[tuple[Any, ...]]:
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_the_first_positive_engagement_of_each_pair_counts(both: tuple[Told, History]) -> None:
    told, history = both
    first: dict[tuple[int, int], int] = {}
    for row in told.engagement:
        if row["action"] in POSITIVE:
            pair = row["user_id"], row["post_id"]
            first[pair] = min(first.get(pair, row["occurred_at"]), row["occurred_at"])
    expected = sorted((at, user, post) for (user, post), at in first.items())
    assert _rows(history.at, history.user, history.post) == expected


def test_every_follow_and_unfollow_is_kept_in_order_of_time(both: tuple[Told, History]) -> None:
    told, history = both
    found = _rows(history.follow_at, history.follower, history.followee, history.follows)
    assert [row[0] for row in found] == sorted(row[0] for row in found)
    assert sorted(found) == sorted(
        (row["occurred_at"], row["user_id"], row["author_id"], row["action"] == "follow")
        for row in told.graph
    )


def test_people_are_all_who_chose_or_are_in_the_graph(both: tuple[Told, History]) -> None:
    told, history = both
    chose = {row["user_id"] for row in told.engagement if row["action"] in POSITIVE}
    ends = {row[side] for row in told.graph for side in ("user_id", "author_id")}
    assert history.people.tolist() == sorted(chose | ends)


def test_a_hashtag_counts_from_the_first_version_that_carried_it(both: tuple[Told, History]) -> None:
    told, history = both
    first: dict[tuple[int, str], int] = {}
    for row in told.posts:
        for tag in row["hashtags"]:
            pair = row["post_id"], tag
            first[pair] = min(first.get(pair, row["updated_at"]), row["updated_at"])
    found = _rows(history.tag_at, history.tag_post, history.tag)
    assert sorted(found) == sorted((at, post, tag) for (post, tag), at in first.items())
    assert [row[0] for row in found] == sorted(row[0] for row in found)


def test_a_history_whose_posts_the_log_let_go_of_has_no_tags(tmp_path: Path) -> None:
    told = Told(4)
    told.posts = []
    told.write(tmp_path)
    history = read_history(tmp_path)
    assert len(history.at)
    assert (history.tag_post.tolist(), history.tag_at.tolist(), history.tag.tolist()) == ([], [], [])


@pytest.mark.parametrize("days", [0.5, 1.0, 2.3, 9.0])
def test_what_was_known_before_a_moment_leaves_that_moment_out(
    both: tuple[Told, History], days: float
) -> None:
    history, moment = both[1], START + int(days * DAY)
    known = history.before(moment)
    assert len(known.at) == sum(at < moment for at in history.at.tolist())
    assert len(known.follow_at) == sum(at < moment for at in history.follow_at.tolist())
    assert len(known.tag) == sum(at < moment for at in history.tag_at.tolist())
    assert np.array_equal(known.people, history.people)
    assert known.before(moment).at.tolist() == known.at.tolist()


def test_before_anybody_chose_there_is_nothing_to_know(both: tuple[Told, History]) -> None:
    history = both[1]
    with pytest.raises(NotFound, match="Nobody engaged with anything before 2026-01-0") as told:
        history.before(int(history.at[0]))
    assert "--as-of" in told.value.fix
    assert history.before(int(history.at[0]) + 1).at.tolist() == [
        at for at in history.at.tolist() if at == history.at[0]
    ]


@pytest.mark.parametrize(
    ("chosen", "shown", "fading"), [(2, 1, OF_CHOICES), (2, 2, OF_FEEDS), (0, 0, OF_FEEDS)]
)
def test_taste_fades_slowly_only_where_more_was_chosen_than_shown(
    tmp_path: Path, chosen: int, shown: int, fading: object
) -> None:
    told = Told(3)
    likes, seen = (
        [dict(told.engagement[0], action=action) for _ in range(2)] for action in ("like", "impression")
    )
    told.posts, told.graph, told.engagement = [], [], [*likes[:chosen], *seen[:shown]]
    for number, row in enumerate(told.engagement):
        row["event_id"] = number
    told.write(tmp_path)
    assert fading_of(tmp_path) == fading
