"""What a reader's home timeline is made of, fetched from the shared cache in two trips."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from feed_core.adapters.cached.ahead import Ahead
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

_DRAWN = 33
"""Entries that a page of 20 looks at."""
_PEOPLE = 500


class Home:
    """Looks ahead for one reader; what the cache does not hold is read by whoever asks for it."""

    def __init__(self, ahead: Ahead, near: Near, clock: Clock) -> None:
        self._ahead, self._near, self._clock = ahead, near, clock

    @contextmanager
    def __call__(self, reader_id: int) -> Iterator[None]:
        """The block reads the reader's timeline, in this thread."""
        with self._near.pinned(), self._ahead.reading():
            with suppress(Unavailable):  # the stores answer in its place
                self._fetch(reader_id)
            yield

    def _fetch(self, reader_id: int) -> None:
        feed, following = FEED.of(reader_id, 0), FOLLOWING.of(reader_id)
        mine = [kind.of(reader_id) for kind in (BLOCKED, BLOCKED_BY, MUTED, LIKED)]
        self._ahead.fetch(
            [USER.of(reader_id), SETTINGS.of(reader_id), feed], [following, *mine, PULLED.of(ALL)]
        )
        rows = rows_of(self._ahead.values([feed])[0], self._clock.now())
        followed = sorted(self._ahead.sets([following])[0] or ())[:_PEOPLE]
        shown = [post_id for _, post_id, _, _ in rows[:_DRAWN]]
        authors = {author_id for *_, author_id in rows[:_DRAWN]}
        people = [USER.of(id_) for id_ in {*followed, *authors}]
        marks = [WITHDRAWN.of(post_id) for _, post_id, _, _ in rows]
        parts = [kind.of(post_id) for kind in (POST, COUNTS) for post_id in shown]
        self._ahead.fetch([*people, *marks, *parts], ())
