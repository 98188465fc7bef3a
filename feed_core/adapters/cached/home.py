"""What a reader's home timeline is made of, fetched from the shared cache in two trips, and in one when this
process has answered the same lately."""

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from cachetools import LRUCache

from feed_core.adapters.cached.ahead import Ahead, Held
from feed_core.adapters.cached.keys import (
    ALL,
    BLOCKED,
    BLOCKED_BY,
    COUNTS,
    FEED,
    FOLLOWING,
    LIKED,
    MUTED,
    POST,
    PULLED,
    SETTINGS,
    USER,
    WITHDRAWN,
)
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.newest import rows_of
from feed_core.model.clock import Clock
from feed_core.model.errors import Unavailable

T = TypeVar("T")
_DRAWN = 33
"""Entries that a page of 20 looks at."""
_PEOPLE = 500
_ANSWERS = 500
"""Remembered answers; with what they were made of, each is about 60 kB."""


class _Answered(NamedTuple, Generic[T]):
    """``answer`` follows from what the keys hold."""

    values: dict[str, bytes | None]
    sets: dict[str, frozenset[int] | None]
    answer: T


class Home:
    """Looks ahead for one reader; what the cache does not hold is read by whoever asks for it.

    An answer follows from what the keys hold. So it is remembered beside that, and holds good for as long as
    they hold the same; one that took more than the keys is not remembered.
    """

    def __init__(self, ahead: Ahead, near: Near, clock: Clock) -> None:
        self._ahead, self._near, self._clock = ahead, near, clock
        self._answered: LRUCache[Hashable, _Answered[Any]] = LRUCache(_ANSWERS)
        self._lock = Lock()

    def __call__(self, reader_id: int, question: Hashable, compose: Callable[[], T]) -> T:
        """Implements ``ports.home.Home``."""
        asked = (reader_id, question)
        with self._lock:
            before: _Answered[T] | None = self._answered.get(asked)
        with self._near.pinned(), self._ahead.reading() as held:
            with suppress(Unavailable):  # the stores answer in its place
                if before is None:
                    self._fetch(reader_id)
                else:
                    self._ahead.fetch(before.values, before.sets)
            if before and before[:2] == (held.values, held.sets):
                return before.answer
            answer = compose()
        if held.whole:
            with self._lock:
                self._answered[asked] = _answered(answer, held)
        return answer

    def _fetch(self, reader_id: int) -> None:
        feed, following = FEED.of(reader_id, 0), FOLLOWING.of(reader_id)
        values = [USER.of(reader_id), SETTINGS.of(reader_id), feed]
        sets = [kind.of(reader_id) for kind in (FOLLOWING, BLOCKED, BLOCKED_BY, MUTED, LIKED)]
        self._fetch_for_loading(values, [*sets, PULLED.of(ALL)])
        rows = rows_of(self._ahead.values([feed])[0], self._clock.now())
        followed = sorted(self._ahead.sets([following])[0] or ())[:_PEOPLE]
        shown = [post_id for _, post_id, _, _ in rows[:_DRAWN]]
        authors = {author_id for *_, author_id in rows[:_DRAWN]}
        people = [USER.of(id_) for id_ in {*followed, *authors}]
        parts = [kind.of(post_id) for kind in (POST, COUNTS) for post_id in shown]
        self._fetch_for_loading([*people, *parts], (), [WITHDRAWN.of(post_id) for _, post_id, _, _ in rows])

    def _fetch_for_loading(
        self, values: Sequence[str], sets: Sequence[str], marks: Sequence[str] = ()
    ) -> None:
        """Nothing is loaded in the place of ``marks`` that are not there."""
        self._ahead.fetch([*values, *marks], sets)
        self._ahead.lease_missing([*values, *sets])


def _answered(answer: T, held: Held) -> _Answered[T]:
    values = {key: value for key, value in held.values.items() if key in held.used}
    return _Answered(values, {key: ids for key, ids in held.sets.items() if key in held.used}, answer)
