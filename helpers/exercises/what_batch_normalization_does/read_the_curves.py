"""Notebook 05, predict: read the curves."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Mistake, PredictExercise


FIVE = ("plain", "BN-Baseline", "BN-x5", "BN-x30", "BN-x5-Sigmoid")


def _curves() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return each curve's steps (T,) and its median over the seeds (T,), from the recording."""
    from helpers import experiments

    recording = experiments.load("five_curves")
    steps = recording.arrays["step"][0]
    return {name: (steps, np.median(recording.select(curve=name)["accuracy"], axis=0)) for name in FIVE}


def _reading() -> dict[str, float | str]:
    curves = _curves()
    reached = {name: float(steps[np.argmax(median >= 0.9)]) for name, (steps, median) in curves.items()}
    normalized = [name for name in FIVE if name != "plain"]
    return {
        "plain reaches 0.9 at step": reached["plain"],
        "BN-x5 reaches 0.9 at step": reached["BN-x5"],
        "times fewer steps for BN-x5": reached["plain"] / reached["BN-x5"],
        "lowest at step 100 of those with BN": min(normalized, key=lambda name: curves[name][1][4]),
        "lowest at step 5000": min(FIVE, key=lambda name: curves[name][1][-1]),
    }


_ABOVE = "at this step the line has long been above 0.9. Where does it first reach 0.9?"
_CLIMB = "at this step the line is in the middle of its climb, at about 0.5 to 0.8. Look for the height 0.9."
_BELOW = "at this step the line is still clearly below 0.9."
_ACCURACY = "a step is asked for, not an accuracy."
_PLACE = "at this step the line is far below 0.9. (Is your number a place in the array? Then look it up in `steps`.)"
_TOO_LARGE = "that is too large for a quotient of these steps. (Is it their difference?)"
_TOO_SMALL = "the plain network needs more steps than BN-x5, so this number is well above 1."


