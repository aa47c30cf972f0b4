"""Data augmentation: six ways to change a picture and keep its label, on batches (N, H, W, C).

Two levels. The functions ``rotate``, ``flip``, ``zoom``, ``shift``, ``contrast`` and ``brightness`` do what they
are told, each with one number for all pictures or an array (N,) with one for each. The layers
``RandomRotation``, ``RandomFlip``, ``RandomZoom``, ``RandomTranslation``, ``RandomContrast`` and
``RandomBrightness`` draw these numbers anew for every picture of every training batch, and in inference do
nothing. Names, arguments, defaults and directions of the layers are Keras'.

Each transform that moves pixels asks, for every pixel of the output, where in the input it comes from, and
reads the input there: that is ``scipy.ndimage.affine_transform``.
"""

from __future__ import annotations

import numpy as np

from helpers.nn.arrays import is_float_array, kind
from helpers.nn.layer import Layer

Strength = float | np.ndarray

# What lies beyond the border: the name in Keras, and in SciPy.
FILL_MODES = {"reflect": "reflect", "constant": "grid-constant", "nearest": "nearest", "wrap": "grid-wrap"}
# Keras' interpolation as the order of SciPy's splines.
INTERPOLATIONS = {"nearest": 0, "bilinear": 1}
FLIPS = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (1, 2)}


# ---- Transforms that move pixels ----------------------------------------------------------------


def rotate(
    images: np.ndarray,
    degrees: Strength,
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    interpolation: str = "bilinear",
) -> np.ndarray:
    """Turn pictures about their centre, counter-clockwise for positive angles.

    Args:
        images: (N, H, W, C), float. degrees: one angle, or one a picture, (N,).
        fill_mode: what lies beyond the border: "reflect" (d c b a | a b c d | d c b a), "constant"
            (``fill_value``), "nearest" (the border's pixel), "wrap" (the other side; between the last
            pixel and the first, SciPy interpolates and Keras does not).
        interpolation: "bilinear", or "nearest" for the nearest pixel.

    Returns:
        A new array of the same shape and dtype.

    Raises:
        TypeError, ValueError: images not an array of floats (N, H, W, C); angles neither one number nor N,
            or not finite; an unknown mode.
    """
    angles = np.deg2rad(_one_for_each(images, degrees=degrees))
    cos, sin = np.cos(angles), np.sin(angles)
    # Rows count downwards, so that this is a turn against the clock; output (row, column) to input.
    matrices = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    return _warp(images, matrices, np.zeros((len(images), 2)), fill_mode, fill_value, interpolation)


def zoom(
    images: np.ndarray,
    height_factor: Strength,
    width_factor: Strength | None = None,
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    interpolation: str = "bilinear",
) -> np.ndarray:
    """Scale pictures about their centre: by Keras' factor, positive to see more, negative to come closer.

    Args:
        images: (N, H, W, C), float.
        height_factor: above -1; the output shows 1 + factor times the height of the input: 0.2 makes
            what is seen 1/1.2 as high, -0.5 twice as high. One number, or one a picture, (N,).
        width_factor: the same for the width; None: as the height.

    The other arguments, the result and the errors: as for ``rotate``; ValueError also for a factor <= -1.
    """
    height = _one_for_each(images, height_factor=height_factor)
    width = height if width_factor is None else _one_for_each(images, width_factor=width_factor)
    if min(height.min(), width.min()) <= -1:
        raise ValueError("zoom expects factors above -1: the output shows 1 + factor of the input")
    matrices = np.zeros((len(images), 2, 2))
    matrices[:, 0, 0] = 1 + height
    matrices[:, 1, 1] = 1 + width
    return _warp(images, matrices, np.zeros((len(images), 2)), fill_mode, fill_value, interpolation)


def shift(
    images: np.ndarray,
    rows: Strength,
    columns: Strength,
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    interpolation: str = "bilinear",
) -> np.ndarray:
    """Move pictures ``rows`` pixels down and ``columns`` pixels to the right; fractions interpolate.

    Args:
        images: (N, H, W, C), float. rows, columns: one number, or one a picture, (N,).

    The other arguments, the result and the errors: as for ``rotate``.
    """
    moved = np.stack([_one_for_each(images, rows=rows), _one_for_each(images, columns=columns)], axis=-1)
    matrices = np.broadcast_to(np.eye(2), (len(images), 2, 2))
    return _warp(images, matrices, -moved, fill_mode, fill_value, interpolation)


