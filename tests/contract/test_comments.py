"""The contract of ``ports.comments``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import msgspec
import pytest

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


class TestSqliteComments(CommentsContract):
    adapter = SqliteComments
