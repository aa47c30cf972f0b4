"""Notebook 04, code: a layer of one's own."""

from __future__ import annotations

import importlib
import inspect
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.engine.code import is_stub
from helpers.exercises.verdict import Verdict


_LAYER = '''\
class MyBatchNormalization(keras.layers.Layer):
    def __init__(self, momentum=0.99, epsilon=1e-3):
        super().__init__()
        self.momentum, self.epsilon = momentum, epsilon

    def build(self, shape):  # of the input: (N, C)
        size = (shape[-1],)
        self.gamma = self.add_weight(shape=size, initializer="ones")
        self.beta = self.add_weight(shape=size, initializer="zeros")
        self.moving_mean = self.add_weight(shape=size, initializer="zeros", trainable=False)
        self.moving_variance = self.add_weight(shape=size, initializer="ones", trainable=False)

    def call(self, x, training=False):
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            mean, variance = keras.ops.moments(x, axes=[0])  # (C,), (C,)
            for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.assign(self.momentum * moving + (1 - self.momentum) * batch)
        return self.gamma * (x - mean) / keras.ops.sqrt(variance + self.epsilon) + self.beta
'''


_LAYER_OUTPUTS = (
    "output in training",
    "output in inference",
    "moving_mean",
    "moving_variance",
    "initial values",
    "which are trainable",
    "gradient of the input",
)


def _layer_solution(batches, x, gamma, beta, training, momentum, epsilon):
    return _layer_on_trial(batches, x, gamma, beta, training, momentum, epsilon)


class _Unfinished(Exception):
    """The layer lacks something; the message says what, for the student."""


def _require_weight(layer: Any, name: str, channels: int, keras: Any, when: str = "in `build`") -> None:
    if not hasattr(layer, name):
        raise _Unfinished(f"The layer has no `{name}`. Create it in `build`, with `self.add_weight`.")
    weight = getattr(layer, name)
    if not isinstance(weight, keras.Variable):
        remedy = (
            "`self.add_weight(...)` makes a weight that Keras knows, trains and saves."
            if when == "in `build`"
            else "Its `.assign(...)` changes a weight's numbers; `self.name = ...` puts something else in its place."
        )
        what = "a plain tensor" if keras.ops.is_tensor(weight) else f"a value of type `{type(weight).__name__}`"
        raise _Unfinished(f"`{name}` is not a weight of the layer: {what} is put there {when}. {remedy}")
    if tuple(weight.shape) != (channels,):
        raise _Unfinished(
            f"`{name}` has shape {tuple(weight.shape)}, expected ({channels},): one number for each channel, the last axis "
            "of the input's shape."
        )


def _weighting(shape):
    """What the outputs are multiplied by before they are added up to a loss: of their plain sum the gradient is 0."""
    return np.cos(np.arange(np.prod(shape))).reshape(shape)


class _Trial:
    """A student's layer class, called as the NumPy layers of this module are."""

    def __init__(self, layer_class: type) -> None:
        self._class = layer_class
        self.in_fit = False  # True while, and if, a call as inside `fit` fails
        self._fits = False  # once such a call has not failed
        self.__name__ = layer_class.__name__
        self.__signature__ = inspect.signature(_layer_solution)
        # So that the engine finds the student's own line when something raises.
        self.__code__ = getattr(layer_class.call, "__code__", None)

    def __call__(self, batches, x, gamma, beta, training, momentum, epsilon):
        import keras
        import tensorflow as tf

        layer = self._class(momentum=momentum, epsilon=epsilon)
        layer.build((None, len(gamma)))
        names = ("gamma", "beta", "moving_mean", "moving_variance")
        for name in names:
            _require_weight(layer, name, len(gamma), keras)
        # Copies: NumPy may look into the variable's own memory, which the assignments below change.
        initial = np.array([getattr(layer, name).numpy().copy() for name in names])
        # Where the layer starts is judged by itself: a wrong start is no second fault in all that follows.
        for name, value in zip(names, (gamma, beta, np.zeros(len(gamma)), np.ones(len(gamma)))):
            getattr(layer, name).assign(value)
        for batch in batches:
            with tf.GradientTape() as tape:
                inputs = tf.constant(batch)
                tape.watch(inputs)
                in_training = layer(inputs, training=True)
                fits = in_training is not None and tuple(in_training.shape) == batch.shape
                loss = tf.reduce_sum(in_training * _weighting(batch.shape).astype(np.float32)) if fits else None
        dx = tape.gradient(loss, inputs) if fits else None
        given = {} if training is None else {"training": training}
        in_inference = layer(keras.ops.convert_to_tensor(x), **given)
        for name in names[2:]:
            _require_weight(layer, name, len(gamma), keras, "during the call")
        results = [in_training, in_inference, layer.moving_mean.numpy(), layer.moving_variance.numpy()]
        if any(result is None for result in results):
            raise _Unfinished("`call` returns `None`. Is the `return` missing?")
        results.append(np.zeros_like(batch) if dx is None else dx)
        trainable = [getattr(layer, name).trainable for name in names]
        arrays = [np.array(keras.ops.convert_to_numpy(result)) for result in results]
        if not self._fits:
            # As `fit` calls it: NumPy's functions fail there, though they work on numbers, and N is not known.
            step = tf.function(lambda batch: layer(batch, training=True), autograph=False)
            self.in_fit = True
            step.get_concrete_function(tf.TensorSpec((None, len(gamma)), tf.float32))
            self.in_fit, self._fits = False, True
        return *arrays[:-1], initial, np.array(trainable, dtype=float), arrays[-1]


