"""What a person signs in with, and the session that this begins."""

import msgspec


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``credentials``. ``email`` is lower case, ``phone`` is +digits; "" stands for none.

    ``password_hash`` is argon2id in the PHC string format. Times are ms since 1970 UTC.
    """

    user_id: int
    email: str
    phone: str
    password_hash: str
    updated_at: int


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One log-in of one user: valid until ``expires_at`` (ms), then unknown. ``device`` is for people."""

    user_id: int
    created_at: int
    expires_at: int
    device: str = ""
