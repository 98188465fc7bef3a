"""The catalogue finds a post's truth by its id, in whatever order posts came in a batch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.society.catalogue import Catalogue


def _add(catalogue: Catalogue, ids: list[int], now: int) -> None:
    count = len(ids)
    catalogue.add(
        np.array(ids, np.int64),
        np.array([id_ % 7 for id_ in ids], np.int64),
        np.full((count, 2), 0.5),
        np.array([float(id_) for id_ in ids]),
        np.array([id_ % 2 == 0 for id_ in ids], np.bool_),
        now,
    )


@given(st.permutations(range(1, 20)), st.integers(1, 18))
def test_rows_carry_what_was_added_with_the_id(order: list[int], cut: int) -> None:
    catalogue = Catalogue(2)
    first, second = [id_ for id_ in order if id_ <= cut], [id_ for id_ in order if id_ > cut]
    _add(catalogue, first, 1_000)
    _add(catalogue, second, 2_000)
    ids = np.array(order)
    rows = catalogue.rows(ids)
    assert (catalogue.post_ids[rows] == ids).all()
    assert (catalogue.quality[rows] == ids).all()
    assert (catalogue.authors[rows] == ids % 7).all()
    assert (catalogue.is_video[rows] == (ids % 2 == 0)).all()


def test_rows_keep_the_shape_of_the_ids() -> None:
    catalogue = Catalogue(2)
    _add(catalogue, [5, 3, 9], 0)
    assert catalogue.rows(np.array([[3, 5], [9, 3]])).tolist() == [[0, 1], [2, 0]]


def test_since_gives_the_posts_from_that_moment_on() -> None:
    catalogue = Catalogue(2)
    for now in (1_000, 2_000, 3_000):
        _add(catalogue, [now, now + 1], now)
    assert catalogue.since(2_000).tolist() == [2, 3, 4, 5]
    assert catalogue.since(3_001).tolist() == []
    assert catalogue.since(0).tolist() == [0, 1, 2, 3, 4, 5]
