"""Java is found where it is, and a missing or old one is said with the cure."""

from pathlib import Path

import pytest

from feed_core.model.errors import Unavailable
from pipelines.spark import java
from pipelines.spark.java import OLDEST_JAVA, java_home


def _fake(home: Path, version: str = "", answer: str = "") -> Path:
    (home / "bin").mkdir(parents=True)
    program = home / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho '{answer}' >&2\n")
    program.chmod(0o755)
    if version:
        (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without Java, whose system folder is ``tmp_path / "jvm"``."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(java, "_INSTALLED", tmp_path / "jvm")
    return tmp_path


def test_this_machine_has_one() -> None:
    assert (java_home() / "bin" / "java").is_file()


def test_missing_java_is_said_with_the_command(bare: Path) -> None:
    with pytest.raises(Unavailable, match="apt-get install openjdk-17-jre-headless"):
        java_home()


def test_java_home_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake(bare / "jvm" / "java-17", "17.0.1")
    mine = _fake(bare / "mine", "21.0.2")
    monkeypatch.setenv("JAVA_HOME", str(mine))
    assert java_home() == mine


def test_the_path_comes_before_the_system_folder(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake(bare / "jvm" / "java-17", "17.0.1")
    on_path = _fake(bare / "other", answer='openjdk version "18.0.1" 2022-04-19')
    monkeypatch.setenv("PATH", f"{on_path / 'bin'}:/bin")
    assert java_home() == on_path


def test_too_old_ones_are_passed_over(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(_fake(bare / "old", "11.0.9")))
    newer, tried = _fake(bare / "jvm" / "java-21", "21.0.2"), _fake(bare / "jvm" / "java-17", "17.0.1")
    assert java_home() == tried
    (tried / "bin" / "java").unlink()
    assert java_home() == newer


@pytest.mark.parametrize("answer", ["", "no version here", 'java version "1.8.0_402"'])
def test_what_is_no_java_is_passed_over(bare: Path, answer: str) -> None:
    _fake(bare / "jvm" / "broken", answer=answer)
    with pytest.raises(Unavailable, match=f"Java {OLDEST_JAVA} or newer"):
        java_home()
