"""Notebook 08, code: ridge regression."""

from __future__ import annotations


import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def ridge(x, y, strength):
    n, columns = x.shape
    penalized = np.eye(columns)
    penalized[0, 0] = 0                                         # not the column of ones: that is the bias
    return np.linalg.solve(x.T @ x / n + strength * penalized, x.T @ y / n)


def _ridge_cases():
    rng = np.random.default_rng(8)

    def data(n, d, shift):
        x = np.column_stack([np.ones(n), rng.normal(size=(n, d)) * np.linspace(0.6, 1.8, d) + 0.5])
        return x, x[:, 1:] @ np.linspace(1.5, -1.0, d) + shift + 0.3 * rng.normal(size=n)

    x, y = data(7, 3, 2.0)
    wide, target = data(4, 5, -1.0)
    return [
        Case("with 7 examples, 3 features and the strength 0.3", (x, y, 0.3)),
        Case("with the same data and the strength 2", (x, y, 2.0)),
        Case("with fewer examples (4) than features (5)", (wide, target, 0.5)),
        Case("with the strength 0 (plain least squares)", (x, y, 0.0), edge=True),
    ]


def _plain(x, y):
    return np.linalg.lstsq(x, y, rcond=None)[0]


def _centred(x, y, strength, bias=True):
    z, t = x[:, 1:] - x[:, 1:].mean(axis=0), y - y.mean()
    w = np.linalg.solve(z.T @ z / len(x) + strength * np.eye(z.shape[1]), z.T @ t / len(x))
    return np.append(y.mean() - x[:, 1:].mean(axis=0) @ w if bias else y.mean(), w)


def _more_rows(factor):
    """Least squares with one more row for each penalized number: ``factor(strength, N)`` on the diagonal, target 0."""

    def answer(x, y, strength):
        rows = np.eye(x.shape[1])[1:] * factor(strength, len(x))
        return _plain(np.vstack([x, rows]), np.append(y, np.zeros(len(rows))))

    return answer


def _eliminated(x, y, strength):
    """The bias as the mean that is left, found by turns."""
    n, w = len(x), np.zeros(x.shape[1])
    z = x[:, 1:]
    left = np.linalg.inv(z.T @ z + n * strength * np.eye(z.shape[1]) - np.outer(z.sum(axis=0), z.sum(axis=0)) / n)
    w[1:] = left @ (z.T @ y - z.sum(axis=0) * y.mean())
    w[0] = (y - z @ w[1:]).mean()
    return w


def _solved(matrix=None, right=None):
    """Ridge with another matrix or another right-hand side."""

    def wrong(x, y, strength):
        free = np.diag(np.append(0.0, np.ones(x.shape[1] - 1)))
        left = x.T @ x / len(x) + strength * free if matrix is None else matrix(x, free, strength)
        return np.linalg.solve(left, x.T @ y / len(x) if right is None else right(x, y, strength))

    return wrong


def _with_strength(change):
    return _solved(lambda x, free, s: x.T @ x / len(x) + change(s, x) * free)


def _ones_centred(penalized, bias=True):
    """Ridge on columns that are all centred, the ones among them; ``penalized(D + 1)``: the diagonal."""

    def wrong(x, y, strength):
        z = x - x.mean(axis=0)
        w = np.linalg.solve(z.T @ z / len(x) + strength * np.diag(penalized(x.shape[1])), z.T @ (y - y.mean()) / len(x))
        return np.append(y.mean() - x[:, 1:].mean(axis=0) @ w[1:] if bias else 0.0, w[1:])

    return wrong


def _no_ones(x, y, strength):
    z = x[:, 1:]
    return np.append(0.0, np.linalg.solve(z.T @ z / len(x) + strength * np.eye(z.shape[1]), z.T @ y / len(x)))


def _shrunk(how):
    def wrong(x, y, strength):
        w = _plain(x, y)
        return np.append(w[0], how(w[1:], strength))

    return wrong


def _with_bias(w, bias):
    """The same weights with another ``bias(weights)``."""
    return np.append(bias(w[1:]), w[1:])


