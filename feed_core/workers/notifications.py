"""Writes what concerns people: likes, comments, answers, mentions, follows, requests.

A record never says what to do, only where to look: the stores say whether the like, the follow or the
comment is there now. A row's id is its event's and each key has one row, so repeats change nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from feed_core.model.captions import mentions_in
from feed_core.model.events import CommentEvent, Event
from feed_core.model.notifications import Notification, NotificationKind
from feed_core.model.posts import Comment, Post, PostCounts
from feed_core.model.settings import UserSettings
from feed_core.ports.accounts import Accounts
from feed_core.ports.comments import Comments
from feed_core.ports.event_log import LogRecord
from feed_core.ports.graph import EdgeKind, Graph
from feed_core.ports.notifications import Notifications
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reactions
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.services.user_settings import settings_of

_decode_event = msgspec.msgpack.Decoder(Event).decode
_decode_comment = msgspec.msgpack.Decoder(CommentEvent).decode
_decode_post = msgspec.msgpack.Decoder(Post).decode
_LIKE = b"like"
TOLD = 10_000
"""Of the likes and comments of a post, and of the likes of a comment, how many are told. More would fill a
partition without end, and nobody reads them: the counts say how many there are."""
_MENTIONED = 20
"""People that one comment can notify by naming them."""
_OF_CROWDS: dict[NotificationKind, str] = {
    "like": "likes", "comment_like": "likes", "comment": "comments", "reply": "comments",
}  # fmt: skip
"""Kind → the field of ``PostCounts`` that says how many of them there are."""
_EDGES: dict[str, EdgeKind] = {
    "follow": "follow", "unfollow": "follow", "request": "request", "unrequest": "request",
}  # fmt: skip


@dataclass(frozen=True)
class NotifyPeople:
    """Handlers for the topics ``engagement``, ``graph``, ``posts`` and ``comments``."""

    notifications: Notifications
    posts: Posts
    comments: Comments
    reactions: Reactions
    graph: Graph
    accounts: Accounts
    settings: SettingsOfUsers

    def on_engagement(self, records: Sequence[LogRecord]) -> None:
        """Likes of posts, given and taken back."""
        events = [_decode_event(record.body) for record in records if _LIKE in record.body]
        likes = {(e.user_id, e.post_id): e for e in events if e.action in ("like", "unlike")}
        present = self.reactions.present("like", likes.keys()) if likes else set()
        rows = [(_about_post(event, "like"), pair in present) for pair, event in likes.items()]
        self._settle(rows)

    def on_graph(self, records: Sequence[LogRecord]) -> None:
        """Follows and requests, begun, ended and accepted."""
        events = [_decode_event(record.body) for record in records]
        rows = [(_of_people(event, "accept"), True) for event in events if event.action == "accept"]
        for kind in ("follow", "request"):
            edges = {(e.user_id, e.author_id): e for e in events if _EDGES.get(e.action) == kind}
            present = self.graph.present(kind, edges.keys()) if edges else set()
            rows += [(_of_people(event, kind), pair in present) for pair, event in edges.items()]
        self._settle(rows)

    def on_posts(self, records: Sequence[LogRecord]) -> None:
        """Mentions in captions."""
        posts = [post for record in records if not (post := _decode_post(record.body)).deleted]
        self._settle([(_mention(post, id_), True) for post in posts for id_ in post.mentions])

    def on_comments(self, records: Sequence[LogRecord]) -> None:
        """Comments, answers, mentions in them, and their likes."""
        events = [_decode_comment(record.body) for record in records]
        found = self.comments.get_many({event.comment_id for event in events})
        kept = {id_: comment for id_, comment in found.items() if not comment.deleted}
        written = [event for event in events if event.action == "comment" and event.comment_id in kept]
        rows = [(row, True) for row in self._of_comments(written, kept)]
        self._settle([*rows, *self._of_likes(events, kept)])

    def _of_comments(
        self, events: Sequence[CommentEvent], comments: dict[int, Comment]
    ) -> Iterable[Notification]:
        """One row a person and comment: for whom it names, else whom it answers, else the post's author."""
        written = [comments[event.comment_id] for event in events]
        authors = self.posts.authors_of({comment.post_id for comment in written})
        parents = self.comments.get_many({comment.parent_id for comment in written} - {0})
        named = self.accounts.ids_of({name for comment in written for name in _names(comment)})
        for event, comment in zip(events, written, strict=True):
            if comment.post_id not in authors:
                continue
            people: dict[int, NotificationKind] = {authors[comment.post_id]: "comment"}
            if comment.parent_id in parents:
                people[parents[comment.parent_id].user_id] = "reply"
            people |= {named[name]: "mention" for name in _names(comment) if name in named}
            for user_id, kind in people.items():
                yield _about_comment(event, user_id, kind)

    def _of_likes(
        self, events: Sequence[CommentEvent], comments: dict[int, Comment]
    ) -> list[tuple[Notification, bool]]:
        likes = {(e.user_id, e.comment_id): e for e in events if e.action in ("like", "unlike")}
        present = self.reactions.present("comment_like", likes.keys()) if likes else set()
        return [
            (_about_comment(event, comments[event.comment_id].user_id, "comment_like"), pair in present)
            for pair, event in likes.items()
            if event.comment_id in comments
        ]

    def _settle(self, rows: Sequence[tuple[Notification, bool]]) -> None:
        """Store the rows that hold and are wanted; remove those that hold no longer."""
        about_others = [(row, holds) for row, holds in rows if row.user_id != row.actor_id]
        gone = [row.key for row, holds in about_others if not holds]
        if gone:
            self.notifications.remove(gone)
        held = self._wanted(self._news([row for row, holds in about_others if holds]))
        if held:
            self.notifications.put(held)

    def _news(self, rows: Sequence[Notification]) -> list[Notification]:
        """Without those of crowds beyond ``TOLD``."""
        owners = {_owner(row) for row in rows if row.kind in _OF_CROWDS}
        counts = self.posts.counts_many(owners) if owners else {}
        return [row for row in rows if _crowd(row, counts) <= TOLD]

    def _wanted(self, rows: Sequence[Notification]) -> list[Notification]:
        """Without those that the person has turned off, and those by people they have muted."""
        if not rows:
            return []
        settings = self.settings.get_many({row.user_id for row in rows})
        muted = self.graph.present("mute", {(row.user_id, row.actor_id) for row in rows})
        return [
            row
            for row in rows
            if (row.user_id, row.actor_id) not in muted
            and _is_on(settings_of(settings.get(row.user_id)), row.kind)
        ]


