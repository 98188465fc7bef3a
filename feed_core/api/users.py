"""Users: sign-up, look-up, counts."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, Paged, UserId
from feed_core.api.fields import Body, Text
from feed_core.api.views import PageView, UserStatsView, UserView
from feed_core.api.writes import NOBODY, Writing
from feed_core.model.users import NewUser
from feed_core.services.accounts import MAX_BIO, MAX_FULL_NAME

router = APIRouter(prefix="/v1", tags=["users"], route_class=StrictRoute)


class NewUserBody(Body):
    """A sign-up."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"username": "ada", "full_name": "Ada Lovelace", "bio": "Engines."}]}
    )

    username: Text = Field(min_length=1, max_length=30, description="Of a-z, 0-9, dot and underscore.")
    full_name: Text = Field("", max_length=MAX_FULL_NAME)
    bio: Text = Field("", max_length=MAX_BIO)


@router.post("/users", status_code=201, response_model=UserView)
def create_user(body: NewUserBody, core: Core, write: Writing) -> Response:
    """Create a user. 409 when the username is taken."""
    new = NewUser(username=body.username, full_name=body.full_name, bio=body.bio)
    return write.answer(NOBODY, lambda: UserView.of(core.accounts.create_many([new])[0]), 201)


@router.get("/users")
def list_users(core: Core, page: Paged) -> PageView[UserView]:
    """All users in order of id, which is the order of sign-up."""
    users = core.accounts.page(page.after, page.limit)
    following = str(users[-1].user_id) if len(users) == page.limit else ""
    return PageView(items=[UserView.of(user) for user in users], next_cursor=following)


@router.get("/users/{user_id}")
def read_user(user_id: UserId, core: Core) -> UserView:
    """One user."""
    return UserView.of(core.accounts.require(user_id))


@router.get("/users/{user_id}/stats")
def read_user_stats(user_id: UserId, core: Core) -> UserStatsView:
    """Counts of followers, followed and posts; eventually consistent."""
    core.accounts.require(user_id)
    return UserStatsView.of(core.accounts.stats_many([user_id])[user_id])


@router.get("/usernames/{username}")
def read_user_by_name(username: Annotated[Text, Path(max_length=64)], core: Core) -> UserView:
    """The user who has this username."""
    return UserView.of(core.accounts.require(core.accounts.require_username(username)))
