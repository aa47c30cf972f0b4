"""Data augmentation of `helpers.nn`: what each transform does to a picture, what the random layers draw."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import nn

modest = settings(deadline=None, max_examples=25, derandomize=True)

DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
FILL_MODES = {
    "reflect": {"mode": "symmetric"},
    "constant": {"mode": "constant", "constant_values": 0.25},
    "nearest": {"mode": "edge"},
    "wrap": {"mode": "wrap"},
}


def pictures(count: int = 3, height: int = 5, width: int = 7, channels: int = 2, dtype: str = "float64") -> np.ndarray:
    return np.random.default_rng(0).random((count, height, width, channels)).astype(dtype)


# Every function with a strength that does something to every picture.
TRANSFORMS = {
    "rotate": partial(nn.rotate, degrees=20),
    "rotate, nearest pixel": partial(nn.rotate, degrees=20, interpolation="nearest"),
    "zoom": partial(nn.zoom, height_factor=0.3, width_factor=-0.2, fill_mode="nearest"),
    "shift": partial(nn.shift, rows=0.75, columns=-1.5, fill_mode="constant", fill_value=0.25),
    "flip": nn.flip,
    "contrast": partial(nn.contrast, factor=1.5, value_range=(0, 1)),
    "brightness": partial(nn.brightness, delta=0.3, value_range=(0, 1)),
}
EVERY_TRANSFORM = pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)


# ---- Every transform ----------------------------------------------------------------------------


@DTYPES
@EVERY_TRANSFORM
def test_a_transform_returns_a_new_array_of_the_same_kind(transform, dtype):
    x = pictures(dtype=dtype)
    kept = x.copy()
    x.flags.writeable = False
    y = transform(x)
    assert (y.shape, y.dtype) == (x.shape, x.dtype)
    assert not np.shares_memory(x, y)
    assert np.abs(y - x).max() > 0.1
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_allclose(y, transform(x.astype("float64")), rtol=0, atol=1e-6)


@EVERY_TRANSFORM
def test_every_picture_and_every_channel_is_changed_by_itself(transform):
    x = pictures()
    y = transform(x)
    for i in range(3):
        np.testing.assert_allclose(transform(x[i:i + 1]), y[i:i + 1], rtol=1e-12)
    for channel in range(2):
        np.testing.assert_allclose(transform(x[..., channel:channel + 1]), y[..., channel:channel + 1], rtol=1e-12)


@EVERY_TRANSFORM
def test_the_order_in_memory_does_not_matter(transform):
    x = pictures()
    expected = transform(x)
    transposed, strided = np.ascontiguousarray(x.T).T, np.repeat(x, 2, axis=2)[:, :, ::2]
    for rearranged in (transposed, strided, x[:, ::-1].copy()[:, ::-1]):
        np.testing.assert_allclose(transform(rearranged), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "transform, strengths",
    [
        (nn.rotate, {"degrees": [10, -100, 400]}),
        (nn.zoom, {"height_factor": [0.5, 0, -0.5]}),
        (nn.zoom, {"height_factor": [0.5, 0, -0.5], "width_factor": [0, -0.9, 2]}),
        (nn.shift, {"rows": [1, -0.5, 9], "columns": [0.25, 0, -3]}),
        (partial(nn.contrast, value_range=(0, 1)), {"factor": [0, 0.5, 3]}),
        (partial(nn.brightness, value_range=(0, 1)), {"delta": [-0.5, 0, 0.5]}),
    ],
)
def test_one_strength_a_picture_is_one_call_a_picture(transform, strengths):
    x = pictures()
    together = transform(x, **{name: np.array(values) for name, values in strengths.items()})
    for i in range(3):
        alone = transform(x[i:i + 1], **{name: values[i] for name, values in strengths.items()})
        np.testing.assert_array_equal(together[i:i + 1], alone)


# ---- Moving pixels ------------------------------------------------------------------------------


def ramps(side: int) -> np.ndarray:
    """One picture, whose two channels say where each pixel is: rows below, columns right of the centre."""
    return np.moveaxis(np.indices((side, side)) - (side - 1) / 2, 0, -1)[None].astype(float)


def turned(degrees: float) -> Callable:
    """Where, counted from the centre in rows and columns, the picture turned counter-clockwise shows what it shows."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))

    def source(row, column):
        right, up = column, -row
        back_right, back_up = cos * right + sin * up, -sin * right + cos * up  # turned clockwise
        return -back_up, back_right

    return source


