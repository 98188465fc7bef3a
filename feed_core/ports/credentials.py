"""How people prove who they are: contact addresses and password hashes; strong consistency."""

from collections.abc import Collection, Sequence
from typing import Protocol

from feed_core.model.credentials import Credential


class Credentials(Protocol):
    """Credentials by user, found by email and phone; each address belongs to one user at most."""

    def put(self, credentials: Sequence[Credential]) -> None:
        """Insert or replace by user, all or none; an address that a user no longer has is free.

        Raises ``Conflict`` when an email or phone is another user's, also within ``credentials``."""

    def get_many(self, user_ids: Collection[int]) -> dict[int, Credential]: ...

    def ids_of(self, contacts: Collection[str]) -> dict[str, int]:
        """Whose email or phone each of ``contacts`` is; those of nobody are absent."""

    def remove(self, user_ids: Collection[int]) -> None:
        """Forget these users' credentials; their addresses are free."""
