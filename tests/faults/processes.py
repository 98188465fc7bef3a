"""Processes of the product that a test starts, kills and starts again, by the ids that it started."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import httpx

ROOT = Path(__file__).parents[2]


class Victim(NamedTuple):
    """Something that can be killed at any moment and be brought back."""

    name: str
    kill: Callable[[], None]
    revive: Callable[[], None]


class Process:
    """``loupe`` with some arguments; ``ready`` answers, given what it said, whether it does its work."""

    def __init__(
        self, arguments: list[str], env: Mapping[str, str], log: Path, ready: Callable[[bytes], bool]
    ) -> None:
        self._command = [sys.executable, "-m", "pipelines.cli", *arguments]
        self._env, self._log, self._ready = {**os.environ, **env}, log, ready
        self._running: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 300.0) -> None:
        """Start it and wait until it is ready; raises ``RuntimeError`` with its last words."""
        with self._log.open("ab") as log:
            begin = log.tell()
            self._running = subprocess.Popen(
                self._command, cwd=ROOT, env=self._env, stdout=log, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + seconds
        while not self._ready(self._log.read_bytes()[begin:]):
            if self._running.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self._command} is not ready: {self._log.read_text()[-3_000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: no time to put anything in order."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL to whoever does not listen."""
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(sign)
            try:
                self._running.wait(20)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()


def api(home: Path, env: Mapping[str, str], port: int) -> Process:
    """``loupe serve`` on ``port``; ready when it answers ``/healthz``."""
    url = f"http://127.0.0.1:{port}/healthz"

    def ready(_: bytes) -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    arguments = ["serve", "--home", str(home), "--port", str(port), "--now", "system"]
    return Process(arguments, env, home / f"api-{port}.log", ready)


def said(word: str) -> Callable[[bytes], bool]:
    """Whether a process has said this."""
    return lambda words: word.encode() in words


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
