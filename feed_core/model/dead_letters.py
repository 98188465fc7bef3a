"""A record that a consumer could not take, with the reason."""

import msgspec

from feed_core.model.events import Topic


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What lies in the topic ``dead``: which group failed at which record, why, and when (ms).

    ``key`` and ``body`` are the record's own, whole.
    """

    group: str
    topic: Topic
    partition: int
    offset: int
    key: int
    body: bytes
    reason: str
    died_at: int
