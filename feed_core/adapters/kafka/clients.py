"""What every client of the brokers is told."""

from collections.abc import Mapping

CLIENT: Mapping[str, str | int | float | bool] = {"reconnect.backoff.max.ms": 1_000, "log_level": 2}
"""A broker that is back is found within a second. Failures reach whoever called; librdkafka would besides
print a line a second for each of a process's two dozen clients while a broker is away."""
