"""Settings at their limits, which of two sources counts, and what production asks for besides."""

from typing import Any

import pytest

from feed_core.model.errors import InvalidInput
from feed_core.settings import read_settings

SERVERS = {
    "LOUPE_POSTGRES_URLS": "postgresql://one/loupe",
    "LOUPE_CASSANDRA_URL": "cassandra://here/loupe",
    "LOUPE_REDIS_URL": "redis://here/0",
    "LOUPE_REDIS_CACHE_URL": "redis+sentinel://here/state",
    "LOUPE_KAFKA_URL": "kafka://here",
}


@pytest.mark.parametrize(
    ("variable", "value", "field", "read"),
    [
        ("LOUPE_PORT", "0", "port", 0),
        ("LOUPE_PORT", "65535", "port", 65_535),
        ("LOUPE_CELEBRITY_THRESHOLD", "1", "celebrity_threshold", 1),
        ("LOUPE_BUDGET_MS", "1", "budget_ms", 1),
        ("LOUPE_BUDGET_MS", "60000", "budget_ms", 60_000),
        ("LOUPE_REGION", "", "region", ""),
        ("LOUPE_REGION", "r" * 30, "region", "r" * 30),
        ("LOUPE_REGION", "eu-west-1", "region", "eu-west-1"),
        ("LOUPE_HOST", "h" * 255, "host", "h" * 255),
        ("LOUPE_SERVICE_TOKEN", "", "service_token", ""),
        ("LOUPE_SERVICE_TOKEN", "~" * 16, "service_token", "~" * 16),
        ("LOUPE_AUTH", "required", "auth", "required"),
        ("LOUPE_TIMELINE_MODE", "push", "timeline_mode", "push"),
    ],
)
def test_a_value_at_its_limit_is_taken(variable: str, value: str, field: str, read: Any) -> None:
    assert getattr(read_settings({variable: value}), field) == read


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LOUPE_BUDGET_MS", "0"),
        ("LOUPE_BUDGET_MS", "60001"),
        ("LOUPE_REGION", "r" * 31),
        ("LOUPE_REGION", "EU"),
        ("LOUPE_REGION", "eu west"),
        ("LOUPE_HOST", "h" * 256),
        ("LOUPE_SERVICE_TOKEN", "t" * 15),
        ("LOUPE_SERVICE_TOKEN", "sixteen or more."),
        ("LOUPE_SERVICE_TOKEN", "ü" * 16),
        ("LOUPE_AUTH", ""),
        ("LOUPE_AUTH", "Open"),
        ("LOUPE_PORT", ""),
        ("LOUPE_PROFILE", ""),
        ("LOUPE_MLFLOW_URL", "mlflow://here"),
        ("LOUPE_POSTGRES_REPLICA_URLS", "postgresql://here/a redis://here/0"),
        ("LOUPE_KAFKA_URL", "   "),
    ],
)
def test_a_value_beyond_its_limit_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=variable) as refused:
        read_settings({variable: value})
    assert refused.value.fix


def test_what_is_set_goes_before_the_defaults_and_the_argument_before_both() -> None:
    defaults = {"LOUPE_PORT": "1", "LOUPE_PROFILE": "production", "LOUPE_REGION": "us"}
    environ = {"LOUPE_PORT": "2", "LOUPE_PROFILE": "production", **SERVERS}
    settings = read_settings(environ, profile="embedded", defaults=defaults)
    assert (settings.port, settings.region, settings.profile) == (2, "us", "embedded")
    assert settings.servers is None
    assert read_settings({}, profile="embedded", defaults=defaults).port == 1


@pytest.mark.parametrize(
    ("profile", "told", "auth"),
    [
        ("embedded", {}, "open"),
        ("production", {}, "required"),
        ("production", {"LOUPE_AUTH": "open"}, "open"),
        ("embedded", {"LOUPE_AUTH": "required"}, "required"),
    ],
)
def test_production_wants_sessions_unless_told_otherwise(
    profile: Any, told: dict[str, str], auth: str
) -> None:
    assert read_settings({**SERVERS, **told}, profile=profile).auth == auth


def test_urls_are_checked_where_no_server_is_used() -> None:
    with pytest.raises(InvalidInput, match="LOUPE_KAFKA_URL"):
        read_settings({**SERVERS, "LOUPE_KAFKA_URL": "redis://here"}, profile="embedded")


def test_servers_that_production_can_do_without_stay_empty() -> None:
    servers = read_settings(SERVERS, profile="production").servers
    assert servers is not None
    assert (servers.postgres_replica_urls, servers.mlflow_url) == ("", "")


def test_other_peoples_variables_are_none_of_its_business() -> None:
    others = {"LOUPE": "x", "loupe_port": "1", "XLOUPE_PORT": "1", "LOUPE_DATA": "/data", "PORT": "1"}
    assert read_settings(others) == read_settings({})


@pytest.mark.parametrize("name", ["LOUPE_", "LOUPE_SERVERS", "LOUPE_PORTS", "LOUPE_QQQQQQQQQ"])
def test_an_unknown_variable_is_told_what_is_known(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"{name} is no setting") as refused:
        read_settings({name: "1"})
    assert refused.value.fix.startswith("Known: LOUPE_")


@pytest.mark.parametrize("variable", ["LOUPE_POSTGRES_URLS", "LOUPE_REDIS_URL"])
def test_a_url_without_a_scheme_is_not_repeated(variable: str) -> None:
    with pytest.raises(InvalidInput, match=variable) as refused:
        read_settings({variable: "loupe:hidden@here/feed"})
    assert "hidden" not in str(refused.value)


def test_a_service_token_that_does_not_fit_is_not_repeated() -> None:
    with pytest.raises(InvalidInput, match="LOUPE_SERVICE_TOKEN") as refused:
        read_settings({"LOUPE_SERVICE_TOKEN": "hush hush hidden"})
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LOUPE_REGION", "eu\n"),
        ("LOUPE_SERVICE_TOKEN", "sixteen-or-more.\n"),
        ("LOUPE_HOME", "~nobody.at.all/loupe"),
        ("LOUPE_HOME", ""),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(InvalidInput, match=variable):
        read_settings({variable: value})
