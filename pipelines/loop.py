"""The steps of the loop on one home, each a function that the command line and the demo share."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from features.bundle import read_bundle
from feed_core.model.clock import DAY, SetClock, from_rfc3339
from feed_core.model.errors import InvalidInput, NotFound
from feed_core.ports.event_log import EventLog
from feed_core.settings import Settings
from feed_core.stores import KafkaTopics, kafka_topics
from pipelines.beside import Beside
from pipelines.lake import LakeReport, lake_days, update_lake
from pipelines.profile import existing, mlflow_url, online_url, open_core, settings_of
from pipelines.progress import Report
from pipelines.society.config import SocietyConfig
from pipelines.society.play import PlayReport, play, start
from pipelines.society.reading_beside import ReadInTwo, reads_alone
from pipelines.society.serving import Seen
from pipelines.society.society import Society
from pipelines.society.truth import save_truth
from pipelines.spark.session import LOCAL, open_session
from ranking_service.scoring.compiling import compile_bundle
from training.rankers import Objective
from training.report import TrainReport

WORTH_A_PROCESS = 300
"""People whose lists take longer to read than a process that reads half of them takes to start."""


def play_society(
    home: Path, config: SocietyConfig, seed: int, progress: Report | None = None, *,
    settings: Settings | None = None,
    at_midnight: Callable[[int, EventLog], object] = lambda _now, _events: None,
) -> PlayReport:  # fmt: skip
    """Play ``config.days`` of a new society into ``home``, which must not hold one; ``at_midnight`` is called
    with the time (ms) and the event log."""

    def every_hour(now: int) -> None:
        if now % DAY == 0:
            at_midnight(now, core.stores.events)

    settings = settings or settings_of("embedded")
    society, clock, seen = Society(config, seed), SetClock(config.start_ms), Seen()
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        # A play that is cut short begins anew, in whatever way it was.
        core = opened.enter_context(closing(open_core(home, settings, clock=clock, durable=False)))
        start(core, clock, society)
        serve = None
        if config.people >= WORTH_A_PROCESS:
            beside = opened.enter_context(closing(Beside(reads_alone, home, settings)))
            serve = ReadInTwo(core, seen, beside)
        report = play(
            core, clock, society, seen=seen, serve=serve, every_hour=every_hour, progress=progress
        )  # fmt: skip
        save_truth(home, society, seen)
    return report


def fill_lake(home: Path, progress: Report | None = None, *, settings: Settings | None = None) -> LakeReport:
    """Bring what is new in the event log to the lake of ``home``."""
    with closing(open_core(home, settings or settings_of("embedded"))) as core:
        return update_lake(core.stores.events, home, progress=progress)


def newest_midnight(home: Path) -> int:
    """The end (ms) of the newest day in the lake: the usual ``as_of`` of a job."""
    days = lake_days(home)
    if not days:
        raise NotFound(f"The lake in {home} is empty.", fix="Run loupe lake first.")
    return from_rfc3339(f"{days[-1]}T00:00:00+00:00") + DAY


def moment(text: str, home: Path) -> int:
    """``text`` (RFC 3339) as ms, or the newest midnight when it is empty."""
    if not text:
        return newest_midnight(home)
    try:
        return from_rfc3339(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is no time.", fix="Write it like 2026-01-19T00:00:00Z.") from error


def midnights(until: int, days: int) -> list[int]:
    """The ``days`` daily moments up to and with ``until`` (ms)."""
    return [until - back * DAY for back in range(days - 1, -1, -1)]


def write_trends(
    home: Path, *, windows_ms: Sequence[int], look_back_days: float = 7.0, master: str = LOCAL,
    progress: Report | None = None, settings: Settings | None = None, from_kafka: bool = False,
) -> Path:  # fmt: skip
    """The trends of what accounts show that are open to everybody now; returns their folder.

    With ``from_kafka`` they are straight out of Kafka, without the lake. Raises ``InvalidInput`` where
    ``settings`` have none.
    """
    from pipelines.spark import trends
    from pipelines.spark.kafka import kafka_settings

    settings = settings or settings_of("embedded")
    log = _kafka(settings) if from_kafka else None
    core = open_core(existing(home), settings)
    try:
        spark = open_session(home, master=master, extra=kafka_settings() if log else None)
        return trends.run(
            spark, home, closed=core.stores.accounts.closed_among, log=log, windows_ms=windows_ms,
            settings=trends.TrendSettings(look_back_days=look_back_days), progress=progress,
        )  # fmt: skip
    finally:
        core.close()


def _kafka(settings: Settings) -> KafkaTopics:
    if settings.servers is None:
        raise InvalidInput(
            "The embedded profile has no Kafka to read.", fix="Add --profile production, or read the lake."
        )
    return kafka_topics(settings.servers)


def serve_features(
    home: Path, until: int, progress: Report | None = None, *, settings: Settings | None = None
) -> dict[str, int]:
    """Publish the jobs' outputs as offline rows, register the definitions, bring the newest rows online."""
    from features.feast_store.repository import apply, materialize
    from features.offline.publish import publish

    url = online_url(settings or settings_of("embedded"))
    rows = publish(home)
    apply(home, url)
    materialize(home, until=until, progress=progress, url=url)
    return rows


def train_and_compile(
    home: Path, *, as_of: int, days: float, objective: Objective = "heads", sample: int = 300_000,
    seed: int = 0, progress: Report | None = None, settings: Settings | None = None,
) -> TrainReport:  # fmt: skip
    """Train on the ``days`` before ``as_of`` (ms), register the candidate, compile its trees."""
    from training import train

    report = train(
        home, as_of=as_of, train_days=days, objective=objective, sample=sample, seed=seed, progress=progress,
        mlflow_url=mlflow_url(settings or settings_of("embedded")),
    )  # fmt: skip
    compile_bundle(read_bundle(home / "bundles" / report.version))
    return report
