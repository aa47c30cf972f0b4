"""Notebook 02, experiment: let the lone one win."""

from __future__ import annotations

from numbers import Real

import numpy as np

from helpers.exercises.engine import ExperimentExercise, Mistake


STAGE_START = {"k": 2.0, "n": 5, "alpha": 1e-4, "beta": 0.75}


def _stage_missing(result):
    names = (*STAGE_START, "lead", "kept")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), Real) for name in names):
        return "Pass what `stage(...)` returned: `check(result)`."
    return ""


_STAGE_LEAD, _STAGE_KEPT = 2.0, 0.4
_LARGEST_BETA = 5  # from about 27 on, channels that damp only themselves would do
_APART = 5  # channels, from the lone one to the nearest of the crowd


def _is_finite(r):
    return np.isfinite(r["lead"]) and np.isfinite(r["kept"])


def _is_whole(n):
    return float(n).is_integer()


def _heard(r, count):
    """alpha times the squares of ``count`` of the crowd's seven channels, each at 3."""
    return r["alpha"] * 9 * min(7, count)


def _in_the_middle(r):
    return _heard(r, 2 * (r["n"] // 2) + 1)


def _at_the_rim(r):
    """For the crowd's first and last channel: they come out the loudest."""
    return _heard(r, r["n"] // 2 + 1)


def _about(value):
    return f"≈ {value:.2f}" if value < 1000 else f"≈ {value:.2e}"


lone_voice = ExperimentExercise(
    measured=_stage_missing,
    attempted=lambda r: any(r[name] != value for name, value in STAGE_START.items()),
    met=lambda r: r["lead"] >= _STAGE_LEAD and _STAGE_KEPT <= r["kept"] <= 1
    and r["k"] >= 1 and r["alpha"] > 0 and 0 < r["beta"] <= _LARGEST_BETA and _is_whole(r["n"]),
    report=lambda r: (
        f"The lone channel is at {_about(r['lead'])} times the crowd's loudest, and kept {_about(r['kept'])} of its "
        "response."
        if _is_finite(r) else ""
    ),
    solved="""
        result = stage(k=1.0, n=7, alpha=0.5, beta=0.75)
        """,
    mistakes=[
        Mistake(
            "nothing finite",
            "The result contains NaN or infinity. Is every bracket above 0, and is its power not too large?",
            lambda r: not _is_finite(r),
        ),
        Mistake(
            "negative exponent",
            "beta is negative: the power multiplies where it should divide.",
            lambda r: r["beta"] < 0,
        ),
        Mistake(
            "no exponent",
            "With beta = 0 the denominator is 1: nothing is normalized at all.",
            lambda r: r["beta"] == 0,
        ),
        Mistake(
            "no k",
            "The task asks for a k of at least 1. With k = 0 a channel whose whole window is silent becomes 0 / 0, and "
            "with a negative k the bracket itself can be 0 or negative.",
            lambda r: r["k"] <= 0,
        ),
        Mistake(
            "k below 1",
            "k is below 1, and the task asks for at least 1. (Below 1, a weak response in a quiet window comes out "
            "louder than it went in.)",
            lambda r: r["k"] < 1,
        ),
        Mistake(
            "alpha not above 0",
            "alpha is not above 0. With 0 no channel is damped by its window; below 0 a loud channel makes its "
            "neighbours louder, which is a different layer.",
            lambda r: r["alpha"] <= 0,
        ),
        Mistake(
            "beta above 5",
            "beta is above 5, and the task asks for at most 5. (With a very large power even channels that damp only "
            "themselves would do.)",
            lambda r: r["beta"] > _LARGEST_BETA,
        ),
        Mistake(
            "n not whole",
            "n is not a whole number. It is a number of channels.",
            lambda r: not _is_whole(r["n"]),
        ),
        Mistake(
            "no window",
            "n is negative, so every window is empty: a channel does not even damp itself.",
            lambda r: r["n"] < 0,
        ),
        Mistake(
            "only itself",
            "With an n below 2 every channel damps only itself: the crowd does not hear its neighbours. Which n lets "
            "the crowd's channels hear one another?",
            lambda r: r["n"] // 2 == 0,
        ),
        Mistake(
            "nothing moves",
            "The crowd is hardly damped more than the lone channel: alpha times the sum of the crowd's squares is "
            "small beside k. AlexNet's k and alpha are for responses in the hundreds; these are at most 3.",
            lambda r: r["lead"] < 0.8 and _in_the_middle(r) < 0.5 * r["k"],
        ),
        Mistake(
            "hears the crowd",
            "The window is so wide that it reaches from the lone channel to the crowd: squares of the crowd are in the "
            "lone channel's bracket, too. How far apart are they?",
            lambda r: r["n"] // 2 >= _APART,
        ),
        Mistake(
            "lone one damped too much",
            "The lone channel leads, but less than 0.4 of it is left: its own square damps it, or k does. Which of the "
            "four numbers could be smaller?",
            lambda r: r["lead"] >= _STAGE_LEAD,
        ),
        Mistake(
            "small exponent",
            "The crowd's squares outweigh k, but the exponent is small: what the lone channel gains is the ratio of the "
            "two brackets to the power beta.",
            lambda r: r["beta"] < 0.65 and _at_the_rim(r) >= 5 * r["k"],
        ),
        Mistake(
            "k weighs too much",
            "k still has a large share in the crowd's bracket, and it is the same k for the lone channel. Let the sum "
            "weigh more against it, or let k be smaller (at least 1).",
            lambda r: _at_the_rim(r) < 5 * r["k"],
        ),
        Mistake(
            "narrow window",
            "The first and the last channel of the crowd hear only one of the others, and come out the loudest. Let "
            "them hear more.",
            lambda r: r["n"] // 2 == 1,
        ),
    ],
    otherwise="The lead is not 2 yet. What makes the crowd's bracket grow more than "
    "the lone channel's? What turns a larger bracket into more damping?",
    hints=[
        "Write down the two brackets: the crowd's k + alpha · (sum over its window), the lone one's k + alpha · 4. "
        "Their ratio to the power beta is what the lone channel gains.",
        "Make alpha large enough that the crowd's bracket is mostly neighbours, and n wide enough that each of them "
        "hears the others, but not so wide that the lone one hears them.",
        "alpha between 0.1 and 1, k = 1, beta as it is.",
    ],
    insight="Loud neighbours damp one another, and a channel that responds alone is heard. That is one way to read the "
    "competition that AlexNet's paper describes. Which channels compete depends on which happen to have neighbouring "
    "numbers, and that is an accident of training.",
)
