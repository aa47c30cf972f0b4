"""Notebook 01, experiment: the cure worse than the disease."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import ExperimentExercise, Mistake


_TARGET = 0.2


_BATCH_START = {"contrast": 0.7, "ones": 0.5}


def _batch_missing(result):
    names = ("contrast", "ones", "by batch 1", "by its own")
    numbers = (int, float, np.integer, np.floating)
    if not isinstance(result, dict) or not all(isinstance(result.get(name), numbers) for name in names):
        return "Pass what `faded_batch(...)` returned: `check(result)`."
    return ""


def _lost(result):
    return round(result["by batch 1"] - result["by its own"], 3)


worse_than_nothing = ExperimentExercise(
    measured=_batch_missing,
    attempted=lambda r: any(r[name] != value for name, value in _BATCH_START.items()),
    met=lambda r: 0 < r["contrast"] <= 0.7 and _lost(r) >= _TARGET,
    report=lambda r: (
        f"Accuracy on batch 2: ≈ {r['by batch 1']:.2f} by the statistics of batch 1, ≈ {r['by its own']:.2f} by its "
        f"own."
    ),
    solved="""
        result = faded_batch(contrast=0.7, ones=0.95)
        """,
    mistakes=[
        Mistake(
            "not faded, the rest right",
            "The batch's own statistics are worse by 20 points, as they should be. But the contrast is above 0.7: fade "
            "the digits as well.",
            lambda r: r["contrast"] > 0.7 and _lost(r) >= _TARGET,
        ),
        Mistake(
            "not faded",
            "The contrast is above 0.7. The exercise asks for a more faded batch.",
            lambda r: r["contrast"] > 0.7,
        ),
        Mistake(
            "balanced",
            "The classes are balanced as in batch 1, or nearly, and the batch's own statistics repair the fading. What "
            "makes a batch's own mean the wrong thing to subtract?",
            lambda r: abs(r["ones"] - 0.5) <= 0.15 and r["by its own"] >= 0.92,
        ),
        Mistake(
            "mostly zeros",
            "The batch holds mostly zeros, and these are what fading harms: with less ink they look like ones. So "
            "doing nothing loses points, too. Which digits does fading leave alone?",
            lambda r: r["ones"] < 0.5 and r["by batch 1"] < 0.93,
        ),
        Mistake(
            "not far enough",
            "This is the right direction: fading hardly harms the ones. Make the batch's own mean still more "
            "misleading.",
            lambda r: 0.5 < r["ones"] < 0.9,
        ),
    ],
    otherwise="Doing nothing is not far enough ahead. Think of which digits look like the other class when they fade, and "
    "of what the batch's own mean becomes when one class is rare.",
    hints=[
        "Normalizing a batch by its own statistics goes wrong when one class is rare. Doing nothing goes wrong for the "
        "digits that look like the other class when they fade.",
        "A faded zero has little ink, like a one. A faded one looks even more like a one. So which class should be the "
        "common one?",
    ],
    insight="Two things at once, as in real life: the light changed *and* the class proportions did. Most of the faded "
    "digits are still on the right side of the line. The batch's own mean is nearly the mean of the common class, and "
    "subtracting it pushes many of that class across. Whether to normalize a batch by its own statistics depends on why "
    "its mean moved, and the inputs alone do not tell.",
)
