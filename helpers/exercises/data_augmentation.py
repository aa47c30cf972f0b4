"""Exercises of notebook 09."""

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


def read(images, r, c):  # as in the notebook: the solution of `rotate` calls it
    n, height, width = images.shape
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    r, c = np.clip(r + 1, 0, height + 1), np.clip(c + 1, 0, width + 1)
    i, j = np.minimum(r.astype(int), height), np.minimum(c.astype(int), width)
    v, h = r - i, c - j
    k = np.arange(n)[:, None, None]
    above = (1 - h) * padded[k, i, j] + h * padded[k, i, j + 1]
    below = (1 - h) * padded[k, i + 1, j] + h * padded[k, i + 1, j + 1]
    return (1 - v) * above + v * below


def _pictures(seed, count, height, width):
    """Smooth pictures from 0.05 to 0.95, so that a small shift changes little and a large one much."""
    rng = np.random.default_rng(seed)
    r, c = np.indices((height, width))
    waves = [
        np.sin(r * a / height + c * b / width + p) for a, b, p in rng.uniform([-5, -5, 0], [5, 5, 6], size=(count, 3))
    ]
    return 0.5 + 0.3 * np.array(waves) + rng.uniform(-0.15, 0.15, size=(count, height, width))


# --- predict: where a pixel comes from -----------------------------------------------------------

_ARRIVES = "3 down, 2 to the left: ink from (10, 5) arrives at"
_IS_READ = "3 down, 2 to the left: the new pixel (10, 5) is read at"
_HALF_TURN = "turned by 180°: ink from (10, 5) arrives at"
_QUARTER = "a quarter turn against the clock: ink from (0, 27) arrives at"

where_from = PredictExercise(
    {_ARRIVES: (13, 3), _IS_READ: (7, 7), _HALF_TURN: (17, 22), _QUARTER: (0, 0)},
    variable="prediction",
    mistakes={
        _ARRIVES: [
            Mistake("rows count upwards", "rows count downwards: 3 down makes the row's number larger.", (7, 3)),
            Mistake("left is plus", "to the left the column's number gets smaller.", (13, 7)),
            Mistake("the place it is read at", "that is where the new pixel (10, 5) is *read*. Asked is where the ink goes.",
                    (7, 7)),
            Mistake("column first", "a place is (row, column), the row first. Down changes the row.", (8, 8)),
            Mistake("right answer, column first", "the numbers are right, but a place is (row, column), the row first.",
                    (3, 13)),
        ],
        _IS_READ: [
            Mistake("where it goes", "that is where the *old* pixel (10, 5) goes. The new one is read at r − down, "
                    "c − right.", (13, 3)),
            Mistake("row only", "the row is right. Moving 2 to the *left* is right = −2: what is c − right?", (7, 3)),
            Mistake("column only", "the column is right. What is r − down?", (13, 7)),
            Mistake("column first", "a place is (row, column), the row first. Down changes the row.", (12, 2)),
            Mistake("not moved", "then nothing would have moved. What are r − down and c − right?", (10, 5)),
        ],
        _HALF_TURN: [
            Mistake("about the corner", "that is a turn about the upper left pixel, and lies outside the picture. The "
                    "centre is at 13.5.", (-10, -5)),
            Mistake("28 minus", "28 − 10 would be right if the pixels counted from 1 to 27. They count from 0 to 27, so the "
                    "centre is at 13.5, not at 14.", (18, 23)),
            Mistake("centre at 13", "that turns about pixel 13. There are 28 pixels, 0 to 27: the centre lies between 13 and "
                    "14.", (16, 21)),
            Mistake("only upside down", "that is a flip upside down: the column has not changed. A half turn changes both.",
                    (17, 5)),
            Mistake("only left to right", "that is a flip left to right: the row has not changed. A half turn changes both.",
                    (10, 22)),
            Mistake("transposed", "row and column have changed places. That is a flip about the diagonal.", (5, 10)),
            Mistake("column first", "the numbers are right, but a place is (row, column), the row first.", (22, 17)),
        ],
        _QUARTER: [
            Mistake("clockwise", "that is a quarter turn *with* the clock. (0, 27) is the upper right corner; against the "
                    "clock it goes over the top.", (27, 27)),
            Mistake("half a turn", "that is half a turn: the opposite corner.", (27, 0)),
            Mistake("stays", "a corner does not stay where it is.", (0, 27)),
        ],
    },
    points=2,
    hints=[
        "Rows count downwards from 0, columns to the right from 0. So 3 down is r + 3 for the ink, and the new pixel "
        "asks the other way.",
        "Centre: (0 + 27) / 2 = 13.5. Half a turn takes the distance from the centre to its negative: 10 is 3.5 above "
        "the centre, so it goes to 3.5 below. And (0, 27) is the upper right corner.",
    ],
    insight="Where ink goes and where a pixel is read are each other's opposite. The code needs the second: every pixel "
    "of the new picture has to get a value.",
)


# --- code: shift ---------------------------------------------------------------------------------


def shift(images, down, right):
    n, height, width = images.shape
    moved = np.zeros_like(images)
    for r in range(height):
        for c in range(width):
            if 0 <= r - down < height and 0 <= c - right < width:
                moved[:, r, c] = images[:, r - down, c - right]
    return moved


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


def _shift_wrapped_index(images, down, right):
    """Negative indices count from the end, in a loop that only looks whether they are too large."""
    height, width = images.shape[1:]
    moved = np.zeros_like(images)
    for r in range(height):
        for c in range(width):
            if r - down < height and c - right < width:
                moved[:, r, c] = images[:, r - down, c - right]
    return moved


def _shift_with_edge(images, down, right):
    r, c = np.indices(images.shape[1:])
    return images[:, np.clip(r - down, 0, images.shape[1] - 1), np.clip(c - right, 0, images.shape[2] - 1)]


def _shift_reflected(images, down, right):
    height, width = images.shape[1:]
    padded = np.pad(images, ((0, 0), (height, height), (width, width)), mode="symmetric")
    return padded[:, height - down : 2 * height - down, width - right : 2 * width - right]


def _shift_not_blackened(images, down, right):
    """Written over a copy: what should be black still shows the old picture."""
    height, width = images.shape[1:]
    moved = images.copy()
    for r in range(height):
        for c in range(width):
            if 0 <= r - down < height and 0 <= c - right < width:
                moved[:, r, c] = images[:, r - down, c - right]
    return moved


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


def _shift_without_first_pixels(images, down, right):
    n, height, width = images.shape
    moved = np.zeros_like(images)
    for r in range(height):
        for c in range(width):
            if 0 < r - down < height and 0 < c - right < width:
                moved[:, r, c] = images[:, r - down, c - right]
    return moved


def _shift_padded_at_the_top(images, down, right):
    return np.pad(images, ((0, 0), (down, 0), (right, 0)))[:, : images.shape[1], : images.shape[2]]


def _shift_cases():
    x = _pictures(3, 2, 6, 5)
    return [
        Case("with down = 2 and right = 1, on pictures of 6 × 5", (x, 2, 1)),
        Case("with down = −1 and right = 3, on pictures of 6 × 5", (x, -1, 3)),
        Case("with down = −3 and right = −2, on pictures of 6 × 5", (x, -3, -2)),
        Case("with down = 0 and right = −1, on pictures of 6 × 5", (x, 0, -1)),
        Case("with down = 1 and right = 1, on 4 pictures of 4 × 4", (_pictures(4, 4, 4, 4), 1, 1)),
    ]


