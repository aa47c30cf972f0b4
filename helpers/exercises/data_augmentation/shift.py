"""Notebook 09, code: shift."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.data_augmentation._shared import _pictures, read


def shift(images, down, right):
    n, height, width = images.shape
    moved = np.zeros_like(images)
    for r in range(height):
        for c in range(width):
            if 0 <= r - down < height and 0 <= c - right < width:
                moved[:, r, c] = images[:, r - down, c - right]
    return moved


def _shift_cases():
    x, tall, wide = _pictures(3, 2, 6, 5), _pictures(8, 2, 7, 4), _pictures(9, 3, 3, 6)
    return [
        Case("with down = 2 and right = 1, on pictures of 6 × 5", (x, 2, 1)),
        Case("with down = −1 and right = 3, on pictures of 6 × 5", (x, -1, 3)),
        Case("with down = −5 and right = −3, on pictures of 7 × 4", (tall, -5, -3)),
        Case("with down = 5 and right = −1, on pictures of 7 × 4", (tall, 5, -1)),
        Case("with down = 1 and right = 5, on pictures of 3 × 6", (wide, 1, 5)),
        Case("with down = 1 and right = 1, on 4 pictures of 4 × 4", (_pictures(4, 4, 4, 4), 1, 1)),
        Case("with down = 0 and right = −1", (x, 0, -1), edge=True),
        Case("with down = 2 and right = 0", (x, 2, 0), edge=True),
    ]


_true_shift = shift


def _shift_padded(images, down, right):
    height, width = images.shape[1:]
    a, b = min(abs(down), height), min(abs(right), width)
    padded = np.pad(images, ((0, 0), (a, a), (b, b)))
    top, left = a - max(min(down, height), -height), b - max(min(right, width), -width)
    return padded[:, top : top + height, left : left + width]


def _shift_rolled_and_blackened(images, down, right):
    moved = np.roll(images, (down, right), axis=(1, 2))
    if down >= 0:
        moved[:, :down] = 0
    else:
        moved[:, down:] = 0
    if right >= 0:
        moved[:, :, :right] = 0
    else:
        moved[:, :, right:] = 0
    return moved


def _shift_by_read(images, down, right):
    r, c = np.indices(images.shape[1:]).astype(float)
    return read(images, r - down, c - right)


def _looped(rows=range, inside=lambda place, length: 0 <= place < length, start=np.zeros_like):
    """The two loops with one thing changed."""

    def wrong(images, down, right):
        height, width = images.shape[1:]
        moved = start(images)
        for r in rows(height):
            for c in rows(width):
                if inside(r - down, height) and inside(c - right, width):
                    moved[:, r, c] = images[:, r - down, c - right]
        return moved

    return wrong


def _shift_pushed_over_the_top(images, down, right):
    height, width = images.shape[1:]
    moved = np.zeros_like(images)
    for r in range(height):
        for c in range(width):
            if r + down < height and c + right < width:
                moved[:, r + down, c + right] = images[:, r, c]
    return moved


def _shift_with_edge(images, down, right):
    r, c = np.indices(images.shape[1:])
    return images[:, np.clip(r - down, 0, images.shape[1] - 1), np.clip(c - right, 0, images.shape[2] - 1)]


def _shift_reflected(mode):
    def wrong(images, down, right):
        height, width = images.shape[1:]
        padded = np.pad(images, ((0, 0), (height, height), (width, width)), mode=mode)
        return padded[:, height - down : 2 * height - down, width - right : 2 * width - right]

    return wrong


def _shift_by_slices_positive(images, down, right):
    """Right for positive numbers; a negative one is a slice from the end, and the shapes do not fit."""
    height, width = images.shape[1:]
    moved = np.zeros_like(images)
    moved[:, down:, right:] = images[:, : height - down, : width - right]
    return moved


def _shift_up_to_minus_zero(images, down, right):
    """Both directions apart, but [:-0] is empty, so a shift by 0 does not fit."""
    moved = np.zeros_like(images)
    (to_r, from_r), (to_c, from_c) = (
        (slice(by, None), slice(None, -by)) if by >= 0 else (slice(None, by), slice(-by, None)) for by in (down, right)
    )
    moved[:, to_r, to_c] = images[:, from_r, from_c]
    return moved


def _shift_up_to_minus_zero_one_by_one(images, down, right):
    """The same, first all rows and then all columns: the error names other shapes."""
    for axis, by in ((1, down), (2, right)):
        source, moved = np.moveaxis(images, axis, 0), np.zeros_like(images)
        target = np.moveaxis(moved, axis, 0)  # a view
        if by == 0:  # said as NumPy says it for moved[:, by:] = images[:, :-by]
            moved[:] = images[:, :0] if axis == 1 else images[:, :, :0]
        elif by > 0:
            target[by:] = source[:-by]
        else:
            target[:by] = source[-by:]
        images = moved
    return images


def _shift_up_to_minus_zero_and_padded(images, down, right):
    """Black beside what is cut: nothing is left of an axis along which nothing moves."""
    moved = _true_shift(images, down, right)
    return moved[:, : images.shape[1] if down else 0, : images.shape[2] if right else 0]


def _shift_cropped(images, down, right):
    height, width = images.shape[1:]
    return _true_shift(images, down, right)[:, max(down, 0) : height + min(down, 0),
                                            max(right, 0) : width + min(right, 0)]


def _shift_blackened_from_the_top(images, down, right):
    moved = np.roll(images, (down, right), axis=(1, 2))
    moved[:, :down], moved[:, :, :right] = 0, 0
    return moved


def _shift_on_the_wrong_axes(images, down, right):
    n, height, width = images.shape
    moved = np.zeros_like(images)
    for r in range(height):
        for c in range(width):
            if 0 <= r - down < height and 0 <= c - right < width:
                moved[r, c] = images[r - down, c - right]
    return moved


def _shift_padded_at_the_top(images, down, right):
    return np.pad(images, ((0, 0), (down, 0), (right, 0)))[:, : images.shape[1], : images.shape[2]]


shift = CodeExercise(
    shift,
    outputs=["moved"],
    cases=_shift_cases,
    variants=[_shift_padded, _shift_rolled_and_blackened, _shift_by_read,
              lambda x, down, right: _true_shift(x, down, right).astype(np.float32)],
    mistakes=[
        Mistake(
            "wraps around",
            "What leaves on one side comes back in on the other: `np.roll` wraps around. The foot of a 7 would appear "
            "above its bar. The new area must be black, 0.",
            lambda x, down, right: np.roll(x, (down, right), axis=(1, 2)),
        ),
        Mistake(
            "wraps around, flat",
            "`np.roll` without `axis` rolls the whole array as one long row: ink runs from one row into the next and "
            "from picture to picture. And rolling wraps around; the new area must be black, 0.",
            lambda x, down, right: np.roll(x, (down, right)),
        ),
        Mistake(
            "wraps around, wrong axes",
            "`np.roll` runs over axes 0 and 1: axis 0 is the pictures, so whole pictures change places. And rolling "
            "wraps around; the new area must be black, 0.",
            lambda x, down, right: np.roll(x, (down, right), axis=(0, 1)),
        ),
        Mistake(
            "wraps around, other way",
            "The pictures move the wrong way, and what leaves on one side comes back in on the other. The new pixel is "
            "read at r − down, and everything outside the picture is 0.",
            lambda x, down, right: np.roll(x, (-down, -right), axis=(1, 2)),
        ),
        Mistake(
            "wraps around, axes swapped",
            "`down` moves the pictures to the right, and `right` moves them down, and what leaves on one side comes "
            "back in on the other. Axis 1 of (N, H, W) is the rows; the new area must be black, 0.",
            lambda x, down, right: np.roll(x, (right, down), axis=(1, 2)),
        ),
        Mistake(
            "wraps around in the columns",
            "Up and down, the shift is right. To the side, it still wraps around: what leaves on one side comes back "
            "in on the other.",
            lambda x, down, right: np.roll(_true_shift(x, down, 0), right, axis=2),
        ),
        Mistake(
            "wraps around in the rows",
            "To the side, the shift is right. Up and down, it still wraps around: what leaves on one side comes back "
            "in on the other.",
            lambda x, down, right: np.roll(_true_shift(x, 0, right), down, axis=1),
        ),
        Mistake(
            "negative places count from the end",
            "A place above or to the left of the picture has a negative index, and NumPy counts a negative index from "
            "the *end*, so the picture comes back in on the other side. Such places must give 0: check for them as "
            "well as for places that are too large.",
            _looped(inside=lambda place, length: place < length),
        ),
        Mistake(
            "negative places count from the end, pushed",
            "What leaves at the top or on the left comes back in on the other side: its new place has a negative "
            "index, and NumPy counts a negative index from the *end*. Such places do not exist: check for them as well "
            "as for places that are too large.",
            _shift_pushed_over_the_top,
        ),
        Mistake(
            "wrong sign",
            "The pictures move the wrong way: up for positive `down`, left for positive `right`. The new pixel is read "
            "at r − down, not at r + down.",
            lambda x, down, right: _true_shift(x, -down, -right),
        ),
        Mistake(
            "wrong sign of the rows",
            "To the side, the shift is right. Up and down, the pictures move the wrong way. Rows are counted "
            "downwards.",
            lambda x, down, right: _true_shift(x, -down, right),
        ),
        Mistake(
            "wrong sign of the columns",
            "Up and down, the shift is right. To the side, the pictures move the wrong way.",
            lambda x, down, right: _true_shift(x, down, -right),
        ),
        Mistake(
            "axes swapped",
            "`down` moves the pictures to the right, and `right` moves them down. Axis 1 of (N, H, W) is the rows, "
            "axis 2 the columns.",
            lambda x, down, right: _true_shift(x, right, down),
        ),
        Mistake(
            "axes swapped, wrong sign",
            "`down` and `right` have changed places, and the direction is reversed as well. Axis 1 of (N, H, W) is the "
            "rows, and the new pixel is read at r − down.",
            lambda x, down, right: _true_shift(x, -right, -down),
        ),
        Mistake(
            "only the rows",
            "The pictures move up and down only: `right` has no effect.",
            lambda x, down, right: _true_shift(x, down, 0),
        ),
        Mistake(
            "only the columns",
            "The pictures move to the side only: `down` has no effect.",
            lambda x, down, right: _true_shift(x, 0, right),
        ),
        Mistake(
            "filled with the edge",
            "The new area repeats the outermost pixel (Keras' fill_mode \"nearest\"). It should be black, 0.",
            _shift_with_edge,
        ),
        Mistake(
            "filled by reflection",
            "The new area is a mirror image of the picture (Keras' fill_mode \"reflect\", its default). It should be "
            "black, 0.",
            _shift_reflected("symmetric"),
        ),
        Mistake(
            "filled by reflection about the last pixel",
            "The new area is a mirror image of the picture. It should be black, 0.",
            _shift_reflected("reflect"),
        ),
        Mistake(
            "filled with white",
            "The new area is filled with 1, which is white. It should be black, 0.",
            lambda x, down, right: 1 - _true_shift(1 - x, down, right),
        ),
        Mistake(
            "filled with NaN",
            "The new area is filled with NaN. It should be black, 0.",
            lambda x, down, right: np.where(_true_shift(np.ones_like(x), down, right) == 0, np.nan,
                                            _true_shift(x, down, right)),
        ),
        Mistake(
            "the old picture shows through",
            "Where black should come in, the old picture is still there. Begin with zeros, not with a copy.",
            _looped(start=np.copy),
        ),
        Mistake(
            "cropped",
            "The pictures have become smaller: what is left is the part that both pictures share. The shape must stay "
            "the same: the new area is black.",
            _shift_cropped,
        ),
        Mistake(
            "padded",
            "The pictures have become larger: black was added on one side, and nothing taken away on the other.",
            lambda x, down, right: np.pad(x, ((0, 0), (max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0)))),
        ),
        Mistake(
            "negative numbers as slices",
            "For positive numbers, the shift is right. A negative number in a slice counts from the end, so the shapes "
            "of the two sides no longer match: treat the two directions separately.",
            _shift_by_slices_positive,
        ),
        Mistake(
            "up to minus zero",
            "Where the pictures move, the result is right. But if `down` or `right` is 0, a slice ends at −0, which is "
            "0: `[:-0]` is empty, not everything. Count the end from the front.",
            _shift_up_to_minus_zero,
        ),
        Mistake(
            "up to minus zero, one axis at a time",
            "Where the pictures move, the result is right. But if `down` or `right` is 0, a slice ends at −0, which is "
            "0: `[:-0]` is empty, not everything. Count the end from the front.",
            _shift_up_to_minus_zero_one_by_one,
        ),
        Mistake(
            "up to minus zero, nothing left",
            "Where the pictures move, the result is right. But if `down` or `right` is 0, nothing is left of the "
            "picture. A slice that ends at −0 ends at 0: `[:-0]` is empty, not everything. Count the end from the "
            "front.",
            _shift_up_to_minus_zero_and_padded,
        ),
        Mistake(
            "blackened from the top only",
            "For positive numbers, the shift is right. With a negative one, `[:, :down]` means everything *but* the "
            "last rows, and nearly everything turns black. For a negative number, the other end must be made black.",
            _shift_blackened_from_the_top,
        ),
        Mistake(
            "padded at the top only",
            "Positive numbers work. A negative number cannot be a number of rows to add: in that case, the black rows "
            "belong at the other end.",
            _shift_padded_at_the_top,
        ),
        Mistake(
            "the pictures' axis forgotten",
            "`images[r, c]` takes picture r and its row c: axis 0 is the pictures. Rows are axis 1, columns axis 2.",
            _shift_on_the_wrong_axes,
        ),
        Mistake(
            "first row and column lost",
            "Row 0 and column 0 of the old picture are lost: a place counts as inside from 0 on, not only above 0.",
            _looped(inside=lambda place, length: 0 < place < length),
        ),
        Mistake(
            "last row and column lost",
            "The last row and the last column of the old picture are lost: a place counts as inside up to H − 1 and "
            "W − 1.",
            _looped(inside=lambda place, length: 0 <= place < length - 1),
        ),
        Mistake(
            "last row and column left black",
            "The last row and the last column of the new picture always stay black. `range(n)` already ends at n − 1.",
            _looped(rows=lambda length: range(length - 1)),
        ),
        Mistake(
            "first row and column left black",
            "The first row and the first column of the new picture always stay black. Rows and columns count from 0.",
            _looped(rows=lambda length: range(1, length)),
        ),
        Mistake(
            "distances only",
            "A negative number moves the same way as a positive one: is there an `abs` in your code?",
            lambda x, down, right: _true_shift(x, abs(down), abs(right)),
        ),
        Mistake(
            "one pixel too far",
            "The result is one pixel too far down and to the right. Counting begins at 0: moved by 0, the picture "
            "stays where it is.",
            lambda x, down, right: _true_shift(x, down + 1, right + 1),
        ),
        Mistake(
            "one pixel too near",
            "The result is one pixel too far up and to the left. Moved by 0, the picture stays where it is.",
            lambda x, down, right: _true_shift(x, down - 1, right - 1),
        ),
        Mistake(
            "not moved",
            "The pictures come back as they are.",
            lambda x, down, right: x.copy(),
        ),
        Mistake(
            "only the first picture",
            "Only the first picture of the batch comes back. Axis 0 is the pictures: `images[:, ...]` takes all of "
            "them.",
            lambda x, down, right: _true_shift(x[:1], down, right)[0],
        ),
    ],
    properties=[
        Property("The pictures should be black in the new area, but are not.",
                 lambda args, outputs: not outputs[0][_true_shift(np.ones_like(args[0]), *args[1:]) == 0].any()),
        Property("Every value should be one of the picture's own, or 0: whole pixels need no mixing.",
                 lambda args, outputs: all(
                     np.abs(outputs[0].reshape(-1, 1) - np.append(args[0], 0)).min(axis=1) < 1e-5)),
    ],
    points=3,
    hints=[
        "Two loops over the new picture's rows and columns are good enough: `moved[:, r, c] = images[:, ?, ?]`, if "
        "that place exists.",
        "Begin with `np.zeros_like(images)`. Fill only those (r, c) for which 0 ≤ r − down < H and 0 ≤ c − right < W; "
        "a negative index would count from the end.",
    ],
    insight="A shift is a look-up: for every pixel of the new picture, we ask where it comes from. If that place is "
    "outside the old picture, the pixel gets 0. Rotating and scaling work in the same way: only the formula for the "
    "place differs.",
)
