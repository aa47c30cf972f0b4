"""Lecture 48: the five training curves, what may be chosen, and what goes on inside."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}


def network(
    normalized: bool, activation: str, configuration: Mapping, seed: int, scale: float = 1.0
) -> nn.Sequential:
    """Return a row of dense layers, with batch normalization before each activation or without.

    Args:
        normalized: with batch normalization the hidden dense layers have no bias.
        activation: "relu" or "sigmoid".
        configuration: ``hidden``, ``classes`` and ``momentum_of_averages`` are read.
        seed: decides the initial weights.
        scale: a factor for all initial weights; 1 leaves them as Keras draws them.
    """

    def initial(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        return scale * nn.glorot_uniform(rng, shape)

    layers: list[nn.Layer] = []
    for units in configuration["hidden"]:
        layers.append(nn.Dense(units, use_bias=not normalized, kernel_initializer=initial))
        if normalized:
            layers.append(nn.BatchNormalization(momentum=configuration["momentum_of_averages"]))
        layers.append(ACTIVATIONS[activation]())
    return nn.Sequential(
        [*layers, nn.Dense(configuration["classes"], kernel_initializer=initial)], seed=seed
    )


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x (60000, 784) from 0 to 1, its labels, and the same of the 10,000 test digits."""
    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = (images.reshape(len(images), -1).astype(np.float32) / 255 for images in (x, x_test))
    return x, y, x_test, y_test


