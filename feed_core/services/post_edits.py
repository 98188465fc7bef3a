"""What an edit makes of a post: the rules, without the stores."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from feed_core.model.captions import all_hashtags, check_caption, hashtags_in, mentions_in
from feed_core.model.posts import Post, PostEdit
from feed_core.model.rules import check_length

MAX_PLACE = 200


def edited_post(
    post: Post, edit: PostEdit, named: Mapping[str, int], now: int, gone: Collection[int] = ()
) -> Post:
    """``post`` after ``edit``; ``named`` are the ids of ``names_in``. Raises ``InvalidInput``.

    Hashtags and mentions that were given beside the old caption stay; those that it brought go with it, and
    so do mentions of ``gone``, who left: no name in a caption leads to them any more.
    ``updated_at`` (ms) is ``now``, or just after the last change when the clock stands still.
    """
    caption = post.caption if edit.caption is None else edit.caption
    check_caption(caption)
    check_length(edit.place or "", "place", MAX_PLACE)
    return msgspec.structs.replace(
        post,
        caption=caption,
        hashtags=_hashtags(post, edit),
        mentions=post.mentions if edit.caption is None else _mentions(post, edit.caption, named, gone),
        place=post.place if edit.place is None else edit.place,
        updated_at=max(now, post.updated_at + 1),
    )


def names_in(edits: Sequence[PostEdit], posts: Iterable[Post]) -> set[str]:
    """The usernames that must be looked up before ``posts`` can be edited."""
    new = [edit.caption for edit in edits if edit.caption is not None]
    old = [post.caption for post in posts] if new else []
    return {name for caption in (*old, *new) for name in mentions_in(caption)}


def _hashtags(post: Post, edit: PostEdit) -> tuple[str, ...]:
    if edit.caption is None and edit.hashtags is None:
        return post.hashtags
    brought = hashtags_in(post.caption)
    given = [tag for tag in post.hashtags if tag not in brought] if edit.hashtags is None else edit.hashtags
    return all_hashtags(post.caption if edit.caption is None else edit.caption, given)


def _mentions(post: Post, caption: str, named: Mapping[str, int], gone: Collection[int]) -> tuple[int, ...]:
    old = {*gone, *(named[name] for name in mentions_in(post.caption) if name in named)}
    given = [id_ for id_ in post.mentions if id_ not in old]
    return tuple(dict.fromkeys([*given, *(named[name] for name in mentions_in(caption) if name in named)]))
