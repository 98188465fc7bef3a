"""What follows and engagements are known by once they are loaded: a digest of their values."""

from collections.abc import Iterable

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.importing.tables import COLUMNS, TableName

_BETWEEN, _BETWEEN_TAGS = "\x1f", "|"


def digests_of(table: TableName, frame: pd.DataFrame) -> NDArray[np.int64]:
    """A digest of 64 bits (n,) of each row of the normalised ``frame``; equal rows have the same.

    Table files keep them, so what they are made of may not change. Values stand side by side with a
    sign in between; a row whose values hold that sign themselves is spelled out instead.
    """
    text = pd.Series([table] * len(frame), index=frame.index, dtype=object)
    for name, kind in COLUMNS[table].items():
        column = frame[name].map(_BETWEEN_TAGS.join) if kind == "tags" else frame[name].astype(str)
        text = text + _BETWEEN + column
    odd = _ambiguous(table, frame, text)
    values = frame.loc[odd, list(COLUMNS[table])].itertuples(index=False, name=None)
    spelled = [_BETWEEN + msgspec.json.encode((table, *row)).decode() for row in values]
    text[odd] = np.array(spelled, dtype=object)
    return pd.util.hash_pandas_object(text, index=False).to_numpy().view(np.int64)


def _ambiguous(table: TableName, frame: pd.DataFrame, text: Iterable[str]) -> NDArray[np.bool_]:
    """Rows whose joined ``text`` another row could have as well."""
    odd = np.array([one.count(_BETWEEN) != len(COLUMNS[table]) for one in text], dtype=bool)
    for name, kind in COLUMNS[table].items():
        if kind == "tags":
            odd |= np.array([any(_BETWEEN_TAGS in tag for tag in tags) for tags in frame[name]], dtype=bool)
    return odd
