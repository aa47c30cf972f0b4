"""After Run All, every slider of a notebook is moved to its two ends by the keyboard, and its picture follows.

Then each function that a slider calls meets the names as the last cells have left them. Of the two notebooks whose
sliders once failed there, 09 is tried; `SLIDERS=08` tries the other one (so does any beginning of a name), and
`SLIDERS=all` every notebook that has sliders (some ten minutes more). That no function fails at the ends is also tested
without a browser, for all notebooks: see `test_notebooks.py`.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from helpers.authoring.notebook import code_cells, read, write

COURSE = Path(__file__).parents[2]
MILLISECONDS = 60_000  # within which a picture follows, on a busy machine
EXPLORE = "plots.explore("

asked = os.environ.get("SLIDERS", "")
beginnings = {"": ("09-",), "all": ("",)}.get(asked, (asked,))
NOTEBOOKS = [
    path for path in sorted((COURSE / "notebooks").glob("*.ipynb"))
    if path.name.startswith(beginnings) and EXPLORE in path.read_text(encoding="utf-8")
]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    """The notebook without outputs, so that whatever is on the screen was made there, and with no section folded."""
    content = read(request.param)
    for cell in content.cells:
        cell.metadata.pop("jp-MarkdownHeadingCollapsed", None)
    for cell in code_cells(content):
        cell.outputs, cell.execution_count = [], None
    return content


@pytest.fixture
def lab(notebook, open_lab, tmp_path):
    """JupyterLab showing the notebook in a folder of its own."""
    write(notebook, tmp_path / "sliders.ipynb")
    return open_lab(tmp_path / "sliders.ipynb")


def move_to_end(cell: Locator, slider: Locator, key: str) -> None:
    """Press End or Home on a slider, and wait until something has been drawn in place of the picture above it."""
    handle = slider.locator(".noUi-handle")
    end = handle.get_attribute("aria-valuemax" if key == "End" else "aria-valuemin")
    if handle.get_attribute("aria-valuenow") == end:
        return
    # JupyterLab makes a new element for each picture, also where the picture is the same.
    cell.locator("img").evaluate_all("images => images.forEach(image => image.dataset.before = 'the move')")
    handle.press(key)
    expect(handle).to_have_attribute("aria-valuenow", end)
    expect(cell.locator("img[data-before]")).to_have_count(0, timeout=MILLISECONDS)


def test_every_slider_moves_after_run_all(lab, notebook, tmp_path):
    lab.run_all()
    assert lab.complaints() == []
    explored = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and EXPLORE in cell.source]
    for cell in map(lab.cell, explored):
        sliders = cell.locator(".widget-slider")
        expect(sliders).not_to_have_count(0)
        for slider in sliders.all():
            for key in ("End", "Home"):
                move_to_end(cell, slider, key)
                assert "failed" not in cell.locator(".jp-OutputArea").first.inner_text()
                expect(cell.locator("img")).to_have_count(1)
    lab.page.screenshot(path=tmp_path / "moved.png")
    assert lab.complaints() == []
    assert not [text for text in lab.page.locator(".jp-OutputArea-output").all_inner_texts() if "Traceback" in text]
    assert min(lab.pictures_shown()) > 0