shift = CodeExercise(
    shift,
    cases=_shift_cases,
    outputs=["moved"],
    mistakes=[
        Mistake(
            "wraps around",
            "What goes out on one side comes in on the other: `np.roll` wraps around. The foot of a 7 would stand "
            "above its bar. What comes in must be black, 0.",
            lambda x, down, right: np.roll(x, (down, right), axis=(1, 2)),
        ),
        Mistake(
            "wraps around, flat",
            "`np.roll` without `axis` rolls the whole array as one long row: ink runs from one row into the next and "
            "from picture to picture. And rolling wraps around; what comes in must be black, 0.",
            lambda x, down, right: np.roll(x, (down, right)),
        ),
        Mistake(
            "wraps around, wrong axes",
            "`np.roll` runs over axes 0 and 1: axis 0 is the pictures, so whole pictures change places. And rolling "
            "wraps around; what comes in must be black, 0.",
            lambda x, down, right: np.roll(x, (down, right), axis=(0, 1)),
        ),
        Mistake(
            "wraps around, other way",
            "It moves the wrong way, and what goes out on one side comes in on the other. The new pixel is read at "
            "r − down, and what lies outside is 0.",
            lambda x, down, right: np.roll(x, (-down, -right), axis=(1, 2)),
        ),
        Mistake(
            "wraps around in the columns",
            "Up and down it is right. To the side, what goes out comes in on the other side: that still wraps around.",
            lambda x, down, right: np.roll(_true_shift(x, down, 0), right, axis=2),
        ),
        Mistake(
            "wraps around in the rows",
            "To the side it is right. Up and down, what goes out comes in on the other side: that still wraps around.",
            lambda x, down, right: np.roll(_true_shift(x, 0, right), down, axis=1),
        ),
        Mistake(
            "negative places count from the end",
            "A place above or to the left of the picture has a negative index, and NumPy counts that from the *end*: "
            "so the picture comes in again on the other side. Such places must give 0; ask for them as well as for "
            "those too large.",
            _shift_wrapped_index,
        ),
        Mistake(
            "wrong sign",
            "It moves the wrong way: up for positive `down`, left for positive `right`. The new pixel is read at r − "
            "down, not at r + down.",
            lambda x, down, right: _true_shift(x, -down, -right),
        ),
        Mistake(
            "wrong sign of the rows",
            "To the side it is right; up and down it moves the wrong way. Rows count downwards.",
            lambda x, down, right: _true_shift(x, -down, right),
        ),
        Mistake(
            "wrong sign of the columns",
            "Up and down it is right; to the side it moves the wrong way.",
            lambda x, down, right: _true_shift(x, down, -right),
        ),
        Mistake(
            "axes swapped",
            "`down` moves to the right and `right` moves down. Axis 1 of (N, H, W) is the rows, axis 2 the columns.",
            lambda x, down, right: _true_shift(x, right, down),
        ),
        Mistake(
            "axes swapped, wrong sign",
            "`down` and `right` have changed places, and the direction is turned as well. Axis 1 of (N, H, W) is the "
            "rows, and the new pixel is read at r − down.",
            lambda x, down, right: _true_shift(x, -right, -down),
        ),
        Mistake(
            "only the rows",
            "It moves up and down only: `right` has no effect.",
            lambda x, down, right: _true_shift(x, down, 0),
        ),
        Mistake(
            "only the columns",
            "It moves to the side only: `down` has no effect.",
            lambda x, down, right: _true_shift(x, 0, right),
        ),
        Mistake(
            "filled with the edge",
            "What comes in repeats the outermost pixel (Keras' fill_mode \"nearest\"). Asked is black, 0.",
            _shift_with_edge,
        ),
        Mistake(
            "filled by reflection",
            "What comes in is a mirror image of the picture (Keras' fill_mode \"reflect\", its default). Asked is "
            "black, 0.",
            _shift_reflected,
        ),
        Mistake(
            "filled with white",
            "What comes in is 1, which is white. Asked is black, 0.",
            lambda x, down, right: 1 - _true_shift(1 - x, down, right),
        ),
        Mistake(
            "filled with NaN",
            "What comes in is NaN. Asked is black, 0.",
            lambda x, down, right: np.where(_true_shift(np.ones_like(x), down, right) == 0, np.nan,
                                            _true_shift(x, down, right)),
        ),
        Mistake(
            "the old picture shows through",
            "Where black should come in, the old picture is still there. Begin with zeros, not with a copy.",
            _shift_not_blackened,
        ),
        Mistake(
            "cropped",
            "The pictures have become smaller: what is left is the part that both pictures share. The shape must "
            "stay; what comes in is black.",
            _shift_cropped,
        ),
        Mistake(
            "padded",
            "The pictures have become larger: black was added on one side, and nothing taken away on the other.",
            lambda x, down, right: np.pad(x, ((0, 0), (max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0)))),
        ),
        Mistake(
            "negative numbers as slices",
            "For positive numbers it is right. A negative number in a slice counts from the end, so the two sides no "
            "longer fit together: treat the two directions apart.",
            _shift_by_slices_positive,
        ),
        Mistake(
            "up to minus zero",
            "Where it moves, it is right. But with `down` or `right` 0 a slice ends at −0, which is 0: `[:-0]` is empty, "
            "not everything. Count the end from the front.",
            _shift_up_to_minus_zero,
        ),
        Mistake(
            "up to minus zero, one axis at a time",
            "Where it moves, it is right. But with `down` or `right` 0 a slice ends at −0, which is 0: `[:-0]` is empty, "
            "not everything. Count the end from the front.",
            _shift_up_to_minus_zero_one_by_one,
        ),
        Mistake(
            "blackened from the top only",
            "For positive numbers it is right. With a negative one, `[:, :down]` means everything *but* the last "
            "rows, and nearly all turns black: then it is the other end that must be blackened.",
            _shift_blackened_from_the_top,
        ),
        Mistake(
            "padded at the top only",
            "Positive numbers work. A negative one cannot be a number of rows to add: for it the black comes in at "
            "the other end.",
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
            _shift_without_first_pixels,
        ),
        Mistake(
            "distances only",
            "A negative number moves the same way as a positive one: is there an `abs` in it?",
            lambda x, down, right: _true_shift(x, abs(down), abs(right)),
        ),
        Mistake(
            "one pixel too far",
            "It is one pixel off, downwards and to the right. Counting begins at 0: moved by 0, the picture stays "
            "where it is.",
            lambda x, down, right: _true_shift(x, down + 1, right + 1),
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
        Property("The pictures should be black where something came in, and are not.",
                 lambda args, outputs: not outputs[0][_true_shift(np.ones_like(args[0]), *args[1:]) == 0].any()),
        Property("Every value should be one of the picture's own, or 0: whole pixels need no mixing.",
                 lambda args, outputs: np.isin(outputs[0].round(6), np.append(args[0].round(6), 0)).all()),
    ],
    variants=[_shift_padded, _shift_rolled_and_blackened, _shift_by_read,
              lambda x, down, right: _true_shift(x, down, right).astype(np.float32)],
    points=3,
    hints=[
        "Two loops over the new picture's rows and columns are good enough: `moved[:, r, c] = images[:, ?, ?]`, if "
        "that place exists.",
        "Begin with `np.zeros_like(images)`. Fill only those (r, c) for which 0 ≤ r − down < H and 0 ≤ c − right < W; "
        "a negative index would count from the end.",
    ],
    insight="A shift is a look-up: every pixel of the new picture asks where it comes from, and gets 0 if that is nowhere. "
    "The same question answers rotating and scaling, where only the place that is asked for is another.",
)


# --- code: rotate --------------------------------------------------------------------------------


def rotate(images, degrees):
    n, height, width = images.shape
    angle = np.deg2rad(degrees)[:, None, None]             # (N, 1, 1)
    r, c = np.indices((height, width))                     # (H, W) each
    r, c = r - (height - 1) / 2, c - (width - 1) / 2       # counted from the centre
    from_r = np.cos(angle) * r + np.sin(angle) * c         # turned back: (N, H, W)
    from_c = np.cos(angle) * c - np.sin(angle) * r
    return read(images, from_r + (height - 1) / 2, from_c + (width - 1) / 2)


_true_rotate = rotate


def _turning(images, degrees, *, radians=np.deg2rad, centre=lambda length: (length - 1) / 2, back=None,
             matrix=lambda cos, sin: (cos, sin, -sin, cos), look=read):
    """The look-up with one thing changed; ``matrix`` gives the four numbers that lead from new to old (r, c)."""
    height, width = images.shape[1:]
    angle = radians(np.asarray(degrees, float))[..., None, None]
    r, c = np.indices((height, width)).astype(float)
    r, c = r - centre(height), c - centre(width)
    rr, rc, cr, cc = matrix(np.cos(angle), np.sin(angle))
    back = back or centre
    return look(images, rr * r + rc * c + back(height), cr * r + cc * c + back(width))


def _read_nearest(images, r, c):
    height, width = images.shape[1:]
    r, c = np.rint(r + 0 * images), np.rint(c + 0 * images)
    inside = (r >= 0) & (r < height) & (c >= 0) & (c < width)
    k = np.arange(len(images))[:, None, None]
    return np.where(inside, images[k, np.clip(r, 0, height - 1).astype(int), np.clip(c, 0, width - 1).astype(int)], 0)


def _read_floor(images, r, c):
    return _read_nearest(images, np.floor(r), np.floor(c))


def _read_edge(images, r, c):
    return read(images, np.clip(r, 0, images.shape[1] - 1), np.clip(c, 0, images.shape[2] - 1))


def _read_wrapped(images, r, c):
    height, width = images.shape[1:]
    wrapped = np.pad(images, ((0, 0), (height, height), (width, width)), mode="wrap")
    return read(wrapped, r + height, c + width)


def _read_reflected(images, r, c, mode="symmetric"):
    height, width = images.shape[1:]
    mirrored = np.pad(images, ((0, 0), (height - 1, height - 1), (width - 1, width - 1)), mode=mode)
    return read(mirrored, r + height - 1, c + width - 1)


def _rotate_pushed(images, degrees):
    turned, (height, width) = np.zeros_like(images), images.shape[1:]
    for k, angle in enumerate(np.deg2rad(degrees)):
        for row, column in np.ndindex(height, width):
            r, c = row - (height - 1) / 2, column - (width - 1) / 2
            new_r = round(np.cos(angle) * r - np.sin(angle) * c + (height - 1) / 2)
            new_c = round(np.sin(angle) * r + np.cos(angle) * c + (width - 1) / 2)
            if 0 <= new_r < height and 0 <= new_c < width:
                turned[k, new_r, new_c] = images[k, row, column]
    return turned


def _rotate_in_a_loop(images, degrees):
    pictures = []
    for image, angle in zip(images, degrees):
        height, width = image.shape
        a = angle * np.pi / 180
        down, across = np.meshgrid(np.arange(height) - height / 2 + 0.5, np.arange(width) - width / 2 + 0.5, indexing="ij")
        back_r = np.cos(-a) * down - np.sin(-a) * across + height / 2 - 0.5
        back_c = np.sin(-a) * down + np.cos(-a) * across + width / 2 - 0.5
        pictures.append(read(image[None], back_r, back_c)[0])
    return np.stack(pictures)


def _rotate_all_by_each(images, degrees):
    for angle in degrees:
        images = _turning(images, np.full(len(images), angle))
    return images


def _rotate_meshgrid(images, degrees):
    height, width = images.shape[1:]
    angle = np.deg2rad(degrees)[:, None, None]
    r, c = np.meshgrid(np.arange(height), np.arange(width))
    r, c = r - (height - 1) / 2, c - (width - 1) / 2
    return read(images, np.cos(angle) * r + np.sin(angle) * c + (height - 1) / 2,
                np.cos(angle) * c - np.sin(angle) * r + (width - 1) / 2)


def _rotate_without_new_axes(images, degrees):
    height, width = images.shape[1:]
    angle = np.deg2rad(degrees)
    r, c = np.indices((height, width))
    r, c = r - (height - 1) / 2, c - (width - 1) / 2
    return read(images, np.cos(angle) * r + np.sin(angle) * c + (height - 1) / 2,
                np.cos(angle) * c - np.sin(angle) * r + (width - 1) / 2)