_NO_METHOD = "A tensor has no such method: use the function of `keras.ops`."


_REMEDIES = {
    "_parent_path": "Is `super().__init__()` still the first line of `__init__`?",
    "numpy": "NumPy's functions need numbers, and inside `fit` there are none yet: use those of `keras.ops`.",
    "__array__": "NumPy's functions need numbers, and inside `fit` there are none yet: use those of `keras.ops`.",
    "missing a required argument: 'training'": "A bare call, `layer(x)`, is inference: that is the default of `training`.",
    "fully-defined": "The input's shape is (None, C): a weight needs only its last axis.",
    "shape of the target": "Each moving statistic has shape (C,), one number per channel. Over which axis do your mean and "
    "variance run, and is there a `keepdims=True`?",
    "to a shape": "A shape is a tuple, also for one axis: `(C,)`, with the comma.",
    "has no attribute 'mean'": _NO_METHOD,
    "has no attribute 'var'": _NO_METHOD,
    "has no attribute 'std'": _NO_METHOD,
    "'tuple' object has no attribute 'shape'": "`call` returns several values; return the output alone.",
}


# What an error says that only a call as inside `fit` raises, because N is None there or a tensor of its own.
_SIZE_UNKNOWN = ("None", "len is not well defined", "same dtype")


_NO_SIZE = (
    "N, the number of examples, is not known inside `fit`: a batch's shape is (None, C) there. `keras.ops.mean`, "
    "`keras.ops.var` and `keras.ops.moments` count the examples themselves."
)


def _layer_cases():
    cases = []
    for seed, training, momentum, epsilon, text in (
        (31, False, 0.7, 0.01, "with momentum 0.7 and epsilon 0.01: two batches of shape (3, 3) in training, then inference"),
        (32, None, 0.9, 0.05, "with momentum 0.9 and epsilon 0.05: two batches in training, then a call without `training`"),
        (33, True, 0.8, 0.02, "with momentum 0.8 and epsilon 0.02: a batch in training, then another"),
    ):
        rng = np.random.default_rng(seed)
        batches = rng.normal([2.0, -1.0, 0.5], [0.5, 0.2, 1.5], size=(1 if training else 2, 3, 3)).astype(np.float32)
        x = rng.normal([1.0, -2.0, 1.5], [0.5, 1.0, 1.0], size=(3 if training else 4, 3)).astype(np.float32)
        gamma, beta = np.float32([1.5, 0.7, -2.0]), np.float32([0.4, -0.6, 1.1])
        cases.append(Case(text, (batches, x, gamma, beta, training, momentum, epsilon)))
    return cases


