"""Lecture 50: what dropout does to errors, to features, and to the average of thinned networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid

VARIANTS = ("without", "dropout")
_VALIDATION = 50_000  # training digits from here on are never trained on
_SOURCE = "Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from overfitting, JMLR 15"


def network(variant: str, configuration: Mapping, seed: int) -> nn.Sequential:
    """Return a classifier of ReLU layers, built; with "dropout" it drops inputs and hidden units.

    Args:
        variant: "without" or "dropout". The initial weights are the same for both.
        configuration: ``hidden``, ``rate_input`` and ``rate_hidden`` (shares dropped) are read.
        seed: decides the initial weights and the masks.
    """
    dropped = variant == "dropout"
    layers: list[nn.Layer] = [nn.Dropout(configuration["rate_input"])] if dropped else []
    for units in configuration["hidden"]:
        layers += [nn.Dense(units), nn.ReLU()]
        layers += [nn.Dropout(configuration["rate_hidden"])] if dropped else []
    model = nn.Sequential([*layers, nn.Dense(10)], seed=seed)
    model.build((1, 784))
    return model


def autoencoder(variant: str, configuration: Mapping, seed: int) -> nn.Sequential:
    """Return 784 pixels, one hidden layer of ReLUs, 784 sigmoids, built; with "dropout" hidden units are dropped.

    Args:
        variant: "without" or "dropout". The initial weights are the same for both.
        configuration: ``units``, ``rate`` (the share dropped) and ``initial_std`` are read.
        seed: decides the initial weights and the masks.
    """
    initial = nn.random_normal(configuration["initial_std"])
    layers: list[nn.Layer] = [nn.Dense(configuration["units"], kernel_initializer=initial), nn.ReLU()]
    layers += [nn.Dropout(configuration["rate"])] if variant == "dropout" else []
    model = nn.Sequential([*layers, nn.Dense(784, kernel_initializer=initial), nn.Sigmoid()], seed=seed)
    model.build((1, 784))
    return model


def share_in_a_window(features: np.ndarray, side: int = 7) -> np.ndarray:
    """Return each feature's largest share of squared weight in a window of side × side pixels.

    Args:
        features: (units, 784), one picture a unit.

    Returns:
        (units,), from about side² / 784 (spread evenly) to 1 (all of it within one window).
    """
    squares = np.asarray(features, np.float64).reshape(-1, 28, 28) ** 2
    sums = np.pad(squares.cumsum(axis=1).cumsum(axis=2), ((0, 0), (1, 0), (1, 0)))
    far, near = slice(side, None), slice(None, -side)
    inside = sums[:, far, far] - sums[:, near, far] - sums[:, far, near] + sums[:, near, near]
    return inside.max(axis=(1, 2)) / squares.sum(axis=(1, 2))


Pair = tuple[np.ndarray, np.ndarray]


def _digits() -> tuple[Pair, Pair, Pair]:
    """Return training, validation and test digits with their labels: 50,000, 10,000 and 10,000 rows of 784."""
    (x, y), (x_test, y_test) = load_mnist()
    x, x_test = (images.reshape(len(images), -1).astype(np.float32) / 255 for images in (x, x_test))
    return (x[:_VALIDATION], y[:_VALIDATION]), (x[_VALIDATION:], y[_VALIDATION:]), (x_test, y_test)


def _train(
    model: nn.Sequential, x: np.ndarray, y: np.ndarray, optimizer: nn.Optimizer, steps: int, seed: int, *,
    batch_size: int, after: Callable[[int], None], loss: Callable = nn.softmax_cross_entropy, falling: bool = False,
) -> None:
    """Take ``steps`` steps and call ``after(step)`` behind each; a ``falling`` learning rate goes down to 0 evenly."""
    rng = np.random.default_rng([seed, 1])  # not the stream of the initial weights
    full, step = optimizer.learning_rate, 0
    while step < steps:
        for rows in nn.batches(len(x), batch_size, rng):
            if falling:
                optimizer.learning_rate = full * (1 - step / steps)
            nn.train_step(model, x[rows], y[rows], optimizer, loss)
            step += 1
            after(step)
            if step == steps:
                break


# --- Features of an autoencoder ------------------------------------------------------------------


def _run_features(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, _), _, (x_test, _) = _digits()
    model = autoencoder(unit["variant"], configuration, unit["seed"])
    steps, marks = configuration["steps"], configuration["measured_at"]
    errors = []

    def measure(step: int) -> None:
        if step in marks:
            errors.append(model.evaluate(x_test, x_test, loss=nn.mean_squared_error)["loss"])
            progress(step / steps)

    _train(model, x, x, nn.Adam(configuration["learning_rate"]), steps, unit["seed"],
           batch_size=configuration["batch_size"], after=measure, loss=nn.mean_squared_error)
    encoder, decoder = model.layers[0], model.layers[-2]
    hidden = model.layers[1](encoder(x_test))  # (10000, units)
    seen = x[:len(x_test)]
    features = encoder.kernel.T  # (units, 784)
    kept, scale = features[:configuration["features_kept"]], np.abs(features).max()
    sample = np.random.default_rng(unit["seed"]).choice(hidden.ravel(), configuration["activations_kept"])
    return {
        "step": np.array(marks, np.int32),
        "error": np.array(errors),  # on the test digits, mean over all pixels
        "error_train": np.array(model.evaluate(seen, seen, loss=nn.mean_squared_error)["loss"]),
        "features": np.round(127 * kept / scale).astype(np.int8),  # times features_scale / 127
        "features_scale": np.array(scale),
        "mean_activation": hidden.mean(axis=0),  # of each unit, over the test digits
        "mean_square_activation": np.square(hidden).mean(axis=0),
        "active": (hidden > 0).mean(axis=0),  # share of the test digits for which the unit is not 0
        "activations": sample,  # of units and test digits drawn at random
        "in_window": share_in_a_window(features),
        "in_window_decoder": share_in_a_window(decoder.kernel),
    }


FEATURES = Experiment(
    name="autoencoder_features",
    configuration={
        "units": 256,
        "rate": 0.5,
        # Small, so that what is left of the initial weights cannot be taken for a feature.
        "initial_std": 0.01,
        "learning_rate": 0.001,
        "batch_size": 100,
        "steps": 4_000,
        "measured_at": [500, 1_000, 2_000, 3_000, 4_000],
        "features_kept": 64,
        "activations_kept": 3_000,
    },
    units=grid(variant=VARIANTS, seed=range(5)),
    run=_run_features,
    summary="Features, activations and reconstruction error of an autoencoder with 256 ReLUs, with and without dropout.",
    source=f"{_SOURCE}, sections 7.1 and 7.2, figures 7 and 8",
)


# --- The gain against the size of the data set ---------------------------------------------------


def _run_size(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), validation, test = _digits()
    # Which digits: the same for both variants of a seed.
    rows = np.random.default_rng([unit["seed"], 2]).permutation(len(x))[:unit["digits"]]
    x, y = x[rows], y[rows]
    few = slice(configuration["training_digits_measured"])
    data = {"train": (x[few], y[few]), "validation": validation, "test": test}
    steps = configuration["steps"][str(unit["digits"])]
    marks = [round(steps * share) for share in configuration["measured_at"]]
    model = network(unit["variant"], configuration, unit["seed"])
    measured: dict[str, list[float]] = {}

    def measure(step: int) -> None:
        if step in marks:
            for name in configuration["measured_on"]:
                for what, value in model.evaluate(*data[name]).items():
                    measured.setdefault(f"{what}_{name}", []).append(value)
            progress(step / steps)

    rate = unit.get("learning_rate") or configuration["learning_rate"][unit["variant"]][str(unit["digits"])]
    optimizer = nn.SGD(rate, momentum=configuration["momentum"])
    with np.errstate(all="ignore"):  # a rate that is too large makes NaN: that is a result
        _train(model, x, y, optimizer, steps, unit["seed"], batch_size=configuration["batch_size"], after=measure,
               falling=True)
    return {"step": np.array(marks, np.int32)} | {name: np.array(values) for name, values in measured.items()}


_SIZE = {
    "hidden": [512, 512],  # the paper's: 1024, 1024, 2048
    "rate_input": 0.2,
    "rate_hidden": 0.5,
    # At the first step, from the sweep below (for 10,000 and 50,000 digits: that of 5,000); it falls evenly to 0.
    "learning_rate": {
        "without": {"100": 0.1, "500": 0.1, "1000": 0.3, "5000": 0.1, "10000": 0.1, "50000": 0.1},
        "dropout": {"100": 0.1, "500": 0.1, "1000": 0.1, "5000": 0.1, "10000": 0.1, "50000": 0.1},
    },
    "momentum": 0.9,
    "batch_size": 100,
    # The same for both variants. At least 32 times through the digits: dropout needs long to settle.
    "steps": {"100": 200, "500": 300, "1000": 400, "5000": 2_000, "10000": 3_500, "50000": 16_000},
    "measured_at": [0.25, 0.5, 0.75, 1.0],  # shares of the steps
    "measured_on": ["train", "validation", "test"],
    "training_digits_measured": 2_000,
}

SIZE_RATES = Experiment(
    name="dropout_data_size_rates",
    # A rate is chosen, so it is not chosen on the test digits.
    configuration={
        **_SIZE,
        "learning_rate": None,  # a unit's own
        "steps": {"100": 200, "500": 300, "1000": 400, "5000": 1_200},
        "measured_at": [1.0],
        "measured_on": ["train", "validation"],
    },
    # Rates on both sides of the best; 1.0 breaks the network without dropout on 1,000 digits already.
    units=tuple(
        {"digits": digits, "variant": variant, "learning_rate": rate, "seed": seed}
        for (digits, variant), rates in {
            (100, "without"): (0.03, 0.1, 0.3), (100, "dropout"): (0.03, 0.1, 0.3),
            (500, "without"): (0.03, 0.1, 0.3), (500, "dropout"): (0.03, 0.1, 0.3),
            (1_000, "without"): (0.1, 0.3, 1.0), (1_000, "dropout"): (0.03, 0.1, 0.3),
            (5_000, "without"): (0.03, 0.1, 0.3), (5_000, "dropout"): (0.03, 0.1, 0.3),
        }.items()
        for rate in rates
        for seed in (100, 101, 102)
    ),
    run=_run_size,
    summary="Validation error of the same network on 100 to 5,000 digits at three learning rates.",
    source=_SOURCE,
)

SIZE = Experiment(
    name="dropout_data_size",
    configuration=_SIZE,
    # So few digits that it matters which ones: more seeds.
    units=grid(digits=(100, 500), variant=VARIANTS, seed=range(15))
    + grid(digits=(1_000, 5_000, 10_000, 50_000), variant=VARIANTS, seed=range(5)),
    run=_run_size,
    summary="Test error of one network with and without dropout on 100 to 50,000 digits.",
    source=f"{_SOURCE}, section 7.4, figure 10",
)

SIZE_SLOWER = Experiment(
    name="dropout_data_size_slower",
    # What is best for 5,000 digits need not be for more: the validation digits decide between this and the above.
    configuration={**_SIZE, "learning_rate": None},
    # Where 0.03 is the better one, a lower rate still.
    units=grid(digits=(10_000, 50_000), variant=VARIANTS, learning_rate=(0.03,), seed=range(5))
    + grid(digits=(50_000,), variant=("dropout",), learning_rate=(0.01,), seed=range(5)),
    run=_run_size,
    summary="Both networks on 10,000 and 50,000 digits again, at lower learning rates.",
    source=f"{_SOURCE}, section 7.4, figure 10",
)

SIZE_MILDER = Experiment(
    name="dropout_data_size_milder",
    # Half of 512 units is little for 50,000 digits; less dropped, the same network errs less on the validation digits.
    configuration={**_SIZE, "rate_input": 0.1, "rate_hidden": 0.2},
    units=grid(digits=(50_000,), variant=("dropout",), seed=range(5)),
    run=_run_size,
    summary="The network with dropout on 50,000 digits again, with smaller shares dropped.",
    source=f"{_SOURCE}, section 7.4, figure 10",
)

SIZE_PAPER = Experiment(
    name="dropout_data_size_paper",
    # The validation digits choose between the learning rates; 0.3 breaks this network on 100 digits (NaN).
    configuration={**_SIZE, "hidden": [1024, 1024, 2048], "learning_rate": None},
    units=grid(digits=(100,), variant=VARIANTS, learning_rate=(0.01, 0.03, 0.1), seed=range(15))
    + grid(digits=(500,), variant=VARIANTS, learning_rate=(0.03, 0.1, 0.3), seed=range(5)),
    run=_run_size,
    summary="Test error of the paper's network, 784-1024-1024-2048-10, on 100 and 500 digits.",
    source=f"{_SOURCE}, section 7.4, figure 10",
)


# --- The average of thinned networks -------------------------------------------------------------


def _run_thinned(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), _, (x_test, y_test) = _digits()
    rows = np.random.default_rng([unit["seed"], 2]).permutation(len(x))[:configuration["digits"]]
    model = network("dropout", configuration, unit["seed"])
    steps, count = configuration["steps"], max(configuration["averaged"])
    optimizer = nn.SGD(configuration["learning_rate"], momentum=configuration["momentum"])
    _train(model, x[rows], y[rows], optimizer, steps, unit["seed"], batch_size=configuration["batch_size"],
           after=lambda step: progress(step / steps / 2), falling=True)
    scaled = nn.softmax(model(x_test))  # (10000, 10): all units there
    thinned = np.empty((count, *scaled.shape), np.float32)
    for k in range(count):
        thinned[k] = nn.softmax(model(x_test, training=True))
        progress(0.5 + k / count / 2)

    def error(probabilities: np.ndarray) -> float:
        return float(np.mean(probabilities.argmax(axis=1) != y_test))

    def group_error(size: int) -> float:  # mean over all groups of this size that do not overlap
        groups = thinned[:count // size * size].reshape(-1, size, *scaled.shape).mean(axis=1)
        return float(np.mean([error(group) for group in groups]))

    def loss(probabilities: np.ndarray) -> float:
        of_labels = probabilities[np.arange(len(y_test)), y_test]
        return float(-np.log(np.maximum(of_labels, 1e-12)).mean())

    def error_when_unsure(probabilities: np.ndarray) -> list[float]:
        """The error on the tenth of the test digits with the least sure answers, and on the others."""
        wrong = probabilities.argmax(axis=1) != y_test
        order = probabilities.max(axis=1).argsort(kind="stable")
        tenth = len(order) // 10
        return [float(wrong[order[:tenth]].mean()), float(wrong[order[tenth:]].mean())]

    geometric = np.log(np.maximum(thinned, 1e-12)).mean(axis=0)
    average = thinned.mean(axis=0)
    return {
        "averaged": np.array(configuration["averaged"], np.int32),
        "error_averaged": np.array([group_error(size) for size in configuration["averaged"]]),
        "error_scaled": np.array(error(scaled)),
        "error_geometric": np.array(error(geometric)),
        # Mean over the test digits of half the sum of differences: 0 is agreement, 1 none at all.
        "distance_average": np.array(np.abs(average - scaled).sum(axis=1).mean() / 2),
        "distance_single": np.array(np.abs(thinned - scaled).sum(axis=2).mean() / 2),
        "loss_average": np.array(loss(average)),
        "loss_scaled": np.array(loss(scaled)),
        "unsure_average": np.array(error_when_unsure(average)),
        "unsure_scaled": np.array(error_when_unsure(scaled)),
        "surest_average": np.array(average.max(axis=1).mean()),
        "surest_scaled": np.array(scaled.max(axis=1).mean()),
    }


THINNED = Experiment(
    name="thinned_networks",
    configuration={
        "hidden": [256, 256],
        "rate_input": 0.2,
        "rate_hidden": 0.5,
        "digits": 5_000,
        "learning_rate": 0.1,
        "momentum": 0.9,
        "batch_size": 100,
        "steps": 1_500,
        "averaged": [1, 2, 5, 10, 20, 50, 100],
    },
    units=grid(seed=range(8)),
    run=_run_thinned,
    summary="Test error of averages of up to 100 thinned networks beside that of the scaled network.",
    source=f"{_SOURCE}, section 7.5, figure 11",
)