def _rotate_cases():
    return [
        Case("on 3 pictures of 7 × 7 with the angles 20.5, −35.3 and 50.2",
             (_pictures(5, 3, 7, 7), np.array([20.5, -35.3, 50.2]))),
        Case("on 2 pictures of 6 × 9 with the angles 12.4 and 12.4", (_pictures(6, 2, 6, 9), np.array([12.4, 12.4]))),
        Case("on 2 pictures of 8 × 6 with the angles 130.6 and −75.3", (_pictures(7, 2, 8, 6), np.array([130.6, -75.3]))),
    ]


_BACK = "The new pixel must ask for the place it comes *from*: turn back, by the angle's negative."

rotate = CodeExercise(
    rotate,
    cases=_rotate_cases,
    given=lambda: {"read": read},
    outputs=["turned"],
    mistakes=[
        Mistake(
            "degrees as radians",
            "The angle goes into `np.cos` as it is, in degrees. NumPy wants radians: 20 radians are more than three "
            "full turns.",
            lambda x, d: _turning(x, d, radians=lambda a: a),
        ),
        Mistake(
            "degrees as radians, the other way",
            "The angle goes into `np.cos` as it is, in degrees; NumPy wants radians. Besides, the pictures turn with "
            "the "
            "clock. " + _BACK,
            lambda x, d: _turning(x, -d, radians=lambda a: a),
        ),
        Mistake(
            "radians to degrees",
            "`np.rad2deg` (or 180 / π) turns radians into degrees. Here the angle comes in degrees, and NumPy wants "
            "radians.",
            lambda x, d: _turning(x, d, radians=np.rad2deg),
        ),
        Mistake(
            "turns",
            "The angle is taken for a number of full turns, as in Keras' layer. Here it comes in degrees.",
            lambda x, d: _turning(x, d, radians=lambda a: 2 * np.pi * a),
        ),
        Mistake(
            "half the circle",
            "The angles are twice too large: 360 degrees are 2π, so 180 degrees are π.",
            lambda x, d: _turning(x, d, radians=lambda a: a * np.pi / 90),
        ),
        Mistake(
            "twice too small",
            "The angles are twice too small: 180 degrees are π.",
            lambda x, d: _turning(x, d, radians=lambda a: a * np.pi / 360),
        ),
        Mistake(
            "clockwise",
            "The pictures turn with the clock. The formula says where a point *goes*. " + _BACK,
            lambda x, d: _turning(x, -d),
        ),
        Mistake(
            "about the corner",
            "The pictures turn about their upper left pixel, and most of the ink leaves. Count the rows and columns "
            "from the centre before you turn, and back from the corner afterwards.",
            lambda x, d: _turning(x, d, centre=lambda length: 0),
        ),
        Mistake(
            "about the corner, the other way",
            "The pictures turn about their upper left pixel (count from the centre before you turn, and back "
            "afterwards), and "
            "with the clock. " + _BACK,
            lambda x, d: _turning(x, -d, centre=lambda length: 0),
        ),
        Mistake(
            "centre not added back",
            "You count from the centre, and `read` counts from the upper left pixel: after turning, the centre must "
            "be added again.",
            lambda x, d: _turning(x, d, back=lambda length: 0),
        ),
        Mistake(
            "centre not added back, the other way",
            "You count from the centre, and `read` counts from the upper left pixel: after turning, the centre must "
            "be added "
            "again. Besides, the pictures turn with the clock. " + _BACK,
            lambda x, d: _turning(x, -d, back=lambda length: 0),
        ),
        Mistake(
            "centre not subtracted",
            "The centre is added after turning, but was never subtracted before.",
            lambda x, d: _turning(x, d, centre=lambda length: 0, back=lambda length: (length - 1) / 2),
        ),
        Mistake(
            "half a pixel off",
            "The centre is half a pixel off. Of 7 pixels, 0 to 6, the middle one is 3, not 3.5; of 28 it is 13.5.",
            lambda x, d: _turning(x, d, centre=lambda length: length / 2),
        ),
        Mistake(
            "half a pixel off, the other way",
            "The centre is half a pixel off (of 7 pixels, 0 to 6, the middle one is 3, not 3.5), and the pictures "
            "turn with "
            "the clock. " + _BACK,
            lambda x, d: _turning(x, -d, centre=lambda length: length / 2),
        ),
        Mistake(
            "whole centre",
            "The centre is rounded to a whole pixel (`//`). Of an even number of pixels the centre lies between two "
            "of them.",
            lambda x, d: _turning(x, d, centre=lambda length: length // 2),
        ),
        Mistake(
            "whole centre, below",
            "The centre is rounded to a whole pixel (`//`). Of an even number of pixels the centre lies between two "
            "of them.",
            lambda x, d: _turning(x, d, centre=lambda length: (length - 1) // 2),
        ),
        Mistake(
            "half a pixel off before turning",
            "The centre that is subtracted is half a pixel off (`length / 2`), the one that is added is right. Of 7 "
            "pixels, 0 to 6, the middle one is 3.",
            lambda x, d: _turning(x, d, centre=lambda length: length / 2, back=lambda length: (length - 1) / 2),
        ),
        Mistake(
            "centre of 28 × 28",
            "The centre is that of 28 × 28 pixels, 13.5, whatever the pictures' size. Take height and width from "
            "their shape.",
            lambda x, d: _turning(x, d, centre=lambda length: 13.5),
        ),
        Mistake(
            "about the corner, in radians",
            "Two things: the angle goes into `np.cos` in degrees (NumPy wants radians), and the pictures turn about "
            "their upper left pixel (count from the centre).",
            lambda x, d: _turning(x, d, radians=lambda a: a, centre=lambda length: 0),
        ),
        Mistake(
            "both signs plus",
            "Both sines have the same sign. That is no rotation: it pulls the picture out of shape. One of them is the "
            "negative of the other.",
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (cos, sin, sin, cos)),
        ),
        Mistake(
            "both signs minus",
            "Both sines are negative. That is no rotation: it pulls the picture out of shape. One of them is the "
            "negative of the other.",
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (cos, -sin, -sin, cos)),
        ),
        Mistake(
            "sine and cosine swapped",
            "Sine and cosine have changed places: with an angle of 0 the picture would not stay as it is.",
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (sin, cos, -cos, sin)),
        ),
        Mistake(
            "rows and columns swapped",
            "`read` gets the columns where it expects the rows: the pictures are flipped about their diagonal. It is "
            "`read(images, r, c)`, the row first.",
            lambda x, d: _turning(x, d, look=lambda images, r, c: read(images, c, r)),
        ),
        Mistake(
            "overwritten",
            "The new r is calculated, and then used for the new c: the second line needs the *old* r. Give the "
            "results other names, or assign both in one line.",
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (cos, sin, -sin * cos, cos - sin * sin)),
        ),
        Mistake(
            "overwritten, the other way",
            "The new r is calculated, and then used for the new c: the second line needs the *old* r. Besides, the "
            "signs are "
            "those of where a point *goes*. " + _BACK,
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (cos, -sin, sin * cos, cos - sin * sin)),
        ),
        Mistake(
            "one angle for all",
            "Every picture is turned by the first one's angle. `degrees` has one for each: give it the shape (N, 1, "
            "1), so that it goes with (H, W).",
            lambda x, d: _turning(x, np.full(len(x), d[0])),
        ),
        Mistake(
            "the mean angle",
            "Every picture is turned by the mean of the angles. `degrees` has one for each: give it the shape (N, 1, "
            "1).",
            lambda x, d: _turning(x, np.full(len(x), d.mean())),
        ),
        Mistake(
            "all turned, one after another",
            "Each picture is turned by the sum of the angles up to its own: is one result turned again in the next "
            "round?",
            lambda x, d: _turning(x, np.cumsum(d)),
        ),
        Mistake(
            "each by all the angles",
            "The whole batch is turned by every angle, one after another. Each picture has one angle of its own: give "
            "`degrees` the shape (N, 1, 1), or go through pictures and angles together.",
            _rotate_all_by_each,
        ),
        Mistake(
            "angles without axes",
            "`degrees` has the shape (N,) and meets the columns of (H, W). Give it the shape (N, 1, 1), so that the "
            "product is (N, H, W).",
            _rotate_without_new_axes,
        ),
        Mistake(
            "meshgrid's order",
            "`np.meshgrid` gives x first, unless you say `indexing=\"ij\"`: your r runs along the columns, and the "
            "pictures come out flipped about their diagonal.",
            _rotate_meshgrid,
        ),
        Mistake(
            "quarter turns",
            "`np.rot90` makes quarter turns, whatever the angle.",
            lambda x, d: np.rot90(x, axes=(1, 2)),
        ),
        Mistake(
            "nearest pixel",
            "The place is rounded to a whole pixel. `read` takes fractions and mixes the four neighbours.",
            lambda x, d: _turning(x, d, look=_read_nearest),
        ),
        Mistake(
            "cut off",
            "The decimals of the place are cut off (`astype(int)`): up to a whole pixel too far up and left. `read` "
            "takes fractions.",
            lambda x, d: _turning(x, d, look=_read_floor),
        ),
        Mistake(
            "pushed forwards",
            "Each old pixel is pushed to its new place, which leaves holes. Go through the pixels of the *new* "
            "picture, and ask where each comes from.",
            _rotate_pushed,
        ),
        Mistake(
            "filled with the edge",
            "Beyond the border the outermost pixel is repeated: are the places clipped before `read`? It knows what "
            "to do with places outside.",
            lambda x, d: _turning(x, d, look=_read_edge),
        ),
        Mistake(
            "filled by reflection",
            "Beyond the border comes a mirror image of the picture (Keras' fill_mode \"reflect\", its default). Asked is "
            "black: beyond the border lies 0.",
            lambda x, d: _turning(x, d, look=_read_reflected),
        ),
        Mistake(
            "filled by reflection about the last pixel",
            "Beyond the border comes a mirror image of the picture. Asked is black: beyond the border lies 0.",
            lambda x, d: _turning(x, d, look=lambda images, r, c: _read_reflected(images, r, c, "reflect")),
        ),
        Mistake(
            "wraps around",
            "Beyond the border the picture begins again (`%`). `read` knows what to do with places outside: they are "
            "0.",
            lambda x, d: _turning(x, d, look=_read_wrapped),
        ),
        Mistake(
            "height and width swapped",
            "Height and width have changed places in the centre. With square pictures you would not notice.",
            lambda x, d: read(x, *_swapped(x, d)),
        ),
        Mistake(
            "rows count upwards",
            "That is the formula for coordinates whose second axis points *up*, as in a textbook: here it turns with "
            "the clock and mirrors. Use the formula of the notebook, in which rows count downwards.",
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (-cos, sin, sin, cos)),
        ),
        Mistake(
            "not turned",
            "The pictures come back as they are.",
            lambda x, d: x.copy(),
        ),
        Mistake(
            "only the first picture",
            "Only the first picture comes back.",
            lambda x, d: _true_rotate(x[:1], d[:1])[0],
        ),
    ],
    properties=[
        Property("A turn leaves the middle of a picture near where it is, and changes its brightness there only a little.",
                 lambda args, outputs: np.abs(outputs[0] - _true_rotate(*args))[:, 2:-2, 2:-2].max() < 0.5),
        Property("Mixing four neighbours gives no value outside the range of the picture (and 0).",
                 lambda args, outputs: outputs[0].min() >= -1e-6 and outputs[0].max() <= args[0].max() + 1e-6),
    ],
    variants=[_rotate_in_a_loop,
              lambda x, d: _true_rotate(x.astype(np.float32), d.astype(np.float32))],
    points=4,
    hints=[
        "`np.indices((height, width))` gives r and c of every pixel of the new picture. Count them from the centre, "
        "which is at (height − 1) / 2 and (width − 1) / 2.",
        "The formula turns a point forwards. You want the place it came from, so turn by −θ: the cosine stays, the "
        "two sines change their sign. Then count from the corner again, for `read`.",
        "Shapes: r and c are (H, W). With the angle as (N, 1, 1), NumPy makes (N, H, W) of their product.",
    ],
    insight="Turn back, read, and every new pixel has its value. At the corners the place lies outside, and black comes in. "
    "Rows that count downwards are why the signs differ from the textbook's rotation matrix.",
)