class LayerExercise(CodeExercise):
    """Write a Keras layer. The check runs the class on small batches and compares with NumPy's results.

    Args:
        source: a right class, shown as the solution. ``solution`` and the mistakes are functions of NumPy that
            give what such a layer gives on trial.
    """

    # Keras and TensorFlow do much for the first layer of a session that is not the student's work.
    cpu_seconds = 3.0

    def __init__(self, solution: Callable, *, source: str, **rest: Any) -> None:
        super().__init__(solution, **rest)
        self._source = source

    def solved_cell(self) -> str:
        return self._source

    def evaluate(self, answer: Any) -> Verdict:
        if inspect.isfunction(answer) and getattr(answer, "__module__", "") == __name__:
            return super().evaluate(answer)  # the catalogue's own, in the course's tests
        name = self._source.split("(")[0].split()[1]
        if answer is None or answer is Ellipsis:
            return self._verdict("not attempted", f"Write `{name}` in the cell above, run it, then run this one.")
        if not inspect.isclass(answer):
            return self._verdict(
                "unusable", f"`check` takes the class itself, and got a `{type(answer).__name__}`: `check({name})`."
            )
        import keras

        if not issubclass(answer, keras.layers.Layer):
            return self._verdict("unusable", f"It is not a Keras layer: `class {name}(keras.layers.Layer)`.")
        if answer.__module__.split(".")[0] == "keras":
            return self._verdict("unusable", f"That is Keras' own layer. Pass yours: `check({name})`.")
        if "call" not in vars(answer) or is_stub(answer.call):
            return self._verdict("not attempted", "Replace the `...` in `build` and `call`, run the cell, then this one.")
        filtered = keras.config.is_traceback_filtering_enabled()
        keras.config.disable_traceback_filtering()  # else the student's own message is lost in Keras'
        try:
            return super().evaluate(_Trial(answer))
        finally:
            if filtered:
                keras.config.enable_traceback_filtering()

    def _raised(self, answer, case, error):
        if isinstance(error, _Unfinished):
            return self._verdict("unusable", str(error))
        # Keras puts the message in bold between words of its own.
        inner = re.search(r"\x1b\[1m(.*?)\x1b\[0m", str(error), re.DOTALL)
        if inner:
            bare = type(type(error).__name__, (Exception,), {})
            error = bare(inner[1].strip()).with_traceback(error.__traceback__)
        verdict = super()._raised(answer, case, error)
        more = next((said for sign, said in _REMEDIES.items() if sign in str(error)), "")
        if not more and getattr(answer, "in_fit", False) and any(sign in str(error) for sign in _SIZE_UNKNOWN):
            more = _NO_SIZE
        return replace(verdict, paragraphs=(*verdict.paragraphs, more)) if more else verdict


def _layer_on_trial(
    batches, x, gamma, beta, training, momentum, epsilon, *,
    trainable=(True, True, False, False),
    start=(1.0, 0.0, 0.0, 1.0),
    source=lambda training: ("batch", "batch") if training else ("moving", "moving"),
    updates=lambda training: training,
    update=lambda momentum, moving, batch: momentum * moving + (1 - momentum) * batch,
    both=None,
    kept=lambda mean, variance, count: (mean, variance),
    moments=lambda x: (x.mean(axis=-2), x.var(axis=-2)),
    divisor=lambda variance, epsilon: np.sqrt(variance + epsilon),
    last=lambda x_hat, gamma, beta: gamma * x_hat + beta,
    only=(True, False),
    held=(False, False),
    late=False,
    default=False,
):
    """What a layer does on trial, in NumPy: the right one, or with one part another.

    Args:
        batches: (T, N, C), given one after another in training. x: (M, C), given then, with ``training``
            (None: the argument is left out). gamma, beta: (C,), assigned after building.
        update: What each moving statistic becomes. both: The two together, where one's update differs from the other's.
        moments: Mean and variance of x (..., N, C), both (..., C).
        only: The values of ``training`` for which ``divisor`` and ``last`` are these.
        held: Which of the batch's mean and variance no gradient flows through.
        late: The moving statistics are updated first, and then used in training.
        default: What ``training`` is when it is left out.
    """
    channels = len(gamma)
    moving = [np.zeros(channels), np.ones(channels)]

    def answer(x, training, batch, kept_so_far):
        choice = {"batch": batch, "moving": kept_so_far}
        mean, variance = (choice[name][k][..., None, :] for k, name in enumerate(source(training)))
        if training not in only:
            return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
        return last((x - mean) / divisor(variance, epsilon), gamma, beta)

    def call(x, training):
        nonlocal moving
        batch = moments(x)
        before = moving
        if updates(training):
            new = kept(*batch, len(x))
            moving = both(momentum, moving, new) if both else [update(momentum, *pair) for pair in zip(moving, new)]
            if any(statistic.shape != (channels,) for statistic in moving):
                raise ValueError("a weight keeps its shape")
        return answer(x, training, batch, moving if late else before)

    def gradient(at, kept_so_far, step=1e-5):
        """By central differences, all at once: right for every layer, also for a wrong one."""
        shifts = step * np.eye(at.size).reshape(-1, *at.shape)
        x = np.concatenate([at + shifts, at - shifts])
        batch = [old if hold else new for old, new, hold in zip(moments(at), moments(x), held, strict=True)]
        outputs = answer(x, True, batch, kept_so_far)
        losses = np.nansum(_weighting(at.shape) * outputs, axis=(-2, -1))
        slopes = ((losses[: at.size] - losses[at.size :]) / (2 * step)).reshape(at.shape)
        return np.where(np.isnan(outputs).any(axis=(0, 1)), np.nan, slopes)  # NaN in one channel leaves the others alone

    for batch in batches[:-1]:
        call(batch, True)
    before = moving
    in_training = call(batches[-1], True)
    dx = gradient(batches[-1].astype(np.float64), moving if late else before)
    in_inference = call(x, default if training is None else training)
    initial = np.array([np.full(channels, value) for value in start])
    return in_training, in_inference, *moving, initial, np.array(trainable, dtype=float), dx


