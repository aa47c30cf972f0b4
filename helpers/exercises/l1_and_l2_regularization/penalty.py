"""Notebook 08, code: the penalty and its gradients."""

from __future__ import annotations

import itertools

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def penalty(kernel, bias, l1, l2):
    value = l1 * np.abs(kernel).sum() + l2 * (kernel**2).sum()  # one number
    d_kernel = l1 * np.sign(kernel) + 2 * l2 * kernel           # (D, C)
    d_bias = np.zeros_like(bias)                                # (C,): the bias is left out
    return value, d_kernel, d_bias


def _penalty_cases():
    """Each strength alone first: the first case that is wrong says which part is."""
    kernel = np.array([[1.5137, -0.4126], [-2.0419, -1.1253], [0.7238, 0.3164]])
    bias = np.array([2.6, -1.3])
    wide = np.array([[0.8173, -1.7246, -0.2531, 0.6317], [-1.2248, 0.9162, 0.3519, 2.1384]])
    with_zero = kernel.copy()
    with_zero[2, 1] = 0.0
    return [
        Case("with L1 alone: l1 = 0.5, l2 = 0", (kernel, bias, 0.5, 0.0)),
        Case("with L2 alone: l1 = 0, l2 = 0.4", (kernel, bias, 0.0, 0.4)),
        Case("with both strengths: l1 = 0.3, l2 = 0.2", (wide, np.array([1.4, -0.7, 0.2, 2.3]), 0.3, 0.2)),
        Case("with a weight that is exactly 0", (with_zero, bias, 0.3, 0.2), edge=True),
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


def _norm(kernel):
    return np.sqrt((kernel**2).sum())


def _penalized(value=_value, slope=_slope, bias_slope=None):
    """A penalty with another value, slope or slope of the bias."""

    def wrong(kernel, bias, l1, l2):
        d_bias = np.zeros_like(bias) if bias_slope is None else bias_slope(bias, l1, l2)
        return value(kernel, l1, l2), slope(kernel, l1, l2), d_bias

    return wrong


def _sum_of(one, other):
    """What the L1 part and the L2 part make together: each takes the kernel and its own strength."""
    return lambda k, l1, l2: one(k, l1) + other(k, l2)


# The parts that are wrong: name, message, the part as a function of the kernel and its strength.
_VALUE_L1 = [
    ("without abs",
     "The L1 part of the value sums the weights with their signs. Then −1000 would be the cheapest weight: where is the "
     "absolute value?", lambda k, l1: l1 * k.sum()),
    ("abs of the sum", "The L1 part of the value is the absolute value of the *sum*. Take the absolute values first.",
     lambda k, l1: l1 * np.abs(k.sum())),
    ("norm for the sum of absolute values",
     "The L1 part of the value is the root of the sum of squares, as `np.linalg.norm(kernel)` gives it. L1 is the sum of the "
     "absolute values.", lambda k, l1: l1 * _norm(k)),
    ("norm 1 of a matrix",
     "The L1 part of the value is the largest column sum: that is the 1-norm of a *matrix*, as in "
     "`np.linalg.norm(kernel, "
     "1)`. The penalty sums over all elements.", lambda k, l1: l1 * np.abs(k).sum(axis=0).max()),
    ("mean in the L1 part of the value", "The L1 part of the value is a mean. The penalty is a sum.",
     lambda k, l1: l1 * np.abs(k).mean()),
]
_VALUE_L1_ALONE = [
    ("largest weight for the sum", "The L1 part of the value is the largest absolute value. It is the *sum* of all of them.",
     lambda k, l1: l1 * np.abs(k).max()),
    ("L1 forgotten in the value", "The value has no L1 part: the absolute values are missing.", lambda k, l1: 0.0),
    ("l1 forgotten in the value", "In the value the strength l1 is not used: it multiplies the sum of the absolute values.",
     lambda k, l1: np.abs(k).sum()),
    ("square in the L1 part of the value", "The L1 part of the value sums squares. L1 is the sum of the absolute values.",
     lambda k, l1: l1 * (k**2).sum()),
]
_VALUE_L2 = [
    ("half in the value", "The L2 part of the value is half as large as it should be: l2/2 · Σw². This formula has no ½.",
     lambda k, l2: l2 / 2 * (k**2).sum()),
    ("sqrt taken",
     "The L2 part of the value is the root of the sum of squares, the *length* of the weights. The penalty is the sum of "
     "squares itself.", lambda k, l2: l2 * _norm(k)),
    ("square of the sum",
     "The L2 part of the value squares the *sum* of the weights. Square first, then sum: otherwise large weights of "
     "opposite sign cost nothing.", lambda k, l2: l2 * k.sum() ** 2),
    ("mean in the L2 part of the value", "The L2 part of the value is a mean. The penalty is a sum.",
     lambda k, l2: l2 * (k**2).mean()),
]
_VALUE_L2_ALONE = [
    ("rows times rows",
     "The L2 part of the value sums the products of *every two* rows, as the sum over `kernel @ kernel.T` does. Squares are "
     "element by element: only the diagonal of that matrix holds them.", lambda k, l2: l2 * (k @ k.T).sum()),
    ("columns times columns",
     "The L2 part of the value sums the products of *every two* columns, as the sum over `kernel.T @ kernel` does. Squares are "
     "element by element: only the diagonal of that matrix holds them.", lambda k, l2: l2 * (k.T @ k).sum()),
    ("root and half",
     "The L2 part of the value is half the root of the sum of squares. It is the sum of squares itself: no root, and in this "
     "formula no ½.", lambda k, l2: l2 / 2 * _norm(k)),
    ("norm 2 of a matrix",
     "The L2 part of the value is made of the spectral norm, the 2-norm of a *matrix*, as in `np.linalg.norm(kernel, "
     "2)`. The penalty sums the squares of all elements.", lambda k, l2: l2 * np.linalg.norm(k, 2) ** 2),
    ("norm 2 of a matrix, not squared",
     "The L2 part of the value is the spectral norm, the 2-norm of a *matrix*, as in `np.linalg.norm(kernel, 2)`. The "
     "penalty sums the squares of all elements.", lambda k, l2: l2 * np.linalg.norm(k, 2)),
    ("strength squared",
     "The strength l2 is squared along with the weight. It multiplies the square: l2 · w², not (l2 · w)².",
     lambda k, l2: ((l2 * k) ** 2).sum()),
    ("factor 2 in the value", "The L2 part of the value is twice as large as it should be. The 2 belongs to the "
        "slope of w², not to w² itself.",
     lambda k, l2: 2 * l2 * (k**2).sum()),
    ("L2 forgotten in the value", "The value has no L2 part: the squares are missing.", lambda k, l2: 0.0),
    ("l2 forgotten in the value", "In the value the strength l2 is not used: it multiplies the sum of the squares.",
     lambda k, l2: (k**2).sum()),
]
_SLOPE_L1 = [
    ("sign lost in the gradient",
     "The L1 part of the gradient is +l1 for every weight. For a negative weight |w| falls when w grows: there the slope "
     "is −l1.", lambda k, l1: l1 + 0 * k),
    ("abs in the gradient",
     "The L1 part of the gradient is l1 · |w|. The slope of |w| does not depend on the size of w: it is +1 or −1 (0 at 0).",
     lambda k, l1: l1 * np.abs(k)),
    ("the weight in the gradient of L1",
     "The L1 part of the gradient is l1 · w. The slope of |w| does not depend on the size of w: it is +1 or −1 (0 at 0).",
     lambda k, l1: l1 * k),
    ("l1 forgotten in its gradient",
     "The L1 part of the gradient is sign(w), whatever the strength. The strength l1 multiplies it.", lambda k, l1: np.sign(k)),
    ("0 / 0",
     "The slope of |w| is not a number where a weight is exactly 0, as w / |w| gives it. Weights at 0 are what L1 is for: "
     "their slope is 0 here.", lambda k, l1: l1 * k / np.abs(k)),
]
_SLOPE_L1_ALONE = [
    ("sign lost in the gradient, not at zero",
     "The L1 part of the gradient is +l1, for negative weights too. For a negative weight |w| falls when w grows: there the "
     "slope is −l1.", lambda k, l1: l1 * (k != 0)),
    ("L1 forgotten in the gradient", "The gradient has no L1 part: the slope of the absolute values is missing.",
     lambda k, l1: 0.0),
    ("+1 at zero",
     "The L1 part of the gradient is right for weights other than 0. At exactly 0 it is "
     "+l1 in your code; it should be 0 by convention, so that a weight at 0 may stay "
     "there.", lambda k, l1: np.where(k >= 0, l1, -l1)),
    ("-1 at zero",
     "The L1 part of the gradient is right for weights other than 0. At exactly 0 it is "
     "−l1 in your code; it should be 0 by convention, so that a weight at 0 may stay "
     "there.", lambda k, l1: np.where(k > 0, l1, -l1)),
    ("sign turned in the gradient of L1",
     "The L1 part of the gradient has the opposite sign. It should point to where the penalty *grows*: away from 0.",
     lambda k, l1: -l1 * np.sign(k)),
    ("factor 2 in the gradient of L1",
     "The L1 part of the gradient is twice as large as it should be. The slope of |w| is +1 or −1; a 2 belongs to "
     "the slope of w².",
     lambda k, l1: 2 * l1 * np.sign(k)),
]
_SLOPE_L2 = [
    ("factor 2 missing in the gradient",
     "The L2 part of the gradient is half as large as it should be. The slope of w² is 2w, and in this formula (as in Keras) "
     "no ½ takes the 2 away.", lambda k, l2: l2 * k),
    ("factor 2 twice", "The L2 part of the gradient is twice as large as it should be: the slope of l2 · w² is 2 · "
                       "l2 · w.",
     lambda k, l2: 4 * l2 * k),
    ("divided by the length",
     "The L2 part of the gradient is divided by the length of the weights: that is the gradient of a root. The penalty is the "
     "sum of squares, without a root.", lambda k, l2: l2 * k / _norm(k)),
    ("sign in the gradient of L2",
     "The L2 part of the gradient is 2 · l2 · sign(w). Only L1's slope is the same for every size; that of w² grows with w.",
     lambda k, l2: 2 * l2 * np.sign(k)),
    ("abs in the gradient of L2",
     "The L2 part of the gradient has lost its sign: 2 · l2 · |w|. A negative weight must be pulled up.",
     lambda k, l2: 2 * l2 * np.abs(k)),
    ("square not taken off",
     "The L2 part of the gradient is 2 · l2 · w²: the power goes down by one when a slope is taken.",
     lambda k, l2: 2 * l2 * k**2),
]
_SLOPE_L2_ALONE = [
    ("L2 forgotten in the gradient", "The gradient has no L2 part: the slope of the squares is missing.", lambda k, l2: 0.0),
    ("l2 forgotten in its gradient",
     "The L2 part of the gradient is 2w, whatever the strength. The strength l2 multiplies it.", lambda k, l2: 2 * k),
    ("the weight missing in the gradient of L2",
     "The L2 part of the gradient is 2 · l2, the same for every weight. The slope of w² is 2w.", lambda k, l2: 2 * l2 + 0 * k),
    ("square not taken off, factor 2 missing",
     "The L2 part of the gradient is l2 · w². The slope of w² is 2w.", lambda k, l2: l2 * k**2),
]


def _abs_sum(k, l1):
    return l1 * np.abs(k).sum()


def _square_sum(k, l2):
    return l2 * (k**2).sum()


def _sign(k, l1):
    return l1 * np.sign(k)


def _twice(k, l2):
    return 2 * l2 * k


def _part_by_part():
    """Mistakes in one part of the value or of the gradient, and in both parts of it."""
    made = []
    for keyword, output, right, first, first_alone, second, second_alone in (
        ("value", "value", (_abs_sum, _square_sum), _VALUE_L1, _VALUE_L1_ALONE, _VALUE_L2, _VALUE_L2_ALONE),
        ("slope", "d_kernel", (_sign, _twice), _SLOPE_L1, _SLOPE_L1_ALONE, _SLOPE_L2, _SLOPE_L2_ALONE),
    ):
        made += [
            Mistake(name, text, _penalized(**{keyword: _sum_of(part, right[1])}), (output,))
            for name, text, part in first + first_alone
        ]
        made += [
            Mistake(name, text, _penalized(**{keyword: _sum_of(right[0], part)}), (output,))
            for name, text, part in second + second_alone
        ]
        made += [
            Mistake(f"{a}; {b}", f"{text_a} And: {text_b[0].lower()}{text_b[1:]}",
                    _penalized(**{keyword: _sum_of(one, other)}), (output,))
            for (a, text_a, one), (b, text_b, other) in itertools.product(first, second)
            if (a, b) not in _OWN_NAME
        ]
    return made


# What has a name of its own below.
_OWN_NAME = {
    ("mean in the L1 part of the value", "mean in the L2 part of the value"),
    ("sign lost in the gradient", "abs in the gradient of L2"),
}


_WHY = (
    "The bias moves the whole output up or down, but does not make it wigglier: pulling the bias to 0 only makes the "
    "output wrong."
)


_IN_THE_VALUE = f"The bias is in the value. {_WHY} Only the kernel is in the sums."


_MOVED = "What does the penalty change when the bias moves a little?"


_IN_ITS_GRADIENT = f"`d_bias` is the slope of a penalty on the bias, and the bias is in neither sum. {_MOVED}"


_PENALIZED = f"The bias is penalized, in the value and in `d_bias`. {_WHY} Only the kernel is in the sums."


def _with_bias(value):
    """A value with the bias in it: ``value(weights, l1, l2)`` of the kernel and of the bias."""
    return lambda k, b, l1, l2: (value(k, l1, l2) + value(b, l1, l2), _slope(k, l1, l2), np.zeros_like(b))


def _bias_and(part, text, value):
    """The bias in the value, together with a mistake in one of its parts."""
    return Mistake(f"bias in the value; {part}", f"{_IN_THE_VALUE} And: {text[0].lower()}{text[1:]}", _with_bias(value), ("value",))


def _wrong_in_both():
    """One cause in value and gradient or in the gradient alone, together with the bias: each is told once."""
    half = "Value and gradient belong to l2/2 · Σw², another convention. Here (as in Keras) there is no ½."
    swapped = "l1 and l2 are swapped: l1 belongs to the absolute values, l2 to the squares."
    sign = "The L1 part of the gradient is +l1 for every weight. For a negative weight its slope is −l1."
    causes = [
        ("the convention with a half", half, lambda k, l1, l2: _value(k, l1, l2 / 2), lambda k, l1, l2: _slope(k, l1, l2 / 2)),
        ("l1 and l2 swapped", swapped, lambda k, l1, l2: _value(k, l2, l1), lambda k, l1, l2: _slope(k, l2, l1)),
        ("penalty subtracted", "Value and gradient have the wrong sign: the penalty should be added to the loss.",
         lambda k, l1, l2: -_value(k, l1, l2), lambda k, l1, l2: -_slope(k, l1, l2)),
        ("mean in value and gradient", "Value and gradient take means where sums belong.",
         lambda k, l1, l2: _value(k, l1, l2) / k.size, lambda k, l1, l2: _slope(k, l1, l2) / k.size),
        ("sign lost in the gradient", sign, _value, lambda k, l1, l2: l1 + 2 * l2 * k),
        ("factor 2 missing in the gradient", "The L2 part of the gradient is half as large as it should be: the slope of w² is 2w.",
         _value, lambda k, l1, l2: _slope(k, l1, l2 / 2)),
        ("-1 at 0", "The slope of |w| is taken as −1 at w = 0. There the penalty does not pull either way: 0.",
         _value, lambda k, l1, l2: l1 * np.where(k > 0, 1, -1) + 2 * l2 * k),
    ]
    for name, text, value, slope in causes:
        yield Mistake(
            f"{name}; bias penalized",
            f"Two things. {text} And the bias is penalized as well, in the value and in `d_bias`. Only the kernel is in the sums.",
            lambda k, b, l1, l2, value=value, slope=slope: (
                value(k, l1, l2) + value(b, l1, l2), slope(k, l1, l2), slope(b, l1, l2)),
            ("value", "d_kernel", "d_bias"),
        )
        outputs = ("d_kernel", "d_bias") if value is _value else ("value", "d_kernel", "d_bias")
        for part, bias_l1 in (("", 1), ("the L2 part of ", 0)):
            yield Mistake(
                f"{name}; bias in {part}its gradient", f"Two things. {text} And: {_IN_ITS_GRADIENT}",
                lambda k, b, l1, l2, value=value, slope=slope, bias_l1=bias_l1: (
                    value(k, l1, l2), slope(k, l1, l2), slope(b, l1 * bias_l1, l2)),
                outputs,
            )
    yield Mistake(
        "the convention with a half; sign lost", f"Two things. {half} And: {sign}",
        _penalized(lambda k, l1, l2: _value(k, l1, l2 / 2), lambda k, l1, l2: l1 + l2 * k), ("value", "d_kernel"),
    )
    yield Mistake(
        "divided by 2N", "Value and gradient are divided by 2 · (number of rows), as a mean over examples is. The kernel's rows are inputs, "
        "not examples, and there is no ½.",
        _penalized(lambda k, l1, l2: _value(k, l1, l2) / len(k) / 2, lambda k, l1, l2: _slope(k, l1, l2) / len(k) / 2),
        ("value", "d_kernel"),
    )
    yield Mistake(
        "first row only", "The value is that of the first row: a `return` or the end of a loop comes too early.",
        _penalized(lambda k, l1, l2: _value(k[:1], l1, l2)), ("value",),
    )
    yield Mistake(
        "last row only", "The value is that of the last row: in a loop the sum must be set to 0 once, before the first row.",
        _penalized(lambda k, l1, l2: _value(k[-1:], l1, l2)), ("value",),
    )
    yield Mistake(
        "0 for negative weights", "The L1 part of the gradient is 0 for negative weights, as `kernel > 0` gives it. Their slope is −l1.",
        _penalized(slope=lambda k, l1, l2: l1 * (k > 0) + 2 * l2 * k), ("d_kernel",),
    )


penalty = CodeExercise(
    penalty,
    outputs=["value", "d_kernel", "d_bias"],
    cases=_penalty_cases,
    variants=[_by_loops, _by_norms, _in_single_precision],
    mistakes=[
        *_part_by_part(),
        *_wrong_in_both(),
        Mistake(
            "the convention with a half",
            "Value and gradient belong together, but to l2/2 · Σw². That is another convention, and a frequent one. Here (as "
            "in Keras) there is no ½, so the same l2 means twice as much.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2 / 2), lambda k, l1, l2: _slope(k, l1, l2 / 2)),
            ("value", "d_kernel"),
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
            "norms of a matrix",
            "The value is made of norms of a *matrix*, as `np.linalg.norm(kernel, 1)` and `np.linalg.norm(kernel, 2)` give them: the "
            "largest column sum and the spectral norm. The penalty sums over all its elements.",
            _penalized(lambda k, l1, l2: l1 * np.linalg.norm(k, 1) + l2 * np.linalg.norm(k, 2) ** 2), ("value",),
        ),
        Mistake(
            "mean over the rows",
            "The value sums over the columns and takes the mean over the rows. The kernel's rows are inputs, not examples: sum over "
            "both axes.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2) / len(k)), ("value",),
        ),
        Mistake(
            "norms of a matrix, not squared",
            "The value is made of norms of a *matrix*, as `np.linalg.norm(kernel, 1)` and `np.linalg.norm(kernel, 2)` give them: the "
            "largest column sum and the spectral norm. The penalty sums over all its elements; and for L2 it sums "
            "squares.",
            _penalized(lambda k, l1, l2: l1 * np.linalg.norm(k, 1) + l2 * np.linalg.norm(k, 2)), ("value",),
        ),
        Mistake(
            "mean over the rows, in the gradient too",
            "Value and gradient are divided by the number of rows. The kernel's rows are inputs, not examples: the penalty is a sum "
            "over both axes.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2) / len(k), lambda k, l1, l2: _slope(k, l1, l2) / len(k)),
            ("value", "d_kernel"),
        ),
        Mistake(
            "mean over the columns",
            "The value sums over the rows and takes the mean over the columns: sum over both axes.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2) / k.shape[1]), ("value",),
        ),
        Mistake(
            "penalty subtracted",
            "Value and gradient have the wrong sign: that rewards large weights. The penalty is *added* to the loss; the minus belongs "
            "to the optimizer's step.",
            _penalized(lambda k, l1, l2: -_value(k, l1, l2), lambda k, l1, l2: -_slope(k, l1, l2)), ("value", "d_kernel"),
        ),
        Mistake(
            "mean in the value",
            "The value takes means where sums belong. With means the same strength would weigh less in a large layer.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2) / k.size), ("value",),
        ),
        Mistake(
            "mean in value and gradient",
            "Value and gradient take means where sums belong. With means the same strength would weigh less in a large layer.",
            _penalized(lambda k, l1, l2: _value(k, l1, l2) / k.size, lambda k, l1, l2: _slope(k, l1, l2) / k.size),
            ("value", "d_kernel"),
        ),
        Mistake(
            "a value for each column",
            "What comes back as the value is one number per column. It should be one number for the whole "
            "kernel: sum over both axes.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum(axis=0) + l2 * (k**2).sum(axis=0)), ("value",),
        ),
        Mistake(
            "a value for each row",
            "What comes back as the value is one number per row. It should be one number for the whole kernel: "
            "sum over both axes.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k).sum(axis=1) + l2 * (k**2).sum(axis=1)), ("value",),
        ),
        Mistake(
            "not summed",
            "The value is not summed: what comes back is an array with the penalty of each single weight.",
            _penalized(lambda k, l1, l2: l1 * np.abs(k) + l2 * k**2), ("value",),
        ),
        Mistake("bias in the value", _IN_THE_VALUE, _with_bias(_value), ("value",)),
        Mistake("bias in its gradient", _IN_ITS_GRADIENT, _penalized(bias_slope=_slope), ("d_bias",)),
        Mistake("bias penalized", _PENALIZED,
                lambda k, b, l1, l2: (_value(k, l1, l2) + _value(b, l1, l2), _slope(k, l1, l2), _slope(b, l1, l2)),
                ("value", "d_bias")),
        Mistake("bias in its gradient, factor 2 missing", _IN_ITS_GRADIENT,
                _penalized(bias_slope=lambda b, l1, l2: _slope(b, l1, l2 / 2)), ("d_bias",)),
        Mistake("bias in the L2 part of the value", f"The bias is in the L2 part of the value. {_WHY} Only the kernel is in the sums.",
                lambda k, b, l1, l2: (_value(k, l1, l2) + l2 * (b**2).sum(), _slope(k, l1, l2), np.zeros_like(b)),
                ("value",)),
        Mistake("bias in the L1 part of the value", f"The bias is in the L1 part of the value. {_WHY} Only the kernel is in the sums.",
                lambda k, b, l1, l2: (_value(k, l1, l2) + l1 * np.abs(b).sum(), _slope(k, l1, l2), np.zeros_like(b)),
                ("value",)),
        Mistake("bias in the L2 part of its gradient", _IN_ITS_GRADIENT, _penalized(bias_slope=lambda b, l1, l2: 2 * l2 * b),
                ("d_bias",)),
        Mistake("bias in the L1 part of its gradient", _IN_ITS_GRADIENT, _penalized(bias_slope=lambda b, l1, l2: l1 * np.sign(b)),
                ("d_bias",)),
        Mistake("bias in L2", f"The bias is penalized in the L2 part, in the value and in `d_bias`. {_WHY} Only the kernel is in the sums.",
                lambda k, b, l1, l2: (_value(k, l1, l2) + l2 * (b**2).sum(), _slope(k, l1, l2), 2 * l2 * b),
                ("value", "d_bias")),
        Mistake("bias in place of the kernel", "The value is that of the bias. The kernel should be penalized.",
                lambda k, b, l1, l2: (_value(b, l1, l2), _slope(k, l1, l2), np.zeros_like(b)), ("value",)),
        *(
            _bias_and(name, text, value)
            for name, text, value in (
                *((name, text, _sum_of(part, _square_sum)) for name, text, part in _VALUE_L1[:3]),
                *((name, text, _sum_of(_abs_sum, part)) for name, text, part in _VALUE_L2[:3]),
            )
        ),
        Mistake("bias in its gradient, sign lost", _IN_ITS_GRADIENT, _penalized(bias_slope=lambda b, l1, l2: l1 + 2 * l2 * b),
                ("d_bias",)),
        Mistake("bias gradient sums the kernel's", f"`d_bias` is the sum of `d_kernel` over the rows. {_MOVED}",
                lambda k, b, l1, l2: (_value(k, l1, l2), _slope(k, l1, l2), _slope(k, l1, l2).sum(axis=0)), ("d_bias",)),
        Mistake("bias gradient of ones", f"`d_bias` is all ones. {_MOVED}",
                _penalized(bias_slope=lambda b, l1, l2: np.ones_like(b)), ("d_bias",)),
        Mistake("bias gradient is the bias", f"`d_bias` is the bias itself. {_MOVED}",
                _penalized(bias_slope=lambda b, l1, l2: b.copy()), ("d_bias",)),
        Mistake("bias gradient of one number", "0 is right, but `d_bias` is one number. Return an array of the bias' shape, (C,).",
                _penalized(bias_slope=lambda b, l1, l2: np.float64(0)), ("d_bias",)),
        Mistake("bias gradient of the kernel's shape", "0 is right, but `d_bias` has the shape of the kernel. Return an array of the bias' "
                "shape, (C,).", lambda k, b, l1, l2: (_value(k, l1, l2), _slope(k, l1, l2), np.zeros_like(k)), ("d_bias",)),
        Mistake(
            "without abs, and its gradient",
            "L1 sums the weights with their signs, in the value and in the gradient. Then −1000 would be the cheapest weight: "
            "where is the absolute value?",
            _penalized(lambda k, l1, l2: l1 * k.sum() + l2 * (k**2).sum(), lambda k, l1, l2: l1 + 2 * l2 * k),
            ("value", "d_kernel"),
        ),
        Mistake(
            "abs of the whole gradient",
            "The gradient has lost its signs: all of it is positive. A negative weight must be pulled up, a positive one down.",
            _penalized(slope=lambda k, l1, l2: np.abs(_slope(k, l1, l2))), ("d_kernel",),
        ),
        Mistake(
            "l1 and l2 swapped",
            "l1 and l2 are swapped: l1 belongs to the absolute values, l2 to the squares.",
            _penalized(lambda k, l1, l2: _value(k, l2, l1), lambda k, l1, l2: _slope(k, l2, l1)), ("value", "d_kernel"),
        ),
        Mistake(
            "l1 and l2 swapped in the value",
            "In the value l1 and l2 are swapped: l1 belongs to the absolute values, l2 to the squares.",
            _penalized(lambda k, l1, l2: _value(k, l2, l1)), ("value",),
        ),
        Mistake(
            "l1 and l2 swapped in the gradient",
            "In the gradient l1 and l2 are swapped: l1 belongs to the sign, l2 to the weight itself.",
            _penalized(slope=lambda k, l1, l2: _slope(k, l2, l1)), ("d_kernel",),
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
            "Where l1 is above 0, L2 is left out. Both may be wanted at once: the two parts are added, and a "
            "strength of 0 removes its part by itself.",
            _penalized(lambda k, l1, l2: _value(k, l1, 0 if l1 else l2), lambda k, l1, l2: _slope(k, l1, 0 if l1 else l2)),
            ("value", "d_kernel"),
        ),
        Mistake(
            "L2 or else L1",
            "Where l2 is above 0, L1 is left out. Both may be wanted at once: the two parts are added, and a "
            "strength of 0 removes its part by itself.",
            _penalized(lambda k, l1, l2: _value(k, 0 if l2 else l1, l2), lambda k, l1, l2: _slope(k, 0 if l2 else l1, l2)),
            ("value", "d_kernel"),
        ),
        Mistake(
            "strengths forgotten in the gradient",
            "The gradient is sign(w) + 2w: its parts should be multiplied by the strengths l1 and l2, as in the value.",
            _penalized(slope=lambda k, l1, l2: np.sign(k) + 2 * k), ("d_kernel",),
        ),
        Mistake(
            "strengths forgotten",
            "The strengths l1 and l2 are not used: they should multiply the two parts, in the value and in the "
            "gradient.",
            _penalized(lambda k, l1, l2: _value(k, 1, 1), lambda k, l1, l2: _slope(k, 1, 1)), ("value", "d_kernel"),
        ),
        Mistake(
            "gradient turned",
            "The gradient has the opposite sign. It should point to where the cost *grows*; the minus belongs to the "
            "optimizer's step.",
            _penalized(slope=lambda k, l1, l2: -_slope(k, l1, l2)), ("d_kernel",),
        ),
        Mistake(
            "step in place of the gradient",
            "`d_kernel` is the kernel after a step, not the gradient. Return what the penalty adds to the gradient.",
            _penalized(slope=lambda k, l1, l2: k - _slope(k, l1, l2)), ("d_kernel",),
        ),
    ],
    properties=[
        Property(
            "The gradient should have the sign of its weight everywhere (0 at 0): the penalty always pulls towards 0.",
            lambda args, outputs: np.all(np.sign(outputs[1]) == np.sign(args[0])),
        ),
        Property("`d_bias` should be 0: the bias is in neither sum.",
                 lambda args, outputs: np.all(outputs[2] == 0)),
        Property(
            "The value should be above 0: every weight that is not 0 costs something, whatever its sign.",
            lambda args, outputs: outputs[0] > 0,
        ),
    ],
    points=3,
    hints=[
        "Value first: absolute values, summed, times l1; squares, summed, times l2. The bias is in neither sum.",
        "Slope by slope: that of |w| is `np.sign(w)`, that of w² is 2w. Each is multiplied by its strength.",
        "What does the value change when the bias changes? Then its gradient is an array of that, `np.zeros_like(bias)`.",
    ],
    insight="This is what `kernel_regularizer=L1L2(l1, l2)` adds in Keras, factor for factor. Notice the weight at "
    "exactly 0: its slope is 0, so the penalty leaves it alone.",
)