@pytest.mark.parametrize("side", [10, 11])
@pytest.mark.parametrize(
    "transform, source",
    [
        *[(partial(nn.rotate, degrees=degrees), turned(degrees)) for degrees in (30, -30, 135, 400)],
        (partial(nn.zoom, height_factor=0.25), lambda row, column: (1.25 * row, 1.25 * column)),
        (partial(nn.zoom, height_factor=-0.5), lambda row, column: (0.5 * row, 0.5 * column)),
        (partial(nn.zoom, height_factor=-0.5, width_factor=0.5), lambda row, column: (0.5 * row, 1.5 * column)),
        (partial(nn.shift, rows=2, columns=-0.5), lambda row, column: (row - 2, column + 0.5)),
        (partial(nn.shift, rows=-1.25, columns=3), lambda row, column: (row + 1.25, column - 3)),
    ],
)
def test_every_pixel_comes_from_where_it_should(transform, source, side):
    """Between pixels that rise evenly, bilinear interpolation is exact."""
    x = ramps(side)
    expected = np.stack(source(x[..., 0], x[..., 1]), axis=-1)
    inside = (np.abs(expected) <= (side - 1) / 2).all(axis=-1)
    assert inside.mean() > 0.3
    np.testing.assert_allclose(transform(x)[inside], expected[inside], atol=1e-12)


@DTYPES
@pytest.mark.parametrize("side", [5, 6])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_quarter_turns_are_exact_and_counter_clockwise(interpolation, fill_mode, side, dtype):
    x = pictures(height=side, width=side, dtype=dtype)
    tolerance = {"float32": 1e-6, "float64": 1e-13}[dtype]
    for quarters in range(-4, 5):
        ours = nn.rotate(x, 90 * quarters, fill_mode=fill_mode, interpolation=interpolation)
        np.testing.assert_allclose(ours, np.rot90(x, quarters, axes=(1, 2)), atol=tolerance)


def test_half_a_turn_of_any_picture_is_both_flips():
    x = pictures()
    np.testing.assert_allclose(nn.rotate(x, 180), nn.flip(x, "horizontal_and_vertical"), atol=1e-13)


@pytest.mark.parametrize(
    "there, back",
    [
        (partial(nn.rotate, degrees=25), partial(nn.rotate, degrees=-25)),
        (partial(nn.zoom, height_factor=0.25), partial(nn.zoom, height_factor=-0.2)),
        (partial(nn.shift, rows=2.3, columns=-1.6), partial(nn.shift, rows=-2.3, columns=1.6)),
    ],
)
def test_there_and_back_a_smooth_picture_is_the_same_in_the_middle(there, back):
    row, column = np.moveaxis(ramps(41)[0], -1, 0)
    x = np.stack([np.sin(0.15 * row + 0.1 * column), np.cos(0.2 * column)], axis=-1)[None]
    middle = np.hypot(row, column) < 14
    np.testing.assert_allclose(back(there(x))[:, middle], x[:, middle], atol=0.015)
    assert np.abs(there(x) - x)[:, middle].max() > 0.1


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@modest
@given(rows=st.integers(-12, 12), columns=st.integers(-12, 12), interpolation=st.sampled_from(["bilinear", "nearest"]))
def test_a_shift_by_whole_pixels_is_a_slice_of_the_continued_picture(fill_mode, rows, columns, interpolation):
    x = pictures()
    continued = np.pad(x, [(0, 0), (12, 12), (12, 12), (0, 0)], **FILL_MODES[fill_mode])
    shifted = nn.shift(x, rows, columns, fill_mode=fill_mode, fill_value=0.25, interpolation=interpolation)
    np.testing.assert_allclose(shifted, continued[:, 12 - rows:17 - rows, 12 - columns:19 - columns], atol=1e-13)


