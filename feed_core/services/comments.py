"""Writing, deleting and reading comments."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from feed_core.model.clock import Clock
from feed_core.model.cursors import decode_cursor, encode_cursor
from feed_core.model.errors import Forbidden, NotFound
from feed_core.model.events import Event
from feed_core.model.ids import MAX_ID, IdFactory
from feed_core.model.posts import Comment, CommentPage, NewComment, PostCounts
from feed_core.model.rules import check_id, check_length, check_limit, check_optional_id
from feed_core.ports.accounts import Accounts
from feed_core.ports.comments import Comments
from feed_core.ports.event_log import EventLog
from feed_core.ports.graph import Graph
from feed_core.ports.posts import Posts
from feed_core.ports.transactions import Transactions
from feed_core.services.event_rules import check_origin
from feed_core.services.journal import log_events
from feed_core.services.presence import require_authors, require_users
from feed_core.services.visibility import refuse_blocked

MAX_COMMENT = 2_200


@dataclass(frozen=True)
class CommentService:
    """Comments under posts; each new one is a ``comment`` event in the topic ``engagement``."""

    comments: Comments
    posts: Posts
    accounts: Accounts
    graph: Graph
    events: EventLog
    transactions: Transactions
    clock: Clock
    ids: IdFactory

    def add_many(self, new_comments: Sequence[NewComment]) -> list[Comment]:
        """Store comments, all or none.

        Raises ``InvalidInput``; ``NotFound`` for an unknown user, post or parent and for a post whose
        author has blocked the user; ``Forbidden`` when the user has blocked the author.
        """
        for new in new_comments:
            _check(new)
        with self.transactions.transaction({new.user_id for new in new_comments}):
            require_users(self.accounts, {new.user_id for new in new_comments})
            authors = require_authors(self.posts, {new.post_id for new in new_comments})
            refuse_blocked(self.graph, ((n.user_id, authors[n.post_id], n.post_id) for n in new_comments))
            self._require_parents(new_comments)
            return self._write(new_comments, authors)

    def delete(self, user_id: int, comment_id: int) -> None:
        """By who wrote it or by the post's author; raises ``NotFound`` and ``Forbidden``."""
        check_id(comment_id, "comment id")
        writers = {comment.user_id for comment in self.comments.get_many((comment_id,)).values()}
        with self.transactions.transaction({user_id, *writers}):
            require_users(self.accounts, (user_id,))
            comment = self.comments.get_many((comment_id,)).get(comment_id)
            if comment is None or comment.deleted:
                raise NotFound(f"There is no comment {comment_id}.", fix="It may be deleted.")
            author_id = require_authors(self.posts, (comment.post_id,))[comment.post_id]
            if user_id not in (comment.user_id, author_id):
                raise Forbidden(f"Comment {comment_id} is not user {user_id}'s to delete.")
            self.comments.put([msgspec.structs.replace(comment, deleted=True)])
            self.posts.add_to_counts({comment.post_id: PostCounts(comments=-1)})

    def of_post(self, post_id: int, limit: int = 20, cursor: str = "") -> CommentPage:
        """The post's comments, newest first."""
        require_authors(self.posts, (post_id,))
        check_limit(limit)
        before = decode_cursor(cursor, "comments", post_id, 1)[0] if cursor else MAX_ID
        found = self.comments.of_post(post_id, before, limit + 1)
        shown = found[:limit]
        more = len(found) > limit
        next_cursor = encode_cursor("comments", post_id, shown[-1].comment_id) if more else ""
        return CommentPage(comments=tuple(shown), next_cursor=next_cursor)

    def _require_parents(self, new_comments: Sequence[NewComment]) -> None:
        parents = {new.parent_id for new in new_comments} - {0}
        found = self.comments.get_many(parents) if parents else {}
        for new in new_comments if parents else ():
            parent = found.get(new.parent_id)
            if new.parent_id and (parent is None or parent.deleted or parent.post_id != new.post_id):
                raise NotFound(
                    f"There is no comment {new.parent_id} under post {new.post_id}.", fix="Check parent_id."
                )

    def _write(self, new_comments: Sequence[NewComment], authors: dict[int, int]) -> list[Comment]:
        now = self.clock.now()
        ids = self.ids.for_owners([new.user_id for new in new_comments])
        event_ids = self.ids.for_owners([new.user_id for new in new_comments])
        comments = [_comment(new, id_, now) for new, id_ in zip(new_comments, ids, strict=True)]
        self.comments.put(comments)
        counts = Counter(new.post_id for new in new_comments)
        self.posts.add_to_counts({id_: PostCounts(comments=n) for id_, n in counts.items()})
        events = [
            _event(new, id_, authors[new.post_id], now)
            for new, id_ in zip(new_comments, event_ids, strict=True)
        ]
        log_events(self.events, "engagement", events)
        return comments


def _check(new: NewComment) -> None:
    check_length(new.text, "comment", MAX_COMMENT, 1)
    check_optional_id(new.parent_id, "parent comment id")
    check_origin(new.surface, new.position, new.decision_id)


def _comment(new: NewComment, comment_id: int, now: int) -> Comment:
    return Comment(
        comment_id=comment_id,
        post_id=new.post_id,
        user_id=new.user_id,
        text=new.text,
        parent_id=new.parent_id,
        created_at=now,
    )


def _event(new: NewComment, event_id: int, author_id: int, now: int) -> Event:
    return Event(
        event_id=event_id,
        occurred_at=now,
        arrived_at=now,
        user_id=new.user_id,
        post_id=new.post_id,
        author_id=author_id,
        action="comment",
        surface=new.surface,
        position=new.position,
        decision_id=new.decision_id,
    )
