"""Notebook 05, experiment: a duel."""

from __future__ import annotations

from helpers.exercises.engine import ExperimentExercise, Mistake
from helpers.exercises.what_batch_normalization_does._shared import _START, _duel_missing, _duel_report


lose_with_batch_norm = ExperimentExercise(
    measured=_duel_missing,
    attempted=lambda r: any(r[name] != value for name, value in _START.items()),
    met=lambda r: r["without"] > 0.4 and r["without"] - r["batch"] >= 0.1,
    report=_duel_report,
    solved="""
        result = duel(learning_rate=0.1, batch_size=2, depth=3)
        """,
    mistakes=[
        Mistake(
            "no hidden layer",
            "With depth 0 there is no hidden layer, and so no batch normalization: the two networks are the same.",
            lambda r: r["depth"] < 1,
        ),
        Mistake(
            "both fail",
            "Neither network comes above 0.4, so there is little to compare. Which settings suit the *plain* "
            "network? And which setting leaves batch normalization too little to work with?",
            lambda r: max(r["without"], r["batch"]) < 0.4,
        ),
        Mistake(
            "the plain network fails",
            "The plain network does not come above 0.4. Help it first: which depth and which learning rate suit it?",
            lambda r: r["without"] <= 0.4,
        ),
        Mistake(
            "the plain network is behind",
            "Batch normalization is still clearly ahead. Help the plain network first: which depth and which learning rate "
            "suit it?",
            lambda r: r["batch"] - r["without"] >= 0.1,
        ),
        Mistake(
            "depth alone",
            "The two are close to each other. Now make batch normalization itself worse: what does it compute its mean from?",
            lambda r: r["batch_size"] >= 16,
        ),
        Mistake(
            "one normalized layer",
            "The two are close to each other, but only one layer is normalized. Use a little more depth, as much as "
            "the plain network tolerates.",
            lambda r: r["depth"] == 1 and r["batch_size"] <= 3,
        ),
        Mistake(
            "batch still large enough",
            "The two are close to each other, and the batch is small. Make it smaller still: how few examples can a "
            "batch have?",
            lambda r: r["batch_size"] > 3,
        ),
    ],
    otherwise="The plain network is not 0.1 ahead yet. Vary depth and batch size a little, one at a time.",
    hints=[
        "Two things work against batch normalization here: a network that needs no help, and statistics that say little.",
        "A network of three layers trains well without it. Then shrink the batch: with two examples, each unit's "
        "normalized values are +1 and −1 (nearly), whatever went in.",
    ],
    insight="With so few examples per batch, little is left of a unit's values. With two, they are nearly always +1 "
    "and −1: which of the two is larger is all that is left. (With one they are all 0, and nothing of the input is left.) "
    "And at test time the network uses different statistics than in training. "
    "Batch normalization needs a batch. Notebook 06 shows what to use when there is none.",
)
