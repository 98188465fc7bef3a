"""What a run has finished, so that running again goes on instead of starting over.

The journal lies in the home folder and marks it as ours: a folder without one is never emptied.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from feed_core.model.errors import InvalidInput
from pipelines.json_files import read_json

T = TypeVar("T")
_NAME = "journal.json"


class _State(msgspec.Struct, kw_only=True):
    key: str
    seconds: dict[str, float] = {}
    running: str = ""


class Journal:
    """Remembers the stages done under one ``key``; another key starts the home afresh.

    ``once`` names stages that change the stores and cannot go on from the middle: when one of
    them was interrupted, the home starts afresh too. Raises ``InvalidInput`` for a home that holds something
    else, ``Corrupt`` for a damaged journal.
    """

    def __init__(self, home: Path, key: str, once: frozenset[str], *, fresh: bool = False) -> None:
        self._home, self._path = home, home / _NAME
        state = self._read()
        stale = state is not None and (fresh or state.key != key or state.running in once)
        if stale:
            self._empty()
        elif state is None:
            _check_new(home)
        self._state = _State(key=key) if state is None or stale else state
        home.mkdir(parents=True, exist_ok=True)
        self._write()

    @property
    def seconds(self) -> dict[str, float]:
        """How long each finished stage took, in order."""
        return self._state.seconds

    def done(self, stage: str) -> bool:
        """Whether ``stage`` has finished under this key."""
        return stage in self._state.seconds

    def run(self, stage: str, work: Callable[[], T]) -> T | None:
        """Do ``work`` unless ``stage`` is done; answers its result, or None when it was done before."""
        if self.done(stage):
            return None
        self._state.running = stage
        self._write()
        begun = time.perf_counter()
        result = work()
        self._state.seconds[stage] = round(time.perf_counter() - begun, 2)
        self._state.running = ""
        self._write()
        return result

    def _read(self) -> _State | None:
        if not self._path.exists():
            return None
        fix = f"Delete the folder {self._home}."
        return read_json(self._path, _State, fault="is not a journal", fix=fix)

    def _empty(self) -> None:
        """Remove all but the journal. Cut short, it goes on at the next run: no run has the key ``""``."""
        self._state = _State(key="")
        self._write()
        for entry in self._home.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry != self._path:
                entry.unlink()

    def _write(self) -> None:
        draft = self._path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(self._state))
        draft.replace(self._path)


def _check_new(home: Path) -> None:
    fix = "Name an empty or new folder with --home."
    if home.exists() and not home.is_dir():
        raise InvalidInput(f"{home} is no folder.", fix=fix)
    if home.exists() and any(home.iterdir()):
        raise InvalidInput(f"{home} holds something else than a run of Loupe.", fix=fix)
