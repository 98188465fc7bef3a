"""Makes the caches forget what the log says has changed.

Whoever writes makes them forget at once, and a write that was cut short does so when it is finished. This is
for writers that do not: another region's, a bulk load, a program of an operator's own. What they log is
forgotten here, once for every record, and nothing stays until its time to live is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from feed_core.model.events import Event
from feed_core.model.posts import Post
from feed_core.ports.event_log import LogRecord
from feed_core.ports.invalidation import Invalidation

_decode_post = msgspec.msgpack.Decoder(Post).decode
_decode_event = msgspec.msgpack.Decoder(Event).decode


@dataclass(frozen=True)
class InvalidateCaches:
    """Handlers for the topics ``posts`` and ``graph``."""

    caches: Invalidation

    def on_posts(self, records: Sequence[LogRecord]) -> None:
        """Forget the posts, and their authors, who count them."""
        posts = [_decode_post(record.body) for record in records]
        self.caches.posts({post.post_id for post in posts})
        self.caches.people({post.author_id for post in posts})

    def on_graph(self, records: Sequence[LogRecord]) -> None:
        """Forget both people of every edge."""
        events = [_decode_event(record.body) for record in records]
        self.caches.people({id_ for event in events for id_ in (event.user_id, event.author_id) if id_})
