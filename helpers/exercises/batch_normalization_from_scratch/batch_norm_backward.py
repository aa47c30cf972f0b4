"""Notebook 03, code: the backward pass."""

from __future__ import annotations

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


batch_norm_backward = CodeExercise(
    batch_norm_backward,
    outputs=["dx", "dgamma", "dbeta"],
    cases=_backward_cases,
    variants=[_step_by_step, _keepdims_backward],
    mistakes=[
        Mistake(
            "mean and variance constant",
            "`dx`: mean and variance are treated as constants. Both depend on every element of their channel, and "
            "each dependence adds a term.",
            _backward(lambda dy, x_hat, gamma, inverse_std: dy * gamma * inverse_std),
            ("dx",),
        ),
        Mistake(
            "mean constant",
            "`dx`: the mean is treated as a constant: the term from the path x → mean → output is missing. Test: "
            "the sum of dx over the batch must be 0 in every channel.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: gamma * inverse_std * (dy - x_hat * (dy * x_hat).mean(axis=0))
            ),
            ("dx",),
        ),
        Mistake(
            "variance constant",
            "`dx`: the variance is treated as a constant: the term from the path x → variance → output is missing. "
            "Test: the sum of dx · x_hat over the batch must be (nearly) 0 in every channel.",
            _backward(lambda dy, x_hat, gamma, inverse_std: gamma * inverse_std * (dy - dy.mean(axis=0))),
            ("dx",),
        ),
        Mistake(
            "1/N missing",
            "`dx`: the two subtracted terms are sums where they must be means over the batch: 1/N is missing.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.sum(axis=0) - x_hat * (dy * x_hat).sum(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "1/N missing from the mean's term",
            "`dx`: 1/N is missing from the mean's term, dbeta; the variance's term is right.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.sum(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "1/N missing from the variance's term",
            "`dx`: 1/N is missing from the variance's term, x_hat · dgamma; the mean's term is right.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).sum(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "gamma left out of dx",
            "`dx`: gamma is missing. The gradient passes through y = gamma · x_hat + beta on its way down.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    inverse_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "inverse_std left out of dx",
            "`dx`: inverse_std is missing. x_hat is the centred x times inverse_std, so the gradient contains that "
            "factor.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "signs of dx",
            "`dx`: the terms of the mean and the variance are added; both must be subtracted.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy + dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "sign of the mean's term",
            "`dx`: the mean's term is added; it must be subtracted. The variance's term is right.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy + dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "sign of the variance's term",
            "`dx`: the variance's term is added; it must be subtracted. The mean's term is right.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "gamma on dy alone",
            "`dx`: gamma multiplies only dy. dgamma and dbeta are sums of dy without gamma, so the two terms made from "
            "them need gamma as well.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    inverse_std * (gamma * dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "gamma and inverse_std on dy alone",
            "`dx`: gamma and inverse_std multiply only dy. They belong to all three terms: look at the brackets.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)
                )
            ),
            ("dx",),
        ),
        Mistake(
            "gamma and inverse_std left out of dx",
            "`dx`: the bracket is right; gamma and inverse_std are missing in front of it.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)
            ),
            ("dx",),
        ),
        Mistake(
            "gradient of x_hat",
            "`dx`: gamma · dy is the gradient of x_hat. From x_hat there are still three paths to x.",
            _backward(lambda dy, x_hat, gamma, inverse_std: gamma * dy),
            ("dx",),
        ),
        Mistake(
            "x_hat missing from the variance's term",
            "`dx`: the variance's term is a mean only. It must be multiplied by each element's x_hat: an element "
            "far from the mean moves the variance more.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean(axis=0) - (dy * x_hat).mean(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "N times too large",
            "`dx` is N times too large. The form N · dy minus two sums is right, but the whole must be divided by N.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (len(dy) * dy - dy.sum(axis=0) - x_hat * (dy * x_hat).sum(axis=0))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "divided by N twice",
            "`dx`: the two subtracted terms are divided by N twice. Are your dgamma and dbeta sums, or already means?",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - (dy.mean(axis=0) + x_hat * (dy * x_hat).mean(axis=0)) / len(dy))
                )
            ),
            ("dx",),
        ),
        Mistake(
            "one mean for all channels in dx",
            "`dx`: the two means run over the whole batch. Each channel has its own: `mean` needs an axis.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean() - x_hat * (dy * x_hat).mean())
                )
            ),
            ("dx",),
        ),
        Mistake(
            "averaged over features",
            "`dx`: the means run over axis 1, the features of one example. They must run over axis 0, as in the "
            "forward pass.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (
                        dy - dy.mean(axis=1, keepdims=True) - x_hat * (dy * x_hat).mean(axis=1, keepdims=True)
                    )
                )
            ),
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
            "`dbeta` is a mean over the batch. beta acts on every example, and all contributions add up: a sum. (The "
            "1/N of the batch's mean loss is already in dy.)",
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
            "`dgamma` and `dbeta` have changed places in the `return`.",
            _other_weights(
                dgamma=lambda dy, x_hat: dy.sum(axis=0), dbeta=lambda dy, x_hat: (dy * x_hat).sum(axis=0)
            ),
            ("dgamma", "dbeta"),
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
            "dx divided by N",
            "`dx` is N times too small. The means over the batch have their 1/N; the 1/N of the batch's mean loss is in dy "
            "already.",
            _backward(
                lambda dy, x_hat, gamma, inverse_std: (
                    gamma * inverse_std * (dy - dy.mean(axis=0) - x_hat * (dy * x_hat).mean(axis=0)) / len(dy)
                )
            ),
            ("dx",),
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
            "`dgamma` contains a factor gamma. y = gamma · x_hat + beta: what multiplies gamma is x_hat alone.",
            lambda dy, x_hat, gamma, inverse_std: (dy * np.nan, (dy * gamma * x_hat).sum(axis=0), dy.sum(axis=0)),
            ("dgamma",),
        ),
    ],
    properties=[
        Property(
            "In every channel dx must sum to 0 over the batch (raising all inputs by the same amount changes "
            "no output), and here it does not.",
            lambda args, outputs: np.allclose(outputs[0].sum(axis=0), 0, atol=1e-4),
        ),
        Property(
            "In every channel the sum of dx · x_hat must be nearly 0 (stretching all inputs alike changes almost no "
            "output), and here it is not.",
            lambda args, outputs: np.all(
                np.abs((outputs[0] * args[1]).sum(axis=0)) < 0.05 * np.abs(outputs[0] * args[1]).sum(axis=0)
            ),
        ),
    ],
    points=4,
    hints=[
        "Begin with the two that need no chain rule: beta is added to every row, gamma multiplies every row of x_hat.",
        "For dx there are three paths from x to the output: directly, through the mean, through the variance.",
        "The short form: take dy, subtract its mean over the batch, subtract x_hat times the mean of dy · x_hat; "
        "then multiply by gamma and inverse_std.",
    ],
    insight="dgamma and dbeta are the two sums that dx needs as well. Batch normalization's backward pass costs hardly "
    "more than its forward pass.",
)
