"""Are all mutants of an exercise's right answers refused, and is what the check says of them true?

A mutant is a right answer with one thing changed. If the check takes it for right, it must agree with
the solution on inputs that are not the check's. If the check names a known mistake, that mistake's own
code must agree with the mutant on such inputs, or the name explains something else.
"""

from __future__ import annotations

import contextlib
import copy
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helpers.exercises import CodeExercise, Mistake, Verdict, sandbox
from helpers.exercises.comparing import first_difference, same_up_to_ones
from tests.adequacy.mutants import Mutant, NoSource, mutants, rebuilt

INPUTS = 1000  # on which a mutant that the check takes for right must agree with the solution
NAMED_INPUTS = 200  # on which a mutant must agree with the mistake whose name it was given
FALSE_SHARE = 0.02  # of these, that may differ
BESIDE_SHARE = 0.5  # that may differ where the check says that what it names is not all
CPU_SECONDS = 0.1  # for one call in a check: less than a student gets, since many mutants never end

EQUAL = "equal"
REFUSED = "refused"
NAMED = "named"
ACCEPTED = "accepted though wrong"
FALSE = "named falsely"
UNSEEN = "refused, unseen"
BROKEN = "check raised"
UNLIKE = "variant unlike the solution"
AXIS = "axis of length 1"  # the engine's own name for an answer whose numbers are right: are they?
UNCLEAN = (ACCEPTED, FALSE, BROKEN, UNLIKE)


@dataclass(frozen=True)
class Finding:
    """Something to look at: the kind (one of the words above), the mutant if there is one, and why, in some lines."""

    kind: str
    original: str
    mutant: Mutant | None
    why: str

    def __str__(self) -> str:
        m = self.mutant
        where = f", line {m.line}, {m.description}\n    {m.change}" if m else ""
        return f"{self.kind}: {self.original}{where}\n    {self.why}"


@dataclass
class Report:
    """What came of an exercise's mutants.

    Attributes:
        mutants: how many there were.
        counts: by kind, of the words above: of the mutants and, for the last, of variants.
        findings: what is not as it should be. "refused, unseen" only wants to be looked at: the check has seen what the
            inputs do not show, or it refuses a right answer.
        skipped: right answers of which no mutants could be made, with the reason.
    """

    exercise: str
    mutants: int = 0
    counts: Counter = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def clean(self) -> bool:
        return not any(self.counts[kind] for kind in UNCLEAN)


def judge(
    exercise: CodeExercise, inputs: Any, *, sample: int | None = None, seed: int = 0,
    count: int = INPUTS, named_count: int = NAMED_INPUTS,
) -> Report:
    """Check the exercise's mutants, all or ``sample`` of them.

    Args:
        inputs: the module (or whatever has such attributes) that ``tests.adequacy.inputs`` describes.
        count, named_count: numbers of inputs, at most; the module may ask for fewer.
    """
    began = time.process_time()
    report = Report(exercise.name)
    least = getattr(inputs, f"count_{exercise.name}", count)
    trial = _Trial(exercise, inputs, min(count, least), min(named_count, least), seed)
    with _cpu_limit(CPU_SECONDS):
        for original, mutant in _all_mutants(exercise, inputs, trial, report, sample, seed):
            kind, why = trial.judged(mutant)
            report.mutants += 1
            report.counts[kind] += 1
            if kind in (*UNCLEAN, UNSEEN):
                report.findings.append(Finding(kind, original, mutant, why))
    report.cpu_seconds = time.process_time() - began
    return report


def _all_mutants(
    exercise: CodeExercise, inputs: Any, trial: _Trial, report: Report, sample: int | None, seed: int
) -> Iterator[tuple[str, Mutant]]:
    """The mutants of every right answer, with that answer's name; a sample is shared out among them."""
    own = getattr(inputs, f"mutants_of_{exercise.name}", None)
    if own:
        yield from (("solution", mutant) for mutant in own(exercise, sample=sample, seed=seed))
        return
    originals = [exercise._solution, *exercise.variants]
    order = np.random.default_rng(seed).permutation(len(originals))
    for turn, place in enumerate(order):
        share = None if sample is None else sample // len(originals) + (turn < sample % len(originals))
        name = "solution" if place == 0 else f"variant {place - 1} ({originals[place].__name__})"
        if share == 0:
            continue
        try:
            anew = rebuilt(originals[place])
            if not trial.verdict(anew).passed:
                raise NoSource("made anew from its source it does not pass")
            if unlike := trial.unlike_the_solution(anew):
                report.counts[UNLIKE] += 1
                report.findings.append(Finding(UNLIKE, name, None, unlike))
                continue
            for mutant in mutants(originals[place], sample=share, seed=seed):
                yield name, mutant
        except NoSource as reason:
            report.skipped.append(f"{name}: {reason}")


class _Wrote(Exception):
    """The function wrote into an array that it was given."""


Outcome = list[np.ndarray] | Exception


