"""Notebook 08, code: the penalty and its gradients."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def penalty(kernel, bias, l1, l2):
    value = l1 * np.abs(kernel).sum() + l2 * (kernel**2).sum()  # one number
    d_kernel = l1 * np.sign(kernel) + 2 * l2 * kernel           # (D, C)
    d_bias = np.zeros_like(bias)                                # (C,): the bias is left out
    return value, d_kernel, d_bias


def _penalty_cases():
    kernel = np.array([[1.5, -0.4], [-2.0, 0.3], [0.7, -1.1]])
    bias = np.array([3.0, -1.2])
    with_zero = kernel.copy()
    with_zero[1, 1] = 0.0
    return [
        Case("with both strengths: l1 = 0.3, l2 = 0.2", (kernel, bias, 0.3, 0.2)),
        Case("with L1 alone: l1 = 0.5, l2 = 0", (kernel, bias, 0.5, 0.0)),
        Case("with L2 alone: l1 = 0, l2 = 0.4", (kernel, bias, 0.0, 0.4)),
        Case("with a weight that is exactly 0", (with_zero, bias, 0.3, 0.2)),
    ]


def _value(kernel, l1, l2):
    return l1 * np.abs(kernel).sum() + l2 * (kernel**2).sum()


def _slope(kernel, l1, l2):
    return l1 * np.sign(kernel) + 2 * l2 * kernel


def _by_loops(kernel, bias, l1, l2):
    value, d_kernel = 0.0, np.zeros(kernel.shape)
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            value += l1 * abs(kernel[i, j]) + l2 * kernel[i, j] ** 2
            d_kernel[i, j] = l1 * ((kernel[i, j] > 0) * 1 - (kernel[i, j] < 0) * 1) + l2 * 2 * kernel[i, j]
    return value, d_kernel, bias * 0


def _by_norms(kernel, bias, l1, l2):
    value = l1 * np.linalg.norm(kernel.ravel(), 1) + l2 * np.linalg.norm(kernel) ** 2
    return value, l2 * (kernel + kernel) + np.where(kernel > 0, l1, np.where(kernel < 0, -l1, 0.0)), np.zeros(len(bias))


def _in_single_precision(kernel, bias, l1, l2):
    k = kernel.astype(np.float32)
    return np.float32(_value(k, l1, l2)), _slope(k, np.float32(l1), np.float32(l2)), np.zeros(bias.shape, np.float32)


def _penalized(value=_value, slope=_slope, bias_slope=None):
    """A penalty with another value, slope or slope of the bias."""

    def wrong(kernel, bias, l1, l2):
        d_bias = np.zeros_like(bias) if bias_slope is None else bias_slope(bias, l1, l2)
        return value(kernel, l1, l2), slope(kernel, l1, l2), d_bias

    return wrong


def _norm(kernel):
    return np.sqrt((kernel**2).sum())


def _with_bias(kernel, bias, l1, l2):
    return _value(kernel, l1, l2) + _value(bias, l1, l2)


_BIAS = (
    "The bias is penalized. It moves the whole answer up or down and makes it no wigglier; pulled to 0, it only answers "
    "wrongly. Only the kernel is in the sums."
)


penalty = CodeExercise(
    penalty,
    outputs=["value", "d_kernel", "d_bias"],
    cases=_penalty_cases,
    variants=[_by_loops, _by_norms, _in_single_precision],
    mistakes=sorted([  # a mistake in one output comes before one that explains it together with others
        Mistake(
            "half in the value",
            "The value has l2/2 · Σw², the gradient is that of l2 · Σw². The two must belong together, and here the formula "
            "has no ½.",
            _penalized(value=lambda k, l1, l2: _value(k, l1, l2 / 2)), ("value",),
        ),
        Mistake(
            "factor 2 missing in the gradient",
            "The value is l2 · Σw²; the gradient is that of l2/2 · Σw². The slope of w² is 2w: in this convention (Keras' "
            "too) the 2 stays.",
            _penalized(slope=lambda k, l1, l2: _slope(k, l1, l2 / 2)), ("d_kernel",),
        ),
        Mistake(
            "the convention with a half",
            "Value and gradient belong together, but to l2/2 · Σw². That is another convention, and a frequent one. Here (as "
            "in Keras) there is no ½, so the same l2 means twice as much.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2 / 2), lambda k, l1, l2: _slope(k, l1, l2 / 2)),
            ("value", "d_kernel"),
        ),
        Mistake(
            "factor 2 twice",
            "The L2 part of the gradient is twice too large: the slope of l2 · w² is 2 · l2 · w.",
            _penalized(slope=lambda k, l1, l2: _slope(k, l1, 2 * l2)), ("d_kernel",),
        ),
        Mistake(
            "sqrt taken",
            "The L2 part of the value is the root of the sum of squares, the *length* of the weights. The penalty is the sum of "
            "squares itself.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum() + l2 * _norm(k)), ("value",),
        ),
        Mistake(
            "sqrt taken, in the gradient too",
            "This is the penalty on the *length* of the weights, the root of the sum of squares, with its gradient. L2 "
            "regularization takes the sum of squares itself.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum() + l2 * _norm(k),
                       lambda k, l1, l2: l1 * np.sign(k) + l2 * k / _norm(k)),
            ("value", "d_kernel"),
        ),
        Mistake(
            "divided by the length",
            "The L2 part of the gradient is divided by the length of the weights: that is the gradient of the root. The value "
            "has no root.",
            _penalized(slope=lambda k, l1, l2: l1 * np.sign(k) + l2 * k / _norm(k)), ("d_kernel",),
        ),
        Mistake(
            "square of the sum",
            "The L2 part of the value squares the *sum* of the weights. Square first, then sum: otherwise large weights of "
            "opposite sign cost nothing.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum() + l2 * k.sum() ** 2), ("value",),
        ),
        Mistake(
            "norms of a matrix",
            "`np.linalg.norm(kernel, 1)` and `np.linalg.norm(kernel, 2)` are norms of a *matrix*: the largest column sum, the "
            "largest stretching. The penalty sums over all its elements.",
            _penalized(lambda k, l1, l2: l1 * np.linalg.norm(k, 1) + l2 * np.linalg.norm(k, 2) ** 2), ("value",),
        ),
        Mistake(
            "norm 1 of a matrix",
            "`np.linalg.norm(kernel, 1)` is a norm of a *matrix*, its largest column sum. The L1 penalty sums over all elements.",
            _penalized(lambda k, l1, l2: l1 * np.linalg.norm(k, 1) + l2 * (k**2).sum()), ("value",),
        ),
        Mistake(
            "rows times rows",
            "The sum over `kernel @ kernel.T` takes the product of *every two* rows. Squares are element by element: only the diagonal "
            "of that matrix holds them.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum() + l2 * (k @ k.T).sum()), ("value",),
        ),
        Mistake(
            "columns times columns",
            "The sum over `kernel.T @ kernel` takes the product of *every two* columns. Squares are element by element: only the "
            "diagonal of that matrix holds them.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum() + l2 * (k.T @ k).sum()), ("value",),
        ),
        Mistake(
            "root and half",
            "The L2 part of the value is half the root of the sum of squares. It is the sum of squares itself: no root, and in this "
            "formula no ½.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum() + l2 / 2 * _norm(k)), ("value",),
        ),
        Mistake(
            "strength squared",
            "The strength l2 is squared along with the weight. It multiplies the square: l2 · w², not (l2 · w)².",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum() + ((l2 * k) ** 2).sum()), ("value",),
        ),
        Mistake(
            "mean over the rows",
            "The value sums over the columns and takes the mean over the rows. The kernel's rows are inputs, not examples: sum over "
            "both axes.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2) / len(k)), ("value",),
        ),
        Mistake(
            "penalty subtracted",
            "Value and gradient are negative: that rewards large weights. The penalty is *added* to the loss; the minus belongs to the "
            "optimizer's step.",
            _penalized(lambda k, l1, l2: -_value(k, l1, l2), lambda k, l1, l2: -_slope(k, l1, l2)), ("value", "d_kernel"),
        ),
        Mistake(
            "sign in the gradient of L2",
            "The L2 part of the gradient is 2 · l2 · sign(w). That L1's slope knows only the sign is right; the slope of w² grows with w.",
            _penalized(slope=lambda k, l1, l2: (l1 + 2 * l2) * np.sign(k)), ("d_kernel",),
        ),
        Mistake(
            "abs in the gradient of L2",
            "The L2 part of the gradient has lost its sign: 2 · l2 · |w|. A negative weight must be pulled up.",
            _penalized(slope=lambda k, l1, l2: l1 * np.sign(k) + 2 * l2 * np.abs(k)), ("d_kernel",),
        ),
        Mistake(
            "mean in the value",
            "The value takes means where sums belong. With means the same strength would weigh less in a large layer.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).mean() + l2 * (k**2).mean()), ("value",),
        ),
        Mistake(
            "mean in value and gradient",
            "Value and gradient take means where sums belong. With means the same strength would weigh less in a large layer.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2) / k.size, lambda k, l1, l2: _slope(k, l1, l2) / k.size),
            ("value", "d_kernel"),
        ),
        Mistake(
            "a value for each column",
            "What comes back as the value is one number for each column. It is one number for the whole kernel: sum over both "
            "axes.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum(axis=0) + l2 * (k**2).sum(axis=0)), ("value",),
        ),
        Mistake(
            "not summed",
            "The value is not summed: what comes back is an array with the penalty of each single weight.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k) + l2 * k**2), ("value",),
        ),
        Mistake("bias in the value", _BIAS + " (Its gradient leaves the bias alone, as it should.)",
                lambda k, b, l1, l2: (_with_bias(k, b, l1, l2), _slope(k, l1, l2), np.zeros_like(b)), ("value",)),
        Mistake("bias in its gradient", _BIAS + " (The value leaves it out, the gradient does not.)",
                _penalized(bias_slope=_slope), ("d_bias",)),
        Mistake("bias penalized", _BIAS,
                lambda k, b, l1, l2: (_with_bias(k, b, l1, l2), _slope(k, l1, l2), _slope(b, l1, l2)),
                ("value", "d_bias")),
        Mistake("bias in its gradient, factor 2 missing", _BIAS + " (And the slope of w² would be 2w.)",
                _penalized(bias_slope=lambda b, l1, l2: _slope(b, l1, l2 / 2)), ("d_bias",)),
        Mistake("bias in the L2 part of the value", _BIAS + " (Yours is in the L2 part of the value.)",
                lambda k, b, l1, l2: (_value(k, l1, l2) + l2 * (b**2).sum(), _slope(k, l1, l2), np.zeros_like(b)),
                ("value",)),
        Mistake("bias in the L2 part of its gradient", _BIAS + " (Yours is in the L2 part of its gradient.)",
                _penalized(bias_slope=lambda b, l1, l2: 2 * l2 * b), ("d_bias",)),
        Mistake("bias in L2", _BIAS + " (Yours is in the L2 part.)",
                lambda k, b, l1, l2: (_value(k, l1, l2) + l2 * (b**2).sum(), _slope(k, l1, l2), 2 * l2 * b),
                ("value", "d_bias")),
        Mistake("bias gradient of ones", "`d_bias` is all ones. What does the penalty change when the bias moves a little?",
                _penalized(bias_slope=lambda b, l1, l2: np.ones_like(b)), ("d_bias",)),
        Mistake("bias gradient is the bias", "`d_bias` is the bias itself. What does the penalty change when the bias moves a "
                "little?", _penalized(bias_slope=lambda b, l1, l2: b.copy()), ("d_bias",)),
        Mistake("bias gradient of one number", "0 is right, but `d_bias` is one number. Return an array of the bias' shape, (C,).",
                _penalized(bias_slope=lambda b, l1, l2: np.float64(0)), ("d_bias",)),
        Mistake(
            "sign lost in the gradient",
            "The L1 part of the gradient is +l1 for every weight. For a negative weight |w| falls when w grows: there the slope "
            "is −l1.",
            _penalized(slope=lambda k, l1, l2: l1 + 2 * l2 * k), ("d_kernel",),
        ),
        Mistake(
            "abs in the gradient",
            "The L1 part of the gradient is l1 · |w|. The slope of |w| does not depend on the size of w: it is +1 or −1 (0 at 0).",
            _penalized(slope=lambda k, l1, l2: l1 * np.abs(k) + 2 * l2 * k), ("d_kernel",),
        ),
        Mistake(
            "the weight in the gradient of L1",
            "The L1 part of the gradient is l1 · w. The slope of |w| does not depend on the size of w: it is +1 or −1 (0 at 0).",
            _penalized(slope=lambda k, l1, l2: l1 * k + 2 * l2 * k), ("d_kernel",),
        ),
        Mistake(
            "without abs",
            "The L1 part of the value sums the weights with their signs. Then −1000 would be the cheapest weight: where is the "
            "absolute value?",
            _penalized(lambda k, l1, l2: l1 * k.sum() + l2 * (k**2).sum()), ("value",),
        ),
        Mistake(
            "without abs, and its gradient",
            "L1 sums the weights with their signs, in the value and in the gradient. Then −1000 would be the cheapest weight: "
            "where is the absolute value?",
            _penalized(lambda k, l1, l2: l1 * k.sum() + l2 * (k**2).sum(), lambda k, l1, l2: l1 + 2 * l2 * k),
            ("value", "d_kernel"),
        ),
        Mistake(
            "abs of the sum",
            "The L1 part of the value is the absolute value of the *sum*. Take the absolute values first.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k.sum()) + l2 * (k**2).sum()), ("value",),
        ),
        Mistake(
            "abs of the whole gradient",
            "The gradient has lost its signs: all of it is positive. A negative weight must be pulled up, a positive one down.",
            _penalized(slope=lambda k, l1, l2: np.abs(_slope(k, l1, l2))), ("d_kernel",),
        ),
        Mistake(
            "0 / 0",
            "The slope of |w| is taken as w / |w|, which is 0/0 for a weight that is exactly 0. Weights at 0 are what L1 is for: "
            "their slope is 0 here.",
            _penalized(slope=lambda k, l1, l2: l1 * k / np.abs(k) + 2 * l2 * k), ("d_kernel",),
        ),
        Mistake(
            "+1 at zero",
            "For weights other than 0 it is right. At exactly 0 the slope of L1 is +l1 in your code; it is 0 by convention, so that "
            "a weight at 0 may stay there.",
            _penalized(slope=lambda k, l1, l2: np.where(k >= 0, l1, -l1) + 2 * l2 * k), ("d_kernel",),
        ),
        Mistake(
            "-1 at zero",
            "For weights other than 0 it is right. At exactly 0 the slope of L1 is −l1 in your code; it is 0 by convention, so that "
            "a weight at 0 may stay there.",
            _penalized(slope=lambda k, l1, l2: np.where(k > 0, l1, -l1) + 2 * l2 * k), ("d_kernel",),
        ),
        Mistake(
            "l1 and l2 swapped",
            "l1 and l2 have changed places: l1 belongs to the absolute values, l2 to the squares.",
            _penalized(lambda k, l1, l2: _value(k, l2, l1), lambda k, l1, l2: _slope(k, l2, l1)), ("value", "d_kernel"),
        ),
        Mistake(
            "L2 forgotten",
            "Only L1 is there; the squares are missing.",
            _penalized(lambda k, l1, l2: _value(k, l1, 0), lambda k, l1, l2: _slope(k, l1, 0)), ("value", "d_kernel"),
        ),
        Mistake(
            "L1 forgotten",
            "Only L2 is there; the absolute values are missing.",
            _penalized(lambda k, l1, l2: _value(k, 0, l2), lambda k, l1, l2: _slope(k, 0, l2)), ("value", "d_kernel"),
        ),
        Mistake(
            "L1 or else L2",
            "Where l1 is above 0, L2 is left out. Both may be wanted at once: the two parts are added, and a strength of 0 takes its part "
            "out by itself.",
            _penalized(lambda k, l1, l2: _value(k, l1, 0 if l1 else l2), lambda k, l1, l2: _slope(k, l1, 0 if l1 else l2)),
            ("value", "d_kernel"),
        ),
        Mistake(
            "L2 or else L1",
            "Where l2 is above 0, L1 is left out. Both may be wanted at once: the two parts are added, and a strength of 0 takes its part "
            "out by itself.",
            _penalized(lambda k, l1, l2: _value(k, 0 if l2 else l1, l2), lambda k, l1, l2: _slope(k, 0 if l2 else l1, l2)),
            ("value", "d_kernel"),
        ),
        Mistake(
            "strengths forgotten in the gradient",
            "The gradient is sign(w) + 2w: the strengths l1 and l2 multiply it, as they multiply the value.",
            _penalized(slope=lambda k, l1, l2: np.sign(k) + 2 * k), ("d_kernel",),
        ),
        Mistake(
            "strengths forgotten",
            "The strengths l1 and l2 are not used: they multiply the two parts, in the value and in the gradient.",
            _penalized(lambda k, l1, l2: _value(k, 1, 1), lambda k, l1, l2: _slope(k, 1, 1)), ("value", "d_kernel"),
        ),
        Mistake(
            "l1 forgotten in its gradient",
            "The L1 part of the gradient is sign(w), whatever the strength. The strength l1 multiplies it.",
            _penalized(slope=lambda k, l1, l2: np.sign(k) + 2 * l2 * k), ("d_kernel",),
        ),
        Mistake(
            "gradient turned",
            "The gradient has the opposite sign. It points to where the cost *grows*; the minus belongs to the optimizer's step.",
            _penalized(slope=lambda k, l1, l2: -_slope(k, l1, l2)), ("d_kernel",),
        ),
        Mistake(
            "square not taken off",
            "The L2 part of the gradient is 2 · l2 · w²: the power goes down by one when a slope is taken.",
            _penalized(slope=lambda k, l1, l2: l1 * np.sign(k) + 2 * l2 * k**2), ("d_kernel",),
        ),
        Mistake(
            "step in place of the gradient",
            "`d_kernel` is the kernel after a step, not the gradient. Return what the penalty adds to the gradient.",
            _penalized(slope=lambda k, l1, l2: k - _slope(k, l1, l2)), ("d_kernel",),
        ),
    ], key=lambda mistake: len(mistake.outputs)),
    properties=[
        Property(
            "The value should not change when a weight changes its sign: only sizes cost.",
            lambda args, outputs: args[3] == 0.0 or np.isclose(outputs[0], _value(np.abs(args[0]), args[2], args[3]))
            or not np.isclose(outputs[0], _value(args[0], args[2], args[3])),
        ),
        Property(
            "The gradient should have the sign of its weight everywhere: the penalty always pulls towards 0.",
            lambda args, outputs: np.all(np.sign(outputs[1]) == np.sign(args[0])),
        ),
        Property("`d_bias` should be 0: the bias is in neither sum.",
                 lambda args, outputs: np.all(outputs[2] == 0)),
    ],
    points=3,
    hints=[
        "Value first: absolute values, summed, times l1; squares, summed, times l2. The bias is in neither sum.",
        "Slope by slope: that of |w| is `np.sign(w)`, that of w² is 2w. Each is multiplied by its strength.",
        "What does the value change when the bias changes? Then its gradient is an array of that, `np.zeros_like(bias)`.",
    ],
    insight="This is what `kernel_regularizer=L1L2(l1, l2)` adds in Keras, factor for factor. Notice the weight at exactly 0: its "
    "slope is 0, so the penalty leaves it in peace.",
)
