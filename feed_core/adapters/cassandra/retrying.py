"""What happens to a request that a node could not answer: once more, on the next node."""

from typing import Any

from cassandra.policies import RetryPolicy, WriteType

_Answer = tuple[int, int | None]


class NextHostOnce(RetryPolicy):  # type: ignore[misc]
    """Safe, because every statement but the light-weight transactions may be repeated."""

    def on_read_timeout(self, query: Any, *, retry_num: int, **_: Any) -> _Answer:
        return _once(query, retry_num)

    def on_write_timeout(self, query: Any, *, write_type: int, retry_num: int, **_: Any) -> _Answer:
        return (self.RETHROW, None) if write_type == WriteType.CAS else _once(query, retry_num)

    def on_request_error(self, query: Any, *_: Any, retry_num: int, **__: Any) -> _Answer:
        return _once(query, retry_num)


def _once(query: Any, retry_num: int) -> _Answer:
    if retry_num == 0 and query.is_idempotent:
        return RetryPolicy.RETRY_NEXT_HOST, None
    return RetryPolicy.RETHROW, None
