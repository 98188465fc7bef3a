"""Settings: one typed record, read from ``LOUPE_*`` variables, here and nowhere else."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec

from feed_core.model.errors import InvalidInput
from feed_core.model.timelines import TimelineMode

Profile = Literal["embedded", "production"]
PortName = Literal[
    "accounts", "graph", "posts", "timelines", "reactions", "comments", "events", "decisions", "idempotency"
]  # fmt: skip
PORTS: tuple[PortName, ...] = get_args(PortName)
SCHEMES = ("sqlite",)
"""Kinds of store that there is an adapter for."""
_PREFIX = "LOUPE_"
_DATA = "data"
"""``LOUPE_DATA`` tells tests and benchmarks where real data lies; no service reads it."""
_FILE = "feed.sqlite"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is told about its surroundings.

    ``stores`` gives each port's URL, such as ``sqlite:///var/loupe/feed.sqlite`` (three slashes: relative
    to the working folder; four: absolute). SQLite stores lie together in the home folder's file, because
    one write spans them. ``spark_master`` is a Spark master URL.
    """

    home: Path
    stores: dict[PortName, str]
    profile: Profile = "embedded"
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8000
    timeline_mode: TimelineMode = "hybrid"
    celebrity_threshold: Annotated[int, msgspec.Meta(ge=1)] = 1_000
    spark_master: Annotated[str, msgspec.Meta(min_length=1)] = "local[*]"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environ`` (the process environment unless given) over the profile's defaults.

    Raises ``InvalidInput`` naming the variable for a value that does not fit, an unknown store scheme, a
    variable that is not known, or a store that the production profile leaves open.
    """
    given = _given(os.environ if environ is None else environ)
    profile = _value("profile", Profile, given.get("profile", "embedded"))
    home = Path(given.get("home", "var/loupe")).expanduser()
    plain = {name: _value(name, kind, given[name]) for name, kind in _plain_fields() if name in given}
    return Settings(profile=profile, home=home, stores=_stores(given, profile, home), **plain)


def sqlite_path(url: str) -> Path:
    """The file of a ``sqlite:///path`` URL; raises ``InvalidInput`` for other URLs."""
    scheme, separator, path = url.partition(":///")
    if scheme not in SCHEMES or not separator or not path:
        raise InvalidInput(
            f"The store URL {url!r} is not understood.",
            fix=f"Known schemes: {', '.join(SCHEMES)} (sqlite:///folder/file.sqlite).",
        )
    return Path(path)


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    """The ``LOUPE_*`` variables by setting name; an unknown one is an error, so that typing errors show."""
    plain = {name for name, _ in _plain_fields()}
    known = {"profile", "home", _DATA, *plain, *(f"{port}_url" for port in PORTS)}
    given = {name.removeprefix(_PREFIX).lower(): value for name, value in environ.items() if _is_ours(name)}
    for name in given.keys() - known:
        near = difflib.get_close_matches(name, known, n=1) or sorted(known)
        options = ", ".join(f"{_PREFIX}{one.upper()}" for one in near)
        raise InvalidInput(f"{_PREFIX}{name.upper()} is no setting.", fix=f"Known: {options}.")
    return given


def _is_ours(name: str) -> bool:
    return name.startswith(_PREFIX)


def _plain_fields() -> list[tuple[str, Any]]:
    fields = msgspec.structs.fields(Settings)
    return [(one.name, one.type) for one in fields if one.name not in {"home", "stores", "profile"}]


def _value(name: str, kind: Any, text: str) -> Any:
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"{_PREFIX}{name.upper()} is {text!r}: {error}.", fix="Correct or unset the variable."
        ) from error


def _stores(given: Mapping[str, str], profile: Profile, home: Path) -> dict[PortName, str]:
    """The embedded profile's defaults are the home's own file; production has none."""
    default = f"sqlite:///{home / _FILE}" if profile == "embedded" else ""
    stores = {port: given.get(f"{port}_url", default) for port in PORTS}
    for port, url in stores.items():
        _check_url(f"{_PREFIX}{port.upper()}_URL", url, home)
    return stores


def _check_url(variable: str, url: str, home: Path) -> None:
    if not url:
        raise InvalidInput(f"{variable} is not set.", fix="The production profile needs every store's URL.")
    try:
        path = sqlite_path(url)
    except InvalidInput as error:
        raise InvalidInput(f"{variable}: {error.message}", fix=error.fix) from error
    if path != home / _FILE:
        raise InvalidInput(
            f"{variable} is {url!r}, but SQLite stores lie together in {home / _FILE}.",
            fix=f"Set {_PREFIX}HOME to the folder, or unset the variable.",
        )
