"""The lake's tables: their columns, and how the log's msgpack bodies become them."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa

from feed_core.model.events import Decision, Event, Topic
from feed_core.model.posts import Post

_I64, _F64, _TEXT = pa.int64(), pa.float64(), pa.string()
_IDS, _TEXTS, _FLOATS = pa.list_(_I64), pa.list_(_TEXT), pa.list_(_F64)

EVENT_SCHEMA = pa.schema({
    "event_id": _I64, "occurred_at": _I64, "arrived_at": _I64,
    "user_id": _I64, "post_id": _I64, "author_id": _I64,
    "action": _TEXT, "surface": _TEXT, "position": _I64, "decision_id": _I64, "value": _F64,
})  # fmt: skip
POST_SCHEMA = pa.schema({
    "post_id": _I64, "author_id": _I64, "caption": _TEXT, "hashtags": _TEXTS, "mentions": _IDS,
    "place": _TEXT, "media_type": _TEXT, "media_count": pa.int32(),
    "created_at": _I64, "updated_at": _I64, "deleted": pa.bool_(),
})  # fmt: skip
DECISION_SCHEMA = pa.schema({
    "decision_id": _I64, "occurred_at": _I64, "user_id": _I64, "surface": _TEXT, "served_by": _TEXT,
    "model_version": _TEXT, "definitions_hash": _TEXT,
    "post_ids": _IDS, "author_ids": _IDS, "positions": _IDS, "sources": _TEXTS,
    "scores": _FLOATS, "propensities": _FLOATS, "features": pa.binary(),
})  # fmt: skip

_EVENT_FIELDS = tuple(field.type for field in msgspec.structs.fields(Event))
_EVENT = msgspec.msgpack.Decoder(tuple.__class_getitem__(_EVENT_FIELDS))
_POST = msgspec.msgpack.Decoder(Post)
_DECISION = msgspec.msgpack.Decoder(Decision)
_DECISION_ROW = attrgetter(*DECISION_SCHEMA.names)
Row = tuple[Any, ...]
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError, OverflowError)
"""What a body that is no row raises: text that is none, nesting without end, a number beyond 64 bits."""


class Table(NamedTuple):
    """One table of the lake. A row is known by ``key`` and lies in the day of its ``time`` (ms).

    ``versions`` keeps every version of a key (posts, newest wins when read); else the first stays.
    ``batch`` is how many log records are taken at once, ``row`` turns one body into one row.
    """

    name: str
    topic: Topic
    key: str
    time: str
    schema: pa.Schema
    batch: int
    versions: bool
    row: Callable[[bytes], Row]


def to_table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """Rows (tuples in the order of ``schema``) as an Arrow table.

    Raises ``OverflowError`` at a number that its column cannot hold.
    """
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _post_row(body: bytes) -> Row:
    post = _POST.decode(body)
    kind = post.media[0].media_type if post.media else ""
    return (
        *(post.post_id, post.author_id, post.caption, post.hashtags, post.mentions, post.place),
        *(kind, len(post.media), post.created_at, post.updated_at, post.deleted),
    )


def _decision_row(body: bytes) -> Row:
    row: Row = _DECISION_ROW(_DECISION.decode(body))
    return row


TABLES = (
    Table("posts", "posts", "post_id", "created_at", POST_SCHEMA, 32_768, True, _post_row),
    Table("events", "graph", "event_id", "occurred_at", EVENT_SCHEMA, 131_072, False, _EVENT.decode),
    Table("events", "engagement", "event_id", "occurred_at", EVENT_SCHEMA, 131_072, False, _EVENT.decode),
    Table(
        "decisions", "decisions", "decision_id", "occurred_at", DECISION_SCHEMA, 8_192, False, _decision_row
    ),
)
"""In this order, so that an event's post is in the lake before the event."""
