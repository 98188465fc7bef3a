"""The types of the API's edge: ids as strings, times as RFC 3339, text that every store can hold."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic import WithJsonSchema as Schema

from feed_core.model.clock import from_rfc3339, to_rfc3339
from feed_core.model.ids import EPOCH_MS, MAX_ID
from feed_core.services.event_rules import MAX_POSITION, MAX_SURFACE

_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
_LAST_MS = EPOCH_MS + (1 << 41) - 1


def parse_id(value: Any) -> int:
    """An id sent as an integer or as decimal digits; raises ``ValueError`` for anything else."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("an id is a string of 1 to 19 decimal digits, or an integer")  # noqa: TRY004
    if not 1 <= value <= MAX_ID:
        raise ValueError(f"an id lies between 1 and {MAX_ID}")
    return value


def parse_time(value: Any) -> int:
    """Milliseconds from an RFC 3339 time between 2000 and 2069; raises ``ValueError`` otherwise."""
    if not isinstance(value, str):
        raise ValueError("a time is an RFC 3339 string such as 2026-01-31T09:30:00Z")  # noqa: TRY004
    ms = from_rfc3339(value)
    if not EPOCH_MS <= ms <= _LAST_MS:
        raise ValueError("a time lies between 2000-01-01 and 2069-09-06")
    return ms


def storable(text: str) -> str:
    """``text`` unchanged; raises ``ValueError`` for NUL and lone surrogates, which no store holds."""
    if "\x00" in text:
        raise ValueError("text must not contain the NUL character")
    text.encode("utf-8")
    return text


_ID_IN = {
    "anyOf": [{"type": "string", "pattern": "^[0-9]{1,19}$"}, {"type": "integer", "minimum": 1}],
    "maximum": MAX_ID,
    "examples": ["3409561203712000001"],
}
_ID_OUT = {"type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["3409561203712000001"]}
_TIME = {"type": "string", "format": "date-time", "examples": ["2026-01-31T09:30:00.000Z"]}

Id = Annotated[int, BeforeValidator(parse_id), Schema(_ID_IN)]
"""An id that is sent in: int64 inside; digits and integers are accepted."""

IdOut = Annotated[int, PlainSerializer(str, return_type=str), Schema(_ID_OUT)]
"""An id that is sent out, as digits."""

Time = Annotated[int, BeforeValidator(parse_time), Schema(_TIME)]
"""A time that is sent in: milliseconds since 1970 UTC inside, RFC 3339 in JSON."""

TimeOut = Annotated[int, PlainSerializer(to_rfc3339, return_type=str), Schema(_TIME)]
"""A time that is sent out, as RFC 3339."""

Text = Annotated[str, AfterValidator(storable)]
Surface = Annotated[Text, Field(max_length=MAX_SURFACE)]
Position = Annotated[int, Field(ge=-1, le=MAX_POSITION)]
Limit = Annotated[int, Field(ge=1, le=100)]


class Incoming(BaseModel):
    """A set of query parameters, or a body; fields that are not known are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Body(Incoming):
    """A JSON body: a number is a number there, not text or true; ids alone may be either."""

    model_config = ConfigDict(strict=True)


class Outgoing(BaseModel):
    """An answer, made from the core's own records (which are checked already)."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    @classmethod
    def of(cls, record: object) -> Self:
        """The view of a core record, whose attributes have the names of the view's fields."""
        return cls.model_validate(record)
