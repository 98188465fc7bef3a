"""Comment threads under posts."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import ActingId, Core, Cursor, PostId, UserId
from feed_core.api.fields import Body, Id, Limit, Position, Surface, Text
from feed_core.api.identity import Reader
from feed_core.api.views import Changed, CommentView, PageView
from feed_core.api.writes import Writing
from feed_core.model.posts import Comment, NewComment, PostCounts
from feed_core.services.comments import MAX_COMMENT

router = APIRouter(prefix="/v1", tags=["comments"], route_class=StrictRoute)
CommentId = Annotated[Id, Path(description="The comment.")]
Thread = Annotated[
    Literal["top"] | Id | None,
    Query(description="`top`: comments that answer none; a comment's id: its answers; absent: all."),
]


class NewCommentBody(Body):
    """A comment; ``parent_id`` answers another comment of the same post."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"user_id": "3409561203712000001", "text": "Where is this?"}]}
    )

    user_id: Id
    text: Text = Field(min_length=1, max_length=MAX_COMMENT)
    parent_id: Id | None = None
    decision_id: Id | None = None
    position: Position = -1
    surface: Surface = "post"

    def to_model(self, post_id: int) -> NewComment:
        """The record that the core takes."""
        return NewComment(
            post_id=post_id, user_id=self.user_id, text=self.text, parent_id=self.parent_id or 0,
            decision_id=self.decision_id or 0, position=self.position, surface=self.surface,
        )  # fmt: skip


@router.post("/posts/{post_id}/comments", status_code=201, response_model=CommentView)
def add_comment(post_id: PostId, body: NewCommentBody, core: Core, write: Writing) -> Response:
    """Comment on a post. Readable at once; the post's count follows the event log."""
    new = body.to_model(post_id)
    return write.answer(body.user_id, lambda: CommentView.of(core.comments.add_many([new])[0]), 201)


@router.get("/posts/{post_id}/comments")
def list_comments(
    post_id: PostId, core: Core, reader: Reader, thread: Thread = None, limit: Limit = 20,
    cursor: Cursor = "",
) -> PageView[CommentView]:  # fmt: skip
    """The post's comments, newest first. Those of people across a block are left out."""
    parent_id = None if thread is None else 0 if thread == "top" else thread
    page = core.threads.of_post(post_id, limit, cursor, reader_id=reader, parent_id=parent_id)
    ids = [comment.comment_id for comment in page.comments]
    counts, liked = core.threads.counts_many(ids), core.threads.liked(reader, ids)
    items = [_view(one, counts[one.comment_id], one.comment_id in liked) for one in page.comments]
    return PageView(items=items, next_cursor=page.next_cursor)


def _view(comment: Comment, counts: PostCounts, liked: bool) -> CommentView:
    shown = CommentView.of(comment)
    return shown.model_copy(update={"likes": counts.likes, "answers": counts.comments, "liked": liked})


@router.put("/comments/{comment_id}/likes/{user_id}", response_model=Changed)
def like_comment(comment_id: CommentId, user_id: UserId, core: Core, write: Writing) -> Response:
    """Like a comment. Counts once per person, however often it is sent."""
    return write.answer(user_id, lambda: Changed(changed=core.comments.like(user_id, comment_id)))


@router.delete("/comments/{comment_id}/likes/{user_id}", response_model=Changed)
def unlike_comment(comment_id: CommentId, user_id: UserId, core: Core, write: Writing) -> Response:
    """Take the like of a comment back."""
    return write.answer(user_id, lambda: Changed(changed=core.comments.unlike(user_id, comment_id)))


@router.delete("/comments/{comment_id}", response_model=Changed)
def delete_comment(comment_id: CommentId, user_id: ActingId, core: Core, write: Writing) -> Response:
    """Delete a comment; its writer and the post's author may."""

    def act() -> Changed:
        core.comments.delete(user_id, comment_id)
        return Changed(changed=True)

    return write.answer(user_id, act)
