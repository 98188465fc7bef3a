"""Settings: defaults, one variable each, and errors that name the variable."""

from dataclasses import fields
from pathlib import Path

import pytest

from feed_core.model.errors import InvalidInput
from feed_core.settings import PORTS, read_settings, sqlite_path
from feed_core.stores import FILE_NAME, Stores


def test_nothing_set_gives_the_embedded_profile_on_the_loopback_address() -> None:
    settings = read_settings({"PATH": "/bin", "HOME": "/root"})
    assert (settings.profile, settings.host, settings.port) == ("embedded", "127.0.0.1", 8000)
    assert (settings.timeline_mode, settings.celebrity_threshold) == ("hybrid", 1000)
    assert settings.spark_master == "local[*]"
    assert settings.home == Path("var/loupe")


def test_embedded_stores_lie_together_in_the_home_folder_where_the_core_opens_them() -> None:
    stores = read_settings({"LOUPE_HOME": "/srv/loupe"}).stores
    assert set(stores) == set(PORTS)
    assert {sqlite_path(url) for url in stores.values()} == {Path("/srv/loupe") / FILE_NAME}


def test_every_port_that_the_stores_hold_has_a_url() -> None:
    held = {field.name for field in fields(Stores)} - {"transactions", "id_times", "close"}
    assert set(PORTS) == held


def test_each_variable_is_read_with_its_type() -> None:
    settings = read_settings(
        {
            "LOUPE_HOST": "0.0.0.0",
            "LOUPE_PORT": "9000",
            "LOUPE_TIMELINE_MODE": "pull",
            "LOUPE_CELEBRITY_THRESHOLD": "50",
            "LOUPE_SPARK_MASTER": "spark://here:7077",
            "LOUPE_HOME": "/data",
            "LOUPE_POSTS_URL": "sqlite:////data/feed.sqlite",
        }
    )
    assert (settings.host, settings.port, settings.timeline_mode) == ("0.0.0.0", 9000, "pull")
    assert (settings.celebrity_threshold, settings.spark_master) == (50, "spark://here:7077")
    assert settings.stores["posts"] == "sqlite:////data/feed.sqlite"


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
        ("LOUPE_GRAPH_URL", "cassandra://here/graph"),
        ("LOUPE_EVENTS_URL", "sqlite:///"),
        ("LOUPE_EVENTS_URL", "events.sqlite"),
        ("LOUPE_EVENTS_URL", "sqlite:////elsewhere/events.sqlite"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_variable(variable: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=variable) as caught:
        read_settings({variable: value})
    assert caught.value.fix


def test_an_unknown_scheme_is_told_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="sqlite"):
        read_settings({"LOUPE_ACCOUNTS_URL": "postgres://here/users"})


def test_a_misspelt_variable_is_told_the_nearest_setting() -> None:
    with pytest.raises(InvalidInput, match="LOUPE_CELEBRITY_THRESHOLD"):
        read_settings({"LOUPE_CELEBRITY_TRESHOLD": "5"})


def test_production_has_no_defaults_for_stores_and_names_the_first_that_is_open() -> None:
    with pytest.raises(InvalidInput, match="LOUPE_ACCOUNTS_URL is not set"):
        read_settings({"LOUPE_PROFILE": "production"})


def test_production_takes_stores_that_are_all_given() -> None:
    given = {f"LOUPE_{port.upper()}_URL": "sqlite:////data/feed.sqlite" for port in PORTS}
    settings = read_settings({"LOUPE_PROFILE": "production", "LOUPE_HOME": "/data", **given})
    assert set(settings.stores.values()) == {"sqlite:////data/feed.sqlite"}
