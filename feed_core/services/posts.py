"""Publishing, editing, deleting and reading posts."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from feed_core.model.captions import all_hashtags, check_caption, mentions_in
from feed_core.model.clock import DAY, Clock
from feed_core.model.errors import Forbidden, InvalidInput, NotFound
from feed_core.model.ids import Ids
from feed_core.model.posts import NewPost, Post, PostCounts, PostEdit, PostKey, PostPage
from feed_core.model.rules import check_id, check_length, check_limit, check_time
from feed_core.model.timelines import Entry
from feed_core.model.users import UserStats
from feed_core.ports.accounts import Accounts
from feed_core.ports.event_log import EventLog
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reactions
from feed_core.ports.transactions import Transactions
from feed_core.services.journal import log_posts
from feed_core.services.media import MediaService
from feed_core.services.media_rules import check_media
from feed_core.services.post_edits import MAX_PLACE, edited_post, names_in
from feed_core.services.post_pages import post_page
from feed_core.services.presence import require_posts, require_users
from feed_core.services.regions import RegionService

MAX_MEDIA = 10
MAX_MENTIONS = 50
GRACE_MS = 30 * DAY
"""How long a deleted post can be restored."""


@dataclass(frozen=True)
class PostService:
    """Posts by id and by author; each change is a whole record in the topic ``posts``."""

    posts: Posts
    accounts: Accounts
    reactions: Reactions
    media: MediaService
    regions: RegionService
    events: EventLog
    transactions: Transactions
    clock: Clock
    ids: Ids

    def publish_many(self, new_posts: Sequence[NewPost]) -> list[Post]:
        """Store new posts, all or none. Raises ``InvalidInput``, and ``NotFound`` for unknown people."""
        now = self.clock.now()
        for new in new_posts:
            _check(new, now)
        with self.transactions.transaction({new.author_id for new in new_posts}):
            require_users(self.accounts, {id_ for new in new_posts for id_ in (new.author_id, *new.mentions)})
            named = self.accounts.ids_of({name for new in new_posts for name in mentions_in(new.caption)})
            ids = self.ids.for_owners([new.author_id for new in new_posts])
            posts = [_post(new, id_, named, now) for new, id_ in zip(new_posts, ids, strict=True)]
            self.posts.put(posts)
            self.posts.put_first_entries([_entry(post) for post in posts])
            self.media.catalogue(posts)
            self._count(posts, +1)
            log_posts(self.events, posts)
        return posts

    def edit_many(self, edits: Sequence[PostEdit]) -> list[Post]:
        """Change posts in the order of ``edits``, all or none; answers each post as its edit left it.

        Raises ``InvalidInput``, ``NotFound`` and, when a post is someone else's, ``Forbidden``.
        """
        with self.transactions.transaction({edit.author_id for edit in edits}):
            posts = self._own([(edit.author_id, edit.post_id) for edit in edits])
            named = self.accounts.ids_of(names_in(edits, posts.values()))
            gone = self._gone([posts[edit.post_id] for edit in edits if edit.caption is not None])
            now, edited = self.clock.now(), []
            for edit in edits:
                posts[edit.post_id] = edited_post(posts[edit.post_id], edit, named, now, gone)
                edited.append(posts[edit.post_id])
            self.posts.put(list(posts.values()))
            log_posts(self.events, edited)
        return edited

    def delete_many(self, author_id: int, post_ids: Collection[int]) -> None:
        """Delete the author's posts, all or none; raises ``NotFound`` and ``Forbidden``."""
        with self.transactions.transaction((author_id,)):
            now = self.clock.now()
            gone = [
                msgspec.structs.replace(post, deleted=True, updated_at=max(now, post.updated_at + 1))
                for post in self._own([(author_id, id_) for id_ in post_ids]).values()
            ]
            self.posts.put(gone)
            self.posts.remove_entries([post.post_id for post in gone])
            self._count(gone, -1)
            log_posts(self.events, gone)

    def restore(self, author_id: int, post_id: int) -> Post:
        """Bring back what the author deleted within the last 30 days, with its likes, comments and shares.

        Raises ``NotFound`` when there is no such post of theirs to bring back.
        """
        check_id(post_id, "post id")
        with self.transactions.transaction((author_id,)):
            require_users(self.accounts, (author_id,))
            post, now = self.posts.get_many((post_id,)).get(post_id), self.clock.now()
            if post is None or not self._is_restorable(post, author_id, now):
                raise NotFound(
                    f"There is no deleted post {post_id} of user {author_id}.",
                    fix="A post can be restored for 30 days.",
                )
            back = msgspec.structs.replace(post, deleted=False, updated_at=max(now, post.updated_at + 1))
            self.posts.put([back])
            self.posts.put_entries([_entry(back), *self._shares(back)])
            self._count([back], +1)
            log_posts(self.events, [msgspec.structs.replace(back, restored=True)])
        return back

    def deleted_by(self, author_id: int, limit: int = 100) -> list[Post]:
        """What the author can still restore, deleted last first."""
        require_users(self.accounts, (author_id,))
        check_limit(limit)
        now = self.clock.now()
        gone = self.posts.deleted_by(author_id, limit)
        return [post for post in gone if self._is_restorable(post, author_id, now)]

    def get_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        """Those that exist, deleted ones too (``deleted`` says so)."""
        return self.posts.get_many(post_ids)

    def shown_many(self, post_ids: Collection[int]) -> dict[int, Post]:
        """As ``get_many``, for showing what has been decided upon: another process' edit may come late."""
        return self.posts.shown_many(post_ids)

    def require(self, post_id: int) -> Post:
        """The undeleted post, or ``NotFound``."""
        return require_posts(self.posts, (post_id,))[post_id]

    def counts_many(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        """Counts of every post that was asked for, of all regions; zeros where nothing was counted yet."""
        return self.regions.counts_many(post_ids)

    def by_author(self, author_id: int, limit: int = 20, cursor: str = "") -> PostPage:
        """The author's own posts, newest first."""
        require_users(self.accounts, (author_id,))
        return post_page(
            lambda before, count: self.posts.by_author(author_id, before, count),
            limit, cursor, "by_author", author_id,
        )  # fmt: skip

    def newest(self, since: int, limit: int) -> list[PostKey]:
        """The newest posts of anyone, created at or after ``since`` (ms)."""
        return self.posts.newest(since, limit)

    def _own(self, pairs: Sequence[tuple[int, int]]) -> dict[int, Post]:
        """The posts of (author_id, post_id) pairs; refused when one is missing or someone else's."""
        require_users(self.accounts, {author_id for author_id, _ in pairs})
        posts = require_posts(self.posts, {post_id for _, post_id in pairs})
        for author_id, post_id in pairs:
            if posts[post_id].author_id != author_id:
                raise Forbidden(f"Post {post_id} is not user {author_id}'s to change.")
        return posts

    def _gone(self, posts: Iterable[Post]) -> set[int]:
        """Whom the posts mention and who has no account any more."""
        mentioned = {id_ for post in posts for id_ in post.mentions}
        return mentioned - self.accounts.existing(mentioned)

    def _is_restorable(self, post: Post, author_id: int, now: int) -> bool:
        return post.deleted and post.author_id == author_id and now - post.updated_at <= GRACE_MS

    def _shares(self, post: Post) -> list[Entry]:
        entries: list[Entry] = []
        last = 0
        while shares := self.reactions.of_post("share", post.post_id, last, 1_000):
            last = shares[-1].user_id
            entries.extend(
                Entry(delivered_at=at, post_id=post.post_id, via_id=user_id, author_id=post.author_id)
                for user_id, _, at in shares
            )
        return entries

    def _count(self, posts: Sequence[Post], sign: int) -> None:
        authors = Counter(post.author_id for post in posts)
        self.accounts.add_to_stats({id_: UserStats(posts=sign * n) for id_, n in authors.items()})


def _check(new: NewPost, now: int) -> None:
    check_caption(new.caption)
    all_hashtags(new.caption, new.hashtags)
    check_length(new.place, "place", MAX_PLACE)
    if len(new.mentions) > MAX_MENTIONS or len(new.media) > MAX_MEDIA:
        raise InvalidInput(
            f"The post has {len(new.mentions)} mentions and {len(new.media)} media.",
            fix=f"Use at most {MAX_MENTIONS} mentions and {MAX_MEDIA} photos or videos.",
        )
    for media in new.media:
        check_media(media)
    if new.created_at is not None:
        check_time(new.created_at, now, "created_at")


def _post(new: NewPost, post_id: int, named: dict[str, int], now: int) -> Post:
    created_at = now if new.created_at is None else new.created_at
    mentioned = [named[name] for name in mentions_in(new.caption) if name in named]
    return Post(
        post_id=post_id,
        author_id=new.author_id,
        caption=new.caption,
        hashtags=all_hashtags(new.caption, new.hashtags),
        mentions=tuple(dict.fromkeys([*new.mentions, *mentioned])),
        place=new.place,
        media=new.media,
        created_at=created_at,
        updated_at=created_at,
    )


def _entry(post: Post) -> Entry:
    return Entry(
        delivered_at=post.created_at, post_id=post.post_id, via_id=post.author_id, author_id=post.author_id
    )
