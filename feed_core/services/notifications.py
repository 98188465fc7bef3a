"""What concerns a person, in groups, newest first. Eventually consistent: the worker writes the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from feed_core.model.cursors import decode_cursor, encode_cursor
from feed_core.model.errors import InvalidInput
from feed_core.model.notifications import Notification, NotificationGroup, NotificationPage, Place
from feed_core.model.rules import check_limit
from feed_core.ports.accounts import Accounts
from feed_core.ports.comments import Comments
from feed_core.ports.notifications import Notifications
from feed_core.services.presence import require_users
from feed_core.services.visibility import Visibility

_ROWS = 200
"""Rows of one read; a page is made of no more, however they group."""
MAX_GROUPS = 100
MOST_UNREAD = 99
TOP: Place = ((1 << 63) - 1, (1 << 63) - 1)


@dataclass(frozen=True)
class NotificationService:
    """One partition is read once for a page. Rows about what the person may not see are left out."""

    notifications: Notifications
    comments: Comments
    accounts: Accounts
    visibility: Visibility

    def page(self, user_id: int, limit: int = 20, cursor: str = "") -> NotificationPage:
        """``limit`` groups: rows of one kind about one post (a liked comment) that lie on this page. Raises
        ``InvalidInput``, ``NotFound``."""
        check_limit(limit)
        require_users(self.accounts, (user_id,))
        if limit > MAX_GROUPS:
            raise InvalidInput(f"The limit {limit} is out of range.", fix=f"Ask for 1 to {MAX_GROUPS}.")
        before = _place(cursor, user_id) if cursor else TOP
        rows = self.notifications.below(user_id, before, _ROWS)
        mark = self.notifications.marks((user_id,)).get(user_id, (0, 0))
        groups, taken = _grouped(rows, self._shown(user_id, rows), limit)
        more = taken < len(rows) or len(rows) == _ROWS
        next_cursor = encode_cursor("notifications", user_id, *rows[taken - 1].place) if more else ""
        return NotificationPage(groups=tuple(_group(rows, mark) for rows in groups), next_cursor=next_cursor)

    def unread(self, user_id: int) -> int:
        """How many of the newest rows are unread, 99 at most."""
        require_users(self.accounts, (user_id,))
        mark = self.notifications.marks((user_id,)).get(user_id, (0, 0))
        rows = [row for row in self.notifications.below(user_id, TOP, _ROWS) if row.place > mark]
        return min(MOST_UNREAD, len(self._shown(user_id, rows)))

    def mark_read(self, user_id: int, up_to: Place | None = None) -> None:
        """Everything up to the place is read; without one, everything that is there."""
        require_users(self.accounts, (user_id,))
        newest = self.notifications.below(user_id, TOP, 1)
        if newest:
            self.notifications.mark_read({user_id: min(newest[0].place, up_to or TOP)})

    def place_of(self, user_id: int, notification_id: int) -> Place:
        """The place of a row among the newest; raises ``InvalidInput`` when it is not there."""
        for row in self.notifications.below(user_id, TOP, _ROWS):
            if row.notification_id == notification_id:
                return row.place
        raise InvalidInput(f"There is no notification {notification_id}.", fix="Send one of the first page.")

    def _shown(self, user_id: int, rows: Sequence[Notification]) -> list[Notification]:
        """Without those by people of whom the person may not know, and about posts or comments that are
        gone or not theirs to see."""
        people = self.visibility.seen_people(user_id, {row.actor_id for row in rows})
        posts = self.visibility.seen_posts(user_id, {row.post_id for row in rows if row.post_id})
        comments = self.comments.get_many({row.comment_id for row in rows if row.comment_id})
        return [
            row
            for row in rows
            if row.actor_id in people
            and (not row.post_id or row.post_id in posts)
            and (not row.comment_id or (row.comment_id in comments and not comments[row.comment_id].deleted))
        ]


def _grouped(
    rows: Sequence[Notification], shown: Sequence[Notification], limit: int
) -> tuple[list[list[Notification]], int]:
    """At most ``limit`` groups of ``shown``, and how many of ``rows`` were taken for them."""
    groups: dict[tuple[str, int, int], list[Notification]] = {}
    kept = {row.place for row in shown}
    for index, row in enumerate(rows):
        if row.place not in kept:
            continue
        about = (row.kind, row.post_id, row.comment_id if row.kind == "comment_like" else 0)
        if about not in groups and len(groups) == limit:
            return list(groups.values()), index
        groups.setdefault(about, []).append(row)
    return list(groups.values()), len(rows)


def _group(rows: Sequence[Notification], mark: Place) -> NotificationGroup:
    return NotificationGroup(
        newest=rows[0],
        actor_ids=tuple(dict.fromkeys(row.actor_id for row in rows)),
        unread=rows[0].place > mark,
    )


def _place(cursor: str, user_id: int) -> Place:
    at, notification_id = decode_cursor(cursor, "notifications", user_id, 2)
    return (at, notification_id)
