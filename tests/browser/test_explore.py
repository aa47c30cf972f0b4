"""A figure with sliders in a real browser: the keys move a slider, and the picture follows."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from helpers.authoring.notebook import write
from tests.browser.lab import Lab, lowest_contrast

READABLE = 4.5  # WCAG 2, level AA, for text of ordinary size
SECONDS = 20_000  # milliseconds within which a picture follows

SOURCE = """
from helpers import plots

def draw(n, rate):
    if n == 3:
        raise ValueError("three is refused")
    return plots.points({"batch": [n, n + rate]}, y_label="s")

plots.explore(draw, n=[1, 2, 3], rate=[0.001, 1, 30], labels={"rate": "learning rate"})
""".strip()


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def lab(request, open_lab, tmp_path):
    """JupyterLab showing a notebook of one cell."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(SOURCE, id="explore")]
    write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), tmp_path / "explore.ipynb")
    return open_lab(tmp_path / "explore.ipynb", request.param)


def picture(lab: Lab) -> Locator:
    return lab.cell(0).locator(".jp-OutputArea-output img")


def move(slider: Locator, key: str, value: str) -> None:
    """Press an arrow key on a slider, and wait until it stands at `value`."""
    slider.locator(".noUi-handle").press(key)
    expect(slider.locator(".widget-readout")).to_have_text(value)


def test_a_slider_moved_by_the_keyboard_changes_the_picture(lab, tmp_path: Path):
    lab.run_all()
    n, rate = (lab.cell(0).locator(".widget-slider").nth(i) for i in range(2))
    expect(n.locator(".widget-label")).to_have_text("n")
    expect(rate.locator(".widget-label")).to_have_text("learning rate")
    expect(rate.locator(".widget-readout")).to_have_text("1")
    expect(picture(lab)).to_have_count(1)
    first = picture(lab).get_attribute("src")
    lab.page.screenshot(path=tmp_path / "first.png")

    move(rate, "ArrowRight", "30")
    expect(picture(lab)).not_to_have_attribute("src", first, timeout=SECONDS)
    lab.page.screenshot(path=tmp_path / "moved.png")
    move(rate, "ArrowLeft", "1")
    expect(picture(lab)).to_have_attribute("src", first, timeout=SECONDS)

    move(n, "ArrowRight", "3")
    expect(lab.cell(0).locator(".jp-OutputArea")).to_contain_text("three is refused", timeout=SECONDS)
    expect(picture(lab)).to_have_count(0)
    failure = lab.cell(0).locator(".jp-OutputArea-output", has_text=re.compile(r"draw\(n=3, rate=1\) failed"))
    assert lowest_contrast(failure) >= READABLE
    lab.page.screenshot(path=tmp_path / "failed.png")
    move(n, "ArrowLeft", "2")
    expect(picture(lab)).to_have_attribute("src", first, timeout=SECONDS)

    assert lowest_contrast(lab.cell(0).locator(".jupyter-widgets.widget-vbox")) >= READABLE
    assert min(lab.pictures_shown()) > 0
    assert lab.complaints() == []
    assert lab.hosts_asked == {"127.0.0.1"}
