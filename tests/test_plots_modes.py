"""A layer's modes: the picture shows what the layer does, and the layer is left as it was."""

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import FancyBboxPatch

from helpers import plots
from helpers.plots.style import BLUE, VERMILLION
from tests.figures import assert_described, assert_readable, assert_small

CALLS = {"training=True": (True, True), "training=False": (False, True), "trainable=False": (True, False)}


class Layer:
    """As far as the picture asks, batch normalization of Keras; `frozen_infers` as in Keras 3."""

    def __init__(self, epsilon=1e-3, frozen_infers=True, wrong=0.0):
        self.epsilon, self.frozen_infers, self.wrong, self.trainable = epsilon, frozen_infers, wrong, True
        self.weights = [np.array([1.0, 2]), np.array([0.0, 1]), np.array([5.0, -3]), np.array([4.0, 9])]

    @property
    def trainable_weights(self):
        return self.weights[:2] if self.trainable else []

    def get_weights(self):
        return [weight.copy() for weight in self.weights]

    def set_weights(self, weights):
        self.weights = [np.array(weight) for weight in weights]

    def __call__(self, x, training):
        gamma, beta, mean, variance = self.weights
        if training and (self.trainable or not self.frozen_infers):
            kept = mean, variance
            mean, variance = x.mean(axis=0), x.var(axis=0)
            self.weights[2:] = [0.99 * old + 0.01 * new for old, new in zip(kept, (mean, variance), strict=True)]
        return gamma * (x - mean) / np.sqrt(variance + self.epsilon) + beta + self.wrong


def filled(axes):
    return [to_hex(patch.get_edgecolor()) for patch in axes.patches
            if isinstance(patch, FancyBboxPatch) and to_hex(patch.get_facecolor()) != "#ffffff"]


def test_the_statistics_that_a_call_uses_are_coloured_and_updates_are_written():
    figure = plots.layer_modes(Layer(), CALLS)
    assert [filled(axes) for axes in figure.axes] == [[to_hex(to_rgb(c))] for c in (VERMILLION, BLUE, BLUE)]
    written = [{text.get_text() for text in axes.texts} for axes in figure.axes]
    assert ["updates" in texts for texts in written] == [True, False, False]
    assert all(label in texts for label, texts in zip(CALLS, written, strict=True))


def test_the_layer_decides_and_not_the_call():
    figure = plots.layer_modes(Layer(frozen_infers=False), {"frozen": (True, False)})
    assert "frozen: normalizes with the batch’s mean and variance; the moving ones are updated" in figure.description
    assert figure.description.endswith("γ and β are frozen.")


def test_the_description_says_what_each_call_does():
    assert plots.layer_modes(Layer(), CALLS, title="Three calls").description == (
        "Diagrams side by side “Three calls”: what a batch normalization layer does in a call, found by calling it."
        " training=True: normalizes with the batch’s mean and variance; the moving ones are updated; γ and β are "
        "trained in fit. training=False: normalizes with the moving mean and variance; nothing is updated; γ and β "
        "are trained in fit. trainable=False: normalizes with the moving mean and variance; nothing is updated; γ and "
        "β are frozen."
    )


def test_the_layer_gets_back_its_weights_and_its_attribute():
    layer = Layer()
    before = layer.get_weights()
    plots.layer_modes(layer, CALLS)
    assert all(map(np.array_equal, layer.get_weights(), before)) and layer.trainable


def test_keras_own_layer_can_be_asked():
    keras = pytest.importorskip("keras")
    layer = keras.layers.BatchNormalization()
    layer.build((None, 3))
    layer.moving_mean.assign([10.0, 0.0, -100.0])
    description = plots.layer_modes(layer, CALLS).description
    assert description.count("the moving mean and variance; nothing is updated") == 2


def test_all_text_can_be_read():
    figure = plots.layer_modes(Layer(), CALLS)
    assert_readable(figure)
    assert_small(figure)
    assert_described(figure, plots.layer_modes(Layer(), CALLS))


@pytest.mark.parametrize(
    ("layer", "calls", "error", "message"),
    [
        (Layer(), {}, ValueError, "at least one"),
        (Layer(), {str(i): (True, True) for i in range(4)}, ValueError, "at most 3, got 4"),
        (Layer(), {"a": True}, TypeError, r"calls\['a'\]: expected a pair"),
        (Layer(wrong=1.0), CALLS, ValueError, "neither with the batch's nor with the moving"),
    ],
)
def test_bad_input_is_named(layer, calls, error, message):
    with pytest.raises(error, match=message):
        plots.layer_modes(layer, calls)


def test_a_layer_with_other_weights_is_refused():
    layer = Layer()
    layer.weights = layer.weights[:3]
    with pytest.raises(ValueError, match="four weights"):
        plots.layer_modes(layer, CALLS)
