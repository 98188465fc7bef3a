"""The arrows of the design hold, and nothing imports in a circle."""

import ast
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("feed_core", "features", "training", "ranking_service", "pipelines")
HEAVY = {"pyspark", "feast", "mlflow", "pandas", "pyarrow", "implicit", "sklearn", "matplotlib"}
CLIENTS = {"fastapi", "redis", "psycopg", "cassandra", "confluent_kafka", "lightgbm", "lleaves", "scipy"}


def test_arrows_between_rooms_and_layers_hold() -> None:
    run = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_no_module_imports_itself_through_others() -> None:
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    cycles = [
        f"{module} → … → {module}"
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if graph.chain_exists(imported, module)
    ]
    assert not cycles


def test_only_the_wiring_imports_adapters() -> None:
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    importers = {
        importer
        for module in graph.find_descendants("feed_core.adapters")
        for importer in graph.find_modules_that_directly_import(module)
        if not importer.startswith("feed_core.adapters")
    }
    assert importers <= graph.find_descendants("feed_core.stores")


def test_only_settings_reads_the_environment() -> None:
    readers = []
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            names = {
                f"{node.value.id}.{node.attr}"
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            }
            if "os.getenv" in names:
                readers.append(path)
    assert not readers


@pytest.mark.parametrize("module", ["feed_core.core", "ranking_service.app"])
def test_serving_needs_neither_spark_nor_feast_nor_mlflow(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert module.split(".", maxsplit=1)[0] in loaded
    assert not loaded & HEAVY


def test_the_program_starts_without_what_only_some_of_its_commands_need() -> None:
    code = "import sys, pipelines.cli; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & (HEAVY | CLIENTS)


def test_no_function_is_longer_than_forty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for room in (*ROOMS, "tests")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= 40
    ]
    assert not long
