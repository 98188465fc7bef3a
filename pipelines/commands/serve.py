"""``loupe serve``: the API and the console over a home folder."""

from typing import Annotated

import typer

from pipelines.commands.options import DEFAULT_HOME, Home
from pipelines.progress import console

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1.")]


def serve(home: Home = DEFAULT_HOME, port: Port = 8000) -> None:
    """Serve the feed API, the ranking and the console of a home folder, until Ctrl-C."""
    import uvicorn

    from ranking_service.app import create_app

    app = create_app(home)
    console.print(
        f"Console on [bold]http://127.0.0.1:{port}[/] · API docs on /docs · Ctrl-C ends", highlight=False
    )
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
