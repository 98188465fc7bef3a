"""Accounts: sign-up, profile, look-up, counts, leaving."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, ReadPaged, UserId
from feed_core.api.fields import Body, Text
from feed_core.api.identity import Reader, Who
from feed_core.api.views import Changed, PageView, UserStatsView, UserView
from feed_core.api.writes import Writing
from feed_core.model.errors import InvalidInput
from feed_core.model.users import NewUser
from feed_core.services.accounts import MAX_BIO, MAX_FULL_NAME
from feed_core.services.contacts import MAX_EMAIL, MAX_PASSWORD
from feed_core.services.limits import SIGN_UPS_FROM
from feed_core.services.profiles import MAX_URL, ProfileEdit

router = APIRouter(prefix="/v1", tags=["accounts"], route_class=StrictRoute)
Password = Annotated[Text, Field(max_length=MAX_PASSWORD)]
Email = Annotated[Text, Field(max_length=MAX_EMAIL)]
Phone = Annotated[Text, Field(max_length=40)]


class NewUserBody(Body):
    """A sign-up. A person who is to log in needs a password, and an email or a phone number."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "username": "ada",
                    "full_name": "Ada Lovelace",
                    "bio": "Engines.",
                    "email": "ada@example.org",
                    "password": "note G and all that",
                }
            ]
        }
    )

    username: Text = Field(min_length=1, max_length=30, description="Of a-z, 0-9, dot and underscore.")
    full_name: Text = Field("", max_length=MAX_FULL_NAME)
    bio: Text = Field("", max_length=MAX_BIO)
    email: Email = ""
    phone: Phone = Field("", description="International, such as +441632960961.")
    password: Password = Field("", description="8 to 128 characters.")


class ProfileBody(Body):
    """What changes; fields that are left out stay."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"bio": "Engines and poems.", "private": True}]}
    )

    full_name: Annotated[Text, Field(max_length=MAX_FULL_NAME)] | None = None
    bio: Annotated[Text, Field(max_length=MAX_BIO)] | None = None
    website: Annotated[Text, Field(max_length=MAX_URL)] | None = None
    avatar_url: Annotated[Text, Field(max_length=MAX_URL)] | None = None
    private: bool | None = None


@router.post("/users", status_code=201, response_model=UserView)
def create_user(body: NewUserBody, request: Request, core: Core, who: Who, write: Writing) -> Response:
    """Sign up. Strong: log-in works at once. 409 when the username, email or phone is taken.

    Only a trusted program may leave out the password, for people who never log in.
    """
    new = NewUser(username=body.username, full_name=body.full_name, bio=body.bio)
    if not who.trusted:
        core.limits.take((f"sign-up-from:{_address(request)}", SIGN_UPS_FROM))
    if body.password or not who.trusted:
        sign_up = core.sign_up.prepare(new, body.email, body.phone, body.password)
        told = write.without(body, "password")
        return told.answer(None, lambda: UserView.of(core.sign_up.run(sign_up)), 201)
    if body.email or body.phone:
        raise InvalidInput("There is an email or phone, but no password.", fix="Send all, or none.")
    return write.answer(None, lambda: UserView.of(core.accounts.create_many([new])[0]), 201)


@router.get("/users")
def list_users(core: Core, reader: Reader, page: ReadPaged) -> PageView[UserView]:
    """All users in order of id, which is about the order of sign-up; people across a block are left out."""
    users = core.accounts.page(page.after, page.limit)
    following = str(users[-1].user_id) if len(users) == page.limit else ""
    seen = core.visibility.seen_people(reader, {user.user_id for user in users})
    items = [UserView.of(user) for user in users if user.user_id in seen]
    return PageView(items=items, next_cursor=following)


@router.get("/users/{user_id}")
def read_user(user_id: UserId, core: Core, reader: Reader) -> UserView:
    """One user; strong. Of a private account this is what everybody sees."""
    core.visibility.require_person(reader, user_id)
    return UserView.of(core.accounts.require(user_id))


@router.patch("/users/{user_id}", response_model=UserView)
def edit_profile(user_id: UserId, body: ProfileBody, core: Core, write: Writing) -> Response:
    """Change one's profile; strong, the last write wins. Who waits to follow is let in when the account
    stops being private; who follows already stays when it becomes private."""
    edit = ProfileEdit(**body.model_dump())
    return write.answer(user_id, lambda: UserView.of(core.profiles.edit(user_id, edit)))


@router.delete("/users/{user_id}", response_model=Changed)
def delete_user(user_id: UserId, core: Core, write: Writing) -> Response:
    """Leave: the account and all it has are hidden and its sessions end at once; after 90 days everything
    is removed and the username is free."""

    def act() -> Changed:
        core.profiles.delete(user_id)
        return Changed(changed=True)

    return write.answer(user_id, act)


@router.put("/users/{user_id}/verified", response_model=UserView)
def verify(user_id: UserId, core: Core, who: Who, write: Writing) -> Response:
    """Give the verified sign; for operators."""
    who.operate()
    return write.answer(user_id, lambda: UserView.of(core.profiles.set_verified(user_id, True)))


@router.delete("/users/{user_id}/verified", response_model=UserView)
def unverify(user_id: UserId, core: Core, who: Who, write: Writing) -> Response:
    """Take the verified sign; for operators."""
    who.operate()
    return write.answer(user_id, lambda: UserView.of(core.profiles.set_verified(user_id, False)))


@router.get("/users/{user_id}/stats")
def read_user_stats(user_id: UserId, core: Core, reader: Reader) -> UserStatsView:
    """Counts of followers, followed and posts; eventually consistent."""
    core.visibility.require_person(reader, user_id)
    return UserStatsView.of(core.accounts.stats_many([user_id])[user_id])


@router.get("/usernames/{username}")
def read_user_by_name(username: Annotated[Text, Path(max_length=64)], core: Core, reader: Reader) -> UserView:
    """The user who has this username; strong."""
    user_id = core.accounts.require_username(username)
    core.visibility.require_person(reader, user_id)
    return UserView.of(core.accounts.require(user_id))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
