"""A story: one photo or video that is there for a day."""

import msgspec

from feed_core.model.posts import MediaRef


class NewStory(msgspec.Struct, frozen=True, kw_only=True):
    """What its owner sends."""

    user_id: int
    media: MediaRef
    caption: str = ""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``stories``. Times are ms since 1970 UTC; gone at ``expires_at``."""

    story_id: int
    user_id: int
    media: MediaRef
    caption: str
    created_at: int
    expires_at: int


class StoryView(msgspec.Struct, frozen=True, kw_only=True):
    """``viewer_id`` saw a story first at ``at`` (ms); forgotten with the story at ``expires_at``."""

    story_id: int
    viewer_id: int
    at: int
    expires_at: int
