"""Notebook 07, experiment: rescue degree 15."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import ExperimentExercise, Mistake


DUEL_START = {"measurements": 30, "noise": 0.1}


_DUEL_TARGET = 2.0


def _duel_missing(result):
    names = ("measurements", "noise", "degree 4", "degree 15")
    numbers = (int, float, np.integer, np.floating)
    if not isinstance(result, dict) or not all(isinstance(result.get(name), numbers) for name in names):
        return "Pass what `duel(...)` returned: `check(result)`."
    return ""


def _duel_ratio(result):
    return result["degree 4"] / result["degree 15"] if result["degree 15"] > 0 else np.inf


def _duel_report(result):
    few = result["measurements"] < 16
    return (
        f"Distance from the truth: ≈ {result['degree 4']:.4f} for degree 4, ≈ {result['degree 15']:.4f} for degree 15."
        + few * " (Fewer than 16 measurements do not determine its 16 coefficients: `pinv` takes the smallest ones "
            "that fit.)"
    )


rescue_degree_15 = ExperimentExercise(
    measured=_duel_missing,
    attempted=lambda r: any(r[name] != value for name, value in DUEL_START.items()),
    met=lambda r: r["noise"] > 0 and 16 <= r["measurements"] <= 3000 and _duel_ratio(r) >= _DUEL_TARGET,
    report=_duel_report,
    solved="""
        result = duel(measurements=1000, noise=0.05)
        """,
    mistakes=[
        Mistake(
            "no noise at all",
            "Without noise there is nothing to overfit. But no measurement is free of noise: keep some.",
            lambda r: r["noise"] == 0,
        ),
        Mistake("negative noise", "A standard deviation is not negative.", lambda r: r["noise"] < 0),
        Mistake(
            "not a number", "The distances are not numbers: is the noise one?",
            lambda r: not np.isfinite([r["noise"], r["degree 4"], r["degree 15"]]).all(),
        ),
        Mistake(
            "more than 3000", "More than 3000 measurements are too expensive. Is there another way to lower the variance?",
            lambda r: r["measurements"] > 3000,
        ),
        Mistake(
            "fewer than 16", "Take at least 16 measurements: degree 15 has 16 coefficients to find.",
            lambda r: r["measurements"] < 16,
        ),
        Mistake(
            "fewer measurements",
            "With fewer measurements than before, degree 15 follows the noise even more closely, and degree 4 is "
            "still ahead. Take more.",
            lambda r: r["measurements"] < 30 and _duel_ratio(r) < 1,
        ),
        Mistake(
            "more noise",
            "Noise is what keeps degree 15 from the truth: with 16 coefficients it follows the noise more closely than degree 4 "
            "does. Take less noise than before.",
            lambda r: r["noise"] > 0.1 and _duel_ratio(r) < 1,
        ),
        Mistake(
            "degree 4 still ahead",
            "This is the right direction, but degree 4 is still ahead. Its bias keeps it from coming closer to the "
            "truth than about 0.014. Nothing similar holds degree 15 back: go on.",
            lambda r: _duel_ratio(r) < 1,
        ),
        Mistake(
            "hardly apart",
            "The two distances hardly differ. The bias of degree 4 keeps it from coming closer to the truth than about "
            "0.014. Nothing similar holds degree 15 back: go on.",
            lambda r: _duel_ratio(r) < 1.05,
        ),
    ],
    otherwise="Degree 15 is ahead, but it is not yet twice as close to the truth. Its bias is tiny. What else still "
    "keeps it from the truth, and how do you lower that?",
    hints=[
        "What keeps degree 15 from the truth is its variance, what keeps degree 4 from it is its bias. Which of the two "
        "can you make smaller by measuring?",
        "The variance of a fit grows with noise² and falls with the number of measurements. Change both.",
    ],
    insight="Degree 15 did not overfit because it is degree 15. It overfitted 30 noisy measurements. *Overfitting* is "
    "a property of a model together with its data: with enough data, or much cleaner data, the larger model wins, and the "
    "small one is the one that underfits.",
)
