"""The contract of ``ports.comments``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import msgspec
import pytest

from feed_core.adapters.cassandra.comments import CassandraComments
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.sqlite.comments import SqliteComments
from feed_core.adapters.sqlite.database import Database
from feed_core.model.posts import Comment
from feed_core.ports.comments import Comments

LAST = (1 << 63) - 1


def comment(id_: int, post_id: int = 5, deleted: bool = False) -> Comment:
    return Comment(
        comment_id=id_, post_id=post_id, user_id=2, text="naïve", parent_id=0, created_at=10, deleted=deleted
    )


class CommentsContract:
    adapter: Callable[[Database], Comments]

    @pytest.fixture
    def comments(self, database: Database) -> Comments:
        return type(self).adapter(database)

    def test_comments_come_back_as_they_were_stored_and_replaced(self, comments: Comments) -> None:
        comments.put([comment(1), comment(2)])
        changed = msgspec.structs.replace(comment(1), text="new")
        comments.put([changed])
        assert comments.get_many([1, 2, 3]) == {1: changed, 2: comment(2)}

    def test_a_thread_is_newest_first_and_leaves_deleted_ones_out(self, comments: Comments) -> None:
        comments.put([comment(1), comment(2, deleted=True), comment(3), comment(4), comment(9, post_id=6)])
        assert [each.comment_id for each in comments.of_post(5, LAST, 2)] == [4, 3]
        assert [each.comment_id for each in comments.of_post(5, 3, 9)] == [1]
        assert comments.count([5, 6, 7]) == {5: 3, 6: 1}
        assert comments.get_many([2])[2].deleted

    def test_answers_are_found_by_what_they_answer(self, comments: Comments) -> None:
        answers = [msgspec.structs.replace(comment(id_), parent_id=1) for id_ in (2, 3, 4)]
        gone = msgspec.structs.replace(comment(6, deleted=True), parent_id=1)
        comments.put([comment(1), *answers, comment(5), gone])
        assert [each.comment_id for each in comments.of_parent(5, 0, LAST, 9)] == [5, 1]
        assert [each.comment_id for each in comments.of_parent(5, 1, LAST, 2)] == [4, 3]
        assert [each.comment_id for each in comments.of_parent(5, 1, 3, 9)] == [2]
        assert comments.of_parent(6, 0, LAST, 9) == []

    def test_comments_are_found_by_who_wrote_them(self, comments: Comments) -> None:
        other = msgspec.structs.replace(comment(3, post_id=6), user_id=8)
        comments.put([comment(1), comment(2, post_id=6), other, comment(4, deleted=True)])
        assert [each.comment_id for each in comments.of_user(2, LAST, 9)] == [2, 1]
        assert [each.comment_id for each in comments.of_user(2, 2, 9)] == [1]

    def test_purged_comments_are_gone_for_good(self, comments: Comments) -> None:
        comments.put([comment(1), comment(2, deleted=True), comment(3, post_id=6)])
        assert sorted(comments.all_of_post(5, 9)) == [1, 2]
        assert len(comments.all_of_post(5, 1)) == 1
        comments.purge([1, 2, 99])
        assert (comments.all_of_post(5, 9), comments.get_many([1, 2])) == ([], {})
        assert (comments.of_user(2, LAST, 9), comments.of_parent(5, 0, LAST, 9)) == (
            [comment(3, post_id=6)],
            [],
        )
        assert comments.count([5, 6]) == {6: 1}


class TestSqliteComments(CommentsContract):
    adapter = SqliteComments


class TestCassandraComments(CommentsContract):
    @pytest.fixture
    def comments(self, cassandra: CassandraSession) -> Comments:
        return CassandraComments(cassandra)
