"""Slow files begin first: workers take whole files, and a slow one at the end keeps the others waiting.

A file says how slow it is by the marker ``slow``: its seconds on two quiet cores, near enough to sort by,
with what it is the first to make for everybody. One that says nothing comes before the others still when it
needs Spark, a browser or a server: what is left for the end is quick.
"""

from collections.abc import Iterable

import pytest

NEEDS_MUCH = 10.0
"""Seconds of a file that says nothing, but starts Spark, a browser or a server, or waits for one."""


def seconds_of(item: pytest.Item) -> float:
    """What the file of this test says of itself, or what its needs say."""
    if marker := item.get_closest_marker("slow"):
        return float(marker.args[0])
    needs = {"_stack", "demo_home", "mortal", "throwaway"} & set(getattr(item, "fixturenames", ()))
    return NEEDS_MUCH if needs or any(map(item.get_closest_marker, ("spark", "browser"))) else 0.0


def slow_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The slowest files first, the rest in the order given; files stay whole and in their own order."""
    slowest: dict[str, float] = {}
    tests = list(items)
    for item in tests:
        file = item.nodeid.partition("::")[0]
        slowest[file] = max(slowest.get(file, 0.0), seconds_of(item))
    return sorted(tests, key=lambda item: -slowest[item.nodeid.partition("::")[0]])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = slow_first(items)
