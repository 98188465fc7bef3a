"""How a Java program of the stack is called."""

from pipelines.spark.java import java_home
from pipelines.stack.jars import jars


def java(name: str, main: str, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
    """The command that runs class ``main`` from the jars of ``deploy/stack/<name>``.

    Raises ``Unavailable`` when there is no Java, and what fetching the jars raises.
    """
    return [str(java_home() / "bin" / "java"), *options, "-cp", f"{jars(name)}/*", main, *arguments]
