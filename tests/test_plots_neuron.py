"""One neuron of two weights: the picture is measured on the layers, and refuses what is not true of them."""

import functools

import numpy as np
import pytest
from matplotlib.quiver import Quiver

from helpers import nn, plots
from helpers.plots.style import INK, STYLES
from tests.figures import assert_readable, assert_small, compared

START = np.array([-0.8, 0.6])


@functools.cache
def neuron(seed=0, epsilon=0.0):
    """The loss and its gradient at weights (2,): a dense layer, batch normalization, the mean squared error."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(200, 2))
    classes = np.sign(points @ [[1.0], [0.4]] + rng.normal(size=(200, 1)))
    dense = nn.Dense(1, use_bias=False)
    network = nn.Sequential([dense, nn.BatchNormalization(epsilon=epsilon, center=False, scale=False)])
    network.build(points.shape, float)

    def loss_and_gradient(w):
        dense.kernel[:, 0] = w
        loss, dy = nn.mean_squared_error(network(points, training=True), classes)
        network.backward(dy)
        return loss, dense.gradients["kernel"][:, 0].copy()

    return loss_and_gradient


def descend(rate, start=START, steps=30, loss_and_gradient=None):
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - rate * (loss_and_gradient or neuron())(path[-1])[1])
    return np.array(path)


def two(rates=(0.3, 3), start=START, **options):
    return plots.normalized_neuron(
        neuron(), {f"rate {rate:g}": (rate, descend(rate, start)) for rate in rates}, **options
    )


FIGURES = {
    "two rates": two,
    "three, titled": lambda: two((0.1, 1, 30), title="One neuron with batch normalization, at three learning rates"),
    "one, far out": lambda: two((30,)),
    "one, too small": lambda: two((0.03,)),
    "one, fixed limits": lambda: two((3,), rate_limits=(0.005, 100)),
    "from below": lambda: two(start=(-0.8, -0.6)),
    "from the right": lambda: two(start=(0.6, -0.8)),
    "tiny weights": lambda: two((0.03,), start=0.1 * START),
    "two starts": lambda: plots.normalized_neuron(
        neuron(), {"near": (1, descend(1)), "far": (1, descend(1, 3 * START))}, styles={"near": "batch"}
    ),
    "one step": lambda: plots.normalized_neuron(neuron(), {"rate 1": (1, descend(1, steps=1))}),
}


@functools.cache
def drawn(kind):
    return FIGURES[kind]()


def lines(axes, color):
    return [np.array(line.get_xydata()) for line in axes.lines if line.get_color() == color]


@pytest.mark.parametrize("seed", range(5))
def test_the_loss_is_one_number_on_each_ray_and_a_step_at_a_right_angle_to_it(seed):
    ask, rng = neuron(seed), np.random.default_rng(seed)
    for _ in range(20):
        w = rng.normal(size=2)
        (loss, gradient), (far_loss, far_gradient) = ask(w), ask(7 * w)
        assert far_loss == pytest.approx(loss, abs=1e-10)
        np.testing.assert_allclose(7 * far_gradient, gradient, atol=1e-10)
        assert abs(w @ gradient) < 1e-10
    for rate in (0.03, 0.3, 3, 30):
        norms = np.linalg.norm(descend(rate, loss_and_gradient=ask), axis=1)
        assert (np.diff(norms) >= -1e-12).all() and norms[1] > norms[0]


def test_ten_times_the_weights_and_a_hundred_times_the_rate_walk_the_same_way():
    np.testing.assert_allclose(descend(0.03, 0.1 * START), 0.1 * descend(3), atol=1e-10)
    small, large = two((0.03,), 0.1 * START), two((3,))
    rates = [lines(figure.axes[1], STYLES["first"].color)[0] for figure in (small, large)]
    np.testing.assert_allclose(*rates, rtol=1e-9)


def test_drawn_are_the_paths_and_their_effective_rates():
    plane, rates = drawn("two rates").axes
    for rate, name in ((0.3, "first"), (3, "second")):
        path, color = descend(rate), STYLES[name].color
        np.testing.assert_array_equal(lines(plane, color)[0], path)
        np.testing.assert_allclose(lines(rates, color)[0][:, 1], rate / (path**2).sum(axis=1))
    assert rates.get_yscale() == "log" and plane.get_aspect() == 1


def test_arrows_point_against_the_gradient_and_shrink_with_the_distance():
    (arrows,) = drawn("two rates").axes[0].findobj(Quiver)
    begins, ways = np.stack([arrows.X, arrows.Y], axis=-1), np.stack([arrows.U, arrows.V], axis=-1)
    gradients = np.array([neuron()(begin)[1] for begin in begins])
    scale = -(ways * gradients).sum() / (gradients**2).sum()
    np.testing.assert_allclose(ways, -scale * gradients, atol=1e-9)
    np.testing.assert_allclose((begins * ways).sum(axis=1), 0, atol=1e-9)
    assert len(begins) >= 8 and scale > 0


@pytest.mark.parametrize("kind", FIGURES)
def test_the_dashed_ray_is_the_lowest_and_reaches_the_border(kind):
    plane = drawn(kind).axes[0]
    dashed = next(line for line in plane.lines if line.is_dashed())
    x, y = dashed.get_xydata()[-1]
    assert np.isclose(x, plane.get_xlim()).any() or np.isclose(y, plane.get_ylim()).any()
    losses = [neuron()(np.array([np.cos(angle), np.sin(angle)]))[0] for angle in np.linspace(0, 2 * np.pi, 2000)]
    assert neuron()(np.array([x, y]))[0] <= min(losses) + 1e-5


@pytest.mark.parametrize("angle", [0, 0.001, 1, np.pi, -0.001, -0.02, -0.04])
def test_the_lowest_ray_is_found_wherever_it_is(angle):
    def loss_and_gradient(w):
        off = np.arctan2(w[1], w[0]) - angle
        return 1 - np.cos(off), np.sin(off) * np.array([-w[1], w[0]]) / (w @ w)

    figure = plots.normalized_neuron(loss_and_gradient, {"rate 1": (1, [[1, 1], [2, 1]])})
    dashed = next(line for line in figure.axes[0].lines if line.is_dashed())
    x, y = dashed.get_xydata()[-1]
    assert np.cos(np.arctan2(y, x) - angle) == pytest.approx(1, abs=1e-8)


def test_the_square_marks_a_right_angle_and_nothing_else():
    def corner(figure):
        return [line for line in lines(figure.axes[0], INK) if len(line) == 3]

    (at,) = corner(drawn("two rates"))
    assert (at[1] - at[0]) @ (at[2] - at[1]) == pytest.approx(0, abs=1e-9)
    straight = plots.normalized_neuron(neuron(), {"rate 1": (1, [START, 2 * START])})
    assert corner(straight) == []
    standing = plots.normalized_neuron(neuron(), {"rate 1": (1, [START, START])})
    assert corner(standing) == []


@pytest.mark.parametrize("kind", FIGURES)
def test_all_text_is_on_the_canvas_can_be_read_and_none_overlaps_another(kind):
    figure = drawn(kind)
    assert_readable(figure)
    assert_small(figure)


def test_each_path_is_named_beside_its_arc_and_beside_its_curve():
    plane, rates = drawn("two rates").axes
    assert [text.get_text() for text in plane.texts] == [
        "lowest loss", "start", "rate 3", "rate 0.3"
    ]
    assert [text.get_text() for text in rates.texts] == ["rate 0.3", "rate 3"]
    starts = [text for text in drawn("two starts").axes[0].texts if text.get_text() == "start"]
    assert len(starts) == 2


def test_effective_rates_that_hardly_change_look_like_it():
    low, high = drawn("one, too small").axes[1].get_ylim()
    assert high / low >= 3
    assert drawn("one, fixed limits").axes[1].get_ylim() == (0.005, 100)


def test_the_description_says_what_is_seen():
    text = drawn("two rates").description
    for part in ("is the same along each ray from the origin", "the lowest ray, dashed, stands at ≈ 27 degrees",
                 "rate 3: 30 steps at learning rate 3; the angle to the lowest ray goes from ≈ 116 to ≈ 0 degrees",
                 "‖w‖ from ≈ 1 over ≈ 3.37 after one step to ≈ 3.51",
                 "the effective rate from ≈ 3 over ≈ 0.264 to ≈ 0.244."):
        assert part in text
    assert "rate 1: 1 step at" in drawn("one step").description
    assert "Two panels “One neuron with" in drawn("three, titled").description


def test_measured_numbers_in_the_description_differ_only_behind_the_sign():
    texts = [plots.normalized_neuron(neuron(seed), {"rate 3": (3, descend(3, loss_and_gradient=neuron(seed)))})
             .description for seed in (0, 1)]
    assert texts[0] != texts[1]
    assert compared(texts[0]) == compared(texts[1])


def test_a_small_epsilon_is_allowed():
    assert plots.normalized_neuron(neuron(epsilon=1e-5), {"rate 1": (1, descend(1))}).description


def bowl(w):
    return float(w @ w), 2 * w


@pytest.mark.parametrize("loss_and_gradient, paths, options, error, message", [
    (bowl, {"rate 1": (1, [[1, 0], [0, 1]])}, {}, ValueError, "loss_and_gradient: .* one number on each ray"),
    (lambda w: (1.0, 0 * w), {"rate 1": (1, [[1, 0], [0, 1]])}, {}, ValueError, "loss_and_gradient: .* not on all"),
    (lambda w: (np.nan, w), {"rate 1": (1, [[1, 0], [0, 1]])}, {}, ValueError, "loss_and_gradient"),
    (bowl, [1], {}, TypeError, "paths: expected a dict of label: .*, got list"),
    (bowl, {}, {}, ValueError, "paths: expected at least one entry"),
    (bowl, {str(i): (1, [[1, 0], [0, 1]]) for i in range(4)}, {}, ValueError, "paths: expected at most 3, got 4"),
    (bowl, {"a": [[1, 0], [0, 1]]}, {}, TypeError, r"paths\['a'\]: expected a pair \(learning rate, .* got list"),
    (bowl, {"a": (1, [1, 2])}, {}, ValueError, r"paths\['a'\] weights: expected numbers of shape \(T, 2\)"),
    (bowl, {"a": (1, [[1, 2, 3], [1, 2, 3]])}, {}, ValueError, r"weights: .* at least one step, got \(2, 3\)"),
    (bowl, {"a": (1, [[1, 2]])}, {}, ValueError, r"weights: .* at least one step, got \(1, 2\)"),
    (bowl, {"a": (1, [[1, 2], [np.inf, 0]])}, {}, ValueError, "weights: expected finite numbers"),
    (bowl, {"a": (1, [[1, 2], [0, 0]])}, {}, ValueError, "weights: .* in no row both 0"),
    (bowl, {"a": (0, [[1, 2], [1, 0]])}, {}, ValueError, r"paths\['a'\] learning rate: expected .* above 0, got 0"),
    (bowl, {"a": ("x", [[1, 2], [1, 0]])}, {}, TypeError, r"paths\['a'\] learning rate: expected numbers"),
    (bowl, {"a": (1, [[1, 2], [1, 0]])}, {"rate_limits": (0, 1)}, ValueError, r"rate_limits: .* got \(0, 1\)"),
    (bowl, {"a": (1, [[1, 2], [1, 0]])}, {"styles": {"a": "no such"}}, ValueError, "no style .* 'no such'"),
])
def test_bad_input_is_named(loss_and_gradient, paths, options, error, message):
    with pytest.raises(error, match=message):
        plots.normalized_neuron(loss_and_gradient, paths, **options)
