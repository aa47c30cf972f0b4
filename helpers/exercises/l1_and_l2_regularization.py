"""Exercises of notebook 08."""

from __future__ import annotations

import numpy as np

from helpers.claims import approx
from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    name_exercises,
)

# --- predict: one weight, one step ---------------------------------------------------------------

_HALF = (
    "the slope of w² is 2w. You have taken w, as if the penalty were λ/2 · w². Both are in use; here there is no ½ "
    "in the formula."
)
_RATE = "the slope is subtracted as it is. A step is the learning rate times the slope."
_FIXED = "that is L1's step, the same for every size. The slope of L2 grows with the weight."
_SHARE = "that is L2's step, in proportion to the weight. The slope of |w| is 1 (or −1), whatever the size."
_GROWN = "the weight has grown. A step goes *against* the slope."
_SLOPE = "that is the slope, λ · 1. The step is the learning rate times it, and starts from where the weight is."
_UNMOVED = "the loss does not pull at it, but the penalty does."

alone = PredictExercise(
    {
        "L2: 2.0 becomes": 1.8,
        "L1: 2.0 becomes": 1.95,
        "L2: 0.03 becomes": 0.027,
        "L1: 0.03 becomes": -0.02,
        "L2 ever reaches exactly 0": False,
    },
    variable="prediction",
    mistakes={
        "L2: 2.0 becomes": [
            Mistake("factor 2 forgotten", _HALF, 1.9),
            Mistake("learning rate forgotten", _RATE, 0.0),
            Mistake("learning rate and 2 forgotten", _RATE + " And the slope of w² is 2w.", 1.0),
            Mistake("the step of L1", _FIXED, 1.95),
            Mistake("grown", _GROWN, 2.2),
            Mistake("strength forgotten", "that is 2 − η · 2w: the strength λ multiplies the slope.", 1.6),
            Mistake("the step alone", "that is how far it moves. Asked is where it arrives.", 0.2),
            Mistake("unmoved", _UNMOVED, 2.0),
        ],
        "L1: 2.0 becomes": [
            Mistake("the step of L2", _SHARE, 1.8),
            Mistake("learning rate forgotten", _RATE, 1.5),
            Mistake("strength forgotten", "that is 2 − η (or half a step of L2): the slope of λ|w| is λ.", 1.9),
            Mistake("grown", _GROWN, 2.05),
            Mistake("the step alone", "that is how far it moves. Asked is where it arrives.", 0.05),
            Mistake("the slope alone", _SLOPE, 0.5),
            Mistake("unmoved", _UNMOVED, 2.0),
        ],
        "L2: 0.03 becomes": [
            Mistake("the step of L1", _FIXED, -0.02),
            Mistake("the soft threshold", "that is what another penalty does, with a step that comes later. L2's slope at "
                    "0.03 is small: 2 · 0.5 · 0.03.", 0.0),
            Mistake("factor 2 forgotten", _HALF, 0.0285),
            Mistake("grown", _GROWN, 0.033),
            Mistake("the step alone", "that is how far it moves. Asked is where it arrives.", 0.003),
            Mistake("strength forgotten", "that is w − η · 2w: the strength λ multiplies the slope.", 0.024),
            Mistake("unmoved", "that is the slope, or the weight unmoved. The step is the learning rate times the slope.", 0.03),
        ],
        "L1: 0.03 becomes": [
            Mistake("stops at 0", "that is what one would like. But a plain step of gradient descent does not look where "
                    "0 is: it takes η times the slope.", 0.0),
            Mistake("the step of L2", _SHARE, 0.027),
            Mistake("learning rate forgotten", _RATE, -0.47),
            Mistake("grown", _GROWN, 0.08),
            Mistake("sign lost", "0.03 − 0.05: mind the sign.", 0.02),
            Mistake("the step alone", "that is how far it moves. Asked is where it arrives.", 0.05),
            Mistake("strength forgotten", "that is w − η: the strength λ multiplies the slope.", -0.07),
            Mistake("the slope alone", _SLOPE, 0.5),
            Mistake("unmoved", _UNMOVED, 0.03),
        ],
        "L2 ever reaches exactly 0": [
            Mistake("arrives", "each step leaves nine tenths of what was there. Nine tenths of something is not nothing.",
                    True),
        ],
    },
    choices={"L2 ever reaches exactly 0": (True, False)},
    points=2,
    hints=[
        "One step: new weight = old weight − learning rate · slope of the penalty. The formulas of the slopes stand above.",
        "The slope of L2 at 2.0 is 2 · 0.5 · 2.0, that of L1 is 0.5. Then at 0.03: which of the two has become small?",
    ],
    insight="L2 takes a share, L1 takes an amount. So L2 is gentle to small weights and never done with them; L1 is hard on "
    "small weights, and its plain step overshoots.",
)


# --- code: the penalty and its gradients ---------------------------------------------------------


