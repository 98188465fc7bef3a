"""Settings of users read through the shared cache: muted words are asked for with every timeline."""

from collections.abc import Collection, Mapping

from feed_core.adapters.cached.keys import SETTINGS
from feed_core.adapters.cached.reading import ReadThrough, packed
from feed_core.model.clock import Clock
from feed_core.model.settings import StoredSettings
from feed_core.ports.cache import Cache
from feed_core.ports.settings_of_users import SettingsOfUsers


class CachedSettings:
    """Implements ``ports.settings_of_users.SettingsOfUsers`` over ``settings``."""

    def __init__(self, settings: SettingsOfUsers, cache: Cache, clock: Clock) -> None:
        self._settings = settings
        self._read = ReadThrough[StoredSettings](
            packed(SETTINGS, StoredSettings), cache, clock, settings.get_many
        )

    def get_many(self, user_ids: Collection[int]) -> dict[int, StoredSettings]:
        return self._read.get_many(user_ids)

    def put(self, settings: Mapping[int, StoredSettings]) -> None:
        try:
            self._settings.put(settings)
        finally:
            self._read.forget(settings)

    def remove(self, user_ids: Collection[int]) -> None:
        try:
            self._settings.remove(user_ids)
        finally:
            self._read.forget(user_ids)
