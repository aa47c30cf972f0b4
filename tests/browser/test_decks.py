"""The decks in a real browser: nothing leaves a slide, nothing is too small to read, nothing is fetched."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import expect

from helpers import plots
from helpers.authoring.decks import page as deck_page
from helpers.authoring.decks import slides_of, write_decks
from helpers.plots.output import mime
from tests.browser.deck import HEIGHT, WIDTH, faults, open_deck
from tests.browser.lab import lowest_contrast

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
READABLE = 4.5  # WCAG 2, level AA, for text of ordinary size
LECTURE = {"course": {"level": "lecture", "minutes": 4}}
FORMULAS = r"""## What do $\hat x$ and $\gamma_c$ mean?

The channel's mean $\mu = \frac1m\sum_i x_i$, its root $\sqrt{\sigma^2+\epsilon}$, a bar $\overline{dy\,\hat x}$ and

$$\hat x_i = \frac{x_i-\mu}{\sqrt{\sigma^2+\epsilon}} \qquad \sigma^2 = \underbrace{\frac1m\sum_{i=1}^m (x_i-\mu)^2}_{\text{of the batch}}$$

**Predict.** Which of these, at most, can be `NaN`?

- the mean $\mu$
- the root"""
ALIGNED = r"""$$\begin{aligned} y &= \gamma\,\hat x + \beta \\ \frac{\partial L}{\partial\gamma} &= \sum_i dy_i\,\hat x_i \end{aligned}$$"""
TABLE = """| it is said | it is |
|---|---|
| "epsilon is added to the standard deviation" | To the variance $\\sigma^2$, under the root. Keras' default is `1e-3`. |
| "the values become Gaussian" | They are moved and stretched. A skewed channel stays skewed. |"""
CODE = "\n".join(f"def line_{i}(x): return x + 1  ".ljust(72, "#") for i in range(10))
PRINTED = """      mean  variance
a    0.000     1.000
✓ L47.1 holds: after normalization every channel has mean 0 and variance 1 (Ioffe & Szegedy 2015)
✗ L47.2 does not hold here: at its best learning rate the network gains nothing from it
✓ our layer equals Keras'
"""


@pytest.fixture
def page(browser):
    """An empty page as large as a slide, without a network."""
    with browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True) as context:
        yield context.new_page()


def figure():
    data, _ = mime(plots.points({"batch": [1.0, 2.0, 4.0]}, y_label="s"))
    return new_output("display_data", data=data)


def ran(source, *outputs, **metadata):
    return new_code_cell(source, outputs=list(outputs), execution_count=1, metadata=metadata)


def printed(text):
    return new_output("stream", name="stdout", text=text)


def notebook(*more):
    """A notebook with all that a slide can hold."""
    return new_notebook(cells=[
        new_markdown_cell("# Batch normalization, a made-up notebook with a long title\n\n**Lecture 47**"),
        new_markdown_cell(FORMULAS, metadata=LECTURE),
        ran("plots.show(plots.points(points))", figure()),
        new_markdown_cell("*Read it from the left: the points rise, and the last one rises most.*\n\nThat is all."),
        new_markdown_cell("## What is said of it?", metadata=LECTURE),
        new_markdown_cell(f"{ALIGNED}\n\n{TABLE}"),
        new_markdown_cell("## Which code does that?", metadata=LECTURE),
        ran(CODE, printed("(60000, 784)")),
        ran("claim(...)", printed(PRINTED), slideshow={"slide_type": "subslide"}),
        *more,
    ])


def deck(folder, *more):
    path = folder / "lecture-47.html"
    path.write_text(deck_page(slides_of(notebook(*more), "03-made-up", 47), 47), encoding="utf-8")
    return path


def test_whatever_a_slide_can_hold_fits(page, tmp_path):
    assert open_deck(page, deck(tmp_path)) == []
    assert faults(page) == []
    assert lowest_contrast(page.locator("main")) >= READABLE


@pytest.mark.parametrize(
    "cell, fault",
    [
        (new_markdown_cell("\n\n".join(["Much text. " * 12] * 8), id="high"), "cell high: too high by"),
        (ran("x" * 110), "too wide by"),
        (new_markdown_cell("$$" + "+ x_i" * 90 + "$$", id="formula"), "cell formula: too wide by"),
    ],
    ids=["high", "code", "formula"],
)
def test_what_does_not_fit_is_found(page, tmp_path, cell, fault):
    open_deck(page, deck(tmp_path, new_markdown_cell("## Too much?", metadata=LECTURE), cell))
    (found,) = faults(page)
    assert found.startswith("03-made-up, cell ")
    assert fault in found


@pytest.mark.parametrize(
    "change, fault",
    [
        ("e => { e.querySelector('img').alt = '' }", "no description"),
        ("e => { e.querySelector('p').style.fontSize = '20px' }", "written in 20 pixels, under 24"),
        ("e => { e.querySelector('pre').style.fontSize = '18px' }", "written in 18 pixels, under 20"),
    ],
)
def test_what_cannot_be_read_is_found(page, tmp_path, change, fault):
    open_deck(page, deck(tmp_path))
    page.locator("main").evaluate(change)
    assert any(fault in found for found in faults(page))


def test_keys_edges_and_address_lead_through_the_slides(page, tmp_path):
    path = deck(tmp_path)
    open_deck(page, path)
    last = page.locator("section").count()
    shown = page.locator("section.now .number")
    expect(shown).to_have_text(f"1 / {last}")
    for key, number in [
        ("ArrowRight", 2), (" ", 3), ("PageDown", 4), ("ArrowLeft", 3), ("PageUp", 2), ("End", last),
        ("ArrowRight", last), ("Home", 1), ("ArrowLeft", 1),
    ]:
        page.keyboard.press(key)
        expect(shown).to_have_text(f"{number} / {last}")
    page.mouse.click(1275, 400)
    expect(shown).to_have_text(f"2 / {last}")
    page.keyboard.press(" ")  # the button that was clicked has the focus no longer
    expect(shown).to_have_text(f"3 / {last}")
    page.mouse.click(5, 400)
    expect(shown).to_have_text(f"2 / {last}")
    page.reload()
    expect(shown).to_have_text(f"2 / {last}")
    page.goto(f"{path.as_uri()}#4")
    expect(shown).to_have_text(f"4 / {last}")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(f"Slide 4 of {last}: What is said")


@pytest.mark.parametrize("width, height", [(1920, 1080), (1024, 768), (800, 300)])
def test_a_slide_is_scaled_to_the_window(page, tmp_path, width, height):
    open_deck(page, deck(tmp_path))
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("height => innerHeight === height", arg=height)
    box = page.locator("section.now").bounding_box()
    assert max(box["width"] / width, box["height"] / height) == pytest.approx(1, abs=0.001)
    assert box["x"] + box["width"] / 2 == pytest.approx(width / 2, abs=1)
    assert box["y"] + box["height"] / 2 == pytest.approx(height / 2, abs=1)


def test_it_prints_one_slide_per_page(page, tmp_path):
    open_deck(page, deck(tmp_path))
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == page.locator("section").count()


def test_every_slide_of_the_course_fits(page, tmp_path):
    """Of the notebooks that have the form of a lesson already; the made-up one shows that the measure measures."""
    for line in write_decks([], NOTEBOOKS, tmp_path):
        print(line)
    found = []
    for path in sorted(tmp_path.glob("lecture-*.html")):
        found += [f"{path.name} asks for {address}" for address in open_deck(page, path)]
        found += faults(page)
        if (contrast := lowest_contrast(page.locator("main"))) < READABLE:
            found.append(f"{path.name}: contrast {contrast:.1f}")
    assert not found, "\n".join(found)
