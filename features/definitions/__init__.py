"""Definitions as data: views, features, sources, action weights. No code of any store is here."""

from features.definitions.action_weights import ACTION_WEIGHTS, LONG_DWELL_MS, WEIGHTS_VERSION, value_of
from features.definitions.feature import Feature
from features.definitions.features import FEATURE_NAMES, FEATURES
from features.definitions.hashing import definitions_hash, view_hash
from features.definitions.services import (
    DISCOVERY,
    FOR_YOU,
    SERVICES,
    FeatureService,
    Names,
    features_of,
    needed_features,
    views_of,
)
from features.definitions.sources import SOURCES, source_code
from features.definitions.view import JOIN_KEYS, Count, Ids, Scalar, Tags, Vector, View
from features.definitions.views import FACTOR_SIZE, MAX_WINDOW_MS, VIEW_BY_NAME, VIEWS, WINDOWED
from features.definitions.windows import SLICE_MS, slice_of, slice_start

__all__ = [
    "ACTION_WEIGHTS", "DISCOVERY", "FACTOR_SIZE", "FEATURES", "FEATURE_NAMES", "FOR_YOU", "JOIN_KEYS",
    "LONG_DWELL_MS", "MAX_WINDOW_MS", "SERVICES", "SLICE_MS", "SOURCES", "VIEWS", "VIEW_BY_NAME",
    "WEIGHTS_VERSION", "WINDOWED", "Count", "Feature", "FeatureService", "Ids", "Names", "Scalar", "Tags",
    "Vector", "View", "definitions_hash", "features_of", "needed_features", "slice_of", "slice_start",
    "source_code", "value_of", "view_hash", "views_of",
]  # fmt: skip
