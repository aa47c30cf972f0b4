"""Exercises of notebook 10."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import same
from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    name_exercises,
)


class _Drawing(CodeExercise):
    """A wrong answer that gives something else at every call draws random numbers of its own: that is said first."""

    def __init__(self, *arguments, own_draws: str, **options):
        self.own_draws = own_draws
        super().__init__(*arguments, **options)

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state not in ("wrong", "known mistake") or not callable(answer):
            return verdict
        for case in self._make_cases():
            first, second = (
                sandbox.call(lambda: answer(*copy.deepcopy(case.args)), cpu_seconds=self.cpu_seconds).value
                for _ in range(2)
            )
            arrays = [a for a in (first, second) if isinstance(a, np.ndarray)]
            if len(arrays) == 2 and not same(*arrays):
                return self._verdict("known mistake", self.own_draws, mistakes=("draws its own numbers",))
        return verdict


# --- predict: a rate of 0.2 ----------------------------------------------------------------------

a_rate_of_02 = PredictExercise(
    {
        "share of zeros, training": 0.2,
        "the others, training": 1.25,
        "mean of all, training": 1.0,
        "every value, inference": 1.0,
        "p in the paper's words": 0.8,
    },
    variable="guess",
    tolerance=0.02,
    mistakes={
        "share of zeros, training": [
            Mistake(
                "rate is kept",
                "0.8 would be the share of zeros if `rate` were the share kept. Keras' `rate` is the share that is "
                "dropped; it is the paper's p that is kept.",
                0.8,
            ),
            Mistake("one half", "one half is the usual rate for hidden units. Here it is 0.2.", 0.5),
            Mistake("none", "with `training=True` something is dropped.", 0.0),
            Mistake("a count", "that is the number of zeros. Their share is asked for.", 200_000),
        ],
        "the others, training": [
            Mistake(
                "not scaled",
                "that is the paper's first form, in which training does not scale. Keras' layer is built so that "
                "nothing needs to be done at inference: what has to happen in training, then?",
                1.0,
            ),
            Mistake(
                "scaled down",
                "the survivors have to make up for those that are missing: they become larger, not smaller.",
                0.8,
            ),
            Mistake(
                "1 plus the rate",
                "nearly: 0.8 of a million times 1.2 is 960,000. By what must the survivors be multiplied to come back "
                "to a million?",
                1.2,
            ),
            Mistake(
                "divided by the rate",
                "1/0.2 divides by the share that is dropped. Divide by the share that is left.",
                5.0,
            ),
            Mistake("doubled", "2 belongs to a rate of one half.", 2.0),
        ],
        "mean of all, training": [
            Mistake(
                "mean not scaled",
                "0.8 is the mean if the survivors stay 1. In Keras they do not.",
                0.8,
            ),
            Mistake("mean of the dropped", "0.2 is the share of zeros, not the mean.", 0.2),
            Mistake(
                "mean of the survivors",
                "that is the value of the survivors. The zeros take part in the mean.",
                1.25,
            ),
            Mistake("scaled down twice", "0.64 would be dropped and scaled down as well.", 0.64),
        ],
        "every value, inference": [
            Mistake(
                "scaled at inference",
                "the paper's first form multiplies by 0.8 at test time. Keras has scaled in training already; twice "
                "would be once too often.",
                0.8,
            ),
            Mistake("scaled up at inference", "1.25 is what survivors have in training.", 1.25),
            Mistake("dropped at inference", "that is what happens in training. At inference nothing is dropped.", 0.2),
            Mistake("all dropped", "nothing is dropped at inference.", 0.0),
        ],
        "p in the paper's words": [
            Mistake(
                "p is the rate",
                "the paper's p is the probability that a unit is *kept* (\"retained\"). PyTorch's p, by the way, is "
                "the share dropped: read the manual every time.",
                0.2,
            ),
            Mistake("p is one half", "one half is the paper's p for hidden units. Translate 0.2.", 0.5),
            Mistake("p is the scale", "1.25 is 1/p.", 1.25),
        ],
    },
    points=1,
    hints=[
        "The layer is called `Dropout(rate)`: what does a rate of dropping count?",
        "Let the mean tell you the scale. In training and at inference the next layer is to receive the same amount "
        "on average.",
    ],
    insight="Two conventions, turned round against each other: Keras' `rate` (and PyTorch's `p`) is the share "
    "dropped, the paper's p is the share kept. And two places for the scale: in training, divided (inverted "
    "dropout), or at test time, multiplied (the paper's first form).",
)


# --- code: the forward pass ----------------------------------------------------------------------


def dropout_forward(x, u, rate, training):
    if not training:
        return x
    mask = u >= rate
    return x * mask / (1 - rate)


def _in_training(dropped, at_inference=lambda x, rate: x):
    """``dropped(x, u, rate)`` in training; at inference x, or what is given."""

    def wrong(x, u, rate, training):
        return dropped(x, u, rate) if training else at_inference(x, rate)

    return wrong


def _inverted(x, u, rate):
    return x * (u >= rate) / (1 - rate)


def _first_only(axes):
    """The numbers of the first place along these axes, used for all."""

    def share(u):
        return np.broadcast_to(u[tuple(slice(0, 1) if a in axes else slice(None) for a in range(u.ndim))], u.shape)

    return share


def _by_filling(x, u, rate, training):
    y = np.array(x, dtype=float)
    if training:
        y[u < rate] = 0.0
        y /= 1.0 - rate
    return y


def _by_loop(x, u, rate, training):
    if not training:
        return x.copy()
    flat = [value / (1 - rate) if number >= rate else 0.0 for value, number in zip(x.ravel(), u.ravel())]
    return np.array(flat, dtype=np.float32).reshape(x.shape)


def _by_where(x, u, rate, training):
    keep = 1 - rate
    return np.where(u < rate, 0, x / keep) if training else x


def _forward_cases():
    rng = np.random.default_rng(10)
    x = rng.normal(size=(4, 6)) + 0.5
    u = rng.random((4, 6))
    picture, numbers = rng.normal(size=(2, 3, 3, 4)), rng.random((2, 3, 3, 4))
    edge = np.array([[0.1, 0.25, 0.6, 0.25], [0.9, 0.25, 0.2, 0.7]])
    return [
        Case("in training, on x of shape (4, 6), with a rate of 0.3", (x, u, 0.3, True)),
        Case("at inference, on x of shape (4, 6), with a rate of 0.3", (x, u, 0.3, False)),
        Case("in training, on pictures of shape (2, 3, 3, 4), with a rate of 0.6", (picture, numbers, 0.6, True)),
        Case(
            "in training, where some of the numbers are exactly the rate, 0.25",
            (np.arange(1.0, 9.0).reshape(2, 4), edge, 0.25, True),
        ),
    ]


_SHARED = "It is drawn once for every *element* of the batch."

dropout_forward = _Drawing(
    dropout_forward,
    cases=_forward_cases,
    own_draws=(
        "It gives another result at every call: it draws random numbers of its own. The numbers are given here, "
        "`u`, so that everyone gets the same mask and the result can be checked."
    ),
    outputs=["y"],
    mistakes=[
        Mistake(
            "keep and drop swapped",
            "Kept and dropped are the wrong way round: where `u` is below the rate, the element has to go. With a rate "
            "of 0.2 your layer would keep a fifth.",
            _in_training(lambda x, u, rate: x * (u < rate) / (1 - rate)),
        ),
        Mistake(
            "keep and drop swapped, not rescaled",
            "Kept and dropped are the wrong way round: where `u` is below the rate, the element has to go. And the "
            "survivors are not scaled.",
            _in_training(lambda x, u, rate: x * (u < rate)),
        ),
        Mistake(
            "rate taken for the share kept",
            "You read `rate` as the share that is kept, as the paper's p. Keras' `rate` is the share that is dropped; "
            "the mask and the scale are both affected.",
            _in_training(lambda x, u, rate: x * (u < rate) / rate),
        ),
        Mistake(
            "keep and drop swapped, the edge too",
            "Kept and dropped are the wrong way round: where `u` is below the rate, the element has to go.",
            _in_training(lambda x, u, rate: x * (u <= rate) / (1 - rate)),
        ),
        Mistake(
            "kept from 1 - rate on",
            "`u >= 1 - rate` is true for a share `rate` of the elements only: you keep what should be dropped, as if "
            "`rate` were the share kept.",
            _in_training(lambda x, u, rate: x * (u >= 1 - rate) / (1 - rate)),
        ),
        Mistake(
            "kept below 1 - rate",
            "The share is right: `u < 1 - rate` is true just as often. But another set of elements is kept than the "
            "one that was asked for (those with `u` at least the rate), so your results cannot be compared with anybody's.",
            _in_training(lambda x, u, rate: x * (u < 1 - rate) / (1 - rate)),
        ),
        Mistake(
            "not rescaled",
            "The survivors are not scaled. Then the next layer receives less in training than at inference, on "
            "average `1 - rate` of it. Inverted dropout makes up for that in training.",
            _in_training(lambda x, u, rate: x * (u >= rate)),
        ),
        Mistake(
            "scaled down",
            "The survivors are multiplied by `1 - rate`: they become smaller, where they have to make up for the "
            "missing ones.",
            _in_training(lambda x, u, rate: x * (u >= rate) * (1 - rate)),
        ),
        Mistake(
            "divided by the rate",
            "The scale divides by the share that is dropped. Which share is left to carry the sum?",
            _in_training(lambda x, u, rate: x * (u >= rate) / rate),
        ),
        Mistake(
            "divided by the root",
            "The survivors are divided by the root of `1 - rate`. That would keep the mean *square*; here the mean is "
            "to be kept.",
            _in_training(lambda x, u, rate: x * (u >= rate) / np.sqrt(1 - rate)),
        ),
        Mistake(
            "times 1 plus rate",
            "The scale is 1 + rate. For small rates that is close, for 0.5 it gives 1.5 where 2 is needed: choose the "
            "factor that makes the mean come out exactly.",
            _in_training(lambda x, u, rate: x * (u >= rate) * (1 + rate)),
        ),
        Mistake(
            "scaled by the share that was kept",
            "You divide by the share that *happened* to be kept in this batch (the mask's mean). Then the factor "
            "changes from batch to batch; the layer divides by the share expected, which is known beforehand.",
            _in_training(lambda x, u, rate: x * (u >= rate) / (u >= rate).mean()),
        ),
        Mistake(
            "scaled at inference too",
            "Training is right. At inference you scale as well: nothing is missing there, so nothing has to be made "
            "up for.",
            _in_training(_inverted, lambda x, rate: x / (1 - rate)),
        ),
        Mistake(
            "scales swapped",
            "The two scales are the wrong way round: in training you multiply by `1 - rate`, at inference you divide "
            "by it.",
            _in_training(lambda x, u, rate: x * (u >= rate) * (1 - rate), lambda x, rate: x / (1 - rate)),
        ),
        Mistake(
            "nothing at inference",
            "At inference you return zeros. Nothing is dropped there.",
            _in_training(_inverted, lambda x, rate: 0 * x),
        ),
        Mistake(
            "scaled back at inference",
            "Training is right, and has scaled already. Multiplying by `1 - rate` at inference belongs to the classic "
            "form, which does not scale in training. One of the two, not both.",
            _in_training(_inverted, lambda x, rate: x * (1 - rate)),
        ),
        Mistake(
            "classic form",
            "This is the classic form: no scale in training, `1 - rate` at test. It is right in its own way; asked "
            "for is the inverted form, Keras', where inference leaves x alone.",
            _in_training(lambda x, u, rate: x * (u >= rate), lambda x, rate: x * (1 - rate)),
        ),
        Mistake(
            "active at inference",
            "It drops at inference, too: the same picture would get another answer at every call. What is `training` "
            "for?",
            lambda x, u, rate, training: _inverted(x, u, rate),
        ),
        Mistake(
            "active at inference, not rescaled",
            "It drops at inference, too (what is `training` for?), and the survivors are not scaled.",
            lambda x, u, rate, training: x * (u >= rate),
        ),
        Mistake(
            "active at inference, not rescaled there",
            "Training is right. But it drops at inference, too: the same picture would get another answer at every "
            "call. What is `training` for?",
            lambda x, u, rate, training: _inverted(x, u, rate) if training else x * (u >= rate),
        ),
        Mistake(
            "training and inference swapped",
            "It drops at inference and leaves x alone in training: the `if` is the wrong way round.",
            lambda x, u, rate, training: x if training else _inverted(x, u, rate),
        ),
        Mistake(
            "one mask for the batch",
            "All examples of the batch share one mask (that of the first). " + _SHARED + " With a shared mask, a "
            "batch trains a single thinned network instead of as many as it has examples.",
            _in_training(lambda x, u, rate: _inverted(x, _first_only({0})(u), rate)),
        ),
        Mistake(
            "whole examples dropped",
            "Whole examples are dropped or kept. " + _SHARED,
            _in_training(lambda x, u, rate: _inverted(x, _first_only(set(range(1, u.ndim)))(u), rate)),
        ),
        Mistake(
            "one draw",
            "A single number decides for all elements. " + _SHARED,
            _in_training(lambda x, u, rate: _inverted(x, _first_only(set(range(u.ndim)))(u), rate)),
        ),
        Mistake(
            "whole channels dropped",
            "For pictures you drop whole channels of a picture. That exists (Keras: `SpatialDropout2D`). Here it is "
            "element by element.",
            _in_training(lambda x, u, rate: _inverted(x, _first_only(set(range(1, u.ndim - 1)))(u), rate)),
        ),
        Mistake(
            "drops small values",
            "It drops elements of x that are below the rate. What is dropped must not depend on x: chance decides, "
            "by `u`.",
            _in_training(lambda x, u, rate: x * (x >= rate) / (1 - rate)),
        ),
        Mistake(
            "strictly above",
            "Kept are elements with `u` *at least* the rate; where `u` is exactly the rate, yours are dropped. (With "
            "random numbers it hardly ever happens.)",
            _in_training(lambda x, u, rate: x * (u > rate) / (1 - rate)),
        ),
        Mistake(
            "the mask alone",
            "That is the mask (with its scale). It has to be multiplied by x.",
            _in_training(lambda x, u, rate: (u >= rate) / (1 - rate)),
        ),
        Mistake(
            "the mask alone, not scaled",
            "That is the mask, as numbers. It has to be multiplied by x, and the survivors scaled.",
            _in_training(lambda x, u, rate: (u >= rate).astype(float)),
        ),
        Mistake(
            "times the numbers",
            "x is multiplied by `u` itself: every element becomes a little smaller and none is dropped. Compare `u` "
            "with the rate first.",
            _in_training(lambda x, u, rate: x * u / (1 - rate)),
        ),
        Mistake(
            "times the numbers, not scaled",
            "x is multiplied by `u` itself: every element becomes a little smaller and none is dropped. Compare `u` "
            "with the rate first.",
            _in_training(lambda x, u, rate: x * u),
        ),
        Mistake(
            "never drops",
            "Nothing is dropped, also in training.",
            lambda x, u, rate, training: x,
        ),
        Mistake(
            "scales everything",
            "Nothing is dropped; everything is made smaller by `1 - rate`. That is what the classic form does at test "
            "time.",
            _in_training(lambda x, u, rate: x * (1 - rate)),
        ),
        Mistake(
            "half, whatever the rate",
            "It drops one half, whatever `rate` says.",
            _in_training(lambda x, u, rate: x * (u >= 0.5) / 0.5),
        ),
        Mistake(
            "half dropped, scaled by the rate",
            "The mask drops one half, whatever `rate` says; only the scale knows the rate.",
            _in_training(lambda x, u, rate: x * (u >= 0.5) / (1 - rate)),
        ),
        Mistake(
            "added instead of multiplied",
            "The mask is added to x. To drop an element, multiply it by 0.",
            _in_training(lambda x, u, rate: x + (u >= rate) / (1 - rate)),
        ),
        Mistake(
            "dropped elements become the mean",
            "A dropped element becomes the mean of x. It is to hand on nothing at all: 0.",
            _in_training(lambda x, u, rate: np.where(u >= rate, x / (1 - rate), x.mean())),
        ),
        Mistake(
            "dropped elements become NaN",
            "A dropped element becomes NaN, and every sum that it enters as well. It is to be 0.",
            _in_training(lambda x, u, rate: np.where(u >= rate, x / (1 - rate), np.nan)),
        ),
        Mistake(
            "dropped elements stay",
            "A dropped element stays as it is; only the survivors are scaled. It is to be 0.",
            _in_training(lambda x, u, rate: np.where(u >= rate, x / (1 - rate), x)),
        ),
        Mistake(
            "dropped elements cut out",
            "It keeps the kept elements only, and the shape is gone. A dropped element stays in its place, as a 0.",
            _in_training(lambda x, u, rate: x[u >= rate] / (1 - rate)),
        ),
    ],
    properties=[
        Property(
            "At inference the result should be x itself.",
            lambda args, outputs: bool(args[3]) or same(outputs[0], args[0]),
        ),
        Property(
            "Where `u` is below the rate, the result should be 0, and nowhere else.",
            lambda args, outputs: not args[3] or bool(np.all((outputs[0] == 0) == (args[1] < args[2]))),
        ),
        Property(
            "Every survivor should be the same multiple of what it was.",
            lambda args, outputs: not args[3]
            or bool(np.ptp((outputs[0] / args[0])[args[1] >= args[2]]) < 1e-3),
        ),
    ],
    variants=[_by_filling, _by_loop, _by_where],
    points=2,
    hints=[
        "Three things: what happens at inference, which elements stay, and how large they become.",
        "`u >= rate` is the mask: True where an element stays, which is a share of 1 − rate. NumPy multiplies by True "
        "and False as by 1 and 0.",
        "At inference return x. In training multiply by the mask and divide by the share kept.",
    ],
    insight="The whole layer. At inference it is not there at all: that is why today's libraries scale in training. "
    "Nothing in it depends on x: chance alone decides.",
)


# --- code: the backward pass ---------------------------------------------------------------------


def dropout_backward(dy, mask, rate):
    return dy * mask / (1 - rate)


def _backward_cases():
    rng = np.random.default_rng(11)
    return [
        Case("on dy of shape (4, 6), with a rate of 0.3", (rng.normal(size=(4, 6)), rng.random((4, 6)) >= 0.3, 0.3)),
        Case(
            "on pictures of shape (2, 3, 3, 4), with a rate of 0.6",
            (rng.normal(size=(2, 3, 3, 4)), rng.random((2, 3, 3, 4)) >= 0.6, 0.6),
        ),
        Case("with a rate of 0.5", (rng.normal(size=(3, 8)), rng.random((3, 8)) >= 0.5, 0.5)),
    ]


def _fresh(seed, scaled=True):
    def wrong(dy, mask, rate):
        new = np.random.default_rng(seed).random(dy.shape) >= rate
        return dy * new / ((1 - rate) if scaled else 1)

    return wrong


_FRESH = (
    "A mask of its own is drawn. The gradient of units that took part is thrown away, and units that did not take "
    "part are blamed. It must be the mask of the forward pass."
)

dropout_backward = _Drawing(
    dropout_backward,
    cases=_backward_cases,
    own_draws=(
        "It gives another result at every call: a fresh mask is drawn. The gradient of units that took part would"
        " be thrown away, and units that did not take part would be blamed. It must be the mask of the forward "
        "pass: that is why the layer remembers it."
    ),
    outputs=["dx"],
    mistakes=[
        Mistake(
            "without the mask",
            "The gradient passes everywhere, also where the element was dropped. Its y was 0 whatever its x: how much "
            "does the loss depend on that x?",
            lambda dy, mask, rate: dy * 1.0,
        ),
        Mistake(
            "without the mask, scaled",
            "The scale is right. But the gradient also passes where the element was dropped: its y was 0 whatever its "
            "x, so the loss does not depend on that x.",
            lambda dy, mask, rate: dy / (1 - rate),
        ),
        Mistake(
            "without the scale",
            "The mask is right. But y was x *times a factor*, and the factor belongs into the slope, too.",
            lambda dy, mask, rate: dy * mask,
        ),
        Mistake(
            "scaled back",
            "It multiplies by `1 - rate`, as if the gradient had to undo the scale. A derivative does not undo: "
            "y = c·x has the slope c.",
            lambda dy, mask, rate: dy * mask * (1 - rate),
        ),
        Mistake(
            "without the mask, scaled back",
            "The mask is missing: the gradient also passes where the element was dropped. And the scale multiplies "
            "where the forward pass divided.",
            lambda dy, mask, rate: dy * (1 - rate),
        ),
        Mistake(
            "times the rate",
            "It multiplies by the share dropped. In the forward pass the survivors were divided by the share kept.",
            lambda dy, mask, rate: dy * mask * rate,
        ),
        Mistake(
            "sign turned",
            "The sign is turned. Descent takes the minus later, in the step; here it is the plain derivative.",
            lambda dy, mask, rate: -dy * mask / (1 - rate),
        ),
        Mistake(
            "the gradient of dropped elements stays",
            "Where an element was dropped its gradient stays as it came. Its y was 0 whatever its x: it gets 0.",
            lambda dy, mask, rate: np.where(mask, dy / (1 - rate), dy),
        ),
        Mistake(
            "scaled twice",
            "The scale appears squared. One factor: dy already holds what comes after the layer.",
            lambda dy, mask, rate: dy * mask / (1 - rate) ** 2,
        ),
        Mistake(
            "divided by the rate",
            "The scale divides by the share dropped. In the forward pass it was the share kept.",
            lambda dy, mask, rate: dy * mask / rate,
        ),
        Mistake(
            "mask turned round",
            "The gradient reaches just those elements that were dropped. `mask` is True where an element was *kept*.",
            lambda dy, mask, rate: dy * ~mask / (1 - rate),
        ),
        Mistake(
            "mask turned round, not scaled",
            "The gradient reaches just those elements that were dropped. `mask` is True where an element was *kept*. "
            "And the scale is missing.",
            lambda dy, mask, rate: dy * ~mask,
        ),
        Mistake(
            "scaled by the share that was kept",
            "You divide by the share that *happened* to be kept (the mask's mean). The forward pass divided by the "
            "share expected, `1 - rate`.",
            lambda dy, mask, rate: dy * mask / mask.mean(),
        ),
        Mistake(
            "divided by the mask",
            "It divides by the mask, which is 0 where an element was dropped. The chain rule multiplies.",
            lambda dy, mask, rate: dy / (mask * (1 - rate)),
        ),
        Mistake(
            "the slope alone",
            "That is the slope of the layer. The chain rule multiplies it by what comes from above, `dy`.",
            lambda dy, mask, rate: mask / (1 - rate),
        ),
        Mistake(
            "the mask",
            "That is the mask. The chain rule multiplies it, and the scale, by what comes from above, `dy`.",
            lambda dy, mask, rate: mask.astype(float),
        ),
        Mistake(
            "mean over the batch",
            "It takes the mean over the batch. dx has the shape of x: every element has a gradient of its own.",
            lambda dy, mask, rate: (dy * mask / (1 - rate)).mean(axis=0),
        ),
        Mistake(
            "averaged over the batch",
            "It divides by the number of examples. If the loss is a mean, `dy` contains that already.",
            lambda dy, mask, rate: dy * mask / (1 - rate) / len(dy),
        ),
        Mistake(
            "summed over the batch",
            "It sums over the batch, as one does for the gradient of a weight. Dropout has no weights: dx has the "
            "shape of x.",
            lambda dy, mask, rate: (dy * mask / (1 - rate)).sum(axis=0),
        ),
        Mistake(
            "one mask for the batch",
            "All examples get the mask of the first.",
            lambda dy, mask, rate: dy * mask[:1] / (1 - rate),
        ),
        Mistake(
            "zeros of the gradient",
            "The mask is made from `dy`. The forward pass' mask is given.",
            lambda dy, mask, rate: dy * (dy > 0) / (1 - rate),
        ),
        Mistake("a fresh mask, seed 0", _FRESH, _fresh(0)),
        Mistake("a fresh mask, seed 0, not scaled", _FRESH, _fresh(0, scaled=False)),
        Mistake("a fresh mask, seed 1", _FRESH, _fresh(1)),
        Mistake("a fresh mask, seed 42", _FRESH, _fresh(42)),
        Mistake(
            "kept gradients cut out",
            "Only the kept elements are returned, and the shape is gone. A dropped element has a gradient: 0.",
            lambda dy, mask, rate: dy[mask] / (1 - rate),
        ),
    ],
    properties=[
        Property(
            "Where an element was dropped its gradient should be 0, and only there.",
            lambda args, outputs: bool(np.all((outputs[0] == 0) == ~args[1])),
        ),
        Property(
            "Every gradient that passes should be the same multiple of dy.",
            lambda args, outputs: bool(np.ptp((outputs[0] / args[0])[args[1]]) < 1e-3),
        ),
    ],
    variants=[
        lambda dy, mask, rate: np.where(mask, dy / (1 - rate), 0.0),
        lambda dy, mask, rate: dy * (mask.astype(np.float32) / np.float32(1 - rate)),
        lambda dy, mask, rate: np.array([d / (1 - rate) if m else 0 for d, m in zip(dy.ravel(), mask.ravel())],
                                        dtype=float).reshape(dy.shape),
    ],
    points=2,
    hints=[
        "For a given mask the layer multiplies each element by a number that does not depend on x. What is the slope "
        "of y = c·x?",
        "c is 0 where an element was dropped and 1/(1 − rate) where it was kept. The chain rule multiplies dy by c.",
    ],
    insight="For one step the mask is fixed, and the layer is a multiplication. A dropped unit gets no gradient: "
    "in this step it learns nothing, and nothing is blamed on it.",
)


# --- predict: expected values --------------------------------------------------------------------

expected_values = PredictExercise(
    {
        "inverted: where kept": 8.0,
        "inverted: mean over masks": 6.0,
        "inverted: variance over masks": 12.0,
        "classic: where kept": 6.0,
        "classic: mean over masks": 4.5,
        "classic: at test": 4.5,
    },
    variable="values",
    mistakes={
        "inverted: where kept": [
            Mistake("kept, not scaled", "the inverted form scales the survivors in training.", 6.0),
            Mistake("kept, scaled down", "the survivors are divided by the share kept, not multiplied.", 4.5),
            Mistake("kept, divided by the rate", "it divides by the share kept, 0.75, not by the rate.", 24.0),
            Mistake("kept, times 1 + rate", "not 1 + rate: 1/(1 − rate).", 7.5),
            Mistake("dropped", "that is its value where it is dropped.", 0.0),
        ],
        "inverted: mean over masks": [
            Mistake("mean of the kept", "that is its value where it is kept. With probability 0.25 it is 0.", 8.0),
            Mistake("mean of the classic form", "that is the classic form's mean.", 4.5),
            Mistake("mean with the rate", "0.25 · 6: the probability of being kept is 0.75.", 1.5),
            Mistake("mean with the two swapped", "0.25 · 8: it is kept with probability 0.75.", 2.0),
        ],
        "inverted: variance over masks": [
            Mistake(
                "of the classic form",
                "6.75 is the variance of the classic form. Here the two values are 0 and 8.",
                6.75,
            ),
            Mistake(
                "the mean square",
                "48 is the mean of the squares, 0.75 · 8². Subtract the square of the mean.",
                48.0,
            ),
            Mistake("no variance", "the value is 0 or 8, as the mask falls: it does vary.", 0.0),
            Mistake("the standard deviation", "that is the standard deviation. Its square is asked for.", 12**0.5),
            Mistake(
                "of the mask",
                "0.1875 is the variance of the mask alone, 0.75 · 0.25. The values are 0 and 8, not 0 and 1.",
                0.1875,
            ),
            Mistake("x not squared", "x enters squared: the unit is that of x².", 2.0),
            Mistake("times rate", "9 is 36 · 0.25. One more division, by the share kept.", 9.0),
            Mistake("turned round", "108 is 36 · 0.75/0.25: the rate belongs above, the share kept below.", 108.0),
        ],
        "classic: where kept": [
            Mistake("classic, scaled up", "the classic form leaves survivors as they are in training.", 8.0),
            Mistake("classic, scaled down", "the scale comes at test time, not in training.", 4.5),
            Mistake("classic, dropped", "that is its value where it is dropped.", 0.0),
        ],
        "classic: mean over masks": [
            Mistake("classic mean, not dropped", "it is 6 with probability 0.75, and 0 otherwise.", 6.0),
            Mistake("classic mean with the rate", "0.25 · 6: it is kept with probability 0.75.", 1.5),
            Mistake("classic mean, scaled twice", "0.75 · 0.75 · 6: in training only the mask acts.", 3.375),
        ],
        "classic: at test": [
            Mistake(
                "not scaled at test",
                "at test the classic form scales, so that the next layer receives what it received on average in "
                "training.",
                6.0,
            ),
            Mistake("scaled up at test", "scaled the wrong way: in training it was less than 6 on average.", 8.0),
            Mistake("times the rate", "0.25 · 6: multiply by the share kept.", 1.5),
        ],
    },
    points=2,
    hints=[
        "The unit takes two values, with the probabilities 0.75 and 0.25. Write both down for each form.",
        "Mean: value times probability, summed. Variance: the mean of the squares minus the square of the mean.",
    ],
    insight="Both forms hand on at inference what they handed on in training on average. The mean is the same; the "
    "*variance* is not: in training there is $x^2\\,\\text{rate}/(1-\\text{rate})$ more of it. Nothing makes up for "
    "that, and a layer that measures variances will notice. (More at the end of this notebook.)",
)


# --- code: the weights at test time --------------------------------------------------------------


def weights_for_testing(kernel, bias, p):
    return kernel * p[:, None], bias


def _weight_cases():
    rng = np.random.default_rng(12)

    def case(text, inputs, units, p):
        return Case(text, (rng.normal(size=(inputs, units)), rng.normal(size=units), p))

    return [
        case("on a kernel of shape (5, 3)", 5, 3, np.array([0.8, 0.5, 1.0, 0.25, 0.5])),
        case("on a square kernel, (4, 4)", 4, 4, np.array([0.5, 0.8, 1.0, 0.25])),
    ]


def _repeat(values, length):
    return np.resize(values, length)


weights_for_testing = CodeExercise(
    weights_for_testing,
    cases=_weight_cases,
    outputs=["kernel_at_test", "bias_at_test"],
    mistakes=[
        Mistake(
            "kernel not scaled",
            "The kernel is that of training. There each input was missing now and then; at test none is, so the "
            "units would receive more than they have learned to expect.",
            lambda kernel, bias, p: (kernel, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "p taken for the share dropped",
            "Each weight is multiplied by 1 − p. Here p is the paper's: the share *kept*.",
            lambda kernel, bias, p: (kernel * (1 - p)[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "divided by p",
            "The weights are divided by p: larger, where they have to become smaller. (Dividing belongs to the "
            "inverted form, and to training.)",
            lambda kernel, bias, p: (kernel / p[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "outputs scaled",
            "`kernel` is (inputs, units), and p belongs to the *inputs*: one p for each row. You scale the columns, "
            "the weights that lead into a unit.",
            lambda kernel, bias, p: (kernel * _repeat(p, kernel.shape[1]), bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "outputs scaled (error)",
            "`kernel` is (inputs, units), and p belongs to the *inputs*: one p for each row. NumPy lays an array of "
            "shape (inputs,) along the columns. Give it a second axis.",
            lambda kernel, bias, p: (kernel * p, bias),
        ),
        Mistake(
            "outputs scaled, a row (error)",
            "`kernel` is (inputs, units), and p belongs to the *inputs*: one p for each row. You made p a row, (1, "
            "inputs), which lies along the columns. Make it a column.",
            lambda kernel, bias, p: (kernel * p[None, :], bias),
        ),
        Mistake(
            "summed over the inputs",
            "It sums over the inputs: a kernel is left with one number a unit. Each weight is scaled by itself, and "
            "the shape stays.",
            lambda kernel, bias, p: (p @ kernel, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "one p for all",
            "All weights are multiplied by the mean of p. Each input has its own p.",
            lambda kernel, bias, p: (kernel * p.mean(), bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "the first p for all",
            "All weights are multiplied by the first p. Each input has its own.",
            lambda kernel, bias, p: (kernel * p[0], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "rate 0.5 built in",
            "All weights are halved, whatever p says.",
            lambda kernel, bias, p: (kernel / 2, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "square root of p",
            "The weights are multiplied by the root of p. That would keep a sum of squares; here the sum itself is to "
            "keep its mean.",
            lambda kernel, bias, p: (kernel * np.sqrt(p)[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "p squared",
            "The weights are multiplied by p twice.",
            lambda kernel, bias, p: (kernel * p[:, None] ** 2, bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "a mask drawn",
            "A mask is drawn (0 where p is below one half). At test nothing is dropped: each weight is scaled.",
            lambda kernel, bias, p: (kernel * (p >= 0.5)[:, None], bias),
            outputs=("kernel_at_test",),
        ),
        Mistake(
            "bias scaled (error)",
            "The bias has the shape (units,), p (inputs,): they do not even fit. The bias was never dropped: it takes "
            "part in every training step, so it stays as it is.",
            lambda kernel, bias, p: (kernel * p[:, None], bias * p),
        ),
        Mistake(
            "bias scaled",
            "The bias is scaled, too. It was never dropped: it takes part in every training step, so it stays as it "
            "is.",
            lambda kernel, bias, p: (kernel * p[:, None], bias * p.mean()),
            outputs=("bias_at_test",),
        ),
        Mistake(
            "bias scaled by its neighbour",
            "The bias is scaled by a p that belongs to an input. It was never dropped, so it stays as it is.",
            lambda kernel, bias, p: (kernel * p[:, None], bias * _repeat(p, len(bias))),
            outputs=("bias_at_test",),
        ),
        Mistake(
            "bias left out",
            "The bias is set to 0. It stays as it is.",
            lambda kernel, bias, p: (kernel * p[:, None], np.zeros_like(bias)),
            outputs=("bias_at_test",),
        ),
        Mistake(
            "bias halved",
            "The bias is halved. It was never dropped, so it stays as it is.",
            lambda kernel, bias, p: (kernel * p[:, None], bias / 2),
            outputs=("bias_at_test",),
        ),
    ],
    properties=[
        Property(
            "Where p is 1 nothing was ever dropped, and the weights should stay.",
            lambda args, outputs: same(outputs[0][args[2] == 1], args[0][args[2] == 1]),
        ),
    ],
    variants=[
        lambda kernel, bias, p: (p.reshape(-1, 1) * kernel, bias.copy()),
        lambda kernel, bias, p: (np.diag(p) @ kernel, bias),
        lambda kernel, bias, p: ((kernel.T * p).T, bias),
        lambda kernel, bias, p: (np.array([row * share for row, share in zip(kernel, p)]), bias),
    ],
    points=2,
    hints=[
        "What does a unit receive on average in training from an input that is there with probability p?",
        "Each input's p multiplies all weights that lead *out* of it: one row of the kernel.",
        "`p[:, None]` has the shape (inputs, 1). And the bias: is it ever missing in training?",
    ],
    insight="This is the slide's right picture: \"always present\", with weights p·w. In inverted dropout the same is "
    "done once and for all by dividing in training, so that nobody has to remember p afterwards.",
)


# --- code: the average of thinned networks -------------------------------------------------------


def average_answer(logits):
    shifted = logits - logits.max(axis=2, keepdims=True)          # (K, N, classes)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(axis=2, keepdims=True)
    return probabilities.mean(axis=0)                             # (N, classes)


def _softmax(values, axis=-1):
    e = np.exp(values - values.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _logits_cases():
    rng = np.random.default_rng(13)
    return [
        Case("on 3 networks, 4 digits, 5 classes", (2 * rng.normal(size=(3, 4, 5)),)),
        Case("on 5 networks, 5 digits, 5 classes", (3 * rng.normal(size=(5, 5, 5)),)),
        Case("on one network only", (2 * rng.normal(size=(1, 3, 4)),)),
        Case("on large logits", (600 + 100 * rng.normal(size=(4, 2, 3)),)),
    ]


def _votes(logits):
    return np.eye(logits.shape[2])[logits.argmax(axis=2)].mean(axis=0)


def _naive(logits):
    e = np.exp(logits)
    return (e / e.sum(axis=2, keepdims=True)).mean(axis=0)


def _by_networks(logits):
    total = 0
    for one in logits:
        total = total + _softmax(one)
    return total / len(logits)


average_answer = CodeExercise(
    average_answer,
    cases=_logits_cases,
    outputs=["probabilities"],
    mistakes=[
        Mistake(
            "softmax of the mean logits",
            "You average the logits and take the softmax afterwards. That is the normalized *geometric* mean of the "
            "networks, close to what weight scaling gives. Asked for is the mean of what the networks say: "
            "probabilities.",
            lambda logits: _softmax(logits.mean(axis=0)),
        ),
        Mistake(
            "softmax of the summed logits",
            "You sum the logits and take the softmax afterwards. With more networks the answer becomes surer and "
            "surer, whatever they say. Take the softmax of each network, then the mean.",
            lambda logits: _softmax(logits.sum(axis=0)),
        ),
        Mistake(
            "mean of the logits",
            "That is the mean of the logits. They are no probabilities: the softmax is missing.",
            lambda logits: logits.mean(axis=0),
        ),
        Mistake(
            "softmax of the mean probabilities",
            "The softmax is taken twice: of the logits, and of the mean once more. The mean of probabilities is "
            "finished: its rows sum to 1.",
            lambda logits: _softmax(_softmax(logits).mean(axis=0)),
        ),
        Mistake(
            "product of the probabilities",
            "The probabilities are multiplied over the networks: a geometric mean without its root. Average them.",
            lambda logits: _softmax(logits).prod(axis=0),
        ),
        Mistake(
            "sigmoid",
            "That is a sigmoid for each class by itself: the rows do not sum to 1. Ten classes of which one is right "
            "want a softmax.",
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
            "mean over the digits",
            "The mean runs over the digits (axis 1). It is the networks that are averaged, axis 0.",
            lambda logits: _softmax(logits).mean(axis=1),
        ),
        Mistake(
            "mean over the classes",
            "The mean runs over the classes; it is always one over their number. Average over the networks, axis 0.",
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
            "The mean is right for small logits. `exp` of a logit above 709 is infinity, and infinity over infinity "
            "no number: subtract each row's largest logit first. That changes nothing in the quotient.",
            _naive,
        ),
    ],
    properties=[
        Property(
            "Every row should sum to 1.",
            lambda args, outputs: bool(np.allclose(outputs[0].sum(axis=-1), 1, atol=1e-4)),
        ),
    ],
    variants=[
        _by_networks,
        lambda logits: np.mean([_softmax(one, axis=1) for one in logits], axis=0),
        lambda logits: np.einsum("knc->nc", _softmax(logits)) / logits.shape[0],
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


# --- predict: where is the gain? -----------------------------------------------------------------

_CHANGES = ("rise", "stay", "fall")

where_is_the_gain = PredictExercise(
    {
        "with 100 digits": "a gain",
        "points gained, from 500 to 10,000 digits": "fall",
        "share of errors removed, from 100 to 1,000": "rise",
        "with 50,000 digits": "no gain",
    },
    variable="guess",
    choices={
        "with 100 digits": ("a gain", "no gain", "a loss"),
        "points gained, from 500 to 10,000 digits": _CHANGES,
        "share of errors removed, from 100 to 1,000": _CHANGES,
        "with 50,000 digits": ("a gain", "no gain", "a loss"),
    },
    mistakes={
        "with 100 digits": [
            Mistake(
                "as in the lecture",
                "so the slide says. Our runs say otherwise, on this network and, further down, on the paper's: each "
                "network with the learning rate that suits it, fifteen draws of a hundred digits.",
                "no gain",
            ),
            Mistake(
                "a loss at 100",
                "not at the learning rates that suit the two networks; and at a much larger one they are level.",
                "a loss",
            ),
        ],
        "points gained, from 500 to 10,000 digits": [
            Mistake(
                "points rise",
                "with more digits the network without dropout makes fewer errors itself: there are fewer points to be "
                "won.",
                "rise",
            ),
            Mistake(
                "points stay",
                "the error falls to a quarter between these sizes. For the points to stay, dropout would have to remove "
                "four times the share.",
                "stay",
            ),
        ],
        "share of errors removed, from 100 to 1,000": [
            Mistake(
                "share falls early",
                "with 100 digits dropout removes hardly any of the errors: what such a network does not know, no noise "
                "can teach it.",
                "fall",
            ),
            Mistake(
                "share stays early",
                "it starts low: what a network cannot know from 100 digits, no noise can teach it.",
                "stay",
            ),
        ],
        "with 50,000 digits": [
            Mistake(
                "always a gain",
                "so it was in the paper, on a larger network. This one has 512 units a layer, of which half are out, and "
                "50,000 digits that keep it from overfitting much. (Read on: with smaller rates it does gain.)",
                "a gain",
            ),
            Mistake(
                "a loss at 50,000",
                "at the learning rate that is best for 5,000 digits, yes. At the lower one that the validation digits "
                "prefer, the loss cannot be told from chance.",
                "a loss",
            ),
        ],
    },
    points=1,
    hints=[
        "Points and shares are different things: of an error of 25 %, a point is little; of 2 %, it is half.",
        "What does dropout prevent? How much of that is there with 100 digits, with 1,000, with 50,000? And how much "
        "can be learned from 100 digits at all?",
    ],
    insight="Compare with the figures below, and with the slide. Whoever counts in points and whoever counts in errors "
    "removed tell different stories about the same networks.",
)


# --- code: the variance shift --------------------------------------------------------------------


def variance_shift(x, kernel, rate):
    at_inference = (x @ kernel).var(axis=0)                       # (units,)
    added = rate / (1 - rate) * (x**2).mean(axis=0) @ kernel**2   # (units,)
    return (at_inference + added) / at_inference


def _shifted(added, combine=lambda inference, more: (inference + more) / inference, inference=None):
    inference = inference or (lambda x, kernel: (x @ kernel).var(axis=0))

    def wrong(x, kernel, rate):
        return combine(inference(x, kernel), added(x, kernel, rate))

    return wrong


def _added(x, kernel, rate):
    return rate / (1 - rate) * (x**2).mean(axis=0) @ kernel**2


def _shift_cases():
    rng = np.random.default_rng(14)
    x = np.maximum(rng.normal(size=(40, 6)) + 0.5, 0)
    kernel = rng.normal(size=(6, 4))
    return [
        Case("on x of shape (40, 6) and a kernel of shape (6, 4), with a rate of 0.5", (x, kernel, 0.5)),
        Case("with a rate of 0.2", (x, kernel, 0.2)),
        Case("with a square kernel, (5, 5), and 5 examples", (rng.normal(size=(5, 5)) + 1, rng.normal(size=(5, 5)), 0.3)),
    ]


def _by_example(x, kernel, rate):
    y = np.array([row @ kernel for row in x])
    own = np.mean((y - y.mean(axis=0)) ** 2, axis=0)
    noise = np.array([rate / (1 - rate) * (row[:, None] ** 2 * kernel**2).sum(axis=0) for row in x])
    return 1 + noise.mean(axis=0) / own


variance_shift = _Drawing(
    variance_shift,
    cases=_shift_cases,
    own_draws=(
        "It gives another result at every call: you draw masks and measure. That is a good test of the formula; "
        "asked for is the formula, which needs no masks."
    ),
    outputs=["ratio"],
    mistakes=[
        Mistake(
            "variance of the inputs",
            "You take the variance of each input where the mean of its square belongs. An input that is always 3 has "
            "no variance, and yet dropping it makes noise: 0 or 6.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * x.var(axis=0) @ kernel**2),
        ),
        Mistake(
            "square of the mean",
            "You take the square of each input's mean where the mean of its square belongs. The order matters.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * x.mean(axis=0) ** 2 @ kernel**2),
        ),
        Mistake(
            "weights not squared",
            "A weight multiplies the noise, so it enters its variance squared. Otherwise negative weights would make "
            "it smaller.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (x**2).mean(axis=0) @ kernel),
        ),
        Mistake(
            "absolute weights",
            "A weight multiplies the noise, so it enters its variance squared, not by its size.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (x**2).mean(axis=0) @ np.abs(kernel)),
        ),
        Mistake(
            "inputs not squared",
            "The noise of an input goes with its size, its variance with the square.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * np.abs(x).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "square of the sum",
            "You square the whole sum. The inputs are dropped independently of one another, so their variances add: "
            "square each term, then sum.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * ((x @ kernel) ** 2).mean(axis=0)),
        ),
        Mistake(
            "rate alone",
            "The factor is `rate`. The mask's variance is rate · (1 − rate), and dividing the survivors by 1 − rate "
            "divides a variance by its square. What is left?",
            _shifted(lambda x, kernel, rate: rate * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "variance of the mask alone",
            "rate · (1 − rate) is the variance of the mask, as in the classic form. In the inverted form the "
            "survivors are divided by 1 − rate: their variance by its square.",
            _shifted(lambda x, kernel, rate: rate * (1 - rate) * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "scale of the survivors",
            "The factor is 1/(1 − rate), the survivors' scale. Without dropout (rate 0) it would still add something.",
            _shifted(lambda x, kernel, rate: 1 / (1 - rate) * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "divided once more",
            "The factor is rate/(1 − rate)²: one division too many. The mask's variance is rate · (1 − rate), and "
            "one factor 1 − rate cancels.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) ** 2 * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "factor turned round",
            "The factor is (1 − rate)/rate, turned round: the more is dropped, the more noise there must be.",
            _shifted(lambda x, kernel, rate: (1 - rate) / rate * (x**2).mean(axis=0) @ kernel**2),
        ),
        Mistake(
            "ratio turned round",
            "The ratio is upside down: training over inference is at least 1, since the masks can only add variance.",
            _shifted(_added, lambda inference, more: inference / (inference + more)),
        ),
        Mistake(
            "added variance only",
            "That is the variance that dropout adds, not the ratio of the two.",
            _shifted(_added, lambda inference, more: more),
        ),
        Mistake(
            "added over inference",
            "That is the added variance over that at inference. The variance in training is the sum of both.",
            _shifted(_added, lambda inference, more: more / inference),
        ),
        Mistake(
            "variance in training",
            "That is the variance in training. It is to be divided by that at inference.",
            _shifted(_added, lambda inference, more: inference + more),
        ),
        Mistake(
            "ratio of the standard deviations",
            "That is the ratio of the standard deviations. The ratio of the variances is asked for.",
            _shifted(_added, lambda inference, more: np.sqrt((inference + more) / inference)),
        ),
        Mistake(
            "subtracted",
            "The added variance is subtracted.",
            _shifted(_added, lambda inference, more: (inference - more) / inference),
        ),
        Mistake(
            "summed over the batch",
            "The squares are summed over the batch. Their mean is needed: a larger batch does not make more noise.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (x**2).sum(axis=0) @ kernel**2),
        ),
        Mistake(
            "ddof=1",
            "`ddof=1` divides by N − 1. Batch normalization divides by N, and so do we.",
            _shifted(_added, inference=lambda x, kernel: (x @ kernel).var(axis=0, ddof=1)),
        ),
        Mistake(
            "mean square at inference",
            "At inference you take the mean square instead of the variance: the mean is not subtracted.",
            _shifted(_added, inference=lambda x, kernel: ((x @ kernel) ** 2).mean(axis=0)),
        ),
        Mistake(
            "inputs' variances at inference",
            "At inference you sum the variances of the inputs, as if they were independent. Pixels and hidden units "
            "are not: take the variance of x @ kernel itself.",
            _shifted(_added, inference=lambda x, kernel: x.var(axis=0) @ kernel**2),
        ),
        Mistake(
            "one mean square for all inputs",
            "You take one mean square over all inputs. Each input has its own, and meets its own weight.",
            lambda x, kernel, rate: 1 + rate / (1 - rate) * (x**2).mean() * (kernel**2).sum(axis=0)
            / (x @ kernel).var(axis=0),
        ),
        Mistake(
            "1 outside",
            "The 1 is divided, too: (1 + added)/variance. Either 1 + added/variance, or (variance + added)/variance.",
            lambda x, kernel, rate: (1 + _added(x, kernel, rate)) / (x @ kernel).var(axis=0),
        ),
        Mistake(
            "standard deviation at inference",
            "At inference you take the standard deviation. The ratio is of variances.",
            lambda x, kernel, rate: 1 + _added(x, kernel, rate) / (x @ kernel).std(axis=0),
        ),
        Mistake(
            "averaged over the units",
            "That is the mean over the units. Batch normalization keeps a variance for each: shape (units,).",
            lambda x, kernel, rate: (1 + _added(x, kernel, rate) / (x @ kernel).var(axis=0)).mean(),
        ),
        Mistake(
            "one number for all units",
            "One number for all units. Batch normalization keeps a variance for each: shape (units,).",
            lambda x, kernel, rate: 1 + _added(x, kernel, rate).mean() / (x @ kernel).var(axis=0).mean(),
        ),
        Mistake(
            "one variance for all units",
            "At inference one variance is taken over all units together. Each has its own: axis 0 only.",
            _shifted(_added, inference=lambda x, kernel: (x @ kernel).var()),
        ),
        Mistake(
            "of the inputs, not the unit",
            "That is the shift of the inputs themselves. Asked for is the unit behind the weights.",
            lambda x, kernel, rate: 1 + rate / (1 - rate) * (x**2).mean(axis=0) / x.var(axis=0),
        ),
        Mistake(
            "scaled without masks",
            "You scale the inputs by 1/(1 − rate) and drop none of them, which gives 1/(1 − rate)² for every unit. The "
            "mean stays, since the masks take away what the scale adds; it is the masks that make the noise.",
            lambda x, kernel, rate: np.full(kernel.shape[1], 1 / (1 - rate) ** 2),
        ),
        Mistake(
            "without the inputs",
            "The added noise has the weights in it, but not the inputs: dropping a large input makes more noise than "
            "dropping a small one.",
            lambda x, kernel, rate: 1 + rate / (1 - rate) * (kernel**2).sum(axis=0),
        ),
        Mistake(
            "without the inputs, over the variance",
            "The added noise has the weights in it, but not the inputs: dropping a large input makes more noise than "
            "dropping a small one.",
            _shifted(lambda x, kernel, rate: rate / (1 - rate) * (kernel**2).sum(axis=0)),
        ),
        Mistake("no shift", "That is 1 everywhere: the variance would be the same.",
                lambda x, kernel, rate: np.ones(kernel.shape[1])),
        Mistake(
            "survivors' scale only",
            "That is 1/(1 − rate) for every unit. It would be right if all inputs had mean 0 and were independent; "
            "what comes out of a ReLU is neither.",
            lambda x, kernel, rate: np.full(kernel.shape[1], 1 / (1 - rate)),
        ),
    ],
    properties=[
        Property(
            "In no unit can the ratio be below 1: the masks only add variance. In one of yours it is.",
            lambda args, outputs: bool(np.all(outputs[0] >= 1 - 1e-6)),
        ),
    ],
    variants=[
        _by_example,
        lambda x, kernel, rate: 1 + rate / (1 - rate) * np.einsum("ni,iu->u", x**2, kernel**2) / len(x)
        / np.var(x @ kernel, axis=0),
        lambda x, kernel, rate: 1 + ((1 / (1 - rate) - 1) * np.mean(x**2, axis=0, keepdims=True) @ kernel**2)
        / np.var(x @ kernel, axis=0, keepdims=True),
    ],
    points=3,
    hints=[
        "The formula above, term by term: `(x**2).mean(axis=0)` is the mean square of each input, (inputs,).",
        "`(x**2).mean(axis=0) @ kernel**2` sums over the inputs: (units,).",
        "Variance at inference: `(x @ kernel).var(axis=0)`. In training: that plus rate/(1 − rate) times the sum. "
        "Return the one over the other.",
    ],
    insight="Where inputs are large and weights cancel each other, the ratio is far above 1: at inference the unit "
    "hardly moves, in training the masks shake it. Batch normalization behind it stores the shaken variance.",
)


# --- predict: which batch normalization is misled? -----------------------------------------------

misled = PredictExercise(
    {
        "Dense, ReLU, Dropout, Dense, BN, ...": True,
        "Dense, BN, ReLU, Dropout, Dense": False,
        "Dropout (of the pixels), Dense, BN, ...": True,
        "Dense, BN, ReLU, Dropout, Dense, BN, ReLU, Dropout, Dense": True,
    },
    variable="misled",
    choices={
        "Dense, ReLU, Dropout, Dense, BN, ...": (True, False),
        "Dense, BN, ReLU, Dropout, Dense": (True, False),
        "Dropout (of the pixels), Dense, BN, ...": (True, False),
        "Dense, BN, ReLU, Dropout, Dense, BN, ReLU, Dropout, Dense": (True, False),
    },
    mistakes={
        "Dense, ReLU, Dropout, Dense, BN, ...": [
            Mistake(
                "the dense layer protects",
                "the dense layer between them sums what the masks have shaken; the sum is shaken, too (your formula).",
                False,
            ),
        ],
        "Dense, BN, ReLU, Dropout, Dense": [
            Mistake(
                "dropout behind it",
                "follow the signal from left to right: what arrives at this BN has not met any mask yet.",
                True,
            ),
        ],
        "Dropout (of the pixels), Dense, BN, ...": [
            Mistake(
                "pixels do not count",
                "dropped pixels are dropped inputs like any others: the dense layer's sums are shaken.",
                False,
            ),
        ],
        "Dense, BN, ReLU, Dropout, Dense, BN, ReLU, Dropout, Dense": [
            Mistake(
                "only the first one looked at",
                "the first BN is safe. But the second one has the first dropout in front of it: \"dropout behind BN\", "
                "block after block, puts dropout in front of the next BN.",
                False,
            ),
        ],
    },
    points=1,
    hints=[
        "Follow the signal from left to right. Has it passed a dropout layer when it arrives at a BN?",
        "In the last network there are two BN. One is enough to be misled.",
    ],
    insight="What counts is whether *any* dropout lies in front. So \"dropout behind BN\" is safe only behind the last "
    "one: that is what Li and others recommend.",
)


# --- experiment: what a dropout network needs ----------------------------------------------------

_TRIAL = ("units", "rate_pixels", "rate_hidden", "without", "dropout")
_TRIAL_START = {"units": 32, "rate_pixels": 0.2, "rate_hidden": 0.5}


def _trial_missing(result) -> str:
    if not isinstance(result, dict) or any(name not in result for name in _TRIAL):
        return "`check` takes what `trial(...)` returns: `result = trial(units=..., rate_pixels=..., rate_hidden=...)`."
    return ""


def _trial_gain(result) -> float:
    return result["without"] - result["dropout"]


earn_a_gain = ExperimentExercise(
    measured=_trial_missing,
    attempted=lambda r: any(r[name] != value for name, value in _TRIAL_START.items()),
    met=lambda r: _trial_gain(r) >= 1 and max(r["rate_pixels"], r["rate_hidden"]) > 0,
    report=lambda r: f"Validation error without dropout ≈ {r['without']:.2f} %, with it ≈ {r['dropout']:.2f} %: a gain "
    f"of ≈ {_trial_gain(r):.2f} points.",
    mistakes=[
        Mistake(
            "no dropout",
            "Both rates are 0: no unit is ever dropped, and what is left of the difference is the learning rate.",
            lambda r: r["rate_pixels"] == 0 and r["rate_hidden"] == 0,
        ),
        Mistake(
            "p for the rate",
            "0.8 of the pixels are dropped, and hardly any digit is left. It is the paper's p, the share *kept*, that "
            "is 0.8 for inputs. What is the rate?",
            lambda r: 0.75 <= r["rate_pixels"] <= 0.85,
        ),
        Mistake(
            "too many pixels dropped",
            "Too many pixels are gone: what is left can hardly be told apart. Drop fewer of them.",
            lambda r: r["rate_pixels"] > 0.5,
        ),
        Mistake(
            "too few hidden units are left",
            "How many hidden units of a layer are there on average in a training step? With so few it can hardly tell "
            "ten digits apart. Drop fewer of them, or have more.",
            lambda r: r["units"] * (1 - r["rate_hidden"]) < 24,
        ),
        Mistake(
            "hidden rate too high",
            "So many hidden units are dropped that the network underfits, in its 300 steps. Drop fewer of them; what "
            "about the pixels?",
            lambda r: r["rate_hidden"] >= 0.4,
        ),
        Mistake(
            "hidden units only",
            "Only hidden units are dropped, and of those a small network has none to spare. Of what does it have "
            "plenty?",
            lambda r: r["rate_pixels"] == 0,
        ),
        Mistake(
            "too gentle",
            "So small rates change little: the pixels can stand more noise.",
            lambda r: r["rate_pixels"] <= 0.1 and r["rate_hidden"] <= 0.1,
        ),
        Mistake(
            "as large as it gets",
            "More than 256 units are not to be had here, so it is the rates that can still be improved: of the pixels, "
            "and of the hidden units.",
            lambda r: r["units"] >= 256,
        ),
    ],
    otherwise="Nearly. Change one setting at a time, and see which way the gain goes.",
    solved="""
        result = trial(units=32, rate_pixels=0.3, rate_hidden=0.0)
        """,
    hints=[
        "Of 32 hidden units a rate of 0.5 leaves 16 in each layer. What does the network suffer from: too much "
        "freedom, or too little?",
        "There are two kinds of units to drop, 784 pixels and a few hidden ones. Which of the two can be spared more "
        "easily? Try them one at a time, with the other rate at 0.",
        "Neighbouring pixels tell nearly the same. Drop between a fifth and a third of them, and few hidden units.",
    ],
    insight="Rates are not good or bad by themselves. Of 784 pixels a third can be missing and the digit is still "
    "there: noise that costs little and forbids the network to lean on single pixels. Hidden units of a small network "
    "cannot be spared so easily; the paper's 0.5 is meant for layers of a thousand. You have chosen on validation "
    "digits; the test digits have not been touched.",
)

name_exercises(globals())
