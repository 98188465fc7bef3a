"""Recounts the denormalised counts from what they count, and corrects those that are off."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from feed_core.model.ids import MAX_ID
from feed_core.model.posts import Comment, PostCounts
from feed_core.model.users import UserStats
from feed_core.ports.accounts import Accounts
from feed_core.ports.comments import Comments
from feed_core.ports.counters import PostCounters
from feed_core.ports.graph import Graph
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reactions
from feed_core.ports.transactions import Transactions

_AT_ONCE = 1_000


class Place(NamedTuple):
    """Where a repair of everything stands: all people come first, then all posts, in their stores' order."""

    people: bool = True
    after: int = 0


class Step(NamedTuple):
    """One batch of a repair: rows looked at, how many were off, and the place behind it, None at the end."""

    seen: int
    corrected: int
    behind: Place | None


@dataclass(frozen=True)
class RepairService:
    """Each call corrects one batch in one transaction, so that no write in between is lost.

    ``counters`` recount the posts where counts are not added to by each write; ``mend`` makes what a store
    keeps twice of people's edges equal again, and answers how many were off.
    """

    accounts: Accounts
    graph: Graph
    posts: Posts
    reactions: Reactions
    comments: Comments
    transactions: Transactions
    counters: PostCounters | None = None
    mend: Callable[[Collection[int]], int] | None = None

    def recount_all(self, progress: Callable[[int], None] | None = None) -> int:
        """Recount every user and post; answers how many were off. ``progress`` gets rows looked at."""
        corrected = seen = 0
        place: Place | None = Place()
        while place is not None:
            step = self.step(place, _AT_ONCE)
            place, corrected = step.behind, corrected + step.corrected
            if step.seen:
                seen = _told(progress, seen + step.seen)
        return corrected

    def step(self, place: Place, at_once: int) -> Step:
        """Repair the next ``at_once`` people or posts behind ``place``; begin with ``Place()``."""
        if place.people:
            people = [user.user_id for user in self.accounts.page(place.after, at_once)]
            if not people:
                return Step(0, 0, Place(people=False))
            corrected = self.mend_edges(people) + len(self.recount_users(people))
            return Step(len(people), corrected, Place(after=people[-1]))
        posts = [post.post_id for post in self.posts.page(place.after, at_once)]
        if not posts:
            return Step(0, 0, None)
        corrected = len(self.recount_posts(posts)) + self._recount_comments_of(posts)
        return Step(len(posts), corrected, Place(people=False, after=posts[-1]))

    def mend_edges(self, user_ids: Collection[int]) -> int:
        """Make both sides of these people's edges equal; answers how many were off. Nobody writes them
        meanwhile, so nothing that is new is taken for wrong."""
        if self.mend is None:
            return 0
        with self.transactions.transaction(user_ids):
            return self.mend(user_ids)

    def recount_posts(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        """Correct likes, comments, shares and saves; answers what was added, by post."""
        if self.counters is not None:
            return self.counters.recount_posts(post_ids)
        with self.transactions.transaction():
            likes, shares, saves = (
                self.reactions.count("like", post_ids),
                self.reactions.count("share", post_ids),
                self.reactions.count("save", post_ids),
            )
            comments = self.comments.count(post_ids)
            stored = self.posts.counts_many(post_ids)
            changes = {}
            for id_ in set(post_ids):
                now = stored.get(id_) or PostCounts()
                change = PostCounts(
                    likes=likes.get(id_, 0) - now.likes,
                    comments=comments.get(id_, 0) - now.comments,
                    shares=shares.get(id_, 0) - now.shares,
                    saves=saves.get(id_, 0) - now.saves,
                )
                if change != PostCounts():
                    changes[id_] = change
            self.posts.add_to_counts(changes)
        return changes

    def recount_comments(self, post_id: int) -> dict[int, PostCounts]:
        """Correct likes and answers of a post's comments; answers what was added, by comment."""
        with self.transactions.transaction():
            comments = self._comments_of(post_id)
            ids = [comment.comment_id for comment in comments]
            if self.counters is not None:
                return self.counters.recount_comments(ids)
            answers = Counter(comment.parent_id for comment in comments)
            likes, stored = self.reactions.count("comment_like", ids), self.posts.counts_many(ids)
            changes = {}
            for id_ in ids:
                now = stored.get(id_) or PostCounts()
                change = PostCounts(likes=likes.get(id_, 0) - now.likes, comments=answers[id_] - now.comments)
                if change != PostCounts():
                    changes[id_] = change
            self.posts.add_to_counts(changes)
        return changes

    def _recount_comments_of(self, post_ids: Collection[int]) -> int:
        return sum(len(self.recount_comments(post_id)) for post_id in self.comments.count(post_ids))

    def _comments_of(self, post_id: int) -> list[Comment]:
        found: list[Comment] = []
        last = MAX_ID
        while page := self.comments.of_post(post_id, last, _AT_ONCE):
            last = page[-1].comment_id
            found.extend(page)
        return found

    def recount_users(self, user_ids: Collection[int]) -> dict[int, UserStats]:
        """Correct followers, following and posts; answers what was added, by user."""
        with self.transactions.transaction(user_ids):
            followers = self.graph.sources("follow", user_ids)
            following = self.graph.targets("follow", user_ids)
            posts = self.posts.count_by(user_ids)
            stored = self.accounts.stats_many(user_ids)
            changes = {}
            for id_ in set(user_ids):
                now = stored.get(id_) or UserStats()
                change = UserStats(
                    followers=len(followers.get(id_, ())) - now.followers,
                    following=len(following.get(id_, ())) - now.following,
                    posts=posts.get(id_, 0) - now.posts,
                )
                if change != UserStats():
                    changes[id_] = change
            self.accounts.add_to_stats(changes)
        return changes


def _told(progress: Callable[[int], None] | None, seen: int) -> int:
    if progress:
        progress(seen)
    return seen
