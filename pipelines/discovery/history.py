"""What the lake tells about taste: first engagements, follows, hashtags of posts, each with its time."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from numpy.typing import NDArray

from feed_core.model.clock import DAY, to_rfc3339
from feed_core.model.errors import NotFound
from pipelines.lake import read_events
from pipelines.lake.reading import table_files
from pipelines.lake.tables import POST_SCHEMA

Ints = NDArray[np.int64]
POSITIVE = ("like", "comment", "share", "save")
"""Actions that say that a person found something worth it."""
_POSITION = ["user_id", "post_id", "occurred_at"]


@dataclass(frozen=True)
class History:
    """Columns in order of time. ``people`` int64 (p,) are all accounts, ascending.

    ``user``, ``post``, ``at`` (n,): the first engagement of a person with a post. ``follower``, ``followee``,
    ``follow_at``, ``follows`` (m,): follows (True) and unfollows. ``tag_post``, ``tag_at``, ``tag`` (t,):
    the first time (ms) that a post carried a hashtag.
    """

    people: Ints
    user: Ints
    post: Ints
    at: Ints
    follower: Ints
    followee: Ints
    follow_at: Ints
    follows: NDArray[np.bool_]
    tag_post: Ints
    tag_at: Ints
    tag: NDArray[np.object_]

    def before(self, moment: int) -> "History":
        """What of it happened before ``moment`` (ms). Raises ``NotFound`` when nobody had engaged by then."""
        known, graph, tagged = self.at < moment, self.follow_at < moment, self.tag_at < moment
        if not known.any():
            raise NotFound(
                f"Nobody engaged with anything before {to_rfc3339(moment)}.", fix="Choose a later --as-of."
            )
        return replace(
            self, user=self.user[known], post=self.post[known], at=self.at[known],
            follower=self.follower[graph], followee=self.followee[graph], follow_at=self.follow_at[graph],
            follows=self.follows[graph],
            tag_post=self.tag_post[tagged], tag_at=self.tag_at[tagged], tag=self.tag[tagged],
        )  # fmt: skip

    def split(self, share: float = 0.8) -> int:
        """The end (ms) of the UTC day on which ``share`` of the first engagements have happened."""
        moment = int(self.at[max(0, int(np.ceil(share * len(self.at))) - 1)])
        return (moment // DAY + 1) * DAY


def read_history(home: Path) -> History:
    """The history in the lake of ``home``; raises ``NotFound`` when nobody engaged with anything."""
    events = read_events(home, columns=_POSITION, actions=POSITIVE)
    if not events.num_rows:
        raise NotFound(f"The lake of {home} holds no engagements.", fix="Load data, then run `loupe lake`.")
    user, post, at = (events[name].to_numpy() for name in _POSITION)
    user, post, at = _firsts(user, post, at)
    graph = read_events(
        home, columns=["user_id", "author_id", "occurred_at", "action"], actions=("follow", "unfollow")
    )
    order = np.argsort(graph["occurred_at"].to_numpy(), kind="stable")
    follower, followee, follow_at = (graph[name].to_numpy()[order] for name in graph.column_names[:3])
    tag_post, tag_at, tag = _tags(home)
    return History(
        people=np.unique(np.concatenate([user, follower, followee])),
        user=user, post=post, at=at,
        follower=follower, followee=followee, follow_at=follow_at,
        follows=np.asarray(graph["action"].to_pylist(), dtype=object)[order] == "follow",
        tag_post=tag_post, tag_at=tag_at, tag=tag,
    )  # fmt: skip


def _firsts(user: Ints, post: Ints, at: Ints) -> tuple[Ints, Ints, Ints]:
    """The earliest row of each (user, post), in order of time."""
    order = np.lexsort((at, post, user))
    user, post, at = user[order], post[order], at[order]
    new = np.ones(len(at), dtype=bool)
    new[1:] = (user[1:] != user[:-1]) | (post[1:] != post[:-1])
    order = np.flatnonzero(new)[np.lexsort((post[new], user[new], at[new]))]
    return user[order], post[order], at[order]


def _tags(home: Path) -> tuple[Ints, Ints, NDArray[np.object_]]:
    """From all versions of all posts: when each hashtag first stood on each post.

    A version counts from its own time on, so a tag that came later is not known before.
    """
    files = table_files(home, "posts")
    columns = ["post_id", "updated_at", "hashtags"]
    rows = ds.dataset(files, schema=POST_SCHEMA, format="parquet").to_table(columns=columns)
    lists = rows["hashtags"].combine_chunks()
    parent = np.asarray(pa.compute.list_parent_indices(lists), dtype=np.int64)
    word, code = np.unique(np.asarray(lists.flatten().to_pylist(), dtype=str), return_inverse=True)
    post, at = rows["post_id"].to_numpy()[parent], rows["updated_at"].to_numpy()[parent]
    post, kind, at = _firsts(post, code.astype(np.int64), at)
    return post, at, word.astype(object)[kind]