def _swapped(x, d):
    """Where the look-up goes when height and width are swapped in the centre, (N, H, W) each."""
    height, width = x.shape[1:]
    angle = np.deg2rad(d)[:, None, None]
    r, c = np.indices((height, width)).astype(float)
    r, c = r - (width - 1) / 2, c - (height - 1) / 2
    return (np.cos(angle) * r + np.sin(angle) * c + (width - 1) / 2,
            np.cos(angle) * c - np.sin(angle) * r + (height - 1) / 2)


# --- code: brightness ----------------------------------------------------------------------------


def brightness(images, delta):
    return np.clip(images + delta[:, None, None], 0, 1)


_true_brightness = brightness


def _each(strength):
    return np.asarray(strength)[:, None, None]


def _brightness_in_a_loop(images, delta):
    brighter = np.empty_like(images)
    for i, image in enumerate(images):
        brighter[i] = np.minimum(np.maximum(image + delta[i], 0), 1)
    return brighter


def _brightness_rescaled(images, delta, axes=(1, 2)):
    added = images + _each(delta)
    low, high = added.min(axis=axes, keepdims=True), added.max(axis=axes, keepdims=True)
    return (added - low) / (high - low)


def _brightness_cases():
    return [
        Case("on 4 pictures of 5 × 4 with delta 0.3, −0.4, 0.6 and 0.1",
             (_pictures(11, 4, 5, 4), np.array([0.3, -0.4, 0.6, 0.1]))),
        Case("on 4 pictures of 4 × 4 with delta −0.7, 0.1, 0.5 and −0.2", (_pictures(12, 4, 4, 4),
                                                                          np.array([-0.7, 0.1, 0.5, -0.2]))),
        Case("on one picture of 3 × 5 with delta 0.05", (0.2 + 0.5 * _pictures(13, 1, 3, 5), np.array([0.05]))),
    ]


brightness = CodeExercise(
    brightness,
    cases=_brightness_cases,
    outputs=["brighter"],
    mistakes=[
        Mistake(
            "not clipped",
            "Values leave the range from 0 to 1. A picture has nothing brighter than white, and whatever comes after "
            "expects this range: clip.",
            lambda x, d: x + _each(d),
        ),
        Mistake(
            "multiplied",
            "The pictures are multiplied by 1 + delta. Black stays black then, however large delta is. Brightness "
            "*adds* the same to every pixel.",
            lambda x, d: np.clip(x * (1 + _each(d)), 0, 1),
        ),
        Mistake(
            "multiplied, not clipped",
            "The pictures are multiplied by 1 + delta, where brightness *adds* the same to every pixel; and the range "
            "from 0 to 1 is left.",
            lambda x, d: x * (1 + _each(d)),
        ),
        Mistake(
            "multiplied by delta",
            "The pictures are multiplied by delta. Brightness *adds* the same to every pixel: with a delta of 0 "
            "nothing changes.",
            lambda x, d: np.clip(x * _each(d), 0, 1),
        ),
        Mistake(
            "multiplied by delta, not clipped",
            "The pictures are multiplied by delta. Brightness *adds* the same to every pixel: with a delta of 0 "
            "nothing changes. (And a negative delta makes negative brightness.)",
            lambda x, d: x * _each(d),
        ),
        Mistake("clipped above only", "Negative deltas make values below 0. Clip on both sides.",
                lambda x, d: np.minimum(x + _each(d), 1)),
        Mistake("clipped below only", "Positive deltas make values above 1. Clip on both sides, at 0 and at 1 (not at 255: "
                "these pictures end at 1).",
                lambda x, d: np.maximum(x + _each(d), 0)),
        Mistake(
            "in steps of 255",
            "delta is taken as 255 times as large. The pictures run from 0 to 1, and delta is in their unit.",
            lambda x, d: np.clip(x + 255 * _each(d), 0, 1),
        ),
        Mistake(
            "delta clipped",
            "delta is clipped to the range from 0 to 1 before it is added, so no picture can become darker. Clip the "
            "*result*.",
            lambda x, d: np.clip(x + np.clip(_each(d), 0, 1), 0, 1),
        ),
        Mistake(
            "rescaled",
            "The result is rescaled so that it runs from 0 to 1 again. That takes away what was added: the pictures "
            "are as bright as before, and their contrast has changed. Clip instead.",
            _brightness_rescaled,
        ),
        Mistake(
            "rescaled, the whole batch",
            "The result is rescaled by the smallest and largest value of the whole batch. Then a picture depends on "
            "its neighbours. Clip instead.",
            lambda x, d: _brightness_rescaled(x, d, axes=None),
        ),
        Mistake(
            "wraps around",
            "Above 1 it begins again at 0 (`% 1`): white turns black. Clip.",
            lambda x, d: (x + _each(d)) % 1,
        ),
        Mistake(
            "clipped to its own range",
            "It is clipped to the smallest and largest value that the pictures had. A picture may become brighter "
            "than it was; the range is that of all pictures, 0 to 1.",
            lambda x, d: np.clip(x + _each(d), x.min(), x.max()),
        ),
        Mistake(
            "to a power",
            "The pictures are raised to a power (\"gamma correction\"). That is another way to make them brighter: "
            "black stays black. Asked is a sum.",
            lambda x, d: np.clip(x ** (1 - _each(d)), 0, 1),
        ),
        Mistake(
            "Python's min and max",
            "`min` and `max` compare two single numbers, and these are arrays. NumPy has `np.minimum`, `np.maximum` "
            "and `np.clip`.",
            lambda x, d: max(0, min(1, x + _each(d))),
        ),
        Mistake(
            "only the last picture",
            "Only the last picture comes back: in a loop, collect them, or make room for all before it.",
            lambda x, d: _true_brightness(x, d)[-1],
        ),
        Mistake("subtracted", "It is darker where it should be brighter: delta is subtracted.",
                lambda x, d: np.clip(x - _each(d), 0, 1)),
        Mistake(
            "brighter only",
            "A negative delta brightens as well: is there an `abs` in it?",
            lambda x, d: np.clip(x + np.abs(_each(d)), 0, 1),
        ),
        Mistake(
            "only the ink",
            "delta is added to some pixels only, the brighter ones. Brightness changes every pixel, black ones too.",
            lambda x, d: np.clip(np.where(x > 0.5, x + _each(d), x), 0, 1),
        ),
        Mistake(
            "along the columns",
            "The deltas go along the columns: the shape (N,) meets the *last* axis, W. Each picture has its own "
            "delta: give it the shape (N, 1, 1).",
            lambda x, d: np.clip(x + d, 0, 1),
        ),
        Mistake(
            "along the columns, not clipped",
            "The deltas go along the columns: the shape (N,) meets the *last* axis, W. Each picture has its own "
            "delta: give it the shape (N, 1, 1). And clip the result.",
            lambda x, d: x + d,
        ),
        Mistake(
            "along the rows",
            "The deltas go along the rows: the shape (N, 1) meets the axes H and W. Each picture has its own delta: "
            "give it the shape (N, 1, 1).",
            lambda x, d: np.clip(x + d[:, None], 0, 1),
        ),
        Mistake(
            "the first delta for all",
            "Every picture gets the first delta. There is one for each picture.",
            lambda x, d: np.clip(x + d[0], 0, 1),
        ),
        Mistake(
            "the mean delta for all",
            "Every picture gets the mean of the deltas. There is one for each picture.",
            lambda x, d: np.clip(x + d.mean(), 0, 1),
        ),
        Mistake(
            "to 255 and back",
            "The pictures come out from 0 to 255. They came in from 0 to 1, and stay there.",
            lambda x, d: 255 * _true_brightness(x, d),
        ),
        Mistake("not changed", "The pictures come back as they are.", lambda x, d: x.copy()),
    ],
    properties=[
        Property("No value may lie outside the range from 0 to 1.",
                 lambda args, outputs: outputs[0].min() >= 0 and outputs[0].max() <= 1),
        Property("Where nothing is clipped, the difference between the new and the old picture should be the same in all "
                 "pixels of a picture.",
                 lambda args, outputs: all(
                     np.ptp((new - old)[(new > 0.01) & (new < 0.99)]) < 1e-4 for new, old in zip(outputs[0], args[0])
                     if ((new > 0.01) & (new < 0.99)).any())),
    ],
    variants=[
        _brightness_in_a_loop,
        lambda x, d: np.minimum(np.maximum(x + np.reshape(d, (-1, 1, 1)), 0), 1),
        lambda x, d: np.clip((x.T + d).T, 0, 1),
        lambda x, d: np.clip(x.astype(np.float32) + d.astype(np.float32)[:, np.newaxis, np.newaxis], 0, 1),
    ],
    points=2,
    hints=[
        "One number for each picture, and pictures of shape (N, H, W): what shape must delta have, so that NumPy's "
        "broadcasting puts it there?",
        "`delta[:, None, None]` has the shape (N, 1, 1). After adding, `np.clip`.",
    ],
    insight="The black ground becomes grey, and what was nearly white all becomes white: clipping has thrown these "
    "differences away for good. That is why strengths stay moderate.",
)


