"""A write with a key takes effect once, also when it is repeated at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput


def test_a_repeat_gets_the_first_answer_and_writes_nothing(world) -> None:
    def publish() -> bytes:
        return b"%d" % world.post(world.ann).post_id

    first = world.core.idempotency.once(world.ann, "k", publish)
    assert world.core.idempotency.once(world.ann, "k", publish) == first
    assert len(world.core.posts.by_author(world.ann).posts) == 1
    assert world.core.idempotency.once(world.ben, "k", publish) != first


def test_concurrent_repeats_write_once(world) -> None:
    start = Barrier(8)

    def request(_: int) -> bytes:
        start.wait()
        return world.core.idempotency.once(world.ann, "k", lambda: b"%d" % world.post(world.ann).post_id)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(request, range(8)))
    assert len(answers) == 1
    assert len(world.logged_posts()) == 1


def test_an_action_that_fails_stores_no_answer_and_no_write(world) -> None:
    def fail() -> bytes:
        world.post(world.ann)
        raise KeyError("stop")

    before = world.state()
    with pytest.raises(KeyError):
        world.core.idempotency.once(world.ann, "k", fail)
    assert world.state() == before
    assert world.core.idempotency.once(world.ann, "k", lambda: b"second try") == b"second try"


def test_an_answer_is_kept_for_a_day(world) -> None:
    assert world.core.idempotency.once(world.ann, "k", lambda: b"1") == b"1"
    world.clock.set(world.clock.now() + DAY - 1)
    assert world.core.idempotency.once(world.ann, "k", lambda: b"2") == b"1"
    world.clock.set(world.clock.now() + 1)
    assert world.core.idempotency.once(world.ann, "k", lambda: b"3") == b"3"


@pytest.mark.parametrize(("user_id", "key"), [(1, ""), (1, "k" * 256), (0, "k")])
def test_a_key_that_breaks_a_rule_is_refused(world, user_id: int, key: str) -> None:
    with pytest.raises(InvalidInput):
        world.core.idempotency.once(user_id, key, lambda: b"")
