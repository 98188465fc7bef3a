"""Where the entries of a timeline come from: pushed rows of the reader, or the people who posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from feed_core.model.timelines import Entry, Position
from feed_core.ports.posts import Posts
from feed_core.ports.timelines import Timelines


class Reader(NamedTuple):
    """Who reads: whom they may see, and who of these is pulled rather than pushed."""

    user_id: int
    visible: frozenset[int]
    hidden: frozenset[int]
    pulled: tuple[int, ...]


class Ask(NamedTuple):
    """The newest ``width`` entries of ``reader`` below ``before``."""

    reader: Reader
    before: Position
    width: int


class Source(Protocol):
    """Reads entries of many readers at once; may hold entries that the reader may not see."""

    def below(self, asks: Sequence[Ask], since: int) -> list[list[Entry]]:
        """Per ask the newest entries delivered at or after ``since``, newest first."""

    def of_posts(self, wanted: Sequence[tuple[Reader, int]]) -> dict[tuple[int, int], list[Entry]]:
        """All entries by (reader, post_id), for telling an older copy from the newest."""


@dataclass(frozen=True)
class Pushed:
    """Rows that fan-out left in the reader's partition."""

    timelines: Timelines

    def below(self, asks: Sequence[Ask], since: int) -> list[list[Entry]]:
        return self.timelines.read([(ask.reader.user_id, ask.before, ask.width) for ask in asks], since)

    def of_posts(self, wanted: Sequence[tuple[Reader, int]]) -> dict[tuple[int, int], list[Entry]]:
        return self.timelines.of_posts({(reader.user_id, post_id) for reader, post_id in wanted})


@dataclass(frozen=True)
class Pulled:
    """What the reader's pulled people posted or shared, merged when the reader comes."""

    posts: Posts

    def below(self, asks: Sequence[Ask], since: int) -> list[list[Entry]]:
        requests = [(via, ask.before, ask.width) for ask in asks for via in ask.reader.pulled]
        found = iter(self.posts.entries_below(requests, since)) if requests else iter(())
        return [_newest([next(found) for _ in ask.reader.pulled], ask.width) for ask in asks]

    def of_posts(self, wanted: Sequence[tuple[Reader, int]]) -> dict[tuple[int, int], list[Entry]]:
        pairs = {(via, post_id) for reader, post_id in wanted for via in reader.pulled}
        by_pair = {(entry.via_id, entry.post_id): entry for entry in self.posts.entries_at(pairs)}
        return {
            (reader.user_id, post_id): [
                by_pair[via, post_id] for via in reader.pulled if (via, post_id) in by_pair
            ]
            for reader, post_id in wanted
        }


@dataclass(frozen=True)
class Merged:
    """Pushed rows and pulled people together; an entry that is in both counts once."""

    sources: tuple[Source, ...]

    def below(self, asks: Sequence[Ask], since: int) -> list[list[Entry]]:
        parts = [source.below(asks, since) for source in self.sources]
        return [_newest(lists, ask.width) for ask, *lists in zip(asks, *parts, strict=True)]

    def of_posts(self, wanted: Sequence[tuple[Reader, int]]) -> dict[tuple[int, int], list[Entry]]:
        together: dict[tuple[int, int], list[Entry]] = {}
        for source in self.sources:
            for key, entries in source.of_posts(wanted).items():
                together.setdefault(key, []).extend(entries)
        return together


def _newest(lists: Sequence[list[Entry]], count: int) -> list[Entry]:
    filled = [entries for entries in lists if entries]
    if len(filled) <= 1:
        return filled[0] if filled else []
    return sorted({entry for entries in filled for entry in entries}, reverse=True)[:count]