def penalty(kernel, bias, l1, l2):
    value = l1 * np.abs(kernel).sum() + l2 * (kernel**2).sum()  # one number
    d_kernel = l1 * np.sign(kernel) + 2 * l2 * kernel           # (D, C)
    d_bias = np.zeros_like(bias)                                # (C,): the bias is left out
    return value, d_kernel, d_bias


def _value(kernel, l1, l2):
    return l1 * np.abs(kernel).sum() + l2 * (kernel**2).sum()


def _slope(kernel, l1, l2):
    return l1 * np.sign(kernel) + 2 * l2 * kernel


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


_BIAS = (
    "The bias is penalized. It moves the whole answer up or down and makes it no wigglier; pulled to 0, it only answers "
    "wrongly. Only the kernel is in the sums."
)

penalty = CodeExercise(
    penalty,
    cases=_penalty_cases,
    outputs=["value", "d_kernel", "d_bias"],
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
    variants=[_by_loops, _by_norms, _in_single_precision],
    points=3,
    hints=[
        "Value first: absolute values, summed, times l1; squares, summed, times l2. The bias is in neither sum.",
        "Slope by slope: that of |w| is `np.sign(w)`, that of w² is 2w. Each is multiplied by its strength.",
        "What does the value change when the bias changes? Then its gradient is an array of that, `np.zeros_like(bias)`.",
    ],
    insight="This is what `kernel_regularizer=L1L2(l1, l2)` adds in Keras, factor for factor. Notice the weight at exactly 0: its "
    "slope is 0, so the penalty leaves it in peace.",
)


# --- code: ridge regression ----------------------------------------------------------------------


def ridge(x, y, strength):
    n, columns = x.shape
    penalized = np.eye(columns)
    penalized[0, 0] = 0                                         # not the column of ones: that is the bias
    return np.linalg.solve(x.T @ x / n + strength * penalized, x.T @ y / n)


def _solved(matrix=None, right=None):
    """Ridge with another matrix or another right-hand side."""

    def wrong(x, y, strength):
        free = np.diag(np.append(0.0, np.ones(x.shape[1] - 1)))
        left = x.T @ x / len(x) + strength * free if matrix is None else matrix(x, free, strength)
        return np.linalg.solve(left, x.T @ y / len(x) if right is None else right(x, y, strength))

    return wrong


def _with_strength(change):
    return _solved(lambda x, free, s: x.T @ x / len(x) + change(s, x) * free)


def _plain(x, y):
    return np.linalg.lstsq(x, y, rcond=None)[0]


def _centred(x, y, strength, bias=True):
    z, t = x[:, 1:] - x[:, 1:].mean(axis=0), y - y.mean()
    w = np.linalg.solve(z.T @ z / len(x) + strength * np.eye(z.shape[1]), z.T @ t / len(x))
    return np.append(y.mean() - x[:, 1:].mean(axis=0) @ w if bias else y.mean(), w)


def _ones_centred(penalized, bias=True):
    """Ridge on columns that are all centred, the ones among them; ``penalized(D + 1)``: the diagonal."""

    def wrong(x, y, strength):
        z = x - x.mean(axis=0)
        w = np.linalg.solve(z.T @ z / len(x) + strength * np.diag(penalized(x.shape[1])), z.T @ (y - y.mean()) / len(x))
        return np.append(y.mean() - x[:, 1:].mean(axis=0) @ w[1:] if bias else 0.0, w[1:])

    return wrong


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


def _no_ones(x, y, strength):
    z = x[:, 1:]
    return np.append(0.0, np.linalg.solve(z.T @ z / len(x) + strength * np.eye(z.shape[1]), z.T @ y / len(x)))


def _shrunk(how):
    def wrong(x, y, strength):
        w = _plain(x, y)
        return np.append(w[0], how(w[1:], strength))

    return wrong


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
        Case("with the strength 0 (plain least squares)", (x, y, 0.0)),
    ]


_ALL_PENALIZED = (
    "The first number, the bias, is penalized like the others. Then a new zero of y changes the whole fit. The penalty's sum runs "
    "over the weights only: leave out the column of ones."
)
_NO_N = (
    "The 1/N is missing on the left: the loss is the *mean* of the squared errors. With the sum, the same strength weighs N times "
    "less."
)
_ONES_CENTRED = (
    "Centring makes the column of ones 0, and a matrix with an empty row cannot be solved for. Leave that column out when you centre; "
    "the bias comes back at the end, from the means."
)

