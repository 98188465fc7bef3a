"""The fast answer says what its views say."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from feed_core.api.hydration import Drawn, views_of
from feed_core.api.timelines import TimelineItem, TimelineView
from feed_core.api.wire import TimelineOut, encode, items_out
from feed_core.model.ids import EPOCH_MS, MAX_ID
from feed_core.model.posts import MediaRef, Post, PostCounts
from feed_core.model.timelines import Entry
from feed_core.model.users import User

IDS = st.integers(1, MAX_ID)
TIMES = st.integers(EPOCH_MS, EPOCH_MS + (1 << 41) - 1)
SMALL = st.integers(0, 1 << 40)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
MEDIA = st.builds(
    MediaRef, url=TEXTS, media_type=st.sampled_from(("photo", "video")), width=SMALL, height=SMALL,
    duration_ms=SMALL,
)  # fmt: skip
USERS = st.builds(
    User, user_id=IDS, username=TEXTS, full_name=TEXTS, bio=TEXTS, created_at=TIMES, updated_at=TIMES,
    website=TEXTS, avatar_url=TEXTS, private=st.booleans(), verified=st.booleans(),
)  # fmt: skip
POSTS = st.builds(
    Post, post_id=IDS, author_id=IDS, caption=TEXTS, hashtags=st.lists(TEXTS, max_size=3).map(tuple),
    mentions=st.lists(IDS, max_size=3).map(tuple), place=TEXTS, media=st.lists(MEDIA, max_size=2).map(tuple),
    created_at=TIMES, updated_at=TIMES,
)  # fmt: skip
COUNTS = st.builds(PostCounts, likes=SMALL, comments=SMALL, shares=SMALL, saves=SMALL)


@st.composite
def pages(draw: st.DrawFn) -> tuple[list[Entry], dict[int, Drawn]]:
    """Some entries, most of whose posts are drawn."""
    authors = draw(st.lists(USERS, min_size=1, max_size=3, unique_by=lambda user: user.user_id))
    drawn, entries = {}, []
    for post in draw(st.lists(POSTS, max_size=5, unique_by=lambda post: post.post_id)):
        author = draw(st.sampled_from(authors))
        entries.append(
            Entry(delivered_at=draw(TIMES), post_id=post.post_id, via_id=draw(IDS), author_id=author.user_id)
        )
        if draw(st.integers(0, 4)):
            drawn[post.post_id] = Drawn(post, author, draw(COUNTS), draw(st.booleans()))
    return entries, drawn


@given(pages(), st.integers(0, 1_000))
def test_the_wire_form_is_what_the_views_say(page: tuple[list[Entry], dict[int, Drawn]], first: int) -> None:
    entries, drawn = page
    items = msgspec.Raw(encode(items_out(entries, drawn, first)))
    said = msgspec.json.decode(encode(TimelineOut("7", "chronological", items, "c")))
    assert said == viewed(entries, drawn, first)


def viewed(entries: list[Entry], drawn: dict[int, Drawn], first: int) -> Any:
    views = views_of(drawn)
    shown = [entry for entry in entries if entry.post_id in drawn]
    items = [
        TimelineItem(
            **dict(views[entry.post_id]), position=first + at, via_id=entry.via_id,
            delivered_at=entry.delivered_at,
        )
        for at, entry in enumerate(shown)
    ]  # fmt: skip
    return TimelineView(decision_id="7", items=items, next_cursor="c").model_dump(mode="json")
