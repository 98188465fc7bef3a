"""``loupe spark trends --source kafka`` on real servers, without a lake."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost
from feed_core.model.servers import Servers
from feed_core.model.users import NewUser
from tests.pipelines.commands.test_explaining import ROOT

pytestmark = pytest.mark.slow(30)
NOW = 1_770_000_000_000


def live(home: Path, servers: Servers) -> None:
    """Two people like what a third one shows."""
    core = FeedCore.open(home, clock=SetClock(NOW), servers=servers)
    new = [NewUser(username=name) for name in ("ann", "ben", "cem")]
    ann, ben, cem = (user.user_id for user in core.accounts.create_many(new))
    (shown,) = core.posts.publish_many([NewPost(author_id=cem, hashtags=("straight",))])
    likes = [NewEvent(user_id=user_id, post_id=shown.post_id, action="like") for user_id in (ann, ben)]
    core.engagement.record_many(likes)
    core.close()


def test_trends_come_straight_out_of_kafka(servers: Servers, tmp_path: Path) -> None:
    live(tmp_path, servers)
    urls = {f"LOUPE_{name.upper()}": url for name, url in msgspec.structs.asdict(servers).items() if url}
    command = [sys.executable, "-m", "pipelines.cli", "spark", "trends", "--source", "kafka"]
    ran = subprocess.run(
        [*command, "--profile", "production", "--home", str(tmp_path)],
        cwd=ROOT, env={**os.environ, **urls}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran
    rows = pq.read_table(tmp_path / "spark" / "trends" / "trends.parquet").to_pylist()
    assert [row["users"] for row in rows if row["tag"] == "straight"] == [3]
    assert not (tmp_path / "lake").exists()
