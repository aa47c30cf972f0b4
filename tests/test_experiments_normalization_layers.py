"""Batch renormalization in the experiments that notebook 06 reads, and what their recordings hold."""

import keras
import numpy as np
import pytest

from helpers import experiments
from helpers.experiments import normalization_layers
from helpers.experiments.normalization_layers import LONGER, RENORMALIZATION_RATES, network

CONFIGURATION = RENORMALIZATION_RATES.configuration
UNIT = {"r_max": 3.0, "d_max": 5.0, "widening": 0}


class Value(float):
    """A number that remembers what is assigned to it."""

    def assign(self, value):
        self.value = float(value)


def bounds(done, **changed):
    clipping = {name: Value() for name in ("rmin", "rmax", "dmax")}
    normalization_layers._set_bounds(clipping, {**UNIT, **changed}, done, CONFIGURATION)
    return tuple(clipping[name].value for name in ("rmin", "rmax", "dmax"))


def normalizations(variant, clipping):
    layers = network(variant, 1, CONFIGURATION, clipping).layers
    return [layer for layer in layers if isinstance(layer, keras.layers.BatchNormalization)]


def test_bounds_are_fixed_or_widen_from_those_of_batch_normalization():
    assert bounds(0) == bounds(0.5) == pytest.approx((1 / 3, 3, 5))
    begin, end = CONFIGURATION["widening"]
    assert bounds(0, widening=1) == bounds(begin, widening=1) == (1, 1, 0)
    assert bounds((begin + end) / 2, widening=1) == pytest.approx((1 / 2, 2, 2.5))
    assert bounds(end, widening=1) == bounds(1, widening=1) == pytest.approx((1 / 3, 3, 5))


def test_renormalization_without_room_is_batch_normalization_and_without_bounds_the_formula_of_inference():
    x = np.random.default_rng(0).normal(3, 2, size=(4, 1, 1, 16)).astype(np.float32)
    closed, plain = (normalizations(*which)[0] for which in
                     (("renormalized", {"rmin": 1.0, "rmax": 1.0, "dmax": 0.0}), ("batch", None)))
    np.testing.assert_allclose(closed(x, training=True), plain(x, training=True), atol=1e-5)
    free = normalizations("renormalized", {})[0]
    before = np.asarray(free(x, training=False))
    np.testing.assert_allclose(free(x, training=True), before, rtol=2e-3, atol=2e-3)  # sqrt(1 + epsilon) apart


def test_renormalization_lets_no_more_gradient_through_a_mean_of_two_than_batch_normalization():
    """Ioffe's r and d are constants to the gradient: what 1 - 2/m leaves of it, they only multiply."""
    import tensorflow as tf

    rng = np.random.default_rng(0)
    for size, least in ((2, 0.0), (8, 0.5)):
        x, g = (tf.constant(rng.normal(size=(size, 300)), tf.float32) for _ in range(2))
        layer = keras.layers.BatchNormalization(renorm=True, epsilon=1e-9)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        dx = tape.gradient(y, x, output_gradients=g)  # r / sigma_B is 1 here: the averages begin at 0 and 1
        share = float(tf.reduce_sum(dx**2) / tf.reduce_sum(g**2))
        assert share == pytest.approx(1 - 2 / size, abs=0.05) and share >= least


@pytest.mark.parametrize("unit", [
    {"variant": "group"}, {"variant": "renormalized", **UNIT, "widening": 1},
])
def test_a_run_tells_errors_after_each_epoch(unit):
    tiny = {**CONFIGURATION, "digits": 60, "validation_digits": 40, "digits_for_statistics": 20, "test_batch": 20,
            "filters": 4, "groups": 2, "epochs": 2, "slow_epochs": [1], "widenings_an_epoch": 2}
    told = []
    measured = normalization_layers._run(
        tiny, {"maps": 1, "batch_size": 4, "learning_rate": 0.1, "seed": 0, **unit}, told.append
    )
    assert told == [0.5, 1]
    ends = {"error", "error_full_statistics", "error_in_batches"}
    curves = {"errors", "training_errors", "training_losses", "running_errors", "running_losses"}
    assert measured.keys() == ends | curves
    assert all(measured[name].shape == (2,) for name in curves) and all(measured[name].shape == () for name in ends)
    assert measured["error"] == measured["errors"][-1]
    assert all(0 <= measured[name].min() and measured[name].max() <= 100 for name in measured if "error" in name)


@pytest.mark.parametrize("name", [LONGER.name, "batch_renormalization"])
def test_curves_end_in_the_error_of_the_end(name):
    recording = experiments.load(name)
    np.testing.assert_array_equal(recording.arrays["errors"][:, -1], recording.arrays["error"])
    assert recording.arrays["training_errors"].shape == (len(recording.units), recording.configuration["epochs"])
