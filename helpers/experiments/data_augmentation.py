"""Lecture 50: what data augmentation gains on few digits, transform by transform and size by size."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from helpers import nn
from helpers.datasets import load_mnist
from helpers.experiments._experiment import Experiment, Unit, grid

VALIDATION = slice(50_000, 55_000)  # of the training digits; those before it may be trained on


def augmented(images: np.ndarray, strengths: Mapping[str, float], rng: np.random.Generator) -> np.ndarray:
    """Return a changed copy of each picture, with a draw of its own for each.

    Args:
        images: (N, H, W), brightness from 0 to 1, on a black ground.
        strengths: any of "degrees", "pixels", "zoom", "contrast", "brightness": the strength is drawn evenly from
            minus this number to it (contrast: the factor, about 1). "left to right", "upside down": 1 for a flip
            of every second picture.

    Turning, zooming and moving are one look-up with bilinear interpolation, as in notebook 09.
    """
    n = len(images)

    def drawn(name: str) -> np.ndarray:
        most = strengths.get(name, 0.0)
        return rng.uniform(-most, most, size=(n, 1, 1)).astype(images.dtype)

    for name, step in {"left to right": np.s_[:, :, ::-1], "upside down": np.s_[:, ::-1]}.items():
        if strengths.get(name):
            images = np.where(rng.random((n, 1, 1)) < 0.5, images[step], images)
    if any(strengths.get(name) for name in ("degrees", "pixels", "zoom")):
        angle, scale = np.deg2rad(drawn("degrees")), 1 + drawn("zoom")
        down, right = drawn("pixels"), drawn("pixels")
        cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
        row, column = (place.astype(images.dtype) - (length - 1) / 2
                       for place, length in zip(np.indices(images.shape[1:]), images.shape[1:]))
        images = read(images, cos * row + sin * column - down, cos * column - sin * row - right)
    if strengths.get("contrast"):
        mean = images.mean(axis=(1, 2), keepdims=True)
        images = np.clip(mean + (1 + drawn("contrast")) * (images - mean), 0, 1)
    if strengths.get("brightness"):
        images = np.clip(images + drawn("brightness"), 0, 1)
    return images


def read(images: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Brightness of ``images`` (N, H, W) at fractional places (N, H, W), counted from the centre; 0 beyond."""
    n, height, width = images.shape
    padded = np.zeros((n, height + 2, width + 2), images.dtype)
    padded[:, 1:-1, 1:-1] = images
    row = np.clip(row + (height + 1) / 2, 0, height + 1)
    column = np.clip(column + (width + 1) / 2, 0, width + 1)
    top, left = np.minimum(row.astype(np.int32), height), np.minimum(column.astype(np.int32), width)
    row, column = row - top, column - left  # from here on: the fractions
    flat = padded.reshape(-1)
    corner = (np.arange(n)[:, None, None] * (height + 2) + top) * (width + 2) + left
    above = (1 - column) * flat[corner] + column * flat[corner + 1]
    below = (1 - column) * flat[corner + width + 2] + column * flat[corner + width + 3]
    result = (1 - row) * above + row * below
    return result.astype(images.dtype, copy=False)


