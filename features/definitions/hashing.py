"""Fingerprints of the definitions, so that rows and models of other definitions are never mixed in."""

import hashlib
from functools import cache

import msgspec

from features.definitions.features import FEATURES
from features.definitions.sources import SOURCES
from features.definitions.view import View
from features.definitions.views import VIEWS
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
def definitions_hash() -> str:
    """What a row of the model's matrix means: every view, every feature's name and rule, the sources."""
    rules = [(feature.name, feature.rule, feature.kind, feature.serving) for feature in FEATURES]
    return _digest(([view_hash(view) for view in VIEWS], rules, SOURCES))
