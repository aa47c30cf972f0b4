"""Notebook 08, code: the proximal step."""

from __future__ import annotations

import itertools

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def proximal_step(w, gradient, rate, l1):
    v = w - rate * gradient  # the loss alone
    return np.sign(v) * np.maximum(np.abs(v) - rate * l1, 0)


def _step_cases():
    w = np.array([0.8137, -0.5026, 0.1213, -0.0271, 0.3542, -0.2238, -1.9165, 1.4381])
    gradient = np.array([0.5, -0.8, 0.4, 0.7, -1.2, -2.6, 0.6, -0.9])
    zeros = np.array([0.0, 0.0, 0.7318, -0.2146])
    return [
        Case("on 8 weights with rate = 0.1, l1 = 0.6", (w, gradient, 0.1, 0.6)),
        Case("on the same weights with rate = 0.4, l1 = 0.25", (w, gradient, 0.4, 0.25)),
        # A rate and a strength above 1, and a threshold above 1.
        Case("on a kernel of shape (2, 3) with rate = 1.5, l1 = 1.2",
             (np.array([[2.9137, -0.7241, 0.2183], [-2.1329, 0.4156, -0.6078]]), np.array([[-0.8, 0.5, 1.8], [1.3, -0.1, -2.2]]), 1.5, 1.2)),
        Case("with weights that start at exactly 0", (zeros, np.array([1.5, 0.2, 0.4, -0.3]), 0.1, 0.6), edge=True),
        # 0.5 · 0.5 is exact: the steps end at 0, at the threshold and at minus the threshold.
        Case("where the gradient step ends exactly at 0 or at the threshold",
             (np.array([0.5, 0.75, -0.5, 0.0]), np.array([1.0, 1.0, -0.5, 0.0]), 0.5, 0.5), edge=True),
        Case("with l1 = 0 (a plain gradient step) and a step that ends exactly at 0",
             (np.append(w, [0.0, 0.5]), np.append(gradient, [0.0, 1.0]), 0.5, 0.0), edge=True),
    ]


def _by_cases(w, gradient, rate, l1):
    v, t = w - rate * gradient, rate * l1
    return np.where(v > t, v - t, np.where(v < -t, v + t, 0.0))


def _by_clip(w, gradient, rate, l1):
    v = w - gradient * rate
    return v - np.clip(v, -l1 * rate, l1 * rate)


def _by_two_halves(w, gradient, rate, l1):
    v = w - rate * gradient
    return np.maximum(v - rate * l1, 0) - np.maximum(-v - rate * l1, 0)


def _by_elements(w, gradient, rate, l1):
    result = []
    for v in (w - rate * gradient).ravel():
        result.append(0.0 if abs(v) <= rate * l1 else v - rate * l1 * (1 if v > 0 else -1))
    return np.array(result).reshape(w.shape)


def _soft(v, t):
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def _after(step):
    """A wrong step from the right v: ``step(v, threshold)``."""

    def wrong(w, gradient, rate, l1):
        return step(w - rate * gradient, rate * l1)

    return wrong


_NEGATIVE = "A negative weight, too, should move *towards* 0 by the threshold, so upwards."


