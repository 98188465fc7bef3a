"""Fan-out: what is delivered, what a crash repeats, what a celebrity changes, what a new mode changes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import DAY
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost, PostEdit
from feed_core.model.timelines import NEWEST, Entry
from feed_core.model.users import NewUser

Open = Callable[..., FeedCore]


def people(core: FeedCore, number: int) -> list[int]:
    """Ids of new users."""
    made = core.accounts.create_many([NewUser(username=f"person{i}") for i in range(number)])
    return [user.user_id for user in made]


def publish(core: FeedCore, author_id: int) -> int:
    """The id of a new post."""
    return core.posts.publish_many([NewPost(author_id=author_id)])[0].post_id


def delivered(core: FeedCore) -> tuple[int, int, int]:
    """An author, a follower, and a post of the one that has come to the other."""
    author, follower = people(core, 2)
    core.graph.follow_many([(follower, author)])
    post = publish(core, author)
    core.drain()
    return author, follower, post


def rows(core: FeedCore, reader: int) -> list[Entry]:
    """What lies materialised for a reader."""
    return core.stores.timelines.read([(reader, NEWEST, 1_000)], 0)[0]


def shown(core: FeedCore, reader: int) -> list[int]:
    """Post ids of a reader's timeline."""
    return [entry.post_id for entry in core.timelines.page(reader, 100).entries]