ridge = CodeExercise(
    ridge,
    cases=_ridge_cases,
    outputs=["w"],
    mistakes=[
        Mistake("bias penalized", _ALL_PENALIZED, _solved(lambda x, free, s: x.T @ x / len(x) + s * np.eye(x.shape[1]))),
        Mistake("1/N forgotten", _NO_N + " (This is scikit-learn's convention.)", _with_strength(lambda s, x: s / len(x))),
        Mistake(
            "bias penalized, 1/N forgotten",
            _ALL_PENALIZED + " And: " + _NO_N,
            _solved(lambda x, free, s: x.T @ x / len(x) + s / len(x) * np.eye(x.shape[1])),
        ),
        Mistake("N twice", "The strength is multiplied by N, and the rest is divided by N as well. One of the two is enough.",
                _with_strength(lambda s, x: s * len(x))),
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
            "strength doubled",
            "The strength counts twice. Setting the gradient to 0 gives 2(…) + 2λw = 0: the 2 belongs to *both* parts, and cancels.",
            _with_strength(lambda s, x: 2 * s),
        ),
        Mistake(
            "strength halved",
            "The strength counts half, as if the penalty were λ/2 · Σw² (or the 2 of the loss were left standing). In the cost above "
            "neither part has a ½, and the 2 of the slopes cancels.",
            _with_strength(lambda s, x: s / 2),
        ),
        Mistake(
            "strength squared",
            "The strength is squared. That happens with added rows: the row is squared in the sum, so its number is not λ itself.",
            _more_rows(lambda s, n: s * np.sqrt(n)),
        ),
        Mistake(
            "strength squared, 1/N forgotten",
            "The strength is squared, and N is missing. With added rows each row is squared in the sum, and the sum is over N examples: "
            "what number must stand in it?",
            _more_rows(lambda s, n: s),
        ),
        Mistake("root of the strength", "The root of the strength is added to the matrix. It is λ itself; a root belongs there only "
                "with added rows.", _with_strength(lambda s, x: np.sqrt(s))),
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
            "The *last* number is left out of the penalty, and the bias is in it. The column of ones is the first one.",
            _solved(lambda x, free, s: x.T @ x / len(x) + s * np.diag(np.append(np.ones(x.shape[1] - 1), 0.0))),
        ),
        Mistake(
            "bias lost",
            "The column of ones is left out altogether and the bias set to 0. The bias is not penalized, but it is fitted.",
            _no_ones,
        ),
        Mistake(
            "bias is the mean of y",
            "The weights are right. The bias is the mean of y; that is so only if the features have the mean 0. Otherwise the means' own "
            "contribution, mean of x times w, has to be taken off.",
            lambda x, y, strength: _centred(x, y, strength, bias=False),
        ),
        Mistake(
            "y centred, x not",
            "The mean of y is subtracted, those of the features are not. Then the weights answer for the features' means. Centre both, or "
            "neither.",
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
            "Least squares, and then every weight divided by 1 + λ. That would be ridge only for uncorrelated features with variance 1; "
            "else directions with little curvature must shrink more.",
            _shrunk(lambda w, s: w / (1 + s)),
        ),
        Mistake("least squares, decayed", "Least squares, and then every weight times 1 − λ. The penalty has to take part in the fit: "
                "put it into the equations.", _shrunk(lambda w, s: w * (1 - s))),
        Mistake(
            "least squares, soft threshold",
            "Least squares, and then a soft threshold: that is nearer to L1. Here the penalty is the sum of squares, and it takes part in "
            "the fit.",
            _shrunk(lambda w, s: np.sign(w) * np.maximum(np.abs(w) - s, 0)),
        ),
        Mistake(
            "number of columns for N",
            "N is the number of *examples*, the rows. You divide by the number of columns (`x.shape[1]`, or the length of one row).",
            _with_strength(lambda s, x: s * x.shape[1] / len(x)),
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
            "The features are standardized inside. That is wise before a penalty, but then the weights belong to other features than those "
            "passed: here x is to be taken as it is.",
            lambda x, y, strength: np.append(y.mean(), (lambda z: np.linalg.solve(
                z.T @ z / len(x) + strength * np.eye(z.shape[1]), z.T @ (y - y.mean()) / len(x)))(
                    (x[:, 1:] - x[:, 1:].mean(axis=0)) / x[:, 1:].std(axis=0))),
        ),
        Mistake(
            "examples by examples",
            "x and its transpose are multiplied the wrong way round: X Xᵀ has a row for each example. The equations have one for each of the "
            "D + 1 numbers.",
            lambda x, y, strength: np.linalg.solve(x @ x.T / len(x) + strength * np.eye(len(x)), y),
        ),
        Mistake(
            "identity of the wrong size",
            "The identity has a row for each *example*; XᵀX has one for each of the D + 1 numbers. What is penalized are the numbers.",
            lambda x, y, strength: np.linalg.solve(x.T @ x / len(x) + strength * np.eye(len(x)), x.T @ y / len(x)),
        ),
        Mistake(
            "ones added again",
            "A column of ones is put in front of x, which has one already: what comes back is one number too long.",
            lambda x, y, strength: (lambda z: np.linalg.solve(
                z.T @ z / len(x) + strength * np.diag(np.append(0.0, np.ones(z.shape[1] - 1))), z.T @ y / len(x)))(
                    np.column_stack([np.ones(len(x)), x])),
        ),
        Mistake(
            "penalty on the right",
            "The strength is added on the right-hand side. The penalty's slope, 2λw, contains w: it belongs to the matrix.",
            _solved(lambda x, free, s: x.T @ x / len(x), lambda x, y, s: x.T @ y / len(x) + s),
        ),
        Mistake("not solved", "This is the right-hand side, Xᵀy/N. The equations are still to be solved.",
                lambda x, y, strength: x.T @ y / len(x)),
        Mistake("multiplied in place of solved", "The matrix is multiplied with the right-hand side. It stands on the other side of the "
                "equation: solve.", lambda x, y, strength: (
                    x.T @ x / len(x) + strength * np.diag(np.append(0.0, np.ones(x.shape[1] - 1)))) @ (x.T @ y / len(x))),
        Mistake("predictions returned", "What comes back are the predictions for the examples. Asked are the numbers w, the bias first.",
                lambda x, y, strength: x @ _centred(x, y, strength)),
        Mistake("bias dropped", "The bias is missing in what comes back: return all D + 1 numbers, the bias first.",
                lambda x, y, strength: _centred(x, y, strength)[1:]),
        Mistake("bias last", "The numbers are right, their order is not: the bias comes first, as the column of ones does.",
                lambda x, y, strength: np.roll(_centred(x, y, strength), -1)),
    ],
    properties=[
        Property(
            "The mean error on the training data should be 0, and is not: with a free bias it always can be, and the best bias makes it so.",
            lambda args, outputs: abs((args[1] - args[0] @ outputs[0]).mean()) < 1e-4,
        ),
        Property(
            "The mean error is 0, as it should be. But your weights are larger than those of plain least squares; a penalty makes their "
            "squares' sum smaller.",
            lambda args, outputs: args[2] == 0 or len(args[0]) < args[0].shape[1]
            or (outputs[0][1:] ** 2).sum() <= (_plain(args[0], args[1])[1:] ** 2).sum() * 1.001,
        ),
        Property(
            "The mean error is 0, so the bias is the right one for these weights. The slope of the cost in the weights should be 0, and is not.",
            lambda args, outputs: np.allclose(
                (args[0].T @ (args[0] @ outputs[0] - args[1]) / len(args[0]))[1:] + args[2] * outputs[0][1:], 0, atol=1e-4),
        ),
    ],
    variants=[_centred, _more_rows(lambda s, n: np.sqrt(s * n)), _eliminated,
              lambda x, y, strength: np.linalg.pinv(
                  x.T @ x + len(x) * strength * np.diag([0.0] + [1.0] * (x.shape[1] - 1))) @ x.T @ y],
    points=3,
    hints=[
        "Set the gradient of the cost to 0. Without the penalty that is XᵀX w / N = Xᵀy / N. Which matrix does the penalty add on the left?",
        "`np.eye(D + 1)` has a 1 for each number. The bias, the first one, is not in the penalty's sum: its 1 becomes 0.",
        "`np.linalg.solve(matrix, right)` with matrix = XᵀX/N + strength · (that), right = Xᵀy/N. Every 2 has cancelled.",
    ],
    insight="Four examples and five features: plain least squares has no single answer there, and ridge has one. That is how it was first "
    "used, before anyone spoke of overfitting.",
)


