"""Notebook 05, experiment: a duel."""

from __future__ import annotations

from helpers.exercises.engine import ExperimentExercise, Mistake
from helpers.exercises.what_batch_normalization_does._shared import _START, _duel_missing, _duel_report


only_one_survives = ExperimentExercise(
    measured=_duel_missing,
    attempted=lambda r: any(r[name] != value for name, value in _START.items()),
    met=lambda r: (r["learning_rate"] > 0.1 and r["batch_size"] == 60 and r["depth"] == 10
                   and r["without"] < 0.2 and r["batch"] > 0.85),
    report=_duel_report,
    solved="""
        result = duel(learning_rate=1.0)
        """,
    mistakes=[
        Mistake(
            "other settings changed",
            "The batch size or the depth was changed. Only the learning rate may change here: otherwise you cannot "
            "say which change did it.",
            lambda r: r["batch_size"] != 60 or r["depth"] != 10,
        ),
        Mistake(
            "starving",
            "Short steps make a network slow. They do not break it. Go the other way, to steps that are too long for the "
            "plain network.",
            lambda r: r["learning_rate"] <= 0.1,
        ),
        Mistake(
            "both broken",
            "Steps this long harm the normalized network as well. Its range of learning rates is wide, but not "
            "unlimited. Go back to shorter steps.",
            lambda r: r["batch"] < 0.7 and r["without"] < 0.2,
        ),
        Mistake(
            "both train",
            "The plain network still learns something. Make its steps longer.",
            lambda r: r["without"] >= 0.2,
        ),
    ],
    otherwise="Close: the plain network is broken, but the normalized one has not reached 0.85 after 300 steps. Go "
    "back a little, towards the middle of its range.",
    hints=[
        "The figure of the 24 learning rates shows where the grey curve has fallen and the blue one has not.",
        "There is room between 0.5 and 2. Try ten times the base rate, for example.",
    ],
    insight="A step that is too long makes the plain network's weights jump: its ReLUs die, or the loss grows without "
    "end. With batch normalization the same step makes the weights longer, and the next one turns them less.",
)
