"""Penalties on weights: what is drawn is what was given, it can be read, and descriptions stay the same."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers import plots
from helpers.plots.style import STYLES
from tests.figures import assert_described, assert_readable, assert_small, compared

LABELS = {"x_label": "strength λ", "y_label": "weight"}
TWO = {"x_label": "weight of ink", "y_label": "weight of width"}
STRENGTHS = np.logspace(-4, 1, 21)
GRID = np.linspace(0, 1, 51)
POINTS = np.stack([np.linspace(0, 1, 30), np.cos(5 * np.linspace(0, 1, 30))], axis=1)
NAMES = [f"P{i}" for i in range(15)]
TITLE = "Threes against fives, two hundred digits, and the weight of every pixel against the strength of its penalty"

X = np.linspace(-1, 1, 41)
LOSS = (X[None] - 0.5) ** 2 + 2 * (X[:, None] + 0.25) ** 2 + 1
ANGLE = np.linspace(0, 2 * np.pi, 61)
RING = 0.3 * np.stack([np.cos(ANGLE), np.sin(ANGLE)], axis=1)


def shrinking(count, zeros=False, size=1.0):
    free = size * np.random.default_rng(count).normal(size=count)
    weights = free / (1 + STRENGTHS[:, None])
    return np.where(np.abs(weights) < 0.2, 0.0, weights) if zeros else weights


def gone(count):
    """Weights that are all exactly 0 from the tenth strength on."""
    return np.where(np.arange(len(STRENGTHS))[:, None] < 9, shrinking(count), 0.0)


def corner(touching, **options):
    return plots.touching_contours({"L1": (X, X, LOSS, RING, touching)}, **TWO, **options)


def two(**options):
    panels = {"L2": (STRENGTHS, shrinking(15)), "L1": (STRENGTHS, shrinking(15, zeros=True))}
    return plots.weight_paths(panels, **LABELS, **options)


def with_fits(size=1.0, **options):
    fits = {name: (POINTS, GRID, size * np.cos(5 * GRID)) for name in ("L2", "L1")}
    return two(at={"L2": STRENGTHS[8], "L1": STRENGTHS[12]}, fits=fits, truth=(GRID, np.cos(5 * GRID)), **options)


def one(ring=RING, touching=(0.3, 0.0), x=X, y=X, loss=LOSS, **options):
    return plots.touching_contours({"L2": (x, y, loss, ring, touching)}, **TWO, **options)


FIGURES = {
    "paths, one": lambda: plots.weight_paths({"L2": (STRENGTHS, shrinking(1))}, **LABELS),
    "paths, two": two,
    "paths, three of many": lambda: plots.weight_paths(
        {f"panel {i}": (STRENGTHS, shrinking(196)) for i in range(3)}, title=TITLE, **LABELS,
        styles={f"panel {i}": name for i, name in enumerate(("first", "second", "third"))},
    ),
    "paths, marked": lambda: two(at={"L1": STRENGTHS[-1]}),
    "paths with fits": with_fits,
    "paths with fits, limits": lambda: with_fits(fit_limits=(-1.8, 1.8), title=TITLE),
    "paths with fits, named": lambda: with_fits(names=NAMES),
    "paths, logarithmic": lambda: two(log_from=0.01),
    "paths, logarithmic, of many": lambda: plots.weight_paths(
        {"L2": (STRENGTHS, shrinking(196)), "L1": (STRENGTHS, gone(196))}, log_from=0.001, **LABELS),
    "paths, logarithmic, large": lambda: plots.weight_paths(
        {"L2": (STRENGTHS, 1e5 * shrinking(9))}, log_from=0.01, **LABELS),
    "paths with fits, logarithmic": lambda: with_fits(names=NAMES, log_from=0.01),
    "paths, all gone": lambda: plots.weight_paths(
        {"L2": (STRENGTHS, shrinking(15)), "L1": (STRENGTHS, gone(15))}, at={"L1": STRENGTHS[15]}, names=NAMES,
        **LABELS),
    "touching, at a corner": lambda: corner((0.0, -0.5)),
    "touching, at the other corners": lambda: plots.touching_contours(
        {str(place): (X, X, LOSS, RING, place) for place in ((0.3, 0.0), (-0.3, 0.0), (0.0, 0.3))}, **TWO,
        styles={str(place): "l1" for place in ((0.3, 0.0), (-0.3, 0.0), (0.0, 0.3))}),
    "touching, one": one,
    "touching, two": lambda: plots.touching_contours(
        {name: (X, X, LOSS, RING, (0.3, 0.0)) for name in ("L2", "L1")}, title=TITLE, **TWO,
    ),
    "touching, lowest outside": lambda: one(loss=LOSS + 10 * X),
}


@pytest.fixture(scope="module")
def drawn():
    return {kind: draw() for kind, draw in FIGURES.items()}


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_large_and_dark_and_none_overlaps(drawn, kind):
    assert_readable(drawn[kind])


@pytest.mark.parametrize("kind", FIGURES)
def test_the_picture_is_small_and_as_wide_as_every_other(drawn, kind):
    assert_small(drawn[kind], 150_000)


@pytest.mark.parametrize("kind", FIGURES)
def test_descriptions_are_the_same_every_time(drawn, kind):
    assert_described(drawn[kind], FIGURES[kind]())


def test_measured_numbers_in_descriptions_differ_only_behind_the_sign():
    def text(size):
        paths = plots.weight_paths({"L1": (STRENGTHS, shrinking(15, True, size))}, at={"L1": STRENGTHS[3]}, **LABELS)
        return " ".join(figure.description for figure in (paths, with_fits(size), one(touching=(0.3 * size, 0.1))))

    assert text(1.0) != text(1.5)
    assert compared(text(1.0)) == compared(text(1.5))


def test_each_weight_is_a_line_in_the_colour_of_its_penalty(drawn):
    for axes, name, weights in zip(drawn["paths, two"].axes, ("l2", "l1"), (shrinking(15), shrinking(15, True))):
        lines = [line for line in axes.lines if to_hex(line.get_color()) == STYLES[name].color.lower()]
        np.testing.assert_array_equal([line.get_ydata() for line in lines], weights.T)
        assert axes.get_xscale() == "log"


def test_at_the_mark_weights_that_are_exactly_zero_are_hollow():
    weights = shrinking(15, zeros=True)
    axes = two(at={"L1": STRENGTHS[8]}).axes[1]
    full, hollow = [line for line in axes.lines if line.get_marker() == "o"]
    here = weights[8]
    np.testing.assert_array_equal(full.get_ydata(), here[here != 0])
    assert len(hollow.get_ydata()) == (here == 0).sum() > 0 and to_hex(hollow.get_markerfacecolor()) == "#ffffff"


def test_the_longest_weights_carry_their_names_where_their_lines_begin(drawn):
    axes, first = drawn["paths with fits, named"].axes[2], shrinking(15)[0]
    at = {text.get_text(): text.xy for text in axes.texts}
    longest = NAMES[np.abs(first).argmax()]
    assert at[longest] == (STRENGTHS[0], first[NAMES.index(longest)])
    assert 2 <= len(at) < 15
    assert all(place == (STRENGTHS[0], first[NAMES.index(name)]) for name, place in at.items())


def test_the_panels_share_both_axes():
    panels = {"L2": (STRENGTHS, shrinking(15)), "L1": (STRENGTHS[5:12], shrinking(15)[5:12])}
    left, right = plots.weight_paths(panels, **LABELS).axes
    assert left.get_xlim() == right.get_xlim() and left.get_ylim() == right.get_ylim()
    assert left.get_xlim()[0] <= STRENGTHS[0] and left.get_xlim()[1] >= STRENGTHS[-1]


@pytest.mark.parametrize("kind", ["paths, logarithmic", "paths, logarithmic, of many", "paths with fits, logarithmic"])
def test_a_logarithmic_axis_shows_all_weights_and_says_where_it_is_one(drawn, kind):
    figure = drawn[kind]
    for axes in figure.axes[-2:]:
        assert axes.get_yscale() == "symlog"
        low, high = axes.get_ylim()
        weights = np.concatenate([line.get_ydata() for line in axes.lines if len(line.get_ydata()) == len(STRENGTHS)])
        assert low < weights.min() and weights.max() < high
        assert 0 in axes.get_yticks() and (axes.get_yticks() == -axes.get_yticks()[::-1]).all()
        assert 3 <= len(axes.get_yticks()) <= 7
    limit = "0.001" if "many" in kind else "0.01"
    assert f"(logarithmic beyond ±{limit})." in figure.description
    assert f"logarithmic beyond ±{limit}" in figure._supxlabel.get_text()
    assert "beyond" not in drawn["paths, two"].description


def test_a_weight_that_is_not_zero_lies_clear_of_it_on_a_logarithmic_axis():
    weights = np.linspace(0.5, 0.002, len(STRENGTHS))[:, None] * [1, 0]
    axes = plots.weight_paths({"L2": (STRENGTHS, weights)}, log_from=0.001, **LABELS).axes[0]
    last, zero = axes.transData.transform([(1, weights[-1, 0]), (1, 0)])[:, 1]
    assert last - zero > 15  # pixels


def test_where_all_weights_are_exactly_zero_the_panel_says_so(drawn):
    l2, l1 = drawn["paths, all gone"].axes
    assert "all exactly 0" not in [text.get_text() for text in l2.texts]
    (text,) = [text for text in l1.texts if text.get_text() == "all exactly 0"]
    assert STRENGTHS[9] < text.xy[0] < STRENGTHS[-1] and text.xy[1] == 0
    # Zeros that do not last, or leave no room, are not named.
    for rows in (slice(3, 9), slice(18, None)):
        weights = shrinking(3)
        weights[rows] = 0
        axes = plots.weight_paths({"L1": (STRENGTHS, weights)}, **LABELS).axes[0]
        assert not axes.texts


def test_fits_stand_above_the_paths_of_their_penalty(drawn):
    figure = drawn["paths with fits, limits"]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["L2", "L1", "", ""]
    assert figure.axes[0].get_ylim() == (-1.8, 1.8)
    assert {axes.get_ylim() for axes in figure.axes[2:]} == {figure.axes[2].get_ylim()}
    curve = [line for line in figure.axes[1].lines if to_hex(line.get_color()) == STYLES["l1"].color.lower()]
    np.testing.assert_array_equal(curve[0].get_xydata(), np.stack([GRID, np.cos(5 * GRID)], axis=1))


def test_the_ring_the_touching_point_and_the_lowest_loss_are_where_they_belong(drawn):
    axes = drawn["touching, one"].axes[0]
    ring = [line for line in axes.lines if len(line.get_xdata()) == len(RING)]
    np.testing.assert_array_equal(ring[0].get_xydata(), RING)
    (dot,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert dot.get_xydata().tolist() == [[0.3, 0.0]]
    (cross,) = [line for line in axes.lines if line.get_marker() == "x"]
    np.testing.assert_allclose(cross.get_xydata(), [[0.5, -0.25]], atol=1e-6)
    assert axes.get_aspect() == 1
    assert "the lowest loss, a cross" not in drawn["touching, lowest outside"].description


def test_a_weight_that_is_exactly_zero_where_the_contours_touch_is_named_if_there_is_room(drawn):
    def said(figure):
        return [[text.get_text() for text in axes.texts] for axes in figure.axes]

    assert said(drawn["touching, at a corner"]) == [["weight of ink:\nexactly 0"]]
    assert said(plots.touching_contours({"L1": (X, X, LOSS, RING, (0.3, 0.0))}, "a", "b")) == [["b:\nexactly 0"]]
    assert said(corner((0.2, -0.1))) == said(corner((0.0, 0.0))) == [[]]
    assert said(corner((0.0, -0.97))) == [[]]  # it would leave the panel
    assert said(corner((0.0, -0.2))) == [[]]  # it would cover the cross of the lowest loss


@pytest.mark.parametrize("call, error, message", [
    (lambda: two(log_from=0), ValueError, "log_from: expected a finite number above 0, got 0"),
    (lambda: two(log_from=np.inf), ValueError, "log_from: expected a finite number above 0, got inf"),
    (lambda: plots.weight_paths({}, **LABELS), ValueError, "panels: expected at least one entry"),
    (lambda: plots.weight_paths({"L1": STRENGTHS}, **LABELS), TypeError, "expected a pair"),
    (lambda: plots.weight_paths({"L1": (STRENGTHS, shrinking(3).T)}, **LABELS), ValueError, "expected 3 steps"),
    (lambda: plots.weight_paths({"L1": (STRENGTHS - 1, shrinking(3))}, **LABELS), ValueError, "numbers above 0"),
    (lambda: plots.weight_paths({"ridge": (STRENGTHS, shrinking(3))}, **LABELS), ValueError, "no style is known"),
    (lambda: two(at={"L3": 1.0}), ValueError, r"at: expected titles of panels \(L2, L1\), got 'L3'"),
    (lambda: two(at={"L2": 0.5}), ValueError, r"at\['L2'\]: expected one of the panel's strengths, got 0.5"),
    (lambda: two(at={"L2": 0}), ValueError, r"at\['L2'\]: expected one of the panel's strengths, got 0"),
    (lambda: two(fits={"L2": (POINTS, GRID, GRID)}), ValueError, "fits: expected one for each of L2, L1, got L2"),
    (lambda: two(fits={name: (GRID, GRID, GRID) for name in ("L1", "L2")}), ValueError,
     "points: expected numbers of shape"),
    (lambda: two(names=["P1"]), ValueError, "names: expected 15, one for each weight of 'L2', got 1"),
    (lambda: two(truth=GRID), TypeError, "truth: expected a pair"),
    (lambda: plots.touching_contours({"L2": (X, X, LOSS)}, **TWO), TypeError, "got 3 of them"),
    (lambda: one(x=X[::-1]), ValueError, "finite numbers that increase"),
    (lambda: one(loss=LOSS[:-1]), ValueError, r"loss: expected finite numbers of shape \(41, 41\)"),
    (lambda: one(loss=np.full_like(LOSS, np.nan)), ValueError, "loss: expected finite numbers"),
    (lambda: one(ring=RING[:, :1]), ValueError, r"expected a ring \(T, 2\)"),
    (lambda: one(touching=(1.0, 2.0, 3.0)), ValueError, "touching point"),
])
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