def flip(images: np.ndarray, mode: str = "horizontal") -> np.ndarray:
    """Mirror all pictures: "horizontal" left to right, "vertical" upside down, "horizontal_and_vertical".

    Args:
        images: (N, H, W, C), float.

    Returns:
        A new array of the same shape and dtype.

    Raises:
        TypeError, ValueError: images not an array of floats (N, H, W, C); an unknown mode.
    """
    _check_images(images)
    return np.flip(images, FLIPS[_known("mode", mode, FLIPS)]).copy()


def _warp(
    images: np.ndarray, matrices: np.ndarray, offsets: np.ndarray, fill_mode: str, fill_value: float, interpolation: str
) -> np.ndarray:
    """Read every output pixel at ``matrix @ (row, column) + offset``, both counted from the centre."""
    # Imported when it is first needed: it takes several times as long as all of helpers.nn.
    from scipy import ndimage

    mode = FILL_MODES[_known("fill_mode", fill_mode, FILL_MODES)]
    order = INTERPOLATIONS[_known("interpolation", interpolation, INTERPOLATIONS)]
    centre = (np.array(images.shape[1:3]) - 1) / 2
    warped = np.empty_like(images)
    for image, output, matrix, offset in zip(images, warped, matrices, offsets):
        start = centre - matrix @ centre + offset
        for channel in range(images.shape[3]):
            ndimage.affine_transform(
                image[..., channel], matrix, start, output=output[..., channel], order=order, mode=mode,
                cval=fill_value, prefilter=False,
            )
    return warped


# ---- Transforms that change values --------------------------------------------------------------


def contrast(images: np.ndarray, factor: Strength, value_range: tuple[float, float]) -> np.ndarray:
    """Stretch each channel's values about its own mean by ``factor``, and clip them to ``value_range``.

    Args:
        images: (N, H, W, C), float. factor: 0 leaves the mean only, 1 the picture as it is; one number, or
            one a picture, (N,), at least 0.
        value_range: lowest and highest value: (0, 1) for pictures divided by 255.

    Returns:
        A new array of the same shape and dtype.

    Raises:
        TypeError, ValueError: images not an array of floats (N, H, W, C); factors neither one number nor
            N, negative or not finite; a range whose ends are not in order, or that the pictures exceed.
    """
    factors = _one_for_each(images, factor=factor)
    if factors.min() < 0:
        raise ValueError("contrast expects factors >= 0: a negative one would turn the picture into its negative")
    low, high = _checked_range(value_range, images)
    mean = images.mean(axis=(1, 2), keepdims=True)
    return np.clip((images - mean) * _per_picture(factors, images) + mean, low, high)


def brightness(images: np.ndarray, delta: Strength, value_range: tuple[float, float]) -> np.ndarray:
    """Add ``delta``, in units of the whole range of values, and clip to ``value_range``.

    Args:
        images: (N, H, W, C), float. delta: from -1 (all black) to 1 (all white); one number, or one a
            picture, (N,).
        value_range: as for ``contrast``. Result and errors too.
    """
    deltas = _one_for_each(images, delta=delta)
    low, high = _checked_range(value_range, images)
    added = _per_picture(deltas * (high - low), images)
    return np.clip(images + added, low, high)


# ---- Checks -------------------------------------------------------------------------------------


def _check_images(images: np.ndarray) -> None:
    if not is_float_array(images):
        raise TypeError(f"expected pictures as a NumPy array of float32 or float64, got {kind(images)}")
    if images.ndim != 4 or not images.size:
        raise ValueError(f"expected at least one picture, shape (N, H, W, C), got shape {images.shape}")


def _one_for_each(images: np.ndarray, **strength: Strength) -> np.ndarray:
    """One float64 number for each picture, from one for all of them or N."""
    _check_images(images)
    ((name, value),) = strength.items()
    values = np.asarray(value, np.float64)
    if values.shape not in ((), (len(images),)) or not np.isfinite(values).all():
        raise ValueError(
            f"expected {name} as one finite number, or one for each of {len(images)} pictures, got {value!r}"
        )
    return np.broadcast_to(values, len(images))


def _per_picture(values: np.ndarray, images: np.ndarray) -> np.ndarray:
    return values.astype(images.dtype).reshape(-1, 1, 1, 1)


