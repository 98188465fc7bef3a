"""What people say about themselves, private accounts, the verified sign, and leaving."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from feed_core.model.clock import Clock
from feed_core.model.conflicts.profiles import rewritten
from feed_core.model.errors import InvalidInput
from feed_core.model.rules import check_length, shown
from feed_core.model.users import User
from feed_core.ports.accounts import Accounts
from feed_core.ports.sessions import Sessions
from feed_core.ports.transactions import Transactions
from feed_core.services.accounts import MAX_BIO, MAX_FULL_NAME
from feed_core.services.follow_requests import FollowRequestService
from feed_core.services.presence import require_users

MAX_URL = 255


class ProfileEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What a person changes; None stays as it is."""

    full_name: str | None = None
    bio: str | None = None
    website: str | None = None
    avatar_url: str | None = None
    private: bool | None = None


@dataclass(frozen=True)
class ProfileService:
    """Changes of one account; strongly consistent, the last write of each field wins."""

    accounts: Accounts
    sessions: Sessions
    requests: FollowRequestService
    transactions: Transactions
    clock: Clock

    def edit(self, user_id: int, edit: ProfileEdit) -> User:
        """Change a profile. Whoever waits to follow is let in when the account stops being private.

        Raises ``InvalidInput``, ``NotFound``.
        """
        _check(edit)
        changes = {name: value for name, value in msgspec.structs.asdict(edit).items() if value is not None}
        opens = edit.private is False
        waiting = self.requests.waiting(user_id) if opens else []
        with self.transactions.transaction({user_id, *waiting}):
            user = self._change(user_id, changes)
            if opens:
                self.requests.accept_all(user_id)
        return user

    def set_verified(self, user_id: int, verified: bool) -> User:
        """Give or take the verified sign; for operators."""
        with self.transactions.transaction((user_id,)):
            return self._change(user_id, {"verified": verified})

    def delete(self, user_id: int) -> None:
        """Hide the account and all it has at once, and end its sessions; purged after 90 days."""
        with self.transactions.transaction((user_id,)):
            self._change(user_id, {}, stamp=lambda now: {"deleted_at": now})
        self.sessions.remove_of((user_id,))

    def _change(
        self, user_id: int, changes: dict[str, Any], stamp: Callable[[int], dict[str, Any]] = lambda _: {}
    ) -> User:
        require_users(self.accounts, (user_id,))
        user = self.accounts.get_many((user_id,))[user_id]
        now = max(self.clock.now(), user.updated_at + 1)
        said = {**changes, **stamp(now)}
        new = {name: value for name, value in said.items() if getattr(user, name) != value}
        if not new:
            return user
        changed = rewritten(user, now, new)
        self.accounts.put([changed])
        return changed


def _check(edit: ProfileEdit) -> None:
    check_length(edit.full_name or "", "full name", MAX_FULL_NAME)
    check_length(edit.bio or "", "bio", MAX_BIO)
    for name, url in (("website", edit.website), ("avatar_url", edit.avatar_url)):
        check_length(url or "", name, MAX_URL)
        if url and not url.startswith(("http://", "https://", "media/")):
            raise InvalidInput(f"The {name} {shown(url)} is no web address.", fix="Begin it with https://.")
