"""Hides posts from people who muted a word in them; asked on every read, so that settings count at once."""

from collections.abc import Collection
from dataclasses import dataclass

from feed_core.model.muted_words import MutedWords
from feed_core.ports.posts import Posts
from feed_core.ports.settings_of_users import SettingsOfUsers
from feed_core.services.user_settings import settings_of

Pair = tuple[int, int]


@dataclass(frozen=True)
class Muting:
    """Answers for many people and posts at once; people who mute no word cost no read of posts."""

    settings: SettingsOfUsers
    posts: Posts

    def muted(self, pairs: Collection[Pair]) -> set[Pair]:
        """Those (reader, post) pairs of which the post holds a word that the reader has muted."""
        words = self._words({reader for reader, _ in pairs}) if pairs else {}
        asking = {pair for pair in pairs if pair[0] in words}
        posts = self.posts.get_many({post_id for _, post_id in asking}) if asking else {}
        return {(reader, id_) for reader, id_ in asking if id_ in posts and words[reader].hit(posts[id_])}

    def muters(self, readers: Collection[int]) -> set[int]:
        """Those of the readers who mute any word: few, so that pairs are made for few."""
        return set(self._words(readers))

    def _words(self, readers: Collection[int]) -> dict[int, MutedWords]:
        stored = self.settings.get_many(readers)
        words = {id_: MutedWords(settings_of(row).muted_words) for id_, row in stored.items()}
        return {id_: each for id_, each in words.items() if each}
