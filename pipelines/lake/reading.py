"""How the rest of the project reads the lake: whole, committed files; each key once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds

from feed_core.model.clock import day_of
from feed_core.model.errors import InvalidInput
from feed_core.ports.event_log import Offsets
from pipelines.lake.days import LATEST, open_part
from pipelines.lake.layout import Part, lake_folder, live_parts, parts_in, read_offsets
from pipelines.lake.tables import DECISION_SCHEMA, EVENT_SCHEMA, POST_SCHEMA

_SCHEMAS = {"events": EVENT_SCHEMA, "posts": POST_SCHEMA, "decisions": DECISION_SCHEMA}
_TIMES = {"events": "occurred_at", "posts": "created_at", "decisions": "occurred_at"}


def lake_offsets(home: Path) -> dict[str, Offsets]:
    """Topic → how far the lake has taken the log."""
    return read_offsets(lake_folder(home))


def lake_days(home: Path, table: str = "events") -> list[str]:
    """The days of a table, ascending, as YYYY-MM-DD."""
    return sorted({_day(part) for part in _live(home, table)})


def table_files(home: Path, table: str, *, start: int = 0, end: int | None = None) -> list[str]:
    """The files of the days that touch ``start`` ≤ time < ``end`` (ms), each checked to be whole.

    Raises ``Corrupt`` naming a file that is damaged. This is what Spark is given to read.
    """
    # A time beyond those that rows have need not be one that a calendar has.
    first, last = (day_of(max(-1, min(at, LATEST))) for at in (start, LATEST if end is None else end - 1))
    parts = [part for part in _live(home, table) if first <= _day(part) <= last]
    for part in parts:
        open_part(part.path)
    return [str(part.path) for part in parts]


def read_events(
    home: Path,
    *,
    columns: Sequence[str] | None = None,
    start: int = 0,
    end: int | None = None,
    actions: Sequence[str] | None = None,
) -> pa.Table:
    """Events with ``start`` ≤ ``occurred_at`` < ``end`` (ms), in no order; a table of no rows if none."""
    extra = ds.field("action").isin(pa.array(actions, pa.string())) if actions is not None else None
    return _read(home, "events", columns, (start, end), extra)


def read_decisions(
    home: Path, *, columns: Sequence[str] | None = None, start: int = 0, end: int | None = None
) -> pa.Table:
    """Decisions with ``start`` ≤ ``occurred_at`` < ``end`` (ms), in no order."""
    return _read(home, "decisions", columns, (start, end), None)


def read_posts(home: Path, *, start: int = 0, end: int | None = None) -> pa.Table:
    """The newest version of each post created in ``start`` ≤ ``created_at`` < ``end``, by post id."""
    rows = _read(home, "posts", None, (start, end), None)
    # The log's order breaks ties between versions of one millisecond: files and rows come in it.
    order = np.lexsort((np.arange(rows.num_rows), rows["updated_at"].to_numpy(), rows["post_id"].to_numpy()))
    ids = rows["post_id"].to_numpy()[order]
    newest = np.append(ids[1:] != ids[:-1], True) if len(ids) else np.zeros(0, dtype=bool)
    return rows.take(order[newest])


def _read(
    home: Path, table: str, columns: Sequence[str] | None, span: tuple[int, int | None], extra: Any
) -> pa.Table:
    start, end = span
    schema, time = _SCHEMAS[table], ds.field(_TIMES[table])
    files = table_files(home, table, start=start, end=end)
    where = time >= start
    where = where & (time < end) if end is not None else where
    where = where & extra if extra is not None else where
    return ds.dataset(files, schema=schema, format="parquet").to_table(
        columns=list(columns) if columns is not None else None, filter=where
    )


def _live(home: Path, table: str) -> list[Part]:
    if table not in _SCHEMAS:
        raise InvalidInput(f"The lake has no table {table!r}.", fix=f"Use one of {', '.join(_SCHEMAS)}.")
    lake = lake_folder(home)
    return live_parts(parts_in(lake / table), read_offsets(lake))


def _day(part: Part) -> str:
    return part.path.parent.name.removeprefix("day=")
