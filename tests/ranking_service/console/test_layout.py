"""Every page fits every window, in light and dark, and asks nobody but its own server."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.ranking_service.console.conftest import DESKTOP, PHONE, Visit, Visiting

pytestmark = pytest.mark.browser
PAGES = ("feed", "trends", "models")
LUMINANCE = """colour => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d');
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map(part => {
    const light = part / 255;
    return light <= 0.04045 ? light / 12.92 : ((light + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}"""


def contrast(visit: Visit, selector: str) -> float:
    """The WCAG contrast of the text of ``selector`` with the card or page behind it."""
    ink = visit.page.locator(selector).first.evaluate("node => getComputedStyle(node).color")
    paper = visit.page.evaluate(
        """selector => {
          let node = document.querySelector(selector);
          const colour = () => getComputedStyle(node).backgroundColor;
          while (colour() === 'rgba(0, 0, 0, 0)') node = node.parentElement;
          return colour();
        }""",
        selector,
    )
    light, dark = sorted((visit.page.evaluate(LUMINANCE, colour) for colour in (ink, paper)), reverse=True)
    return float((light + 0.05) / (dark + 0.05))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_fits_asks_only_its_server_and_raises_no_error(
    served_home: str, visiting: Visiting, window: dict[str, int], scheme: Literal["light", "dark"]
) -> None:
    visit = visiting(served_home, window=window, scheme=scheme)
    for name in PAGES:
        page = visit.go(name)
        expect(page.locator("nav [aria-current]")).to_have_attribute("data-page", name)
        if name == "feed":
            page.locator(".column").last.locator("summary").first.click()
        assert visit.overflow() <= 0, name
    assert visit.requests
    assert [url for url in visit.requests if not url.startswith(f"{served_home}/")] == []
    assert visit.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(
    served_home: str, visiting: Visiting, scheme: Literal["light", "dark"]
) -> None:
    visit = visiting(served_home, scheme=scheme)
    visit.go_ranked("")
    for selector in ("h1", ".caption", ".counts", ".tag", ".column > p", ".move.new", ".move.up"):
        assert contrast(visit, selector) >= 4.5, selector


def test_the_dark_scheme_is_dark(served_home: str, visiting: Visiting) -> None:
    shades = []
    for scheme in ("light", "dark"):
        visit = visiting(served_home, scheme=scheme)
        colour = visit.go("models").evaluate("getComputedStyle(document.body).backgroundColor")
        shades.append(visit.page.evaluate(LUMINANCE, colour))
    assert shades[1] < 0.05 < 0.9 < shades[0]


def test_going_back_shows_the_page_before(visit: Visit) -> None:
    page = visit.go("feed")
    page.get_by_role("link", name="Trends").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trends")
    page.go_back()
    expect(page.locator(".columns")).to_be_visible()
