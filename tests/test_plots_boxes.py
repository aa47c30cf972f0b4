"""Boxes: what is drawn is what was given, and the descriptions stay the same."""

import numpy as np
import pytest

from helpers import plots
from tests.figures import assert_described, assert_readable, assert_small, compared

LOOKS = {"chosen by the test set": "fifth", "degree 4 fixed": "third", "chosen by cross-validation, 5 folds": "sixth"}


def groups(scale=1.0):
    rng = np.random.default_rng(0)
    return {name: scale * (1 + 0.2 * rng.normal(size=200)) for name in LOOKS}


FIGURES = {
    "three": lambda: plots.boxes(groups(), x_label="reported error / true error", level=1, styles=LOOKS, unit="data set"),
    "one value, titled": lambda: plots.boxes({"batch": [0.5]}, x_label="accuracy", x_limits=(0, 1), title="A single seed"),
}


@pytest.fixture(scope="module")
def drawn():
    return {kind: draw() for kind, draw in FIGURES.items()}


@pytest.mark.parametrize("kind", FIGURES)
def test_figures_keep_what_every_figure_keeps(drawn, kind):
    assert_readable(drawn[kind])
    assert_small(drawn[kind])
    assert_described(drawn[kind], FIGURES[kind]())


def test_measured_numbers_in_descriptions_differ_only_behind_the_sign():
    texts = [plots.boxes(groups(scale), x_label="x", styles=LOOKS).description for scale in (1, 1.01)]
    assert texts[0] != texts[1] and compared(texts[0]) == compared(texts[1])


def test_boxes_whiskers_and_bars_are_those_of_the_values(drawn):
    (axes,) = drawn["three"].axes
    for row, values in enumerate(groups().values()):
        box = axes.patches[row]
        np.testing.assert_allclose([box.get_x(), box.get_x() + box.get_width()], np.percentile(values, [25, 75]))
        whisker, bar = axes.lines[1 + 2 * row : 3 + 2 * row]
        np.testing.assert_allclose(whisker.get_xdata(), np.percentile(values, [5, 95]))
        np.testing.assert_allclose(bar.get_xdata(), [np.median(values)] * 2)
    assert list(axes.lines[0].get_xdata()) == [1, 1], "the level"


def test_the_description_tells_the_quartiles(drawn):
    text = drawn["three"].description
    assert "degree 4 fixed: 200 data sets, median ≈ " in text and "A line at 1." in text
    assert "batch: 1 seed, median ≈ 0.5, quartiles ≈ 0.5 and ≈ 0.5" in drawn["one value, titled"].description


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.boxes([1], x_label="x"), TypeError, "groups: expected a dict of .*, got list"),
    (lambda: plots.boxes({}, x_label="x"), ValueError, "groups: expected at least one entry"),
    (lambda: plots.boxes({"batch": [[1]]}, x_label="x"), ValueError, r"expected numbers of shape \(seeds,\)"),
    (lambda: plots.boxes({"batch": [1, np.nan]}, x_label="x"), ValueError, "expected finite numbers"),
    (lambda: plots.boxes({"batch": [1]}, x_label="x", x_limits=(1, 1)), ValueError, "x_limits: expected"),
    (lambda: plots.boxes({"ridge": [1]}, x_label="x"), ValueError, "no style is known for 'ridge'"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
