"""Writes small lakes with the documented columns: what was shown, what people did, who follows whom."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.definitions import FEATURES, definitions_hash
from feed_core.model.clock import DAY, HOUR, day_of

START = 1_780_012_800_000 // DAY * DAY
"""The midnight at which every lake of these tests begins."""
_I64, _F64, _TEXT = pa.int64(), pa.float64(), pa.string()
EVENTS = pa.schema({
    "event_id": _I64, "occurred_at": _I64, "arrived_at": _I64, "user_id": _I64, "post_id": _I64,
    "author_id": _I64, "action": _TEXT, "surface": _TEXT, "position": _I64, "decision_id": _I64,
    "value": _F64,
})  # fmt: skip
POSTS = pa.schema({
    "post_id": _I64, "author_id": _I64, "caption": _TEXT, "hashtags": pa.list_(_TEXT),
    "mentions": pa.list_(_I64), "place": _TEXT, "media_type": _TEXT, "media_count": pa.int32(),
    "created_at": _I64, "updated_at": _I64, "deleted": pa.bool_(),
})  # fmt: skip
DECISIONS = pa.schema({
    "decision_id": _I64, "occurred_at": _I64, "user_id": _I64, "surface": _TEXT, "served_by": _TEXT,
    "model_version": _TEXT, "definitions_hash": _TEXT, "post_ids": pa.list_(_I64),
    "author_ids": pa.list_(_I64), "positions": pa.list_(_I64), "sources": pa.list_(_TEXT),
    "scores": pa.list_(_F64), "propensities": pa.list_(_F64), "features": pa.binary(),
})  # fmt: skip
_TABLES = {
    "events": (EVENTS, "occurred_at"),
    "posts": (POSTS, "created_at"),
    "decisions": (DECISIONS, "occurred_at"),
}


@dataclass
class Lake:
    """Collects rows, then writes them by day."""

    home: Path
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in _TABLES})

    def event(self, action: str, user: int, post: int, at: int, **more: Any) -> None:
        """An event ``at`` ms after ``START``; the author of post p is 1000 + p unless said."""
        row = {
            "event_id": len(self.rows["events"]) + 1, "occurred_at": START + at, "arrived_at": START + at,
            "user_id": user, "post_id": post, "author_id": 1_000 + post, "action": action,
            "surface": "timeline", "position": -1, "decision_id": 0, "value": 0.0,
        }  # fmt: skip
        self.rows["events"].append(row | more)

    def post(self, post: int, at: int = 0) -> None:
        self.rows["posts"].append({
            "post_id": post, "author_id": 1_000 + post, "caption": "", "hashtags": [], "mentions": [],
            "place": "", "media_type": "photo", "media_count": 1, "created_at": START + at,
            "updated_at": START + at, "deleted": False,
        })  # fmt: skip

    def decision(
        self, decision: int, user: int, posts: list[int], at: int, *,
        features: Any = None, source: str = "in_network", hash_: str | None = None,
    ) -> None:  # fmt: skip
        """A decision with an impression a post; ``features`` (len(posts), F) were logged, or none."""
        content = b"" if features is None else np.asarray(features, np.float32).tobytes()
        places = list(range(len(posts)))
        self.rows["decisions"].append({
            "decision_id": decision, "occurred_at": START + at, "user_id": user, "surface": "timeline",
            "served_by": "full", "model_version": "1", "definitions_hash": hash_ or definitions_hash(),
            "post_ids": posts, "author_ids": [1_000 + post for post in posts], "positions": places,
            "sources": [source] * len(posts), "scores": [], "propensities": [], "features": content,
        })  # fmt: skip
        for place, post in enumerate(posts):
            self.event("impression", user, post, at, position=place, decision_id=decision)

    def write(self) -> Path:
        """Parquet by day under home/lake; returns the home."""
        for table, (schema, time) in _TABLES.items():
            by_day: dict[str, list[dict[str, Any]]] = {}
            for row in self.rows[table]:
                by_day.setdefault(day_of(row[time]), []).append(row)
            for day, rows in by_day.items():
                folder = self.home / "lake" / table / f"day={day}"
                folder.mkdir(parents=True, exist_ok=True)
                pq.write_table(
                    pa.Table.from_pylist(rows, schema=schema), folder / f"part-{table}-0-9.parquet"
                )
        return self.home


def planted_lake(
    home: Path,
    *,
    days: int = 6,
    decisions: int = 500,
    strength: float = 1.5,
    seed: int = 0,
    logged: bool = True,
) -> Path:
    """People who like what their logged ``cf_score`` says; ``strength`` 0 makes outcomes pure chance."""
    rng, lake, names = np.random.default_rng(seed), Lake(home), [feature.name for feature in FEATURES]
    taste = names.index("cf_score")
    for post in range(1, 201):
        lake.post(post, int(rng.integers(0, HOUR)))
    for number in range(decisions):
        at, user = HOUR + number * (days * DAY - 2 * HOUR) // decisions, int(rng.integers(1, 60))
        posts = rng.choice(200, 10, replace=False) + 1
        features = rng.normal(0, 1, (10, len(FEATURES))).astype(np.float32)
        lake.decision(number + 1, user, posts.tolist(), at, features=features if logged else None)
        odds = {"like": -1.0, "comment": -2.5, "share": -3.0, "hide": -3.0}
        for post, row in zip(posts.tolist(), features, strict=True):
            for action, base in odds.items():
                sign = -1 if action == "hide" else 1
                if rng.random() < 1 / (1 + np.exp(-base - sign * strength * row[taste])):
                    lake.event(action, user, post, at + 5_000, decision_id=number + 1)
            lake.event(
                "dwell", user, post, at + 9_000, value=float(rng.lognormal(8 + strength * row[taste] / 3))
            )
    return lake.write()
