"""A night's repair looks at everything once, a batch at a time, and bears what befalls it."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, HOUR, SetClock
from feed_core.model.errors import Unavailable
from feed_core.model.posts import NewPost, PostCounts
from feed_core.model.users import NewUser, UserStats
from feed_core.services.repair import Place, Step
from feed_core.workers import nightly_repair
from feed_core.workers.nightly_repair import BEGINS_MS, NightlyRepair
from tests.feed_core.workers.conftest import NOW

Open = Callable[..., FeedCore]
MIDNIGHT = NOW - NOW % DAY


def with_wrong_counts(core: FeedCore, people: int) -> list[int]:
    """The ids of people who all have a follower and a post with a like too many."""
    ids = [u.user_id for u in core.accounts.create_many([NewUser(username=f"u{n}") for n in range(people)])]
    posts = core.posts.publish_many([NewPost(author_id=id_) for id_ in ids])
    core.stores.accounts.add_to_stats({id_: UserStats(followers=1) for id_ in ids})
    core.stores.posts.add_to_counts({post.post_id: PostCounts(likes=1) for post in posts})
    return ids


def test_everything_is_looked_at_once_a_night_in_batches(
    open_core: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly_repair, "AT_ONCE", 2)
    clock = SetClock(MIDNIGHT + BEGINS_MS - 1)
    core = open_core(clock=clock)
    ids = with_wrong_counts(core, 5)
    clock.set(MIDNIGHT + BEGINS_MS)
    corrected = []
    while core.nightly.step():
        corrected.append(core.nightly.corrected)
    assert corrected == [2, 4, 5, 5, 7, 9, 10]  # the fourth finds no more people, one more finds no posts
    assert core.accounts.stats_many(ids) == {id_: UserStats(posts=1) for id_ in ids}
    core.stores.accounts.add_to_stats({ids[0]: UserStats(followers=1)})
    clock.set(MIDNIGHT + BEGINS_MS + DAY - 1)
    assert not core.nightly.due
    clock.set(MIDNIGHT + BEGINS_MS + DAY)
    while core.nightly.step():
        pass
    assert core.nightly.corrected == 1


def test_a_batch_that_fails_is_tried_again(open_core: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock(NOW)
    core = open_core(clock=clock)
    with_wrong_counts(core, 3)
    clock.set(NOW + DAY)
    with monkeypatch.context() as patched:
        patched.setattr(core.stores.accounts, "add_to_stats", _away)
        with pytest.raises(Unavailable):
            core.nightly.step()
    assert core.nightly.due
    while core.nightly.step():
        pass
    assert core.nightly.corrected == 6
    assert core.repair.recount_all() == 0


def _away(_changes: object) -> None:
    raise Unavailable("The store is away.")


class Counted:
    """Stands for the repair of an empty store: counts how often it is begun."""

    def __init__(self) -> None:
        self.begun = 0

    def step(self, place: Place, at_once: int) -> Step:
        self.begun += place == Place()
        return Step(0, 0, None)


@given(st.lists(st.integers(0, 30 * HOUR), max_size=30))
@settings(suppress_health_check=list(HealthCheck))
def test_there_is_one_repair_for_each_night_in_which_somebody_looked(pauses: list[int]) -> None:
    clock, repair = SetClock(NOW), Counted()
    nightly = NightlyRepair(repair, clock)  # type: ignore[arg-type]
    nights = {(NOW - BEGINS_MS) // DAY}
    for pause in pauses:
        clock.set(clock.now() + pause)
        nights.add((clock.now() - BEGINS_MS) // DAY)
        nightly.step()
    assert repair.begun == len(nights) - 1