# --- code: the proximal step ---------------------------------------------------------------------


def proximal_step(w, gradient, rate, l1):
    v = w - rate * gradient  # the loss alone
    return np.sign(v) * np.maximum(np.abs(v) - rate * l1, 0)


def _soft(v, t):
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def _after(step):
    """A wrong step from the right v: ``step(v, threshold)``."""

    def wrong(w, gradient, rate, l1):
        return step(w - rate * gradient, rate * l1)

    return wrong


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


def _step_cases():
    w = np.array([0.8, -0.5, 0.06, -0.03, 0.35, -0.22, 0.0, 0.0])
    gradient = np.array([0.5, -0.8, 0.4, 0.7, -1.2, -2.6, 1.5, 0.2])
    return [
        Case("on 8 weights with rate = 0.1, l1 = 0.6", (w, gradient, 0.1, 0.6)),
        Case("on the same weights with rate = 0.4, l1 = 0.25", (w, gradient, 0.4, 0.25)),
        Case("on a kernel of shape (2, 3)", (np.array([[0.9, -0.7, 0.2], [-0.1, 0.4, -0.6]]),
                                            np.array([[1.0, 0.5, 1.8], [-0.6, 0.3, 0.2]]), 0.2, 0.9)),
        Case("with l1 = 0 (a plain gradient step)", (w, gradient, 0.1, 0.0)),
    ]


_NEGATIVE = (
    "Positive weights are treated as they should be. Negative ones are not: they too move *towards* 0 by the threshold, so from below."
)

