"""The docs page in a real browser: it draws every group and asks nobody outside of the machine."""

import pytest
from playwright.sync_api import Browser, Page

from tests.feed_core.api.test_server import server

__all__ = ["server"]


def opened(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """The page once it is drawn, and the addresses that it asked for."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/docs")
    page.wait_for_selector(".opblock-tag", timeout=60_000)
    return page, asked


@pytest.mark.browser
def test_the_docs_draw_every_group_and_load_nothing_from_outside(server: str, browser: Browser) -> None:
    page, asked = opened(browser, server)
    tags = page.locator(".opblock-tag").all_inner_texts()
    for group in ("accounts", "posts", "comments", "events", "timeline", "operation"):
        assert any(tag.strip().startswith(group) for tag in tags), tags
    assert asked
    assert [url for url in asked if not url.startswith((server, "data:"))] == []
