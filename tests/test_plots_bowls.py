"""The bowls of a linear model: the loss that is drawn is the one of the data."""

import numpy as np
import pytest

from helpers import plots
from tests.figures import assert_described, assert_readable, assert_small

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 2)) * [1.0, 0.5]
W = np.array([-0.4, -0.7])
PATH = np.array([[0.3, 0.3], [0.0, 0.0], [-0.2, -0.4]])


def test_the_cross_is_at_the_weights_that_made_the_targets():
    figure = plots.least_squares_bowls({"exact": (X, X @ W, PATH)})
    assert figure.description == (
        "Contour map of a loss. x: first weight. y: second weight. exact: x from ≈ -1.3 to ≈ 0.6, y from ≈ -1.3 to "
        "≈ 0.6; the lowest loss, a cross, is at (≈ -0.4, ≈ -0.7). gradient descent: 2 steps from (≈ 0.3, ≈ 0.3) to "
        "(≈ -0.2, ≈ -0.4)."
    )


def test_each_panel_has_its_own_data_and_the_range_that_was_asked_for():
    panels = {"one": (X, X @ W, PATH), "other": (X, X @ -W, PATH)}
    figure = plots.least_squares_bowls(panels, weights=(-1, 1), x_label="ink", y_label="width")
    assert "x: ink. y: width." in figure.description
    assert "(≈ -0.4, ≈ -0.7)" in figure.description and "(≈ 0.4, ≈ 0.7)" in figure.description
    assert "x from ≈ -1 to ≈ 1" in figure.description


@pytest.mark.parametrize(
    ("panels", "weights", "said"),
    [
        ({}, (-1, 1), "expected at least one entry"),
        ({"a": (X, X @ W)}, (-1, 1), r"panels\['a'\]: expected \(x \(N, 2\), t \(N,\), path \(T, 2\)\), got 2 of them"),
        ({"a": (X[:4], X @ W, PATH)}, (-1, 1), r"panels\['a'\] x: expected shape \(N, 2\) = \(50, 2\), got \(4, 2\)"),
        ({"a": (X[:, :1], X @ W, PATH)}, (-1, 1), r"expected shape \(N, 2\) = \(50, 2\), got \(50, 1\)"),
        ({"a": (X, X @ W, PATH)}, (1, -1), "weights: expected"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(panels, weights, said):
    with pytest.raises((TypeError, ValueError), match=said):
        plots.least_squares_bowls(panels, weights=weights)


def test_beyond_the_limit_of_the_rate_the_loss_diverges_and_the_curve_is_that_of_gradient_descent():
    x = np.array([[2.0, 0.0], [0.0, 1.0]])  # H has the eigenvalues 2 and 0.5
    t = np.array([2.0, 1.0])  # the lowest loss is at w = (1, 1)
    figure = plots.least_squares_rates({"two": (x, t)}, steps=1, rates=(0.1, 10), styles={"two": "first"})
    assert "y: loss above its minimum after 1 steps" in figure.description
    assert "2/λmax ≈ 1, a dotted line" in figure.description
    line = figure.axes[0].lines[0]
    rates, loss = (np.asarray(values) for values in line.get_data())
    above = [((x @ (rate * x.T @ t / 2) - t) ** 2).mean() / 2 for rate in rates]
    assert np.allclose(loss, above, rtol=1e-6)
    assert loss[-1] > 2 >= loss[-2]


def three():
    features = {"centred": 20 * X, "standardized": X, "whitened": X @ np.linalg.inv(np.linalg.cholesky(np.cov(X.T))).T}
    looks = dict(zip(features, ("sixth", "third", "fourth"), strict=True))
    bowls = plots.least_squares_bowls({name: (x, X @ W, PATH) for name, x in features.items()})
    return bowls, plots.least_squares_rates({name: (x, X @ W) for name, x in features.items()}, styles=looks)


def test_all_text_can_be_read():
    for figure, again in zip(three(), three(), strict=True):
        assert_readable(figure)
        assert_small(figure, 150_000)
        assert_described(figure, again)


def test_a_curve_ends_right_behind_its_limit():
    figure = plots.least_squares_rates({"data": (X, X @ W)}, steps=100, styles={"data": "third"})
    limit = 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]
    curve, dotted = figure.axes[0].lines
    assert np.allclose(dotted.get_xdata(), limit)
    assert limit < curve.get_xdata()[-1] < 1.1 * limit
    assert curve.get_ydata()[:-1].min() >= 1e-6


@pytest.mark.parametrize(
    ("curves", "settings", "said"),
    [
        ({}, {}, "expected at least one entry"),
        ({"a": (X,)}, {}, r"curves\['a'\]: expected \(x \(N, 2\), t \(N,\)\), got 1 of them"),
        ({"a": (X[:4], X @ W)}, {}, r"curves\['a'\] x: expected shape \(N, 2\) = \(50, 2\), got \(4, 2\)"),
        ({"a": (X, X @ W)}, {"rates": (0, 1)}, "rates: expected"),
        ({"a": (X, X @ W)}, {"steps": 0}, "steps: expected at least 1, got 0"),
    ],
)
def test_what_does_not_fit_a_sweep_is_refused_by_name(curves, settings, said):
    with pytest.raises((TypeError, ValueError), match=said):
        plots.least_squares_rates(curves, **settings)
