"""Every exercise of every module: solutions pass, mistakes are named, variants pass."""

import importlib
import itertools
import pkgutil
import time
from pathlib import Path

import numpy as np
import pytest

import helpers.exercises
from helpers.exercises import CodeExercise, DiagnoseExercise, Patient, PredictExercise, catalogue, sandbox
from helpers.exercises.comparing import same

ENGINE = {"engine", "comparing", "sandbox", "verdict"}
MODULES = [
    importlib.import_module(f"helpers.exercises.{info.name}")
    for info in pkgutil.iter_modules(helpers.exercises.__path__)
    if info.name not in ENGINE
]
EXERCISES = [exercise for module in MODULES for exercise in catalogue(module).values()]
CODE = [exercise for exercise in EXERCISES if isinstance(exercise, CodeExercise)]
# A diagnosis needs its patient's run: tests/test_clinic.py.
PREDICT = [
    exercise for exercise in EXERCISES
    if isinstance(exercise, PredictExercise) and not isinstance(exercise, DiagnoseExercise)
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_each_exercise_has_a_file_of_its_name_and_nothing_else_has(module):
    """In the clinic, each patient: its exercises stand beside it."""
    files = {path.stem for path in Path(module.__file__).parent.glob("*.py")} - {"__init__", "_shared"}
    patients = {patient for patient, value in vars(module).items() if isinstance(value, Patient)}
    of_patients = {f"{step}_{patient}" for step in ("diagnose", "treat", "explain") for patient in patients}
    assert files == set(catalogue(module)) - of_patients | patients
    assert set(module.__all__) >= files | of_patients
    assert of_patients <= set(catalogue(module))


def name(value):
    return getattr(value, "name", None) or getattr(value, "__name__", None)


def mistakes_of(exercise):
    """Each code mistake as students would make it: outputs it is not about are right."""
    for mistake in exercise.mistakes:
        yield pytest.param(exercise, mistake, id=f"{exercise.name}: {mistake.name}")


def with_right_outputs(exercise, mistake):
    if not mistake.outputs:
        return mistake.answer

    def answer(*args):
        right, wrong = exercise._solution(*args), mistake.answer(*args)
        return tuple(
            w if output in mistake.outputs else r for output, r, w in zip(exercise.outputs, right, wrong)
        )

    return answer


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_the_solution_passes(exercise):
    assert exercise.evaluate(exercise._solution).state == "correct"


@pytest.mark.parametrize(
    ("exercise", "variant"), [pytest.param(e, v, id=f"{e.name}: {i}") for e in CODE for i, v in enumerate(e.variants)]
)
def test_every_variant_passes(exercise, variant):
    verdict = exercise.evaluate(variant)
    assert verdict.state == "correct", str(verdict)


@pytest.mark.parametrize(("exercise", "mistake"), [p for e in CODE for p in mistakes_of(e)])
def test_every_mistake_is_named(exercise, mistake):
    verdict = exercise.evaluate(with_right_outputs(exercise, mistake))
    assert verdict.mistakes == (mistake.name,), str(verdict)
    assert verdict.state == "known mistake"
    assert mistake.message in verdict.paragraphs


def alike(a, b):
    """True where two mistakes give the same, an error included."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        return type(a) is type(b) and str(a) == str(b)
    return same(a, b)


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_no_two_mistakes_are_the_same(exercise):
    """Two mistakes that agree on all cases could not be told apart: one would never be named."""
    exercise._prepare()
    for a, b in itertools.combinations(exercise.mistakes, 2):
        told_apart = any(
            not alike(wa, wb)
            for case in range(len(exercise._reference))
            for wa, wb in zip(exercise.wrong_outputs(a, case), exercise.wrong_outputs(b, case))
        )
        assert told_apart, f"{a.name} and {b.name}"


def _distance(wrong, right):
    """The largest difference, relative to the largest right value; infinity where no tolerance would pass it."""
    if isinstance(wrong, Exception) or wrong.shape != right.shape:
        return np.inf
    finite = np.isfinite(right)
    if not np.array_equal(wrong[~finite], right[~finite], equal_nan=True) or not np.isfinite(wrong[finite]).all():
        return np.inf
    right, wrong = right[finite], wrong[finite]
    return np.abs(wrong - right).max() / (np.abs(right).max() + 1e-9) if right.size else 0.0


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_outputs_keep_their_distance_from_the_tolerance(exercise):
    """A mistake that is only just outside the tolerance would be named on one machine and pass on another."""
    exercise._prepare()
    for mistake in exercise.mistakes:
        largest = 0.0
        for case, (_, right) in enumerate(exercise._reference):
            for output, r, w in zip(exercise.outputs, right, exercise.wrong_outputs(mistake, case)):
                if mistake.outputs and output not in mistake.outputs:
                    continue
                largest = max(largest, _distance(w, r))
        assert largest > 1e-2, f"{mistake.name} differs by {largest:.1e} only"


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_a_check_answers_in_half_a_second_and_stops_an_endless_loop(exercise):
    def endless(*args):
        while True:
            pass

    # CPU time: on a busy machine the clock would measure its other work.
    started = time.process_time()
    exercise.evaluate(exercise._solution)
    answered = time.process_time()
    assert exercise.evaluate(endless).state == "unusable"
    assert answered - started < 0.5
    assert time.process_time() - answered < (exercise.cpu_seconds or sandbox.CPU_SECONDS) + 0.2


@pytest.mark.parametrize("exercise", PREDICT, ids=name)
def test_predictions(exercise):
    assert exercise.evaluate(dict(exercise.answers)).state == "correct"
    untouched = dict.fromkeys(exercise.answers)
    assert exercise.evaluate(untouched).state == "not attempted"
    for entry, mistakes in exercise.mistakes_by_entry.items():
        assert mistakes, f"{entry} has no known mistake"
        for mistake in mistakes:
            depends = callable(mistake.answer)  # on the student's other values
            value = mistake.answer(exercise.answers) if depends else mistake.answer
            verdict = exercise.evaluate(exercise.answers | {entry: value})
            assert verdict.state == "known mistake"
            assert verdict.mistakes == (mistake.name,)
            if not depends:
                partly = exercise.evaluate(untouched | {entry: value})
                assert partly.mistakes == (mistake.name,)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_every_exercise_has_what_a_student_needs(exercise):
    assert exercise.name and exercise.kind in {"predict", "code", "experiment"}
    assert exercise.points > 0 and exercise.insight.strip()
    assert len(exercise.hints) >= 2
    compile(exercise.solved_cell(), "solved cell", "exec")
    texts = [exercise.insight, *exercise.hints]
    known = exercise.mistakes if hasattr(exercise, "mistakes") else sum(exercise.mistakes_by_entry.values(), ())
    assert known
    texts += [m.message for m in known]
    assert all(text.count("`") % 2 == 0 for text in texts)


@pytest.mark.parametrize("exercise", CODE, ids=name)
def test_no_message_gives_the_solution_away(exercise):
    lines = [line.strip() for line in exercise.solved_cell().splitlines()[1:] if "return" in line or "=" in line]
    for mistake in exercise.mistakes:
        assert not any(line in mistake.message for line in lines)


@pytest.mark.parametrize(
    ("entry", "axes"),
    [("axes for (N, C)", 0), ("axes for (N, C)", (-2,)), ("axes for (N, H, W, C)", (-4, -3, -2)),
     ("axes for (N, H, W, C)", [2, 0, 1])],
)
def test_axes_may_be_named_as_numpy_takes_them(entry, axes):
    exercise = importlib.import_module("helpers.exercises.batch_normalization_from_scratch").share_a_mean
    assert exercise.evaluate(exercise.answers | {entry: axes}).state == "correct"
    assert exercise.evaluate(exercise.answers | {entry: (-1,)}).state != "correct"
