"""Who viewed a story, as sets in the shared cache. The owner's look at the count fills them, each view adds
to those that are held.

All views of a story expire with it. So a set holds, beside the viewers, that time as a negative number.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from feed_core.adapters.cached.keys import MAX_SET, STORY_VIEWS
from feed_core.model.errors import Unavailable
from feed_core.model.stories import StoryView
from feed_core.ports.cache import Cache, Fill, Stamp
from feed_core.ports.stories import Stories

_ANY_TIME = 0
_Held = Mapping[int, frozenset[int] | None]


class CachedViews:
    """Views of ``stories``. Sets beyond ``MAX_SET`` are not cached."""

    def __init__(self, stories: Stories, cache: Cache) -> None:
        self._stories, self._cache = stories, cache

    def viewed(self, viewer_id: int, story_ids: Collection[int], now: int) -> set[int]:
        """As ``Stories.viewed``. What is not held is asked for one viewer alone."""
        try:
            held = self._held(story_ids)
        except Unavailable:
            held = dict.fromkeys(story_ids)
        known = {id_: members for id_, members in held.items() if members is not None}
        rest = [id_ for id_ in held if id_ not in known]
        asked = self._stories.viewed(viewer_id, rest, now) if rest else set()
        return asked | {id_ for id_, members in known.items() if viewer_id in _alive(members, now)}

    def count(self, story_ids: Collection[int], now: int) -> dict[int, int]:
        """As ``Stories.count_views``."""
        try:
            held = self._held(story_ids)
            rest = [id_ for id_, members in held.items() if members is None]
            leases = dict(zip(rest, self._cache.lease([STORY_VIEWS.of(id_) for id_ in rest]), strict=True))
        except Unavailable:
            return self._stories.count_views(story_ids, now)
        known = {id_: len(_alive(members, now)) for id_, members in held.items() if members is not None}
        counted = self._stories.count_views(rest, now) if rest else {}
        self._fill({id_: stamp for id_, stamp in leases.items() if counted.get(id_, 0) < MAX_SET})
        return counted | {id_: number for id_, number in known.items() if number}

    def add(self, views: Sequence[StoryView]) -> None:
        """After views were stored. Raises ``Unavailable``."""
        members: dict[str, set[int]] = {}
        for view in views:
            members.setdefault(STORY_VIEWS.of(view.story_id), set()).update(_members(view))
        self._cache.add_to_sets(members, MAX_SET)

    def forget(self, story_ids: Iterable[int]) -> None:
        """After stories were removed. Raises ``Unavailable``."""
        keys = [STORY_VIEWS.of(id_) for id_ in story_ids]
        if keys:
            self._cache.forget(keys)

    def _held(self, story_ids: Collection[int]) -> _Held:
        wanted = list(dict.fromkeys(story_ids))
        return dict(zip(wanted, self._cache.sets([STORY_VIEWS.of(id_) for id_ in wanted]), strict=True))

    def _fill(self, leases: Mapping[int, Stamp]) -> None:
        fills: dict[str, Fill[Collection[int]]] = {}
        for id_, stamp in leases.items():
            views = self._stories.views(id_, 0, MAX_SET, _ANY_TIME)
            if len(views) < MAX_SET:
                members = {member for view in views for member in _members(view)}
                fills[STORY_VIEWS.of(id_)] = Fill(members, stamp, STORY_VIEWS.ttl_ms)
        try:
            self._cache.fill({}, fills)
        except Unavailable:
            return


def _members(view: StoryView) -> tuple[int, int]:
    return (view.viewer_id, -view.expires_at)


def _alive(members: Collection[int], now: int) -> set[int]:
    """The viewers, none once their story is over."""
    viewers = {member for member in members if member > 0}
    return viewers if -min(members, default=0) > now else set()
