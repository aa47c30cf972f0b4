"""Fitted curves: what is drawn is what was given, and their descriptions stay the same."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers import plots
from helpers.plots.style import INK, STYLES
from tests.figures import assert_described, assert_readable, assert_small, compared

AXES = {"x_label": "x", "y_label": "y"}
GRID = np.linspace(0, 1, 101)
TRUTH = GRID, np.cos(5 * GRID)
TITLE = "Thirty measurements of one smooth function, and least squares with polynomials of three degrees"


def measured(count=30):
    rng = np.random.default_rng(count)
    x = np.sort(rng.uniform(size=count))
    return np.stack([x, np.cos(5 * x) + rng.normal(scale=0.1, size=count)], axis=1)


def waves(count, size=0.1):
    phase = np.arange(count)[:, None]
    return TRUTH[1] + size * np.sin(9 * GRID + phase)


def one_panel(points=None, x=GRID, fits=TRUTH[1], **options):
    return plots.fitted_curves({"degree 4": (points, x, fits)}, **AXES, **options)


LOOKS = {"degree 1": "first", "degree 4": "third", "degree 15": "second"}
FIGURES = {
    "one": lambda: one_panel(measured(), truth=TRUTH),
    "one, bare": lambda: one_panel(),
    "two points": lambda: one_panel(measured(2), [0, 1], [0.5, 1.5]),
    "three": lambda: plots.fitted_curves(
        {name: (measured(), GRID, waves(1)[0]) for name in LOOKS}, truth=TRUTH, y_limits=(-1.5, 1.5), title=TITLE,
        styles=LOOKS, **AXES,
    ),
    "three, many fits": lambda: plots.fitted_curves(
        {name: (None, GRID, waves(30)) for name in LOOKS}, truth=TRUTH, styles=LOOKS, **AXES,
    ),
    "three, long names": lambda: plots.fitted_curves(
        {f"polynomial of degree {d}, penalty {d / 100}": (measured(300), GRID, waves(3)) for d in (1, 4, 15)},
        truth=TRUTH, x_label="place of the measurement, as a share of the interval", y_label="measured value in volts",
    ),
}


@pytest.fixture(scope="module")
def drawn():
    return {kind: draw() for kind, draw in FIGURES.items()}


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_large_and_dark_and_none_overlaps(drawn, kind):
    assert_readable(drawn[kind])


@pytest.mark.parametrize("kind", FIGURES)
def test_the_picture_is_small_and_as_wide_as_every_other(drawn, kind):
    assert_small(drawn[kind])


@pytest.mark.parametrize("kind", FIGURES)
def test_descriptions_are_the_same_every_time(drawn, kind):
    assert_described(drawn[kind], FIGURES[kind]())


def test_measured_numbers_in_descriptions_differ_only_behind_the_sign():
    def text(size):
        figures = one_panel(measured(), fits=waves(1, size), truth=TRUTH), one_panel(fits=waves(5, size), truth=TRUTH)
        return " ".join(figure.description for figure in figures)

    assert text(0.1) != text(0.2)
    assert compared(text(0.1)) == compared(text(0.2))


def lines_of(axes, color, width):
    return [line for line in axes.lines if to_hex(line.get_color()) == color.lower() and line.get_linewidth() == width]


def test_a_single_fit_its_points_and_the_truth_are_those_given():
    points, fit = measured(), waves(1)[0]
    axes = one_panel(points, fits=fit, truth=TRUTH).axes[0]
    (line,) = lines_of(axes, STYLES["first"].color, 3)
    np.testing.assert_array_equal(line.get_xydata(), np.stack([GRID, fit], axis=1))
    (dashed,) = [line for line in axes.lines if to_hex(line.get_color()) == INK.lower()]
    np.testing.assert_array_equal(dashed.get_xydata(), np.stack(TRUTH, axis=1))
    (dots,) = [line for line in axes.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(dots.get_xydata(), points)


def test_many_fits_are_thin_and_their_mean_is_thick():
    fits = waves(7)
    axes = one_panel(fits=fits, styles={"degree 4": "third"}).axes[0]
    thin = lines_of(axes, STYLES["third"].color, 1)
    np.testing.assert_array_equal([line.get_ydata() for line in thin], fits)
    (thick,) = lines_of(axes, STYLES["third"].color, 3)
    np.testing.assert_allclose(thick.get_ydata(), fits.mean(axis=0))


def test_panels_share_their_axes_and_keep_to_the_limits_asked_for(drawn):
    limits = {(axes.get_xlim(), axes.get_ylim()) for axes in drawn["three"].axes}
    assert len(limits) == 1 and limits.pop()[1] == (-1.5, 1.5)


@pytest.mark.parametrize("kind, named", [
    ("one", ["measured", "fit", "truth"]), ("one, bare", ["fit"]),
    ("three, many fits", ["a fit to one data set", "mean of the fits", "truth"]),
])
def test_the_legend_names_what_is_drawn_and_nothing_else(drawn, kind, named):
    assert [text.get_text() for legend in drawn[kind].legends for text in legend.get_texts()] == named


def test_descriptions_count_points_and_fits_and_say_how_far_from_the_truth():
    one = one_panel(measured(), fits=TRUTH[1] + 0.25, truth=TRUTH).description
    assert "degree 4: 30 points and one fit; from the truth it lies ≈ 0.25 away" in one
    many = one_panel(fits=waves(5), truth=TRUTH, y_limits=(-2, 2)).description
    assert "y: y, shown from −2 to 2." in many and "degree 4: 5 fits, thin, and their mean, thick;" in many
    assert "truth" not in one_panel().description


@pytest.mark.parametrize("call, error, message", [
    (lambda: plots.fitted_curves([1], **AXES), TypeError, "panels: expected a dict of .*, got list"),
    (lambda: plots.fitted_curves({}, **AXES), ValueError, "panels: expected at least one entry"),
    (lambda: plots.fitted_curves({str(i): (None, GRID, TRUTH[1]) for i in range(4)}, **AXES), ValueError,
     "panels: expected at most 3, got 4"),
    (lambda: plots.fitted_curves({"a": (GRID, TRUTH[1])}, **AXES), TypeError, r"panels\['a'\]: expected .*got 2 of them"),
    (lambda: one_panel(points=[1, 2]), ValueError, r"points: expected numbers of shape \(N, 2\), got shape \(2,\)"),
    (lambda: one_panel(points=[[1, np.nan]]), ValueError, r"points: expected finite numbers of shape \(N, 2\)"),
    (lambda: one_panel(x=[0, 1]), ValueError, "x: expected 101 steps.* got 2"),
    (lambda: one_panel(x=GRID[::-1]), ValueError, "steps that increase"),
    (lambda: one_panel(fits=np.zeros((2, 2, 101))), ValueError, r"fits: expected numbers of shape \(K, T\)"),
    (lambda: one_panel(fits="a line"), TypeError, r"fits: expected numbers of shape \(K, T\), got str"),
    (lambda: one_panel(truth=TRUTH[1]), TypeError, "truth: expected a pair .* got ndarray"),
    (lambda: one_panel(truth=([0, 1], [1])), ValueError, "truth x: expected 1 steps"),
    (lambda: one_panel(y_limits=(1, 0)), ValueError, r"y_limits: expected \(low, high\) with low < high"),
    (lambda: one_panel(styles={"degree 4": "ridge"}), ValueError, "no style is known for 'ridge'"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
