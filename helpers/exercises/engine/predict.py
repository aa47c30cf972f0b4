"""Exercises whose answer is a prediction: numbers or choices, before a cell shows them."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from helpers.exercises.engine.base import Exercise, Mistake, listed, shown
from helpers.exercises.verdict import Verdict


class PredictExercise(Exercise):
    """Commit to values or choices before a cell shows them.

    The answer is a dictionary like the solution, whose untouched values are None. One cause is told
    once: where it explains several entries (``patterns``), where several entries' known mistakes
    have the same message, and where an entry follows from a wrong one before it (``follows``).

    Args:
        solution: name to value (numbers, strings, booleans or tuples of integers).
        variable: the name of the student's variable, for ``solved_cell``.
        mistakes: name of the entry to its known wrong answers.
        patterns: mistakes whose ``answer`` maps entries to the values that one cause gives them. A
            pattern is named where it explains at least two wrong entries; its message speaks of
            those that are listed before it, and of no other.
        follows: name of an entry to the names of those that it is computed from, and the function
            of their values. A wrong value that follows from wrong ones is not wrong in itself.
        choices: name of the entry to the values it may take, where it is a choice.
        dimensions: name of the entry to a number of axes, where the answer is a tuple of axes: then
            their order does not matter, and -1 is as good a name for the last axis as its number.
        tolerance: relative, for floats.
    """

    kind = "predict"

    def __init__(
        self,
        solution: Mapping[str, Any],
        *,
        variable: str,
        mistakes: Mapping[str, Sequence[Mistake]],
        patterns: Sequence[Mistake] = (),
        follows: Mapping[str, tuple[Sequence[str], Callable[..., Any]]] | None = None,
        choices: Mapping[str, Sequence[Any]] | None = None,
        dimensions: Mapping[str, int] | None = None,
        tolerance: float = 1e-3,
        points: int = 1,
        hints: Sequence[str],
        insight: str,
    ) -> None:
        super().__init__(points=points, hints=hints, insight=insight)
        self.answers = dict(solution)
        self.variable = variable
        self.mistakes_by_entry = {entry: tuple(known) for entry, known in mistakes.items()}
        self.patterns = tuple(patterns)
        self.follows = dict(follows or {})
        self.choices = {entry: tuple(values) for entry, values in (choices or {}).items()}
        self.dimensions = dict(dimensions or {})
        self.tolerance = tolerance

    def solved_cell(self) -> str:
        entries = "".join(f"    {key!r}: {value!r},\n" for key, value in self.answers.items())
        return f"{self.variable} = {{\n{entries}}}\n"

    def evaluate(self, answer: Any) -> Verdict:
        if answer is None or answer is Ellipsis:
            return self._untouched()
        if not isinstance(answer, Mapping) or set(answer) != set(self.answers):
            keys = ", ".join(f"`{key!r}`" for key in self.answers)
            came = (
                f"keys {sorted(map(str, answer))}" if isinstance(answer, Mapping) else f"a `{type(answer).__name__}`"
            )
            return self._verdict("unusable", f"Expected a dictionary with the keys {keys}; got {came}.")
        empty = [key for key in self.answers if answer[key] is None or answer[key] is Ellipsis]
        if len(empty) == len(self.answers):
            return self._untouched()
        given = {key: self._plain(key, answer[key]) for key in self.answers if key not in empty}
        unusable = {key: problem for key, value in given.items() if (problem := self._type_problem(key, value))}
        given = {key: value for key, value in given.items() if key not in unusable}
        wrong = [key for key, value in given.items() if not self._equal(key, value, self.answers[key])]
        # Two values read from a figure may be right within the tolerance, and their quotient just outside.
        wrong = [key for key in wrong if not (self._follows(key, given) and not self._sources(key, wrong))]
        said, names, unnamed = self._explain(wrong, given)
        if unusable:
            return self._verdict("unusable", *unusable.values(), *said, mistakes=names)
        open_ones = f"Still open: {listed(empty)}." if empty else ""
        if wrong:
            right_ones = [key for key in given if key not in wrong]
            good = f"Right: {listed(right_ones)}." if right_ones else ""
            state = "wrong" if unnamed else "known mistake"
            return self._verdict(state, *said, good, open_ones, mistakes=names)
        if empty:
            return self._verdict("partly answered", "So far right.", open_ones)
        return self._verdict("correct", self.insight)

    def _untouched(self) -> Verdict:
        return self._verdict("not attempted", "Replace every `None` with your answer, run the cell, then this one.")

    def _explain(self, wrong: Sequence[str], given: Mapping[str, Any]) -> tuple[list[str], tuple[str, ...], bool]:
        """What is said of the wrong entries; the names of the mistakes; whether one of them stays unnamed."""
        named: dict[str, Mistake] = {}
        for pattern in sorted(self.patterns, key=lambda p: -len(self._explained(p, wrong, given))):
            explained = [key for key in self._explained(pattern, wrong, given) if key not in named]
            if len(explained) > 1:
                named |= dict.fromkeys(explained, pattern)
        following = {key for key in wrong if key not in named and self._follows(key, given)}
        for key in wrong:
            if key not in named and key not in following:
                known = self.mistakes_by_entry.get(key, ())
                found = next((m for m in known if self._equal(key, given[key], _value(m.answer, given))), None)
                named |= {key: found} if found else {}
        said, told = [], set()
        for key in wrong:
            if key in following:
                sources = self._sources(key, wrong)
                said.append(
                    f"`{key}`: this fits your {listed(sources)}, and has to change when you correct {_it(sources)}."
                )
            elif key not in named:
                said.append(f"`{key}`: {self._unnamed(key, given[key])}")
            elif key not in told:
                together = [other for other in wrong if other in named and named[other].message == named[key].message]
                told.update(together)
                said.append(f"{listed(together)}: {named[key].message}")
        unnamed = any(key not in named and key not in following for key in wrong)
        return said, tuple(dict.fromkeys(mistake.name for mistake in named.values())), unnamed

    def _explained(self, pattern: Mistake, wrong: Sequence[str], given: Mapping[str, Any]) -> list[str]:
        return [key for key in wrong if key in pattern.answer and self._equal(key, given[key], pattern.answer[key])]

    def _follows(self, key: str, given: Mapping[str, Any]) -> bool:
        """Whether this value is what the student's other values lead to."""
        if key not in self.follows:
            return False
        sources, function = self.follows[key]
        if any(source not in given for source in sources):
            return False
        target = _value(lambda values: function(*(values[source] for source in sources)), given)
        # Arithmetic on one's own numbers may be rounded; it is not read from a figure.
        return self._equal(key, given[key], target, tolerance=min(self.tolerance, 0.05))

    def _sources(self, key: str, wrong: Sequence[str]) -> list[str]:
        return [source for source in self.follows[key][0] if source in wrong]

    def _unnamed(self, key: str, value: Any) -> str:
        right = self.answers[key]
        is_number = isinstance(right, (int, float)) and not isinstance(right, bool)
        if is_number and right and self._equal(key, -value, right):
            return "the size is right, the sign is not."
        return f"{shown(value)} is not right."

    def _plain(self, key: str, value: Any) -> Any:
        """``value`` without what is only a matter of type: NumPy's numbers, strings and arrays, fractions, capitals."""
        if hasattr(value, "numpy"):
            value = value.numpy()
        if isinstance(value, (np.generic, np.ndarray)):
            value = value.item() if value.size == 1 and not isinstance(self.answers[key], tuple) else value.tolist()
        if isinstance(value, numbers.Rational) and not isinstance(value, numbers.Integral):
            value = float(value)
        if isinstance(value, str):
            alike = [c for c in self.choices.get(key, ()) if str(c).casefold() == value.strip().casefold()]
            value = alike[0] if len(alike) == 1 else value
        return value

    def _type_problem(self, key: str, value: Any) -> str:
        right = self.answers[key]
        if key in self.choices and not any(_exactly(value, choice) for choice in self.choices[key]):
            return f"`{key}` takes one of {', '.join(f'`{c!r}`' for c in self.choices[key])}; got {shown(value)}."
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if isinstance(right, (int, float)) and not isinstance(right, bool) and not is_number:
            return f"`{key}` takes a number; got {shown(value)}."
        if key in self.dimensions and is_number:
            value = (value,)  # NumPy takes axis=0 for (0,), too
        if isinstance(right, tuple) and not _whole_numbers(value):
            return f"`{key}` takes a tuple of whole numbers, such as `(2, 7)` or `(7,)`; got {shown(value)}."
        return ""

    def _equal(self, key: str, value: Any, target: Any, tolerance: float | None = None) -> bool:
        tolerance = self.tolerance if tolerance is None else tolerance
        if target is None:
            return False
        if key in self.dimensions:
            count = self.dimensions[key]
            value = value if isinstance(value, (tuple, list)) else (value,)
            named = [axis + count if -count <= axis < 0 else axis for axis in value]
            return sorted(named) == sorted(target)
        if isinstance(target, (tuple, list)):
            return tuple(value) == tuple(target)
        if isinstance(target, float) and isinstance(value, (int, float)):
            return bool(np.isclose(value, target, rtol=tolerance, atol=0 if target else 1e-5))
        return bool(value == target)


def _value(answer: Any, given: Mapping[str, Any]) -> Any:
    """A known mistake's value; where it depends on the student's other values and these are not there, None."""
    if not callable(answer):
        return answer
    try:
        return answer(given)
    except (KeyError, TypeError, ArithmeticError, ValueError):
        return None


def _it(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"


def _exactly(value: Any, choice: Any) -> bool:
    return type(value) is type(choice) and value == choice or (
        isinstance(choice, tuple) and isinstance(value, (tuple, list)) and tuple(value) == choice
    )


def _whole_numbers(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and all(
        isinstance(v, (int, float, np.integer)) and not isinstance(v, bool) and np.isfinite(v) and v == int(v)
        for v in value
    )