def test_beyond_the_border_lies_0_unless_told_otherwise_and_reflection_is_the_default():
    x = 1 + pictures()
    right = nn.shift(x, 0, 2, fill_mode="constant")
    np.testing.assert_array_equal(right[:, :, :2], 0)
    np.testing.assert_allclose(right[:, :, 2:], x[:, :, :-2], rtol=1e-13)
    np.testing.assert_array_equal(nn.shift(x, 0, 2), nn.shift(x, 0, 2, fill_mode="reflect"))
    np.testing.assert_array_equal(nn.shift(x, 0, 0.5), nn.shift(x, 0, 0.5, interpolation="bilinear"))


def test_half_a_pixel_is_the_mean_of_two():
    x = pictures()
    np.testing.assert_allclose(nn.shift(x, 0.5, 0)[:, 1:], (x[:, 1:] + x[:, :-1]) / 2, rtol=1e-12)
    np.testing.assert_allclose(nn.shift(x, 0, -0.5)[:, :, :-1], (x[:, :, 1:] + x[:, :, :-1]) / 2, rtol=1e-12)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_strength_0_leaves_the_picture_as_it_is(fill_mode):
    x = pictures()
    for same in (
        nn.rotate(x, 0, fill_mode), nn.rotate(x, 360, fill_mode), nn.zoom(x, 0, fill_mode=fill_mode),
        nn.zoom(x, 0, 0, fill_mode), nn.shift(x, 0, 0, fill_mode),
    ):
        np.testing.assert_allclose(same, x, atol=1e-13)


