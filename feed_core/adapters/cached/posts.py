"""Posts read through the caches; writes go to the store, then every cache forgets.

What one author posted or shared is cached for authors that are pulled: the partial feed of a celebrity.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from feed_core.adapters.cached.keys import COUNTS, PARTIAL_FEED, POST
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.newest import Newest, Request, mark_withdrawn
from feed_core.adapters.cached.reading import ReadThrough, packed
from feed_core.model.clock import Clock
from feed_core.model.posts import Post, PostCounts
from feed_core.model.timelines import Entry
from feed_core.ports.cache import Cache
from feed_core.ports.posts import Posts


class CachedPosts:
    """Implements ``ports.posts.Posts`` over ``posts``. Lists are the store's own, and whoever
    recounts makes the caches forget the counts.

    Only what is merely shown comes from near; every other read sees all that has been written.
    """

    def __init__(self, posts: Posts, cache: Cache, near: Near, clock: Clock) -> None:
        self._posts, self._cache = posts, cache
        self._newest = Newest(PARTIAL_FEED.of, PARTIAL_FEED, cache, clock, posts.entries_below)
        self._read = ReadThrough[Post](packed(POST, Post), cache, clock, posts.get_many, near)
        self._counts = ReadThrough[PostCounts](packed(COUNTS, PostCounts), cache, clock, posts.counts_many)

    def get_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        return self._read.get_many(post_ids)

    def shown_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        return self._read.near_many(post_ids)

    def deleted_among(self, post_ids: Collection[int]) -> set[int]:
        return {id_ for id_, post in self._read.get_many(post_ids).items() if post.deleted}

    def authors_of(self, post_ids: Collection[int]) -> dict[int, int]:
        found = self._read.get_many(post_ids).items()
        return {id_: post.author_id for id_, post in found if not post.deleted}

    def counts_many(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        return self._counts.get_many(post_ids)

    def add_to_counts(self, changes: Mapping[int, PostCounts]) -> None:
        try:
            self._posts.add_to_counts(changes)
        finally:
            self._counts.forget(changes)

    def put(self, posts: Sequence[Post]) -> None:
        try:
            self._posts.put(posts)
        finally:
            self._read.forget({post.post_id for post in posts})

    def purge(self, post_ids: Collection[int]) -> None:
        try:
            self._posts.purge(post_ids)
        finally:
            self._read.forget(post_ids)
            self._counts.forget(post_ids)
            mark_withdrawn(self._cache, post_ids)

    def entries_below(self, requests: Sequence[Request], since: int) -> list[list[Entry]]:
        return self._newest.read(requests, since)

    def put_entries(self, entries: Sequence[Entry]) -> None:
        try:
            self._posts.put_entries(entries)
        finally:
            self._newest.forget(entry.via_id for entry in entries)

    def put_first_entries(self, entries: Sequence[Entry]) -> None:
        try:
            self._posts.put_first_entries(entries)
        finally:
            self._newest.forget(entry.via_id for entry in entries)

    def withdraw_entries(self, pairs: Collection[tuple[int, int]]) -> None:
        try:
            self._posts.withdraw_entries(pairs)
        finally:
            self._newest.forget(via_id for via_id, _ in pairs)

    def remove_entries(self, post_ids: Collection[int]) -> None:
        try:
            self._posts.remove_entries(post_ids)
        finally:
            mark_withdrawn(self._cache, post_ids)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._posts, name)
