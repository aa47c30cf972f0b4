"""Notebook 05, experiment: a duel."""

from __future__ import annotations

from helpers.exercises.engine import ExperimentExercise, Mistake
from helpers.exercises.what_batch_normalization_does._shared import _START, _duel_missing, _duel_report


lose_with_batch_norm = ExperimentExercise(
    measured=_duel_missing,
    attempted=lambda r: any(r[name] != value for name, value in _START.items()),
    met=lambda r: r["without"] - r["batch"] >= 0.1,
    report=_duel_report,
    solved="""
        result = duel(learning_rate=0.1, batch_size=2, depth=3)
        """,
    mistakes=[
        Mistake(
            "both fail",
            "Neither network has learned, so nothing can be compared. Which change helps the *plain* network? And "
            "which one takes from batch normalization what it works with?",
            lambda r: max(r["without"], r["batch"]) < 0.4,
        ),
        Mistake(
            "the plain network fails",
            "The plain network is the one that fails here. That is too deep for it, or too fast, with its initial "
            "weights: make it easy for the plain network first.",
            lambda r: r["without"] < 0.4,
        ),
        Mistake(
            "depth alone",
            "Fewer layers help the plain network, and the gap is nearly closed. Now make batch normalization itself "
            "worse: what does it compute its mean from?",
            lambda r: r["depth"] < 10 and r["batch_size"] >= 16,
        ),
        Mistake(
            "batch still large enough",
            "Each mean is still taken over enough examples to be useful. How few can there be?",
            lambda r: r["batch_size"] > 3,
        ),
    ],
    otherwise="The plain network is not 0.1 ahead yet. Go on in the direction that brought it nearer.",
    hints=[
        "Two things work against batch normalization here: a network that needs no help, and statistics that are "
        "worth nothing.",
        "A network of three layers trains well without. Then shrink the batch: with two examples, each unit's "
        "normalized values are +1 and −1 (nearly), whatever went in.",
    ],
    insight="With two examples a batch, a unit's normalized values are nearly always +1 and −1: which of the two is "
    "larger is all that is left. (With one example they are all 0, and nothing of the input is left.) "
    "And at test time other statistics are used than those that it was trained with. "
    "Batch normalization needs a batch. Notebook 06 shows what to use when there is none.",
)
