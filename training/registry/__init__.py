"""Which models there are, what they measured, which one serves: MLflow beside the bundles."""

from training.registry.promoting import CHAMPION, Promotion, bundle_named, current, promote
from training.registry.registering import CANDIDATE, model_version, register
from training.registry.tracking import MODEL, open_registry

__all__ = [
    "CANDIDATE", "CHAMPION", "MODEL", "Promotion", "bundle_named", "current", "model_version",
    "open_registry", "promote", "register",
]  # fmt: skip
