"""A figure with sliders: the same picture as `show` for everyone, and the sliders for a person only."""

import base64
import copy
import subprocess
import sys
import threading
from pathlib import Path

import IPython.display
import nbformat
import numpy as np
import pytest
from matplotlib import rcParams
from nbclient import NotebookClient

from helpers import plots
from helpers.plots.output import png
from helpers.plots.style import look


def figure(n, rate=0.0):
    return plots.points({"batch": [n, n + rate]}, y_label="seconds")


class Watched:
    """A frontend: what was displayed, and what the picture was replaced by."""

    def __init__(self, monkeypatch):
        self.shown, self.replaced = [], []
        monkeypatch.setattr(sys.modules["helpers.plots.explore"], "someone_watches", lambda: True)
        monkeypatch.setattr(IPython.display, "display", self.display)

    def display(self, shown, **options):
        self.shown.append((shown, options))
        return self

    def update(self, data, *, metadata, raw):
        assert raw
        self.replaced.append((data, metadata))

    @property
    def sliders(self):
        box, _ = self.shown[1]
        return box.children


@pytest.fixture
def watched(monkeypatch):
    return Watched(monkeypatch)


def mime(figure):
    data = {"image/png": base64.b64encode(png(figure)).decode("ascii"), "text/plain": figure.description}
    return data, {"image/png": {"alt": figure.description}}


def test_a_person_gets_the_picture_and_under_it_a_slider_for_each_choice(watched):
    plots.explore(figure, n=[1, 2, 3], rate=[0.001, 0.01, 0.1, 1.0], labels={"rate": "learning rate"})
    (data, options), (box, _) = watched.shown
    assert (data, options["metadata"]) == mime(figure(2, 0.1))
    assert options["raw"] and options["display_id"] is True
    n, rate = box.children
    assert (n.description, rate.description) == ("n", "learning rate")
    assert [text for text, _ in rate.options] == ["0.001", "0.01", "0.1", "1"]
    assert (n.label, rate.label) == ("2", "0.1")
    assert not n.continuous_update and not rate.continuous_update
    assert watched.replaced == []


def test_a_moved_slider_replaces_the_picture(watched):
    plots.explore(figure, start={"n": 1}, n=[1, 2, 3], rate=[0, 10])
    n, rate = watched.sliders
    n.label = "3"
    rate.label = "0"
    assert watched.replaced == [mime(figure(3, 10)), mime(figure(3, 0))]
    assert len(watched.shown) == 2


def test_what_draw_raises_stands_in_the_pictures_place_until_the_next_move(watched, capsys):
    def picky(n):
        if n == 2:
            raise ValueError("two is refused")
        return None if n == 3 else figure(n)

    plots.explore(picky, start={"n": 1}, n=[1, 2, 3])
    (slider,) = watched.sliders
    for text in ("2", "3", "1"):
        slider.label = text
    (refused, no_metadata), (nothing, _), last = watched.replaced
    assert set(refused) == set(nothing) == {"text/plain"} and no_metadata == {}
    text = refused["text/plain"]
    assert text.startswith("draw(n=2) failed.") and text.rstrip().endswith("ValueError: two is refused")
    assert "in picky" in text and sys.modules["helpers.plots.explore"].__file__ not in text
    assert "draw(n=3) failed" in nothing["text/plain"]
    assert "TypeError: draw: expected to give a figure of helpers.plots, got NoneType" in nothing["text/plain"]
    assert last == mime(figure(1))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("someone", [True, False])
def test_what_the_first_picture_raises_is_the_cells_own_error(watched, monkeypatch, someone):
    monkeypatch.setattr(sys.modules["helpers.plots.explore"], "someone_watches", lambda: someone)
    with pytest.raises(ZeroDivisionError):
        plots.explore(lambda n: 1 / n, n=[0])
    with pytest.raises(TypeError, match="draw: expected to give a figure of helpers.plots, got int"):
        plots.explore(lambda n: n, n=[0])
    assert watched.shown == []


