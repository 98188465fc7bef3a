"""Where a post stands on the lists of posts, and what tells a row of theirs that still holds."""

from typing import Any

from feed_core.model.posts import Post

Key = tuple[Any, ...] | None
"""Where a post stands on a list, None where it does not."""


def by_author(post: Post) -> Key:
    return None if post.deleted else (post.author_id, post.created_at, post.post_id)


def by_place(post: Post) -> Key:
    return None if post.deleted or not post.place else (post.place, post.created_at, post.post_id)


def created(post: Post) -> Key:
    return None if post.deleted else (post.created_at, post.post_id)


def deleted_by(post: Post) -> Key:
    return (post.author_id, post.updated_at, post.post_id) if post.deleted else None


def deleted(post: Post) -> Key:
    return (post.updated_at, post.post_id) if post.deleted else None


def is_created(post: Post, at: int) -> bool:
    return not post.deleted and post.created_at == at


def is_deleted(post: Post, at: int) -> bool:
    return post.deleted and post.updated_at == at
