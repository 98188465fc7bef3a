"""Every stored view. The windowed ones are counted from events; the others come from jobs and posts."""

from features.definitions.discovery import DISCOVERY_VIEWS
from features.definitions.view import Count, Field, Ids, Scalar, Tags, Vector, View
from features.definitions.windows import FOUR_WEEKS, ONE_DAY, ONE_WEEK

FACTOR_SIZE = 32
_SUFFIX = {ONE_DAY: "1d", ONE_WEEK: "7d", FOUR_WEEKS: "28d"}
_PLURAL = {
    "impression": "impressions", "like": "likes", "comment": "comments", "share": "shares",
    "save": "saves", "hide": "hides", "report": "reports", "follow": "follows", "dwell": "dwells",
}  # fmt: skip


def _counts(window_ms: int, *actions: str) -> tuple[Field, ...]:
    return tuple(Count(f"{_PLURAL[a]}_{_SUFFIX[window_ms]}", (a,), window_ms) for a in actions)


def _dwell_ms(window_ms: int) -> Field:
    return Count(f"dwell_ms_{_SUFFIX[window_ms]}", ("dwell",), window_ms, "value")


USER_ACTIVITY = View(
    "user_activity",
    ("user",),
    (
        *_counts(ONE_WEEK, "impression", "like", "comment", "share", "save", "hide", "follow", "dwell"),
        _dwell_ms(ONE_WEEK),
    ),
    description="What a person did in the last week.",
)
AUTHOR_STATS = View(
    "author_stats",
    ("author",),
    (
        *_counts(
            ONE_WEEK, "impression", "like", "comment", "share", "save", "hide", "report", "follow", "dwell"
        ),
        _dwell_ms(ONE_WEEK),
        *_counts(FOUR_WEEKS, "share"),
    ),
    description="What happened to an author's posts.",
)
POST_STATS = View(
    "post_stats",
    ("post",),
    (
        *_counts(ONE_DAY, "impression", "like", "share"),
        *_counts(ONE_WEEK, "impression", "like", "comment", "share", "save", "hide", "report", "dwell"),
        _dwell_ms(ONE_WEEK),
        *_counts(FOUR_WEEKS, "share"),
    ),
    description="What happened to a post.",
)
USER_AUTHOR = View(
    "user_author",
    ("user", "author"),
    (
        *_counts(ONE_DAY, "impression"),
        *_counts(FOUR_WEEKS, "impression", "like", "comment", "share", "save", "hide", "dwell"),
        _dwell_ms(FOUR_WEEKS),
    ),
    description="What a person did with an author's posts.",
)
USER_TAGS = View(
    "user_tags",
    ("user",),
    (Tags("tags", weights="weights"),),
    description="A person's hashtags by weight, from own engagement and from neighbours.",
)
USER_FACTORS = View(
    "user_factors", ("user",), (Vector("factor", FACTOR_SIZE),), description="Taste from factorisation."
)
POST_FACTORS = View(
    "post_factors", ("post",), (Vector("factor", FACTOR_SIZE),), description="A post in the same space."
)
USER_CANDIDATES = View(
    "user_candidates",
    ("user",),
    (Ids("post_ids", weights="scores"),),
    description="Posts that collaborative filtering found for a person. A source of candidates, no feature.",
)
POST_CONTENT = View(
    "post_content",
    ("post",),
    (
        Tags("hashtags"),
        Scalar("is_video"),
        Scalar("media_count"),
        Scalar("caption_length"),
        Scalar("mention_count"),
        Scalar("created_day"),
        Scalar("created_second"),
    ),
    description="What a post is. Its time is split into UTC day since 1970 and second of the day: "
    "float32 holds both exactly.",
)

WINDOWED: tuple[View, ...] = (USER_ACTIVITY, AUTHOR_STATS, POST_STATS, USER_AUTHOR)
"""Views whose rows are counted from events, by Spark and by the stream alike."""

VIEWS: tuple[View, ...] = (
    *WINDOWED, USER_TAGS, USER_FACTORS, POST_FACTORS, USER_CANDIDATES, POST_CONTENT, *DISCOVERY_VIEWS,
)  # fmt: skip
VIEW_BY_NAME: dict[str, View] = {view.name: view for view in VIEWS}
MAX_WINDOW_MS = max(count.window_ms for view in WINDOWED for count in view.counts)
