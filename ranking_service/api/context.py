"""What endpoints of the ranking service ask for."""

from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from ranking_service.api.people import People
from ranking_service.for_you import ForYou


async def for_you_of(request: Request) -> ForYou:
    """The pipeline that ``create_app`` gave to the app."""
    service: ForYou = request.app.state.for_you
    return service


async def home_of(request: Request) -> Path:
    """The home folder that the app serves."""
    home: Path = request.app.state.home
    return home


async def people_of(request: Request) -> People:
    """The directory of usernames."""
    people: People = request.app.state.people
    return people


Service = Annotated[ForYou, Depends(for_you_of)]
Home = Annotated[Path, Depends(home_of)]
Directory = Annotated[People, Depends(people_of)]
