"""Last-write-wins: of two versions of a record the newer stays, and every region picks the same one."""

from typing import TypeVar

import msgspec

_encode = msgspec.msgpack.Encoder().encode
Record = TypeVar("Record", bound=msgspec.Struct)


def last_write(a: tuple[int, Record], b: tuple[int, Record]) -> tuple[int, Record]:
    """The (version, record) that stays: commutative, associative, idempotent.

    Versions are ms, each writer's own later than what it replaces. Records of one version, written in
    two regions, are ordered by their bytes: either is right, as long as all pick it.
    """
    return max(a, b, key=lambda each: (each[0], _encode(each[1])))
