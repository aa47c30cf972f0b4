"""Losses ahead: what is drawn is what was given, on one scale, and the description says it."""

import numpy as np
import pytest

from helpers import plots
from helpers.plots.style import STYLES
from tests.figures import assert_readable, assert_small

LENGTHS = [0, 0.5, 1, 2, 4]
LOOKS = {"with BN": "batch"}


def panels(moments=("step 25", "step 300", "step 1,500"), seeds=10):
    rng = np.random.default_rng(seeds)
    return {moment: {label: rng.uniform(0.02, 5, size=(seeds, 5)) for label in ("plain", "with BN")}
            for moment in moments}


@pytest.mark.parametrize("moments", [("now",), ("step 25", "step 300"), ("step 25", "step 300", "step 1,500")])
def test_drawn_are_the_medians_and_all_seeds_on_one_scale(moments):
    given = panels(moments)
    figure = plots.losses_ahead(given, LENGTHS, styles=LOOKS)
    assert len({axes.get_ylim() for axes in figure.axes}) == 1 and figure.axes[0].get_yscale() == "log"
    for axes, (moment, lines) in zip(figure.axes, given.items(), strict=True):
        for label, name in (("plain", "plain"), ("with BN", "batch")):
            of_label = [line.get_ydata() for line in axes.lines if line.get_color() == STYLES[name].color]
            np.testing.assert_array_equal(of_label[:10], lines[label])
            np.testing.assert_array_equal(of_label[10], np.median(lines[label], axis=0))
        assert axes.get_title(loc="left") == moment


def test_all_text_is_large_dark_and_apart():
    figure = plots.losses_ahead(panels(), LENGTHS, styles=LOOKS, title="How safe is a step along the gradient?")
    assert_readable(figure)
    assert_small(figure)


def test_the_description_names_moments_labels_and_losses():
    figure = plots.losses_ahead({"step 25": {"plain": [[1, 2, 4]]}}, [0, 1, 2], title="Ahead")
    assert figure.description == (
        "Line chart “Ahead”: the loss (logarithmic) at 0, 1 and 2 steps ahead along the gradient, the median of the "
        "seeds with a thin line for each. step 25, plain: 1 seed; from ≈ 1 over ≈ 2 to ≈ 4 (from ≈ 4 to ≈ 4)."
    )


ONE = {"plain": [[1, 2, 3]]}


@pytest.mark.parametrize("given, lengths, error, message", [
    ([1], [0, 1, 2], TypeError, "panels: expected a dict of moment"),
    ({"a": {}}, [0, 1, 2], ValueError, r"panels\['a'\]: expected at least one entry"),
    ({"a": {"plain": [1, 2, 3]}}, [0, 1, 2], ValueError, r"panels\['a'\]\['plain'\]: .* shape \(seeds, L\)"),
    ({"a": ONE}, [0, 1], ValueError, r"panels\['a'\]\['plain'\]: expected 2 losses, one per length, got 3"),
    ({"a": {"plain": [[1, 0, 3]]}}, [0, 1, 2], ValueError, "expected losses above 0, got 0"),
    ({"a": ONE}, [0, 2, 1], ValueError, "lengths: .* increase"),
    ({"a": ONE}, [1, 2, 3], ValueError, "lengths: expected 0 first, got 1"),
    ({str(i): ONE for i in range(4)}, [0, 1, 2], ValueError, "panels: expected at most 3, .* got 4 of 1"),
    ({"a": ONE, "b": {"batch": [[1, 2, 3]]}}, [0, 1, 2], ValueError, r"panels\['b'\]: expected the labels \['plain'\]"),
    ({"a": {"mine": [[1, 2, 3]]}}, [0, 1, 2], ValueError, "no style .* 'mine'"),
])
def test_bad_input_is_named(given, lengths, error, message):
    with pytest.raises(error, match=message):
        plots.losses_ahead(given, lengths)
