"""What the Java servers run from is fetched once, checked, and never half there."""

import hashlib
import threading
from pathlib import Path

import pytest

from feed_core.model.errors import Corrupt, Unavailable
from pipelines.stack import jars

JARS = {"one.jar": b"first", "two.jar": b"second"}
_MVN = """#!/bin/sh
echo called >> {calls}
for word in "$@"; do case "$word" in -DoutputDirectory=*) into="${{word#-DoutputDirectory=}}";; esac; done
{does}
"""


class Maven:
    """A Maven that copies files instead of fetching them, and counts how often it was called."""

    def __init__(self, folder: Path) -> None:
        self._calls, self._program, self._repository = folder / "calls", folder / "mvn", folder / "repository"
        self._repository.mkdir()
        self.holds(JARS)

    def holds(self, files: dict[str, bytes]) -> None:
        for old in self._repository.iterdir():
            old.unlink()
        for name, body in files.items():
            (self._repository / name).write_bytes(body)
        self.does(f'mkdir -p "$into" && cp {self._repository}/* "$into"')

    def does(self, script: str) -> None:
        self._program.write_text(_MVN.format(calls=self._calls, does=script))
        self._program.chmod(0o755)

    @property
    def called(self) -> int:
        return len(self._calls.read_text().splitlines()) if self._calls.exists() else 0


def _listed(files: dict[str, bytes]) -> str:
    return "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items())


@pytest.fixture
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "deploy"
    (folder / "kafka").mkdir(parents=True)
    (folder / "kafka" / "pom.xml").write_text("<project/>")
    (folder / "kafka" / "jars.sha256").write_text(_listed(JARS))
    monkeypatch.setattr(jars, "CONFIGURATION", folder)
    return folder


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maven:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return Maven(tmp_path / "bin")


@pytest.fixture
def cache(tmp_path: Path, configuration: Path) -> Path:
    return tmp_path / "deep" / "cache"


def _held(folder: Path) -> dict[str, bytes]:
    return {jar.name: jar.read_bytes() for jar in folder.iterdir()}


def _finished(cache: Path) -> list[str]:
    """What lies in the cache besides locks."""
    return [path.name for path in cache.iterdir() if path.suffix != ".lock"]


def test_what_the_list_names_is_fetched_once(cache: Path, maven: Maven) -> None:
    folder = jars.jars("kafka", cache)
    assert _held(folder) == JARS
    assert jars.jars("kafka", cache) == folder
    assert maven.called == 1
    assert _finished(cache) == [folder.name]


def test_another_list_is_fetched_beside_the_first(cache: Path, maven: Maven, configuration: Path) -> None:
    first, more = jars.jars("kafka", cache), {**JARS, "three.jar": b"third"}
    (configuration / "kafka" / "jars.sha256").write_text(_listed(more))
    maven.holds(more)
    second = jars.jars("kafka", cache)
    assert (_held(first), _held(second)) == (JARS, more)


@pytest.mark.parametrize(
    ("fetched", "named"),
    [
        ({"one.jar": b"first"}, "two.jar"),
        ({**JARS, "one.jar": b"other"}, "one.jar"),
        ({**JARS, "third.jar": b"x"}, "third.jar"),
    ],
    ids=["missing", "other bytes", "one more"],
)
def test_other_jars_than_the_list_names_are_refused_and_not_kept(
    cache: Path, maven: Maven, fetched: dict[str, bytes], named: str
) -> None:
    maven.holds(fetched)
    with pytest.raises(Corrupt, match=rf"other jars than jars\.sha256 lists: {named}\.") as told:
        jars.jars("kafka", cache)
    assert "Maven's local repository" in told.value.fix
    assert _finished(cache) == []
    maven.holds(JARS)
    assert _held(jars.jars("kafka", cache)) == JARS


def test_of_many_wrong_jars_five_are_named(cache: Path, maven: Maven) -> None:
    maven.holds({**JARS, **{f"extra{number}.jar": b"x" for number in range(9)}})
    with pytest.raises(Corrupt, match=r"lists: extra0\.jar, extra1.*extra4\.jar\. "):
        jars.jars("kafka", cache)


def test_a_maven_that_fetches_nothing_is_refused(cache: Path, maven: Maven) -> None:
    maven.does("exit 0")
    with pytest.raises(Corrupt, match=r"one\.jar, two\.jar"):
        jars.jars("kafka", cache)


def test_a_maven_that_fails_is_said_with_its_last_words(cache: Path, maven: Maven) -> None:
    maven.does("for n in 1 2 3 4 5 6 7 8 9 10; do echo word $n >&2; done; exit 1")
    with pytest.raises(Unavailable, match=r"could not fetch what .*pom\.xml names:\nword 3\n(.*\n)*word 10"):
        jars.jars("kafka", cache)
    assert _finished(cache) == []


def test_a_machine_without_maven_is_told_how_to_get_it(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="Maven is not installed") as told:
        jars.jars("kafka", cache)
    assert "apt-get install maven" in told.value.fix


def test_of_several_who_need_them_at_once_one_fetches(cache: Path, maven: Maven) -> None:
    found = list[Path]()
    threads = [threading.Thread(target=lambda: found.append(jars.jars("kafka", cache))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == maven.called == 1


@pytest.mark.parametrize("name", jars.NAMES)
def test_the_lists_kept_here_name_each_jar_once_with_a_digest(name: str) -> None:
    rows = [line.split() for line in (jars.CONFIGURATION / name / "jars.sha256").read_text().splitlines()]
    assert rows
    assert len({jar for _, jar in rows}) == len(rows)
    assert all(len(digest) == 64 and int(digest, 16) and jar.endswith(".jar") for digest, jar in rows)
