"""Exercises that say what is wrong.

Three kinds: ``CodeExercise`` (write a function), ``PredictExercise`` (commit to values or choices
before a cell shows them), ``ExperimentExercise`` (change settings until a measured target is met).
All answer to ``check(answer)``, ``hint()`` and ``solution()``. A check never raises into the
notebook, except in a grading run: with ``HELPERS_STRICT=1`` in the environment a check that does
not pass raises ``CheckFailed``.

A known mistake of a code exercise is code: a wrong implementation with its message. The check runs
the student's function and all known mistakes on the same inputs and names the one that behaves
the same. With several outputs a mistake is named only where it explains every output that it is
about, so two mistakes about different outputs are named both.
"""

from __future__ import annotations

import copy
import dis
import inspect
import os
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import Problem, as_array, first_difference, number, rounded, same
from helpers.exercises.verdict import Verdict


class CheckFailed(AssertionError):
    """A check did not pass while ``HELPERS_STRICT=1``: for grading and for the course's own tests."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that students really give.

    Attributes:
        name: short and stable, for tests.
        message: what is wrong, why it matters and what to look at; never the solution's code.
        answer: for a code exercise a function that makes the mistake; for a predict exercise the
            wrong value; for an experiment a function that takes the measured result and says
            whether this is what went wrong.
        outputs: names of the outputs this mistake is about; empty means those that it gets wrong.
            It is named only where it explains them all.
    """

    name: str
    message: str
    answer: Any
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Property:
    """Something every right answer has, to be told to a student whose mistake is not known.

    Attributes:
        text: the property, as a sentence that is false for the student's answer.
        holds: called with the case's arguments and the list of outputs (arrays).
    """

    text: str
    holds: Callable[[tuple, list[np.ndarray]], bool]


@dataclass(frozen=True)
class Case:
    """One call of the student's function.

    Attributes:
        text: what the inputs are, as in "on a batch of shape (4, 3)".
        args: positional arguments; the student's function gets copies.
    """

    text: str
    args: tuple


class Exercise:
    """What all kinds share: a name, points, hints one at a time, the solution on request."""

    kind = ""

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


