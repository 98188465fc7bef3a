"""The contract of ``ports.posts``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import msgspec
import pytest

from feed_core.adapters.cassandra.posts import CassandraPosts
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.model.posts import MediaRef, Post, PostCounts, PostKey
from feed_core.model.timelines import NEWEST, Entry
from feed_core.ports.posts import Posts


def post(id_: int, author_id: int = 1, created_at: int = 100, deleted: bool = False) -> Post:
    return Post(
        post_id=id_,
        author_id=author_id,
        caption="été #sun",
        hashtags=("sun",),
        mentions=(7,),
        place="Nice",
        media=(MediaRef(url="m", media_type="video", duration_ms=3),),
        created_at=created_at,
        updated_at=created_at,
        deleted=deleted,
    )


def entry(via_id: int, post_id: int, at: int) -> Entry:
    return Entry(delivered_at=at, post_id=post_id, via_id=via_id, author_id=9)


class PostsContract:
    adapter: Callable[[Database], Posts]

    @pytest.fixture
    def posts(self, database: Database) -> Posts:
        return type(self).adapter(database)

    def test_posts_come_back_as_they_were_stored_and_replaced(self, posts: Posts) -> None:
        posts.put([post(1), post((1 << 63) - 1, author_id=3)])
        changed = msgspec.structs.replace(post(1), caption="new", updated_at=200)
        posts.put([changed])
        assert posts.get_many([1, (1 << 63) - 1, 5]) == {
            1: changed,
            (1 << 63) - 1: post((1 << 63) - 1, author_id=3),
        }
        assert posts.shown_many([1, 5]) == {1: changed}

    def test_deleted_posts_are_read_by_id_alone(self, posts: Posts) -> None:
        posts.put([post(1), post(2, deleted=True)])
        assert posts.get_many([2])[2].deleted
        assert posts.deleted_among([1, 2, 3]) == {2}
        assert posts.authors_of([1, 2, 3]) == {1: 1}
        assert posts.by_author(1, NEWEST[:2], 9) == [post(1)]
        assert posts.newest(0, 9) == [PostKey(1, post(1).author_id, post(1).created_at)]
        assert posts.count_by([1, 2]) == {1: 1}
        assert {each.post_id for each in posts.page(0, 9)} == {1, 2}

    def test_lists_are_newest_first_and_go_on_below_a_position(self, posts: Posts) -> None:
        posts.put(
            [post(1, created_at=300), post(2, created_at=200), post(3, created_at=200), post(4, 2, 400)]
        )
        assert [each.post_id for each in posts.by_author(1, NEWEST[:2], 2)] == [1, 3]
        assert [each.post_id for each in posts.by_author(1, (200, 3), 9)] == [2]
        assert [each.post_id for each in posts.newest(200, 9)] == [4, 1, 3, 2]
        assert [each.post_id for each in posts.newest(201, 1)] == [4]

    def test_pages_hold_each_post_once_whatever_their_order(self, posts: Posts) -> None:
        made = [post(id_, deleted=id_ == 3) for id_ in (*range(1, 8), (1 << 63) - 1)]
        posts.put(made)
        met, last = [], 0
        while page := posts.page(last, 3):
            met += page
            last = page[-1].post_id
        assert sorted(met, key=lambda each: each.post_id) == made

    def test_posts_are_found_at_their_place(self, posts: Posts) -> None:
        lyon = msgspec.structs.replace(post(5), place="Lyon")
        posts.put([post(1), post(2, created_at=200), post(3, deleted=True), post(4, 2, 300), lyon])
        posts.put([msgspec.structs.replace(post(4, 2, 300), place="")])
        assert posts.by_place("Nice", NEWEST[:2], 9) == [post(2, created_at=200), post(1)]
        assert posts.by_place("Nice", NEWEST[:2], 1) == [post(2, created_at=200)]
        assert posts.by_place("Nice", (200, 2), 9) == [post(1)]
        assert posts.by_place("Lyon", NEWEST[:2], 9) == [lyon]
        posts.put([post(2, created_at=200, deleted=True)])
        posts.purge([1])
        assert posts.by_place("Nice", NEWEST[:2], 9) == []

    def test_counts_add_up(self, posts: Posts) -> None:
        posts.add_to_counts({1: PostCounts(likes=2, shares=1), 2: PostCounts(saves=1)})
        posts.add_to_counts({1: PostCounts(likes=-1, comments=3)})
        assert posts.counts_many([1, 2, 3]) == {
            1: PostCounts(likes=1, comments=3, shares=1),
            2: PostCounts(saves=1),
        }

    def test_a_person_has_one_entry_per_post_the_first(self, posts: Posts) -> None:
        posts.put_entries([entry(1, 5, 10), entry(1, 5, 20), entry(2, 5, 30)])
        posts.put_entries([entry(1, 5, 40)])
        assert posts.entries_at([(1, 5), (2, 5), (3, 5)]) == [entry(1, 5, 10), entry(2, 5, 30)]
        assert posts.entries_by([1, 2, 3], 0, 9) == {1: [entry(1, 5, 10)], 2: [entry(2, 5, 30)]}

    def test_the_entry_with_which_a_post_begins_is_the_first(self, posts: Posts) -> None:
        posts.put_first_entries([entry(1, 5, 10), entry(2, 6, 20)])
        posts.put_entries([entry(1, 5, 40), entry(3, 5, 50)])
        assert posts.entries_at([(1, 5), (2, 6), (3, 5)]) == [
            entry(1, 5, 10), entry(2, 6, 20), entry(3, 5, 50),
        ]  # fmt: skip
        posts.withdraw_entries([(1, 5)])
        assert posts.entries_of([5]) == [entry(3, 5, 50)]
        posts.remove_entries([5, 6])
        assert posts.entries_by([1, 2, 3], 0, 9) == {}

    def test_entries_are_newest_first_within_bounds(self, posts: Posts) -> None:
        made = [entry(1, 5, 10), entry(1, 6, 20), entry(1, 7, 20), entry(1, 8, 30)]
        posts.put_entries(made)
        newest_first = made[::-1]
        assert posts.entries_by([1], 20, 2) == {1: newest_first[:2]}
        assert posts.entries_below([(1, NEWEST, 9), (2, NEWEST, 9)], 0) == [newest_first, []]
        assert posts.entries_below([(1, (20, 7, 1), 9)], 0) == [newest_first[2:]]
        assert posts.entries_below([(1, (20, 7, 1), 9)], 20) == [[made[1]]]
        assert posts.entries_below([(1, NEWEST, 1)], 0) == [newest_first[:1]]

    def test_entries_of_a_post_are_removed_for_everyone(self, posts: Posts) -> None:
        posts.put_entries([entry(1, 5, 10), entry(2, 5, 20), entry(1, 6, 30)])
        posts.remove_entries([5])
        assert posts.entries_by([1, 2], 0, 9) == {1: [entry(1, 6, 30)]}

    def test_an_authors_deleted_posts_are_found_deleted_last_first(self, posts: Posts) -> None:
        gone = [
            msgspec.structs.replace(post(id_), deleted=True, updated_at=at) for id_, at in ((1, 70), (2, 80))
        ]
        posts.put([*gone, post(3), post(4, author_id=2, deleted=True)])
        assert posts.deleted_by(1, 9) == [gone[1], gone[0]]
        assert posts.deleted_by(1, 1) == [gone[1]]
        posts.put([msgspec.structs.replace(gone[0], deleted=False)])
        assert posts.deleted_by(1, 9) == [gone[1]]

    def test_entries_are_found_by_post_and_withdrawn_by_who_shared(self, posts: Posts) -> None:
        entries = [entry(8, 1, 5), entry(9, 1, 6), entry(9, 2, 7)]
        posts.put_entries(entries)
        assert sorted(posts.entries_of([1, 99])) == entries[:2]
        posts.withdraw_entries([(9, 1), (8, 99)])
        assert posts.entries_of([1, 2]) == [entry(8, 1, 5), entry(9, 2, 7)]
        assert posts.entries_by([9], 0, 9) == {9: [entry(9, 2, 7)]}

    def test_deleted_posts_are_purged_in_the_order_of_their_deletion(self, posts: Posts) -> None:
        gone = [
            msgspec.structs.replace(post(id_), deleted=True, updated_at=at) for id_, at in ((1, 70), (2, 60))
        ]
        posts.put([*gone, post(3)])
        posts.put_entries([entry(9, 1, 5), entry(9, 3, 5)])
        posts.add_to_counts({1: PostCounts(likes=1), 3: PostCounts(likes=2)})
        assert posts.deleted_before(70, 9) == [gone[1]]
        assert posts.deleted_before(71, 9) == [gone[1], gone[0]]
        assert posts.deleted_before(71, 1) == [gone[1]]
        posts.purge([1, 2, 99])
        assert posts.deleted_before(71, 9) == []
        assert (posts.get_many([1, 2, 3]), posts.deleted_among([1])) == ({3: post(3)}, set())
        assert posts.counts_many([1, 3]) == {3: PostCounts(likes=2)}
        assert posts.entries_at([(9, 1), (9, 3)]) == [entry(9, 3, 5)]


class TestSqlitePosts(PostsContract):
    adapter = SqlitePosts


class TestCassandraPosts(PostsContract):
    @pytest.fixture
    def posts(self, cassandra: CassandraSession) -> Posts:
        return CassandraPosts(cassandra)
