"""Notebook 11, experiment: choose a patience."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import ExperimentExercise, Mistake


PATIENCE_START = {"patience": 1, "min_delta": 0.0, "monitor": "accuracy"}


def _trial_missing(result):
    wanted = {*PATIENCE_START, "runs within 1 %", "epochs"}
    if not isinstance(result, dict) or not wanted <= set(result):
        return "Pass what `trial` returned: `result = trial(...)`."
    values = [result["runs within 1 %"], result["epochs"], result["min_delta"], result["patience"]]
    if not all(isinstance(value, (int, float, np.number)) and np.isfinite(value) for value in values):
        return "`patience`, `min_delta` and what was measured should be finite numbers. One of them is not."
    if int(result["patience"]) != result["patience"]:
        return "`patience` counts epochs: a whole number, please."
    if result["patience"] < 1:
        return "`patience` is at least 1. (The arguments come in this order: patience, min_delta, monitor.)"
    return ""


_RUNS_WANTED, _EPOCHS_ALLOWED = 18, 24


def _fine(result):
    return result["runs within 1 %"] >= _RUNS_WANTED


def _cheap(result):
    return result["epochs"] <= _EPOCHS_ALLOWED


choose_patience = ExperimentExercise(
    measured=_trial_missing,
    attempted=lambda r: any(r[name] != value for name, value in PATIENCE_START.items()),
    met=lambda r: _fine(r) and _cheap(r),
    report=lambda r: (
        f"≈ {r['runs within 1 %']:.0f} of 20 runs keep a validation loss within 1 % of the lowest; they take "
        f"≈ {r['epochs']:.1f} epochs on average."
    ),
    solved="""
        result = trial(patience=4, min_delta=0.0, monitor="loss")
        """,
    mistakes=[
        Mistake(
            "negative min_delta",
            "With a negative `min_delta`, an epoch counts as an improvement even if its loss only equals the best, or "
            "is *worse* by less than the size of `min_delta`. (Keras reverses the sign without a warning. `helpers.nn` "
            "refuses a negative value.) Other settings may matter as well.",
            lambda r: r["min_delta"] < 0,
        ),
        Mistake(
            "monitors the accuracy, patiently",
            "The runs are long, but the epoch that the accuracy chooses is rarely the epoch of the lowest loss. The "
            "target is a loss.",
            lambda r: r["monitor"] == "accuracy" and not _cheap(r),
        ),
        Mistake(
            "monitors the accuracy",
            "The accuracy of 500 digits moves in steps of 1/500. A tie, or a gain of no more than `min_delta`, is not "
            "counted as an improvement: such epochs use up the patience. What does the loss do meanwhile?",
            lambda r: r["monitor"] == "accuracy",
        ),
        Mistake(
            "too impatient",
            "Cheap, but too many runs end on the way down: after an epoch or two without improvement the loss often falls "
            "again.",
            lambda r: not _fine(r) and _cheap(r) and r["patience"] < 3,
        ),
        Mistake(
            "large min_delta",
            "With this `min_delta` too many small improvements do not count: the epoch that is kept is not that of the "
            "lowest loss.",
            lambda r: not _fine(r) and r["min_delta"] > 0,
        ),
        Mistake(
            "too patient",
            "The best epoch is found, and then the run goes on for many more epochs. How few are enough?",
            lambda r: _fine(r) and not _cheap(r),
        ),
    ],
    otherwise="Not yet: change one setting at a time and watch both numbers.",
    hints=[
        "There is a trade-off between the two numbers: a longer patience misses fewer good epochs and costs more "
        "epochs. Look at the monitored quantity first.",
        "With the loss, try patience 1, 2, 3 and so on, with min_delta = 0. Each additional epoch of patience costs one "
        "epoch in every run.",
    ],
    insight="For the loss a few epochs of patience are enough, though it goes up and down a little. With the accuracy, "
    "no patience reaches both targets: its best epoch is a different one. Monitor the quantity that you want to be "
    "good.",
)
