"""Keeps the counts of posts and comments right where they are not part of the write itself.

A record says only where to look: the buckets that its like or comment lies in are recounted. So repeats, old
records and two workers at once do no harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from feed_core.model.events import CommentEvent, Event
from feed_core.ports.comments import Comments
from feed_core.ports.counters import Counted, PostCounters
from feed_core.ports.event_log import LogRecord

_decode_event = msgspec.msgpack.Decoder(Event).decode
_decode_comment_event = msgspec.msgpack.Decoder(CommentEvent).decode
_COUNTED: dict[str, Counted] = {
    "like": "like", "unlike": "like", "save": "save", "unsave": "save", "share": "share",
}  # fmt: skip


@dataclass(frozen=True)
class Counters:
    """Handlers for the topics ``engagement`` and ``comments``."""

    counters: PostCounters
    comments: Comments

    def on_engagement(self, records: Sequence[LogRecord]) -> None:
        """Recount what likes, saves and shares changed."""
        touched: dict[Counted, set[tuple[int, int]]] = {}
        for event in (_decode_event(record.body) for record in records):
            counted = _COUNTED.get(event.action)
            if counted is not None:
                touched.setdefault(counted, set()).add((event.post_id, event.user_id))
        for counted, pairs in touched.items():
            self.counters.recount_touched(counted, pairs)

    def on_comments(self, records: Sequence[LogRecord]) -> None:
        """Recount the comments of posts, the answers to comments and their likes."""
        events = [_decode_comment_event(record.body) for record in records]
        written = {(e.post_id, e.comment_id) for e in events if e.action in ("comment", "delete")}
        liked = {(e.comment_id, e.user_id) for e in events if e.action in ("like", "unlike")}
        comments = self.comments.get_many({comment_id for _, comment_id in written})
        answers = {(c.parent_id, id_) for id_, c in comments.items() if c.parent_id}
        self.counters.recount_touched("comment", written)
        self.counters.recount_touched("answer", answers)
        self.counters.recount_touched("comment_like", liked)