# --- code: contrast ------------------------------------------------------------------------------


def contrast(images, factor):
    mean = images.mean(axis=(1, 2), keepdims=True)                          # (N, 1, 1)
    return np.clip(mean + factor[:, None, None] * (images - mean), 0, 1)    # (N, H, W)


_true_contrast = contrast


def _about(middle, *, clip=True, factor=lambda f: f):
    """Stretched about ``middle(images)``."""

    def wrong(x, f):
        stretched = middle(x) + _each(factor(f)) * (x - middle(x))
        return np.clip(stretched, 0, 1) if clip else stretched

    return wrong


def _own_mean(x):
    return x.mean(axis=(1, 2), keepdims=True)


def _contrast_in_a_loop(images, factor):
    return np.stack([np.clip(f * image + (1 - f) * image.mean(), 0, 1) for image, f in zip(images, factor)])


def _contrast_cases():
    x = _pictures(21, 4, 5, 4) * _each([0.6, 1.0, 0.4, 0.8]) + _each([0.35, 0.0, 0.1, 0.05])
    return [
        Case("on 4 pictures of 5 × 4 with the factors 1.8, 0.4, 2.5 and 1.3", (x, np.array([1.8, 0.4, 2.5, 1.3]))),
        Case("on 4 pictures of 4 × 4 with the factors 0, 1.5, 3 and 0.8",
             (_pictures(22, 4, 4, 4), np.array([0.0, 1.5, 3.0, 0.8]))),
        Case("on 2 pictures of 3 × 5 with the factors 0.5 and 0.7, where nothing is clipped",
             (_pictures(23, 2, 3, 5) ** 2, np.array([0.5, 0.7]))),
    ]


_PER_PICTURE = "Each picture is stretched about its *own* mean, over its rows and columns: axes 1 and 2."

contrast = CodeExercise(
    contrast,
    cases=_contrast_cases,
    outputs=["stretched"],
    mistakes=[
        Mistake(
            "about 0",
            "The pictures are multiplied by the factor, that is, stretched about 0. Then they become brighter or "
            "darker as a "
            "whole. " + _PER_PICTURE,
            _about(lambda x: 0.0),
        ),
        Mistake(
            "about 0, not clipped",
            "The pictures are multiplied by the factor, that is, stretched about 0, and not clipped. " + _PER_PICTURE,
            _about(lambda x: 0.0, clip=False),
        ),
        Mistake(
            "about the batch's mean",
            "The pictures are stretched about the mean of the whole batch. Then what happens to a picture depends on "
            "its "
            "neighbours. " + _PER_PICTURE,
            _about(np.mean),
        ),
        Mistake(
            "about the batch's mean, not clipped",
            "The pictures are stretched about the mean of the whole batch, and not clipped. " + _PER_PICTURE,
            _about(np.mean, clip=False),
        ),
        Mistake(
            "about the mean picture",
            "They are stretched about the mean *picture* of the batch, pixel by pixel: `mean(axis=0)`. " + _PER_PICTURE,
            _about(lambda x: x.mean(axis=0, keepdims=True)),
        ),
        Mistake(
            "about each row's mean",
            "Each row is stretched about its own mean: `axis=-1` averages over the columns alone. " + _PER_PICTURE,
            _about(lambda x: x.mean(axis=2, keepdims=True)),
        ),
        Mistake(
            "about each column's mean",
            "Each column is stretched about its own mean: `axis=1` averages over the rows alone. " + _PER_PICTURE,
            _about(lambda x: x.mean(axis=1, keepdims=True)),
        ),
        Mistake(
            "about the middle",
            "They are stretched about 0.5, the middle of the range. A digit is mostly black: its mean lies far below. "
            + _PER_PICTURE,
            _about(lambda x: 0.5),
        ),
        Mistake(
            "about the median",
            "They are stretched about the median. A digit's median is 0, for most of it is black. " + _PER_PICTURE,
            _about(lambda x: np.median(x, axis=(1, 2), keepdims=True)),
        ),
        Mistake(
            "about the middle of the values",
            "They are stretched about the middle between the smallest and the largest value. " + _PER_PICTURE,
            _about(lambda x: (x.min(axis=(1, 2), keepdims=True) + x.max(axis=(1, 2), keepdims=True)) / 2),
        ),
        Mistake(
            "about the mean of the ink",
            "They are stretched about the mean of the brighter pixels alone. Take the mean over *all* pixels of the "
            "picture, the dark ones too.",
            lambda x, f: _about(lambda x: np.array(
                [image[image > 0.1].mean() for image in x])[:, None, None])(x, f),
        ),
        Mistake(
            "rescaled",
            "The result is rescaled so that it runs from 0 to 1. Then the factor has no effect any more. Clip instead.",
            lambda x, f: _brightness_rescaled(_about(_own_mean, clip=False)(x, f), np.zeros(len(x))),
        ),
        Mistake(
            "to a power",
            "The pictures are raised to the power of the factor (\"gamma correction\"). That darkens the middle "
            "values. Asked is a stretch about the mean.",
            lambda x, f: np.clip(x ** _each(f), 0, 1),
        ),
        Mistake(
            "not clipped",
            "Values leave the range from 0 to 1: clip the result.",
            _about(_own_mean, clip=False),
        ),
        Mistake(
            "clipped above only", "Stretching also makes values below 0. Clip on both sides.",
            lambda x, f: np.minimum(_about(_own_mean, clip=False)(x, f), 1),
        ),
        Mistake(
            "clipped below only", "Stretching also makes values above 1. Clip on both sides, at 0 and at 1 (not at 255: these "
            "pictures end at 1).",
            lambda x, f: np.maximum(_about(_own_mean, clip=False)(x, f), 0),
        ),
        Mistake(
            "clipped before the mean is back",
            "It is clipped before the mean is added again: what lies below the mean is negative then, and lost.",
            lambda x, f: np.clip(_each(f) * (x - _own_mean(x)), 0, 1) + _own_mean(x),
        ),
        Mistake(
            "mean not added back",
            "The mean is subtracted and never added again: the pictures are centred on 0, and clipping makes the "
            "darker half black.",
            lambda x, f: np.clip(_each(f) * (x - _own_mean(x)), 0, 1),
        ),
        Mistake(
            "mean not added back, not clipped",
            "The mean is subtracted and never added again; and the range from 0 to 1 is left.",
            lambda x, f: _each(f) * (x - _own_mean(x)),
        ),
        Mistake(
            "mean multiplied as well",
            "The mean is added again before the multiplication, so it is multiplied as well: that is a stretch about "
            "0 after all, with a detour.",
            lambda x, f: np.clip(_each(f) * (x - _own_mean(x)) + _each(f) * _own_mean(x) + _own_mean(x), 0, 1),
        ),
        Mistake(
            "factor is an excess",
            "The factor is added to 1. Here a factor of 1 leaves the picture as it is, and 0 leaves its mean alone.",
            _about(_own_mean, factor=lambda f: 1 + f),
        ),
        Mistake(
            "one minus the factor",
            "The factor and 1 − factor have changed places: with a factor of 1 nothing but the mean is left.",
            _about(_own_mean, factor=lambda f: 1 - f),
        ),
        Mistake(
            "divided",
            "The distances from the mean are divided by the factor: what should stretch shrinks.",
            lambda x, f: np.clip(_own_mean(x) + (x - _own_mean(x)) / _each(np.where(f == 0, 1e-12, f)), 0, 1),
        ),
        Mistake(
            "the wrong way about",
            "The difference is taken the wrong way round, mean − picture: that gives the negative, black for white.",
            lambda x, f: np.clip(_own_mean(x) + _each(f) * (_own_mean(x) - x), 0, 1),
        ),
        Mistake(
            "standardized",
            "The pictures are divided by their standard deviation as well. Contrast multiplies the distances from the "
            "mean by the factor, and by nothing else.",
            lambda x, f: np.clip(_own_mean(x) + _each(f) * (x - _own_mean(x)) / x.std(axis=(1, 2), keepdims=True), 0, 1),
        ),
        Mistake(
            "along the columns",
            "The factors go along the columns: the shape (N,) meets the *last* axis, W. Give it the shape (N, 1, 1).",
            lambda x, f: np.clip(_own_mean(x) + f * (x - _own_mean(x)), 0, 1),
        ),
        Mistake(
            "along the columns, mean without keepdims",
            "Factors and means go along the columns: the shape (N,) meets the *last* axis, W. Give both the shape (N, "
            "1, 1); for the mean, `keepdims=True` does it.",
            lambda x, f: np.clip(x.mean(axis=(1, 2)) + f * (x - x.mean(axis=(1, 2))), 0, 1),
        ),
        Mistake(
            "mean without keepdims",
            "The means go along the columns: their shape (N,) meets the *last* axis, W. `keepdims=True` keeps (N, 1, "
            "1).",
            lambda x, f: np.clip(x.mean(axis=(1, 2)) + _each(f) * (x - x.mean(axis=(1, 2))), 0, 1),
        ),
        Mistake(
            "the first factor for all",
            "Every picture gets the first factor. There is one for each picture.",
            lambda x, f: _true_contrast(x, np.full(len(x), f[0])),
        ),
        Mistake("not changed", "The pictures come back as they are.", lambda x, f: x.copy()),
    ],
    properties=[
        Property("No value may lie outside the range from 0 to 1.",
                 lambda args, outputs: outputs[0].min() >= 0 and outputs[0].max() <= 1),
        Property("Where nothing is clipped, a picture's mean should stay what it was.",
                 lambda args, outputs: all(
                     abs(new.mean() - old.mean()) < 1e-3 for new, old in zip(outputs[0], args[0])
                     if new.min() > 0.001 and new.max() < 0.999)),
        Property("A factor above 1 should make the values of a picture lie further apart, one below 1 nearer.",
                 lambda args, outputs: all((new.std() > old.std()) == (f > 1)
                                           for new, old, f in zip(outputs[0], args[0], args[1]))),
    ],
    variants=[
        _contrast_in_a_loop,
        lambda x, f: np.clip(((x.T - x.mean((1, 2))) * f + x.mean((1, 2))).T, 0, 1),
        lambda x, f: np.clip(_each(f) * x + _each((1 - f) * x.reshape(len(x), -1).mean(axis=1)), 0, 1),
        lambda x, f: _true_contrast(x.astype(np.float32), f.astype(np.float32)),
    ],
    points=3,
    hints=[
        "Which numbers share a mean? All pixels of one picture: so there are N means.",
        "`images.mean(axis=(1, 2), keepdims=True)` has the shape (N, 1, 1), and so has `factor[:, None, None]`. Clip "
        "at the very end.",
    ],
    insight="This is notebook 06 in disguise: one mean for each picture. Stretched about 0 a picture would change in "
    "brightness as well; about the batch's mean it would depend on its neighbours.",
)


