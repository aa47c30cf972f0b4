"""Notebook 03, experiment: make the difference large."""

from __future__ import annotations

import numbers

from helpers.exercises.engine import ExperimentExercise, Mistake


RACE_START = {"initial_std": 0.3}


_RACE_TARGET = 0.75


def _race_missing(result):
    names = ("initial_std", "without", "batch")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), numbers.Real) for name in names):
        return "Pass what `race(...)` returned: `check(result)`."
    return ""


widen_the_gap = ExperimentExercise(
    measured=_race_missing,
    # With another learning rate the spread may be the old one; then the plain network does not learn as at first.
    attempted=lambda r: r["without"] < 0.6 or any(r[name] != value for name, value in RACE_START.items()),
    met=lambda r: r["batch"] - r["without"] >= _RACE_TARGET,
    report=lambda r: (
        f"Test accuracy after 400 steps: ≈ {r['batch']:.2f} with batch normalization, ≈ {r['without']:.2f} without."
    ),
    solved="""
        result = race(initial_std=0.03)
        """,
    mistakes=[
        Mistake(
            "both at chance",
            "Both networks are at chance. With no spread at all, every unit of a layer computes the same, with or without "
            "batch normalization, and they stay alike.",
            lambda r: r["initial_std"] == 0 and r["batch"] < 0.3,
        ),
        Mistake(
            "neither learns",
            "Neither network has come far in 400 steps, so little of a difference can show. The spread should be smaller than "
            "0.3, but not near 0; the learning rate should stay 0.3.",
            lambda r: r["without"] < 0.2 and r["batch"] < 0.3,
        ),
        Mistake(
            "not ahead",
            "Batch normalization is not ahead here. Look for a spread at which the plain network stays at chance.",
            lambda r: r["batch"] <= r["without"],
        ),
        Mistake(
            "both learn",
            "Both networks learn with this initial spread: even in the plain network, the inputs of the deeper "
            "sigmoids differ enough from digit to digit. What would make them nearly alike?",
            lambda r: r["without"] > 0.6 and r["batch"] > 0.6 and r["initial_std"] <= 1,
        ),
        Mistake(
            "too large",
            "The normalized network, too, is well below 0.9, which it reaches with small weights. With large weights "
            "the plain network's sigmoids saturate. And no normalization follows the last layer, so in both networks "
            "it begins with large wrong answers. Try the other direction.",
            lambda r: r["initial_std"] > 0.3 and r["batch"] < 0.87,
        ),
        Mistake(
            "too small",
            "The plain network is at chance, as it should be. But the normalized one has not come far enough in 400 "
            "steps: with weights this small, the variances in its first layers are small beside epsilon, and it no longer "
            "brings the spread back to 1. Take somewhat larger weights.",
            lambda r: r["without"] < 0.2 and r["initial_std"] < 0.01,
        ),
        Mistake(
            "too slow",
            "The plain network is at chance, as it should be. But the normalized one has not come far enough in 400 "
            "steps. Is the learning rate still 0.3?",
            lambda r: r["without"] < 0.2,
        ),
    ],
    otherwise="The gap is there, but it is not 0.75 yet: the plain network still learns something. Go on in the direction "
    "that opened the gap.",
    hints=[
        "The plain network must stay at chance while the other learns. What do the third layer's sigmoids receive "
        "when all weights are small?",
        "Small initial weights shrink the signal layer by layer; batch normalization stretches it again. Try a tenth "
        "of the spread you began with.",
    ],
    insight="With small weights the plain network's deeper sigmoids get nearly the same input for every digit. Batch "
    "normalization divides by that small spread (plus epsilon), so every layer starts with a spread near 1. With the "
    "spread you began with, the plain network has no such trouble, and the two are close.",
)
