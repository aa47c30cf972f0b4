"""Exercises on a sick network: what it has, what cures it.

A patient is a training script, a function of the notebook under ``@exercises.<patient>.admit``. Three exercises belong
to it: ``DiagnoseExercise`` (the cause, and the measurement that shows it), ``TreatExercise`` (a run that does better on
data it has not seen) and a ``PredictExercise`` that explains.
"""

from __future__ import annotations

import functools
import inspect
import math
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helpers.exercises import sandbox
from helpers.exercises.comparing import number
from helpers.exercises.engine.base import Exercise, Mistake, listed
from helpers.exercises.engine.fair_play import digits_for_testing, names_with_test_digits, noticed_files
from helpers.exercises.engine.predict import PredictExercise
from helpers.exercises.verdict import Verdict

FIRST_RUN_SECONDS = 120.0  # CPU seconds that a patient's script may take the first time, on the slowest machine
LEAST_SECONDS = 15.0  # what a treatment may always take: starting TensorFlow counts, too
WALL_FACTOR = 10  # other programs may take nine tenths of a machine


class OverBudget(RuntimeError):
    """A script of the clinic took more time than it may."""


@dataclass
class Visit:
    """One run of a patient's script.

    Attributes:
        settings: the script's arguments by name, defaults included.
        items: what it returned, as it was then (a dictionary), or empty.
        result: what it returned.
        marks: fingerprints of what it returned, by name: trained weights and histories.
        cpu_seconds: how long it took.
        trouble: what went wrong, one sentence for the student, or "".
        read_digits: whether it opened the file of the digits itself.
        held_out: names of arrays that it uses and that hold digits of the held-out set.
    """

    settings: dict[str, Any]
    items: dict[str, Any] = field(default_factory=dict)
    result: Any = None
    marks: dict[str, int] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    trouble: str = ""
    read_digits: bool = False
    held_out: tuple[str, ...] = ()


class Patient:
    """A sick network: the runs of its script, and what can be measured on them.

    Args:
        measurements: name to a function that takes what the script returned and says in one sentence what is
            measured, numbers as ``≈ 0.93``.
        budget: how many times as long as the first run a treatment may take.
    """

    def __init__(self, *, measurements: Mapping[str, Callable[[Mapping[str, Any]], str]], budget: float = 6.0) -> None:
        self.measurements = dict(measurements)
        self.budget = budget
        self.visits: list[Visit] = []

    def admit(self, script: Callable) -> Callable:
        """Return ``script`` watched: ``@exercises.<patient>.admit``. Its first run is the sick patient.

        The script runs with a limit of time. What it raises is raised, and noted.
        """

        @functools.wraps(script)
        def watched(*args: Any, **kwargs: Any) -> Any:
            visit = Visit(_settings(script, args, kwargs), held_out=names_with_test_digits(script))
            first = not self.visits
            with noticed_files() as opened:
                outcome = sandbox.call(
                    functools.partial(_timed, script, args, kwargs, visit),
                    cpu_seconds=self.limit, wall_seconds=WALL_FACTOR * self.limit,
                )
            visit.read_digits = bool(opened)
            if outcome.printed:
                print(outcome.printed, end="")
            if outcome.timed_out:
                visit.trouble = (
                    f"Your last run was stopped after {self.limit:.0f} seconds of computing, which is what a run may take here. "
                    "It never ends, or it trains for too long."
                )
            elif outcome.error is not None:
                sentence, where = sandbox.describe_error(outcome.error, script)
                visit.trouble = f"Your last run broke off. {sentence}" + (f" ({where})" if where else "")
            else:
                visit.result = outcome.value
                if isinstance(outcome.value, Mapping):
                    visit.items = dict(outcome.value)
                    visit.marks = {name: _mark(value) for name, value in visit.items.items()}
            # A first run that fails leaves no patient to compare with.
            if not (first and visit.trouble):
                self.visits.append(visit)
            if outcome.timed_out:
                raise OverBudget(visit.trouble)
            if outcome.error is not None:
                raise outcome.error
            return outcome.value

        return watched

    def forget(self) -> None:
        """Forget all runs: the next one is the sick patient."""
        self.visits.clear()

    @property
    def limit(self) -> float:
        """CPU seconds that the next run may take."""
        if not self.visits:
            return FIRST_RUN_SECONDS
        return max(LEAST_SECONDS, self.budget * self.visits[0].cpu_seconds)

    def measure(self, name: str) -> None:
        """Print one measurement of the sick patient: the script's first run.

        Raises:
            ValueError: there is no measurement of this name.
            RuntimeError: the script has not run yet.
        """
        if not isinstance(name, str) or name not in self.measurements:
            raise ValueError(f"{name!r} cannot be measured here; these can: {', '.join(map(repr, self.measurements))}")
        sentence = self.measured(name)
        if not sentence:
            raise RuntimeError("the patient's script has not run yet: run the cell that defines and calls it")
        print(sentence)

    def measured(self, name: str) -> str:
        """The sentence of one measurement; "" while the script has not run."""
        return self.measurements[name](self.visits[0].items) if self.visits else ""


