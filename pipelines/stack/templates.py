"""Fill in a server's configuration template."""

from pathlib import Path
from string import Template

from pipelines.stack.layout import CONFIGURATION


def render(template: str, **values: object) -> str:
    """The template ``deploy/stack/<template>`` filled in; ``KeyError`` for a name that is not given."""
    text = (CONFIGURATION / template).read_text()
    return Template(text).substitute({name: str(value) for name, value in values.items()})


def write(path: Path, text: str, *, secret: bool = False) -> Path:
    """Write a configuration file, readable by its owner alone where it holds a password."""
    path.touch(mode=0o600 if secret else 0o644)
    if secret:
        path.chmod(0o600)  # one that was there keeps its mode when it is touched
    path.write_text(text)
    return path