proximal_step = CodeExercise(
    proximal_step,
    cases=_step_cases,
    outputs=["w"],
    mistakes=[
        Mistake(
            "hard threshold",
            "Weights within the threshold become 0, the others are left where they are: that is the *hard* threshold. The soft one moves every "
            "weight towards 0 by the threshold.",
            _after(lambda v, t: np.where(np.abs(v) > t, v, 0.0)),
        ),
        Mistake(
            "threshold not scaled by the step",
            "The threshold is l1 itself. The penalty's step goes with the gradient's: a small learning rate must give a small threshold, rate · "
            "l1.",
            lambda w, gradient, rate, l1: _soft(w - rate * gradient, l1),
        ),
        Mistake(
            "strength forgotten",
            "The threshold is the learning rate alone: the strength l1 is not used in it.",
            lambda w, gradient, rate, l1: _soft(w - rate * gradient, rate),
        ),
        Mistake(
            "threshold divided by the rate",
            "The threshold is l1 divided by the rate. A small learning rate must give a *small* threshold.",
            lambda w, gradient, rate, l1: _soft(w - rate * gradient, l1 / rate),
        ),
        Mistake(
            "sign lost",
            "All weights come back positive or 0: the sign is lost. The size shrinks, the sign stays.",
            _after(lambda v, t: np.maximum(np.abs(v) - t, 0)),
        ),
        Mistake(
            "negative weights cut off",
            "Every negative weight becomes 0. " + _NEGATIVE,
            _after(lambda v, t: np.maximum(v - t, 0)),
        ),
        Mistake(
            "negative weights pushed away",
            _NEGATIVE + " Yours are pushed away from 0.",
            _after(lambda v, t: np.where(np.abs(v) <= t, 0.0, v - t)),
        ),
        Mistake(
            "no stop at zero",
            "Every weight moves by the threshold, and those near 0 jump across it: that is the plain slope of |v| again. A weight nearer to 0 "
            "than the threshold must stop *at* 0.",
            _after(lambda v, t: v - t * np.sign(v)),
        ),
        Mistake(
            "plain gradient step",
            "The penalty's slope l1 · sign(w) is added to the gradient: plain gradient descent, which jumps across 0. Take the loss' step alone, "
            "then the soft threshold.",
            lambda w, gradient, rate, l1: w - rate * (gradient + l1 * np.sign(w)),
        ),
        Mistake(
            "penalized twice",
            "The penalty's slope is in the gradient step, and the soft threshold comes on top: the penalty counts twice. `gradient` is that of the "
            "loss alone, and so it should stay.",
            lambda w, gradient, rate, l1: _soft(w - rate * (gradient + l1 * np.sign(w)), rate * l1),
        ),
        Mistake(
            "threshold first",
            "The soft threshold comes first and the gradient step after it. Then nothing stays at exactly 0: threshold last.",
            lambda w, gradient, rate, l1: _soft(w, rate * l1) - rate * gradient,
        ),
        Mistake(
            "gradient step missing",
            "The weights are thresholded, but the gradient step is missing: the loss has no say.",
            lambda w, gradient, rate, l1: _soft(w, rate * l1),
        ),
        Mistake(
            "threshold missing",
            "This is the gradient step on the loss. The penalty's step is missing.",
            _after(lambda v, t: v),
        ),
        Mistake(
            "uphill",
            "The gradient is added: the loss goes up. Subtract rate · gradient.",
            lambda w, gradient, rate, l1: _soft(w + rate * gradient, rate * l1),
        ),
        Mistake(
            "rate forgotten in the gradient step",
            "The gradient is subtracted as it is; the learning rate multiplies it.",
            lambda w, gradient, rate, l1: _soft(w - gradient, rate * l1),
        ),
        Mistake(
            "rate forgotten in both",
            "The learning rate is not used, neither for the gradient nor for the threshold. It multiplies both.",
            lambda w, gradient, rate, l1: _soft(w - gradient, l1),
        ),
        Mistake(
            "old sign",
            "The sign is that of w *before* the gradient step. A weight that the step has carried across 0 comes back with the wrong sign.",
            lambda w, gradient, rate, l1: np.sign(w) * np.maximum(np.abs(w - rate * gradient) - rate * l1, 0),
        ),
        Mistake(
            "old size",
            "The size is that of w *before* the gradient step. The threshold is applied to what the step has given.",
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
            "doubled threshold",
            "The threshold is twice too large. |w| has slope 1, not 2; the 2 belongs to L2.",
            _after(lambda v, t: _soft(v, 2 * t)),
        ),
        Mistake(
            "halved threshold",
            "The threshold is half as large as it should be: rate · l1.",
            _after(lambda v, t: _soft(v, t / 2)),
        ),
        Mistake(
            "the wrong part kept",
            "What comes back is the part that should be cut off: the values clipped to ± the threshold. Kept is what sticks *out*.",
            _after(lambda v, t: np.clip(v, -t, t)),
        ),
        Mistake(
            "minimum for maximum",
            "`min` where `max` belongs: sizes above the threshold become 0, and those below turn round.",
            _after(lambda v, t: np.sign(v) * np.minimum(np.abs(v) - t, 0)),
        ),
        Mistake(
            "large ones zeroed",
            "The comparison is turned: the weights *beyond* the threshold become 0, and the small ones are kept.",
            _after(lambda v, t: np.where(np.abs(v) < t, v, 0.0) if t else v),
        ),
        Mistake(
            "not cut at 0",
            "The maximum with 0 is missing: a weight nearer to 0 than the threshold gets a negative size, so it jumps across 0.",
            lambda w, gradient, rate, l1: np.sign(w) * (np.abs(w - rate * gradient) - rate * l1),
        ),
        Mistake(
            "pushed away from zero",
            "The threshold is *added* to the sizes: every weight moves away from 0.",
            _after(lambda v, t: np.sign(v) * (np.abs(v) + t)),
        ),
        Mistake(
            "step of L2",
            "Every weight is divided by 1 + 2 · rate · l1: that is the exact step of L2, which makes no zeros.",
            _after(lambda v, t: v / (1 + 2 * t)),
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
            "hard threshold, not scaled",
            "Two things: weights beyond the threshold are left where they are (that is the *hard* threshold; the soft one moves them too), and the "
            "threshold is l1 without the rate.",
            lambda w, gradient, rate, l1: np.where(np.abs(w - rate * gradient) > l1, w - rate * gradient, 0.0),
        ),
        Mistake(
            "the same amount from all",
            _NEGATIVE + " Yours move away from it; and nothing stops at 0.",
            _after(lambda v, t: v - t),
        ),
        Mistake(
            "sign of the gradient",
            "The sign is that of the *gradient*. Kept is the sign of the weight after the gradient step.",
            lambda w, gradient, rate, l1: np.sign(gradient) * np.maximum(np.abs(w - rate * gradient) - rate * l1, 0),
        ),
        Mistake(
            "rate squared",
            "The learning rate counts twice in the threshold. It is rate · l1, once.",
            lambda w, gradient, rate, l1: _soft(w - rate * gradient, rate**2 * l1),
        ),
        Mistake(
            "gradient thresholded",
            "The soft threshold is applied to the *gradient*. It belongs to the weights after the gradient step: they are to become 0, not "
            "the step.",
            lambda w, gradient, rate, l1: w - rate * _soft(gradient, l1),
        ),
        Mistake(
            "the weight as slope",
            "l1 · w is added to the gradient: a share of the weight, as L2 takes. That makes no zeros.",
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
            "python's max",
            "Python's `max` and `if` take one number at a time, not an array. NumPy has `np.maximum` and `np.where`, element by element.",
            _after(lambda v, t: np.sign(v) * max(np.abs(v) - t, 0)),
        ),
        Mistake(
            "zero for ever",
            "A weight that is exactly 0 never leaves it in your code. It must be able to come back when the loss pulls at it with more than l1.",
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
            "With l1 = 0 it should be a plain gradient step, w − rate · gradient, and is not.",
            lambda args, outputs: args[3] != 0 or np.allclose(outputs[0], args[0] - args[2] * args[1], atol=1e-4),
        ),
        Property(
            "Weights that the gradient step brings within rate · l1 of 0 should be exactly 0, and are not.",
            lambda args, outputs: np.all(
                outputs[0][np.abs(args[0] - args[2] * args[1]) < args[2] * args[3] - 1e-9] == 0),
        ),
        Property(
            "The zeros are right. The others should keep the sign that they have after the gradient step, and do not.",
            lambda args, outputs: np.all(outputs[0] * (args[0] - args[2] * args[1]) >= 0),
        ),
        Property(
            "The zeros and the signs are right. The others should be smaller by rate · l1 than after the gradient step.",
            lambda args, outputs: np.allclose(
                np.abs(outputs[0]), np.maximum(np.abs(args[0] - args[2] * args[1]) - args[2] * args[3], 0), atol=1e-4),
        ),
    ],
    variants=[_by_cases, _by_clip, _by_two_halves, _by_elements],
    points=3,
    hints=[
        "Two lines. First v, a gradient step on the loss alone. Then v moves towards 0 by a threshold, and stops there.",
        "Work with size and sign apart: the size is `np.abs(v)`, it shrinks by the threshold, but not below 0. The sign is `np.sign(v)`.",
        "The threshold is the learning rate times l1: in one step of size rate the slope l1 covers that distance.",
    ],
    insight="Two of the weights started at exactly 0. At one the loss pulled with less than l1: it is still 0. At the other it pulled with more, "
    "and the weight came back. That is how L1 chooses, step after step.",
)


