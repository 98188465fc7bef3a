"""Small histories: random ones for invariants, and one whose taste lies in circles of friends."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from scipy.sparse import csr_array

from features.definitions import FACTOR_SIZE
from feed_core.model.clock import DAY
from pipelines.discovery.collaborative import Factors
from pipelines.discovery.history import History
from pipelines.discovery.past import Past
from pipelines.spark.factorise import FactorSettings, fit_implicit
from pipelines.spark.outputs import dated_folder, publish_tables

START = 1_200_000_000_000 // DAY * DAY
PEOPLE, POSTS, DAYS = 6, 9, 40
_firsts = st.dictionaries(
    st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, POSTS - 1)), st.integers(0, DAYS), min_size=4
)
_follows = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1), st.integers(0, DAYS), st.booleans()),
    max_size=25,
)
_tags = st.dictionaries(
    st.tuples(st.integers(0, POSTS - 1), st.sampled_from(["metal", "low", "noise"])), st.integers(0, DAYS)
)


def make(
    firsts: dict[tuple[int, int], int],
    follows: Sequence[tuple[int, int, int, bool]] = (),
    tags: dict[tuple[int, str], int] | None = None,
    people: int = PEOPLE,
) -> History:
    """A history out of days; person i has id 10 + i, post j id 100 + j."""
    rows = sorted((day, person, post) for (person, post), day in firsts.items())
    graph = sorted((row for row in follows if row[0] != row[1]), key=lambda row: row[2])
    tagged = sorted((day, post, tag) for (post, tag), day in (tags or {}).items())

    def column(values: Sequence[Any], base: int = 0, scale: int = 1) -> Any:
        return base + scale * np.array(values, dtype=np.int64).reshape(-1)

    return History(
        people=column(range(people), 10),
        user=column([row[1] for row in rows], 10),
        post=column([row[2] for row in rows], 100),
        at=column([row[0] for row in rows], START, DAY),
        follower=column([row[0] for row in graph], 10),
        followee=column([row[1] for row in graph], 10),
        follow_at=column([row[2] for row in graph], START, DAY),
        follows=np.array([row[3] for row in graph], dtype=bool),
        tag_post=column([row[1] for row in tagged], 100),
        tag_at=column([row[0] for row in tagged], START, DAY),
        tag=np.array([row[2] for row in tagged], dtype=object),
    )


histories = st.builds(make, _firsts, _follows, _tags)
futures = st.tuples(histories, histories)


def spliced(past: History, future: History, cut: int) -> History:
    """``past`` before ``cut``, and ``future`` from then on, each (person, post) once, the first time."""
    known = past.at < cut
    seen = set(zip(past.user[known].tolist(), past.post[known].tolist(), strict=True))
    new = np.array(
        [
            at >= cut and (user, post) not in seen
            for user, post, at in zip(
                future.user.tolist(), future.post.tolist(), future.at.tolist(), strict=True
            )
        ],
        dtype=bool,
    )
    old_graph, new_graph = past.follow_at < cut, future.follow_at >= cut
    old_tag, new_tag = past.tag_at < cut, future.tag_at >= cut

    def both(name: str, old: Any, late: Any) -> Any:
        return np.concatenate([getattr(past, name)[old], getattr(future, name)[late]])

    return History(
        people=past.people,
        **{name: both(name, known, new) for name in ("user", "post", "at")},
        **{
            name: both(name, old_graph, new_graph)
            for name in ("follower", "followee", "follow_at", "follows")
        },
        **{name: both(name, old_tag, new_tag) for name in ("tag_post", "tag_at", "tag")},
    )


def circles(people: int = 60, days: int = 330, seed: int = 5) -> History:
    """Six circles of friends; what one of a circle finds, the others take up in the weeks after."""
    rng = np.random.default_rng(seed)
    circle = np.arange(people) % 6
    firsts: dict[tuple[int, int], int] = {}
    for post in range(420):
        home, born = int(rng.integers(6)), int(rng.integers(days))
        for person in np.flatnonzero(circle == home)[rng.permutation(people // 6)][: rng.integers(2, 8)]:
            firsts[int(person), post] = min(days, born + int(rng.integers(0, 90)))
        for person in rng.integers(people, size=2):
            firsts.setdefault((int(person), post), min(days, born + int(rng.integers(0, 90))))
    follows = [
        (int(a), int(b), 0, True)
        for a in range(people)
        for b in np.flatnonzero(circle == circle[a])
        if a != b
    ]
    tags = {(post, f"style{post % 7}"): 0 for post in range(420)}
    return make(firsts, follows, tags, people)


def a_year() -> History:
    """``circles`` for a year without the crowd of its last day: eight windows of 30 days, and two after."""
    return circles(days=360).before(START + 360 * DAY)


def tastes(past: Past) -> Factors:
    """What the engine of the cf job finds in the past; NaN for whom it knows nothing of."""
    liked = csr_array(past.engaged)
    found = fit_implicit(cast(SparkSession, None), liked, FactorSettings(size=FACTOR_SIZE, iterations=4))
    return Factors(*(np.where(rows.any(axis=1)[:, None], rows, np.float32(np.nan)) for rows in found))


def write_tastes(home: Path, past: Past) -> None:
    """``tastes`` where the cf job leaves them."""
    found = tastes(past)
    tables = {}
    for name, ids, rows in (("user", past.people, found.people), ("post", past.posts, found.posts)):
        known = ~np.isnan(rows[:, 0])
        column = pa.array(list(rows[known]), pa.list_(pa.float32()))
        tables[f"{name}_factors"] = pa.table({f"{name}_id": ids[known], "factor": column})
    publish_tables(dated_folder(home, "cf", past.cut), tables)
