"""HetRec 2011 Last.fm 2k as a feed: artists are posts, taggings are shares that carry the tag.

Cantador, Brusilovsky and Kuflik, HetRec 2011. An artist is a post by whoever tagged it first (of several
on that day, the smallest user id). Days are in UTC, and nearly all are the first of a month. Friendships
have no date: they stand from the first day on. Five taggings lie before Last.fm had tags; they stay in the
table at their impossible date, so that the load rejects them by line. Listening counts have no date and
are not read: a split by time could not keep the future out of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from feed_core.model.clock import DAY
from feed_core.model.errors import Corrupt
from pipelines.datasets.hashtags import as_hashtag
from pipelines.datasets.raw_files import read_columns, require_folder, set_of
from pipelines.importing import ImportTables

FILES = ("artists.dat", "tags.dat", "user_friends.dat", "user_taggedartists.dat")
FIRST_DAY = np.datetime64("2005-01-01")
"""Last.fm got tags in 2005; an earlier date is a mistake."""


def read(folder: Path, set_name: str | None = None) -> ImportTables:
    """The import tables of ``folder``: one share a tagging, a follow in each direction of a friendship.

    Raises ``Unavailable`` naming missing files, ``Corrupt`` naming a damaged one.
    """
    set_of(set_name, ("all",))
    require_folder(folder, FILES)
    taggings = _taggings(folder / FILES[3])
    friends = read_columns(folder / FILES[2], {"userID": int, "friendID": int})
    dated = taggings[taggings["at"] >= _ms(FIRST_DAY)]
    if dated.empty:
        raise Corrupt(f"{folder / FILES[3]} holds no tagging with a date.", fix="Copy it again.")
    start = int(dated["at"].min())
    return ImportTables(
        users=_users([taggings["userID"], friends["userID"], friends["friendID"]], start),
        follows=_follows(friends, start),
        posts=_posts(dated, read_columns(folder / FILES[0], {"id": int, "name": str})),
        engagements=_shares(taggings, read_columns(folder / FILES[1], {"tagID": int, "tagValue": str})),
    )


def _taggings(path: Path) -> pd.DataFrame:
    """userID, artistID, tagID, line, and ``at`` in ms; raises ``Corrupt`` at a day that is none."""
    names = ("userID", "artistID", "tagID", "day", "month", "year")
    rows = read_columns(path, dict.fromkeys(names, int))
    days = pd.to_datetime(rows[["year", "month", "day"]], errors="coerce")
    # Day 115 of April would become 15 May: pandas adds the three up before it reads them.
    wrong = np.any([getattr(days.dt, part) != rows[part] for part in ("year", "month", "day")], axis=0)
    if wrong.any():
        line = rows["line"].to_numpy()[wrong][0]
        raise Corrupt(f"{path} is damaged: line {line} has no date.", fix="Copy it again from its source.")
    return rows.assign(at=days.to_numpy().astype("datetime64[ms]").astype(np.int64))


def _users(columns: Sequence[Any], start: int) -> pd.DataFrame:
    ids = np.unique(np.concatenate([column.to_numpy() for column in columns]))
    return pd.DataFrame({"user_id": ids, "username": [f"listener{id_}" for id_ in ids], "created_at": start})


def _follows(friends: pd.DataFrame, start: int) -> pd.DataFrame:
    """The file holds both directions of each friendship already."""
    named = friends.rename(columns={"userID": "follower", "friendID": "followee"})
    return named.assign(at=start, file=FILES[2])


def _posts(dated: pd.DataFrame, artists: pd.DataFrame) -> pd.DataFrame:
    first = dated.sort_values(["at", "userID"], kind="stable").drop_duplicates("artistID")
    names = dict(zip(artists["id"], artists["name"], strict=True))
    return pd.DataFrame(
        {
            "post_id": first["artistID"].to_numpy(),
            "author": first["userID"].to_numpy(),
            "created_at": first["at"].to_numpy(),
            "caption": [names.get(id_, "") for id_ in first["artistID"]],
            "media_type": "photo",
            "file": FILES[3],
            "line": first["line"].to_numpy(),
        }
    )


def _shares(taggings: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    words = {
        id_: as_hashtag(text, f"tag{id_}") for id_, text in zip(tags["tagID"], tags["tagValue"], strict=True)
    }
    return pd.DataFrame(
        {
            "user": taggings["userID"],
            "post": taggings["artistID"],
            "action": "share",
            "at": taggings["at"],
            "hashtags": [(words.get(id_, f"tag{id_}"),) for id_ in taggings["tagID"]],
            "file": FILES[3],
            "line": taggings["line"],
        }
    )


def _ms(day: np.datetime64) -> int:
    return int(day.astype("datetime64[D]").astype(np.int64)) * DAY
