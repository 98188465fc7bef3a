"""``loupe events`` says what waits and what died, and gives it to its consumer again."""

from pathlib import Path

import msgspec
import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser
from tests.pipelines.commands.conftest import Loupe, failed

NOW = 1_770_000_000_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two posts that wait for fan-out, between them a record that nobody can read."""
    core = FeedCore.open(tmp_path / "home", clock=SetClock(NOW))
    ann, ben = (u.user_id for u in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")]))
    core.graph.follow_many([(ben, ann)])
    core.posts.publish_many([NewPost(author_id=ann)])
    core.stores.events.append("posts", [(ann, msgspec.msgpack.encode(["no", "post"]))])
    core.posts.publish_many([NewPost(author_id=ann)])
    core.close()
    return tmp_path / "home"


def drain(home: Path) -> int:
    core = FeedCore.open(home, clock=SetClock(NOW))
    try:
        return core.drain()
    finally:
        core.close()


def test_lag_says_what_waits_for_whom(loupe: Loupe, home: Path) -> None:
    before = loupe("events", "lag", "--home", home)
    assert before.code == 0
    assert before.says("no consumer yet")
    drain(home)
    after = loupe("events", "lag", "--home", home)
    line = next(line for line in after.out.splitlines() if "posts" in line and "fan-out" in line)
    assert [cell.strip() for cell in line.split("│")[1:-1]] == ["posts", "fan-out", "3", "3", "0", "0"]


def test_a_dead_record_is_shown_and_replayed(loupe: Loupe, home: Path) -> None:
    assert loupe("events", "dead", "--home", home).says("No dead records.")
    drain(home)
    ours = ("--home", home, "--group", "fan-out")
    shown = loupe("events", "dead", *ours)
    assert shown.says("fan-out")
    assert shown.says("ValidationError")
    assert loupe("events", "dead", *ours, "--topic", "graph").says("No dead records.")
    left = loupe("events", "replay", "--home", home, "--group", "counters")
    assert (left.code, left.says("0 took effect, 0 failed again")) == (0, True)
    again = loupe("events", "replay", *ours)
    assert (again.code, again.says("0 took effect, 1 failed again")) == (1, True)
    assert loupe("events", "dead", *ours).says("ValidationError")


def test_a_home_that_is_not_there_is_named(loupe: Loupe, tmp_path: Path) -> None:
    for command in ("lag", "dead", "replay"):
        failed(loupe("events", command, "--home", tmp_path / "none"), "not found", "There is no home")