def _run(configuration: dict, unit: Unit, progress: Callable[[float], None]) -> dict[str, np.ndarray]:
    (images, labels), (test_images, test_labels) = load_mnist()
    x, x_test = (pictures.astype(np.float32) / 255 for pictures in (images, test_images))
    seed, size = unit["seed"], unit.get("size", configuration.get("size"))
    strengths = configuration["strengths"][unit["augmentation"]]
    rate = unit.get("learning_rate", configuration.get("learning_rate"))
    if isinstance(rate, dict):
        rate = rate[unit["augmentation"]][str(size)]
    rows = np.random.default_rng([seed, 1]).choice(VALIDATION.start, size, replace=False)
    looked_at = {
        "train": (x[rows], labels[rows]),
        "validation": (x[VALIDATION], labels[VALIDATION]),
        "augmented_validation": (augmented(x[VALIDATION], strengths, np.random.default_rng([seed, 3])),
                                 labels[VALIDATION]),
        "test": (x_test, test_labels),
    }
    model = nn.Sequential(
        [nn.Dense(configuration["units"], kernel_initializer=nn.he_normal), nn.ReLU(), nn.Dense(10)], seed=seed
    )
    optimizer, rng, step = nn.Adam(rate), np.random.default_rng([seed, 2]), 0
    measured: dict[str, list[float]] = {name: [] for name in looked_at}
    while True:
        for chosen in nn.batches(size, configuration["batch_size"], rng):
            # A new draw for each picture, each time it comes up: a picture is hardly ever seen twice.
            pictures = augmented(x[rows[chosen]], strengths, rng)
            nn.train_step(model, pictures.reshape(len(chosen), -1), labels[rows[chosen]], optimizer)
            step += 1
            progress(step / configuration["marks"][-1])
            if step in configuration["marks"]:
                for name, (inputs, targets) in looked_at.items():
                    outputs = model.predict(inputs.reshape(len(inputs), -1))
                    measured[name].append(100 * nn.accuracy(outputs, targets))
            if step == configuration["marks"][-1]:
                return {name: np.array(values) for name, values in measured.items()}


_NETWORK = {"units": 256, "batch_size": 50}
_THREE = {"degrees": 15.0, "pixels": 2.0, "zoom": 0.15}
SIZES = (200, 500, 2000)

RATES = Experiment(
    name="data_augmentation_learning_rates",
    configuration=_NETWORK | {"marks": (400, 800, 1600), "strengths": {"without": {}, "with": _THREE}},
    units=grid(augmentation=("without", "with"), size=SIZES, learning_rate=(0.0003, 0.001, 0.003), seed=(100, 101)),
    run=_run,
    summary="Which learning rate suits which number of digits, with and without augmentation? On validation digits.",
    source="Lecture 50",
)

_ALONE = (
    {"none": {}, "left to right": {"left to right": 1}, "upside down": {"upside down": 1}}
    | {f"degrees {most}": {"degrees": float(most)} for most in (10, 20, 45, 90, 180)}
    | {f"pixels {most}": {"pixels": float(most)} for most in (1, 2, 4, 8)}
    | {f"zoom {most}": {"zoom": most} for most in (0.1, 0.2, 0.4)}
    | {f"contrast {most}": {"contrast": most} for most in (0.3, 0.9)}
    | {f"brightness {most}": {"brightness": most} for most in (0.1, 0.3, 0.6)}
)

STRENGTHS = Experiment(
    name="data_augmentation_strengths",
    configuration=_NETWORK | {"size": 500, "learning_rate": 0.001, "marks": (1000,), "strengths": _ALONE},
    units=grid(augmentation=_ALONE, seed=range(5)),
    run=_run,
    summary="Each transform alone, at several strengths, on 500 training digits.",
    source="Lecture 50",
)

GAIN = Experiment(
    name="data_augmentation_gain",
    configuration=_NETWORK | {
        "marks": (50, 100, 200, 400, 800, 1600),
        "strengths": {"without": {}, "with": _THREE},
        "learning_rate": {  # the best of RATES on validation digits, for more digits that of 2,000
            "without": {"200": 0.0003, "500": 0.003, "1000": 0.003, "2000": 0.003, "5000": 0.003},
            "with": {"200": 0.001, "500": 0.003, "2000": 0.001},
        },
    },
    units=(*grid(augmentation=("without", "with"), size=SIZES, seed=range(10)),
           *grid(augmentation=("without",), size=(1000, 5000), seed=range(10))),
    run=_run,
    summary="The same digits as they are, and turned, scaled and shifted a little at each visit: 200, 500, 2,000.",
    source="Lecture 50",
)
