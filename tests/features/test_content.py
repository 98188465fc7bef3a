"""A post's row says what the post is, exactly, and an older version never takes its place."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from features.content import write_posts
from features.definitions.views import POST_CONTENT
from features.online import OnlineRows, open_online, tag_hash
from feed_core.model.clock import DAY, SECOND
from feed_core.model.errors import InvalidInput
from feed_core.model.posts import MediaRef, Post

YEAR_2262 = 9_223_372_036_854
PHOTO, VIDEO = MediaRef(url="p"), MediaRef(url="v", media_type="video")


@pytest.fixture
def online(tmp_path: Path) -> Iterator[OnlineRows]:
    rows = open_online(tmp_path / "online.sqlite")
    yield rows
    rows.close()


def post(post_id: int = 1, *, at: int = 10 * DAY, **more: object) -> Post:
    empty: dict[str, object] = {"caption": "", "hashtags": (), "mentions": (), "media": (), "place": ""}
    times = {"created_at": at, "updated_at": at}
    return Post(post_id=post_id, author_id=5, **(empty | times | more))  # type: ignore[arg-type]


def row(online: OnlineRows, post_id: int = 1) -> dict[str, float]:
    values = online.read_many(POST_CONTENT, np.array([post_id])).matrix[0]
    return dict(zip(POST_CONTENT.columns, values.tolist(), strict=True))


posts = st.builds(
    post,
    at=st.integers(1, YEAR_2262),
    caption=st.text(max_size=30),
    hashtags=st.lists(st.text(min_size=1, max_size=8), max_size=5).map(tuple),
    mentions=st.lists(st.integers(1, 9), max_size=4).map(tuple),
    media=st.lists(st.sampled_from([PHOTO, VIDEO]), max_size=4).map(tuple),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=posts)
def test_the_row_of_any_post_says_what_it_is(online: OnlineRows, made: Post) -> None:
    online.drop(POST_CONTENT)
    assert write_posts(online, [made]) == 1
    found = row(online)
    seconds = found["created_day"] * (DAY // SECOND) + found["created_second"]
    assert seconds == made.created_at // SECOND, "exact to the second in float32"
    assert found["caption_length"] == len(made.caption)
    assert found["media_count"] == len(made.media)
    assert found["mention_count"] == len(made.mentions)
    assert found["is_video"] == (made.media[:1] == (VIDEO,))
    tags = online.read_many(POST_CONTENT, np.array([1]), names=True)
    assert tags.lists is not None
    assert tags.lists.names == made.hashtags
    assert tags.lists.ids.tolist() == [tag_hash(tag) for tag in made.hashtags]
    assert tags.event_times.tolist() == [made.updated_at]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("together", [True, False])
def test_the_newest_version_stays_in_whatever_order_versions_come(
    online: OnlineRows, newest_first: bool, together: bool
) -> None:
    versions = [structs.replace(post(), caption="a" * i, updated_at=11 * DAY + i) for i in (1, 2, 3)]
    ordered = versions[::-1] if newest_first else versions
    taken = [write_posts(online, ordered)] if together else [write_posts(online, [v]) for v in ordered]
    assert row(online)["caption_length"] == 3
    assert sum(taken) == (1 if newest_first else 3)


def test_the_same_version_may_be_written_again(online: OnlineRows) -> None:
    assert write_posts(online, [post(caption="one")]) == 1
    assert write_posts(online, [post(caption="one")]) == 1
    assert (online.state(POST_CONTENT).rows, row(online)["caption_length"]) == (1, 3)


def test_no_posts_are_no_rows(online: OnlineRows) -> None:
    assert write_posts(online, []) == 0
    assert online.state(POST_CONTENT).rows == 0


@pytest.mark.parametrize("broken", [post(0), post(-1), post(2, at=0)], ids=["no id", "negative", "no time"])
def test_a_post_that_is_none_is_refused_with_all_that_came_with_it(online: OnlineRows, broken: Post) -> None:
    with pytest.raises(InvalidInput):
        write_posts(online, [post(1), broken])
    assert online.state(POST_CONTENT).rows == 0
