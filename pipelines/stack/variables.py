"""The file that tells how a stack's servers are found; read without knowing any kind of server."""

from pathlib import Path

import msgspec

from feed_core.model.errors import NotFound

FILE = "environment.json"


def read_environment(home: Path) -> dict[str, str]:
    """The ``LOUPE_*`` variables of the stack in ``home``. Raises ``NotFound`` where none is up."""
    path = home / FILE
    if not path.exists():
        raise NotFound(f"There is no stack in {home}.", fix="Start one: loupe stack up.")
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
