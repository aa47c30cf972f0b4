"""The first notebook in a real browser: it runs, shows its picture, and answers a student."""

from pathlib import Path

import pytest

from helpers.authoring.notebook import code_cells, placed_exercises, read, write
from helpers.exercises import start_here
from tests.browser.lab import lowest_contrast

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "00-start-here.ipynb"
READABLE = 4.5  # WCAG 2, level AA, for text of ordinary size


@pytest.fixture
def notebook():
    """The notebook without outputs and numbers, so that whatever is on the screen was made there."""
    content = read(NOTEBOOK)
    for cell in code_cells(content):
        cell.outputs, cell.execution_count = [], None
    return content


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def lab(request, notebook, open_lab, tmp_path):
    """JupyterLab showing a copy of the notebook in a folder of its own."""
    write(notebook, tmp_path / NOTEBOOK.name)
    return open_lab(tmp_path / NOTEBOOK.name, request.param)


def said(text: str) -> str:
    """A message as it reads on the screen: no backquotes, any white space."""
    return " ".join(text.replace("`", "").split())


def test_the_first_notebook_runs_and_its_exercise_answers(lab, notebook, tmp_path):
    (placed,) = [placed for placed in placed_exercises(notebook) if placed.name == "center"]
    rows = next(mistake for mistake in start_here.center.mistakes if mistake.name == "axis=1")

    lab.run_all()
    lab.page.screenshot(path=tmp_path / "run.png")
    assert lab.complaints() == []
    widths = lab.pictures_shown()
    assert widths and min(widths) > 0
    assert "Not attempted yet" in lab.output_of(placed.check).inner_text()

    for answer, word, message in [
        ("def center(x):\n    return x - x.mean(axis=1, keepdims=True)", "Not yet", rows.message),
        ("def center(x):\n    return x - x.mean(axis=0)", "Correct", start_here.center.insight),
    ]:
        lab.replace(placed.answer, answer)
        lab.run(placed.answer)
        lab.run(placed.check)
        output = lab.output_of(placed.check)
        output.scroll_into_view_if_needed()
        lab.page.screenshot(path=tmp_path / f"{word}.png")
        shown = said(output.inner_text())
        assert word in shown
        assert said(message) in shown
        assert lowest_contrast(output) >= READABLE

    assert lab.questions() == [], "settings/ answers for the student that no news are fetched: make lab installs it"
    assert lab.complaints() == []
    assert lab.hosts_asked == {"127.0.0.1"}, "the course works offline"
