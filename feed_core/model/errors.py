"""What can go wrong, said once: each error knows its HTTP status and what to do about it."""


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


class TooLarge(LoupeError):
    """The request is larger than the service accepts."""

    status = 413
    exit_code = 2


class Unavailable(LoupeError):
    """A part this needs is missing or does not answer: a server, a file, a Java runtime."""

    status = 503
    exit_code = 3


class Corrupt(LoupeError):
    """A file or row fails its own check: a truncated Parquet file, a bundle with a wrong checksum."""

    status = 500
    exit_code = 7
