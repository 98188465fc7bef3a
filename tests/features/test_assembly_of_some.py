"""A matrix of some features is those columns of the whole, whichever they are and whatever else is given."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.assembly import assemble
from features.definitions import DISCOVERY, FEATURE_NAMES, needed_features
from features.definitions.feature import Rate
from features.definitions.services import ALL_FEATURES, columns_of
from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import InvalidInput
from tests.features.test_assembly import NOW, columns

GIVEN = columns(6, 3, 0.3)
WHOLE = assemble(GIVEN)
RATES = [name for name, feature in ALL_FEATURES.items() if isinstance(feature.rule, Rate)]
some_names = st.lists(st.sampled_from(FEATURE_NAMES), unique=True, max_size=12).map(tuple)


@settings(max_examples=12)
@given(names=some_names)
def test_some_features_are_those_columns_of_the_whole(names: tuple[str, ...]) -> None:
    expected = WHOLE[:, [FEATURE_NAMES.index(name) for name in names]]
    np.testing.assert_array_equal(assemble(GIVEN, names), expected)


@settings(max_examples=12)
@given(names=some_names)
def test_the_columns_that_features_name_are_all_that_they_need(names: tuple[str, ...]) -> None:
    needed = {name: GIVEN[name] for name in columns_of(names) | {"created_at"}}
    np.testing.assert_array_equal(assemble(needed, names), assemble(GIVEN, names))


@settings(max_examples=12)
@given(names=st.lists(st.sampled_from(FEATURE_NAMES), unique=True, min_size=1, max_size=4).map(tuple))
def test_without_any_one_column_that_features_name_it_is_refused_by_name(names: tuple[str, ...]) -> None:
    for absent in sorted(columns_of(names)):
        with pytest.raises(InvalidInput, match=f"Column {absent} is missing"):
            assemble({name: values for name, values in GIVEN.items() if name != absent}, names)


def test_features_of_discovery_are_columns_as_they_are() -> None:
    matrix = assemble(GIVEN, DISCOVERY.features)
    rules = [ALL_FEATURES[name].rule for name in DISCOVERY.features]
    expected = np.column_stack([GIVEN[rule.column] for rule in rules])  # type: ignore[union-attr]
    filled = np.array([rule.missing is not None for rule in rules])  # type: ignore[union-attr]
    np.testing.assert_array_equal(matrix, np.where(np.isnan(expected) & filled, 0, expected))


def test_no_features_are_rows_without_columns() -> None:
    assert assemble(GIVEN, ()).shape == (6, 0)


@pytest.mark.parametrize("name", RATES)
def test_a_rate_without_events_is_its_prior_and_with_very_many_the_share(name: str) -> None:
    rule = ALL_FEATURES[name].rule
    assert isinstance(rule, Rate)
    last = needed_features((name,))[-1].rule
    assert isinstance(last, Rate)
    nothing = {column: np.array([np.nan]) for column in columns_of((name,))} | {"created_at": np.array([NOW])}
    assert assemble(nothing, (name,))[0, 0] == np.float32(last.prior)
    much = nothing | {rule.numerator: np.array([3e12]), rule.denominator: np.array([1e13])}
    assert assemble(much, (name,))[0, 0] == pytest.approx(0.3, abs=1e-5)


@pytest.mark.parametrize(
    ("created_at", "hours"),
    [
        (NOW + 5 * DAY, 0),
        (NOW, 0),
        (NOW - 1, 1 / 3600),
        (NOW - HOUR, 1),
        (0, NOW / HOUR),
        (-HOUR, NOW / HOUR + 1),
    ],
    ids=["tomorrow", "now", "a moment ago", "an hour ago", "in 1970", "before 1970"],
)
def test_an_age_counts_whole_seconds_and_is_never_negative(created_at: int, hours: float) -> None:
    given_columns = {"created_at": np.array([created_at]), "now": np.array([NOW])}
    assert assemble(given_columns, ("post_age",))[0, 0] == pytest.approx(np.log1p(hours), rel=1e-6)


@pytest.mark.parametrize(
    ("now", "hour", "day"),
    [(0, 0, 3), (HOUR - 1, 0, 3), (HOUR, 1, 3), (DAY - 1, 23, 3), (DAY, 0, 4), (4 * DAY, 0, 0), (-1, 23, 2)],
    ids=["1970", "last of an hour", "first of the next", "last of a day", "Friday", "Monday", "before 1970"],
)
def test_the_hour_and_the_day_change_at_their_first_millisecond(now: int, hour: int, day: int) -> None:
    given_columns = {"created_at": np.array([NOW]), "now": np.array([now])}
    assert assemble(given_columns, ("hour_of_day", "day_of_week")).tolist() == [[hour, day]]
