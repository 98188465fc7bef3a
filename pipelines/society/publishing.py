"""What authors post in a tick: topic, quality, hashtags by Zipf's law, and what is planted."""

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.posts import MediaRef, NewPost
from pipelines.society.arrays import Flags, Floats, Ints
from pipelines.society.randomness import Purpose, stream
from pipelines.society.rhythm import activity_at, chance_in_tick
from pipelines.society.society import Society
from pipelines.society.vocabulary import GENERAL_TAGS, PLACES

_ZIPF = 1.1
_MOST_TAGS = 4
_MAIN_TOPIC = 0.85
_BURST_USE, _BURST_RATE, _RING_CHANCE = 0.7, 3.0, 0.08
_LINES = (
    "{tag} today", "Back to {tag}", "More {tag}", "Could not resist: {tag}", "First light, {tag}",
    "A little {tag} before work", "Slow {tag} day", "{tag} with friends",
    "Trying something new in {tag}", "{tag}, again",
)  # fmt: skip


def publish(core: FeedCore, society: Society, now: int, tick: int) -> int:
    """Publish the posts of the tick at ``now`` (ms), the core's time; answers how many."""
    rng = stream(society.seed, Purpose.POSTS, tick)
    authors = _authors(society, now, rng)
    if not len(authors):
        return 0
    topics = _topics(society, authors, rng)
    mix = _mixtures(society, authors, topics)
    quality = 0.6 * society.people.quality[authors] + 0.8 * rng.standard_normal(len(authors))
    is_video = rng.random(len(authors)) < society.people.video_share[authors]
    new = _compose(society, rng, authors, topics, is_video, now)
    posts = core.posts.publish_many(new)
    ids = np.array([post.post_id for post in posts])
    society.catalogue.add(ids, authors, mix, quality, is_video, now)
    return len(posts)


def _authors(society: Society, now: int, rng: np.random.Generator) -> Ints:
    people = society.people
    rates = people.posts_per_day.copy()
    for burst in society.planted.bursts:
        if burst.start <= now < burst.end:
            rates *= 1 + _BURST_RATE * people.author_topics[:, burst.topic]
    chances = chance_in_tick(rates, activity_at(now, people.utc_offset), society.config.tick_ms)
    for ring in society.planted.rings:
        if ring.start <= now < ring.end:
            chances[ring.members] = np.maximum(chances[ring.members], _RING_CHANCE)
    chances = np.where(society.user_ids > 0, chances, 0.0)
    return np.flatnonzero(rng.random(len(chances)) < chances)


def _topics(society: Society, authors: Ints, rng: np.random.Generator) -> Ints:
    edges = np.cumsum(society.people.author_topics[authors], axis=1)
    drawn = (rng.random(len(authors))[:, None] > edges).sum(axis=1)
    return np.asarray(np.minimum(drawn, society.config.topics - 1))


def _mixtures(society: Society, authors: Ints, topics: Ints) -> Floats:
    mix = (1 - _MAIN_TOPIC) * society.people.author_topics[authors]
    mix[np.arange(len(authors)), topics] += _MAIN_TOPIC
    return np.asarray(mix)


def _compose(
    society: Society, rng: np.random.Generator, authors: Ints, topics: Ints, is_video: Flags, now: int
) -> list[NewPost]:
    """The posts themselves: every draw is made for all of them at once."""
    tags = _hashtags(society, rng, authors, topics, now)
    lines = rng.integers(0, len(_LINES), len(authors)).tolist()
    durations = np.where(is_video, rng.integers(5_000, 90_000, len(authors)), 0).tolist()
    named = (rng.random(len(authors)) < 0.5).tolist()
    users, places = society.user_ids[authors].tolist(), society.people.place[authors].tolist()
    return [
        NewPost(
            author_id=users[at],
            caption=_LINES[lines[at]].format(tag=tags[at][0]),
            hashtags=tuple(dict.fromkeys(tags[at])),
            place=PLACES[places[at]].name if named[at] else "",
            media=(_media(int(author), now, durations[at]),),
        )
        for at, author in enumerate(authors)
    ]


def _media(author: int, now: int, duration_ms: int) -> MediaRef:
    video = duration_ms > 0
    return MediaRef(
        url=f"media/{author}/{now}.{'mp4' if video else 'jpg'}",
        media_type="video" if video else "photo",
        width=1080,
        height=1350,
        duration_ms=duration_ms,
    )


def _hashtags(
    society: Society, rng: np.random.Generator, authors: Ints, topics: Ints, now: int
) -> list[list[str]]:
    """One to four tags of the topic, sometimes a general one, and whatever is being planted now."""
    words = [society.tags[topic] for topic in topics.tolist()]
    ranks = _zipf(rng, society.config.tags_per_topic, (len(authors), _MOST_TAGS)).tolist()
    counts = rng.integers(1, _MOST_TAGS + 1, len(authors)).tolist()
    tags = [[own[rank] for rank in row[:n]] for own, row, n in zip(words, ranks, counts, strict=True)]
    general = _zipf(rng, len(GENERAL_TAGS), (len(authors),))
    for at in np.flatnonzero(rng.random(len(authors)) < 0.3):
        tags[at].append(GENERAL_TAGS[general[at]])
    for burst in society.planted.bursts:
        if burst.start <= now < burst.end:
            for at in np.flatnonzero((topics == burst.topic) & (rng.random(len(authors)) < _BURST_USE)):
                tags[at].append(burst.tag)
    for ring in society.planted.rings:
        if ring.start <= now < ring.end:
            for at in np.flatnonzero(np.isin(authors, ring.members)):
                tags[at].append(ring.tag)
    return tags


def _zipf(rng: np.random.Generator, size: int, shape: tuple[int, ...]) -> Ints:
    """Ranks from 0, P(rank) ∝ 1 / (rank + 1)^1.1."""
    edges: Floats = np.cumsum(1 / np.arange(1, size + 1) ** _ZIPF)
    return np.asarray(np.searchsorted(edges, rng.random(shape) * edges[-1]), np.int64)