def _standardized_and_back(x, y, strength):
    spread = x[:, 1:].std(axis=0)
    w = _centred(np.column_stack([x[:, :1], x[:, 1:] / spread]), y, strength)[1:] / spread
    return np.append(y.mean() - x[:, 1:].mean(axis=0) @ w, w)


def _ones_again(find):
    """Two columns of ones; ``find(left, right, strength, N)``, where ``left(a, b)`` has a and b on its diagonal beside the data."""

    def wrong(x, y, strength):
        z = np.column_stack([np.ones(len(x)), x])

        def left(bias, weights=strength):
            return z.T @ z / len(x) + np.diag(np.append(bias, np.full(x.shape[1], weights)))

        return find(left, z.T @ y / len(x), strength, len(x))

    return wrong


_ALL_PENALIZED = (
    "The first parameter, the bias, is penalized like the others. Then a new zero of y changes the whole fit. The "
    "penalty's sum runs over the weights only: leave out the column of ones."
)


_NO_N = (
    "The strength counts N times too little, as it does beside a *sum* of squared errors (as in scikit-learn). Here "
    "the loss is their *mean*."
)


# The strength as it should not be, with its message; N and the number of columns come from x.
_STRENGTHS = [
    ("1/N forgotten", _NO_N, lambda s, x: s / len(x)),
    ("N twice", "The strength is multiplied by N, and the rest is divided by N as well. One of the two is enough.",
     lambda s, x: s * len(x)),
    ("strength doubled",
     "The strength counts twice. Setting the gradient to 0 gives 2(…) + 2λw = 0: the 2 belongs to *both* parts, and cancels.",
     lambda s, x: 2 * s),
    ("strength halved",
     "The strength counts half, as if the penalty were λ/2 · Σw² (or the 2 of the loss did not cancel). In the cost "
     "above neither part has a ½, and the 2 of the slopes cancels.", lambda s, x: s / 2),
    ("strength over N beside a sum",
     "The strength is divided by N, and the loss is a sum of squared errors, not divided: so it counts N² times less than it "
     "should. Divide both parts of the loss by N and leave λ as it is, or neither and multiply λ by N.",
     lambda s, x: s / len(x) ** 2),
    ("strength squared",
     "The strength is squared. (If you put it into extra rows below x: a row is squared in the sum, so its number is not λ.)",
     lambda s, x: s**2),
    ("strength squared, times N",
     "The strength counts as N · λ². (If you put N · λ into extra rows below x: a row is squared in the sum, so its number is "
     "not N · λ.)", lambda s, x: len(x) * s**2),
    ("strength doubled, 1/N forgotten",
     "The strength counts twice, and N times too little: beside a *mean* of squared errors it is λ, without a 2 (it cancels) and "
     "without N.", lambda s, x: 2 * s / len(x)),
    ("strength halved, 1/N forgotten",
     "The strength counts half, and N times too little: beside a *mean* of squared errors it is λ, without a ½ and without N.",
     lambda s, x: s / 2 / len(x)),
    ("N − 1 for N", "The strength is off by the factor (N − 1)/N, as with covariances (`np.cov`) that are divided by N − 1. Here it is N.",
     lambda s, x: s * (len(x) - 1) / len(x)),
    ("number of columns for N", "N is the number of *examples*, the rows. Here it is the number of columns.",
     lambda s, x: s * x.shape[1] / len(x)),
]


def _strengths():
    """A wrong strength, alone and together with a penalized bias."""
    for name, text, change in _STRENGTHS:
        yield Mistake(name, text, _with_strength(change))
        yield Mistake(f"bias penalized, {name}", f"{_ALL_PENALIZED} And: {text[0].lower() if text[:2] != 'N ' else 'N'}{text[1:]}",
                      _solved(lambda x, free, s, change=change: x.T @ x / len(x) + change(s, x) * np.eye(x.shape[1])))


_RECIPROCAL = (
    "The matrix is not inverted: the reciprocal of each element is taken, as `**-1` does with an array. Solve the equations."
)


