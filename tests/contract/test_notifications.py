"""The contract of ``ports.notifications``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from feed_core.adapters.cassandra.notifications import CassandraNotifications
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.notifications import SqliteNotifications
from feed_core.model.clock import SystemClock
from feed_core.model.notifications import Notification, NotificationKind
from feed_core.ports.notifications import Notifications

NOW = SystemClock().now()
"""Stores that let rows go by their own clock see notifications of today."""
TOP = ((1 << 63) - 1, (1 << 63) - 1)


def row(
    id_: int, actor: int = 5, kind: NotificationKind = "like", at: int = NOW, user: int = 1
) -> Notification:
    return Notification(
        user_id=user, notification_id=id_, at=at, kind=kind, actor_id=actor, post_id=70, comment_id=0
    )


class NotificationsContract:
    adapter: Callable[[Database], Notifications]

    @pytest.fixture
    def notifications(self, database: Database) -> Notifications:
        return type(self).adapter(database)

    def test_rows_come_newest_first_below_a_place(self, notifications: Notifications) -> None:
        rows = [row(3, 5), row(2, 6), row(9, 7, at=NOW - 10), row(4, 8, user=2)]
        notifications.put(rows)
        assert notifications.below(1, TOP, 9) == rows[:3]
        assert notifications.below(1, TOP, 1) == rows[:1]
        assert notifications.below(1, rows[1].place, 9) == rows[2:3]
        assert notifications.below(3, TOP, 9) == []

    def test_a_key_has_one_row_the_first(self, notifications: Notifications) -> None:
        notifications.put([row(3), row(3)])
        notifications.put([row(4, at=NOW + 5), row(5, kind="mention"), replace(row(6), comment_id=8)])
        assert [each.notification_id for each in notifications.below(1, TOP, 9)] == [6, 5, 3]

    def test_a_removed_key_can_come_again(self, notifications: Notifications) -> None:
        notifications.put([row(3), row(4, 6)])
        notifications.remove([row(3).key, row(99, 99).key])
        assert notifications.below(1, TOP, 9) == [row(4, 6)]
        notifications.put([row(7, at=NOW + 1)])
        assert notifications.below(1, TOP, 9) == [row(7, at=NOW + 1), row(4, 6)]

    def test_a_mark_never_goes_back(self, notifications: Notifications) -> None:
        notifications.mark_read({1: (10, 5), 2: (1, 1)})
        notifications.mark_read({1: (10, 4), 2: (2, 0)})
        assert notifications.marks([1, 2, 3]) == {1: (10, 5), 2: (2, 0)}

    def test_old_rows_and_whole_people_are_forgotten(self, notifications: Notifications) -> None:
        notifications.put([row(3), row(4, 6, at=NOW - 100), row(5, user=2)])
        notifications.mark_read({1: (10, 5), 2: (11, 6)})
        notifications.forget_users([2, 9])
        assert notifications.below(2, TOP, 9) == []
        assert notifications.marks([1, 2]) == {1: (10, 5)}
        assert notifications.below(1, TOP, 9) == [row(3), row(4, 6, at=NOW - 100)]


class TestSqliteNotifications(NotificationsContract):
    adapter = SqliteNotifications

    def test_rows_from_before_a_time_go(self, notifications: Notifications) -> None:
        notifications.put([row(3), row(4, 6, at=NOW - 100)])
        notifications.forget(NOW)
        assert notifications.below(1, TOP, 9) == [row(3)]


class TestCassandraNotifications(NotificationsContract):
    @pytest.fixture
    def notifications(self, cassandra: CassandraSession) -> Notifications:
        return CassandraNotifications(cassandra)
