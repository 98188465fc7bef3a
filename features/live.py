"""Follows the event log and keeps the online rows fresh: counts by the hour, posts as they are published."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from features.content import write_posts
from features.online.rows import OnlineRows
from features.stream import StreamUpdater, needed_since
from feed_core.model.events import Event, Topic
from feed_core.model.posts import Post
from feed_core.ports.event_log import EventLog

EVENT_TOPICS: tuple[Topic, ...] = ("engagement", "graph")
BATCH = 10_000
T = TypeVar("T")
_EVENTS, _POSTS = msgspec.msgpack.Decoder(Event), msgspec.msgpack.Decoder(Post)


class LiveFeatures:
    """Reads topics of ``log`` from where it stands and writes ``online``. One thread calls it.

    A new object counts the events of the longest window again, so nothing but the log and the online rows
    has to survive a restart; writing a row twice changes nothing.
    """

    def __init__(self, log: EventLog, online: OnlineRows, now: int) -> None:
        self._log, self._online = log, online
        self._stream = StreamUpdater(online)
        since = needed_since(online, now)
        self._next: dict[Topic, int] = {topic: first_offset(log, topic, since) for topic in EVENT_TOPICS}
        self._next["posts"] = 0
        self.catch_up(now)

    def catch_up(self, now: int) -> int:
        """Take in what the log holds by now and bring the rows to ``now`` (ms); returns rows written."""
        written = sum(write_posts(self._online, posts) for posts in self._fresh("posts", _POSTS.decode))
        for topic in EVENT_TOPICS:
            for events in self._fresh(topic, _EVENTS.decode):
                self._stream.add(events)
        return written + self._stream.advance(now)

    def _fresh(self, topic: Topic, decode: Callable[[bytes], T]) -> Iterator[Sequence[T]]:
        while records := self._log.read(topic, self._next[topic], BATCH):
            yield [decode(record.body) for record in records]
            self._next[topic] = records[-1].offset + 1


def first_offset(log: EventLog, topic: Topic, since: int) -> int:
    """The first offset of ``topic`` whose event arrived at or after ``since`` (ms).

    The log is in order of arrival, and nothing arrives before it happens, so no event of ``since`` or
    later lies before this offset.
    """
    low, high = 0, log.end(topic)
    while low < high:
        middle = (low + high) // 2
        record = log.read(topic, middle, 1)
        if record and _EVENTS.decode(record[0].body).arrived_at < since:
            low = middle + 1
        else:
            high = middle
    return low
