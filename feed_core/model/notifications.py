"""What happened that concerns a person, as rows and as the groups that they read."""

from typing import Literal, NamedTuple, get_args

import msgspec

NotificationKind = Literal[
    "like", "comment", "reply", "comment_like", "mention", "follow", "request", "accept"
]  # fmt: skip
NOTIFICATION_KINDS: tuple[NotificationKind, ...] = get_args(NotificationKind)


class NotificationKey(NamedTuple):
    """What a notification is about: there is at most one per key, however often it happened.

    ``post_id`` and ``comment_id`` are 0 where there is none.
    """

    user_id: int
    kind: NotificationKind
    actor_id: int
    post_id: int
    comment_id: int


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``notifications``: ``actor_id`` did something at ``at`` (ms) that concerns ``user_id``.

    ``notification_id`` is the id of the event that led to it, so a repeat makes the same row.
    """

    user_id: int
    notification_id: int
    at: int
    kind: NotificationKind
    actor_id: int
    post_id: int = 0
    comment_id: int = 0

    @property
    def key(self) -> NotificationKey:
        """What it is about."""
        return NotificationKey(self.user_id, self.kind, self.actor_id, self.post_id, self.comment_id)

    @property
    def place(self) -> "Place":
        """Where it stands in the order of time."""
        return (self.at, self.notification_id)


Place = tuple[int, int]
"""(at, notification_id)."""


class NotificationGroup(msgspec.Struct, frozen=True, kw_only=True):
    """``newest`` and what else of its kind happened to the same post: "x and 5 others".

    ``actor_ids`` are distinct, the latest first. ``unread`` says whether the newest is.
    """

    newest: Notification
    actor_ids: tuple[int, ...]
    unread: bool


class NotificationPage(msgspec.Struct, frozen=True, kw_only=True):
    """Groups, newest first; ``next_cursor`` is "" on the last page."""

    groups: tuple[NotificationGroup, ...]
    next_cursor: str = ""
