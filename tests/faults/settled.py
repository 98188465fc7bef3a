"""After the faults: is everything there, once, and do the counts say so?"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import msgspec

from feed_core.model.dead_letters import DeadLetter
from feed_core.model.events import Event, Topic
from feed_core.ports.event_log import EventLog, LogRecord, after
from tests.faults.client import Client
from tests.faults.expected import Expected

TOPICS: tuple[Topic, ...] = ("engagement", "graph")
_decode = msgspec.msgpack.Decoder(Event).decode
_decode_letter = msgspec.msgpack.Decoder(DeadLetter).decode


def differences(client: Client, log: EventLog, people: Sequence[int], expected: Expected) -> list[str]:
    """What is not as it should be, in words; [] when all is."""
    return [
        *_of_people(client, people, expected),
        *_of_posts(client, expected),
        *_of_log(log, set(people), expected),
        *_dead(log, set(people)),
    ]


def eventually(check: Callable[[], list[str]], seconds: float = 60.0) -> list[str]:
    """``check`` until it finds nothing; else what it last found, for what follows the log needs a moment."""
    until = time.monotonic() + seconds
    while (found := check()) and time.monotonic() < until:
        time.sleep(1.0)
    return found


def late_differences(client: Client, people: Sequence[int], expected: Expected) -> list[str]:
    """As ``differences``, of what may lag: counts, timelines and notifications."""
    found = []
    for post, (author, _) in expected.posts.items():
        if post not in expected.deleted:
            said = client.read(f"/v1/posts/{post}/counts")
            wanted = _counts(expected, post)
            found += _unequal(f"counts of {post} by {author}", said and {k: said[k] for k in wanted}, wanted)
    for user in people:
        shown = [int(item["post"]["post_id"]) for item in client.pages(f"/v1/timeline/{user}")]
        found += _unequal(f"timeline of {user}", sorted(shown), sorted(expected.timeline(user)))
        found += _unequal(f"stats of {user}", client.read(f"/v1/users/{user}/stats"), _stats(expected, user))
        found += _of_notifications(client, user, expected)
    return found


def _stats(expected: Expected, user: int) -> dict[str, int]:
    posts = {post for post, (author, _) in expected.posts.items() if author == user}
    return {
        "followers": sum(target == user for _, target in expected.follows),
        "following": sum(source == user for source, _ in expected.follows),
        "posts": len(posts - expected.deleted),
    }


def _of_notifications(client: Client, user: int, expected: Expected) -> list[str]:
    """As far as all of them fit on one page: a group that is cut in two has no sum."""
    page = client.read(f"/v1/users/{user}/notifications?limit=100") or {"items": [], "next_cursor": ""}
    if page["next_cursor"]:
        return []
    told = {(one["kind"], int(one["post_id"])): one["others"] + 1 for one in page["items"]}
    return _unequal(f"notifications of {user}", told, expected.notifications(user))


def _counts(expected: Expected, post: int) -> dict[str, int]:
    return {
        "likes": sum(1 for _, one in expected.likes if one == post),
        "saves": sum(1 for _, one in expected.saves if one == post),
        "shares": sum(1 for _, one in expected.shares if one == post),
        "comments": len(expected.comments.get(post, ())),
    }


def _of_people(client: Client, people: Sequence[int], expected: Expected) -> list[str]:
    found = []
    following, followers = defaultdict(list), defaultdict(list)
    for source, target in expected.follows:
        following[source].append(target)
        followers[target].append(source)
    for user in people:
        for name, wanted in (("following", following[user]), ("followers", followers[user])):
            ids = [int(item["user_id"]) for item in client.pages(f"/v1/users/{user}/{name}")]
            found += _unequal(f"{name} of {user}", ids, sorted(wanted))
        posts = {
            int(item["post"]["post_id"]): item["post"]["caption"]
            for item in client.pages(f"/v1/users/{user}/posts")
        }
        said = client.read(f"/v1/users/{user}") or {}
        found += _unequal(f"bio of {user}", said.get("bio"), expected.bios.get(user, ""))
        saves = [int(item["post"]["post_id"]) for item in client.pages(f"/v1/users/{user}/saves")]
        saved = sorted(post for one, post in expected.saves if one == user)
        found += _unequal(f"saves of {user}", sorted(saves), saved)
        mine = {p: text for p, (author, text) in expected.posts.items() if author == user}
        found += _unequal(
            f"posts of {user}", posts, {p: text for p, text in mine.items() if p not in expected.deleted}
        )
    return found


def _of_posts(client: Client, expected: Expected) -> list[str]:
    found = []
    for post in expected.posts.keys() - expected.deleted:
        likers = [int(item["user_id"]) for item in client.pages(f"/v1/posts/{post}/likes")]
        found += _unequal(f"likes of {post}", likers, sorted(u for u, one in expected.likes if one == post))
        comments = sorted(
            (int(item["comment_id"]), int(item["user_id"]), item["text"])
            for item in client.pages(f"/v1/posts/{post}/comments")
        )
        wanted = sorted((id_, *by) for id_, by in expected.comments.get(post, {}).items())
        found += _unequal(f"comments of {post}", comments, wanted)
    return found


def _of_log(log: EventLog, people: set[int], expected: Expected) -> list[str]:
    """Every effective act is in the log under exactly one event id; repeats of a record do not count.

    Impressions are no acts: reading a timeline logs them.
    """
    ids: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    for topic in TOPICS:
        for record in _records(log, topic):
            event = _decode(record.body)
            other = event.author_id if topic == "graph" else event.post_id
            if event.action != "impression":
                ids[event.action, event.user_id, other].add(event.event_id)
    found = {act: len(events) for act, events in ids.items() if act[1] in people}
    wanted = {act: times for act, times in expected.events.items() if times}
    return [
        f"the event log: {act} {found.get(act, 0)} times instead of {wanted.get(act, 0)}: {ids[act]}"
        for act in sorted(found.keys() | wanted.keys())
        if found.get(act) != wanted.get(act)
    ]


def _dead(log: EventLog, people: set[int]) -> list[str]:
    """A server that is away is no reason to give a record up."""
    letters = [_decode_letter(record.body) for record in _records(log, "dead") if record.key in people]
    return [f"a dead letter of {one.group}: {one.reason}" for one in letters]


def _records(log: EventLog, topic: Topic) -> Iterator[LogRecord]:
    """All of a topic."""
    start = tuple(0 for _ in log.end(topic))
    while records := log.read(topic, start, 50_000):
        yield from records
        start = after(start, records)


def _unequal(what: str, found: object, wanted: object) -> list[str]:
    return [] if found == wanted else [f"{what}: {_short(found)} instead of {_short(wanted)}"]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 300 else f"{text[:300]}…"
