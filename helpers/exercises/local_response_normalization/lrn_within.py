"""Notebook 02, code: within a channel."""

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


def lrn_within(a, k, n, alpha, beta):
    total, r = np.empty_like(a), n // 2
    H, W = a.shape[1:3]
    for y in range(H):
        for x in range(W):
            rows = slice(max(0, y - r), min(H - 1, y + r) + 1)
            columns = slice(max(0, x - r), min(W - 1, x + r) + 1)
            total[:, y, x] = (a[:, rows, columns] ** 2).sum(axis=(1, 2))
    return a / (k + alpha * total) ** beta


def _within_cases():
    rng = np.random.default_rng(64)
    tall = rng.normal(size=(2, 6, 4, 3)) * rng.uniform(0.3, 3, size=(2, 6, 4, 3)) + 0.3
    wide = rng.normal(size=(3, 3, 7, 2)) * rng.uniform(0.3, 3, size=(3, 3, 7, 2))
    return [
        Case("on responses of shape (2, 6, 4, 3), taller than wide, with n = 3", (tall, 1.5, 3, 0.3, 0.6)),
        Case("on responses of shape (3, 3, 7, 2), wider than tall, with n = 5", (wide, 1.0, 5, 0.2, 0.75)),
        Case("on images of 2 by 3 positions, smaller than the window, with n = 5", (tall[:, 1:3, :3, 1:], 1.3, 5, 0.25, 0.7)),
        Case("with an even n, 4", (tall, 2.0, 4, 1.2, 0.75), edge=True),
        Case("with n = 1, where only the element itself takes part", (tall, 1.2, 1, 0.8, 0.5), edge=True),
        Case("with a window larger than the image, n = 20", (wide, 0.8, 20, 0.1, 1.3), edge=True),
        Case("on images of a single position", (wide[:2, :1, :1], 2.5, 3, 1.3, 0.6)),
        Case("with alpha = 1e-4, on responses in the hundreds", (200 * tall, 2.0, 3, 1e-4, 0.75)),
    ]


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


def _within(**parts):
    return _across(axes=parts.pop("axes", (1, 2)), **parts)


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


def _rows_and_columns(rows, columns):
    """Windows that reach differently along the two axes."""

    def wrong(a, k, n, alpha, beta):
        total = _sums(_sums(a**2, 1, *rows(n)), 2, *columns(n))
        return a / (k + alpha * total) ** beta

    return wrong


