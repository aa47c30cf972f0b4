"""The runs behind notebook 08: penalties, their strengths, and what they do under batch normalization."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import experiments, nn
from helpers.datasets import load_mnist
from helpers.experiments import penalties
from helpers.experiments.early_stopping import halved

SHORT = {"training": 200, "units": 8, "batch_size": 100, "steps": 5, "late": 5, "readings": 1, "marks": [1, 2, 3, 4, 5]}
UNIT = {"strength": 0.02, "rate": 0.3, "start": 0.5, "flipped": 0.4, "seed": 7}


def test_digits_to_validate_on_are_never_drawn_and_a_share_of_the_labels_is_wrong():
    x, y = penalties.flipped_digits(3, 1000, 0.4)
    rows = np.random.default_rng(3).choice(55_000, 1000, replace=False)
    images, labels = load_mnist()[0]
    np.testing.assert_array_equal(x, halved(images[rows]))
    assert 0.35 < (y != labels[rows]).mean() < 0.45
    assert (penalties.flipped_digits(3, 1000, 0)[1] == labels[rows]).all()


def test_the_run_takes_the_steps_of_sgd_with_the_penalty_in_the_cost():
    measured = penalties.balance_run(SHORT, UNIT)
    model, optimizer = penalties.normalized_network(8, seed=7), nn.SGD(0.3)
    model.layers[0].kernel *= 0.5
    for layer in (model.layers[0], model.layers[3]):
        layer.kernel_regularizer = nn.L2(0.02)
    x, y = penalties.flipped_digits(7, 200, 0.4)
    rng, effective = np.random.default_rng([7, 1]), []
    for _ in range(3):
        for rows in nn.batches(200, 100, rng):
            effective.append([0.3 / np.square(model.layers[i].kernel).sum() for i in (0, 3)])
            nn.train_step(model, x[rows].astype(np.float64), y[rows], optimizer)
    np.testing.assert_allclose(measured["effective"], effective[:5], rtol=1e-9)


def test_the_gradient_is_at_right_angles_and_lengthens_the_kernel_by_pythagoras():
    measured = penalties.balance_run(SHORT, UNIT)
    first = penalties.balance_run({**SHORT, "steps": 1, "late": 1, "marks": [1]}, UNIT)
    assert measured["late_cosine"].max() < 1e-12
    before, after = UNIT["rate"] / measured["effective"][:2]
    pulled = (1 - 2 * UNIT["rate"] * UNIT["strength"]) ** 2 * before
    np.testing.assert_allclose(after, pulled + UNIT["rate"] ** 2 * first["late_gradient"] / before, rtol=1e-9)
    step = UNIT["rate"] * np.sqrt(first["late_gradient"] / before)
    np.testing.assert_allclose(np.tan(first["late_turn"]), step / np.sqrt(pulled), rtol=1e-6)


def test_the_start_scales_the_first_kernel_and_not_the_function():
    whole, half = (penalties.balance_run(SHORT, {**UNIT, "start": start}) for start in (1, 0.5))
    np.testing.assert_allclose(half["effective"][0], [4, 1] * whole["effective"][0])
    assert half["loss"][0] == pytest.approx(whole["loss"][0])


@pytest.mark.parametrize("name", penalties.METHODS)
def test_without_a_strength_both_methods_are_adam(name):
    optimizer, penalty = penalties.method(name, 0.01, 0)
    weights = [np.ones(3)]
    optimizer.apply([np.zeros(3)], weights, ["kernel"])
    assert penalty is None and (weights[0] == 1).all()


def test_adamw_takes_its_share_of_the_kernels_alone():
    optimizer, penalty = penalties.method("AdamW", 0.004, 0.02)
    weights = [np.ones(3), np.ones(3)]
    optimizer.apply([np.zeros(3)] * 2, weights, ["dense.kernel", "dense.bias"])
    assert penalty is None and optimizer.weight_decay == pytest.approx(5)
    np.testing.assert_allclose(weights, [[0.98] * 3, [1] * 3])


def test_settings_are_chosen_and_reported_on_other_seeds_and_the_chosen_ones_lie_inside_the_grid():
    assert not set(penalties.CHOOSING) & set(penalties.REPORTING)
    recording = experiments.load(penalties.SETTINGS.name)
    at_200 = recording.configuration["steps"].index(200)
    none = [recording.select(method=name)["test"][:, 0] for name in penalties.METHODS]
    np.testing.assert_array_equal(*none)
    for name in penalties.METHODS:
        chosen = [recording.select(method=name, seed=seed)["validation"][0] for seed in penalties.CHOOSING]
        mean = np.mean(chosen, axis=0)[..., at_200]
        for best, count in zip(np.unravel_index(mean.argmax(), mean.shape), mean.shape, strict=True):
            assert 0 < best < count - 1
        assert 0 < mean[0].argmax() < mean.shape[1] - 1  # the learning rate without a penalty


def test_the_recorded_balance_is_that_of_the_module():
    recording = experiments.load(penalties.BALANCE.name)
    unit = recording.units[0]
    marks = [mark for mark in recording.configuration["marks"] if mark <= 20]
    short = penalties.balance_run({**recording.configuration, "steps": 20, "late": 1, "marks": marks}, unit)
    np.testing.assert_allclose(short["effective"], recording.arrays["effective"][0, : len(marks)], rtol=1e-4)
    assert recording.arrays["late_cosine"].max() < 1e-9
