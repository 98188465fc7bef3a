"""Cursors: where a reader stands in a list, as an opaque, url-safe, checked text."""

import base64
import hashlib
from typing import Annotated

import msgspec

from feed_core.model.errors import InvalidInput
from feed_core.model.ids import MAX_ID
from feed_core.model.rules import shown

_CHECK_BYTES = 6
_MAX_LENGTH = 400
_Position = tuple[Annotated[int, msgspec.Meta(ge=0, le=MAX_ID)], ...]
"""Times, ids and offsets. Anybody can compute the check, so what no store holds is refused here."""


def encode_cursor(kind: str, scope: int, *position: int) -> str:
    """A cursor of ``kind`` (which list) and ``scope`` (whose) for a position of int64 numbers from 0."""
    body = msgspec.msgpack.encode(position)
    return base64.urlsafe_b64encode(_check(kind, scope, body) + body).rstrip(b"=").decode()


def decode_cursor(cursor: str, kind: str, scope: int, length: int) -> tuple[int, ...]:
    """The ``length`` numbers of a cursor made for the same kind and scope, else ``InvalidInput``."""
    position = _position_of(cursor, kind, scope)
    if position is None or len(position) != length or encode_cursor(kind, scope, *position) != cursor:
        raise InvalidInput(
            f"The cursor {shown(cursor)} is not one that this service made.",
            fix="Send next_cursor of the page before, or none to start at the newest.",
        )
    return position


def _position_of(cursor: str, kind: str, scope: int) -> tuple[int, ...] | None:
    if len(cursor) > _MAX_LENGTH:
        return None
    try:
        raw = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        body = raw[_CHECK_BYTES:]
        position = msgspec.msgpack.decode(body, type=_Position)
    except (ValueError, msgspec.MsgspecError):
        return None
    return position if raw[:_CHECK_BYTES] == _check(kind, scope, body) else None


def _check(kind: str, scope: int, body: bytes) -> bytes:
    return hashlib.blake2s(f"{kind}:{scope}:".encode() + body, digest_size=_CHECK_BYTES).digest()
