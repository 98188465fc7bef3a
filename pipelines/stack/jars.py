"""What the Java servers run from: resolved by Maven once, checked against the list kept with the pom."""

import fcntl
import hashlib
import shutil
import tempfile
from pathlib import Path

from feed_core.model.errors import Corrupt, Unavailable
from pipelines.stack.layout import CONFIGURATION
from pipelines.stack.processes import Command, run

NAMES = ("cassandra", "kafka")
"""The folders of ``deploy/stack`` that hold a pom.xml and a jars.sha256."""
CACHE = Path("~/.cache/loupe/jars").expanduser()


def fetched(cache: Path = CACHE) -> bool:
    """Whether all that the Java servers run from is here already."""
    return all(_folder(name, cache).is_dir() for name in NAMES)


def jars(name: str, cache: Path = CACHE) -> Path:
    """The folder of the jars that ``deploy/stack/<name>/pom.xml`` names, fetched when they are not there.

    Raises ``Unavailable`` when Maven is missing or cannot fetch, ``Corrupt`` when what it fetched is not
    what jars.sha256 lists.
    """
    folder = _folder(name, cache)
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _fetch(name, _listed(name), folder)
    return folder


def _listed(name: str) -> str:
    return (CONFIGURATION / name / "jars.sha256").read_text()


def _folder(name: str, cache: Path) -> Path:
    return cache / f"{name}-{hashlib.sha256(_listed(name).encode()).hexdigest()[:12]}"


def _fetch(name: str, listed: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{name}-") as draft:
        fetched = Path(draft) / "jars"
        _copy_dependencies(CONFIGURATION / name / "pom.xml", fetched)
        _check(fetched, listed)
        fetched.rename(folder)


def _copy_dependencies(pom: Path, into: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("Maven is not installed.", fix="Run make stack, or: apt-get install maven.")
    arguments = [
        maven, "--quiet", "--batch-mode", "--file", str(pom), "dependency:copy-dependencies",
        f"-DoutputDirectory={into}", "-DincludeScope=runtime",
    ]  # fmt: skip
    ran = run(Command(arguments=arguments, folder=pom.parent))
    if ran.returncode:
        said = "\n".join(ran.stdout.splitlines()[-8:])
        raise Unavailable(
            f"Maven could not fetch what {pom} names:\n{said}", fix="Check its settings, run again."
        )


def _check(folder: Path, listed: str) -> None:
    expected = {name: digest for digest, name in (line.split() for line in listed.splitlines())}
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.glob("*.jar")}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise Corrupt(
            f"Maven fetched other jars than jars.sha256 lists: {', '.join(wrong[:5])}.",
            fix="Remove them from Maven's local repository and run again.",
        )
