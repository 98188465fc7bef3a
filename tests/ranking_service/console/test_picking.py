"""Another person is found by name, and everything is reached without a mouse."""

import re

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.ranking_service.console.conftest import PHONE, Visit, Visiting

pytestmark = pytest.mark.browser


def test_a_search_narrows_the_list_and_a_click_shows_the_person(
    visit: Visit, people: list[dict[str, str]]
) -> None:
    other = people[-1]["username"]
    page = visit.go()
    page.get_by_role("searchbox").fill(other.upper())
    links = page.get_by_role("complementary", name="People").get_by_role("link")
    expect(links).to_have_count(1)
    links.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(other)
    expect(page.get_by_role("searchbox")).to_have_value(other.upper())
    expect(links).to_have_attribute("aria-current", "true")


def test_a_name_that_nobody_has_is_said(visit: Visit) -> None:
    page = visit.go()
    page.get_by_role("searchbox").fill("zzzz_nobody")
    expect(page.get_by_role("complementary", name="People")).to_contain_text("Nobody by that name.")
    expect(page.locator(".column .post").first).to_be_visible()


def test_the_keyboard_alone_finds_a_person_and_opens_a_post(
    visit: Visit, people: list[dict[str, str]]
) -> None:
    other = people[-1]["username"]
    page = visit.go()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(other)
    expect(page.locator(".people a")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator(".people a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(other)
    expect(page.locator(".people a")).to_be_focused()
    for _ in range(21):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    summary = page.locator(".column").last.locator("summary").first
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".column").last.locator(".why").first).to_be_visible()


def test_a_late_answer_does_not_take_the_keyboard_away(visit: Visit, people: list[dict[str, str]]) -> None:
    first, other = people[0]["username"], people[-1]["username"]
    page, late = visit.go(), list[Route]()
    links = page.locator(".people a")

    def hold(route: Route) -> None:
        late.append(route)

    page.route(re.compile(rf"query=({other}|{first})&"), hold)
    for asked, then in ((other, links), (first, page.get_by_role("searchbox"))):
        page.get_by_role("searchbox").fill(other[:-1])
        expect(links).to_have_count(1)
        page.get_by_role("searchbox").fill(asked)
        page.keyboard.press("Tab")
        expect(links).to_be_focused()
        with page.expect_response(re.compile(rf"query={asked}&")):
            late.pop().continue_()
        expect(links).to_have_text(re.compile(asked))
        expect(then).to_be_focused()


def test_enter_in_the_search_takes_the_first_who_was_found(
    visit: Visit, people: list[dict[str, str]]
) -> None:
    page = visit.go()
    page.keyboard.press("/")
    page.keyboard.type(people[-1]["username"])
    expect(page.locator(".people a")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(people[-1]["username"])


def test_a_person_who_is_far_down_the_alphabet_stands_in_the_list(visit: Visit) -> None:
    found = httpx.get(f"{visit.address}/v1/people", params={"limit": 100}, timeout=30).json()["people"]
    page = visit.go(f"feed/{found[-1]['user_id']}")
    expect(page.locator(".people [aria-current]")).to_have_text(re.compile(found[-1]["username"]))
    assert page.locator(".people a").count() == 13


def test_letters_typed_into_the_search_move_nothing(visit: Visit) -> None:
    page = visit.go()
    page.get_by_role("searchbox").focus()
    page.keyboard.type("jk/")
    expect(page.get_by_role("searchbox")).to_have_value("jk/")


def test_the_skip_link_leads_past_the_navigation_and_stays_on_the_page(visit: Visit) -> None:
    page = visit.go("models")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.url.endswith("#/models")


def test_a_phone_has_one_timeline_at_a_time(served_home: str, visiting: Visiting) -> None:
    page = visiting(served_home, window=PHONE).go()
    ranked, newest = (page.get_by_role("region", name=name) for name in ("Ranked", "Chronological"))
    expect(ranked).to_be_visible()
    expect(newest).to_be_hidden()
    page.get_by_role("button", name="Chronological").click()
    expect(newest).to_be_visible()
    expect(ranked).to_be_hidden()
    expect(page.get_by_role("button", name="Chronological")).to_have_attribute("aria-pressed", "true")
