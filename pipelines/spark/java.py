"""Finds the Java runtime that Spark needs."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from feed_core.model.errors import Unavailable

OLDEST_JAVA = 17
_INSTALLED = Path("/usr/lib/jvm")
_VERSION = re.compile(r'version(?:=|\s)"?(\d+)', re.IGNORECASE)


def java_home() -> Path:
    """The home folder of a Java 17 or newer: ``JAVA_HOME``, else on the path, else installed by the system.

    Raises ``Unavailable``, with the command that installs one, when there is none.
    """
    for home in _candidates():
        if _version(home) >= OLDEST_JAVA:
            return home
    raise Unavailable(
        f"Spark needs Java {OLDEST_JAVA} or newer and none was found.",
        fix="Install it with `sudo apt-get install openjdk-17-jre-headless`, or set JAVA_HOME.",
    )


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named)
    if found := shutil.which("java"):
        yield Path(found).resolve().parent.parent
    # The release that Spark is tested on most comes first, then the others.
    yield from sorted(_INSTALLED.glob("*"), key=lambda home: (_version(home) != OLDEST_JAVA, home.name))


def _version(home: Path) -> int:
    """The major version; 0 when ``home`` holds no Java that runs."""
    program, release = home / "bin" / "java", home / "release"
    if not program.is_file():
        return 0
    text = release.read_text(errors="replace") if release.is_file() else _ask(program)
    found = _VERSION.search(text)
    return int(found[1]) if found else 0


def _ask(program: Path) -> str:
    try:
        return subprocess.run(  # noqa: S603 - the program is the machine's own Java
            [program, "-version"], capture_output=True, text=True, check=False, timeout=20
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        return ""
