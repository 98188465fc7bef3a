"""LBSN2Vec check-ins of a city as a feed: venues are posts, check-ins are shares.

Yang, Qu, Yang and Cudré-Mauroux, WWW 2019. A venue is a post by its first visitor with its category (a
number, the file has no names) as hashtag. Rows are in order of time but carry only the hour of the week, so
each fall by more than 84 hours begins a new week. The first row is on Tuesday 3 April 2012, where the
publisher's collection begins; hours are local ones, written as if they were UTC. The friend graph is the one
from before the check-ins; friends follow each other from the start on.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from feed_core.model.clock import HOUR
from feed_core.model.errors import Corrupt
from pipelines.datasets.raw_files import read_matlab, require_folder, set_of
from pipelines.importing import ImportTables

SETS = ("NYC", "SaoPaulo")
WEEK = 168
"""Hours of a week."""
_MONDAY = int(np.datetime64("2012-04-02T00", "h").astype(np.int64)) * HOUR
Ints = NDArray[np.int64]


def read(folder: Path, set_name: str | None = None) -> ImportTables:
    """The import tables of the city ``set_name``: ``NYC`` (the default) or ``SaoPaulo``.

    Raises ``InvalidInput`` for another city, ``Unavailable`` and ``Corrupt`` naming the file.
    """
    name = f"lbsn_{set_of(set_name, SETS)}.mat"
    require_folder(folder, (name,))
    held = read_matlab(folder / name, ("selected_checkins", "friendship_old"))
    visits = _integers(folder / name, held["selected_checkins"], 4)
    friends = _integers(folder / name, held["friendship_old"], 2)
    at = _MONDAY + absolute_hours(visits[:, 1]) * HOUR
    return ImportTables(
        users=_users(np.concatenate([visits[:, 0], friends.ravel()])),
        follows=_follows(friends),
        posts=_posts(visits, at, name),
        engagements=_shares(visits, at, name),
    )


def absolute_hours(hours: Ints) -> Ints:
    """Hours since the first week's Monday out of hours of the week 1 … 168, (n,) in order of time."""
    weeks = np.concatenate([[0], np.cumsum(np.diff(hours) < -WEEK // 2)])
    return np.asarray(WEEK * weeks + hours - 1, np.int64)


def _integers(path: Path, array: Any, width: int) -> Ints:
    made = np.asarray(array)
    if made.ndim != 2 or made.shape[1] != width or not len(made) or made.dtype.kind not in "iuf":
        raise Corrupt(f"{path} is damaged: an array of shape {made.shape} should be (n, {width}).")
    whole = made.astype(np.int64)
    if width == 4 and not ((whole[:, 1] >= 1) & (whole[:, 1] <= WEEK)).all():
        raise Corrupt(f"{path} is damaged: an hour of the week is not from 1 to 168.")
    return whole


def _users(ids: Ints) -> pd.DataFrame:
    some = np.unique(ids)
    names = [f"visitor{id_}" for id_ in some]
    return pd.DataFrame({"user_id": some, "username": names, "created_at": _MONDAY})


def _follows(friends: Ints) -> pd.DataFrame:
    both = np.unique(np.concatenate([friends, friends[:, ::-1]]), axis=0)
    both = both[both[:, 0] != both[:, 1]]
    return pd.DataFrame({"follower": both[:, 0], "followee": both[:, 1], "at": _MONDAY})


def _posts(visits: Ints, at: Ints, file: str) -> pd.DataFrame:
    order = np.lexsort((np.arange(len(at)), at))
    _, first = np.unique(visits[order, 2], return_index=True)
    rows = order[first]
    return pd.DataFrame(
        {
            "post_id": visits[rows, 2],
            "author": visits[rows, 0],
            "created_at": at[rows],
            "hashtags": [(f"venue{category}",) for category in visits[rows, 3]],
            "media_type": "photo",
            "file": file,
            "line": rows + 1,
        }
    )


def _shares(visits: Ints, at: Ints, file: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user": visits[:, 0],
            "post": visits[:, 2],
            "action": "share",
            "at": at,
            "file": file,
            "line": np.arange(1, len(at) + 1),
        }
    )
