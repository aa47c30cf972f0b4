"""What exercises of notebook 02 share."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, Mistake, Property


def _reach(n):
    return n // 2, n // 2


def _sums(s, axis, before, after, mode="constant"):
    """Sums over ``before`` elements before and ``after`` after each one, along one axis, padded as np.pad does."""
    if before + after < 0:
        return np.zeros_like(s)
    length = s.shape[axis]
    width = [(0, 0)] * s.ndim
    width[axis] = (before, after)
    padded = np.pad(s, width, mode=mode) if before + after else s
    return sum(np.take(padded, range(d, d + length), axis=axis) for d in range(before + after + 1))


def _across(reach=_reach, axes=(-1,), mode="constant", of=np.square, after_sum=None, end=None):
    """LRN with parts of it exchanged: the window's reach and axes, what is summed, the last step."""

    def wrong(a, k, n, alpha, beta):
        total = of(a)
        for axis in axes:
            total = _sums(total, axis, *reach(n), mode)
        if after_sum:
            total = after_sum(total, a, n)
        return end(a, total, k, alpha, beta, n) if end else a / (k + alpha * total) ** beta

    return wrong


def _slices_from_below_zero(axes, end=1):
    """A window cut out by a slice whose start may be negative: NumPy then counts from the end."""

    def wrong(a, k, n, alpha, beta):
        total, r = a**2, n // 2
        for axis in axes:
            total = np.moveaxis(total, axis, -1)
            total = np.stack([total[..., i - r : i + r + end].sum(-1) for i in range(total.shape[-1])], -1)
            total = np.moveaxis(total, -1, axis)
        return a / (k + alpha * total) ** beta

    return wrong


def _moved_inside(axes):
    """At the border the window keeps its width and is moved inside."""

    def wrong(a, k, n, alpha, beta):
        total, r = a**2, n // 2
        for axis in axes:
            total = np.moveaxis(total, axis, -1)
            length = total.shape[-1]
            width = min(2 * r + 1, length)
            starts = [min(max(0, i - r), length - width) for i in range(length)]
            total = np.stack([total[..., s : s + width].sum(-1) for s in starts], -1)
            total = np.moveaxis(total, -1, axis)
        return a / (k + alpha * total) ** beta

    return wrong


def _with_a_whole_window(shape, axes, r):
    inner = np.zeros(shape, bool)
    place = [slice(None)] * len(shape)
    for axis in axes:
        place[axis] = slice(r, max(r, shape[axis] - r))
    inner[tuple(place)] = True
    return inner


