"""Whatever people do, in whatever order, counts are what a recount finds."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.model.errors import Forbidden, InvalidInput, NotFound
from feed_core.model.events import CLIENT_ACTIONS, NewEvent
from feed_core.model.posts import NewComment, NewPost

VERBS = ["follow", "unfollow", "block", "unblock", "mute", "unmute"]
WHO, WHICH = st.integers(0, 3), st.integers(0, 5)
DEEDS = st.one_of(
    st.tuples(st.sampled_from(VERBS), WHO, WHO),
    st.tuples(st.sampled_from(sorted(CLIENT_ACTIONS)), WHO, WHICH),
    st.tuples(st.sampled_from(["publish", "comment", "uncomment", "delete"]), WHO, WHICH),
)


@given(deeds=st.lists(DEEDS, max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_counts_are_what_a_recount_finds(world, deeds: list[tuple[str, int, int]]) -> None:
    posts = [world.post(author).post_id for author in world.people]
    comments: list[int] = []
    for verb, who, which in deeds:
        before = world.state()
        try:
            act(world, posts, comments, verb, world.people[who], which)
        except (Forbidden, InvalidInput, NotFound):
            assert world.state() == before
    assert world.core.repair.recount_all() == 0


def act(world, posts: list[int], comments: list[int], verb: str, who: int, which: int) -> None:
    """One deed; raises what the service raises."""
    core, post = world.core, posts[which % len(posts)]
    if verb in VERBS:
        getattr(core.graph, f"{verb}_many")([(who, world.people[which])])
    elif verb in CLIENT_ACTIONS:
        value = 5.0 if verb == "dwell" else 0.0
        core.engagement.record_many([NewEvent(user_id=who, post_id=post, action=verb, value=value)])
    elif verb == "publish":
        posts.append(core.posts.publish_many([NewPost(author_id=who)])[0].post_id)
    elif verb == "comment":
        new = NewComment(post_id=post, user_id=who, text="t")
        comments.append(core.comments.add_many([new])[0].comment_id)
    elif verb == "uncomment" and comments:
        core.comments.delete(who, comments[which % len(comments)])
    elif verb == "delete":
        core.posts.delete_many(who, [post])
