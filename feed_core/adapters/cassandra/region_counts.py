"""Other regions' counts in Cassandra.

``at`` is the time of the write too, so the store itself keeps the later counts of a region, and of equal
times the larger body, as ``last_write`` does.
"""

from collections.abc import Collection, Mapping

import msgspec

from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.conflicts.counts import Counted
from feed_core.model.posts import PostCounts

_PUT = "INSERT INTO region_counts (post_id, region, body) VALUES (?, ?, ?) USING TIMESTAMP ?"
_GET = "SELECT post_id, region, body FROM region_counts WHERE post_id IN ?"
_REMOVE = "DELETE FROM region_counts WHERE post_id = ?"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, PostCounts]).decode


class CassandraRegionCounts:
    """Implements ``ports.region_counts.RegionCounts``."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session

    def get_many(self, post_ids: Collection[int]) -> dict[int, Counted]:
        found: dict[int, dict[str, tuple[int, PostCounts]]] = {}
        for post_id, region, body in self._session.rows_in(_GET, set(post_ids)):
            found.setdefault(post_id, {})[region] = _decode(body)
        return dict(found)

    def put(self, counts: Mapping[int, Counted]) -> None:
        self._session.write_small(
            _PUT,
            (
                (post_id, region, _encode((at, each)), at * 1_000)
                for post_id, told in counts.items()
                for region, (at, each) in told.items()
            ),
        )

    def remove(self, post_ids: Collection[int]) -> None:
        self._session.write_small(_REMOVE, ((post_id,) for post_id in post_ids))