class DiagnoseExercise(PredictExercise):
    """Name the cause, and the measurement that tells it from the other causes with this complaint.

    A wrong choice is answered with a measurement on the patient's own run, made when it is checked.

    Args:
        patient: whose script has run.
        cause: the right one.
        measurement: the one that tells, by its name in ``patient.measurements``.
        also: measurements that tell as well.
        causes: wrong cause to (the measurement that contradicts it, what to see in it).
        measurements: measurement that does not tell to the reason why not.
    """

    def __init__(
        self,
        patient: Patient,
        *,
        cause: str,
        measurement: str,
        causes: Mapping[str, tuple[str, str]],
        measurements: Mapping[str, str],
        also: Sequence[str] = (),
        points: int = 2,
        hints: Sequence[str],
        insight: str,
    ) -> None:
        unknown = ({measurement, *also, *measurements} | {name for name, _ in causes.values()}) - set(patient.measurements)
        left = set(patient.measurements) - {measurement, *also, *measurements}
        if unknown or left:
            raise ValueError(f"measurements: not the patient's {sorted(unknown)}, not spoken of {sorted(left)}")
        self.patient = patient
        self._also = tuple(also)
        self._contradicted_by = {name: by for name, (by, _) in causes.items()}
        super().__init__(
            {"cause": cause, "measurement": measurement},
            variable="diagnosis",
            mistakes={
                "cause": [Mistake(name, why, name) for name, (_, why) in causes.items()],
                "measurement": [Mistake(name, why, name) for name, why in measurements.items()],
            },
            choices={"cause": sorted([cause, *causes]), "measurement": tuple(patient.measurements)},
            points=points,
            hints=hints,
            insight=insight,
        )

    def evaluate(self, answer: Any) -> Verdict:
        verdict = super().evaluate(answer)
        names = [self._contradicted_by.get(name, name) for name in verdict.mistakes]
        if verdict.passed:
            names = [self._plain("measurement", answer["measurement"], canonical=False)]
        sentences = [sentence for name in dict.fromkeys(names) if (sentence := self.patient.measured(name))]
        if not verdict.mistakes and not verdict.passed:
            return verdict
        if not self.patient.visits:
            return self._verdict("unusable", "The patient's script has not run yet: run its cell, then this one.")
        said = [f"Measured on this patient: {' '.join(sentences)}"]
        paragraphs = [*said, *verdict.paragraphs] if verdict.passed else [*verdict.paragraphs, *said]
        return self._verdict(verdict.state, *paragraphs, mistakes=verdict.mistakes)

    def _plain(self, key: str, value: Any, canonical: bool = True) -> Any:
        value = super()._plain(key, value)
        tells = canonical and key == "measurement" and isinstance(value, str) and value in self._also
        return self.answers[key] if tells else value