def test_zoom_by_1_shows_the_picture_at_half_its_size():
    x = pictures(height=8, width=12)
    small = nn.zoom(x, 1.0, fill_mode="constant", fill_value=7)
    blocks = x.reshape(3, 4, 2, 6, 2, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(small[:, 2:6, 3:9], blocks, rtol=1e-12)
    small[:, 2:6, 3:9] = 7
    np.testing.assert_allclose(small, 7, rtol=1e-12)


def test_the_width_zooms_with_the_height_unless_told_otherwise():
    x = pictures()
    np.testing.assert_array_equal(nn.zoom(x, 0.3), nn.zoom(x, 0.3, 0.3))
    rows_only = nn.zoom(x, 0.5, 0)
    for column in range(7):
        np.testing.assert_allclose(rows_only[:, :, column], nn.zoom(x[:, :, [column]], 0.5)[:, :, 0], rtol=1e-12)


@pytest.mark.parametrize("fill_mode", ["reflect", "nearest", "wrap"])
@modest
@given(degrees=st.floats(-400, 400), factor=st.floats(-0.9, 3), rows=st.floats(-9, 9))
def test_moving_pixels_makes_no_value_that_was_not_between_two(fill_mode, degrees, factor, rows):
    x = pictures()
    low, high = x.min(axis=(1, 2), keepdims=True) - 1e-12, x.max(axis=(1, 2), keepdims=True) + 1e-12
    for strength in ("bilinear", "nearest"):
        for moved in (
            nn.rotate(x, degrees, fill_mode, interpolation=strength),
            nn.zoom(x, factor, fill_mode=fill_mode, interpolation=strength),
            nn.shift(x, rows, -rows, fill_mode, interpolation=strength),
        ):
            assert ((low <= moved) & (moved <= high)).all()
            if strength == "nearest":
                assert all(np.isin(moved[i], x[i]).all() for i in range(3))


FLIPPED = {
    "horizontal": np.s_[:, :, ::-1], "vertical": np.s_[:, ::-1], "horizontal_and_vertical": np.s_[:, ::-1, ::-1],
}


@pytest.mark.parametrize("mode, backwards", FLIPPED.items(), ids=FLIPPED)
def test_a_flip_reads_backwards_and_twice_is_none(mode, backwards):
    x = pictures()
    np.testing.assert_array_equal(nn.flip(x, mode), x[backwards])
    np.testing.assert_array_equal(nn.flip(nn.flip(x, mode), mode), x)


def test_a_flip_is_horizontal_unless_told_otherwise():
    np.testing.assert_array_equal(nn.flip(pictures()), nn.flip(pictures(), "horizontal"))


# ---- Changing values ----------------------------------------------------------------------------


@modest
@given(st.floats(0, 5), st.sampled_from([(-100, 100), (-7.5, 9)]))
def test_contrast_stretches_each_channel_about_its_own_mean(factor, value_range):
    x = pictures()
    x[..., 1] += 3
    mean = x.mean(axis=(1, 2), keepdims=True)
    stretched = nn.contrast(x, factor, value_range)
    np.testing.assert_allclose(stretched.mean(axis=(1, 2)), mean[:, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(stretched, mean + factor * (x - mean), rtol=1e-12, atol=1e-12)


def test_contrast_of_0_is_the_mean_and_of_1_the_picture():
    x = pictures()
    mean = np.broadcast_to(x.mean(axis=(1, 2), keepdims=True), x.shape)
    np.testing.assert_allclose(nn.contrast(x, 0, (0, 1)), mean, rtol=1e-13)
    np.testing.assert_allclose(nn.contrast(x, 1, (0, 1)), x, rtol=1e-13)


@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1), (0, 255)])
def test_values_stay_in_their_range(value_range):
    low, high = value_range
    x = low + (high - low) * pictures()
    mean = x.mean(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(nn.contrast(x, 4, value_range), np.clip(mean + 4 * (x - mean), low, high), atol=1e-12)
    np.testing.assert_allclose(
        nn.brightness(x, 0.25, value_range), np.minimum(x + 0.25 * (high - low), high), atol=1e-12
    )
    np.testing.assert_allclose(
        nn.brightness(x, -0.25, value_range), np.maximum(x - 0.25 * (high - low), low), atol=1e-12
    )
    np.testing.assert_array_equal(nn.brightness(x, 0, value_range), x)
    np.testing.assert_array_equal(nn.brightness(x, 1, value_range), high)
    np.testing.assert_array_equal(nn.brightness(x, -1, value_range), low)
    assert {nn.contrast(x, 100, value_range).min(), nn.contrast(x, 100, value_range).max()} == {low, high}


# ---- Bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "images, error, message",
    [
        (pictures().tolist(), TypeError, "pictures as a NumPy array of float32 or float64, got a list"),
        (np.ones((1, 2, 2, 1), np.uint8), TypeError, "got an array of uint8"),
        (np.ones((1, 2, 2, 1), np.float16), TypeError, "got an array of float16"),
        (np.ones((2, 4, 4)), ValueError, r"at least one picture, shape \(N, H, W, C\), got shape \(2, 4, 4\)"),
        (np.ones((4, 4)), ValueError, r"got shape \(4, 4\)"),
        (np.ones((1, 1, 2, 2, 1)), ValueError, r"got shape \(1, 1, 2, 2, 1\)"),
        (np.ones((0, 4, 4, 1)), ValueError, r"got shape \(0, 4, 4, 1\)"),
        (np.ones((2, 4, 0, 1)), ValueError, r"got shape \(2, 4, 0, 1\)"),
    ],
)
@EVERY_TRANSFORM
def test_a_transform_refuses_what_are_no_pictures(transform, images, error, message):
    with pytest.raises(error, match=message):
        transform(images)


RANGE = (0, 1)
STRENGTHS = {
    "degrees": nn.rotate,
    "height_factor": nn.zoom,
    "width_factor": partial(nn.zoom, height_factor=0),
    "rows": partial(nn.shift, columns=0),
    "columns": partial(nn.shift, rows=0),
    "factor": partial(nn.contrast, value_range=RANGE),
    "delta": partial(nn.brightness, value_range=RANGE),
}


