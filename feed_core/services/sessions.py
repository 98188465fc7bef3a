"""Logging in and out. A token is 256 random bits; the store has its hash alone."""

import hashlib
import secrets
from dataclasses import dataclass

import msgspec

from feed_core.model.clock import DAY, Clock
from feed_core.model.credentials import Credential, Session
from feed_core.model.errors import Conflict, Unauthenticated
from feed_core.model.rules import check_length
from feed_core.ports.accounts import Accounts
from feed_core.ports.credentials import Credentials
from feed_core.ports.sessions import Sessions
from feed_core.ports.transactions import Transactions
from feed_core.services.contacts import MAX_PASSWORD, check_password, normal_login
from feed_core.services.limits import LOGINS, LOGINS_FROM, Limits
from feed_core.services.passwords import Passwords

LASTS_MS = 30 * DAY
MAX_LOGIN, MAX_DEVICE = 255, 100
MAX_TOKEN = 64


@dataclass(frozen=True)
class SessionService:
    """Sessions of people; strongly consistent: one that was ended is refused at once."""

    sessions: Sessions
    credentials: Credentials
    accounts: Accounts
    limits: Limits
    passwords: Passwords
    transactions: Transactions
    clock: Clock

    def log_in(self, login: str, password: str, device: str = "", address: str = "") -> tuple[str, Session]:
        """A token for who gives the username, email or phone and the password.

        ``address`` is where the request came from. Raises ``Unauthenticated`` without telling which of
        the two is wrong, ``TooOften``, ``InvalidInput``.
        """
        check_length(login, "login", MAX_LOGIN, 1)
        check_length(password, "password", MAX_PASSWORD)
        check_length(device, "device", MAX_DEVICE)
        login = normal_login(login)
        self.limits.take((f"login:{_hashed(login).hex()}", LOGINS), (f"login-from:{address}", LOGINS_FROM))
        user_id = self._user_of(login)
        credential = self.credentials.get_many((user_id,)).get(user_id) if user_id else None
        if not self._fits(credential, password) or credential is None:
            raise Unauthenticated("The login or the password is wrong.", fix="Check both.")
        self._renew_hash(credential, password)
        return self.begin(credential.user_id, device)

    def begin(self, user_id: int, device: str = "") -> tuple[str, Session]:
        """A new session of ``user_id``, who is known to be the one."""
        now = self.clock.now()
        session = Session(user_id=user_id, created_at=now, expires_at=now + LASTS_MS, device=device)
        token = secrets.token_urlsafe(32)
        self.sessions.put({_hashed(token): session})
        return token, session

    def of_token(self, token: str) -> Session:
        """The session that ``token`` stands for; raises ``Unauthenticated``."""
        hash_ = _hashed(token) if 0 < len(token) <= MAX_TOKEN else b""
        session = self.sessions.get_many((hash_,), self.clock.now()).get(hash_) if hash_ else None
        if session is None:
            raise Unauthenticated("The session has ended or never was.", fix="Log in.")
        return session

    def of_user(self, user_id: int) -> list[tuple[str, Session]]:
        """(name, session), the newest first. The name is 16 hex digits of the token's hash."""
        found = self.sessions.of_user(user_id, self.clock.now())
        named = [(hash_[:8].hex(), session) for hash_, session in found.items()]
        return sorted(named, key=lambda each: (-each[1].created_at, each[0]))

    def log_out(self, token: str) -> None:
        """End the session of ``token``."""
        self.sessions.remove((_hashed(token),))

    def end(self, user_id: int, name: str) -> bool:
        """End the user's session of this name, as ``of_user`` gives it; answers whether there was one."""
        found = self.sessions.of_user(user_id, self.clock.now())
        hashes = [hash_ for hash_ in found if hash_[:8].hex() == name]
        self.sessions.remove(hashes)
        return bool(hashes)

    def log_out_everywhere(self, user_id: int) -> None:
        """End every session of the user."""
        self.sessions.remove_of((user_id,))

    def change_password(self, user_id: int, old: str, new: str) -> None:
        """Every session ends. Raises ``Unauthenticated`` when ``old`` is wrong, ``InvalidInput``,
        ``TooOften``, and ``Conflict`` when the password was changed meanwhile."""
        self.limits.take((f"password:{user_id}", LOGINS))
        user = self.accounts.get_many((user_id,)).get(user_id)
        check_password(new, user.username if user else "")
        credential = self.credentials.get_many((user_id,)).get(user_id)
        if not self._fits(credential, old) or credential is None:
            raise Unauthenticated("The old password is wrong.", fix="Check it, or log in again.")
        hash_ = self.passwords.hash(new)
        with self.transactions.transaction((user_id,)):
            if not self._store_hash(credential, hash_):
                raise Conflict("The password was changed meanwhile.", fix="Log in and see which one is good.")
            self.sessions.remove_of((user_id,))

    def _user_of(self, login: str) -> int:
        """0 for nobody; a deleted account is nobody's."""
        kind = self.credentials.ids_of((login,)) if "@" in login or login.startswith("+") else {}
        user_id = kind.get(login) or self.accounts.ids_of((login,)).get(login, 0)
        return user_id if user_id and self.accounts.existing((user_id,)) else 0

    def _fits(self, credential: Credential | None, password: str) -> bool:
        return self.passwords.fits(credential.password_hash if credential else None, password)

    def _renew_hash(self, credential: Credential, password: str) -> None:
        if self.passwords.is_outdated(credential.password_hash):
            self._store_hash(credential, self.passwords.hash(password))

    def _store_hash(self, credential: Credential, hash_: str) -> bool:
        """Unless ``credential`` was changed meanwhile; answers whether it was stored."""
        with self.transactions.transaction((credential.user_id,)):
            if self.credentials.get_many((credential.user_id,)).get(credential.user_id) != credential:
                return False
            now = max(self.clock.now(), credential.updated_at + 1)
            self.credentials.put([msgspec.structs.replace(credential, password_hash=hash_, updated_at=now)])
            return True


def _hashed(token: str) -> bytes:
    return hashlib.blake2b(token.encode(errors="surrogatepass"), digest_size=32).digest()
