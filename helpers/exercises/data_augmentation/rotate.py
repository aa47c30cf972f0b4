"""Notebook 09, code: rotate."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property
from helpers.exercises.data_augmentation._shared import _pictures, read


def rotate(images, degrees):
    n, height, width = images.shape
    angle = np.deg2rad(degrees)[:, None, None]             # (N, 1, 1)
    r, c = np.indices((height, width))                     # (H, W) each
    r, c = r - (height - 1) / 2, c - (width - 1) / 2       # counted from the centre
    from_r = np.cos(angle) * r + np.sin(angle) * c         # turned back: (N, H, W)
    from_c = np.cos(angle) * c - np.sin(angle) * r
    return read(images, from_r + (height - 1) / 2, from_c + (width - 1) / 2)


def _rotate_cases():
    return [
        Case("on 3 pictures of 7 × 7 with the angles 20.47, −35.33 and 50.16",
             (_pictures(5, 3, 7, 7), np.array([20.47, -35.33, 50.16]))),
        Case("on 2 pictures of 6 × 9 with the angle 12.43 for both", (_pictures(6, 2, 6, 9), np.array([12.43, 12.43]))),
        Case("on 2 pictures of 8 × 6 with the angles 130.61 and −75.29",
             (_pictures(7, 2, 8, 6), np.array([130.61, -75.29]))),
    ]


_true_rotate = rotate


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


def _read_truncated(images, r, c):
    return _read_nearest(images, np.trunc(r), np.trunc(c))


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


def _rotate_all_by_each(images, degrees):
    for angle in degrees:
        images = _turning(images, np.full(len(images), angle))
    return images


def _rotate_meshgrid(images, degrees, order=slice(None)):
    height, width = images.shape[1:]
    angle = np.deg2rad(degrees)[:, None, None]
    r, c = np.meshgrid(*(np.arange(height), np.arange(width))[order])
    r, c = r - (height - 1) / 2, c - (width - 1) / 2
    return read(images, np.cos(angle) * r + np.sin(angle) * c + (height - 1) / 2,
                np.cos(angle) * c - np.sin(angle) * r + (width - 1) / 2)


def _rotate_along(axes):
    """The angles with other axes than (N, 1, 1)."""

    def wrong(images, degrees):
        height, width = images.shape[1:]
        angle = np.deg2rad(degrees)[axes]
        r, c = np.indices((height, width))
        r, c = r - (height - 1) / 2, c - (width - 1) / 2
        return read(images, np.cos(angle) * r + np.sin(angle) * c + (height - 1) / 2,
                    np.cos(angle) * c - np.sin(angle) * r + (width - 1) / 2)

    return wrong


def _inside(args):
    """For each new pixel, whether its place lies inside the old picture."""
    images, degrees = args
    height, width = images.shape[1:]
    turned = _turning(np.ones_like(images), degrees, look=lambda images, r, c: np.stack([r, c]))
    return (turned[0] >= 0) & (turned[0] <= height - 1) & (turned[1] >= 0) & (turned[1] <= width - 1)


def _right_inside_only(args, turned):
    right = np.isclose(turned, _true_rotate(*args), atol=1e-4)
    return right[_inside(args)].all() and not right.all()


_BACK = (
    "You need the place that the new pixel comes *from*: turn back once, by the negative of the angle. (Turning back "
    "twice is forwards again.)"
)


def _centred(of_rows, of_columns):
    """The look-up about a centre of one's own, from height and width."""

    def wrong(x, d):
        height, width = x.shape[1:]
        angle = np.deg2rad(d)[:, None, None]
        r, c = np.indices((height, width)).astype(float)
        r, c = r - of_rows(height, width), c - of_columns(height, width)
        return read(x, np.cos(angle) * r + np.sin(angle) * c + of_rows(height, width),
                    np.cos(angle) * c - np.sin(angle) * r + of_columns(height, width))

    return wrong


