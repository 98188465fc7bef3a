"""Feast: the registry of the definitions, the point-in-time join and the materialiser.

It is imported here without the checks of arguments' types that it would have typeguard build into its
classes: they take 3.7 of the 5.2 s of the import, in every process anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typeguard


def _unchecked(target: Any = None, **_: object) -> Any:
    """Stands in for ``typeguard.typechecked``, whether it is given arguments first or not."""
    return _unchecked if target is None else target


@contextmanager
def _without_checks() -> Iterator[None]:
    typechecked = typeguard.typechecked
    typeguard.typechecked = _unchecked
    try:
        yield
    finally:
        typeguard.typechecked = typechecked


with _without_checks():
    import feast  # noqa: F401
