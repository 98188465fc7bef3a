"""What a value must be like to be accepted, said once; each rule raises ``InvalidInput`` with a fix."""

import re
from collections.abc import Iterable

from feed_core.model.clock import MINUTE
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import MAX_ID

ALLOWED_SKEW_MS = 5 * MINUTE
MAX_PAGE = 1_000
_USERNAME = re.compile(r"[a-z0-9._]{1,30}")


def shown(value: object) -> str:
    """``value`` as it may stand in a message: quoted, at most 40 characters."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:36]}…{text[-1]}"


def check_id(value: int, what: str) -> None:
    """Ids are whole numbers from 1 to 2^63 − 1."""
    if not (isinstance(value, int) and 0 < value <= MAX_ID):
        raise InvalidInput(
            f"The {what} {shown(value)} is not an id.", fix=f"Ids are whole numbers from 1 to {MAX_ID}."
        )


def check_ids(values: Iterable[int], what: str) -> None:
    """``check_id`` for many."""
    for value in values:
        check_id(value, what)


def check_optional_id(value: int, what: str) -> None:
    """As ``check_id``, but 0 stands for none."""
    if value != 0:
        check_id(value, what)


def check_length(text: str, what: str, most: int, least: int = 0) -> None:
    """``text`` has ``least`` to ``most`` characters and can be written as UTF-8."""
    if not least <= len(text) <= most:
        raise InvalidInput(
            f"The {what} has {len(text):,} characters.", fix=f"Send {least} to {most:,} characters."
        )
    if not text.isascii():
        _check_encodable(text, what)


def check_username(username: str) -> None:
    """1 to 30 of lower-case letters, digits, dot and underscore."""
    if not _USERNAME.fullmatch(username):
        raise InvalidInput(
            f"The username {shown(username)} is not allowed.",
            fix="Use 1 to 30 of the characters a-z, 0-9, dot and underscore.",
        )


def check_time(at: int, now: int, what: str) -> None:
    """``at`` (ms) is not before 1970 and at most five minutes ahead of ``now``."""
    if at < 0 or at > now + ALLOWED_SKEW_MS:
        raise InvalidInput(
            f"{what} {at} lies {'before 1970' if at < 0 else 'in the future'}.",
            fix="Send milliseconds since 1970 UTC, at most 5 minutes ahead of the service's clock.",
        )


def check_limit(limit: int) -> None:
    """A page has 1 to 1,000 entries."""
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidInput(f"The limit {shown(limit)} is out of range.", fix=f"Ask for 1 to {MAX_PAGE:,}.")


def _check_encodable(text: str, what: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(f"The {what} is not valid Unicode: {error.reason}.", fix="Send UTF-8.") from error
