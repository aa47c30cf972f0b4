"""Exercises of notebook 02."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    name_exercises,
)

# --- predict: who takes part in the sum ----------------------------------------------------------

_NO_CLIPPING = (
    "that counts channels that do not exist. The sum begins at max(0, ...) and ends at min(N - 1, ...): beyond the "
    "border there is nothing to add."
)

window_members = PredictExercise(
    {"n = 5, i = 8": 5, "n = 5, i = 0": 3, "n = 5, i = 14": 4, "n = 4, i = 8": 5, "n = 40, i = 8": 16},
    variable="members",
    mistakes={
        "n = 5, i = 8": [
            Mistake("own channel left out", "4 are the neighbours. j = i lies in the sum, too: count it.", 4),
            Mistake("n on each side", "11 would be 5 on each side. The sum reaches n/2 to each side.", 11),
            Mistake("n / 2 rounded up", "7 would be 3 on each side. n/2 is a whole number here, cut off: 5/2 is 2.", 7),
            Mistake("n + 1", "2 on the left, 2 on the right: and how many in the middle?", 6),
            Mistake("one side only", "3 are the channel and one side. The sum reaches to both.", 3),
            Mistake("reach", "2 is the reach to one side, not the count.", 2),
        ],
        "n = 5, i = 0": [
            Mistake("no clipping, left", _NO_CLIPPING, 5),
            Mistake("own channel left out, left", "2 are the neighbours. j = i lies in the sum, too.", 2),
            Mistake("only itself", "channel 0 has no neighbours on the left. On the right it has.", 1),
            Mistake("rounded up, left", "n/2 is cut off to a whole number: 5/2 is 2, not 3.", 4),
            Mistake("n on each side, left", "6 would be the channel and 5 to the right. It reaches n/2.", 6),
        ],
        "n = 5, i = 14": [
            Mistake("no clipping, right", _NO_CLIPPING, 5),
            Mistake(
                "i = 14 taken for the last",
                "with N = 16 channels, counted from 0, the last one is i = 15: channel 14 has one neighbour to its "
                "right.",
                3,
            ),
            Mistake("N in place of N - 1", "the last channel is N - 1 = 15; there is no channel 16.", 6),
            Mistake("n on each side, right", "7 would be 5 to the left, the channel and 1 to the right. It reaches n/2.", 7),
            Mistake("only two", "both neighbours on the left are inside, and the channel itself.", 2),
        ],
        "n = 4, i = 8": [
            Mistake(
                "n channels",
                "4/2 = 2 to the left and 2 to the right, and the channel itself. Write the five j down.",
                4,
            ),
            Mistake("n - 1 channels", "3 would be 1 on each side. 4/2 is 2.", 3),
            Mistake("n on each side, even", "9 would be 4 on each side.", 9),
        ],
        "n = 40, i = 8": [
            Mistake("no clipping at all", _NO_CLIPPING, 41),
            Mistake("no clipping, n", _NO_CLIPPING, 40),
            Mistake("clipped on the left only", "on the left it ends at 0. On the right it ends, too, at N - 1.", 29),
            Mistake("clipped on the right only", "on the right it ends at N - 1. On the left it ends, too, at 0.", 28),
            Mistake("N - 1", "15 is the last index. Counted from 0, there are N channels.", 15),
            Mistake("N + 1", "the last index is N - 1, not N.", 17),
        ],
    },
    points=2,
    hints=[
        "Write the first and the last j of the sum down. n/2 is a whole number: what is left over is dropped.",
        "From first to last there are last - first + 1 channels. First is max(0, i - n/2), last min(N - 1, i + n/2).",
    ],
    insight="In the middle an odd n counts n channels, and so does the even number before it: 4 and 5 are the same "
    "layer. At the border fewer take part, so a border channel is damped less.",
)


# --- code: across channels -----------------------------------------------------------------------


def lrn_across(a, k, n, alpha, beta):
    i = np.arange(a.shape[-1])
    takes_part = abs(i[:, None] - i) <= n // 2  # (N, N): does channel j count for channel i?
    total = a**2 @ takes_part                   # (B, H, W, N)
    return a / (k + alpha * total) ** beta


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


def _within(**parts):
    return _across(axes=parts.pop("axes", (1, 2)), **parts)


def _slices_from_below_zero(axes):
    """A window cut out by a slice whose start may be negative: NumPy then counts from the end."""

    def wrong(a, k, n, alpha, beta):
        total, r = a**2, n // 2
        for axis in axes:
            total = np.moveaxis(total, axis, -1)
            total = np.stack([total[..., i - r : i + r + 1].sum(-1) for i in range(total.shape[-1])], -1)
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


def _inner_only(axes, outside):
    """Only elements with a whole window are normalized; the others are left at 0 or as they were."""

    def wrong(a, k, n, alpha, beta):
        r = n // 2
        right = _across(axes=axes)(a, k, n, alpha, beta)
        inner = np.zeros(a.shape, bool)
        place = [slice(None)] * a.ndim
        for axis in axes:
            place[axis] = slice(r, max(r, a.shape[axis] - r))
        inner[tuple(place)] = True
        return np.where(inner, right, a if outside == "kept" else 0.0)

    return wrong


def _over_windows(summary, first=lambda i, r, N: max(0, i - r), stop=lambda i, r, N: i + r + 1):
    """Something else than the sum of squares, of windows that are cut out one by one."""

    def wrong(a, k, n, alpha, beta):
        N, r = a.shape[-1], n // 2
        windows = [a[..., first(i, r, N) : stop(i, r, N)] for i in range(N)]
        total = np.stack([summary(w) for w in windows], axis=-1)
        return a / (k + alpha * total) ** beta

    return wrong


def _over_windows_n(first, stop):
    """As the formula, with windows whose bounds are functions of i and n itself."""

    def wrong(a, k, n, alpha, beta):
        total = [(a[..., first(i, n) : stop(i, n)] ** 2).sum(axis=-1) for i in range(a.shape[-1])]
        return a / (k + alpha * np.stack(total, axis=-1)) ** beta

    return wrong


def _sum_of_squares(window):
    return (window**2).sum(axis=-1)


def _never_reset(a, k, n, alpha, beta):
    total = np.cumsum(_sums(a**2, -1, *_reach(n)), axis=-1)
    return a / (k + alpha * total) ** beta


def _differences_without_a_zero(a, k, n, alpha, beta):
    N, r = a.shape[-1], n // 2
    sums, i = np.cumsum(a**2, axis=-1), np.arange(N)
    total = sums[..., np.minimum(N - 1, i + r)] - sums[..., np.maximum(0, i - r)]
    return a / (k + alpha * total) ** beta


def _channels_from_to(first, last):
    """Only some channels get a result; the others stay 0."""

    def wrong(a, k, n, alpha, beta):
        b = np.zeros_like(a)
        b[..., first:last] = _across()(a, k, n, alpha, beta)[..., first:last]
        return b

    return wrong


def _already_normalized(a, k, n, alpha, beta):
    a, r = a.copy(), n // 2
    for i in range(a.shape[-1]):
        total = (a[..., max(0, i - r) : i + r + 1] ** 2).sum(-1)
        a[..., i] = a[..., i] / (k + alpha * total) ** beta
    return a


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
            "The power beta is taken of alpha times the sum, and k is added afterwards. The formula's bracket holds k "
            "as well: first add, then take the power of the whole.",
            lambda a, s, k, alpha, beta, n: a / (k + (alpha * s) ** beta),
        ),
        (
            "beta on the sum alone",
            "The power beta is taken of the sum alone: in Python ** binds tighter than * and +. In the formula beta "
            "stands outside the bracket: where must the brackets be?",
            lambda a, s, k, alpha, beta, n: a / (k + alpha * s**beta),
        ),
        (
            "beta on the quotient",
            "The power beta is taken of the whole quotient, a included. Only the denominator has the power; and of a "
            "negative response such a power is NaN.",
            lambda a, s, k, alpha, beta, n: (a / (k + alpha * s)) ** beta,
        ),
        (
            "beta left out",
            "The power beta is missing: with beta = 1 it would be right. Look at what stands over the bracket.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha * s),
        ),
        (
            "square root",
            "It takes the square root whatever beta is. That is beta = 0.5; use the argument.",
            lambda a, s, k, alpha, beta, n: a / np.sqrt(k + alpha * s),
        ),
        (
            "beta fixed at 0.75",
            "Beta is 0.75 whatever is passed. That is AlexNet's; use the argument.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha * s) ** 0.75,
        ),
        (
            "beta multiplies",
            "The bracket is multiplied by beta, not raised to it. In Python a power is **.",
            lambda a, s, k, alpha, beta, n: a / ((k + alpha * s) * beta),
        ),
        (
            "multiplied by the bracket",
            "a is multiplied by the power of the bracket, so a strong neighbourhood makes it louder. It is divided. (A "
            "minus sign in the exponent and a division bar are one too many.)",
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
            "numerator squared",
            "The numerator is squared. Only inside the sum are there squares: a keeps its sign and its size.",
            lambda a, s, k, alpha, beta, n: a**2 / (k + alpha * s) ** beta,
        ),
        (
            "numerator without its sign",
            "The sign of a is lost: the numerator is |a|. Normalization scales a response and does not turn it.",
            lambda a, s, k, alpha, beta, n: abs(a) / (k + alpha * s) ** beta,
        ),
        (
            "k left out",
            "k is missing. Where all responses are 0 the result is then 0 / 0, which is NaN; elsewhere it is too large.",
            lambda a, s, k, alpha, beta, n: a / (alpha * s) ** beta,
        ),
        (
            "k fixed at 2",
            "k is 2 whatever is passed. That is AlexNet's; use the argument.",
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
            "that in the denominator. It needs brackets.",
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
            "alpha is missing: the sum counts in full. It says how much the neighbours weigh against k.",
            lambda a, s, k, alpha, beta, n: a / (k + s) ** beta,
        ),
        (
            "alpha fixed at 1e-4",
            "alpha is 1e-4 whatever is passed. That is AlexNet's; use the argument.",
            lambda a, s, k, alpha, beta, n: a / (k + 1e-4 * s) ** beta,
        ),
        (
            "alpha on k too",
            "alpha multiplies k as well. It weighs the sum only: check the brackets.",
            lambda a, s, k, alpha, beta, n: a / (alpha * (k + s)) ** beta,
        ),
        (
            "alpha squared",
            "alpha is squared together with the responses. It stands before the sum, not inside the square.",
            lambda a, s, k, alpha, beta, n: a / (k + alpha**2 * s) ** beta,
        ),
        (
            "alpha and beta swapped",
            "alpha and beta have changed places: alpha multiplies the sum, beta is the exponent.",
            lambda a, s, k, alpha, beta, n: a / (k + beta * s) ** alpha,
        ),
        (
            "alpha and k swapped",
            "alpha and k have changed places: k is added, alpha multiplies the sum.",
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
    "Near the lower border the slice starts below 0. NumPy then counts from the end, the slice is empty or wrong, and "
    "nobody is damped there. What does max(0, ...) do in the formula?"
)
_MOVED = (
    "At the border the window is moved inside, so that it keeps its width. In the formula it is cut off: beyond the "
    "border nothing is added, and fewer take part."
)
_INNER = (
    "Only where the window fits in whole is something computed. At the borders the window is cut off, and the rest of "
    "it counts: every element has a result."
)


def _as_loops(a, k, n, alpha, beta):
    b, count = np.empty_like(a), a.shape[-1]
    for i in range(count):
        first, last = max(0, i - n // 2), min(count - 1, i + n // 2)
        total = sum(a[..., j] ** 2 for j in range(first, last + 1))
        b[..., i] = a[..., i] * (k + alpha * total) ** -beta
    return b


def _as_differences(a, k, n, alpha, beta):
    count, r = a.shape[-1], n // 2
    sums = np.concatenate([np.zeros((*a.shape[:-1], 1)), np.cumsum(a * a, axis=-1)], axis=-1)
    i = np.arange(count)
    total = sums[..., np.minimum(count, i + r + 1)] - sums[..., np.maximum(0, i - r)]
    return a / np.power(k + alpha * total, beta)


def _as_convolutions(a, k, n, alpha, beta):
    r = n // 2
    padded = np.pad(a**2, [(0, 0)] * (a.ndim - 1) + [(r, r)])
    total = np.lib.stride_tricks.sliding_window_view(padded, 2 * r + 1, axis=-1).sum(axis=-1)
    return np.exp(-beta * np.log(k + alpha * total)) * a


def _in_float32(a, k, n, alpha, beta):
    return _across()(a.astype(np.float32), k, n, alpha, beta).astype(np.float32)


def _across_cases():
    rng = np.random.default_rng(46)
    a = rng.normal(size=(2, 3, 4, 7)) * [1, 2, 0.5, 3, 1, 0.2, 2]
    tall = rng.normal(size=(2, 5, 2, 8)) + 0.5
    return [
        Case("on responses of shape (2, 3, 4, 7), with n = 3", (a, 1.5, 3, 0.5, 0.6)),
        Case("on responses of shape (2, 5, 2, 8), with n = 5", (tall, 1.0, 5, 0.3, 0.75)),
        Case("with an even n, 4", (tall, 2.0, 4, 0.7, 0.75)),
        Case("with n = 1, where only the channel itself takes part", (a, 1.2, 1, 0.8, 0.5)),
        Case("with a window wider than all channels, n = 20", (a, 0.8, 20, 0.2, 1.3)),
        Case("with AlexNet's k, n, alpha and beta, on responses in the hundreds", (200 * a, 2.0, 5, 1e-4, 0.75)),
    ]


def _keeps_the_sign(args, outputs):
    return bool(np.all(np.sign(outputs[0]) == np.sign(args[0])))


def _damps_no_more_than(args, outputs):
    a, k, _, _, beta = args
    return bool(np.all(np.abs(outputs[0]) <= np.abs(a) / k**beta * (1 + 1e-3)))


_SHARED_PROPERTIES = [
    Property("Some responses change their sign or become 0. Dividing by a positive number does neither.", _keeps_the_sign),
    Property(
        "Some results are larger than a / k^beta, which is what is left when no neighbour responds. The sum can only "
        "make the denominator larger.",
        _damps_no_more_than,
    ),
]

lrn_across = CodeExercise(
    lrn_across,
    cases=_across_cases,
    outputs=["b"],
    mistakes=[
        Mistake(
            "window over space",
            "The window runs over the places (H and W) of one channel. Here the neighbours are other *channels* at "
            "the same place: the last axis.",
            _across(axes=(1, 2)),
        ),
        Mistake(
            "window over the row",
            "The window runs along axis 2, over places of a row. The neighbours are channels: the last axis.",
            _across(axes=(2,)),
        ),
        Mistake(
            "channels first",
            "The window runs over axis 1. That fits (B, N, H, W), PyTorch's layout. Here the channels are the last "
            "axis.",
            _across(axes=(1,)),
        ),
        Mistake(
            "window over the batch",
            "The window runs over axis 0, the pictures. One picture has nothing to do with another here: the "
            "neighbours are channels, the last axis.",
            _across(axes=(0,)),
        ),
        Mistake(
            "n on each side",
            "The window reaches n channels to each side. It reaches n/2: all of it, both sides and the channel, is "
            "about n.",
            _across(lambda n: (n, n)),
        ),
        Mistake(
            "n / 2 rounded up",
            "n/2 is rounded up. It is cut off: for n = 5 the window reaches 2 to each side.",
            _across(lambda n: (-(-n // 2), -(-n // 2))),
        ),
        Mistake(
            "n / 2 rounded to even",
            "`round` takes 3/2 to 2 and 5/2 to 2: halves go to the even number. n/2 is cut off, and `n // 2` does that.",
            _across(lambda n: (round(n / 2), round(n / 2))),
        ),
        Mistake(
            "cut off after subtracting",
            "i - n/2 is cut off as a whole, so that for odd n the window reaches one channel too far on the left. It is "
            "n/2 that is cut off, before it is subtracted: `n // 2`.",
            _over_windows_n(lambda i, n: max(0, int(i - n / 2)), lambda i, n: int(i + n / 2) + 1),
        ),
        Mistake(
            "times beta",
            "a is divided by the bracket and the quotient multiplied by beta. Beta is the bracket's exponent.",
            _across(end=lambda a, s, k, alpha, beta, n: a / (k + alpha * s) * beta),
        ),
        Mistake(
            "one too many on the right",
            "The window reaches one channel too far on the right: channel i + n/2 + 1 is in it. Python's ranges and "
            "slices stop *before* their end: count once more which end you gave.",
            _across(lambda n: (n // 2, n // 2 + 1)),
        ),
        Mistake(
            "last one missing",
            "Channel i + n/2 is missing. Python's ranges and slices stop *before* their end; the formula's sum "
            "includes its last index.",
            _across(lambda n: (n // 2, n // 2 - 1) if n > 1 else (0, -1)),
        ),
        Mistake(
            "first one missing",
            "Channel i - n/2 is missing. The formula's sum includes its first index.",
            _across(lambda n: (n // 2 - 1, n // 2) if n > 1 else (-1, 0)),
        ),
        Mistake(
            "both ends missing",
            "The window reaches one channel less to each side: i - n/2 and i + n/2 are not in it. Is there a < where "
            "the distance may be equal?",
            _across(lambda n: (n // 2 - 1, n // 2 - 1)),
        ),
        Mistake(
            "end at N - 1, not included",
            "The window ends before min(N - 1, i + n/2): that channel is missing everywhere, and the last channel of "
            "all takes part nowhere. Python's ranges and slices stop *before* their end.",
            _over_windows(_sum_of_squares, stop=lambda i, r, N: min(N - 1, i + r)),
        ),
        Mistake(
            "differences without a zero",
            "The difference of the cumulative sums leaves the first channel of the window out: c[first] contains it "
            "already. The cumulative sum must begin with a 0.",
            _differences_without_a_zero,
        ),
        Mistake(
            "counted from 1",
            "Channel 0 takes part in no sum. The channels are numbered from 0: which number does max(0, ...) begin at?",
            _over_windows(_sum_of_squares, first=lambda i, r, N: max(1, i - r)),
        ),
        Mistake(
            "max in place of min",
            "The sum runs to the last channel whatever n is: its upper bound is the larger of N - 1 and i + n/2. Which "
            "of the two should win?",
            _over_windows(_sum_of_squares, stop=lambda i, r, N: max(N - 1, i + r) + 1),
        ),
        Mistake(
            "min in place of max",
            "The sum begins at the smaller of 0 and i - n/2. It should begin at the larger one. (As the start of a "
            "slice a negative number counts from the end.)",
            _over_windows(
                _sum_of_squares, first=lambda i, r, N: min(0, i - r), stop=lambda i, r, N: min(N - 1, i + r) + 1
            ),
        ),
        Mistake(
            "only the last one",
            "Only the last channel of the window is in the sum. In a loop over j: is something overwritten each time "
            "that should be added up?",
            _over_windows(lambda window: window[..., -1] ** 2),
        ),
        Mistake(
            "never reset",
            "The sum goes on growing from channel to channel: it is not set back to 0 before the next i.",
            _never_reset,
        ),
        Mistake(
            "summed over everything",
            "The squares of all pictures, places and channels are one sum: no axis was given. Each place of each "
            "picture has sums of its own.",
            lambda a, k, n, alpha, beta: a / (k + alpha * (a**2).sum()) ** beta,
        ),
        Mistake(
            "window summed over pictures and places",
            "The window has the right channels, but its sum runs over all pictures and places as well: no axis was "
            "given. Sum over the last axis only.",
            _over_windows(lambda window: (window**2).sum()),
        ),
        Mistake(
            "first channel left out",
            "Channel 0 has no result. Channels are numbered from 0: where does the loop over i begin?",
            _channels_from_to(1, None),
        ),
        Mistake(
            "last channel left out",
            "The last channel has no result. N - 1 is the last index, and a range stops before its end.",
            _channels_from_to(0, -1),
        ),
        Mistake(
            "channels came first",
            "The numbers are right, the axes are not: the channels are the first axis of the result. They must be the "
            "last one, as in a.",
            lambda a, k, n, alpha, beta: np.moveaxis(_across()(a, k, n, alpha, beta), -1, 0),
        ),
        Mistake(
            "variance",
            "The variance of the window is taken. That subtracts a mean and divides by a number; the formula has a "
            "plain sum of squares.",
            _over_windows(lambda window: window.var(axis=-1)),
        ),
        Mistake(
            "the loudest only",
            "Only the largest square of the window counts. The formula adds them all up.",
            _over_windows(lambda window: (window**2).max(axis=-1)),
        ),
        Mistake(
            "k inside the sum",
            "k is added once for every channel of the window: it stands inside the sum. In the formula it stands "
            "before it and is added once.",
            _across(
                after_sum=lambda s, a, n: (s, _members(s, a, n, (-1,))),
                end=lambda a, s, k, alpha, beta, n: a / (k * s[1] + alpha * s[0]) ** beta,
            ),
        ),
        Mistake(
            "even n cut on the right",
            "For odd n it is right. An even n counts n channels in your window, one fewer on the right; in the formula "
            "both sides reach n/2, which makes n + 1.",
            _across(lambda n: (n // 2, (n - 1) // 2)),
        ),
        Mistake(
            "even n cut on the left",
            "For odd n it is right. An even n counts n channels in your window, one fewer on the left; in the formula "
            "both sides reach n/2, which makes n + 1.",
            _across(lambda n: ((n - 1) // 2, n // 2)),
        ),
        Mistake(
            "even n made smaller",
            "For odd n it is right. For even n the window reaches (n - 1)/2 to each side; the formula says n/2.",
            _across(lambda n: ((n - 1) // 2, (n - 1) // 2)),
        ),
        Mistake(
            "left side only",
            "Only the channels to the left take part. The sum goes on to i + n/2.",
            _across(lambda n: (n // 2, 0)),
        ),
        Mistake(
            "right side only",
            "Only the channels to the right take part. The sum begins at i - n/2.",
            _across(lambda n: (0, n // 2)),
        ),
        Mistake(
            "own channel left out",
            "The channel's own square is missing. j = i lies in the sum: a response damps itself, too.",
            _across(after_sum=lambda s, a, n: s - a**2),
        ),
        Mistake(
            "only the own channel",
            "Only the channel's own square is in the sum: n changes nothing. Where are the neighbours?",
            _across(lambda n: (0, 0)),
        ),
        Mistake(
            "n fixed at 5",
            "The window is that of n = 5 whatever is passed. That is AlexNet's; use the argument.",
            _across(lambda n: (2, 2)),
        ),
        Mistake(
            "all channels",
            "The sum runs over all channels, whatever n is. Only the channels up to n/2 away take part.",
            _whole((-1,)),
        ),
        Mistake(
            "squares forgotten",
            "The responses are summed, not their squares. Where they differ in sign they cancel, and a negative "
            "bracket has no power: NaN.",
            _across(of=lambda a: a),
        ),
        Mistake(
            "absolute values",
            "The absolute responses are summed, not their squares.",
            _across(of=np.abs),
        ),
        Mistake(
            "square of the sum",
            "The responses are summed and the sum is squared. The formula squares each one first: a sum of squares.",
            _across(of=lambda a: a, after_sum=lambda s, a, n: s**2),
        ),
        Mistake(
            "wraps around",
            "At the border the window goes on at the other end: channel 0 is damped by the last ones. That is what "
            "`np.roll` and negative indices do. Beyond the border there is nothing to add.",
            _across(mode="wrap"),
        ),
        Mistake(
            "border repeated",
            "Beyond the border the outermost channel is counted again (padding with the edge). There is nothing to "
            "add there.",
            _across(mode="edge"),
        ),
        Mistake(
            "border mirrored",
            "Beyond the border the channels are counted again in reverse (reflecting padding). There is nothing to "
            "add there.",
            _across(mode="symmetric"),
        ),
        Mistake("negative start", _NEGATIVE_START, _slices_from_below_zero((-1,))),
        Mistake("window moved inside", _MOVED, _moved_inside((-1,))),
        Mistake("border left as it was", _INNER, _inner_only((-1,), "kept")),
        Mistake("border left at 0", _INNER, _inner_only((-1,), "zero")),
        Mistake(
            "neighbours already normalized",
            "The result is written into the array whose neighbours are still to be read: a channel sees neighbours on "
            "its left that are normalized already. Keep a for reading, write into a new array.",
            _already_normalized,
        ),
        Mistake(
            "mean over those who take part",
            "The squares are averaged over the channels that take part, not summed. A mean is not the formula's, and "
            "at the border it divides by another number.",
            _across(after_sum=lambda s, a, n: s / _members(s, a, n, (-1,))),
        ),
        Mistake(
            "mean with zeros",
            "The squares are averaged over the window, zeros beyond the border counted in. The formula has a sum.",
            _across(after_sum=lambda s, a, n: s / (2 * (n // 2) + 1)),
        ),
        Mistake(
            "mean subtracted",
            "The mean over the channels is subtracted first. Local response normalization subtracts nothing.",
            lambda a, k, n, alpha, beta: _across()(a - a.mean(-1, keepdims=True), k, n, alpha, beta),
        ),
        *_both(_across),
    ],
    properties=_SHARED_PROPERTIES,
    variants=[_as_loops, _as_differences, _as_convolutions, _in_float32],
    points=3,
    hints=[
        "Compute the array of sums first, of a's shape, and look at it for n = 1: it must be a².",
        "Loop over the channels i with a slice of the last axis: `a[..., first:last + 1]`. What are first and last?",
        "No loop: a matrix with a 1 where |i - j| <= n // 2, and a product with a². (Its row i says who counts for "
        "channel i.)",
    ],
    insight="The window reaches n // 2 to each side and ends where the channels end. All the rest is element by "
    "element. Nothing is learned, nothing is remembered: training and inference are the same.",
)


# --- predict: what moves whom --------------------------------------------------------------------

_MOVES = ("rises", "falls", "stays")

neighbours = PredictExercise(
    {
        "a neighbour in the window doubles": "falls",
        "a channel outside the window doubles": "stays",
        "the same channel at the next place doubles": "stays",
        "it doubles itself, from 50 to 100": "rises",
        "it doubles itself, from 400 to 800": "falls",
    },
    variable="moves",
    choices={
        "a neighbour in the window doubles": _MOVES,
        "a channel outside the window doubles": _MOVES,
        "the same channel at the next place doubles": _MOVES,
        "it doubles itself, from 50 to 100": _MOVES,
        "it doubles itself, from 400 to 800": _MOVES,
    },
    mistakes={
        "a neighbour in the window doubles": [
            Mistake("neighbours help", "a neighbour's square stands in the denominator, not in the numerator.", "rises"),
            Mistake("neighbours ignored", "a neighbour's square is one of those that are added up.", "stays"),
        ],
        "a channel outside the window doubles": [
            Mistake("everybody damps", "the sum ends at i ± n/2. Whoever is further away is not in it.", "falls"),
            Mistake("distant ones help", "whoever is outside the window is nowhere in the formula for b_i.", "rises"),
        ],
        "the same channel at the next place doubles": [
            Mistake(
                "space mixed in",
                "every square in this sum has the same x and y. (Neighbouring places are the other kind, within a "
                "channel: it comes later.)",
                "falls",
            ),
            Mistake("space helps", "every square in this sum has the same x and y.", "rises"),
        ],
        "it doubles itself, from 50 to 100": [
            Mistake(
                "already falling",
                "put the numbers in: the numerator doubles, and the bracket grows from 2.25 to 3 only.",
                "falls",
            ),
            Mistake("self balanced", "numerator and denominator both grow, but not by the same factor here.", "stays"),
        ],
        "it doubles itself, from 400 to 800": [
            Mistake(
                "always rising",
                "put the numbers in: the numerator doubles, and the bracket grows from 18 to 66. To the power 0.75 "
                "that is more than a factor of 2.",
                "rises",
            ),
            Mistake(
                "saturated",
                "that would be beta = 0.5: then a / sqrt(alpha a²) no longer depends on a. AlexNet's beta is larger.",
                "stays",
            ),
        ],
    },
    points=2,
    hints=[
        "Which squares are in the denominator of this one channel at this one place?",
        "For the last two, compute: a / (2 + 1e-4 a²)^0.75.",
    ],
    insight="Neighbours in the window can only damp. The channel damps itself as well, and since beta is above 1/2 the "
    "damping wins in the end: with AlexNet's constants a lone response has its largest output at 200.",
)


# --- code: within a channel ----------------------------------------------------------------------


def lrn_within(a, k, n, alpha, beta):
    total, r = np.empty_like(a), n // 2
    H, W = a.shape[1:3]
    for y in range(H):
        for x in range(W):
            rows = slice(max(0, y - r), min(H - 1, y + r) + 1)
            columns = slice(max(0, x - r), min(W - 1, x + r) + 1)
            total[:, y, x] = (a[:, rows, columns] ** 2).sum(axis=(1, 2))
    return a / (k + alpha * total) ** beta


def _to_the_end(rows, columns):
    """The erratum: max(W, x + n/2) as the upper bound, which NumPy's slices cut off at the end of the picture."""

    def wrong(a, k, n, alpha, beta):
        total, r = np.empty_like(a), n // 2
        for y in range(a.shape[1]):
            for x in range(a.shape[2]):
                window = a[
                    :,
                    max(0, y - r) : None if rows else y + r + 1,
                    max(0, x - r) : None if columns else x + r + 1,
                ]
                total[:, y, x] = (window**2).sum(axis=(1, 2))
        return a / (k + alpha * total) ** beta

    return wrong