class _Trial:
    """One exercise on its inputs. What the solution and the known mistakes give is found once."""

    def __init__(self, exercise: CodeExercise, inputs: Any, count: int, named_count: int, seed: int) -> None:
        self._exercise = exercise
        self._generate = getattr(inputs, exercise.name)
        self._answer_of = getattr(inputs, f"answer_of_{exercise.name}", lambda function: function)
        self._call = getattr(inputs, f"call_{exercise.name}", lambda function, args: function(*args))
        self._count, self._named_count, self._seed = count, named_count, seed
        self._args: dict[int, tuple] = {}
        self._known: dict[tuple[str, int], tuple[Outcome, float]] = {}
        self._gets_wrong: dict[str, list[int]] = {}

    def judged(self, mutant: Mutant) -> tuple[str, str]:
        """The kind of what the check says of the mutant, and the reason for it."""
        try:
            verdict = self.verdict(mutant.function)
        except Exception as error:  # noqa: BLE001 - the check must not raise, whatever comes
            return BROKEN, f"{type(error).__name__}: {error}"
        if verdict.mistakes:
            why = self._false_names(mutant, verdict)
            if AXIS in verdict.mistakes:
                why = self.unlike_the_solution(mutant.function)
            return (FALSE, why) if why else (NAMED, "")
        why = self.unlike_the_solution(mutant.function)
        if verdict.passed:
            return (ACCEPTED, why) if why else (EQUAL, "")
        said = " ".join(verdict.paragraphs)
        return (REFUSED, "") if why else (UNSEEN, f"None of {self._count} inputs shows why. The check: {said}")

    def verdict(self, function: Callable) -> Verdict:
        return self._exercise.evaluate(self._answer_of(function))

    def unlike_the_solution(self, function: Callable) -> str:
        """The first input on which the two differ, with what they give; "" if there is none."""
        solution = self._exercise._solution
        for ks in _batches(self._count):
            for k, expected, got in self._side_by_side(function, "", solution, ks):
                if not _agree(got, expected):
                    return self._shown(k, got, expected)
        return ""

    def _false_names(self, mutant: Mutant, verdict: Verdict) -> str:
        """The names whose own code differs from the mutant, with the share and an input; "" if none does.

        Names that are not in the catalogue come from the exercise's own code, which says why.
        """
        # A mistake known by its error says nothing about the numbers where there is no error.
        only_errors = any(text.startswith("It raised") for text in verdict.paragraphs)
        beside = any(text.startswith("Apart from") for text in verdict.paragraphs)
        said = []
        for mistake in self._exercise.mistakes:
            if mistake.name not in verdict.mistakes:
                continue
            share, example = self._difference(mutant.function, mistake, only_errors)
            if share > (BESIDE_SHARE if beside else FALSE_SHARE):
                said.append(f'"{mistake.name}" differs on {share:.0%} of the inputs. {example}')
        return "\n    ".join(said)

    def _difference(self, function: Callable, mistake: Mistake, only_errors: bool) -> tuple[float, str]:
        """The share of inputs on which the two differ in what the mistake is about, and the first of them."""
        about = self._about(mistake)
        different, compared, example = 0, 0, ""
        for ks in _batches(self._named_count):
            for k, expected, got in self._side_by_side(function, mistake.name, mistake.answer, ks):
                raised = isinstance(expected, Exception), isinstance(got, Exception)
                if any(raised):
                    agree = all(raised) or only_errors and not raised[1]
                else:
                    agree = only_errors or _agree([_finite(got[i]) for i in about], [_finite(expected[i]) for i in about])
                if not agree and (self._by_chance(function, got, k) or self._by_chance(mistake.answer, expected, k)):
                    continue
                compared += 1
                if not agree:
                    different += 1
                    example = example or self._shown(k, got, expected)
        # One of a few inputs is no share to speak of.
        return (different / compared if different > 1 else 0.0), example

    def _by_chance(self, function: Callable, outcome: Outcome, k: int) -> bool:
        """Whether a huge number or none becomes another with the least change of the input, as 0 / 0 does.

        What comes of it differs from one way of writing a mistake to the next.
        """
        if isinstance(outcome, Exception) or all((np.abs(a) < 1e6).all() for a in outcome if a.dtype.kind == "f"):
            return False
        rng = np.random.default_rng(k)

        def nudged(arg: Any) -> Any:
            is_floating = isinstance(arg, np.ndarray) and arg.dtype.kind == "f"
            return arg * (1 + 1e-7 * rng.normal(size=arg.shape)) if is_floating else arg

        args = tuple(nudged(arg) for arg in self._input(k))
        near = sandbox.call(lambda: self._outcome(function, args), cpu_seconds=self._exercise.cpu_seconds).value
        return near is None or not _agree(near, outcome)

    def _about(self, mistake: Mistake) -> list[int]:
        """The outputs that the mistake names or, where it names none, those that it gets wrong."""
        if mistake.outputs:
            return [i for i, output in enumerate(self._exercise.outputs) if output in mistake.outputs]
        if mistake.name not in self._gets_wrong:
            self._gets_wrong[mistake.name] = self._wrong_outputs(mistake)
        return self._gets_wrong[mistake.name]

    def _wrong_outputs(self, mistake: Mistake) -> list[int]:
        wrong = set()
        for k in range(self._named_count):
            right = self._remembered("", self._exercise._solution, k)
            got = self._remembered(mistake.name, mistake.answer, k)
            if not isinstance(got, Exception) and not isinstance(right, Exception):
                wrong |= {i for i, (a, b) in enumerate(zip(got, right)) if not _alike(a, b)}
        return sorted(wrong)

    def _side_by_side(
        self, function: Callable, name: str, known: Callable, ks: Sequence[int]
    ) -> Iterator[tuple[int, Outcome, Outcome]]:
        """Inputs with what ``known``, remembered by ``name``, and ``function`` give on them.

        A function that does not come to an end is left at the input that it does not come back from.
        """
        expected = {k: self._remembered(name, known, k) for k in ks}
        seconds = sum(self._known[name, k][1] for k in ks)
        got: list[Outcome] = []
        sandbox.call(
            lambda: [got.append(self._outcome(function, self._input(k))) for k in ks],
            cpu_seconds=(self._exercise.cpu_seconds or CPU_SECONDS) + 20 * seconds,
        )
        if len(got) < len(ks):
            got.append(TimeoutError("it does not end"))
        for k, outcome in zip(ks, got):
            yield k, expected[k], outcome

    def _remembered(self, name: str, function: Callable, k: int) -> Outcome:
        if (name, k) not in self._known:
            began = time.process_time()
            outcome = sandbox.call(lambda: self._outcome(function, self._input(k)), cpu_seconds=5.0)
            value = TimeoutError("it does not end") if outcome.timed_out else outcome.value
            self._known[name, k] = value, time.process_time() - began
        return self._known[name, k][0]

    def _outcome(self, function: Callable, before: tuple) -> Outcome:
        """What ``function`` returns for these arguments, as arrays in the order of the outputs; or what it raises."""
        args = copy.deepcopy(before)
        try:
            value = self._call(function, args)
            values = (value,) if len(self._exercise.outputs) == 1 else value
            arrays = [np.array(v) for v in values]
        except Exception as error:  # noqa: BLE001 - whatever a mutant raises
            return error
        if len(arrays) != len(self._exercise.outputs):
            return TypeError(f"{len(arrays)} outputs")
        for a, b in zip(before, args):
            if isinstance(a, np.ndarray) and not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
                return _Wrote()
        return arrays

    def _input(self, k: int) -> tuple:
        if k not in self._args:
            self._args[k] = self._generate(np.random.default_rng((self._seed, k)))
        return self._args[k]

    def _shown(self, k: int, got: Outcome, expected: Outcome) -> str:
        """Input k, and the first of what differs there."""
        args = ", ".join(_short(arg) for arg in self._input(k))
        if isinstance(got, Exception) or isinstance(expected, Exception):
            return f"Input {k} ({args}): expected {_short(expected)}, got {_short(got)}."
        i = next(i for i, (a, b) in enumerate(zip(got, expected)) if not _alike(a, b))
        name = self._exercise.outputs[i]
        if got[i].shape != expected[i].shape or got[i].size <= 8:
            return f"Input {k} ({args}): {name} expected {_short(expected[i])}, got {_short(got[i])}."
        return f"Input {k} ({args}): {first_difference(got[i], expected[i], name)}"


