"""A real headless browser on the console, which notes what it asks for and what goes wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

DESKTOP, PHONE = ViewportSize(width=1360, height=900), ViewportSize(width=390, height=844)
expect.set_options(timeout=30_000)


@dataclass
class Visit:
    """A tab on the console at ``address``, with what it asked for and its complaints."""

    address: str
    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str = "") -> Page:
        """Show the page of the console that ``#/path`` names, drawn in full."""
        self.page.goto(f"{self.address}/console/#/{path}")
        self.page.wait_for_selector("main :is(h1, h2)")
        return self.page

    def go_ranked(self, person: str) -> Page:
        """Show a person when the ranking had the time to rank; on a busy machine the first try may not."""
        for _ in range(30):
            page = self.go(f"feed/{person}")
            if "moved by model" in page.get_by_role("region", name="Ranked").locator("p").first.inner_text():
                return page
            page.goto("about:blank")
        pytest.fail(f"nothing ranked for {person}")

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )


Visiting = Callable[..., Visit]


@pytest.fixture
def visiting(browser: Browser) -> Iterator[Visiting]:
    """Opens a tab on the console at an address."""
    contexts = []

    def visit(
        address: str, *, window: ViewportSize = DESKTOP, scheme: Literal["light", "dark"] = "light"
    ) -> Visit:
        context = browser.new_context(viewport=window, color_scheme=scheme)
        contexts.append(context)
        visit = Visit(address, context.new_page())
        visit.page.set_default_timeout(30_000)
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on(
            "console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None
        )
        return visit

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def visit(served_home: str, visiting: Visiting) -> Visit:
    """A desktop tab on the demo's console."""
    return visiting(served_home)


@pytest.fixture(scope="session")
def people(served_home: str) -> list[dict[str, str]]:
    """The first people of the demo by name."""
    found: list[dict[str, str]] = httpx.get(f"{served_home}/v1/people", timeout=30).json()["people"]
    return found


def compared(address: str, person: str, limit: int = 100) -> dict[str, Any]:
    """What the API says about a person's two timelines, when the ranking had the time to rank."""
    for _ in range(30):
        answer = httpx.get(f"{address}/v1/compare/{person}", params={"limit": limit}, timeout=30).json()
        if answer["served_by"] == "full":
            return dict(answer)
    pytest.fail(f"nothing ranked for {person}")
