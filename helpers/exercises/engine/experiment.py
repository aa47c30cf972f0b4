"""Exercises whose answer is a measurement."""

from __future__ import annotations

import copy
import functools
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from helpers.exercises.engine.base import Exercise, Mistake
from helpers.exercises.verdict import Verdict


class ExperimentExercise(Exercise):
    """Change settings until something measured meets a target.

    The notebook's function that measures stands under ``@exercises.<name>.remember``: the check
    judges only what that function, a dictionary of settings and numbers, has returned.

    Args:
        measured: takes the student's result; returns "" when it is complete, else what is missing.
        met: takes the result; True when the target is met.
        attempted: takes the result; False while the settings are still the untouched ones.
        report: takes the result; one sentence with the measured numbers, each as ``≈ 0.93``.
        mistakes: predicates on the result with their messages; the first that is True is named. A
            message speaks of a cause only where the measured numbers show it.
        otherwise: said where none of them is True.
        solved: the source of a student's cell that meets the target.
    """

    kind = "experiment"

    def __init__(
        self,
        *,
        measured: Callable[[Any], str],
        attempted: Callable[[Any], bool],
        met: Callable[[Any], bool],
        report: Callable[[Any], str],
        mistakes: Sequence[Mistake],
        otherwise: str,
        solved: str,
        points: int = 3,
        hints: Sequence[str],
        insight: str,
    ) -> None:
        super().__init__(points=points, hints=hints, insight=insight)
        self._measured = measured
        self._attempted = attempted
        self._met = met
        self._report = report
        self.mistakes = tuple(mistakes)
        self._otherwise = otherwise
        self._solved = textwrap.dedent(solved).lstrip("\n")
        self._runs: list[Any] = []
        self._function = ""

    def remember(self, function: Callable) -> Callable:
        """Return ``function``, whose results are noted from now on: ``@exercises.<name>.remember``."""
        self._function = function.__name__

        @functools.wraps(function)
        def noted(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            self._runs.append(copy.deepcopy(result))
            return result

        return noted

    def solved_cell(self) -> str:
        return self._solved

    def evaluate(self, answer: Any) -> Verdict:
        if answer is None or answer is Ellipsis:
            return self._verdict("not attempted", "Run the cell above with settings of your own, then this one.")
        missing = self._measured(answer)
        if missing:
            return self._verdict("unusable", missing)
        if not any(_same_result(answer, run) for run in self._runs):
            return self._verdict("unusable", self._not_measured())
        if not self._attempted(answer):
            return self._verdict(
                "not attempted", "These are the settings as they came. Change them, run the cell, then this one."
            )
        if self._met(answer):
            return self._verdict("correct", self._report(answer), self.insight)
        mistake = next((m for m in self.mistakes if m.answer(answer)), None)
        if mistake:
            return self._verdict("known mistake", self._report(answer), mistake.message, mistakes=(mistake.name,))
        return self._verdict("wrong", self._report(answer), self._otherwise)

    def _not_measured(self) -> str:
        if not self._function:
            return (
                "Nothing has been measured yet. Run the cell that defines the function, call the function, and pass "
                "what it returns to `check`."
            )
        return (
            f"No run gave this result. Pass what `{self._function}` returned to `check`, unchanged: numbers that "
            "were typed in, or changed afterwards, are not a measurement."
        )


def _same_result(answer: Any, run: Any) -> bool:
    return answer.keys() == run.keys() and all(
        np.array_equal(answer[key], run[key]) or str(answer[key]) == str(run[key]) == "nan" for key in run
    )