def test_the_last_picture_shows_what_all_sliders_say(watched):
    """JupyterLab may handle the second slider in a thread of its own while the first is still drawn."""
    others, moved, drawn = [], threading.Event(), []

    def slow(n, rate):
        drawn.append((n, rate))
        if (n, rate) == (2, 0):
            others.append(threading.Thread(target=move_the_other))
            others[0].start()
            moved.wait(timeout=0.5)
        return figure(n, rate)

    def move_the_other():
        watched.sliders[1].label = "1"
        moved.set()

    plots.explore(slow, start={"n": 1, "rate": 0}, n=[1, 2], rate=[0, 1])
    watched.sliders[0].label = "2"
    others[0].join(timeout=10)
    assert drawn == [(1, 0), (2, 0), (2, 1)]
    assert watched.replaced == [mime(figure(2, 0)), mime(figure(2, 1))]


def test_two_threads_that_draw_leave_the_users_settings():
    """A slider's thread and a cell draw at once: neither may take the other's settings for the user's."""
    before = dict(rcParams)
    inside, entered = threading.Event(), threading.Event()

    def draw():
        inside.wait(timeout=10)
        with look():
            entered.set()

    other = threading.Thread(target=draw)
    other.start()
    with look():
        inside.set()
        assert not entered.wait(timeout=0.3)
    other.join(timeout=10)
    assert entered.is_set()
    assert dict(rcParams) == before


# ---- Drawn again --------------------------------------------------------------------------------


@pytest.fixture
def explored(monkeypatch):
    """The module, as if nothing had been shown yet; what is shown now is lost."""
    module = sys.modules["helpers.plots.explore"]
    monkeypatch.setattr(module, "_CALLS", [])
    monkeypatch.setattr(IPython.display, "display", lambda data, **options: None)
    return module


def test_all_sliders_are_moved_to_their_two_ends(explored):
    drawn = []
    plots.explore(lambda n, rate: drawn.append((n, rate)) or figure(n, rate), n=[1, 2, 3], rate=[0, 1, 10])
    plots.explore(lambda n: drawn.append(n) or figure(n), n=[5])
    del drawn[:]
    explored.redraw_all()
    assert drawn == [(1, 0), (3, 10), 5, 5]


def test_what_fails_when_drawn_again_is_raised_with_its_values(explored):
    names = ["a", "b", "c"]
    plots.explore(lambda n: figure(n) if names[n] else None, n=[0, 1, 2])
    explored.redraw_all()
    names[2] = ""
    with pytest.raises(TypeError, match="got NoneType") as raised:
        explored.redraw_all()
    assert raised.value.__notes__ == ["draw(n=2) failed."]
    del names[:]
    with pytest.raises(IndexError) as raised:
        explored.redraw_all()
    assert raised.value.__notes__ == ["draw(n=0) failed."]


def test_what_a_person_can_move_is_not_kept(explored, watched):
    plots.explore(figure, n=[1, 2])
    assert explored._CALLS == []


# ---- Choices ------------------------------------------------------------------------------------


@pytest.mark.parametrize("values, start, first", [
    ([1, 2, 3], None, 2), ([1, 2], None, 2), ([5], None, 5), (range(10), None, 5), (np.arange(3), None, 1),
    ([1, 2, 3], {"n": 3}, 3), ([1, 2, 3], {}, 2), (np.array([1, 2]), {"n": np.int64(1)}, 1), ((1, 4), {"n": 1}, 1),
])
def test_a_choice_starts_in_its_middle_or_where_it_is_told(monkeypatch, values, start, first):
    drawn, shown = [], []
    monkeypatch.setattr(IPython.display, "display", lambda data, **options: shown.append((data, options["metadata"])))
    plots.explore(lambda n: drawn.append(n) or figure(n), start, n=values)
    assert drawn == [first] and type(drawn[0]) is int
    assert shown == [mime(figure(first))]


