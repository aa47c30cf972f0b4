"""The adequacy tool: its mutants, its judgement, and a small sample of what it finds (``python -m tests.adequacy``)."""

import ast
import inspect
import types

import numpy as np
import pytest

from helpers.exercises import Case, CodeExercise, Mistake
from tests.adequacy import code_exercises, inputs_of
from tests.adequacy.judge import ACCEPTED, FALSE, NAMED, REFUSED, UNLIKE, UNSEEN, judge
from tests.adequacy.mutants import NoSource, mutants, mutants_of_source, rebuilt

EXERCISES = code_exercises()


# ---- The exercises ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_a_sample_of_mutants_is_refused_and_named_rightly(name):
    exercise = EXERCISES[name]
    inputs = inputs_of(exercise)
    few = 1 if getattr(inputs, f"count_{name}", 1000) < 50 else 6  # a layer of Keras takes its time
    report = judge(exercise, inputs, sample=few, count=50, named_count=25)
    assert 0 < report.mutants <= few
    assert report.clean, "\n".join(map(str, report.findings))


def test_every_code_exercise_has_a_generator():
    assert [name for name, exercise in EXERCISES.items() if not inputs_of(exercise)] == []


@pytest.mark.parametrize("name", EXERCISES)
def test_a_generator_gives_what_the_exercise_takes_and_the_same_for_the_same_seed(name):
    generate, signature = getattr(inputs_of(EXERCISES[name]), name), inspect.signature(EXERCISES[name]._solution)
    drawn = [generate(np.random.default_rng(seed)) for seed in range(20)]
    for args in drawn:
        signature.bind(*args)
    assert len({str(args) for args in drawn}) > 10
    assert str(generate(np.random.default_rng(0))) == str(drawn[0])


# ---- The mutants --------------------------------------------------------------------------------


def first_above(values, limit=2.5, *, strict=True):
    """A docstring, which is no place for a mutation."""
    total = np.zeros(len(values), dtype="float")
    for i in range(1, len(values)):
        if values[i] > limit and not strict:
            total += values[i - 1 :].mean(axis=0)
            break
    return total, -limit


CHANGES = [
    "(total, -limit) → (total, limit)",
    "(total, -limit) → (-limit, total)",
    "(total, -limit) → (total, -values)",
    "limit=2.5 → limit=25.0",
    "limit=2.5 → limit=0.25",
    "strict=True → strict=False",
    "range(1, len(values)) → range(2, len(values))",
    "range(1, len(values)) → range(0, len(values))",
    "range(1, len(values)) → range(1, len(values) + 1)",
    "range(1, len(values)) → range(1, len(values) - 1)",
    "range(1, len(values)) → range(len(values), 1)",
    "range(1, len(values)) → range(len(values))",
    "values[i] > limit → values[i] >= limit",
    "values[i] > limit → values[i] < limit",
    "values[i] > limit → values[i + 1] > limit",
    "values[i] > limit → values > limit",
    "values[i] > limit → values[i] > values",
    "values[i] > limit and (not strict) → values[i] > limit or not strict",
    "values[i] > limit and (not strict) → values[i] > limit and strict",
    "values[i] > limit and (not strict) → values[i] > limit",
    "values[i] > limit and (not strict) → not strict",
    "if values[i] > limit and (not strict) → if True",
    "if values[i] > limit and (not strict) → if False",
    "total += → total =",
    "total += → total -=",
    "[i - 1:] → [i + 1:]",
    "[i - 1:] → [i - 1 - 1:]",
    "[i - 1:] → [:]",
    "[i - 1:] → [i:]",
    "[i - 1:] → ",
    "mean(axis=0) → mean(axis=1)",
    "mean(axis=0) → mean(axis=None)",
    "mean(axis=0) → mean()",
    "mean(axis=0) → sum(axis=0)",
    ".mean(axis=0) → ",
    "np.zeros(len(values), dtype='float') → np.ones(len(values), dtype='float')",
    "np.zeros(len(values), dtype='float') → np.zeros(len(values))",
    "np.zeros(len(values), dtype='float') → len(values)",
    "break → continue",
    "break → pass",
]


@pytest.mark.parametrize("change", CHANGES)
def test_known_changes_are_among_the_mutants(change):
    before, after = change.split(" → ")
    original = ast.unparse(ast.parse(inspect.getsource(rebuilt(first_above))))
    assert before in original
    found = {mutant.source for mutant in mutants(first_above)}
    assert any(original[:at] + after + original[at + len(before) :] in found for at in places(original, before))


