"""How a Java program of the stack is called."""

from pipelines.spark.java import java_home
from pipelines.stack.jars import jars
from pipelines.stack.servers import Size


def java(name: str, main: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
    """The command that runs class ``main`` from the jars of ``deploy/stack/<name>``.

    Raises ``Unavailable`` when there is no Java, and what fetching the jars raises.
    """
    return [str(java_home() / "bin" / "java"), *options, "-cp", f"{jars(name)}/*", main, *arguments]


BEHIND = ("-XX:ThreadPriorityPolicy=1", "-XX:CompilerThreadPriority=10")
"""Its compilers stand behind everybody who answers (nice 10): in the minutes after a start they would take
most of a core of two. Under root its other threads get what they ask for, as Cassandra's that answer do
(nice -5); without root they do not, and the compilers stand behind all the same."""


def tuning(size: Size) -> tuple[str, ...]:
    """How it compiles and collects: simply where it lives for a test run, because that starts sooner."""
    if size == "small":
        return ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    return ("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", *BEHIND)
