"""Whether a request wrote anything can be seen."""

from contextlib import closing

from tests.feed_core.api.conftest import World
from tests.feed_core.api.written_rows import WrittenRows, rows_of


def test_what_is_written_shows_and_what_is_read_does_not(world: World) -> None:
    with closing(WrittenRows(world.home)) as rows:
        before = rows.now()
        assert before == dict(rows_of(world.home))
        assert world.api.get(f"/v1/posts/{world.post}").is_success
        assert rows.now() is before
        assert world.api.put(f"/v1/posts/{world.post}/likes/{world.cam}").is_success
        assert rows.now() != before
        assert rows.now() == dict(rows_of(world.home))


def test_tables_that_do_not_count_are_left_out(world: World) -> None:
    with closing(WrittenRows(world.home, "likes", "posts")) as rows:
        left_out = dict(rows_of(world.home)).keys() - rows.now().keys()
    assert left_out
    assert all("likes" in name or "posts" in name for name in left_out)
