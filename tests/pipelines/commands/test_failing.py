"""What a person can cure is told in words with its own exit code, and leaves nothing half-written."""

from pathlib import Path

import pytest

from pipelines.spark import java
from tests.pipelines.commands.conftest import EXIT, Loupe, failed, files


@pytest.mark.parametrize(
    "command",
    [
        ("spark", "cf"), ("spark", "tags"), ("features", "materialize"), ("train",), ("evaluate",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_home_without_a_lake_is_said_and_not_made(
    loupe: Loupe, tmp_path: Path, command: tuple[str, ...]
) -> None:
    ran = loupe(*command, "--home", tmp_path / "nowhere")
    failed(ran, "not found", tmp_path / "nowhere", "loupe lake")
    assert not [name for name in files(tmp_path) if not name.endswith("spark.log")]


@pytest.mark.spark
@pytest.mark.parametrize("command", [("spark", "stats"), ("spark", "trends"), ("promote",)], ids=" ".join)
def test_a_job_without_what_it_reads_says_what_to_run(
    loupe: Loupe, tmp_path: Path, command: tuple[str, ...]
) -> None:
    failed(loupe(*command, "--home", tmp_path / "nowhere"), "not found")


@pytest.mark.parametrize("command", [("spark", "cf"), ("train",), ("evaluate",)], ids=" ".join)
@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01T00:00:00Z", "1"])
def test_a_time_that_is_none_is_refused(
    loupe: Loupe, demo_home: Path, command: tuple[str, ...], moment: str
) -> None:
    failed(loupe(*command, "--home", demo_home, "--as-of", moment), "invalid", moment, "2026-01-19T00:00:00Z")


def test_trends_out_of_kafka_need_a_profile_that_has_one(loupe: Loupe, tmp_path: Path) -> None:
    ran = loupe("spark", "trends", "--source", "kafka", "--home", tmp_path)
    failed(ran, "invalid", "no Kafka", "--profile production")
    assert not files(tmp_path)


def test_real_data_is_not_played_on_servers(loupe: Loupe, tmp_path: Path) -> None:
    ran = loupe("demo", "--data", "lastfm", "--path", tmp_path, "--profile", "production")
    failed(ran, "invalid", "lastfm", "loupe load --profile production")


@pytest.mark.parametrize(
    ("said", "option"),
    [
        (("--data", "lastfm", "--path", ".", "--people", "50"), "--people"),
        (("--data", "lbsn2vec", "--path", ".", "--loop-days", "7"), "--loop-days"),
        (("--path", "."), "--path"),
        (("--set", "NYC"), "--set"),
    ],
)
def test_a_demo_refuses_an_option_of_other_data(
    loupe: Loupe, tmp_path: Path, said: tuple[str, ...], option: str
) -> None:
    ran = loupe("demo", *said, "--no-serve", "--home", tmp_path / "home")
    failed(ran, "invalid", option, "Leave it out")
    assert not files(tmp_path)


def test_a_demo_on_servers_that_were_never_fetched_says_what_fetches_them(
    loupe: Loupe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.ready_servers.fetched", lambda: False)
    home = tmp_path / "home"
    ran = loupe("demo", "--profile", "production", "--no-serve", "--home", home)
    failed(ran, "unavailable", "loupe stack fetch")
    assert not home.exists()


@pytest.mark.parametrize("command", [("spark", "stats"), ("spark", "cf")], ids=" ".join)
def test_a_missing_java_is_said_with_the_command_that_installs_it(
    loupe: Loupe, demo_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "_INSTALLED", tmp_path)
    before = files(demo_copy)
    failed(loupe(*command, "--home", demo_copy), "unavailable", "Java 17", "apt-get install")
    assert files(demo_copy) == before


@pytest.mark.spark
@pytest.mark.parametrize("command", [("spark", "stats"), ("spark", "cf"), ("train",)], ids=" ".join)
def test_a_truncated_file_of_the_lake_is_named_and_nothing_half_written_stays(
    loupe: Loupe, demo_copy: Path, command: tuple[str, ...]
) -> None:
    broken = min((demo_copy / "lake" / "events").glob("day=2026-01-1*/*.parquet"))
    broken.write_bytes(broken.read_bytes()[:200])
    before = files(demo_copy / "spark") | files(demo_copy / "bundles")
    ran = loupe(*command, "--home", demo_copy)
    failed(ran, "corrupt", broken.name)
    added = (files(demo_copy / "spark") | files(demo_copy / "bundles")) - before
    assert not [name for name in added if name.endswith((".parquet", ".json", ".txt"))]


def test_a_corrupt_bundle_is_not_promoted(loupe: Loupe, demo_copy: Path) -> None:
    champion = demo_copy / "bundles" / "champion"
    version = champion.resolve().name
    head = min((demo_copy / "bundles" / version / "heads").iterdir())
    head.write_bytes(head.read_bytes()[:-100])
    failed(loupe("promote", "--home", demo_copy, version, "--alias", "next"), "corrupt", version)
    assert champion.resolve().name == version
    assert not (demo_copy / "bundles" / "next").exists()


def test_an_unknown_version_is_not_promoted(loupe: Loupe, demo_copy: Path) -> None:
    failed(
        loupe("promote", "--home", demo_copy, "20990101T0000-00000000"), "not found", "20990101T0000-00000000"
    )


def test_a_demo_never_empties_a_folder_of_other_things(loupe: Loupe, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    for more in ((), ("--fresh",)):
        failed(loupe("demo", "--home", tmp_path, "--no-serve", *more), "invalid", tmp_path, "--home")
    assert files(tmp_path) == {"thesis.txt"}


@pytest.mark.parametrize("data", ["lastfm", "lbsn2vec", "ml-100k"])
def test_real_data_needs_its_folder(loupe: Loupe, tmp_path: Path, data: str) -> None:
    failed(loupe("demo", "--data", data, "--home", tmp_path / "new"), "invalid", "--path")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("data", ["lastfm", "lbsn2vec", "ml-100k"])
def test_a_folder_of_real_data_that_is_not_there_is_named(loupe: Loupe, tmp_path: Path, data: str) -> None:
    ran = loupe("demo", "--data", data, "--path", tmp_path / "gone", "--home", tmp_path / "new", "--no-serve")
    failed(ran, "unavailable", tmp_path / "gone")
    assert not files(tmp_path) - {"new/journal.json"}


def test_a_folder_to_load_that_is_not_there_is_named(loupe: Loupe, tmp_path: Path) -> None:
    failed(loupe("load", tmp_path / "gone", "--home", tmp_path / "new"), "invalid", tmp_path / "gone")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("demo", "--data", "orkut"), "orkut"), (("train", "--objective", "magic"), "magic"),
        (("serve", "--port", "99999"), "65535"), (("play", "--people", "3"), "10"), (("fly",), "fly"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_value_that_an_option_does_not_take_is_named(
    loupe: Loupe, arguments: tuple[str, ...], told: str
) -> None:
    ran = loupe(*arguments)
    assert ran.code == EXIT["invalid"]
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_service_is_not_started_at_a_time_that_is_none(loupe: Loupe, demo_copy: Path) -> None:
    failed(loupe("serve", "--home", demo_copy, "--now", "soon"), "invalid", "soon")
