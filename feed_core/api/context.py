"""What endpoints ask for: the core, the page they want, and where an action came from."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from feed_core.api.fields import Id, Incoming, Limit, Position, Surface, Text
from feed_core.core import FeedCore


async def core_of(request: Request) -> FeedCore:
    """The core that ``install`` gave to the app."""
    core: FeedCore = request.app.state.core
    return core


class IdPage(Incoming):
    """Which part of a list that is ordered by id."""

    limit: Limit = 20
    cursor: Id | None = None

    @property
    def after(self) -> int:
        """The id to go on after; 0 from the start."""
        return self.cursor or 0


class ReadPage(IdPage):
    """As ``IdPage``, where it matters who reads (a set of query parameters must know all of them)."""

    reader_id: Id | None = None


class Attribution(Incoming):
    """Where the person saw what they acted on; all optional, all used to learn from."""

    decision_id: Id | None = None
    position: Position = -1
    surface: Surface = "timeline"


Core = Annotated[FeedCore, Depends(core_of)]
Paged = Annotated[IdPage, Query()]
ReadPaged = Annotated[ReadPage, Query()]
Attributed = Annotated[Attribution, Query()]
UserId = Annotated[Id, Path(description="The user; where something is written or private, the one who asks.")]
PostId = Annotated[Id, Path(description="The post.")]
ActingId = Annotated[Id, Query(description="Who acts; must own what is changed.")]
ReaderId = Annotated[
    Id | None,
    Query(description="Who reads: decides what is visible, fills `liked`. A session says it itself."),
]
Cursor = Annotated[Text, Query(max_length=500, description="`next_cursor` of the page before.")]
