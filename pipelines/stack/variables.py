"""The file that tells how a stack's servers are found; read without knowing any kind of server."""

from pathlib import Path

from feed_core.model.errors import NotFound
from pipelines.json_files import read_json

FILE = "environment.json"


def read_environment(home: Path) -> dict[str, str]:
    """The ``LOUPE_*`` variables of the stack in ``home``.

    Raises ``NotFound`` where none is up, ``Corrupt`` when the file is damaged.
    """
    path = home / FILE
    if not path.exists():
        raise NotFound(f"There is no stack in {home}.", fix="Start one: loupe stack up.")
    return read_json(path, dict[str, str], fix="Run loupe stack up, which writes it anew.")