class TreatExercise(Exercise):
    """Change the script until the network does well on data that it has not seen.

    The student passes on what a watched script returned. The check trains nothing: it measures what that run made.

    Args:
        patient: whose script's runs count.
        wants: names that the script's result must have.
        judge: takes the result; returns name to number, measured on held-out data. It may raise: then the
            result cannot be used.
        met: takes these numbers; True when the target is met.
        report: takes the numbers; one sentence, each number as ``≈ 0.93``.
        mistakes: predicates on (numbers, settings of the run) with their messages; the first that is True is told. A
            setting that the student's own function does not have is not among the settings: ask with ``get``.
        otherwise: said where none of them is True.
        cures: sources of student's cells that meet the target, at least two that do it in different ways; the
            first is the solution.
        variable: the name of the student's variable.
    """

    kind = "experiment"
    minutes = 4

    def __init__(
        self,
        patient: Patient,
        *,
        wants: Sequence[str],
        judge: Callable[[Mapping[str, Any]], Mapping[str, float]],
        met: Callable[[Mapping[str, float]], bool],
        report: Callable[[Mapping[str, float]], str],
        mistakes: Sequence[Mistake],
        otherwise: str,
        cures: Sequence[str],
        variable: str = "treated",
        points: int = 3,
        hints: Sequence[str],
        insight: str,
    ) -> None:
        super().__init__(points=points, hints=hints, insight=insight)
        if len(cures) < 2:
            raise ValueError("cures: at least two different ones")
        self.patient = patient
        self.wants = tuple(wants)
        self._judge, self._met, self._report = judge, met, report
        self.mistakes = tuple(mistakes)
        self._otherwise = otherwise
        self.cures = tuple(textwrap.dedent(cure).strip("\n") + "\n" for cure in cures)
        self.variable = variable

    def solved_cell(self) -> str:
        return self.cures[0]

    def evaluate(self, answer: Any) -> Verdict:
        visits = self.patient.visits
        if not visits:
            return self._verdict("unusable", "The patient's script has not run yet: run its cell, then this one.")
        if visits[-1].trouble and (answer is None or answer is Ellipsis):
            return self._verdict("unusable", visits[-1].trouble)
        if answer is None and len(visits) > 1 and visits[-1].result is None:
            return self._verdict("unusable", "Your last run returned nothing: is the `return` missing?")
        if answer is None or answer is Ellipsis:
            return self._verdict(
                "not attempted", f"Run the script with a change of yours, as `{self.variable} = ...`, then this cell."
            )
        # A function of the student's own may pass on what the script returned: then the last of these runs is theirs.
        same = [v for v in visits if v.result is answer and not v.trouble]
        visit = same[-1] if same else None
        if visit is None and callable(answer) and not hasattr(answer, "predict"):
            return self._verdict(
                "unusable", f"You passed a function. Call it, and pass on what it returns: `{self.variable} = "
                f"{getattr(answer, '__name__', 'script')}(...)`.",
            )
        if visit is None:
            return self._verdict(
                "unusable",
                "No run of the script returned this. Pass on what the script returned, unchanged; a function of your own "
                "counts when it stands under the same `@` line. A copy, or numbers that were typed in, are not a treatment.",
            )
        unchanged = isinstance(answer, Mapping) and answer.keys() == visit.items.keys()
        if not unchanged or any(
            answer[key] is not visit.items[key] or _mark(answer[key]) != visit.marks[key] for key in answer
        ):
            missing = [name for name in self.wants if name not in visit.items]
            return self._verdict(
                "unusable",
                f"The script has to return a dictionary with {listed(self.wants)}."
                if missing else "What the run returned was changed afterwards. Run the script again.",
            )
        if missing := [name for name in self.wants if name not in visit.items]:
            return self._verdict("unusable", f"The script's result lacks {listed(missing)}.")
        if any(v.read_digits for v in same):
            return self._verdict(
                "unusable",
                "During this run the file of the digits was opened. It holds the digits on which the treatment is judged: "
                "use `x` and `y`, which are in the notebook already.",
            )
        if held_out := sorted({name for v in same for name in v.held_out}):
            return self._verdict(
                "unusable",
                f"This run uses {listed(held_out)}, with digits on which the treatment is judged. The network "
                "must not see them before: use `x` and `y`.",
            )
        outcome = sandbox.call(lambda: dict(self._judge(visit.items)), cpu_seconds=LEAST_SECONDS, wall_seconds=150.0)
        if outcome.timed_out or outcome.error is not None:
            what = "it took too long" if outcome.timed_out else str(outcome.error).strip() or type(outcome.error).__name__
            return self._verdict("unusable", f"What the run returned cannot be judged: {sandbox.without_addresses(what)}")
        numbers = outcome.value
        if not all(map(math.isfinite, numbers.values())):
            return self._verdict(
                "wrong", "The network gives NaN or infinity: the training has diverged. Take a smaller "
                "learning rate, or look for a division by zero or by a standard deviation near zero.",
            )
        if self._met(numbers):
            return self._verdict("correct", self._report(numbers), self.insight)
        if visit is visits[0]:
            return self._verdict(
                "not attempted", self._report(numbers), "This is the patient as it came. Change the script or its settings."
            )
        mistake = next((m for m in self.mistakes if m.answer(numbers, visit.settings)), None)
        if mistake:
            return self._verdict("known mistake", self._report(numbers), mistake.message, mistakes=(mistake.name,))
        return self._verdict("wrong", self._report(numbers), self._otherwise)


