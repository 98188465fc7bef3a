"""Writes records to the event log, keyed by the user whose order is kept."""

from collections.abc import Callable, Sequence

import msgspec

from feed_core.model.events import CommentEvent, Decision, Event, Topic
from feed_core.model.media import Media
from feed_core.model.posts import Post
from feed_core.ports.event_log import EventLog

_encode = msgspec.msgpack.Encoder().encode


def log_events(log: EventLog, topic: Topic, events: Sequence[Event]) -> None:
    """Append engagement or graph events."""
    if events:
        log.append(topic, [(event.user_id, _encode(event)) for event in events])


def log_posts(log: EventLog, posts: Sequence[Post]) -> None:
    """Append whole posts, as they are after the change."""
    if posts:
        log.append("posts", [(post.author_id, _encode(post)) for post in posts])


def log_comments(log: EventLog, events: Sequence[CommentEvent]) -> None:
    """Append what happened to comments."""
    if events:
        log.append("comments", [(event.user_id, _encode(event)) for event in events])


def log_media(log: EventLog, media: Sequence[Media]) -> None:
    """Append whole entries of the catalogue."""
    if media:
        log.append("media", [(each.user_id, _encode(each)) for each in media])


def log_decisions(log: EventLog, decisions: Sequence[Decision]) -> None:
    """Append what was shown."""
    if decisions:
        log.append("decisions", [(decision.user_id, _encode(decision)) for decision in decisions])


def send_shown(
    log: EventLog, decisions: Sequence[Decision], impressions: Sequence[Event], *, gathered: bool = False
) -> Callable[[], None]:
    """Append what was shown, together; call the answer to wait until it is durable, or let it be
    ``gathered`` with what others send."""
    return log.send(
        {
            "decisions": [(decision.user_id, _encode(decision)) for decision in decisions],
            "engagement": [(event.user_id, _encode(event)) for event in impressions],
        },
        gathered=gathered,
    )
