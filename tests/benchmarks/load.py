"""Load over HTTP by wrk, a compiled client, so that the client is not what is measured.

wrk sends in a closed loop: each connection waits for its answer, so a server that stalls is asked less often
and its worst moments are told by fewer requests than in an open loop.
"""

import math
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

_SCRIPT = Path(__file__).with_name("requests.lua")


class Call(NamedTuple):
    """One request; ``body`` is JSON text without tabs or line ends, "" for none."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = {}
    body: str = ""


class Measured(msgspec.Struct, frozen=True):
    """What wrk measured; ``p50`` to ``max`` in milliseconds, ``failed`` counts statuses from 400 on too."""

    requests: int
    seconds: float
    failed: int
    p50: float
    p95: float
    p99: float
    max: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def drive(base: str, calls: Sequence[Call], *, clients: int, seconds: int, pause_ms: int = 0) -> Measured:
    """Send ``calls`` over and over from ``clients`` connections, each waiting for its answer, and then for
    ``pause_ms``.

    Raises ``RuntimeError`` with what wrk said when it measured nothing.
    """
    if shutil.which("wrk") is None:
        raise RuntimeError("wrk is missing: deploy/setup.sh test installs it.")
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.writelines(f"{_line(call)}\n" for call in calls)
        file.flush()
        threads = min(clients, 2)
        command = ["wrk", f"-t{threads}", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
        ended = subprocess.run(
            [*command, "-s", str(_SCRIPT), base, "--", file.name, str(pause_ms)],
            capture_output=True,
            text=True,
            check=False,
        )
    for line in ended.stdout.splitlines():
        if line.startswith("RESULT "):
            return _or_nothing(msgspec.json.decode(line.removeprefix("RESULT "), type=Measured))
    raise RuntimeError(f"wrk measured nothing: {ended.stdout[-500:]}{ended.stderr[-500:]}")


def _or_nothing(measured: Measured) -> Measured:
    """No percentiles, instead of zeros, where no request was answered in time."""
    none = math.nan
    return measured if measured.requests else Measured(0, measured.seconds, measured.failed, *[none] * 4)


def of_samples(seconds: Sequence[float]) -> Measured:
    """What was timed one after the other, by other means than wrk."""
    p50, p95, p99, most = (float(ms) for ms in np.percentile(np.array(seconds) * 1_000, [50, 95, 99, 100]))
    return Measured(len(seconds), sum(seconds), 0, p50, p95, p99, most)


class Bound(NamedTuple):
    """What is asked of a figure: ``of`` names it, ``least`` says whether it is a least or a most."""

    of: str
    value: float
    least: bool = False

    def __str__(self) -> str:
        unit = "a second" if self.of == "rate" else "ms"
        name = "" if self.of == "rate" else f"{self.of} "
        return f"{name}{'≥' if self.least else '≤'} {self.value:,.0f} {unit}"

    def verdict(self, measured: Measured) -> str:
        """``met`` or ``MISSED``; a figure that is none is missed."""
        figure = getattr(measured, self.of)
        return "met" if (figure >= self.value if self.least else figure <= self.value) else "MISSED"


def row(name: str, measured: Measured, bounds: Sequence[Bound] = ()) -> str:
    """A line of a table: name, p50, p95, p99 (ms), requests a second, failures, and how bounds are kept."""
    told = " · ".join(f"{bound}: {bound.verdict(measured)}" for bound in bounds)
    return (
        f"{name:44}{measured.p50:8.2f}{measured.p95:8.2f}{measured.p99:8.2f}"
        f"{measured.rate:10.0f}{measured.failed:8d}  {told}"
    ).rstrip()


HEADING = f"{'':44}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}{'per s':>10}{'failed':>8}  bounds"


def _line(call: Call) -> str:
    headers = {"Content-Type": "application/json", **call.headers} if call.body else call.headers
    return "\t".join(
        (call.method, call.path, "|".join(f"{name}={value}" for name, value in headers.items()), call.body)
    )
