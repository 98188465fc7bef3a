"""Looks at the records that consumers could not take, and gives them to their consumer again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from feed_core.model.dead_letters import DeadLetter
from feed_core.ports.event_log import EventLog, Offsets, after, between
from feed_core.workers.consumer import PASSING, Consumer

_GROUP = "replay"
_AT_ONCE = 500
_decode = msgspec.msgpack.Decoder(DeadLetter).decode
_encode = msgspec.msgpack.Encoder().encode


class Replayed(NamedTuple):
    """How many letters took effect now, failed again, and were left as they are."""

    done: int
    failed: int
    left: int


@dataclass(frozen=True)
class DeadLetters:
    """The topic ``dead``, from where the last replay ended."""

    events: EventLog
    consumers: Sequence[Consumer]

    def waiting(self, group: str = "", topic: str = "") -> Iterator[DeadLetter]:
        """The letters of ``group`` and ``topic`` ("" for all), in the order they died within a user."""
        for letters, _ in self._batches():
            yield from (letter for letter in letters if _chosen(letter, group, topic))

    def replay(self, group: str = "", topic: str = "") -> Replayed:
        """Give the chosen letters to their consumer, and to no other.

        One that fails again is kept, with the new reason; so is one whose group has no consumer here.
        Run it again after whatever happened: a letter may then be handled twice.
        """
        total = Replayed(0, 0, 0)
        for letters, behind in self._batches():
            kept, counted = self._again(letters, group, topic)
            if kept:
                self.events.append("dead", [(letter.key, _encode(letter)) for letter in kept])
            self.events.commit(_GROUP, "dead", behind)
            total = Replayed(*map(sum, zip(total, counted, strict=True)))
        return total

    def _batches(self) -> Iterator[tuple[list[DeadLetter], Offsets]]:
        """Letters up to the present end, with the place behind each batch."""
        offsets, end = self.events.committed(_GROUP, "dead"), self.events.end("dead")
        while waiting := between(offsets, end):
            records = self.events.read("dead", offsets, min(waiting, _AT_ONCE))
            if not records:
                return
            offsets = after(offsets, records)
            yield [_decode(record.body) for record in records], offsets

    def _again(
        self, letters: Sequence[DeadLetter], group: str, topic: str
    ) -> tuple[list[DeadLetter], tuple[int, int, int]]:
        kept: list[DeadLetter] = []
        failed = left = 0
        for letter in letters:
            consumer = self._consumer(letter) if _chosen(letter, group, topic) else None
            reason = _attempt(consumer, letter) if consumer else ""
            if consumer is None:
                kept.append(letter)
                left += 1
            elif reason:
                kept.append(msgspec.structs.replace(letter, reason=reason))
                failed += 1
        return kept, (len(letters) - failed - left, failed, left)

    def _consumer(self, letter: DeadLetter) -> Consumer | None:
        mine = (c for c in self.consumers if (c.group, c.topic) == (letter.group, letter.topic))
        return next(mine, None)


def _attempt(consumer: Consumer, letter: DeadLetter) -> str:
    """Why it failed, "" when it did not."""
    try:
        consumer.retry(letter)
    except PASSING:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _chosen(letter: DeadLetter, group: str, topic: str) -> bool:
    return group in ("", letter.group) and topic in ("", letter.topic)
