"""Counts follow the log: repeats, old records and any order lead to the same counts."""

import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from feed_core.adapters.cassandra.comments import CassandraComments
from feed_core.adapters.cassandra.counters import CassandraPostCounters
from feed_core.adapters.cassandra.posts import CassandraPosts
from feed_core.adapters.cassandra.reactions import CassandraReactions
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.model.events import CommentEvent, Event
from feed_core.model.posts import Comment, Post, PostCounts
from feed_core.ports.event_log import LogRecord
from feed_core.ports.reactions import Reaction
from feed_core.services.repair import RepairService
from feed_core.workers.counters import Counters

_numbers = count(1)


def acted(user: int, post: int, action: Any) -> LogRecord:
    event = Event(
        event_id=next(_numbers),
        occurred_at=1,
        arrived_at=1,
        user_id=user,
        post_id=post,
        author_id=9,
        action=action,
    )
    return LogRecord(0, user, msgspec.msgpack.encode(event))


def about_comment(user: int, comment: int, action: Any, post: int = 5) -> LogRecord:
    event = CommentEvent(
        event_id=next(_numbers), occurred_at=1, user_id=user, post_id=post, comment_id=comment, action=action
    )
    return LogRecord(0, user, msgspec.msgpack.encode(event))


def comment(id_: int, parent_id: int = 0, deleted: bool = False) -> Comment:
    return Comment(
        comment_id=id_, post_id=5, user_id=1, text="t", parent_id=parent_id, created_at=1, deleted=deleted
    )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "people.sqlite")
    yield database
    database.close()


@pytest.fixture
def worker(cassandra: CassandraSession) -> Counters:
    return Counters(CassandraPostCounters(cassandra), CassandraComments(cassandra))


def test_likes_saves_and_shares_are_counted_once_a_person(
    worker: Counters, cassandra: CassandraSession
) -> None:
    reactions, posts = CassandraReactions(cassandra), CassandraPosts(cassandra)
    reactions.add("like", [Reaction(user, 5, 1) for user in (1, 2, 3)])
    reactions.add("save", [Reaction(1, 5, 1), Reaction(1, 6, 1)])
    reactions.add("share", [Reaction(2, 6, 1)])
    reactions.remove("like", [(3, 5)])
    records = [
        *(acted(user, 5, "like") for user in (1, 2, 3, 2)), acted(3, 5, "unlike"), acted(1, 5, "save"),
        acted(1, 6, "save"), acted(2, 6, "share"), acted(2, 6, "share"), acted(4, 7, "dwell"),
    ]  # fmt: skip
    for seed in range(3):
        random.Random(seed).shuffle(records)
        worker.on_engagement(records[:4])
        worker.on_engagement(records)
        assert posts.counts_many([5, 6, 7]) == {
            5: PostCounts(likes=2, saves=1),
            6: PostCounts(saves=1, shares=1),
        }


def test_comments_answers_and_their_likes_are_counted(worker: Counters, cassandra: CassandraSession) -> None:
    comments, posts = CassandraComments(cassandra), CassandraPosts(cassandra)
    comments.put([comment(50), comment(51, 50), comment(52, 50)])
    CassandraReactions(cassandra).add("comment_like", [Reaction(7, 50, 1), Reaction(8, 51, 1)])
    written = [about_comment(1, id_, "comment") for id_ in (50, 51, 52)]
    liked = [about_comment(7, 50, "like"), about_comment(8, 51, "like")]
    worker.on_comments([*written, *liked, *written])
    assert posts.counts_many([5, 50, 51]) == {
        5: PostCounts(comments=3),
        50: PostCounts(likes=1, comments=2),
        51: PostCounts(likes=1),
    }
    comments.put([comment(52, 50, deleted=True)])
    worker.on_comments([about_comment(1, 52, "delete"), *written])
    assert posts.counts_many([5, 50]) == {5: PostCounts(comments=2), 50: PostCounts(likes=1, comments=1)}


def test_the_repair_recounts_the_same_way(
    worker: Counters, cassandra: CassandraSession, database: Database
) -> None:
    posts, reactions = CassandraPosts(cassandra), CassandraReactions(cassandra)
    repair = RepairService(
        SqliteAccounts(database), SqliteGraph(database), posts, reactions, worker.comments, database,
        worker.counters,
    )  # fmt: skip
    post = Post(
        post_id=5,
        author_id=9,
        caption="",
        hashtags=(),
        mentions=(),
        place="",
        media=(),
        created_at=1,
        updated_at=1,
    )
    posts.put([post])
    reactions.add("like", [Reaction(1, 5, 1), Reaction(2, 5, 1)])
    worker.comments.put([comment(50), comment(51, 50)])
    assert repair.recount_all() == 2
    assert posts.counts_many([5, 50]) == {5: PostCounts(likes=2, comments=2), 50: PostCounts(comments=1)}
    posts.add_to_counts({5: PostCounts(likes=5), 50: PostCounts(likes=-1)})
    assert repair.recount_all() == 2
    assert repair.recount_all() == 0
    reactions.remove("like", [(1, 5)])
    worker.on_engagement([acted(1, 5, "unlike")])
    assert posts.counts_many([5]) == {5: PostCounts(likes=1, comments=2)}
    assert repair.recount_all() == 0
