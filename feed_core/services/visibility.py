"""Who may see whose things: one rule for every read and for every act on another's post.

A person sees another's things unless either has blocked the other, the other's account is deleted, or
it is private and the person does not follow it. Nobody in particular (reader 0) follows nobody.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from feed_core.model.errors import Forbidden, NotFound
from feed_core.model.posts import Post
from feed_core.model.users import User
from feed_core.ports.accounts import Accounts
from feed_core.ports.graph import Graph
from feed_core.ports.posts import Posts
from feed_core.services.presence import refuse_missing_posts, require_posts, require_users

Pair = tuple[int, int]
NOBODY = 0
"""The reader who is nobody in particular: sees what everybody may see."""


@dataclass(frozen=True)
class Visibility:
    """Answers for many people or posts at once."""

    accounts: Accounts
    graph: Graph
    posts: Posts

    def unseen(self, pairs: Collection[Pair]) -> set[Pair]:
        """Those (reader, author) pairs where the reader may not see what the author has."""
        return self.closed(pairs) | self.apart(pairs)

    def apart(self, pairs: Collection[Pair]) -> set[Pair]:
        """Those pairs of which either has blocked the other, by the lists of the side that has fewer people:
        one reader's for a page, one author's for a crowd."""
        wanted = {pair for pair in pairs if pair[0] and pair[0] != pair[1]}
        if not wanted:
            return set()
        readers, authors = ({pair[side] for pair in wanted} for side in (0, 1))
        if len(readers) <= len(authors):
            apart = self._blocked(readers)
            return {(a, b) for a, b in wanted if b in apart[a]}
        apart = self._blocked(authors)
        return {(a, b) for a, b in wanted if a in apart[b]}

    def _blocks(self, pairs: Collection[Pair]) -> set[Pair]:
        """As ``apart``, of the store in which a block counts first."""
        blocks = self.graph.present("block", {*pairs, *((b, a) for a, b in pairs)})
        return {(a, b) for a, b in pairs if (a, b) in blocks or (b, a) in blocks}

    def _blocked(self, user_ids: Collection[int]) -> dict[int, set[int]]:
        """Whom each has blocked or is blocked by."""
        found: dict[int, set[int]] = {id_: set() for id_ in user_ids}
        for lists in (self.graph.target_ids("block", user_ids), self.graph.source_ids("block", user_ids)):
            for id_, others in lists.items():
                found[id_].update(others)
        return found

    def closed(self, pairs: Collection[Pair]) -> set[Pair]:
        """Those pairs whose author is deleted, or private and not followed by the reader."""
        closed = self.accounts.closed_among({author for _, author in pairs}) if pairs else set()
        if not closed:
            return set()
        present = self.accounts.existing(closed)
        asking = {pair for pair in pairs if pair[1] in closed}
        private = {pair for pair in asking if pair[0] != pair[1] and pair[1] in present}
        follows = self.graph.present("follow", {pair for pair in private if pair[0]})
        return {pair for pair in asking if pair[1] not in present} | (private - follows)

    def gone(self, user_ids: Collection[int]) -> set[int]:
        """Those whose account is deleted."""
        closed = self.accounts.closed_among(user_ids)
        return closed - self.accounts.existing(closed) if closed else set()

    def seen_posts(self, reader_id: int, post_ids: Collection[int]) -> dict[int, Post]:
        """The posts that the reader may see; deleted and unknown ones are absent."""
        return self.seen_by_authors(reader_id, self.posts.authors_of(post_ids))

    def seen_by_authors(self, reader_id: int, authors: Mapping[int, int]) -> dict[int, Post]:
        """As ``seen_posts``, of posts that are known not to be deleted, with the author of each.

        One's own are as one left them; another's edit may come late from another process.
        """
        unseen = self.unseen({(reader_id, author_id) for author_id in authors.values()})
        seen = [id_ for id_, author_id in authors.items() if (reader_id, author_id) not in unseen]
        own = [id_ for id_ in seen if authors[id_] == reader_id]
        others = [id_ for id_ in seen if authors[id_] != reader_id]
        posts = self.posts.shown_many(others) | (self.posts.get_many(own) if own else {})
        return {id_: post for id_, post in posts.items() if not post.deleted}

    def seen_people(self, reader_id: int, user_ids: Collection[int]) -> dict[int, User]:
        """The people of whom the reader may know: not blocked either way, not deleted."""
        users = self.accounts.get_many(user_ids)
        apart = self.apart({(reader_id, id_) for id_ in users})
        return {
            id_: user for id_, user in users.items() if not user.deleted_at and (reader_id, id_) not in apart
        }

    def strangers(self, pairs: Collection[Pair]) -> set[Pair]:
        """Those (user, person) pairs that ``seen_people`` leaves out, decided one by one as a write does."""
        gone = self.gone({person for _, person in pairs})
        return self._blocks(pairs) | {pair for pair in pairs if pair[1] in gone}

    def require_post(self, reader_id: int, post_id: int) -> Post:
        """The post, or ``NotFound`` when there is none that the reader may see."""
        require_posts(self.posts, (post_id,))
        seen = self.seen_posts(reader_id, (post_id,))
        refuse_missing_posts({post_id} - seen.keys())
        return seen[post_id]

    def require_person(self, reader_id: int, user_id: int) -> None:
        """Raises ``NotFound`` unless the reader may know of the person."""
        require_users(self.accounts, (user_id,))
        if self.apart({(reader_id, user_id)}):
            raise NotFound(f"There is no user {user_id}.", fix="Check the user id.")

    def require_profile(self, reader_id: int, user_id: int) -> None:
        """As ``require_person``; raises ``Forbidden`` when the account is private and not followed."""
        self.require_person(reader_id, user_id)
        if self.closed({(reader_id, user_id)}):
            raise Forbidden(f"The account of user {user_id} is private.", fix="Ask to follow them.")

    def refuse_unseen(self, acts: Iterable[tuple[int, int, int]], *, lists: bool = False) -> None:
        """For (user_id, author_id, post_id): ``NotFound`` when the author has blocked the user or is
        closed to them, who are not to learn more than that; ``Forbidden`` when the user has blocked the
        author. A write decides pair by pair; ``lists`` will do for what changes nothing."""
        wanted = list(acts)
        pairs = {(user, author) for user, author, _ in wanted}
        apart, closed = self.apart(pairs) if lists else self._blocks(pairs), self.closed(pairs)
        mine = self.graph.present("block", apart)
        theirs = {(user, author) for user, author in apart if (user, author) not in mine}
        theirs |= {(a, b) for b, a in self.graph.present("block", {(b, a) for a, b in apart})}
        refuse_missing_posts({post for user, author, post in wanted if (user, author) in theirs | closed})
        for user, author in mine:
            raise Forbidden(f"User {user} has blocked user {author}.", fix="Unblock them first.")
