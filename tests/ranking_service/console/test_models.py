"""The models page: what was measured, and which model serves."""

import httpx
import pytest
from playwright.sync_api import expect

from pipelines.society.closed_loop.arms import ARMS
from tests.ranking_service.console.conftest import Visit

pytestmark = pytest.mark.browser


def asked(visit: Visit, path: str) -> dict:
    found: dict = httpx.get(f"{visit.address}/v1/{path}", timeout=30).json()
    return found


def test_the_closed_loop_shows_every_arm_of_every_measure(visit: Visit) -> None:
    page = visit.go("models")
    table = next(table for table in asked(visit, "report")["tables"] if table["title"] == "Closed loop")
    card = page.get_by_role("region", name="Closed loop")
    expect(card).to_contain_text(table["note"])
    assert card.locator("caption").all_inner_texts() == [metric["name"] for metric in table["metrics"]]
    value = card.locator("table").first
    assert value.locator("tbody th").all_inner_texts() == list(ARMS)
    means = [float(text) for text in value.locator("tbody td:last-child").all_inner_texts()]
    assert means == pytest.approx([row["mean"] for row in table["metrics"][0]["rows"]], abs=1e-3)
    assert value.locator(".ours th").inner_text() == "ranked"


def test_dots_stand_in_the_order_of_the_means_within_their_whiskers(visit: Visit) -> None:
    page = visit.go("models")
    rows = page.get_by_role("region", name="Closed loop").locator("table").first.locator("tbody tr")
    found = []
    for row in rows.all():
        dot, whisker = row.locator(".mean").bounding_box(), row.locator(".whisker").bounding_box()
        assert dot is not None
        assert whisker is not None
        middle = dot["x"] + dot["width"] / 2
        assert whisker["x"] - 1 <= middle <= whisker["x"] + whisker["width"] + 1
        found.append((float(row.locator("td").last.inner_text()), middle))
    assert [middle for _, middle in sorted(found)] == sorted(middle for _, middle in found)


def test_measures_without_an_interval_are_one_table_of_numbers(visit: Visit) -> None:
    page = visit.go("models")
    table = next(table for table in asked(visit, "report")["tables"] if table["title"] == "Actions")
    card = page.get_by_role("region", name="Actions")
    assert card.locator("table").count() == 1
    assert card.locator("thead th").all_inner_texts()[1:] == [metric["name"] for metric in table["metrics"]]
    first = card.locator("tbody tr").first.locator("td").all_inner_texts()
    assert first == [f"{metric['rows'][0]['mean']:.4f}" for metric in table["metrics"]]


def test_the_champion_is_marked_and_its_actions_are_measured(visit: Visit) -> None:
    page = visit.go("models")
    champion = next(model for model in asked(visit, "models")["models"] if model["champion"])
    card = page.get_by_role("region", name=f"Model {champion['version']}")
    expect(card.locator(".badge")).to_have_text("champion")
    expect(card).to_contain_text(f"{len(champion['features'])} features")
    heads = champion["metrics"]["heads"]
    assert card.locator("tbody th").all_inner_texts() == [head.replace("_", " ") for head in heads]
    for row, head in zip(card.locator("tbody tr").all(), heads, strict=True):
        cells = row.locator("td").all_inner_texts()
        assert float(cells[0]) == champion["action_weights"][head]
        assert float(cells[1]) == pytest.approx(heads[head]["auc"], abs=1e-4)
    card.get_by_text("Features", exact=True).click()
    expect(card.locator("details p")).to_contain_text(champion["features"][0].replace("_", " "))
