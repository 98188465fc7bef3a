"""The import format in memory: four tables with external ids as text, normalised column by column."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

import pandas as pd

from feed_core.model.clock import from_rfc3339
from feed_core.model.ids import EPOCH_MS

TableName = Literal["users", "follows", "posts", "engagements"]
Kind = Literal["text", "time", "tags", "number"]

COLUMNS: Mapping[TableName, Mapping[str, Kind]] = {
    "users": {
        "user_id": "text", "username": "text", "full_name": "text", "bio": "text", "created_at": "time",
    },
    "follows": {"follower": "text", "followee": "text", "at": "time"},
    "posts": {
        "post_id": "text", "author": "text", "created_at": "time", "caption": "text", "hashtags": "tags",
        "place": "text", "media_type": "text",
    },
    "engagements": {
        "user": "text", "post": "text", "action": "text", "at": "time", "value": "number",
        "hashtags": "tags", "text": "text",
    },
}  # fmt: skip
REQUIRED: Mapping[TableName, tuple[str, ...]] = {
    "users": ("user_id", "username"),
    "follows": ("follower", "followee", "at"),
    "posts": ("post_id", "author", "created_at"),
    "engagements": ("user", "post", "action", "at"),
}
TIME_OF: Mapping[TableName, str] = {
    "users": "created_at", "follows": "at", "posts": "created_at", "engagements": "at",
}  # fmt: skip
BAD_TIME, NO_TIME = -1, 0
_LAST_MS = EPOCH_MS + (1 << 41) - 1
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True)
class ImportTables:
    """Users, follows, posts and engagements as data frames with external ids.

    Columns as in ``COLUMNS``; those not in ``REQUIRED`` may be missing. Times are int milliseconds since
    1970 UTC or RFC 3339 text; hashtags a list or text joined by ``|``. ``file`` and ``line`` columns say
    where a row came from, for the reject file; without them the table's name and the row number do.
    """

    users: pd.DataFrame
    follows: pd.DataFrame
    posts: pd.DataFrame
    engagements: pd.DataFrame

    def normalised(self) -> "ImportTables":
        """The same rows with all columns there and each of one type; bad times are ``BAD_TIME``."""
        return ImportTables(*(_normalised(one.name, getattr(self, one.name)) for one in fields(self)))  # type: ignore[arg-type]


def empty(table: TableName) -> pd.DataFrame:
    """A table without rows."""
    return pd.DataFrame({name: [] for name in REQUIRED[table]}, dtype=object)


def _normalised(table: TableName, frame: pd.DataFrame) -> pd.DataFrame:
    count = len(frame)
    made = {
        name: _CONVERT[kind](frame[name]) if name in frame else [_MISSING[kind]] * count
        for name, kind in COLUMNS[table].items()
    }
    file = frame["file"].to_numpy() if "file" in frame else [table] * count
    line = frame["line"].to_numpy() if "line" in frame else range(1, count + 1)
    normal = pd.DataFrame({**made, "file": file, "line": line})
    return normal.astype({name: "int64" for name, kind in COLUMNS[table].items() if kind == "time"})


def _texts(column: "pd.Series[Any]") -> list[str]:
    return [_text(value) for value in column.tolist()]


def _text(value: Any) -> str:
    """Whole floats are integers that stood beside a missing value."""
    if _is_missing(value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _times(column: "pd.Series[Any]") -> list[int]:
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.map(lambda moment: moment.isoformat(), na_action="ignore")
    known: dict[Any, int] = {}
    values = column.tolist()
    for value in set(values):
        known[value] = _time(value)
    return [known[value] for value in values]


def _time(value: Any) -> int:
    if _is_missing(value):
        return NO_TIME
    text = _text(value)
    try:
        ms = int(text) if _DIGITS.fullmatch(text) else from_rfc3339(text)
    except ValueError:
        return BAD_TIME
    return ms if EPOCH_MS <= ms <= _LAST_MS else BAD_TIME


def _tags(column: "pd.Series[Any]") -> list[tuple[str, ...]]:
    return [_tag_list(value) for value in column.tolist()]


def _tag_list(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split("|")
    if value is None or value is pd.NA or isinstance(value, float):
        return ()
    return tuple(str(tag) for tag in value if tag is not None and str(tag).strip())


def _numbers(column: "pd.Series[Any]") -> list[float]:
    return [_number(value) for value in column.tolist()]


def _number(value: Any) -> float:
    """The number, 0.0 when there is none, NaN when it is no finite number."""
    if _is_missing(value):
        return 0.0
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value == "" or value != value  # noqa: PLR0124


_CONVERT = {"text": _texts, "time": _times, "tags": _tags, "number": _numbers}
_MISSING: Mapping[Kind, Any] = {"text": "", "time": NO_TIME, "tags": (), "number": 0.0}
