"""What can go wrong, said once: each error knows its HTTP status and what to do about it."""

from collections.abc import Collection


class LoupeError(Exception):
    """Base of every error a user can cause or cure.

    ``status`` is the HTTP status, ``exit_code`` the process exit code, ``fix`` what to do about it.
    """

    status = 500
    exit_code = 1

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class InvalidInput(LoupeError):
    """A value that was sent breaks a rule of the model."""

    status = 422
    exit_code = 2


class NotFound(LoupeError):
    """The thing that was named does not exist (or is not visible to who asks)."""

    status = 404
    exit_code = 4


class Conflict(LoupeError):
    """The write contradicts what is already there, such as a username that is taken."""

    status = 409
    exit_code = 5


class Forbidden(LoupeError):
    """The caller may not do this."""

    status = 403
    exit_code = 6


class Unauthenticated(LoupeError):
    """Who asks is not known: no session, an ended one, or a wrong password."""

    status = 401
    exit_code = 6


class TooOften(LoupeError):
    """A rate limit is used up; ``wait_ms`` says for how long."""

    status = 429
    exit_code = 3

    def __init__(self, wait_ms: int) -> None:
        self.wait_ms = wait_ms
        super().__init__("This was done too often.", fix=f"Wait {-(-wait_ms // 1_000):,} seconds.")


class Unavailable(LoupeError):
    """A part this needs is missing or does not answer: a server, a file, a Java runtime."""

    status = 503
    exit_code = 3


class Contended(Unavailable):
    """Writes about the same people cross each other. Nothing was done; it goes through when it begins again
    and names ``owners`` and ``beside`` at once."""

    def __init__(self, owners: Collection[int], beside: Collection[int]) -> None:
        super().__init__("Another write about the same people is going on.", fix="Try again.")
        self.owners, self.beside = frozenset(owners), frozenset(beside)


class Corrupt(LoupeError):
    """A file or row fails its own check: a truncated Parquet file, a bundle with a wrong checksum."""

    status = 500
    exit_code = 7
