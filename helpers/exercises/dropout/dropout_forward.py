"""Notebook 10, code: the forward pass."""

from __future__ import annotations

import numpy as np

from helpers.exercises.comparing import same
from helpers.exercises.engine import Case, Mistake, Property
from helpers.exercises.dropout._shared import _Drawing


def dropout_forward(x, u, rate, training):
    if not training:
        return x
    mask = u >= rate
    return x * mask / (1 - rate)


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


_SHARED = "It is drawn once for every *element* of the batch."


dropout_forward = _Drawing(
    dropout_forward,
    own_draws=(
        "It gives another result at every call: it draws random numbers of its own. The numbers are given here, "
        "`u`, so that everyone gets the same mask and the result can be checked."
    ),
    outputs=["y"],
    cases=_forward_cases,
    variants=[_by_filling, _by_loop, _by_where],
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
