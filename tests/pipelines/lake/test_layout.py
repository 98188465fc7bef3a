"""Which files of the lake count: those that are committed, and of nested ones the outermost."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.errors import Corrupt
from pipelines.lake.layout import Part, live_parts, part_path, parts_in, read_offsets, write_offsets

DAYS, TOPICS = ("2026-01-01", "2026-01-02"), ("engagement", "graph")
_spans = st.lists(st.integers(0, 40), min_size=2, max_size=2, unique=True).map(lambda two: tuple(sorted(two)))
_nested = st.sets(st.tuples(st.sampled_from(DAYS), st.sampled_from(TOPICS), _spans), max_size=14)


def _part(day: str, topic: str, span: tuple[int, int]) -> Part:
    return Part(part_path(Path("lake"), "events", day, topic, span), topic, *span)


def _within(inner: Part, outer: Part) -> bool:
    same = inner.path.parent == outer.path.parent and inner.topic == outer.topic
    return same and inner != outer and outer.first <= inner.first and inner.last <= outer.last


def _cross(one: Part, two: Part) -> bool:
    """Whether they share places and neither holds the other, which no run of the lake leaves behind."""
    same = one.path.parent == two.path.parent and one.topic == two.topic and one != two
    shared = one.first <= two.last and two.first <= one.last
    return same and shared and not _within(one, two) and not _within(two, one)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_nested, st.integers(0, 41), st.integers(0, 41))
def test_what_counts_is_committed_and_in_no_committed_part_around_it(
    found: set[tuple[str, str, tuple[int, int]]], engagement: int, graph: int
) -> None:
    parts = list[Part]()
    for one in sorted(found):
        if not any(_cross(_part(*one), other) for other in parts):
            parts.append(_part(*one))
    ends = {"engagement": engagement, "graph": graph}
    committed = [part for part in parts if part.last < ends[part.topic]]
    outermost = {one for one in committed if not any(_within(one, other) for other in committed)}
    live = live_parts(parts, {topic: (end,) for topic, end in ends.items()})
    assert set(live) == outermost
    assert len(live) == len(outermost)


def test_the_places_of_a_topic_are_summed_over_its_partitions() -> None:
    part = _part(DAYS[0], "engagement", (3, 9))
    assert live_parts([part], {"engagement": (4, 0, 6)}) == [part]
    assert live_parts([part], {"engagement": (4, 0, 5)}) == []


def test_a_topic_that_was_never_committed_counts_nothing() -> None:
    assert live_parts([_part(DAYS[0], "engagement", (0, 0))], {"graph": (5,)}) == []


def test_a_committed_part_inside_one_in_flight_still_counts() -> None:
    small, flying = _part(DAYS[0], "graph", (0, 4)), _part(DAYS[0], "graph", (0, 9))
    assert live_parts([flying, small], {"graph": (5,)}) == [small]
    assert live_parts([flying, small], {"graph": (10,)}) == [flying]


def test_parts_are_found_by_their_names_and_sort_by_place(tmp_path: Path) -> None:
    spans = [(0, 9), (10, 99), (100, 999_999_999_999), (1_000_000_000_000, 1_000_000_000_001)]
    for span in reversed(spans):
        path = part_path(tmp_path, "events", DAYS[0], "engagement", span)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = parts_in(tmp_path / "events")
    assert [(part.topic, part.first, part.last) for part in found] == [("engagement", *one) for one in spans]
    assert parts_in(tmp_path / "posts") == []


@pytest.mark.parametrize(
    "name",
    [
        ".part-graph-000000000000-000000000001.parquet.tmp", "part-graph-1.parquet",
        "part-graph-a-b.parquet", "part-Graph-1-2.parquet", "part-graph-1-2.parquet.crc", "notes.parquet",
    ],
)  # fmt: skip
def test_a_file_of_another_name_is_not_the_lakes(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert parts_in(tmp_path) == []


def test_offsets_come_back_and_a_lake_from_before_partitions_is_understood(tmp_path: Path) -> None:
    assert read_offsets(tmp_path / "new") == {}
    write_offsets(tmp_path, {"engagement": (3, 0, 2**62), "graph": ()})
    assert read_offsets(tmp_path) == {"engagement": (3, 0, 2**62), "graph": ()}
    (tmp_path / "offsets.json").write_text('{"engagement": 7, "graph": [1, 2]}')
    assert read_offsets(tmp_path) == {"engagement": (7,), "graph": (1, 2)}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"graph": "7"}', '{"graph": [1.5]}', '{"graph": null}', "\0\0\0"]
)
def test_offsets_that_say_something_else_are_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / "offsets.json").write_text(text)
    with pytest.raises(Corrupt, match=r"offsets\.json is damaged") as told:
        read_offsets(tmp_path)
    assert "loupe lake --rebuild" in told.value.fix
