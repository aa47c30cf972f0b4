"""Notebook 04's layer exercise with real Keras classes: the solution passes, mistakes are named as in NumPy."""

import linecache
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.exercises import batch_normalization_in_keras as module
from helpers.exercises.batch_normalization_in_keras.my_batch_normalization import _LAYER
from helpers.exercises.batch_normalization_in_keras.recalibrate import recalibrate_solution

keras = pytest.importorskip("keras")
ROOT = Path(__file__).parents[1]
exercise = module.my_batch_normalization


def layer_class(*edits, source=_LAYER):
    """The solution's class with some of its text replaced, compiled as a notebook cell is."""
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new)
    name = f"<cell of {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    space = {"keras": keras, "np": np}
    exec(compile(source, name, "exec"), space)
    return space["MyBatchNormalization"]


MOMENTS = "mean, variance = keras.ops.moments(x, axes=[0])"
UPDATE = "moving.assign(self.momentum * moving + (1 - self.momentum) * batch)"
LOOP = "            for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):\n"
RETURN = "return self.gamma * (x - mean) / keras.ops.sqrt(variance + self.epsilon) + self.beta"


def test_the_solution_passes_as_a_class():
    verdict = exercise.evaluate(layer_class())
    assert verdict.state == "correct", str(verdict)
    assert exercise.solved_cell() == _LAYER
    assert len([line for line in _LAYER.splitlines() if line.strip()]) <= 18


def test_keras_own_layer_would_pass():
    """The NumPy reference is Keras' layer: default initial values, names and the moments' divisor included."""
    assert exercise.evaluate(type("Own", (keras.layers.BatchNormalization,), {
        "call": lambda self, x, training=False: keras.layers.BatchNormalization.call(self, x, training=training)
    })).state == "correct"


@pytest.mark.parametrize(
    "edits",
    [
        [("x, training=False", "x, training=None")],
        [("keras.ops.moments(x, axes=[0])", "keras.ops.mean(x, axis=0), keras.ops.var(x, axis=0)")],
        [(RETURN, "return keras.ops.batch_normalization(x, mean, variance, -1, self.beta, self.gamma, self.epsilon)")],
        [("    def build(self, shape):", "    def build(self, input_shape):\n        shape = input_shape")],
        [(UPDATE, "moving.assign_add((1 - self.momentum) * (batch - moving))")],
        [(UPDATE, UPDATE.replace("* batch", "* keras.ops.stop_gradient(batch)"))],  # outside the gradient anyway
        [("super().__init__()", "super().__init__(name='mine')")],
    ],
)
def test_variants_pass(edits):
    verdict = exercise.evaluate(layer_class(*edits))
    assert verdict.state == "correct", str(verdict)


