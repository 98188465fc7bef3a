"""Counts of several regions: each counts what happened in it, and the sum is the count.

A region's counts are a register that it alone writes, with the time of its counting, so of two the later
stays. Registers rather than running totals, because counts are recounted from what they count.
"""

from collections.abc import Mapping

import msgspec

from feed_core.model.conflicts.last_write import last_write
from feed_core.model.posts import PostCounts

Counted = Mapping[str, tuple[int, PostCounts]]
"""Per region when it counted (ms), and what."""
_FIELDS = tuple(field.name for field in msgspec.structs.fields(PostCounts))


def merged_counts(a: Counted, b: Counted) -> dict[str, tuple[int, PostCounts]]:
    """What both know: commutative, associative, idempotent."""
    one_side = {region: counts for side in (a, b) for region, counts in side.items()}
    return {
        region: last_write(a[region], b[region]) if region in a and region in b else counts
        for region, counts in one_side.items()
    }


def total(counted: Counted) -> PostCounts:
    """The counts of all regions together."""
    return added(*(counts for _, counts in counted.values()))


def added(*counts: PostCounts) -> PostCounts:
    """The sum, field by field."""
    return PostCounts(**{name: sum(getattr(each, name) for each in counts) for name in _FIELDS})
