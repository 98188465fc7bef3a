"""Notifications: written once from repeated records, grouped, read, and silent about what is hidden."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from feed_core.core import FeedCore
from feed_core.model.events import NewEvent
from feed_core.model.notifications import NotificationGroup
from feed_core.model.posts import Comment, NewComment, NewPost, PostEdit
from feed_core.model.users import NewUser
from feed_core.services.profiles import ProfileEdit

Open = Callable[..., FeedCore]


def people(core: FeedCore, count: int) -> list[int]:
    return [u.user_id for u in core.accounts.create_many([NewUser(username=f"u{n}") for n in range(count)])]


def publish(core: FeedCore, author_id: int, caption: str = "") -> int:
    return core.posts.publish_many([NewPost(author_id=author_id, caption=caption)])[0].post_id


def say(core: FeedCore, user_id: int, post_id: int, text: str = "x", parent: int = 0) -> Comment:
    new = NewComment(post_id=post_id, user_id=user_id, text=text, parent_id=parent)
    return core.comments.add_many([new])[0]


def act(core: FeedCore, action: str, post_id: int, *user_ids: int) -> None:
    core.engagement.record_many(
        [NewEvent(user_id=id_, post_id=post_id, action=action) for id_ in user_ids]  # type: ignore[arg-type]
    )


def told(core: FeedCore, user_id: int) -> list[tuple[str, tuple[int, ...]]]:
    """(kind, actors) of the first page, after the workers have run."""
    core.drain()
    return [(group.newest.kind, group.actor_ids) for group in groups(core, user_id)]


def groups(core: FeedCore, user_id: int, **page: Any) -> tuple[NotificationGroup, ...]:
    return core.notifications.page(user_id, **page).groups


def test_likes_of_a_post_are_one_group_with_the_latest_first(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam, dan = people(core, 4)
    post = publish(core, ann)
    for who in (ben, cam, dan, ann):
        act(core, "like", post, who)
    assert told(core, ann) == [("like", (dan, cam, ben))]
    assert (core.notifications.unread(ann), core.notifications.unread(ben)) == (3, 0)


def test_of_a_crowd_the_first_are_told(open_core: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feed_core.workers.notifications.TOLD", 2)
    core = open_core()
    ann, *fans = people(core, 5)
    post = publish(core, ann)
    mine = say(core, ann, post)
    for fan in fans:
        act(core, "like", post, fan)
        core.comments.like(fan, mine.comment_id)
        core.drain()
    assert told(core, ann) == [("comment_like", (fans[1], fans[0])), ("like", (fans[1], fans[0]))]
    act(core, "unlike", post, *fans[:3])
    core.drain()
    assert [kind for kind, _ in told(core, ann)] == ["comment_like"]
    act(core, "like", post, fans[0])
    assert ("like", (fans[0],)) in told(core, ann)
    for fan in fans[:2]:
        say(core, fan, post)
        assert ("comment", (fans[0],)) in told(core, ann)


def test_a_like_that_is_taken_back_is_not_told(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam = people(core, 3)
    post = publish(core, ann)
    act(core, "like", post, ben, cam)
    assert told(core, ann) == [("like", (cam, ben))]
    act(core, "unlike", post, cam)
    act(core, "unlike", post, ben)
    act(core, "like", post, ben)
    assert told(core, ann) == [("like", (ben,))]


def test_comments_answers_and_mentions_each_tell_one_person_once(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam, dan = people(core, 4)
    post = publish(core, ann, "with @u3")
    first = say(core, ben, post, "hello @u3")
    say(core, cam, post, "answer", first.comment_id)
    core.comments.like(dan, first.comment_id)
    assert told(core, ann) == [("comment", (cam, ben))]
    assert sorted(told(core, ben)) == [("comment_like", (dan,)), ("reply", (cam,))]
    ((kind, actors),) = told(core, dan)  # of one moment, in the order of their ids
    assert (kind, set(actors)) == ("mention", {ben, ann})


def test_follows_requests_and_their_acceptance_are_told(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam = people(core, 3)
    core.graph.follow_many([(ben, ann)])
    core.profiles.edit(ann, ProfileEdit(private=True))
    core.graph.follow_many([(cam, ann)])
    assert told(core, ann) == [("request", (cam,)), ("follow", (ben,))]
    core.requests.accept(ann, cam)
    assert told(core, ann) == [("follow", (cam, ben))]
    assert told(core, cam) == [("accept", (ann,))]
    core.graph.unfollow_many([(ben, ann)])
    assert told(core, ann) == [("follow", (cam,))]


def test_what_is_deleted_blocked_muted_or_turned_off_is_not_told(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam, dan = people(core, 4)
    post, other = publish(core, ann), publish(core, ann)
    core.graph.mute_many([(ann, dan)])
    core.settings.edit(ann, {"notify_comments": False})
    act(core, "like", post, ben, cam, dan)
    act(core, "like", other, ben)
    say(core, ben, post)
    core.drain()
    core.graph.block_many([(cam, ann)])
    core.posts.delete_many(ann, [other])
    assert told(core, ann) == [("like", (ben,))]
    core.profiles.delete(ben)
    assert told(core, ann) == []
    assert core.notifications.unread(ann) == 0


def test_records_that_are_read_again_change_nothing(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam = people(core, 3)
    post = publish(core, ann, "@u1")
    act(core, "like", post, ben, cam)
    act(core, "unlike", post, cam)
    comment = say(core, ben, post)
    core.comments.like(ann, comment.comment_id)
    core.graph.follow_many([(ben, ann)])
    right = [told(core, who) for who in (ann, ben, cam)]
    for consumer in core.workers.consumers:
        core.stores.events.commit(consumer.group, consumer.topic, (0,))
    assert [told(core, who) for who in (ann, ben, cam)] == right


def test_a_crash_in_a_batch_tells_nothing_twice(open_core: Open) -> None:
    core = open_core()
    ann, ben = people(core, 2)
    act(core, "like", publish(core, ann), ben)
    consumer = next(
        each for each in core.workers.consumers if (each.group, each.topic) == ("notifications", "engagement")
    )

    def handle_and_die(records: object) -> None:
        consumer.handle(records)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(consumer, handle=handle_and_die).step()
    assert told(core, ann) == [("like", (ben,))]


def test_pages_join_to_all_groups_and_reading_marks_what_was_read(open_core: Open) -> None:
    core = open_core()
    ann, ben = people(core, 2)
    posts = [publish(core, ann) for _ in range(25)]
    for post in posts:
        act(core, "like", post, ben)
    core.drain()
    first = core.notifications.page(ann, 20)
    second = core.notifications.page(ann, 20, first.next_cursor)
    found = [group.newest.post_id for group in (*first.groups, *second.groups)]
    assert (len(first.groups), sorted(found), second.next_cursor) == (20, sorted(posts), "")
    assert core.notifications.unread(ann) == 25
    place = first.groups[3].newest.place
    core.notifications.mark_read(ann, place)
    assert core.notifications.unread(ann) == 3
    assert [group.unread for group in groups(core, ann, limit=5)] == [True] * 3 + [False] * 2
    core.notifications.mark_read(ann, first.groups[9].newest.place)
    assert core.notifications.unread(ann) == 3
    core.notifications.mark_read(ann)
    assert core.notifications.unread(ann) == 0


def test_an_edit_that_names_somebody_tells_them_once(open_core: Open) -> None:
    core = open_core()
    ann, ben = people(core, 2)
    post = publish(core, ann)
    for caption in ("@u1", "@u1 again"):
        core.posts.edit_many([PostEdit(author_id=ann, post_id=post, caption=caption)])
        assert told(core, ben) == [("mention", (ann,))]
