"""Exercises whose answer is a function."""

from __future__ import annotations

import copy
import dis
import inspect
import itertools
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import Problem, as_array, first_difference, number, rounded, same, same_up_to_ones
from helpers.exercises.engine.base import Exercise, Mistake, listed
from helpers.exercises.verdict import Verdict

# What one call gave: an array for each output, an exception where it raised, a Problem where it is no array.
Outputs = list[Any]


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
        edge: a tie, a zero or another special input. A mistake that shows in the other cases is
            named by those alone, and what goes wrong here is told beside it.
    """

    text: str
    args: tuple
    edge: bool = False


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
        layout: what is said of the axes of 4-D input where an error or a shape shows that they were mistaken.
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
        layout: str = "Here the channels come last: (N, H, W, C).",
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
        self._layout = layout
        self._reference: list[tuple[Case, list[np.ndarray]]] | None = None
        self._wrong: dict[tuple[str, int], Outputs] = {}

    def solved_cell(self) -> str:
        return textwrap.dedent(inspect.getsource(self._solution))

    def evaluate(self, answer: Any) -> Verdict:
        self._prepare()
        refusal = self._not_a_fitting_function(answer)
        if refusal:
            return refusal
        results: list[Outputs] = []
        printed, shapes, refused, at_edge = "", {}, None, False
        for case, expected in self._reference:
            args = copy.deepcopy(case.args)
            outcome = sandbox.call(lambda: answer(*args), cpu_seconds=self.cpu_seconds)
            printed = printed or outcome.printed
            refusal = self._refuse_call(case, args, outcome)
            if refusal:
                return refused or refusal
            outputs, refusal = self._outputs(answer, case, expected, outcome)
            results.append(outputs)
            # Further cases are run all the same: a known mistake is recognized by all of them.
            at_edge = case.edge if refusal and not refused else at_edge
            refused = refused or refusal
            if not refused:
                shapes = self._other_shapes(outcome.value, expected) | shapes
        if refused:
            return self._refused(refused, at_edge, results, printed)
        return self._compare(results, printed, shapes)

    def _prepare(self) -> None:
        """Run the solution once; every later check reuses the results."""
        if self._reference is None:
            self._reference = []
            for case in self._make_cases():
                value = self._solution(*copy.deepcopy(case.args))
                values = (value,) if len(self.outputs) == 1 else value
                self._reference.append((case, [np.asarray(v) for v in values]))

    def wrong_outputs(self, mistake: Mistake, case: int) -> Outputs:
        """What a known mistake gives on one case (run once); where it raises, its error for each output."""
        if (mistake.name, case) not in self._wrong:
            self._wrong[mistake.name, case] = self._run(mistake.answer, self._reference[case][0])
        return self._wrong[mistake.name, case]

    def _run(self, function: Callable, case: Case) -> Outputs:
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
        if is_stub(answer):
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
                    f"The check calls your function as `{name}{_plain(wanted)}`, with {count} "
                    f"argument{'s' * (count > 1)} by "
                    f"position; yours is `{getattr(answer, '__name__', 'function')}{_plain(signature)}`.",
                )
        return None

    def _refuse_call(self, case: Case, args: tuple, outcome: sandbox.Outcome) -> Verdict | None:
        """What is said of a call that did not return, or that changed its inputs."""
        if outcome.timed_out:
            rest = (
                "It is still running: restart the kernel (Kernel → Restart) before you go on."
                if outcome.still_running
                else "It was stopped. The inputs are small, so either a loop never ends, or the function does far "
                "more than is needed."
            )
            return self._verdict("unusable", f"It did not return in time {case.text}.", rest)
        parameters = list(inspect.signature(self._solution).parameters)
        for name, before, after in zip(parameters, case.args, args):
            if outcome.error is None and not _untouched(before, after):
                return self._verdict(
                    "unusable",
                    f"It wrote into its input `{name}`. The caller still needs that array: the next call would get "
                    "different numbers.",
                    f"Look for `{name} -= ...`, `{name}[...] = ...` or `out={name}`, perhaps under another name: `b = {name}` "
                    "is the same array. Make a new array instead.",
                )
        return None

    def _outputs(
        self, answer: Callable, case: Case, expected: list[np.ndarray], outcome: sandbox.Outcome
    ) -> tuple[Outputs, Verdict | None]:
        """What a call gave, and what is said of it where it cannot be compared."""
        if outcome.error is not None:
            return [outcome.error] * len(self.outputs), self._raised(answer, case, outcome.error)
        arrays = self._arrays(outcome.value, expected, case)
        if not isinstance(arrays, Problem):
            return arrays, None
        hint = "What it printed is not what it returns." if outcome.printed else ""
        values = (outcome.value,) if len(self.outputs) == 1 else outcome.value
        turned = isinstance(values, (tuple, list)) and any(map(_channels_first, values, expected))
        refusal = self._verdict(
            "unusable", arrays.text, f"That was {case.text}.", hint, self._layout if turned else ""
        )
        if not isinstance(values, (tuple, list)) or len(values) != len(self.outputs):
            return [arrays] * len(self.outputs), refusal
        # A wrong shape may be a mistake we know; the shape alone would say less.
        return [np.asarray(v) if _numeric(v) else arrays for v in values], refusal

    def _raised(self, answer: Callable, case: Case, error: BaseException) -> Verdict:
        sentence, where = sandbox.describe_error(error, answer)
        pictures = any(isinstance(arg, np.ndarray) and arg.ndim == 4 for arg in case.args)
        # What a mistaken layout raises: shapes that do not fit, an index or an axis that is not there.
        layout = self._layout if pictures and isinstance(error, (ValueError, IndexError)) else ""
        return self._verdict("unusable", sentence, f"That was {case.text}.", layout, code=where)

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

    def _other_shapes(self, value: Any, expected: list[np.ndarray]) -> dict[str, str]:
        """What to say of axes of length 1 too many or too few: the rest of the sentence to the first such output.

        Leading ones make no difference beside another array. Any other does: (5, 1) beside (5,) is a table.
        """
        values = (value,) if len(self.outputs) == 1 else value
        found: dict[str, str] = {}
        for name, got, target in zip(self.outputs, values, expected):
            if np.shape(got) != target.shape:
                what = "The result" if len(self.outputs) == 1 else f"`{name}`"
                leading = _without_leading_ones(np.shape(got)) == _without_leading_ones(target.shape)
                rest = _LEADING_ONES if leading else OTHER_ONES
                found.setdefault(rest, f"{what} has shape {np.shape(got)}, expected {target.shape}. {rest}")
        return found

    def _refused(self, refusal: Verdict, at_edge: bool, results: list[Outputs], printed: str) -> Verdict:
        """The refusal, with what is known in front of it."""
        everything = dict(enumerate(results))
        bad = self._bad(everything)
        named = self._recognize(bad, everything)
        complete = bool(bad) and None not in named
        if complete and not any(map(_unusable, results)):
            return self._name(_each_once(named), [], printed)
        if not complete:
            told = self._named_beside_edges(results, printed, refusal, at_edge) or self._reordered(results)
            if told:
                return told
        known = _each_once(named)
        if not known:
            return refusal
        return self._verdict(
            "known mistake" if complete else "wrong", *(m.message for m in known), *refusal.paragraphs,
            code=refusal.code, mistakes=tuple(m.name for m in known),
        )

    def _bad(self, results: Mapping[int, Outputs]) -> list[int]:
        """The outputs that are wrong on any of these cases."""
        return [
            k for k in range(len(self.outputs))
            if not all(_alike(got[k], self._reference[case][1][k]) for case, got in results.items())
        ]

    def _recognize(self, bad: Sequence[int], results: Mapping[int, Outputs]) -> list[Mistake | None]:
        """For each wrong output the known mistake that gives it on all these cases, or None."""
        fitting = [(mistake, about) for mistake in self.mistakes if (about := self._explained(mistake, results))]
        # The one that says least beyond what is wrong, and of these the one that explains most.
        fitting.sort(key=lambda pair: (len(pair[1] - set(bad)), -len(pair[1])))

        def first(ks: Sequence[int]) -> Mistake | None:
            return next((mistake for mistake, about in fitting if about >= set(ks)), None)

        # One mistake that explains everything is likelier than one for each output.
        whole = first(bad)
        return [whole] * len(bad) if whole else [first([k]) for k in bad]

    def _explained(self, mistake: Mistake, results: Mapping[int, Outputs]) -> set[int]:
        """The outputs that the mistake is about, if all of them are as it gives them: its message speaks of all.

        It is about the outputs that it names or, where it names none, about those that it gets wrong in any case.
        Run case by case, and given up at the first difference: some known mistakes take long.
        """
        about = {k for k, name in enumerate(self.outputs) if name in mistake.outputs}
        missed = set()
        for case in [*results, *(c for c in range(len(self._reference)) if c not in results)]:
            wrong, right = self.wrong_outputs(mistake, case), self._reference[case][1]
            for k in about if mistake.outputs else range(len(self.outputs)):
                if not mistake.outputs and not _alike(wrong[k], right[k]):
                    about.add(k)
                if case in results and not _alike(results[case][k], wrong[k]):
                    missed.add(k)
            if missed & about:
                return set()
        return about

    def _compare(self, results: list[Outputs], printed: str, shapes: Mapping[str, str]) -> Verdict:
        everything = dict(enumerate(results))
        bad = self._bad(everything)
        note = _PRINTED if printed else ""
        if not bad:
            if OTHER_ONES in shapes:
                return self._verdict("known mistake", shapes[OTHER_ONES], note, mistakes=("axis of length 1",))
            return self._verdict("correct", self.insight, shapes.get(_LEADING_ONES, ""), note)
        right = [self.outputs[k] for k in range(len(self.outputs)) if k not in bad]
        named = self._recognize(bad, everything)
        if None not in named:
            return self._name(_each_once(named), right, printed)
        beside = self._named_beside_edges(results, printed)
        if beside:
            return beside
        if digits := self._rounded(bad, results):
            return self._verdict(
                "wrong", f"The values are right, but rounded to {digits} digit{'s' * (digits > 1)}. Return all "
                "digits: whoever computes with them needs the rest. (`print` may round, `return` should not.)"
            )
        return self._reordered(results) or self._unknown(bad, named, results)

    def _named_beside_edges(
        self, results: list[Outputs], printed: str, refusal: Verdict | None = None, at_edge: bool = False
    ) -> Verdict | None:
        """The mistakes that explain all ordinary cases, and the edges where that is not all.

        They may be there by chance, where one cause that is not known shows everywhere: it says so.
        """
        ordinary = {i: got for i, got in enumerate(results) if not self._reference[i][0].edge}
        bad = self._bad(ordinary)
        named = self._recognize(bad, ordinary) if len(ordinary) < len(results) else [None]
        if not bad or None in named:
            return None
        known = _each_once(named)
        edges = []
        for i, got in enumerate(results):
            candidates = [self._reference[i][1], *(self.wrong_outputs(m, i) for m in known)]
            if i not in ordinary and not all(any(_alike(got[k], c[k]) for c in candidates) for k in range(len(got))):
                edges.append(self._reference[i][0].text)
        before, after, code = "", [], ""
        if edges:
            one = len(edges) == 1
            checks = f"the check {edges[0]}" if one else f"{len(edges)} checks, such as the one {edges[0]}"
            what = "known mistakes" if len(known) > 1 else "a known mistake"
            before = f"Apart from {checks}, the results are those of {what}:"
            after = [f"What goes wrong {'there' if one else 'in those'} may have the same cause, or another."]
        if refusal and (at_edge or any(map(_unusable, ordinary.values()))):
            after, code = [*after, *refusal.paragraphs], refusal.code
        right = [name for k, name in enumerate(self.outputs) if k not in self._bad(dict(enumerate(results)))]
        return self._name(known, right, printed, before, after, code)

    def _rounded(self, bad: list[int], results: list[Outputs]) -> int | None:
        """The digits to which all outputs that differ are rounded, the same in all cases; else None."""
        pairs = [(got[k], expected[k]) for got, (_, expected) in zip(results, self._reference) for k in bad]
        digits = set.intersection(*(rounded(got, expected) for got, expected in pairs if not same(got, expected)))
        # Where only some calls round, the others tell nothing of the digits.
        everywhere = digits.intersection(*(rounded(got, expected) for got, expected in pairs))
        return min(everywhere or digits, default=None)

    def _reordered(self, results: list[Outputs]) -> Verdict | None:
        """What is said where the outputs stand in another order, and perhaps one of them is wrong as well."""
        count = len(self.outputs)
        if not 1 < count < 5 or len(results) < len(self._reference):
            return None
        found = []
        for order in itertools.permutations(range(count)):
            turned = {i: [got[k] for k in order] for i, got in enumerate(results)}
            bad = self._bad(turned)
            moved_and_right = [k for k in range(count) if order[k] != k and k not in bad]
            if moved_and_right:
                named = self._recognize(bad, turned)
                if len(moved_and_right) > 1 or None not in named:
                    found.append((len(bad), bad, named))
        if not found:
            return None
        _, bad, named = min(found, key=lambda one: one[0])
        order = f"`return {', '.join(self.outputs)}`"
        if not bad:
            return self._verdict(
                "known mistake", f"The results are right, but in another order than asked for. The order should be {order}.",
                mistakes=("another order",),
            )
        known = _each_once(named)
        right = [name for k, name in enumerate(self.outputs) if k not in bad]
        return self._verdict(
            "wrong" if None in named else "known mistake",
            f"The results come in another order than asked for. The order should be {order}. Apart from that, right: "
            f"{listed(right)}. "
            f"Not yet: {listed([self.outputs[k] for k in bad])}.",
            *(m.message for m in known), mistakes=("another order", *(m.name for m in known)),
        )

    def _name(
        self, known: list[Mistake], right: list[str], printed: str, before: str = "", after: Sequence[str] = (),
        code: str = "",
    ) -> Verdict:
        good = f"Right: {listed(right)}." if right else ""
        note = _PRINTED if printed else ""
        return self._verdict(
            "known mistake", before, *(m.message for m in known), *after, good, note, code=code,
            mistakes=tuple(m.name for m in known),
        )

    def _unknown(self, bad: list[int], named: list[Mistake | None], results: list[Outputs]) -> Verdict:
        names = [self.outputs[k] for k in bad]
        right = [name for name in self.outputs if name not in names]
        known = _each_once([mistake for mistake in named if mistake])
        unknown = [k for k, mistake in zip(bad, named) if mistake is None]
        said = []
        if right:
            said.append(f"Right: {listed(right)}. Not yet: {listed(names)}.")
        said += [mistake.message for mistake in known]
        wrong_cases = [
            i for i, got in enumerate(results) if any(not same(got[k], self._reference[i][1][k]) for k in unknown)
        ]
        (case, expected), got = self._reference[wrong_cases[0]], results[wrong_cases[0]]
        k = next(k for k in unknown if not same(got[k], expected[k]))
        # What is named already, or right, is no fault of the others.
        others = [got[j] if j in unknown else expected[j] for j in range(len(got))]
        failing = next((p for p in self.properties if not _holds(p, case.args, others)), None)
        if failing:
            said.append(failing.text)
        what = self.outputs[k] if len(self.outputs) > 1 else "result"
        said.append(f"Checked {case.text}. " + first_difference(got[k], expected[k], what))
        if factor := self._factor(k, results):
            of = f" of `{what}`" if len(self.outputs) > 1 else ""
            said.append(f"Every value{of} is {number(factor)} times what is expected, in everything that was checked.")
        elif len(wrong_cases) == 1 < len(results):
            said.append("In every other case that was checked it is right." if not known else "")
        return self._verdict("wrong", *said, mistakes=tuple(m.name for m in known))

    def _factor(self, k: int, results: list[Outputs]) -> float | None:
        """The one number by which all values of an output are too large; None where there is no such number."""
        got = np.concatenate([np.ravel(outputs[k]) for outputs in results]).astype(float)
        expected = np.concatenate([np.ravel(outputs[k]) for _, outputs in self._reference]).astype(float)
        if not np.isfinite([got, expected]).all() or np.count_nonzero(expected) < 2:
            return None
        with np.errstate(all="ignore"):
            factor = float(got @ expected / (expected @ expected))
            usable = np.isfinite(factor) and factor and number(factor) != "1"
            return factor if usable and same(got, factor * expected) else None


_PRINTED = "It also printed while being checked; remove the `print` when you are done."
_LEADING_ONES = "In a computation with other arrays both shapes do the same, so yours counts as right."
OTHER_ONES = (
    "The numbers are right, the shape is not. Together with another array an axis of length 1 broadcasts, and the "
    "result is a table where a row is meant, without any warning. Look for `[:, None]`, `reshape` and `keepdims`."
)


def is_stub(function: Callable) -> bool:
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


def _untouched(before: Any, after: Any) -> bool:
    if not isinstance(before, np.ndarray):
        return True
    return before.shape == after.shape and before.dtype == after.dtype and np.array_equal(
        before, after, equal_nan=before.dtype.kind == "f"
    )


def _without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(itertools.dropwhile(lambda length: length == 1, shape))


def _channels_first(value: Any, expected: np.ndarray) -> bool:
    """Whether an array is shaped as the expected one with its last axis behind the first."""
    shape = expected.shape
    return len(shape) == 4 and getattr(value, "shape", None) == (shape[0], shape[3], *shape[1:3]) != shape


def _numeric(value: Any) -> bool:
    """Whether ``value`` can be compared with numbers: objects and strings cannot."""
    return isinstance(value, (np.ndarray, np.generic, int, float)) and np.asarray(value).dtype.kind in "fiub"


def _alike(a: Any, b: Any) -> bool:
    """Whether two outputs are the same up to axes of length 1, or two errors the same in type and text."""
    if isinstance(a, BaseException) or isinstance(b, BaseException):
        return type(a) is type(b) and str(a) == str(b)
    return _numeric(a) and _numeric(b) and same_up_to_ones(a, b)


def _unusable(outputs: Outputs) -> bool:
    return any(isinstance(output, (BaseException, Problem)) for output in outputs)


def _each_once(mistakes: Sequence[Mistake | None]) -> list[Mistake]:
    return list({mistake.name: mistake for mistake in mistakes if mistake}.values())


def _holds(prop: Property, args: tuple, outputs: Outputs) -> bool:
    with np.errstate(all="ignore"):
        return bool(prop.holds(args, outputs))
