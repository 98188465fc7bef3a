"""What a client may rely on, operation by operation, put into the OpenAPI document."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

Consistency = Literal["strong", "own", "eventual"]
MEANING: Mapping[Consistency, str] = {
    "strong": "Strong: what was written is read back at once, by everybody.",
    "own": "Read-your-own-writes: whoever wrote it reads it back at once, others a moment later.",
    "eventual": "Eventual: follows the event log, usually within a second.",
}
_RULES: tuple[tuple[str, Consistency], ...] = (
    (r"/v1/timeline/.*", "eventual"),
    (r".*/(counts|stats|notifications|notifications/unread|story-tray|views)", "eventual"),
    (r".*/notifications/read", "own"),
    (r"/v1/(posts|comments|media|places|events)(/.*)?", "own"),
    (r"/v1/users/\{user_id\}/(posts|deleted-posts|media|likes|saves|stories)(/.*)?", "own"),
    (r"/v1/(users|usernames|sessions)(/.*)?", "strong"),
)
"""Path → what holds there; the first that fits counts."""


def describe_consistency(schema: Mapping[str, Any]) -> None:
    """Add ``x-consistency`` and what it means to each operation of ``schema`` that has a rule."""
    for path, operation in _operations(schema):
        level = consistency_of(path)
        if level is not None and "x-consistency" not in operation:
            operation["x-consistency"] = level
            operation["description"] = f"{operation.get('description', '')}\n\n*{MEANING[level]}*".strip()


def consistency_of(path: str) -> Consistency | None:
    """What the operations of a path promise; None for paths that are not the feed core's."""
    return next((level for pattern, level in _RULES if re.fullmatch(pattern, path)), None)


def _operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, verbs in schema["paths"].items():
        for operation in verbs.values():
            yield path, operation
