"""What an email, a phone number and a password must be like; each rule answers the form that is stored."""

import re

from feed_core.model.errors import InvalidInput
from feed_core.model.rules import check_length, shown

MAX_EMAIL = 255
LEAST_PASSWORD, MAX_PASSWORD = 8, 128
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_BETWEEN = re.compile(r"[ ().-]")


def normal_email(email: str) -> str:
    """Lower case, without white space around; "" stays (none). Raises ``InvalidInput``."""
    email = email.strip().lower()
    check_length(email, "email", MAX_EMAIL)
    if email and not _EMAIL.fullmatch(email):
        raise InvalidInput(f"The email {shown(email)} is no address.", fix="Send one like ada@example.org.")
    return email


def normal_phone(phone: str) -> str:
    """E.164 (+ and 7 to 15 digits), "" stays (none). Raises ``InvalidInput``."""
    digits = _BETWEEN.sub("", phone.strip())
    if phone.strip() and not _PHONE.fullmatch(digits):
        raise InvalidInput(
            f"The phone number {shown(phone)} is not international.", fix="Send one like +441632960961."
        )
    return digits


def normal_login(login: str) -> str:
    """A username, email or phone number in the form that is stored; what is none of them stays text."""
    login = login.strip().lower()
    digits = _BETWEEN.sub("", login)
    return digits if _PHONE.fullmatch(digits) else login


def check_password(password: str, username: str = "") -> None:
    """8 to 128 characters that are not the username. Raises ``InvalidInput``, never showing it."""
    if not LEAST_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidInput(
            f"The password has {len(password):,} characters.",
            fix=f"Send {LEAST_PASSWORD} to {MAX_PASSWORD} characters.",
        )
    check_length(password, "password", MAX_PASSWORD)
    if password.lower() == username.lower():
        raise InvalidInput("The password is the username.", fix="Choose another password.")
