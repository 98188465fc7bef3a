"""Files and folders that appear whole or not at all, whatever kills the process in between."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

TEMPORARY = ".tmp"


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, make it durable, then rename it to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    write(temporary)
    _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)


def write_bytes_atomically(path: Path, body: bytes) -> None:
    """``body`` as the whole content of ``path``."""

    def write(temporary: Path) -> None:
        temporary.write_bytes(body)

    write_atomically(path, write)


def replace_folder(finished: Path, target: Path) -> None:
    """Put the folder ``finished`` in the place of ``target``, whose old content goes away.

    A reader sees the old folder or the new one; for an instant between two renames it sees none.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    replaced = target.with_name(f".{target.name}.replaced")
    shutil.rmtree(replaced, ignore_errors=True)
    if target.exists():
        target.rename(replaced)
    finished.rename(target)
    _sync(target.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
