"""Which switch silences what, how many one comment can name, and what is told nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from feed_core.core import FeedCore
from feed_core.model.events import NewEvent
from feed_core.model.notifications import NOTIFICATION_KINDS
from feed_core.model.posts import NewComment, NewPost
from feed_core.model.users import NewUser
from feed_core.services.profiles import ProfileEdit

Open = Callable[..., FeedCore]
SWITCHES = {
    "notify_likes": {"like", "comment_like"},
    "notify_comments": {"comment", "reply"},
    "notify_mentions": {"mention"},
    "notify_follows": {"follow", "request", "accept"},
}


def people(core: FeedCore, count: int) -> list[int]:
    return [u.user_id for u in core.accounts.create_many([NewUser(username=f"u{n}") for n in range(count)])]


def say(core: FeedCore, user_id: int, post_id: int, text: str, parent: int = 0) -> int:
    new = NewComment(post_id=post_id, user_id=user_id, text=text, parent_id=parent)
    return core.comments.add_many([new])[0].comment_id


def publish(core: FeedCore, author_id: int, caption: str = "", **named: Any) -> int:
    return core.posts.publish_many([NewPost(author_id=author_id, caption=caption, **named)])[0].post_id


def live(core: FeedCore, ann: int, ben: int, cam: int) -> None:
    """Everything that can be told to ann happens once: by ben, but for what cam accepts."""
    core.profiles.edit(cam, ProfileEdit(private=True))
    core.graph.follow_many([(ann, cam), (ben, ann)])
    core.requests.accept(cam, ann)
    core.profiles.edit(ann, ProfileEdit(private=True))
    core.graph.unfollow_many([(cam, ann)])
    core.graph.follow_many([(cam, ann)])
    post = publish(core, ann)
    core.engagement.record_many([NewEvent(user_id=ben, post_id=post, action="like")])
    say(core, ben, post, "first")
    mine = say(core, ann, post, "mine")
    say(core, ben, publish(core, ben), "@u0")
    other = publish(core, ben)
    core.comments.like(ben, mine)
    say(core, ben, other, "answer", say(core, ann, other, "question"))


def kinds(core: FeedCore, user_id: int) -> set[str]:
    core.drain()
    return {group.newest.kind for group in core.notifications.page(user_id, 100).groups}


@pytest.mark.parametrize("off", [None, *SWITCHES])
def test_a_switch_silences_its_kinds_and_no_other(open_core: Open, off: str | None) -> None:
    core = open_core()
    ann, ben, cam = people(core, 3)
    if off:
        core.settings.edit(ann, {off: False})
    live(core, ann, ben, cam)
    assert kinds(core, ann) == set(NOTIFICATION_KINDS) - SWITCHES.get(off or "", set())


def test_every_kind_has_one_switch() -> None:
    assert sorted(kind for kinds in SWITCHES.values() for kind in kinds) == sorted(NOTIFICATION_KINDS)


def test_one_comment_tells_twenty_people_by_name_and_no_more(open_core: Open) -> None:
    core = open_core()
    author, writer, *crowd = people(core, 25)
    names = " ".join(f"@u{n}" for n in range(2, 25))
    say(core, writer, publish(core, author), names)
    core.drain()
    told = [id_ for id_ in crowd if core.notifications.unread(id_)]
    assert told == crowd[:20]
    assert kinds(core, author) == {"comment"}


def test_nobody_is_told_of_what_they_did_themselves(open_core: Open) -> None:
    core = open_core()
    (ann,) = people(core, 1)
    post = publish(core, ann, "me @u0", mentions=(ann,))
    core.engagement.record_many([NewEvent(user_id=ann, post_id=post, action="like")])
    first = say(core, ann, post, "@u0")
    say(core, ann, post, "more", first)
    core.comments.like(ann, first)
    assert kinds(core, ann) == set()


def test_a_comment_of_a_post_that_is_gone_tells_nobody(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam = people(core, 3)
    post = publish(core, ann)
    say(core, ben, post, "with @u2")
    core.posts.delete_many(ann, [post])
    assert (kinds(core, ann), kinds(core, cam)) == (set(), set())
    core.posts.restore(ann, post)
    assert kinds(core, ben) == set()


def test_who_is_muted_tells_nothing_also_after_the_mute_ends(open_core: Open) -> None:
    core = open_core()
    ann, ben = people(core, 2)
    core.graph.mute_many([(ann, ben)])
    say(core, ben, publish(core, ann), "hello")
    core.graph.follow_many([(ben, ann)])
    assert kinds(core, ann) == set()
    core.graph.unmute_many([(ann, ben)])
    assert kinds(core, ann) == set()
    say(core, ben, publish(core, ann), "hello again")
    assert kinds(core, ann) == {"comment"}
