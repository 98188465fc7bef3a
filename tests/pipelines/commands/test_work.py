"""The workers beside a service: in a thread for a demo, on the clock of the history that they work on."""

from pathlib import Path

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser
from feed_core.settings import Settings
from pipelines.commands.serve import clock_of
from pipelines.commands.work import working
from tests.servers import wait_until

LONG_AGO = 1_600_000_000_000


def test_what_is_written_beside_them_is_delivered_and_an_old_history_stays(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    core = FeedCore.open(tmp_path, clock=SetClock(LONG_AGO))
    ann, ben = (u.user_id for u in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")]))
    core.graph.follow_many([(ann, ben)])
    core.posts.publish_many([NewPost(author_id=ben)])
    core.drain()
    with working(tmp_path, SetClock(LONG_AGO + DAY), settings):
        core.posts.publish_many([NewPost(author_id=ben)])
        wait_until(lambda: len(core.timelines.page(ann).entries) == 2)
    assert core.workers.lag() == 0
    core.posts.publish_many([NewPost(author_id=ben)])
    assert core.workers.lag() > 0, "they have ended with the block"
    core.close()


def test_the_clock_of_a_history_goes_on_where_it_ends(tmp_path: Path) -> None:
    core = FeedCore.open(tmp_path, clock=SetClock(LONG_AGO))
    ann, ben = (u.user_id for u in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")]))
    (post,) = core.posts.publish_many([NewPost(author_id=ben)])
    core.engagement.record_many([NewEvent(user_id=ann, post_id=post.post_id, action="like")])
    core.close()
    now = clock_of(tmp_path, settings=Settings(home=tmp_path)).now()
    assert LONG_AGO <= now < LONG_AGO + DAY
