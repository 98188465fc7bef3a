"""What a person has set for themselves, in the form that two regions can both edit."""

import msgspec

from feed_core.model.conflicts.siblings import Row


class UserSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings as the person sees them. ``muted_words`` are lower case, in order."""

    notify_likes: bool = True
    notify_comments: bool = True
    notify_follows: bool = True
    notify_mentions: bool = True
    language: str = "en"
    muted_words: tuple[str, ...] = ()


StoredSettings = Row
"""A row of ``user_settings``: a field that nobody edited is absent, values are msgpack."""
