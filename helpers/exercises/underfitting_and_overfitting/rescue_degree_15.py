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


rescue_degree_15 = ExperimentExercise(
    measured=_duel_missing,
    attempted=lambda r: any(r[name] != value for name, value in DUEL_START.items()),
    met=lambda r: r["noise"] > 0 and r["measurements"] <= 3000 and _duel_ratio(r) >= _DUEL_TARGET,
    report=lambda r: (
        f"Distance from the truth: ≈ {r['degree 4']:.4f} for degree 4, ≈ {r['degree 15']:.4f} for degree 15."
    ),
    solved="""
        result = duel(measurements=1000, noise=0.05)
        """,
    mistakes=[
        Mistake(
            "no noise at all",
            "Without any noise it works: there is nothing wrong to learn. But no measurement is free of noise; keep "
            "some.",
            lambda r: r["noise"] == 0,
        ),
        Mistake("negative noise", "A standard deviation is not negative.", lambda r: r["noise"] < 0),
        Mistake(
            "more than 3000", "More than 3000 measurements: that is a fine way, but too dear. Find a cheaper one.",
            lambda r: r["measurements"] > 3000,
        ),
        Mistake(
            "fewer measurements",
            "With fewer measurements than before, degree 15 has still more freedom for each of them.",
            lambda r: r["measurements"] < 30,
        ),
        Mistake(
            "more noise",
            "With more noise there is more to be swallowed, and degree 15 swallows most.",
            lambda r: r["noise"] > 0.1,
        ),
        Mistake(
            "degree 4 still ahead",
            "The right direction, but degree 4 is still ahead. Its distance has nearly stopped falling, has it not? That "
            "of degree 15 has not: go on.",
            lambda r: _duel_ratio(r) < 1,
        ),
    ],
    otherwise="Degree 15 is ahead, but not twice as near to the truth yet. Degree 4 is held up by its bias; what still "
    "stands between degree 15 and the truth?",
    hints=[
        "What keeps degree 15 from the truth is its variance, what keeps degree 4 from it is its bias. Which of the two "
        "can you make smaller by measuring?",
        "The variance of a fit grows with noise² and falls with the number of measurements. Move both.",
    ],
    insight="Degree 15 did not overfit because it is degree 15. It overfitted 30 noisy measurements. *Overfitting* is "
    "said of a model together with its data: with enough of them, or much cleaner ones, the larger model wins, and the "
    "small one is the one that underfits.",
)