# --- experiment: few pixels, few errors ----------------------------------------------------------

_KEYS = ("penalty", "strength", "draws", "pixels", "error", "error without")
_DRAWS = 5
_FEWEST_POINTS, _MOST_PIXELS = 5, 50


def _complete(result):
    if not isinstance(result, dict) or set(result) != set(_KEYS):
        return "Pass what `trial` returned, a dictionary: `result = trial(\"L2\", strength=0.001)`."
    if result["penalty"] not in ("L1", "L2"):
        return f"The penalty is `\"L1\"` or `\"L2\"`, not `{result['penalty']!r}`."
    numbers = [result[key] for key in _KEYS[1:]]
    if isinstance(result["strength"], (int, float, np.number)) and result["strength"] < 0:
        return "A negative strength would *reward* large weights. Take one of at least 0."
    if not all(isinstance(n, (int, float, np.number)) and np.isfinite(n) for n in numbers):
        return "Some of the numbers are not finite: is the strength a number of at least 0?"
    if result["draws"] < _DRAWS:
        return f"The targets are means of {_DRAWS} draws: one lucky draw says little. Leave `seeds` as it came, or take more."
    return ""


def _won(result):
    return result["error without"] - result["error"]


few_pixels = ExperimentExercise(
    measured=_complete,
    attempted=lambda result: (result["penalty"], result["strength"]) != ("L2", 0.001),
    met=lambda result: _won(result) >= _FEWEST_POINTS and result["pixels"] <= _MOST_PIXELS,
    report=lambda result: (
        f"{result['penalty']}, λ = {result['strength']:g}: {approx(result['pixels'], digits=0)} pixels, "
        f"{approx(result['error'], digits=1)} % errors, {approx(result['error without'], digits=1)} % without a penalty."
    ),
    mistakes=[
        Mistake(
            "no penalty at all",
            "With the strength 0 there is no penalty. (With L1 the errors may be fewer all the same: its 2000 steps end before least squares is "
            "reached. That is early stopping, notebook 11.)",
            lambda result: result["strength"] == 0,
        ),
        Mistake(
            "everything at zero",
            "Every weight is 0: the penalty has won altogether, and what is left is the bias. The largest strength that leaves something is "
            "where the loss pulls no harder than λ at any weight.",
            lambda result: result["pixels"] == 0,
        ),
        Mistake(
            "L2 leaves all pixels in",
            "The errors are few enough. But L2 makes no zeros: every pixel that is ever bright is in use, at any strength. Which penalty leaves "
            "pixels out?",
            lambda result: result["penalty"] == "L2" and _won(result) >= _FEWEST_POINTS,
        ),
        Mistake(
            "L2, too strong",
            "L2 at this strength underfits, and it makes no zeros either. Which penalty leaves pixels out?",
            lambda result: result["penalty"] == "L2" and result["strength"] > 0.3,
        ),
        Mistake(
            "L2, too weak",
            "L2 at this strength hardly changes anything, and it makes no zeros at any. Which penalty leaves pixels out?",
            lambda result: result["penalty"] == "L2",
        ),
        Mistake(
            "too strong",
            "Few pixels, but they are too few: the fit underfits, and the errors are back. Make the strength smaller.",
            lambda result: result["pixels"] <= _MOST_PIXELS,
        ),
        Mistake(
            "too weak",
            "Too many pixels are still in use: the penalty is too weak. Try ten times the strength, then go on from there.",
            lambda result: result["penalty"] == "L1",
        ),
    ],
    otherwise="Not both targets are met. Look at the two figures of this section: what does a larger λ do to the number of pixels?",
    solved="""
    result = trial("L1", strength=0.03)
    """,
    points=3,
    hints=[
        "Only one of the two penalties makes weights exactly 0. With it, look for the range of strengths in the figure of the 196 lines.",
        "Go in factors of 3: 0.003, 0.01, 0.03, 0.1. From one to the next the pixels become fewer; the errors first fall and then rise.",
    ],
    insight="A quarter of the pixels or less, and fewer errors than all of them. (L2 at its own best strength may err a little less still: to "
    "leave pixels out is one thing, to predict best another.)",
)


