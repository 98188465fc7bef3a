"""One Spark for all tests, and lakes written without a log."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from feed_core.model.clock import DAY
from pipelines.lake.days import days_of, write_part
from pipelines.lake.layout import lake_folder, part_path, write_offsets
from pipelines.lake.tables import TABLES
from pipelines.spark.session import open_session

START = 1_767_225_600_000
"""2026-01-01 UTC, a Thursday."""
Rows = Sequence[dict[str, object]]
_EVENT = {
    "event_id": 0,
    "arrived_at": 0,
    "author_id": 1,
    "surface": "",
    "position": -1,
    "decision_id": 0,
    "value": 0.0,
}
_POST = {
    "author_id": 1, "caption": "", "hashtags": [], "mentions": [], "place": "", "media_type": "photo",
    "media_count": 1, "created_at": START, "updated_at": START, "deleted": False,
}  # fmt: skip


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    session = open_session(tmp_path_factory.mktemp("spark"), driver_memory="1g")
    yield session
    session.stop()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def fill(home: Path) -> Callable[[Rows, Rows], None]:
    """Writes events and posts, given as the columns that matter, as the lake of ``home``."""

    def filled(events: Rows, posts: Rows = ()) -> None:
        write_lake(home, events, posts)

    return filled


def write_lake(home: Path, events: Rows, posts: Rows = ()) -> None:
    lake = lake_folder(home)
    written = {"posts": [{**_POST, **row} for row in posts]}
    written["engagement"] = [{**_EVENT, "event_id": at, **row} for at, row in enumerate(events, 1)]
    for table in TABLES:
        rows = pa.Table.from_pylist(written.get(table.topic, []), schema=table.schema)
        for day, part in days_of(rows, table):
            write_part(part, part_path(lake, table.name, day, table.topic, (0, rows.num_rows)))
    write_offsets(lake, {topic: len(rows) + 1 for topic, rows in written.items()})


def event(action: str, user_id: int, post_id: int, at: float, **fields: object) -> dict[str, object]:
    """An event ``at`` days after the start."""
    moment = START + round(at * DAY)
    return {"action": action, "user_id": user_id, "post_id": post_id, "occurred_at": moment, **fields}
