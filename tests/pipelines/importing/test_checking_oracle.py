"""The checks of whole columns find what a plain look at row after row finds."""

import random
from typing import Any, NamedTuple

import pandas as pd
import pytest

from feed_core.model.ids import EPOCH_MS
from pipelines.importing.checking import ACTIONS, check
from pipelines.importing.tables import COLUMNS, REQUIRED, TIME_OF, ImportTables

Row = dict[str, Any]
NOW = EPOCH_MS + 1_000
TIMES = [EPOCH_MS + at for at in range(1, 7)]
KNOWN_USERS, KNOWN_POSTS = {"old": EPOCH_MS + 3}, {"past": EPOCH_MS + 4}
USERS = ["old", "zzz", "", "a\x00", *(f"user{number}" for number in range(20))]
POSTS = ["past", "zzz", "", *(f"post{number}" for number in range(20))]
_WHEN = [*TIMES, *TIMES, *TIMES, "", "soon", 7]
TABLES: dict[str, dict[str, list[Any]]] = {
    "users": {"user_id": USERS, "username": ["ada", "ada", "ben", ""], "created_at": _WHEN},
    "follows": {"follower": USERS, "followee": USERS, "at": _WHEN},
    "posts": {
        "post_id": POSTS, "author": USERS, "created_at": _WHEN, "media_type": ["", "photo", "video", "film"],
    },
    "engagements": {
        "user": USERS, "post": POSTS, "action": ["like", "share", "comment", "impression", ""], "at": _WHEN,
        "value": [0, 3.5, None, 9, -1, "many"],
    },
}  # fmt: skip
ROWS = 150


class Plain(NamedTuple):
    """(table, row) → reason of those that may not go in, and the rows that may, with their times."""

    reasons: dict[tuple[str, int], str]
    kept: dict[str, list[tuple[int, int]]]


def _ms(value: Any) -> int:
    """0 where there is no time, −1 where it is none."""
    return 0 if value == "" else value if value in TIMES else -1


def _basic(name: Any, row: Row) -> str:
    for column in REQUIRED[name]:
        if column != TIME_OF[name] and row[column] == "":
            return f"{column} is empty"
    if any("\x00" in str(row.get(column, "")) for column in COLUMNS[name]):
        return "is not UTF-8 text, or contains the NUL character"
    at = _ms(row[TIME_OF[name]])
    if at < 0:
        return f"{TIME_OF[name]} is no RFC 3339 time or milliseconds since 2000"
    return f"{TIME_OF[name]} is empty" if at == 0 and name != "users" else ""


def _named(row: Row, name: str, columns: dict[str, dict[str, int]]) -> str:
    """What is wrong with what ``columns`` of the row name: column → known names with their times."""
    for column, times in columns.items():
        noun = "post" if column == "post" else "user"
        if row[column] not in times:
            return f"{column} is an unknown {noun}"
        if _ms(row[TIME_OF[name]]) < times[row[column]]:
            return f"is earlier than the {noun} that {column} names"
    return ""


def _own(name: str, row: Row) -> str:
    if name == "posts" and row["media_type"] not in {"", "photo", "video"}:
        return "media_type is neither photo nor video"
    if name == "follows" and row["follower"] == row["followee"]:
        return "nobody follows themselves"
    if name == "engagements" and row["value"] in {-1, "many"}:
        return "value is no number of 0 or more"
    return ""


def _first_times(world: dict[str, list[Row]]) -> dict[str, int]:
    """When any row names each user first."""
    named = [(row[side], _ms(row["at"])) for row in world["follows"] for side in ("follower", "followee")]
    named += [(row["author"], _ms(row["created_at"])) for row in world["posts"]]
    named += [(row["user"], _ms(row["at"])) for row in world["engagements"]]
    first: dict[str, int] = {}
    for user, at in named:
        if at > 0:
            first[user] = min(first.get(user, at), at)
    latest = max((at for _, at in named if at > 0), default=NOW)
    return {"": latest, **{user: at for user, at in first.items() if user}}


def plain(world: dict[str, list[Row]]) -> Plain:
    """Row after row, the first fault of each."""
    reasons, kept = dict[tuple[str, int], str](), dict[str, list[tuple[int, int]]]()
    first, users, posts, seen = _first_times(world), dict[str, int](), dict[str, int](), set[Any]()

    def look(name: str, columns: dict[str, dict[str, int]], key: str = "") -> None:
        for line, row in enumerate(world[name], 1):
            reason = _basic(name, row)
            if not reason and name == "engagements" and row["action"] not in ACTIONS:
                reason = f"action is none of {', '.join(sorted(ACTIONS))}"
            if not reason and (name, row.get(key)) in seen:
                reason = f"{key} stands in an earlier row"
            seen.update({(name, row[key])} if key else ())
            reason = reason or _named(row, name, columns) or _own(name, row)
            if reason:
                reasons[name, line] = reason
                continue
            at = _ms(row[TIME_OF[name]])
            at = at or first.get(row["user_id"], first[""])
            kept.setdefault(name, []).append((at, line))
            if key:
                (users if key == "user_id" else posts)[row[key]] = at
        kept[name] = sorted(kept.get(name, []))

    look("users", {}, "user_id")
    users |= KNOWN_USERS
    look("posts", {"author": users}, "post_id")
    posts |= KNOWN_POSTS
    look("follows", {"follower": users, "followee": users})
    look("engagements", {"user": users, "post": posts})
    return Plain(reasons, kept)


@pytest.mark.parametrize("seed", range(5))
def test_each_row_is_kept_in_order_of_time_or_told_with_its_first_fault(seed: int) -> None:
    draw = random.Random(seed)
    world = {
        name: [{column: draw.choice(values) for column, values in columns.items()} for _ in range(ROWS)]
        for name, columns in TABLES.items()
    }
    tables = ImportTables(**{name: pd.DataFrame(rows, dtype=object) for name, rows in world.items()})
    found, expected = check(tables.normalised(), KNOWN_USERS, KNOWN_POSTS, NOW), plain(world)
    assert {(one.file, one.line): one.reason for one in found.rejects} == expected.reasons
    assert len(found.rejects) == len(expected.reasons)
    for name in COLUMNS:
        frame = getattr(found.tables, name)
        kept = list(zip(frame[TIME_OF[name]].tolist(), frame["line"].tolist(), strict=True))
        assert sorted(kept) == expected.kept[name], name
        assert [at for at, _ in kept] == [at for at, _ in expected.kept[name]], name
    assert len({one.reason for one in found.rejects}) > 15
    assert sum(map(len, expected.kept.values())) > 20
