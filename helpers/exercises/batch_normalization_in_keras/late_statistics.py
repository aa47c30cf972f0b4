"""Notebook 04, experiment: a well trained network, tested with its start."""

from __future__ import annotations

import numbers

from helpers.exercises.engine import ExperimentExercise, Mistake


def _late_missing(result):
    names = ("momentum", "steps", "moving", "full")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), numbers.Real) for name in names):
        return "Pass what `late(...)` returned: `check(result)`."
    if not 0 <= result["momentum"] < 1:
        return "Momentum is a share of the old value, from 0 to below 1: with 1 nothing would ever be updated."
    return ""


LATE_START = {"momentum": 0.99, "steps": 200}


_FEWEST_STEPS, _LEAST_ACCURACY, _SMALLEST_GAP = 200, 0.9, 0.25


def _closed(result, below=0.05):
    """Whether the moving averages cost next to nothing."""
    return result["full"] - result["moving"] < below


late_statistics = ExperimentExercise(
    measured=_late_missing,
    attempted=lambda r: any(r[name] != value for name, value in LATE_START.items()),
    met=lambda r: (
        r["steps"] >= _FEWEST_STEPS and r["full"] >= _LEAST_ACCURACY and r["full"] - r["moving"] >= _SMALLEST_GAP
    ),
    report=lambda r: (
        f"Test accuracy ≈ {r['moving']:.2f} with the moving averages, ≈ {r['full']:.2f} after recalibration."
    ),
    solved="""
        result = late(momentum=0.9999, steps=250)
        """,
    mistakes=[
        Mistake(
            "too few steps",
            "At least 200 steps are asked for. Notebook 03 has shown that the averages lag after fewer.",
            lambda r: r["steps"] < _FEWEST_STEPS,
        ),
        Mistake(
            "not learned",
            "After recalibration the network is below 0.9: it has not been trained well.",
            lambda r: r["full"] < _LEAST_ACCURACY,
        ),
        Mistake(
            "less momentum",
            "With a smaller momentum the averages forget their start sooner: what is left of the gap does not come "
            "from the start. Here they should remember it.",
            lambda r: r["momentum"] < LATE_START["momentum"] and _closed(r),
        ),
        Mistake(
            "longer training",
            "The gap is closed: with more steps the averages have had time to forget their start. What else decides "
            "how long they remember it?",
            lambda r: r["momentum"] == LATE_START["momentum"] and _closed(r),
        ),
        Mistake(
            "caught up",
            "The averages have caught up: after so many steps little of their start is left. How much is momentum to the "
            "power of the steps?",
            lambda r: r["momentum"] ** r["steps"] < 0.2 and _closed(r),
        ),
        Mistake(
            "no gap",
            "The two accuracies hardly differ. How much of the averages' start is left? Compute momentum to the power "
            "of the steps: it should be close to 1.",
            lambda r: _closed(r, below=0.02),
        ),
    ],
    otherwise="The moving averages cost some accuracy, but less than 0.25. Compute momentum to the power of the steps, "
    "the part of their start that is left: it should be close to 1.",
    hints=[
        "BN's momentum does not change the training, only what the averages remember. For how many steps does an average with "
        "momentum 0.99 remember its start?",
        "About 1 / (1 − momentum) steps. It should be far more than the steps you train.",
    ],
    insight="The network was good all the time, and `evaluate` would have called it bad. Nothing was trained in "
    "between: recalibration corrected two vectors of each layer. Whenever training looks good and testing does not, "
    "look "
    "at the statistics before you look for overfitting.",
)
