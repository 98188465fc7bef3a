"""What concerns each person, newest first; rows are kept for 30 days."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from feed_core.model.clock import DAY
from feed_core.model.notifications import Notification, NotificationKey, Place

KEPT_MS = 30 * DAY


class Notifications(Protocol):
    """Rows by person and time; each key has one row at most."""

    def put(self, notifications: Sequence[Notification]) -> None:
        """Store rows whose key has none; the others change nothing."""

    def remove(self, keys: Collection[NotificationKey]) -> None:
        """Remove the rows of these keys."""

    def below(self, user_id: int, before: Place, limit: int) -> list[Notification]:
        """The person's newest rows with (at, notification_id) below ``before``, newest first: one read
        of one partition."""

    def mark_read(self, marks: Mapping[int, Place]) -> None:
        """Per person, everything up to and including the place is read; a mark never goes back."""

    def marks(self, user_ids: Collection[int]) -> dict[int, Place]:
        """How far each person has read; those who have not are absent."""

    def forget(self, before: int) -> None:
        """Let rows from before ``before`` (ms) go, where the store does not do so by itself."""

    def forget_users(self, user_ids: Collection[int]) -> None:
        """Remove all rows and marks of these people."""
