"""The oracle: what must be there once every write was acknowledged, in plain Python sets."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Expected:
    """What some people did. Each person writes through one writer alone, so the order is known.

    ``posts`` maps a post to (author, caption), ``comments`` a post to (author, text) by comment; ``events``
    counts effective acts by (action, user, post), which is what the event log must hold, each under one
    event id.
    """

    follows: set[tuple[int, int]] = field(default_factory=set)
    likes: set[tuple[int, int]] = field(default_factory=set)
    saves: set[tuple[int, int]] = field(default_factory=set)
    shares: set[tuple[int, int]] = field(default_factory=set)
    posts: dict[int, tuple[int, str]] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    bios: dict[int, str] = field(default_factory=dict)
    comments: dict[int, dict[int, tuple[int, str]]] = field(default_factory=lambda: defaultdict(dict))
    events: dict[tuple[str, int, int], int] = field(default_factory=lambda: defaultdict(int))

    def turn(self, action: str, user: int, post: int) -> bool:
        """Play a like, unlike, save, unsave or share; whether it changes anything."""
        pairs = {"like": self.likes, "save": self.saves, "share": self.shares}[action.removeprefix("un")]
        changes = ((user, post) in pairs) == action.startswith("un")
        if changes:
            (pairs.discard if action.startswith("un") else pairs.add)((user, post))
        if changes or action == "share":
            self.events[action, user, post] += 1
        return changes or action == "share"

    def turn_follow(self, follower: int, followed: int, *, on: bool) -> bool:
        """Play a follow or its end; whether it changes anything."""
        changes = ((follower, followed) in self.follows) != on
        if changes:
            (self.follows.add if on else self.follows.discard)((follower, followed))
            self.events["follow" if on else "unfollow", follower, followed] += 1
        return changes

    def absorb(self, other: "Expected") -> None:
        """Add what another writer's people did."""
        for name in ("follows", "likes", "saves", "shares", "posts", "deleted", "bios"):
            getattr(self, name).update(getattr(other, name))
        for post, comments in other.comments.items():
            self.comments[post].update(comments)
        for act, times in other.events.items():
            self.events[act] += times

    def timeline(self, reader: int) -> set[int]:
        """The posts of the reader's timeline: by or shared by whoever is followed, but not the reader's."""
        followed = {target for source, target in self.follows if source == reader}
        shared = {post for user, post in self.shares if user in followed}
        posted = {post for post, (author, _) in self.posts.items() if author in followed}
        own = {post for post, (author, _) in self.posts.items() if author == reader}
        return (shared | posted) - own - self.deleted

    def notifications(self, user: int) -> dict[tuple[str, int], int]:
        """By kind and post (0 for none), how many others did what concerns the user."""
        found = {("follow", 0): sum(target == user for _, target in self.follows)}
        for post, (author, _) in self.posts.items():
            if author == user and post not in self.deleted:
                likers = {liker for liker, one in self.likes if one == post}
                writers = {writer for writer, _ in self.comments.get(post, {}).values()}
                found["like", post], found["comment", post] = len(likers - {user}), len(writers - {user})
        return {about: people for about, people in found.items() if people}