@pytest.mark.parametrize("values, texts", [
    ([0.001, 1, 30], ["0.001", "1", "30"]),
    ([1e-4, 1e-5, 2.5e-7], ["0.0001", "1e−5", "2.5e−7"]),
    ([1.0, 10_000, 2_000_000], ["1", "10,000", "2e6"]),
    (np.logspace(-2, 0, 5).tolist(), ["0.01", "0.0316", "0.1", "0.316", "1"]),
    ([0.1 + 0.2, -0.5, 0], ["0.3", "−0.5", "0"]),
    ([0.1234, 0.12345], ["0.1234", "0.12345"]),
    ([True, False], ["True", "False"]),
    (["across", None, (1, 2)], ["across", "None", "(1, 2)"]),
    ([np.float32(0.1), np.int64(3)], ["0.1", "3"]),
    ([float("inf"), 1], ["inf", "1"]),
])
def test_values_are_written_shortly_and_apart(watched, values, texts):
    plots.explore(lambda n: figure(1), n=values)
    assert [text for text, _ in watched.sliders[0].options] == texts


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.explore(3, n=[1]), TypeError, "draw: expected a function that gives a figure, got int"),
    (lambda: plots.explore(figure), ValueError, "choices: expected at least one"),
    (lambda: plots.explore(figure, n=[]), ValueError, "n: expected at least one value, got none"),
    (lambda: plots.explore(figure, n=3), TypeError, "n: expected the values that its slider offers, got int"),
    (lambda: plots.explore(figure, n="abc"), TypeError, "n: expected the values .* got str"),
    (lambda: plots.explore(figure, n={1, 2}), TypeError, "n: expected the values .* got set"),
    (lambda: plots.explore(figure, n=[1, 2, 1.0]), ValueError, r"n: expected each value once, got \[1, 2, 1.0\]"),
    (lambda: plots.explore(figure, n=[np.zeros(2), np.ones(2)]), TypeError, "n: expected values .* got arrays"),
    (lambda: plots.explore(figure, start={"n": np.ones(2)}, n=[1, 2]), ValueError, r"start: expected one of \[1, 2\]"),
    (lambda: plots.explore(figure, start={"n": 4}, n=[1, 2]), ValueError, r"start: expected one of \[1, 2\] for n, got 4"),
    (lambda: plots.explore(figure, start={"m": 1}, n=[1, 2]), ValueError,
     r"start: expected names of the choices \(n\), got 'm'"),
    (lambda: plots.explore(figure, start=1, n=[1, 2]), TypeError, "start: expected a dict by name of choice, got int"),
    (lambda: plots.explore(figure, labels={"m": "M"}, n=[1, 2]), ValueError, "labels: expected names .* got 'm'"),
    (lambda: plots.explore(figure, labels={"n": 3}, n=[1, 2]), TypeError, "labels: expected text for n, got int"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- In a notebook ------------------------------------------------------------------------------

SOURCES = [
    "from helpers import plots\ndef draw(n, rate):\n    return plots.points({'batch': [n, n + rate]}, y_label='s')",
    "plots.show(draw(2, 0.1))",
    "plots.explore(draw, start={'rate': 0.1}, n=[1, 2, 3], rate=[0.1, 1, 10])",
    "get_ipython().parent_header['metadata']['cellId'] = 'a'\nplots.explore(draw, n=[1, 2], rate=[0.1, 1])",
]


@pytest.fixture(scope="module")
def notebook():
    """The sources, run by a program; the last one pretends that a frontend asks."""
    cells = [nbformat.v4.new_code_cell(source) for source in SOURCES]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    return notebook


def test_where_no_one_watches_it_is_exactly_what_show_gives(notebook):
    _, shown, explored, _ = (cell.outputs for cell in notebook.cells)
    assert len(explored) == 1
    assert explored == shown


def test_where_a_frontend_asks_the_picture_is_the_same_and_the_sliders_follow(notebook):
    picture, sliders = notebook.cells[3].outputs
    assert picture.output_type == "display_data"
    assert (picture.data, picture.metadata) == mime(figure_of_the_notebook())
    assert "application/vnd.jupyter.widget-view+json" in sliders.data


def figure_of_the_notebook():
    return plots.points({"batch": [2, 3]}, y_label="s")


def test_nbval_finds_what_was_saved_and_nothing_else(notebook, tmp_path):
    other = copy.deepcopy(notebook.cells[2])
    other.id = "other"
    other.outputs[0].data["text/plain"] += " And more."
    path = tmp_path / "explored.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[*notebook.cells[:3], other], metadata=notebook.metadata), path)
    sanitize = Path(__file__).with_name("sanitize.cfg")

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env",
         "--nbval-sanitize-with", str(sanitize), str(path)],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )
    assert "1 failed, 3 passed" in run.stdout, run.stdout + run.stderr
    assert "Cell 3" in run.stdout
