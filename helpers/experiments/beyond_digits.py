"""Lecture 48: does it hold beyond dense layers on digits? A small convolutional network on clothes."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers.datasets import load_fashion_mnist
from helpers.experiments._experiment import Experiment, Unit, grid
from helpers.experiments._live import endless_batches
from helpers.experiments.what_batch_normalization_does import drift, single_change

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

Clothes = tuple[np.ndarray, np.ndarray]


def network(normalized: bool, activation: str, configuration: Mapping) -> keras.Sequential:
    """Return six 3 × 3 convolutions, two poolings, an average over places, and a dense layer of 10 logits.

    Args:
        normalized: with batch normalization before each activation; the convolutions have no bias then.
        activation: "relu" or "sigmoid".
        configuration: ``strides`` (one per convolution), ``pooled_after``, ``filters``, ``classes`` and
            ``momentum_of_averages`` are read.
    """
    import keras

    layers = [keras.layers.Input((28, 28, 1))]
    for number, stride in enumerate(configuration["strides"], start=1):
        layers.append(
            keras.layers.Conv2D(configuration["filters"], 3, stride, padding="same", use_bias=not normalized)
        )
        if normalized:
            layers.append(keras.layers.BatchNormalization(momentum=configuration["momentum_of_averages"]))
        layers.append(keras.layers.Activation(activation))
        if number in configuration["pooled_after"]:
            layers.append(keras.layers.MaxPooling2D())
    return keras.Sequential(
        [*layers, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(configuration["classes"])]
    )


class Machine:
    """A network with its compiled training step, used again by unit after unit: compiling costs as much as a run.

    ``start`` forgets what was trained before.
    """

    def __init__(self, normalized: bool, activation: str, noise: Mapping | None, configuration: Mapping) -> None:
        import keras
        import tensorflow as tf

        self.model = network(normalized, activation, configuration)
        self.noise = noise
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        weights = [variable.value for variable in self.model.trainable_variables]

        @tf.function(jit_compile=True)
        def step(x, y, rate, seed):
            with tf.GradientTape() as tape:
                value = loss(y, self.forward(x, training=True, seed=seed)[-1])
            for weight, gradient in zip(weights, tape.gradient(value, weights), strict=True):
                weight.assign_sub(rate * gradient)

        @tf.function(jit_compile=True)
        def measure(x, y):
            logits = self.forward(x, training=False)[-1]
            right = tf.argmax(logits, axis=1, output_type=tf.int32) == y
            return tf.reduce_mean(tf.cast(right, tf.float32)), loss(y, logits)

        self._step, self._measure = step, measure

    def start(self, seed: int, scale: float = 1.0) -> None:
        """Draw new weights: kernels from He's uniform distribution, times a factor; biases 0, gamma 1, beta 0.

        Source: He et al. (2015, arXiv:1502.01852), section 2.2; made for ReLU, so that the plain network has its best
        start.
        """
        rng = np.random.default_rng(seed)
        self._noise_rng = np.random.default_rng([seed, 3])
        for variable in self.model.variables:
            if variable.name == "kernel":
                limit = np.sqrt(6 / np.prod(variable.shape[:-1]))
                variable.assign(scale * rng.uniform(-limit, limit, variable.shape))
            else:
                variable.assign(np.full(variable.shape, variable.name in ("gamma", "moving_variance"), np.float32))

    def forward(self, x: tf.Tensor, *, training: bool, seed: tf.Tensor | None = None) -> list[tf.Tensor]:
        """Return what each layer with a kernel receives, and the logits last; with noise where there is a seed."""
        import keras

        received = []
        for number, layer in enumerate(self.model.layers):
            if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
                received.append(x)
            if isinstance(layer, keras.layers.BatchNormalization):
                x = layer(x, training=training)
                if self.noise is not None and seed is not None:
                    x = _with_noise(x, self.noise, seed + [0, number])
            else:
                x = layer(x)
        return [*received, x]

    def train_step(self, x: np.ndarray, y: np.ndarray, rate: float) -> None:
        """Take one step of plain gradient descent on images (N, 28, 28, 1) and labels (N,), int32."""
        self._step(x, y, np.float32(rate), self.new_seed())

    def new_seed(self) -> np.ndarray:
        """Return the seed of one call's noise."""
        return self._noise_rng.integers(2**30, size=2, dtype=np.int32)

    def evaluate(self, clothes: Clothes, batch: int = 250) -> tuple[float, float]:
        """Return accuracy and mean loss in inference; ``batch`` must divide the number of clothes."""
        x, y = clothes
        parts = [self._measure(x[i:i + batch], y[i:i + batch]) for i in range(0, len(x), batch)]
        accuracy, loss = np.mean([[float(value) for value in part] for part in parts], axis=0)
        return float(accuracy), float(loss)

    def statistics(self) -> list[np.ndarray]:
        """Return copies of the moving averages."""
        return [variable.numpy() for variable in self.model.non_trainable_variables]

    def set_statistics(self, statistics: Sequence[np.ndarray]) -> None:
        """Put moving averages back."""
        for variable, value in zip(self.model.non_trainable_variables, statistics, strict=True):
            variable.assign(value)

    def remeasure(self, x: np.ndarray) -> None:
        """Set the moving averages to the statistics of images (N, 28, 28, 1), taken as one batch without noise."""
        import keras

        normalizations = [a for a in self.model.layers if isinstance(a, keras.layers.BatchNormalization)]
        usual = [layer.momentum for layer in normalizations]
        for layer in normalizations:
            layer.momentum = 0.0
        self.forward(x, training=True)
        for layer, momentum in zip(normalizations, usual, strict=True):
            layer.momentum = momentum