read_the_curves = PredictExercise(
    _reading(),
    variable="reading",
    choices={"lowest at step 100 of those with BN": FIVE[1:], "lowest at step 5000": FIVE},
    follows={"times fewer steps for BN-x5": (
        ("plain reaches 0.9 at step", "BN-x5 reaches 0.9 at step"), lambda plain, ours: plain / ours
    )},
    tolerance=0.26,  # it is read from a figure
    patterns=[
        Mistake(
            "swapped",
            "these two are swapped. BN-x5 is the faster one.",
            {"plain reaches 0.9 at step": 200.0, "BN-x5 reaches 0.9 at step": 750.0},
        ),
        Mistake(
            "both a decade too low",
            "on the logarithmic axis both readings are a decade too low.",
            {"plain reaches 0.9 at step": 75.0, "BN-x5 reaches 0.9 at step": 20.0},
        ),
        Mistake(
            "both a decade too high",
            "on the logarithmic axis both readings are a decade too high.",
            {"plain reaches 0.9 at step": 7500.0, "BN-x5 reaches 0.9 at step": 2000.0},
        ),
        Mistake(
            "highest instead of lowest",
            "BN-x5 is among the highest curves at both steps. The *lowest* one is asked for.",
            {"lowest at step 100 of those with BN": "BN-x5", "lowest at step 5000": "BN-x5"},
        ),
    ],
    mistakes={
        "plain reaches 0.9 at step": [
            Mistake("a decade too high", "that lies beyond the right edge of the figure.", 7500.0),
            Mistake(
                "at the end",
                "that is at the end of the run or near it. Follow the height 0.9 to the left until it meets the grey line.",
                4800.0,
            ),
            Mistake(
                "already above 0.9",
                "at 1000 the line is above 0.9 already, and at the measurement before it, too.",
                1000.0,
            ),
            Mistake(
                "not yet at 0.9",
                "up to step 500 the line is still below 0.9. On a logarithmic axis the middle between 100 and 1000 is "
                "about 300, and 500 is well to the right of it.",
                500.0,
            ),
            Mistake("in the climb", _CLIMB, 250.0),
            Mistake("in the climb", _CLIMB, 300.0),
            Mistake(
                "of another curve",
                "at this step the plain network has not come above 0.55. Did you read another curve?",
                160.0,
            ),
            Mistake(
                "a decade too low",
                "at this step the line is still near 0.2. On a logarithmic axis the marks after 100 are 200, 300, "
                "400, ...",
                75.0,
            ),
            Mistake("late in the run", _ABOVE, 1500.0),
            Mistake("late in the run", _ABOVE, 2500.0),
            Mistake("late in the run", _ABOVE, 3400.0),
            Mistake("the accuracy", _ACCURACY, 0.9),
            Mistake("the place", _PLACE, 10.0),
        ],
        "BN-x5 reaches 0.9 at step": [
            Mistake("not yet at 0.9", "at this step the line is close to 0.9, but still below.", 118.0),
            Mistake("far from 0.9", _BELOW, 34.0),
            Mistake("far from 0.9", _BELOW, 50.0),
            Mistake("far from 0.9", _BELOW, 70.0),
            Mistake(
                "the slowest seed",
                "at this step the thick line, the median, is above 0.9 already. (The slowest seeds arrive at 300.)",
                300.0,
            ),
            Mistake(
                "to the plain network's best",
                "at about this step BN-x5 reaches the plain network's best accuracy. Here 0.9 is asked for.",
                2375.0,
            ),
            Mistake(
                "of another curve",
                "at this step BN-x5 is above 0.9 already; your number fits a slower curve. BN-x5 is the one with the "
                "orange-red squares.",
                500.0,
            ),
            Mistake(
                "of the plain network",
                "at this step BN-x5 is above 0.9 already. The plain network reaches 0.9 at about this step.",
                750.0,
            ),
            Mistake("late in the run", _ABOVE, 1200.0),
            Mistake("late in the run", _ABOVE, 1450.0),
            Mistake("late in the run", _ABOVE, 3500.0),
            Mistake("late in the run", _ABOVE, 5000.0),
            Mistake(
                "a decade too low",
                "at this step the line is still below 0.7. A reading on the logarithmic axis is easily a decade too "
                "low.",
                20.0,
            ),
            Mistake("the accuracy", _ACCURACY, 0.9),
            Mistake("the place", _PLACE, 6.0),
        ],
        "times fewer steps for BN-x5": [
            Mistake("upside down", _TOO_SMALL, 200 / 750),
            Mistake("a share", _TOO_SMALL, 1 - 200 / 750),
            Mistake("the difference", _TOO_LARGE, 330.0),
            Mistake("the difference", _TOO_LARGE, 550.0),
            Mistake("the difference", _TOO_LARGE, 1000.0),
            Mistake(
                "of the rates",
                "is this the quotient of your two steps? (5 is the quotient of the learning rates, which is not asked for.)",
                5.0,
            ),
            Mistake(
                "the paper's",
                "about 15 is the paper's factor, for another network and another target. Read ours.",
                14.8,
            ),
            Mistake(
                "to the plain network's best",
                "is this the quotient of your two steps? (About 2 is the factor for another target, the plain network's best "
                "accuracy. Here it is 0.9.)",
                2.0,
            ),
            Mistake(
                "on a logarithmic axis",
                "both numbers are steps: divide the one by the other. (On a logarithmic axis, do not divide "
                "distances on the page.)",
                1.25,
            ),
        ],
        "lowest at step 100 of those with BN": [
            Mistake("BN-Baseline is low", "BN-Baseline is among the highest at step 100.", "BN-Baseline"),
            Mistake("BN-x5 is low", "BN-x5 is among the highest at step 100.", "BN-x5"),
            Mistake(
                "the sigmoids are low",
                "the sigmoids are lowest at the end; at step 100 another curve is below them.",
                "BN-x5-Sigmoid",
            ),
        ],
        "lowest at step 5000": [
            Mistake(
                "the plain network is low at the end",
                "the plain network is slow, but it gets there. One curve stays below it.",
                "plain",
            ),
            Mistake(
                "BN-x30 is low at the end",
                "BN-x30 comes close to the plain network. One curve stays below both.",
                "BN-x30",
            ),
            Mistake(
                "BN-Baseline is low at the end",
                "BN-Baseline is among the highest at the end.",
                "BN-Baseline",
            ),
            Mistake("BN-x5 is low at the end", "BN-x5 is among the highest at the end.", "BN-x5"),
        ],
    },
    points=2,
    hints=[
        "Lay a ruler at the height 0.9 and read where it meets each thick line. The axis is logarithmic: between 100 "
        "and 1000 the marks would be 200, 300, 400, ..., closer and closer.",
        "`np.median(accuracy[\"plain\"], axis=0)` is the thick line, one number per entry of `steps`.",
        "The third value is the quotient of the first two.",
    ],
    insight="Reading a logarithmic axis is a skill of its own. Note which target was used: for 0.9 the factor is "
    "about four, for another target it is different.",
)
