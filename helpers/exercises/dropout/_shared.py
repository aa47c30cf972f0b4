"""What exercises of notebook 10 share."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import same
from helpers.exercises.engine import CodeExercise


class _Drawing(CodeExercise):
    """A wrong answer that gives something else at every call draws random numbers of its own: that is said first."""

    def __init__(self, *arguments, own_draws: str, **options):
        self.own_draws = own_draws
        super().__init__(*arguments, **options)

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state not in ("wrong", "known mistake") or not callable(answer):
            return verdict
        for case in self._make_cases():
            first, second = (
                sandbox.call(lambda: answer(*copy.deepcopy(case.args)), cpu_seconds=self.cpu_seconds).value
                for _ in range(2)
            )
            arrays = [a for a in (first, second) if isinstance(a, np.ndarray)]
            if len(arrays) == 2 and not same(*arrays):
                return self._verdict("known mistake", self.own_draws, mistakes=("draws its own numbers",))
        return verdict
