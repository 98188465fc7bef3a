"""Writing, deleting and liking comments; ``comment_threads.py`` reads them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from feed_core.model.clock import Clock
from feed_core.model.errors import Forbidden, NotFound
from feed_core.model.events import CommentAction, CommentEvent, Event
from feed_core.model.ids import Ids
from feed_core.model.posts import Comment, NewComment, PostCounts
from feed_core.model.rules import check_id, check_length, check_optional_id
from feed_core.ports.accounts import Accounts
from feed_core.ports.comments import Comments
from feed_core.ports.event_log import EventLog
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reaction, Reactions
from feed_core.ports.transactions import Transactions
from feed_core.services.event_rules import check_origin
from feed_core.services.journal import log_comments, log_events
from feed_core.services.presence import require_authors, require_users
from feed_core.services.visibility import Visibility

MAX_COMMENT = 2_200


@dataclass(frozen=True)
class CommentService:
    """Comments under posts; each new one is a ``comment`` event in the topic ``engagement``.

    Whatever happens to a comment is also in the topic ``comments``.
    """

    comments: Comments
    posts: Posts
    accounts: Accounts
    reactions: Reactions
    visibility: Visibility
    events: EventLog
    transactions: Transactions
    clock: Clock
    ids: Ids

    def add_many(self, new_comments: Sequence[NewComment]) -> list[Comment]:
        """Store comments, all or none.

        Raises ``InvalidInput``; ``NotFound`` for an unknown user, post or parent and for a post or parent
        that the user may not see; ``Forbidden`` when the user has blocked the author.
        """
        for new in new_comments:
            _check(new)
        with self.transactions.transaction({new.user_id for new in new_comments}):
            require_users(self.accounts, {new.user_id for new in new_comments})
            authors = require_authors(self.posts, {new.post_id for new in new_comments})
            self.visibility.refuse_unseen(
                (new.user_id, authors[new.post_id], new.post_id) for new in new_comments
            )
            self._require_parents(new_comments)
            return self._write(new_comments, authors)

    def delete(self, user_id: int, comment_id: int) -> None:
        """By who wrote it or by the post's author; raises ``NotFound`` and ``Forbidden``."""
        check_id(comment_id, "comment id")
        writers = {comment.user_id for comment in self.comments.get_many((comment_id,)).values()}
        with self.transactions.transaction({user_id, *writers}):
            require_users(self.accounts, (user_id,))
            comment = self._require(comment_id)
            author_id = require_authors(self.posts, (comment.post_id,))[comment.post_id]
            if user_id not in (comment.user_id, author_id):
                raise Forbidden(f"Comment {comment_id} is not user {user_id}'s to delete.")
            self.comments.put([msgspec.structs.replace(comment, deleted=True)])
            self.posts.add_to_counts(_counted([comment], -1))
            self._tell([self._event_about(comment, user_id, "delete")])

    def like(self, user_id: int, comment_id: int) -> bool:
        """Answers whether it is new. Raises ``NotFound``, ``Forbidden`` (a block of one's own)."""
        return self._turn(user_id, comment_id, on=True)

    def unlike(self, user_id: int, comment_id: int) -> bool:
        """Answers whether there was a like to take back. Raises ``NotFound``."""
        return self._turn(user_id, comment_id, on=False)

    def _require_parents(self, new_comments: Sequence[NewComment]) -> None:
        answers = [new for new in new_comments if new.parent_id]
        if not answers:
            return
        found = self.comments.get_many({new.parent_id for new in answers})
        parents = {id_: comment for id_, comment in found.items() if not comment.deleted}
        strangers = self.visibility.strangers(
            {(new.user_id, parents[new.parent_id].user_id) for new in answers if new.parent_id in parents}
        )
        for new in answers:
            parent = parents.get(new.parent_id)
            if parent is None or parent.post_id != new.post_id or (new.user_id, parent.user_id) in strangers:
                raise NotFound(
                    f"There is no comment {new.parent_id} under post {new.post_id}.", fix="Check parent_id."
                )

    def _write(self, new_comments: Sequence[NewComment], authors: dict[int, int]) -> list[Comment]:
        now = self.clock.now()
        ids = self.ids.for_owners([new.user_id for new in new_comments])
        event_ids = self.ids.for_owners([new.user_id for new in new_comments])
        comments = [_comment(new, id_, now) for new, id_ in zip(new_comments, ids, strict=True)]
        self.comments.put(comments)
        self.posts.add_to_counts(_counted(comments, +1))
        events = [
            _event(new, id_, authors[new.post_id], now)
            for new, id_ in zip(new_comments, event_ids, strict=True)
        ]
        log_events(self.events, "engagement", events)
        self._tell([self._event_about(comment, comment.user_id, "comment") for comment in comments])
        return comments

    def _turn(self, user_id: int, comment_id: int, *, on: bool) -> bool:
        check_id(comment_id, "comment id")
        with self.transactions.transaction((user_id,)):
            require_users(self.accounts, (user_id,))
            comment = self._require(comment_id)
            if on:
                self._refuse_unseen(user_id, comment)
                changed = self.reactions.add(
                    "comment_like", [Reaction(user_id, comment_id, self.clock.now())]
                )[0]
            else:
                changed = self.reactions.remove("comment_like", [(user_id, comment_id)])[0]
            if changed:
                self.posts.add_to_counts({comment_id: PostCounts(likes=1 if on else -1)})
                self._tell([self._event_about(comment, user_id, "like" if on else "unlike")])
            return changed

    def _require(self, comment_id: int) -> Comment:
        comment = self.comments.get_many((comment_id,)).get(comment_id)
        if comment is None or comment.deleted:
            raise NotFound(f"There is no comment {comment_id}.", fix="It may be deleted.")
        return comment

    def _refuse_unseen(self, user_id: int, comment: Comment) -> None:
        """Neither the post's author nor who wrote the comment may be hidden from the user."""
        author_id = require_authors(self.posts, (comment.post_id,))[comment.post_id]
        self.visibility.refuse_unseen([(user_id, author_id, comment.post_id)])
        if self.visibility.strangers({(user_id, comment.user_id)}):
            raise NotFound(f"There is no comment {comment.comment_id}.", fix="It may be deleted.")

    def _event_about(self, comment: Comment, user_id: int, action: CommentAction) -> CommentEvent:
        return CommentEvent(
            event_id=self.ids.for_owner(user_id), occurred_at=self.clock.now(), user_id=user_id,
            post_id=comment.post_id, comment_id=comment.comment_id, action=action,
        )  # fmt: skip

    def _tell(self, events: Sequence[CommentEvent]) -> None:
        log_comments(self.events, events)


def _check(new: NewComment) -> None:
    check_length(new.text, "comment", MAX_COMMENT, 1)
    check_optional_id(new.parent_id, "parent comment id")
    check_origin(new.surface, new.position, new.decision_id)


def _counted(comments: Sequence[Comment], sign: int) -> dict[int, PostCounts]:
    """One more (or fewer) for the post of each comment, and for the comment that it answers."""
    counts = Counter(comment.post_id for comment in comments)
    counts.update(comment.parent_id for comment in comments if comment.parent_id)
    return {id_: PostCounts(comments=sign * n) for id_, n in counts.items()}


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
