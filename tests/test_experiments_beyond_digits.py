"""The convolutional network on clothes that notebook 05 reads: its machinery, on a smaller network."""

import numpy as np
import pytest

from helpers import experiments
from helpers.experiments import beyond_digits
from helpers.experiments.beyond_digits import clothes, machine

TINY = {
    **beyond_digits.GAP.configuration,
    **beyond_digits.INSIDE.configuration,
    "strides": [4, 1],
    "pooled_after": [1],
    "filters": 3,
    "batch_size": 50,
    "steps": 4,
    "measured_at": [1, 4],
    "read_at": [2, 3, 4],
    "clothes": 100,
    "clothes_for_statistics": 100,
    "every_test_clothes": 20,
}
UNIT = {"seed": 0, "variant": "batch", "activation": "relu", "scale": 1.0, "learning_rate": 0.1}


def weights(trained):
    return [variable.numpy() for variable in trained.model.variables]


def train(trained, steps, seed=0):
    trained.start(seed)
    (x, y), _, _ = clothes()
    for step in range(steps):
        rows = slice(50 * step, 50 * step + 50)
        trained.train_step(x[rows], y[rows], 0.1)


def test_the_clothes_are_set_aside_before_training():
    (x, y), (x_validation, y_validation), (x_test, y_test) = clothes()
    assert [a.shape for a in (x, x_validation, x_test)] == [(n, 28, 28, 1) for n in (18_000, 2_000, 5_000)]
    assert [len(a) for a in (y, y_validation, y_test)] == [18_000, 2_000, 5_000]
    assert x.dtype == np.float32 and (x.min(), x.max()) == (0, 1)
    trained_on = {image.tobytes() for image in x}
    assert sum(image.tobytes() in trained_on for image in x_validation) < 5  # a few photographs come twice
    assert np.bincount(y_validation).min() > 150


@pytest.mark.parametrize("variant", ["without", "batch"])
def test_a_machine_starts_anew_whatever_was_trained_before(variant):
    trained = machine(variant == "batch", "relu", False, TINY)
    train(trained, 3)
    first = weights(trained)
    train(trained, 2, seed=1)
    train(trained, 3)
    for a, b in zip(first, weights(trained), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_machine_starts_from_he_s_weights():
    """He's limit for a kernel of 3 × 3 over 3 channels; the factor multiplies kernels alone."""
    trained = machine(True, "relu", False, TINY)
    trained.start(0)
    ours = {variable.path: variable.numpy() for variable in trained.model.variables}
    limit = np.sqrt(6 / (9 * 3))
    (kernel,) = [value for value in ours.values() if value.shape == (3, 3, 3, 3)]
    assert 0.9 * limit < np.abs(kernel).max() <= limit
    trained.start(0, scale=10.0)
    for variable in trained.model.variables:
        factor = 10 if variable.name == "kernel" else 1
        np.testing.assert_allclose(variable.numpy(), factor * ours[variable.path], rtol=1e-6)
        if variable.name in ("beta", "bias", "moving_mean"):
            assert not variable.numpy().any()
        if variable.name in ("gamma", "moving_variance"):
            assert (variable.numpy() == 1).all()


def test_noise_is_new_at_every_call_and_absent_in_inference():
    trained = machine(True, "relu", True, TINY)
    trained.start(0)
    (x, _), _, _ = clothes()
    images = x[:50]
    one, two = (trained.forward(images, training=True, seed=trained.new_seed())[-1] for _ in range(2))
    assert not np.allclose(one, two)
    seed = trained.new_seed()
    np.testing.assert_array_equal(
        *(trained.forward(images, training=True, seed=seed)[-1].numpy() for _ in range(2))
    )
    plain = machine(True, "relu", False, TINY)
    plain.start(0)
    np.testing.assert_allclose(
        trained.forward(images, training=True)[-1], plain.forward(images, training=True)[-1], rtol=1e-5, atol=1e-6
    )


def test_remeasured_statistics_are_those_of_the_batch():
    trained = machine(True, "relu", False, TINY)
    train(trained, 3)
    (x, _), _, _ = clothes()
    trained.remeasure(x[:100])
    inference = trained.forward(x[:100], training=False)[-1].numpy()
    np.testing.assert_allclose(trained.forward(x[:100], training=True)[-1], inference, rtol=1e-3, atol=1e-4)
    assert {layer.momentum for layer in trained.model.layers if hasattr(layer, "momentum")} == {0.9}


def shapes(arrays):
    return {name: array.shape for name, array in arrays.items()}


def test_a_run_gives_its_curve_and_a_rate_too_large_is_a_result():
    run = beyond_digits.CLOTHES.run(TINY, UNIT, lambda fraction: None)
    assert shapes(run) == {"step": (2,), "curve": (2,), "test": (), "validation": ()}
    wild = {**UNIT, "variant": "without", "learning_rate": 1e30}
    assert beyond_digits.CLOTHES.run(TINY, wild, lambda fraction: None)["test"] == pytest.approx(0.1)


def test_the_gap_is_measured_on_the_clothes_trained_on():
    run = beyond_digits.GAP.run(TINY, UNIT, lambda fraction: None)
    names = ("accuracy_train", "loss_train", "accuracy_test", "loss_test")
    assert shapes(run) == {"step": (2,), **dict.fromkeys(names, (2,))}


@pytest.mark.parametrize("variant", ["without", "batch", "noisy"])
def test_what_one_step_changes_and_the_four_readings(variant):
    run = beyond_digits.INSIDE.run(TINY, {**UNIT, "variant": variant}, lambda fraction: None)
    readings = ("noise_on", "batch_statistics", "moving_averages", "remeasured")
    assert shapes(run) == {
        "step": (2,), "drift": (2, 2), "single": (2, 2), "read_at": (3,), **dict.fromkeys(readings, (3,))
    }
    assert (run["single"] >= run["drift"] - 1e-6).all()
    if variant == "without":
        for name in readings[1:]:
            np.testing.assert_allclose(run[name], run["noise_on"], atol=0.005)
    if variant == "batch":
        np.testing.assert_array_equal(run["noise_on"], run["batch_statistics"])


def test_each_rate_is_the_best_of_the_sweep_on_validation_clothes():
    sweep = experiments.load(beyond_digits.LEARNING_RATES.name)
    for (activation, variant), chosen in beyond_digits.RATES.items():
        rates = sorted({
            unit["learning_rate"] for unit in sweep.units
            if (unit["activation"], unit["variant"]) == (activation, variant)
        })
        means = {
            rate: sweep.select(activation=activation, variant=variant, learning_rate=rate)["validation"].mean()
            for rate in rates
        }
        assert means[chosen] == max(means.values()), (activation, variant, means)
    recorded = {unit["seed"] for unit in beyond_digits.CLOTHES.units}
    assert recorded.isdisjoint(unit["seed"] for unit in sweep.units)