@pytest.mark.parametrize(
    ("mistake", "edits"),
    [
        ("statistics trainable", [(", trainable=False", "")]),
        ("moving mean trainable", [('initializer="zeros", trainable=False', 'initializer="zeros"')]),
        ("moving variance trainable", [('initializer="ones", trainable=False', 'initializer="ones"')]),
        ("gamma not trainable", [('self.gamma = self.add_weight(shape=size', 'self.gamma = self.add_weight(trainable=False, shape=size')]),
        ("training ignored, always the batch, always updated", [("        if training:\n", "        if True:\n")]),
        ("training ignored, moving never updated", [("        if training:\n", "        if False:\n")]),
        ("training ignored, always the batch", [("        if training:\n", "        mean, variance = keras.ops.moments(x, axes=[0])\n        if training:\n")]),
        ("branches swapped with the update", [("if training:", "if not training:")]),
        ("never updated", [(UPDATE, "pass")]),
        ("never updated", [(UPDATE, UPDATE.replace("moving.assign(", "moving = ("))]),
        ("updated in inference", [(LOOP + "                " + UPDATE + "\n", ""), ("        return", "        b_mean, b_variance = keras.ops.moments(x, axes=[0])\n        self.moving_mean.assign(self.momentum * self.moving_mean + (1 - self.momentum) * b_mean)\n        self.moving_variance.assign(self.momentum * self.moving_variance + (1 - self.momentum) * b_variance)\n        return"), ("mean, variance = self.moving_mean, self.moving_variance", "mean, variance = self.moving_mean + 0, self.moving_variance + 0")]),
        ("momentum swapped", [(UPDATE, "moving.assign((1 - self.momentum) * moving + self.momentum * batch)")]),
        ("momentum ignored", [(UPDATE, "moving.assign(0.99 * moving + 0.01 * batch)")]),
        ("replaced", [(UPDATE, "moving.assign(batch)")]),
        ("added up", [(UPDATE, "moving.assign_add((1 - self.momentum) * batch)")]),
        ("moving variance starts at 0", [('initializer="ones", trainable=False', 'initializer="zeros", trainable=False')]),
        ("gamma starts at 0", [('shape=size, initializer="ones")', 'shape=size, initializer="zeros")')]),
        ("epsilon left out", [(" + self.epsilon", "")]),
        ("epsilon ignored", [("self.epsilon)", "1e-3)")]),
        ("std + epsilon", [("keras.ops.sqrt(variance + self.epsilon)", "(keras.ops.sqrt(variance) + self.epsilon)")]),
        ("no square root", [("keras.ops.sqrt(variance + self.epsilon)", "(variance + self.epsilon)")]),
        ("averaged over the features", [("axes=[0]", "axes=[-1]")]),
        ("gamma and beta swapped", [("return self.gamma", "return self.beta"), ("+ self.beta", "+ self.gamma")]),
        ("beta left out", [(" + self.beta", "")]),
        ("training by default", [("x, training=False", "x, training=True")]),
        ("no gradient through mean and variance", [(MOMENTS, f"mean, variance = map(keras.ops.stop_gradient, {MOMENTS[17:]})")]),
        ("no gradient through the mean", [(MOMENTS, f"{MOMENTS}; mean = keras.ops.stop_gradient(mean)")]),
        ("no gradient through the variance", [(MOMENTS, f"{MOMENTS}; variance = keras.ops.stop_gradient(variance)")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_mistakes_of_real_classes_are_named(mistake, edits):
    verdict = exercise.evaluate(layer_class(*edits))
    assert verdict.mistakes == (mistake,), str(verdict)


@pytest.mark.parametrize(
    ("said", "edits"),
    [
        ("has shape ()", [("size = (shape[-1],)", "size = ()")]),
        ("has shape (1,)", [("size = (shape[-1],)", "size = (1,)")]),
        ("needs only its last axis", [("size = (shape[-1],)", "size = shape")]),
        ("use those of `keras.ops`", [("keras.ops.moments(x, axes=[0])", "np.mean(x, axis=0), np.var(x, axis=0)")]),
        ("`self.name = ...` puts something else", [(LOOP + "                " + UPDATE, "            self.moving_mean = 0.5 * self.moving_mean + mean")]),
        ("makes a weight that Keras knows", [('self.moving_mean = self.add_weight(shape=size, initializer="zeros", trainable=False)', "self.moving_mean = np.zeros(size)")]),
        ("Is the `return` missing", [(RETURN, "y = x")]),
        ("Is `super().__init__()` still", [("        super().__init__()\n", "")]),
        ("Create it in `build`", [("    def build(self", "    def bild(self")]),
        ("N, the number of examples, is not known inside `fit`", [("keras.ops.moments(x, axes=[0])", "keras.ops.sum(x, axis=0) / x.shape[0], keras.ops.var(x, axis=0)")]),
        ("N, the number of examples, is not known inside `fit`", [("keras.ops.moments(x, axes=[0])", "keras.ops.sum(x, axis=0) / len(x), keras.ops.var(x, axis=0)")]),
        ("N, the number of examples, is not known inside `fit`", [("keras.ops.moments(x, axes=[0])", "keras.ops.sum(x, axis=0) / keras.ops.shape(x)[0], keras.ops.var(x, axis=0)")]),
        ("name 'meen' is not defined", [("mean) / keras", "meen) / keras")]),
        ("unexpected keyword argument 'momentum'", [("self, momentum=0.99, epsilon=1e-3", "self"), ("= momentum, epsilon", "= 0.99, 1e-3")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_checked_says_why(said, edits):
    verdict = exercise.evaluate(layer_class(*edits))
    assert verdict.state == "unusable"
    assert said in str(verdict)


def test_other_things_than_a_class():
    assert "takes the class itself" in str(exercise.evaluate(layer_class()()))
    assert "takes the class itself" in str(exercise.evaluate(lambda x: x))
    assert "not a Keras layer" in str(exercise.evaluate(dict))
    assert exercise.evaluate(None).state == "not attempted"


def test_the_untouched_cell_is_not_attempted():
    class MyBatchNormalization(keras.layers.Layer):
        def __init__(self, momentum=0.99, epsilon=1e-3):
            super().__init__()
            self.momentum, self.epsilon = momentum, epsilon

        def build(self, shape):
            ...

        def call(self, x, training=False):
            ...

    assert exercise.evaluate(MyBatchNormalization).state == "not attempted"


def test_an_endless_layer_is_stopped():
    endless = layer_class((RETURN, "while True: pass"))
    assert "did not return in time" in str(exercise.evaluate(endless))


@pytest.mark.parametrize("answer", ["layer_class()", "layer_class((' + self.beta', ' + 2'))"], ids=["right", "unnamed"])
def test_the_first_check_of_a_session_is_quick(answer):
    """In a process of its own: Keras' first calls and the catalogue count, the imports of TensorFlow do not."""
    program = f"""
import time
from tests.test_exercises_keras_layer import exercise, keras, layer_class
answer = {answer}
import tensorflow
started = time.process_time()
exercise.evaluate(answer)
print(time.process_time() - started)
"""

    def seconds():
        ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
        return float(ran.stdout.split()[-1])

    assert any(seconds() < 0.5 for _ in range(2))  # a busy machine is slow in CPU time, too


def test_weights_for_a_layer_have_no_extra_axis():
    """`layer.set_weights` refuses (1, C), which other exercises take for (C,)."""

    def with_keepdims(weights, means, variances, sizes):
        gamma, beta, mean, variance = recalibrate_solution(weights, means, variances, sizes)
        return gamma, beta, mean[None], variance

    verdict = module.recalibrate.evaluate(with_keepdims)
    assert verdict.mistakes == ("axis of length 1",)
    assert "`moving_mean` has shape (1, 3), expected (3,), and a layer's `set_weights` refuses" in str(verdict)


def test_keras_keeps_its_own_settings():
    before = keras.config.is_traceback_filtering_enabled()
    exercise.evaluate(layer_class(("mean) / keras", "meen) / keras")))
    assert keras.config.is_traceback_filtering_enabled() == before
