"""Fingerprints of the definitions, so that rows and models of other definitions are never mixed in."""

import hashlib
from functools import cache

import msgspec

from features.definitions.services import FOR_YOU, Names, needed_features, views_of
from features.definitions.sources import SOURCES
from features.definitions.view import View
from features.definitions.windows import SLICE_MS


def _digest(content: object) -> str:
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:16]


@cache
def view_hash(view: View) -> str:
    """What a stored row of ``view`` means: keys, fields, windows and slice. Its wording does not count."""
    return _digest((view.name, view.entities, view.fields, SLICE_MS))


@cache
def view_code(view: View) -> int:
    """``view_hash`` as an int64, the form that stored rows carry."""
    return int(view_hash(view), 16) - (1 << 63)


@cache
def definitions_hash(names: Names = FOR_YOU.features) -> str:
    """What a row of the matrix with columns ``names`` means: their views, rules and order, the sources.

    Other features may be added or changed without a change of this. Raises ``InvalidInput`` for a name that
    is not defined.
    """
    rules = [
        (feature.name, feature.rule, feature.kind, feature.serving) for feature in needed_features(names)
    ]
    return _digest((names, [view_hash(view) for view in views_of(names)], rules, SOURCES))
