"""How a cached value is written: a version byte, when it ends, what it cost, the value in msgpack.

A value of another version is as good as absent, so that processes of two releases can share a cache.
"""

import math
import struct
from random import Random
from typing import NamedTuple

_VERSION = 1
_HEAD = struct.Struct("<BqI")


class Envelope(NamedTuple):
    """``ends_at`` in ms; ``cost_ms`` is how long the value took to load; ``body`` is None for nothing."""

    ends_at: int
    cost_ms: int
    body: bytes | None


def seal(envelope: Envelope) -> bytes:
    """To be stored."""
    return _HEAD.pack(_VERSION, envelope.ends_at, envelope.cost_ms) + (envelope.body or b"")


def open_envelope(stored: bytes) -> Envelope | None:
    """None for what another version wrote."""
    if len(stored) < _HEAD.size or stored[0] != _VERSION:
        return None
    _, ends_at, cost_ms = _HEAD.unpack_from(stored)
    return Envelope(ends_at, cost_ms, stored[_HEAD.size :] or None)


def is_due(envelope: Envelope, now: int, random: Random) -> bool:
    """Whether it has ended, or this reader should load it anew before it does.

    XFetch (Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", 2015):
    the nearer the end and the dearer the value, the likelier; one reader comes first, not all at once.
    """
    return now - envelope.cost_ms * math.log(1.0 - random.random()) >= envelope.ends_at
