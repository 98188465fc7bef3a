"""Hashtags that rise above their own baseline, as the trends job left them."""

from pathlib import Path

import msgspec
from fastapi import APIRouter, Response

from feed_core.model.errors import Corrupt
from ranking_service.api.context import Home
from ranking_service.api.openapi import json_of
from ranking_service.api.wire import answer

router = APIRouter(prefix="/v1", tags=["console"])
FILE = Path("spark") / "trends" / "trends.json"


class TrendingTag(msgspec.Struct, frozen=True, kw_only=True):
    """A hashtag in its strongest window, and its events over time as [ms since 1970 UTC, events]."""

    tag: str
    score: float
    users: int
    events: int = 0
    series: tuple[tuple[int, float], ...] = ()


class TrendsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Strongest first; a window is ``window_ms`` long."""

    window_ms: int
    tags: tuple[TrendingTag, ...]


@router.get("/trends", response_class=Response, responses=json_of(TrendsOut))
def read_trends(home: Home) -> Response:
    """The newest trends; empty until the trends job has run."""
    return answer(trends_of(home))


def trends_of(home: Path) -> TrendsOut:
    """The file of ``home``; raises ``Corrupt`` when it is damaged."""
    try:
        content = (home / FILE).read_bytes()
    except FileNotFoundError:
        return TrendsOut(window_ms=0, tags=())
    try:
        return msgspec.json.decode(content, type=TrendsOut)
    except ValueError as error:  # also for text that is no UTF-8
        message = f"The trends of this home cannot be read: {error}."
        raise Corrupt(message, fix="Run: loupe spark trends.") from error
