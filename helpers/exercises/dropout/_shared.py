"""What exercises of notebook 10 share."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import same
from helpers.exercises.engine import CodeExercise


class _Drawing(CodeExercise):
    """An exercise in which students draw random numbers of their own.

    Args:
        own_draws: said first of a wrong answer that gives something else at every call.
        ignored: an argument's place, and what is said of an unknown answer that is the same with another such array.
    """

    def __init__(self, *arguments, own_draws: str, ignored: tuple[int, str] | None = None, **options):
        self.own_draws = own_draws
        self.ignored = ignored
        super().__init__(*arguments, **options)

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state not in ("wrong", "known mistake") or not callable(answer):
            return verdict
        for case in self._make_cases():
            if self._differ(answer, case.args, case.args):
                return self._verdict("known mistake", self.own_draws, mistakes=("draws its own numbers",))
        if self.ignored and not verdict.mistakes:
            place, text = self.ignored
            args = self._make_cases()[0].args
            calls = [(*args[:place], other, *args[place + 1 :]) for other in _others(args[place])]
            if all(self._differ(answer, args, call) is False for call in calls):
                return self._verdict("known mistake", text, mistakes=("ignores what is given",))
        return verdict

    def _differ(self, answer, *calls) -> bool | None:
        """Whether two calls give different arrays; None where one gives none."""
        values = [
            sandbox.call(lambda: answer(*copy.deepcopy(args)), cpu_seconds=self.cpu_seconds).value for args in calls
        ]
        first, second = (_arrays(value) for value in values)
        if not first or len(first) != len(second):
            return None
        return not all(same(a, b) for a, b in zip(first, second))


def _others(given: np.ndarray) -> list[np.ndarray]:
    """Other arrays of shares or of truth values: turned round, all high, all low, one row high."""
    high = given.copy()
    high[0] = True if given.dtype == bool else 0.999
    return [np.flip(given), np.broadcast_to(high[0, 0], given.shape).copy(), np.zeros_like(given), high]


def _arrays(value) -> list[np.ndarray]:
    """The numeric arrays in what was returned."""
    values = value if isinstance(value, (tuple, list)) else (value,)
    return [np.asarray(v) for v in values if isinstance(v, (np.ndarray, np.floating)) and np.asarray(v).dtype.kind in "fiub"]