def test_posts_and_shares_reach_followers_and_nobody_else(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam, dan = people(core, 4)
    core.graph.follow_many([(ben, ann), (cam, ben)])
    post = publish(core, ann)
    core.engagement.record_many([NewEvent(user_id=ben, post_id=post, action="share")])
    assert shown(core, ben) == []
    assert core.drain() == 8  # twice each record: for timelines and for notifications
    assert {who: shown(core, who) for who in (ann, ben, cam, dan)} == {
        ann: [],
        ben: [post],
        cam: [post],
        dan: [],
    }
    assert core.timelines.page(cam).entries[0].via_id == ben
    assert core.drain() == 0


def test_a_follow_brings_the_past_of_the_horizon_and_an_unfollow_takes_it_away(open_core: Open) -> None:
    core = open_core()
    ann, ben = people(core, 2)
    publish(core, ann)
    core.clock.set(core.clock.now() + 30 * DAY + 1)
    young = publish(core, ann)
    core.drain()
    core.graph.follow_many([(ben, ann)])
    core.drain()
    assert [entry.post_id for entry in rows(core, ben)] == [young] == shown(core, ben)
    core.graph.unfollow_many([(ben, ann)])
    assert shown(core, ben) == []
    core.drain()
    assert rows(core, ben) == []


def test_a_deleted_post_is_hidden_at_once_and_withdrawn_by_the_worker(open_core: Open) -> None:
    core = open_core()
    ann, ben, post = delivered(core)
    core.posts.delete_many(ann, [post])
    assert (shown(core, ben), len(rows(core, ben))) == ([], 1)
    core.drain()
    assert rows(core, ben) == []


@pytest.mark.parametrize("last", ["restored", "deleted"])
def test_what_a_post_is_now_decides_however_late_the_worker_hears_of_it(open_core: Open, last: str) -> None:
    core = open_core()
    ann, ben, post = delivered(core)
    core.posts.delete_many(ann, [post])
    core.posts.restore(ann, post)
    if last == "deleted":
        core.posts.delete_many(ann, [post])
    core.drain()
    assert shown(core, ben) == [entry.post_id for entry in rows(core, ben)] == [post] * (last == "restored")


def test_an_edit_is_not_delivered_again(open_core: Open) -> None:
    core = open_core()
    ann, ben, post = delivered(core)
    core.stores.timelines.withdraw_posts([post])
    core.posts.edit_many([PostEdit(author_id=ann, post_id=post, caption="new")])
    core.drain()
    assert rows(core, ben) == []


@pytest.mark.parametrize("turn", ["graph", "posts", "engagement"])
def test_the_order_in_which_topics_are_read_does_not_matter(open_core: Open, turn: str) -> None:
    core = open_core()
    ann, ben, cam = people(core, 3)
    first = publish(core, ann)
    core.graph.follow_many([(ben, ann)])
    core.graph.unfollow_many([(ben, ann)])
    core.graph.follow_many([(ben, ann), (cam, ben)])
    core.engagement.record_many([NewEvent(user_id=ben, post_id=first, action="share")])
    second = publish(core, ann)
    for consumer in sorted(core.workers.consumers, key=lambda each: each.topic != turn):
        while consumer.step():
            pass
    core.drain()
    assert (sorted(shown(core, ben)), shown(core, cam)) == (sorted([first, second]), [first])


def test_a_crash_between_effect_and_offset_repeats_without_doubling(open_core: Open) -> None:
    core = open_core()
    ann, ben, cam = people(core, 3)
    core.graph.follow_many([(ben, ann), (cam, ben)])
    post = publish(core, ann)
    core.engagement.record_many([NewEvent(user_id=ben, post_id=post, action="share")])
    core.drain()
    right = [rows(core, who) for who in (ann, ben, cam)]
    for consumer in core.workers.consumers:
        core.stores.events.commit(consumer.group, consumer.topic, (0,))
    assert core.workers.lag() == 8
    assert core.drain() == 8  # twice each record: for timelines and for notifications
    assert [rows(core, who) for who in (ann, ben, cam)] == right


def test_a_crash_inside_a_batch_takes_its_effect_back_and_goes_on_after(open_core: Open) -> None:
    core = open_core()
    ann, ben = people(core, 2)
    core.graph.follow_many([(ben, ann)])
    core.drain()
    post = publish(core, ann)
    consumer = next(each for each in core.workers.consumers if each.topic == "posts")

    def handle_and_die(records: object) -> None:
        consumer.handle(records)  # type: ignore[arg-type]
        assert [entry.post_id for entry in rows(core, ben)] == [post]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(consumer, handle=handle_and_die).step()
    assert (rows(core, ben), consumer.lag()) == ([], 1)
    core.drain()
    assert shown(core, ben) == [post]


def test_long_logs_are_taken_in_batches_with_progress(open_core: Open) -> None:
    core = open_core()
    ann, ben = people(core, 2)
    core.graph.follow_many([(ben, ann)])
    core.posts.publish_many([NewPost(author_id=ann) for _ in range(25)])
    small = replace(core.workers, consumers=[replace(each, batch=10) for each in core.workers.consumers])
    told: list[tuple[int, int]] = []
    assert small.drain(lambda done, total: told.append((done, total))) == 52
    assert told == [(22, 52), (42, 52), (52, 52)]
    assert len(shown(core, ben)) == 25


def test_a_celebrity_is_pulled_and_pushed_again_after_the_fall(open_core: Open) -> None:
    core = open_core(celebrity_threshold=5)
    star, *fans = people(core, 7)
    core.graph.follow_many([(fan, star) for fan in fans[:5]])
    early = publish(core, star)
    core.drain()
    assert core.stores.timelines.pulled() == set()
    core.graph.follow_many([(fans[5], star)])
    late = publish(core, star)
    core.drain()
    assert core.stores.timelines.pulled() == {star}
    assert [entry.post_id for entry in rows(core, fans[0])] == [early]
    assert {tuple(shown(core, fan)) for fan in fans} == {(late, early)}
    core.graph.unfollow_many([(fan, star) for fan in fans[:2]])
    core.drain()
    assert core.stores.timelines.pulled() == set()
    assert {tuple(shown(core, fan)) for fan in fans[2:]} == {(late, early)}
    assert [entry.post_id for entry in rows(core, fans[5])] == [late, early]
    assert shown(core, fans[0]) == []


def test_mode_and_threshold_may_change_between_openings_and_no_timeline_does(open_core: Open) -> None:
    core = open_core(mode="pull")
    crowd = people(core, 8)
    core.graph.follow_many([(reader, via) for reader in crowd for via in crowd[:3] if reader != via])
    posts = [publish(core, via) for via in crowd[:4]]
    core.engagement.record_many([NewEvent(user_id=crowd[1], post_id=posts[3], action="share")])
    right = [core.timelines.page(reader).entries for reader in crowd]
    core.drain()
    assert all(rows(core, reader) == [] for reader in crowd)
    core.close()
    for settings in (
        {"mode": "hybrid", "celebrity_threshold": 3},
        {"mode": "push"},
        {"mode": "hybrid", "celebrity_threshold": 1},
        {"mode": "hybrid", "celebrity_threshold": 1_000},
        {"mode": "pull"},
        {"mode": "hybrid", "celebrity_threshold": 7},
    ):
        core = open_core(**settings)
        core.drain()
        assert [core.timelines.page(reader).entries for reader in crowd] == right, settings
        core.close()
