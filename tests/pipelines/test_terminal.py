"""The terminal shows what needs attention, in words."""

from collections.abc import Iterator

import pytest
import structlog

from pipelines.terminal import quiet_terminal


@pytest.fixture
def quiet() -> Iterator[None]:
    """The terminal as ``loupe`` sets it up; put back afterwards."""
    quiet_terminal()
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("quiet")
def test_news_is_left_out_and_a_warning_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger("loupe.champion")
    log.info("bundle loaded", version="v1")
    log.warning("bundle not loaded", error="[red] is no colour", version="v1")
    out, err = capsys.readouterr()
    assert out == ""
    assert " ".join(err.split()) == "Warning: bundle not loaded (error=[red] is no colour, version=v1)"


@pytest.mark.usefixtures("quiet")
def test_an_error_comes_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        _ = {}["lost"]
    except KeyError:
        structlog.get_logger("loupe.freshness").exception("could not catch up")
    err = capsys.readouterr().err
    assert err.startswith("Error: could not catch up")
    assert "KeyError: 'lost'" in err
