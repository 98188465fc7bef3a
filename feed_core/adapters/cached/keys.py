"""Every key of the cache and of Redis' other uses: what it is called, what it holds, how long it lives."""

from functools import cache
from random import randrange
from typing import Literal, NamedTuple

from feed_core.model.clock import DAY, HOUR, MINUTE


class CacheKey(NamedTuple):
    """``pattern`` with ``{id}`` (and more) to be filled in; ``ttl_ms`` at most; ``holds`` in Redis' words."""

    pattern: str
    ttl_ms: int
    holds: Literal["value", "set", "hash"]
    what: str

    def of(self, *parts: object) -> str:
        """The key of one thing."""
        return ":".join((_name(self.pattern), *map(str, parts)))


def spread(ttl_ms: int) -> int:
    """Up to a tenth less, so that what was cached together does not end together."""
    return ttl_ms - randrange(ttl_ms // 10 + 1)


@cache
def _name(pattern: str) -> str:
    return pattern.partition(":")[0]


USER = CacheKey("user:{user_id}", 30 * MINUTE, "value", "a profile; written through")
POST = CacheKey("post:{post_id}", HOUR, "value", "a post; cache-aside")
FEED = CacheKey("feed:{user_id}:{page}", 5 * MINUTE, "value", "the 100 newest entries of a feed are page 0")
PARTIAL_FEED = CacheKey("partial:{user_id}", 5 * MINUTE, "value", "the 100 newest entries of a pulled author")
WITHDRAWN = CacheKey("withdrawn:{post_id}", 10 * MINUTE, "value", "a post that no page may show any more")
FOLLOWERS = CacheKey("followers:{user_id}", HOUR, "set", "follower ids, up to MAX_SET")
FOLLOWING = CacheKey("following:{user_id}", HOUR, "set", "followed ids, up to MAX_SET")
BLOCKED = CacheKey("blocked:{user_id}", HOUR, "set", "whom the user blocks, up to MAX_SET")
BLOCKED_BY = CacheKey("blocked_by:{user_id}", HOUR, "set", "who blocks the user, up to MAX_SET")
MUTED = CacheKey("muted:{user_id}", HOUR, "set", "whom the user mutes, up to MAX_SET")
LIKED = CacheKey("liked:{user_id}", HOUR, "set", "what the user likes, up to MAX_LIKED")
COUNTS = CacheKey("counts:{post_id}", 5 * MINUTE, "value", "likes, comments, shares and saves of a post")
PULLED = CacheKey("pulled:{all}", 5 * MINUTE, "set", "the authors who are pulled")
SETTINGS = CacheKey("settings:{user_id}", HOUR, "value", "a user's settings, muted words among them")
FOLLOW_COUNT = CacheKey("follow_count:{user_id}", 5 * MINUTE, "hash", "followers, following, posts")
ACTIVE_STORIES = CacheKey("active_stories:{user_id}", DAY, "value", "ids of stories that have not expired")
STORY = CacheKey("story:{story_id}", DAY, "value", "a story")
STORY_VIEWS = CacheKey("story_views:{story_id}", DAY, "set", "who viewed it, up to MAX_SET")
MEDIA = CacheKey("media:{media_id}", DAY, "value", "media metadata")

KEYS = (
    USER, POST, FEED, PARTIAL_FEED, WITHDRAWN, FOLLOWERS, FOLLOWING, BLOCKED, BLOCKED_BY, MUTED, LIKED,
    COUNTS, PULLED, SETTINGS, FOLLOW_COUNT, ACTIVE_STORIES, STORY, STORY_VIEWS, MEDIA,
)  # fmt: skip

ALL = 0
"""Stands for everybody in the key of a set that there is one of."""
MAX_SET = 5_000
"""Larger sets are not cached: a celebrity's followers are read from their buckets in Cassandra, page by page.
Five thousand ids are about 0.4 MB in Redis and a millisecond of its one thread."""
MAX_LIKED = 1_000
"""Who likes often makes the cache forget often, and then as many are read again."""
ABSENT_TTL_MS = 30_000
"""How long it is remembered that there is nothing; a write forgets it at once."""
L1_ENTRIES = 1_000
L1_TTL_MS = MINUTE
CHANNEL = "forgotten"
"""Where processes tell each other what they forgot."""
