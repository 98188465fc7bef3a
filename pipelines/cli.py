"""``loupe``: one program, a subcommand per job."""

import sys

import typer

from feed_core.model.errors import LoupeError
from pipelines.commands import data, demo, events, features, models, regions, serve, spark, stack, work
from pipelines.progress import errors
from pipelines.terminal import quiet_terminal

app = typer.Typer(
    name="loupe",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Recommendation and ranking for photo and video feeds.\n\n"
    "Start with [bold]loupe demo[/]: it plays the whole loop and serves the console. "
    "Each step of the loop is also a command of its own and can be run again safely.",
)
app.command("demo")(demo.demo)
app.command("play")(data.play)
app.command("load")(data.load)
app.command("lake")(data.lake)
app.add_typer(spark.app, name="spark")
app.add_typer(features.app, name="features")
app.add_typer(stack.app, name="stack")
app.add_typer(events.app, name="events")
app.add_typer(regions.app, name="regions")
app.command("train")(models.train)
app.command("evaluate")(models.evaluate)
app.command("promote")(models.promote)
app.command("serve")(serve.serve)
app.command("work")(work.work)


def main() -> None:
    """Run the program; an error a person can cure is one line and its own exit code."""
    quiet_terminal()
    try:
        app()
    except LoupeError as error:
        errors.print(f"[bold red]Error[/]: {error.message}", highlight=False)
        if error.fix:
            errors.print(f"[bold]Fix[/]:   {error.fix}", highlight=False)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