def _checked_range(value_range: tuple[float, float], images: np.ndarray | None = None) -> tuple[float, float]:
    if not isinstance(value_range, (tuple, list)) or len(value_range) != 2 or not value_range[0] < value_range[1]:
        raise ValueError(f"expected value_range as (lowest, highest), got {value_range!r}")
    low, high = float(value_range[0]), float(value_range[1])
    if images is not None:
        least, most = float(images.min()), float(images.max())
        rounding = 1e-5 * (high - low)
        if not (least >= low - rounding and most <= high + rounding):
            raise ValueError(f"the pictures run from {least:g} to {most:g}, outside value_range={value_range!r}")
    return low, high


def _known(name: str, value: str, known: dict) -> str:
    if value not in known:
        raise ValueError(f"expected {name} to be one of {', '.join(known)}, got {value!r}")
    return value


# ---- Layers -------------------------------------------------------------------------------------

Factor = float | tuple[float, float]


def _interval(
    name: str, factor: Factor, unit: str, least: float = -1.0, most: float = 1.0
) -> tuple[float, float]:
    """``factor``, counted in ``unit``, as lower and upper end; a single number f means from -f to f."""
    ends = tuple(factor) if isinstance(factor, (tuple, list)) else (-abs(factor), abs(factor))
    if len(ends) != 2 or not least <= ends[0] <= ends[1] <= most:
        raise ValueError(
            f"expected {name} as a number or (lower, upper), within [{least:g}, {most:g}], got {factor!r} {unit}"
        )
    return float(ends[0]), float(ends[1])


class RandomTransform(Layer):
    """What the random layers share: their own generator, and nothing at all in inference.

    With the same seed, the same batches are changed in the same way. A ``seed`` of None takes, in a
    ``Sequential``, a stream of the model's seed, different for each layer; alone, the seed 0.

    Shapes: pictures (N, H, W, C), to the same shape. No weights. There is no gradient through a transform:
    these layers stand below every layer with weights.
    """

    def __init__(self, seed: int | np.random.Generator | None) -> None:
        super().__init__()
        self.seed = seed
        self._start_generator(None)

    def build(self, shape, dtype=np.float32, rng=None) -> None:
        self._start_generator(rng)
        super().build(shape, dtype, rng)

    def check_shape(self, shape) -> None:
        if len(shape) != 4:
            raise ValueError(f"{self.name} expects pictures of shape (N, H, W, C), got shape {tuple(shape)}")

    def forward(self, x, training) -> np.ndarray:
        return self.transform(x) if training else x.copy()

    def transform(self, images: np.ndarray) -> np.ndarray:
        """Draw new strengths and return the changed pictures."""
        raise NotImplementedError

    def _draw(self, interval: tuple[float, float], images: np.ndarray) -> np.ndarray:
        return self.generator.uniform(*interval, size=len(images))

    def backward(self, gradient, *, to_input=True) -> None:
        if to_input:
            raise NotImplementedError(
                f"{self.name} has no gradient: put it below the first layer with weights, where none is needed"
            )


class RandomFlip(RandomTransform):
    """Mirror each picture with probability 1/2 along each axis of ``mode``; see ``flip``.

    Args:
        mode: "horizontal", "vertical", or "horizontal_and_vertical", Keras' default. Which flip keeps a
            label depends on the data: hardly any does on digits.
        seed: see ``RandomTransform``.

    Raises:
        ValueError: an unknown mode.
    """

    def __init__(self, mode: str = "horizontal_and_vertical", seed: int | np.random.Generator | None = None) -> None:
        super().__init__(seed)
        self.mode = _known("mode", mode, FLIPS)

    def transform(self, images) -> np.ndarray:
        for axis in FLIPS[self.mode]:
            chosen = self.generator.random((len(images), 1, 1, 1)) < 0.5
            images = np.where(chosen, np.flip(images, axis), images)
        return images


class _RandomWarp(RandomTransform):
    """A random layer that moves pixels."""

    def __init__(
        self, fill_mode: str, interpolation: str, seed: int | np.random.Generator | None, fill_value: float
    ) -> None:
        super().__init__(seed)
        self._border = {
            "fill_mode": _known("fill_mode", fill_mode, FILL_MODES),
            "interpolation": _known("interpolation", interpolation, INTERPOLATIONS),
            "fill_value": float(fill_value),
        }


