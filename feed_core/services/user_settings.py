"""Settings of a person: read, edited, and brought together with what another region has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from feed_core.model.clock import Clock
from feed_core.model.conflicts.siblings import Siblings, edited, held, latest, merged
from feed_core.model.errors import InvalidInput
from feed_core.model.muted_words import spelling
from feed_core.model.rules import check_length, shown
from feed_core.model.settings import StoredSettings, UserSettings
from feed_core.ports.accounts import Accounts
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.ports.transactions import Transactions
from feed_core.services.presence import require_users

ALONE = "one"
"""Names the writer where there is one region."""
MAX_WORDS, MAX_WORD = 200, 50
LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh")
_TYPES = {field.name: field.type for field in msgspec.structs.fields(UserSettings)}
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True)
class SettingsService:
    """Settings of one region; strongly consistent within it. ``region`` names the writer."""

    settings: SettingsOfUsers
    accounts: Accounts
    transactions: Transactions
    clock: Clock
    region: str = ALONE

    def get(self, user_id: int) -> UserSettings:
        """The user's settings; defaults where nothing was set."""
        require_users(self.accounts, (user_id,))
        return settings_of(self.settings.get_many((user_id,)).get(user_id))

    def stored(self, user_ids: Collection[int]) -> dict[int, StoredSettings]:
        """The rows as another region can take them over."""
        return self.settings.get_many(user_ids)

    def edit(self, user_id: int, changes: Mapping[str, Any]) -> UserSettings:
        """Set the named settings and no other. Raises ``InvalidInput``, ``NotFound``."""
        packed = {name: _encode(_checked(name, value)) for name, value in changes.items()}
        with self.transactions.transaction((user_id,)):
            require_users(self.accounts, (user_id,))
            row = self.settings.get_many((user_id,)).get(user_id, StoredSettings())
            if packed:
                row = edited(row, self.region, self.clock.now(), packed)
                self.settings.put({user_id: row})
        return settings_of(row)

    def take_over(self, rows: Mapping[int, StoredSettings]) -> None:
        """Bring in what another region has: no edit that it saw last is lost, repeats change nothing."""
        with self.transactions.transaction(rows.keys()):
            own = self.settings.get_many(rows.keys())
            together = {id_: merged(own.get(id_, StoredSettings()), row) for id_, row in rows.items()}
            self.settings.put({id_: row for id_, row in together.items() if row != own.get(id_)})


def settings_of(row: StoredSettings | None) -> UserSettings:
    """What a row says. Of edits side by side the latest holds; muted words are those of all."""
    if row is None:
        return UserSettings()
    found = {name: held(row, name) for name in _TYPES}
    return UserSettings(**{name: _value(name, siblings) for name, siblings in found.items() if siblings})


def _value(name: str, siblings: Siblings) -> Any:
    if name != "muted_words":
        return msgspec.msgpack.decode(latest(siblings), type=_TYPES[name])
    words = [msgspec.msgpack.decode(each.value, type=tuple[str, ...]) for each in siblings]
    return tuple(sorted({word for some in words for word in some}))


def _checked(name: str, value: Any) -> Any:
    if name == "muted_words":
        return _words(value)
    if name == "language" and value not in LANGUAGES:
        raise InvalidInput(
            f"The language {shown(value)} is not known.", fix=f"One of {', '.join(LANGUAGES)}."
        )
    if name not in _TYPES or not isinstance(value, _TYPES[name]):
        raise InvalidInput(
            f"There is no setting {shown(name)} of that kind.", fix=f"Known: {', '.join(_TYPES)}."
        )
    return value


def _words(words: Any) -> tuple[str, ...]:
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise InvalidInput("The muted words are no list of texts.", fix="Send a list of words.")
    clean = tuple(sorted({word.strip().lower() for word in words}))
    if len(clean) > MAX_WORDS:
        raise InvalidInput(f"There are {len(clean)} muted words.", fix=f"Send at most {MAX_WORDS}.")
    for word in clean:
        check_length(word, "muted word", MAX_WORD, 1)
        if spelling(word) in ("", "#"):
            raise InvalidInput(f"The muted word {shown(word)} has no characters.", fix="Send a word or #tag.")
    return clean
