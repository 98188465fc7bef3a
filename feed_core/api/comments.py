"""Comment threads under posts."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import ActingId, Core, Cursor, PostId
from feed_core.api.fields import Body, Id, Limit, Position, Surface, Text
from feed_core.api.views import Changed, CommentView, PageView
from feed_core.api.writes import Writing
from feed_core.model.posts import NewComment
from feed_core.services.comments import MAX_COMMENT

router = APIRouter(prefix="/v1", tags=["comments"], route_class=StrictRoute)


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
    post_id: PostId, core: Core, limit: Limit = 20, cursor: Cursor = ""
) -> PageView[CommentView]:
    """The post's comments, newest first; strongly consistent."""
    page = core.threads.of_post(post_id, limit, cursor)
    return PageView(
        items=[CommentView.of(comment) for comment in page.comments], next_cursor=page.next_cursor
    )


@router.delete("/comments/{comment_id}", response_model=Changed)
def delete_comment(
    comment_id: Annotated[Id, Path()], user_id: ActingId, core: Core, write: Writing
) -> Response:
    """Delete a comment; its writer and the post's author may."""

    def act() -> Changed:
        core.comments.delete(user_id, comment_id)
        return Changed(changed=True)

    return write.answer(user_id, act)
