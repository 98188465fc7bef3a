"""The trends page: a chart per hashtag, read by mouse and by keyboard."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.ranking_service.console.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tags(served_home: str) -> list[dict]:
    found: list[dict] = httpx.get(f"{served_home}/v1/trends", timeout=30).json()["tags"]
    assert len(found) > 2
    return found


def test_every_hashtag_has_a_line_and_the_strongest_is_open(visit: Visit, tags: list[dict]) -> None:
    page = visit.go("trends")
    names = page.locator(".tag-button .name").all_inner_texts()
    assert names == [f"#{tag['tag']}" for tag in tags]
    assert page.locator(".tag-button svg.spark path").count() == len(tags)
    expect(page.locator(".card h2")).to_have_text(names[0])
    rising = page.get_by_role("region", name="Rising").locator(".tag-button")
    assert rising.count() == sum(tag["score"] > 0 for tag in tags)


def test_another_hashtag_shows_another_chart_and_keeps_the_focus(visit: Visit, tags: list[dict]) -> None:
    page = visit.go("trends")
    first = page.locator(".chart .line").get_attribute("d")
    button = page.locator(".tag-button").nth(1)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card h2")).to_have_text(f"#{tags[1]['tag']}")
    assert page.locator(".chart .line").get_attribute("d") != first
    expect(page.locator(".tag-button").nth(1)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".tag-button").nth(2)).to_be_focused()


def test_the_arrow_keys_read_the_values_that_the_api_gives(visit: Visit, tags: list[dict]) -> None:
    page = visit.go("trends")
    series = [value for _, value in tags[0]["series"]]
    page.get_by_role("img", name=f"Events with #{tags[0]['tag']}").focus()
    for back in (2, 3, 4):
        page.keyboard.press("ArrowLeft")
        expect(page.locator("output")).to_contain_text(f"UTC: {series[-back]:.0f} event")
    page.keyboard.press("ArrowRight")
    expect(page.locator("output")).to_contain_text(f"UTC: {series[-3]:.0f} event")


def test_the_pointer_reads_the_peak_where_it_is_drawn(visit: Visit, tags: list[dict]) -> None:
    page = visit.go("trends")
    series = [value for _, value in tags[0]["series"]]
    peak = series.index(max(series))
    box = page.locator(".chart").bounding_box()
    assert box is not None
    x = 52 + peak / (len(series) - 1) * (720 - 52 - 14)
    page.mouse.move(box["x"] + x / 720 * box["width"], box["y"] + box["height"] / 2)
    expect(page.locator("output")).to_contain_text(f"UTC: {max(series):.0f} event")
