"""From columns to the matrix that a model reads: the one place where a feature's rule is worked out.

Training's backfill and serving both come through ``assemble``, so a feature cannot mean two things.
Features of one kind are worked out together: a handful of array operations instead of one a feature.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURE_NAMES, FEATURES, View
from features.definitions.feature import Age, Column, DayOfWeek, HourOfDay, Rate
from feed_core.model.clock import DAY, HOUR, SECOND
from feed_core.model.errors import InvalidInput

Columns = Mapping[str, NDArray[np.generic]]
"""Arrays by column name; each (n,), or (1,) where one value holds for all rows."""
Values = NDArray[np.float64]
_THURSDAY = 3
"""The day of the week of 1970-01-01, counted from Monday."""
_ROW = {name: row for row, name in enumerate(FEATURE_NAMES)}


def assemble(columns: Columns) -> NDArray[np.float32]:
    """The matrix, float32 (n, F) in the order of ``FEATURES``; n is the length of ``created_at``.

    ``columns`` holds ``view.field`` columns (NaN where there is no row) and the request columns of
    ``features.definitions.features``. Raises ``InvalidInput`` for a column that is missing or that has
    another length.
    """
    n = len(_column(columns, "created_at"))
    made = np.empty((len(FEATURES), n))
    _times(columns, made)
    _plain(columns, made)
    for stage in (_FIRST_RATES, _LEANING_RATES):
        stage.fill(columns, made)
    return np.ascontiguousarray(made.T, np.float32)


def stored_columns(view: View, matrix: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """The columns of a packed matrix (n, view.width) under their names ``view.field``."""
    return {f"{view.name}.{name}": matrix[:, i] for i, name in enumerate(view.columns)}


class _Rates:
    """Rates that are worked out together; the rows their priors lie in are made before them."""

    def __init__(self, named: Sequence[tuple[str, Rate]]) -> None:
        self._rows = [_ROW[name] for name, _ in named]
        self._parts = [rate.numerator for _, rate in named]
        self._wholes = [rate.denominator for _, rate in named]
        self._strengths = np.array([rate.strength for _, rate in named])[:, None]
        self._priors = [rate.prior for _, rate in named]

    def fill(self, columns: Columns, made: Values) -> None:
        """Write the rates into their rows of ``made`` (F, n)."""
        n = made.shape[1]
        parts, wholes = _stacked(columns, self._parts, n), _stacked(columns, self._wholes, n)
        parts[np.isnan(parts)] = 0.0
        wholes[np.isnan(wholes)] = 0.0
        made[self._rows] = (parts + self._strengths * self._prior(made)) / (wholes + self._strengths)

    def _prior(self, made: Values) -> Values:
        if rows := [_ROW[prior] for prior in self._priors if isinstance(prior, str)]:
            return made[rows]
        return np.array(self._priors, np.float64)[:, None]


_RATES = [(feature.name, feature.rule) for feature in FEATURES if isinstance(feature.rule, Rate)]
_FIRST_RATES = _Rates([(name, rate) for name, rate in _RATES if not isinstance(rate.prior, str)])
_LEANING_RATES = _Rates([(name, rate) for name, rate in _RATES if isinstance(rate.prior, str)])
_COLUMNS = [(feature.name, feature.rule) for feature in FEATURES if isinstance(feature.rule, Column)]
_COLUMN_ROWS = [_ROW[name] for name, _ in _COLUMNS]
_COLUMN_NAMES = [rule.column for _, rule in _COLUMNS]
_FILLED = np.array([rule.missing is not None for _, rule in _COLUMNS])
_MISSING = np.array([rule.missing or 0.0 for _, rule in _COLUMNS])
_LOGGED = [row for row, (_, rule) in enumerate(_COLUMNS) if rule.scale == "log1p"]


def _plain(columns: Columns, made: Values) -> None:
    values = _stacked(columns, _COLUMN_NAMES, made.shape[1])
    absent = np.isnan(values) & _FILLED[:, None]
    np.copyto(values, _MISSING[:, None], where=absent)
    values[_LOGGED] = np.log1p(values[_LOGGED])
    made[_COLUMN_ROWS] = values


def _times(columns: Columns, made: Values) -> None:
    now = _column(columns, "now").astype(np.int64)
    for row, feature in enumerate(FEATURES):
        rule = feature.rule
        if isinstance(rule, HourOfDay):
            made[row] = now // HOUR % 24
        elif isinstance(rule, DayOfWeek):
            made[row] = (now // DAY + _THURSDAY) % 7
        elif isinstance(rule, Age):
            seconds = now // SECOND - _column(columns, rule.since).astype(np.int64) // SECOND
            hours = np.maximum(seconds, 0) / (HOUR // SECOND)
            made[row] = np.log1p(hours) if rule.scale == "log1p" else hours


def _stacked(columns: Columns, names: Sequence[str], n: int) -> Values:
    """The named columns as float64 (len(names), n)."""
    stacked = np.empty((len(names), n))
    for row, name in enumerate(names):
        column = _column(columns, name)
        if column.shape not in ((n,), (1,)):
            raise InvalidInput(f"Column {name} has shape {column.shape} for {n} rows.")
        stacked[row] = column
    return stacked


def _column(columns: Columns, name: str) -> NDArray[np.generic]:
    if (column := columns.get(name)) is None:
        raise InvalidInput(f"Column {name} is missing.", fix="Give assemble every stored and request column.")
    return column
