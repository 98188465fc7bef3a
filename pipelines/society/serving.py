"""Who fills a reader's list: the protocol, and the chronological feed that everyone starts with."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.events import Decision
from feed_core.model.timelines import Page, PageRequest
from pipelines.society.arrays import Ints

TIMELINE = "timeline"
"""The surface of every list that the feed core itself could serve."""


class Shown(NamedTuple):
    """Lists served: ``post_ids`` is readers × limit, 0 past the end; a decision id and the surface that
    its impressions were logged with per reader."""

    post_ids: Ints
    decision_ids: Ints
    surfaces: Sequence[str]


class Serve(Protocol):
    """Serves a batch of readers at the core's time, and logs decisions and impressions."""

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown: ...


Lists = list[list[tuple[int, int]]]
"""Each reader's posts as (post_id, author's user id), in order."""


class Planner(Protocol):
    """Serves in two steps. The first only reads, and nothing that others do between a tick's beginning and
    its end changes its answer, so that it may run beside them."""

    def plan(self, user_ids: Sequence[int], limit: int) -> Lists: ...

    def show(self, user_ids: Sequence[int], lists: Lists, limit: int) -> Shown: ...


class Seen:
    """The posts that each reader was served."""

    def __init__(self) -> None:
        self._posts: defaultdict[int, set[int]] = defaultdict(set)

    def add(self, user_id: int, post_ids: Sequence[int]) -> None:
        self._posts[user_id].update(post_ids)

    def of(self, user_id: int) -> set[int]:
        return self._posts[user_id]

    def arrays(self) -> tuple[Ints, Ints]:
        """All pairs as (user ids, post ids)."""
        users = [user for user, posts in self._posts.items() for _ in posts]
        posts = [post for posts in self._posts.values() for post in posts]
        return np.array(users, np.int64), np.array(posts, np.int64)

    def add_arrays(self, user_ids: Ints, post_ids: Ints) -> None:
        """Add pairs."""
        for user, post in zip(user_ids.tolist(), post_ids.tolist(), strict=True):
            self._posts[user].add(post)


class Chronological:
    """A ``Planner``: what is new since the last look, newest first, then what is older and not seen yet."""

    _FIRST_PAGE, _NEXT_PAGE, _MOST_PAGES = 60, 100, 3

    def __init__(self, core: FeedCore, seen: Seen) -> None:
        self._core, self._seen = core, seen

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        return self.show(user_ids, self.plan(user_ids, limit), limit)

    def plan(self, user_ids: Sequence[int], limit: int) -> Lists:
        """What each reader is to be shown; reads only."""
        lists: Lists = [[] for _ in user_ids]
        wanted = [PageRequest(user_id=user_id, limit=self._FIRST_PAGE) for user_id in user_ids]
        rows = list(range(len(user_ids)))
        for _ in range(self._MOST_PAGES):
            pages = self._core.timelines.page_many(wanted)
            deeper = []
            for row, page in zip(rows, pages, strict=True):
                self._take(user_ids[row], page, lists[row])
                if page.next_cursor and len(lists[row]) < limit:
                    deeper.append((row, page.next_cursor))
            if not deeper:
                break
            rows = [row for row, _ in deeper]
            wanted = [
                PageRequest(user_id=user_ids[row], limit=self._NEXT_PAGE, cursor=cursor)
                for row, cursor in deeper
            ]
        return [shown[:limit] for shown in lists]

    def show(self, user_ids: Sequence[int], lists: Lists, limit: int) -> Shown:
        """Show what was planned."""
        return log_lists(self._core, self._seen, user_ids, lists, limit, "chronological", "in_network")

    def _take(self, user_id: int, page: Page, shown: list[tuple[int, int]]) -> None:
        """Add to ``shown`` what of the page the reader has not seen."""
        seen = self._seen.of(user_id)
        shown.extend((e.post_id, e.author_id) for e in page.entries if e.post_id not in seen)


def log_lists(
    core: FeedCore, seen: Seen, user_ids: Sequence[int], lists: Sequence[Sequence[tuple[int, int]]],
    limit: int, served_by: str, source: str,
) -> Shown:  # fmt: skip
    """Log decisions and impressions of lists of (post_id, author_id), and remember them as seen."""
    now, made = core.clock.now(), core.ids.for_owners(user_ids)
    post_ids = np.zeros((len(user_ids), limit), np.int64)
    decisions = []
    for row, (user_id, decision_id, shown) in enumerate(zip(user_ids, made, lists, strict=True)):
        if not shown:
            continue
        posts = tuple(post for post, _ in shown)
        post_ids[row, : len(posts)] = posts
        seen.add(user_id, posts)
        decisions.append(
            Decision(
                decision_id=decision_id,
                occurred_at=now,
                user_id=user_id,
                surface=TIMELINE,
                served_by=served_by,
                model_version="",
                definitions_hash="",
                post_ids=posts,
                author_ids=tuple(author for _, author in shown),
                positions=tuple(range(len(posts))),
                sources=(source,) * len(posts),
                propensities=(1.0,) * len(posts),
            )
        )
    core.impressions.log_many(decisions)
    return Shown(post_ids, np.array(made, np.int64), [TIMELINE] * len(made))