def places(text, part):
    return [at for at in range(len(text)) if text.startswith(part, at)]


def test_a_return_is_moved_into_the_loop_and_the_loop_ends_with_it():
    (moved,) = [mutant for mutant in mutants(first_above) if mutant.description == "moved in" and mutant.line == 8]
    assert moved.source.splitlines()[-1] == "        return (total, -limit)"


def test_each_mutant_differs_from_the_original_in_one_place_and_from_all_others():
    found = list(mutants(first_above))
    original = inspect.getsource(rebuilt(first_above)).strip()
    sources = [mutant.source for mutant in found]
    assert len(set(sources)) == len(sources) > 100
    assert original not in sources
    for mutant in found:
        lines = mutant.source.splitlines()
        assert sum(line not in lines for line in original.splitlines()) <= 4, mutant.change  # an `if` with its body
        assert 1 <= mutant.line <= 8
        assert inspect.getsource(mutant.function).strip() == mutant.source


def test_a_sample_is_drawn_anew_for_another_seed():
    everything = {mutant.source for mutant in mutants(first_above)}
    samples = [{mutant.source for mutant in mutants(first_above, sample=5, seed=seed)} for seed in (0, 0, 1)]
    assert samples[0] == samples[1] != samples[2]
    assert all(len(sample) == 5 and sample <= everything for sample in samples)


def made_by(offset, shift=lambda x: x + 1):
    def inner(x, start=offset):
        return shift(x) * offset + start

    return inner


def test_a_function_made_by_another_keeps_its_variables_and_defaults():
    assert rebuilt(made_by(10))(1) == 30
    changed = {mutant.change: mutant.function for mutant in mutants(made_by(10))}
    assert changed["return shift(x) * offset + start → return shift(x) * offset - start"](1) == 10


def test_the_right_one_of_several_lambdas_in_a_line_is_found():
    several = [lambda x: x + 1, lambda x: (lambda y: y * x)(2), lambda x: x if x else (x - 3)]
    assert [rebuilt(function)(5) for function in several] == [6, 10, 5]
    assert [m.change for m in mutants(several[0])][:2] == [
        "answer = lambda x: x + 1 → answer = lambda x: x - 1",
        "answer = lambda x: x + 1 → answer = lambda x: x * 1",
    ]


@pytest.mark.parametrize("function", [np.mean, types.SimpleNamespace()])
def test_what_has_no_source_is_refused(function):
    with pytest.raises(NoSource):
        mutants(function)


def test_the_text_of_a_class_is_mutated_too():
    text = """
        class Counter:
            def __init__(self):
                self.a, self.b = 0, 1
            def call(self):
                return self.a - self.b
        """
    found = {mutant.change: mutant.function for mutant in mutants_of_source(text, "Counter", {})}
    assert found["return self.a - self.b → return self.a - self.a"]().call() == 0
    assert found["return self.a - self.b → return self.b - self.a"]().call() == 1


# ---- The judge ----------------------------------------------------------------------------------


def gain(values, limit):
    return float(sum(values[values > limit]))


def gain_in_a_loop(values, limit):
    i, total = 0, 0.0
    while i < len(values):
        if values[i] > limit:
            total += values[i]
        i += 1
    return total


def gain_at_least(values, limit):
    return float(sum(values[values >= limit]))


def exercise(cases, mistakes=(), variants=(), solution=gain):
    planted = CodeExercise(
        solution, outputs=["gain"], cases=lambda: [Case("here", args) for args in cases], mistakes=mistakes,
        variants=variants, hints=["", ""], insight="",
    )
    planted.name = "gain"
    return planted


def draw(rng):
    return rng.integers(-4, 5, size=rng.integers(0, 6)) / 2, float(rng.integers(-2, 3)) / 2


TELLING = [(np.array([2.5, 1.0, 2.0, 4.0, -3.0, 3.5]), 2.0), (np.array([-1.5, 0.5, -4.0]), -1.5), (np.array([]), 0.0)]
BLIND = [(np.array([1.0, 4.0, -3.0]), 2.0), (np.array([0.5, -4.0]), -1.5), (np.array([]), 0.0)]  # none is the limit


def judged(planted, generate=draw, **options):
    return judge(planted, types.SimpleNamespace(gain=generate), count=300, **options)


def kind_of(report, change):
    """The kinds of finding of the mutants with this in their change."""
    return [finding.kind for finding in report.findings if finding.mutant and change in finding.mutant.change]


def test_a_check_that_sees_all_is_clean():
    report = judged(exercise(TELLING, variants=[gain_in_a_loop]), sample=80)
    assert report.clean and not report.findings, "\n".join(map(str, report.findings))
    assert report.counts[REFUSED] > 30  # among them some that never end
    assert report.mutants == report.counts.total()


