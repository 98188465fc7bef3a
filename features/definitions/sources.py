"""Where a candidate came from, as a number that a model can read. Order is part of the definition."""

SOURCES: tuple[str, ...] = (
    "unknown",
    "in_network",
    "collaborative",
    "trending",
    "similar",
    "celebrity",
    "fresh",
    "exploration",
    "caller",
    "discovery",
)
_CODES = {name: code for code, name in enumerate(SOURCES)}


def source_code(name: str) -> int:
    """The code of source ``name``; 0 ("unknown") for a name that is not listed."""
    return _CODES.get(name, 0)
