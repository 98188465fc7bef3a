"""How long the steps of a training took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """``seconds`` by step, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Time the block as ``step``."""
        started = time.perf_counter()
        yield
        self.seconds[step] = round(time.perf_counter() - started, 3)
