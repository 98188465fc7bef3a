"""The contract of ``ports.settings_of_users``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest

from feed_core.adapters.postgres.settings_of_users import PostgresSettingsOfUsers
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.settings_of_users import SqliteSettingsOfUsers
from feed_core.model.conflicts.siblings import Sibling
from feed_core.model.settings import StoredSettings
from feed_core.ports.settings_of_users import SettingsOfUsers

ROW = StoredSettings(
    seen={"eu": 2, "us": 1},
    fields={"language": (Sibling("eu", 2, 5, b"\xa2de"), Sibling("us", 1, 6, b"\xa2fr"))},
    last={"language": Sibling("us", 1, 7, b"\xa2es")},
)


class SettingsContract:
    adapter: Callable[[Database], SettingsOfUsers]

    @pytest.fixture
    def settings(self, database: Database) -> SettingsOfUsers:
        return type(self).adapter(database)

    def test_rows_come_back_as_they_were_stored(self, settings: SettingsOfUsers) -> None:
        settings.put({1: ROW, (1 << 63) - 1: StoredSettings()})
        assert settings.get_many([1, 2, (1 << 63) - 1]) == {1: ROW, (1 << 63) - 1: StoredSettings()}

    def test_the_last_put_stays_until_it_is_removed(self, settings: SettingsOfUsers) -> None:
        settings.put({1: StoredSettings(seen={"eu": 1})})
        settings.put({1: ROW, 2: ROW})
        assert settings.get_many([1]) == {1: ROW}
        settings.remove([1, 9])
        assert settings.get_many([1, 2]) == {2: ROW}


class TestSqliteSettings(SettingsContract):
    adapter = SqliteSettingsOfUsers


class TestPostgresSettings(SettingsContract):
    @pytest.fixture
    def settings(self, shards: Shards) -> SettingsOfUsers:
        return PostgresSettingsOfUsers(shards)
