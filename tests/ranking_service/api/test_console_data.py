"""What the console reads: people, trends, models, report, readiness, docs."""

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families


def test_people_are_found_by_the_beginning_of_their_name(world, client):
    people = client.get("/v1/people", params={"query": "E"}).json()["people"]
    assert people == [{"user_id": str(world.people["eve"]), "username": "eve"}]
    assert len(client.get("/v1/people", params={"limit": 4}).json()["people"]) == 4


def test_who_signed_up_since_is_found_too(world, client):
    client.get("/v1/people")
    client.post("/v1/users", json={"username": "zoe"})
    assert [p["username"] for p in client.get("/v1/people", params={"query": "zo"}).json()["people"]] == [
        "zoe"
    ]


def test_there_are_no_trends_before_the_job_has_run(client):
    assert client.get("/v1/trends").json() == {"window_ms": 0, "tags": []}


def test_trends_are_what_the_job_wrote(world, client):
    folder = world.home / "spark" / "trends"
    folder.mkdir(parents=True)
    tag = {"tag": "sun", "score": 3.5, "users": 4, "events": 9, "series": [[0, 1], [3_600_000, 8]]}
    (folder / "trends.json").write_text(json.dumps({"window_ms": 3_600_000, "tags": [tag]}))
    assert client.get("/v1/trends").json() == {"window_ms": 3_600_000, "tags": [tag]}


def test_damaged_trends_are_told(world, client):
    folder = world.home / "spark" / "trends"
    folder.mkdir(parents=True)
    (folder / "trends.json").write_text('{"window_ms": 36')
    answer = client.get("/v1/trends")
    assert answer.status_code == 500
    assert "loupe spark trends" in answer.json()["fix"]


def test_models_are_listed_newest_first_with_the_champion_marked(world, client, promote):
    promote("v2")
    broken = world.home / "bundles" / "v3"
    broken.mkdir()
    models = {model["version"]: model for model in client.get("/v1/models").json()["models"]}
    assert models["v2"]["champion"]
    assert not models["v1"]["champion"]
    assert models["v1"]["metrics"] == {
        "heads": {"like": {"auc": 0.7}, "long_dwell": {"base_rate": 0.2}}, "overall": {"ndcg_at_10": 0.4},
    }  # fmt: skip
    assert models["v1"]["created_at"].endswith("Z")
    assert "no model bundle" in models["v3"]["problem"]


def test_there_are_no_models_before_training(open_client):
    assert open_client().get("/v1/models").json() == {"models": []}


def test_the_report_is_sent_as_it_was_written(world, client):
    assert client.get("/v1/report").status_code == 404
    (world.home / "report.json").write_text('{"title": "Demo"}')
    assert client.get("/v1/report").json() == {"title": "Demo"}
    (world.home / "report.json").write_text('{"title"')
    assert client.get("/v1/report").status_code == 500


def test_metrics_tell_stages_and_rungs(world, client):
    answer = client.get(f"/v1/feed/{world.ada}")
    assert answer.status_code == 200, answer.text
    told = list(text_string_to_metric_families(client.get("/metrics").text))
    samples = {(one.name, *one.labels.values()): one.value for family in told for one in family.samples}
    assert samples.get(("loupe_rank_stage_seconds_count", "score")) == 1.0, samples
    assert samples.get(("loupe_rank_answers_total", answer.json()["served_by"])) == 1.0, samples


def test_every_operation_is_described(client):
    schema = client.get("/openapi.json").json()
    paths = {
        "/v1/feed/{user_id}",
        "/v1/rank",
        "/v1/compare/{user_id}",
        "/v1/trends",
        "/v1/people",
        "/v1/models",
    }
    assert paths <= schema["paths"].keys()
    assert schema["components"]["schemas"]["FeedOut"]["properties"]["served_by"]
    assert schema["components"]["schemas"]["RankBody"]["properties"]["post_ids"]["maxItems"] == 1000


@pytest.mark.parametrize("path", ["/console/", "/"])
def test_the_console_is_served_by_the_same_process(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<html" in answer.text