# --- predict: what Keras' numbers mean -----------------------------------------------------------

_ANGLE = "RandomRotation(0.1): largest angle, in degrees"
_DOWN = "RandomTranslation(0.25, 0): pixels down, at most"
_LOOK = "RandomZoom((0.5, 0.5)): digits look"
_LOWEST = "RandomContrast((0.2, 0.2)): lowest factor"
_ADDED = "RandomBrightness(0.2), nothing else said: added, at most"
_UPSIDE = "RandomFlip(): may turn digits upside down"

keras_numbers = PredictExercise(
    {_ANGLE: 36.0, _DOWN: 7.0, _LOOK: "smaller", _LOWEST: 0.8, _ADDED: 51.0, _UPSIDE: True},
    variable="prediction",
    choices={_LOOK: ("smaller", "larger"), _UPSIDE: (True, False)},
    mistakes={
        _ANGLE: [
            Mistake("degrees", "it is not in degrees: a tenth of a degree would be no change at all.", 0.1),
            Mistake("radians", "it is not in radians. It is a share of a full turn.", 5.7296),
            Mistake("of half a turn", "it is a share of a *full* turn, 360°, and goes that far in both directions.", 18.0),
            Mistake("per cent", "it is a share of a full turn, 360°: a tenth of that.", 10.0),
            Mistake("of a right angle", "it is a share of a full turn, 360°, not of 90°.", 9.0),
            Mistake("two pi", "0.628 are the radians. Asked are degrees.", 0.6283),
            Mistake("both ways", "that is from one end of the interval to the other. In each direction it is half of that.",
                    72.0),
        ],
        _DOWN: [
            Mistake("pixels", "it is not in pixels: a share of the height, which is 28.", 0.25),
            Mistake("per cent of a pixel", "it is a share of the height, 28 pixels: a quarter of them.", 25.0),
            Mistake("both ways", "that is from one end of the interval to the other. Downwards it is half of that.", 14.0),
            Mistake("half of it", "the number says how far in *each* direction: a quarter of 28.", 3.5),
            Mistake("sideways", "the first number is the height's: it moves up and down.", 0.0),
        ],
        _LOOK: [
            Mistake("zooming in", "it is said of what is *seen*: 0.5 more of it, that is 1.5 times as much. So everything in "
                    "it looks smaller. A negative number comes closer.", "larger"),
        ],
        _LOWEST: [
            Mistake("the number itself", "that would leave hardly any contrast. The number is how far the factor may lie below "
                    "1.", 0.2),
            Mistake("negative", "a factor of −0.2 would turn the picture into its negative. The number is how far the factor "
                    "may lie below 1.", -0.2),
            Mistake("never lower", "a factor of 1 changes nothing. The first number is how far below 1 it may lie.", 1.0),
            Mistake("the highest", "that is the highest. The first number is how far below 1 it may lie.", 1.2),
            Mistake("0", "0 would leave the mean alone. The first number is how far below 1 the factor may lie.", 0.0),
        ],
        _ADDED: [
            Mistake("the range from 0 to 1", "that would be so with `value_range=(0, 1)`. If nothing is said, Keras expects "
                    "pictures from 0 to 255, and takes 0.2 of that.", 0.2),
            Mistake("per cent", "it is 0.2 of the whole range of values. Which range does Keras expect, if nothing is said?",
                    20.0),
            Mistake("the whole range", "that is the whole range; 0.2 of it are asked.", 255.0),
            Mistake("of 256", "the range goes from 0 to 255.", 51.2),
            Mistake("one", "that would be the range from 0 to 1, whole. If nothing is said, Keras expects 0 to 255, and takes "
                    "0.2 of that.", 1.0),
        ],
        _UPSIDE: [
            Mistake("horizontal only", "if nothing is said, the mode is \"horizontal_and_vertical\": half of the pictures come "
                    "out upside down. For digits that is the worst choice there is.", False),
        ],
    },
    points=3,
    hints=[
        "Keras' numbers are shares: of a full turn, of the height or the width, of what is seen, of the range of "
        "values.",
        "Two defaults to look up (`help(keras.layers.RandomBrightness)`): `value_range`, and `RandomFlip`'s `mode`.",
    ],
    insight="Two of these defaults do harm in silence: `value_range=(0, 255)` on pictures from 0 to 1 makes a picture all "
    "white or all black, and `RandomFlip()` turns every second digit upside down. Look at a batch after the layers.",
)


# --- predict: is the label kept? -----------------------------------------------------------------

_KEPT = ("the same digit", "another digit", "no digit")

label_kept = PredictExercise(
    {
        "6, turned by 180°": "another digit",
        "8, flipped left to right": "the same digit",
        "7, flipped left to right": "no digit",
        "3, flipped upside down": "the same digit",
        "4, shifted by 3 pixels": "the same digit",
        "1, turned by 90°": "no digit",
    },
    variable="prediction",
    choices={name: _KEPT for name in (
        "6, turned by 180°", "8, flipped left to right", "7, flipped left to right", "3, flipped upside down",
        "4, shifted by 3 pixels", "1, turned by 90°")},
    mistakes={
        "6, turned by 180°": [
            Mistake("six stays", "turn the page round and read it: that is a 9.", "the same digit"),
            Mistake("six is nothing", "turn the page round and read it: that is a 9.", "no digit"),
        ],
        "8, flipped left to right": [
            Mistake("eight changes", "its two loops look the same in a mirror.", "another digit"),
            Mistake("eight is nothing", "its two loops look the same in a mirror.", "no digit"),
        ],
        "7, flipped left to right": [
            Mistake("seven stays", "its stem now leans the other way. Would you hand this in as a 7?", "the same digit"),
            Mistake("seven changes", "it looks a little like several, but nobody writes one of them like that.",
                    "another digit"),
        ],
        "3, flipped upside down": [
            Mistake("three changes", "its upper and lower half are alike: upside down it is a 3 again. (A mirror left to right "
                    "is another matter.)", "another digit"),
            Mistake("three is nothing", "its upper and lower half are alike: upside down it is a 3 again. (A mirror left to "
                    "right is another matter.)", "no digit"),
        ],
        "4, shifted by 3 pixels": [
            Mistake("four changes", "where it stands on the page says nothing about which digit it is.", "another digit"),
            Mistake("four is nothing", "where it stands on the page says nothing about which digit it is.", "no digit"),
        ],
        "1, turned by 90°": [
            Mistake("one stays", "it is a dash now.", "the same digit"),
            Mistake("one changes", "it is a dash now; no digit lies down.", "another digit"),
        ],
    },
    points=2,
    hints=["Write each on paper and turn the paper, or hold it before a mirror.",
           "A mirror left to right leaves only digits that have a left half like their right one."],
    insight="The same change is harmless for one digit and false for another. Whether a label survives is no property of the "
    "transform: it depends on what the labels mean. On photographs of cats a mirror is always safe.",
)


# --- code: the training run ----------------------------------------------------------------------


