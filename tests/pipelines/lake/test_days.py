"""Rows are split into their days, each key once, and what a day holds already is not written again."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.clock import DAY, day_of, from_rfc3339
from feed_core.model.errors import Corrupt
from pipelines.lake.days import days_of, in_range, new_rows, read_part, write_part
from pipelines.lake.layout import Part, part_path
from pipelines.lake.tables import DECISION_SCHEMA, EVENT_SCHEMA, TABLES, Table, to_table
from tests.pipelines.lake.conftest import START

POSTS, _, EVENTS, DECISIONS = TABLES
_moments = st.sampled_from([START - 1, START, START + 1, START + DAY - 1, START + DAY, START + 9 * DAY])
_rows = st.lists(st.tuples(st.integers(1, 8), _moments), max_size=20)


def _table(rows: Sequence[tuple[int, int]], table: Table = EVENTS):  # type: ignore[no-untyped-def]
    """A table of (key, time); the order in which they came is in ``author_id``."""
    filled = [
        tuple({table.key: key, table.time: at, "author_id": place}.get(name) for name in table.schema.names)
        for place, (key, at) in enumerate(rows)
    ]
    return to_table(filled, table.schema)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(_rows)
def test_each_key_lies_once_in_the_day_of_its_first_row_in_order_of_time(rows: list[tuple[int, int]]) -> None:
    first: dict[int, int] = {}
    for key, at in rows:
        first.setdefault(key, at)
    expected: dict[str, list[tuple[int, int]]] = {}
    for at, key in sorted((at, key) for key, at in first.items()):
        expected.setdefault(day_of(at), []).append((key, at))
    found = [
        (day, list(zip(part["event_id"].to_pylist(), part["occurred_at"].to_pylist(), strict=True)))
        for day, part in days_of(_table(rows), EVENTS)
    ]
    assert found == list(expected.items())


@settings(max_examples=30, deadline=None, derandomize=True)
@given(_rows)
def test_every_version_of_a_post_is_kept_in_the_order_in_which_it_came(rows: list[tuple[int, int]]) -> None:
    kept = [
        (at, key, place)
        for _, part in days_of(_table(rows, POSTS), POSTS)
        for at, key, place in zip(
            *(part[name].to_pylist() for name in ("created_at", "post_id", "author_id")), strict=True
        )
    ]
    assert kept == sorted((at, key, place) for place, (key, at) in enumerate(rows))


@pytest.mark.parametrize(
    ("at", "good"),
    [
        (-1, False), (0, True), (from_rfc3339("2199-12-31T23:59:59.999Z"), True),
        (from_rfc3339("2200-01-01T00:00:00Z"), False), (2**63 - 1, False), (-(2**63), False),
    ],
)  # fmt: skip
def test_a_day_is_between_1970_and_2200(at: int, good: bool) -> None:
    assert in_range(_table([(1, at)]), "occurred_at").tolist() == [good]


def _write(lake: Path, rows: Sequence[tuple[int, int]], span: tuple[int, int], topic: str = "graph") -> Path:
    path = part_path(lake, "events", day_of(START), topic, span)
    write_part(_table(rows), path)
    return path


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    st.lists(st.sets(st.integers(0, 60), min_size=1, max_size=6), max_size=3),
    st.sets(st.integers(0, 60), min_size=1, max_size=10),
)
def test_what_any_part_of_the_day_holds_is_not_new(
    tmp_path_factory: pytest.TempPathFactory, held: list[set[int]], come: set[int]
) -> None:
    lake = tmp_path_factory.mktemp("lake")
    for place, keys in enumerate(held):
        _write(lake, [(key, START) for key in keys], (place, place), ("graph", "engagement")[place % 2])
    fresh = new_rows(lake, EVENTS, day_of(START), _table([(key, START) for key in come]))
    assert set(fresh["event_id"].to_pylist()) == come - set[int]().union(*held)


def test_what_another_day_or_table_holds_does_not_count(tmp_path: Path) -> None:
    _write(tmp_path, [(1, START)], (0, 0))
    assert new_rows(tmp_path, EVENTS, day_of(START + DAY), _table([(1, START + DAY)])).num_rows == 1
    decisions = _table([(1, START)], DECISIONS)
    assert new_rows(tmp_path, DECISIONS, day_of(START), decisions).num_rows == 1


def test_a_part_comes_back_as_it_was_written_with_all_or_some_columns(tmp_path: Path) -> None:
    row = (2**62, START, START, -1, 0, 2**63 - 1, "like", "Ünïcödé \N{SNOWMAN}\0", -1, 0, float("inf"))
    path = part_path(tmp_path, "events", day_of(START), "graph", (0, 0))
    write_part(to_table([row], EVENT_SCHEMA), path)
    part = Part(path, "graph", 0, 0)
    assert read_part(part).to_pylist() == [dict(zip(EVENT_SCHEMA.names, row, strict=True))]
    assert read_part(part, ["value", "surface"]).to_pylist() == [{"value": row[-1], "surface": row[7]}]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_no_rows_make_a_table_of_the_same_columns() -> None:
    assert to_table([], DECISION_SCHEMA).schema == DECISION_SCHEMA
    assert list(days_of(to_table([], EVENT_SCHEMA), EVENTS)) == []


def test_a_part_whose_middle_was_spoilt_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path, [(key, START) for key in range(500)], (0, 499))
    body = bytearray(path.read_bytes())
    body[4:200] = b"\xff" * 196
    path.write_bytes(body)
    with pytest.raises(Corrupt, match=r"part-graph-0+-0+499\.parquet is damaged"):
        read_part(Part(path, "graph", 0, 499))


def test_another_kind_of_file_under_a_parts_name_is_named(tmp_path: Path) -> None:
    path = part_path(tmp_path, "events", day_of(START), "graph", (0, 1))
    path.parent.mkdir(parents=True)
    path.write_text("event_id,occurred_at\n1,2\n")
    with pytest.raises(Corrupt, match="is damaged or cut off"):
        read_part(Part(path, "graph", 0, 1))
