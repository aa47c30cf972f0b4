"""Notebook 10, experiment: what a dropout network needs."""

from __future__ import annotations

from helpers.exercises.engine import ExperimentExercise, Mistake


_TRIAL = ("units", "rate_pixels", "rate_hidden", "without", "dropout")


_TRIAL_START = {"units": 32, "rate_pixels": 0.2, "rate_hidden": 0.5}


def _trial_missing(result) -> str:
    if not isinstance(result, dict) or any(name not in result for name in _TRIAL):
        return "`check` takes what `trial(...)` returns: `result = trial(units=..., rate_pixels=..., rate_hidden=...)`."
    return ""


def _trial_gain(result) -> float:
    return result["without"] - result["dropout"]


earn_a_gain = ExperimentExercise(
    measured=_trial_missing,
    attempted=lambda r: any(r[name] != value for name, value in _TRIAL_START.items()),
    met=lambda r: _trial_gain(r) >= 1 and max(r["rate_pixels"], r["rate_hidden"]) > 0,
    report=lambda r: f"Validation error without dropout ≈ {r['without']:.2f} %, with it ≈ {r['dropout']:.2f} %: a gain "
    f"of ≈ {_trial_gain(r):.2f} points.",
    solved="""
        result = trial(units=32, rate_pixels=0.3, rate_hidden=0.0)
        """,
    mistakes=[
        Mistake(
            "no dropout",
            "Both rates are 0: no unit is ever dropped, and what is left of the difference is the learning rate.",
            lambda r: r["rate_pixels"] == 0 and r["rate_hidden"] == 0,
        ),
        Mistake(
            "p for the rate",
            "0.8 of the pixels are dropped, and hardly any digit is left. It is the paper's p, the share *kept*, that "
            "is 0.8 for inputs. What is the rate?",
            lambda r: 0.75 <= r["rate_pixels"] <= 0.85,
        ),
        Mistake(
            "too many pixels dropped",
            "Too many pixels are gone: what is left can hardly be told apart. Drop fewer of them.",
            lambda r: r["rate_pixels"] > 0.5,
        ),
        Mistake(
            "too few hidden units are left",
            "How many hidden units of a layer are there on average in a training step? With so few it can hardly tell "
            "ten digits apart. Drop fewer of them, or have more.",
            lambda r: r["units"] * (1 - r["rate_hidden"]) < 24,
        ),
        Mistake(
            "hidden rate too high",
            "So many hidden units are dropped that the network underfits, in its 300 steps. Drop fewer of them; what "
            "about the pixels?",
            lambda r: r["rate_hidden"] >= 0.4,
        ),
        Mistake(
            "hidden units only",
            "Only hidden units are dropped, and of those a small network has none to spare. Of what does it have "
            "plenty?",
            lambda r: r["rate_pixels"] == 0,
        ),
        Mistake(
            "too gentle",
            "So small rates change little: the pixels can stand more noise.",
            lambda r: r["rate_pixels"] <= 0.1 and r["rate_hidden"] <= 0.1,
        ),
        Mistake(
            "as large as it gets",
            "More than 256 units are not to be had here, so it is the rates that can still be improved: of the pixels, "
            "and of the hidden units.",
            lambda r: r["units"] >= 256,
        ),
    ],
    otherwise="Nearly. Change one setting at a time, and see which way the gain goes.",
    hints=[
        "Of 32 hidden units a rate of 0.5 leaves 16 in each layer. What does the network suffer from: too much "
        "freedom, or too little?",
        "There are two kinds of units to drop, 784 pixels and a few hidden ones. Which of the two can be spared more "
        "easily? Try them one at a time, with the other rate at 0.",
        "Neighbouring pixels tell nearly the same. Drop between a fifth and a third of them, and few hidden units.",
    ],
    insight="Rates are not good or bad by themselves. Of 784 pixels a third can be missing and the digit is still "
    "there: noise that costs little and forbids the network to lean on single pixels. Hidden units of a small network "
    "cannot be spared so easily; the paper's 0.5 is meant for layers of a thousand. You have chosen on validation "
    "digits; the test digits have not been touched.",
)