def finite_scores(scores: Any) -> np.ndarray:
    """``scores`` as an array (N, 10); NaN and infinity are kept for the check to tell.

    Raises:
        ValueError: it has another shape.
    """
    scores = np.asarray(scores, dtype=np.float64)
    if scores.ndim != 2 or scores.shape[1] != 10:
        raise ValueError(f"expected scores of shape (N, 10), got {scores.shape}")
    return scores


def accuracy_of(scores: Any, labels: np.ndarray) -> float:
    """Percent of the rows whose highest score (N, 10) is at the label (N,); NaN where a score is not finite."""
    scores = finite_scores(scores)
    if not np.isfinite(scores).all():
        return math.nan
    return float(100 * (scores.argmax(axis=1) == labels).mean())


def percent(value: float) -> str:
    """A percentage in a sentence: ``≈ 93.1 %``."""
    return f"≈ {value:.1f} %"


def plain(value: float) -> str:
    """Any other measured number in a sentence."""
    return f"≈ {number(value)}"


def _mark(value: Any) -> int:
    """A fingerprint of a network's trained weights or of a history; what inference changes (moving averages) does not count."""
    if isinstance(value, Mapping):
        return hash(tuple((str(name), str(np.asarray(entry).tolist())) for name, entry in value.items()))
    for name in ("trainable_variables", "trainable_weights"):
        weights = getattr(value, name, None)
        if isinstance(weights, (list, tuple)):
            return hash(tuple(np.asarray(weight).tobytes() for weight in weights))
    return 0


def _timed(script: Callable, args: tuple, kwargs: dict, visit: Visit) -> Any:
    began = time.process_time()
    try:
        return script(*args, **kwargs)
    finally:
        visit.cpu_seconds = time.process_time() - began


def _settings(script: Callable, args: tuple, kwargs: dict) -> dict[str, Any]:
    try:
        bound = inspect.signature(script).bind(*args, **kwargs)
    except TypeError:
        return dict(kwargs)  # the call itself will raise
    bound.apply_defaults()
    return dict(bound.arguments)


@functools.cache
def held_out_digits() -> tuple[np.ndarray, np.ndarray]:
    """The digits on which treatments are judged: float32 (2000, 784) from 0 to 1, and their labels.

    Every fifth test digit: the first 2,000 are harder than the others.
    """
    x, y = digits_for_testing()
    return x[::5].reshape(2000, 784).astype(np.float32) / 255, y[::5]
