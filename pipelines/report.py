"""What a run measured: tables of means with their intervals, for the terminal, the console, the notebook."""

from math import isfinite
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import force_setattr
from rich.table import Table as RichTable

from feed_core.model.errors import NotFound
from pipelines.json_files import read_json


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One method's mean with its 95 % interval."""

    name: str
    mean: float
    low: float
    high: float


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One measure over all methods; ``digits`` is how many decimals are worth reading.

    A row with a number that is none is left out: nothing was measured, and JSON has no word for it.
    """

    name: str
    rows: tuple[Row, ...]
    digits: int = 3

    def __post_init__(self) -> None:
        known = tuple(row for row in self.rows if all(map(isfinite, (row.mean, row.low, row.high))))
        force_setattr(self, "rows", known)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Measures that belong together; ``note`` says in a sentence what they mean."""

    title: str
    note: str
    metrics: tuple[Metric, ...]


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """What one person is shown in one order: ``first`` of ``length`` post ids, and a digest of all of them.

    Ids are text, since readers of JSON lose the last digits of large numbers.
    """

    user_id: str
    username: str
    order: Literal["chronological", "ranked"]
    length: int
    digest: str
    first: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that a run measured, and how long each stage took (seconds).

    ``timelines`` are those of a few people, by which two runs of one society can be compared.
    """

    title: str
    created_at: str
    tables: tuple[Table, ...] = ()
    seconds: dict[str, float] = {}
    counts: dict[str, int] = {}
    timelines: tuple[Timeline, ...] = ()


def write_report(home: Path, report: Report) -> Path:
    """Replace ``home``/report.json in one step; returns its path."""
    path = home / "report.json"
    draft = path.with_suffix(".draft")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))
    draft.replace(path)
    return path


def read_report(home: Path) -> Report:
    """The report of ``home``; raises ``NotFound`` without one and ``Corrupt`` when it is damaged."""
    path = home / "report.json"
    if not path.exists():
        raise NotFound(f"There is no report in {home}.", fix="Run loupe demo first.")
    fix = "Delete it and run loupe demo again."
    return read_json(path, Report, fault="is not a report", fix=fix)


def rich_table(table: Table) -> RichTable:
    """The table as the terminal shows it: a method a line, a measure a column."""
    drawn = RichTable(title=table.title, caption=table.note, title_justify="left", caption_justify="left")
    drawn.add_column("method")
    for metric in table.metrics:
        drawn.add_column(metric.name, justify="right")
    names = list(dict.fromkeys(row.name for metric in table.metrics for row in metric.rows))
    for name in names:
        cells = [_cell(metric, name) for metric in table.metrics]
        drawn.add_row(name.replace("_", " "), *cells, style="bold" if name == "ranked" else None)
    return drawn


def timelines_table(timelines: tuple[Timeline, ...]) -> RichTable:
    """A timeline a line."""
    note = "Of a few people, at the end; runs of the same society have the same, on whichever stores."
    drawn = RichTable(title="Timelines", caption=note, title_justify="left", caption_justify="left")
    for name in ("person", "order", "posts", "digest of them", "first"):
        drawn.add_column(name, justify="right" if name == "posts" else "left")
    for one in timelines:
        drawn.add_row(one.username, one.order, str(one.length), one.digest, " ".join(one.first[:3]))
    return drawn


def _cell(metric: Metric, name: str) -> str:
    for row in metric.rows:
        if row.name == name:
            digits = metric.digits
            if row.low == row.mean == row.high:
                return f"{row.mean:.{digits}f}"
            return f"{row.mean:.{digits}f}  [{row.low:.{digits}f}, {row.high:.{digits}f}]"
    return "–"
