"""Feature services: a named set of features a kind of model, and what such a set has to be read from."""

from functools import cache

import msgspec

from features.definitions.discovery import DISCOVERY_FEATURES
from features.definitions.feature import Age, Column, Feature, Rate
from features.definitions.features import FEATURE_NAMES, FEATURES
from features.definitions.view import View
from features.definitions.views import VIEW_BY_NAME, VIEWS
from feed_core.model.errors import InvalidInput

Names = tuple[str, ...]


class FeatureService(msgspec.Struct, frozen=True):
    """``features`` are the columns of the model's matrix, in order."""

    name: str
    features: Names
    description: str


FOR_YOU = FeatureService(
    "for_you", FEATURE_NAMES, "For timelines whose impressions are logged: rates of what followed them."
)
DISCOVERY = FeatureService(
    "discovery",
    ("cf_score", *(feature.name for feature in DISCOVERY_FEATURES)),
    "For histories without impressions: what people chose, and whom they follow.",
)
SERVICES: tuple[FeatureService, ...] = (FOR_YOU, DISCOVERY)
ALL_FEATURES: dict[str, Feature] = {feature.name: feature for feature in (*FEATURES, *DISCOVERY_FEATURES)}

MADE_FROM: dict[str, Names] = {
    "tag_affinity": ("user_tags", "post_content"),
    "tag_affinity_max": ("user_tags", "post_content"),
    "cf_score": ("user_factors", "post_factors"),
    "hashtag_count": ("post_content",),
}
"""Request columns that are worked out of stored rows, and the views of these."""


@cache
def features_of(names: Names) -> tuple[Feature, ...]:
    """The features of these names, in their order.

    Raises ``InvalidInput`` for one that is not defined, and for one that is named twice.
    """
    if unknown := [name for name in names if name not in ALL_FEATURES]:
        raise InvalidInput(f"These features are not defined: {', '.join(unknown)}.", fix="Train again.")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InvalidInput(f"These features are named twice: {', '.join(twice)}.", fix="Name each once.")
    return tuple(ALL_FEATURES[name] for name in names)


@cache
def needed_features(names: Names) -> tuple[Feature, ...]:
    """The features of these names, and after them those that only a rate among them leans on."""
    made = list(features_of(names))
    for feature in made:
        prior = feature.rule.prior if isinstance(feature.rule, Rate) else None
        if isinstance(prior, str) and prior not in {known.name for known in made}:
            made.append(ALL_FEATURES[prior])
    return tuple(made)


@cache
def columns_of(names: Names) -> frozenset[str]:
    """Every column, stored or of the request, that the features of these names are worked out of."""
    return frozenset(column for feature in needed_features(names) for column in _read_by(feature))


@cache
def views_of(names: Names) -> tuple[View, ...]:
    """The views whose rows the features of these names need, in the order of ``VIEWS``."""
    wanted = {column.split(".")[0] for column in columns_of(names) if "." in column}
    wanted |= {view for column in columns_of(names) for view in MADE_FROM.get(column, ())}
    return tuple(view for view in VIEWS if view.name in wanted & VIEW_BY_NAME.keys())


def _read_by(feature: Feature) -> Names:
    rule = feature.rule
    if isinstance(rule, Rate):
        return rule.numerator, rule.denominator
    if isinstance(rule, Column):
        return (rule.column,)
    return (rule.since, "now") if isinstance(rule, Age) else ("now",)
