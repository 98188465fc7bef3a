"""Settings: one typed record, read from ``LOUPE_*`` variables, here and nowhere else."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from feed_core.model.errors import InvalidInput
from feed_core.model.rules import shown
from feed_core.model.servers import Servers
from feed_core.model.timelines import TimelineMode

Profile = Literal["embedded", "production"]
_SCHEMES: Mapping[str, tuple[str, ...]] = {
    "postgres_urls": ("postgresql",),
    "cassandra_url": ("cassandra",),
    "redis_url": ("redis", "redis+sentinel"),
    "redis_cache_url": ("redis", "redis+sentinel"),
    "kafka_url": ("kafka",),
    "postgres_replica_urls": ("postgresql",),
    "mlflow_url": ("postgresql",),
}
"""Which URLs each setting of ``Servers`` takes."""
_NEEDED = ("postgres_urls", "cassandra_url", "redis_url", "redis_cache_url", "kafka_url")
"""What production cannot do without."""
_SECRET = {"service_token"}
"""What no message repeats."""
_PREFIX = "LOUPE_"
_DATA = "data"
"""``LOUPE_DATA`` tells tests and benchmarks where real data lies; no service reads it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is told about its surroundings.

    The embedded profile keeps everything in ``home`` and has no ``servers``; production has them all.
    ``budget_ms`` is the time that a ranked answer may take before it is given from what is there, on a lower
    rung. ``spark_master`` is a Spark master URL. ``region`` names this one where several take writes.
    ``auth`` says whether HTTP requests need a session (production: yes, unless told otherwise);
    ``service_token`` (16 characters or more) is the bearer token of programs that act for anybody.
    """

    home: Path
    servers: Servers | None = None
    profile: Profile = "embedded"
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8000
    timeline_mode: TimelineMode = "hybrid"
    region: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{0,30}\Z")] = ""
    celebrity_threshold: Annotated[int, msgspec.Meta(ge=1)] = 1_000
    budget_ms: Annotated[int, msgspec.Meta(ge=1, le=60_000)] = 300
    spark_master: Annotated[str, msgspec.Meta(min_length=1)] = "local[*]"
    auth: Literal["open", "required"] = "open"
    service_token: Annotated[str, msgspec.Meta(pattern=r"^([!-~]{16,})?\Z")] = ""


def read_settings(
    environ: Mapping[str, str] | None = None,
    *,
    profile: Profile | None = None,
    defaults: Mapping[str, str] | None = None,
) -> Settings:
    """Settings from ``environ`` (the process environment unless given) over the profile's defaults.

    ``profile`` goes before the variable; ``defaults`` holds variables that count where none is set.
    Raises ``InvalidInput`` naming the variable for a value that does not fit, a URL of another kind of
    server, a variable that is not known, or a server that the production profile leaves open.
    """
    given = _given({**(defaults or {}), **(os.environ if environ is None else environ)})
    profile = profile or _value("profile", Profile, given.get("profile", "embedded"))
    home = _home(given.get("home", "var/loupe"))
    plain = {name: _value(name, kind, given[name]) for name, kind in _plain_fields() if name in given}
    plain.setdefault("auth", "open" if profile == "embedded" else "required")
    return Settings(profile=profile, home=home, servers=_servers(given, profile), **plain)


def names_servers(environ: Mapping[str, str] | None = None) -> bool:
    """Whether variables of ``environ`` (the process environment unless given) name every server that the
    production profile needs."""
    given = os.environ if environ is None else environ
    return all(given.get(f"{_PREFIX}{name.upper()}") for name in _NEEDED)


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    """The ``LOUPE_*`` variables by setting name; an unknown one is an error, so that typing errors show."""
    plain = {name for name, _ in _plain_fields()}
    known = {"profile", "home", _DATA, *plain, *_SCHEMES}
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
    return [(one.name, one.type) for one in fields if one.name not in {"home", "servers", "profile"}]


def _value(name: str, kind: Any, text: str) -> Any:
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        told = "" if name in _SECRET else f" is {shown(text)}"
        raise InvalidInput(
            f"{_PREFIX}{name.upper()}{told} does not fit: {error}.", fix="Correct or unset the variable."
        ) from error


def _home(text: str) -> Path:
    try:
        if text:
            return Path(text).expanduser()
    except RuntimeError as error:
        raise InvalidInput(f"{_PREFIX}HOME is {shown(text)}: {error}", fix="Name a folder.") from error
    raise InvalidInput(f"{_PREFIX}HOME is empty.", fix="Name a folder, or unset the variable.")


def _servers(given: Mapping[str, str], profile: Profile) -> Servers | None:
    """URLs that are given are checked in either profile, so that a mistake shows early."""
    urls = {name: given[name] for name in _SCHEMES if name in given}
    for name, text in urls.items():
        for url in text.split() or [""]:
            _check_url(name, url)
    if profile == "embedded":
        return None
    for name in _NEEDED:
        if not urls.get(name):
            raise InvalidInput(
                f"{_PREFIX}{name.upper()} is not set, and the production profile needs it.",
                fix="loupe stack up prints the variables of the servers that it starts.",
            )
    return Servers(**urls)


def _check_url(name: str, url: str) -> None:
    """The message leaves the URL out: it may hold a password."""
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in _SCHEMES[name]:
        kinds = " or ".join(f"{one}://…" for one in _SCHEMES[name])
        begins = repr(scheme[:20]) if separator else "no scheme"
        raise InvalidInput(
            f"{_PREFIX}{name.upper()} holds a URL that begins with {begins}.", fix=f"It takes {kinds}."
        )
