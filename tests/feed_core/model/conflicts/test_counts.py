"""Counts of several regions come to the same sum in every order of edits and merges."""

from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.conflicts.counts import counted, merged_counts, total

REGIONS = ("eu", "us", "ap")
steps = st.lists(
    st.tuples(st.sampled_from(REGIONS), st.sampled_from(REGIONS) | st.integers(-3, 3)), max_size=30
)
Parts = dict[str, tuple[int, int]]


def played(history: list[tuple[str, str | int]]) -> dict[str, Parts]:
    """Each region's parts after a history of counting (a number) and merging (a region)."""
    parts: dict[str, Parts] = {region: {} for region in REGIONS}
    for region, what in history:
        if isinstance(what, str):
            parts[region] = merged_counts(parts[region], parts[what])
        else:
            parts[region] = counted(parts[region], region, what)
    return parts


@given(steps)
def test_merging_is_commutative_associative_and_idempotent(history: list[tuple[str, str | int]]) -> None:
    a, b, c = played(history).values()
    assert merged_counts(a, b) == merged_counts(b, a)
    assert merged_counts(merged_counts(a, b), c) == merged_counts(a, merged_counts(b, c))
    assert merged_counts(a, a) == a


@given(steps)
def test_all_regions_together_have_counted_everything_once(history: list[tuple[str, str | int]]) -> None:
    a, b, c = played(history).values()
    changes = sum(what for _, what in history if isinstance(what, int))
    assert total(merged_counts(merged_counts(a, b), c)) == changes
