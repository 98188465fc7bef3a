"""Feast: the registry of the definitions, the point-in-time join and the materialiser.

It is imported here without two things that it does to the process. It would have typeguard build checks of
arguments' types into its classes: they take 3.7 of the 5.2 s of the import, in every process anew. And it
would have all counters of ``prometheus_client``, whoever's, kept in files that every registry of the process
and of its children shares.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import prometheus_client  # noqa: F401 (it chooses where counters are kept when it is first imported)
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


@contextmanager
def _same_environment() -> Iterator[None]:
    environment = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - environment:
            del os.environ[name]


with _without_checks(), _same_environment():
    import feast  # noqa: F401
