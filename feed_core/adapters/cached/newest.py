"""The 100 newest entries of a list, in the shared cache: a feed's, or those of one pulled author.

Withdrawn posts would be in pages of readers that nobody knows. So a withdrawn post leaves a mark that lives
longer than any page, and a page is read together with the marks of its posts.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from random import Random

import msgspec

from feed_core.adapters.cached.envelope import Envelope, is_due, open_envelope, seal
from feed_core.adapters.cached.flights import Flights, Leases
from feed_core.adapters.cached.keys import WITHDRAWN, CacheKey, spread
from feed_core.model.clock import Clock
from feed_core.model.errors import Unavailable
from feed_core.model.timelines import NEWEST, Entry, Position
from feed_core.ports.cache import Cache, Fill

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
        self._flights: Flights[_Page] = Flights()
        self._random = Random()

    def read(self, requests: Sequence[Request], since: int) -> list[list[Entry]]:
        """As ``Timelines.read``."""
        keys = {self._key(id_): id_ for id_, _, _ in requests}
        by_id = {keys[key]: page for key, page in self._pages(keys, since).items()}
        answers = [_within(by_id.get(id_), before, limit, since) for id_, before, limit in requests]
        rest = [at for at, answer in enumerate(answers) if answer is None]
        loaded = self._load([requests[at] for at in rest], since) if rest else []
        for at, entries in zip(rest, loaded, strict=True):
            answers[at] = entries
        return [answer or [] for answer in answers]

    def forget(self, ids: Iterable[int]) -> None:
        """After entries came or went. Raises ``Unavailable``."""
        self._cache.forget({self._key(id_) for id_ in ids})

    def _pages(self, ids: Mapping[str, int], since: int) -> dict[str, _Page]:
        """By key; none where the cache is away."""
        now = self._clock.now()
        try:
            held = zip(ids, self._cache.values(list(ids)), strict=True)
            pages = {key: page for key, content in held if (page := _opened(content, now, self._random))}
            gone = self._withdrawn(pages.values())
            missing = [key for key in ids if key not in pages]
            leases = dict(zip(missing, self._cache.lease(missing), strict=True))
        except Unavailable:
            return {}
        whole = {key: page for key, page in pages.items() if not any(row[1] in gone for row in page.rows)}
        return whole | self._flights.fetch(leases, lambda mine: self._fetch(mine, ids, since))

    def _fetch(self, leases: Leases, ids: Mapping[str, int], since: int) -> dict[str, _Page]:
        begun = time.monotonic_ns()
        loaded = self._load([(ids[key], NEWEST, AT_ONCE) for key in leases], since)
        cost = (time.monotonic_ns() - begun) // 1_000_000
        pages = {
            key: _Page(since, [_row(entry) for entry in entries])
            for key, entries in zip(leases, loaded, strict=True)
        }
        now, ttls = self._clock.now(), {key: spread(self._kind.ttl_ms) for key in pages}
        sealed = {key: seal(Envelope(now + ttls[key], cost, _encode(page))) for key, page in pages.items()}
        try:
            self._cache.fill({key: Fill(sealed[key], leases[key], ttls[key]) for key in leases}, {})
        except Unavailable:
            return pages
        return pages

    def _withdrawn(self, pages: Iterable[_Page]) -> set[int]:
        post_ids = list({row[1] for page in pages for row in page.rows})
        marks = self._cache.values([WITHDRAWN.of(id_) for id_ in post_ids])
        return {id_ for id_, mark in zip(post_ids, marks, strict=True) if mark is not None}


def mark_withdrawn(cache: Cache, post_ids: Collection[int]) -> None:
    """Let no page show these posts. Raises ``Unavailable``."""
    if post_ids:
        cache.mark([WITHDRAWN.of(id_) for id_ in post_ids], WITHDRAWN.ttl_ms)


def rows_of(content: bytes | None, now: int) -> list[_Row]:
    """The rows (delivered_at, post_id, via_id, author_id) of what a key holds, none when it holds no page."""
    envelope = open_envelope(content) if content is not None else None
    return _decode(envelope.body).rows if envelope and envelope.body and now < envelope.ends_at else []


def _opened(content: bytes | None, now: int, random: Random) -> _Page | None:
    envelope = open_envelope(content) if content is not None else None
    if envelope is None or envelope.body is None or is_due(envelope, now, random):
        return None
    return _decode(envelope.body)


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
