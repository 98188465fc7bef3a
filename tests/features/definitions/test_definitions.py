"""The definitions are consistent with themselves and with the feed core's words."""

import msgspec
import pytest

from features.definitions import (
    FEATURE_NAMES,
    FEATURES,
    JOIN_KEYS,
    SLICE_MS,
    SOURCES,
    VIEW_BY_NAME,
    VIEWS,
    WINDOWED,
    View,
    definitions_hash,
    features_of,
    needed_features,
    source_code,
    value_of,
    view_hash,
    views_of,
)
from features.definitions.action_weights import ACTION_WEIGHTS, LONG_DWELL_MS, outcome_of
from features.definitions.feature import Column, Rate
from features.definitions.features import REQUEST_COLUMNS
from features.definitions.hashing import view_hash as fresh_view_hash
from features.definitions.services import ALL_FEATURES, DISCOVERY, FOR_YOU, MADE_FROM, SERVICES
from feed_core.model.errors import InvalidInput
from feed_core.model.events import ACTIONS, Event


def test_names_are_unique() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURES)
    assert len(VIEW_BY_NAME) == len(VIEWS)
    assert all(len(set(view.columns)) == view.width for view in VIEWS)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_is_keyed_by_fields_of_an_event(view: View) -> None:
    assert set(view.join_keys) <= set(JOIN_KEYS.values()) <= set(Event.__struct_fields__)


@pytest.mark.parametrize("view", WINDOWED, ids=lambda view: view.name)
def test_counters_count_known_actions_over_whole_slices(view: View) -> None:
    for count in view.counts:
        assert set(count.actions) <= set(ACTIONS)
        assert count.window_ms == count.slices * SLICE_MS
        assert count.slices >= 1


@pytest.mark.parametrize("feature", ALL_FEATURES.values(), ids=lambda feature: feature.name)
def test_a_feature_reads_columns_that_exist(feature) -> None:  # type: ignore[no-untyped-def]
    stored = {f"{view.name}.{column}" for view in VIEWS for column in view.columns}
    known, rule = stored | set(REQUEST_COLUMNS), feature.rule
    if isinstance(rule, Column):
        assert rule.column in known
    if isinstance(rule, Rate):
        assert {rule.numerator, rule.denominator} <= stored
        assert rule.strength > 0
        if isinstance(rule.prior, str):
            earlier = FEATURE_NAMES[: FEATURE_NAMES.index(feature.name)]
            assert rule.prior in earlier


def test_only_the_position_is_replaced_when_serving() -> None:
    assert {f.name: f.serving for f in FEATURES if f.serving is not None} == {"position": 0.0}


def test_hash_changes_with_meaning_and_not_with_wording() -> None:
    view = VIEWS[0]
    assert view_hash(msgspec.structs.replace(view, description="other words")) == view_hash(view)
    assert fresh_view_hash(msgspec.structs.replace(view, fields=view.fields[::-1])) != view_hash(view)
    assert len({view_hash(v) for v in VIEWS}) == len(VIEWS)
    assert definitions_hash() == definitions_hash()


def test_a_service_names_defined_features_once() -> None:
    for service in SERVICES:
        assert [feature.name for feature in features_of(service.features)] == list(service.features)
        assert len(set(service.features)) == len(service.features)
    with pytest.raises(InvalidInput, match="no_such_feature"):
        features_of(("post_age", "no_such_feature"))


def test_a_service_reads_only_the_views_that_its_features_need() -> None:
    timeline = {view.name for view in views_of(FOR_YOU.features)}
    assert timeline == {
        "user_activity", "author_stats", "post_stats", "user_author", "user_tags", "user_factors",
        "post_factors", "post_content",
    }  # fmt: skip
    found = {view.name for view in views_of(DISCOVERY.features)}
    assert found == {"user_factors", "post_factors", "user_post", "post_standing", "user_habits"}
    assert [view.name for view in views_of(("pair_like_rate",))] == ["author_stats", "user_author"]
    assert views_of(("hour_of_day", "position")) == ()
    assert set(MADE_FROM) <= set(REQUEST_COLUMNS)


def test_a_rate_that_leans_on_another_needs_it() -> None:
    assert [f.name for f in needed_features(("post_like_rate_1d",))] == [
        "post_like_rate_1d",
        "author_like_rate",
    ]
    assert needed_features(FOR_YOU.features) == features_of(FOR_YOU.features)


def test_the_hash_is_of_the_features_that_are_named() -> None:
    assert definitions_hash() == definitions_hash(FOR_YOU.features) != definitions_hash(DISCOVERY.features)
    assert definitions_hash(("post_age", "position")) != definitions_hash(("position", "post_age"))


def test_a_source_without_a_code_is_unknown() -> None:
    assert [source_code(name) for name in SOURCES] == list(range(len(SOURCES)))
    assert source_code("no such source") == source_code("unknown") == 0


def test_a_long_dwell_is_worth_something_and_a_short_one_nothing() -> None:
    assert value_of("dwell", LONG_DWELL_MS) == ACTION_WEIGHTS["long_dwell"]
    assert value_of("dwell", LONG_DWELL_MS - 1) == 0.0
    assert value_of("hide") < 0
    assert value_of("impression") == 0.0
    assert outcome_of("impression") == ""
    assert value_of("like", weights={"like": 7.0}) == 7.0
