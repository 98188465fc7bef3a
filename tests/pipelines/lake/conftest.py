"""An event log on SQLite, records to fill it with, and the lake's home beside it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.clock import DAY, HOUR
from feed_core.model.events import Decision, Event
from feed_core.model.posts import Post
from feed_core.ports.event_log import EventLog
from pipelines.lake import read_events, update

START = 1_767_225_600_000
"""2026-01-01 UTC."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def open_log(home: Path) -> SqliteEventLog:
    return SqliteEventLog(Database(home / "events.sqlite"))


@pytest.fixture
def log(home: Path) -> SqliteEventLog:
    return open_log(home)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "TABLES", tuple(table._replace(batch=7) for table in update.TABLES))


def event(event_id: int, occurred_at: int = START, **fields: object) -> Event:
    known = {"arrived_at": occurred_at, "user_id": 1, "post_id": 2, "author_id": 3, "action": "like"}
    return msgspec.convert([event_id, occurred_at, *{**known, **fields}.values()], Event)


def events_over(days: int, per_day: int, first_id: int = 1) -> list[Event]:
    step = DAY // per_day
    return [event(first_id + at, START + at * step) for at in range(days * per_day)]


def post(post_id: int, updated_at: int = START, **fields: object) -> Post:
    known = {
        "author_id": 3, "caption": "", "hashtags": ("sea",), "mentions": (), "place": "Oslo",
        "media": (), "created_at": START + HOUR, "deleted": False,
    }  # fmt: skip
    return msgspec.convert({"post_id": post_id, "updated_at": updated_at, **known, **fields}, Post)


def decision(decision_id: int, occurred_at: int = START) -> Decision:
    return Decision(
        decision_id=decision_id, occurred_at=occurred_at, user_id=1, surface="for_you", served_by="full",
        model_version="1", definitions_hash="h", post_ids=(2, 4), author_ids=(3, 5), positions=(0, 1),
        sources=("in_network", "trending"), scores=(0.5, 0.25), features=b"\x00\x01",
    )  # fmt: skip


def append(log: SqliteEventLog, topic: str, records: Sequence[object]) -> None:
    log.append(topic, [(1, msgspec.msgpack.encode(record)) for record in records])


def update_in_small_steps(log: EventLog, home: Path) -> None:
    """For a process of its own: many small files, compacted early, so that there are many steps to die at."""
    update.TABLES = tuple(table._replace(batch=150) for table in update.TABLES)  # type: ignore[misc]
    update.PARTS_BEFORE_COMPACTION = 2  # type: ignore[misc]
    update.update_lake(log, home)


def assert_no_event_twice(home: Path) -> None:
    ids = read_events(home)["event_id"].to_pylist()
    assert len(ids) == len(set(ids))