def train(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            pictures = move(x[rows], draw(len(x[rows])))  # drawn anew, for each picture
            model.step(pictures, y[rows])
        losses.append(model.loss(x_val, y_val))           # as they are
    return np.array(losses)


_true_train = train


class Model:
    """A small softmax classifier: ``step`` learns from a batch, ``loss`` measures and learns nothing."""

    def __init__(self, pixels, classes):
        self.weights = np.zeros((pixels, classes))

    def _probabilities(self, x):
        logits = x.reshape(len(x), -1) @ self.weights
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def step(self, x, y):
        if len(x) != len(y):
            raise ValueError(f"{len(x)} pictures and {len(y)} labels")
        difference = self._probabilities(x)
        difference[np.arange(len(y)), y] -= 1
        self.weights -= 2.0 * x.reshape(len(x), -1).T @ difference / len(x)

    def loss(self, x, y):
        if len(x) != len(y):
            raise ValueError(f"{len(x)} pictures and {len(y)} labels")
        return float(-np.log(self._probabilities(x)[np.arange(len(y)), y] + 1e-12).mean())


class Draw:
    """``draw(n)``: n random numbers, new ones at each call. The same for every check."""

    def __init__(self, seed):
        self._numbers, self._used = np.random.default_rng(seed).uniform(-1, 1, size=5000), 0

    def __call__(self, n):
        self._used += n
        return self._numbers[self._used - n : self._used]


def slide(pictures, strengths):
    """Each picture slid to the side by its own strength, from -1 to 1 pixel; one strength moves all alike."""
    s = np.reshape(strengths, (-1, 1, 1))
    neighbours = np.where(s > 0, np.roll(pictures, 1, axis=2), np.roll(pictures, -1, axis=2))
    return (1 - np.abs(s)) * pictures + np.abs(s) * neighbours


def _train_cases():
    cases = []
    for seed, count, size, epochs, batch in ((31, 12, 4, 3, 4), (32, 11, 5, 4, 5)):
        rng = np.random.default_rng(seed)
        y, y_val = rng.integers(0, 3, size=count), rng.integers(0, 3, size=7)
        y[:3], y_val[:3] = (2, 0, 1), (0, 1, 2)
        prototypes = _pictures(seed + 40, 3, size, size)
        x = prototypes[y] + 0.2 * rng.normal(size=(count, size, size))
        x_val = prototypes[y_val] + 0.2 * rng.normal(size=(7, size, size))
        cases.append(Case(
            f"with {count} training pictures in batches of {batch}, {epochs} epochs, and 7 validation pictures",
            (Model(size * size, 3), x, y, x_val, y_val, Draw(seed), slide, epochs, batch),
        ))
    return cases


def _training(*, strengths="fresh", labels=lambda y, rows: y[rows], look=None, x_of=lambda x, x_val: x,
              y_of=lambda y, y_val: y, changed=lambda old, new: new, batches=None, before=False):
    """The training loop with one thing changed."""

    def wrong(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
        x_seen, y_seen = x_of(x, x_val), y_of(y, y_val)
        n, losses = len(x_seen), []
        kept = {"once": lambda: draw(n), "once for all": lambda: draw(1), "batch once": lambda: draw(batch_size)}.get(
            strengths, lambda: None)()
        for _ in range(epochs):
            if before:
                losses.append(model.loss(x_val, y_val))
            if strengths == "epoch":
                kept = draw(1)
            for start in (batches or (lambda n, size: range(0, n, size)))(n, batch_size):
                rows = slice(start, start + batch_size)
                pictures = x_seen[rows]
                if strengths == "fresh":
                    s = draw(len(pictures))
                elif strengths == "batch":
                    s = draw(1)
                elif strengths == "once":
                    s = kept[rows]
                elif strengths == "batch once":
                    s = kept[: len(pictures)]
                else:
                    s = kept
                new = pictures if strengths == "none" else move(pictures, s)
                model.step(changed(pictures, new), labels(y_seen, rows))
            if not before:
                losses.append((look or (lambda model, *_: model.loss(x_val, y_val)))(
                    model, x, y, x_val, y_val, draw, move))
        return np.array(losses)

    return wrong


def _train_accumulated(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        x = move(x, draw(len(x)))
        for start in range(0, len(x), batch_size):
            model.step(x[start : start + batch_size], y[start : start + batch_size])
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_by_epoch(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        pictures = move(x, draw(len(x)))
        for start in range(0, len(x), batch_size):
            model.step(pictures[start : start + batch_size], y[start : start + batch_size])
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_one_by_one(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = np.arange(start, min(start + batch_size, len(x)))
            pictures = np.stack([move(x[i : i + 1], draw(1))[0] for i in rows])
            model.step(pictures, y[rows])
        losses[epoch] = model.loss(x_val, y_val)
    return losses


def _train_with_both(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            model.step(x[rows], y[rows])
            model.step(move(x[rows], draw(len(x[rows]))), y[rows])
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_on_a_mixture(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            pictures = np.concatenate([x[rows], move(x[rows], draw(len(x[rows])))])
            model.step(pictures, np.concatenate([y[rows], y[rows]]))
        losses.append(model.loss(x_val, y_val))
    return np.array(losses)


def _train_on_copies(repeated):
    """Enlarged once by a changed copy; ``repeated`` says how the labels follow."""

    def wrong(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
        x_twice, y_twice = np.concatenate([x, move(x, draw(len(x)))]), repeated(y)
        return _training(strengths="none")(model, x_twice, y_twice, x_val, y_val, draw, move, epochs, batch_size)

    return wrong


def _on_moved_validation(model, x, y, x_val, y_val, draw, move):
    return model.loss(move(x_val, draw(len(x_val))), y_val)


_AUGMENTED_VALIDATION = (
    "The validation pictures are moved as well. Then the loss is that on pictures nobody will ever show the network, "
    "and a new lot of them in each epoch. Validation is for the pictures as they come."
)

train = CodeExercise(
    train,
    cases=_train_cases,
    outputs=["losses"],
    mistakes=[
        Mistake("validation augmented", _AUGMENTED_VALIDATION, _training(look=_on_moved_validation)),
        Mistake(
            "validation augmented, once",
            _AUGMENTED_VALIDATION + " (That they are moved only once, beforehand, makes it no better.)",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: (
                lambda moved: _true_train(model, x, y, moved, y_val, draw, move, epochs, batch_size)
            )(move(x_val, draw(len(x_val)))),
        ),
        Mistake(
            "only validation augmented",
            _AUGMENTED_VALIDATION + " And the training pictures, which should be moved, are not.",
            _training(strengths="none", look=_on_moved_validation),
        ),
        Mistake(
            "drawn once for the whole training",
            "The strengths are drawn once, before the first epoch: each picture has one changed copy, and the network "
            "sees this same copy in every epoch. Draw anew in every epoch.",
            _training(strengths="once"),
        ),
        Mistake(
            "drawn once for a batch's places",
            "The strengths are drawn once, as many as a batch has places, and used for every batch and every epoch. "
            "Draw anew for each batch.",
            _training(strengths="batch once"),
        ),
        Mistake(
            "one strength for the whole training",
            "One number is drawn for the whole training: all pictures are moved by it, always. Each picture needs a "
            "number of its own, and a new one each time.",
            _training(strengths="once for all"),
        ),
        Mistake(
            "one strength for a whole epoch",
            "One number is drawn for each epoch, and all pictures of the epoch are moved by it. Each picture needs a "
            "number of its own: how many must `draw` give?",
            _training(strengths="epoch"),
        ),
        Mistake(
            "one strength for a whole batch",
            "One number is drawn for each batch, and all its pictures are moved alike. Each picture needs a number of "
            "its own: how many must `draw` give?",
            _training(strengths="batch"),
        ),
        Mistake(
            "moved further and further",
            "The moved pictures of one epoch are moved again in the next: after some epochs they have drifted away. "
            "Start from the originals each time (is x overwritten?).",
            _train_accumulated,
        ),
        Mistake(
            "not moved",
            "The network learns from the pictures as they are: `move` returns the changed ones, does not change what "
            "it gets.",
            _training(strengths="none"),
        ),
        Mistake(
            "originals and copies, a step each",
            "Two steps are made for each batch, one with the originals. Then there are twice as many steps; asked is "
            "one, with the moved pictures.",
            _train_with_both,
        ),
        Mistake(
            "originals and copies in one batch",
            "Each batch holds the originals beside the moved pictures, and is twice as large. Asked are the moved "
            "ones alone: small strengths among them are as good as originals.",
            _train_on_a_mixture,
        ),
        Mistake(
            "a set of fixed copies",
            "The training set is enlarged once, by one changed copy of each picture. The network then sees the same "
            "copies in every epoch; drawn anew, it would never see one twice.",
            _train_on_copies(lambda y: np.concatenate([y, y])),
        ),
        Mistake(
            "fixed copies, labels out of step",
            "The training set is enlarged by a changed copy of each picture, and the labels are repeated one by one "
            "(`np.repeat`: 0 0 1 1 ...), while the pictures follow each other as a whole (0 1 ... 0 1 ...). So most "
            "pictures have another one's label. And drawn anew for each epoch, no copies need be kept.",
            _train_on_copies(lambda y: np.repeat(y, 2)),
        ),
        Mistake(
            "the first labels for every batch",
            "Each batch gets the labels of the *first* pictures. Labels must be cut from y as the pictures are from x.",
            _training(labels=lambda y, rows: y[: len(y[rows])]),
        ),
        Mistake(
            "labels in reverse order",
            "The labels come in another order than the pictures. Cut both alike.",
            _training(labels=lambda y, rows: y[rows][::-1]),
        ),
        Mistake(
            "validation pictures trained on",
            "The network is trained on the validation pictures. They are for measuring.",
            _training(x_of=lambda x, x_val: x_val, y_of=lambda y, y_val: y_val),
        ),
        Mistake(
            "trained on both",
            "The network is trained on training *and* validation pictures. What has been learned says nothing about "
            "new pictures.",
            _training(x_of=lambda x, x_val: np.concatenate([x, x_val]), y_of=lambda y, y_val: np.concatenate([y, y_val])),
        ),
        Mistake(
            "measured on the training pictures",
            "The loss is that of the training pictures. Asked is the one on the validation pictures.",
            _training(look=lambda model, x, y, x_val, y_val, draw, move: model.loss(x, y)),
        ),
        Mistake(
            "measured on moved training pictures",
            "The loss is that of the moved training pictures. Asked is the one on the validation pictures, as they "
            "are.",
            _training(look=lambda model, x, y, x_val, y_val, draw, move: model.loss(move(x, draw(len(x))), y)),
        ),
        Mistake(
            "last batch left out",
            "The last batch of an epoch is left out when it is smaller than the others. Its pictures are never "
            "learned.",
            _training(batches=lambda n, size: range(0, n - size + 1, size)),
        ),
        Mistake(
            "first batch only",
            "Only the first batch of each epoch is used. An epoch goes once through all pictures.",
            _training(batches=lambda n, size: [0]),
        ),
        Mistake(
            "all in one batch",
            "All pictures are taken in one step: `batch_size` has no effect.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: _true_train(
                model, x, y, x_val, y_val, draw, move, epochs, len(x)),
        ),
        Mistake(
            "one by one",
            "A step is made for every single picture: `batch_size` has no effect.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: _true_train(
                model, x, y, x_val, y_val, draw, move, epochs, 1),
        ),
        Mistake(
            "measured before the epoch",
            "The loss is measured at the beginning of each epoch: the first one is that of a network that has learned "
            "nothing. Measure at the end.",
            _training(before=True),
        ),
        Mistake(
            "as many numbers as a full batch",
            "`draw(batch_size)` gives too many numbers when the last batch is smaller. Ask for as many as the batch "
            "has pictures.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
                [[model.step(move(x[s : s + batch_size], draw(batch_size)), y[s : s + batch_size])
                  for s in range(0, len(x), batch_size)], model.loss(x_val, y_val)][1] for _ in range(epochs)
            ]),
        ),
        Mistake(
            "never learns",
            "The model learns nothing: `model.step` is never called, and the loss stays what it was.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array(
                [model.loss(x_val, y_val) for _ in range(epochs)]),
        ),
        Mistake(
            "mean over the batches",
            "The loss is measured after every batch and averaged. Asked is the loss at the end of the epoch.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
                np.mean([(model.step(move(x[s : s + batch_size], draw(len(x[s : s + batch_size]))), y[s : s + batch_size]),
                          model.loss(x_val, y_val))[1] for s in range(0, len(x), batch_size)])
                for _ in range(epochs)
            ]),
        ),
        Mistake(
            "only the last loss",
            "Only the last epoch's loss comes back. Asked is one for each epoch: collect them.",
            lambda *args: _true_train(*args)[-1],
        ),
        Mistake(
            "a loss for each batch",
            "There is a loss for each batch. Asked is one for each epoch: measure when its last batch is done.",
            lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
                (model.step(move(x[s : s + batch_size], draw(len(x[s : s + batch_size]))), y[s : s + batch_size]),
                 model.loss(x_val, y_val))[1]
                for _ in range(epochs) for s in range(0, len(x), batch_size)
            ]),
        ),
    ],
    properties=[
        Property("There should be one loss for each epoch.",
                 lambda args, outputs: outputs[0].shape == (args[7],)),
        Property(
            "The first epoch's loss is not that of one pass over the training pictures in the order in which they "
            "come (no shuffling here), each moved by a number of its own from `draw` (no generator of your own), with "
            "the validation pictures as they are.",
            lambda args, outputs: np.isclose(outputs[0][0], _right_losses(args)[0], rtol=1e-3),
        ),
        Property(
            "The first epoch is right. In a later one, what is learned from is not each picture moved anew from its "
            "original.",
            lambda args, outputs: np.allclose(outputs[0], _right_losses(args), rtol=1e-3),
        ),
    ],
    variants=[
        _train_by_epoch, _train_one_by_one,
        lambda model, x, y, x_val, y_val, draw, move, epochs, batch_size: np.array([
            [[model.step(move(a, draw(len(a))), b) for a, b in zip(
                np.split(x, range(batch_size, len(x), batch_size)), np.split(y, range(batch_size, len(y), batch_size)))],
             model.loss(x_val, y_val)][1] for _ in range(epochs)]),
    ],
    points=4,
    hints=[
        "Two loops: epochs, and inside them batches. Which of the four arrays are ever moved?",
        "Inside the inner loop: cut a batch from x and the same one from y, draw as many numbers as it has pictures, "
        "move, `model.step`. After the inner loop: `model.loss` on the validation pictures as they are.",
    ],
    insight="Three rules in six lines: moved are the training pictures only; from the original, and anew each time; each by a "
    "number of its own, with its own label beside it. Keras' layers follow the same rules where they are part of the "
    "model and `fit`, `evaluate` and `predict` run it. Called by hand they need `training=False`.",
)


