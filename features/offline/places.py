"""Where things lie in a home folder."""

from pathlib import Path

from features.definitions import View


def features_folder(home: Path) -> Path:
    """Registry, configuration, online rows and offline rows."""
    return home / "features"


def offline_folder(home: Path, view: View) -> Path:
    """The Parquet files of the offline rows of ``view``."""
    return features_folder(home) / "offline" / view.name


def online_path(home: Path) -> Path:
    """The SQLite file of the online rows."""
    return features_folder(home) / "online.sqlite"
