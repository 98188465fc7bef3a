"""Slices: every row once, in order of time, no millisecond parted."""

from collections import Counter

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.importing.slices import slices
from pipelines.importing.tables import COLUMNS, TIME_OF, ImportTables

TIMES = st.lists(st.integers(0, 50), max_size=30).map(sorted)
TABLES = st.fixed_dictionaries(dict.fromkeys(COLUMNS, TIMES))


def tables_of(times: dict[str, list[int]]) -> ImportTables:
    """Tables that hold nothing but times."""
    return ImportTables(
        **{
            name: pd.DataFrame({TIME_OF[name]: pd.array(at, dtype="int64"), "line": range(len(at))})
            for name, at in times.items()
        }
    )


@settings(max_examples=200, deadline=None)
@given(TABLES, st.integers(1, 20), st.integers(1, 20))
def test_slices_hold_every_row_once_in_order_of_time(
    times: dict[str, list[int]], max_rows: int, max_ms: int
) -> None:
    tables = tables_of(times)
    found: Counter[tuple[str, int]] = Counter()
    last = -1
    for part in slices(tables, max_rows, max_ms):
        at = [getattr(row, TIME_OF[name]) for name, rows in part.rows.items() for row in rows]
        assert len(part) == len(at) > 0
        assert min(at) > last
        assert max(at) == part.until
        assert max(at) - min(at) < max_ms
        assert len(at) <= max_rows or len({*at}) == 1 or _fits_without_last(at, max_rows)
        last = part.until
        found.update((name, row.line) for name, rows in part.rows.items() for row in rows)
    assert found == Counter((name, line) for name, at in times.items() for line in range(len(at)))


def _fits_without_last(at: list[int], max_rows: int) -> bool:
    """Whether the slice grew over its size through its last millisecond alone."""
    return sum(one < max(at) for one in at) < max_rows


def test_no_rows_make_no_slices() -> None:
    assert list(slices(tables_of({name: [] for name in COLUMNS}))) == []