_ONES_CENTRED = (
    "Centring makes the column of ones 0, and equations with a row of zeros cannot be solved. Leave that column out "
    "when you centre; the bias comes back at the end, from the means."
)


ridge = CodeExercise(
    ridge,
    outputs=["w"],
    cases=_ridge_cases,
    variants=[_centred, _more_rows(lambda s, n: np.sqrt(s * n)), _eliminated,
              lambda x, y, strength: np.linalg.pinv(
                  x.T @ x + len(x) * strength * np.diag([0.0] + [1.0] * (x.shape[1] - 1))) @ x.T @ y],
    mistakes=[
        Mistake("bias penalized", _ALL_PENALIZED, _solved(lambda x, free, s: x.T @ x / len(x) + s * np.eye(x.shape[1]))),
        *_strengths(),
        Mistake(
            "1/N on the left only",
            "On the left side there is the 1/N, on the right side it is missing.",
            _solved(right=lambda x, y, s: x.T @ y),
        ),
        Mistake(
            "1/N on the right only",
            "On the right side there is the 1/N, on the left side it is missing.",
            _solved(matrix=lambda x, free, s: x.T @ x + s * free),
        ),
        Mistake(
            "strength squared, 1/N forgotten",
            "The strength is squared, and N is missing. With added rows each row is squared in the sum, and the sum is over N examples: "
            "what number must stand in it?",
            _more_rows(lambda s, n: s),
        ),
        Mistake("root of the strength", "The root of the strength is added to the "
                "matrix. It should be λ itself; a root belongs there only with added "
                "rows.", _with_strength(lambda s, x: np.sqrt(s))),
        Mistake("strength subtracted", "The strength is *subtracted* from the matrix: that makes the weights larger. The penalty's slope "
                "has the sign of the weight.", _with_strength(lambda s, x: -s)),
        Mistake("no penalty", "This is plain least squares: the strength is not used.", lambda x, y, strength: _plain(x, y)),
        Mistake(
            "strength added to every element",
            "The strength is added to *every* element of the matrix, not to its diagonal only. Σw² has no products of two different "
            "weights: which matrix adds to the diagonal?",
            _solved(lambda x, free, s: x.T @ x / len(x) + s),
        ),
        Mistake(
            "strength added to every element, 1/N forgotten",
            "The strength is added to *every* element of the matrix, not to its diagonal only; and the 1/N is missing. Which matrix adds "
            "to the diagonal?",
            _solved(lambda x, free, s: x.T @ x + s, lambda x, y, s: x.T @ y),
        ),
        Mistake(
            "wrong one left out",
            "The *last* parameter is left out of the penalty, and the bias is included. The column of ones is the "
            "first one.",
            _solved(lambda x, free, s: x.T @ x / len(x) + s * np.diag(np.append(np.ones(x.shape[1] - 1), 0.0))),
        ),
        Mistake(
            "bias lost",
            "The column of ones is left out altogether and the bias set to 0. The bias is not penalized, but it is fitted.",
            _no_ones,
        ),
        Mistake(
            "bias is the mean of y",
            "The weights are right. The bias is the mean of y; that is so only if the features have the mean 0. "
            "Otherwise the means' own contribution, mean of x times w, has to be subtracted.",
            lambda x, y, strength: _centred(x, y, strength, bias=False),
        ),
        Mistake(
            "y centred, x not",
            "The mean of y is subtracted, those of the features are not. Then the weights have to make up for the "
            "features' means. Centre both, or neither.",
            lambda x, y, strength: np.append(y.mean(), _no_ones(x, y - y.mean(), strength)[1:]),
        ),
        Mistake(
            "ones centred",
            _ONES_CENTRED,
            _ones_centred(lambda count: np.append(0.0, np.ones(count - 1))),
        ),
        Mistake(
            "ones centred, with a penalty on them",
            _ONES_CENTRED + " (With a strength above 0 the penalty hides it.)",
            _ones_centred(np.ones),
        ),
        Mistake(
            "ones centred, bias 0",
            _ONES_CENTRED + " (With a strength above 0 the penalty hides it, and the bias is 0.)",
            _ones_centred(np.ones, bias=False),
        ),
        Mistake(
            "least squares, shrunk",
            "This is least squares with every weight divided by 1 + λ afterwards. That would be ridge only for "
            "uncorrelated features with variance 1; otherwise directions with little curvature must shrink more.",
            _shrunk(lambda w, s: w / (1 + s)),
        ),
        Mistake("least squares, decayed", "This is least squares with every weight "
                "multiplied by 1 − λ afterwards. The penalty has to take part in the "
                "fit: put it into the equations.", _shrunk(lambda w, s: w * (1 - s))),
        Mistake(
            "least squares, soft threshold",
            "This is least squares with every weight moved towards 0 by λ afterwards, but not beyond 0: that is "
            "nearer to L1. Here the penalty is the sum of squares, and it takes part in the fit.",
            _shrunk(lambda w, s: np.sign(w) * np.maximum(np.abs(w) - s, 0)),
        ),
        Mistake(
            "the data's own element zeroed",
            "The first element of the *whole* matrix is set to 0, after the addition: with the penalty the data's own part is gone. Zero it in what "
            "is added.",
            _solved(lambda x, free, s: (x.T @ x / len(x) + s * np.eye(x.shape[1])) * (1 - np.diag(
                np.append(1.0, np.zeros(x.shape[1] - 1))))),
        ),
        Mistake(
            "standardized inside",
            "The features are standardized inside. That is wise before a penalty, but then the weights belong to "
            "other features than those passed: here x should be used as it is.",
            lambda x, y, strength: np.append(y.mean(), (lambda z: np.linalg.solve(
                z.T @ z / len(x) + strength * np.eye(z.shape[1]), z.T @ (y - y.mean()) / len(x)))(
                    (x[:, 1:] - x[:, 1:].mean(axis=0)) / x[:, 1:].std(axis=0))),
        ),
        Mistake(
            "examples by examples",
            "x and its transpose are multiplied the wrong way round: X Xᵀ has one row per example. The equations have "
            "one row per parameter, D + 1 in all.",
            lambda x, y, strength: np.linalg.solve(x @ x.T / len(x) + strength * np.eye(len(x)), y),
        ),
        Mistake(
            "identity of the wrong size",
            "The identity has one row per *example*; XᵀX has one row per parameter, D + 1 in all. The penalty is on "
            "the parameters.",
            lambda x, y, strength: np.linalg.solve(x.T @ x / len(x) + strength * np.eye(len(x)), x.T @ y / len(x)),
        ),
        Mistake(
            "ones added again",
            "A column of ones is put in front of x, which has one already: what comes back is one element too long.",
            lambda x, y, strength: (lambda z: np.linalg.solve(
                z.T @ z / len(x) + strength * np.diag(np.append(0.0, np.ones(z.shape[1] - 1))), z.T @ y / len(x)))(
                    np.column_stack([np.ones(len(x)), x])),
        ),
        *(
            Mistake(
                f"ones added again, {words}",
                "A column of ones is put in front of x, which has one already: what comes back is one element too "
                "long.",
                _ones_again(find),
            )
            for words, find in (
                ("without solve", lambda left, right, s, n: np.linalg.pinv(left(0.0)) @ right),
                ("bias penalized", lambda left, right, s, n: np.linalg.solve(left(s), right)),
                ("1/N forgotten", lambda left, right, s, n: np.linalg.pinv(left(0.0, s / n)) @ right),
            )
        ),
        Mistake(
            "mean of y not added again",
            "The weights are right, and the bias is too small by the mean of y: it was subtracted first, and has to be added to the "
            "bias again.",
            lambda x, y, strength: _centred(x, y - y.mean(), strength),
        ),
        Mistake(
            "bias penalized, y centred",
            "y is centred first, and its mean comes back at the end. But the bias, the first parameter, is penalized "
            "like the others in between. The penalty's sum runs over the weights only.",
            lambda x, y, strength: np.append(y.mean(), np.zeros(x.shape[1] - 1)) + np.linalg.solve(
                x.T @ x / len(x) + strength * np.eye(x.shape[1]), x.T @ (y - y.mean()) / len(x)),
        ),
        Mistake(
            "wrong sign in the bias",
            "The weights are right. In the bias the features' part, mean of x times w, is added; it has to be "
            "subtracted.",
            lambda x, y, strength: _with_bias(_centred(x, y, strength), lambda w: y.mean() + x[:, 1:].mean(axis=0) @ w),
        ),
        Mistake(
            "one mean for all features",
            "One number, the mean of the whole array, is subtracted from all features. Each column has its own mean: `axis=0`.",
            lambda x, y, strength: (lambda z, t: (lambda w: np.append(y.mean() - x[:, 1:].mean() * w.sum(), w))(np.linalg.solve(
                z.T @ z / len(x) + strength * np.eye(z.shape[1]), z.T @ t / len(x))))(x[:, 1:] - x[:, 1:].mean(), y - y.mean()),
        ),
        Mistake(
            "not centred, bias from the means",
            "The column of ones is left out, nothing is centred, and the bias is computed from the means at the end. The weights are then "
            "those of a fit without a bias.",
            lambda x, y, strength: _with_bias(_no_ones(x, y, strength), lambda w: y.mean() - x[:, 1:].mean(axis=0) @ w),
        ),
        Mistake(
            "standardized inside, converted back",
            "The features are standardized inside, and the weights converted back at the end. But the penalty then "
            "counts each weight times the standard deviation of its feature: here x should be used as it is.",
            _standardized_and_back,
        ),
        Mistake(
            "bias alone penalized",
            "It is the other way round: the bias alone is penalized, and no weight is. The penalty's sum runs over the weights.",
            _solved(lambda x, free, s: x.T @ x / len(x) + s * (np.eye(x.shape[1]) - free)),
        ),
        Mistake(
            "least squares, shrunk with the bias",
            "This is least squares with every parameter divided by 1 + λ afterwards, the bias as well. The penalty has "
            "to take part in the fit, and the bias is not in it.",
            lambda x, y, strength: _plain(x, y) / (1 + strength),
        ),
        Mistake(
            "least squares, decayed twice as much",
            "This is least squares with every weight multiplied by 1 − 2λ afterwards. The penalty has to take part "
            "in the fit: put it into the equations.",
            _shrunk(lambda w, s: w * (1 - 2 * s)),
        ),
        Mistake(
            "1/N on the left only, bias penalized",
            "Two things. On the left side there is the 1/N, on the right side it is missing. And the bias is penalized.",
            _solved(lambda x, free, s: x.T @ x / len(x) + s * np.eye(x.shape[1]), lambda x, y, s: x.T @ y),
        ),
        Mistake(
            "penalty on the right",
            "The strength is added on the right-hand side. The penalty's slope, 2λw, contains w: it belongs to the matrix.",
            _solved(lambda x, free, s: x.T @ x / len(x), lambda x, y, s: x.T @ y / len(x) + s),
        ),
        Mistake(
            "reciprocal for the inverse",
            _RECIPROCAL,
            lambda x, y, strength: (x.T @ x / len(x) + strength * np.diag(np.append(0.0, np.ones(x.shape[1] - 1)))) ** -1
            @ (x.T @ y / len(x)),
        ),
        Mistake(
            "reciprocal for the inverse, bias penalized",
            f"{_RECIPROCAL} And: the bias is penalized; the penalty's sum runs over the weights only.",
            lambda x, y, strength: (x.T @ x / len(x) + strength * np.eye(x.shape[1])) ** -1 @ (x.T @ y / len(x)),
        ),
        Mistake(
            "reciprocal for the inverse, bias penalized, 1/N forgotten",
            f"{_RECIPROCAL} Two more: the bias is penalized, and the 1/N is missing.",
            lambda x, y, strength: (x.T @ x + strength * np.eye(x.shape[1])) ** -1 @ (x.T @ y),
        ),
        Mistake(
            "factor 2 on one side",
            "All parameters are half as large as they should be: the 2 of the slope stands on the left side only. It "
            "belongs on both sides, and cancels.",
            lambda x, y, strength: _centred(x, y, strength) / 2,
        ),
        Mistake(
            "bias penalized, then taken from the means",
            "The bias comes from the means, as it may. But the weights are those of a fit in which the bias was penalized. The penalty's sum "
            "runs over the weights only.",
            lambda x, y, strength: (lambda w: np.append((y - x[:, 1:] @ w).mean(), w))(np.linalg.solve(
                x.T @ x / len(x) + strength * np.eye(x.shape[1]), x.T @ y / len(x))[1:]),
        ),
        Mistake(
            "strength added to whole columns",
            "The strength is added to every element of all columns but the first: a vector beside a matrix broadcasts. Which matrix adds to "
            "the diagonal?",
            _solved(lambda x, free, s: x.T @ x / len(x) + s * np.append(0.0, np.ones(x.shape[1] - 1))),
        ),
        Mistake("not solved", "This is the right-hand side, Xᵀy/N. The equations still have to be solved.",
                lambda x, y, strength: x.T @ y / len(x)),
        Mistake("multiplied in place of solved", "The matrix is multiplied with the right-hand side. It stands on the other side of the "
                "equation: solve.", lambda x, y, strength: (
                    x.T @ x / len(x) + strength * np.diag(np.append(0.0, np.ones(x.shape[1] - 1)))) @ (x.T @ y / len(x))),
        Mistake("predictions returned", "What comes back are the predictions for the examples. We want the D + 1 "
            "parameters, the bias first.",
                lambda x, y, strength: x @ _centred(x, y, strength)),
        Mistake("bias dropped", "The bias is missing in what comes back: return all D + 1 parameters, the bias first.",
                lambda x, y, strength: _centred(x, y, strength)[1:]),
        Mistake("bias last", "The parameters are right, but their order is not: the bias comes first, as the column of "
            "ones does.",
                lambda x, y, strength: np.roll(_centred(x, y, strength), -1)),
    ],
    properties=[
        Property(
            "Some of the numbers that come back are not finite. Does an iteration diverge, or is something divided "
            "by 0?",
            lambda args, outputs: np.isfinite(outputs[0]).all(),
        ),
        Property(
            "The mean error on the training data should be 0, but it is not. With a free bias it always can be, and "
            "the best bias makes it so.",
            lambda args, outputs: abs((args[1] - args[0] @ outputs[0]).mean()) < 1e-4,
        ),
        Property(
            "The mean error is 0, as it should be. But your weights are larger than those of plain least squares; a "
            "penalty makes the sum of their squares smaller.",
            lambda args, outputs: args[2] == 0 or len(args[0]) < args[0].shape[1]
            or (outputs[0][1:] ** 2).sum() <= (_plain(args[0], args[1])[1:] ** 2).sum() * 1.001,
        ),
        Property(
            "The mean error is 0, so the bias is the right one for these weights. The slope of the cost in the "
            "weights should be 0, but it is not.",
            lambda args, outputs: np.allclose(
                (args[0].T @ (args[0] @ outputs[0] - args[1]) / len(args[0]))[1:] + args[2] * outputs[0][1:], 0, atol=1e-4),
        ),
    ],
    points=3,
    hints=[
        "Set the gradient of the cost to 0. Without the penalty that is XᵀX w / N = Xᵀy / N. Which matrix does the penalty add on the left?",
        "`np.eye(D + 1)` has a 1 for each parameter. The bias, the first one, is not in the penalty's sum: its 1 "
        "becomes 0.",
        "`np.linalg.solve(matrix, right)` with matrix = XᵀX/N + strength · (that), right = Xᵀy/N. Every 2 has cancelled.",
    ],
    insight="Four examples and five features: plain least squares has no unique solution there, but ridge has one.",
)
ridge.cpu_seconds = 2.0  # gradient descent, which the notebook has just shown, takes some ten thousand steps
