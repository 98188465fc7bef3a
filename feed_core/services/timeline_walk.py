"""One reader's way down a timeline: what has been seen, what goes on the page, where to go on."""

from collections.abc import Collection, Iterable, Mapping

from feed_core.model.cursors import encode_cursor
from feed_core.model.timelines import NEWEST, Entry, Page, Position
from feed_core.services.timeline_sources import Ask, Reader

CURSOR_KIND = "timeline"
_AHEAD = 8


def place_of(entry: Entry) -> Position:
    """The place of an entry in the order of the timeline."""
    return (entry.delivered_at, entry.post_id, entry.via_id)


class Walk:
    """Collects one page. It starts at ``start`` and goes from newer to older entries."""

    def __init__(self, reader: Reader, limit: int, start: Position) -> None:
        self.reader = reader
        self.resumed = start != NEWEST
        self._limit = limit
        self._before = start
        self._seen: set[int] = set()
        self._kept: list[Entry] = []
        self._width = limit + limit // 4 + _AHEAD
        self._exhausted = False

    @property
    def done(self) -> bool:
        """One entry more than the page holds tells that there is a next page."""
        return self._exhausted or len(self._kept) > self._limit

    def ask(self) -> Ask:
        """What to read next; each further read is twice as wide."""
        return Ask(self.reader, self._before, self._width)

    def take(self, chunk: list[Entry]) -> list[Entry]:
        """Step over a chunk; answers the newest visible entry of each post not met before."""
        self._exhausted = len(chunk) < self._width
        self._width *= 2
        if chunk:
            self._before = place_of(chunk[-1])
        fresh = []
        for entry in chunk:
            if entry.post_id not in self._seen and self.sees(entry):
                self._seen.add(entry.post_id)
                fresh.append(entry)
        return fresh

    def sees(self, entry: Entry) -> bool:
        """Through someone followed and not hidden, by someone not hidden, and not the reader's own."""
        return entry.via_id in self.reader.visible and entry.author_id not in self.reader.hidden

    def keep(
        self,
        fresh: Iterable[Entry],
        deleted: Collection[int],
        copies: Mapping[tuple[int, int], list[Entry]],
    ) -> None:
        """Put entries on the page, unless deleted or older than another visible copy of the post."""
        for entry in fresh:
            if entry.post_id not in deleted and not self._is_older(entry, copies):
                self._kept.append(entry)

    def page(self) -> Page:
        """The page, with a cursor when there is more."""
        entries = tuple(self._kept[: self._limit])
        more = len(self._kept) > self._limit
        cursor = encode_cursor(CURSOR_KIND, self.reader.user_id, *place_of(entries[-1])) if more else ""
        return Page(entries=entries, next_cursor=cursor)

    def _is_older(self, entry: Entry, copies: Mapping[tuple[int, int], list[Entry]]) -> bool:
        if not self.resumed:
            return False
        others = copies.get((self.reader.user_id, entry.post_id), ())
        return any(
            (copy.delivered_at, copy.via_id) > (entry.delivered_at, entry.via_id) and self.sees(copy)
            for copy in others
        )