def test_a_check_whose_cases_do_not_tell_a_mutant_is_found():
    report = judged(exercise(BLIND))
    assert not report.clean
    assert kind_of(report, "values >= limit") == [ACCEPTED]
    (why,) = [finding.why for finding in report.findings if "values >= limit" in finding.mutant.change]
    assert "expected" in why and "Input " in why


def test_a_name_whose_mechanism_is_another_is_found():
    """It is as "at least" in the check's cases, and nowhere else."""
    false = Mistake("another", "", lambda values, limit: gain_at_least(values, limit) + (limit < -1.5))
    assert judged(exercise(TELLING, [Mistake("at least", "", gain_at_least)])).clean
    report = judged(exercise(TELLING, [false]), lambda rng: (draw(rng)[0], draw(rng)[1] - 1))
    assert kind_of(report, "values >= limit") == [FALSE]
    assert '"another" differs on ' in str(report.findings)


def test_inputs_that_show_less_than_the_check_are_told():
    report = judged(exercise(TELLING), lambda rng: (rng.normal(size=3), float(rng.normal())))
    assert report.clean
    assert kind_of(report, "values >= limit") == [UNSEEN]


def test_a_variant_that_is_not_as_the_solution_is_told():
    report = judged(exercise(BLIND, variants=[gain_at_least]))
    assert report.counts[UNLIKE] == 1 and not report.clean


def test_an_undecided_0_over_0_does_not_make_a_name_false():
    def scaled(values, epsilon):
        return float((values**2).mean() / (values.var() + epsilon))

    def two_moments(values, epsilon):
        return float((values**2).mean() / ((values**2).mean() - values.mean() ** 2 + epsilon))

    known = Mistake("no epsilon", "", lambda values, epsilon: float((values**2).mean() / values.var()))
    report = judged(
        exercise([(np.array([1.0, 2.0, 4.0]), 0.5), (np.array([1.0, 3.0]), 0.5)], [known], [two_moments], scaled),
        lambda rng: (rng.normal() + rng.integers(0, 2) * rng.normal(size=rng.integers(2, 5)), 0.5),
    )
    assert report.counts[NAMED] >= 2 and not report.counts[FALSE]


def test_infinity_in_place_of_nan_does_not_make_a_name_false():
    def scaled(values, limit):
        return (values - values.mean()) / (limit**2 + 1.0)

    def in_one(values, limit):
        factor = 1.0 / (limit**2 + 1.0)
        return values * factor - values.mean() * factor

    known = Mistake("no 1", "", lambda values, limit: (values - values.mean()) / limit**2)
    calls = [(np.array([1.0, 2.0, 4.0]), 0.5), (np.array([1.0, 3.0]), 0.5)]
    report = judged(
        exercise(calls, [known], [in_one], scaled),
        lambda rng: (rng.normal(size=3), rng.choice([0.0, 0.0, 0.5, 2.0])),  # infinity, or infinity minus infinity
    )
    assert report.counts[NAMED] >= 2 and not report.counts[FALSE]


def test_a_mistake_known_by_its_error_is_judged_where_the_answer_raises():
    def kept(values, limit):
        return np.array([0.0 if abs(v) <= limit else abs(v) * (1 if v > 0 else -1) for v in values])

    known = Mistake("if on an array", "", lambda values, limit: values if values > 0 else -values)
    calls = [(np.array([1.0, -2.0, 4.0]), 0.5), (np.array([-1.0, 3.0]), 0.5)]
    report = judged(
        exercise(calls, [known], [], kept), lambda rng: (rng.normal(size=3), float(rng.choice([0.2, 5.0])))
    )
    assert report.counts[NAMED] and not report.counts[FALSE]


def test_hooks_of_the_inputs_are_used():
    def told(function, args):
        asked.append(function)
        return function(*args)

    asked = []
    inputs = types.SimpleNamespace(
        gain=draw, count_gain=7, call_gain=told,
        mutants_of_gain=lambda exercise, *, sample, seed: mutants(gain_at_least, sample=sample, seed=seed),
    )
    report = judge(exercise(TELLING), inputs, sample=3)
    assert report.mutants == 3 and asked
    wrapped = []
    inputs = types.SimpleNamespace(gain=draw, answer_of_gain=lambda function: wrapped.append(function) or function)
    assert judge(exercise(TELLING), inputs, sample=3).mutants == 3
    assert len(wrapped) == 4  # with the solution made anew
