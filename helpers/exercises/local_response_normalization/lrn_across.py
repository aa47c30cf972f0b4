"""Notebook 02, code: across channels."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake
from helpers.exercises.local_response_normalization._shared import (
    _HALVES,
    _INNER,
    _MOVED,
    _NEGATIVE_START,
    _NO_SUM_AT_THE_BORDER,
    _NO_SUM_BEFORE_THE_FIRST,
    _ONE_TOO_MANY_EACH_SIDE,
    _ROUNDED_UP,
    _TRIMMED,
    _WIDTH_FROM_THE_FIRST,
    _across,
    _both,
    _inner_only,
    _members,
    _moved_inside,
    _no_sum_before_the_first,
    _padded_by_halves,
    _properties,
    _reach,
    _slices_from_below_zero,
    _sums,
    _trimmed,
    _whole,
    _width_from_the_first,
)


def lrn_across(a, k, n, alpha, beta):
    i = np.arange(a.shape[-1])
    takes_part = abs(i[:, None] - i) <= n // 2  # (N, N): does channel j count for channel i?
    total = a**2 @ takes_part                   # (B, H, W, N)
    return a / (k + alpha * total) ** beta


def _across_cases():
    rng = np.random.default_rng(46)
    a = rng.normal(size=(2, 3, 4, 7)) * [1, 2, 0.5, 3, 1, 0.2, 2]
    tall = rng.normal(size=(2, 5, 2, 8)) + 0.5
    return [
        Case("on responses of shape (2, 3, 4, 7), with n = 3", (a, 1.5, 3, 0.5, 0.6)),
        Case("on responses of shape (2, 5, 2, 8), with n = 5", (tall, 1.0, 5, 0.3, 0.75)),
        Case("on 4 channels, with n = 5", (tall[:1, :2, :, :4], 1.3, 5, 0.4, 0.8)),
        Case("with an even n, 4", (tall, 6.5, 4, 2.1, 0.75), edge=True),
        Case("with n = 1, where only the channel itself takes part", (a, 1.2, 1, 0.8, 0.5), edge=True),
        Case("with a window wider than all channels, n = 20", (a, 0.8, 20, 0.2, 1.3), edge=True),
        Case("where there is one channel only", (a[..., :1], 1.5, 3, 0.5, 0.6), edge=True),
        Case("with AlexNet's k, n, alpha and beta, on responses in the hundreds", (200 * a, 2.0, 5, 1e-4, 0.75)),
    ]


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


def _over_windows(
    summary, first=lambda i, r, N: max(0, i - r), stop=lambda i, r, N: i + r + 1, half=lambda n: n // 2
):
    """Something else than the sum of squares, of windows that are cut out one by one."""

    def wrong(a, k, n, alpha, beta):
        N, r = a.shape[-1], half(n)
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


def _one_by_one(first, stop):
    """As the formula, channel by channel: indices beyond the last one and bounds that are not whole raise."""

    def wrong(a, k, n, alpha, beta):
        total, N = np.zeros_like(a), a.shape[-1]
        for i in range(N):
            for j in range(first(i, n, N), stop(i, n, N)):
                total[..., i] += a[..., j] ** 2
        return a / (k + alpha * total) ** beta

    return wrong


def _shifted_by_zero(a, k, n, alpha, beta):
    total = np.zeros_like(a)
    for d in range(n // 2 + 1):
        total[..., d:] += (a**2)[..., :-d]
    return total


def _convolved(width, assigned=False):
    """np.convolve(..., "same"): its result is as long as the longer of the two."""

    def wrong(a, k, n, alpha, beta):
        def along(row):
            return np.convolve(row, np.ones(width(n)), "same")

        if assigned:
            total = np.zeros_like(a)
            for place in np.ndindex(a.shape[:-1]):
                total[place] = along(a[place] ** 2)
        else:
            total = np.apply_along_axis(along, -1, a**2)
        return a / (k + alpha * total) ** beta

    return wrong


def _count_of_axis(axis, rest):
    """N is the length of another axis: channels beyond it keep a sum, or a result, of 0."""

    def wrong(a, k, n, alpha, beta):
        N, r, total = a.shape[axis], n // 2, np.zeros_like(a)
        for i in range(N):
            total[..., i] = (a[..., max(0, i - r) : min(N - 1, i + r) + 1] ** 2).sum(axis=-1)
        b = a / (k + alpha * total) ** beta
        if rest == "result":
            b[..., N:] = 0
        return b

    return wrong


def _sums_from_to(first, last):
    """Only some channels get a sum; that of the others stays 0."""

    def wrong(a, k, n, alpha, beta):
        total = np.zeros_like(a)
        total[..., first:last] = _sums(a**2, -1, *_reach(n))[..., first:last]
        return a / (k + alpha * total) ** beta

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


def _last_of_each_window(a, n):
    last = a.shape[-1] - 1
    return np.minimum(last, np.arange(last + 1) + n // 2)


def _divides_the_last_of_the_window(a, k, n, alpha, beta):
    return a[..., _last_of_each_window(a, n)] / (k + alpha * _sums(a**2, -1, *_reach(n))) ** beta


def _written_at_the_last_of_the_window(a, k, n, alpha, beta):
    right, b = _across()(a, k, n, alpha, beta), np.zeros_like(a)
    for i, last in enumerate(_last_of_each_window(a, n)):
        b[..., last] = right[..., i]
    return b


def _returned_after_the_first_term(a, k, n, alpha, beta):
    b = np.zeros_like(a)
    b[..., 0] = a[..., 0] / (k + alpha * a[..., 0] ** 2) ** beta
    return b


def _sums_without_last(a, n):
    r, last = n // 2, a.shape[-1] - 1
    return np.stack([(a[..., max(0, i - r) : min(last, i + r + 1)] ** 2).sum(-1) for i in range(last + 1)], axis=-1)


def _power_of_each_term(a, k, n, alpha, beta):
    return a / _sums((k + alpha * a**2) ** beta, -1, *_reach(n))


def _already_normalized(a, k, n, alpha, beta):
    a, r = a.copy(), n // 2
    for i in range(a.shape[-1]):
        total = (a[..., max(0, i - r) : i + r + 1] ** 2).sum(-1)
        a[..., i] = a[..., i] / (k + alpha * total) ** beta
    return a


lrn_across = CodeExercise(
    lrn_across,
    outputs=["b"],
    cases=_across_cases,
    variants=[_as_loops, _as_differences, _as_convolutions, _in_float32],
    mistakes=[
        Mistake(
            "window over space",
            "The window runs over the positions (H and W) of one channel. Here the neighbours are other *channels* at the "
            "same position, along the last axis.",
            _across(axes=(1, 2)),
        ),
        Mistake(
            "window over the row",
            "The window runs along axis 2, over the positions of a row. The neighbours are channels, along the last axis.",
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
            "The window runs over axis 0, the images. One image has nothing to do with another here: the "
            "neighbours are channels, along the last axis.",
            _across(axes=(0,)),
        ),
        Mistake(
            "n on each side",
            "The window reaches n channels to each side. It should reach n/2: the whole window, both sides and the "
            "channel, is about n wide.",
            _across(lambda n: (n, n)),
        ),
        Mistake(
            "n - 1 on each side",
            "The window reaches n - 1 channels to each side. It should reach n/2.",
            _across(lambda n: (n - 1, n - 1)),
        ),
        Mistake(
            "window begins at i",
            "The window begins at channel i and has n channels. Channel i should be in its middle: the window should "
            "reach n/2 to each side.",
            _across(lambda n: (0, n - 1)),
        ),
        Mistake(
            "window ends at i",
            "The window has n channels and ends at channel i. Channel i should be in its middle: the window should "
            "reach n/2 to each side.",
            _across(lambda n: (n - 1, 0)),
        ),
        Mistake(
            "n / 2 rounded up",
            _ROUNDED_UP,
            _across(lambda n: (-(-n // 2), -(-n // 2))),
        ),
        Mistake(
            "n / 2 rounded to even",
            "`round` turns both 3/2 and 5/2 into 2: it rounds halves to the even number. n/2 should be rounded down, "
            "and `n // 2` does that.",
            _across(lambda n: (round(n / 2), round(n / 2))),
        ),
        Mistake(
            "cut off after subtracting",
            "You round i - n/2 down as a whole, so for odd n the window reaches one channel too far on the left. Round "
            "n/2 down before you subtract it: `n // 2`.",
            _over_windows_n(lambda i, n: max(0, int(i - n / 2)), lambda i, n: int(i + n / 2) + 1),
        ),
        Mistake(
            "times beta",
            "a is divided by the bracket and the quotient is multiplied by beta. Beta should be the bracket's "
            "exponent.",
            _across(end=lambda a, s, k, alpha, beta, n: a / (k + alpha * s) * beta),
        ),
        Mistake("one too many on each side", _ONE_TOO_MANY_EACH_SIDE, _across(lambda n: (n // 2 + 1, n // 2 + 1))),
        Mistake(
            "one too many on the left",
            "The window reaches one channel too far on the left: channel i - n/2 - 1 is in it. A range or slice begins "
            "with its first number.",
            _across(lambda n: (n // 2 + 1, n // 2)),
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
            "The window ends before min(N - 1, i + n/2): that channel is missing everywhere, and the very last channel "
            "takes part nowhere. Python's ranges and slices stop *before* their end.",
            _over_windows(_sum_of_squares, stop=lambda i, r, N: min(N - 1, i + r)),
        ),
        Mistake(
            "last channel in no sum",
            "The last channel takes part in no sum; all other channels do as they should. N - 1 is its index, and "
            "Python's ranges and slices stop *before* their end.",
            _over_windows(_sum_of_squares, stop=lambda i, r, N: min(N - 1, i + r + 1)),
        ),
        Mistake(
            "last channel in no sum, beta on the sum",
            "The last channel takes part in no sum: ranges and slices stop *before* their end. And you raise the sum "
            "alone to the power beta; in the formula beta stands outside the bracket.",
            lambda a, k, n, alpha, beta: a / (k + alpha * _sums_without_last(a, n) ** beta),
        ),
        Mistake(
            "differences without a zero",
            "The difference of the cumulative sums leaves the first channel of the window out: c[first] contains it "
            "already. The cumulative sum must begin with a 0.",
            _differences_without_a_zero,
        ),
        Mistake(
            "counted from 1",
            "Channel 0 takes part in no sum. The channels are numbered from 0: where do your windows, or your "
            "cumulative sums, begin?",
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
            "The squares of all images, positions and channels go into one sum: no axis was given. Each position of each "
            "image has sums of its own.",
            lambda a, k, n, alpha, beta: a / (k + alpha * (a**2).sum()) ** beta,
        ),
        Mistake(
            "window summed over pictures and places",
            "The window has the right channels, but its sum runs over all images and positions as well: no axis was "
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
            "only the first channel",
            "Only channel 0 has a result. Is the `return` inside the loop?",
            _channels_from_to(0, 1),
        ),
        Mistake(
            "returned after the first term",
            "Only channel 0 has a result, and only one square is in its sum. Does the `return` stand inside both loops?",
            _returned_after_the_first_term,
        ),
        Mistake(
            "the last of the window divided",
            "The numerator is the response of the window's last channel, j. What is divided is the response of channel i.",
            _divides_the_last_of_the_window,
        ),
        Mistake(
            "written at the last of the window",
            "The results stand at the wrong channels: each is written at j, the last of its window, and should be "
            "written at i.",
            _written_at_the_last_of_the_window,
        ),
        Mistake(
            "first channel without a sum",
            "Channel 0 has no sum: it is only divided by k^beta. Channels are numbered from 0: where does the loop "
            "over i begin?",
            _sums_from_to(1, None),
        ),
        Mistake(
            "last channel without a sum",
            "The last channel has no sum: it is only divided by k^beta. N - 1 is the last index, and a range stops "
            "before its end.",
            _sums_from_to(0, -1),
        ),
        *(
            Mistake(
                f"N of axis {axis}, {rest} of 0",
                f"Only the first channels have a {rest}, as many as axis {axis} is long. Which axis counts the channels?",
                _count_of_axis(axis, rest),
            )
            for axis in (0, 1) for rest in ("sum", "result")
        ),
        Mistake(
            "channels came first",
            "The numbers are right, but the axes are not: the channels are the first axis of the result. They must be "
            "the last, as in a.",
            lambda a, k, n, alpha, beta: np.moveaxis(_across()(a, k, n, alpha, beta), -1, 0),
        ),
        Mistake(
            "variance",
            "You take the variance of the window. A variance subtracts a mean and divides by a number; the formula has "
            "a plain sum of squares.",
            _over_windows(lambda window: window.var(axis=-1)),
        ),
        Mistake(
            "the loudest only",
            "Only the largest square of the window counts. The formula adds them all up.",
            _over_windows(lambda window: (window**2).max(axis=-1)),
        ),
        Mistake(
            "k inside the sum",
            "k is added once for every channel of the window: it stands inside the sum. In the formula k stands before "
            "the sum and is added once.",
            _across(
                after_sum=lambda s, a, n: (s, _members(s, a, n, (-1,))),
                end=lambda a, s, k, alpha, beta, n: a / (k * s[1] + alpha * s[0]) ** beta,
            ),
        ),
        Mistake(
            "even n cut on the right",
            "For odd n this is right. For even n your window has n channels, one fewer on the right. In the formula "
            "the window reaches n/2 to both sides and has n + 1 channels.",
            _across(lambda n: (n // 2, (n - 1) // 2)),
        ),
        Mistake(
            "even n cut on the left",
            "For odd n this is right. For even n your window has n channels, one fewer on the left. In the formula the "
            "window reaches n/2 to both sides and has n + 1 channels.",
            _across(lambda n: ((n - 1) // 2, n // 2)),
        ),
        Mistake(
            "even n made smaller",
            "For odd n this is right. For even n the window ends one channel short of n/2 on each side.",
            _across(lambda n: ((n - 1) // 2, (n - 1) // 2)),
        ),
        Mistake(
            "left side only",
            "Only the channels to the left take part. The sum should go on to i + n/2.",
            _across(lambda n: (n // 2, 0)),
        ),
        Mistake(
            "right side only",
            "Only the channels to the right take part. The sum should begin at i - n/2.",
            _across(lambda n: (0, n // 2)),
        ),
        Mistake(
            "own channel left out",
            "The channel's own square is missing. j = i is in the sum: a response damps itself, too.",
            _across(after_sum=lambda s, a, n: s - a**2),
        ),
        Mistake(
            "own channel twice",
            "The channel's own square is counted twice. In the formula j = i occurs only once.",
            _across(after_sum=lambda s, a, n: s + a**2),
        ),
        Mistake(
            "only the own channel",
            "Only the channel's own square is in the sum: n changes nothing. Where are the neighbours?",
            _across(lambda n: (0, 0)),
        ),
        Mistake(
            "n fixed at 5",
            "The window is that of n = 5 whatever is passed. That is AlexNet's value; use the argument.",
            _across(lambda n: (2, 2)),
        ),
        Mistake(
            "AlexNet's numbers",
            "k is 2, n is 5, alpha is 1e-4, beta is 0.75, whatever is passed. These are AlexNet's values; use the arguments.",
            _across(lambda n: (2, 2), end=lambda a, s, k, alpha, beta, n: a / (2 + 1e-4 * s) ** 0.75),
        ),
        Mistake(
            "first picture's sums",
            "The sums of the first image are used for all images of the batch. Each image has sums of its own.",
            _across(after_sum=lambda s, a, n: s[:1]),
        ),
        Mistake(
            "power of each term",
            "The bracket and its power are computed for each channel of the window, and these powers are added. The sum "
            "of the squares comes first, then k, then the power.",
            _power_of_each_term,
        ),
        Mistake(
            "all channels",
            "The sum runs over all channels, whatever n is. Only the channels up to n/2 away should take part.",
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
        Mistake(
            "index beyond the last channel",
            "The index runs past the last channel, N - 1. An index a little below 0 raises no error: NumPy then counts "
            "from the end, and channels from the other end are summed. The formula has a bound for each side.",
            _one_by_one(lambda i, n, N: i - n // 2, lambda i, n, N: i + n // 2 + 1),
        ),
        Mistake(
            "index beyond the last channel, clipped on the left",
            "The sum goes past the last channel: the channels end at N - 1. What does min(...) do in the formula?",
            _one_by_one(lambda i, n, N: max(0, i - n // 2), lambda i, n, N: i + n // 2 + 1),
        ),
        Mistake(
            "index below 0",
            "The sum begins below channel 0. There NumPy counts from the end, and "
            "channels from the other end are summed. What does max(0, ...) do in the formula?",
            _one_by_one(lambda i, n, N: i - n // 2, lambda i, n, N: min(N - 1, i + n // 2) + 1),
        ),
        Mistake(
            "half a channel, range",
            _HALVES,
            _one_by_one(lambda i, n, N: max(0, i - n / 2), lambda i, n, N: min(N - 1, i + n / 2) + 1),
        ),
        Mistake(
            "half a channel, range without min",
            _HALVES,
            _one_by_one(lambda i, n, N: max(0, i - n / 2), lambda i, n, N: i + n / 2 + 1),
        ),
        Mistake(
            "half a channel, slice",
            _HALVES,
            _over_windows(
                _sum_of_squares, lambda i, r, N: max(0, i - r), lambda i, r, N: min(N - 1, i + r) + 1, half=lambda n: n / 2
            ),
        ),
        Mistake(
            "half a channel, slice without min",
            _HALVES,
            _over_windows(_sum_of_squares, half=lambda n: n / 2),
        ),
        Mistake("half a channel, padding", _HALVES, _padded_by_halves((-1,))),
        Mistake(
            "shifted by 0",
            "A slice that ends at -0 ends at 0: it is empty. A shift by 0 needs a different slice from a shift by 1.",
            _shifted_by_zero,
        ),
        Mistake("trimmed by 0", _TRIMMED, _trimmed((-1,))),
        *(
            Mistake(
                f"convolve, {width_name}{', assigned' * assigned}",
                'Where the window is longer than the list of channels, `np.convolve` with "same" gives as many values '
                "as the *window* has." + more,
                _convolved(width, assigned),
            )
            for width_name, width, more in (
                ("n // 2 to each side", lambda n: 2 * (n // 2) + 1, ""),
                ("n ones", lambda n: n, " And an even n reaches n/2 to both sides: the window then has n + 1 channels."),
            )
            for assigned in (False, True)
        ),
        Mistake("negative start", _NEGATIVE_START, _slices_from_below_zero((-1,))),
        Mistake(
            "negative start, last one missing",
            "Near the lower border the slice starts below 0, where NumPy counts from the end. And channel i + n/2 is "
            "missing: slices stop *before* their end.",
            _slices_from_below_zero((-1,), end=0),
        ),
        Mistake(
            "negative start, mean",
            "Near the lower border the slice starts below 0, where NumPy counts from the end: it may be empty, and the "
            "mean of nothing is NaN. And the formula has the sum of the squares, not their mean.",
            _over_windows(lambda window: (window**2).mean(axis=-1), first=lambda i, r, N: i - r),
        ),
        Mistake("window moved inside", _MOVED, _moved_inside((-1,))),
        Mistake("border left as it was", _INNER, _inner_only((-1,), "kept")),
        Mistake("border left at 0", _INNER, _inner_only((-1,), "zero")),
        Mistake("border without a sum", _NO_SUM_AT_THE_BORDER, _inner_only((-1,), "no sum")),
        Mistake("lower border without a sum", _NO_SUM_BEFORE_THE_FIRST, _no_sum_before_the_first((-1,))),
        Mistake("same width at the border", _WIDTH_FROM_THE_FIRST, _width_from_the_first((-1,), lambda n: 2 * (n // 2) + 1)),
        Mistake(
            "n wide, also at the border",
            "The window is n wide everywhere. Where its start is cut off at 0, its end moves on, but fewer elements "
            "should take part. And for even n the window should reach n/2 to both sides, which makes it n + 1 wide.",
            _width_from_the_first((-1,), lambda n: n),
        ),
        Mistake(
            "neighbours already normalized",
            "The result is written into the array whose neighbours are still to be read: a channel sees neighbours on "
            "its left that are normalized already. Read from a, and write into a new array.",
            _already_normalized,
        ),
        Mistake(
            "mean over those who take part",
            "The squares are averaged over the channels that take part, not summed. The formula has no mean, and at "
            "the border a mean divides by another number.",
            _across(after_sum=lambda s, a, n: s / _members(s, a, n, (-1,))),
        ),
        Mistake(
            "mean with zeros",
            "The squares are averaged over the window, including zeros beyond the border. The formula has a sum.",
            _across(after_sum=lambda s, a, n: s / (2 * (n // 2) + 1)),
        ),
        Mistake(
            "PyTorch's layer",
            "This is PyTorch's layer: alpha is divided by n, and for an even n the window is one short on the right. "
            "The formula here has alpha times the sum, and reaches n/2 to both sides.",
            _across(lambda n: (n // 2, (n - 1) // 2), after_sum=lambda s, a, n: s / n),
        ),
        Mistake(
            "mean subtracted",
            "The mean over the channels is subtracted first. Local response normalization subtracts nothing.",
            lambda a, k, n, alpha, beta: _across()(a - a.mean(-1, keepdims=True), k, n, alpha, beta),
        ),
        *_both(_across),
    ],
    properties=_properties((-1,)),
    layout="Here the channels come last: (B, H, W, N).",
    points=3,
    hints=[
        "Compute the array of sums first, of a's shape, and look at it for n = 1: it must be a².",
        "Loop over the channels i with a slice of the last axis: `a[..., first:last + 1]`. What are first and last?",
        "Without a loop: a matrix with a 1 where |i - j| <= n // 2, and a product with a². (Row i of the matrix says "
        "which channels count for channel i.)",
    ],
    insight="The window reaches n // 2 to each side and ends where the channels end. All the rest is computed element "
    "by element. The layer learns nothing and remembers nothing, so training and inference are the same.",
)
