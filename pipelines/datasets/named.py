"""Data sets by name: what ``--data`` can say."""

from collections.abc import Callable, Mapping
from pathlib import Path

from feed_core.model.errors import InvalidInput
from pipelines.datasets import lastfm, lbsn2vec, ml100k
from pipelines.importing import ImportTables

Read = Callable[[Path, str | None], ImportTables]
DATASETS: Mapping[str, Read] = {"lastfm": lastfm.read, "lbsn2vec": lbsn2vec.read, "ml-100k": ml100k.read}


def read_dataset(name: str, folder: Path, set_name: str | None = None) -> ImportTables:
    """The raw ``folder`` of data set ``name`` as import tables; ``set_name`` picks a part such as NYC.

    Raises ``InvalidInput`` for an unknown name or part, ``Unavailable`` and ``Corrupt`` naming the file.
    """
    if name not in DATASETS:
        raise InvalidInput(f"There is no data set {name!r}.", fix=f"Use one of {', '.join(DATASETS)}.")
    return DATASETS[name](folder, set_name)
