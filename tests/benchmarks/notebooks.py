"""Time and memory of every notebook, with its exercises solved, and of the slowest check in it."""

from __future__ import annotations

from pathlib import Path

from helpers.authoring.execute import SLOWEST_NOTEBOOK, execute
from helpers.authoring.notebook import placed_exercises, read
from helpers.authoring.solve import solved
from tests.benchmarks.table import Row

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
SLOWEST_CHECK = 0.5  # seconds
MOST_MEMORY = 1.5e9  # bytes: Binder gives 2 GB


def rows(quick: bool) -> list[Row]:
    """Measure every notebook; quickly, the first one only."""
    paths = sorted(FOLDER.glob("*.ipynb"))
    return [row for path in paths[: 1 if quick else None] for row in _rows_of(path)]


def _rows_of(path: Path) -> list[Row]:
    notebook = solved(read(path))
    run = execute(notebook, FOLDER, strict=True)
    number = path.stem.split("-")[0]
    found = [
        Row(
            f"notebook {number}, run with its exercises solved", f"{run.seconds:.1f} s",
            f"≤ {SLOWEST_NOTEBOOK:.0f} s", run.seconds <= SLOWEST_NOTEBOOK,
        )
    ]
    if run.peak_memory is not None:
        found.append(
            Row(
                "    peak memory of its kernel", f"{run.peak_memory / 1e9:.2f} GB",
                f"≤ {MOST_MEMORY / 1e9} GB", run.peak_memory <= MOST_MEMORY,
            )
        )
    checks = {
        placed.name: run.cell_seconds[run.notebook.cells[placed.check].id]
        for placed in placed_exercises(notebook)
    }
    if checks:
        name = max(checks, key=checks.get)
        found.append(
            Row(
                f"    its slowest check, {name}", f"{checks[name]:.2f} s",
                f"≤ {SLOWEST_CHECK} s", checks[name] <= SLOWEST_CHECK,
            )
        )
    return found
