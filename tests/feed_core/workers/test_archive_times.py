"""The archive lets go at the very millisecond that was promised, and not one before."""

from collections.abc import Callable, Iterator

import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.notifications import Notification
from feed_core.model.posts import MediaRef, NewPost
from feed_core.model.stories import NewStory
from feed_core.model.timelines import NEWEST, Entry
from feed_core.model.users import NewUser
from feed_core.ports.timelines import Delivery
from tests.feed_core.workers.conftest import NOW

Open = Callable[..., FeedCore]
HORIZON = 3 * DAY


@pytest.fixture
def core(open_core: Open) -> Iterator[FeedCore]:
    return open_core(clock=SetClock(NOW), horizon_ms=HORIZON)


@pytest.fixture
def ann(core: FeedCore) -> int:
    return core.accounts.create_many([NewUser(username="ann")])[0].user_id


def archived_at(core: FeedCore, at: int) -> tuple[int, int]:
    core.clock.set(at)  # type: ignore[attr-defined]
    return core.archive.run()


def test_sessions_stories_and_first_answers_go_when_they_end(core: FeedCore, ann: int) -> None:
    core.sessions.begin(ann)
    core.stories.publish_many([NewStory(user_id=ann, media=MediaRef(url="s"))])
    core.idempotency.once(ann, "key", lambda: b"answer")
    stores = core.stores

    def kept() -> tuple[int, int, int]:
        return (
            len(stores.sessions.of_user(ann, NOW)),
            len(stores.stories.active([ann], NOW)),
            int(stores.idempotency.get(ann, "key", NOW) is not None),
        )

    for at, left in (
        (DAY - 1, (1, 1, 1)),
        (DAY, (1, 0, 0)),
        (30 * DAY - 1, (1, 0, 0)),
        (30 * DAY, (0, 0, 0)),
    ):
        assert archived_at(core, NOW + at) == (0, 0)
        assert kept() == left


@pytest.mark.parametrize(("later", "kept"), [(30 * DAY, 1), (30 * DAY + 1, 0)])
def test_notifications_are_kept_for_thirty_days(core: FeedCore, ann: int, later: int, kept: int) -> None:
    row = Notification(user_id=ann, notification_id=1, at=NOW, kind="follow", actor_id=7)
    core.stores.notifications.put([row])
    archived_at(core, NOW + later)
    assert len(core.stores.notifications.below(ann, (NOW + 1, 0), 9)) == kept


@pytest.mark.parametrize(("later", "kept"), [(HORIZON + DAY, 1), (HORIZON + DAY + 1, 0)])
def test_timelines_are_kept_for_a_day_beyond_the_horizon(
    core: FeedCore, ann: int, later: int, kept: int
) -> None:
    entry = Entry(delivered_at=NOW, post_id=5, via_id=7, author_id=7)
    core.stores.timelines.deliver([Delivery(ann, entry)])
    archived_at(core, NOW + later)
    assert len(core.stores.timelines.read([(ann, NEWEST, 9)], 0)[0]) == kept


@pytest.mark.parametrize(("later", "purged"), [(30 * DAY, 0), (30 * DAY + 1, 1)])
def test_a_post_that_can_still_be_restored_is_not_purged(
    core: FeedCore, ann: int, later: int, purged: int
) -> None:
    (post,) = core.posts.publish_many([NewPost(author_id=ann)])
    core.posts.delete_many(ann, [post.post_id])
    deleted = core.posts.get_many([post.post_id])[post.post_id].updated_at
    core.clock.set(deleted + later)  # type: ignore[attr-defined]
    assert len(core.posts.deleted_by(ann)) == 1 - purged
    assert archived_at(core, deleted + later) == (purged, 0)
    assert len(core.posts.get_many([post.post_id])) == 1 - purged


@pytest.mark.parametrize(("later", "purged"), [(90 * DAY, 0), (90 * DAY + 1, 1)])
def test_an_account_is_kept_for_ninety_days(core: FeedCore, ann: int, later: int, purged: int) -> None:
    core.profiles.delete(ann)
    deleted = core.accounts.get_many([ann])[ann].deleted_at
    assert archived_at(core, deleted + later) == (0, purged)
    assert len(core.accounts.get_many([ann])) == 1 - purged


def test_more_than_a_batch_of_posts_goes_in_one_run(core: FeedCore, ann: int) -> None:
    posts = core.posts.publish_many([NewPost(author_id=ann)] * 205)
    gone, kept = posts[:203], posts[203:]
    core.posts.delete_many(ann, [post.post_id for post in gone])
    assert archived_at(core, NOW + 31 * DAY) == (203, 0)
    assert core.posts.get_many([post.post_id for post in posts]).keys() == {post.post_id for post in kept}
    assert archived_at(core, NOW + 31 * DAY) == (0, 0)
