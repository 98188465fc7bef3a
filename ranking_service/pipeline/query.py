"""The request as the stages see it: with what is known about the person."""

from dataclasses import dataclass

from ranking_service.pipeline.pool import Ids
from ranking_service.records import Request


@dataclass(frozen=True, slots=True)
class Query:
    """A hydrated request. Ids are int64, ascending.

    ``hidden`` (authors blocked or muted, either way) and ``served`` (posts shown lately) are None when
    they could not be read; filters that need them then let nothing through.
    """

    request: Request
    now: int
    following: Ids
    hidden: Ids | None
    served: Ids | None

    @property
    def user_id(self) -> int:
        """Who asks."""
        return self.request.user_id
