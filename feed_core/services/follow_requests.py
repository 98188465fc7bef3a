"""Asking to follow a private account, and what its owner answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from feed_core.model.errors import NotFound
from feed_core.ports.accounts import Accounts
from feed_core.ports.graph import Ask, Edge, Graph
from feed_core.ports.transactions import Transactions
from feed_core.services.edges import Edges, Pair
from feed_core.services.presence import require_users


@dataclass(frozen=True)
class FollowRequestService:
    """Requests are edges of the kind ``request``; strongly consistent for both people."""

    edges: Edges
    graph: Graph
    accounts: Accounts
    transactions: Transactions

    def waiting(self, user_id: int) -> list[int]:
        """Who has asked to follow the user, has no answer and has not left, in order of id."""
        asking = self.graph.source_ids("request", (user_id,)).get(user_id, [])
        present = self.accounts.existing(asking) if asking else set()
        return [id_ for id_ in asking if id_ in present]

    def received(self, ask: Ask) -> list[Edge]:
        """A page of who has asked and has no answer, with the times; also of those who have left."""
        require_users(self.accounts, (ask.user_id,))
        return self.graph.sources_after("request", [ask])[0]

    def sent(self, ask: Ask) -> list[Edge]:
        """As ``received``, of whom the user has asked."""
        require_users(self.accounts, (ask.user_id,))
        return self.graph.targets_after("request", [ask])[0]

    def accept(self, user_id: int, requester_id: int) -> None:
        """The requester follows from now on. Raises ``NotFound`` when there is no request."""
        with self.transactions.transaction((user_id, requester_id)):
            self._require(user_id, requester_id)
            self._let_in(user_id, (requester_id,))

    def accept_all(self, user_id: int) -> None:
        """Accept whoever waits; within the caller's transaction."""
        self._let_in(user_id, self.waiting(user_id))

    def decline(self, user_id: int, requester_id: int) -> None:
        """The request is gone, and may be made again. Raises ``NotFound`` when there is none."""
        with self.transactions.transaction((requester_id,), (user_id,)):
            self._require(user_id, requester_id)
            self.edges.unlink("request", [(requester_id, user_id)])

    def withdraw_many(self, pairs: Sequence[Pair]) -> list[bool]:
        """(requester, asked) pairs; answers, per pair, whether there was a request."""
        with self.transactions.transaction({source for source, _ in pairs}, {target for _, target in pairs}):
            require_users(self.accounts, {id_ for pair in pairs for id_ in pair})
            return self.edges.unlink("request", pairs)

    def _let_in(self, user_id: int, requester_ids: Collection[int]) -> None:
        pairs = [(requester_id, user_id) for requester_id in requester_ids]
        self.edges.unlink("request", pairs)
        self.edges.link("follow", pairs)
        self.edges.tell("accept", [(target, source) for source, target in pairs])

    def _require(self, user_id: int, requester_id: int) -> None:
        require_users(self.accounts, (user_id, requester_id))
        if not self.graph.present("request", {(requester_id, user_id)}):
            raise NotFound(
                f"User {requester_id} has not asked to follow user {user_id}.", fix="See the list."
            )
