"""Curves in panels side by side, and a paper's numbers among one's own: what is drawn, told and refused."""

import numpy as np
import pytest

from helpers import plots
from helpers.plots.style import STYLES
from tests.figures import assert_readable, assert_small

STEPS = np.array([1, 10, 100, 1000])


def runs(seeds=5, height=1.0):
    return STEPS, height * (1 + np.arange(seeds)[:, None] / 10) * np.array([4.0, 3.0, 2.0, 1.0])


def three(**options):
    panel = {"plain": runs(), "with BN": runs(height=0.3), "BN + noise": runs(height=0.1)}
    looks = {"with BN": "batch", "BN + noise": "l1"}
    return plots.curves_beside({"noise on": panel, "averages": panel, "remeasured": panel}, x_label="training step",
                               y_label="test error", log_x=True, log_y=True, styles=looks, **options)


def two():
    panel = {"plain": runs(), "with BN": runs(height=0.3)}
    return plots.curves_beside({"learning rate": panel, "factor for all initial weights": panel}, log_x=True,
                               y_label="accuracy after 400 steps", styles={"with BN": "batch"})


def curves(**options):
    rows = {"BN-Baseline": (2.3, [1.2, 1.9, 2.2]), "BN-x5": (14.8, [1.5, 2.2]), "BN-x30": (11.5, [0, 1.1, 1.4]),
            "BN-x5-Sigmoid": (None, [0, 0])}
    looks = {"BN-Baseline": "batch", "BN-x5": "second", "BN-x30": "third", "BN-x5-Sigmoid": "fourth"}
    return plots.reported(rows, x_label="times fewer steps", level=1, styles=looks, **options)


FIGURES = {"three panels": three, "two panels": two, "reported": curves}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_all_text_is_on_the_canvas_large_and_dark_and_none_overlaps(draw):
    figure = draw()
    assert_readable(figure)
    assert_small(figure)


def test_the_panels_share_their_y_axis_and_draw_each_median_in_its_colour():
    figure = three()
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    for axes in figure.axes:
        medians = [line for line in axes.lines if line.get_marker() not in ("None", "")]
        assert [line.get_color() for line in medians] == [STYLES[name].color for name in ("plain", "batch", "l1")]
        assert np.allclose(medians[0].get_ydata(), np.median(runs()[1], axis=0))


def test_a_title_without_an_x_label_stands_below_its_panel():
    assert [axes.get_xlabel() for axes in two().axes] == ["learning rate", "factor for all initial weights"]
    assert [axes.get_title("left") for axes in three().axes] == ["noise on", "averages", "remeasured"]


def test_the_descriptions_tell_what_is_drawn():
    assert two().description == (
        "Line charts side by side on one y axis. y: accuracy after 400 steps. " + " ".join(
            f"x: {name} (logarithmic). "
            "plain: median of 5 seeds, with a band from the lowest to the highest, 4 points from 1 to 1,000; "
            "≈ 4.8 at the first, ≈ 1.2 at the last. "
            "with BN: median of 5 seeds, with a band from the lowest to the highest, 4 points from 1 to 1,000; "
            "≈ 1.44 at the first, ≈ 0.36 at the last."
            for name in ("learning rate", "factor for all initial weights")
        )
    )
    assert curves().description == (
        "Points in rows, ours and the paper's. x: times fewer steps (logarithmic). A line at 1. "
        "BN-Baseline: the paper 2.3; ours ≈ 1.9 (from ≈ 1.2 to ≈ 2.2) in 3 seeds. "
        "BN-x5: the paper 14.8; ours ≈ 1.85 (from ≈ 1.5 to ≈ 2.2) in 2 seeds. "
        "BN-x30: the paper 11.5; ours ≈ 1.25 (from ≈ 1.1 to ≈ 1.4) in 2 seeds, never in 1. "
        "BN-x5-Sigmoid: the paper never; ours never, in all 2 seeds."
    )


def test_a_seed_that_never_arrives_is_not_drawn():
    axes = curves().axes[0]
    drawn = [len(line.get_xdata()) for line in axes.lines if line.get_marker() == STYLES["third"].marker]
    assert drawn == [2]
    assert [text.get_text() for text in axes.texts if "never" in text.get_text()] == ["ours: never", "paper: never"]


@pytest.mark.parametrize(
    ("draw", "kind", "message"),
    [
        (lambda: plots.curves_beside({}, y_label="y"), ValueError, "panels: expected at least one"),
        (lambda: plots.curves_beside({name: {"plain": runs()} for name in "abcd"}, y_label="y"), ValueError,
         "panels: expected at most 3, got 4"),
        (lambda: plots.curves_beside({"a": {name: runs() for name in ("plain", "batch", "l1", "l2")}}, y_label="y"),
         ValueError, r"panels\['a'\]: expected at most 3 curves, got 4"),
        (lambda: plots.curves_beside({"a": {"plain": runs(height=0)}}, y_label="y", log_y=True), ValueError,
         r"panels\['a'\]\['plain'\] values: expected values above 0"),
        (lambda: plots.reported({"plain": [1, 2]}, x_label="x"), TypeError, r"rows\['plain'\]: expected a pair"),
        (lambda: plots.reported({"plain": (1, [-1.0])}, x_label="x"), ValueError, "expected no number below 0"),
    ],
)
def test_wrong_arguments_are_named(draw, kind, message):
    with pytest.raises(kind, match=message):
        draw()


def test_a_few_places_on_a_logarithmic_axis_have_a_tick_each():
    sizes = np.array([2, 4, 8, 16, 32])
    figure = plots.curves_beside({"a": {"batch": (sizes, np.ones((1, 5)))}}, y_label="y", x_label="x", log_x=True)
    assert figure.axes[0].get_xticks().tolist() == sizes.tolist()
