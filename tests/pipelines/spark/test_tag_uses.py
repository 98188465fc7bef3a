"""Uses of hashtags by window are what counting them one by one finds, whatever the partition holds."""

from collections import defaultdict

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipelines.spark.tag_uses import _of_partition

LENGTHS = (10, 25)
uses = st.lists(
    st.tuples(
        st.sampled_from(["sea", "sun", "été"]), st.sampled_from(["", "Oslo", "Rome"]), st.integers(1, 3),
        st.integers(0, 60),
    ),
    min_size=1, max_size=40,
)  # fmt: skip
Counted = dict[tuple[int, int, str, str], tuple[int, int]]


def batches(rows: list[tuple[str, str, int, int]], sizes: int) -> list[pa.RecordBatch]:
    table = pa.Table.from_pylist(
        [dict(zip(("tag", "place", "user_id", "at"), row, strict=True)) for row in rows]
    )
    return table.to_batches(max_chunksize=sizes)


def counted(rows: list[tuple[str, str, int, int]], sizes: int) -> Counted:
    found: Counted = {}
    for batch in _of_partition(LENGTHS)(iter(batches(rows, sizes))):
        for row in batch.to_pylist():
            key = (row["window_start"], row["window_ms"], row["place"], row["tag"])
            assert key not in found, "each window once"
            found[key] = (row["users"], row["events"])
    return found


@given(uses, st.integers(1, 40))
def test_counts_are_those_of_a_plain_loop(rows: list[tuple[str, str, int, int]], sizes: int) -> None:
    who: defaultdict[tuple[int, int, str, str], list[int]] = defaultdict(list)
    for tag, place, user, at in rows:
        for length in LENGTHS:
            for where in {"", place}:
                who[at - at % length, length, where, tag].append(user)
    assert counted(rows, sizes) == {key: (len(set(users)), len(users)) for key, users in who.items()}


@given(uses)
def test_everywhere_holds_every_event_of_a_tag(rows: list[tuple[str, str, int, int]]) -> None:
    for length in LENGTHS:
        for tag in {tag for tag, *_ in rows}:
            everywhere = sum(
                events
                for (_, window, place, one), (_, events) in counted(rows, 7).items()
                if (window, place, one) == (length, "", tag)
            )
            assert everywhere == sum(tag == one for one, *_ in rows)


def test_an_empty_partition_has_no_windows() -> None:
    assert list(_of_partition(LENGTHS)(iter(()))) == []
