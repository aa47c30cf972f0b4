"""Notebook 08, experiment: few pixels, few errors."""

from __future__ import annotations

import numpy as np

from helpers.claims import approx
from helpers.exercises.engine import ExperimentExercise, Mistake


_KEYS = ("penalty", "strength", "draws", "pixels", "error", "error without")


_DRAWS = 5


def _complete(result):
    if not isinstance(result, dict) or set(result) != set(_KEYS):
        return "Pass what `trial` returned, a dictionary: `result = trial(\"L2\", strength=0.001)`."
    if result["penalty"] not in ("L1", "L2"):
        return f"The penalty is `\"L1\"` or `\"L2\"`, not `{result['penalty']!r}`."
    numbers = [result[key] for key in _KEYS[1:]]
    if isinstance(result["strength"], (int, float, np.number)) and result["strength"] < 0:
        return "A negative strength would *reward* large weights. Take one of at least 0."
    if not all(isinstance(n, (int, float, np.number)) and np.isfinite(n) for n in numbers):
        return "Some of the numbers are not finite: is the strength a number of at least 0?"
    if result["draws"] < _DRAWS:
        return f"The targets are means of {_DRAWS} draws: one lucky draw says little. Leave `seeds` as it was, or take more."
    return ""


_FEWEST_POINTS, _MOST_PIXELS = 5, 50


def _won(result):
    return result["error without"] - result["error"]


few_pixels = ExperimentExercise(
    measured=_complete,
    attempted=lambda result: (result["penalty"], result["strength"]) != ("L2", 0.001),
    met=lambda result: _won(result) >= _FEWEST_POINTS and result["pixels"] <= _MOST_PIXELS,
    report=lambda result: (
        f"{result['penalty']}, λ = {result['strength']:g}: {approx(result['pixels'], digits=0)} pixels, "
        f"{approx(result['error'], digits=1)} % errors, {approx(result['error without'], digits=1)} % without a penalty."
    ),
    solved="""
    result = trial("L1", strength=0.03)
    """,
    mistakes=[
        Mistake(
            "no penalty at all, by steps",
            "With the strength 0 there is no penalty. (If there are fewer errors all the same: these 2000 steps end "
            "before least squares is reached. That is early stopping, notebook 11.)",
            lambda result: result["strength"] == 0 and result["penalty"] == "L1",
        ),
        Mistake("no penalty at all", "With the strength 0 there is no penalty.", lambda result: result["strength"] == 0),
        Mistake(
            "everything at zero",
            "Every weight is 0, and what is left is the bias. A weight leaves 0 only if the loss pulls at it with more than λ: make the "
            "strength smaller.",
            lambda result: result["pixels"] == 0,
        ),
        Mistake(
            "L2 leaves all pixels in",
            "The errors are few enough. But L2 makes no zeros: every pixel that is ever bright is in use, at any strength. Which penalty leaves "
            "pixels out?",
            lambda result: result["penalty"] == "L2" and _won(result) >= _FEWEST_POINTS,
        ),
        Mistake(
            "L2, too strong",
            "At this strength L2 makes more errors than no penalty does: it underfits. And it makes no zeros either. "
            "Which penalty leaves pixels out?",
            lambda result: result["penalty"] == "L2" and _won(result) < 0,
        ),
        Mistake(
            "L2, little won",
            f"The gain is less than {_FEWEST_POINTS} points, and L2 makes no zeros at any strength. Which penalty "
            "leaves pixels out?",
            lambda result: result["penalty"] == "L2",
        ),
        Mistake(
            "far too strong",
            "The pixels are few enough, but there are more errors than without a penalty: too few pixels take part. Make "
            "the strength smaller.",
            lambda result: 0 < result["pixels"] <= _MOST_PIXELS and _won(result) < 0,
        ),
        Mistake(
            "too strong",
            f"The pixels are few enough, but the gain is less than {_FEWEST_POINTS} points: more pixels must take "
            "part. Make the strength smaller.",
            lambda result: result["pixels"] <= _MOST_PIXELS,
        ),
        Mistake(
            "too weak",
            f"More than {_MOST_PIXELS} pixels are still in use: the penalty is too weak. Try three times the strength, then go on from there.",
            lambda result: result["penalty"] == "L1",
        ),
    ],
    otherwise="The two targets are not both met. What does a larger λ do to the number of pixels?",
    points=3,
    hints=[
        "Only one of the two penalties makes weights exactly 0: the one with a corner on the axis, or with a flat piece at 0.",
        "Go in steps of a factor of 3: 0.003, 0.01, 0.03, 0.1. From one to the next, fewer pixels are left; the error "
        "first falls and then rises.",
    ],
    insight="About a quarter of the 196 pixels or fewer, and fewer errors than with all of them. (At its own best "
    "strength, L2 may make slightly fewer errors still: leaving pixels out and predicting best are different aims.)",
)
