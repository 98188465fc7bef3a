"""Every notebook runs from top to bottom on the demo's home, and is committed without what it printed."""

import base64
from io import BytesIO
from pathlib import Path

import nbformat
import numpy as np
import pytest
from matplotlib import image
from nbclient import NotebookClient

pytestmark = pytest.mark.slow(115)

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
CELL_SECONDS = 240
HOLDS = {"01_first_look": "assert strongest['tag'] in set(planted['tag']), strongest['tag']"}
"""What must be true at a notebook's end: the hashtag that it shows was pushed in the society."""


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def pictures(cell: nbformat.NotebookNode) -> list[bytes]:
    """The PNG images that a cell showed."""
    shown = [output.get("data", {}).get("image/png") for output in cell.outputs]
    return [base64.b64decode(png) for png in shown if png]


def run(path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> nbformat.NotebookNode:
    monkeypatch.setenv("LOUPE_HOME", str(home))
    notebook = read(path)
    notebook.cells.append(nbformat.v4.new_code_cell(HOLDS.get(path.stem, "")))
    resources = {"metadata": {"path": str(path.parent)}}
    return NotebookClient(
        notebook, timeout=CELL_SECONDS, kernel_name="python3", resources=resources
    ).execute()


def test_there_is_a_notebook_to_start_with() -> None:
    assert "01_first_look.ipynb" in {path.name for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs_and_with_text(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    assert len(texts) >= len(code_cells(notebook)) / 2
    assert texts[0].source.startswith("# ")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_the_demo_and_every_plot_shows_something(
    path: Path, demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(path, demo_home, monkeypatch)
    plots = [cell for cell in code_cells(done) if "plt.show()" in cell.source]
    assert len(plots) >= 5
    for cell in plots:
        assert pictures(cell), cell.source
        for png in pictures(cell):
            pixels = image.imread(BytesIO(png), format="png")[..., :3]
            assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 10, "an empty picture"
    complaints = [
        output.text
        for cell in code_cells(done)
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr" and "Warning" in output.text
    ]
    assert complaints == []
