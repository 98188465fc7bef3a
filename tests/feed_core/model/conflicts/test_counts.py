"""Counts of several regions come to the same sum in every order of counting, telling and hearing."""

from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.conflicts.counts import Counted, added, merged_counts, total
from feed_core.model.posts import PostCounts

REGIONS = ("eu", "us", "ap")
counts = st.builds(PostCounts, likes=st.integers(0, 3), comments=st.integers(0, 2))
steps = st.lists(st.tuples(st.sampled_from(REGIONS), st.sampled_from(REGIONS) | counts), max_size=30)


def played(history: list[tuple[str, str | PostCounts]]) -> dict[str, Counted]:
    """What each region knows after a history of counting anew and of hearing another (its name)."""
    known: dict[str, Counted] = {region: {} for region in REGIONS}
    for at, (region, what) in enumerate(history):
        if isinstance(what, str):
            known[region] = merged_counts(known[region], known[what])
        else:
            known[region] = {**known[region], region: (at, what)}
    return known


@given(steps)
def test_merging_is_commutative_associative_and_idempotent(
    history: list[tuple[str, str | PostCounts]],
) -> None:
    a, b, c = played(history).values()
    assert merged_counts(a, b) == merged_counts(b, a)
    assert merged_counts(merged_counts(a, b), c) == merged_counts(a, merged_counts(b, c))
    assert merged_counts(a, a) == a


@given(steps)
def test_together_they_know_the_sum_of_what_each_counted_last(
    history: list[tuple[str, str | PostCounts]],
) -> None:
    a, b, c = played(history).values()
    last = {region: what for region, what in history if isinstance(what, PostCounts)}
    assert total(merged_counts(merged_counts(a, b), c)) == added(*last.values())


@given(st.lists(counts, max_size=4))
def test_a_sum_is_taken_field_by_field(some: list[PostCounts]) -> None:
    assert added(*some).likes == sum(each.likes for each in some)
    assert added(*some).comments == sum(each.comments for each in some)
    assert (added(*some).shares, added(*some).saves) == (0, 0)
