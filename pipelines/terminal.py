"""What the log says in the terminal, besides the commands' own words: warnings and worse, a line each."""

from collections.abc import MutableMapping
from typing import Any

import structlog
from rich.markup import escape

from pipelines.progress import errors


def quiet_terminal() -> None:
    """Log what needs attention alone, in words.

    A service logs everything: ``loupe serve`` calls ``structlog.reset_defaults`` before it starts one.
    """
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info, _words],
        wrapper_class=structlog.make_filtering_bound_logger("warning"),
        logger_factory=lambda *_: _Terminal(),
        cache_logger_on_first_use=False,
    )


class _Terminal:
    """Prints through the console of errors, so that a line does not tear a progress bar."""

    def msg(self, line: str) -> None:
        errors.print(line, highlight=False)

    warning = error = critical = msg


def _words(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """``Warning: what happened (name=value, …)``, and the traceback below it when there is one."""
    level, what = str(event.pop("level")).capitalize(), event.pop("event")
    traceback = event.pop("exception", "")
    values = ", ".join(f"{name}={value}" for name, value in event.items())
    colour = "yellow" if level == "Warning" else "bold red"
    line = f"[{colour}]{level}[/]: {escape(str(what))}" + (f" ({escape(values)})" if values else "")
    return f"{line}\n{escape(traceback)}" if traceback else line
