"""Notebook 09, experiment: six points."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import ExperimentExercise, Mistake


_SETTINGS = {"degrees": 0, "zoom": 0, "pixels": 0, "flip": False, "epochs": 25}  # as they stand in the notebook


def _attempt_missing(result):
    if not isinstance(result, dict) or not {*_SETTINGS, "without", "with"} <= set(result):
        return "Check what `attempt(...)` returns: `result = attempt(...)` with your settings, then `check(result)`."
    for name in ("without", "with"):
        value = result[name]
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not np.isfinite(value):
            return f"`result[{name!r}]` should be an accuracy in per cent. Check what `attempt(...)` returns, unchanged."
    for name in ("degrees", "zoom", "pixels", "epochs"):
        if isinstance(result[name], bool) or not isinstance(result[name], (int, float, np.number)):
            return f"`{name}` should be one number."
    return ""


def _gain(result):
    return result["with"] - result["without"]


_TARGET, _MOST_EPOCHS = 6.0, 150


def _ways(result):
    return sum(bool(result[name]) for name in ("degrees", "zoom", "pixels"))


def _nothing_changed(result):
    return not (result["degrees"] or result["zoom"] or result["pixels"] or result["flip"])


gain_six_points = ExperimentExercise(
    measured=_attempt_missing,
    attempted=lambda r: any(r[name] != value for name, value in _SETTINGS.items()),
    met=lambda r: _gain(r) >= _TARGET and r["epochs"] <= _MOST_EPOCHS and not r["flip"],
    report=lambda r: (
        f"Validation accuracy: ≈ {r['without']:.1f} % without augmentation, ≈ {r['with']:.1f} % with it, so "
        f"≈ {_gain(r):.1f} points.".replace("-", "−")
    ),
    solved="""
        result = attempt(degrees=15, zoom=0.2, pixels=2, flip=False, epochs=120)
        """,
    mistakes=[
        Mistake(
            "too many epochs", "That is more than 150 epochs. Find the gain within what is allowed.",
            lambda r: r["epochs"] > _MOST_EPOCHS,
        ),
        Mistake(
            "only longer",
            "Nothing is changed in the pictures, so both runs learn from the same ones. The number of epochs alone makes "
            "no difference between them.",
            _nothing_changed,
        ),
        Mistake(
            "flipped",
            "Every second digit is mirrored, and keeps its label. What does a mirrored 7 teach? Take the flip out, "
            "whatever the rest does.",
            lambda r: bool(r["flip"]),
        ),
        Mistake(
            "turned too far",
            "The digits are rotated so far that people would not read some of them any more. How far does handwriting "
            "lean?",
            lambda r: abs(r["degrees"]) > 50,
        ),
        Mistake(
            "shifted too far",
            "The digits are shifted so far that ink goes out over the border. Between the ink and the border of an "
            "MNIST digit there are mostly 4 to 8 pixels.",
            lambda r: abs(r["pixels"]) > 6,
        ),
        Mistake(
            "scaled too far",
            "The digits are scaled so far that some have no room in the picture, or are nearly dots.",
            lambda r: abs(r["zoom"]) > 0.5,
        ),
        Mistake(
            "too strong together",
            "Together these changes are strong: few of the pictures look like those that the network will meet. "
            "Strengths add up: make each a little smaller than you would if it were the only one.",
            lambda r: r["epochs"] >= 80 and _ways(r) > 1
            and (abs(r["degrees"]) > 30 or abs(r["pixels"]) > 3.5 or abs(r["zoom"]) > 0.35),
        ),
        Mistake(
            "too timid",
            "The strengths are small. Handwriting varies more than this: how far can you go before a digit becomes hard to "
            "read?",
            lambda r: abs(r["degrees"]) < 8 and abs(r["zoom"]) < 0.1 and abs(r["pixels"]) < 1.5,
        ),
        Mistake(
            "stopped too soon",
            "The strengths may be right, but the training stops too soon. The network never sees a picture twice, so "
            "it has more to learn and needs more epochs than the 200 digits as they are.",
            lambda r: r["epochs"] < 80,
        ),
        Mistake(
            "one way only",
            "This is one of the three ways alone. Each describes a different variation of digits: use them together.",
            lambda r: _ways(r) == 1,
        ),
    ],
    otherwise="Not there yet. Which of the three strengths was best alone, in the recorded runs above? Use all three, "
    "about as strong as there or a little weaker, and give the training time.",
    hints=[
        "Three of the ways keep a digit's label when they are moderate. Use all three.",
        "Look at the recorded strengths: rotation by some 20 degrees, a shift by one or two pixels, a scaling by about "
        "0.2. Also, pictures that are harder to learn take more epochs.",
    ],
    insight="The same 200 digits, the same network, the same number of steps. You only added what you know about "
    "digits, in a few numbers. (They were chosen on these validation digits, so report another set's accuracy.)",
)
