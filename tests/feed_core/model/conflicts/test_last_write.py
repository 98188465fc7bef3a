"""The newer version stays, and every region picks the same one."""

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.conflicts.last_write import last_write
from feed_core.model.users import User


def profile(version: int, bio: str) -> tuple[int, User]:
    return version, User(user_id=1, username="ada", full_name="", bio=bio, created_at=0, updated_at=version)


@given(st.lists(st.builds(profile, st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=4))
def test_every_order_of_writes_comes_to_the_same_profile(writes: list[tuple[int, User]]) -> None:
    outcomes = {repr(reduce(last_write, order)) for order in permutations(writes)}
    assert len(outcomes) == 1
    assert reduce(last_write, writes)[0] == max(version for version, _ in writes)
    assert last_write(writes[0], writes[0]) == writes[0]
