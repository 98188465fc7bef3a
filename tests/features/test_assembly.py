"""Each rule of a feature is what its words say, worked out again row by row."""

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.affinity import cf_score, tag_affinity
from features.assembly import assemble
from features.definitions import FEATURE_NAMES, FEATURES, VIEWS
from features.definitions.feature import Age, Column, DayOfWeek, HourOfDay, Rate
from features.definitions.features import REQUEST_COLUMNS
from features.online import lists_of_tags
from features.online.lists import no_lists
from feed_core.model.errors import InvalidInput

STORED = [f"{view.name}.{column}" for view in VIEWS for column in view.columns]
NOW = 1_780_000_000_000


def columns(n: int, seed: int, absent: float) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    made: dict[str, np.ndarray] = {}
    for name in STORED:
        values = rng.integers(0, 500, n).astype(np.float32)
        values[rng.random(n) < absent] = np.nan
        made[name] = values
    made |= {name: rng.random(n).astype(np.float32) for name in REQUEST_COLUMNS}
    made["cf_score"][rng.random(n) < absent] = np.nan
    made["now"] = NOW + rng.integers(0, 10**9, n)
    made["created_at"] = NOW + rng.integers(-(10**9), 10**9, n)
    return made


def by_the_word(row: dict[str, Any]) -> dict[str, float]:
    made: dict[str, float] = {}
    moment = datetime.fromtimestamp(row["now"] / 1000, UTC)
    for feature in FEATURES:
        rule = feature.rule
        if isinstance(rule, Column):
            value = float(row[rule.column])
            if math.isnan(value) and rule.missing is not None:
                value = rule.missing
            made[feature.name] = math.log1p(value) if rule.scale == "log1p" else value
        elif isinstance(rule, Rate):
            part, whole = (float(np.nan_to_num(row[name])) for name in (rule.numerator, rule.denominator))
            prior = made[rule.prior] if isinstance(rule.prior, str) else rule.prior
            made[feature.name] = (part + rule.strength * prior) / (whole + rule.strength)
        elif isinstance(rule, Age):
            hours = max(0, row["now"] // 1000 - row[rule.since] // 1000) / 3600
            made[feature.name] = math.log1p(hours) if rule.scale == "log1p" else hours
        else:
            assert isinstance(rule, HourOfDay | DayOfWeek)
            made[feature.name] = moment.hour if isinstance(rule, HourOfDay) else moment.weekday()
    return made


@settings(max_examples=25, deadline=None)
@given(n=st.integers(0, 7), seed=st.integers(0, 99), absent=st.sampled_from([0.0, 0.5, 1.0]))
def test_the_matrix_is_what_the_rules_say(n: int, seed: int, absent: float) -> None:
    given_columns = columns(n, seed, absent)
    matrix = assemble(given_columns)
    assert matrix.shape == (n, len(FEATURES))
    assert matrix.dtype == np.float32
    assert matrix.flags.c_contiguous
    for i in range(n):
        expected = by_the_word({name: values[i] for name, values in given_columns.items()})
        np.testing.assert_allclose(matrix[i], [expected[name] for name in FEATURE_NAMES], rtol=1e-6)


def test_one_value_holds_for_all_rows() -> None:
    many = columns(3, 0, 0.0)
    once = {name: values[:1] if name.startswith("user_activity") else values for name, values in many.items()}
    many = {name: np.repeat(v, 3) if len(v) == 1 else v for name, v in once.items()}
    np.testing.assert_array_equal(assemble(once), assemble(many))


def test_a_row_does_not_depend_on_the_others() -> None:
    whole = columns(5, 1, 0.3)
    alone = assemble({name: values[2:3] for name, values in whole.items()})
    np.testing.assert_array_equal(assemble(whole)[2:3], alone)


@pytest.mark.parametrize("name", ["created_at", "now", "position", "post_stats.likes_7d", "tag_affinity"])
def test_a_column_that_is_missing_is_named(name: str) -> None:
    given_columns = columns(2, 0, 0.0)
    del given_columns[name]
    with pytest.raises(InvalidInput, match=name):
        assemble(given_columns)


def test_a_column_of_another_length_is_named() -> None:
    with pytest.raises(InvalidInput, match="position"):
        assemble(columns(2, 0, 0.0) | {"position": np.zeros(3)})


@pytest.mark.parametrize("n", [0, 3])
def test_moments_of_another_number_than_the_rows_are_named(n: int) -> None:
    with pytest.raises(InvalidInput, match="now"):
        assemble(columns(2, 0, 0.0) | {"now": np.full(n, NOW)})


def test_a_moment_may_hold_for_all_rows() -> None:
    many = columns(3, 0, 0.0) | {"now": np.full(3, NOW)}
    np.testing.assert_array_equal(assemble(many | {"now": np.array([NOW])}), assemble(many))


def test_a_feature_that_is_named_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="named twice: position"):
        assemble(columns(2, 0, 0.0), ("position", "post_age", "position"))


tags = st.lists(st.sampled_from("abcdef"), unique=True, max_size=4)


@settings(max_examples=60, deadline=None)
@given(people=st.lists(tags, min_size=1, max_size=4), posts=st.lists(tags, max_size=6), data=st.data())
def test_tag_affinity_is_the_weight_of_what_is_shared(
    people: list[list[str]], posts: list[list[str]], data: st.DataObject
) -> None:
    weights = [[(ord(tag) - 96) / 8 + i for tag in row] for i, row in enumerate(people)]
    whose = data.draw(st.lists(st.integers(0, len(people) - 1), min_size=len(posts), max_size=len(posts)))
    total, largest = tag_affinity(
        lists_of_tags(people, weights), np.array(whose, np.intp), lists_of_tags(posts)
    )
    for row, (person, post) in enumerate(zip(whose, posts, strict=True)):
        held = dict(zip(people[person], weights[person], strict=True))
        shared = [held[tag] for tag in post if tag in held]
        assert total[row] == pytest.approx(sum(shared))
        assert largest[row] == pytest.approx(max(shared, default=0))


def test_nobody_has_tags() -> None:
    total, largest = tag_affinity(no_lists(1), np.zeros(2, np.intp), lists_of_tags([["a"], []]))
    assert total.tolist() == largest.tolist() == [0, 0]


def test_taste_is_the_inner_product_and_unknown_where_one_is_absent() -> None:
    rng = np.random.default_rng(0)
    people, posts = rng.normal(size=(2, 32)).astype(np.float32), rng.normal(size=(3, 32)).astype(np.float32)
    posts[2] = np.nan
    score = cf_score(people, np.array([1, 0, 0]), posts)
    assert score[:2] == pytest.approx([people[1] @ posts[0], people[0] @ posts[1]], rel=1e-5)
    assert np.isnan(score[2])
