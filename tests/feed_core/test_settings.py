"""Settings: defaults, one variable each, and errors that name the variable."""

from pathlib import Path

import pytest

from feed_core.model.errors import InvalidInput
from feed_core.settings import names_servers, read_settings


def test_nothing_set_gives_the_embedded_profile_on_the_loopback_address() -> None:
    settings = read_settings({"PATH": "/bin", "HOME": "/root"})
    assert (settings.profile, settings.host, settings.port) == ("embedded", "127.0.0.1", 8000)
    assert (settings.timeline_mode, settings.celebrity_threshold) == ("hybrid", 1000)
    assert settings.spark_master == "local[*]"
    assert settings.home == Path("var/loupe")


def test_each_variable_is_read_with_its_type() -> None:
    settings = read_settings(
        {
            "LOUPE_HOST": "0.0.0.0",
            "LOUPE_PORT": "9000",
            "LOUPE_TIMELINE_MODE": "pull",
            "LOUPE_CELEBRITY_THRESHOLD": "50",
            "LOUPE_SPARK_MASTER": "spark://here:7077",
            "LOUPE_HOME": "/data",
        }
    )
    assert (settings.host, settings.port, settings.timeline_mode) == ("0.0.0.0", 9000, "pull")
    assert (settings.celebrity_threshold, settings.spark_master) == (50, "spark://here:7077")
    assert settings.servers is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LOUPE_PROFILE", "staging"),
        ("LOUPE_PORT", "eighty"),
        ("LOUPE_PORT", "65536"),
        ("LOUPE_PORT", "-1"),
        ("LOUPE_HOST", ""),
        ("LOUPE_TIMELINE_MODE", "both"),
        ("LOUPE_CELEBRITY_THRESHOLD", "0"),
        ("LOUPE_CELEBRITY_THRESHOLD", "1.5"),
        ("LOUPE_SPARK_MASTER", ""),
        ("LOUPE_POSTGRES_URLS", ""),
        ("LOUPE_POSTGRES_URLS", "postgresql://here/a cassandra://here/b"),
        ("LOUPE_CASSANDRA_URL", "redis://here/0"),
        ("LOUPE_REDIS_URL", "here:6379"),
        ("LOUPE_KAFKA_URL", "kafka"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_variable(variable: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=variable) as caught:
        read_settings({variable: value})
    assert caught.value.fix


def test_a_url_of_another_server_is_told_what_is_taken_and_never_repeated() -> None:
    with pytest.raises(InvalidInput, match=r"redis\+sentinel") as caught:
        read_settings({"LOUPE_REDIS_URL": "postgresql://loupe:hidden@here/loupe"})
    assert "hidden" not in str(caught.value)


def test_a_misspelt_variable_is_told_the_nearest_setting() -> None:
    with pytest.raises(InvalidInput, match="LOUPE_CELEBRITY_THRESHOLD"):
        read_settings({"LOUPE_CELEBRITY_TRESHOLD": "5"})


SERVERS = {
    "LOUPE_POSTGRES_URLS": "postgresql://one/loupe postgresql://two/loupe",
    "LOUPE_CASSANDRA_URL": "cassandra://here:9042/loupe",
    "LOUPE_REDIS_URL": "redis+sentinel://here:26379/state",
    "LOUPE_REDIS_CACHE_URL": "redis://here:6379/1",
    "LOUPE_KAFKA_URL": "kafka://here:9092",
}


@pytest.mark.parametrize("missing", SERVERS)
def test_production_names_the_server_that_is_not_given(missing: str) -> None:
    given = {name: url for name, url in SERVERS.items() if name != missing}
    with pytest.raises(InvalidInput, match=f"{missing} is not set"):
        read_settings({"LOUPE_PROFILE": "production", **given})


@pytest.mark.parametrize("missing", SERVERS)
def test_servers_are_named_when_none_is_left_out(missing: str) -> None:
    assert names_servers(SERVERS)
    assert not names_servers({name: url for name, url in SERVERS.items() if name != missing})
    assert not names_servers({**SERVERS, missing: ""})


def test_production_takes_the_servers_that_are_given() -> None:
    settings = read_settings({"LOUPE_PROFILE": "production", "LOUPE_HOME": "/data", **SERVERS})
    assert settings.servers is not None
    assert settings.servers.postgres_urls.split() == ["postgresql://one/loupe", "postgresql://two/loupe"]
    assert settings.servers.kafka_url == "kafka://here:9092"
