"""Features that were not logged, as they were at the moment: the offline store's point-in-time join."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.assembly import assemble

Columns = Mapping[str, NDArray[np.generic]]
Backfill = Callable[[Path, Columns], NDArray[np.float32]]
"""(home, columns (n,)) → the matrix float32 (n, F). Columns: ``user_id``, ``author_id``, ``post_id``,
``event_timestamp`` (int64 ms), ``position``, ``source``, ``in_network``, ``follows``."""


def point_in_time(home: Path, columns: Columns) -> NDArray[np.float32]:
    """``Backfill`` through Feast: for each row the newest values that were known at its time."""
    # Feast takes seconds to load, and a training set that was logged in full does not need it.
    import pandas as pd

    from features.historical import historical

    return assemble(historical(home, pd.DataFrame(dict(columns))))
