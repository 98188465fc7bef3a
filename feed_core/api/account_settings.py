"""What people set for themselves."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, UserId
from feed_core.api.fields import Body, Outgoing, Text
from feed_core.api.identity import OwnId
from feed_core.api.writes import Writing
from feed_core.services.user_settings import MAX_WORD, MAX_WORDS

router = APIRouter(prefix="/v1/users/{user_id}", tags=["settings"], route_class=StrictRoute)
MUTED_WORDS = (
    "Posts with one of these in the caption or in a hashtag are left out of one's timelines at once. "
    "Whole words, whatever their case or form: `art` hits `ART!` and `#art`, not `party`; `#art` hits the "
    "hashtag alone; `new york` may be several words. Where a script has no spaces, anywhere."
)
Word = Annotated[Text, Field(min_length=1, max_length=MAX_WORD)]


class SettingsView(Outgoing):
    """Settings; of edits made in two regions at once, the latest of each setting, all muted words."""

    notify_likes: bool
    notify_comments: bool
    notify_follows: bool
    notify_mentions: bool
    language: str
    muted_words: list[str] = Field(description=MUTED_WORDS)


class SettingsBody(Body):
    """What changes; fields that are left out stay."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"notify_likes": False, "muted_words": ["spoiler"]}]}
    )

    notify_likes: bool | None = None
    notify_comments: bool | None = None
    notify_follows: bool | None = None
    notify_mentions: bool | None = None
    language: Annotated[Text, Field(min_length=2, max_length=2)] | None = None
    muted_words: Annotated[list[Word], Field(max_length=MAX_WORDS)] | None = Field(
        None, description=MUTED_WORDS
    )


@router.get("/settings")
def read_settings(user_id: OwnId, core: Core) -> SettingsView:
    """One's own settings; strong."""
    return SettingsView.of(core.settings.get(user_id))


@router.patch("/settings", response_model=SettingsView)
def edit_settings(user_id: UserId, body: SettingsBody, core: Core, write: Writing) -> Response:
    """Change one's own settings; strong. An edit replaces what it saw and no edit of another region."""
    changes = body.model_dump(exclude_none=True)
    return write.answer(user_id, lambda: SettingsView.of(core.settings.edit(user_id, changes)))
