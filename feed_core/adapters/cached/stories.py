"""Stories read through the shared cache: whose are active, what each is, who viewed it."""

from collections.abc import Collection, Sequence
from typing import Any

from feed_core.adapters.cached.keys import ACTIVE_STORIES, STORY
from feed_core.adapters.cached.reading import ReadThrough, packed
from feed_core.adapters.cached.story_views import CachedViews
from feed_core.model.clock import Clock
from feed_core.model.stories import Story, StoryView
from feed_core.ports.cache import Cache
from feed_core.ports.stories import Stories

_ANY_TIME = 0
"""Everything that the store has is cached; what has expired is left out when it is read."""


class CachedStories:
    """Implements ``ports.stories.Stories`` over ``stories``; pages of viewers are the store's own.

    A story never changes: the list of its owner's stories decides whether it is still there.
    """

    def __init__(self, stories: Stories, cache: Cache, clock: Clock) -> None:
        self._stories = stories
        self._lists = ReadThrough[list[int]](packed(ACTIVE_STORIES, list[int]), cache, clock, self._ids)
        self._read = ReadThrough[Story](packed(STORY, Story), cache, clock, lambda _: {})
        self._views = CachedViews(stories, cache)

    def active(self, user_ids: Collection[int], now: int) -> dict[int, list[Story]]:
        lists = self._lists.get_many(user_ids)
        owners = {story_id: user_id for user_id, ids in lists.items() for story_id in ids}
        stories = self._read.get_many(owners, lambda ids: self._by_id({owners[id_] for id_ in ids}))
        found: dict[int, list[Story]] = {}
        for story_id, user_id in owners.items():
            if (story := stories.get(story_id)) is not None and story.expires_at > now:
                found.setdefault(user_id, []).append(story)
        return found

    def put(self, stories: Sequence[Story]) -> None:
        try:
            self._stories.put(stories)
        finally:
            self._forget({(story.user_id, story.story_id) for story in stories})

    def remove(self, pairs: Collection[tuple[int, int]]) -> None:
        try:
            self._stories.remove(pairs)
        finally:
            self._forget(pairs)
            self._views.forget({story_id for _, story_id in pairs})

    def add_views(self, views: Sequence[StoryView]) -> list[bool]:
        try:
            return self._stories.add_views(views)
        finally:
            self._views.add(views)

    def count_views(self, story_ids: Collection[int], now: int) -> dict[int, int]:
        return self._views.count(story_ids, now)

    def viewed(self, viewer_id: int, story_ids: Collection[int], now: int) -> set[int]:
        return self._views.viewed(viewer_id, story_ids, now)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stories, name)

    def _ids(self, user_ids: Collection[int]) -> dict[int, list[int]]:
        stored = self._stories.active(user_ids, _ANY_TIME)
        return {user_id: [story.story_id for story in stories] for user_id, stories in stored.items()}

    def _by_id(self, user_ids: Collection[int]) -> dict[int, Story]:
        stored = self._stories.active(user_ids, _ANY_TIME)
        return {story.story_id: story for stories in stored.values() for story in stories}

    def _forget(self, pairs: Collection[tuple[int, int]]) -> None:
        self._read.forget({story_id for _, story_id in pairs})
        self._lists.forget({user_id for user_id, _ in pairs})
