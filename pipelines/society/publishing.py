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
    ring = _ring_posts(society, authors, now)
    new = [
        _post(society, rng, int(author), int(topic), bool(video), now, ring[at])
        for at, (author, topic, video) in enumerate(zip(authors, topics, is_video, strict=True))
    ]
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


def _ring_posts(society: Society, authors: Ints, now: int) -> list[str]:
    """The pushed tag of each author who is in an active ring, else ""."""
    tags = [""] * len(authors)
    for ring in society.planted.rings:
        if ring.start <= now < ring.end:
            member: Flags = np.isin(authors, ring.members)
            for at in np.flatnonzero(member):
                tags[at] = ring.tag
    return tags


def _post(
    society: Society, rng: np.random.Generator, author: int, topic: int, video: bool, now: int, pushed: str
) -> NewPost:
    words = society.tags[topic]
    tags = list(dict.fromkeys(words[rank] for rank in _zipf(rng, len(words), int(rng.integers(1, 5)))))
    if rng.random() < 0.3:
        tags.append(GENERAL_TAGS[_zipf(rng, len(GENERAL_TAGS), 1)[0]])
    for burst in society.planted.bursts:
        if burst.topic == topic and burst.start <= now < burst.end and rng.random() < _BURST_USE:
            tags.append(burst.tag)
    if pushed:
        tags.append(pushed)
    line = _LINES[int(rng.integers(len(_LINES)))].format(tag=tags[0])
    duration = int(rng.integers(5_000, 90_000)) if video else 0
    media = MediaRef(
        url=f"media/{author}/{now}.{'mp4' if video else 'jpg'}",
        media_type="video" if video else "photo",
        width=1080,
        height=1350,
        duration_ms=duration,
    )
    place = PLACES[society.people.place[author]].name if rng.random() < 0.5 else ""
    return NewPost(
        author_id=int(society.user_ids[author]),
        caption=line,
        hashtags=tuple(dict.fromkeys(tags)),
        place=place,
        media=(media,),
    )


def _zipf(rng: np.random.Generator, size: int, count: int) -> list[int]:
    """Ranks from 0, P(rank) ∝ 1 / (rank + 1)^1.1."""
    weights = 1 / np.arange(1, size + 1) ** _ZIPF
    return [int(rank) for rank in rng.choice(size, count, p=weights / weights.sum())]
