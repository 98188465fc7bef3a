"""The whole service over the small world, in process."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from ranking_service.api import create_app


@pytest.fixture
def open_client(world) -> Iterator[Callable[[], TestClient]]:
    opened: list[TestClient] = []

    def act() -> TestClient:
        app = create_app(world.core, world.home, budget_ms=None, compile_trees="never")
        opened.append(TestClient(app, raise_server_exceptions=False))
        return opened[-1].__enter__()

    yield act
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def client(promote, open_client) -> TestClient:
    """The service with a promoted bundle."""
    promote()
    return open_client()
