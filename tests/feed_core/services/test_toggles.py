"""Settling a batch of acts comes to the same as doing one after the other."""

from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.events import NewEvent
from feed_core.ports.reactions import Reaction
from feed_core.services.toggles import TURNS, settle, touched

NOW = 5_000
acts = st.lists(
    st.builds(
        NewEvent,
        user_id=st.integers(1, 2),
        post_id=st.integers(1, 2),
        action=st.sampled_from([*TURNS, "dwell"]),
        occurred_at=st.none() | st.integers(1, 4),
    ),
    max_size=25,
)
pairs = st.sets(st.tuples(st.integers(1, 2), st.integers(1, 2)))
presents = st.fixed_dictionaries(dict.fromkeys(("like", "save", "share"), pairs))


@given(acts, presents)
def test_the_difference_leads_from_before_to_after(events: list[NewEvent], present: dict) -> None:
    settled = settle(events, present, NOW)
    after = {kind: set(known) for kind, known in present.items()} | {"hide": set(), "report": set()}
    effective = []
    for event in events:
        kind, on = TURNS.get(event.action, ("", True))
        pair = (event.user_id, event.post_id)
        changes = bool(kind) and (pair in after[kind]) != on
        if changes:
            (after[kind].add if on else after[kind].discard)(pair)
        if changes or event.action in ("dwell", "share"):
            effective.append(event)
    assert settled.effective == effective
    for kind, known in after.items():
        before = present.get(kind, set())
        added = {(one.user_id, one.post_id) for one in settled.added.get(kind, [])}
        removed = set(settled.removed.get(kind, []))
        assert (added, removed) == (known - before, before - known)


@given(acts, presents)
def test_only_what_was_asked_for_matters(events: list[NewEvent], present: dict) -> None:
    asked = {kind: present.get(kind, set()) & some for kind, some in touched(events).items()}
    assert settle(events, asked, NOW) == settle(events, present, NOW)


def test_what_was_turned_off_and_on_again_has_the_time_of_the_last_turn() -> None:
    like, unlike = (NewEvent(user_id=1, post_id=2, action=action) for action in ("like", "unlike"))
    early = NewEvent(user_id=1, post_id=2, action="like", occurred_at=7)
    assert settle([early, unlike, like], {}, NOW).added == {"like": [Reaction(1, 2, NOW)]}
    assert settle([like, unlike, early], {}, NOW).added == {"like": [Reaction(1, 2, 7)]}
    assert settle([unlike, like], {"like": {(1, 2)}}, NOW).added == {}, "it was there and is there"