# --- predict: the same penalty in other words ----------------------------------------------------

same_penalty = PredictExercise(
    {
        "weight_decay of SGD": 0.02,
        "a weight without loss gradient is multiplied in a step by": 0.998,
        "λ, if the cost is written with λ/2": 0.02,
        "λ, if the cost is written with λ/(2N)": 10.0,
        "weight_decay, if the learning rate is 0.05": 0.02,
    },
    variable="prediction",
    mistakes={
        "weight_decay of SGD": [
            Mistake("factor 2 forgotten", "Keras' L2 has no ½, so its slope is 2 · 0.01 · w. Weight decay multiplies w itself.", 0.01),
            Mistake("divided by 2", "the other way round: the slope of 0.01 · w² is twice 0.01 · w.", 0.005),
            Mistake("times the rate", "the optimizer multiplies weight_decay by the learning rate by itself.", 0.002),
            Mistake("the factor", "that is what is left of a weight after a step. weight_decay is the ω of the formula.", 0.998),
            Mistake("times the rate, factor 2 forgotten", "the optimizer multiplies by the learning rate by itself; and Keras' L2 has no ½.",
                    0.001),
            Mistake("divided by the rate", "both lines have the same η in front: it cancels.", 0.2),
        ],
        "a weight without loss gradient is multiplied in a step by": [
            Mistake("factor 2 forgotten", "w − 0.1 · (slope of 0.01 · w²): that slope is 2 · 0.01 · w.", 0.999),
            Mistake("learning rate forgotten", "the slope is multiplied by the learning rate.", 0.98),
            Mistake("learning rate and 2 forgotten", "w − 0.1 · (slope of 0.01 · w²): learning rate, and the 2 of the slope.", 0.99),
            Mistake("what is lost", "that is the share that is lost. What is left?", 0.002),
            Mistake("grown", "a penalty makes it smaller.", 1.002),
            Mistake("unchanged", "the loss does not pull at it, but the penalty does.", 1.0),
            Mistake("a hundred times too fast", "0.1 · 0.02 is 0.002.", 0.8),
        ],
        "λ, if the cost is written with λ/2": [
            Mistake("the same number", "then half of it would be 0.005. The two costs must be the same number for the same weights.", 0.01),
            Mistake("divided by 2", "λ/2 must be 0.01.", 0.005),
        ],
        "λ, if the cost is written with λ/(2N)": [
            Mistake("2 forgotten", "λ/(2 · 500) must be 0.01.", 5.0),
            Mistake("N forgotten", "λ/(2 · 500) must be 0.01.", 0.02),
            Mistake("divided", "the other way round: λ/(2 · 500) must be 0.01.", 1e-5),
            Mistake("divided by N, times 2", "the other way round: λ/(2 · 500) must be 0.01.", 4e-5),
            Mistake("N in place of 2N, halved", "λ/(2 · 500) must be 0.01: multiply by 2N.", 2.5),
            Mistake("the same number", "λ/(2 · 500) must be 0.01.", 0.01),
        ],
        "weight_decay, if the learning rate is 0.05": [
            Mistake("halved with the rate", "both lines have η in front, so both change alike. ω = 2λ knows no η.", 0.01),
            Mistake("doubled", "both lines have η in front, so both change alike. ω = 2λ knows no η.", 0.04),
            Mistake("times the rate", "the optimizer multiplies weight_decay by the learning rate by itself.", 0.001),
        ],
    },
    points=2,
    hints=[
        "Compare the two update lines: what stands in front of w in each of them?",
        "For the other costs: the penalty must be the same number for the same weights. 0.01 · Σw² = λ/2 · Σw² = λ/(2N) · Σw².",
    ],
    insight="One penalty, four numbers from 0.01 to 10. That is why a strength without its formula says nothing. And the learning rate is in none "
    "of them: SGD multiplies both by it.",
)


