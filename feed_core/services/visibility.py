"""Whether a person may act on another's posts: not when either has blocked the other."""

from collections.abc import Iterable

from feed_core.model.errors import Forbidden
from feed_core.ports.graph import Graph
from feed_core.services.presence import refuse_missing_posts


def refuse_blocked(graph: Graph, acts: Iterable[tuple[int, int, int]]) -> None:
    """For (user_id, author_id, post_id): ``NotFound`` when the author has blocked the user, who is
    not to learn more than that; ``Forbidden`` when the user has blocked the author."""
    wanted = list(acts)
    people = {user for user, _, _ in wanted}
    by_user = {edge[:2] for edges in graph.targets("block", people).values() for edge in edges}
    of_user = {edge[:2] for edges in graph.sources("block", people).values() for edge in edges}
    refuse_missing_posts({post for user, author, post in wanted if (author, user) in of_user})
    for user, author, _ in wanted if by_user else ():
        if (user, author) in by_user:
            raise Forbidden(f"User {user} has blocked user {author}.", fix="Unblock them first.")
