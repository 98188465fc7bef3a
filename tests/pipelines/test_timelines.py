"""A few people's timelines, by which runs are compared: who they are is fixed, nothing is logged."""

from pathlib import Path

import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import HOUR, SetClock
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser
from pipelines.timelines import chosen, sample_timelines, timeline
from ranking_service.for_you import ForYou

NOW = 1_770_000_000_000


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Twelve people in a ring: each follows the next two, and everybody has posted three times."""
    clock = SetClock(NOW)
    core = FeedCore.open(tmp_path, clock=clock)
    ids = [u.user_id for u in core.accounts.create_many([NewUser(username=f"u{n:02}") for n in range(12)])]
    core.graph.follow_many([(ids[n], ids[(n + step) % 12]) for n in range(12) for step in (1, 2)])
    for at in range(3):
        clock.set(NOW + at * HOUR)
        core.posts.publish_many([NewPost(author_id=id_) for id_ in ids])
    core.drain()
    core.close()
    return tmp_path


def test_people_are_chosen_by_the_seed_and_stand_in_order_of_id(home: Path) -> None:
    core = FeedCore.open(home)
    picked = {seed: [user.user_id for user in chosen(core, seed)] for seed in (1, 2)}
    assert [user.user_id for user in chosen(core, 1)] == picked[1] == sorted(set(picked[1]))
    assert picked[1] != picked[2]
    assert len(picked[1]) == 8
    assert len(chosen(core, 1, people=99)) == 12
    core.close()


def test_a_timeline_is_what_its_reader_gets_and_is_the_same_again(home: Path) -> None:
    core = FeedCore.open(home, clock=SetClock(NOW + 4 * HOUR))
    for_you = ForYou.open(core, home, budget_ms=None)
    found = [sample_timelines(for_you, 3) for _ in range(2)]
    assert found[0] == found[1]
    assert [one.order for one in found[0]] == ["chronological", "ranked"] * 8
    for one, ranked in zip(found[0][::2], found[0][1::2], strict=True):
        posts = [entry.post_id for entry in core.timelines.page(int(one.user_id), limit=100).entries]
        assert len(posts) == one.length == ranked.length == 6
        assert one.first == tuple(map(str, posts[:5]))
        (user,) = core.accounts.get_many([int(one.user_id)]).values()
        assert timeline(user, "chronological", posts) == one
        assert one.username == ranked.username == user.username
    assert core.stores.events.end("decisions") == (0,)
    for_you.close()
    core.close()


def test_the_digest_tells_the_order_of_all_posts_apart(home: Path) -> None:
    core = FeedCore.open(home)
    user, *_ = chosen(core, 0)
    posts = list(range(1, 300))
    swapped = [*posts[:-2], posts[-1], posts[-2]]
    one, other = (timeline(user, "ranked", ids) for ids in (posts, swapped))
    assert one.first == other.first
    assert one.digest != other.digest
    assert timeline(user, "ranked", []).length == 0
    core.close()
