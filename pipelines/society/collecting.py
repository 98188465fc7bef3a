"""Python's search for cycles, made rare while a society plays: its records are many and hold no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (100_000, 20, 20)
"""Objects made before the youngest are searched, and how often the older ones are searched after that."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Within the block, cycles are looked for a hundred times less often than by default."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