# What can be wrong in each of three places: name, message, what stands there.
_STEPS = [
    ("uphill", "The gradient is added: the loss goes up. Subtract rate · gradient.",
     lambda w, gradient, rate: w + rate * gradient),
    ("rate forgotten in the gradient step", "The gradient is subtracted as it is; it should be multiplied by the "
        "learning rate.",
     lambda w, gradient, rate: w - gradient),
    ("gradient step missing", "The gradient step is missing, so the loss has no "
        "influence.", lambda w, gradient, rate: w),
]
_THRESHOLDS = [
    ("threshold not scaled by the step",
     "The threshold is l1 itself. In one step of size rate the slope l1 covers the distance rate · l1.", lambda rate, l1: l1),
    ("strength forgotten", "The threshold is the learning rate alone: the strength l1 is not used in it.", lambda rate, l1: rate),
    ("threshold divided by the rate",
     "The threshold is l1 divided by the rate. A small learning rate must give a *small* threshold.", lambda rate, l1: l1 / rate),
    ("doubled threshold", "The threshold is twice as large as it should be. |w| has slope 1, not 2; the 2 belongs to "
        "L2.",
     lambda rate, l1: 2 * rate * l1),
    ("halved threshold", "The threshold is half as large as it should be: rate · l1.", lambda rate, l1: rate * l1 / 2),
]
_FORMS = [
    ("hard threshold",
     "Weights within the threshold become 0, the others are left where they are: that is the *hard* threshold. The soft one moves every "
     "weight towards 0 by the threshold.", lambda v, t: np.where(np.abs(v) > t, v, 0.0)),
    ("sign lost", "All weights come back positive or 0: the sign is lost. The size should shrink, and the sign "
                  "should stay.",
     lambda v, t: np.maximum(np.abs(v) - t, 0)),
    ("negative weights cut off", f"Every weight that the gradient step leaves below 0 becomes 0. {_NEGATIVE}", lambda v, t: np.maximum(v - t, 0)),
    ("negative weights pushed away", f"Negative weights beyond the threshold move *away* from 0. {_NEGATIVE}",
     lambda v, t: np.where(np.abs(v) <= t, 0.0, v - t)),
    ("no stop at zero",
     "Every weight moves by the threshold, and those near 0 jump across it: that is the plain slope of |v| again. A weight nearer to 0 "
     "than the threshold must stop *at* 0.", lambda v, t: v - t * np.sign(v)),
    ("the same amount from all",
     f"The threshold is subtracted from every weight: negative ones move away from 0, and nothing stops at 0. {_NEGATIVE}",
     lambda v, t: v - t),
    ("pushed away from zero", "The threshold is *added* to the sizes: every weight moves away from 0.",
     lambda v, t: np.sign(v) * (np.abs(v) + t)),
    ("np.max for np.maximum",
     "`np.max(a, 0)` is the largest element along axis 0, one size for many weights. The larger of each element and 0 is "
     "`np.maximum`.", lambda v, t: np.sign(v) * np.max(np.abs(v) - t, 0)),
]


def _step(name, text, step=lambda w, gradient, rate: w - rate * gradient, threshold=lambda rate, l1: rate * l1, form=_soft):
    return Mistake(name, text, lambda w, gradient, rate, l1: form(step(w, gradient, rate), threshold(rate, l1)))


def _place_by_place():
    """One mistake, and two in different places."""
    places = {"step": _STEPS, "threshold": _THRESHOLDS, "form": _FORMS}
    for place, mistakes in places.items():
        yield from (_step(name, text, **{place: wrong}) for name, text, wrong in mistakes)
    for (one, first), (other, second) in itertools.combinations(places.items(), 2):
        for (a, text_a, wrong_a), (b, text_b, wrong_b) in itertools.product(first, second):
            if (a, b) != ("rate forgotten in the gradient step", "threshold not scaled by the step"):
                yield _step(f"{a}; {b}", f"Two things. {text_a} And: {text_b[0].lower()}{text_b[1:]}", **{one: wrong_a, other: wrong_b})


