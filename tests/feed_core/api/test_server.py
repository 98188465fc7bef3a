"""The app as a server on a real socket, with its workers running."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from feed_core.api.app import create_app
from feed_core.core import FeedCore


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a running server."""
    core = FeedCore.open(tmp_path)
    listening = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(create_app(core), log_level="warning"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    thread.join(timeout=20)
    core.close()
    assert not thread.is_alive()
    assert not [one for one in threading.enumerate() if one.name == "loupe-workers"]


def test_a_post_reaches_a_followers_timeline_through_the_background_workers(server: str) -> None:
    with httpx.Client(base_url=server, timeout=20) as api:
        ada, ben = (
            api.post("/v1/users", json={"username": name}).json()["user_id"] for name in ("ada", "ben")
        )
        assert api.put(f"/v1/users/{ada}/following/{ben}").json()["changed"]
        post = api.post("/v1/posts", json={"author_id": ben, "caption": "hello"}).json()["post_id"]
        for _ in range(2000):
            items = api.get(f"/v1/timeline/{ada}").json()["items"]
            if items:
                break
        assert [item["post"]["post_id"] for item in items] == [post]
        assert api.get("/readyz").status_code == 200


def test_a_chunked_body_over_the_limit_is_refused_on_the_wire(server: str) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 10_000

    with httpx.Client(base_url=server, timeout=20) as api:
        answer = api.post("/v1/users", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_the_docs_name_no_address_outside_of_the_machine(server: str) -> None:
    with httpx.Client(base_url=server, timeout=20) as api:
        page = api.get("/docs").text
        assert "http://" not in page
        assert "https://" not in page
        for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
            assert f"/docs-assets/{asset}" in page
            assert api.get(f"/docs-assets/{asset}").status_code == 200