def _with_noise(x: tf.Tensor, noise: Mapping, seed: tf.Tensor) -> tf.Tensor:
    """Shift and stretch each channel by random numbers whose distribution changes at every call.

    A convolution's unit is its channel: each example has one shift and one factor per channel, at all places.

    Source: Santurkar et al. (2018, arXiv:1805.11604), appendix A, algorithm 1.
    """
    import tensorflow as tf

    examples, channels, jitter = x.shape[0], x.shape[-1], noise["jitter"]
    uniform, normal = tf.random.stateless_uniform, tf.random.stateless_normal
    mean = uniform((channels,), seed + [1, 0], -noise["mean"], noise["mean"])
    spread = uniform((channels,), seed + [2, 0], 1, noise["spread"])
    shift = mean + uniform((examples, channels), seed + [3, 0], -jitter, jitter)
    factor = spread + jitter * normal((examples, channels), seed + [4, 0])
    return x * factor[:, None, None, :] + shift[:, None, None, :]


@functools.cache
def _compiled(normalized: bool, activation: str, noisy: bool, configuration: str) -> Machine:
    settings = json.loads(configuration)
    return Machine(normalized, activation, settings["noise"] if noisy else None, settings)


def machine(normalized: bool, activation: str, noisy: bool, configuration: Mapping) -> Machine:
    """Return the machine for these settings, compiled once."""
    keys = ("strides", "pooled_after", "filters", "classes", "momentum_of_averages", "noise")
    return _compiled(normalized, activation, noisy, json.dumps({key: configuration[key] for key in keys}))


@functools.cache
def clothes() -> tuple[Clothes, Clothes, Clothes]:
    """Return clothes to train on, to choose on (every tenth of the training part), and to test on.

    Each is a pair: images (18000 or 2000 or 5000, 28, 28, 1), float32 from 0 to 1, and labels (N,), int32.
    """
    (x, y), test = load_fashion_mnist()
    aside = np.arange(len(x)) % 10 == 0
    parts = [(x[~aside], y[~aside]), (x[aside], y[aside]), test]
    return tuple((a[..., None].astype(np.float32) / 255, b.astype(np.int32)) for a, b in parts)


# --- faster, wider: rates, initial weights, sigmoids ---------------------------------------------


