"""Every column that a model reads, in order. The order is part of the definitions' hash."""

import msgspec

from features.definitions.feature import Age, Column, DayOfWeek, Feature, Group, HourOfDay, Rate
from features.definitions.view import View
from features.definitions.views import AUTHOR_STATS, POST_STATS, USER_ACTIVITY, USER_AUTHOR


class _Of(msgspec.Struct, frozen=True):
    """Writes features about one view; ``strength`` is the weight of its priors, in impressions."""

    view: View
    group: Group
    strength: float

    def count(self, name: str, column: str, label: str) -> Feature:
        return Feature(name, Column(f"{self.view.name}.{column}", "log1p"), self.group, label)

    def rate(self, name: str, part: str, whole: str, prior: float | str, label: str) -> Feature:
        view = self.view.name
        return Feature(
            name, Rate(f"{view}.{part}", f"{view}.{whole}", self.strength, prior), self.group, label
        )


_OF_USER = _Of(USER_ACTIVITY, "user", 50.0)
_OF_AUTHOR = _Of(AUTHOR_STATS, "author", 100.0)
_OF_POST = _Of(POST_STATS, "post", 20.0)
_OF_PAIR = _Of(USER_AUTHOR, "user_author", 10.0)

REQUEST: tuple[Feature, ...] = (
    Feature("position", Column("position"), "request", "place in the list", serving=0.0),
    Feature("hour_of_day", HourOfDay(), "request", "hour of the day (UTC)"),
    Feature("day_of_week", DayOfWeek(), "request", "day of the week"),
    Feature("source", Column("source"), "request", "where the post was found", kind="category"),
    Feature("in_network", Column("in_network"), "request", "from someone you follow"),
    Feature("follows_author", Column("follows"), "request", "you follow the author"),
)
CONTENT: tuple[Feature, ...] = (
    Feature("post_age", Age("created_at"), "post", "age of the post"),
    Feature("is_video", Column("post_content.is_video"), "post", "is a video"),
    Feature("media_count", Column("post_content.media_count"), "post", "number of media"),
    Feature("caption_length", Column("post_content.caption_length", "log1p"), "post", "caption length"),
    Feature("mention_count", Column("post_content.mention_count"), "post", "people mentioned"),
    Feature("hashtag_count", Column("hashtag_count"), "post", "number of hashtags"),
)
ABOUT_USER: tuple[Feature, ...] = (
    _OF_USER.count("user_impressions_7d", "impressions_7d", "posts you saw this week"),
    _OF_USER.rate("user_like_rate", "likes_7d", "impressions_7d", 0.08, "how often you like"),
    _OF_USER.rate("user_comment_rate", "comments_7d", "impressions_7d", 0.015, "how often you comment"),
    _OF_USER.rate("user_share_rate", "shares_7d", "impressions_7d", 0.01, "how often you share"),
    _OF_USER.rate("user_hide_rate", "hides_7d", "impressions_7d", 0.01, "how often you hide"),
    _OF_USER.rate("user_mean_dwell", "dwell_ms_7d", "dwells_7d", 4_000.0, "how long you look"),
)
ABOUT_AUTHOR: tuple[Feature, ...] = (
    _OF_AUTHOR.count("author_impressions_7d", "impressions_7d", "reach of the author"),
    _OF_AUTHOR.rate("author_like_rate", "likes_7d", "impressions_7d", 0.08, "likes of the author's posts"),
    _OF_AUTHOR.rate(
        "author_comment_rate", "comments_7d", "impressions_7d", 0.015, "comments on the author's posts"
    ),
    _OF_AUTHOR.rate("author_share_rate", "shares_7d", "impressions_7d", 0.01, "shares of the author's posts"),
    _OF_AUTHOR.rate("author_save_rate", "saves_7d", "impressions_7d", 0.01, "saves of the author's posts"),
    _OF_AUTHOR.rate("author_hide_rate", "hides_7d", "impressions_7d", 0.01, "hides of the author's posts"),
    _OF_AUTHOR.rate(
        "author_report_rate", "reports_7d", "impressions_7d", 0.001, "reports of the author's posts"
    ),
    _OF_AUTHOR.rate(
        "author_mean_dwell", "dwell_ms_7d", "dwells_7d", 4_000.0, "how long people look at the author"
    ),
    _OF_AUTHOR.count("author_new_followers_7d", "follows_7d", "new followers of the author"),
    _OF_AUTHOR.count("author_shares_28d", "shares_28d", "shares of the author this month"),
)
ABOUT_POST: tuple[Feature, ...] = (
    _OF_POST.count("post_impressions_1d", "impressions_1d", "views today"),
    _OF_POST.count("post_impressions_7d", "impressions_7d", "views this week"),
    _OF_POST.rate("post_like_rate_1d", "likes_1d", "impressions_1d", "author_like_rate", "likes today"),
    _OF_POST.rate("post_like_rate_7d", "likes_7d", "impressions_7d", "author_like_rate", "likes of the post"),
    _OF_POST.rate(
        "post_comment_rate", "comments_7d", "impressions_7d", "author_comment_rate", "comments on the post"
    ),
    _OF_POST.rate(
        "post_share_rate", "shares_7d", "impressions_7d", "author_share_rate", "shares of the post"
    ),
    _OF_POST.rate("post_save_rate", "saves_7d", "impressions_7d", "author_save_rate", "saves of the post"),
    _OF_POST.rate("post_hide_rate", "hides_7d", "impressions_7d", "author_hide_rate", "hides of the post"),
    _OF_POST.rate(
        "post_mean_dwell", "dwell_ms_7d", "dwells_7d", "author_mean_dwell", "how long people look at the post"
    ),
    _OF_POST.count("post_shares_1d", "shares_1d", "shares today"),
    _OF_POST.count("post_shares_28d", "shares_28d", "shares this month"),
)
ABOUT_PAIR: tuple[Feature, ...] = (
    _OF_PAIR.count("pair_impressions_1d", "impressions_1d", "how much of the author you saw today"),
    _OF_PAIR.count("pair_impressions_28d", "impressions_28d", "how much of the author you saw"),
    _OF_PAIR.rate(
        "pair_like_rate", "likes_28d", "impressions_28d", "author_like_rate", "you like this author"
    ),
    _OF_PAIR.rate(
        "pair_comment_rate",
        "comments_28d",
        "impressions_28d",
        "author_comment_rate",
        "you comment on this author",
    ),
    _OF_PAIR.rate(
        "pair_share_rate", "shares_28d", "impressions_28d", "author_share_rate", "you share this author"
    ),
    _OF_PAIR.rate(
        "pair_hide_rate", "hides_28d", "impressions_28d", "author_hide_rate", "you hide this author"
    ),
    _OF_PAIR.rate(
        "pair_mean_dwell",
        "dwell_ms_28d",
        "dwells_28d",
        "author_mean_dwell",
        "how long you look at this author",
    ),
    _OF_PAIR.count("pair_shares_28d", "shares_28d", "your shares of this author"),
)
MATCH: tuple[Feature, ...] = (
    Feature("tag_affinity", Column("tag_affinity"), "user_post", "matches your hashtags"),
    Feature("tag_affinity_max", Column("tag_affinity_max"), "user_post", "matches one of your top hashtags"),
    Feature("cf_score", Column("cf_score", missing=None), "user_post", "people with your taste"),
)

FEATURES: tuple[Feature, ...] = (
    *REQUEST,
    *CONTENT,
    *ABOUT_USER,
    *ABOUT_AUTHOR,
    *ABOUT_POST,
    *ABOUT_PAIR,
    *MATCH,
)
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
REQUEST_COLUMNS: tuple[str, ...] = (
    "now",
    "created_at",
    "position",
    "source",
    "in_network",
    "follows",
    "hashtag_count",
    "tag_affinity",
    "tag_affinity_max",
    "cf_score",
)
"""Columns beside the stored ``view.field`` ones that ``assemble`` reads; ``now``, ``created_at`` in ms."""
