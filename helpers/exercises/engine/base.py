"""What every kind of exercise is made of: known mistakes, points, hints, the verdict's words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.exercises.comparing import number
from helpers.exercises.verdict import Verdict


class CheckFailed(AssertionError):
    """A check did not pass while ``HELPERS_STRICT=1``: for grading and for the course's own tests."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that students really give.

    Attributes:
        name: short and stable, for tests.
        message: what is wrong, why it matters and what to look at; never the solution's code.
        answer: for a code exercise a function that makes the mistake; for a prediction the wrong
            value, or a function that takes the student's values and returns it; for an experiment a
            function that takes the measured result and says whether this is what went wrong.
        outputs: names of the outputs this mistake is about; empty means those that it gets wrong.
            It is named only where it explains them all.
    """

    name: str
    message: str
    answer: Any
    outputs: tuple[str, ...] = ()


class Exercise:
    """What all kinds share: a name, points, hints one at a time, the solution on request."""

    kind = ""
    minutes = 8  # that an experiment takes

    def __init__(self, *, points: int, hints: Sequence[str], insight: str) -> None:
        self.name = ""  # the attribute's name in its module, given by ``name_exercises``
        self.points = points
        self.hints = tuple(hints)
        self.insight = insight
        self._hints_given = 0

    def check(self, answer: Any = None) -> None:
        """Say what is right or wrong with ``answer``. Shows the verdict; returns nothing.

        Raises:
            CheckFailed: the answer does not pass and HELPERS_STRICT=1 is set.
        """
        verdict = self.evaluate(answer)
        verdict.display()
        if os.environ.get("HELPERS_STRICT") == "1" and not verdict.passed:
            raise CheckFailed(str(verdict))

    def evaluate(self, answer: Any) -> Verdict:
        """Return the verdict on ``answer`` without showing it."""
        raise NotImplementedError

    def hint(self) -> None:
        """Show the next hint, from a nudge to a sketch; after the last one, start again."""
        total = len(self.hints)
        number = self._hints_given % total
        self._hints_given += 1
        more = f"Hint {number + 1} of {total}" + (". Ask again for the next." if number + 1 < total else ".")
        Verdict("hint", self.name, (self.hints[number], more)).display()

    def solution(self) -> None:
        """Show one solution: the source that the course's own tests run."""
        Verdict("solution", self.name, ("One way to write it:",), code=self.solved_cell()).display()

    def solved_cell(self) -> str:
        """Return the source that solves the student's cell."""
        raise NotImplementedError

    def _verdict(self, state: str, *paragraphs: str, code: str = "", mistakes: tuple[str, ...] = ()) -> Verdict:
        return Verdict(state, self.name, tuple(p for p in paragraphs if p), code, mistakes)


def catalogue(module: Any) -> dict[str, Exercise]:
    """Return a module's exercises by name, in the order of their definition."""
    return {name: value for name, value in vars(module).items() if isinstance(value, Exercise)}


def name_exercises(namespace: dict[str, Any]) -> None:
    """Give every exercise of a module its attribute's name: ``name_exercises(globals())`` at the end."""
    for name, value in namespace.items():
        if isinstance(value, Exercise):
            value.name = name


def shown(value: Any) -> str:
    """``value`` as a message shows it: four digits of a float, no more than the type of what is not plain."""
    if isinstance(value, (float, np.floating)):
        return f"`{number(value)}`"
    return f"`{value!r}`" if isinstance(value, (str, int, bool, tuple, list)) else f"a `{type(value).__name__}`"


def listed(names: Sequence[str]) -> str:
    """The names between backquotes, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)