proximal_step = CodeExercise(
    proximal_step,
    outputs=["w"],
    cases=_step_cases,
    variants=[_by_cases, _by_clip, _by_two_halves, _by_elements],
    mistakes=[
        *_place_by_place(),
        Mistake(
            "plain gradient step",
            "The penalty's slope l1 · sign(w) is added to the gradient: plain gradient descent, which jumps across 0. "
            "Take the step of the loss alone, "
            "then the soft threshold.",
            lambda w, gradient, rate, l1: w - rate * (gradient + l1 * np.sign(w)),
        ),
        Mistake(
            "penalized twice",
            "The penalty's slope is in the gradient step, and the soft threshold comes on top: the penalty counts twice. `gradient` is that of the "
            "loss alone, and it should stay so.",
            lambda w, gradient, rate, l1: _soft(w - rate * (gradient + l1 * np.sign(w)), rate * l1),
        ),
        Mistake(
            "gradient counted twice",
            "The gradient step is twice as long as rate · gradient. `gradient` is the whole slope of the loss: its 2 is in it.",
            lambda w, gradient, rate, l1: _soft(w - 2 * rate * gradient, rate * l1),
        ),
        Mistake(
            "threshold first",
            "The soft threshold comes first and the gradient step after it. Then nothing stays at exactly 0: threshold last.",
            lambda w, gradient, rate, l1: _soft(w, rate * l1) - rate * gradient,
        ),
        Mistake(
            "threshold missing",
            "This is the gradient step on the loss. The penalty's step is missing.",
            _after(lambda v, t: v),
        ),
        Mistake(
            "rate forgotten in both",
            "The learning rate is not used, neither for the gradient nor for the threshold. It should multiply both.",
            lambda w, gradient, rate, l1: _soft(w - gradient, l1),
        ),
        Mistake(
            "old sign",
            "The sign is that of w *before* the gradient step. A weight that the step has carried across 0 comes back with the wrong sign.",
            lambda w, gradient, rate, l1: np.sign(w) * np.maximum(np.abs(w - rate * gradient) - rate * l1, 0),
        ),
        Mistake(
            "old size",
            "The size is that of w *before* the gradient step. Apply the threshold to the result of the step.",
            lambda w, gradient, rate, l1: np.sign(w - rate * gradient) * np.maximum(np.abs(w) - rate * l1, 0),
        ),
        Mistake(
            "old weights decide",
            "Which weights become 0 is decided by w *before* the gradient step. Look at where the step has carried them.",
            lambda w, gradient, rate, l1: np.where(
                np.abs(w) <= rate * l1, 0.0,
                w - rate * gradient - rate * l1 * np.sign(w - rate * gradient)),
        ),
        Mistake(
            "the wrong part kept",
            "What comes back is the part that should be cut off: the values clipped to ± the threshold. Keep what "
            "lies *beyond* it.",
            _after(lambda v, t: np.clip(v, -t, t)),
        ),
        Mistake(
            "minimum for maximum",
            "`min` where `max` belongs: sizes above the threshold become 0, and weights below it change their sign.",
            _after(lambda v, t: np.sign(v) * np.minimum(np.abs(v) - t, 0)),
        ),
        Mistake(
            "large ones zeroed",
            "The comparison is reversed: the weights *beyond* the threshold become 0, and the small ones are kept.",
            _after(lambda v, t: np.where(np.abs(v) <= t, v, 0.0)),
        ),
        Mistake(
            "not cut at 0",
            "The maximum with 0 is missing: a weight nearer to 0 than the threshold gets a negative size, so it jumps across 0.",
            lambda w, gradient, rate, l1: np.sign(w) * (np.abs(w - rate * gradient) - rate * l1),
        ),
        Mistake(
            "step of L2",
            "Every weight is divided by 1 + 2 · rate · l1: that is the exact step of L2, which makes no zeros.",
            _after(lambda v, t: v / (1 + 2 * t)),
        ),
        Mistake(
            "step of L2, without the 2",
            "Every weight is divided by 1 + rate · l1: that is the exact step of L2, apart from a 2. It makes no "
            "zeros. L1 subtracts.",
            _after(lambda v, t: v / (1 + t)),
        ),
        Mistake(
            "decayed",
            "Every weight is multiplied by 1 − rate · l1: that is weight decay, which makes no zeros. L1 subtracts.",
            _after(lambda v, t: v * (1 - t)),
        ),
        Mistake(
            "decayed by twice the strength",
            "Every weight is multiplied by 1 − 2 · rate · l1: that is a step with L2, which makes no zeros. L1 subtracts.",
            _after(lambda v, t: v * (1 - 2 * t)),
        ),
        Mistake(
            "sign of the gradient",
            "The sign is that of the *gradient*. Keep the sign of the weight after the gradient step.",
            lambda w, gradient, rate, l1: np.sign(gradient) * np.maximum(np.abs(w - rate * gradient) - rate * l1, 0),
        ),
        Mistake(
            "rate squared",
            "The learning rate counts twice in the threshold. It should be rate · l1, once.",
            lambda w, gradient, rate, l1: _soft(w - rate * gradient, rate**2 * l1),
        ),
        Mistake(
            "gradient thresholded",
            "The soft threshold is applied to the *gradient*. It belongs to the weights after the gradient step: the "
            "weights should become 0, not the step.",
            lambda w, gradient, rate, l1: w - rate * _soft(gradient, l1),
        ),
        Mistake(
            "the weight as slope",
            "l1 · w is added to the gradient: that takes away a share of the weight, as L2 does, and makes no zeros.",
            lambda w, gradient, rate, l1: w - rate * (gradient + l1 * w),
        ),
        Mistake(
            "a step of L2",
            "2 · l1 · w is added to the gradient: that is the slope of L2. It makes no zeros.",
            lambda w, gradient, rate, l1: w - rate * (gradient + 2 * l1 * w),
        ),
        Mistake(
            "pushed away beyond the threshold",
            "Small weights become 0, as they should. The others are pushed *away* from 0 by the threshold: look at both signs.",
            _after(lambda v, t: np.where(v > t, v + t, np.where(v < -t, v - t, 0.0))),
        ),
        Mistake(
            "everything below the threshold moved up",
            "All weights below + threshold are moved up by the threshold, those near 0 as well. They should be 0 "
            "from minus the threshold to plus the threshold.",
            _after(lambda v, t: np.where(v > t, v - t, np.where(v < t, v + t, 0.0))),
        ),
        Mistake(
            "negative weights left alone",
            f"Positive weights are right. Negative ones are left where they are, the small ones too. {_NEGATIVE}",
            _after(lambda v, t: v - np.clip(v, 0, t)),
        ),
        Mistake(
            "the largest of all",
            "All weights come back with the same size, that of the largest. The larger of each element and 0 is `np.maximum`.",
            _after(lambda v, t: np.sign(v) * np.max(np.abs(v) - t)),
        ),
        Mistake(
            "shrunk as by L2 as well",
            "The soft threshold is right, and then every weight is divided by 1 + 2 · rate · l1, the exact step of L2. Here L1 is the "
            "only penalty.",
            _after(lambda v, t: _soft(v, t) / (1 + 2 * t)),
        ),
        Mistake(
            "python's max",
            "Python's `max` and `if` take one number at a time, not an array. NumPy has `np.maximum` and `np.where`, element by element.",
            _after(lambda v, t: np.sign(v) * max(np.abs(v) - t, 0)),
        ),
        Mistake(
            "0 / 0",
            "Where the gradient step ends exactly at 0 the result is not a number (NaN), as v / |v| gives it. Such a "
            "weight should be 0.",
            _after(lambda v, t: v / np.abs(v) * np.maximum(np.abs(v) - t, 0)),
        ),
        Mistake(
            "0 / 0 without a penalty",
            "With l1 = 0 a weight that the gradient step leaves exactly at 0 becomes NaN: threshold and size are "
            "both 0, and 0 / 0 is not a number. Such a weight should be 0.",
            _after(lambda v, t: v * np.maximum(1 - t / np.abs(v), 0)),
        ),
        Mistake(
            "zero for ever",
            "In your code a weight that is exactly 0 stays at 0. It must be able to come back when the loss pulls at "
            "it with more than l1.",
            lambda w, gradient, rate, l1: np.where(w == 0, 0.0, _soft(w - rate * gradient, rate * l1)),
        ),
        Mistake(
            "step and threshold with the old sign",
            "Which way the threshold pulls is decided by w *before* the gradient step, and nothing stops at 0.",
            lambda w, gradient, rate, l1: np.where(w >= 0, w - rate * gradient - rate * l1, w - rate * gradient + rate * l1),
        ),
        Mistake(
            "one side left alone",
            "Positive weights beyond the threshold are right, and so are those that become 0. Negative ones beyond it are left where they are.",
            _after(lambda v, t: np.where(v > t, v - t, np.where(v < -t, v, 0.0))),
        ),
    ],
    properties=[
        Property(
            "Some weights come back as NaN, not a number. Is something divided by 0?",
            lambda args, outputs: not np.isnan(outputs[0]).any(),
        ),
        Property(
            "With l1 = 0 it should be a plain gradient step, w − rate · gradient, but it is not.",
            lambda args, outputs: args[3] != 0 or np.allclose(outputs[0], args[0] - args[2] * args[1], atol=1e-4),
        ),
        Property(
            "Compare the gradient step first: v = w − rate · gradient. The weights that it brings within rate · l1 of 0 "
            "should be exactly 0, but they are not.",
            lambda args, outputs: np.all(
                outputs[0][np.abs(args[0] - args[2] * args[1]) < args[2] * args[3] - 1e-9] == 0),
        ),
        Property(
            "Some weights become 0 that the gradient step leaves farther from 0 than rate · l1. They should stay in use.",
            lambda args, outputs: np.all(outputs[0][np.abs(args[0] - args[2] * args[1]) > args[2] * args[3] + 1e-9] != 0),
        ),
        Property(
            "The zeros are right. The others should keep the sign that they have after the gradient step, but they "
            "do not.",
            lambda args, outputs: np.all(outputs[0] * (args[0] - args[2] * args[1]) >= 0),
        ),
        Property(
            "The zeros and the signs are right. The others should be smaller by rate · l1 than after the gradient step.",
            lambda args, outputs: np.allclose(
                np.abs(outputs[0]), np.maximum(np.abs(args[0] - args[2] * args[1]) - args[2] * args[3], 0), atol=1e-4),
        ),
    ],
    points=3,
    hints=[
        "Two lines. First v, a gradient step on the loss alone. Then v moves towards 0 by a threshold, but not beyond "
        "0.",
        "Work with size and sign separately: the size is `np.abs(v)`, it shrinks by the threshold, but not below 0. "
        "The sign is `np.sign(v)`.",
        "The threshold is the learning rate times l1: in one step of size rate the slope l1 covers that distance.",
    ],
    insight="In one of the checks two weights started at exactly 0. At one the loss pulled with less than l1: it is still 0. At the other it pulled with more, "
    "and the weight came back. That is how L1 chooses, step after step.",
)
