"""MovieLens 100k as a feed: films are posts, ratings of 4 and 5 are likes, genres are hashtags.

GroupLens, in RecBole's atomic files. Films have no author and people no friends here: a house account posts
each film when somebody first rates it, and nobody follows anybody. Ids hold no time before 2000, so the
ratings of 1997 and 1998 are moved by 520 weeks: hour and weekday stay.
"""

from pathlib import Path

import pandas as pd

from feed_core.model.clock import DAY, SECOND
from feed_core.model.errors import Corrupt
from pipelines.datasets.hashtags import as_hashtag
from pipelines.datasets.raw_files import read_columns, require_folder, set_of
from pipelines.importing import ImportTables
from pipelines.importing.tables import empty

FILES = ("ml-100k.inter", "ml-100k.item", "ml-100k.user")
HOUSE = "house"
LIKED = 4.0
MOVED = 520 * 7 * DAY


def read(folder: Path, set_name: str | None = None) -> ImportTables:
    """The import tables of ``folder``; raises ``Unavailable`` and ``Corrupt`` naming the file."""
    set_of(set_name, ("all",))
    require_folder(folder, FILES)
    kinds = {"user_id": int, "item_id": int, "rating": float, "timestamp": float}
    ratings = read_columns(folder / FILES[0], kinds)
    if ratings.empty:
        raise Corrupt(f"{folder / FILES[0]} holds no rating.", fix="Copy it again from its source.")
    ratings["at"] = (ratings["timestamp"] * SECOND).astype("int64") + MOVED
    films = read_columns(folder / FILES[1], {"item_id": int, "movie_title": str, "class": str})
    people = read_columns(folder / FILES[2], {"user_id": int, "occupation": str})
    return ImportTables(
        users=_users(ratings, people),
        follows=empty("follows"),
        posts=_posts(ratings, films),
        engagements=_likes(ratings[ratings["rating"] >= LIKED]),
    )


def _users(ratings: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    first = ratings.groupby("user_id")["at"].min()
    viewers = pd.DataFrame(
        {
            "user_id": people["user_id"].astype(str),
            "username": [f"viewer{id_}" for id_ in people["user_id"]],
            "bio": people["occupation"],
            "created_at": people["user_id"].map(first).fillna(first.min()).astype("int64"),
        }
    )
    house = pd.DataFrame(
        {"user_id": [HOUSE], "username": ["movies"], "bio": [""], "created_at": [int(first.min())]}
    )
    return pd.concat([house, viewers], ignore_index=True)


def _posts(ratings: pd.DataFrame, films: pd.DataFrame) -> pd.DataFrame:
    first = ratings.groupby("item_id")["at"].min()
    rated = films[films["item_id"].isin(first.index)]
    return pd.DataFrame(
        {
            "post_id": rated["item_id"],
            "author": HOUSE,
            "created_at": rated["item_id"].map(first).astype("int64"),
            "caption": rated["movie_title"],
            "hashtags": [_genres(text) for text in rated["class"]],
            "media_type": "video",
            "file": FILES[1],
            "line": rated["line"],
        }
    )


def _genres(text: str) -> tuple[str, ...]:
    return tuple(as_hashtag(word.replace("'", ""), "film") for word in text.split())


def _likes(liked: pd.DataFrame) -> pd.DataFrame:
    named = liked[["user_id", "item_id", "at", "line"]].rename(columns={"user_id": "user", "item_id": "post"})
    return named.assign(action="like", file=FILES[0])
