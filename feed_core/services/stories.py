"""Stories: published for a day, seen by those who may see their owner's posts, viewers told to the owner."""

from collections.abc import Sequence
from dataclasses import dataclass

from feed_core.model.clock import HOUR, Clock
from feed_core.model.errors import NotFound
from feed_core.model.ids import Ids
from feed_core.model.rules import check_id, check_length, check_limit
from feed_core.model.stories import NewStory, Story, StoryView
from feed_core.ports.accounts import Accounts
from feed_core.ports.graph import Graph
from feed_core.ports.stories import Stories
from feed_core.ports.transactions import Transactions
from feed_core.services.media_rules import check_media
from feed_core.services.presence import require_users
from feed_core.services.visibility import Visibility

LASTS_MS = 24 * HOUR
MAX_CAPTION = 500
MAX_TRAY = 200


@dataclass(frozen=True)
class StoryService:
    """Stories of the last 24 hours. Counts of views are eventually consistent."""

    stories: Stories
    accounts: Accounts
    graph: Graph
    visibility: Visibility
    transactions: Transactions
    clock: Clock
    ids: Ids

    def publish_many(self, new_stories: Sequence[NewStory]) -> list[Story]:
        """Store stories, all or none. Raises ``InvalidInput``, ``NotFound``."""
        for new in new_stories:
            check_media(new.media)
            check_length(new.caption, "caption", MAX_CAPTION)
        owners = [new.user_id for new in new_stories]
        now = self.clock.now()
        with self.transactions.transaction(set(owners)):
            require_users(self.accounts, set(owners))
            ids = self.ids.for_owners(owners)
            stories = [_story(new, id_, now) for new, id_ in zip(new_stories, ids, strict=True)]
            self.stories.put(stories)
        return stories

    def delete(self, user_id: int, story_id: int) -> None:
        """By its owner; raises ``NotFound``."""
        with self.transactions.transaction((user_id,)):
            self._require(user_id, story_id)
            self.stories.remove([(user_id, story_id)])

    def of_user(self, reader_id: int, user_id: int) -> list[Story]:
        """The user's stories, oldest first. Raises ``NotFound``, ``Forbidden`` (a private account)."""
        self.visibility.require_profile(reader_id, user_id)
        return self.stories.active((user_id,), self.clock.now()).get(user_id, [])

    def tray(self, reader_id: int) -> list[list[Story]]:
        """Stories by followed person: people with unseen ones first, then whose newest is newer.

        Muted people are left out; at most 200 people.
        """
        require_users(self.accounts, (reader_id,))
        followed = set(self.graph.target_ids("follow", (reader_id,)).get(reader_id, ()))
        followed -= set(self.graph.target_ids("mute", (reader_id,)).get(reader_id, ()))
        unseen = self.visibility.unseen({(reader_id, id_) for id_ in followed})
        wanted = [id_ for id_ in followed if (reader_id, id_) not in unseen]
        found = list(self.stories.active(wanted, self.clock.now()).values())
        seen = self.viewed(reader_id, [story for stories in found for story in stories])

        def order(stories: list[Story]) -> tuple[bool, int, int]:
            newest = stories[-1]
            return (all(s.story_id in seen for s in stories), -newest.created_at, -newest.story_id)

        return sorted(found, key=order)[:MAX_TRAY]

    def view(self, viewer_id: int, user_id: int, story_id: int) -> bool:
        """The viewer saw the story; answers whether for the first time. One's own view does not count.

        Raises ``NotFound`` when there is no such story that the viewer may see, or no such viewer.
        """
        with self.transactions.transaction((viewer_id,), (user_id,)):
            require_users(self.accounts, {viewer_id, user_id})
            story = self._require(user_id, story_id)
            if self.visibility.unseen({(viewer_id, user_id)}):
                raise _missing(story_id)
            if viewer_id == user_id:
                return False
            view = StoryView(
                story_id=story_id, viewer_id=viewer_id, at=self.clock.now(), expires_at=story.expires_at
            )
            return self.stories.add_views([view])[0]

    def viewers(self, user_id: int, story_id: int, after: int = 0, limit: int = 20) -> list[StoryView]:
        """Who saw the story, in order of id, those after ``after``; for its owner alone to read."""
        check_limit(limit)
        self._require(user_id, story_id)
        return self.stories.views(story_id, after, limit, self.clock.now())

    def counts(self, stories: Sequence[Story]) -> dict[int, int]:
        """How many saw each story."""
        ids = [story.story_id for story in stories]
        found = self.stories.count_views(ids, self.clock.now())
        return {id_: found.get(id_, 0) for id_ in ids}

    def viewed(self, viewer_id: int, stories: Sequence[Story]) -> set[int]:
        """Ids of those stories that the viewer has seen."""
        return self.stories.viewed(viewer_id, [story.story_id for story in stories], self.clock.now())

    def _require(self, user_id: int, story_id: int) -> Story:
        require_users(self.accounts, (user_id,))
        check_id(story_id, "story id")
        for story in self.stories.active((user_id,), self.clock.now()).get(user_id, ()):
            if story.story_id == story_id:
                return story
        raise _missing(story_id)


def _missing(story_id: int) -> NotFound:
    return NotFound(f"There is no story {story_id}.", fix="Stories are gone after 24 hours.")


def _story(new: NewStory, story_id: int, now: int) -> Story:
    return Story(
        story_id=story_id, user_id=new.user_id, media=new.media, caption=new.caption, created_at=now,
        expires_at=now + LASTS_MS,
    )  # fmt: skip
