"""Reads a JSON file of ours, and tells a damaged one by its path and what to do about it."""

from pathlib import Path
from typing import TypeVar

import msgspec

from feed_core.model.errors import Corrupt

Kind = TypeVar("Kind")


def read_json(path: Path, kind: type[Kind], *, fix: str, fault: str = "is damaged") -> Kind:
    """The ``kind`` that the file holds.

    Raises ``Corrupt`` saying that ``path`` has the ``fault``, with ``fix``, when it holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (ValueError, RecursionError) as error:  # text that is no UTF-8 is a ValueError, no MsgspecError
        raise Corrupt(f"{path} {fault}: {error}.", fix=fix) from error
