"""From columns to the matrix that a model reads: the one place where a feature's rule is worked out.

Training's backfill and serving both come through ``assemble``, so a feature cannot mean two things.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from features.definitions import FEATURES, Feature, View
from features.definitions.feature import Age, Column, DayOfWeek, HourOfDay, Rate, Scale
from feed_core.model.clock import DAY, HOUR, SECOND
from feed_core.model.errors import InvalidInput

Columns = Mapping[str, NDArray[np.generic]]
"""Arrays by column name; each (n,), or (1,) where one value holds for all rows."""
_THURSDAY = 3
"""The day of the week of 1970-01-01, counted from Monday."""


def assemble(columns: Columns) -> NDArray[np.float32]:
    """The matrix, float32 (n, F) in the order of ``FEATURES``; n is the length of ``created_at``.

    ``columns`` holds ``view.field`` columns (NaN where there is no row) and the request columns of
    ``features.definitions.features``. Raises ``InvalidInput`` for a column that is missing or that has
    another length.
    """
    n = len(_column(columns, "created_at"))
    made: dict[str, NDArray[np.float64]] = {}
    matrix = np.empty((len(FEATURES), n), np.float32)
    for row, feature in enumerate(FEATURES):
        value = made[feature.name] = _value(feature, columns, made)
        if len(value) not in (1, n):
            raise InvalidInput(f"Feature {feature.name} has {len(value)} values for {n} rows.")
        matrix[row] = value
    return np.ascontiguousarray(matrix.T)


def stored_columns(view: View, matrix: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """The columns of a packed matrix (n, view.width) under their names ``view.field``."""
    return {f"{view.name}.{name}": matrix[:, i] for i, name in enumerate(view.columns)}


def _value(
    feature: Feature, columns: Columns, made: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    rule = feature.rule
    if isinstance(rule, Column):
        return _scaled(_filled(_column(columns, rule.column), rule.missing), rule.scale)
    if isinstance(rule, Rate):
        return _rate(rule, columns, made)
    now = _column(columns, "now").astype(np.int64)
    if isinstance(rule, Age):
        return _scaled(_hours(now, _column(columns, rule.since).astype(np.int64)), rule.scale)
    if isinstance(rule, HourOfDay):
        return (now // HOUR % 24).astype(np.float64)
    assert isinstance(rule, DayOfWeek)
    return ((now // DAY + _THURSDAY) % 7).astype(np.float64)


def _rate(rule: Rate, columns: Columns, made: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    part = _filled(_column(columns, rule.numerator), 0.0)
    whole = _filled(_column(columns, rule.denominator), 0.0)
    prior = made[rule.prior] if isinstance(rule.prior, str) else rule.prior
    return np.asarray((part + rule.strength * prior) / (whole + rule.strength))


def _hours(now: NDArray[np.int64], since: NDArray[np.int64]) -> NDArray[np.float64]:
    seconds: NDArray[np.int64] = np.maximum(now // SECOND - since // SECOND, 0)
    return np.asarray(seconds / (HOUR // SECOND), np.float64)


def _column(columns: Columns, name: str) -> NDArray[np.generic]:
    if (column := columns.get(name)) is None:
        raise InvalidInput(f"Column {name} is missing.", fix="Give assemble every stored and request column.")
    return column


def _filled(column: NDArray[np.generic], missing: float | None) -> NDArray[np.float64]:
    values = column.astype(np.float64)
    if missing is not None:
        values[np.isnan(values)] = missing
    return values


def _scaled(values: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    return np.log1p(values) if scale == "log1p" else values
