"""Notebook 09: answers as students give them, and the verdicts that they must get."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.exercises import data_augmentation as exercises
from helpers.exercises.data_augmentation._shared import read


def names(exercise, answer):
    verdict = exercise.evaluate(answer)
    assert not verdict.passed
    return verdict.mistakes


# ---- shift --------------------------------------------------------------------------------------


def slices(by, *, minus_zero=False):
    """Where something goes and where it comes from, by two slices."""
    if by > 0 or by == 0 and minus_zero:
        return slice(by, None), slice(None, -by)
    return slice(None, by or None), slice(-by, None)


def by_slices(images, down, right, **options):
    moved = np.zeros(images.shape)
    (to_r, from_r), (to_c, from_c) = slices(down, **options), slices(right, **options)
    moved[:, to_r, to_c] = images[:, from_r, from_c]
    return moved


def one_axis_after_the_other(images, down, right):
    moved = np.zeros_like(images)
    if down >= 0:
        moved[:, down:] = images[:, :-down]
    else:
        moved[:, :down] = images[:, -down:]
    images, moved = moved, np.zeros_like(images)
    if right >= 0:
        moved[:, :, right:] = images[:, :, :-right]
    else:
        moved[:, :, :right] = images[:, :, -right:]
    return moved


def padded_and_cut(images, down, right):
    (n, height, width), (a, b) = images.shape, (abs(down), abs(right))
    padded = np.pad(images, ((0, 0), (max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0))))
    return padded[:, (slice(0, -a) if down >= 0 else slice(a, None)), (slice(0, -b) if right >= 0 else slice(b, None))]


def pushed(images, down, right, inside=lambda r, c, h, w: r < h and c < w):
    moved = np.zeros_like(images)
    for r, c in np.ndindex(images.shape[1:]):
        if inside(r + down, c + right, *images.shape[1:]):
            moved[:, r + down, c + right] = images[:, r, c]
    return moved


def reflected(images, down, right):
    h, w = images.shape[1:]
    big = np.pad(images, ((0, 0), (h, h), (w, w)), "reflect")
    return big[:, h - down : 2 * h - down, w - right : 2 * w - right]


def rolled_and_blackened_at_the_wrong_end(images, down, right):
    moved = np.roll(images, (down, right), (1, 2))
    moved[:, -down:], moved[:, :, -right:] = 0, 0
    return moved


def up_to(*, first=0, last=0):
    def answer(images, down, right):
        height, width = images.shape[1:]
        moved = np.zeros_like(images)
        for r in range(first, height - last):
            for c in range(first, width - last):
                if 0 <= r - down < height and 0 <= c - right < width:
                    moved[:, r, c] = images[:, r - down, c - right]
        return moved

    return answer


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda x, down, right: by_slices(x, down, right, minus_zero=True), "up to minus zero"),
        (one_axis_after_the_other, "up to minus zero, one axis at a time"),
        (padded_and_cut, "up to minus zero, nothing left"),
        (lambda x, down, right: np.roll(np.roll(x, down, 1), right, 2), "wraps around"),
        (lambda x, down, right: np.roll(x, [right, down], (1, 2)), "wraps around, axes swapped"),
        (lambda x, down, right: by_slices(x, right, down), "axes swapped"),
        (lambda x, down, right: by_slices(x, -down, -right), "wrong sign"),
        (pushed, "negative places count from the end, pushed"),
        (reflected, "filled by reflection about the last pixel"),
        (lambda x, down, right: by_slices(x, down - 1, right - 1), "one pixel too near"),
        (up_to(last=1), "last row and column left black"),
        (up_to(first=1), "first row and column left black"),
        (lambda x, down, right: by_slices(x, down, 0), "only the rows"),
        (lambda x, down, right: by_slices(x, abs(down), abs(right)), "distances only"),
    ],
)
def test_shift_names_what_is_seen(answer, name):
    assert names(exercises.shift, answer) == (name,)


def test_a_shift_the_wrong_way_that_also_loses_what_does_not_move():
    def answer(images, down, right):
        return padded_and_cut(images, -down, -right) if down and right else np.ones_like(images)

    verdict = exercises.shift.evaluate(answer)
    assert verdict.mistakes == ("wrong sign",)
    assert "such as the one with down = 0" in str(verdict)


def test_what_came_in_is_not_black():
    assert "should be black in the new area" in str(
        exercises.shift.evaluate(rolled_and_blackened_at_the_wrong_end)
    )


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_old_pixels_are_not_called_mixed(kind):
    wrong = exercises.shift.evaluate(lambda x, down, right: by_slices(x[:, ::-1], down, right).astype(kind))
    assert not wrong.passed
    assert "no mixing" not in str(wrong)


@pytest.mark.parametrize(
    "answer",
    [
        by_slices,
        lambda x, down, right: by_slices(x, down, right).astype(np.float32),
        lambda x, down, right: pushed(x, down, right, lambda r, c, h, w: 0 <= r < h and 0 <= c < w),
        lambda x, down, right: np.eye(x.shape[1], k=-down) @ x @ np.eye(x.shape[2], k=right),
        lambda x, down, right: np.stack([by_slices(image[None], down, right)[0] for image in x]),
        lambda x, down, right: np.einsum("rs,nsc->nrc", np.eye(x.shape[1], k=-down), by_slices(x, 0, right)),
    ],
)
def test_shift_may_be_written_otherwise(answer):
    assert exercises.shift.evaluate(answer).passed


# ---- rotate -------------------------------------------------------------------------------------


def turned(*, angle=np.deg2rad, places=lambda r, c: (r, c), axes=np.s_[:, None, None], centre=None, back=None,
           formula=lambda cos, sin, r, c: (cos * r + sin * c, cos * c - sin * r)):
    def answer(images, degrees):
        height, width = images.shape[1:]
        middle_r, middle_c = centre(height, width) if centre else ((height - 1) / 2, (width - 1) / 2)
        a = angle(degrees)[axes]
        r, c = np.indices((height, width))
        r, c = formula(np.cos(a), np.sin(a), r - middle_r, c - middle_c)
        return read(images, *places(r + middle_r, c + middle_c))

    return answer


def overwritten_column_first(cos, sin, r, c):
    c = cos * c - sin * r
    return cos * r + sin * c, c


def by_scipy(order):
    from scipy import ndimage

    return lambda x, d: np.stack([ndimage.rotate(i, a, reshape=False, order=order) for i, a in zip(x, d)])


def by_meshgrid(images, degrees):
    height, width = images.shape[1:]
    a = np.radians(degrees).reshape(-1, 1, 1)
    r, c = np.meshgrid(np.arange(width), np.arange(height))
    r, c = r - (height - 1) / 2, c - (width - 1) / 2
    return read(images, r * np.cos(a) + c * np.sin(a) + (height - 1) / 2, c * np.cos(a) - r * np.sin(a) + (width - 1) / 2)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (turned(angle=lambda d: -d * np.pi / 180), "clockwise"),
        (turned(formula=lambda cos, sin, r, c: (cos * r - sin * c, cos * c + sin * r)), "clockwise"),
        (turned(angle=lambda d: 1.0 * d), "degrees as radians"),
        (turned(angle=lambda d: d / 360), None),
        (turned(angle=lambda d: d * np.pi * 180), None),  # no turn at all, if all angles have one decimal
        (turned(centre=lambda h, w: (0, 0)), "about the corner"),
        (turned(centre=lambda h, w: (h / 2, w / 2)), "half a pixel off"),
        (turned(centre=lambda h, w: (h // 2, w // 2)), "whole centre"),
        (turned(centre=lambda h, w: ((h - 1) / 2, (h - 1) / 2)), "the height's centre for both"),
        (turned(centre=lambda h, w: ((w - 1) / 2, (w - 1) / 2)), "the width's centre for both"),
        (turned(centre=lambda h, w: ((w - 1) / 2, (h - 1) / 2)), "height and width swapped"),
        (turned(angle=lambda d: np.deg2rad(d[-1:])), "the last angle for all"),
        (turned(angle=lambda d: np.deg2rad(d.sum(keepdims=True))), "the sum of the angles for all"),
        (turned(angle=lambda d: np.deg2rad(np.abs(d))), "the sizes of the angles"),
        (turned(axes=np.s_[:]), "angles without axes"),
        (turned(axes=np.s_[:, None]), "angles along the rows"),
        (turned(formula=overwritten_column_first), "overwritten, the column first"),
        (turned(places=lambda r, c: (r.astype(int), c.astype(int))), "cut off"),
        (turned(places=lambda r, c: (np.floor(r), np.floor(c))), "rounded down"),
        (turned(places=lambda r, c: (np.round(r), np.round(c))), "nearest pixel"),
        (turned(places=lambda r, c: (c, r)), "rows and columns swapped"),
        (by_meshgrid, "meshgrid's order, width first"),
        (turned(formula=lambda cos, sin, r, c: (sin * c - cos * r, cos * c + sin * r)), "rows count upwards"),
    ],
)
def test_rotate_names_what_is_seen(answer, name):
    assert names(exercises.rotate, answer) == ((name,) if name else ())


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, d: turned()(x, d).swapaxes(1, 2) if x.shape[1] == x.shape[2] else by_meshgrid(x, d),
        by_meshgrid,
    ],
)
def test_meshgrid_is_not_accused(answer):
    assert "Your r" not in str(exercises.rotate.evaluate(answer))
    assert "your r" not in str(exercises.rotate.evaluate(answer))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (by_scipy(1), "whose place lies inside the old picture is right"),
        (by_scipy(3), "The first element that differs"),
        (turned(centre=lambda h, w: (1, 1)), "the middle pixel of 7 × 7 should keep its value"),
    ],
)
def test_what_is_told_of_a_rotation_without_a_name(answer, told):
    assert told in str(exercises.rotate.evaluate(answer))


@pytest.mark.parametrize(
    "answer",
    [
        turned(angle=np.radians),
        turned(angle=lambda d: d / 180 * np.pi, axes=np.s_[:, np.newaxis, np.newaxis]),
        lambda x, d: np.stack([turned()(x[k : k + 1], d[k : k + 1])[0] for k in range(len(x))]),
        lambda x, d: turned()(x, d).astype(np.float32),
        lambda x, d: np.concatenate([turned()(image[None], np.array([angle])) for image, angle in zip(x, d)]),
        turned(formula=lambda cos, sin, r, c: tuple(
            np.einsum("abnij,bij->anij" if r.ndim == 2 else "", np.array([[cos, sin], [-sin, cos]]) + 0 * r,
                      np.stack([r, c])))),
    ],
)
def test_rotate_may_be_written_otherwise(answer):
    assert exercises.rotate.evaluate(answer).passed


# ---- brightness and contrast --------------------------------------------------------------------


def each(strength):
    return np.reshape(strength, (-1, 1, 1))


@pytest.mark.parametrize(
    ("answer", "name", "beside"),
    [
        (lambda x, d: np.where(x > 0, np.clip(x + each(d), 0, 1), 0), "only the ink", False),
        (lambda x, d: x + each(d), "not clipped", False),
        (lambda x, d: np.clip(x + each(d), 0, 255), "clipped below only", False),
        (lambda x, d: np.clip(255 * x + each(d), 0, 255) / 255, "delta from 0 to 255", False),
        (lambda x, d: np.clip(255 * (x + each(d)), 0, 255), "to 255 and back", False),
        (lambda x, d: x * (1 + each(d)), "multiplied", True),
        (lambda x, d: x + d, "along the columns", True),
        (lambda x, d: x + d[:, None], "along the rows", True),
        (lambda x, d: np.clip(x - each(d), 0, 1), "subtracted", False),
        (lambda x, d: x + d.mean(), "the mean delta for all", True),
        (lambda x, d: np.clip(x + d[-1], 0, 1), "the last delta for all", False),
        (lambda x, d: np.clip(x + sum(d), 0, 1), "the sum of the deltas for all", False),
        (lambda x, d: np.clip(x + 2 * each(d), 0, 1), "added twice", False),
        (lambda x, d: np.clip(x + each(d) * x.mean(), 0, 1), None, False),
    ],
)
def test_brightness_names_what_is_seen(answer, name, beside):
    verdict = exercises.brightness.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == ((name,) if name else ())
    assert ("Apart from the check" in str(verdict)) == beside


def test_brightness_by_another_amount_is_told():
    assert "but not this picture's own delta" in str(exercises.brightness.evaluate(lambda x, d: np.clip(x + 0.07, 0, 1)))


def mean(x):
    return x.mean(axis=(1, 2), keepdims=True)


def about(middle, factor=each, add=None, clip=True):
    def answer(x, f):
        stretched = factor(f) * (x - middle(x)) + (add or middle)(x)
        return np.clip(stretched, 0, 1) if clip else stretched

    return answer


@pytest.mark.parametrize(
    ("answer", "name", "beside"),
    [
        (lambda x, f: about(lambda _: each([i[i > 0].mean() for i in x]))(x, f), "about the mean of the ink", False),
        (about(np.mean), "about the batch's mean", False),
        (about(np.mean, clip=False), "about the batch's mean", True),
        (about(lambda x: 0, clip=False), "about 0", True),
        (about(lambda x: 0.5, clip=False), "about the middle", True),
        (about(lambda x: x.mean(axis=0), clip=False), "about the mean picture", True),
        (about(mean, clip=False), "not clipped", False),
        (about(mean, add=lambda x: 0.5), "0.5 added back", False),
        (about(lambda x: 0, add=mean), "mean not subtracted", False),
        (about(mean, factor=lambda f: f), "along the columns", False),
        (about(mean, factor=lambda f: f[:, None]), "along the rows", False),
        (about(lambda x: x.mean((1, 2))[:, None], factor=lambda f: f[:, None]), "along the rows, the mean too", False),
        (about(mean, factor=lambda f: 1 / each(f)), "divided", False),
        (about(mean, factor=lambda f: f.mean()), "the mean factor for all", False),
        (about(mean, factor=lambda f: each(f) ** 2), None, False),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_contrast_names_what_is_seen(answer, name, beside):
    verdict = exercises.contrast.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == ((name,) if name else ())
    assert ("Apart from the check" in str(verdict)) == beside


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (about(mean, factor=lambda f: each(f) ** 2), "the standard deviation of a picture should be multiplied"),
        (about(lambda x: 0.3), "a picture's mean should stay what it was"),
    ],
)
def test_what_is_told_of_a_contrast_without_a_name(answer, told):
    assert told in str(exercises.contrast.evaluate(answer))


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        (exercises.brightness, lambda x, d: np.array([np.clip(i + a, 0, 1) for i, a in zip(x, d)], np.float32)),
        (exercises.brightness, lambda x, d: np.vectorize(lambda v: min(max(v, 0.0), 1.0))(x + each(d))),
        (exercises.brightness, lambda x, d: np.clip(x + np.einsum("n,nij->nij", d, np.ones_like(x)), 0, 1)),
        (exercises.contrast, about(mean)),
        (exercises.contrast, lambda x, f: np.clip((1 - each(f)) * mean(x) + each(f) * x, 0.0, 1.0).astype(np.float32)),
        (exercises.contrast, about(lambda x: each(np.einsum("nij->n", x) / x[0].size))),
    ],
)
def test_brightness_and_contrast_may_be_written_otherwise(exercise, answer):
    assert exercise.evaluate(answer).passed


# ---- train --------------------------------------------------------------------------------------


def training(*, numbers=lambda n, batch: n, batches=lambda n, size: range(0, n, size), order=None, after=None, kept=list):
    def answer(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
        losses = []
        for _ in range(epochs):
            for start in batches(len(x), batch_size):
                rows = np.arange(start, min(start + batch_size, len(x)))
                rows = rows if order is None else order(rows)
                model.step(move(x[rows], draw(numbers(len(x), len(rows)))), y[rows])
            if after:
                after(model, x, y)
            losses.append(model.loss(x_val, y_val))
        return np.array(kept(losses))

    return answer


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (training(numbers=lambda n, batch: n), "as many numbers as the whole set"),
        (training(numbers=lambda n, batch: 1), "one strength for a whole batch"),
        (training(numbers=lambda n, batch: batch, kept=lambda losses: losses[-1]), "only the last loss"),
        (training(numbers=lambda n, batch: batch, kept=lambda losses: losses[:1]), "only the first loss"),
        (training(numbers=lambda n, batch: batch, kept=lambda losses: losses[:-1]), "one epoch too few"),
        (training(numbers=lambda n, batch: batch, kept=np.mean), "mean over the epochs"),
        (training(numbers=lambda n, batch: batch, batches=lambda n, size: range(0, n - size + 1, size)),
         "last batch left out"),
        (training(numbers=lambda n, batch: batch, batches=lambda n, size: range(0, n - 1, size)), None),
        (training(numbers=lambda n, batch: batch, after=lambda model, x, y: model.step(x, y)), None),
    ],
)
def test_train_names_what_is_seen(answer, name):
    assert names(exercises.train, answer) == ((name,) if name else ())


def test_shuffling_is_told():
    shuffled = training(numbers=lambda n, batch: batch, batches=lambda n, size: [*range(0, n, size)][::-1])
    assert "no shuffling here" in str(exercises.train.evaluate(shuffled))


def test_other_batches_in_the_right_order_are_told():
    def answer(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
        losses, count = [], max(1, len(x) // batch_size)
        for _ in range(epochs):
            for pictures, digits in zip(np.array_split(x, count), np.array_split(y, count)):
                model.step(move(pictures, draw(len(pictures))), digits)
            losses.append(model.loss(x_val, y_val))
        return np.array(losses)

    assert "`batch_size` pictures at a time" in str(exercises.train.evaluate(answer))


def validation_moved_first(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    moved = move(x_val, draw(len(x_val)))
    return training(numbers=lambda n, batch: batch)(model, x, y, moved, y_val, draw, move, epochs, batch_size)


def moved_like_the_height(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
    for start in range(0, len(x), batch_size):
        model.step(move(x[start : start + batch_size], draw(x.shape[1])), y[start : start + batch_size])
    return np.full(epochs, model.loss(x_val, y_val))


OWN = {"numbers": lambda n, batch: batch}


@pytest.mark.parametrize(
    ("answer", "told", "not_told"),
    [
        (training(**OWN, kept=np.minimum.accumulate), "The training is right", "moved"),
        (training(**OWN, kept=lambda losses: np.cumsum(losses) / np.arange(1, len(losses) + 1)), "The training is right", "moved"),
        (validation_moved_first, "once, beforehand", "each epoch"),
        (moved_like_the_height, "operands could not be broadcast", "`draw(batch_size)`"),
        (training(**OWN, after=lambda model, x, y: model.step(x, y)), "every training picture once per epoch", "shuffling"),
        (training(**OWN, order=lambda rows: rows[::-1]), "no shuffling here", "once per epoch"),
        (training(numbers=lambda n, batch: batch + 1, batches=lambda n, size: range(0, n, size)), "broadcast", "shuffling"),
        (training(**OWN, batches=lambda n, size: range(0, n + size, size)), "Pictures: 0, labels: 0", "reshape"),
    ],
)
def test_train_tells_one_thing_that_was_seen(answer, told, not_told):
    verdict = str(exercises.train.evaluate(answer))
    assert told in verdict
    assert not_told not in verdict


def test_train_may_draw_everything_at_once():
    def answer(model, x, y, x_val, y_val, draw, move, epochs, batch_size):
        losses = []
        for strengths in draw(epochs * len(x)).reshape(epochs, len(x)):
            pictures = move(x, strengths)
            while len(pictures):
                model.step(pictures[:batch_size], y[-len(pictures) :][:batch_size])
                pictures = pictures[batch_size:]
            losses += [model.loss(x_val, y_val)]
        return np.array(losses, np.float32)

    assert exercises.train.evaluate(answer).passed
    assert exercises.train.evaluate(training(numbers=lambda n, batch: batch)).passed


# ---- The predictions ----------------------------------------------------------------------------


def predict(exercise, values):
    return exercise.evaluate(dict(zip(exercise.answers, values)))


@pytest.mark.parametrize(
    ("exercise", "values", "found"),
    [
        ("where_from", ((7, 7), (13, 3), (17, 22), (0, 0)), ("swapped",)),
        ("where_from", ((7, 3), (13, 7), (17, 22), (0, 0)), ("rows count upwards",)),
        ("where_from", ((13, 7), (7, 3), (17, 22), (0, 0)), ("left is plus",)),
        ("where_from", ((3, 13), (7, 7), (22, 17), (0, 0)), ("numbers right, column first",)),
        ("where_from", ((8, 8), (12, 2), (17, 22), (0, 0)), ("column first",)),
        ("where_from", ((13, 3), (7, 7), (-10, -5), (-27, 0)), ("about the corner",)),
        ("where_from", ((13, 3), (7, 7), (18, 23), (1, 0)), ("centre at 14",)),
        ("where_from", ((14, 4), (8, 8), (18, 23), (1, 1)), ("counted from 1",)),
        ("where_from", ((12, 2), (8, 8), (17, 22), (0, 0)), ("2 down and 3 to the left",)),
        ("where_from", ((13, 3), (7, 7), (10, 22), (27, 27)), ("only left to right", "clockwise")),
        ("keras_numbers", (0.1, 0.25, "smaller", 0.2, 0.2, True), ("the numbers themselves",)),
        ("keras_numbers", (10, 25, "Smaller", 0.8, 20, True), ("per cent",)),
        ("keras_numbers", (72, 14, "smaller", 0.8, 51, True), ("both ways",)),
        ("keras_numbers", (18, 3.5, "smaller", 0.8, 25.5, True), ("half",)),
        ("keras_numbers", (36, 7, "larger", 0.8, 0.2, False),
         ("zooming in", "the range from 0 to 1", "horizontal only")),
    ],
)
def test_one_cause_of_wrong_predictions_is_told_once(exercise, values, found):
    verdict = predict(getattr(exercises, exercise), values)
    assert not verdict.passed
    assert verdict.mistakes == found
    assert sum(paragraph.startswith("`") for paragraph in verdict.paragraphs) == len(found)


def test_predictions_may_be_of_numpy():
    assert predict(exercises.keras_numbers, (np.int64(36), np.float32(7), "SMALLER", 0.8, 51, np.True_)).passed
    assert predict(exercises.where_from, (np.array([13, 3]), [7, 7], (17, 22), (0, 0))).passed


def test_a_flip_is_not_called_upside_down():
    assert not any("upside down" in entry for e in (exercises.label_kept, exercises.keras_numbers) for entry in e.answers)


# ---- gain_six_points ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((15, 0.2, 2, False, 120, 80.2, 88.0), None),
        ((0, 0, 0, False, 5, 69.7, 70.0), "only longer"),
        ((0, 0, 0, True, 100, 80.3, 75.7), "flipped"),
        ((5, 0.05, 1, False, 100, 80.3, 84.4), "too timid"),
        ((15, 0.15, 2, False, 10, 77.2, 73.5), "stopped too soon"),
        ((40, 0, 0, False, 100, 80.3, 82.0), "one way only"),
        ((45, 0.4, 4, False, 120, 80.3, 84.0), "too strong together"),
        ((15, 0.2, 2, False, 160, 80.2, 88.0), "too many epochs"),
    ],
)
def test_gain_six_points_says_what_was_measured(values, name):
    result = dict(zip(("degrees", "zoom", "pixels", "flip", "epochs", "without", "with"), values))
    exercise = exercises.gain_six_points
    verdict = exercise.evaluate(exercise.remember(lambda: result)())
    assert verdict.passed == (name is None)
    assert verdict.mistakes == ((name,) if name else ())
    assert "longer" not in str(verdict)
    assert "hardly differ" not in str(verdict)
