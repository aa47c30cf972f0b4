"""Notebook 06, experiment: hurt batch normalization."""

from __future__ import annotations

from numbers import Real

from helpers.exercises.engine import ExperimentExercise, Mistake


RACE_START = {"batch_size": 16, "depth": 2, "learning_rate": 0.3}


def _race_missing(result):
    names = ("batch_size", "depth", "learning_rate", "batch", "group")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), Real) for name in names):
        return "Pass what `race(...)` returned: `check(result)`."
    return ""


_LEAD, _LEARNS, _SMALLEST = 0.10, 0.70, 4


hurt_batch_norm = ExperimentExercise(
    measured=_race_missing,
    attempted=lambda r: any(r[name] != value for name, value in RACE_START.items()),
    met=lambda r: (
        r["batch_size"] >= _SMALLEST and r["group"] >= _LEARNS and r["group"] - r["batch"] >= _LEAD - 1e-9
    ),
    report=lambda r: (
        f"Test accuracy: ≈ {r['batch']:.3f} with batch normalization, ≈ {r['group']:.3f} with group normalization."
    ),
    solved="""
        result = race(batch_size=4, depth=6, learning_rate=0.1)
        """,
    mistakes=[
        Mistake(
            "no hidden layer",
            "Without a hidden layer there is no normalization in either network: they are the same. How many hidden "
            "layers must there be for one network to fall behind?",
            lambda r: r["depth"] < 1,
        ),
        Mistake(
            "batch below 4",
            "That is a batch of fewer than 4. Stay at 4 or more, and find what else makes batch normalization worse.",
            lambda r: r["batch_size"] < _SMALLEST,
        ),
        Mistake(
            "both fail",
            "Neither network reaches 0.70. Is the learning rate too large for so many layers, or too small for the "
            "number of steps that 4,000 digits give? Find settings where the one with group normalization learns.",
            lambda r: max(r["batch"], r["group"]) < _LEARNS,
        ),
        Mistake(
            "group normalization fails",
            "The network with group normalization does not reach 0.70, and the other one does. Look first for settings "
            "where it learns: another learning rate, fewer layers, or a smaller batch, which gives more steps.",
            lambda r: r["group"] < _LEARNS,
        ),
        Mistake(
            "batch normalization ahead",
            "Here batch normalization is ahead. How many values does each of its means see? And how many such layers "
            "are stacked?",
            lambda r: r["batch"] > r["group"],
        ),
        Mistake(
            "large batch",
            "Group normalization is not ahead by 0.10, and the batch can still be smaller. What does a smaller batch "
            "do to a mean of batch normalization?",
            lambda r: r["batch_size"] > 8,
        ),
        Mistake(
            "shallow",
            "The batch is small, and group normalization is not ahead by 0.10. Each normalized layer adds its own "
            "noise: what follows from that?",
            lambda r: r["depth"] <= 3,
        ),
    ],
    otherwise="Group normalization is not yet ahead by 0.10. Go on in the direction that widened the gap, and keep an "
    "eye on the learning rate.",
    hints=[
        "Two things add up: how noisy a single mean is, and how often this noise is added on the way through the "
        "network.",
        "Take a batch of 4 and more hidden layers. If the network with group normalization fails as well, lower the "
        "learning rate.",
    ],
    insight="Having only a few values per mean does little harm in one or two layers, but much in every layer of a "
    "deep network. The paper's network has some fifty normalized layers. That may be why small batches hurt it, "
    "although its means are over more values than ours.",
)
