"""``loupe events`` over a real Kafka: what waits, what died, and what takes effect when it is given again."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from feed_core.core import FeedCore
from feed_core.model.posts import NewPost
from feed_core.model.servers import Servers
from feed_core.model.users import NewUser
from feed_core.ports.event_log import LogRecord
from pipelines.stack.layout import Stack
from tests.pipelines.commands.conftest import Loupe, Ran
from tests.servers import fresh_topics, wait_until


@pytest.fixture
def named(servers: Servers, stack: Stack, loupe: Loupe, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    """Servers with topics of the test's own; the program finds them by its variables."""
    with fresh_topics(stack) as kafka:
        url = f"kafka://{kafka.brokers}/{kafka.prefix}?partitions={kafka.partitions}"
        mine = structs.replace(servers, kafka_url=url)
        for name, url in structs.asdict(mine).items():
            if url:
                monkeypatch.setenv(f"LOUPE_{name.upper()}", url)
        yield mine


def broken(records: Sequence[LogRecord]) -> None:
    raise ValueError("the feed cannot be written")


def live(core: FeedCore) -> tuple[int, int]:
    """One follows, the other posts, and fan-out fails; answers who reads what."""
    ann, ben = (u.user_id for u in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")]))
    core.graph.follow_many([(ben, ann)])
    core.drain()
    (post,) = core.posts.publish_many([NewPost(author_id=ann)])
    (fan_out,) = (each for each in core.workers.consumers if (each.group, each.topic) == ("fan-out", "posts"))
    failing = replace(fan_out, handle=broken)
    wait_until(lambda: failing.step() == failing.lag() == 0)
    assert not core.timelines.page(ben).entries
    return ben, post.post_id


def test_a_dead_record_of_kafka_is_shown_and_takes_effect_when_it_is_replayed(
    loupe: Loupe, named: Servers, tmp_path: Path
) -> None:
    def events(command: str) -> Ran:
        return loupe("events", command, "--home", tmp_path / "home", "--profile", "production")

    with closing(FeedCore.open(tmp_path, servers=named)) as core:
        ben, post = live(core)
        told = events("lag")
        lag = next((row for row in told.out.splitlines() if "posts" in row and "fan-out" in row), "")
        assert lag, told
        assert [cell.strip() for cell in lag.split("│")[1:-1]] == ["posts", "fan-out", "1", "1", "0", "0 0 0"]
        assert events("dead").says("ValueError: the feed cannot be written")
        assert events("replay").says("1 took effect, 0 failed again, 0 left")
        assert events("dead").says("No dead records.")
        assert [entry.post_id for entry in core.timelines.page(ben).entries] == [post]
