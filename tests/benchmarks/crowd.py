"""An author whom 1,000 people follow: what their timelines and the author's notifications hold."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from feed_core.core import FeedCore
from feed_core.model.posts import NewPost
from feed_core.model.timelines import NEWEST
from feed_core.model.users import NewUser
from feed_core.ports.timelines import Timelines
from pipelines.progress import bar
from tests.servers import wait_until

FOLLOWERS, POSTS = 1_000, 40
_AT_ONCE = 500
_Item = TypeVar("_Item")


class Crowd(NamedTuple):
    """Ids; ``posts`` are the author's, the newest last."""

    author: int
    followers: Sequence[int]
    posts: Sequence[int]


def seed(core: FeedCore, title: str) -> Crowd:
    """Sign up, follow and publish in bulk, with a progress bar; the workers' part is still to be done."""
    total = 2 * FOLLOWERS + POSTS
    names = [f"bench{number}" for number in range(FOLLOWERS + 1)]
    with bar(f"{title}: people") as report:
        people: list[int] = []
        for some in _batches(names):
            people += [
                user.user_id for user in core.accounts.create_many([NewUser(username=n) for n in some])
            ]
            report(len(people), total)
        author, *followers = people
        for done, chunk in enumerate(_batches(followers), 1):
            core.graph.follow_many([(follower, author) for follower in chunk])
            report(FOLLOWERS + done * _AT_ONCE, total)
        new = [NewPost(author_id=author, caption=f"Light {at} #pier #sea{at % 7}") for at in range(POSTS)]
        posts = [post.post_id for post in core.posts.publish_many(new)]
        report(total, total)
    return Crowd(author, followers, posts)


def await_delivery(stored: Timelines, crowd: Crowd, title: str) -> None:
    """Wait, with a progress bar, until every follower's feed holds every post."""
    with bar(f"{title}: delivery") as report:
        for done, follower in enumerate(crowd.followers, 1):
            wait_until(lambda one=follower: len(stored.read([(one, NEWEST, POSTS)], 0)[0]) == POSTS, 600)
            report(done, len(crowd.followers))


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE))