class CodeExercise(Exercise):
    """Write a function.

    Args:
        solution: the function itself; its signature is the one students must offer.
        cases: calls on which the answer is compared with the solution. The first is the plainest.
        outputs: the names of what it returns, in order; one name for a single array.
        mistakes: wrong implementations, each with its message; one that raises is known by its error.
        properties: told where the mistake is not known; the first that fails is named.
        variants: other right implementations; only the tests use them.
        given: returns what the solution's source uses and the notebook has defined before (NumPy apart), by name.
    """

    kind = "code"
    cpu_seconds: float | None = None  # for one call; the sandbox's own limit unless set

    def __init__(
        self,
        solution: Callable,
        *,
        cases: Callable[[], Sequence[Case]],
        outputs: Sequence[str],
        mistakes: Sequence[Mistake],
        properties: Sequence[Property] = (),
        variants: Sequence[Callable] = (),
        given: Callable[[], Mapping[str, Any]] = dict,
        points: int = 2,
        hints: Sequence[str],
        insight: str,
    ) -> None:
        super().__init__(points=points, hints=hints, insight=insight)
        self._solution = solution
        self._make_cases = cases
        self.outputs = tuple(outputs)
        self.mistakes = tuple(mistakes)
        self.properties = tuple(properties)
        self.variants = tuple(variants)
        self.given = given
        self._reference: list[tuple[Case, list[np.ndarray]]] | None = None
        self._wrong: dict[str, list[list[np.ndarray | Exception]]] = {}

    def solved_cell(self) -> str:
        return textwrap.dedent(inspect.getsource(self._solution))

    def evaluate(self, answer: Any) -> Verdict:
        self._prepare()
        refusal = self._not_a_fitting_function(answer)
        if refusal:
            return refusal
        results: list[list[np.ndarray]] = []
        printed = shapes = ""
        for case, expected in self._reference:
            args = copy.deepcopy(case.args)
            outcome = sandbox.call(lambda: answer(*args), cpu_seconds=self.cpu_seconds)
            printed = printed or outcome.printed
            refusal = self._refuse_outcome(answer, case, args, outcome)
            if refusal:
                known = self._known_by_error(results, outcome.error)
                if known is None:
                    return refusal
                said = (known.message, *refusal.paragraphs)
                return self._verdict("known mistake", *said, code=refusal.code, mistakes=(known.name,))
            arrays = self._arrays(outcome.value, expected, case)
            if isinstance(arrays, Problem):
                hint = "What it printed is not what it returns." if outcome.printed else ""
                # A wrong shape may be a mistake we know; the shape alone would say less.
                known = self._known_by_case(len(results), outcome.value)
                if known:
                    return self._name(known, [], printed)
                return self._verdict("unusable", arrays.text, f"That was {case.text}.", hint)
            shapes = shapes or self._other_shape(outcome.value, expected)
            results.append(arrays)
        return self._compare(results, printed, shapes)

    def _prepare(self) -> None:
        """Run the solution and the known mistakes once; every later check reuses the results."""
        if self._reference is not None:
            return
        reference = []
        for case in self._make_cases():
            value = self._solution(*copy.deepcopy(case.args))
            values = (value,) if len(self.outputs) == 1 else value
            reference.append((case, [np.asarray(v) for v in values]))
        self._reference = reference
        self._wrong = {m.name: [self._raw(m.answer, case) for case, _ in reference] for m in self.mistakes}

    def _raw(self, function: Callable, case: Case) -> list[np.ndarray | Exception]:
        """Outputs of a known mistake on one case; where it raises, its error in place of each."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = function(*copy.deepcopy(case.args))
        except Exception as error:  # noqa: BLE001 - some mistakes cannot take every input
            return [error] * len(self.outputs)
        values = (value,) if len(self.outputs) == 1 else value
        return [np.asarray(v) for v in values]

    def _not_a_fitting_function(self, answer: Any) -> Verdict | None:
        name = self._solution.__name__
        if answer is None or answer is Ellipsis:
            return self._verdict("not attempted", f"Write `{name}` in the cell above, run it, then run this one.")
        if not callable(answer):
            return self._verdict(
                "unusable",
                f"`check` takes your function itself, and got a `{type(answer).__name__}`. "
                f"Pass the name without calling it: `check({name})`.",
            )
        if inspect.iscoroutinefunction(answer):
            return self._verdict("unusable", f"Calling an `async def` does not run it. Write `def {name}`.")
        if _is_stub(answer):
            return self._verdict("not attempted", f"Replace the `...` in `{name}`, run the cell, then run this one.")
        try:
            signature = inspect.signature(answer)
        except (TypeError, ValueError):
            return None
        wanted = inspect.signature(self._solution)
        for case, _ in self._reference:
            count = len(case.args)
            try:
                signature.bind(*case.args)
            except TypeError:
                return self._verdict(
                    "unusable",
                    f"It is called as `{name}{_plain(wanted)}`, with {count} argument{'s' * (count > 1)} by "
                    f"position; yours is `{getattr(answer, '__name__', 'function')}{_plain(signature)}`.",
                )
        return None

    def _refuse_outcome(self, answer: Callable, case: Case, args: tuple, outcome: sandbox.Outcome) -> Verdict | None:
        if outcome.timed_out:
            rest = (
                "It is still running: restart the kernel (Kernel → Restart) before you go on."
                if outcome.still_running
                else "It was stopped. The inputs are small: either a loop never reaches its end, or it does far more "
                "than is needed."
            )
            return self._verdict("unusable", f"It did not return in time {case.text}.", rest)
        if outcome.error is not None:
            sentence, where = sandbox.describe_error(outcome.error, answer)
            pictures = any(isinstance(arg, np.ndarray) and arg.ndim == 4 for arg in case.args)
            layout = "Here the channels come last: (N, H, W, C)." if pictures else ""
            return self._verdict("unusable", sentence, f"That was {case.text}.", layout, code=where)
        parameters = list(inspect.signature(self._solution).parameters)
        for name, before, after in zip(parameters, case.args, args):
            if isinstance(before, np.ndarray) and not _untouched(before, after):
                return self._verdict(
                    "unusable",
                    f"It wrote into its input `{name}`. Whoever passed that array still needs it: the next "
                    "call would get other numbers.",
                    f"Look for `{name} -= ...`, `{name}[...] = ...` or `out={name}`; make a new array instead.",
                )
        return None

    def _arrays(self, value: Any, expected: list[np.ndarray], case: Case) -> list[np.ndarray] | Problem:
        if len(self.outputs) == 1:
            if isinstance(value, tuple):
                comma = " Is there a comma at the end of the `return`?" if len(value) == 1 else ""
                return Problem(
                    f"It returned a tuple of {len(value)}, expected one array, `{self.outputs[0]}`.{comma}"
                )
            array = as_array(value, expected[0], "The result")
            return array if isinstance(array, Problem) else [array]
        names = ", ".join(self.outputs)
        if value is None or value is Ellipsis:
            return as_array(value, expected[0], "The result")  # type: ignore[return-value]
        if isinstance(value, np.ndarray) and value.ndim and len(value) == len(self.outputs):
            value = tuple(value)  # several results of one shape, stacked
        if not isinstance(value, (tuple, list)) or len(value) != len(self.outputs):
            count = f"{len(value)} values" if isinstance(value, (tuple, list)) else f"one `{type(value).__name__}`"
            return Problem(f"It returned {count}, expected {len(self.outputs)}: `return {names}`.")
        arrays = []
        for item, target, name in zip(value, expected, self.outputs):
            array = as_array(item, target, f"`{name}`")
            if isinstance(array, Problem):
                return array
            arrays.append(array)
        return arrays

    def _other_shape(self, value: Any, expected: list[np.ndarray]) -> str:
        """What to say of the first output that has axes of length 1 too many or too few; else nothing."""
        values = (value,) if len(self.outputs) == 1 else value
        for name, got, target in zip(self.outputs, values, expected):
            if np.shape(got) != target.shape:
                what = "The result" if len(self.outputs) == 1 else f"`{name}`"
                return (
                    f"{what} has shape {np.shape(got)}, asked for was {target.shape}. The numbers are right, so it "
                    "counts; but beside another array an axis of length 1 broadcasts, so the two shapes do not do the "
                    "same."
                )
        return ""

    def _known_by_case(self, case: int, value: Any) -> list[Mistake]:
        """Known mistakes that explain every wrong output of this case, whatever its shape; else none."""
        values = (value,) if len(self.outputs) == 1 else value
        if not isinstance(values, (tuple, list)) or len(values) != len(self.outputs):
            return []
        bad = []
        for k, (got, right) in enumerate(zip(values, self._reference[case][1])):
            # Objects, strings and the like cannot be compared with numbers.
            if not isinstance(got, (np.ndarray, np.generic, int, float)) or np.asarray(got).dtype.kind not in "fiub":
                return []
            if not _same_up_to_ones(np.asarray(got), right):
                bad.append(k)
        named = self._recognize(bad, {case: [np.asarray(v) for v in values]})
        return [] if None in named else _each_once(named)

    def _known_by_error(self, results: list[list[np.ndarray]], error: BaseException | None) -> Mistake | None:
        """The known mistake that raises the same error on this case, and gave the same on those before."""
        case = len(results)
        if error is None:
            return None
        for mistake in self.mistakes:
            raised = self._wrong[mistake.name][case][0]
            if type(raised) is type(error) and str(raised) == str(error) and all(
                self._gives(mistake, before, k, got) for before, r in enumerate(results) for k, got in enumerate(r)
            ):
                return mistake
        return None

    def _recognize(self, bad: list[int], results: dict[int, list[np.ndarray]]) -> list[Mistake | None]:
        """For each wrong output the known mistake that gives it on all these cases, or None."""
        fitting = [mistake for mistake in self.mistakes if self._explains(mistake, results)]

        def first(ks: list[int]) -> Mistake | None:
            return next((m for m in fitting if set(ks) <= set(self._about(m))), None)

        # One mistake that explains everything is likelier than one for each output.
        whole = first(bad)
        return [whole] * len(bad) if whole else [first([k]) for k in bad]

    def _explains(self, mistake: Mistake, results: dict[int, list[np.ndarray]]) -> bool:
        """Whether all outputs that the mistake is about are as it gives them: its message speaks of all of them."""
        return all(self._gives(mistake, case, k, got[k]) for case, got in results.items() for k in self._about(mistake))

    def _about(self, mistake: Mistake) -> list[int]:
        """The outputs that the mistake names or, where it names none, those that it gets wrong."""
        if mistake.outputs:
            return [k for k, name in enumerate(self.outputs) if name in mistake.outputs]
        cases = range(len(self._reference))
        return [
            k for k in range(len(self.outputs))
            if not all(self._gives(mistake, case, k, self._reference[case][1][k]) for case in cases)
        ]

    def _gives(self, mistake: Mistake, case: int, k: int, got: np.ndarray) -> bool:
        wrong = self._wrong[mistake.name][case][k]
        return not isinstance(wrong, Exception) and _same_up_to_ones(got, wrong)

    def _compare(self, results: list[list[np.ndarray]], printed: str, shapes: str) -> Verdict:
        bad = [
            k for k in range(len(self.outputs))
            if not all(same(r[k], expected[k]) for r, (_, expected) in zip(results, self._reference))
        ]
        if not bad:
            note = "It also printed while being checked; remove the `print` when you are done." if printed else ""
            return self._verdict("correct", self.insight, shapes, note)
        right = [self.outputs[k] for k in range(len(self.outputs)) if k not in bad]
        named = self._recognize(bad, dict(enumerate(results)))
        known = _each_once([mistake for mistake in named if mistake])
        unknown = [k for k, mistake in zip(bad, named) if mistake is None]
        if not unknown:
            return self._name(known, right, printed)
        if digits := self._rounded(bad, results):
            return self._verdict(
                "wrong", f"The values are right, but rounded to {digits} digits. Return them in full: whoever computes on "
                "needs the rest. (`print` may round, `return` should not.)"
            )
        return self._unknown(bad, unknown, results, known)

    def _rounded(self, bad: list[int], results: list[list[np.ndarray]]) -> int | None:
        """The digits to which all that differs is rounded, the same everywhere; else None."""
        found = {
            rounded(got[k], expected[k]) for got, (_, expected) in zip(results, self._reference) for k in bad
            if not same(got[k], expected[k])
        }
        return found.pop() if len(found) == 1 else None

    def _name(self, known: list[Mistake], right: list[str], printed: str) -> Verdict:
        good = f"Right: {_listed(right)}." if right else ""
        note = "It also printed while being checked; remove the `print` when you are done." if printed else ""
        return self._verdict(
            "known mistake", *(m.message for m in known), good, note, mistakes=tuple(m.name for m in known)
        )

    def _unknown(
        self, bad: list[int], unknown: list[int], results: list[list[np.ndarray]], known: list[Mistake]
    ) -> Verdict:
        names = [self.outputs[k] for k in bad]
        right = [name for name in self.outputs if name not in names]
        said = []
        if right:
            said.append(f"Right: {_listed(right)}. Not yet: {_listed(names)}.")
        said += [mistake.message for mistake in known]
        for (case, expected), got in zip(self._reference, results):
            k = next((k for k in unknown if not same(got[k], expected[k])), None)
            if k is None:
                continue
            failing = next((p for p in self.properties if not _holds(p, case.args, got)), None)
            if failing:
                said.append(failing.text)
            what = self.outputs[k] if len(self.outputs) > 1 else "result"
            said.append(f"Checked {case.text}. " + first_difference(got[k], expected[k], what))
            break
        return self._verdict("wrong", *said, mistakes=tuple(m.name for m in known))


class PredictExercise(Exercise):
    """Commit to values or choices before a cell shows them.

    The answer is a dictionary like the solution, whose untouched values are None.

    Args:
        solution: name to value (numbers, strings, booleans or tuples of integers).
        variable: the name of the student's variable, for ``solved_cell``.
        mistakes: name of the entry to its known wrong answers.
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
        self.choices = {entry: tuple(values) for entry, values in (choices or {}).items()}
        self.dimensions = dict(dimensions or {})
        self.tolerance = tolerance

    def solved_cell(self) -> str:
        entries = "".join(f"    {key!r}: {value!r},\n" for key, value in self.answers.items())
        return f"{self.variable} = {{\n{entries}}}\n"

    def evaluate(self, answer: Any) -> Verdict:
        if answer is None or answer is Ellipsis:
            return self._verdict("not attempted", "Replace every `None` by your answer, run the cell, then this one.")
        if not isinstance(answer, Mapping) or set(answer) != set(self.answers):
            keys = ", ".join(f"`{key!r}`" for key in self.answers)
            came = (
                f"keys {sorted(map(str, answer))}" if isinstance(answer, Mapping) else f"a `{type(answer).__name__}`"
            )
            return self._verdict("unusable", f"Expected a dictionary with the keys {keys}; got {came}.")
        empty = [key for key in self.answers if answer[key] is None or answer[key] is Ellipsis]
        if len(empty) == len(self.answers):
            return self._verdict("not attempted", "Replace every `None` by your answer, run the cell, then this one.")
        said, named, wrong, unusable = [], [], [], []
        for key, right in self.answers.items():
            if key in empty:
                continue
            problem = self._type_problem(key, answer[key], right)
            if problem:
                unusable.append(problem)
            elif not self._equal(key, answer[key], right):
                wrong.append(key)
                mistake = next(
                    (m for m in self.mistakes_by_entry.get(key, ()) if self._equal(key, answer[key], m.answer)), None
                )
                if mistake:
                    named.append(mistake.name)
                    said.append(f"`{key}`: {mistake.message}")
                else:
                    said.append(f"`{key}`: {_shown(answer[key])} is not it.")
        if unusable:
            return self._verdict("unusable", *unusable, *said, mistakes=tuple(named))
        open_ones = f"Still open: {_listed(empty)}." if empty else ""
        if wrong:
            right_ones = [key for key in self.answers if key not in wrong and key not in empty]
            good = f"Right: {_listed(right_ones)}." if right_ones else ""
            state = "known mistake" if len(named) == len(wrong) else "wrong"
            return self._verdict(state, *said, good, open_ones, mistakes=tuple(named))
        if empty:
            return self._verdict("partly answered", "So far right.", open_ones)
        return self._verdict("correct", self.insight)

    def _type_problem(self, key: str, value: Any, right: Any) -> str:
        if key in self.choices and not any(_exactly(value, choice) for choice in self.choices[key]):
            return f"`{key}` takes one of {', '.join(f'`{c!r}`' for c in self.choices[key])}; got {_shown(value)}."
        is_number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
        if isinstance(right, (int, float)) and not isinstance(right, bool) and not is_number:
            return f"`{key}` takes a number; got {_shown(value)}."
        if key in self.dimensions and is_number:
            value = (value,)  # NumPy takes axis=0 for (0,), too
        if isinstance(right, tuple) and not _whole_numbers(value):
            return f"`{key}` takes a tuple of whole numbers, such as `(2, 3)` or `(3,)`; got {_shown(value)}."
        return ""

    def _equal(self, key: str, value: Any, target: Any) -> bool:
        if key in self.dimensions:
            count = self.dimensions[key]
            value = value if isinstance(value, (tuple, list)) else (value,)
            named = [axis + count if -count <= axis < 0 else axis for axis in value]
            return sorted(named) == sorted(target)
        if isinstance(target, tuple):
            return tuple(value) == target
        if isinstance(target, float):
            return bool(np.isclose(float(value), target, rtol=self.tolerance, atol=0 if target else 1e-5))
        return bool(value == target)


