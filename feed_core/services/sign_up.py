"""Sign-up: a user and what they sign in with, both or neither."""

from dataclasses import dataclass
from zlib import crc32

import msgspec

from feed_core.model.clock import Clock
from feed_core.model.credentials import Credential
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import Ids
from feed_core.model.users import NewUser, User
from feed_core.ports.accounts import Accounts
from feed_core.ports.credentials import Credentials
from feed_core.ports.transactions import Transactions
from feed_core.services.accounts import check_new_user, user_of
from feed_core.services.contacts import check_password, normal_email, normal_phone
from feed_core.services.passwords import Passwords


class SignUp(msgspec.Struct, frozen=True, kw_only=True):
    """A checked sign-up whose password is hashed already."""

    new: NewUser
    email: str
    phone: str
    password_hash: str


@dataclass(frozen=True)
class SignUpService:
    """Two steps, because hashing takes long and must not hold up other writes."""

    accounts: Accounts
    credentials: Credentials
    passwords: Passwords
    transactions: Transactions
    clock: Clock
    ids: Ids

    def prepare(self, new: NewUser, email: str, phone: str, password: str) -> SignUp:
        """Check everything and hash the password. Raises ``InvalidInput``."""
        check_new_user(new, self.clock.now())
        email, phone = normal_email(email), normal_phone(phone)
        if not email and not phone:
            raise InvalidInput("There is neither email nor phone.", fix="Send one of them, or both.")
        check_password(password, new.username)
        return SignUp(new=new, email=email, phone=phone, password_hash=self.passwords.hash(password))

    def run(self, sign_up: SignUp) -> User:
        """Store the account. Raises ``Conflict`` when username, email or phone are taken."""
        now = self.clock.now()
        user_id = self.ids.for_owner(crc32(sign_up.new.username.encode()))
        user = user_of(sign_up.new, user_id, now)
        credential = Credential(
            user_id=user_id, email=sign_up.email, phone=sign_up.phone, password_hash=sign_up.password_hash,
            updated_at=now,
        )  # fmt: skip
        with self.transactions.transaction((user_id,)):
            self.accounts.add([user])
            self.credentials.put([credential])
        return user
