"""Filters one after the other. One that fails lets nothing through: what nobody vouches for is not shown."""

from collections.abc import Sequence

import numpy as np

from feed_core.model.errors import Unavailable
from ranking_service.pipeline.pool import Mask, Pool
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.stages import Filter
from ranking_service.pipeline.trace import Trace


def keep(filters: Sequence[Filter], query: Query, pool: Pool, trace: Trace) -> Mask:
    """True (n,) for the candidates of ``pool`` that every filter vouches for."""
    kept = np.arange(len(pool))
    for rule in filters:
        rest = pool.take(kept)
        mask = _mask(rule, query, rest, trace)
        trace.drop(rule.name, rest.post_ids[~mask])
        kept = kept[mask]
    result = np.zeros(len(pool), np.bool_)
    result[kept] = True
    return result


def vouched(filters: Sequence[Filter], query: Query, pool: Pool, trace: Trace) -> Mask:
    """As ``keep``, where nothing below could answer instead: raises ``Unavailable`` when a filter failed."""
    mask = keep(filters, query, pool, trace)
    if any(failure.startswith("filters/") for failure in trace.failures):
        raise Unavailable("It cannot be checked now what may be shown.", fix="Try again in a moment.")
    return mask


def _mask(rule: Filter, query: Query, pool: Pool, trace: Trace) -> Mask:
    try:
        return rule.keep(query, pool)
    except Exception as error:
        trace.failed("filters", rule.name, error)
        return np.zeros(len(pool), np.bool_)
