"""Edits of two regions in every order: nothing is lost but what somebody replaced knowingly."""

from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.conflicts.siblings import Row, Sibling, edited, held, latest, merged

REGIONS = ("eu", "us", "ap")
FIELDS = ("language", "words")
NAMED = {region: region for region in REGIONS}
names = st.fixed_dictionaries({region: st.sampled_from(["one", "two"]) for region in REGIONS})
"""What each region calls itself: of three at least two by one name."""
steps = st.lists(
    st.tuples(st.sampled_from(REGIONS), st.sampled_from([*REGIONS, *FIELDS]), st.integers(0, 5)), max_size=25
)


def played(history: list[tuple[str, str, int]], called: dict[str, str] = NAMED) -> dict[str, Row]:
    """Each region's row after a history of edits (a field) and merges (another region), clocks askew."""
    rows = dict.fromkeys(REGIONS, Row())
    for number, (region, what, at) in enumerate(history):
        if what in REGIONS:
            rows[region] = merged(rows[region], rows[what])
        else:
            rows[region] = edited(rows[region], called[region], at, {what: b"%d" % number})
    return rows


@given(steps, st.just(NAMED) | names)
@settings(max_examples=300, deadline=None)
def test_merging_is_commutative_associative_and_idempotent(
    history: list[tuple[str, str, int]], called: dict[str, str]
) -> None:
    a, b, c = played(history, called).values()
    assert merged(a, b) == merged(b, a)
    assert merged(merged(a, b), c) == merged(a, merged(b, c))
    assert merged(a, a) == a
    assert merged(merged(a, b), b) == merged(a, b)


@given(steps)
@settings(max_examples=300, deadline=None)
def test_an_edit_is_lost_only_to_one_that_saw_it(history: list[tuple[str, str, int]]) -> None:
    """The oracle keeps, per region, every edit it knows of and which edits each of them had seen."""
    known: dict[str, set[int]] = {region: set() for region in REGIONS}
    seen: dict[int, set[int]] = {}
    field: dict[int, str] = {}
    for number, (region, what, _) in enumerate(history):
        if what in REGIONS:
            known[region] |= known[what]
        else:
            seen[number], field[number] = set(known[region]), what
            known[region].add(number)
    everything = set(seen)
    rows = played(history)
    together = merged(merged(rows["eu"], rows["us"]), rows["ap"])
    for name in FIELDS:
        edits = {number for number in everything if field[number] == name}
        alive = {n for n in edits if not any(n in seen[other] for other in edits if other != n)}
        assert {int(one.value) for one in together.fields.get(name, ())} == alive
    assert together.last == {}


@given(steps, names)
@settings(max_examples=300, deadline=None)
def test_regions_of_one_name_keep_the_latest_edit_of_every_field(
    history: list[tuple[str, str, int]], called: dict[str, str]
) -> None:
    known: list[tuple[str, Sibling]] = []
    for end in range(len(history)):
        region, what, _ = history[end]
        if what in FIELDS:
            known.append((what, played(history[: end + 1], called)[region].fields[what][0]))
    a, b, c = played(history, called).values()
    together = merged(merged(a, b), c)
    for name in FIELDS:
        edits = [sibling for field, sibling in known if field == name]
        assert bool(held(together, name)) == bool(edits)
        if edits:
            assert latest(held(together, name)) == latest(tuple(edits))


def test_two_values_of_one_dot_both_stay_until_someone_who_saw_both_edits() -> None:
    a, b = edited(Row(), "one", 7, {"words": b"x"}), edited(Row(), "one", 9, {"words": b"y"})
    together = merged(a, b)
    assert {s.value for s in held(together, "words")} == {b"x", b"y"}
    again = edited(together, "one", 3, {"words": b"z"})
    assert [s.value for s in held(merged(merged(a, again), b), "words")] == [b"z"]


def test_edits_of_two_fields_under_one_dot_both_stay() -> None:
    a, b = edited(Row(), "one", 7, {"words": b"x"}), edited(Row(), "one", 9, {"language": b"de"})
    together = merged(a, b)
    assert [latest(held(together, name)) for name in ("words", "language")] == [b"x", b"de"]


def test_a_clock_that_is_behind_does_not_bring_an_old_value_back() -> None:
    first = edited(Row(), "eu", 1_000, {"language": b"de"})
    second = edited(merged(Row(), first), "us", 5, {"language": b"fr"})
    assert latest(merged(first, second).fields["language"]) == b"fr"


def test_of_edits_side_by_side_every_region_picks_the_same() -> None:
    a, b = edited(Row(), "eu", 7, {"language": b"de"}), edited(Row(), "us", 7, {"language": b"fr"})
    assert latest(merged(a, b).fields["language"]) == latest(merged(b, a).fields["language"]) == b"fr"