def _right_losses(args):
    model, x, y, x_val, y_val, draw, move, epochs, batch_size = args
    fresh = Model(x[0].size, model.weights.shape[1])
    rewound = Draw(0)
    rewound._numbers = draw._numbers
    return _true_train(fresh, x, y, x_val, y_val, rewound, move, epochs, batch_size)


# --- experiment: six points ----------------------------------------------------------------------

_SETTINGS = {"degrees": 0, "zoom": 0, "pixels": 0, "flip": False, "epochs": 25}  # as they stand in the notebook
_TARGET, _MOST_EPOCHS = 6.0, 150


def _attempt_missing(result):
    if not isinstance(result, dict) or not {*_SETTINGS, "without", "with"} <= set(result):
        return "Expected what `attempt(...)` returns: call it with your settings and hand in its result."
    for name in ("without", "with"):
        value = result[name]
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not np.isfinite(value):
            return f"`result[{name!r}]` should be an accuracy in per cent. Hand in what `attempt(...)` returns, unchanged."
    for name in ("degrees", "zoom", "pixels", "epochs"):
        if isinstance(result[name], bool) or not isinstance(result[name], (int, float, np.number)):
            return f"`{name}` should be one number."
    return ""


def _gain(result):
    return result["with"] - result["without"]


def _nothing_changed(result):
    return not (result["degrees"] or result["zoom"] or result["pixels"] or result["flip"])


gain_six_points = ExperimentExercise(
    measured=_attempt_missing,
    attempted=lambda r: any(r[name] != value for name, value in _SETTINGS.items()),
    met=lambda r: _gain(r) >= _TARGET and r["epochs"] <= _MOST_EPOCHS and not r["flip"],
    report=lambda r: (
        f"Validation accuracy: ≈ {r['without']:.1f} % without augmentation, ≈ {r['with']:.1f} % with it, so "
        f"≈ {_gain(r):.1f} points.".replace("-", "−")
    ),
    mistakes=[
        Mistake(
            "too many epochs", "More than 150 epochs. It may well help; but find the gain within what is allowed.",
            lambda r: r["epochs"] > _MOST_EPOCHS,
        ),
        Mistake(
            "only longer",
            "Nothing is changed in the pictures, only the training is longer. Both runs are the same then: 200 digits "
            "are learned by heart after a few epochs, and more epochs teach nothing.",
            _nothing_changed,
        ),
        Mistake(
            "flipped",
            "Every second digit is mirrored, and keeps its label. What does a mirrored 7 teach? Take the flip out, "
            "whatever the rest does.",
            lambda r: bool(r["flip"]),
        ),
        Mistake(
            "turned too far",
            "The digits are rotated so far that people would not read some of them any more. How far does handwriting "
            "lean?",
            lambda r: abs(r["degrees"]) > 50,
        ),
        Mistake(
            "shifted too far",
            "The digits are shifted so far that ink goes out over the border. Between the ink and the border of an "
            "MNIST digit there are mostly 4 to 8 pixels.",
            lambda r: abs(r["pixels"]) > 6,
        ),
        Mistake(
            "scaled too far",
            "The digits are scaled so far that some have no room in the picture, or are nearly dots.",
            lambda r: abs(r["zoom"]) > 0.5,
        ),
        Mistake(
            "too strong together",
            "None of the strengths is absurd, but together they are too strong: hardly a picture still looks like one "
            "that the network will meet. Strengths add up; take each a little smaller than you would alone.",
            lambda r: abs(r["degrees"]) > 30 or abs(r["pixels"]) > 3.5 or abs(r["zoom"]) > 0.35,
        ),
        Mistake(
            "too timid",
            "All in the right direction, but so little is changed that the pictures hardly differ from the originals.",
            lambda r: abs(r["degrees"]) < 8 and abs(r["zoom"]) < 0.1 and abs(r["pixels"]) < 1.5,
        ),
        Mistake(
            "stopped too soon",
            "The strengths may be right, but the training stops too soon. Never seeing a picture twice, the network "
            "has more to learn and needs more epochs than the 200 digits as they are.",
            lambda r: r["epochs"] < 80,
        ),
        Mistake(
            "one way only",
            "One of the three ways alone. They say different things about digits: take them together.",
            lambda r: sum(bool(r[name]) for name in ("degrees", "zoom", "pixels")) == 1,
        ),
    ],
    otherwise="Not there yet. Which of the three strengths was best alone, in the recorded runs above? Give them all, about as "
    "large as there or a little smaller, and time.",
    solved="""
        result = attempt(degrees=15, zoom=0.2, pixels=2, flip=False, epochs=120)
        """,
    hints=[
        "Three of the ways keep a digit's label when they are moderate. Use all three.",
        "Look at the recorded strengths: rotation by some 20 degrees, a shift by one or two pixels, a scaling by "
        "about 0.2. And what is harder to learn takes more epochs.",
    ],
    insight="The same 200 digits, the same network, the same number of steps. What was added is what you know about digits, said "
    "in three numbers. (They were chosen on these validation digits, so report another set's accuracy.)",
)

name_exercises(globals())
