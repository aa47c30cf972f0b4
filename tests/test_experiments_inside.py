"""The measures of the experiment inside_training, and the digits that ranges_that_train sets aside."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import experiments, nn
from helpers.experiments import what_batch_normalization_does as inside

RNG = np.random.default_rng(5)


def noisy_network() -> nn.Sequential:
    configuration = {**inside.INSIDE.configuration, "hidden": [8, 8]}
    model = inside.with_noise(inside.network(True, "relu", configuration, seed=1), configuration, seed=1)
    model.build((1, 6))
    return model


def test_a_common_shift_is_both_drift_and_a_change_of_single_inputs():
    before = RNG.normal(size=(400, 3))
    after = before + 0.5 * before.std(axis=0)
    assert inside.drift(before, after) == pytest.approx(0.5)
    assert inside.single_change(before, after) == pytest.approx(0.5)


def test_examples_that_change_places_do_not_drift():
    before = RNG.normal(size=(400, 3))
    after = before[::-1]
    assert inside.drift(before, after) == pytest.approx(0)
    assert inside.single_change(before, after) == pytest.approx(2 / np.pi**0.5, rel=0.2)  # of two normal draws


def test_silent_units_are_left_out():
    before, after = np.zeros((4, 2)), np.ones((4, 2))
    assert np.isnan(inside.drift(before, after)) and np.isnan(inside.single_change(before, after))
    before[:, 0] = [-1, 1, -1, 1]
    assert inside.drift(before, before + 1) == inside.single_change(before, before + 1) == 1


def test_without_noise_gives_the_logits_of_the_network_that_has_none():
    model, x = noisy_network(), RNG.normal(size=(50, 6)).astype(np.float32)
    bare = nn.Sequential([layer for layer in model.layers if not isinstance(layer, inside.Noise)])
    np.testing.assert_array_equal(inside.without_noise(model, x), bare(x, training=True))
    assert not np.allclose(model(x, training=True), bare(x, training=True), atol=0.01)


def test_remeasured_statistics_are_those_of_the_batch_without_noise_and_the_model_stays_as_it_is():
    model, x = noisy_network(), RNG.normal(size=(50, 6)).astype(np.float32)
    copy = inside.remeasured(model, x)
    # Inference by the statistics of a batch is, for this batch, what training mode does.
    np.testing.assert_allclose(copy(x, training=False), inside.without_noise(copy, x), atol=1e-5)
    norms = [layer for layer in model.layers if isinstance(layer, nn.BatchNormalization)]
    assert all(not norm.moving_mean.any() and norm.momentum == 0.9 for norm in norms)


def test_the_four_readings_agree_where_there_is_nothing_to_tell_them_apart():
    recording = experiments.load(inside.INSIDE.name)
    plain, batch = (recording.select(variant=name) for name in ("without", "batch"))
    for name in ("accuracy_noise_off", "accuracy_moving", "accuracy_remeasured"):
        np.testing.assert_array_equal(plain[name], plain["accuracy"], err_msg=name)
    np.testing.assert_array_equal(batch["accuracy_noise_off"], batch["accuracy"])


def test_validation_digits_are_the_last_ones_and_are_not_trained_on():
    x, y = np.arange(10), np.arange(10) + 100
    parts = [part.tolist() for part in inside.set_aside(x, y, 3)]
    assert parts == [[0, 1, 2, 3, 4, 5, 6], [100, 101, 102, 103, 104, 105, 106], [7, 8, 9], [107, 108, 109]]
    everything, _, nothing, _ = inside.set_aside(x, y, 0)
    assert len(everything) == 10 and not len(nothing)
