"""Popularity counts exactly what happened to the post in the window before the moment."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.datasets.popularity import collected_before

events = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 50), st.sampled_from([1.0, 4.0])), max_size=20)
asked = st.lists(st.tuples(st.integers(0, 5), st.integers(-10, 80)), max_size=20)


@settings(deadline=None)
@given(events, asked, st.integers(1, 30))
def test_equals_adding_up_by_hand(events, asked, window) -> None:
    posts, times, values = (np.array([row[i] for row in events]) for i in range(3))
    names, moments = (np.array([row[i] for row in asked], np.int64) for i in range(2))
    found = collected_before(
        names, moments, posts.astype(np.int64), times.astype(np.int64), values.astype(float), window_ms=window
    )
    by_hand = [
        sum(value for post, time, value in events if post == name and at - window <= time < at)
        for name, at in asked
    ]
    np.testing.assert_allclose(found, by_hand)
