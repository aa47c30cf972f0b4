"""Curves that meet: each has its name where it begins, and the formula's height is where it belongs."""

import functools

import numpy as np
import pytest

from helpers import plots
from helpers.plots.style import INK, STYLES
from tests.figures import assert_described, assert_readable, assert_small, compared

LABELS = {"x_label": "step", "y_label": "effective rate η/|w|² × 1000"}
STEPS = np.unique(np.geomspace(1, 3000, 60).round())
TITLE = "Kernels below a batch normalization that begin at several sizes, all with the same penalty and learning rate"


def meeting(start, end=6.0, seeds=5, offset=1.0):
    noise = np.exp(0.05 * np.random.default_rng(0).normal(size=(seeds, len(STEPS))) * STEPS / 3000)
    return STEPS, offset * noise * np.exp(np.log(end) + np.log(start / end) * np.exp(-STEPS / 200))


def three(levels=True, **options):
    curves = {"full size": meeting(0.8), "0.3 of it": meeting(9), "a tenth of it": meeting(80)}
    return plots.balance(curves, levels={"2√(ηλ)/G": 6.0} if levels else None, **LABELS, **options)


FIGURES = {
    "three": three,
    "three, titled": lambda: three(title=TITLE),
    "no level": lambda: three(levels=False),
    "one run": lambda: plots.balance({"full size": meeting(0.8, seeds=1)}, **LABELS),
    "two levels": lambda: plots.balance(
        {f"η = {0.1 * i:g}": meeting(i, end) for i, end in ((1, 12), (2, 12), (4, 24), (8, 24))},
        levels={"ηλ = 0.001": 12, "ηλ = 0.004": 24}, **LABELS,
    ),
    "level above all": lambda: plots.balance({"full size": meeting(0.8)}, levels={"2√(ηλ)/G": 8}, **LABELS),
    "level just above a start": lambda: plots.balance({"full size": meeting(0.8)}, levels={"formula": 0.9}, **LABELS),
    "one colour": lambda: three(styles=dict.fromkeys(("full size", "0.3 of it", "a tenth of it"), "l2")),
}


@functools.cache
def drawn(kind):
    return FIGURES[kind]()


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_large_and_dark_and_none_overlaps(kind):
    assert_readable(drawn(kind))


@pytest.mark.parametrize("kind", FIGURES)
def test_the_picture_is_small_and_described_the_same_every_time(kind):
    assert_small(drawn(kind))
    assert_described(drawn(kind), FIGURES[kind]())


def test_measured_numbers_in_descriptions_differ_only_behind_the_sign():
    def text(offset):
        return plots.balance({"full size": meeting(1, offset=offset), "one run": meeting(2, seeds=1, offset=offset)},
                             levels={"formula": 6 * offset}, **LABELS).description

    assert text(1.0) != text(1.1)
    assert compared(text(1.0)) == compared(text(1.1))


def test_drawn_are_the_median_the_seeds_and_the_levels():
    axes = drawn("three").axes[0]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    values = meeting(0.8)[1]
    lines = [line for line in axes.lines if line.get_color() == STYLES["first"].color]
    np.testing.assert_array_equal([line.get_ydata() for line in lines], [*values, np.median(values, axis=0)])
    (dashed,) = [line for line in axes.lines if line.is_dashed()]
    assert set(dashed.get_ydata()) == {6.0} and dashed.get_color() == INK


@pytest.mark.parametrize("kind", FIGURES)
def test_each_name_stands_where_its_line_begins_and_on_no_other_line(kind):
    figure = drawn(kind)
    axes = figure.axes[0]
    figure.canvas.draw()
    for text in axes.texts:
        assert text.xy[0] == 1
        box = text.get_window_extent()
        for line in axes.lines:
            path = axes.transData.transform(line.get_xydata())
            if line.is_dashed():  # from edge to edge
                assert not box.y0 <= path[0, 1] <= box.y1, (text, line)
            else:
                assert not box.count_contains(path), (text, line)
    if kind == "three":
        sides = {text.get_text(): text.get_verticalalignment() for text in axes.texts}
        assert sides == {"full size": "bottom", "0.3 of it": "bottom", "a tenth of it": "bottom", "2√(ηλ)/G": "top"}


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.balance({}, **LABELS), ValueError, "curves: expected at least one entry"),
    (lambda: plots.balance({str(i): meeting(i + 1) for i in range(5)}, **LABELS), ValueError,
     "curves: expected at most 4, got 5"),
    (lambda: plots.balance({"a": STEPS}, **LABELS), TypeError, "expected a pair"),
    (lambda: plots.balance({"a": (STEPS - 1, meeting(1)[1])}, **LABELS), ValueError, "finite steps and values above 0"),
    (lambda: plots.balance({"a": (STEPS, -meeting(1)[1])}, **LABELS), ValueError, "finite steps and values above 0"),
    (lambda: plots.balance({"a": (STEPS, np.full((1, len(STEPS)), np.nan))}, **LABELS), ValueError,
     "finite steps and values above 0"),
    (lambda: plots.balance({"a": (STEPS[:5], meeting(1)[1])}, **LABELS), ValueError, "expected"),
    (lambda: plots.balance({"a": meeting(1)}, levels={"b": 0}, **LABELS), ValueError,
     r"levels\['b'\]: expected a finite number above 0, got 0"),
    (lambda: plots.balance({"a": meeting(1)}, levels={str(i): i for i in (1, 2, 3)}, **LABELS), ValueError,
     "levels: expected at most 2, got 3"),
    (lambda: plots.balance({"a": meeting(1)}, styles={"a": "ridge"}, **LABELS), ValueError, "no style is known"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
