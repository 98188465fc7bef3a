"""The words of a feature: how one column of the model's matrix comes from stored and request columns."""

from typing import Literal

import msgspec

Scale = Literal["none", "log1p"]
Group = Literal["user", "author", "post", "user_author", "user_post", "request"]


class Column(msgspec.Struct, frozen=True, tag="column"):
    """A column as it is: ``view.field`` of a stored row, or the name of a request column.

    Where there is no row the value is ``missing``: 0 for what was never counted, ``None`` where a
    model should see that nothing is known (NaN).
    """

    column: str
    scale: Scale = "none"
    missing: float | None = 0.0


class Rate(msgspec.Struct, frozen=True, tag="rate"):
    """A smoothed rate: (numerator + strength × prior) / (denominator + strength).

    ``prior`` is a number, or the name of a feature earlier in the list, so that a post leans on its
    author until it has impressions of its own. Both columns are of one view.
    """

    numerator: str
    denominator: str
    strength: float
    prior: float | str


class Age(msgspec.Struct, frozen=True, tag="age"):
    """Hours, to the second, from the moment in column ``since`` (ms) to ``now`` (ms); never negative."""

    since: str
    scale: Scale = "log1p"


class HourOfDay(msgspec.Struct, frozen=True, tag="hour_of_day"):
    """The UTC hour of ``now``, 0 to 23."""


class DayOfWeek(msgspec.Struct, frozen=True, tag="day_of_week"):
    """The UTC day of ``now``, 0 is Monday."""


Rule = Column | Rate | Age | HourOfDay | DayOfWeek


class Feature(msgspec.Struct, frozen=True):
    """One column of the matrix. ``group`` is what it speaks about, ``label`` what a person reads.

    ``serving`` is a constant that replaces the value when serving: the position is trained with
    the true one and served as 0, so that the model does not learn to repeat what stood on top.
    """

    name: str
    rule: Rule
    group: Group
    label: str
    kind: Literal["number", "category"] = "number"
    serving: float | None = None

    @property
    def dtype(self) -> str:
        """The storage type in the matrix; categories are small whole numbers in float32."""
        return "float32"
