"""What was planned for the whole play is found in what was played."""

from feed_core.model.clock import DAY
from tests.pipelines.society.conftest import Played


def test_a_planted_burst_shows_in_what_is_posted(played: Played) -> None:
    posts = list(played.core.posts.get_many(played.society.catalogue.post_ids.tolist()).values())
    end = played.society.config.start_ms + played.society.config.days * DAY
    bursts = [burst for burst in played.society.planted.bursts if burst.end <= end]
    assert bursts
    during = expected = 0.0
    for burst in bursts:
        uses = [p.created_at for p in posts if burst.tag in p.hashtags]
        during += sum(burst.start <= at < burst.end for at in uses)
        expected += len(uses) * (burst.end - burst.start) / (end - played.society.config.start_ms)
    assert during > 2 * expected


def test_newcomers_sign_up_when_they_are_due(played: Played) -> None:
    society = played.society
    end = society.config.start_ms + society.config.days * DAY
    late = society.is_newcomer() & (society.user_ids > 0)
    assert late.any()
    assert (society.people.joined_at[late] <= end).all()
    users = played.core.accounts.get_many(society.user_ids[late].tolist())
    assert all(user.created_at >= society.config.start_ms for user in users.values())
