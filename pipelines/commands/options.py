"""Options that several subcommands share, said once."""

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path,
    typer.Option(
        "--home", envvar="LOUPE_HOME", help="Folder that holds this run: stores, lake, features, models."
    ),
]
Master = Annotated[
    str,
    typer.Option(
        "--master", envvar="LOUPE_SPARK_MASTER", help="Spark master: local[*], or a cluster's address."
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Same seed, same result.")]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of", help="Use events before this time (RFC 3339); default: end of the newest day in the lake."
    ),
]

DEFAULT_HOME = Path("var/loupe")
