"""Pages of a ranked list: the first from a new ranking, the others from its snapshot, vouched for anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feed_core.model.cursors import decode_cursor, encode_cursor
from ranking_service.ladder import Ladder
from ranking_service.memory.snapshots import Snapshots
from ranking_service.pipeline.filtering import vouched
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.ranking import Page, Ranking
from ranking_service.pipeline.stages import Filter
from ranking_service.pipeline.trace import Trace

_CURSOR = "for_you"


@dataclass(frozen=True)
class Paging:
    """``safety`` filters are asked on every page; ``filters`` (with them) where a ranking is made. Pages that
    are newest first are asked of ``timeline_safety``, which shows what the feed core's own timeline does."""

    ladder: Ladder
    snapshots: Snapshots
    safety: Sequence[Filter]
    filters: Sequence[Filter]
    timeline_safety: Sequence[Filter]

    def page(self, query: Query, trace: Trace, decision_id: int) -> Page:
        """The page that the request asks for; raises ``InvalidInput`` for a cursor that is not of this
        person and service or whose time is over, ``Unavailable`` when it cannot be checked what may be
        shown."""
        if query.request.cursor:
            return self._following(query, trace, decision_id)
        ranking = self.ladder.ranking(query, self.filters, trace)
        return self._cut(query, ranking, np.arange(len(ranking)), 0, decision_id, decision_id)

    def preview(self, query: Query, trace: Trace) -> Page:
        """A first page as if nothing had been served before."""
        ranking = self.ladder.ranking(query, self.safety, trace)
        return self._cut(query, ranking, np.arange(len(ranking)), 0, 0, 0)

    def newest_first(self, query: Query, trace: Trace) -> Page:
        """A first page of the chronological timeline; nothing of it is logged."""
        ranking = self.ladder.chronological(query, trace)
        return self._cut(query, ranking, np.arange(len(ranking)), 0, 0, 0)

    def _following(self, query: Query, trace: Trace, decision_id: int) -> Page:
        user = query.user_id
        snapshot_id, offset, position = decode_cursor(query.request.cursor, _CURSOR, user, 3)
        ranking = self.snapshots.get(snapshot_id, user, query.now)
        left = np.arange(offset, len(ranking))
        safety = self.timeline_safety if ranking.served_by == "chronological" else self.safety
        safe = vouched(safety, query, ranking.pool.take(left), trace)
        return self._cut(query, ranking, left[safe], position, snapshot_id, decision_id)

    def _cut(
        self, query: Query, ranking: Ranking, left: np.ndarray, position: int, snapshot_id: int,
        decision_id: int,
    ) -> Page:  # fmt: skip
        """The next posts of ``ranking`` at index ``left``; the first page's decision names the snapshot,
        and 0 says that there is none to go on in."""
        shown, user = left[: query.request.limit], query.user_id
        cursor, fresh = "", not query.request.cursor
        if snapshot_id and len(left) > len(shown):
            cursor = encode_cursor(_CURSOR, user, snapshot_id, int(shown[-1]) + 1, position + len(shown))
        return Page(
            query=query,
            decision_id=decision_id if len(shown) else 0,
            shown=ranking.take(shown),
            positions=np.arange(position, position + len(shown)),
            snapshot_id=snapshot_id,
            snapshot=ranking if fresh and cursor else None,
            next_cursor=cursor,
        )
