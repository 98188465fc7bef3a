"""Lists held flat are the lists they were made of."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.online.lists import Lists, lists_of_ids, lists_of_tags, no_lists, tag_hash
from feed_core.model.errors import InvalidInput

TAGS = st.lists(st.lists(st.text(max_size=6), max_size=4), max_size=6)


def parts_of(lists: Lists) -> list[list[tuple[int, float]]]:
    """Lists of (id, weight)."""
    ids, weights, ends = lists.ids.tolist(), lists.weights.tolist(), lists.offsets.tolist()
    return [list(zip(ids[a:b], weights[a:b], strict=True)) for a, b in pairwise(ends)]


@given(tags=TAGS, chosen=st.data())
def test_taking_lists_is_taking_from_a_list_of_lists(tags: list[list[str]], chosen: st.DataObject) -> None:
    weights = [[float(i) for i in range(len(row))] for row in tags]
    lists = lists_of_tags(tags, weights)
    expected = [
        [(tag_hash(t), w) for t, w in zip(*row, strict=True)] for row in zip(tags, weights, strict=True)
    ]
    assert parts_of(lists) == expected
    index = chosen.draw(st.lists(st.integers(0, len(tags) - 1), max_size=8)) if tags else []
    taken = lists.take(np.array(index, np.intp))
    assert parts_of(taken) == [expected[i] for i in index]
    assert taken.names == tuple(tag for i in index for tag in tags[i])


@given(st.text(max_size=20))
def test_a_hashtag_has_one_hash_in_any_case_that_fits_64_bits(tag: str) -> None:
    assert tag_hash(tag) == tag_hash(tag.lower())
    assert -(1 << 63) <= tag_hash(tag) < 1 << 63


def test_no_lists_are_empty_ones() -> None:
    assert parts_of(no_lists(3)) == [[], [], []]
    assert parts_of(lists_of_ids([])) == []


@pytest.mark.parametrize("weights", [[[1.0]], [[1.0], []], [[1.0], [1.0, 2.0]]])
def test_weights_that_do_not_fit_are_refused(weights: list[list[float]]) -> None:
    with pytest.raises(InvalidInput, match="weight"):
        lists_of_ids([[1], [2]], weights)
