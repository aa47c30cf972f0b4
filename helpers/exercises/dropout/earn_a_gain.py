"""Notebook 10, experiment: what a dropout network needs."""

from __future__ import annotations

import functools
import inspect

from helpers.exercises.engine import ExperimentExercise, Mistake
from helpers.exercises.engine.experiment import _same_result


_TRIAL = ("units", "rate_pixels", "rate_hidden", "without", "dropout")


_TRIAL_START = {"units": 32, "rate_pixels": 0.2, "rate_hidden": 0.5}


def _trial_missing(result) -> str:
    if not isinstance(result, dict) or any(name not in result for name in _TRIAL):
        return "`check` takes what `trial(...)` returns: `result = trial(units=..., rate_pixels=..., rate_hidden=...)`."
    return ""


def _trial_gain(result) -> float:
    return result["without"] - result["dropout"]


class _WithTheGivenSeeds(ExperimentExercise):
    """A gain found by trying seeds is no gain: runs with others are told apart."""

    def __init__(self, **options):
        super().__init__(**options)
        self._other_seeds = []

    def remember(self, function):
        given = inspect.signature(function).parameters.get("seeds")
        noted = super().remember(function)

        @functools.wraps(function)
        def noted_with_seeds(*args, **kwargs):
            result = noted(*args, **kwargs)
            seeds = inspect.signature(function).bind(*args, **kwargs).arguments.get("seeds") if given else None
            if seeds is not None and tuple(seeds) != given.default:
                self._other_seeds.append(self._runs.pop())
            return result

        return noted_with_seeds

    def evaluate(self, answer):
        if isinstance(answer, dict) and any(_same_result(answer, run) for run in self._other_seeds):
            return self._verdict(
                "unusable",
                "This was measured with seeds of your own. Leave the three given ones: call `trial` without `seeds`.",
            )
        return super().evaluate(answer)


earn_a_gain = _WithTheGivenSeeds(
    measured=_trial_missing,
    attempted=lambda r: any(r[name] != value for name, value in _TRIAL_START.items()),
    met=lambda r: _trial_gain(r) >= 1 and max(r["rate_pixels"], r["rate_hidden"]) > 0 and r["without"] < 30,
    report=lambda r: f"Validation error without dropout ≈ {r['without']:.2f} %, with it ≈ {r['dropout']:.2f} %: a gain "
    f"of ≈ {_trial_gain(r):.2f} points.",
    solved="""
        result = trial(units=32, rate_pixels=0.3, rate_hidden=0.0)
        """,
    mistakes=[
        Mistake(
            "no dropout",
            "Both rates are 0: no unit is ever dropped. Any difference comes from the learning rate.",
            lambda r: r["rate_pixels"] == 0 and r["rate_hidden"] == 0,
        ),
        Mistake(
            "too small",
            "Without dropout the network errs on 30 % of the digits or more: it has other problems than overfitting. "
            "Give "
            "it more units.",
            lambda r: r["without"] >= 30,
        ),
        Mistake(
            "more than half wrong",
            "With dropout the network errs on more than half of the digits. Drop much less.",
            lambda r: r["dropout"] > 50,
        ),
        Mistake(
            "p for the rate",
            "0.8 is the paper's p for inputs, the share *kept*. Here 0.8 of the pixels are dropped. Which rate belongs to "
            "that p?",
            lambda r: 0.79 <= r["rate_pixels"] <= 0.81,
        ),
        Mistake(
            "hidden units only",
            "Only hidden units are dropped. Of which units does the network have many more?",
            lambda r: r["rate_pixels"] == 0,
        ),
        Mistake(
            "too many pixels dropped",
            "Two thirds of the pixels or more are dropped. Drop fewer of them.",
            lambda r: r["rate_pixels"] >= 0.65,
        ),
        Mistake(
            "too few hidden units are left",
            "How many hidden units of a layer are left on average in a training step? A network with so few can spare "
            "hardly any: lower their rate.",
            lambda r: r["rate_hidden"] > 0.05 and r["units"] * (1 - r["rate_hidden"]) < 24,
        ),
        Mistake(
            "hidden rate too high",
            "The rate of the hidden units is high, as if the layers were as large as the paper's. Lower it, and see what "
            "becomes of the gain; then look for the rate of the pixels.",
            lambda r: r["rate_hidden"] >= 0.4,
        ),
        Mistake(
            "too gentle",
            "At most a tenth of the units is dropped, and the network can take more noise than that: in the pixels.",
            lambda r: r["rate_pixels"] <= 0.1 and r["rate_hidden"] <= 0.1 and _trial_gain(r) > -0.5,
        ),
        Mistake(
            "large network",
            "A gain, but of less than one point. A network of this size can take more noise in the pixels; a smaller one "
            "gains its point more easily.",
            lambda r: r["units"] > 100 and 0 < _trial_gain(r) and r["rate_pixels"] < 0.4,
        ),
    ],
    otherwise="Not one point yet. Change one setting at a time, and see which way the gain goes.",
    hints=[
        "Of 32 hidden units a rate of 0.5 leaves 16 in each layer. What does the network suffer from: too much "
        "freedom, or too little?",
        "There are two kinds of units to drop, 784 pixels and a few hidden ones. Which of the two can be spared more "
        "easily? Try them one at a time, with the other rate at 0.",
        "Neighbouring pixels hold nearly the same information. Drop between a fifth and a third of them, and few "
        "hidden units.",
    ],
    insight="Rates are not good or bad by themselves. Of 784 pixels a third can be missing and the digit is still "
    "there: noise that costs little and keeps the network from relying on single pixels. Hidden units of a small "
    "network "
    "cannot be spared so easily; the paper's 0.5 is meant for layers of a thousand. You have chosen on validation "
    "digits; the test digits have not been touched.",
)