class RandomRotation(_RandomWarp):
    """Turn each picture by a random angle; see ``rotate``.

    Args:
        factor: in turns of 360 degrees: 0.1 draws from -36 to 36 degrees, (lower, upper) from those two;
            positive is counter-clockwise.
        fill_mode, interpolation, fill_value: as for ``rotate``. seed: see ``RandomTransform``.

    Raises:
        ValueError: an argument out of its range.
    """

    def __init__(
        self,
        factor: Factor,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | np.random.Generator | None = None,
        fill_value: float = 0.0,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value)
        self.factor = _interval("factor", factor, "turns of 360 degrees")

    def transform(self, images) -> np.ndarray:
        return rotate(images, 360 * self._draw(self.factor, images), **self._border)


class RandomTranslation(_RandomWarp):
    """Move each picture by a random distance; see ``shift``.

    Args:
        height_factor, width_factor: in units of the height and the width: 0.1 draws from -10 % to 10 %,
            (lower, upper) from those two; positive is down and to the right.
        fill_mode, interpolation, fill_value: as for ``rotate``. seed: see ``RandomTransform``.

    Raises:
        ValueError: an argument out of its range.
    """

    def __init__(
        self,
        height_factor: Factor,
        width_factor: Factor,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | np.random.Generator | None = None,
        fill_value: float = 0.0,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value)
        self.height_factor = _interval("height_factor", height_factor, "heights")
        self.width_factor = _interval("width_factor", width_factor, "widths")

    def transform(self, images) -> np.ndarray:
        rows = images.shape[1] * self._draw(self.height_factor, images)
        columns = images.shape[2] * self._draw(self.width_factor, images)
        return shift(images, rows, columns, **self._border)


class RandomZoom(_RandomWarp):
    """Scale each picture by a random factor; see ``zoom``.

    Args:
        height_factor: 0.2 draws from -0.2 (closer) to 0.2 (further away), (lower, upper) from those two; within
            (-1, 1].
        width_factor: the same for the width; None: always as the height.
        fill_mode, interpolation, fill_value: as for ``rotate``. seed: see ``RandomTransform``.

    Raises:
        ValueError: an argument out of its range.
    """

    def __init__(
        self,
        height_factor: Factor,
        width_factor: Factor | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | np.random.Generator | None = None,
        fill_value: float = 0.0,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value)
        least = float(np.nextafter(-1, 0))
        self.height_factor = _interval("height_factor", height_factor, "heights", least)
        self.width_factor = None if width_factor is None else _interval("width_factor", width_factor, "widths", least)

    def transform(self, images) -> np.ndarray:
        height = self._draw(self.height_factor, images)
        width = None if self.width_factor is None else self._draw(self.width_factor, images)
        return zoom(images, height, width, **self._border)


class RandomContrast(RandomTransform):
    """Stretch or shrink each picture's contrast by a random factor; see ``contrast``.

    Args:
        factor: 0.2 draws from 0.8 to 1.2; (lower, upper) from 1 - lower to 1 + upper, both within [0, 1].
        value_range: as for ``contrast``. Keras' default is (0, 255); here there is none.
        seed: see ``RandomTransform``.

    Raises:
        ValueError: an argument out of its range.
    """

    def __init__(
        self,
        factor: Factor,
        value_range: tuple[float, float],
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(seed)
        ends = tuple(factor) if isinstance(factor, (tuple, list)) else (factor, factor)
        if len(ends) != 2 or not all(0 <= end <= 1 for end in ends):
            raise ValueError(f"expected factor as a number or (lower, upper), within [0, 1], got {factor!r}")
        self.factor = (float(ends[0]), float(ends[1]))
        self.value_range = _checked_range(value_range)

    def transform(self, images) -> np.ndarray:
        lower, upper = self.factor
        return contrast(images, self._draw((1 - lower, 1 + upper), images), self.value_range)


class RandomBrightness(RandomTransform):
    """Make each picture brighter or darker by a random amount; see ``brightness``.

    Args:
        factor: in units of the whole range: 0.2 draws from -0.2 to 0.2, (lower, upper) from those two.
        value_range: as for ``contrast``. Keras' default is (0, 255); here there is none.
        seed: see ``RandomTransform``.

    Raises:
        ValueError: an argument out of its range.
    """

    def __init__(
        self,
        factor: Factor,
        value_range: tuple[float, float],
        seed: int | np.random.Generator | None = None,
    ) -> None:
        super().__init__(seed)
        self.factor = _interval("factor", factor, "whole ranges of values")
        self.value_range = _checked_range(value_range)

    def transform(self, images) -> np.ndarray:
        return brightness(images, self._draw(self.factor, images), self.value_range)