@pytest.mark.parametrize(
    "strength",
    [float("nan"), float("inf"), [0, 0], [0, 0, 0, 0], [[0, 0, 0]], np.zeros((3, 1)), [0, float("nan"), 0]],
    ids=str,
)
@pytest.mark.parametrize("name, transform", STRENGTHS.items(), ids=STRENGTHS)
def test_a_strength_is_one_finite_number_or_one_a_picture(name, transform, strength):
    with pytest.raises(ValueError, match=f"expected {name} as one finite number, or one for each of 3 pictures, got"):
        transform(pictures(), **{name: strength})


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda x: nn.rotate(x, 10, "mirror"), "fill_mode to be one of reflect, constant, nearest, wrap, got 'mirror'"),
        (lambda x: nn.zoom(x, 0.1, fill_mode="grid-wrap"), "fill_mode to be one of .* got 'grid-wrap'"),
        (lambda x: nn.shift(x, 1, 1, None), "fill_mode to be one of .* got None"),
        (lambda x: nn.rotate(x, 10, interpolation="cubic"), "interpolation to be one of nearest, bilinear, got"),
        (lambda x: nn.zoom(x, -1), "factors above -1: the output shows 1 \\+ factor of the input"),
        (lambda x: nn.zoom(x, 0, -1.5), "factors above -1"),
        (lambda x: nn.zoom(x, [0, 0, -2]), "factors above -1"),
        (lambda x: nn.flip(x, "diagonal"), "mode to be one of horizontal, vertical, .* got 'diagonal'"),
        (lambda x: nn.contrast(x, -0.1, RANGE), "contrast expects factors >= 0"),
        (lambda x: nn.contrast(x, [1, 1, -1], RANGE), "contrast expects factors >= 0"),
        (lambda x: nn.contrast(x, 1, (1, 0)), r"value_range as \(lowest, highest\), got \(1, 0\)"),
        (lambda x: nn.brightness(x, 0, (1, 1)), r"value_range as \(lowest, highest\), got \(1, 1\)"),
        (lambda x: nn.brightness(x, 0, (0, float("nan"))), r"value_range as \(lowest, highest\), got \(0, nan\)"),
    ],
)
def test_a_transform_refuses(call, message):
    x = pictures()
    with pytest.raises(ValueError, match=message):
        call(x)
    np.testing.assert_array_equal(x, pictures())


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.RandomFlip("left"), "mode to be one of horizontal, vertical, horizontal_and_vertical, got 'left'"),
        (lambda: nn.RandomRotation(1.5), r"factor as a number or \(lower, upper\), within \[-1, 1\], got 1.5"),
        (lambda: nn.RandomRotation((0.2, -0.2)), r"factor as .* got \(0.2, -0.2\)"),
        (lambda: nn.RandomRotation((0, 0.1, 0.2)), r"factor as .* got \(0, 0.1, 0.2\)"),
        (lambda: nn.RandomRotation(float("nan")), "factor as .* got nan"),
        (lambda: nn.RandomRotation((0, float("nan"))), r"factor as .* got \(0, nan\)"),
        (lambda: nn.RandomRotation(0.1, "mirror"), "fill_mode to be one of .* got 'mirror'"),
        (lambda: nn.RandomRotation(0.1, interpolation="cubic"), "interpolation to be one of .* got 'cubic'"),
        (lambda: nn.RandomTranslation(-1.5, 0), "height_factor as .* got -1.5"),
        (lambda: nn.RandomTranslation(0, (-2, 0)), r"width_factor as .* got \(-2, 0\)"),
        (lambda: nn.RandomTranslation(0, 0, "mirror"), "fill_mode to be one of .* got 'mirror'"),
        (lambda: nn.RandomTranslation(0, 0, interpolation="cubic"), "interpolation to be one of .* got 'cubic'"),
        (lambda: nn.RandomZoom((-1, 0)), r"height_factor as .* got \(-1, 0\)"),
        (lambda: nn.RandomZoom((0, 1.5)), r"height_factor as .* got \(0, 1.5\)"),
        (lambda: nn.RandomZoom(0.1, (0.1, -0.1)), r"width_factor as .* got \(0.1, -0.1\)"),
        (lambda: nn.RandomZoom(0.1, None, "mirror"), "fill_mode to be one of .* got 'mirror'"),
        (lambda: nn.RandomZoom(0.1, interpolation="cubic"), "interpolation to be one of .* got 'cubic'"),
        (lambda: nn.RandomContrast(1.5, RANGE), r"factor as a number or \(lower, upper\), within \[0, 1\], got 1.5"),
        (lambda: nn.RandomContrast(-0.1, RANGE), r"within \[0, 1\], got -0.1"),
        (lambda: nn.RandomContrast((0.1, 2), RANGE), r"within \[0, 1\], got \(0.1, 2\)"),
        (lambda: nn.RandomContrast(float("nan"), RANGE), r"within \[0, 1\], got nan"),
        (lambda: nn.RandomContrast(0.1, (1, 0)), r"value_range as \(lowest, highest\), got \(1, 0\)"),
        (lambda: nn.RandomBrightness(1.5, RANGE), "factor as .* got 1.5"),
        (lambda: nn.RandomBrightness((0.5, 0.1), RANGE), r"factor as .* got \(0.5, 0.1\)"),
        (lambda: nn.RandomBrightness(0.1, (0, 0)), r"value_range as \(lowest, highest\), got \(0, 0\)"),
    ],
)
def test_a_random_layer_refuses_a_setting(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# ---- The random layers --------------------------------------------------------------------------

LAYERS = {
    "RandomFlip": nn.RandomFlip,
    "RandomRotation": partial(nn.RandomRotation, 0.2),
    "RandomTranslation": partial(nn.RandomTranslation, 0.3, 0.2),
    "RandomZoom": partial(nn.RandomZoom, 0.4),
    "RandomContrast": partial(nn.RandomContrast, 0.5, RANGE),
    "RandomBrightness": partial(nn.RandomBrightness, 0.4, RANGE),
}
EVERY_LAYER = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


def drawn(layer: nn.Layer, x: np.ndarray, calls: int = 3) -> np.ndarray:
    return np.stack([layer(x, training=True) for _ in range(calls)])


@EVERY_LAYER
def test_a_seed_gives_the_same_pictures(make):
    x = pictures(8)
    expected = drawn(make(seed=1), x)
    np.testing.assert_array_equal(drawn(make(seed=1), x), expected)
    np.testing.assert_array_equal(drawn(make(seed=np.random.default_rng(1)), x), expected)
    np.testing.assert_allclose(drawn(make(seed=1), x.astype("float32")), expected, rtol=0, atol=2e-6)
    np.testing.assert_array_equal(drawn(make(), x), drawn(make(seed=0), x))
    assert (drawn(make(seed=2), x) != expected).any()


@EVERY_LAYER
def test_every_call_and_every_picture_has_a_draw_of_its_own(make):
    x = np.repeat(pictures(1), 20, axis=0)
    first, second = drawn(make(), x, 2)
    assert (first != second).any()
    different = np.unique(first.reshape(20, -1), axis=0)
    assert len(different) == (4 if make is nn.RandomFlip else 20)


@EVERY_LAYER
def test_inference_copies_and_draws_nothing(make):
    x = pictures(8)
    layer, disturbed = make(seed=1), make(seed=1)
    copy = disturbed(x)
    np.testing.assert_array_equal(copy, x)
    assert not np.shares_memory(copy, x)
    np.testing.assert_array_equal(drawn(disturbed, x), drawn(layer, x))


@DTYPES
@EVERY_LAYER
def test_a_random_layer_keeps_shape_and_dtype_and_only_reads_its_input(make, dtype):
    x = pictures(8, dtype=dtype)
    x.flags.writeable = False
    layer = make()
    assert layer.output_shape(x.shape) == x.shape
    assert layer.weights == {}
    for training in (True, False):
        y = layer(x, training=training)
        assert (y.shape, y.dtype) == (x.shape, x.dtype)
        assert not np.shares_memory(x, y)


@EVERY_LAYER
def test_a_random_layer_has_no_gradient(make):
    layer = make()
    y = layer(pictures(), training=True)
    message = f"{layer.name} has no gradient: put it below the first layer with weights, where none is needed"
    with pytest.raises(NotImplementedError, match=message):
        layer.backward(y)
    assert layer.backward(y, to_input=False) is None


@EVERY_LAYER
def test_a_network_gives_each_layer_a_stream_of_its_own(make):
    x = pictures(8)

    def pair(seed, own=None):
        model = nn.Sequential([make(seed=own), make(seed=own)], seed=seed)
        model(x, training=True)
        return [drawn(layer, x) for layer in model.layers]

    first, second = pair(1)
    assert (first != second).any()
    np.testing.assert_array_equal(pair(1), [first, second])
    assert (pair(2)[0] != first).any()
    np.testing.assert_array_equal(*pair(1, own=7))


@pytest.mark.parametrize(
    "x, error, message",
    [
        (np.ones((2, 4, 4)), ValueError, r"expects pictures of shape \(N, H, W, C\), got shape \(2, 4, 4\)"),
        (np.ones((2, 4)), ValueError, r"expects pictures of shape \(N, H, W, C\), got shape \(2, 4\)"),
        (np.ones((0, 4, 4, 1)), ValueError, r"expects .* at least one example .* shape \(0, 4, 4, 1\)"),
        (np.ones((2, 4, 4, 1), np.uint8), TypeError, "expects a NumPy array .* got an array of uint8"),
        (pictures().tolist(), TypeError, "expects a NumPy array .* got a list"),
    ],
)
@EVERY_LAYER
def test_a_random_layer_refuses_what_are_no_pictures_and_draws_nothing(make, x, error, message):
    layer = make(seed=1)
    for training in (True, False):
        with pytest.raises(error, match=f"{layer.name} {message}"):
            layer(x, training=training)
    np.testing.assert_array_equal(drawn(layer, pictures()), drawn(make(seed=1), pictures()))


@pytest.mark.parametrize(
    "layer, expected",
    [
        (nn.RandomRotation((0.25, 0.25)), partial(np.rot90, axes=(1, 2))),
        (nn.RandomRotation((0.1, 0.1), "constant", "nearest", fill_value=7.0),
         partial(nn.rotate, degrees=36, fill_mode="constant", fill_value=7.0, interpolation="nearest")),
        (nn.RandomTranslation((0.25, 0.25), (-0.125, -0.125), "wrap"), partial(np.roll, shift=(2, -1), axis=(1, 2))),
        (nn.RandomTranslation((0.1, 0.1), (0.2, 0.2), "constant", "nearest", fill_value=7.0),
         partial(nn.shift, rows=0.8, columns=1.6, fill_mode="constant", fill_value=7.0, interpolation="nearest")),
        (nn.RandomZoom((0.5, 0.5)), partial(nn.zoom, height_factor=0.5)),
        (nn.RandomZoom((-0.5, -0.5), (0.5, 0.5), "constant", "nearest", fill_value=7.0),
         partial(nn.zoom, height_factor=-0.5, width_factor=0.5, fill_mode="constant", fill_value=7.0,
                 interpolation="nearest")),
        (nn.RandomContrast(0, RANGE), np.copy),
        (nn.RandomBrightness((0.25, 0.25), (0, 2)), partial(nn.brightness, delta=0.25, value_range=(0, 2))),
    ],
)
def test_an_interval_of_one_number_leaves_nothing_to_chance(layer, expected):
    x = pictures(height=8, width=8)
    np.testing.assert_allclose(layer(x, training=True), expected(x), atol=1e-12)


# How the strength is read off from what happened to `ramps`, whose row 3, column 2 say how far below, whose
# row 2, column 3 how far to the right of the centre a pixel of 5 x 5 was.
WIDE = (-10, 10)
DRAWS = {
    "rotation": (nn.RandomRotation(0.1), lambda y: np.arctan2(y[:, 2, 3, 0], y[:, 2, 3, 1]) / (2 * np.pi), -0.1, 0.1),
    "rotation, one way": (
        nn.RandomRotation((0.05, 0.2)), lambda y: np.arctan2(y[:, 2, 3, 0], y[:, 2, 3, 1]) / (2 * np.pi), 0.05, 0.2
    ),
    "down": (nn.RandomTranslation(0.3, 0.1), lambda y: -y[:, 2, 2, 0] / 5, -0.3, 0.3),
    "to the right": (nn.RandomTranslation(0.1, (-0.3, 0.2)), lambda y: -y[:, 2, 2, 1] / 5, -0.3, 0.2),
    "height": (nn.RandomZoom(0.4), lambda y: y[:, 3, 2, 0] - 1, -0.4, 0.4),
    "width": (nn.RandomZoom(0.1, (-0.5, 0.3)), lambda y: y[:, 2, 3, 1] - 1, -0.5, 0.3),
    "contrast": (nn.RandomContrast(0.4, WIDE), lambda y: y[:, 2, 3, 1], 0.6, 1.4),
    "contrast, uneven": (nn.RandomContrast((0.1, 0.7), WIDE), lambda y: y[:, 2, 3, 1], 0.9, 1.7),
    "brightness": (nn.RandomBrightness(0.3, WIDE), lambda y: y[:, 2, 2, 0] / 20, -0.3, 0.3),
    "brightness, one way": (nn.RandomBrightness((0.1, 0.2), WIDE), lambda y: y[:, 2, 2, 0] / 20, 0.1, 0.2),
    "a negative number": (nn.RandomBrightness(-0.3, WIDE), lambda y: y[:, 2, 2, 0] / 20, -0.3, 0.3),
}


@pytest.mark.parametrize("layer, measure, low, high", DRAWS.values(), ids=DRAWS)
def test_strengths_fill_their_interval_evenly(layer, measure, low, high):
    strengths = measure(layer(np.repeat(ramps(5), 2000, axis=0), training=True))
    share = (strengths - low) / (high - low)
    assert -1e-9 <= share.min() < 0.01 and 0.99 < share.max() <= 1 + 1e-9
    # Within 5 standard errors: a uniform draw has variance 1/12.
    assert abs(share.mean() - 0.5) < 5 * np.sqrt(1 / 12 / 2000)
    assert share.var() == pytest.approx(1 / 12, rel=0.1)


def test_two_strengths_of_one_picture_are_drawn_apart_but_for_a_zoom_without_width():
    x = np.repeat(ramps(5), 500, axis=0)

    def correlation(layer, row, column):
        y = layer(x, training=True)
        return np.corrcoef(y[:, row, 2, 0], y[:, 2, column, 1])[0, 1]

    assert abs(correlation(nn.RandomTranslation(0.3, 0.3), 2, 2)) < 0.25
    assert abs(correlation(nn.RandomZoom(0.3, 0.3), 3, 3)) < 0.25
    assert correlation(nn.RandomZoom(0.3), 3, 3) == pytest.approx(1)


@pytest.mark.parametrize(
    "mode, shares", [("horizontal", (0, 0.5)), ("vertical", (0.5, 0)), ("horizontal_and_vertical", (0.5, 0.5))]
)
def test_half_of_the_pictures_are_flipped_along_each_axis(mode, shares):
    y = nn.RandomFlip(mode)(np.repeat(ramps(5), 2000, axis=0), training=True)
    flipped = np.stack([y[:, 3, 2, 0], y[:, 2, 3, 1]]) < 0
    tolerance = 5 * 0.5 / np.sqrt(2000)
    np.testing.assert_allclose(flipped.mean(axis=1), shares, atol=tolerance)
    np.testing.assert_allclose((flipped[0] & flipped[1]).mean(), shares[0] * shares[1], atol=tolerance)
    assert not flipped[np.equal(shares, 0)].any()


def test_flips_in_both_directions_are_the_default():
    x = pictures(30)
    np.testing.assert_array_equal(
        nn.RandomFlip(seed=1)(x, training=True), nn.RandomFlip("horizontal_and_vertical", seed=1)(x, training=True)
    )
