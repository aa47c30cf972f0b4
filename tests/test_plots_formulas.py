"""Measured lines with their formulas: what is drawn is what was given, and the descriptions stay the same."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers import plots
from helpers.plots.style import INK, STYLES
from tests.figures import assert_described, assert_readable, assert_small, compared

DEGREES = np.arange(16)
FORMULA = np.where(DEGREES < 4, np.nan, 1 + (DEGREES + 1) / 30)
AXES = {"x_label": "degree", "y_label": "squared error / noise²"}
LOOKS = {"same positions, new noise": "fourth", "new positions": "fifth"}


def curves(scale=1.0):
    start = 40.0 * np.exp(-1.5 * DEGREES)
    return {
        "training": (DEGREES, scale * (start + 1 - (DEGREES + 1) / 30), 2 - FORMULA),
        "new positions": (DEGREES, scale * (start + 1.1 + 0.02 * DEGREES**2), None),
        "same positions, new noise": (DEGREES, scale * (start + 1 + (DEGREES + 1) / 30), FORMULA),
    }


FIGURES = {
    "three": lambda: plots.measured_and_formula(
        curves(), level=("noise", 1), y_limits=(0, 2.5), styles=LOOKS, **AXES),
    "logarithmic, titled": lambda: plots.measured_and_formula(
        curves(), log_y=True, styles=LOOKS, title="Thirty measurements, polynomials, and what the formula says", **AXES),
    "one, bare": lambda: plots.measured_and_formula({"training": ([1, 10, 100], [3, 2, 1], None)}, log_x=True, **AXES),
    "one, always above": lambda: plots.measured_and_formula(
        {"training": ([1, 2, 3], [3, 3, 3], [3, 3, 3])}, y_limits=(0, 1), **AXES),
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
    texts = [plots.measured_and_formula(curves(scale), styles=LOOKS, **AXES).description for scale in (1, 1.01)]
    assert texts[0] != texts[1] and compared(texts[0]) == compared(texts[1])


def test_lines_are_those_given_and_a_formula_is_drawn_where_it_holds(drawn):
    (axes,) = drawn["three"].axes
    grey = next(line for line in axes.lines if to_hex(line.get_color()) == STYLES["train"].color.lower())
    np.testing.assert_array_equal(grey.get_xydata(), np.stack(curves()["training"][:2], axis=1))
    dashed = [line for line in axes.lines if to_hex(line.get_color()) == INK.lower() and line.get_linestyle() != "-"]
    np.testing.assert_array_equal([line.get_ydata() for line in dashed], [2 - FORMULA, FORMULA])
    assert axes.get_ylim() == (0, 2.5)
    assert any(list(line.get_ydata()) == [1, 1] for line in axes.lines), "the level"


def test_a_line_that_leaves_the_axes_is_named_where_it_does(drawn):
    texts = {text.get_text(): text for text in drawn["three"].axes[0].texts}
    assert texts["new positions"].xy == (8, 2.5)  # 1.1 + 0.02 · 8² is the last that is shown
    assert texts["training"].xy[0] == 15


def test_the_description_says_where_a_formula_begins(drawn):
    text = drawn["three"].description
    assert "A thin line across at 1: noise." in text and "shown from 0 to 2.5" in text
    assert "same positions, new noise: 16 points from 0 to 15, ≈ 41 at the first" in text
    assert "; its formula, dashed, from 4: ≈ 1.53 at the last." in text
    assert "formula" not in drawn["one, bare"].description


def one(x=(1, 2), measured=(1, 2), formula=None, **options):
    return plots.measured_and_formula({"training": (x, measured, formula)}, **AXES, **options)


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.measured_and_formula([1], **AXES), TypeError, "curves: expected a dict of .*, got list"),
    (lambda: plots.measured_and_formula({}, **AXES), ValueError, "curves: expected at least one entry"),
    (lambda: plots.measured_and_formula({"training": (1, 2)}, **AXES), TypeError, "expected .*, got 2 of them"),
    (lambda: plots.measured_and_formula({str(i): ([1], [1], None) for i in range(5)}, **AXES, styles={
        str(i): "train" for i in range(5)}), ValueError, "curves: expected at most 4, got 5"),
    (lambda: one(x=[2, 1]), ValueError, "steps that increase"),
    (lambda: one(formula=[1]), ValueError, "formula: expected 2 values, one for each x, got 1"),
    (lambda: one(measured=(0, 1), log_y=True), ValueError, "expected values above 0, since log_y is set"),
    (lambda: one(y_limits=(1, 0)), ValueError, "low < high"),
    (lambda: one(styles={"training": "ridge"}), ValueError, "no style is known for 'ridge'"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