class ExperimentExercise(Exercise):
    """Change settings until something measured meets a target.

    Args:
        measured: takes the student's result; returns "" when it is complete, else what is missing.
        met: takes the result; True when the target is met.
        attempted: takes the result; False while the settings are still the untouched ones.
        report: takes the result; one sentence with the measured numbers, each as ``≈ 0.93``.
        mistakes: predicates on the result with their messages; the first that is True is named.
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

    def solved_cell(self) -> str:
        return self._solved

    def evaluate(self, answer: Any) -> Verdict:
        if answer is None or answer is Ellipsis:
            return self._verdict("not attempted", "Run the cell above with settings of your own, then this one.")
        missing = self._measured(answer)
        if missing:
            return self._verdict("unusable", missing)
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


def catalogue(module: Any) -> dict[str, Exercise]:
    """Return a module's exercises by name, in the order of their definition."""
    return {name: value for name, value in vars(module).items() if isinstance(value, Exercise)}


def name_exercises(namespace: dict[str, Any]) -> None:
    """Give every exercise of a module its attribute's name: ``name_exercises(globals())`` at the end."""
    for name, value in namespace.items():
        if isinstance(value, Exercise):
            value.name = name


def _is_stub(function: Callable) -> bool:
    """True for a function whose body is only ``...``, ``pass``, a docstring, or a bare return."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    steps = [(i.opname, i.argval) for i in dis.get_instructions(code)]
    idle = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP"}
    constants = {value for name, value in steps if name in ("LOAD_CONST", "RETURN_CONST")}
    return {name for name, _ in steps} <= idle and constants <= {None, Ellipsis}


def _plain(signature: inspect.Signature) -> str:
    """The signature without annotations, the same text on every run."""
    parameters = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    bare = signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty)
    return sandbox.without_addresses(str(bare))


def _untouched(before: np.ndarray, after: np.ndarray) -> bool:
    return before.shape == after.shape and before.dtype == after.dtype and np.array_equal(
        before, after, equal_nan=before.dtype.kind == "f"
    )


def _same_up_to_ones(a: np.ndarray, b: np.ndarray) -> bool:
    return a.size == b.size and same(a.reshape(-1), b.reshape(-1)) and (
        [n for n in a.shape if n != 1] == [n for n in b.shape if n != 1]
    )


def _each_once(mistakes: list[Mistake]) -> list[Mistake]:
    return list({mistake.name: mistake for mistake in mistakes}.values())


def _holds(prop: Property, args: tuple, outputs: list[np.ndarray]) -> bool:
    with np.errstate(all="ignore"):
        return bool(prop.holds(args, outputs))


def _exactly(value: Any, choice: Any) -> bool:
    if isinstance(value, np.generic):
        value = value.item()
    return type(value) is type(choice) and value == choice or (
        isinstance(choice, tuple) and isinstance(value, (tuple, list)) and tuple(value) == choice
    )


def _whole_numbers(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and all(isinstance(v, (int, np.integer)) for v in value)


def _shown(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"`{number(value)}`"
    return f"`{value!r}`" if isinstance(value, (str, int, bool, tuple, list)) else f"a `{type(value).__name__}`"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