# --- predict: under batch normalization ----------------------------------------------------------

_SAME_OUTPUT = "mean and standard deviation of each unit double too, and both are taken out. What is left of the factor 2?"

under_batch_norm = PredictExercise(
    {
        "the network's output (training mode)": 1.0,
        "the L2 penalty": 4.0,
        "the gradient of the loss for the kernel": 0.5,
        "a step of SGD on the loss, as a share of the kernel's size": 0.25,
    },
    variable="factor",
    mistakes={
        "the network's output (training mode)": [
            Mistake("doubled", _SAME_OUTPUT, 2.0),
            Mistake("halved", _SAME_OUTPUT, 0.5),
            Mistake("fourfold", _SAME_OUTPUT, 4.0),
            Mistake("none", "the factor is asked, not the change: what does not change is multiplied by 1.", 0.0),
        ],
        "the L2 penalty": [
            Mistake("not squared", "the penalty is a sum of *squares*: each w² becomes (2w)².", 2.0),
            Mistake("unchanged", "the batch normalization does not see the penalty: it is the sum of w², whatever comes behind the layer.", 1.0),
            Mistake("halved", "larger weights cost more.", 0.5),
            Mistake("eightfold", "each w² becomes (2w)².", 8.0),
        ],
        "the gradient of the loss for the kernel": [
            Mistake("doubled", "the loss is the same function of the kernel's *direction*. On a kernel twice as long, the same change of a weight "
                    "turns it half as much.", 2.0),
            Mistake("unchanged", "the loss is the same, its slope is not: on a kernel twice as long, the same change of a weight turns it half as "
                    "much.", 1.0),
            Mistake("a quarter", "that is the step as a share of the size. The gradient itself?", 0.25),
            Mistake("zero", "only its part *along* the kernel is 0. A kernel can still be turned.", 0.0),
            Mistake("fourfold", "on a kernel twice as long, the same change of a weight turns it half as much.", 4.0),
        ],
        "a step of SGD on the loss, as a share of the kernel's size": [
            Mistake("only the gradient", "the gradient is one half, and it is compared with a kernel that is twice as long.", 0.5),
            Mistake("unchanged", "step over size: what becomes of each?", 1.0),
            Mistake("doubled", "step over size: the step has become smaller, the size larger.", 2.0),
            Mistake("fourfold", "the other way round: the step has become smaller, the size larger.", 4.0),
        ],
    },
    points=2,
    hints=[
        "Doubling the kernel doubles what the dense layer gives. Then the batch's mean is subtracted and the result divided by the standard deviation.",
        "The loss as a function of the kernel: L(2w) = L(w). Take the slope on both sides (chain rule): what is L′(2w)?",
    ],
    insight="L(2w) = L(w), so L′(2w) = L′(w)/2, and a step on a kernel twice as long counts a quarter. The learning rate that matters is η/|w|².",
)

name_exercises(globals())