@contextlib.contextmanager
def _cpu_limit(seconds: float) -> Iterator[None]:
    before, sandbox.CPU_SECONDS = sandbox.CPU_SECONDS, seconds
    try:
        yield
    finally:
        sandbox.CPU_SECONDS = before


def _batches(count: int) -> Iterator[range]:
    """0, 1, ... below ``count``, few at first: most differences show at once, and calls in one sandbox are cheaper."""
    start, size = 0, 5
    while start < count:
        yield range(start, min(start + size, count))
        start, size = start + size, min(4 * size, 200)


def _agree(a: Outcome, b: Outcome) -> bool:
    """As the check compares: to four digits, NaN with NaN, with axes of length 1 or without; errors by their type."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        return type(a) is type(b)
    return all(_alike(x, y) for x, y in zip(a, b, strict=True))


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape == b.shape and np.array_equal(a, b):  # mostly so, and much faster
        return True
    return {a.dtype.kind, b.dtype.kind} <= set("fiub") and same_up_to_ones(a, b)


def _finite(array: np.ndarray) -> np.ndarray:
    """With NaN for infinity: which of them a wrong formula gives is a matter of how it is written."""
    return np.where(np.isfinite(array), array, np.nan) if array.dtype.kind == "f" else array


def _short(value: Any) -> str:
    if isinstance(value, Exception):
        return f"{type(value).__name__} ({value})"[:80]
    if isinstance(value, list):
        return ", ".join(_short(item) for item in value)[:200]
    if isinstance(value, np.ndarray):
        if value.size > 24:
            return f"array of shape {value.shape}"
        return np.array2string(value, precision=5, separator=",").replace("\n", "").replace(" ", "")
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return sandbox.without_addresses(repr(value))[:80]
