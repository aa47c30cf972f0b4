"""Notebook 03, code: the backward pass."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def batch_norm_backward(dy, x_hat, gamma, inverse_std):
    dbeta = dy.sum(axis=0)
    dgamma = (dy * x_hat).sum(axis=0)
    count = len(dy)
    dx = gamma * inverse_std * (dy - dbeta / count - x_hat * dgamma / count)
    return dx, dgamma, dbeta


def _backward_cases():
    cases = []
    for seed, shape in ((3, (6, 4)), (4, (9, 2))):
        rng = np.random.default_rng(seed)
        x = rng.normal(1.0, [0.4, 2.0, 0.9, 1.6][: shape[1]], size=shape)
        inverse_std = 1 / np.sqrt(x.var(axis=0) + 1e-3)
        dy = rng.normal(size=shape) + rng.normal(size=shape[1])
        gamma = rng.uniform(0.5, 2.0, size=shape[1]) * np.array([1, -1] * 2)[: shape[1]]
        cases.append(
            Case(f"on a batch of shape {shape}", (dy, (x - x.mean(axis=0)) * inverse_std, gamma, inverse_std))
        )
    return cases


def _step_by_step(dy, x_hat, gamma, inverse_std):
    count = dy.shape[0]
    centred = x_hat / inverse_std
    dx_hat = dy * gamma
    dvariance = np.sum(dx_hat * centred, axis=0, keepdims=True) * -0.5 * inverse_std**3
    dmean = -np.sum(dx_hat * inverse_std, axis=0, keepdims=True)
    dx = dx_hat * inverse_std + dvariance * 2 * centred / count + dmean / count
    return dx, np.einsum("nc,nc->c", dy, x_hat), np.ones(count) @ dy


def _keepdims_backward(dy, x_hat, gamma, inverse_std):
    g = dy * gamma
    dx = (g - g.mean(0) - x_hat * (g * x_hat).mean(0)) * inverse_std
    return dx.astype(np.float32), (dy * x_hat).sum(0, keepdims=True), dy.sum(0, keepdims=True)


def _backward(dx):
    """A backward pass with another ``dx(dy, x_hat, gamma, inverse_std)`` and the right dgamma and dbeta."""

    def wrong(dy, x_hat, gamma, inverse_std):
        return dx(dy, x_hat, gamma, inverse_std), (dy * x_hat).sum(axis=0), dy.sum(axis=0)

    return wrong


def _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).sum(axis=0), dbeta=lambda dy, x_hat: dy.sum(axis=0)):
    def wrong(dy, x_hat, gamma, inverse_std):
        return np.full_like(dy, np.nan), dgamma(dy, x_hat), dbeta(dy, x_hat)

    return wrong


def _by_total(total):
    """dgamma and dbeta with ``total`` in place of the sum over the batch."""
    return _other_weights(lambda dy, x_hat: total(dy * x_hat), lambda dy, x_hat: total(dy))


def _bracket(mean, product):
    """dx with other ``mean(dy, x_hat)`` and ``product(dy, x_hat)``, which stands beside x_hat."""
    return _backward(
        lambda dy, x_hat, gamma, inverse_std: gamma * inverse_std * (dy - mean(dy, x_hat) - x_hat * product(dy, x_hat))
    )


def _mean(dy, x_hat):
    return dy.mean(axis=0)


def _product(dy, x_hat):
    return (dy * x_hat).mean(axis=0)


def _one(dy, gamma, inverse_std):
    return 1.0


def _scaled(front=_one, mean=_one, variance=_one):
    """dx of whose three parts each is so many times too large."""

    def dx(dy, x_hat, gamma, inverse_std):
        a, b, c = (of(dy, gamma, inverse_std) for of in (mean, variance, front))
        return c * gamma * inverse_std * (dy - a * _mean(dy, x_hat) - b * x_hat * _product(dy, x_hat))

    return _backward(dx)


# What can be wrong with a part of dx: a name, its message, and the factor by which the part is too large.
_Fault = tuple[str, str, Callable]

_MEAN_FAULTS: list[_Fault] = [
    (
        "mean constant",
        "`dx`: the term from the path x → mean → output is missing, as if the mean were a constant. Test: the sum of dx "
        "over the batch must be 0 in every channel.",
        lambda dy, gamma, inverse_std: 0.0,
    ),
    (
        "1/N missing from the mean's term",
        "`dx`: 1/N is missing from the mean's term, the one with the sum of dy.",
        lambda dy, gamma, inverse_std: len(dy),
    ),
    (
        "sign of the mean's term",
        "`dx`: the mean's term is added; it must be subtracted.",
        lambda dy, gamma, inverse_std: -1.0,
    ),
    (
        "mean's term divided by N twice",
        "`dx`: the mean's term is N times too small: it contains 1/N twice.",
        lambda dy, gamma, inverse_std: 1 / len(dy),
    ),
    (
        "gamma missing from the mean's term",
        "`dx`: gamma is missing from the mean's term. The gradient that reaches the mean has passed through gamma as "
        "well.",
        lambda dy, gamma, inverse_std: 1 / gamma,
    ),
    (
        "inverse_std missing from the mean's term",
        "`dx`: inverse_std is missing from the mean's term. The mean acts on x_hat through x - mean, which is multiplied by "
        "inverse_std.",
        lambda dy, gamma, inverse_std: 1 / inverse_std,
    ),
]

_VARIANCE_FAULTS: list[_Fault] = [
    (
        "variance constant",
        "`dx`: the term from the path x → variance → output is missing, or it is 0. (The mean of dy · x_hat is not the mean "
        "of dy times the mean of x_hat, which is 0.) Test: the sum of dx · x_hat over the batch must be nearly 0 in every "
        "channel.",
        lambda dy, gamma, inverse_std: 0.0,
    ),
    (
        "1/N missing from the variance's term",
        "`dx`: 1/N is missing from the variance's term, the one with the sum of dy · x_hat.",
        lambda dy, gamma, inverse_std: len(dy),
    ),
    (
        "sign of the variance's term",
        "`dx`: the variance's term has the wrong sign.",
        lambda dy, gamma, inverse_std: -1.0,
    ),
    (
        "variance's term divided by N twice",
        "`dx`: the variance's term is N times too small: it contains 1/N twice.",
        lambda dy, gamma, inverse_std: 1 / len(dy),
    ),
    (
        "gamma missing from the variance's term",
        "`dx`: gamma is missing from the variance's term. The gradient that reaches the variance has passed through "
        "gamma as well.",
        lambda dy, gamma, inverse_std: 1 / gamma,
    ),
    (
        "variance's term halved",
        "`dx`: the variance's term is half as large as it should be. The derivative of a square brings a factor 2.",
        lambda dy, gamma, inverse_std: 0.5,
    ),
    (
        "variance's term doubled",
        "`dx`: the variance's term is twice as large as it should be. The derivative of a square root brings a factor ½.",
        lambda dy, gamma, inverse_std: 2.0,
    ),
    (
        "N - 1 in the variance's term",
        "`dx`: the variance's term is divided by N - 1. The forward pass divides by N (no `ddof`), and so must the gradient.",
        lambda dy, gamma, inverse_std: len(dy) / (len(dy) - 1),
    ),
    *(
        (
            f"variance's term times inverse_std**{power}",
            f"`dx`: the variance's term contains {too}. Check the power of inverse_std on this path, and "
            "where x_hat stands for x - mean: the two differ by the factor inverse_std.",
            lambda dy, gamma, inverse_std, power=power: inverse_std**power,
        )
        for power, too in (
            (-2, "two factors inverse_std too few"),
            (-1, "one factor inverse_std too few"),
            (1, "one factor inverse_std too many"),
            (2, "two factors inverse_std too many"),
        )
    ),
]

# One cause with both terms: the same name and the same factor twice.
_BOTH_TERMS: list[_Fault] = [
    (
        "mean and variance constant",
        "`dx`: the mean and the variance are treated as constants. Both depend on every element of their channel, and each "
        "dependence adds a term.",
        lambda dy, gamma, inverse_std: 0.0,
    ),
    (
        "1/N missing",
        "`dx`: the two subtracted terms are sums, but they must be means over the batch: 1/N is missing.",
        lambda dy, gamma, inverse_std: len(dy),
    ),
    (
        "signs of dx",
        "`dx`: the terms of the mean and the variance are added; both must be subtracted.",
        lambda dy, gamma, inverse_std: -1.0,
    ),
    (
        "divided by N twice",
        "`dx`: the two subtracted terms are divided by N twice. Are your dgamma and dbeta already means, not sums?",
        lambda dy, gamma, inverse_std: 1 / len(dy),
    ),
    (
        "gamma on dy alone",
        "`dx`: gamma multiplies only dy. The sums of dy and of dy · x_hat do not contain it, so the two terms made from "
        "them need gamma as well.",
        lambda dy, gamma, inverse_std: 1 / gamma,
    ),
    (
        "inverse_std on dy alone",
        "`dx`: inverse_std multiplies only dy. It belongs to all three terms.",
        lambda dy, gamma, inverse_std: 1 / inverse_std,
    ),
    (
        "gamma and inverse_std on dy alone",
        "`dx`: gamma and inverse_std multiply only dy. They belong to all three terms.",
        lambda dy, gamma, inverse_std: 1 / (gamma * inverse_std),
    ),
    (
        "N - 1 in both terms",
        "`dx`: the two subtracted terms are divided by N - 1. The forward pass divides by N, and so must the gradient.",
        lambda dy, gamma, inverse_std: len(dy) / (len(dy) - 1),
    ),
    (
        "divided by the number of channels",
        "`dx`: the two subtracted terms are divided by C, the number of channels. The means run over the batch, which has N "
        "rows.",
        lambda dy, gamma, inverse_std: len(dy) / dy.shape[1],
    ),
    (
        "divided by all elements",
        "`dx`: the two subtracted terms are divided by N · C, the number of elements of dy. A channel has N of them.",
        lambda dy, gamma, inverse_std: 1 / dy.shape[1],
    ),
]

_FRONT_FAULTS: list[_Fault] = [
    (
        "gamma left out of dx",
        "`dx`: gamma is missing. The gradient passes through y = gamma · x_hat + beta on its way down.",
        lambda dy, gamma, inverse_std: 1 / gamma,
    ),
    (
        "inverse_std left out of dx",
        "`dx`: inverse_std is missing. x_hat is the centred x times inverse_std, so the gradient contains that factor.",
        lambda dy, gamma, inverse_std: 1 / inverse_std,
    ),
    (
        "gamma and inverse_std left out of dx",
        "`dx`: gamma and inverse_std are missing in front of the bracket.",
        lambda dy, gamma, inverse_std: 1 / (gamma * inverse_std),
    ),
    (
        "N times too large",
        "`dx` is N times too large. If you write N · dy minus two sums, instead of dy minus two means, divide the "
        "whole by N.",
        lambda dy, gamma, inverse_std: len(dy),
    ),
    (
        "dx divided by N",
        "`dx` is N times too small. The means over the batch contain their 1/N. If the loss is a mean over the batch, "
        "its own 1/N is already in dy.",
        lambda dy, gamma, inverse_std: 1 / len(dy),
    ),
    (
        "divided by inverse_std",
        "`dx` is divided by inverse_std. Multiply by it: it is already the inverse, 1/std.",
        lambda dy, gamma, inverse_std: inverse_std**-2,
    ),
    (
        "inverse_std squared",
        "`dx` contains inverse_std once too often.",
        lambda dy, gamma, inverse_std: inverse_std,
    ),
    (
        "gamma squared",
        "`dx` contains gamma once too often. Is the gradient of x_hat, which contains it, multiplied by gamma again?",
        lambda dy, gamma, inverse_std: gamma,
    ),
]


# Two faults that are one: each has a name of its own below.
_ONE_CAUSE = {("mean and variance constant", "inverse_std left out of dx"), ("1/N missing", "dx divided by N")}


def _known_terms():
    """One fault in dx, or two: in both terms, or in a term and in front of the bracket."""
    terms = [
        *((name, message, factor, _one) for name, message, factor in _MEAN_FAULTS),
        *((name, message, _one, factor) for name, message, factor in _VARIANCE_FAULTS),
        *((name, message, factor, factor) for name, message, factor in _BOTH_TERMS),
    ]
    for name, message, mean, variance in terms:
        yield Mistake(name, message, _scaled(mean=mean, variance=variance), ("dx",))
    for name, message, front in _FRONT_FAULTS:
        yield Mistake(name, message, _scaled(front), ("dx",))
    for (i, (one, first, mean)), (j, (other, second, variance)) in itertools.product(
        enumerate(_MEAN_FAULTS[:4]), enumerate(_VARIANCE_FAULTS[:8])
    ):
        if i != j:  # the same fault in both terms is one of _BOTH_TERMS
            yield Mistake(f"{one} + {other}", f"{first} {second}", _scaled(mean=mean, variance=variance), ("dx",))
    for (one, first, mean, variance), (other, second, front) in itertools.product(terms, _FRONT_FAULTS[:5]):
        if (one, other) not in _ONE_CAUSE:
            yield Mistake(f"{one} + {other}", f"{first} {second}", _scaled(front, mean, variance), ("dx",))


# One cause with both parameters: a name, its message, and what stands for the sum over the batch.
_BOTH_WEIGHTS = [
    (
        "means for dgamma and dbeta",
        "`dgamma` and `dbeta` are means over the batch. gamma and beta act on every example, and all contributions add "
        "up: sums. (If the loss is a mean over the batch, its own 1/N is already in dy.)",
        lambda terms: terms.mean(axis=0),
    ),
    (
        "dgamma and dbeta not summed",
        "`dgamma` and `dbeta` have dy's shape. There is one gamma and one beta per channel: sum over the batch.",
        lambda terms: terms,
    ),
    (
        "dgamma and dbeta over features",
        "`dgamma` and `dbeta` are summed over axis 1, the features of one example. There is one gamma and one beta per "
        "channel: sum over axis 0.",
        lambda terms: terms.sum(axis=1),
    ),
    (
        "dgamma and dbeta one number",
        "`dgamma` and `dbeta` are each a single number for all channels. Each channel has its own: `sum` needs an "
        "axis.",
        lambda terms: terms.sum(),
    ),
]


def _finite(array):
    return bool(np.isfinite(array).all())


def _proportional(got, to):
    """Whether every channel of ``got`` is that of ``to`` times a number of its own."""
    factor = (got * to).sum(axis=0) / (to**2).sum(axis=0)
    return np.allclose(got, factor * to, atol=1e-6)


def _error_is_like(args, outputs, what):
    """Whether dx is wrong, and its error is proportional to ``what`` in every channel."""
    error = outputs[0] - _step_by_step(*args)[0]
    return np.abs(error).max() > 1e-4 and _proportional(error, what)


_NOT_SUMMED = "`dx`: in the variance's term an element's own dy · x_hat takes the place of the mean over the batch."

_OVER_FEATURES = (
    "A mean or sum runs over axis 1, the features of one example. It must run over axis 0, as in the forward pass."
)


batch_norm_backward = CodeExercise(
    batch_norm_backward,
    outputs=["dx", "dgamma", "dbeta"],
    cases=_backward_cases,
    variants=[_step_by_step, _keepdims_backward],
    mistakes=[
        *_known_terms(),
        Mistake(
            "gradient of x_hat",
            "`dx`: gamma · dy is the gradient of x_hat. From x_hat there are still three paths to x.",
            _backward(lambda dy, x_hat, gamma, inverse_std: gamma * dy),
            ("dx",),
        ),
        Mistake(
            "N missing from dy",
            "`dx`: dy is divided by N, but it should not be. With 1/N in front of the bracket, the bracket needs N "
            "times dy, minus the two sums.",
            _scaled(lambda dy, gamma, inverse_std: 1 / len(dy), *[lambda dy, gamma, inverse_std: len(dy)] * 2),
            ("dx",),
        ),
        Mistake(
            "only the variance's term",
            "`dx`: only the variance's term is there. The gradients of the three paths must be added. Is one of them "
            "assigned where it should be added (`=` for `+=`)?",
            _backward(lambda dy, x_hat, gamma, inverse_std: -gamma * inverse_std * x_hat * _product(dy, x_hat)),
            ("dx",),
        ),
        Mistake(
            "direct path missing",
            "`dx`: the direct path is missing. Only the terms of the mean and the variance are there; dy itself reaches x as "
            "well.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: -gamma * inverse_std * (_mean(dy, x_hat) + x_hat * _product(dy, x_hat))
            ),
            ("dx",),
        ),
        Mistake(
            "only the Jacobian's diagonal",
            "`dx`: each element of dy reaches only its own x. It acts on all other examples of its channel as well, through "
            "the mean and the variance: the two terms need means over the batch.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: gamma * inverse_std * dy * (1 - (1 + x_hat**2) / len(dy))
            ),
            ("dx",),
        ),
        Mistake(
            "x_hat missing from the variance's term",
            "`dx`: the variance's term is only a mean. It must be multiplied by each element's x_hat: an element far "
            "from the mean moves the variance more.",
            _bracket(lambda dy, x_hat: _mean(dy, x_hat) + _product(dy, x_hat), lambda dy, x_hat: 0.0),
            ("dx",),
        ),
        Mistake(
            "dy for x_hat in the variance's term",
            "`dx`: the mean of dy · x_hat is multiplied by dy. It must be multiplied by x_hat: how much an element moves the "
            "variance depends on how far it is from the mean.",
            _bracket(lambda dy, x_hat: _mean(dy, x_hat) + dy * _product(dy, x_hat), lambda dy, x_hat: 0.0),
            ("dx",),
        ),
        Mistake(
            "mean of dy in the variance's term",
            "`dx`: the variance's term contains the mean of dy. It needs the mean of dy · x_hat.",
            _bracket(_mean, _mean),
            ("dx",),
        ),
        Mistake(
            "dgamma without x_hat, and dx from it",
            "`dgamma`: x_hat is missing. gamma multiplies x_hat, so its gradient is the sum of dy · x_hat. `dx` "
            "contains the same sum, and x_hat is missing there, too.",
            lambda dy, x_hat, gamma, inverse_std: (
                _bracket(_mean, _mean)(dy, x_hat, gamma, inverse_std)[0], dy.sum(axis=0), dy.sum(axis=0)
            ),
            ("dx", "dgamma"),
        ),
        Mistake(
            "dx is 0",
            "`dx` is 0 everywhere. Only the part of dy that would shift or stretch a whole channel is lost; the rest "
            "must get through.",
            _backward(lambda dy, x_hat, gamma, inverse_std: 0 * dy),
            ("dx",),
        ),
        Mistake(
            "one mean for all channels in dx",
            "`dx`: the two means run over the whole batch. Each channel has its own: `mean` needs an axis.",
            _bracket(lambda dy, x_hat: dy.mean(), lambda dy, x_hat: (dy * x_hat).mean()),
            ("dx",),
        ),
        Mistake(
            "one mean of dy for all channels",
            "`dx`: one mean of dy is used for all channels. Each channel has its own: `mean` needs an axis.",
            _bracket(lambda dy, x_hat: dy.mean(), _product),
            ("dx",),
        ),
        Mistake(
            "one mean of dy · x_hat for all channels",
            "`dx`: one mean of dy · x_hat is used for all channels. Each channel has its own: `mean` needs an axis.",
            _bracket(_mean, lambda dy, x_hat: (dy * x_hat).mean()),
            ("dx",),
        ),
        Mistake(
            "averaged over features",
            f"`dx`: a{_OVER_FEATURES[1:]}",
            _bracket(
                lambda dy, x_hat: dy.mean(axis=1, keepdims=True),
                lambda dy, x_hat: (dy * x_hat).mean(axis=1, keepdims=True),
            ),
            ("dx",),
        ),
        Mistake(
            "averaged over features, without keepdims",
            f"{_OVER_FEATURES} The error comes from there: one value per example does not fit beside C columns.",
            _bracket(lambda dy, x_hat: dy.mean(axis=1), lambda dy, x_hat: (dy * x_hat).mean(axis=1)),
        ),
        Mistake(
            "one sum for all channels in dx",
            "`dx`: the two sums run over the whole batch. Each channel has its own: `sum` needs an axis.",
            _bracket(lambda dy, x_hat: dy.sum() / len(dy), lambda dy, x_hat: (dy * x_hat).sum() / len(dy)),
            ("dx",),
        ),
        Mistake(
            "x_hat inside the mean",
            "`dx`: the variance's term is the mean of dy · x_hat². One x_hat belongs outside the mean, where each "
            "element is multiplied by its own.",
            _bracket(lambda dy, x_hat: _mean(dy, x_hat) + (dy * x_hat**2).mean(axis=0), lambda dy, x_hat: 0.0),
            ("dx",),
        ),
        Mistake(
            "variance's term not summed",
            _NOT_SUMMED,
            _bracket(_mean, lambda dy, x_hat: dy * x_hat / len(dy)),
            ("dx",),
        ),
        Mistake(
            "variance's term without a mean",
            _NOT_SUMMED,
            _bracket(_mean, lambda dy, x_hat: dy * x_hat),
            ("dx",),
        ),
        Mistake(
            "mean's term not summed",
            "`dx`: in the mean's term an element's own dy takes the place of the sum over the batch.",
            _bracket(lambda dy, x_hat: dy / len(dy), _product),
            ("dx",),
        ),
        Mistake(
            "dgamma without x_hat",
            "`dgamma`: x_hat is missing. gamma multiplies x_hat, so its gradient is the sum of dy · x_hat.",
            _other_weights(dgamma=lambda dy, x_hat: dy.sum(axis=0)),
            ("dgamma",),
        ),
        Mistake(
            "mean for dgamma",
            "`dgamma` is a mean over the batch. gamma acts on every example, and all contributions add up: a sum.",
            _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).mean(axis=0)),
            ("dgamma",),
        ),
        Mistake(
            "mean for dbeta",
            "`dbeta` is a mean over the batch. beta acts on every example, and all contributions add up: a sum. (If "
            "the loss is a mean over the batch, its own 1/N is already in dy.)",
            _other_weights(dbeta=lambda dy, x_hat: dy.mean(axis=0)),
            ("dbeta",),
        ),
        Mistake(
            "dbeta not summed",
            "`dbeta` has dy's shape. There is one beta per channel: sum over the batch.",
            _other_weights(dbeta=lambda dy, x_hat: dy),
            ("dbeta",),
        ),
        Mistake(
            "dgamma not summed",
            "`dgamma` has dy's shape. There is one gamma per channel: sum over the batch.",
            _other_weights(dgamma=lambda dy, x_hat: dy * x_hat),
            ("dgamma",),
        ),
        Mistake(
            "dgamma and dbeta swapped",
            "`dgamma` and `dbeta` have changed places. gamma multiplies x_hat; beta is only added.",
            _other_weights(
                dgamma=lambda dy, x_hat: dy.sum(axis=0), dbeta=lambda dy, x_hat: (dy * x_hat).sum(axis=0)
            ),
            ("dgamma", "dbeta"),
        ),
        Mistake(
            "dgamma and dbeta swapped, and means",
            "`dgamma` and `dbeta` have changed places, and both are means over the batch; they should be sums. gamma multiplies "
            "x_hat; beta is only added.",
            _other_weights(
                dgamma=lambda dy, x_hat: dy.mean(axis=0), dbeta=lambda dy, x_hat: (dy * x_hat).mean(axis=0)
            ),
            ("dgamma", "dbeta"),
        ),
        *(
            Mistake(name, message, _by_total(total), ("dgamma", "dbeta"))
            for name, message, total in _BOTH_WEIGHTS
        ),
        Mistake(
            "gamma for x_hat in dgamma",
            "`dgamma`: dy is multiplied by gamma. gamma multiplies x_hat, so its gradient is the sum of dy · x_hat.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * gamma).sum(axis=0), dy.sum(axis=0)),
            ("dgamma",),
        ),
        Mistake(
            "dgamma over features",
            "`dgamma` is summed over axis 1, the features of one example. There is one gamma per channel: sum over "
            "axis 0.",
            _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).sum(axis=1)),
            ("dgamma",),
        ),
        Mistake(
            "dbeta over features",
            "`dbeta` is summed over axis 1, the features of one example. There is one beta per channel: sum over axis "
            "0.",
            _other_weights(dbeta=lambda dy, x_hat: dy.sum(axis=1)),
            ("dbeta",),
        ),
        Mistake(
            "dgamma one number",
            "`dgamma` is one number for all channels. Each channel has its own gamma: `sum` needs an axis.",
            _other_weights(dgamma=lambda dy, x_hat: (dy * x_hat).sum()),
            ("dgamma",),
        ),
        Mistake(
            "dbeta one number",
            "`dbeta` is one number for all channels. Each channel has its own beta: `sum` needs an axis.",
            _other_weights(dbeta=lambda dy, x_hat: dy.sum()),
            ("dbeta",),
        ),
        Mistake(
            "dbeta scaled by gamma",
            "`dbeta` contains a factor gamma. y = gamma · x_hat + beta: beta enters with factor 1.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * x_hat).sum(axis=0), (gamma * dy).sum(axis=0)),
            ("dbeta",),
        ),
        Mistake(
            "dgamma of the centred values",
            "`dgamma`: the sum runs over dy times the centred x. gamma multiplies x_hat, which is divided by the standard "
            "deviation as well.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * x_hat / inverse_std).sum(axis=0), dy.sum(axis=0)),
            ("dgamma",),
        ),
        Mistake(
            "order of the return",
            "The three gradients are right, but in the wrong order. Return dx first, then dgamma, then dbeta.",
            lambda dy, x_hat, gamma, inverse_std: (
                (dy * x_hat).sum(axis=0), dy.sum(axis=0), _step_by_step(dy, x_hat, gamma, inverse_std)[0]
            ),
        ),
        Mistake(
            "dgamma scaled by gamma",
            "`dgamma` contains a factor gamma. y = gamma · x_hat + beta: gamma is multiplied by x_hat alone.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * gamma * x_hat).sum(axis=0), dy.sum(axis=0)),
            ("dgamma",),
        ),
        *(
            Mistake(
                f"dgamma as a matrix product, {name}",
                "`dgamma` has a row and a column for every channel: a matrix product combines each channel with all others. "
                "Multiply element by element, then sum.",
                _other_weights(dgamma=product),
                ("dgamma",),
            )
            for name, product in (
                ("x_hat first", lambda dy, x_hat: x_hat.T @ dy), ("dy first", lambda dy, x_hat: dy.T @ x_hat)
            )
        ),
        Mistake(
            "dgamma is 0",
            "`dgamma` is 0. The sum of x_hat is 0, so the sum of dy times the sum of x_hat is 0, too. The sum of dy · "
            "x_hat is different: first multiply, then sum.",
            _other_weights(dgamma=lambda dy, x_hat: 0 * dy[0]),
            ("dgamma",),
        ),
    ],
    properties=[
        Property(
            "In every channel all elements of dx are off by the same amount: look at the mean's term.",
            lambda args, outputs: not _error_is_like(args, outputs, np.ones_like(args[1])),
        ),
        Property(
            "In every channel the error of dx is proportional to x_hat: look at the variance's term.",
            lambda args, outputs: not _error_is_like(args, outputs, args[1]),
        ),
        Property(
            "In every channel dx must sum to 0 over the batch (raising all inputs by the same amount changes "
            "no output), and here it does not.",
            lambda args, outputs: not _finite(outputs[0]) or np.allclose(outputs[0].sum(axis=0), 0, atol=1e-4),
        ),
        Property(
            "In every channel the sum of dx · x_hat must be nearly 0 (stretching all inputs alike changes almost no "
            "output), and here it is not.",
            lambda args, outputs: not _finite(outputs[0]) or np.all(
                np.abs((outputs[0] * args[1]).sum(axis=0)) <= 0.05 * np.abs(outputs[0] * args[1]).sum(axis=0)
            ),
        ),
        Property(
            "Each channel of dx is the right one times a number. Look at the factor in front of the three terms.",
            lambda args, outputs: not _error_is_like(args, outputs, _step_by_step(*args)[0]),
        ),
    ],
    points=4,
    hints=[
        "Begin with the two that need no chain rule: beta is added to every row, and gamma multiplies every row of "
        "x_hat.",
        "For dx there are three paths from x to the output: directly, through the mean, through the variance.",
        "The short form: take dy, subtract its mean over the batch, subtract x_hat times the mean of dy · x_hat; "
        "then multiply by gamma and inverse_std.",
    ],
    insight="dgamma and dbeta are the two sums that dx needs as well. So batch normalization's backward pass costs "
    "hardly more than its forward pass.",
)
