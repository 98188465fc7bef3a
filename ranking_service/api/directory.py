"""People by the beginning of their username, for pickers."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from feed_core.api.fields import Limit, Text
from ranking_service.api.context import Directory
from ranking_service.api.openapi import json_of
from ranking_service.api.wire import answer

router = APIRouter(prefix="/v1", tags=["console"])


class FoundPerson(msgspec.Struct, frozen=True):
    """One person."""

    user_id: str
    username: str


class PeopleOut(msgspec.Struct, frozen=True):
    """People in order of username."""

    people: tuple[FoundPerson, ...]


@router.get("/people", response_class=Response, responses=json_of(PeopleOut))
def find_people(
    people: Directory, query: Annotated[Text, Query(max_length=64)] = "", limit: Limit = 12
) -> Response:
    """People whose username begins with `query`; everyone when it is empty."""
    found = people.starting_with(query.strip().lower(), limit)
    return answer(PeopleOut(tuple(FoundPerson(str(id_), name) for name, id_ in found)))