def _end_not_included(a, k, n, alpha, beta):
    total, r = np.empty_like(a), n // 2
    H, W = a.shape[1:3]
    for y in range(H):
        for x in range(W):
            window = a[:, max(0, y - r) : min(H - 1, y + r), max(0, x - r) : min(W - 1, x + r)]
            total[:, y, x] = (window**2).sum(axis=(1, 2))
    return a / (k + alpha * total) ** beta


def _summed_over_everything_in_the_window(a, k, n, alpha, beta):
    total, r = np.empty_like(a), n // 2
    for y in range(a.shape[1]):
        for x in range(a.shape[2]):
            total[:, y, x] = (a[:, max(0, y - r) : y + r + 1, max(0, x - r) : x + r + 1] ** 2).sum()
    return a / (k + alpha * total) ** beta


def _x_and_y_swapped_with_bounds(a, k, n, alpha, beta):
    total, r = np.empty_like(a), n // 2
    H, W = a.shape[1:3]
    for y in range(H):
        for x in range(W):
            window = a[:, max(0, x - r) : min(W - 1, x + r) + 1, max(0, y - r) : min(H - 1, y + r) + 1]
            total[:, y, x] = (window**2).sum(axis=(1, 2))
    return a / (k + alpha * total) ** beta


def _height_and_width_swapped(a, k, n, alpha, beta):
    total, r = np.empty_like(a), n // 2
    W, H = a.shape[1:3]
    for y in range(a.shape[1]):
        for x in range(a.shape[2]):
            window = a[:, max(0, y - r) : min(H - 1, y + r) + 1, max(0, x - r) : min(W - 1, x + r) + 1]
            total[:, y, x] = (window**2).sum(axis=(1, 2))
    return a / (k + alpha * total) ** beta


