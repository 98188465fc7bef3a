"""What is known about the person who asks: whom they follow, whom they may not see, what they were shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.errors import NotFound
from feed_core.model.rules import check_id
from ranking_service.memory.served import ServedPosts
from ranking_service.pipeline.pool import NO_IDS, Ids
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.trace import Trace
from ranking_service.records import Request


@dataclass(frozen=True)
class ReadPerson:
    """Makes a ``Query`` of a ``Request``."""

    core: FeedCore
    served: ServedPosts

    def check(self, user_id: int) -> None:
        """Raises ``InvalidInput`` for what is no id and ``NotFound`` for a person who is not there."""
        check_id(user_id, "user id")
        if user_id not in self.core.accounts.get_many((user_id,)):
            raise NotFound(f"There is no user {user_id}.", fix="Check the user id.")

    def query(self, request: Request, trace: Trace) -> Query:
        """Raises as ``check`` does; what cannot be read is noted and left as unknown."""
        user, graph = request.user_id, self.core.graph
        self.check(user)
        now = self.core.clock.now() if request.now is None else request.now
        following = _read(trace, "following", lambda: sorted_ids(graph.following((user,))[user]))
        return Query(
            request=request,
            now=now,
            following=NO_IDS if following is None else following,
            hidden=_read(trace, "hidden", lambda: sorted_ids(graph.apart_from((user,))[user])),
            served=_read(trace, "served", lambda: self.served.since(user, now)),
        )


def sorted_ids(ids: Iterable[int]) -> Ids:
    """Distinct ids, int64, ascending."""
    return np.unique(np.fromiter(ids, np.int64))


def _read(trace: Trace, part: str, read: Callable[[], Ids]) -> Ids | None:
    try:
        return read()
    except Exception as error:
        trace.failed("hydration", part, error)
        return None
