"""Short training runs of notebooks."""

import numpy as np
import pytest

from helpers import experiments, nn
from helpers.experiments.batch_normalization import SIGMOID_NETWORK, STATISTICS, with_full_statistics


def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 4)).astype(np.float32)
    return x, (x[:, 0] > 0).astype(int)


def model(seed=0):
    return nn.Sequential([nn.Dense(3), nn.BatchNormalization(), nn.ReLU(), nn.Dense(2)], seed=seed)


def run(**changes):
    options = {"steps": 7, "batch_size": 20, "seed": 1} | changes
    return experiments.train(model(), *data(), nn.SGD(0.1), **options)


def test_it_measures_after_the_steps_it_was_asked_to():
    x, y = data()
    evaluate = lambda trained: trained.evaluate(x, y)["loss"]  # noqa: E731
    measured = run(measure_at=[1, 5], measure=evaluate)
    assert measured.shape == (2,)
    for steps, value in zip([1, 5], measured, strict=True):
        assert run(steps=steps, measure_at=[steps], measure=evaluate) == [value]


def test_it_takes_the_steps_of_the_recorded_experiments():
    """The order of the examples is that of `helpers.experiments`: epochs from the stream [seed, 1]."""
    x, y = data()
    ours, theirs, optimizer = model(), model(), nn.SGD(0.1)
    experiments.train(ours, x, y, nn.SGD(0.1), steps=5, batch_size=20, seed=3)
    rng, step = np.random.default_rng([3, 1]), 0
    while step < 5:
        for rows in nn.batches(len(x), 20, rng):
            if step < 5:
                nn.train_step(theirs, x[rows], y[rows], optimizer)
                step += 1
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(x))


def test_the_learning_rate_may_follow_the_steps():
    seen, optimizer = [], nn.SGD(1.0)
    rates = {"learning_rate": lambda step: 0.1 / (step + 1)}
    experiments.train(
        model(), *data(), optimizer, steps=3, batch_size=20, seed=0, measure_at=range(1, 4),
        measure=lambda _: seen.append(optimizer.learning_rate), **rates,
    )
    assert seen == [0.1, 0.05, 0.1 / 3]


def test_without_anything_to_measure_it_gives_nothing():
    assert run().shape == (0,)


@pytest.mark.filterwarnings("error")
def test_a_rate_that_is_too_large_is_a_result_and_no_warning():
    x, y = data()
    measured = experiments.train(
        nn.Sequential([nn.Dense(3), nn.Dense(2)], seed=0), 1e3 * x, y, nn.SGD(1e30), steps=9, batch_size=20, seed=0,
        measure_at=[9], measure=lambda trained: trained.predict(x).sum(),
    )
    assert not np.isfinite(measured).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"measure_at": [1]}, "both or neither"),
        ({"measure": len}, "both or neither"),
        ({"measure_at": [0, 3, 8], "measure": len}, r"steps from 1 to 7, got \[0, 8\]"),
        ({"batch_size": 0}, "batch size"),
    ],
)
def test_what_cannot_be_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        run(**changes)


def test_steps_to_reach_a_level():
    steps, values = np.array([1, 10, 100]), np.array([[0.1, 0.9, 0.8], [0.9, 0.1, 0.1], [0.1, 0.2, 0.3]])
    np.testing.assert_array_equal(experiments.steps_to_reach(0.9, steps, values), [10, 1, np.inf])


def test_full_statistics_are_those_of_all_examples_and_leave_the_model_alone():
    x, _ = data()
    trained = model()
    trained(x[:20], training=True)
    before = trained.predict(x)
    full = with_full_statistics(trained, x)
    h = trained.layers[0](x)
    np.testing.assert_allclose(full.layers[1].moving_mean, h.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(full.layers[1].moving_variance, h.var(axis=0), atol=1e-6)
    np.testing.assert_array_equal(trained.predict(x), before)
    assert trained.layers[1].momentum == 0.99


def test_the_recording_of_the_statistics_is_of_the_network_of_the_figure():
    """It repeats, with the same seeds, the first steps of the long runs."""
    short = experiments.load(STATISTICS.name).select(seed=3)
    long = experiments.load(SIGMOID_NETWORK.name).select(variant="batch", seed=3)
    shared = np.isin(long["step"][0], short["step"][0])
    both = np.isin(short["step"][0], long["step"][0])
    assert both.sum() >= 5
    np.testing.assert_allclose(short["moving"][0][both], long["accuracy"][0][shared], atol=0.01)
