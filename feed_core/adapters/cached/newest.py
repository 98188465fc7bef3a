"""The 100 newest entries of a list, in the shared cache: a feed's, or those of one pulled author.

Withdrawn posts would be in pages of readers that nobody knows. So a withdrawn post leaves a mark that lives
longer than any page, and a page is read together with the marks of its posts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from feed_core.adapters.cached.envelope import Envelope, open_envelope, seal
from feed_core.adapters.cached.keys import WITHDRAWN, CacheKey
from feed_core.model.clock import Clock
from feed_core.model.errors import Unavailable
from feed_core.model.timelines import NEWEST, Entry, Position
from feed_core.ports.cache import Cache, Fill, Found

AT_ONCE = 100
Request = tuple[int, Position, int]
Load = Callable[[Sequence[Request], int], list[list[Entry]]]
_Row = tuple[int, int, int, int]


class _Page(msgspec.Struct, frozen=True, array_like=True):
    """The newest entries delivered at or after ``since``; fewer than ``AT_ONCE`` are all there are."""

    since: int
    rows: list[_Row]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Page).decode


class Newest:
    """Answers requests (id, before, limit) out of pages, and asks the store where they do not reach."""

    def __init__(self, key: Callable[[int], str], kind: CacheKey, cache: Cache, clock: Clock, load: Load):
        self._key, self._kind, self._cache, self._clock, self._load = key, kind, cache, clock, load

    def read(self, requests: Sequence[Request], since: int) -> list[list[Entry]]:
        """As ``Timelines.read``."""
        ids = list(dict.fromkeys(id_ for id_, _, _ in requests))
        try:
            pages = self._pages(ids, since)
        except Unavailable:
            return self._load(requests, since)
        answers = [_within(pages.get(id_), before, limit, since) for id_, before, limit in requests]
        rest = [at for at, answer in enumerate(answers) if answer is None]
        loaded = self._load([requests[at] for at in rest], since) if rest else []
        for at, entries in zip(rest, loaded, strict=True):
            answers[at] = entries
        return [answer or [] for answer in answers]

    def forget(self, ids: Iterable[int]) -> None:
        """After entries came or went. Raises ``Unavailable``."""
        keys = [self._key(id_) for id_ in dict.fromkeys(ids)]
        for at in range(0, len(keys), 1_000):
            self._cache.forget(keys[at : at + 1_000])

    def _pages(self, ids: Sequence[int], since: int) -> dict[int, _Page]:
        now = self._clock.now()
        held = dict(zip(ids, self._cache.values([self._key(id_) for id_ in ids]), strict=True))
        pages = {id_: page for id_, found in held.items() if (page := _opened(found, now))}
        gone = self._withdrawn(pages.values())
        whole = {id_: page for id_, page in pages.items() if not any(row[1] in gone for row in page.rows)}
        return whole | self._filled(held, [id_ for id_ in ids if id_ not in pages], since)

    def _filled(self, held: Mapping[int, Found[bytes]], ids: Sequence[int], since: int) -> dict[int, _Page]:
        loaded = self._load([(id_, NEWEST, AT_ONCE) for id_ in ids], since) if ids else []
        pages = {
            id_: _Page(since, [_row(entry) for entry in entries])
            for id_, entries in zip(ids, loaded, strict=True)
        }
        ends_at, ttl = self._clock.now() + self._kind.ttl_ms, self._kind.ttl_ms
        self._cache.fill_values(
            {
                self._key(id_): Fill(seal(Envelope(ends_at, 0, _encode(page))), held[id_].stamp, ttl)
                for id_, page in pages.items()
            }
        )
        return pages

    def _withdrawn(self, pages: Iterable[_Page]) -> set[int]:
        post_ids = list({row[1] for page in pages for row in page.rows})
        marks = self._cache.values([WITHDRAWN.of(id_) for id_ in post_ids])
        return {id_ for id_, mark in zip(post_ids, marks, strict=True) if mark.content is not None}


def mark_withdrawn(cache: Cache, post_ids: Collection[int]) -> None:
    """Let no page show these posts. Raises ``Unavailable``."""
    keys = [WITHDRAWN.of(id_) for id_ in post_ids]
    if keys:
        stamp = cache.forget(keys)
        cache.fill_values({key: Fill(b"1", stamp, WITHDRAWN.ttl_ms) for key in keys})


def _opened(found: Found[bytes], now: int) -> _Page | None:
    envelope = open_envelope(found.content) if found.content is not None else None
    return _decode(envelope.body) if envelope and envelope.body and now < envelope.ends_at else None


def _within(page: _Page | None, before: Position, limit: int, since: int) -> list[Entry] | None:
    """The answer out of a page, None where it ends too early."""
    if page is None:
        return None
    rows = [row for row in page.rows if row[:3] < before and row[0] >= since]
    reaches = len(page.rows) < AT_ONCE and page.since <= since
    passed = bool(page.rows) and page.rows[-1][0] < since
    return [_entry(row) for row in rows[:limit]] if len(rows) >= limit or reaches or passed else None


def _row(entry: Entry) -> _Row:
    return (entry.delivered_at, entry.post_id, entry.via_id, entry.author_id)


def _entry(row: _Row) -> Entry:
    return Entry(delivered_at=row[0], post_id=row[1], via_id=row[2], author_id=row[3])