def _run(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    training, validation, (x_test, y_test) = clothes()
    some = x_test[::configuration["every_test_clothes"]], y_test[::configuration["every_test_clothes"]]
    trained = machine(unit["variant"] == "batch", unit["activation"], False, configuration)
    trained.start(unit["seed"], unit["scale"])
    curve = []
    rows = endless_batches(len(training[0]), configuration["batch_size"], unit["seed"])
    for step in range(1, configuration["steps"] + 1):
        batch = next(rows)
        trained.train_step(training[0][batch], training[1][batch], unit["learning_rate"])
        if step in configuration["measured_at"]:
            curve.append(trained.evaluate(some)[0])
            progress(step / configuration["steps"])
    return {
        "step": np.array(configuration["measured_at"], np.int32),
        "curve": np.array(curve),
        "test": np.array(trained.evaluate((x_test, y_test))[0]),
        "validation": np.array(trained.evaluate(validation)[0]),
    }


_CONFIGURATION = {
    "strides": [2, 1, 1, 1, 1, 1],
    "pooled_after": [1, 4],  # maps of 14, then three times 7, then twice 3
    "filters": 16,
    "classes": 10,
    "momentum_of_averages": 0.9,  # Keras' 0.99 lags behind in runs as short as these
    "noise": {"mean": 0.5, "spread": 1.25, "jitter": 0.1},  # the paper's constants; where there is noise
    "batch_size": 32,
    "steps": 600,
    "measured_at": [25, 50, 75, 100, 150, 200, 300, 400, 500, 600],
    "every_test_clothes": 5,  # of the curve; "test" is measured on all, at the end
}

_SOURCE = "Ioffe and Szegedy (2015, arXiv:1502.03167), section 4.2"

LEARNING_RATES = Experiment(
    name="clothes_learning_rates",
    configuration={**_CONFIGURATION, "measured_at": []},
    units=tuple(
        {"activation": activation, "seed": seed, "variant": variant, "scale": 1.0, "learning_rate": rate}
        for activation, seeds, rates in (
            ("relu", (10, 11), (0.03, 0.1, 0.3, 1.0)), ("sigmoid", (10,), (0.1, 0.3, 1.0))
        )
        for seed in seeds
        for variant in ("without", "batch")
        for rate in rates
    ),
    run=_run,
    summary="A small convolutional network on clothes at four learning rates: which is each one's best?",
    source=_SOURCE,
)

# Chosen on validation clothes in the sweep above, on seeds that are not among the recorded ones. With ReLU 0.1 and 0.3
# are as good as each other for batch normalization. Without it, eight convolutions with Glorot's weights did not train
# at any rate: six with He's weights are the plain network that can be compared.
RATES = {("relu", "without"): 0.1, ("relu", "batch"): 0.3, ("sigmoid", "without"): 0.1, ("sigmoid", "batch"): 0.1}


def _at_chosen_rates(activation: str, scales: Sequence[float]) -> tuple[Unit, ...]:
    return tuple(
        {**unit, "learning_rate": RATES[activation, str(unit["variant"])]}
        for unit in grid(
            seed=range(5), activation=(activation,), variant=("without", "batch"), scale=tuple(scales)
        )
    )


CLOTHES = Experiment(
    name="clothes",
    configuration=_CONFIGURATION,
    units=(
        *grid(
            seed=range(5),
            activation=("relu",),
            variant=("without", "batch"),
            scale=(1.0,),
            learning_rate=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        ),
        *_at_chosen_rates("sigmoid", [1.0]),
    ),
    run=_run,
    summary="A small convolutional network on clothes, plain and with batch normalization: six rates, and sigmoids.",
    source=_SOURCE,
)

INITIAL_WEIGHTS = Experiment(
    name="clothes_initial_weights",
    configuration=_CONFIGURATION,
    units=_at_chosen_rates("relu", [0.1, 10.0]),  # 1 is among the runs above
    run=_run,
    summary="The same network with its initial weights times 0.1 to 10.",
    source="Lecture 47, advantages",
)


# --- the gap between training and test -----------------------------------------------------------


def _run_gap(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), _, test = clothes()
    few = np.random.default_rng([unit["seed"], 2]).choice(len(x), configuration["clothes"], replace=False)
    x, y = x[few], y[few]
    test = tuple(part[::configuration["every_test_clothes"]] for part in test)
    trained = machine(unit["variant"] == "batch", "relu", False, configuration)
    trained.start(unit["seed"])
    measured = []
    rows = endless_batches(len(x), configuration["batch_size"], unit["seed"])
    for step in range(1, configuration["steps"] + 1):
        batch = next(rows)
        trained.train_step(x[batch], y[batch], unit["learning_rate"])
        if step in configuration["measured_at"]:
            measured.append([*trained.evaluate((x, y)), *trained.evaluate(test)])
            progress(step / configuration["steps"])
    names = ("accuracy_train", "loss_train", "accuracy_test", "loss_test")
    return {"step": np.array(configuration["measured_at"], np.int32), **dict(zip(names, np.array(measured).T))}


GAP = Experiment(
    name="clothes_gap",
    configuration={
        **_CONFIGURATION,
        "clothes": 500,
        "steps": 1_000,
        "measured_at": [*range(100, 1_001, 100)],
    },
    units=_at_chosen_rates("relu", [1.0]),
    run=_run_gap,
    summary="Training and test accuracy on 500 clothes along the way, with and without batch normalization.",
    source="Ioffe and Szegedy (2015, arXiv:1502.03167), section 3.4",
)


# --- what one step changes, and noise ------------------------------------------------------------


def _run_inside(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (x, y), _, (x_test, y_test) = clothes()
    some = x_test[::configuration["every_test_clothes"]], y_test[::configuration["every_test_clothes"]]
    trained = machine(unit["variant"] != "without", "relu", unit["variant"] == "noisy", configuration)
    trained.start(unit["seed"])

    def look(noisy: bool) -> tuple[list[np.ndarray], float]:
        """In training mode: what layers receive, (examples × places, channels); the accuracy. Leaves no trace."""
        kept = trained.statistics()
        *received, logits = trained.forward(some[0], training=True, seed=trained.new_seed() if noisy else None)
        trained.set_statistics(kept)
        rows = [np.asarray(part).reshape(-1, part.shape[-1]) for part in received[1:]]
        return rows, float((np.argmax(logits, axis=1) == some[1]).mean())

    def readings() -> list[float]:
        kept = trained.statistics()
        values = [look(True)[1], look(False)[1], trained.evaluate(some)[0]]
        trained.remeasure(x[:configuration["clothes_for_statistics"]])
        values.append(trained.evaluate(some)[0])
        trained.set_statistics(kept)
        return values

    moved, singles, read = [], [], []
    rows = endless_batches(len(x), configuration["batch_size"], unit["seed"])
    for step in range(1, configuration["steps"] + 1):
        batch, measured = next(rows), step in configuration["measured_at"]
        before = look(True)[0] if measured else []
        trained.train_step(x[batch], y[batch], unit["learning_rate"])
        if measured:
            pairs = list(zip(before, look(True)[0], strict=True))
            moved.append([drift(*pair) for pair in pairs])
            singles.append([single_change(*pair) for pair in pairs])
            progress(step / configuration["steps"])
        if step in configuration["read_at"]:
            read.append(readings())
    names = ("noise_on", "batch_statistics", "moving_averages", "remeasured")
    return {
        "step": np.array(configuration["measured_at"], np.int32),
        "drift": np.array(moved),
        "single": np.array(singles),
        "read_at": np.array(configuration["read_at"], np.int32),
        **dict(zip(names, np.array(read).T)),
    }


INSIDE = Experiment(
    name="clothes_inside",
    configuration={
        **_CONFIGURATION,
        "measured_at": [1, 10, 25, 50, 100, 200, 400, 600],
        "read_at": [200, 400, 600],
        "clothes_for_statistics": 2_000,
    },
    units=grid(seed=range(5), variant=("without", "batch", "noisy"), learning_rate=(0.1,)),
    run=_run_inside,
    summary="What one step changes in what the layers receive, and noise behind each batch normalization.",
    source="Santurkar et al. (2018, arXiv:1805.11604), figure 2 and appendix A",
)
