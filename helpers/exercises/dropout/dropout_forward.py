"""Notebook 10, code: the forward pass."""

from __future__ import annotations

import itertools

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
    others = rng.random((4, 6))
    others[0, 0], others[1] = 0.1, np.linspace(0.35, 0.95, 6)  # a first number and a row that differ from the rest
    pictures, numbers = np.maximum(rng.normal(size=(2, 3, 3, 4)) + 0.5, 0), rng.random((2, 3, 3, 4))
    ties = np.array([[0.1, 0.25, 0.6, 0.25], [0.9, 0.25, 0.2, 0.7]])
    return [
        Case("in training, on x of shape (4, 6), with a rate of 0.3", (x, u, 0.3, True)),
        Case("at inference, on x of shape (4, 6), with a rate of 0.3", (x, u, 0.3, False)),
        Case("in training, on the same x of shape (4, 6) with other random numbers", (x, others, 0.3, True)),
        Case("in training, on pictures of shape (2, 3, 3, 4), with a rate of 0.6", (pictures, numbers, 0.6, True)),
        Case("at inference, on pictures of shape (2, 3, 3, 4), with a rate of 0.6", (pictures, numbers, 0.6, False)),
        Case("in training, with a rate of 0, where every element stays", (x, u, 0.0, True), edge=True),
        Case(
            "in training, where some random numbers are exactly the rate, 0.25",
            (np.arange(1.0, 9.0).reshape(2, 4), ties, 0.25, True),
            edge=True,
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


def _selected(x, keep, rate):
    return np.where(keep, x / (rate or 1), 0)


def _kept(args):
    return (args[1] >= args[2]) & (args[0] != 0)


def _multiples(args, outputs):
    kept = _kept(args)
    return outputs[0][kept] / args[0][kept]


def _first_only(axes):
    """The numbers of the first place along these axes, used for all."""

    def share(u):
        return np.broadcast_to(u[tuple(slice(0, 1) if a in axes else slice(None) for a in range(u.ndim))], u.shape)

    return share


_SHARED = "Every *element* of the batch should have its own draw."

_SWAPPED = (
    "Kept and dropped are the wrong way round: where `u` is below the rate, the element has to go. With a rate of 0.2 your "
    "layer would keep a fifth."
)

# What students get wrong: the mask, the factor, what happens at inference. Each by itself, and two at a time.
_MASKS = {
    "keep and drop swapped": (_SWAPPED, lambda u, rate: u < rate),
    "keep and drop swapped, the rate itself kept": (_SWAPPED, lambda u, rate: u <= rate),
    "kept from 1 - rate on": (
        "Elements are kept where `u` is at least `1 - rate`. That keeps only a share `rate` of them, as if `rate` were "
        "the share "
        "kept.",
        lambda u, rate: u >= 1 - rate,
    ),
    "kept below 1 - rate": (
        "Elements are kept where `u` is below `1 - rate`. The share is right, but they are not the elements that "
        "were asked for (those with `u` at least the rate), so your results cannot be compared with anyone else's.",
        lambda u, rate: u < 1 - rate,
    ),
}

_FACTORS = {
    "not rescaled": (
        "The survivors are not scaled in training. Inverted dropout enlarges them, so that on average the next layer "
        "receives as much as at inference.",
        lambda kept, rate: kept,
    ),
    "scaled down": (
        "The survivors are multiplied by `1 - rate`: they become smaller, where they have to make up for the missing ones.",
        lambda kept, rate: kept * (1 - rate),
    ),
    "divided by the rate": (
        "The survivors are divided by the share that is dropped. Before scaling, which share of x is left on average?",
        lambda kept, rate: kept / rate,
    ),
    "scaled twice": (
        "The survivors are divided by `1 - rate` twice. Once brings the mean back to x; twice is too much.",
        lambda kept, rate: kept / (1 - rate) ** 2,
    ),
    "divided by the root": (
        "The survivors are divided by the root of `1 - rate`. That would keep the mean *square*; here the mean "
        "should stay the same.",
        lambda kept, rate: kept / np.sqrt(1 - rate),
    ),
    "times 1 plus rate": (
        "The scale is 1 + rate. For small rates that is close, for 0.5 it gives 1.5 where 2 is needed: choose the factor "
        "that makes the mean come out exactly.",
        lambda kept, rate: kept * (1 + rate),
    ),
    "times the rate": (
        "The survivors are multiplied by the share that is dropped. They have to become larger.",
        lambda kept, rate: kept * rate,
    ),
}

_AT_INFERENCE = {
    "scaled at inference": (
        "At inference you divide by `1 - rate`. Nothing is missing there, so nothing has to be made up for.",
        lambda x, dropped, rate: x / (1 - rate),
    ),
    "scaled back at inference": (
        "At inference you multiply by `1 - rate`. That belongs to the classic form, which does not scale in training. In the "
        "inverted form inference leaves x alone.",
        lambda x, dropped, rate: x * (1 - rate),
    ),
    "times the rate at inference": (
        "At inference you multiply by the rate. In the inverted form inference leaves x alone.",
        lambda x, dropped, rate: x * rate,
    ),
    "nothing at inference": ("At inference you return zeros. Nothing is dropped there.", lambda x, dropped, rate: 0 * x),
    "active at inference": (
        "It drops at inference, too: the same picture would get a different answer at every call. What is `training` "
        "for?",
        lambda x, dropped, rate: dropped,
    ),
}

_READ_AS_P = (
    "You read `rate` as the share that is kept, as the paper's p. Keras' `rate` is the share that is dropped; the mask and "
    "the scale are both affected."
)

_CLASSIC = (
    "This is the classic form: no scale in training, `1 - rate` at test. It is right in its own way, but the "
    "inverted form is asked for, as in Keras: there inference leaves x alone."
)

_TOGETHER = {
    ("keep and drop swapped", "divided by the rate", ""): ("rate taken for the share kept", _READ_AS_P),
    ("keep and drop swapped, the rate itself kept", "divided by the rate", ""): (
        "rate taken for the share kept, the rate itself kept", _READ_AS_P
    ),
    ("keep and drop swapped", "divided by the rate", "active at inference"): (
        "rate taken for the share kept, active at inference",
        f"{_READ_AS_P} And it drops at inference, too: what is `training` for?",
    ),
    ("kept from 1 - rate on", "divided by the rate", ""): ("rate taken for the share kept, from 1 - rate on", _READ_AS_P),
    ("", "not rescaled", "scaled back at inference"): ("classic form", _CLASSIC),
    ("", "scaled down", "scaled at inference"): (
        "scales swapped",
        "The two scales are the wrong way round: in training you multiply by `1 - rate`, at inference you divide by it.",
    ),
}

_CLASSIC_MASKS = {
    (mask, "not rescaled", "scaled back at inference"): (
        f"classic form, {mask}",
        f"{message} And this is the classic form, which scales at test only; the inverted form is asked for, as in "
        "Keras.",
    )
    for mask, (message, _) in _MASKS.items()
} | {
    ("keep and drop swapped", "not rescaled", "times the rate at inference"): (
        "classic form, rate taken for the share kept",
        "You read `rate` as the share that is kept, as the paper's p. Keras' `rate` is the share that is dropped. And this "
        "is the classic form, which scales at test only; the inverted form is asked for, as in Keras.",
    )
}


def _parts():
    """Mistakes of one part, or of two, with the name and message of each."""
    named = _TOGETHER | _CLASSIC_MASKS
    for parts in itertools.product(["", *_MASKS], ["", *_FACTORS], ["", *_AT_INFERENCE]):
        wrong = [part for part in parts if part]
        if not wrong or len(wrong) > 2 and parts not in named:
            continue
        messages = (known[part][0] for known, part in zip((_MASKS, _FACTORS, _AT_INFERENCE), parts) if part)
        name, message = named.get(parts, (", ".join(wrong), " ".join(messages)))
        yield Mistake(name, message, _of_parts(*parts))


def _of_parts(mask, factor, at_inference):
    def wrong(x, u, rate, training):
        kept = x * (_MASKS[mask][1](u, rate) if mask else u >= rate)
        dropped = _FACTORS[factor][1](kept, rate) if factor else kept / (1 - rate)
        if training:
            return dropped
        return _AT_INFERENCE[at_inference][1](x, dropped, rate) if at_inference else x

    return wrong


dropout_forward = _Drawing(
    dropout_forward,
    own_draws=(
        "Called twice with the same arguments, it gives two different results: it draws random numbers of its own. "
        "The numbers "
        "are given here, `u`, so that everyone gets the same mask and the result can be checked."
    ),
    ignored=(
        1,
        "In training the result is the same with other numbers `u`. It is `u` that decides what is dropped, so that everyone "
        "gets the same mask and the result can be checked.",
    ),
    outputs=["y"],
    cases=_forward_cases,
    variants=[_by_filling, _by_loop, _by_where],
    mistakes=[
        *_parts(),
        *(
            Mistake(f"rate taken for the share kept, {how}", _READ_AS_P, _in_training(wrong))
            for how, wrong in (
                # At a rate of 0 nothing is selected, and nothing is divided by 0.
                ("selected", lambda x, u, rate: _selected(x, u < rate, rate)),
                ("selected up to the rate", lambda x, u, rate: _selected(x, u <= rate, rate)),
            )
        ),
        Mistake(
            "factor without brackets",
            "In / 1 - rate the denominator has lost its brackets: first it divides by 1, and then the rate is subtracted from "
            "every element.",
            _in_training(lambda x, u, rate: x * (u >= rate) - rate),
        ),
        Mistake(
            "scaled by the share that was kept",
            "You divide by the share that *happened* to be kept in this batch (the mask's mean). Then the factor "
            "changes from batch to batch; the layer divides by the share expected, which is known beforehand.",
            _in_training(lambda x, u, rate: x * (u >= rate) / (u >= rate).mean()),
        ),
        Mistake(
            "active at inference, not rescaled there",
            _AT_INFERENCE["active at inference"][0],
            lambda x, u, rate, training: _inverted(x, u, rate) if training else x * (u >= rate),
        ),
        Mistake(
            "training and inference swapped",
            "It drops at inference and leaves x alone in training: the `if` is the wrong way round.",
            lambda x, u, rate, training: x if training else _inverted(x, u, rate),
        ),
        Mistake(
            "training and inference swapped, not rescaled",
            "It drops at inference and leaves x alone in training: the `if` is the wrong way round. And the survivors are "
            "not scaled.",
            lambda x, u, rate, training: x if training else x * (u >= rate),
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
            "For pictures you drop whole channels of a picture. That exists (Keras: `SpatialDropout2D`). Here each "
            "element is dropped or kept by itself.",
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
            "Elements with `u` *at least* the rate should be kept; where `u` is exactly the rate, you drop them. (With "
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
            "x is multiplied by `u` itself, and none of its elements is dropped. Compare `u` with the rate first.",
            _in_training(lambda x, u, rate: x * u / (1 - rate)),
        ),
        Mistake(
            "times the numbers, not scaled",
            "x is multiplied by `u` itself, and none of its elements is dropped. Compare `u` with the rate first.",
            _in_training(lambda x, u, rate: x * u),
        ),
        Mistake(
            "never drops",
            "Nothing is dropped, in training either.",
            lambda x, u, rate, training: x,
        ),
        Mistake(
            "nothing dropped, scaled up",
            "Nothing is dropped in training: every element is divided by `1 - rate`. If you have made a mask: what becomes of "
            "x where it is False?",
            _in_training(lambda x, u, rate: x / (1 - rate)),
        ),
        Mistake(
            "nothing dropped, scaled up at inference, too",
            "Nothing is dropped in training, and every element is divided by `1 - rate`, at inference as well. If you have "
            "made a mask: what becomes of x where it is False? And at inference x stays as it is.",
            lambda x, u, rate, training: x / (1 - rate),
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
            "The mask drops one half, whatever `rate` says; only the scale uses the rate.",
            _in_training(lambda x, u, rate: x * (u >= 0.5) / (1 - rate)),
        ),
        Mistake(
            "half dropped at any rate above 0",
            "At every rate above 0 the mask drops the same half of the elements; only the scale changes with the rate.",
            _in_training(lambda x, u, rate: x * (np.round(u) >= rate) / (1 - rate)),
        ),
        Mistake(
            "added instead of multiplied",
            "The mask is added to x. To drop an element, multiply it by 0.",
            _in_training(lambda x, u, rate: x + (u >= rate) / (1 - rate)),
        ),
        Mistake(
            "dropped elements become the mean",
            "A dropped element becomes the mean of x. It should pass on nothing at all: 0.",
            _in_training(lambda x, u, rate: np.where(u >= rate, x / (1 - rate), x.mean())),
        ),
        Mistake(
            "dropped elements become NaN",
            "A dropped element becomes NaN, and so does every sum that it enters. It should be 0.",
            _in_training(lambda x, u, rate: np.where(u >= rate, x / (1 - rate), np.nan)),
        ),
        Mistake(
            "dropped elements stay",
            "A dropped element stays as it is; only the survivors are scaled. The dropped element should be 0.",
            _in_training(lambda x, u, rate: np.where(u >= rate, x / (1 - rate), x)),
        ),
        Mistake(
            "dropped elements cut out",
            "It returns only the kept elements, so the shape is lost. A dropped element stays in its place, as a 0.",
            _in_training(lambda x, u, rate: x[u >= rate] / (1 - rate)),
        ),
    ],
    properties=[
        Property(
            "At inference the result should be x itself.",
            lambda args, outputs: args[3] or same(outputs[0], args[0]),
        ),
        Property(
            "Where `u` is below the rate, the result should be 0. Somewhere it is not.",
            lambda args, outputs: not args[3] or bool(np.all(outputs[0][args[1] < args[2]] == 0)),
        ),
        Property(
            "Where `u` is at least the rate, x is kept. Some of these elements are 0.",
            lambda args, outputs: not args[3] or bool(np.all(outputs[0][_kept(args)] != 0)),
        ),
        Property(
            "Every survivor should be the same multiple of what it was.",
            lambda args, outputs: not args[3] or bool(np.ptp(_multiples(args, outputs)) < 1e-3),
        ),
        Property(
            "The right elements are dropped, and the others all get the same factor. But this factor does not make "
            "the mean over all masks equal to x.",
            lambda args, outputs: not args[3] or bool(np.allclose(_multiples(args, outputs), 1 / (1 - args[2]), rtol=1e-3)),
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
