"""Stories of the last 24 hours and who saw them; each row goes by itself when its story expires."""

from collections.abc import Collection, Sequence
from typing import Protocol

from feed_core.model.stories import Story, StoryView


class Stories(Protocol):
    """Stories by owner, views by story. What expires at or before ``now`` (ms) is as good as absent."""

    def put(self, stories: Sequence[Story]) -> None:
        """Store stories; repeats change nothing."""

    def active(self, user_ids: Collection[int], now: int) -> dict[int, list[Story]]:
        """Per owner the stories, oldest first (created_at, story_id); owners without any are absent."""

    def remove(self, pairs: Collection[tuple[int, int]]) -> None:
        """Remove by (user_id, story_id), with the views."""

    def add_views(self, views: Sequence[StoryView]) -> list[bool]:
        """Store views, one a (story, viewer), the first; answers, per view, whether it is new."""

    def views(self, story_id: int, after_viewer: int, limit: int, now: int) -> list[StoryView]:
        """A story's views in order of viewer id, those after ``after_viewer``."""

    def count_views(self, story_ids: Collection[int], now: int) -> dict[int, int]:
        """How many saw each story; stories without any are absent."""

    def viewed(self, viewer_id: int, story_ids: Collection[int], now: int) -> set[int]:
        """Those of ``story_ids`` that the viewer has seen."""

    def forget(self, now: int) -> None:
        """Let expired rows go, where the store does not do so by itself."""
