"""Notebook 10, code: the average of thinned networks."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def average_answer(logits):
    shifted = logits - logits.max(axis=2, keepdims=True)          # (K, N, classes)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(axis=2, keepdims=True)
    return probabilities.mean(axis=0)                             # (N, classes)


def _logits_cases():
    rng = np.random.default_rng(13)
    return [
        Case("on 3 networks, 4 digits, 5 classes", (2 * rng.normal(size=(3, 4, 5)),)),
        Case("on 5 networks, 5 digits, 5 classes", (3 * rng.normal(size=(5, 5, 5)),)),
        Case("on one network only", (2 * rng.normal(size=(1, 3, 4)),)),
        Case("on logits of several hundred", (600 + 100 * rng.normal(size=(4, 2, 3)),), edge=True),
    ]


def _softmax(values, axis=-1):
    e = np.exp(values - values.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _by_networks(logits):
    total = 0
    for one in logits:
        total = total + _softmax(one)
    return total / len(logits)


def _votes(logits):
    return np.eye(logits.shape[2])[logits.argmax(axis=2)].mean(axis=0)


def _after(logits):
    """The mean of the softmax, with nothing subtracted (any more)."""
    e = np.exp(logits)
    return (e / e.sum(axis=2, keepdims=True)).mean(axis=0)


def _without_axis(logits):
    e = np.exp(logits)
    return (e / e.sum(axis=2)).mean(axis=0)


_NOT_OF_THE_ROW = (
    "What is subtracted before `exp` is not the same for all classes of a row, and that changes the softmax. Subtract "
    "one number from each row."
)

_LOST_AXIS = (
    "What is taken along axis 2 has the shape (K, N), and NumPy does not broadcast that against (K, N, classes) as "
    "you mean it. "
    "Keep the axis, with length 1."
)


average_answer = CodeExercise(
    average_answer,
    outputs=["probabilities"],
    cases=_logits_cases,
    variants=[
        _by_networks,
        lambda logits: np.mean([_softmax(one, axis=1) for one in logits], axis=0),
        lambda logits: np.einsum("knc->nc", _softmax(logits)) / logits.shape[0],
    ],
    mistakes=[
        Mistake(
            "softmax of the mean logits",
            "This is the softmax of the mean logits, which is the normalized *geometric* mean of the networks: close to "
            "what weight scaling gives. The mean of the networks' probabilities is asked for.",
            lambda logits: _softmax(logits.mean(axis=0)),
        ),
        Mistake(
            "softmax of the summed logits",
            "This is the softmax of the summed logits, as if the probabilities were multiplied: the more networks agree, "
            "the surer the answer becomes. Take the softmax of each network, then the mean.",
            lambda logits: _softmax(logits.sum(axis=0)),
        ),
        Mistake(
            "mean of the logits",
            "That is the mean of the logits. They are not probabilities: the softmax is missing.",
            lambda logits: logits.mean(axis=0),
        ),
        Mistake(
            "softmax of the mean probabilities",
            "The softmax is taken twice: of the logits, and of the mean once more. The mean of probabilities needs "
            "nothing more: its rows sum to 1.",
            lambda logits: _softmax(_softmax(logits).mean(axis=0)),
        ),
        Mistake(
            "product of the probabilities",
            "The probabilities are multiplied over the networks: a geometric mean without its root. Average them.",
            lambda logits: _softmax(logits).prod(axis=0),
        ),
        Mistake(
            "geometric mean, not normalized",
            "That is the geometric mean of the probabilities: its rows do not sum to 1. The plain mean is asked for.",
            lambda logits: np.exp(np.log(_softmax(logits)).mean(axis=0)),
        ),
        Mistake(
            "softmax of the largest logits",
            "For each class you take the largest logit of any network, and then the softmax of these. Take the "
            "softmax of each "
            "network, then the mean.",
            lambda logits: _softmax(logits.max(axis=0)),
        ),
        Mistake("maximum over the networks", _NOT_OF_THE_ROW, lambda logits: _after(logits - logits.max(axis=0))),
        Mistake(
            "maximum over the digits", _NOT_OF_THE_ROW, lambda logits: _after(logits - logits.max(axis=1, keepdims=True))
        ),
        Mistake(
            "sum without its axis",
            _LOST_AXIS,
            lambda logits: _without_axis(logits - logits.max(axis=2, keepdims=True)),
        ),
        Mistake("sum without its axis, nothing subtracted", _LOST_AXIS, _without_axis),
        Mistake("maximum without its axis", _LOST_AXIS, lambda logits: _after(logits - logits.max(axis=2))),
        Mistake(
            "maximum and sum without their axis",
            _LOST_AXIS,
            lambda logits: _without_axis(logits - logits.max(axis=2)),
        ),
        Mistake(
            "sigmoid",
            "That is a sigmoid for each class by itself: the rows do not sum to 1. Where exactly one of ten classes "
            "is right, a softmax is needed.",
            lambda logits: (1 / (1 + np.exp(-logits))).mean(axis=0),
        ),
        Mistake(
            "sigmoid of the mean logits",
            "That is a sigmoid of the mean logits: the rows do not sum to 1, and the mean is taken too early.",
            lambda logits: 1 / (1 + np.exp(-logits.mean(axis=0))),
        ),
        Mistake(
            "mean logits, normalized",
            "The mean logits are divided by their sum. Logits may be negative: `exp` makes them positive, network by "
            "network.",
            lambda logits: logits.mean(axis=0) / logits.mean(axis=0).sum(axis=1, keepdims=True),
        ),
        Mistake(
            "exp of the mean logits",
            "That is `exp` of the mean logits, not divided by anything.",
            lambda logits: np.exp(logits.mean(axis=0)),
        ),
        Mistake(
            "sum of the probabilities",
            "The networks are summed, not averaged: the rows sum to K instead of 1.",
            lambda logits: _softmax(logits).sum(axis=0),
        ),
        Mistake(
            "votes",
            "Each network casts one vote. That throws away how sure it was. Average the probabilities.",
            _votes,
        ),
        Mistake(
            "majority",
            "The class with the most votes gets 1, the others 0. That throws away how sure the networks were. Average the "
            "probabilities.",
            lambda logits: np.eye(logits.shape[2])[_votes(logits).argmax(axis=1)],
        ),
        Mistake(
            "winner only",
            "The class with the largest mean probability gets 1, the others 0. The probabilities themselves are asked for.",
            lambda logits: np.eye(logits.shape[2])[_softmax(logits).mean(axis=0).argmax(axis=1)],
        ),
        Mistake(
            "mean over the digits",
            "The mean runs over the digits (axis 1). Average over the networks, axis 0.",
            lambda logits: _softmax(logits).mean(axis=1),
        ),
        Mistake(
            "mean over the classes",
            "The mean runs over the classes; that mean is always one over their number. Average over the networks, "
            "axis 0.",
            lambda logits: _softmax(logits).mean(axis=2),
        ),
        Mistake(
            "softmax over the networks",
            "The softmax runs over the networks (axis 0). Probabilities are shared out among the *classes* of one "
            "digit: axis 2.",
            lambda logits: _softmax(logits, 0).mean(axis=0),
        ),
        Mistake(
            "softmax over the digits",
            "The softmax runs over the digits (axis 1). Probabilities are shared out among the classes of one digit: "
            "the last axis, 2.",
            lambda logits: _softmax(logits, 1).mean(axis=0),
        ),
        Mistake(
            "softmax over everything",
            "The exponentials are divided by the sum over everything. Each digit of each network has a sum of its "
            "own: axis 2.",
            lambda logits: _softmax(logits.reshape(1, -1)).reshape(logits.shape).mean(axis=0),
        ),
        Mistake(
            "not normalized",
            "The exponentials are not divided by their sum.",
            lambda logits: np.exp(logits).mean(axis=0),
        ),
        Mistake(
            "normalized after averaging",
            "The exponentials are averaged over the networks first and normalized afterwards: a network with large "
            "logits then drowns the others. Each network's probabilities sum to 1 before they are averaged.",
            lambda logits: np.exp(logits).mean(axis=0) / np.exp(logits).mean(axis=0).sum(axis=1, keepdims=True),
        ),
        Mistake(
            "one network",
            "That is the first network's answer. Average over all of them.",
            lambda logits: _softmax(logits)[0],
        ),
        Mistake(
            "the last network",
            "That is the last network's answer. Average over all of them.",
            lambda logits: _softmax(logits)[-1],
        ),
        Mistake(
            "every network by itself",
            "That is what each network says, shape (K, N, classes). The average over the networks is missing.",
            lambda logits: _softmax(logits),
        ),
        Mistake(
            "the surest",
            "That takes for each class the largest probability that any network gives. The mean is asked for.",
            lambda logits: _softmax(logits).max(axis=0),
        ),
        Mistake(
            "the median",
            "That is the median over the networks; the rows no longer sum to 1. The mean is asked for.",
            lambda logits: np.median(_softmax(logits), axis=0),
        ),
        Mistake(
            "classes",
            "Those are the classes. Return the probabilities, shape (N, classes).",
            lambda logits: _softmax(logits).mean(axis=0).argmax(axis=1),
        ),
        Mistake(
            "logarithms",
            "Those are logarithms of the probabilities.",
            lambda logits: np.log(_softmax(logits)).mean(axis=0),
        ),
        Mistake(
            "exp overflows",
            "The mean is right for small logits. `exp` of a logit above 709 is infinity, and infinity over infinity is "
            "not a number: subtract each row's largest logit first. That does not change the quotient.",
            _after,
        ),
    ],
    properties=[
        Property(
            "Every row should sum to 1.",
            lambda args, outputs: bool(np.allclose(outputs[0].sum(axis=-1), 1, atol=1e-4)),
        ),
    ],
    points=2,
    hints=[
        "What does *one* network say about one digit? Ten probabilities. Which axis do they run along?",
        "First the softmax along axis 2, then the mean along axis 0. The order matters.",
        "Before `exp`, subtract the row's maximum, `logits.max(axis=2, keepdims=True)`.",
    ],
    insight="The mean of probabilities is what a committee says. Averaging logits first is the geometric mean: a "
    "single member that is sure it is *not* a 3 can veto the 3.",
)
