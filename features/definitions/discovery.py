"""What a person may not have met yet: what speaks for a post to a person, out of everybody's engagement.

The discovery job writes these rows as of a moment; a model for homes without impressions learns from them.
"""

from features.definitions.feature import Column, Feature, Group
from features.definitions.view import Ids, Scalar, View

_PAIR: dict[str, str] = {
    "social_factors": "taste, with friends and hashtags",
    "social_factors_1": "taste, with friends and all hashtags",
    "social_factors_2": "taste, mostly of friends",
    "social_factors_3": "taste, with friends and your hashtags",
    "people_like_you": "people who chose what you chose",
    "people_like_you_year": "people like you, this year",
    "people_like_you_lately": "people like you, lately",
    "co_engaged": "goes with what you chose",
    "co_engaged_lately": "goes with what you chose lately",
    "walk_of_three": "three steps from you",
    "friends": "friends who chose it",
    "friends_lately": "friends who chose it lately",
    "friends_choosy": "choosy friends who chose it",
    "friends_newest": "how lately a friend chose it",
    "friends_of_friends": "your friends' circles",
    "friend_walk": "people around you",
    "friend_walk_lately": "people around you, lately",
    "friend_walk_choosy": "choosy people around you",
    "tags": "your hashtags",
    "tags_lately": "your hashtags, lately",
    "friends_tags": "your friends' hashtags",
}
_POST: dict[str, str] = {
    "popular_30d": "popular this month",
    "popular_90d": "popular this quarter",
    "popular_180d": "popular this half-year",
    "popular_365d": "popular this year",
    "popular": "popular ever",
    "popular_month_before": "popular the month before",
    "growth_quarter": "growth this quarter",
    "growth_year": "growth this year",
    "age": "days since it was first chosen",
    "quiet": "days since it was last chosen",
    "engagers_activity": "how active those are who chose it",
    "tags": "hashtags that it was given",
}
_PERSON: dict[str, str] = {
    "engaged_30d": "what you chose this month",
    "engaged_90d": "what you chose this quarter",
    "engaged_365d": "what you chose this year",
    "engaged": "what you chose ever",
    "days": "days on which you chose something",
    "first": "days since you first chose something",
    "last": "days since you last chose something",
    "mainstream": "how popular what you choose is",
    "follows": "people you follow",
    "friends_engaged": "what your friends chose",
    "friends_active": "friends who were active lately",
}


def _scalars(fields: dict[str, str]) -> tuple[Scalar, ...]:
    return tuple(Scalar(name) for name in fields)


USER_POST = View(
    "user_post", ("user", "post"), _scalars(_PAIR), description="What speaks for a post to a person."
)
POST_STANDING = View(
    "post_standing", ("post",), _scalars(_POST), description="How many chose a post, when, and who."
)
USER_HABITS = View(
    "user_habits", ("user",), _scalars(_PERSON), description="How much a person chooses, and friends do."
)
USER_DISCOVERIES = View(
    "user_discoveries",
    ("user",),
    (Ids("post_ids", weights="scores"),),
    description="Posts that a person may like to discover, best first. A source of candidates, no feature.",
)
DISCOVERY_VIEWS: tuple[View, ...] = (USER_POST, POST_STANDING, USER_HABITS, USER_DISCOVERIES)


def _features(view: View, group: Group, prefix: str, fields: dict[str, str]) -> tuple[Feature, ...]:
    return tuple(
        Feature(f"{prefix}_{name}", Column(f"{view.name}.{name}"), group, label)
        for name, label in fields.items()
    )


DISCOVERY_FEATURES: tuple[Feature, ...] = (
    *_features(USER_POST, "user_post", "match", _PAIR),
    *_features(POST_STANDING, "post", "standing", _POST),
    *_features(USER_HABITS, "user", "habit", _PERSON),
)