def _x_and_y_swapped(a, k, n, alpha, beta):
    total, r = np.zeros_like(a), n // 2
    for y in range(a.shape[1]):
        for x in range(a.shape[2]):
            window = a[:, max(0, x - r) : x + r + 1, max(0, y - r) : y + r + 1]
            total[:, y, x] = (window**2).sum(axis=(1, 2))
    return a / (k + alpha * total) ** beta


def _cross(total, a, n):
    return _sums(a**2, 1, *_reach(n)) + _sums(a**2, 2, *_reach(n)) - a**2


def _cross_twice(total, a, n):
    return _sums(a**2, 1, *_reach(n)) + _sums(a**2, 2, *_reach(n))


def _two_in_a_row(a, k, n, alpha, beta):
    for axis in (1, 2):
        a = a / (k + alpha * _sums(a**2, axis, *_reach(n))) ** beta
    return a


def _already_normalized_within(a, k, n, alpha, beta):
    a, r = a.copy(), n // 2
    for y in range(a.shape[1]):
        for x in range(a.shape[2]):
            total = (a[:, max(0, y - r) : y + r + 1, max(0, x - r) : x + r + 1] ** 2).sum(axis=(1, 2))
            a[:, y, x] = a[:, y, x] / (k + alpha * total) ** beta
    return a


