"""What counts as JSON, and that nothing that does is changed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.api.strict_json import parse

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)
NAMES = st.lists(TEXT, min_size=1, max_size=6)


@given(VALUES)
def test_what_python_writes_is_read_back(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(names=NAMES, nested=st.sampled_from(["%s", '{"in": %s}', "[1, %s]", '{"a": [{}, {"b": %s}]}']))
def test_an_object_is_read_exactly_when_its_names_differ(names: list[str], nested: str) -> None:
    members = ", ".join(f"{json.dumps(name)}: {i}" for i, name in enumerate(names))
    body = (nested % f"{{{members}}}").encode()
    if len(set(names)) == len(names):
        assert parse(body) == json.loads(body)
    else:
        with pytest.raises(ValueError, match="stands twice"):
            parse(body)


def test_one_name_in_two_spellings_is_one_name() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        parse(b'{"a": 1, "\\u0061": 2}')


def test_many_names_are_compared_in_one_pass() -> None:
    names = ", ".join(f'"{i}": 0' for i in range(60_000))
    with pytest.raises(ValueError, match="59999"):
        parse(f'{{{names}, "59999": 0}}'.encode())


@pytest.mark.parametrize(
    "body",
    [
        b"NaN",
        b"-Infinity",
        b'"\\ud800"',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"{}\x00",
        b"",
        b"01",
        b"[" * 300 + b"]" * 300,
    ],
)
def test_what_has_no_one_meaning_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"line|column|EOF|expected"):
        parse(body)