def _for_all(moment, x):
    """One number for all channels, (..., C)."""
    return np.broadcast_to(moment(x, axis=(-2, -1))[..., None], (*x.shape[:-2], x.shape[-1]))


def _averaged(momentum, old, new):
    return momentum * old + (1 - momentum) * new


def _layer_with(**changed):
    def wrong(batches, x, gamma, beta, training, momentum, epsilon):
        return _layer_on_trial(batches, x, gamma, beta, training, momentum, epsilon, **changed)

    return wrong


def _with_settings(momentum=None, epsilon=None):
    """A layer that ignores one of its settings."""

    def wrong(batches, x, gamma, beta, training, given_momentum, given_epsilon):
        m = given_momentum if momentum is None else momentum
        e = given_epsilon if epsilon is None else epsilon
        return _layer_on_trial(batches, x, gamma, beta, training, m, e)

    return wrong


_NAMES = ("gamma", "beta", "the moving mean", "the moving variance")


def _otherwise_trainable():
    """The choices of trainable weights that have no message of their own."""
    told = {(1, 1, 0, 0), (1, 1, 1, 1), (1, 1, 1, 0), (1, 1, 0, 1), (0, 0, 0, 0), (0, 1, 0, 0), (1, 0, 0, 0), (0, 0, 1, 1)}
    for chosen in sorted(set(itertools.product((0, 1), repeat=4)) - told):
        trained = ", ".join(name for name, one in zip(_NAMES, chosen) if one)
        yield Mistake(
            f"trainable: {trained}",
            f"Trainable here: {trained}. The gradient trains gamma and beta, and nothing else.",
            _layer_with(trainable=tuple(map(bool, chosen))),
        )


_STARTS = "(Every other result was checked with weights that had been set before the first call.)"


def _otherwise_started():
    """Starts at 0 and 1 that have no message of their own."""
    told = {(1, 0, 0, 1), (1, 0, 0, 0), (1, 0, 1, 1), (1, 0, 1, 0), (0, 0, 0, 1), (1, 1, 0, 1), (0, 1, 0, 1)}
    for start in sorted(set(itertools.product((0, 1), repeat=4)) - told):
        wrong = [f"{name} at {value}" for name, value, right in zip(_NAMES, start, (1, 0, 0, 1)) if value != right]
        yield Mistake(
            f"start: {', '.join(wrong)}",
            f"Wrong initial values: {', '.join(wrong)}. An untrained layer should leave its input nearly as it is. {_STARTS}",
            _layer_with(start=tuple(map(float, start))),
        )


