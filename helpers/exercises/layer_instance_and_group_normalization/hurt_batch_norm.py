"""Notebook 06, experiment: hurt batch normalization."""

from __future__ import annotations

from helpers.exercises.engine import ExperimentExercise, Mistake


RACE_START = {"batch_size": 16, "depth": 2, "learning_rate": 0.3}


def _race_missing(result):
    names = ("batch_size", "depth", "learning_rate", "batch", "group")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), (int, float)) for name in names):
        return "Pass what `race(...)` returned: `check(result)`."
    return ""


_LEAD, _LEARNS, _SMALLEST = 0.10, 0.70, 4


hurt_batch_norm = ExperimentExercise(
    measured=_race_missing,
    attempted=lambda r: any(r[name] != value for name, value in RACE_START.items()),
    met=lambda r: (
        r["batch_size"] >= _SMALLEST and r["group"] >= _LEARNS and r["group"] - r["batch"] >= _LEAD
    ),
    report=lambda r: (
        f"Test accuracy: ≈ {r['batch']:.2f} with batch normalization, ≈ {r['group']:.2f} with group normalization."
    ),
    solved="""
        result = race(batch_size=4, depth=6, learning_rate=0.1)
        """,
    mistakes=[
        Mistake(
            "no hidden layer",
            "Without a hidden layer there is no normalization in either network: they are the same. How many must "
            "there be for one to fall behind?",
            lambda r: r["depth"] < 1,
        ),
        Mistake(
            "batch below 4",
            "That is a batch of fewer than 4. There it is no art: stay at 4 or more, and find what else makes it "
            "worse.",
            lambda r: r["batch_size"] < _SMALLEST,
        ),
        Mistake(
            "both fail",
            "The network with group normalization has not learned enough, either (0.70 is asked for): depth "
            "and learning rate together are too much for it, or its steps too few. Which can you take back?",
            lambda r: r["group"] < _LEARNS,
        ),
        Mistake(
            "batch normalization ahead",
            "Here batch normalization is ahead. How many values does each of its means see? And how many such layers "
            "are there, one upon the other?",
            lambda r: r["batch"] > r["group"],
        ),
        Mistake(
            "large batch",
            "With so many examples in a mean there is little to lose. Make the batch smaller first.",
            lambda r: r["batch_size"] > 8,
        ),
        Mistake(
            "shallow",
            "The batch is small, and group normalization is ahead by less than 0.10. The harm is done in each "
            "normalized layer anew: what follows?",
            lambda r: r["depth"] <= 3,
        ),
    ],
    otherwise="Group normalization is ahead, but by less than 0.10. Go on in the direction that widened the gap, and "
    "keep an eye on the learning rate.",
    hints=[
        "Two things add up: how noisy a single mean is, and how often this noise is added on the way through the "
        "network.",
        "Take a batch of 4 and more hidden layers. If the network with group normalization fails as well, lower the "
        "learning rate.",
    ],
    insight="Few values a mean can be borne once or twice, not in every layer of a deep network. A network with fifty "
    "normalized layers, as in the paper, feels a small batch sooner than ours do.",
)
