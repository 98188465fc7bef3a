"""What happens to a request that a node could not answer: once more, from the same node when its
replicas were late, from the next when it is gone itself.
"""

from typing import Any

from cassandra.policies import RetryPolicy, WriteType

_Answer = tuple[int, int | None]


class OnceMore(RetryPolicy):  # type: ignore[misc]
    """Safe, because every statement but the light-weight transactions may be repeated."""

    def on_read_timeout(self, query: Any, *, retry_num: int, **_: Any) -> _Answer:
        return _once(self.RETRY, query, retry_num)

    def on_write_timeout(self, query: Any, *, write_type: int, retry_num: int, **_: Any) -> _Answer:
        return (self.RETHROW, None) if write_type == WriteType.CAS else _once(self.RETRY, query, retry_num)

    def on_request_error(self, query: Any, *_: Any, retry_num: int, **__: Any) -> _Answer:
        return _once(self.RETRY_NEXT_HOST, query, retry_num)


def _once(how: int, query: Any, retry_num: int) -> _Answer:
    return (how if retry_num == 0 and query.is_idempotent else RetryPolicy.RETHROW), None
