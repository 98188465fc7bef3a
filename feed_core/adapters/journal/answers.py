"""What a collected write answers before it is done: the same as it would, read under the owners' locks.

``known`` is what the unit's earlier operations changed; a read of the store tells the rest.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Known = dict[tuple[object, ...], bool]
Answer = Callable[[Any, Known, Mapping[str, Any]], Any]


def _added(store: Any, known: Known, given: Mapping[str, Any]) -> list[bool]:
    things = given["edges"] if "edges" in given else given["reactions"]
    return _turned(store, known, given["kind"], [thing[:2] for thing in things], on=True)


def _removed(store: Any, known: Known, given: Mapping[str, Any]) -> list[bool]:
    return _turned(store, known, given["kind"], given["pairs"], on=False)


def _turned(store: Any, known: Known, kind: str, pairs: Sequence[Any], *, on: bool) -> list[bool]:
    """Per pair, whether turning it on or off changes it, one after the other."""
    keys = [(id(store), kind, *pair) for pair in pairs]
    unknown = [tuple(pair) for pair, key in zip(pairs, keys, strict=True) if key not in known]
    there = store.present(kind, unknown) if unknown else set()
    for pair in unknown:
        known[id(store), kind, *pair] = pair in there
    return [_set(known, key, on) for key in keys]


def remember(store: Any, known: Known, owners: Collection[int], given: Mapping[str, Any], there: Any) -> None:
    """What ``present`` of reactions and edges answered about owners stays true until the unit changes it."""
    for pair in given["pairs"]:
        if pair[0] in owners:
            known.setdefault((id(store), given["kind"], *pair), tuple(pair) in there)


def _logged(store: Any, known: Known, given: Mapping[str, Any]) -> list[bool]:
    ids = given["decision_ids"]
    unknown = [id_ for id_ in ids if (id(store), id_) not in known]
    there = store.logged(unknown) if unknown else set()
    for id_ in unknown:
        known[id(store), id_] = id_ in there
    return [_set(known, (id(store), id_), True) for id_ in ids]


def _viewed(store: Any, known: Known, given: Mapping[str, Any]) -> list[bool]:
    answers = []
    for view in given["views"]:
        key = (id(store), view.story_id, view.viewer_id)
        if key not in known:
            known[key] = bool(store.viewed(view.viewer_id, [view.story_id], view.at))
        answers.append(_set(known, key, True))
    return answers


def _set(known: Known, key: tuple[object, ...], on: bool) -> bool:
    changed = known[key] != on
    known[key] = on
    return changed


def _stored(_: Any, __: Known, given: Mapping[str, Any]) -> bytes:
    """Whoever puts an answer has seen under the lock that there is none."""
    answer: bytes = given["answer"]
    return answer


def _claimed_users(store: Any, _: Known, given: Mapping[str, Any]) -> None:
    store.claim(given["users"])


def _claimed_addresses(store: Any, _: Known, given: Mapping[str, Any]) -> None:
    store.claim(given["credentials"])


ANSWERS: Mapping[tuple[str, str], Answer] = {
    ("accounts", "add"): _claimed_users,
    ("credentials", "put"): _claimed_addresses,
    ("decisions", "add"): _logged,
    ("graph", "add"): _added,
    ("graph", "remove"): _removed,
    ("idempotency", "put"): _stored,
    ("reactions", "add"): _added,
    ("reactions", "remove"): _removed,
    ("stories", "add_views"): _viewed,
}
"""Other writes answer nothing."""
REMEMBERED = frozenset({("graph", "present"), ("reactions", "present")})
"""Reads that tell what a write of the same unit will answer."""