def _last_missing(n):
    return (n // 2, n // 2 - 1) if n > 1 else (0, -1)


def _place_by_place(rows, columns, swapped=False, order="yx"):
    """As the formula, place by place: indices beyond the picture and bounds that are not whole raise."""

    def wrong(a, k, n, alpha, beta):
        total = np.zeros_like(a)
        H, W = a.shape[1:3]
        places = [(y, x) for y in range(H) for x in range(W)]
        for y, x in places if order == "yx" else sorted(places, key=lambda place: place[1]):
            for q in range(*rows(y, n, H)):
                for p in range(*columns(x, n, W)):
                    total[:, y, x] += a[:, p, q] ** 2 if swapped else a[:, q, p] ** 2
        return a / (k + alpha * total) ** beta

    return wrong


def _bounds(i, n, length):
    return max(0, i - n // 2), min(length - 1, i + n // 2) + 1


def _cut_by_halves(clipped):
    def wrong(a, k, n, alpha, beta):
        total, r = np.empty_like(a), n / 2
        H, W = a.shape[1:3]
        for y in range(H):
            for x in range(W):
                rows, columns = y + r + 1, x + r + 1
                if clipped:
                    rows, columns = min(H - 1, y + r) + 1, min(W - 1, x + r) + 1
                total[:, y, x] = (a[:, max(0, y - r) : rows, max(0, x - r) : columns] ** 2).sum(axis=(1, 2))
        return a / (k + alpha * total) ** beta

    return wrong


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


def _last_in_no_sum(row, column):
    """The last row or column of the picture, or both, are in no window."""

    def wrong(a, k, n, alpha, beta):
        total = a**2
        if row:
            total[:, -1] = 0
        if column:
            total[:, :, -1] = 0
        for axis in (1, 2):
            total = _sums(total, axis, *_reach(n))
        return a / (k + alpha * total) ** beta

    return wrong


def _never_reset(a, k, n, alpha, beta):
    total = _sums(_sums(a**2, 1, *_reach(n)), 2, *_reach(n))
    one_after_another = total.reshape(len(a), -1, a.shape[-1])
    return a / (k + alpha * np.cumsum(one_after_another, axis=1).reshape(a.shape)) ** beta


def _only_the_last(a, k, n, alpha, beta):
    H, W = a.shape[1:3]
    last = a[:, np.minimum(H - 1, np.arange(H) + n // 2)][:, :, np.minimum(W - 1, np.arange(W) + n // 2)]
    return a / (k + alpha * last**2) ** beta


def _only_first(what, rest):
    """Only the first row, or the first place, has a sum or a result."""

    def wrong(a, k, n, alpha, beta):
        place = np.zeros(a.shape, bool)
        place[:, :1, : 1 if what == "place" else None] = True
        return np.where(place, _within()(a, k, n, alpha, beta), a / k**beta if rest == "sum" else 0.0)

    return wrong


def _cross(total, a, n):
    return _sums(a**2, 1, *_reach(n)) + _sums(a**2, 2, *_reach(n)) - a**2


def _diamond(total, a, n):
    """Positions whose row and column distances are together at most n // 2."""
    reach = n // 2
    return sum(
        np.roll(np.pad(a**2, [(0, 0), (reach, reach), (reach, reach), (0, 0)]), (dy, dx), axis=(1, 2))[
            :, reach : reach + a.shape[1], reach : reach + a.shape[2]
        ]
        for dy in range(-reach, reach + 1)
        for dx in range(abs(dy) - reach, reach - abs(dy) + 1)
    )


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


lrn_within = CodeExercise(
    lrn_within,
    outputs=["b"],
    cases=_within_cases,
    variants=[_as_bands, _as_padding, _as_integral_image],
    mistakes=[
        Mistake(
            "window across channels",
            "The window runs across the channels at one position. Here the neighbours are other *positions* in the same "
            "channel, along axes 1 and 2.",
            _across(),
        ),
        Mistake(
            "window over pictures and rows",
            "The window runs over axes 0 and 1. Axis 0 counts the images: an image is not damped by the one before "
            "it in the batch. The positions are axes 1 and 2.",
            _within(axes=(0, 1)),
        ),
        Mistake(
            "window over columns and channels",
            "The window runs over axes 2 and 3, columns and channels. That fits (B, N, H, W), PyTorch's layout. Here "
            "the channels come last: the positions are axes 1 and 2.",
            _within(axes=(2, 3)),
        ),
        Mistake(
            "window over rows and channels",
            "The window runs over axes 1 and 3, rows and channels. The positions are axes 1 and 2.",
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
            "a diamond",
            "The window is a diamond: the distances along the row and along the column together are at most n/2. The "
            "corners are missing: in the formula each of the two may be n/2 by itself, which gives a square.",
            _within(after_sum=_diamond),
        ),
        Mistake(
            "row plus column",
            "The sum over the row and the sum over the column are added: a cross, with the middle counted twice. A sum "
            "over p of a sum over q is a square: the second sum runs over the results of the first.",
            _within(after_sum=_cross_twice),
        ),
        Mistake(
            "normalized twice",
            "You normalize along one axis, and then normalize the result along the other. The formula has one "
            "denominator, with the sum over the whole square in it.",
            _two_in_a_row,
        ),
        Mistake(
            "all channels as well",
            "The squares of all channels are in the sum. Every square in it has the same i: a channel sees only itself.",
            _within(after_sum=_all_channels_too),
        ),
        Mistake(
            "all pictures as well",
            "The squares of all images of the batch are in the sum. Each image is normalized by itself.",
            _within(after_sum=_all_pictures_too),
        ),
        Mistake(
            "all pictures and channels as well",
            "The window has the right positions, but its sum runs over all images and channels, too: no axis was given.",
            _summed_over_everything_in_the_window,
        ),
        Mistake(
            "whole picture",
            "The sum runs over the whole image, whatever n is. Only positions up to n/2 away should take part.",
            _whole((1, 2)),
        ),
        Mistake(
            "x and y swapped",
            "x and y are swapped in the window: it is cut out at the position mirrored in the diagonal. y belongs "
            "to axis 1 (H), x to axis 2 (W). On a square image the shapes would not have told you.",
            _x_and_y_swapped,
        ),
        Mistake(
            "x and y swapped, bounds too",
            "x and y are swapped in the window, together with their bounds: the rows are cut out around x and "
            "the columns around y. y belongs to axis 1 (H), x to axis 2 (W).",
            _x_and_y_swapped_with_bounds,
        ),
        Mistake(
            "H and W swapped",
            "The window of y is cut off at W and that of x at H. On a square image nobody would notice; where it is "
            "taller than wide, the lower rows lose their window.",
            _height_and_width_swapped,
        ),
        Mistake(
            "max in place of min, columns",
            "The sum over columns runs to the right end of the image, whatever n is: its upper bound is max(W, x + "
            "n/2), as it is printed on the slide. The max is never below W, so n never limits the window. Which of "
            "the two should win?",
            _to_the_end(False, True),
        ),
        Mistake(
            "max in place of min, rows",
            "The sum over rows runs to the lower end of the image, whatever n is. Look at its upper bound.",
            _to_the_end(True, False),
        ),
        Mistake(
            "max in place of min",
            "Both sums run to the end of the image, whatever n is. Look at their upper bounds: which of the two "
            "numbers should win?",
            _to_the_end(True, True),
        ),
        Mistake(
            "n on each side",
            "The window reaches n to each side. It should reach n/2.",
            _within(reach=lambda n: (n, n)),
        ),
        Mistake(
            "n / 2 rounded up",
            _ROUNDED_UP,
            _within(reach=lambda n: (-(-n // 2), -(-n // 2))),
        ),
        Mistake("one too many on each side", _ONE_TOO_MANY_EACH_SIDE, _within(reach=lambda n: (n // 2 + 1, n // 2 + 1))),
        Mistake(
            "one too many at the start",
            "The window reaches one too far to the left and up. A range or slice begins with its first number.",
            _within(reach=lambda n: (n // 2 + 1, n // 2)),
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
            _within(reach=_last_missing),
        ),
        Mistake(
            "last row missing",
            "The last row of the window is missing; its columns are right. Python's ranges and slices stop *before* "
            "their end.",
            _rows_and_columns(_last_missing, _reach),
        ),
        Mistake(
            "last column missing",
            "The last column of the window is missing; its rows are right. Python's ranges and slices stop *before* "
            "their end.",
            _rows_and_columns(_reach, _last_missing),
        ),
        Mistake(
            "end at H - 1 and W - 1, not included",
            "The window ends before min(H - 1, y + n/2) and min(W - 1, x + n/2): its last row and column are missing, "
            "and the last row and column of the image take part nowhere. Python's ranges and slices stop *before* "
            "their end.",
            _end_not_included,
        ),
        *(
            Mistake(
                f"last {which} in no sum",
                f"The image's last {which} takes part in no sum; all other positions do as they should. H - 1 is the index "
                "of the last row, W - 1 that of the last column, and Python's ranges and slices stop *before* their end.",
                _last_in_no_sum("row" in which, "column" in which),
            )
            for which in ("row and column", "row", "column")
        ),
        Mistake(
            "never reset",
            "The sum goes on growing from position to position: it is not set back to 0 before the next one.",
            _never_reset,
        ),
        Mistake(
            "only the last one",
            "Only the last position of the window is in the sum. In a loop over q and p: is something overwritten each time "
            "that should be added up?",
            _only_the_last,
        ),
        Mistake(
            "AlexNet's numbers",
            "k is 2, n is 5, alpha is 1e-4, beta is 0.75, whatever is passed. These are AlexNet's values; use the arguments.",
            _within(reach=lambda n: (2, 2), end=lambda a, s, k, alpha, beta, n: a / (2 + 1e-4 * s) ** 0.75),
        ),
        Mistake(
            "first picture's sums",
            "The sums of the first image are used for all images of the batch. Each image has sums of its own.",
            _within(after_sum=lambda s, a, n: s[:1]),
        ),
        *(
            Mistake(
                f"only the first {what} has a {rest}",
                f"Only the first {what} has a {rest}. Is the `return` inside a loop?",
                _only_first(what, rest),
            )
            for what in ("row", "place") for rest in ("sum", "result")
        ),
        Mistake(
            "first ones missing",
            "The first row and the first column of the window are missing: y - n/2 and x - n/2 should take part.",
            _within(reach=lambda n: (n // 2 - 1, n // 2) if n > 1 else (-1, 0)),
        ),
        Mistake(
            "both ends missing",
            "The window reaches one position less to each side: those at a distance of n/2 should take part as well. Is "
            "there a < where the distance may be equal?",
            _within(reach=lambda n: (n // 2 - 1, n // 2 - 1)),
        ),
        Mistake(
            "n - 1 on each side",
            "The window reaches n - 1 to each side. It should reach n/2.",
            _within(reach=lambda n: (n - 1, n - 1)),
        ),
        Mistake(
            "window begins at the place",
            "The window has n rows and columns and begins at the position itself. The position should be in its middle: the "
            "window should reach n/2 to each side.",
            _within(reach=lambda n: (0, n - 1)),
        ),
        Mistake(
            "n fixed at 5",
            "The window is that of n = 5 whatever is passed. Use the argument.",
            _within(reach=lambda n: (2, 2)),
        ),
        Mistake(
            "even n cut at the start",
            "For odd n this is right. For even n your window is n wide and reaches one position less to the left and up. "
            "In the formula the window reaches n/2 to all sides and is n + 1 wide.",
            _within(reach=lambda n: ((n - 1) // 2, n // 2)),
        ),
        Mistake(
            "even n cut at the end",
            "For odd n this is right. For even n your window is n wide and reaches one position less to the right and "
            "down. In the formula the window reaches n/2 to all sides and is n + 1 wide.",
            _within(reach=lambda n: (n // 2, (n - 1) // 2)),
        ),
        Mistake(
            "even n made smaller",
            "For odd n this is right. For even n the window ends one position short of n/2 on each side.",
            _within(reach=lambda n: ((n - 1) // 2, (n - 1) // 2)),
        ),
        Mistake(
            "a quadrant",
            "Only positions to the right and below take part. The sums should begin at x - n/2 and y - n/2.",
            _within(reach=lambda n: (0, n // 2)),
        ),
        Mistake(
            "own element left out",
            "The element's own square is missing: p = x, q = y is in the sum.",
            _within(after_sum=lambda s, a, n: s - a**2),
        ),
        Mistake(
            "only the own element",
            "Only the element's own square is in the sum: n changes nothing. Where are the neighbours?",
            _within(reach=lambda n: (0, 0)),
        ),
        Mistake(
            "mean with zeros",
            "The squares are averaged over the whole window, including zeros beyond the border: a mean counts the zero "
            "padding. The formula has a sum. A zero adds nothing to a sum, but it lowers a mean.",
            _within(after_sum=lambda s, a, n: s / (2 * (n // 2) + 1) ** 2),
        ),
        Mistake(
            "mean over those who take part",
            "The squares are averaged over the positions that take part, not summed. The formula has no mean.",
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
            "At the border the window goes on at the other side of the image. That is what `np.roll` and negative "
            "indices do. Beyond the border there is nothing to add.",
            _within(mode="wrap"),
        ),
        Mistake(
            "border repeated",
            "Beyond the border the outermost positions are counted again (padding with the edge). There is nothing to "
            "add there.",
            _within(mode="edge"),
        ),
        Mistake(
            "border mirrored",
            "Beyond the border the positions are counted again in reverse (reflecting padding, which SciPy's filters "
            "choose unless told otherwise). There is nothing to add there.",
            _within(mode="symmetric"),
        ),
        *(
            Mistake(
                f"index beyond the picture, {order}",
                "The index runs past the last column or row: they are W - 1 and H - 1. An index a little below 0 "
                "raises no error: NumPy then counts from the end. The formula has a bound for each side.",
                _place_by_place(
                    lambda y, n, H: (y - n // 2, y + n // 2 + 1),
                    lambda x, n, W: (x - n // 2, x + n // 2 + 1),
                    order=order,
                ),
            )
            for order in ("yx", "xy")
        ),
        *(
            Mistake(
                f"index beyond the picture, clipped at 0, {order}",
                "The index runs past the last column or row: counted from 0 they are W - 1 and H - 1. What does "
                "min(...) do in the formula?",
                _place_by_place(
                    lambda y, n, H: (max(0, y - n // 2), y + n // 2 + 1),
                    lambda x, n, W: (max(0, x - n // 2), x + n // 2 + 1),
                    order=order,
                ),
            )
            for order in ("yx", "xy")
        ),
        Mistake(
            "index below 0",
            "The sums begin below row 0 and column 0. There NumPy counts from the end, as long as there are positions, "
            "and positions from the other side are summed. What does max(0, ...) do in the formula?",
            _place_by_place(
                lambda y, n, H: (y - n // 2, min(H - 1, y + n // 2) + 1),
                lambda x, n, W: (x - n // 2, min(W - 1, x + n // 2) + 1),
            ),
        ),
        Mistake(
            "max in place of min, index",
            "The sum over columns reaches column W wherever x is, as with the max(W, x + n/2) printed on the slide, "
            "and there is no column W. Which of the two should win, and which is the last column, counted from 0?",
            _place_by_place(_bounds, lambda x, n, W: (max(0, x - n // 2), max(W, x + n // 2) + 1)),
        ),
        Mistake(
            "rows and columns swapped, index",
            "Rows and columns are swapped. Axis 1 is y and has the length H, axis 2 is x and has the length W. "
            "On a square image there would have been no error.",
            _place_by_place(_bounds, _bounds, swapped=True),
        ),
        Mistake(
            "half a place, range",
            _HALVES,
            _place_by_place(
                lambda y, n, H: (max(0, y - n / 2), min(H - 1, y + n / 2) + 1),
                lambda x, n, W: (max(0, x - n / 2), min(W - 1, x + n / 2) + 1),
            ),
        ),
        Mistake("half a place, slice", _HALVES, _cut_by_halves(clipped=True)),
        Mistake("half a place, slice without min", _HALVES, _cut_by_halves(clipped=False)),
        Mistake("half a place, padding", _HALVES, _padded_by_halves((1, 2))),
        Mistake("trimmed by 0", _TRIMMED, _trimmed((1, 2))),
        Mistake(
            "negative start, last ones missing",
            "Near the upper and left border the slices start below 0, where NumPy counts from the end. And the last "
            "row and column of the window are missing: slices stop *before* their end.",
            _slices_from_below_zero((1, 2), end=0),
        ),
        Mistake("negative start", _NEGATIVE_START, _slices_from_below_zero((1, 2))),
        Mistake("window moved inside", _MOVED, _moved_inside((1, 2))),
        Mistake("border left as it was", _INNER, _inner_only((1, 2), "kept")),
        Mistake("border left at 0", _INNER, _inner_only((1, 2), "zero")),
        Mistake("border without a sum", _NO_SUM_AT_THE_BORDER, _inner_only((1, 2), "no sum")),
        Mistake("lower border without a sum", _NO_SUM_BEFORE_THE_FIRST, _no_sum_before_the_first((1, 2))),
        Mistake("same width at the border", _WIDTH_FROM_THE_FIRST, _width_from_the_first((1, 2), lambda n: 2 * (n // 2) + 1)),
        Mistake(
            "n wide, also at the border",
            "The window is n wide everywhere. Where its start is cut off at 0, its end moves on, but fewer elements "
            "should take part. And for even n the window should reach n/2 to both sides, which makes it n + 1 wide.",
            _width_from_the_first((1, 2), lambda n: n),
        ),
        Mistake(
            "neighbours already normalized",
            "The result is written into the array whose neighbours are still to be read. Read from a, and write into a "
            "new array.",
            _already_normalized_within,
        ),
        *_both(_within),
    ],
    properties=_properties((1, 2)),
    layout="Here the channels come last: (B, H, W, N).",
    points=3,
    hints=[
        "Only the sum is new. Make an array `total` of a's shape and fill it position by position. The rest of the formula "
        "stays as before.",
        "Two loops, over y (axis 1) and x (axis 2). Cut the window out with two slices; sum its squares over axes 1 "
        "and 2, so that images and channels stay apart.",
        "The rows of the window: from max(0, y - n // 2) to min(H - 1, y + n // 2), the end included. The columns work "
        "in the same way, with x and W.",
    ],
    insight="The formula is the same, with other neighbours. In a corner about a quarter of the window is left, so "
    "where all respond alike the rim of an image is damped less than its middle.",
)
