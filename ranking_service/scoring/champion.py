"""The model that serves: whatever ``bundles/champion`` points at, swapped in one step when it moves.

A bundle that cannot be loaded never replaces one that works; the reason is kept for ``/readyz``.
"""

import os
import threading
import time
from pathlib import Path
from typing import Literal

import structlog

from features.bundle import Bundle, read_bundle
from ranking_service.scoring.compiling import compile_bundle
from ranking_service.scoring.model import Model, model_of

_log = structlog.get_logger("loupe.champion")
_LOOK_EVERY = 1.0
Compile = Literal["never", "now", "background"]
"""When trees are compiled: not at all, before a bundle serves, or while LightGBM serves."""


class Champion:
    """Looks at most once a second of real time whether the champion has moved."""

    def __init__(self, home: Path, *, compile_trees: Compile = "background") -> None:
        self._link = home / "bundles" / "champion"
        self._compile: Compile = compile_trees
        self._model: Model | None = None
        self._problem = "No model has been promoted."
        self._seen: tuple[str, int, int] | None = None
        self._looked = -_LOOK_EVERY
        self._lock = threading.Lock()
        self.compiling: threading.Thread | None = None

    @property
    def problem(self) -> str:
        """Why the newest bundle does not serve; "" when it does."""
        return self._problem

    def model(self) -> Model | None:
        """The model to score with now; None while there has been none that works."""
        if time.monotonic() - self._looked >= _LOOK_EVERY:
            self.look()
        return self._model

    def look(self) -> None:
        """Load the champion if it has moved since the last look."""
        with self._lock:
            self._looked = time.monotonic()
            if (seen := self._signature()) != self._seen:
                self._seen = seen
                self._load()

    def _signature(self) -> tuple[str, int, int] | None:
        try:
            folder = os.path.realpath(self._link, strict=True)
            manifest = Path(folder, "manifest.json").stat()
        except OSError:
            return None
        return folder, manifest.st_ino, manifest.st_mtime_ns

    def _load(self) -> None:
        try:
            bundle = read_bundle(self._link)
            if self._compile == "now":
                _compile(bundle)
            model = model_of(bundle, compiled=self._compile != "never")
        except Exception as error:  # whatever a bundle is damaged by, answers go on without it
            self._problem = str(error) or repr(error)
            _log.warning("bundle not loaded", error=self._problem)
            return
        self._model, self._problem = model, ""
        _log.info("bundle loaded", version=model.version, compiled=model.compiled)
        if self._compile == "background" and not model.compiled:
            self.compiling = threading.Thread(target=self._swap_compiled, args=(bundle,), daemon=True)
            self.compiling.start()

    def _swap_compiled(self, bundle: Bundle) -> None:
        if not _compile(bundle):
            return
        model = model_of(bundle)
        with self._lock:
            if self._model is not None and self._model.version == model.version:
                self._model = model
                _log.info("trees compiled", version=model.version)


def _compile(bundle: Bundle) -> bool:
    """Whether the trees of ``bundle`` are compiled now; the service does without when they cannot be."""
    try:
        compile_bundle(bundle)
    except Exception as error:
        _log.warning("trees not compiled", version=bundle.manifest.version, error=repr(error))
        return False
    return True