def _one_statistic():
    """Updates that treat the two moving statistics differently."""
    updates = {
        "moving mean never updated": (
            "The moving variance is updated. The moving mean stays at 0, whatever the batches are.",
            lambda m, old, new: (old[0], _averaged(m, old[1], new[1])),
        ),
        "moving variance never updated": (
            "The moving mean is updated. The moving variance stays at 1, whatever the batches are.",
            lambda m, old, new: (_averaged(m, old[0], new[0]), old[1]),
        ),
        "moving mean updated twice": (
            "The moving mean is updated twice with every batch, the moving variance never.",
            lambda m, old, new: (_averaged(m, _averaged(m, old[0], new[0]), new[0]), old[1]),
        ),
        "moving variance updated twice": (
            "The moving variance is updated twice with every batch, the moving mean never.",
            lambda m, old, new: (old[0], _averaged(m, _averaged(m, old[1], new[1]), new[1])),
        ),
        "variance kept in the moving mean": (
            "The moving mean holds the average that belongs in the moving variance, which is never updated.",
            lambda m, old, new: (_averaged(m, old[1], new[1]), old[1]),
        ),
        "mean kept in the moving variance": (
            "The moving variance holds an average of means. It should hold one of variances.",
            lambda m, old, new: (_averaged(m, old[0], new[0]),) * 2,
        ),
        "updated mean kept in the moving variance": (
            "The moving variance holds an average of means. It should hold one of variances.",
            lambda m, old, new: (mean := _averaged(m, old[0], new[0]), _averaged(m, mean, new[0])),
        ),
        "moving variance from the moving mean": (
            "The moving variance's old value plays no part in its update: in its place stands the moving mean.",
            lambda m, old, new: (_averaged(m, old[0], new[0]), _averaged(m, old[0], new[1])),
        ),
        "moving variance from the updated moving mean": (
            "The moving variance's old value plays no part in its update: in its place stands the moving mean.",
            lambda m, old, new: (mean := _averaged(m, old[0], new[0]), _averaged(m, mean, new[1])),
        ),
        "batch means averaged into the moving variance": (
            "The batch's mean is averaged into the moving variance, where the batch's variance belongs.",
            lambda m, old, new: (_averaged(m, old[0], new[0]), _averaged(m, old[1], new[0])),
        ),
        "batch variances averaged into the moving mean": (
            "The batch's variance is averaged into the moving mean, where the batch's mean belongs.",
            lambda m, old, new: (_averaged(m, old[0], new[1]), _averaged(m, old[1], new[1])),
        ),
        "moving statistics swapped": (
            "The batch's mean is averaged into the moving variance, and its variance into the moving mean.",
            lambda m, old, new: (_averaged(m, old[0], new[1]), _averaged(m, old[1], new[0])),
        ),
    }
    for name, (message, both) in updates.items():
        yield Mistake(name, message, _layer_with(both=both))
    one = {
        "momentum swapped": ("momentum and 1 − momentum have changed places", lambda m, old, new: (1 - m) * old + m * new),
        "replaced": ("the last batch's value replaces the old one, though the two should be "
        "averaged", lambda m, old, new: new),
        "added up": ("the old value keeps its full weight", lambda m, old, new: old + (1 - m) * new),
        "new value at full weight": ("the new value is added at full weight", lambda m, old, new: m * old + new),
        "only shrunk": ("the old value is multiplied by momentum, and nothing is added", lambda m, old, new: m * old),
    }
    for place, statistic in enumerate(("moving mean", "moving variance")):
        for name, (text, update) in one.items():
            if (name, place) == ("only shrunk", 0):
                continue  # shrunk from 0 on it stays there, like a mean that is never updated
            other = ("moving variance", "moving mean")[place]
            yield Mistake(
                f"{name} in the {statistic}",
                f"In the {statistic} {text}. The {other} is right.",
                _layer_with(both=lambda m, old, new, place=place, update=update: tuple(
                    update(m, *pair) if k == place else _averaged(m, *pair) for k, pair in enumerate(zip(old, new))
                )),
            )
    never = ("nothing is updated", lambda m, old, new: old)
    for name in ("momentum swapped", "replaced", "added up"):
        for of_mean, of_variance in ((name, "never updated"), ("never updated", name)):
            (mean_text, mean), (variance_text, variance) = one.get(of_mean, never), one.get(of_variance, never)
            yield Mistake(
                f"{of_mean} in the moving mean, {of_variance} in the moving variance",
                f"In the moving mean {mean_text}. In the moving variance {variance_text}.",
                _layer_with(both=lambda m, old, new, updates=(mean, variance): tuple(
                    update(m, *pair) for update, pair in zip(updates, zip(old, new))
                )),
            )


def _in_one_mode():
    """What is wrong in training or in inference, and right in the other."""
    parts = {
        "epsilon left out": ("epsilon is missing", {"divisor": lambda variance, epsilon: np.sqrt(variance)}),
        "std + epsilon": (
            "epsilon is added to the standard deviation, not to the variance",
            {"divisor": lambda variance, epsilon: np.sqrt(variance) + epsilon},
        ),
        "no square root": (
            "it divides by the variance, not by its square root", {"divisor": lambda variance, epsilon: variance + epsilon}
        ),
        "gamma and beta left out": ("gamma and beta are not used", {"last": lambda x_hat, gamma, beta: x_hat}),
        "gamma left out": ("gamma does not multiply", {"last": lambda x_hat, gamma, beta: x_hat + beta}),
        "beta left out": ("beta is not added", {"last": lambda x_hat, gamma, beta: gamma * x_hat}),
    }
    return [
        Mistake(f"{name} in {mode}", f"In {mode} {text}. In {other} it is right.", _layer_with(only=(training,), **part))
        for mode, other, training in (("training", "inference", True), ("inference", "training", False))
        for name, (text, part) in parts.items()
    ]


