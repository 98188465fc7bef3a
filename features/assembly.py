"""From columns to the matrix that a model reads: the one place where a feature's rule is worked out.

Training's backfill and serving both come through ``assemble``, so a feature cannot mean two things.
Features of one kind are worked out together: a handful of array operations instead of one a feature.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURE_NAMES, Names, View, needed_features
from features.definitions.feature import Age, Column, DayOfWeek, Feature, HourOfDay, Rate
from feed_core.model.clock import DAY, HOUR, SECOND
from feed_core.model.errors import InvalidInput

Columns = Mapping[str, NDArray[np.generic]]
"""Arrays by column name; each (n,), or (1,) where one value holds for all rows."""
Values = NDArray[np.float64]
_THURSDAY = 3
"""The day of the week of 1970-01-01, counted from Monday."""


def assemble(columns: Columns, names: Names = FEATURE_NAMES) -> NDArray[np.float32]:
    """The matrix, float32 (n, F) with a column a feature of ``names``; n is the length of ``created_at``.

    ``columns`` holds the ``view.field`` columns (NaN where there is no row) and the request columns of
    ``features.definitions.features`` that these features read, and may hold others. Raises ``InvalidInput``
    for a column that is missing or that has another length.
    """
    n = len(_column(columns, "created_at"))
    return _assembly(names).matrix(columns, n)


def stored_columns(view: View, matrix: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """The columns of a packed matrix (n, view.width) under their names ``view.field``."""
    return {f"{view.name}.{name}": matrix[:, i] for i, name in enumerate(view.columns)}


@cache
def _assembly(names: Names) -> "_Assembly":
    return _Assembly(names)


class _Assembly:
    """What to work out for the features of ``names``, and those they lean on, in which order."""

    def __init__(self, names: Names) -> None:
        features = needed_features(names)
        rows = {feature.name: row for row, feature in enumerate(features)}
        rates = [(rows[f.name], f.rule) for f in features if isinstance(f.rule, Rate)]
        self._wanted, self._made = len(names), len(features)
        self._times = [(row, f.rule) for row, f in enumerate(features) if _is_time(f)]
        self._plain = _Plain([(rows[f.name], f.rule) for f in features if isinstance(f.rule, Column)])
        self._rates = [
            _Rates([(row, rate) for row, rate in rates if isinstance(rate.prior, str) == leaning], rows)
            for leaning in (False, True)
        ]

    def matrix(self, columns: Columns, n: int) -> NDArray[np.float32]:
        """The matrix (n, F) of ``assemble``."""
        made = np.empty((self._made, n))
        if self._times:
            now = _fitting(columns, "now", n).astype(np.int64)
            for row, rule in self._times:
                made[row] = _time(rule, now, columns)
        self._plain.fill(columns, made)
        for rates in self._rates:
            rates.fill(columns, made)
        return np.ascontiguousarray(made[: self._wanted].T, np.float32)


class _Plain:
    """Columns as they are, in the rows (of ``made``) that stand before them."""

    def __init__(self, numbered: Sequence[tuple[int, Column]]) -> None:
        self._rows = [row for row, _ in numbered]
        self._names = [rule.column for _, rule in numbered]
        self._filled = np.array([rule.missing is not None for _, rule in numbered], bool)[:, None]
        self._missing = np.array([rule.missing or 0.0 for _, rule in numbered])[:, None]
        self._logged = [at for at, (_, rule) in enumerate(numbered) if rule.scale == "log1p"]

    def fill(self, columns: Columns, made: Values) -> None:
        """Write the columns into their rows of ``made`` (F, n)."""
        values = _stacked(columns, self._names, made.shape[1])
        np.copyto(values, self._missing, where=np.isnan(values) & self._filled)
        values[self._logged] = np.log1p(values[self._logged])
        made[self._rows] = values


class _Rates:
    """Rates that are worked out together; ``rows`` says where the features lie that their priors name."""

    def __init__(self, numbered: Sequence[tuple[int, Rate]], rows: Mapping[str, int]) -> None:
        self._rows = [row for row, _ in numbered]
        self._parts = [rate.numerator for _, rate in numbered]
        self._wholes = [rate.denominator for _, rate in numbered]
        self._strengths = np.array([rate.strength for _, rate in numbered])[:, None]
        priors = [rate.prior for _, rate in numbered]
        self._leans_on = [rows[prior] for prior in priors if isinstance(prior, str)]
        self._priors = np.array([prior for prior in priors if not isinstance(prior, str)])[:, None]

    def fill(self, columns: Columns, made: Values) -> None:
        """Write the rates into their rows of ``made`` (F, n); those they lean on are there."""
        if not self._rows:
            return
        n = made.shape[1]
        parts, wholes = _stacked(columns, self._parts, n), _stacked(columns, self._wholes, n)
        parts[np.isnan(parts)] = 0.0
        wholes[np.isnan(wholes)] = 0.0
        priors = made[self._leans_on] if self._leans_on else self._priors
        made[self._rows] = (parts + self._strengths * priors) / (wholes + self._strengths)


def _is_time(feature: Feature) -> bool:
    return isinstance(feature.rule, Age | HourOfDay | DayOfWeek)


def _time(rule: object, now: NDArray[np.int64], columns: Columns) -> NDArray[np.generic]:
    if isinstance(rule, HourOfDay):
        return now // HOUR % 24
    if isinstance(rule, DayOfWeek):
        return (now // DAY + _THURSDAY) % 7
    assert isinstance(rule, Age)
    seconds = now // SECOND - _column(columns, rule.since).astype(np.int64) // SECOND
    hours: Values = np.maximum(seconds, 0) / (HOUR // SECOND)
    return np.log1p(hours) if rule.scale == "log1p" else hours


def _stacked(columns: Columns, names: Sequence[str], n: int) -> Values:
    """The named columns as float64 (len(names), n)."""
    stacked = np.empty((len(names), n))
    for row, name in enumerate(names):
        stacked[row] = _fitting(columns, name, n)
    return stacked


def _fitting(columns: Columns, name: str, n: int) -> NDArray[np.generic]:
    """The named column, which holds a value a row or one for all."""
    column = _column(columns, name)
    if column.shape not in ((n,), (1,)):
        raise InvalidInput(f"Column {name} has shape {column.shape} for {n} rows.")
    return column


def _column(columns: Columns, name: str) -> NDArray[np.generic]:
    if (column := columns.get(name)) is None:
        raise InvalidInput(f"Column {name} is missing.", fix="Give assemble every stored and request column.")
    return column
