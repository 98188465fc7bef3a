"""The servers of the production profile, up and with their tables, for a command that begins from nothing."""

from feed_core.model.errors import Unavailable
from feed_core.settings import Profile, Settings, names_servers
from pipelines.profile import settings_of
from pipelines.progress import Report, bar
from pipelines.stack.jars import fetched
from pipelines.stack.layout import Stack, default_home, make_stack
from pipelines.stack.servers import FAMILIES
from pipelines.stack.starting import bring_up
from pipelines.stack.tables import migrate


def ready_settings(profile: Profile) -> Settings:
    """As ``settings_of``; this machine's servers are started first where the variables name no others.

    Raises ``Unavailable`` when they cannot be: something has to be fetched first, or one does not come up.
    """
    if profile == "production" and not names_servers():
        _check_fetched()
        with bar("servers") as progress:
            start(make_stack(default_home()), progress)
    return settings_of(profile)


def start(stack: Stack, progress: Report) -> None:
    """Start the servers of ``stack`` that do not run and bring their tables up to date; ``progress`` is told
    (families that are up, families and the tables)."""
    up, total = list[str](), len(FAMILIES) + 1
    progress(0, total)

    def say(family: str, _seconds: float) -> None:
        up.append(family)
        progress(len(up), total)

    bring_up(stack, say=say)
    migrate(stack.home)
    progress(total, total)


def _check_fetched() -> None:
    if not fetched():
        raise Unavailable(
            "What Cassandra and Kafka run from is not on this machine yet.",
            fix="Fetch it once, which takes some minutes: loupe stack fetch (make stack brings the packages "
            "of Postgres and Redis too).",
        )
