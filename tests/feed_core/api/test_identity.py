"""For whom each kind of caller may act, read and operate."""

from collections.abc import Callable

import pytest

from feed_core.api.identity import Identity
from feed_core.model.errors import Forbidden, LoupeError, Unauthenticated

NOBODY, ADA, PROGRAM = Identity(), Identity(user_id=7, token="t"), Identity(trusted=True)


@pytest.mark.parametrize(
    ("who", "user_id", "refused"),
    [
        (NOBODY, 7, Unauthenticated),
        (NOBODY, 0, Unauthenticated),
        (ADA, 7, None),
        (ADA, 8, Forbidden),
        (ADA, 0, Forbidden),
        (PROGRAM, 7, None),
        (PROGRAM, 8, None),
    ],
)
def test_a_session_acts_as_its_own_person_and_a_program_as_anybody(
    who: Identity, user_id: int, refused: type[LoupeError] | None
) -> None:
    assert outcome(lambda: who.act_as(user_id)) == refused


@pytest.mark.parametrize(
    ("who", "named", "reads"),
    [
        (NOBODY, None, Unauthenticated),
        (NOBODY, 7, Unauthenticated),
        (ADA, None, 7),
        (ADA, 7, 7),
        (ADA, 8, Forbidden),
        (PROGRAM, None, 0),
        (PROGRAM, 8, 8),
    ],
)
def test_a_reader_is_the_session_or_whom_a_program_names(
    who: Identity, named: int | None, reads: int | type[LoupeError]
) -> None:
    assert outcome(lambda: who.reads_as(named)) == reads


@pytest.mark.parametrize(("who", "refused"), [(NOBODY, Unauthenticated), (ADA, Forbidden), (PROGRAM, None)])
def test_only_a_program_operates(who: Identity, refused: type[LoupeError] | None) -> None:
    assert outcome(who.operate) == refused


def outcome(ask: Callable[[], object]) -> object:
    """The answer, or the kind of the refusal."""
    try:
        return ask()
    except LoupeError as error:
        return type(error)