def _owner(row: Notification) -> int:
    """What has the count: the comment that was liked, else the post."""
    return row.comment_id if row.kind == "comment_like" else row.post_id


def _crowd(row: Notification, counts: Mapping[int, PostCounts]) -> int:
    """How many of the row's kind there are; 0 for what no crowd does."""
    field = _OF_CROWDS.get(row.kind)
    return getattr(counts.get(_owner(row), PostCounts()), field) if field else 0


def _is_on(settings: UserSettings, kind: NotificationKind) -> bool:
    if kind in ("like", "comment_like"):
        return settings.notify_likes
    if kind in ("comment", "reply"):
        return settings.notify_comments
    return settings.notify_mentions if kind == "mention" else settings.notify_follows


def _names(comment: Comment) -> Collection[str]:
    return mentions_in(comment.text)[:_MENTIONED]


def _about_post(event: Event, kind: NotificationKind) -> Notification:
    return Notification(
        user_id=event.author_id, notification_id=event.event_id, at=event.arrived_at, kind=kind,
        actor_id=event.user_id, post_id=event.post_id,
    )  # fmt: skip


def _of_people(event: Event, kind: NotificationKind) -> Notification:
    return Notification(
        user_id=event.author_id, notification_id=event.event_id, at=event.arrived_at, kind=kind,
        actor_id=event.user_id,
    )  # fmt: skip


def _mention(post: Post, user_id: int) -> Notification:
    return Notification(
        user_id=user_id, notification_id=post.post_id, at=post.updated_at, kind="mention",
        actor_id=post.author_id, post_id=post.post_id,
    )  # fmt: skip


def _about_comment(event: CommentEvent, user_id: int, kind: NotificationKind) -> Notification:
    return Notification(
        user_id=user_id, notification_id=event.event_id, at=event.occurred_at, kind=kind,
        actor_id=event.user_id, post_id=event.post_id, comment_id=event.comment_id,
    )  # fmt: skip
