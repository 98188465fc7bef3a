"""A core on a set clock, and a small world in the import format."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pandas as pd
import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock, from_rfc3339
from feed_core.model.events import Event
from pipelines.importing.tables import ImportTables

START = from_rfc3339("2015-01-01T00:00:00Z")


class Place(NamedTuple):
    """Where a test loads into."""

    core: FeedCore
    clock: SetClock
    home: Path

    def events(self, topic: Any = "engagement") -> list[Event]:
        """All events of a topic."""
        records = self.core.stores.events.read(topic, (0,), 100_000)
        return [msgspec.msgpack.decode(record.body, type=Event) for record in records]

    def id_of(self, username: str) -> int:
        """The internal id of a user."""
        return self.core.accounts.ids_of([username])[username]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An empty home."""
    clock = SetClock(START)
    core = FeedCore.open(tmp_path / "home", clock=clock)
    yield Place(core, clock, tmp_path / "home")
    core.close()


def day(number: int, time: str = "12:00:00Z") -> str:
    """The time on a day of January 2016."""
    return f"2016-01-{number:02d}T{time}"


def small_world() -> ImportTables:
    """Three people, two posts, all that one can do."""
    return ImportTables(
        users=pd.DataFrame({"user_id": ["a", "b", "c"], "username": ["ada", "ben", "cam"]}),
        follows=pd.DataFrame({"follower": ["a", "c"], "followee": ["b", "a"], "at": [day(1), day(1)]}),
        posts=pd.DataFrame(
            {
                "post_id": ["p", "q"],
                "author": ["b", "b"],
                "created_at": [day(2), day(4)],
                "caption": ["Harbour #sea", ""],
                "hashtags": ["boats|gulls", ""],
                "place": ["Brighton", ""],
                "media_type": ["photo", "video"],
            }
        ),
        engagements=pd.DataFrame(
            [
                ("a", "p", "like", day(3), 0, "", ""),
                ("a", "p", "share", day(3), 0, "dawn|sea", ""),
                ("c", "p", "dwell", day(4), 5300, "", ""),
                ("c", "q", "comment", day(5), 0, "", "Lovely."),
            ],
            columns=["user", "post", "action", "at", "value", "hashtags", "text"],
        ),
    )