_DIAGONAL = (
    "The pictures come out flipped about their diagonal: rows and columns have changed places. (`np.meshgrid` gives the "
    "column first, unless you say `indexing=\"ij\"`. `np.indices` gives the row first.)"
)

_ONE_CENTRE = (
    "Rows and columns are counted from the same number. In a picture that is not square the centre has two: one from the "
    "height, one from the width."
)


rotate = CodeExercise(
    rotate,
    outputs=["turned"],
    given=lambda: {"read": read},
    cases=_rotate_cases,
    variants=[_rotate_in_a_loop,
              lambda x, d: _true_rotate(x.astype(np.float32), d.astype(np.float32))],
    mistakes=[
        Mistake(
            "degrees as radians",
            "The angle goes into `np.cos` as it is, in degrees. NumPy wants radians: 20 radians are more than three "
            "full turns.",
            lambda x, d: _turning(x, d, radians=lambda a: a),
        ),
        Mistake(
            "degrees as radians, the other way",
            "The angle goes into `np.cos` as it is, in degrees; NumPy wants radians. Also, the pictures turn "
            "clockwise. " + _BACK,
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
            "The angle is taken as a number of full turns, as in Keras' layer. Here it comes in degrees.",
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
            "The pictures turn clockwise. The formula says where a point *goes*. " + _BACK,
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
            "afterwards), and clockwise. " + _BACK,
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
            "You count from the centre, and `read` counts from the upper left pixel: after turning, the centre must be "
            "added again. Also, the pictures turn clockwise. " + _BACK,
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
            "turn clockwise. " + _BACK,
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
            "Both sines have the same sign. That is no rotation: it distorts the picture. One of them is the negative "
            "of the other.",
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (cos, sin, sin, cos)),
        ),
        Mistake(
            "both signs minus",
            "Both sines are negative. That is no rotation: it distorts the picture. One of them is the negative of the "
            "other.",
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
            "The new r is calculated, and then used for the new c: the second line needs the *old* r. Also, the signs "
            "are those of where a point *goes*. " + _BACK,
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (cos, -sin, sin * cos, cos - sin * sin)),
        ),
        Mistake(
            "overwritten, the column first",
            "The new c is calculated, and then used for the new r: the second line needs the *old* c. Give the results "
            "other names, or assign both in one line.",
            lambda x, d: _turning(x, d, matrix=lambda cos, sin: (cos - sin * sin, sin * cos, -sin, cos)),
        ),
        Mistake(
            "one angle for all",
            "Every picture is turned by the first one's angle. `degrees` has one for each: give it the shape (N, 1, "
            "1), so that it broadcasts with (H, W).",
            lambda x, d: _turning(x, np.full(len(x), d[0])),
        ),
        Mistake(
            "the last angle for all",
            "Every picture is turned by the last one's angle. `degrees` has one for each.",
            lambda x, d: _turning(x, np.full(len(x), d[-1])),
        ),
        Mistake(
            "the sum of the angles for all",
            "Every picture is turned by the sum of all the angles. `degrees` has one for each.",
            lambda x, d: _turning(x, np.full(len(x), d.sum())),
        ),
        Mistake(
            "the sizes of the angles",
            "A negative angle turns anticlockwise as well. It should turn the other way.",
            lambda x, d: _turning(x, np.abs(d)),
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
            "NumPy aligns `degrees`, of shape (N,), with the columns of (H, W). Give it the shape (N, 1, 1), so that "
            "the product is (N, H, W).",
            _rotate_along(np.s_[:]),
        ),
        Mistake(
            "angles along the rows",
            "NumPy aligns `degrees`, of shape (N, 1), with the rows of (H, W). Give it the shape (N, 1, 1), so that "
            "the product is (N, H, W).",
            _rotate_along(np.s_[:, None]),
        ),
        Mistake(
            "meshgrid's order",
            _DIAGONAL,
            _rotate_meshgrid,
        ),
        Mistake(
            "meshgrid's order, width first",
            _DIAGONAL,
            lambda x, d: _rotate_meshgrid(x, d, np.s_[::-1]),
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
            "The decimals of the place are cut off, so it is up to a whole pixel off. `read` takes fractions and mixes the "
            "four neighbours.",
            lambda x, d: _turning(x, d, look=_read_truncated),
        ),
        Mistake(
            "rounded down",
            "The place is rounded down: it is up to a whole pixel too far up and left. `read` takes fractions and mixes the "
            "four neighbours.",
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
            "Beyond the border the outermost pixel is repeated: are the places clipped before `read`? `read` already "
            "handles places outside.",
            lambda x, d: _turning(x, d, look=_read_edge),
        ),
        Mistake(
            "filled by reflection",
            "Beyond the border comes a mirror image of the picture (Keras' fill_mode \"reflect\", its default). It "
            "should be black: beyond the border lies 0.",
            lambda x, d: _turning(x, d, look=_read_reflected),
        ),
        Mistake(
            "filled by reflection about the last pixel",
            "Beyond the border comes a mirror image of the picture. It should be black: beyond the border lies 0.",
            lambda x, d: _turning(x, d, look=lambda images, r, c: _read_reflected(images, r, c, "reflect")),
        ),
        Mistake(
            "wraps around",
            "Beyond the border the picture begins again (`%`). `read` already handles places outside: they are 0.",
            lambda x, d: _turning(x, d, look=_read_wrapped),
        ),
        Mistake(
            "height and width swapped",
            "Height and width have changed places in the centre. With square pictures you would not notice.",
            _centred(lambda height, width: (width - 1) / 2, lambda height, width: (height - 1) / 2),
        ),
        Mistake(
            "the height's centre for both",
            _ONE_CENTRE,
            _centred(lambda height, width: (height - 1) / 2, lambda height, width: (height - 1) / 2),
        ),
        Mistake(
            "the width's centre for both",
            _ONE_CENTRE,
            _centred(lambda height, width: (width - 1) / 2, lambda height, width: (width - 1) / 2),
        ),
        Mistake(
            "rows count upwards",
            "The pictures come out mirrored: with an angle of 0, top and bottom would change places. Rows are counted "
            "downwards, in the notebook's formula as well, so the sign of r stays.",
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
        Property("A turn about the centre leaves the centre where it is: the middle pixel of 7 × 7 should keep its value.",
                 lambda args, outputs: args[0].shape[1:] != (7, 7)
                 or np.allclose(outputs[0][:, 3, 3], args[0][:, 3, 3], atol=1e-4)),
        Property("Mixing four neighbours gives no value outside the range of the picture (and 0).",
                 lambda args, outputs: outputs[0].min() >= -1e-6 and outputs[0].max() <= args[0].max() + 1e-6),
        Property("Every pixel whose place lies inside the old picture is right. Outside it, there are "
                 "mistakes: between the outermost pixels and the black around them `read` mixes as well, and further out all "
                 "is 0.",
                 lambda args, outputs: not _right_inside_only(args, outputs[0])),
    ],
    points=4,
    hints=[
        "`np.indices((height, width))` gives r and c of every pixel of the new picture. Count them from the centre, "
        "which is at (height − 1) / 2 and (width − 1) / 2.",
        "The formula turns a point forwards. You want the place it came from, so turn by −θ: the cosine stays, the "
        "two sines change their sign. Then count from the corner again, for `read`.",
        "Shapes: r and c are (H, W). With the angle as (N, 1, 1), NumPy makes (N, H, W) of their product.",
    ],
    insight="Turn back, read, and every new pixel has its value. At the corners, the place can lie outside the old "
    "picture, and the new pixel is black. The signs differ from the textbook's rotation matrix because rows are "
    "counted downwards.",
)
