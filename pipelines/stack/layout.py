"""A stack on disk: its folder, what was chosen for it, its secrets and its lock."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from feed_core.model.errors import Conflict, InvalidInput, NotFound
from pipelines.json_files import Kind, read_json
from pipelines.stack.servers import BASE_PORT, PORTS_OF_A_STACK, Server, Size, servers

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "stack"
"""The servers' configuration templates and pom files."""
_CHOICES = "stack.json"
_SECRETS = "secrets.json"
_PORTS = 65_536


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided when a stack is first started, and holds until it is wiped."""

    nodes: int = 1
    base_port: int = BASE_PORT
    size: Size = "standard"


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """Passwords, drawn once per stack."""

    postgres: str
    redis: str

    def __repr__(self) -> str:
        """Nothing to read in a log or a traceback."""
        return "Secrets(…)"


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """A stack's folder with everything that was chosen for it."""

    home: Path
    choices: Choices
    secrets: Secrets

    @property
    def servers(self) -> tuple[Server, ...]:
        return servers(self.choices.nodes, self.choices.base_port, self.choices.size)

    def data(self, server: Server) -> Path:
        return self.home / server.family / server.name

    def log(self, server: Server) -> Path:
        return self.home / "logs" / f"{server.name}.log"

    def record(self, server: Server) -> Path:
        return self.home / "run" / f"{server.name}.json"


def default_home() -> Path:
    """``/var/lib/loupe/stack`` for root, whose own folder Postgres' user may not enter; else the user's."""
    if os.geteuid() == 0:
        return Path("/var/lib/loupe/stack")
    return Path("~/.local/share/loupe/stack").expanduser()


def make_stack(
    home: Path, nodes: int | None = None, base_port: int | None = None, size: Size | None = None
) -> Stack:
    """The stack in ``home``, made when absent; ``None`` keeps what was chosen, or takes the default.

    Raises ``Conflict`` where a choice differs from the one that its data was made with, ``InvalidInput``
    for a base port whose ports there are none of.
    """
    if base_port is not None:
        _check_ports(base_port)
    home = home.resolve()
    asked = {
        name: value
        for name, value in (("nodes", nodes), ("base_port", base_port), ("size", size))
        if value is not None
    }
    _make_folders(home)
    if (home / _CHOICES).exists():
        choices = _read(home / _CHOICES, Choices)
        _check_same(home, choices, asked)
    else:
        choices = msgspec.convert(asked, Choices)
    if not (home / _SECRETS).exists():
        drawn = Secrets(postgres=secrets.token_urlsafe(24), redis=secrets.token_urlsafe(24))
        write_private(home / _SECRETS, msgspec.json.encode(drawn))
    write_private(home / _CHOICES, msgspec.json.encode(choices))
    return Stack(home=home, choices=choices, secrets=_read(home / _SECRETS, Secrets))


def open_stack(home: Path) -> Stack:
    """The stack in ``home``; raises ``NotFound`` where none was started."""
    home = home.resolve()
    if not (home / _CHOICES).exists() or not (home / _SECRETS).exists():
        raise NotFound(f"There is no stack in {home}.", fix="Start one: loupe stack up.")
    return Stack(home=home, choices=_read(home / _CHOICES, Choices), secrets=_read(home / _SECRETS, Secrets))


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Let one process at a time start or stop servers of this folder; others wait."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole that only its owner may read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)


def _make_folders(home: Path) -> None:
    """The folder may be entered by all, because Postgres' own user must; what is secret is not readable."""
    for folder in (home, *(home / name for name in ("run", "logs", "etc"))):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)


def _check_ports(base_port: int) -> None:
    """Before anything is written down: what is chosen holds until the stack is wiped."""
    if not 1_024 <= base_port <= _PORTS - PORTS_OF_A_STACK:
        raise InvalidInput(
            f"--base-port {base_port} leaves no room for the {PORTS_OF_A_STACK} ports of a stack.",
            fix=f"Take one from 1024 to {_PORTS - PORTS_OF_A_STACK}.",
        )


def _check_same(home: Path, choices: Choices, asked: dict[str, Any]) -> None:
    for name, value in asked.items():
        made_with = getattr(choices, name)
        if value != made_with:
            option = name.replace("_", "-")
            raise Conflict(
                f"The stack in {home} was made with --{option} {made_with}, not {value}.",
                fix="Name another --home, or remove its data: loupe stack wipe.",
            )


def _read(path: Path, kind: type[Kind]) -> Kind:
    # Not for wipe to mend, which opens the stack first.
    fix = f"Put it back from a copy, or remove the folder {path.parent} when no server of it runs."
    return read_json(path, kind, fix=fix)
