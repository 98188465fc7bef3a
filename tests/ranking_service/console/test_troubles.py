"""What the console shows when there is nothing, when something is wrong, and when text is hostile."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.conftest import Serving
from tests.ranking_service.console.conftest import Visit, Visiting

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><b>bold</b> &amp; 'quotes'"


@pytest.fixture(scope="module")
def empty_home(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real server over a home where nothing has happened."""
    home: Path = tmp_path_factory.mktemp("empty") / "home"
    with serving(home) as address:
        yield address


def write(address: str, method: str, path: str, **body: object) -> dict:
    answer = httpx.request(method, f"{address}/v1/{path}", json=body or None, timeout=30)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else {}


def refuse(page: Page, path: str, status: int, body: str) -> None:
    """Let the API answer ``path`` with an error, as a broken service would."""

    def fulfill(route: Route) -> None:
        route.fulfill(status=status, body=body, content_type="application/problem+json")

    page.route(f"**/v1/{path}*", fulfill)


@pytest.mark.parametrize(
    ("path", "title", "hint"),
    [
        ("feed", "Nobody lives here yet", "loupe demo"),
        ("trends", "No trends yet", "loupe spark trends"),
        ("models", "No model yet", "loupe train"),
    ],
)
def test_an_empty_home_says_what_to_do(
    empty_home: str, visiting: Visiting, path: str, title: str, hint: str
) -> None:
    visit = visiting(empty_home)
    page = visit.go(path)
    expect(page.get_by_role("status")).to_contain_text(title)
    expect(page.get_by_role("status")).to_contain_text(hint)
    assert visit.overflow() <= 0


def test_a_caption_with_markup_is_shown_as_text_and_a_home_without_a_model_says_so(
    empty_home: str, visiting: Visiting
) -> None:
    reader, author = (
        write(empty_home, "POST", "users", username=name, full_name="Some One")["user_id"]
        for name in ("reader", "author")
    )
    write(empty_home, "PUT", f"users/{reader}/following/{author}")
    write(empty_home, "POST", "posts", author_id=author, caption=HOSTILE, place=HOSTILE)
    visit = visiting(empty_home)
    page = visit.go(f"feed/{reader}")
    column = page.get_by_role("region", name="Chronological")
    expect(column.locator(".caption")).to_have_text(HOSTILE)
    expect(column.locator(".counts")).to_contain_text(HOSTILE)
    assert page.locator(".post img, .post b b, .caption b").count() == 0
    assert page.title() == "reader · Loupe"
    expect(page.get_by_role("region", name="Ranked")).to_contain_text("no model ranked this")
    assert visit.complaints == []


def test_a_person_without_posts_has_an_empty_timeline(empty_home: str, visiting: Visiting) -> None:
    loner = write(empty_home, "POST", "users", username="loner", full_name="Some One")["user_id"]
    page = visiting(empty_home).go(f"feed/{loner}")
    expect(page.get_by_role("region", name="Chronological")).to_contain_text("Nothing to show yet")


def test_an_unknown_person_is_an_error_with_its_fix_beside_the_search(visit: Visit) -> None:
    problem = httpx.get(f"{visit.address}/v1/compare/4242", timeout=30).json()
    page = visit.go("feed/4242")
    expect(page.get_by_role("status")).to_contain_text(problem["detail"])
    expect(page.get_by_role("status")).to_contain_text(problem["fix"])
    page.locator(".people a").first.click()
    expect(page.locator(".columns")).to_be_visible()


def test_an_error_of_the_service_is_shown_as_text(visit: Visit) -> None:
    body = '{"detail": "The <i>trends</i> cannot be read.", "fix": "Run: loupe spark trends."}'
    refuse(visit.page, "trends", 500, body)
    page = visit.go("trends")
    expect(page.get_by_role("status")).to_contain_text("The <i>trends</i> cannot be read.")
    expect(page.get_by_role("status")).to_contain_text("Run: loupe spark trends.")


def test_an_answer_that_is_no_json_still_has_its_status(visit: Visit) -> None:
    refuse(visit.page, "models", 502, "<html>bad gateway")
    expect(visit.go("models").get_by_role("status")).to_contain_text("The service answered 502.")


def test_a_service_that_is_gone_is_said(visit: Visit) -> None:
    visit.page.route("**/v1/trends*", lambda route: route.abort())
    expect(visit.go("trends").get_by_role("status")).to_contain_text("The service does not answer.")


def test_a_broken_bundle_shows_its_problem(visit: Visit) -> None:
    model = {
        "version": "v9", "champion": False, "objective": "", "features": [], "created_at": "",
        "action_weights": {}, "metrics": {"heads": {}, "overall": {}}, "problem": "like.txt is damaged.",
    }  # fmt: skip
    refuse(visit.page, "models", 200, json.dumps({"models": [model]}))
    card = visit.go("models").get_by_role("region", name="Model v9")
    expect(card).to_contain_text("like.txt is damaged.")


@pytest.mark.parametrize("path", ["feed/%E0%A4%A", "nowhere", "feed/not-a-number", "constructor"])
def test_an_address_that_makes_no_sense_is_no_blank_page(visit: Visit, path: str) -> None:
    expect(visit.go(path).locator("main :is(h1, h2)").first).to_be_visible()