def set_aside(x: np.ndarray, y: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x, y without their last ``count`` rows, and these rows: the validation digits."""
    rest = len(x) - count
    return x[:rest], y[:rest], x[rest:], y[rest:]


def train(
    model: nn.Sequential, x: np.ndarray, y: np.ndarray, learning_rate: float, configuration: Mapping, seed: int,
    measure: Callable[[int], None],
) -> None:
    """Train with plain gradient descent; call ``measure(step)`` after each step in ``measured_at``."""
    optimizer = nn.SGD(learning_rate)
    # The initial weights and the order of the examples must not come from one stream of numbers.
    rng = np.random.default_rng([seed, 1])
    step = 0
    with np.errstate(all="ignore"):  # a rate that is too large makes NaN: that is a result
        while step < configuration["steps"]:
            for rows in nn.batches(len(x), configuration["batch_size"], rng):
                nn.train_step(model, x[rows], y[rows], optimizer)
                step += 1
                if step in configuration["measured_at"]:
                    measure(step)
                if step == configuration["steps"]:
                    break


# --- the five curves -----------------------------------------------------------------------------

# name: (batch normalization, activation, multiple of the base rate), as on the slide; and two that it leaves out.
CURVES = {
    "plain": (False, "relu", 1),
    "BN-Baseline": (True, "relu", 1),
    "BN-x5": (True, "relu", 5),
    "BN-x30": (True, "relu", 30),
    "BN-x5-Sigmoid": (True, "sigmoid", 5),
    "plain-x5": (False, "relu", 5),
    "plain-x5-Sigmoid": (False, "sigmoid", 5),
}


def _run_curve(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    x, y, x_test, y_test = digits()
    x, y, *validation = set_aside(x, y, configuration.get("validation_digits", 0))
    normalized, activation, multiple = configuration["curves"][unit["curve"]]
    model = network(normalized, activation, configuration, unit["seed"], configuration.get("scale", 1.0))
    rate = unit.get("learning_rate") or multiple * configuration["base_rate"]
    sets = {"accuracy": (x_test, y_test)} | ({"validation": tuple(validation)} if len(validation[0]) else {})
    measured: dict[str, list[float]] = {name: [] for name in sets}

    def measure(step: int) -> None:
        for name, (images, labels) in sets.items():
            measured[name].append(model.evaluate(images, labels)["accuracy"])
        progress(step / configuration["steps"])

    train(model, x, y, rate, configuration, unit["seed"], measure)
    arrays = {name: np.array(values) for name, values in measured.items()}
    return {"step": np.array(configuration["measured_at"], np.int32), **arrays}


_NETWORK = {
    "hidden": [64] * 10,
    "classes": 10,
    "momentum_of_averages": 0.9,  # Keras' 0.99 lags behind in runs as short as these
    "batch_size": 60,
}

FIVE_CURVES = Experiment(
    name="five_curves",
    configuration={
        **_NETWORK,
        "curves": {name: list(curve) for name, curve in CURVES.items()},
        "base_rate": 0.1,  # in the sweep below, on other seeds, none is clearly better for "plain"
        "steps": 5_000,
        "measured_at": [10, 25, 50, 75, 100, 150, 200, 300, 400, *range(500, 5_001, 250)],
    },
    units=grid(curve=tuple(CURVES), seed=range(10)),
    run=_run_curve,
    summary="Test accuracy of ten hidden layers on MNIST: plain, and with batch normalization at 1, 5 and 30 times "
            "the rate.",
    source="Ioffe and Szegedy (2015, arXiv:1502.03167), section 4.2, figure 2 and table",
)

BASE_RATE = Experiment(
    name="five_curves_base_rate",
    configuration={
        **FIVE_CURVES.configuration,
        "base_rate": None,  # a unit's own
        "validation_digits": 5_000,  # a rate is chosen, so it is not chosen on the test digits
        "measured_at": [500, 1_000, 2_000, 3_000, 4_000, 4_500, 5_000],
    },
    units=grid(
        curve=("plain",), learning_rate=(0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5), seed=(20, 21, 22)
    ),
    run=_run_curve,
    summary="The plain network of five_curves at eight learning rates: which is its best?",
    source="Ioffe and Szegedy (2015, arXiv:1502.03167), section 4.2",
)

HE = Experiment(
    name="five_curves_he",
    configuration={
        **FIVE_CURVES.configuration,
        "base_rate": None,  # a unit's own
        "scale": round(2**0.5, 6),  # between layers of equal width this is He's spread, made for ReLU
    },
    units=grid(curve=("plain",), learning_rate=(0.05, 0.1, 0.2), seed=range(5)),
    run=_run_curve,
    summary="The plain network of five_curves with larger initial weights, made for ReLU: how much of the lead is "
            "left?",
    source="He et al. (2015, arXiv:1502.01852), section 2.2",
)


# --- what may be chosen --------------------------------------------------------------------------


def _run_range(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    x, y, x_test, y_test = digits()
    x, y, x_validation, y_validation = set_aside(x, y, configuration["validation_digits"])
    values = configuration["values"][unit["what"]]
    on_test, on_validation = [], []
    for number, value in enumerate(values):
        settings = {"learning_rate": configuration["learning_rate"], "scale": 1.0, unit["what"]: value}
        model = network(unit["variant"] == "batch", "relu", configuration, unit["seed"], settings["scale"])
        train(model, x, y, settings["learning_rate"], configuration, unit["seed"], lambda step: None)
        on_test.append(model.evaluate(x_test, y_test)["accuracy"])
        on_validation.append(model.evaluate(x_validation, y_validation)["accuracy"])
        progress((number + 1) / len(values))
    return {"value": np.array(values), "accuracy": np.array(on_test), "validation": np.array(on_validation)}


RANGES = Experiment(
    name="ranges_that_train",
    configuration={
        **_NETWORK,
        "learning_rate": 0.1,  # while the scale is varied
        "validation_digits": 5_000,  # whoever chooses a value chooses it on these
        "steps": 400,
        "measured_at": [],
        "values": {"learning_rate": [round(10 ** (k / 5), 4) for k in range(-15, 9)],
                   "scale": [round(10 ** (k / 6), 4) for k in range(-12, 12)]},
    },
    units=grid(what=("learning_rate", "scale"), variant=("without", "batch"), seed=range(5)),
    run=_run_range,
    summary="Test and validation accuracy after 400 steps at 24 learning rates, and at 24 scales of the initial "
            "weights.",
    source="Lecture 47, advantages; Ioffe and Szegedy (2015, arXiv:1502.03167), section 3.3",
)


# --- how many examples share a mean, and the gap between training and test -----------------------


class GroupedBatchNormalization(nn.BatchNormalization):
    """Batch normalization in which only ``group`` neighbours of a training batch share their statistics.

    The batch of a gradient step stays as large as it is ("ghost batches"). In inference nothing is different.

    Source: Hoffer, Hubara and Soudry (2017, arXiv:1705.08741), algorithm 1.
    """

    def __init__(self, group: int, momentum: float) -> None:
        super().__init__(momentum=momentum)
        self.group = group

    def forward(self, x, training) -> np.ndarray:
        self._groups = None
        if not training or len(x) == self.group:
            return super().forward(x, training)
        groups = nn.normalize(x.reshape(-1, self.group, x.shape[1]), (1,), self.epsilon)
        self._groups = groups.x_hat, groups.inverse_std
        for moving, measured in ((self.moving_mean, groups.mean), (self.moving_variance, groups.variance)):
            moving *= self.momentum
            moving += (1 - self.momentum) * measured.mean(axis=(0, 1))
        return (self.gamma * groups.x_hat + self.beta).reshape(x.shape)

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        if self._groups is None:
            return super().backward(gradient, to_input=to_input)
        x_hat, inverse_std = self._groups
        grouped = gradient.reshape(x_hat.shape)
        self.gradients["gamma"][...] = (grouped * x_hat).sum(axis=(0, 1))
        self.gradients["beta"][...] = grouped.sum(axis=(0, 1))
        return nn.normalize_gradient(grouped * self.gamma, x_hat, inverse_std, (1,)).reshape(gradient.shape)


def _run_small(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    x, y, x_test, y_test = digits()
    few = np.random.default_rng([unit["seed"], 2]).choice(len(x), configuration["digits"], replace=False)
    x, y = x[few], y[few]
    layers: list[nn.Layer] = []
    for units in configuration["hidden"]:
        layers.append(nn.Dense(units, use_bias=unit["group"] == 0))
        if unit["group"]:
            layers.append(GroupedBatchNormalization(unit["group"], configuration["momentum_of_averages"]))
        layers.append(nn.ReLU())
    model = nn.Sequential([*layers, nn.Dense(configuration["classes"])], seed=unit["seed"])
    settings = {**configuration, "batch_size": unit["batch_size"]}
    train(model, x, y, configuration["learning_rate"], settings, unit["seed"], lambda step: None)
    on_training, on_test = model.evaluate(x, y), model.evaluate(x_test, y_test)
    progress(1.0)
    return {
        f"{name}_{data}": np.array(measured[name])
        for data, measured in (("train", on_training), ("test", on_test))
        for name in ("loss", "accuracy")
    }


GAP = Experiment(
    name="gap_and_batch_size",
    configuration={
        **_NETWORK,
        "hidden": [100, 100, 100],
        "digits": 1_024,  # every batch size divides it: a smaller last batch would have statistics of its own
        "learning_rate": 0.1,
        "steps": 2_000,
        "measured_at": [],
    },
    # group: how many examples share a mean; 0 is the network without batch normalization.
    units=tuple(
        {"batch_size": size, "group": group, "seed": seed}
        for size, groups in {8: (0, 8), 32: (0, 32), 128: (0, 2, 4, 8, 16, 32, 128), 256: (0, 256)}.items()
        for group in groups
        for seed in range(8)
    ),
    run=_run_small,
    summary="Training and test accuracy on 1,024 digits, against batch size and against the size of the groups "
            "normalized.",
    source="Ioffe and Szegedy (2015, arXiv:1502.03167), section 3.4; Hoffer et al. (2017, arXiv:1705.08741)",
)


# --- internal covariate shift, noise, and the loss along the gradient ----------------------------


class Noise(nn.Layer):
    """Shift and stretch every activation by random numbers whose distribution changes at every call.

    In training each unit draws a mean in ±``mean`` and a spread from 1 to ``spread``, then each example draws
    a shift within ±``jitter`` of its unit's mean and a factor normal about its unit's spread. In inference
    nothing happens.

    Source: Santurkar et al. (2018, arXiv:1805.11604), appendix A, algorithm 1.
    """

    def __init__(self, rng: np.random.Generator, mean: float, spread: float, jitter: float) -> None:
        super().__init__()
        self.rng, self.mean, self.spread, self.jitter = rng, mean, spread, jitter

    def forward(self, x, training) -> np.ndarray:
        self._cache = (np.float32(1),)
        if not training:
            return x
        mean = self.rng.uniform(-self.mean, self.mean, x.shape[1])
        spread = self.rng.uniform(1, self.spread, x.shape[1])
        shift = self.rng.uniform(mean - self.jitter, mean + self.jitter, x.shape)
        factor = self.rng.normal(spread, self.jitter, x.shape)
        self._cache = (factor.astype(x.dtype),)
        return (x * factor + shift).astype(x.dtype)

    def backward(self, gradient, *, to_input=True) -> np.ndarray:
        (factor,) = self._recall(gradient)
        return gradient * factor


def with_noise(model: nn.Sequential, configuration: Mapping, seed: int) -> nn.Sequential:
    """Return the same layers with noise behind every batch normalization."""
    rng = np.random.default_rng([seed, 3])
    layers: list[nn.Layer] = []
    for layer in model.layers:
        layers.append(layer)
        if isinstance(layer, nn.BatchNormalization):
            layers.append(Noise(rng, **configuration["noise"]))
    return nn.Sequential(layers, seed=seed)


def gradients_of(model: nn.Sequential, x: np.ndarray, y: np.ndarray) -> tuple[float, list[np.ndarray]]:
    """Return the loss on a batch, in training mode, and copies of all weights' gradients."""
    loss, gradient = nn.softmax_cross_entropy(model(x, training=True), y)
    model.backward(gradient, to_input=False)
    return loss, [g.copy() for g in model.gradients]


def kernels_of(model: nn.Sequential) -> list[int]:
    """Return the places of the dense layers' kernels among the model's trainable weights."""
    return [i for i, name in enumerate(model.trainable_names) if name.rpartition(".")[2] == "kernel"]


def inputs_of(model: nn.Sequential, x: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Return what the second, third, ... dense layer receives in training mode, and the logits."""
    received = []
    for layer in model.layers:
        if isinstance(layer, nn.Dense):
            received.append(x)
        x = layer(x, training=True)
    return received[1:], x


def _in_deviations(moved: np.ndarray, before: np.ndarray) -> float:
    """Return the mean over units of how far each moved, (units,), over its standard deviation before."""
    deviation = before.std(axis=0)
    alive = deviation > 1e-3  # a ReLU unit may be silent for every digit
    return float((moved[alive] / deviation[alive]).mean()) if alive.any() else float("nan")


def drift(before: np.ndarray, after: np.ndarray) -> float:
    """Return how far the means of the units moved, in standard deviations; mean over units (notebook 01).

    Args:
        before, after: what a layer receives from the same examples, each of shape (examples, units).
    """
    return _in_deviations(np.abs(after.mean(axis=0) - before.mean(axis=0)), before)


def single_change(before: np.ndarray, after: np.ndarray) -> float:
    """Return how far single inputs moved, in their unit's standard deviations; mean over examples and units.

    Never less than ``drift``: a mean can stand still while the examples around it change places.

    Args:
        before, after: as for ``drift``.
    """
    return _in_deviations(np.abs(after - before).mean(axis=0), before)


def without_noise(model: nn.Sequential, x: np.ndarray) -> np.ndarray:
    """Return the logits in training mode, (examples, classes), with every noise layer left out.

    The statistics are those of x, (examples, inputs), as one batch; the moving averages are updated.
    """
    for layer in model.layers:
        if not isinstance(layer, Noise):
            x = layer(x, training=True)
    return x


def remeasured(model: nn.Sequential, x: np.ndarray) -> nn.Sequential:
    """Return a copy whose moving averages are the statistics of x, (examples, inputs), measured without noise."""
    model = copy.deepcopy(model)
    for layer in model.layers:
        if isinstance(layer, nn.BatchNormalization):
            layer.momentum = 0.0
    without_noise(model, x)
    return model


def _norm(arrays: list[np.ndarray]) -> float:
    return float(np.sqrt(sum(np.square(a, dtype=np.float64).sum() for a in arrays)))


def _readings(
    model: nn.Sequential, x_statistics: np.ndarray, x_test: np.ndarray, y_test: np.ndarray
) -> dict[str, float]:
    """Measure the test accuracy with the noise off, by three kinds of statistics; see INSIDE."""
    logits = {
        "moving": model(x_test, training=False),
        "remeasured": remeasured(model, x_statistics)(x_test, training=False),
        "noise_off": without_noise(copy.deepcopy(model), x_test),
    }
    return {f"accuracy_{name}": nn.accuracy(outputs, y_test) for name, outputs in logits.items()}


def _look_inside(
    model: nn.Sequential, x: np.ndarray, y: np.ndarray, x_test: np.ndarray, y_test: np.ndarray, configuration: Mapping
) -> dict[str, object]:
    """Measure, on a copy, what one step on the batch x, y does; see INSIDE."""
    model = copy.deepcopy(model)
    rate, weights, kernels = configuration["learning_rate"], model.trainable_weights, kernels_of(model)
    old = [w.copy() for w in weights]
    loss, gradients = gradients_of(model, x, y)
    before, logits = inputs_of(model, x_test)
    measured = {"accuracy": nn.accuracy(logits, y_test), "loss": loss, "norm": _norm(gradients)}

    differences, cosines = [], []
    for place in kernels[1:]:  # new weights below the layer, old ones in it and above
        for w, g in zip(weights[:place], gradients):
            w -= rate * g
        after = gradients_of(model, x, y)[1][place]
        for w, o in zip(weights, old):
            w[...] = o
        differences.append(_norm([after - gradients[place]]))
        cosines.append(np.vdot(after, gradients[place]) / (_norm([after]) * _norm([gradients[place]])))

    losses, changes = [], []
    for multiple in configuration["multiples"]:  # along the gradient, from where the network is
        for w, o, g in zip(weights, old, gradients):
            w[...] = o - multiple * rate * g
        there, gradients_there = gradients_of(model, x, y)
        losses.append(there)
        changes.append(_norm([a - b for a, b in zip(gradients_there, gradients)]))

    for w, o, g in zip(weights, old, gradients):  # one step
        w[...] = o - rate * g
    after_step, _ = inputs_of(model, x_test)
    return {
        **measured,
        "drift": [drift(a, b) for a, b in zip(before, after_step)],
        "single": [single_change(a, b) for a, b in zip(before, after_step)],
        "difference": differences,
        "cosine": cosines,
        "loss_along": losses,
        "gradient_change_along": changes,
    }


def _run_inside(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    x, y, x_test, y_test = digits()
    every = len(x_test) // configuration["test_digits"]
    x_statistics = x[:: len(x) // configuration["statistics_digits"]]
    x_looked_at, y_looked_at = x_test[::every], y_test[::every]
    model = network(unit["variant"] != "without", "relu", configuration, unit["seed"])
    if unit["variant"] == "noisy":
        model = with_noise(model, configuration, unit["seed"])
    model.build((configuration["batch_size"], x.shape[1]))
    optimizer = nn.SGD(configuration["learning_rate"])
    rng = np.random.default_rng([unit["seed"], 1])
    measured: list[dict[str, object]] = []
    step = 0
    with np.errstate(all="ignore"):
        while step < configuration["steps"]:
            for rows in nn.batches(len(x), configuration["batch_size"], rng):
                step += 1
                if step in configuration["measured_at"]:  # just before this step
                    measured.append(
                        _readings(model, x_statistics, x_looked_at, y_looked_at)
                        | _look_inside(model, x[rows], y[rows], x_looked_at, y_looked_at, configuration)
                    )
                    progress(step / configuration["steps"])
                nn.train_step(model, x[rows], y[rows], optimizer)
                if step == configuration["steps"]:
                    break
    arrays = {name: np.array([one[name] for one in measured], np.float64) for name in measured[0]}
    return {"step": np.array(configuration["measured_at"], np.int32), **arrays}


INSIDE = Experiment(
    name="inside_training",
    configuration={
        **_NETWORK,
        "learning_rate": 0.1,
        "steps": 1_500,
        "measured_at": [1, 10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 1_250, 1_500],
        # Every fifth test digit. The test accuracy is read in four ways, which agree for the network without batch
        # normalization. With the noise on, in training mode: accuracy. With the noise off, and the statistics of these
        # digits as one batch: accuracy_noise_off; the moving averages, which were collected behind the noise:
        # accuracy_moving; the statistics of some training digits, measured anew without noise: accuracy_remeasured.
        # All else is measured in training mode with the noise on.
        "test_digits": 2_000,
        "statistics_digits": 2_000,  # every thirtieth training digit
        "noise": {"mean": 0.5, "spread": 1.25, "jitter": 0.1},  # the paper's constants
        "multiples": [0.5, 1, 2, 4],  # of the step
    },
    units=grid(variant=("without", "batch", "noisy"), seed=range(10)),
    run=_run_inside,
    summary="What one step changes: input means, the gradients of the layers above, the loss along the gradient; "
            "with noise.",
    source="Santurkar et al. (2018, arXiv:1805.11604), definition 2.1, figures 2 to 4",
)
