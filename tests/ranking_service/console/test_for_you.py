"""The For You page: two timelines, what moved, and why."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ranking_service.console.conftest import Visit, compared

pytestmark = pytest.mark.browser
DRAWING = "svg => svg.innerHTML.replaceAll(/sky-[^\")]*/g, '')"
"""What a picture draws, without the names of its gradients, which are new each time."""


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def in_both(visit: Visit, person: str) -> set[str]:
    """The posts that stand in both timelines as they are shown."""
    both = compared(visit.address, person, 20)
    newest, ranked = ({item["post"]["post_id"] for item in both[key]} for key in ("chronological", "ranked"))
    return newest & ranked


def drawings(posts: Locator) -> dict[str, str]:
    """What is drawn for each post."""
    return {
        post.get_attribute("data-post") or "": post.locator("svg.picture").evaluate(DRAWING)
        for post in posts.all()
    }


def test_both_timelines_show_the_posts_that_the_api_gives(visit: Visit, people: list[dict[str, str]]) -> None:
    person = people[0]
    page = visit.go_ranked("")
    expect(page.get_by_role("heading", level=1)).to_have_text(person["username"])
    answer = compared(visit.address, person["user_id"], 20)
    for name, key in (("Chronological", "chronological"), ("Ranked", "ranked")):
        posts = column(page, name).locator(".post")
        assert posts.count() == len(answer[key]) == 20
        assert column(page, name).locator("svg.picture").count() == 20
    newest = [
        post.get_attribute("data-post") for post in column(page, "Chronological").locator(".post").all()
    ]
    assert newest == [item["post"]["post_id"] for item in answer["chronological"]]
    assert page.title() == f"{person['username']} · Loupe"


def test_a_post_has_one_picture_wherever_and_whenever_it_is_drawn(
    visit: Visit, people: list[dict[str, str]]
) -> None:
    person = next(one["user_id"] for one in people if in_both(visit, one["user_id"]))
    page = visit.go_ranked(person)
    newest = drawings(column(page, "Chronological").locator(".post"))
    ranked = drawings(column(page, "Ranked").locator(".post"))
    shared = newest.keys() & ranked.keys()
    assert shared
    assert all(newest[post] == ranked[post] for post in shared)
    assert len(set(newest.values())) == len(newest), "different posts look different"
    page.reload()
    page.wait_for_selector("h1")
    again = drawings(column(page, "Chronological").locator(".post"))
    assert {post: again[post] for post in newest} == newest


def test_badges_say_how_far_a_post_moved(visit: Visit, people: list[dict[str, str]]) -> None:
    person = people[1]["user_id"]
    page = visit.go_ranked(person)
    answer = compared(visit.address, person)
    before = {item["post"]["post_id"]: item["position"] for item in answer["chronological"]}
    for post in column(page, "Ranked").locator(".post").all():
        place = int(post.locator(".place").inner_text()) - 1
        badge = post.locator(".move").inner_text()
        old = before.get(post.get_attribute("data-post") or "")
        steps = None if old is None else old - place
        expected = (
            "new" if steps is None else "=" if not steps else f"{'▲' if steps > 0 else '▼'} {abs(steps)}"
        )
        assert badge == expected


def test_opening_a_post_shows_probabilities_by_weight_that_add_up(
    visit: Visit, people: list[dict[str, str]]
) -> None:
    page = visit.go_ranked(people[0]["user_id"])
    post = column(page, "Ranked").locator(".post").first
    expect(post.locator(".why")).to_be_hidden()
    post.locator("summary").click()
    rows = post.locator(".why tbody tr")
    expect(rows.first).to_be_visible()
    total = 0.0
    for row in rows.all():
        cells = row.locator("td").all_inner_texts()
        probability, weight, contribution = percent(cells[0]), float(cells[1].strip("× ")), float(cells[3])
        assert contribution == pytest.approx(probability * weight, rel=0.06, abs=6e-4)
        total += contribution
    value, score = (float(text) for text in post.locator(".why b").all_inner_texts())
    assert total == pytest.approx(value, abs=0.0005 * (rows.count() + 1))
    for factor in re.findall(r"[a-z] × ([\d.]+)", post.locator(".why > p").inner_text()):
        value *= float(factor)
    assert score == pytest.approx(value, rel=0.02, abs=1e-3)


def test_rules_that_touched_a_post_are_named(visit: Visit, people: list[dict[str, str]]) -> None:
    person, item = next(
        (one["user_id"], item)
        for one in people
        for item in compared(visit.address, one["user_id"])["ranked"][:20]
        if item["why"]["rules"]
    )
    page = visit.go_ranked(person)
    post = column(page, "Ranked").locator(f"[data-post='{item['post']['post_id']}']")
    post.locator("summary").click()
    for rule in item["why"]["rules"]:
        expect(post.locator(".why")).to_contain_text(
            f"{rule['name'].replace('_', ' ')} × {rule['factor']:.2f}"
        )


def test_sources_have_names_that_people_understand(visit: Visit, people: list[dict[str, str]]) -> None:
    page = visit.go_ranked(people[0]["user_id"])
    shown = set(column(page, "Ranked").locator(".source").all_inner_texts())
    assert shown <= {"Following", "People like you", "Trending"}
    assert "Following" in shown


def test_the_same_post_is_marked_in_both_columns(visit: Visit, people: list[dict[str, str]]) -> None:
    person, posts = next((one, posts) for one in people if (posts := in_both(visit, one["user_id"])))
    page = visit.go_ranked(person["user_id"])
    column(page, "Ranked").locator(f"[data-post='{posts.pop()}']").hover()
    expect(page.locator(".twin")).to_have_count(2)


def percent(text: str) -> float:
    return float(text.removesuffix("%").strip()) / 100
