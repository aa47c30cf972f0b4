"""The shrunken weight: what is drawn is where loss plus penalty is lowest, found by trying all weights."""

import functools

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon, Rectangle

from helpers import plots
from helpers.plots.style import STYLES
from tests.figures import assert_described, assert_readable, assert_small

PENALTIES = {"L2": np.square, "L1": np.abs, "hard threshold": lambda w: w != 0}
SETTINGS = ((1, 1), (1, 0), (0.5, 3), (4, 0.3), (1, 40))
TRIED = np.linspace(-2, 2, 4001)  # weights; 0 is among them
TITLE = "What three penalties leave of one weight, against the weight that least squares would have taken"

FIGURES = {
    "plain": lambda: plots.shrinkage(1, 1),
    "titled": lambda: plots.shrinkage(1, 1, title=TITLE),
    "no penalty": lambda: plots.shrinkage(1, 0),
    "weak": lambda: plots.shrinkage(1, 0.001),
    "strong": lambda: plots.shrinkage(0.3, 1234.5),
    "all of L1 gone": lambda: plots.shrinkage(1, 4),
    "small weights": lambda: plots.shrinkage(0.123, 0.0123, limit=0.123),
    "large weights": lambda: plots.shrinkage(2, 500, limit=200, styles={"L2": "third", "hard threshold": "first"}),
}


@functools.cache
def drawn(kind):
    return FIGURES[kind]()


def curve(axes):
    """The line of the penalty: the thickest."""
    return max(axes.lines, key=lambda line: line.get_linewidth())


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_large_and_dark_and_none_overlaps(kind):
    assert_readable(drawn(kind))


@pytest.mark.parametrize("kind", FIGURES)
def test_the_picture_is_small_and_described_the_same_every_time(kind):
    assert_small(drawn(kind))
    assert_described(drawn(kind), FIGURES[kind]())


@pytest.mark.parametrize("h, strength", SETTINGS)
@pytest.mark.parametrize("panel, penalty", list(enumerate(PENALTIES)))
def test_each_weight_drawn_is_the_one_of_the_lowest_cost(panel, penalty, h, strength):
    line = curve(plots.shrinkage(h, strength).axes[panel])
    stars, weights = np.array(line.get_xydata())[~np.isnan(line.get_xdata())].T
    assert stars.min() == -2 and stars.max() == 2
    chosen = slice(None, None, 41)
    costs = h * (TRIED - stars[chosen, None]) ** 2 + strength * PENALTIES[penalty](TRIED)  # (w*, tried)
    own = h * (weights - stars) ** 2 + strength * PENALTIES[penalty](weights)
    np.testing.assert_array_less(own[chosen], costs.min(axis=1) + 1e-9)
    # Not only as low, but the same weight, where the lowest two are not equally low.
    best = TRIED[costs.argmin(axis=1)]
    clear = np.abs(np.abs(stars[chosen]) - np.sqrt(strength / h)) > 1e-3
    np.testing.assert_allclose(weights[chosen][clear], best[clear], atol=1e-3)
    assert ((weights[chosen] == 0) == (best == 0))[clear & (np.abs(weights[chosen]) > 1e-3)].all()


def test_the_shaded_range_is_where_the_lowest_cost_is_at_exactly_zero():
    for h, strength in SETTINGS[2:4]:
        for axes, penalty in zip(plots.shrinkage(h, strength).axes, PENALTIES, strict=True):
            zones = [patch for patch in axes.patches if isinstance(patch, Rectangle | Polygon)
                     and patch.get_alpha() == 0.6]
            if penalty == "L2":
                assert not zones
                continue
            (zone,) = zones
            edge = zone.get_extents().transformed(axes.transData.inverted()).x1
            for star, zero in ((edge - 0.01, True), (edge + 0.01, False))[: 2 if edge < 1.99 else 1]:
                costs = h * (TRIED - star) ** 2 + strength * PENALTIES[penalty](TRIED)
                assert (TRIED[costs.argmin()] == 0) == zero


def test_arrows_show_a_share_under_l2_and_an_amount_under_l1():
    def taken(axes):
        return [arrow.xyann[1] - arrow.xy[1] for arrow in axes.texts if getattr(arrow, "arrow_patch", None)]

    l2, l1, hard = drawn("plain").axes
    small, large = taken(l2)
    assert large / small == pytest.approx(0.85 / 0.4)
    assert taken(l1) == pytest.approx([0.5, 0.5])
    assert taken(hard) == pytest.approx([0.8])  # the other weight is kept
    assert not any(taken(axes) for axes in drawn("no penalty").axes)


def test_the_hard_threshold_jumps_and_its_line_does_not_join_the_parts():
    for axes, jumps in zip(drawn("plain").axes, (0, 0, 2), strict=True):
        x, y = np.array(curve(axes).get_xydata()).T
        assert np.isnan(x).sum() == jumps
        joined = np.abs(np.diff(y))[~np.isnan(np.diff(x))]
        assert joined.max() < 0.01


def test_panels_say_the_formulas_with_their_values_and_wear_the_penalties_colours():
    texts = [[text.get_text() for text in axes.texts] for axes in drawn("plain").axes]
    assert "h/(h + λ) = 0.5" in texts[0] and "λ/(2h) = 0.5" in texts[1] and "√(λ/h) = 1" in texts[2]
    assert [("exactly 0" in row) for row in texts] == [False, True, True]
    colors = [to_hex(curve(axes).get_color()) for axes in drawn("plain").axes[:2]]
    assert colors == [STYLES["l2"].color.lower(), STYLES["l1"].color.lower()]
    assert to_hex(curve(drawn("large weights").axes[0]).get_color()) == STYLES["third"].color.lower()


def test_the_description_says_what_each_penalty_does():
    text = drawn("plain").description
    assert "h = 1, and λ = 1" in text and "w = 0.5 w*" in text
    assert "exactly 0 where |w*| is at most 0.5, and elsewhere 0.5 nearer to 0" in text
    assert "exactly 0 where |w*| is at most 1, and w* elsewhere" in text


@pytest.mark.parametrize("arguments, options, error, message", [
    ((0, 1), {}, ValueError, "curvature: expected a finite number above 0, got 0"),
    ((np.inf, 1), {}, ValueError, "curvature: expected a finite number above 0, got inf"),
    (("one", 1), {}, TypeError, "curvature: expected numbers"),
    ((1, -1), {}, ValueError, "strength: expected a finite number of at least 0, got -1"),
    ((1, np.nan), {}, ValueError, "strength: expected a finite number"),
    ((1, [1, 2]), {}, ValueError, "strength: expected numbers of shape"),
    ((1, 1), {"limit": 0}, ValueError, "limit: expected a finite number above 0, got 0"),
    ((1, 1), {"styles": {"l2": "first"}}, ValueError, r"styles: .* panels \(L2, L1, hard threshold\), got 'l2'"),
    ((1, 1), {"styles": {"L2": "ridge"}}, ValueError, "no style is known"),
])
def test_bad_input_is_named(arguments, options, error, message):
    with pytest.raises(error, match=message):
        plots.shrinkage(*arguments, **options)
