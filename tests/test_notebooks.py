"""The course's notebooks: hygiene, and the solved copies run strictly.

That the saved outputs are what a fresh kernel gives is compared by nbval: see the Makefile.
"""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from helpers import claims
from helpers.authoring.check import check
from helpers.authoring.execute import execute
from helpers.authoring.notebook import read, write
from helpers.authoring.solve import solved

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_MEMORY = 1_500_000_000  # bytes: Binder gives 2 GB


def test_there_are_notebooks():
    assert "00-start-here" in {path.stem for path in NOTEBOOKS}


def test_there_is_nothing_to_mend():
    assert [str(breach) for breach in check(NOTEBOOKS)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_solved_notebook_runs_strictly_and_claims_the_same(path, tmp_path):
    """And then each slider can still be moved: no later cell has taken a name away from its function."""
    notebook = solved(read(path))
    notebook.cells.append(new_code_cell("from helpers.plots.explore import redraw_all\nredraw_all()"))
    run = execute(notebook, FOLDER, strict=True)
    write(run.notebook, tmp_path / path.name)
    assert claims.collect([tmp_path / path.name]) == claims.collect([path])
    assert run.peak_memory is None or run.peak_memory < MOST_MEMORY
