"""Which rows can go in: required values, times, references and order of time. Vectorised."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from feed_core.model.events import CLIENT_ACTIONS
from pipelines.importing.rejects import Reject, rejects_of
from pipelines.importing.tables import BAD_TIME, COLUMNS, NO_TIME, REQUIRED, TIME_OF, ImportTables, TableName

ACTIONS = CLIENT_ACTIONS | {"comment"}
Objects = np.ndarray[tuple[int], np.dtype[np.object_]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Times = Mapping[str, int]


class Checked(NamedTuple):
    """Rows that may go in, in order of time, and those that may not."""

    tables: ImportTables
    rejects: list[Reject]


def check(tables: ImportTables, known_users: Times, known_posts: Times, now: int) -> Checked:
    """Check normalised ``tables``; ``known_*`` are external ids loaded before, with their times (ms).

    A user without ``created_at`` gets the time of the first row that names it; one that no row names the
    time of the last row of all, or ``now`` (ms).
    """
    users, rejects = _keep(tables.users, _user_reasons(tables.users))
    users = _dated(users, tables, now)
    user_times = {**dict(zip(users["user_id"], users["created_at"], strict=True)), **known_users}
    posts, rejected = _keep(tables.posts, _post_reasons(tables.posts, user_times))
    rejects += rejected
    post_times = {**dict(zip(posts["post_id"], posts["created_at"], strict=True)), **known_posts}
    follows, rejected = _keep(tables.follows, _follow_reasons(tables.follows, user_times))
    rejects += rejected
    reasons = _engagement_reasons(tables.engagements, user_times, post_times)
    engagements, rejected = _keep(tables.engagements, reasons)
    return Checked(ImportTables(users, follows, posts, engagements), rejects + rejected)


def _keep(frame: pd.DataFrame, reasons: Objects) -> tuple[pd.DataFrame, list[Reject]]:
    name = next(column for column in ("created_at", "at") if column in frame)
    kept = frame[reasons == ""].sort_values(name, kind="stable", ignore_index=True)
    return kept, rejects_of(frame, reasons)


def _user_reasons(users: pd.DataFrame) -> Objects:
    reasons = _basic_reasons("users", users, time_required=False)
    return _first(reasons, users.duplicated("user_id").to_numpy(), "user_id stands in an earlier row")


def _post_reasons(posts: pd.DataFrame, user_times: Times) -> Objects:
    reasons = _basic_reasons("posts", posts)
    reasons = _first(reasons, posts.duplicated("post_id").to_numpy(), "post_id stands in an earlier row")
    reasons = _after(reasons, posts, "author", "user", user_times)
    media = ~posts["media_type"].isin(["", "photo", "video"]).to_numpy()
    return _first(reasons, media, "media_type is neither photo nor video")


def _follow_reasons(follows: pd.DataFrame, user_times: Times) -> Objects:
    reasons = _basic_reasons("follows", follows)
    reasons = _after(reasons, follows, "follower", "user", user_times)
    reasons = _after(reasons, follows, "followee", "user", user_times)
    same = (follows["follower"] == follows["followee"]).to_numpy()
    return _first(reasons, same, "nobody follows themselves")


def _engagement_reasons(engagements: pd.DataFrame, user_times: Times, post_times: Times) -> Objects:
    reasons = _basic_reasons("engagements", engagements)
    unknown = ~engagements["action"].isin(ACTIONS).to_numpy()
    reasons = _first(reasons, unknown, f"action is none of {', '.join(sorted(ACTIONS))}")
    reasons = _after(reasons, engagements, "user", "user", user_times)
    reasons = _after(reasons, engagements, "post", "post", post_times)
    value = engagements["value"].to_numpy(dtype=float)
    return _first(reasons, ~(value >= 0), "value is no number of 0 or more")


def _basic_reasons(table: TableName, frame: pd.DataFrame, *, time_required: bool = True) -> Objects:
    """Required values that are empty, and times that are no times."""
    reasons = np.full(len(frame), "", dtype=object)
    time = TIME_OF[table]
    for name in REQUIRED[table]:
        if name != time:
            reasons = _first(reasons, (frame[name] == "").to_numpy(), f"{name} is empty")
    reasons = _first(reasons, ~_storable(table, frame), "is not UTF-8 text, or contains the NUL character")
    at = frame[time].to_numpy()
    reasons = _first(reasons, at == BAD_TIME, f"{time} is no RFC 3339 time or milliseconds since 2000")
    return _first(reasons, (at == NO_TIME) & time_required, f"{time} is empty")


def _storable(table: TableName, frame: pd.DataFrame) -> Bools:
    """Rows whose text every store can hold: no NUL, no bytes that were no UTF-8."""
    good = np.ones(len(frame), dtype=bool)
    for name, kind in COLUMNS[table].items():
        if kind in {"text", "tags"}:
            texts = frame[name] if kind == "text" else frame[name].map("".join)
            good &= np.fromiter(map(_is_storable, texts), dtype=bool, count=len(frame))
    return good


def _is_storable(text: str) -> bool:
    if "\x00" in text:
        return False
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def _after(reasons: Objects, frame: pd.DataFrame, column: str, noun: str, times: Times) -> Objects:
    """Rows whose ``column`` names nobody known, or that lie before the one they name."""
    began = frame[column].map(times).to_numpy(dtype=float)
    at = frame["created_at" if "created_at" in frame else "at"].to_numpy()
    reasons = _first(reasons, np.isnan(began), f"{column} is an unknown {noun}")
    return _first(reasons, at < began, f"is earlier than the {noun} that {column} names")


def _first(reasons: Objects, bad: Bools, reason: str) -> Objects:
    """``reasons`` with ``reason`` where ``bad`` and nothing worse was found before."""
    return np.where((reasons == "") & bad, reason, reasons)


def _dated(users: pd.DataFrame, tables: ImportTables, now: int) -> pd.DataFrame:
    """``users`` with a time each: its own, else the first at which any row names it."""
    if users.empty or (users["created_at"] != NO_TIME).all():
        return users
    named = pd.concat(
        [
            _named(tables.follows, "follower", "at"),
            _named(tables.follows, "followee", "at"),
            _named(tables.posts, "author", "created_at"),
            _named(tables.engagements, "user", "at"),
        ]
    )
    named = named[named["at"] > 0]
    first = named.groupby("user_id")["at"].min()
    last = int(named["at"].max()) if len(named) else now
    seen = users["user_id"].map(first).fillna(last).astype("int64")
    dated = users.assign(created_at=users["created_at"].where(users["created_at"] != NO_TIME, seen))
    return dated.sort_values("created_at", kind="stable", ignore_index=True)


def _named(frame: pd.DataFrame, column: str, time: str) -> pd.DataFrame:
    return frame[[column, time]].set_axis(["user_id", "at"], axis=1)