_FLOWS = (
    "What is computed from the batch changes with the batch: notebook 03's `backward` has a part for the mean and one for "
    "the variance. Only the *moving* statistics stand outside the gradient."
)


my_batch_normalization = LayerExercise(
    _layer_solution,
    source=_LAYER,
    outputs=_LAYER_OUTPUTS,
    given=lambda: {"keras": importlib.import_module("keras")},
    cases=_layer_cases,
    mistakes=[
        Mistake(
            "statistics trainable",
            "The moving statistics are trainable weights. No gradient reaches them, so an optimizer cannot train them; but Keras "
            "counts them among the trained ones. Look at what `add_weight` offers.",
            _layer_with(trainable=(True, True, True, True)),
        ),
        Mistake(
            "moving mean trainable",
            "The moving mean is a trainable weight. It should only be kept: no gradient reaches it.",
            _layer_with(trainable=(True, True, True, False)),
        ),
        Mistake(
            "moving variance trainable",
            "The moving variance is a trainable weight. It should only be kept: no gradient reaches it.",
            _layer_with(trainable=(True, True, False, True)),
        ),
        Mistake(
            "nothing trainable",
            "None of the four is trainable. gamma and beta are the two that the gradient trains.",
            _layer_with(trainable=(False, False, False, False)),
        ),
        Mistake(
            "gamma not trainable",
            "gamma is not trainable. The gradient trains gamma and beta.",
            _layer_with(trainable=(False, True, False, False)),
        ),
        Mistake(
            "beta not trainable",
            "beta is not trainable. The gradient trains gamma and beta.",
            _layer_with(trainable=(True, False, False, False)),
        ),
        Mistake(
            "trainable ones swapped",
            "The wrong two are trainable: gamma and beta should be trained, the moving statistics only kept.",
            _layer_with(trainable=(False, False, True, True)),
        ),
        *_otherwise_trainable(),
        Mistake(
            "training ignored, always the batch",
            "In inference, too, the layer normalizes with the batch's own statistics. A row's answer would then depend on the "
            "rows beside it.",
            _layer_with(source=lambda training: ("batch", "batch")),
        ),
        Mistake(
            "training ignored, always the batch, always updated",
            "In inference, too, the layer uses the batch's statistics and updates the moving ones: `training` makes no "
            "difference.",
            _layer_with(source=lambda training: ("batch", "batch"), updates=lambda training: True),
        ),
        Mistake(
            "training ignored, always moving",
            "In training, too, the layer normalizes with the moving statistics. Training uses the batch's own mean and "
            "variance; the moving ones are only kept for later.",
            _layer_with(source=lambda training: ("moving", "moving")),
        ),
        Mistake(
            "training ignored, moving never updated",
            "The layer always normalizes with the moving statistics, and nothing ever moves them from 0 and 1.",
            _layer_with(source=lambda training: ("moving", "moving"), updates=lambda training: False),
        ),
        Mistake(
            "always the batch, never updated",
            "The moving statistics play no part: nothing updates them in training, and nothing uses them in inference.",
            _layer_with(source=lambda training: ("batch", "batch"), updates=lambda training: False),
        ),
        Mistake(
            "updated before they are used",
            "In training the layer first updates the moving statistics and then normalizes with them. Training uses the "
            "batch's own mean and variance.",
            _layer_with(source=lambda training: ("moving", "moving"), late=True),
        ),
        Mistake(
            "branches swapped",
            "The two branches have changed places: the batch's statistics belong to training, the moving ones to "
            "inference.",
            _layer_with(source=lambda training: ("moving", "moving") if training else ("batch", "batch")),
        ),
        Mistake(
            "branches swapped with the update",
            "The two branches have changed places, and the update with them: `training` is taken for its opposite.",
            _layer_with(
                source=lambda training: ("moving", "moving") if training else ("batch", "batch"),
                updates=lambda training: not training,
            ),
        ),
        Mistake(
            "never updated",
            "The moving statistics are never updated: inference still normalizes with mean 0 and variance 1.",
            _layer_with(updates=lambda training: False),
        ),
        *_one_statistic(),
        Mistake(
            "updated in inference",
            "The moving statistics are updated in inference as well: asking for an answer must not change the layer.",
            _layer_with(updates=lambda training: True),
        ),
        Mistake(
            "momentum swapped",
            "momentum and 1 − momentum have changed places. In Keras momentum is the share of the *old* value; in PyTorch "
            "it is the share of the new one.",
            _layer_with(update=lambda momentum, moving, batch: (1 - momentum) * moving + momentum * batch),
        ),
        Mistake(
            "replaced",
            "The moving statistics are replaced by the last batch's. They are averaged: most of the old value stays.",
            _layer_with(update=lambda momentum, moving, batch: batch),
        ),
        Mistake(
            "added up",
            "The new statistics are added to the old ones, which keep their full weight: the sum grows and grows. What "
            "does the old value have to be multiplied by?",
            _layer_with(update=lambda momentum, moving, batch: moving + (1 - momentum) * batch),
        ),
        Mistake(
            "new value at full weight",
            "The old value is multiplied by momentum, but the new one is added whole. The two weights must add up to 1.",
            _layer_with(update=lambda momentum, moving, batch: momentum * moving + batch),
        ),
        Mistake(
            "only shrunk",
            "The moving statistics are multiplied by momentum, and the batch's are never added.",
            _layer_with(update=lambda momentum, moving, batch: momentum * moving),
        ),
        Mistake(
            "momentum ignored",
            "It averages with 0.99 whatever momentum is passed. Use `self.momentum`.",
            _with_settings(momentum=0.99),
        ),
        Mistake(
            "momentum fixed at 0.9",
            "It averages with 0.9 whatever momentum is passed. Use `self.momentum`.",
            _with_settings(momentum=0.9),
        ),
        Mistake(
            "moving variance starts at 0",
            "The moving variance starts at 0. Then an untrained layer divides by the root of epsilon alone and blows "
            f"everything up; Keras starts it at 1. {_STARTS}",
            _layer_with(start=(1.0, 0.0, 0.0, 0.0)),
        ),
        Mistake(
            "moving mean starts at 1",
            f"The moving mean starts at 1. It should start at 0. {_STARTS}",
            _layer_with(start=(1.0, 0.0, 1.0, 1.0)),
        ),
        Mistake(
            "moving mean and variance start swapped",
            f"The moving mean starts at 1 and the moving variance at 0: it should be the other way round. {_STARTS}",
            _layer_with(start=(1.0, 0.0, 1.0, 0.0)),
        ),
        Mistake(
            "gamma starts at 0",
            "gamma starts at 0: the layer would first give beta, whatever comes in. Which gamma changes nothing? "
            f"{_STARTS}",
            _layer_with(start=(0.0, 0.0, 0.0, 1.0)),
        ),
        Mistake(
            "beta starts at 1",
            f"beta starts at 1. Which beta changes nothing? {_STARTS}",
            _layer_with(start=(1.0, 1.0, 0.0, 1.0)),
        ),
        Mistake(
            "gamma and beta start swapped",
            f"gamma starts at 0 and beta at 1: it should be the other way round. {_STARTS}",
            _layer_with(start=(0.0, 1.0, 0.0, 1.0)),
        ),
        *_otherwise_started(),
        Mistake(
            "epsilon left out",
            "Epsilon is missing. It is added to the variance, under the root, in both modes.",
            _layer_with(divisor=lambda variance, epsilon: np.sqrt(variance)),
        ),
        Mistake(
            "std + epsilon",
            "Epsilon is added to the standard deviation. It belongs under the root, to the variance.",
            _layer_with(divisor=lambda variance, epsilon: np.sqrt(variance) + epsilon),
        ),
        Mistake(
            "epsilon ignored",
            "It uses 1e-3 whatever epsilon is passed. Use `self.epsilon`.",
            _with_settings(epsilon=1e-3),
        ),
        *_in_one_mode(),
        Mistake(
            "no square root",
            "It divides by the variance, not by its square root.",
            _layer_with(divisor=lambda variance, epsilon: variance + epsilon),
        ),
        Mistake(
            "two square roots",
            "It takes the root of the standard deviation plus epsilon. Variance plus epsilon stands under one root.",
            _layer_with(divisor=lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon)),
        ),
        Mistake(
            "multiplied by the standard deviation",
            "It multiplies by the standard deviation. To normalize is to divide by it.",
            _layer_with(divisor=lambda variance, epsilon: 1 / np.sqrt(variance + epsilon)),
        ),
        Mistake(
            "not divided",
            "The values are centred, but not divided by the standard deviation.",
            _layer_with(divisor=lambda variance, epsilon: 1.0),
        ),
        Mistake(
            "averaged over the features",
            "The mean and the variance run over the last axis, the features of one row: that is layer normalization. "
            "Average over the rows.",
            _layer_with(moments=lambda x: (x.mean(axis=-1), x.var(axis=-1))),
        ),
        Mistake(
            "mean and variance swapped",
            "The batch's mean and variance have changed places, in the formula and in the moving statistics.",
            _layer_with(moments=lambda x: (x.var(axis=-2), x.mean(axis=-2))),
        ),
        Mistake(
            "mean of the squares",
            "In place of the batch's variance stands the mean of x². The mean has to be subtracted before squaring.",
            _layer_with(moments=lambda x: (x.mean(axis=-2), (x**2).mean(axis=-2))),
        ),
        Mistake(
            "one mean for all",
            "There is one mean and one variance for the whole batch. Each channel has its own.",
            _layer_with(moments=lambda x: (_for_all(np.mean, x), _for_all(np.var, x))),
        ),
        Mistake(
            "moving variance with N - 1",
            "The moving variance takes the batch's variance times N/(N − 1), as the paper and PyTorch do. Keras keeps it as "
            "it is, and this layer should agree with Keras.",
            _layer_with(kept=lambda mean, variance, count: (mean, variance * count / (count - 1))),
        ),
        Mistake(
            "ddof=1",
            "The variance is divided by N − 1. Batch normalization divides by N.",
            _layer_with(moments=lambda x: (x.mean(axis=-2), x.var(axis=-2, ddof=1))),
        ),
        Mistake(
            "standard deviation kept",
            "The moving variance holds standard deviations: the layer takes the root of a root in inference.",
            _layer_with(kept=lambda mean, variance, count: (mean, np.sqrt(variance))),
        ),
        Mistake(
            "gamma and beta swapped",
            "gamma and beta have changed places: gamma multiplies, beta is added.",
            _layer_with(last=lambda x_hat, gamma, beta: beta * x_hat + gamma),
        ),
        Mistake(
            "gamma and beta left out",
            "gamma and beta are there, and are not used. The last step is missing: scale by gamma, shift by beta.",
            _layer_with(last=lambda x_hat, gamma, beta: x_hat),
        ),
        Mistake(
            "beta left out", "beta is not added.", _layer_with(last=lambda x_hat, gamma, beta: gamma * x_hat)
        ),
        Mistake(
            "gamma left out", "gamma does not multiply.", _layer_with(last=lambda x_hat, gamma, beta: x_hat + beta)
        ),
        Mistake(
            "training by default",
            "Called without `training` it behaves as in training. The default is `training=False`: a bare call is "
            "inference.",
            _layer_with(default=True),
        ),
        Mistake(
            "batch mean in inference",
            "In inference the variance is the moving one, but the mean is still the batch's.",
            _layer_with(source=lambda training: ("batch", "batch") if training else ("batch", "moving")),
        ),
        Mistake(
            "batch variance in inference",
            "In inference the mean is the moving one, but the variance is still the batch's.",
            _layer_with(source=lambda training: ("batch", "batch") if training else ("moving", "batch")),
        ),
        Mistake(
            "no gradient through mean and variance",
            f"In training no gradient flows through the batch's mean and variance (`stop_gradient`?). {_FLOWS}",
            _layer_with(held=(True, True)),
        ),
        Mistake(
            "no gradient through the mean",
            f"In training no gradient flows through the batch's mean (`stop_gradient`?). {_FLOWS}",
            _layer_with(held=(True, False)),
        ),
        Mistake(
            "no gradient through the variance",
            f"In training no gradient flows through the batch's variance (`stop_gradient`?). {_FLOWS}",
            _layer_with(held=(False, True)),
        ),
    ],
    properties=[
        Property(
            "The weights do not start where Keras' own do: gamma and the moving variance start at 1, beta and the "
            "moving mean "
            "at 0. Is an `initializer` missing?",
            lambda args, outputs: bool(np.isin(outputs[4], (0, 1)).all()),
        ),
        Property(
            "In training the mean of each channel of the output should be beta, and is not.",
            lambda args, outputs: np.allclose(outputs[0].mean(axis=0), args[3], atol=1e-3),
        ),
    ],
    points=4,
    hints=[
        "`build` creates four weights of shape (C,), two of them with `trainable=False`. `self.add_weight` takes `shape`, "
        "`initializer` (\"ones\" or \"zeros\") and `trainable`.",
        "`call` has two sources of mean and variance and one formula. `keras.ops.moments(x, axes=[0])` gives both for a "
        "batch; NumPy's functions would fail inside `fit`.",
        "A weight is changed by `weight.assign(new value)`, in training only: the share `momentum` of the old value, "
        "the rest of the batch's.",
    ],
    insight="Two kinds of weights and one `if`: that is the layer. Everything else Keras does with it (training, saving, "
    "counting) follows from what `add_weight` was told.",
)