def _inner_only(axes, outside):
    """Only elements with a whole window are normalized; the others are left at 0, as they were, or without a sum."""

    def wrong(a, k, n, alpha, beta):
        right = _across(axes=axes)(a, k, n, alpha, beta)
        others = {"kept": a, "zero": 0.0, "no sum": a / k**beta}[outside]
        return np.where(_with_a_whole_window(a.shape, axes, n // 2), right, others)

    return wrong


def _no_sum_before_the_first(axes):
    """Where the window would begin before the first element, the sum is 0; at the other border it is cut off."""

    def wrong(a, k, n, alpha, beta):
        total = a**2
        for axis in axes:
            total = np.moveaxis(_sums(total, axis, *_reach(n)), axis, 0)
            total[: n // 2] = 0
            total = np.moveaxis(total, 0, axis)
        return a / (k + alpha * total) ** beta

    return wrong


def _width_from_the_first(axes, width):
    """Each window begins where it should and has the same width, wherever its first element was cut off."""

    def wrong(a, k, n, alpha, beta):
        total, r = a**2, n // 2
        for axis in axes:
            total = np.moveaxis(total, axis, -1)
            starts = [max(0, i - r) for i in range(total.shape[-1])]
            total = np.stack([total[..., s : s + width(n)].sum(-1) for s in starts], -1)
            total = np.moveaxis(total, -1, axis)
        return a / (k + alpha * total) ** beta

    return wrong


def _trimmed(axes):
    """Sums over padded elements whose padding is taken off by [r:-r]: with r = 0 nothing is left."""

    def wrong(a, k, n, alpha, beta):
        total, r = a**2, n // 2
        for axis in axes:
            total = _sums(total, axis, r, r)
        for axis in axes:
            total = np.moveaxis(total, axis, 0)
            total = np.moveaxis(total if r else total[:0], 0, axis)
        return a / (k + alpha * total) ** beta

    return wrong


def _padded_by_halves(axes):
    """np.pad refuses n / 2."""

    def wrong(a, k, n, alpha, beta):
        width = [(0, 0)] * a.ndim
        for axis in axes:
            width[axis] = (n / 2, n / 2)
        return np.pad(a**2, width)

    return wrong


def _members(total, a, n, axes):
    """How many elements take part at each place."""
    count = np.ones(a.shape)
    for axis in axes:
        count = _sums(count, axis, *_reach(n))
    return count


def _whole(axes):
    def wrong(a, k, n, alpha, beta):
        return a / (k + alpha * (a**2).sum(axis=axes, keepdims=True)) ** beta

    return wrong


def _last_steps():
    """Name, message, last step: what goes wrong after the sum, for both modes alike."""
    return [
        (
            "beta on the sum before k",
            "You raise alpha times the sum to the power beta and add k afterwards. The formula's bracket holds k as "
            "well: first add, then raise the whole bracket to the power.",
            lambda a, s, k, alpha, beta, n: a / (k + (alpha * s) ** beta),
        ),
        (
            "beta on the sum alone",
            "You raise the sum alone to the power beta: in Python ** binds tighter than * and +. In the formula beta "
            "stands outside the bracket: where must the brackets be?",
            lambda a, s, k, alpha, beta, n: a / (k + alpha * s**beta),
        ),
        (
            "beta on the quotient",
            "You raise the whole quotient to the power beta, a included. Only the denominator has this power. A "
            "negative response raised to such a power is NaN.",
            lambda a, s, k, alpha, beta, n: (a / (k + alpha * s)) ** beta,
        ),
        (
            "beta left out",
            "The power beta is missing: with beta = 1 it would be right. Look at what stands over the bracket.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha * s),
        ),
        (
            "square root",
            "You take the square root whatever beta is. That is beta = 0.5; use the argument.",
            lambda a, s, k, alpha, beta, n: a / np.sqrt(k + alpha * s),
        ),
        (
            "beta fixed at 0.75",
            "Beta is 0.75 whatever is passed. That is AlexNet's value; use the argument.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha * s) ** 0.75,
        ),
        (
            "root in place of the power",
            "The exponent is 1 / beta. The formula raises the bracket to beta itself.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha * s) ** (1 / beta),
        ),
        (
            "beta multiplies",
            "The bracket is multiplied by beta, not raised to it. In Python a power is **.",
            lambda a, s, k, alpha, beta, n: a / ((k + alpha * s) * beta),
        ),
        (
            "multiplied by the bracket",
            "a is multiplied by the power of the bracket, so a strong neighbourhood makes it louder. It must be divided "
            "by that power. (Dividing by a negative power multiplies.)",
            lambda a, s, k, alpha, beta, n: a * (k + alpha * s) ** beta,
        ),
        (
            "only the scale",
            "This is 1 / (...)^beta, the factor. What does it scale? Look at the numerator.",
            lambda a, s, k, alpha, beta, n: (k + alpha * s) ** -beta,
        ),
        (
            "only the denominator",
            "This is the denominator. The result is a divided by it.",
            lambda a, s, k, alpha, beta, n: (k + alpha * s) ** beta,
        ),
        (
            "only the bracket",
            "This is the bracket. The result is a divided by its power beta.",
            lambda a, s, k, alpha, beta, n: k + alpha * s,
        ),
        (
            "only the sum",
            "This is the sum of the squares. The result is a divided by the power of the bracket around it.",
            lambda a, s, k, alpha, beta, n: s,
        ),
        (
            "numerator squared",
            "The numerator is squared. Only the terms of the sum are squared: in the numerator a keeps its sign and "
            "its size.",
            lambda a, s, k, alpha, beta, n: a**2 / (k + alpha * s) ** beta,
        ),
        (
            "numerator without its sign",
            "The sign of a is lost: the numerator is |a|. Normalization scales a response but does not change its "
            "sign.",
            lambda a, s, k, alpha, beta, n: abs(a) / (k + alpha * s) ** beta,
        ),
        (
            "k left out",
            "k is missing. It prevents 0 / 0 where all responses are 0. Elsewhere the result is too large.",
            lambda a, s, k, alpha, beta, n: a / (alpha * s) ** beta,
        ),
        (
            "k fixed at 2",
            "k is 2 whatever is passed. That is AlexNet's value; use the argument.",
            lambda a, s, k, alpha, beta, n: a / (2 + alpha * s) ** beta,
        ),
        (
            "k fixed at 1",
            "k is 1 whatever is passed. That is the default of PyTorch and TensorFlow; use the argument.",
            lambda a, s, k, alpha, beta, n: a / (1 + alpha * s) ** beta,
        ),
        (
            "a over k alone",
            "a is divided by k only, and the rest is added: a / k + alpha * ... in Python is not a fraction with all "
            "that in the denominator. The denominator needs brackets.",
            lambda a, s, k, alpha, beta, n: a / k + (alpha * s) ** beta,
        ),
        (
            "no brackets at all",
            "a is divided by k only, and alpha times the power of the sum is added. In Python / binds tighter than +: "
            "the denominator needs brackets.",
            lambda a, s, k, alpha, beta, n: a / k + alpha * s**beta,
        ),
        (
            "alpha left out",
            "alpha is missing: the sum counts in full. alpha says how much the neighbours weigh against k.",
            lambda a, s, k, alpha, beta, n: a / (k + s) ** beta,
        ),
        (
            "alpha fixed at 1e-4",
            "alpha is 1e-4 whatever is passed. That is AlexNet's value; use the argument.",
            lambda a, s, k, alpha, beta, n: a / (k + 1e-4 * s) ** beta,
        ),
        (
            "alpha on k too",
            "alpha multiplies k as well. It should multiply only the sum: check the brackets.",
            lambda a, s, k, alpha, beta, n: a / (alpha * (k + s)) ** beta,
        ),
        (
            "alpha squared",
            "alpha is squared together with the responses. It stands before the sum, not inside the square.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha**2 * s) ** beta,
        ),
        (
            "alpha and beta swapped",
            "alpha and beta are swapped: alpha should multiply the sum, and beta should be the exponent.",
            lambda a, s, k, alpha, beta, n: a / (k + beta * s) ** alpha,
        ),
        (
            "alpha and k swapped",
            "alpha and k are swapped: k should be added, and alpha should multiply the sum.",
            lambda a, s, k, alpha, beta, n: a / (alpha + k * s) ** beta,
        ),
        (
            "sum in place of its root of squares",
            "The root of the sum of squares is taken before alpha multiplies it. The formula has the sum of the "
            "squares as it is.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha * np.sqrt(s)) ** beta,
        ),
        (
            "divided by n",
            "alpha is divided by n. That is PyTorch's and Caffe's convention, where alpha means something else; the "
            "formula here has alpha times the sum.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha / n * s) ** beta,
        ),
    ]


def _both(make):
    return [Mistake(name, message, make(end=step)) for name, message, step in _last_steps()]


_NEGATIVE_START = (
    "Near the lower border the slice starts below 0. NumPy then counts from the end, and the slice is empty or holds "
    "other elements. What does max(0, ...) do in the formula?"
)


_HALVES = (
    "A float cannot be the bound of a range or a slice, or the width of a padding, and in Python `/` always gives a "
    "float. The formula's n/2 means a whole number: it is rounded down."
)


_MOVED = (
    "At the border the window is moved inside, so that it keeps its width. In the formula the window is cut off there: "
    "nothing beyond the border is added, and fewer elements take part."
)


_TRIMMED = (
    "With n = 1 nothing is left: the reach is 0 then, and a slice that ends at -0 ends at 0. For other n it is right."
)


_NO_SUM_AT_THE_BORDER = (
    "Near the border nothing is summed: those responses are only divided by k^beta. There the window is cut off, and "
    "what is left of it still counts."
)


_NO_SUM_BEFORE_THE_FIRST = (
    "Where the window would begin below 0, nothing is summed: those responses are only divided by k^beta. There the "
    "window is cut off, and what is left of it still counts. (In a loop: `continue` skips one step, `break` all the "
    "rest.)"
)


_WIDTH_FROM_THE_FIRST = (
    "The window has the same width everywhere: where its start is cut off at 0, its end moves on. In the formula the "
    "end depends on the position alone, so fewer elements take part at the border."
)


_ONE_TOO_MANY_EACH_SIDE = (
    "The window reaches n/2 + 1 to each side: one too far at both ends. The largest distance in the formula is n/2."
)


_ROUNDED_UP = "n/2 is rounded up, but the formula rounds it down: for n = 5 the window reaches 2 to each side."


_INNER = (
    "You compute something only where the whole window fits. At the borders the window is cut off, and the rest of it "
    "still counts: every element needs a result."
)


def _is_finite(args, outputs):
    return bool(np.isfinite(outputs[0]).all())


def _keeps_the_sign(args, outputs):
    return bool(np.all((np.sign(outputs[0]) == np.sign(args[0])) | (args[0] == 0)))


def _damps_no_more_than(args, outputs):
    a, k, _, _, beta = args
    return bool(np.all(np.abs(outputs[0]) <= np.abs(a) / k**beta * (1 + 1e-3)))


def _not_at_the_border_alone(axes):
    """False where every element with a whole window is right, and one of the others is not."""

    def holds(args, outputs):
        inner = _with_a_whole_window(args[0].shape, axes, args[2] // 2)
        right = np.isclose(outputs[0], _across(axes=axes)(*args), rtol=1e-4, atol=1e-5)
        return bool(right.all() or not inner.any() or not right[inner].all())

    return holds


def _properties(axes):
    return [
        Property(
            "Some results are NaN or infinite. Is a bracket 0 or negative there, or is a mean taken over "
            "nothing?", _is_finite
        ),
        Property(
            "Some responses change their sign or become 0. Dividing by a positive number does neither.", _keeps_the_sign
        ),
        Property(
            "Some results are larger than a / k^beta, the result for a sum of 0. The sum can only make the denominator "
            "larger.",
            _damps_no_more_than,
        ),
        Property(
            "In this check the result is right where the whole window fits, and wrong near the border. There the "
            "window is cut off, and what is left of it still counts.",
            _not_at_the_border_alone(axes),
        ),
    ]


def _translation_cases():
    """Odd and even n; from some on, halving and rounding, dividing and remainders differ. n is never k + 1."""
    return [
        Case("on k = 2.0, n = 5, alpha = 0.1, beta = 0.7", (2.0, 5, 0.1, 0.7)),
        Case("on AlexNet's k = 2.0, n = 5, alpha = 0.0001, beta = 0.75", (2.0, 5, 1e-4, 0.75)),
        Case("on k = 3.5, n = 4, alpha = 0.6, beta = 0.6", (3.5, 4, 0.6, 0.6)),
        Case("on k = 5.0, n = 7, alpha = 0.35, beta = 0.9", (5.0, 7, 0.35, 0.9)),
        Case("on k = 1.5, n = 6, alpha = 0.25, beta = 0.8", (1.5, 6, 0.25, 0.8)),
        Case("on k = 2.5, n = 2, alpha = 0.4, beta = 1.2", (2.5, 2, 0.4, 1.2)),
        Case("on k = 1.25, n = 1, alpha = 0.3, beta = 0.65", (1.25, 1, 0.3, 0.65)),
    ]
