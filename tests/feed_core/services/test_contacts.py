"""Contacts: what is stored is one spelling, which is taken again unchanged; all else is refused."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.errors import InvalidInput
from feed_core.services.contacts import (
    MAX_EMAIL,
    MAX_PASSWORD,
    check_password,
    normal_email,
    normal_login,
    normal_phone,
)

LOCAL = "a" * 64
DIGITS = st.text("0123456789", max_size=18)
SEPARATORS = st.lists(st.sampled_from(["", " ", "-", ".", "(", ")"]), min_size=20, max_size=20)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("", ""),
        (" \t\n", ""),
        (" Ada@Example.ORG ", "ada@example.org"),
        (f"{LOCAL}@b.example", f"{LOCAL}@b.example"),
        ("o'brien+feed@mail.b.example", "o'brien+feed@mail.b.example"),
        ("ÄDA@Bücher.example", "äda@bücher.example"),
    ],
)
def test_an_email_is_stored_lower_case_without_space_around(sent: str, stored: str) -> None:
    assert normal_email(sent) == stored
    assert normal_email(stored) == stored


@pytest.mark.parametrize(
    "email",
    [
        "ada", "@b.example", "a@", "a@b", "a@.example", "a@b.", "a@b..example", "a b@c.example",
        "a@b c.example", "a@@b.example", "a@b@c.example", f"a{LOCAL}@b.example", "a\x00@b.example",
        "a@b.exa\x7fmple", "a@b.example\nx", "a@b.\ud800",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_an_example(email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normal_email(email)
    assert refused.value.fix


def test_an_email_is_at_most_255_characters() -> None:
    longest = "a@" + "b" * (MAX_EMAIL - len("a@.example")) + ".example"
    assert len(normal_email(longest)) == 255
    with pytest.raises(InvalidInput, match="256 characters"):
        normal_email("a" + longest)


@given(st.text("aÄİ@.+ \n\x85", max_size=14))
def test_an_email_that_is_taken_is_taken_again_as_it_was_stored(sent: str) -> None:
    try:
        stored = normal_email(sent)
    except InvalidInput:
        return
    assert normal_email(stored) == stored
    assert stored == stored.lower() == stored.strip()


@given(st.sampled_from(["", "+"]), DIGITS, SEPARATORS)
@settings(max_examples=50)
def test_a_phone_number_is_its_digits_whatever_stands_between_them(
    plus: str, digits: str, between: list[str]
) -> None:
    sent = between[0] + "".join(each + gap for each, gap in zip([*plus, *digits], between[1:], strict=False))
    wanted = plus == "+" and 7 <= len(digits) <= 15 and digits[0] != "0"
    if wanted:
        assert normal_phone(sent) == normal_login(sent) == f"+{digits}"
    elif sent.strip():
        with pytest.raises(InvalidInput, match="not international"):
            normal_phone(sent)


@pytest.mark.parametrize(
    "phone", ["( ) - .", "+44/1632960961", "+44 1632 96o961", "++441632960961", "+٤٤١٦٣٢٩٦٠٩٦١"]
)
def test_a_phone_number_with_anything_else_is_refused(phone: str) -> None:
    with pytest.raises(InvalidInput, match="not international"):
        normal_phone(phone)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (" Ada.Lovelace_9 ", "ada.lovelace_9"),
        ("Ada-B@Example.org", "ada-b@example.org"),
        ("441632960961", "441632960961"),
        ("+44-1632@b.example", "+44-1632@b.example"),
        ("(+) -", "(+) -"),
        ("", ""),
    ],
)
def test_a_login_that_is_no_phone_number_keeps_what_stands_in_it(sent: str, stored: str) -> None:
    assert normal_login(sent) == stored


@pytest.mark.parametrize("password", ["x" * 8, "x" * MAX_PASSWORD, "пароль!!", " " * 8])
def test_a_password_of_8_to_128_characters_is_taken(password: str) -> None:
    check_password(password, "ada")


@pytest.mark.parametrize(
    ("password", "username"),
    [
        ("", ""),
        ("sev en.", "ada"),
        ("y" * (MAX_PASSWORD + 1), "ada"),
        ("hushhush\ud800", "ada"),
        ("Ada.Lovelace", "ada.lovelace"),
    ],
)
def test_a_refused_password_is_never_shown(password: str, username: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_password(password, username)
    assert refused.value.fix
    assert not password or not re.search(re.escape(password), str(refused.value))
