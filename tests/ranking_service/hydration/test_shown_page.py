"""What is drawn of a page: the post as it is now, its author, its counts and one's own like."""

from dataclasses import replace

import numpy as np
import pytest

from feed_core.model.events import NewEvent
from feed_core.model.posts import PostEdit
from ranking_service.hydration.shown_page import items_of
from ranking_service.records import Request


@pytest.fixture
def page(world, for_you):
    (page,) = for_you.sent(for_you.pages([Request(user_id=world.ada, limit=12)]))
    return page


def test_every_post_is_there_in_its_place_with_whoever_wrote_it(world, page):
    items = items_of(world.core, page, None)
    assert [item.post.post_id for item in items] == page.shown.pool.post_ids.tolist()
    assert [item.position for item in items] == [item.why.position_after for item in items] == [*range(12)]
    names = {id_: name for name, id_ in world.people.items()}
    assert [item.author.username for item in items] == [names[item.post.author_id] for item in items]


def test_likes_are_ones_own_and_counts_are_everybodys(world, page):
    mine, theirs = page.shown.pool.post_ids.tolist()[:2]
    for who, post in ((world.ada, mine), (world.people["eve"], mine), (world.people["eve"], theirs)):
        world.core.engagement.record_many([NewEvent(user_id=who, post_id=post, action="like")])
    world.core.drain()
    items = {item.post.post_id: item for item in items_of(world.core, page, None)}
    assert {id_ for id_, item in items.items() if item.liked} == {mine}
    assert (items[mine].counts.likes, items[theirs].counts.likes) == (2, 1)


def test_a_caption_that_was_edited_since_the_ranking_is_shown_as_it_is_now(world, page):
    id_ = page.shown.pool.post_ids.tolist()[0]
    author = int(page.shown.pool.author_ids[0])
    world.core.posts.edit_many([PostEdit(author_id=author, post_id=id_, caption="Now")])
    assert items_of(world.core, page, None)[0].post.caption == "Now"


def test_a_post_that_nobody_knows_leaves_its_place_empty(world, page):
    pool = page.shown.pool
    ids = np.where(np.arange(len(pool)) == 3, 5, pool.post_ids)
    torn = replace(page, shown=replace(page.shown, pool=replace(pool, post_ids=ids)))
    items = items_of(world.core, torn, None)
    assert [item.position for item in items] == [0, 1, 2, *range(4, 12)]
    assert [item.post.post_id for item in items] == [id_ for id_ in ids.tolist() if id_ != 5]
