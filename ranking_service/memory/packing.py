"""A ranking as bytes and back: a version, then the arrays as they lie in memory, little-endian."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from feed_core.model.errors import Corrupt
from ranking_service.pipeline.pool import Pool
from ranking_service.pipeline.ranking import Ranking, Scored
from ranking_service.records import Rung

_VERSION = b"\x01"
"""Another one whenever ``_Packed`` or ``_Scored`` change: releases read each other's lists."""


class _Scored(msgspec.Struct, array_like=True):
    """``Scored`` with its arrays as bytes."""

    values: bytes
    scores: bytes
    before: bytes
    rules: tuple[str, ...]
    factors: bytes
    actions: tuple[str, ...]
    weights: tuple[float, ...]
    probabilities: bytes
    features: bytes


class _Packed(msgspec.Struct, array_like=True):
    """``Ranking`` with its arrays as bytes; ``pool`` is five columns one after the other."""

    served_by: Rung
    model_version: str
    definitions_hash: str
    feature_age_ms: int | None
    pool: bytes
    scored: _Scored | None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Packed).decode


def pack(ranking: Ranking) -> bytes:
    """Bytes from which ``unpack`` makes the same ranking."""
    p = ranking.pool
    columns = np.stack([p.post_ids, p.author_ids, p.created_at, p.sources, p.in_network]).astype("<i8")
    scored = None if ranking.scored is None else _pack_scored(ranking.scored)
    packed = _Packed(
        ranking.served_by, ranking.model_version, ranking.definitions_hash, ranking.feature_age_ms,
        columns.tobytes(), scored,
    )  # fmt: skip
    return _VERSION + _encode(packed)


def unpack(body: bytes) -> Ranking:
    """The ranking that ``pack`` was given; raises ``Corrupt`` for what it has not made in this version."""
    if body[:1] != _VERSION:
        raise Corrupt("The list was packed by another release.")
    try:
        return _ranking_of(_decode(body[1:]))
    except ValueError as error:
        raise Corrupt(f"The list cannot be unpacked: {error}.") from error


def _ranking_of(packed: _Packed) -> Ranking:
    columns = np.frombuffer(packed.pool, "<i8").astype(np.int64).reshape(5, -1)
    pool = Pool(columns[0], columns[1], columns[2], columns[3], columns[4].astype(np.bool_))
    scored = None if packed.scored is None else _unpack_scored(packed.scored, len(pool))
    return Ranking(
        packed.served_by, packed.model_version, packed.definitions_hash, packed.feature_age_ms, pool, scored
    )


def _pack_scored(scored: Scored) -> _Scored:
    return _Scored(
        _f8(scored.values), _f8(scored.scores), scored.before.astype("<i8").tobytes(), scored.rules,
        _f8(scored.factors), scored.actions, scored.weights, _f8(scored.probabilities),
        scored.features.astype("<f4").tobytes(),
    )  # fmt: skip


def _unpack_scored(packed: _Scored, n: int) -> Scored:
    features = np.frombuffer(packed.features, "<f4").astype(np.float32)
    return Scored(
        values=_of_f8(packed.values), scores=_of_f8(packed.scores),
        before=np.frombuffer(packed.before, "<i8").astype(np.int64), rules=packed.rules,
        factors=_of_f8(packed.factors).reshape(n, len(packed.rules)), actions=packed.actions,
        weights=packed.weights, probabilities=_of_f8(packed.probabilities).reshape(n, len(packed.actions)),
        features=features.reshape(n, -1) if n else features.reshape(0, 0),
    )  # fmt: skip


def _f8(array: NDArray[np.float64]) -> bytes:
    return array.astype("<f8").tobytes()


def _of_f8(blob: bytes) -> NDArray[np.float64]:
    return np.frombuffer(blob, "<f8").astype(np.float64)
