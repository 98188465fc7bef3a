"""A client of an app in this process."""

from collections.abc import Iterator
from contextlib import contextmanager

from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient


@contextmanager
def client_of(app: FastAPI) -> Iterator[TestClient]:
    """Its requests share one event loop, where Starlette's own takes a new thread with a new loop for each;
    a crash is answered as the server would. The app is not started: its workers do not run."""
    with start_blocking_portal() as portal:
        client = TestClient(app, raise_server_exceptions=False)
        client.portal = portal
        yield client
