"""Each filter, on the real stores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.online.keys import among
from feed_core.model.errors import Unavailable
from feed_core.model.posts import PostEdit
from feed_core.services.muting import Muting
from ranking_service.filters.deleted import Deleted
from ranking_service.filters.duplicates import Duplicates
from ranking_service.filters.hidden_authors import HiddenAuthors
from ranking_service.filters.muted_words import MutedWords
from ranking_service.filters.own_posts import OwnPosts
from ranking_service.filters.seen import Seen
from ranking_service.pipeline.pool import NO_IDS, Pool
from ranking_service.pipeline.query import Query
from ranking_service.records import Request


def pool_of(post_ids, author_ids=None):
    ids = np.array(post_ids, np.int64)
    authors = np.ones_like(ids) if author_ids is None else np.array(author_ids, np.int64)
    return Pool(ids, authors, ids, np.zeros_like(ids), np.ones(len(ids), np.bool_))


def query(hidden=NO_IDS, served=NO_IDS, user_id=7):
    as_ids = [None if ids is None else np.array(sorted(ids), np.int64) for ids in (hidden, served)]
    return Query(Request(user_id=user_id), 0, NO_IDS, *as_ids)


@given(st.lists(st.integers(1, 9), max_size=30))
def test_the_first_of_each_post_stays(ids):
    kept = pool_of(ids).take(Duplicates().keep(query(), pool_of(ids)))
    assert kept.post_ids.tolist() == list(dict.fromkeys(ids))


def test_deleted_and_unknown_posts_go(world):
    ben, ids = world.people["ben"], world.ids("ben")
    world.core.posts.delete_many(ben, ids[:2])
    pool = pool_of([*ids[:3], 5], [ben, ben, ben, 0])
    assert Deleted(world.core.stores.posts).keep(query(), pool).tolist() == [False, False, True, False]


def test_a_deletion_is_seen_at_once(world):
    ben, ids = world.people["ben"], world.ids("ben")
    rule, pool = Deleted(world.core.stores.posts), pool_of(ids[:1], [ben])
    assert rule.keep(query(), pool).all()
    world.core.posts.delete_many(ben, ids[:1])
    assert not rule.keep(query(), pool).any()


def test_hidden_authors_go():
    assert HiddenAuthors().keep(query(hidden=[3]), pool_of([1, 2], [3, 4])).tolist() == [False, True]


def test_own_posts_go():
    assert OwnPosts().keep(query(user_id=4), pool_of([1, 2], [3, 4])).tolist() == [True, False]


def test_seen_posts_go():
    assert Seen().keep(query(served=[2, 9]), pool_of([1, 2])).tolist() == [True, False]


@pytest.mark.parametrize(("rule", "unknown"), [(HiddenAuthors(), "hidden"), (Seen(), "served")])
def test_a_filter_that_does_not_know_raises_and_does_not_guess(rule, unknown):
    with pytest.raises(Unavailable):
        rule.keep(query(**{unknown: None}), pool_of([1]))


@pytest.mark.parametrize("mine", [True, False], ids=["mine", "theirs"])
@pytest.mark.parametrize("verb", ["block", "mute"])
def test_no_block_or_mute_of_either_lets_a_post_be_ranked(world, for_you, verb, mine):
    ben, eve = world.people["ben"], world.people["eve"]
    pairs = [(world.ada, ben), (world.ada, eve)]
    getattr(world.core.graph, f"{verb}_many")(pairs if mine else [(b, a) for a, b in pairs])
    answer = for_you.rank(Request(user_id=world.ada, limit=100))
    assert answer.served_by in {"full", "light"}
    assert answer.items
    assert not {ben, eve} & {item.post.author_id for item in answer.items}


def test_a_muted_person_still_has_the_muter_in_the_chronological_timeline(world, for_you):
    ben = world.people["ben"]
    world.core.graph.mute_many([(ben, world.ada)])
    newest = for_you.newest_first(world.ada, 100)
    assert ben in {item.post.author_id for item in newest.items}
    assert ben not in {item.post.author_id for item in for_you.preview(world.ada, 100).items}


def test_posts_with_a_muted_word_go_at_once(world):
    ben, ids = world.people["ben"], world.ids("ben")
    rule, pool = MutedWords(world.core.muting), pool_of(ids[:2], [ben, ben])
    assert rule.keep(query(user_id=world.ada), pool).all()
    world.core.settings.edit(world.ada, {"muted_words": ["#sun"]})
    assert not rule.keep(query(user_id=world.ada), pool).any()
    world.core.posts.edit_many([PostEdit(author_id=ben, post_id=ids[1], caption="Hello")])
    assert rule.keep(query(user_id=world.ada), pool).tolist() == [False, True]
    assert rule.keep(query(user_id=ben), pool).all()


def test_a_muted_word_is_neither_ranked_nor_scored_and_is_named_as_the_reason(world, for_you):
    ben, ids = world.people["ben"], world.ids("ben")
    world.core.posts.edit_many([PostEdit(author_id=ben, post_id=ids[0], caption="A spoiler")])
    world.core.settings.edit(world.ada, {"muted_words": ["spoiler"]})
    answer = for_you.rank(Request(user_id=world.ada, limit=100))
    assert answer.served_by in {"full", "light"}
    assert ids[0] not in {item.post.post_id for item in answer.items}
    assert ids[1] in {item.post.post_id for item in answer.items}
    scores = for_you.score_candidates(world.ada, ids[:2])
    assert [(each.post_id, each.reason) for each in scores.dropped] == [(ids[0], "muted_word")]
    world.core.settings.edit(world.ada, {"muted_words": ["hello"]})
    newest = for_you.newest_first(world.ada, 100).items
    assert [item.post.post_id for item in newest] == ids[:1]


def test_a_word_that_is_muted_while_paging_is_gone_from_the_next_page(world, for_you):
    first = for_you.rank(Request(user_id=world.ada, limit=2))
    world.core.settings.edit(world.ada, {"muted_words": ["hello"]})
    following = for_you.rank(Request(user_id=world.ada, limit=2, cursor=first.next_cursor))
    assert (len(first.items), len(following.items)) == (2, 0)


def test_muted_words_that_cannot_be_read_let_nothing_through(world, for_you, monkeypatch):
    def fails(self, readers):
        raise Unavailable("The settings do not answer.")

    monkeypatch.setattr(Muting, "_words", fails)
    with pytest.raises(Unavailable):
        for_you.rank(Request(user_id=world.ada))
    with pytest.raises(Unavailable):
        for_you.score_candidates(world.ada, world.ids("ben"))


@given(st.lists(st.integers(-5, 15)), st.sets(st.integers(-5, 15)))
def test_membership_is_what_a_set_says(ids, known):
    found = among(np.array(ids, np.int64), np.array(sorted(known), np.int64))
    assert found.tolist() == [id_ in known for id_ in ids]
