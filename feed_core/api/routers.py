"""Everything that an app needs to serve the feed core, so that another app can serve more beside it."""

from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Gauge

from feed_core.api import (
    account_settings,
    comments,
    events,
    health,
    media,
    notifications,
    places,
    posts,
    reactions,
    relations,
    requests,
    sessions,
    stories,
    timelines,
    users,
)
from feed_core.api.bodies import BodyLimit
from feed_core.api.consistency import describe_consistency
from feed_core.api.docs import install_docs
from feed_core.api.draining import DrainedElsewhere, Drainer
from feed_core.api.header_limit import HeaderLimit
from feed_core.api.identity import BEARER, Auth
from feed_core.api.logs import configure_logs
from feed_core.api.observation import HttpMetrics, Observed
from feed_core.api.problems import DOCUMENTED, Problem, install_problems
from feed_core.core import FeedCore

_MODULES = (
    timelines, events, reactions, notifications, users, sessions, account_settings, relations, requests,
    posts, media, places, comments, stories,
)  # fmt: skip
"""A request is matched with one router after the other: what is asked most comes first."""
ROUTERS = tuple(module.router for module in _MODULES)


def install(
    app: FastAPI, core: FeedCore, registry: CollectorRegistry | None = None, auth: Auth | None = None,
    *, workers: bool = True,
) -> None:  # fmt: skip
    """Give ``app`` the feed core's routes, errors, limits, metrics, log lines and docs.

    ``auth`` says whom the app trusts (everybody unless given); without ``workers``, other processes run
    those. ``app.state`` gets ``auth``, ``core``,
    ``registry`` and ``drainer``; run the app with ``app.lifespan`` (or enter it within a lifespan of your
    own) so that the workers run. Make the app with ``docs_url=None``.
    """
    configure_logs()
    registry = registry or CollectorRegistry()
    app.state.auth = auth or Auth()
    app.state.core, app.state.registry = core, registry
    app.state.drainer = Drainer(core) if workers else DrainedElsewhere()
    for router in ROUTERS:
        app.include_router(router, responses=DOCUMENTED)
    app.include_router(health.router)
    install_problems(app)
    install_docs(app)
    _describe(app)
    lag = Gauge("loupe_workers_lag_records", "Event log records that wait for workers", registry=registry)
    lag.set_function(core.workers.lag)
    app.add_middleware(BodyLimit)
    app.add_middleware(HeaderLimit)
    app.add_middleware(Observed, metrics=HttpMetrics(registry))


def _describe(app: FastAPI) -> None:
    """Put the shape of errors, the token and what a client may rely on into the app's OpenAPI document."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(shape.pop("$defs"), Problem=shape)
            schema["components"]["securitySchemes"] = {"bearer": BEARER}
            schema["security"] = [{"bearer": []}, {}]  # as the policy says, a request needs it or does not
            describe_consistency(schema)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
