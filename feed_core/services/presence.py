"""Refuses what names a user or a post that is not there, before anything is written."""

from collections.abc import Collection, Iterable

from feed_core.model.errors import NotFound
from feed_core.model.posts import Post
from feed_core.model.rules import check_ids
from feed_core.ports.accounts import Accounts
from feed_core.ports.posts import Posts

_NAMED = 5


def require_users(accounts: Accounts, user_ids: Collection[int]) -> None:
    """Raises ``InvalidInput`` for what is no id and ``NotFound`` naming the users that are unknown."""
    check_ids(user_ids, "user id")
    missing = set(user_ids) - accounts.existing(user_ids)
    if missing:
        raise NotFound(f"There is no user {_names(missing)}.", fix="Check the user id.")


def require_authors(posts: Posts, post_ids: Collection[int]) -> dict[int, int]:
    """The author of each post; raises ``NotFound`` naming those that are unknown or deleted."""
    check_ids(post_ids, "post id")
    authors = posts.authors_of(post_ids)
    refuse_missing_posts(set(post_ids) - authors.keys())
    return authors


def require_posts(posts: Posts, post_ids: Collection[int]) -> dict[int, Post]:
    """The undeleted posts; raises ``NotFound`` naming those that are unknown or deleted."""
    check_ids(post_ids, "post id")
    found = {id_: post for id_, post in posts.get_many(post_ids).items() if not post.deleted}
    refuse_missing_posts(set(post_ids) - found.keys())
    return found


def refuse_missing_posts(post_ids: Collection[int]) -> None:
    """Raises ``NotFound`` when there are any."""
    if post_ids:
        raise NotFound(f"There is no post {_names(post_ids)}.", fix="Check the post id; it may be deleted.")


def _names(ids: Iterable[int]) -> str:
    ordered = sorted(ids)
    more = f" and {len(ordered) - _NAMED:,} more" if len(ordered) > _NAMED else ""
    return ", ".join(map(str, ordered[:_NAMED])) + more