def _all_channels_too(total, a, n):
    return np.broadcast_to(total.sum(-1, keepdims=True), a.shape)


def _all_pictures_too(total, a, n):
    return np.broadcast_to(total.sum(0, keepdims=True), a.shape)


def _as_bands(a, k, n, alpha, beta):
    def band(length):
        i = np.arange(length)
        return (abs(i[:, None] - i) <= n // 2) * 1.0

    total = np.einsum("yY,bYXc,Xx->byxc", band(a.shape[1]), a**2, band(a.shape[2]))
    return a / (k + alpha * total) ** beta


def _as_padding(a, k, n, alpha, beta):
    r = n // 2
    H, W = a.shape[1:3]
    padded = np.pad(a * a, ((0, 0), (r, r), (r, r), (0, 0)))
    total = sum(padded[:, p : p + H, q : q + W] for p in range(2 * r + 1) for q in range(2 * r + 1))
    return a * np.power(k + alpha * total, -beta)


def _as_integral_image(a, k, n, alpha, beta):
    r, total = n // 2, a.astype(np.float64) ** 2
    for axis in (1, 2):
        length = total.shape[axis]
        zeros = np.zeros_like(np.take(total, [0], axis=axis))
        sums = np.concatenate([zeros, np.cumsum(total, axis=axis)], axis=axis)
        i = np.arange(length)
        total = np.take(sums, np.minimum(length, i + r + 1), axis=axis) - np.take(
            sums, np.maximum(0, i - r), axis=axis
        )
    return a / (k + alpha * total) ** beta


def _within_cases():
    rng = np.random.default_rng(64)
    tall = rng.normal(size=(2, 6, 4, 3)) * rng.uniform(0.3, 3, size=(2, 6, 4, 3)) + 0.3
    wide = rng.normal(size=(3, 3, 7, 2)) * rng.uniform(0.3, 3, size=(3, 3, 7, 2))
    return [
        Case("on responses of shape (2, 6, 4, 3), taller than wide, with n = 3", (tall, 1.5, 3, 0.3, 0.6)),
        Case("on responses of shape (3, 3, 7, 2), wider than tall, with n = 5", (wide, 1.0, 5, 0.2, 0.75)),
        Case("with an even n, 4", (tall, 2.0, 4, 0.2, 0.75)),
        Case("with n = 1, where only the element itself takes part", (tall, 1.2, 1, 0.8, 0.5)),
        Case("with a window larger than the picture, n = 20", (wide, 0.8, 20, 0.1, 1.3)),
        Case("with alpha = 1e-4, on responses in the hundreds", (200 * tall, 2.0, 3, 1e-4, 0.75)),
    ]


lrn_within = CodeExercise(
    lrn_within,
    cases=_within_cases,
    outputs=["b"],
    mistakes=[
        Mistake(
            "window across channels",
            "The window runs across the channels at one place. Here the neighbours are other *places* in the same "
            "channel: axes 1 and 2.",
            _across(),
        ),
        Mistake(
            "window over pictures and rows",
            "The window runs over axes 0 and 1. Axis 0 counts the pictures: a picture is not damped by the one before "
            "it in the batch. The places are axes 1 and 2.",
            _within(axes=(0, 1)),
        ),
        Mistake(
            "window over columns and channels",
            "The window runs over axes 2 and 3, columns and channels. The places are axes 1 and 2.",
            _within(axes=(2, 3)),
        ),
        Mistake(
            "window over rows and channels",
            "The window runs over axes 1 and 3, rows and channels. The places are axes 1 and 2.",
            _within(axes=(1, 3)),
        ),
        Mistake(
            "only down the column",
            "The window runs along axis 1 only: a column, not a square. There are two sums in the formula.",
            _within(axes=(1,)),
        ),
        Mistake(
            "only along the row",
            "The window runs along axis 2 only: a row, not a square. There are two sums in the formula.",
            _within(axes=(2,)),
        ),
        Mistake(
            "a cross",
            "The window is a cross: the row and the column. The corners are missing: a sum over p of a sum over q is a "
            "square.",
            _within(after_sum=_cross),
        ),
        Mistake(
            "row plus column",
            "The sum over the row and the sum over the column are added: a cross, with the middle counted twice. A sum "
            "over p of a sum over q is a square: the second sum runs over the results of the first.",
            _within(after_sum=_cross_twice),
        ),
        Mistake(
            "normalized twice",
            "It normalizes along one axis and then the result along the other. There is one denominator, with the sum "
            "over the whole square in it.",
            _two_in_a_row,
        ),
        Mistake(
            "all channels as well",
            "The squares of all channels are in the sum. Every square in it has the same i: a channel sees only itself.",
            _within(after_sum=_all_channels_too),
        ),
        Mistake(
            "all pictures as well",
            "The squares of all pictures of the batch are in the sum. Each picture is normalized by itself.",
            _within(after_sum=_all_pictures_too),
        ),
        Mistake(
            "all pictures and channels as well",
            "The window has the right places, but its sum runs over all pictures and channels, too: no axis was given.",
            _summed_over_everything_in_the_window,
        ),
        Mistake(
            "whole picture",
            "The sum runs over the whole picture, whatever n is. Only places up to n/2 away take part.",
            _whole((1, 2)),
        ),
        Mistake(
            "x and y swapped",
            "x and y have changed places in the window: it is cut out at the place mirrored at the diagonal. y goes "
            "with axis 1 (H), x with axis 2 (W). On a square picture the shapes would not have told you.",
            _x_and_y_swapped,
        ),
        Mistake(
            "x and y swapped, bounds too",
            "x and y have changed places in the window, together with their bounds: the rows are cut out around x and "
            "the columns around y. y goes with axis 1 (H), x with axis 2 (W).",
            _x_and_y_swapped_with_bounds,
        ),
        Mistake(
            "H and W swapped",
            "The window of y is cut off at W and that of x at H. On a square picture nobody would notice; where it is "
            "taller than wide, the lower rows lose their window.",
            _height_and_width_swapped,
        ),
        Mistake(
            "max in place of min, columns",
            "The sum over columns runs to the right end of the picture, whatever n is: its upper bound is "
            "max(W, x + n/2), as it is printed in one transcript. max is never below W, so nothing is ever cut off by "
            "n. Which of the two should win?",
            _to_the_end(False, True),
        ),
        Mistake(
            "max in place of min, rows",
            "The sum over rows runs to the lower end of the picture, whatever n is. Look at its upper bound.",
            _to_the_end(True, False),
        ),
        Mistake(
            "max in place of min",
            "Both sums run to the end of the picture, whatever n is. Look at their upper bounds: which of the two "
            "numbers should win?",
            _to_the_end(True, True),
        ),
        Mistake(
            "n on each side",
            "The window reaches n to each side. It reaches n/2.",
            _within(reach=lambda n: (n, n)),
        ),
        Mistake(
            "n / 2 rounded up",
            "n/2 is rounded up. It is cut off: for n = 5 the window reaches 2 to each side.",
            _within(reach=lambda n: (-(-n // 2), -(-n // 2))),
        ),
        Mistake(
            "one too many at the end",
            "The window reaches one too far to the right and down. Python's ranges and slices stop *before* their "
            "end: count once more which end you gave.",
            _within(reach=lambda n: (n // 2, n // 2 + 1)),
        ),
        Mistake(
            "last ones missing",
            "The last row and the last column of the window are missing. Python's ranges and slices stop *before* "
            "their end; the formula's sums include their last index.",
            _within(reach=lambda n: (n // 2, n // 2 - 1) if n > 1 else (0, -1)),
        ),
        Mistake(
            "end at H - 1 and W - 1, not included",
            "The window ends before min(H - 1, y + n/2) and min(W - 1, x + n/2): its last row and column are missing, "
            "and those of the picture take part nowhere. Python's ranges and slices stop *before* their end.",
            _end_not_included,
        ),
        Mistake(
            "even n cut at the end",
            "For odd n it is right. For even n your window is n wide, one less to the right and down; in the formula "
            "all sides reach n/2, which makes n + 1.",
            _within(reach=lambda n: (n // 2, (n - 1) // 2)),
        ),
        Mistake(
            "even n made smaller",
            "For odd n it is right. For even n the window reaches (n - 1)/2 to each side; the formula says n/2.",
            _within(reach=lambda n: ((n - 1) // 2, (n - 1) // 2)),
        ),
        Mistake(
            "a quadrant",
            "Only places to the right and below take part. The sums begin at x - n/2 and y - n/2.",
            _within(reach=lambda n: (0, n // 2)),
        ),
        Mistake(
            "own element left out",
            "The element's own square is missing: p = x, q = y lies in the sum.",
            _within(after_sum=lambda s, a, n: s - a**2),
        ),
        Mistake(
            "only the own element",
            "Only the element's own square is in the sum: n changes nothing. Where are the neighbours?",
            _within(reach=lambda n: (0, 0)),
        ),
        Mistake(
            "mean with zeros",
            "The squares are averaged over the whole window, zeros beyond the border counted in: zero padding counted "
            "by a mean. The formula has a sum, to which a zero adds nothing; a mean it would lower.",
            _within(after_sum=lambda s, a, n: s / (2 * (n // 2) + 1) ** 2),
        ),
        Mistake(
            "mean over those who take part",
            "The squares are averaged over the places that take part, not summed. A mean is not the formula's.",
            _within(after_sum=lambda s, a, n: s / _members(s, a, n, (1, 2))),
        ),
        Mistake(
            "divided by n squared",
            "alpha is divided by n². That is Caffe's convention, where alpha means something else; the formula here "
            "has alpha times the sum.",
            _within(after_sum=lambda s, a, n: s / n**2),
        ),
        Mistake(
            "squares forgotten",
            "The responses are summed, not their squares. Where they differ in sign they cancel, and a negative "
            "bracket has no power: NaN.",
            _within(of=lambda a: a),
        ),
        Mistake("absolute values", "The absolute responses are summed, not their squares.", _within(of=np.abs)),
        Mistake(
            "square of the sum",
            "The responses are summed and the sum is squared. The formula squares each one first.",
            _within(of=lambda a: a, after_sum=lambda s, a, n: s**2),
        ),
        Mistake(
            "wraps around",
            "At the border the window goes on at the other side of the picture. That is what `np.roll` and negative "
            "indices do. Beyond the border there is nothing to add.",
            _within(mode="wrap"),
        ),
        Mistake(
            "border repeated",
            "Beyond the border the outermost places are counted again (padding with the edge). There is nothing to "
            "add there.",
            _within(mode="edge"),
        ),
        Mistake(
            "border mirrored",
            "Beyond the border the places are counted again in reverse (reflecting padding, which SciPy's filters "
            "choose unless told otherwise). There is nothing to add there.",
            _within(mode="symmetric"),
        ),
        Mistake("negative start", _NEGATIVE_START, _slices_from_below_zero((1, 2))),
        Mistake("window moved inside", _MOVED, _moved_inside((1, 2))),
        Mistake("border left as it was", _INNER, _inner_only((1, 2), "kept")),
        Mistake("border left at 0", _INNER, _inner_only((1, 2), "zero")),
        Mistake(
            "neighbours already normalized",
            "The result is written into the array whose neighbours are still to be read. Keep a for reading, write "
            "into a new array.",
            _already_normalized_within,
        ),
        *_both(_within),
    ],
    properties=_SHARED_PROPERTIES,
    variants=[_as_bands, _as_padding, _as_integral_image],
    points=3,
    hints=[
        "Only the sum is new. Make an array `total` of a's shape, fill it place by place, and put the rest behind it "
        "as before.",
        "Two loops, over y (axis 1) and x (axis 2). Cut the window out with two slices; sum its squares over axes 1 "
        "and 2, so that pictures and channels stay apart.",
        "The rows of the window: from max(0, y - n // 2) to min(H - 1, y + n // 2), the end included. The columns "
        "alike, with x and W.",
    ],
    insight="Same formula, other neighbours. In a corner about a quarter of the window is left, so the rim of a "
    "picture is damped less than its middle.",
)


# --- code: translate between libraries -----------------------------------------------------------


def to_tensorflow(k, n, alpha, beta):
    depth_radius = n // 2
    bias = k
    return depth_radius, bias, alpha, beta


def _translation_cases(number):
    """``number``: int or float, the type of k. An int in place of a float would be refused before it is named."""
    return [
        Case("on k = 2, n = 5, alpha = 0.1, beta = 0.7", (number(2), 5, 0.1, 0.7)),
        Case("on k = 3, n = 4, alpha = 0.6, beta = 0.6", (number(3), 4, 0.6, 0.6)),
        Case("on k = 5, n = 7, alpha = 0.35, beta = 0.9", (number(5), 7, 0.35, 0.9)),
    ]


to_tensorflow = CodeExercise(
    to_tensorflow,
    cases=lambda: _translation_cases(int),
    outputs=["depth_radius", "bias", "alpha", "beta"],
    mistakes=[
        Mistake(
            "n as the radius",
            "depth_radius is how far the window reaches to *one* side. n counts the whole window.",
            lambda k, n, alpha, beta: (n, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "half a channel",
            "n / 2 is 2.5 for n = 5: there are no half channels, and TensorFlow takes a whole number. The formula "
            "cuts off.",
            lambda k, n, alpha, beta: (n / 2, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius rounded up",
            "n/2 is rounded up; it is cut off. (For n = 5: 2 to each side.)",
            lambda k, n, alpha, beta: (-(-n // 2), k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius of n - 1",
            "For odd n it is right. An even n reaches n/2 to both sides in our formula, and so must the radius.",
            lambda k, n, alpha, beta: ((n - 1) // 2, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "radius counts itself",
            "The radius is one too large: the channel itself is in the middle and belongs to neither side.",
            lambda k, n, alpha, beta: (n // 2 + 1, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "doubled n",
            "2n is wider than the whole window. depth_radius is what lies on one side.",
            lambda k, n, alpha, beta: (2 * n, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "alpha divided by the radius",
            "alpha is divided by the radius. TensorFlow multiplies the *sum* by alpha, as the formula does: nothing to "
            "translate.",
            lambda k, n, alpha, beta: (n // 2, k, alpha / (n // 2), beta),
            ("alpha",),
        ),
        Mistake(
            "twice n",
            "The window is made wider, not narrower: depth_radius is what lies on one side.",
            lambda k, n, alpha, beta: (2 * n + 1, k, alpha, beta),
            ("depth_radius",),
        ),
        Mistake(
            "bias left at its default",
            "The bias is 1, TensorFlow's default, whatever k is. bias is TensorFlow's word for k.",
            lambda k, n, alpha, beta: (n // 2, 1.0, alpha, beta),
            ("bias",),
        ),
        Mistake(
            "no bias",
            "The bias is 0. A bias of a layer is something else; here the word means what is added to the sum: k.",
            lambda k, n, alpha, beta: (n // 2, 0.0, alpha, beta),
            ("bias",),
        ),
        Mistake(
            "k to the power beta",
            "The bias is k^beta. TensorFlow adds it inside the bracket, before the power, as the formula does.",
            lambda k, n, alpha, beta: (n // 2, k**beta, alpha, beta),
            ("bias",),
        ),
        Mistake(
            "alpha divided by n",
            "alpha is divided by n. TensorFlow multiplies the *sum* by alpha, as the formula does: nothing to "
            "translate. (PyTorch and Caffe are different.)",
            lambda k, n, alpha, beta: (n // 2, k, alpha / n, beta),
            ("alpha",),
        ),
        Mistake(
            "alpha times n",
            "alpha is multiplied by n. That is for PyTorch and Caffe, which divide by it again. TensorFlow does not.",
            lambda k, n, alpha, beta: (n // 2, k, alpha * n, beta),
            ("alpha",),
        ),
        Mistake(
            "alpha left at its default",
            "alpha is 1, TensorFlow's default, whatever is passed.",
            lambda k, n, alpha, beta: (n // 2, k, 1.0, beta),
            ("alpha",),
        ),
        Mistake(
            "beta left at its default",
            "beta is 0.5, TensorFlow's default, whatever is passed.",
            lambda k, n, alpha, beta: (n // 2, k, alpha, 0.5),
            ("beta",),
        ),
        Mistake(
            "beta with a minus sign",
            "beta is negative. TensorFlow divides by the power already.",
            lambda k, n, alpha, beta: (n // 2, k, alpha, -beta),
            ("beta",),
        ),
        Mistake(
            "alpha and beta swapped",
            "alpha and beta have changed places.",
            lambda k, n, alpha, beta: (n // 2, k, beta, alpha),
            ("alpha", "beta"),
        ),
        Mistake(
            "bias first",
            "The order is depth_radius, bias: the radius comes first.",
            lambda k, n, alpha, beta: (k, n // 2, alpha, beta),
            ("depth_radius", "bias"),
        ),
        Mistake(
            "unchanged order",
            "This is k, n, alpha, beta as they came. TensorFlow wants a radius first and then the bias, and a radius "
            "is not n.",
            lambda k, n, alpha, beta: (k, n, alpha, beta),
            ("depth_radius", "bias"),
        ),
    ],
    variants=[lambda k, n, alpha, beta: [int(n / 2), float(k), np.float32(alpha), beta]],
    points=1,
    hints=[
        "Read the row of TensorFlow in the table: which of its four names has another meaning than ours?",
        "The radius is the reach to one side: the same whole number as the formula's n/2. bias is k.",
    ],
    insight="TensorFlow only has other names: radius for half of n, bias for k.",
)


def to_pytorch(k, n, alpha, beta):
    size = 2 * (n // 2) + 1  # what takes part in the middle: n, or n + 1 when n is even
    return size, alpha * size, beta, k


to_pytorch = CodeExercise(
    to_pytorch,
    cases=lambda: _translation_cases(float),
    outputs=["size", "alpha", "beta", "k"],
    mistakes=[
        Mistake(
            "size n",
            "For odd n this size is right. For an even one PyTorch's window is exactly n wide and lopsided; ours "
            "counts n + 1 channels. Which size counts as many?",
            lambda k, n, alpha, beta: (n, alpha * (2 * (n // 2) + 1), beta, k),
            ("size",),
        ),
        Mistake(
            "alpha times n",
            "For odd n this alpha is right. For an even n PyTorch divides by its size, which is not n then.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * n, beta, k),
            ("alpha",),
        ),
        Mistake(
            "size n, alpha times n",
            "For odd n it is right. For an even n our window has n + 1 channels, and PyTorch's is exactly `size` wide: "
            "size must be another number, and so must what alpha is multiplied by.",
            lambda k, n, alpha, beta: (n, alpha * n, beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "size n + 1",
            "For even n this size is right. For odd n our window counts n.",
            lambda k, n, alpha, beta: (n + 1, alpha * (2 * (n // 2) + 1), beta, k),
            ("size",),
        ),
        Mistake(
            "even n made smaller",
            "For odd n it is right. For even n this is a channel short on each side: ours reaches n/2 both ways.",
            lambda k, n, alpha, beta: (n - 1 + n % 2, alpha * (n - 1 + n % 2), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "size n + 1, alpha times n + 1",
            "For even n it is right. For odd n our window counts n, not n + 1.",
            lambda k, n, alpha, beta: (n + 1, alpha * (n + 1), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "radius as the size",
            "PyTorch's size is the whole window, not its reach to one side. (The radius is TensorFlow's way.)",
            lambda k, n, alpha, beta: (n // 2, alpha * (2 * (n // 2) + 1), beta, k),
            ("size",),
        ),
        Mistake(
            "radius as the size, alpha times it",
            "PyTorch's size is the whole window, not its reach to one side. (The radius is TensorFlow's way.)",
            lambda k, n, alpha, beta: (n // 2, alpha * (n // 2), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "2n + 1",
            "This is a window that reaches n to each side. Ours reaches n/2.",
            lambda k, n, alpha, beta: (2 * n + 1, alpha * (2 * n + 1), beta, k),
            ("size", "alpha"),
        ),
        Mistake(
            "alpha as it is",
            "alpha is passed on as it is. PyTorch divides it by size, so the damping would be too weak.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha, beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha divided by size",
            "alpha is divided by size: the wrong way round. PyTorch divides it itself; what must you pass so that our "
            "alpha is left after that?",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha / (2 * (n // 2) + 1), beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha divided by n",
            "alpha is divided by n: the wrong way round. PyTorch divides it itself; what must you pass so that our "
            "alpha is left after that?",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha / n, beta, k),
            ("alpha",),
        ),
        Mistake(
            "alpha times size squared",
            "alpha is multiplied by size². That is for Caffe's normalization *within* a channel.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1) ** 2, beta, k),
            ("alpha",),
        ),
        Mistake(
            "k left at its default",
            "k is 1, PyTorch's default, whatever is passed. AlexNet's k is 2.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), beta, 1.0),
            ("k",),
        ),
        Mistake(
            "k scaled as well",
            "k is multiplied by size, too. PyTorch divides alpha only; k is added as it is.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), beta, k * (2 * (n // 2) + 1)),
            ("k",),
        ),
        Mistake(
            "beta fixed at 0.75",
            "beta is 0.75, PyTorch's default, whatever is passed.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), 0.75, k),
            ("beta",),
        ),
        Mistake(
            "TensorFlow's order",
            "This is TensorFlow's order, with k second. PyTorch's is size, alpha, beta, k.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, k, alpha * (2 * (n // 2) + 1), beta),
        ),
        Mistake(
            "k first",
            "The numbers are right and k stands first. PyTorch's order is size, alpha, beta, k.",
            lambda k, n, alpha, beta: (k, 2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), beta),
        ),
        Mistake(
            "alpha and beta swapped",
            "alpha and beta have changed places.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, beta, alpha * (2 * (n // 2) + 1), k),
            ("alpha", "beta"),
        ),
        Mistake(
            "k before beta",
            "The last two have changed places: PyTorch's order is size, alpha, beta, k.",
            lambda k, n, alpha, beta: (2 * (n // 2) + 1, alpha * (2 * (n // 2) + 1), k, beta),
            ("beta", "k"),
        ),
    ],
    variants=[
        lambda k, n, alpha, beta: (
            n if n % 2 else n + 1, alpha * (n + (n + 1) % 2), beta, k
        ),
        lambda k, n, alpha, beta: [n // 2 * 2 + 1, (n // 2 * 2 + 1) * alpha, beta, float(k)],
    ],
    points=2,
    hints=[
        "First the odd n: PyTorch computes alpha / size times the sum. What must alpha be so that alpha / size is ours?",
        "Then the even ones: how many channels does *our* n = 4 count in the middle? PyTorch's size is exactly that "
        "number, and an odd size is symmetric.",
    ],
    insight="PyTorch's alpha is an alpha for the mean of `size` squares, ours one for their sum. And no even size of "
    "PyTorch is our even n: its window is lopsided then.",
)


# --- experiment: let the lone one win ------------------------------------------------------------

STAGE_START = {"k": 2.0, "n": 5, "alpha": 1e-4, "beta": 0.75}
_STAGE_LEAD, _STAGE_KEPT = 2.0, 0.4


def _stage_missing(result):
    names = (*STAGE_START, "lead", "kept")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), (int, float)) for name in names):
        return "Pass what `stage(...)` returned: `check(result)`."
    return ""


lone_voice = ExperimentExercise(
    measured=_stage_missing,
    attempted=lambda r: any(r[name] != value for name, value in STAGE_START.items()),
    met=lambda r: r["lead"] >= _STAGE_LEAD and _STAGE_KEPT <= r["kept"] <= 1
    and r["k"] >= 1 and r["alpha"] > 0 and r["beta"] > 0,
    report=lambda r: (
        f"The lone channel is at ≈ {r['lead']:.2f} times the crowd's loudest, and kept ≈ {r['kept']:.2f} of its "
        "response."
    ),
    mistakes=[
        Mistake(
            "nothing finite",
            "There is NaN or infinity in the result. Is k above 0, and the bracket with it?",
            lambda r: not (np.isfinite(r["lead"]) and np.isfinite(r["kept"])),
        ),
        Mistake(
            "no k",
            "Without a k above 0 a channel whose whole window is silent becomes 0 / 0. It must be positive.",
            lambda r: r["k"] <= 0,
        ),
        Mistake(
            "k below 1",
            "k is below 1: then silent channels come out louder than they went in. The task says at least 1.",
            lambda r: r["k"] < 1,
        ),
        Mistake(
            "alpha not above 0",
            "alpha is not above 0: with 0 nobody hears anybody, below 0 a loud neighbour makes its neighbours louder. "
            "That is another layer.",
            lambda r: r["alpha"] <= 0,
        ),
        Mistake(
            "negative exponent",
            "beta is negative: what should divide multiplies.",
            lambda r: r["beta"] < 0,
        ),
        Mistake(
            "no exponent",
            "With beta = 0 the denominator is 1: nothing is normalized at all.",
            lambda r: r["beta"] == 0,
        ),
        Mistake(
            "only itself",
            "With n = 1 every channel damps only itself: the crowd does not hear its neighbours. Which n lets the "
            "crowd's channels hear one another?",
            lambda r: r["n"] // 2 == 0,
        ),
        Mistake(
            "hears the crowd",
            "The window is so wide that the lone channel hears the crowd as well, and is damped like it. How far apart "
            "are they?",
            lambda r: r["n"] // 2 >= 5,
        ),
        Mistake(
            "nothing moves",
            "The crowd is hardly damped: alpha times the sum of its squares is small beside k. AlexNet's alpha is for "
            "responses in the hundreds; these are below 5.",
            lambda r: r["lead"] < 0.8 and r["alpha"] * 45 < 0.5 * r["k"],
        ),
        Mistake(
            "lone one damped too much",
            "The lone channel leads, but little is left of it: its own square damps it, or k does. Which of the four "
            "numbers could be smaller?",
            lambda r: r["lead"] >= _STAGE_LEAD,
        ),
        Mistake(
            "small exponent",
            "Neighbours weigh enough, but the exponent takes most of it back: it is the power beta of the brackets' "
            "ratio that the lone channel gains.",
            lambda r: r["beta"] < 0.65 and r["alpha"] * 27 >= 5 * r["k"],
        ),
        Mistake(
            "k weighs too much",
            "k still has a large say in the crowd's bracket, and it is the same k for the lone channel. Let the sum "
            "weigh more against it.",
            lambda r: r["alpha"] * 27 < 5 * r["k"],
        ),
    ],
    otherwise="The right direction, perhaps, but the lead is not 2 yet. What makes the crowd's bracket grow more than "
    "the lone channel's? What turns a larger bracket into more damping?",
    solved="""
        result = stage(k=1.0, n=7, alpha=0.5, beta=0.75)
        """,
    hints=[
        "Write the two brackets down: the crowd's k + alpha · (sum over its window), the lone one's k + alpha · 4. "
        "Their ratio to the power beta is what the lone channel gains.",
        "Make alpha large enough that the crowd's bracket is mostly neighbours, and n wide enough that each of them "
        "hears the others, but not so wide that the lone one hears them.",
        "alpha between 0.1 and 1, k = 1, beta as it is.",
    ],
    insight="Loud neighbours damp one another, and a channel that responds alone is heard. That is one way to read the "
    "competition AlexNet's paper speaks of. It depends on which channels happen to have neighbouring numbers, and that "
    "is an accident of training.",
)

name_exercises(globals())
