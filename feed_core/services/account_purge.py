"""Removes accounts for good, with all they own and did. Each step bears repetition; the row goes last."""

from dataclasses import dataclass
from typing import get_args

import msgspec

from feed_core.model.ids import MAX_ID
from feed_core.model.posts import Comment, PostCounts
from feed_core.model.users import UserStats
from feed_core.ports.accounts import Accounts
from feed_core.ports.activity import Activity
from feed_core.ports.comments import Comments
from feed_core.ports.counters import Counted, PostCounters
from feed_core.ports.credentials import Credentials
from feed_core.ports.graph import EdgeKind, Graph
from feed_core.ports.media import MediaCatalog
from feed_core.ports.notifications import Notifications
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import ReactionKind, Reactions
from feed_core.ports.sessions import Sessions
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.ports.stories import Stories
from feed_core.ports.timelines import Timelines
from feed_core.ports.transactions import Transactions
from feed_core.services.post_purge import PostPurge

_AT_ONCE = 500
_COUNTED: dict[ReactionKind, tuple[Counted, PostCounts]] = {
    "like": ("like", PostCounts(likes=-1)), "comment_like": ("comment_like", PostCounts(likes=-1)),
    "share": ("share", PostCounts(shares=-1)), "save": ("save", PostCounts(saves=-1)),
}  # fmt: skip


@dataclass(frozen=True)
class AccountPurge:
    """Takes back what the account did to others' counts: with each removal, or by ``counters``, which recount
    after it. A crash leaves the account where it was found; what was not recounted then, repair finds."""

    accounts: Accounts
    credentials: Credentials
    sessions: Sessions
    settings: SettingsOfUsers
    activity: Activity
    graph: Graph
    posts: Posts
    comments: Comments
    reactions: Reactions
    timelines: Timelines
    stories: Stories
    notifications: Notifications
    media: MediaCatalog
    transactions: Transactions
    post_purge: PostPurge
    counters: PostCounters | None = None

    def purge(self, user_id: int) -> None:
        """Posts, comments, reactions, edges, lists, then the account; its names are free."""
        self._purge_posts(user_id)
        self._purge_comments(user_id)
        for kind in get_args(ReactionKind):
            self._purge_reactions(kind, user_id)
        for kind in get_args(EdgeKind):
            self._purge_edges(kind, user_id)
        self._purge_media(user_id)
        self.timelines.set_pulled([user_id], pulled=False)
        for forget in (
            self.timelines.forget, self.notifications.forget_users, self.sessions.remove_of,
            self.settings.remove, self.activity.remove, self.credentials.remove, self.accounts.purge,
        ):  # fmt: skip
            forget([user_id])

    def _purge_posts(self, user_id: int) -> None:
        while posts := self.posts.by_author(user_id, (MAX_ID, MAX_ID), _AT_ONCE):
            self.post_purge.purge(posts)
        while posts := self.posts.deleted_by(user_id, _AT_ONCE):
            self.post_purge.purge(posts)

    def _purge_comments(self, user_id: int) -> None:
        while comments := self.comments.of_user(user_id, MAX_ID, _AT_ONCE):
            with self.transactions.transaction({user_id}):
                gone = [msgspec.structs.replace(comment, deleted=True, text="") for comment in comments]
                self.comments.put(gone)
                for comment in comments:
                    self.posts.add_to_counts(_one_less(comment))
            if self.counters:
                self.counters.recount_touched("comment", [(c.post_id, c.comment_id) for c in comments])
                answers = [(c.parent_id, c.comment_id) for c in comments if c.parent_id]
                self.counters.recount_touched("answer", answers)

    def _purge_reactions(self, kind: ReactionKind, user_id: int) -> None:
        counted, less = _COUNTED.get(kind, (None, PostCounts()))
        while found := self.reactions.by_user(kind, user_id, _AT_ONCE):
            pairs = [(user_id, reaction.post_id) for reaction in found]
            with self.transactions.transaction({user_id}):
                self.reactions.remove(kind, pairs)
                if kind == "share":
                    self.posts.withdraw_entries(pairs)
                if counted:
                    self.posts.add_to_counts({post_id: less for _, post_id in pairs})
            if counted and self.counters:
                self.counters.recount_touched(counted, [(post_id, user_id) for _, post_id in pairs])

    def _purge_edges(self, kind: EdgeKind, user_id: int) -> None:
        out = [(user_id, id_) for id_ in self.graph.target_ids(kind, (user_id,)).get(user_id, ())]
        into = [(id_, user_id) for id_ in self.graph.source_ids(kind, (user_id,)).get(user_id, ())]
        for start in range(0, len(out) + len(into), _AT_ONCE):
            pairs = [*out, *into][start : start + _AT_ONCE]
            with self.transactions.transaction({id_ for pair in pairs for id_ in pair}):
                there = self.graph.remove(kind, pairs)
                if kind == "follow":
                    self._uncount([pair for pair, was in zip(pairs, there, strict=True) if was], user_id)
        if kind == "follow":
            self.timelines.withdraw(into)

    def _uncount(self, pairs: list[tuple[int, int]], user_id: int) -> None:
        changes = {
            (target if source == user_id else source): UserStats(
                followers=-(source == user_id), following=-(target == user_id)
            )
            for source, target in pairs
        }
        both = {b for a, b in pairs if a == user_id} & {a for a, b in pairs if b == user_id}
        changes |= {id_: UserStats(followers=-1, following=-1) for id_ in both}
        self.accounts.add_to_stats(changes)

    def _purge_media(self, user_id: int) -> None:
        while media := self.media.of_user(user_id, 0, _AT_ONCE):
            self.media.remove([each.media_id for each in media])


def _one_less(comment: Comment) -> dict[int, PostCounts]:
    less = PostCounts(comments=-1)
    return {comment.post_id: less} | ({comment.parent_id: less} if comment.parent_id else {})
