"""The exercise engine against careless answers: each gets a true message and breaks nothing."""

import builtins
import copy
import functools
import html
import importlib
import itertools
import linecache
import pkgutil
import re
import sys
import textwrap
import threading
import time
import warnings
from fractions import Fraction

import numpy as np
import pytest

import helpers.exercises
from helpers.exercises.comparing import ABSOLUTE, RELATIVE, same
from helpers.exercises import (
    Case,
    CheckFailed,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    Verdict,
    catalogue,
    sandbox,
)

EXERCISES = [
    exercise
    for info in pkgutil.iter_modules(helpers.exercises.__path__)
    for exercise in catalogue(importlib.import_module(f"helpers.exercises.{info.name}")).values()
]
CODE = [exercise for exercise in EXERCISES if isinstance(exercise, CodeExercise)]


# --- exercises made for the tests ----------------------------------------------------------------


def scaled(x, factor=2.0):
    return factor * (x - x.mean(axis=0))


def moments(x):
    return x.mean(axis=0), x.var(axis=0)


def array_of(*shape):
    return np.random.default_rng(0).normal(3.0, 2.0, size=shape)


@pytest.fixture
def one():
    """An exercise with one output, two cases, and an argument with a default."""
    exercise = CodeExercise(
        scaled,
        cases=lambda: [
            Case("on the first case", (array_of(4, 3),)),
            Case("on the second case", (array_of(5, 2), 0.5)),
        ],
        outputs=["y"],
        mistakes=[
            Mistake("factor left out", "The factor is missing.", lambda x, factor=2.0: x - x.mean(axis=0)),
            Mistake("mean left out", "The mean is missing.", lambda x, factor=2.0: factor * x),
            Mistake("mean only", "This is the mean.", lambda x, factor=2.0: x.mean(axis=0)),
        ],
        properties=[
            Property("Each column must sum to 0.", lambda _, outputs: np.allclose(outputs[0].sum(axis=0), 0)),
        ],
        hints=["A nudge.", "A sketch."],
        insight="Well seen.",
    )
    exercise.name = "scaled"
    return exercise


@pytest.fixture
def two():
    """An exercise with two outputs."""
    exercise = CodeExercise(
        moments,
        cases=lambda: [Case("on a batch of shape (5, 3)", (array_of(5, 3),))],
        outputs=["mean", "variance"],
        mistakes=[
            Mistake("sum", "`mean` is a sum.", lambda x: (x.sum(axis=0), x.var(axis=0)), ("mean",)),
            Mistake("ddof=1", "`variance` divides by N - 1.", lambda x: (x.mean(0), x.var(0, ddof=1))),
            Mistake("variance for mean", "`mean` is the variance.", lambda x: (x.var(0), None), ("mean",)),
            Mistake("order", "The two have changed places.", lambda x: moments(x)[::-1]),
            Mistake("zeros", "Nothing is computed.", lambda x: (np.zeros(3), np.zeros(3))),
        ],
        hints=["A nudge."],
        insight="Well seen.",
    )
    exercise.name = "moments"
    return exercise


@pytest.fixture
def predict():
    exercise = PredictExercise(
        {"axes": (0, 1), "count": 16, "share": 0.25, "kept": True},
        variable="guess",
        mistakes={"count": [Mistake("one too many", "count from 0.", 17)]},
        choices={"kept": (True, False)},
        hints=["A nudge."],
        insight="Well seen.",
    )
    exercise.name = "guess"
    return exercise


@pytest.fixture
def experiment():
    exercise = ExperimentExercise(
        measured=lambda r: "" if isinstance(r, dict) and {"rate", "score"} <= set(r) else "Pass the result.",
        attempted=lambda r: r["rate"] != 1.0,
        met=lambda r: r["score"] > 0.9,
        report=lambda r: f"Score ≈ {r['score']:.2f}.",
        mistakes=[Mistake("too fast", "The rate is too large.", lambda r: r["rate"] > 1)],
        otherwise="Go on.",
        solved="result = run(rate=0.1)\n",
        hints=["A nudge."],
        insight="Well seen.",
    )
    exercise.name = "race"
    return exercise


@pytest.fixture
def short_limits(monkeypatch):
    """Time limits that keep these tests short; the limits themselves have a test of their own."""
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 0.1)
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.5)


def student(source, name="scaled", **names):
    """Run a student's cell and return the function it defines."""
    namespace = {"np": np, **names}
    exec(compile(textwrap.dedent(source), "<cell>", "exec"), namespace)
    return namespace[name]


def right(x, factor=2.0):
    return factor * (x - x.mean(axis=0))


def returns(value):
    return lambda x, factor=2.0: value


def text(verdict):
    return " ".join(verdict.paragraphs)


# --- not attempted, not a function, another signature --------------------------------------------

STUBS = [
    "def scaled(x, factor=2.0): ...",
    "def scaled(x, factor=2.0): pass",
    "def scaled(x, factor=2.0): return None",
    "def scaled(x, factor=2.0): return",
    "def scaled(x, factor=2.0): return ...",
    'def scaled(x, factor=2.0):\n    """Scale x."""',
    'def scaled(x, factor=2.0):\n    """Scale x."""\n    ...',
    "def scaled(x: np.ndarray, factor: float = 2.0) -> np.ndarray:\n    ...  # your code",
    "scaled = lambda x, factor=2.0: None",
    "def scaled(x): ...",
]


@pytest.mark.parametrize("source", STUBS)
def test_a_stub_is_not_attempted(one, source):
    assert one.evaluate(student(source)).state == "not attempted"


@pytest.mark.parametrize("answer", [None, Ellipsis])
@pytest.mark.parametrize("kind", ["one", "predict", "experiment"])
def test_nothing_is_not_attempted(kind, answer, request):
    assert request.getfixturevalue(kind).evaluate(answer).state == "not attempted"


@pytest.mark.parametrize("body", ["return x", "x = 1", "return 0", "return False", "raise ValueError"])
def test_a_body_that_does_something_is_an_attempt(one, body):
    assert one.evaluate(student(f"def scaled(x, factor=2.0): {body}")).state != "not attempted"


@pytest.mark.parametrize("answer", [np.ones(3), "scaled", 3.0, [1, 2], {"a": 1}, right(array_of(4, 3))])
def test_not_a_function_is_told_how_to_pass_one(one, answer):
    verdict = one.evaluate(answer)
    assert verdict.state == "unusable"
    assert f"`{type(answer).__name__}`" in text(verdict) and "`check(scaled)`" in text(verdict)


@pytest.mark.parametrize(
    ("signature", "count"),
    [
        ("()", "1 argument"),
        ("(x)", "2 arguments"),
        ("(x, factor)", "1 argument"),
        ("(x, factor, more)", "1 argument"),
        ("(*, x, factor=2.0)", "1 argument"),
        ("(x, *, factor=2.0)", "2 arguments"),
    ],
)
def test_a_wrong_signature_is_shown_beside_the_wanted_one(one, signature, count):
    verdict = one.evaluate(student(f"def mine{signature}: return 1.0", "mine"))
    assert verdict.state == "unusable"
    assert "`scaled(x, factor=2.0)`" in text(verdict) and f"`mine{signature}`" in text(verdict)
    assert f"{count} by position" in text(verdict)


def test_a_signature_is_shown_without_memory_addresses(one):
    verdict = one.evaluate(student("def scaled(x, y, z=object()): return x"))
    assert "z=<object object>" in text(verdict)


class Scaler:
    def __call__(self, x, factor=2.0):
        return right(x, factor)

    def method(self, x, factor=2.0):
        return right(x, factor)

    @staticmethod
    def static(x, factor=2.0):
        return right(x, factor)


@functools.wraps(right)
def decorated(*args, **kwargs):
    return right(*args, **kwargs)


@pytest.mark.parametrize(
    "answer",
    [
        right,
        lambda x, f=2.0: right(x, f),
        lambda x, factor=2.0, axis=0, *, dtype=None: right(x, factor),
        lambda *args: right(*args),
        functools.partial(lambda flag, x, factor=2.0: right(x, factor), True),
        Scaler(),
        Scaler().method,
        Scaler.static,
        decorated,
    ],
)
def test_every_callable_with_a_fitting_signature_may_answer(one, answer):
    assert one.evaluate(answer).state == "correct"


@pytest.mark.parametrize("answer", [np.negative, len, print, dict, np.add, Scaler, max, type, isinstance])
def test_other_callables_are_refused_calmly(one, answer):
    assert one.evaluate(answer).state in {"unusable", "wrong"}


def test_an_async_function_is_told_so_and_leaves_no_warning(one):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        verdict = one.evaluate(student("async def scaled(x, factor=2.0): return x"))
    assert verdict.state == "unusable" and "`async def`" in text(verdict)
    assert not caught


# --- it raises -----------------------------------------------------------------------------------


def in_a_cell(source, name="scaled"):
    """A function whose source can be found again, as in a notebook."""
    source = textwrap.dedent(source)
    linecache.cache["<cell 7>"] = (len(source), None, source.splitlines(keepends=True), "<cell 7>")
    namespace = {"np": np}
    exec(compile(source, "<cell 7>", "exec"), namespace)
    return namespace[name]


def test_an_error_shows_the_students_own_line(one):
    answer = in_a_cell(
        """
        def helper(x):
            return np.linalg.inv(x)

        def scaled(x, factor=2.0):
            y = factor * x
            return helper(y)
        """
    )
    verdict = one.evaluate(answer)
    assert verdict.state == "unusable"
    assert "`LinAlgError`" in text(verdict) and "on the first case" in text(verdict)
    # The innermost line that is the student's, not NumPy's.
    assert verdict.code == "line 3 of the cell:  return np.linalg.inv(x)"


def with_row_means(mistake):
    cases = [Case("on a square", (array_of(3, 3),)), Case("on rows", (array_of(5, 3),))]
    return CodeExercise(scaled, cases=lambda: cases, outputs=["y"], mistakes=[mistake], hints=["?", "!"], insight="Yes.")


def test_a_mistake_that_raises_is_known_by_its_error_and_shows_the_line():
    exercise = with_row_means(Mistake("rows", "Means of rows.", lambda x, factor=2.0: factor * (x - x.mean(axis=1))))
    answer = in_a_cell("def scaled(x, factor=2.0):\n    m = x.mean(axis=1)\n    return factor * x - factor * m\n")
    verdict = exercise.evaluate(answer)
    assert verdict.state == "known mistake" and verdict.mistakes == ("rows",)
    assert verdict.paragraphs[0] == "Means of rows." and "broadcast" in text(verdict)
    assert verdict.code == "line 3 of the cell:  return factor * x - factor * m"


@pytest.mark.parametrize(
    "body",
    [
        "return x - x.mean(axis=1)",  # the same error, but something else where it does not raise
        "return factor * (x - x.mean(axis=1)[:4])",  # another message
        "x - x.mean(axis=1) if len(x) == 5 else 0; raise TypeError",
    ],
)
def test_another_error_or_another_result_before_it_is_not_taken_for_it(body):
    exercise = with_row_means(Mistake("rows", "Means of rows.", lambda x, factor=2.0: factor * (x - x.mean(axis=1))))
    assert exercise.evaluate(student(f"def scaled(x, factor=2.0): {body}")).state in {"unusable", "wrong"}


def test_an_error_reads_the_same_twice_and_names_no_address(one):
    answer = in_a_cell("def scaled(x, factor=2.0):\n    raise ValueError(f'no {object()!r}\\nsecond line')\n")
    first, second = str(one.evaluate(answer)), str(one.evaluate(answer))
    assert first == second
    assert "0x" not in first and "<object object>" in first and "second line" not in first.split("line 2")[0]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("raise SystemExit", "SystemExit"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return scaled(x, factor)", "RecursionError"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("raise NotImplementedError", "NotImplementedError"),
        ("return undefined", "NameError"),
        ("raise ValueError('')", "ValueError"),
        ("raise ValueError('\\n')", "ValueError"),
        ("raise UserWarning", "UserWarning"),
    ],
)
def test_whatever_it_raises_is_reported_and_goes_no_further(one, body, name):
    verdict = one.evaluate(student(f"def scaled(x, factor=2.0): {body}"))
    assert verdict.state == "unusable" and f"It raised `{name}`" in text(verdict)


def test_an_error_that_cannot_be_printed_is_still_reported(one):
    source = """
    class Odd(Exception):
        def __str__(self):
            raise RuntimeError

    def scaled(x, factor=2.0):
        raise Odd
    """
    assert "It raised `Odd`" in text(one.evaluate(student(source)))


def test_an_error_on_the_second_case_says_so(one):
    verdict = one.evaluate(lambda x, factor=2.0: right(x, factor) if len(x) == 4 else x.nothing)
    assert verdict.state == "unusable" and "That was on the second case." in verdict.paragraphs


# --- it prints, warns, touches the world ---------------------------------------------------------


def test_printing_is_noted_and_does_not_reach_the_notebook(one, capfd):
    def answer(x, factor=2.0):
        print("noise")
        print("noise", file=sys.stderr)
        return right(x, factor)

    verdict = one.evaluate(answer)
    assert verdict.state == "correct" and "remove the `print`" in text(verdict)
    assert capfd.readouterr() == ("", "")


def test_print_instead_of_return_is_told_apart(one):
    verdict = one.evaluate(lambda x, factor=2.0: print(right(x, factor)))
    assert verdict.state == "unusable"
    assert "`None`" in text(verdict) and "What it printed is not what it returns." in verdict.paragraphs


def test_a_known_mistake_that_prints_is_named_and_noted(one):
    def answer(x, factor=2.0):
        print(x)
        return factor * x

    verdict = one.evaluate(answer)
    assert verdict.mistakes == ("mean left out",) and "remove the `print`" in text(verdict)


def test_stdout_is_restored_even_where_the_function_replaced_it(one, short_limits):
    def answer(x, factor=2.0):
        sys.stdout = None
        while True:
            pass

    before = sys.stdout, sys.stderr
    one.evaluate(answer)
    assert (sys.stdout, sys.stderr) == before


def test_warnings_are_silent_and_the_filters_come_back(one):
    def answer(x, factor=2.0):
        warnings.simplefilter("ignore")
        warnings.warn("look here")
        return right(x, factor)

    before = list(warnings.filters)
    assert one.evaluate(answer).state == "correct"
    assert warnings.filters == before


def test_division_by_zero_warns_nobody(one):
    assert one.evaluate(lambda x, factor=2.0: right(x, factor) / np.zeros(x.shape[1])).state == "wrong"


def test_numpys_error_state_does_not_leak(one):
    def answer(x, factor=2.0):
        np.seterr(all="raise")
        return right(x, factor)

    before = np.geterr()
    assert one.evaluate(answer).state == "correct"
    assert np.geterr() == before


def test_a_seed_set_outside_changes_nothing(one):
    np.random.seed(1)
    first = str(one.evaluate(returns(np.zeros((4, 3)))))
    np.random.seed(2)
    assert str(one.evaluate(returns(np.zeros((4, 3))))) == first


# --- it does not return --------------------------------------------------------------------------

ENDLESS = {
    "while True": "while True: pass",
    "bare except": "while True:\n        try: x = x + 1\n        except: pass",
    "except Exception": "while True:\n        try: np.mean(x)\n        except Exception: pass",
    "huge range": "return [i for i in range(10**15)]",
    "generator": "return sum(i for i in range(10**15))",
    "NumPy": "a = np.eye(100)\n    while True: a = a @ a",
    "a loop that forgets to count": "i = 0\n    while i < len(x): y = x[i]",
}


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_function_is_stopped_and_the_next_check_works(one, short_limits, body):
    threads = threading.active_count()
    verdict = one.evaluate(student(f"def scaled(x, factor=2.0):\n    {body}"))
    assert verdict.state == "unusable"
    assert "did not return in time on the first case" in text(verdict)
    assert "It was stopped." in text(verdict)
    assert threading.active_count() == threads
    assert one.evaluate(right).state == "correct"


def test_endless_on_the_second_case_only(one, short_limits):
    def answer(x, factor=2.0):
        while len(x) == 5:
            pass
        return right(x, factor)

    assert "did not return in time on the second case" in text(one.evaluate(answer))


def test_a_function_that_cannot_be_stopped_is_said_to_run_on(one, short_limits):
    release = threading.Event()
    filters = list(warnings.filters)
    # One wait in C: no exception reaches the thread before it ends.
    verdict = one.evaluate(lambda x, factor=2.0: release.wait(30))
    try:
        assert verdict.state == "unusable" and "restart the kernel" in text(verdict)
        # What belongs to the whole process is back, though the thread is not.
        assert warnings.filters == filters and sys.stdout is not None
        assert one.evaluate(right).state == "correct"
    finally:
        release.set()
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.daemon:
                thread.join(2)


def test_the_limit_is_cpu_time_so_that_a_short_wait_is_no_endless_loop(one):
    def answer(x, factor=2.0):
        time.sleep(sandbox.CPU_SECONDS + 0.1)
        return right(x, factor)

    assert one.evaluate(answer).state == "correct"


# --- what it returns -----------------------------------------------------------------------------


def tensor_of(module):
    """A value whose type says it comes from ``module``, as tensors' types do."""
    return type("Tensor", (), {"__module__": module})()


RETURNED = {
    "list": (right(array_of(4, 3)).tolist(), "a list"),
    "tuple": ((right(array_of(4, 3)),), "a tuple of 1"),
    "tuple of three": ((1, 2, 3), "a tuple of 3"),
    "string": ("abc", "`str`"),
    "bool": (True, "`bool`"),
    "dictionary": ({}, "`dict`"),
    "generator": ((i for i in ()), "`generator`"),
    "function": (right, "`function`"),
    "class": (Scaler, "`type`"),
    "ellipsis": (..., "still to be written"),
    "int array": (np.ones((4, 3), int), "`int64`"),
    "bool array": (np.ones((4, 3), bool), "`bool`"),
    "complex": (np.ones((4, 3), complex), "`complex128`"),
    "objects": (np.ones((4, 3), object), "`object`"),
    "strings": (np.full((4, 3), "a"), "`<U1`"),
    "dates": (np.zeros((4, 3), "M8[s]"), "`datetime64[s]`"),
    "records": (np.zeros((4, 3), [("a", float)]), "`[('a', '<f8')]`"),
    "float16": (np.ones((4, 3), np.float16), "`float16`"),
    "scalar": (1.0, "shape (), expected (4, 3)"),
    "NumPy scalar": (np.float64(1), "shape (), expected (4, 3)"),
    "transposed": (array_of(3, 4), "shape (3, 4), expected (4, 3)"),
    "empty": (np.array([]), "shape (0,), expected (4, 3)"),
    "one axis too many": (np.ones((4, 4, 3)), "shape (4, 4, 3), expected (4, 3)"),
    "torch": (tensor_of("torch"), "a torch tensor"),
    "jax": (tensor_of("jaxlib._jax"), "a jaxlib tensor"),
}


@pytest.mark.parametrize(("value", "said"), RETURNED.values(), ids=RETURNED)
def test_what_cannot_be_compared_is_named(one, value, said):
    verdict = one.evaluate(returns(value))
    assert verdict.state == "unusable" and said in text(verdict)
    assert "That was on the first case." in verdict.paragraphs


def test_tensors_of_tensorflow_and_keras_are_named(one):
    import keras
    import tensorflow as tf

    values = {
        "tensorflow": [tf.ones((4, 3)), tf.Variable(tf.ones((4, 3))), keras.ops.ones((4, 3))],
        "keras": [keras.Variable(np.ones((4, 3))), keras.Input((3,))],
    }
    for library, tensors in values.items():
        for tensor in tensors:
            verdict = one.evaluate(returns(tensor))
            assert verdict.state == "unusable" and f"a {library} tensor" in text(verdict)


def test_leading_lengths_of_one_may_be_there_or_not_and_are_mentioned(two):
    both = two.evaluate(lambda x: (x.mean(axis=0, keepdims=True), x.var(axis=0)))
    assert both.state == "correct" and "`mean` has shape (1, 3), expected (3,)" in text(both)
    wrong = two.evaluate(lambda x: (x.mean(axis=0)[None], x.std(axis=0)))
    assert wrong.state == "wrong" and "has shape" not in text(wrong)


@pytest.mark.parametrize("turn", [lambda v: v[:, None], lambda v: v.reshape(1, -1, 1)])
def test_a_length_of_one_that_makes_a_table_of_a_row_is_refused(two, turn):
    verdict = two.evaluate(lambda x: (x.mean(axis=0, keepdims=True), turn(x.var(axis=0))))
    assert verdict.mistakes == ("axis of length 1",)
    assert "`variance` has shape" in text(verdict) and "`mean`" not in text(verdict)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_every_float_but_float16_is_welcome(one, dtype):
    assert one.evaluate(lambda x, factor=2.0: right(x, factor).astype(dtype)).state == "correct"


def test_a_view_of_the_input_may_be_returned(one):
    assert one.evaluate(lambda x, factor=2.0: x[:]).state == "wrong"


def test_nan_is_wrong_and_shown(one):
    verdict = one.evaluate(lambda x, factor=2.0: x * np.nan)
    assert verdict.state == "wrong" and "got nan" in text(verdict)


def test_a_known_mistake_is_named_though_its_shape_is_wrong(one):
    verdict = one.evaluate(lambda x, factor=2.0: x.mean(axis=0, keepdims=True))
    assert verdict.mistakes == ("mean only",)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.ones(3), "It returned one `ndarray`, expected 2: `return mean, variance`."),
        ((np.ones(3),), "It returned 1 values, expected 2"),
        ((1.0, 2.0, 3.0), "It returned 3 values, expected 2"),
        ({}, "It returned one `dict`, expected 2"),
        (None, "`None`"),
        (..., "still to be written"),
        ((np.ones(3), None), "`variance` is `None`"),
        ((..., np.ones(3)), "`mean` is `...`"),
        ((np.ones(4), np.ones(3)), "`mean` has shape (4,), expected (3,)"),
    ],
)
def test_two_outputs_are_asked_for_by_name(two, value, said):
    verdict = two.evaluate(lambda x: value)
    assert verdict.state == "unusable" and said in text(verdict)


def test_a_list_of_the_two_outputs_will_do(two):
    assert two.evaluate(lambda x: list(moments(x))).state == "correct"


# --- it writes into its inputs -------------------------------------------------------------------


def writes(how):
    def answer(x, factor=2.0):
        result = right(x, factor)
        how(x)
        return result

    return answer


@pytest.mark.parametrize(
    "how",
    [
        lambda x: x.__isub__(x.mean(axis=0)),
        lambda x: np.multiply(x, 2, out=x),
        lambda x: x.__setitem__(0, 7),
        lambda x: x[-1:].__setitem__(..., 7),
        lambda x: x.sort(axis=0),
        lambda x: x.fill(np.nan),
        lambda x: x.resize((2, 2), refcheck=False),
        lambda x: np.random.default_rng(0).shuffle(x),
    ],
)
def test_a_changed_input_is_named(one, how):
    verdict = one.evaluate(writes(how))
    assert verdict.state == "unusable" and "It wrote into its input `x`." in text(verdict)
    assert one.evaluate(right).state == "correct"


def test_an_input_may_hold_nan():
    exercise = CodeExercise(
        lambda x: x,
        cases=lambda: [Case("with NaN", (np.array([1.0, np.nan]),))],
        outputs=["y"],
        mistakes=[],
        hints=["A nudge."],
        insight="Well seen.",
    )
    assert exercise.evaluate(lambda x: x.copy()).state == "correct"


# --- naming the mistake --------------------------------------------------------------------------


def test_two_mistakes_at_once_are_both_named(two):
    verdict = two.evaluate(lambda x: (x.sum(axis=0), x.var(axis=0, ddof=1)))
    assert verdict.state == "known mistake" and verdict.mistakes == ("sum", "ddof=1")
    assert verdict.paragraphs == ("`mean` is a sum.", "`variance` divides by N - 1.")


def test_one_mistake_that_explains_both_outputs_is_preferred(two):
    # Taken by itself, `mean` would be named "variance for mean".
    assert two.evaluate(lambda x: moments(x)[::-1]).mistakes == ("order",)
    assert two.evaluate(lambda x: (x.var(axis=0), x.var(axis=0))).mistakes == ("variance for mean",)


def test_a_mistake_in_one_output_leaves_the_other_right(two):
    verdict = two.evaluate(lambda x: (x.mean(axis=0), x.var(axis=0, ddof=1)))
    assert verdict.mistakes == ("ddof=1",) and "Right: `mean`." in verdict.paragraphs


def test_one_mistake_is_said_once_whatever_the_dtype(two):
    verdict = two.evaluate(lambda x: (np.zeros(3, int), np.zeros(3, int)))
    assert verdict.mistakes == ("zeros",) and verdict.paragraphs == ("Nothing is computed.",)


def test_beside_a_known_mistake_the_unknown_output_is_shown(two):
    verdict = two.evaluate(lambda x: (x.sum(axis=0), 7 * x.var(axis=0)))
    assert verdict.state == "wrong" and verdict.mistakes == ("sum",)
    assert "`variance[0]`" in text(verdict) and "`mean[0]`" not in text(verdict)


def test_an_unknown_mistake_gets_the_property_and_the_first_element(one):
    def answer(x, factor=2.0):
        y = right(x, factor)
        y[1, 1] += 0.5
        y[3, 0] += 0.5
        return y

    verdict = one.evaluate(answer)
    expected = right(array_of(4, 3))[1, 1]
    assert verdict.state == "wrong" and verdict.mistakes == ()
    assert verdict.paragraphs == (
        "Each column must sum to 0.",
        "Checked on the first case. The first element that differs is `result[1, 1]`: expected "
        f"{expected:.4g}, got {expected + 0.5:.4g} (2 of 12 elements differ).",
    )


def test_a_property_that_holds_is_not_told(one):
    verdict = one.evaluate(lambda x, factor=2.0: 3 * right(x, factor))
    assert verdict.state == "wrong" and "sum to 0" not in text(verdict)


def test_right_on_the_first_case_only(one):
    # The second case passes another factor.
    verdict = one.evaluate(lambda x, factor=2.0: right(x, 2.0))
    assert verdict.state == "wrong" and "Checked on the second case." in text(verdict)


def test_a_mistake_must_agree_on_every_case(one):
    assert one.evaluate(lambda x, factor=2.0: (x - x.mean(axis=0)) * (1 if len(x) == 4 else 9)).mistakes == ()


def test_rounding_noise_is_shown_as_zero(two):
    for noise in (1e-16, -3e-15, -0.0):
        verdict = two.evaluate(lambda x: (moments(x)[0], np.array([noise, 1.0, 1.0])))
        assert "got 0 (" in text(verdict)


def test_the_tolerance_is_four_digits(one):
    assert one.evaluate(lambda x, factor=2.0: right(x, factor) * (1 + 1e-5)).state == "correct"
    assert one.evaluate(lambda x, factor=2.0: right(x, factor) * (1 + 1e-3)).state == "wrong"


@pytest.mark.parametrize("exercise", CODE, ids=lambda e: e.name)
def test_every_property_holds_for_the_solution(exercise):
    """A property that fails for a right answer would tell the student something false."""
    exercise._prepare()
    for prop in exercise.properties:
        for case, outputs in exercise._reference:
            assert prop.holds(case.args, outputs), f"{prop.text} {case.text}"


# --- check, strict runs --------------------------------------------------------------------------

WRONG = [None, 3, lambda x: 1, lambda x, f=2.0: x, lambda x, f=2.0: 1 / 0, lambda x, f=2.0: "a"]


@pytest.mark.parametrize("answer", WRONG)
def test_a_check_raises_in_a_strict_run_only(one, answer, monkeypatch, capsys):
    monkeypatch.delenv("HELPERS_STRICT", raising=False)
    assert one.check(answer) is None
    monkeypatch.setenv("HELPERS_STRICT", "0")
    assert one.check(answer) is None
    monkeypatch.setenv("HELPERS_STRICT", "1")
    with pytest.raises(CheckFailed) as failed:
        one.check(answer)
    # The verdict is shown before it is raised, and is what is raised.
    assert capsys.readouterr().out.strip().endswith(str(failed.value).strip())


def test_a_right_answer_passes_a_strict_run(one, monkeypatch, capsys):
    monkeypatch.setenv("HELPERS_STRICT", "1")
    assert one.check(right) is None
    assert capsys.readouterr().out == "✓ scaled: Correct.\n  Well seen.\n"


def test_check_without_an_answer_is_not_attempted(one, capsys):
    one.check()
    assert capsys.readouterr().out.startswith("○ scaled: Not attempted yet.")


def test_no_verdict_shows_the_solution_or_writes_to_stderr(one, capfd):
    lines = [line.strip() for line in one.solved_cell().splitlines()[1:]]
    for answer in [*WRONG, right, *(m.answer for m in one.mistakes)]:
        one.check(answer)
    out, err = capfd.readouterr()
    assert not any(line in out for line in lines)
    assert err == ""


@pytest.mark.parametrize("answer", WRONG)
def test_the_same_answer_gets_the_same_text(one, answer):
    assert str(one.evaluate(answer)) == str(one.evaluate(answer))


def test_an_answer_does_not_disturb_the_next(one):
    kept = []

    def hoards(x, factor=2.0):
        kept.append(x)
        return x

    one.evaluate(hoards)
    for array in kept:
        array[:] = 0
    assert one.evaluate(right).state == "correct"


# --- hints and solutions -------------------------------------------------------------------------


def test_hints_come_one_at_a_time_and_begin_again(one, capsys):
    said = []
    for _ in range(3):
        one.hint()
        said.append(capsys.readouterr().out)
    assert "A nudge." in said[0] and "A sketch." not in said[0] and "Ask again" in said[0]
    assert "A sketch." in said[1] and "Ask again" not in said[1]
    assert said[2] == said[0]


@pytest.mark.parametrize("exercise", CODE, ids=lambda e: e.name)
def test_the_shown_solution_passes_when_it_is_typed(exercise):
    given = {"np": np, **exercise.given(), "__name__": "__main__"}
    namespace = dict(given)
    exec(exercise.solved_cell(), namespace)
    (answer,) = (value for name, value in namespace.items() if name not in {*given, "__builtins__"})
    assert answer.__name__.lower() == exercise.name.replace("_", "" if isinstance(answer, type) else "_")
    assert exercise.evaluate(answer).state == "correct"


def test_solution_shows_the_source(one, capsys):
    one.solution()
    out = capsys.readouterr().out
    assert all(line.strip() in out for line in one.solved_cell().splitlines())


# --- predict -------------------------------------------------------------------------------------

GUESS = {"axes": (0, 1), "count": 16, "share": 0.25, "kept": True}


def test_a_right_guess(predict):
    assert predict.evaluate(dict(GUESS)).state == "correct"


@pytest.mark.parametrize(
    "change",
    [
        {"axes": [0, 1]}, {"axes": np.arange(2)}, {"axes": (0.0, np.int64(1))}, {"count": 16.0}, {"count": np.int32(16)},
        {"count": np.array([16])}, {"share": 0.25001}, {"share": np.float32(0.25)}, {"share": Fraction(1, 4)},
        {"kept": np.True_}, {"kept": np.array(True)}, {"kept": "true"},
    ],
)
def test_an_equal_value_of_another_type_is_right(predict, change):
    assert predict.evaluate(GUESS | change).state == "correct"


def test_the_solved_cell_passes(predict):
    namespace = {}
    exec(predict.solved_cell(), namespace)
    assert predict.evaluate(namespace["guess"]).state == "correct"


@pytest.mark.parametrize(
    "answer",
    [{}, {"axes": (0, 1)}, GUESS | {"more": 1}, dict.fromkeys("abcd"), [1, 2], "axes", 3, np.ones(4)],
)
def test_wrong_keys_are_listed_beside_the_wanted(predict, answer):
    verdict = predict.evaluate(answer)
    assert verdict.state == "unusable" and "`'axes'`, `'count'`, `'share'`, `'kept'`" in text(verdict)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"axes": 0}, "`axes` takes a tuple"),
        ({"axes": "(0, 1)"}, "`axes` takes a tuple"),
        ({"axes": ((0,), 1)}, "`axes` takes a tuple"),
        ({"axes": (np.arange(2), 1)}, "`axes` takes a tuple"),
        ({"axes": (0.5, 1)}, "`axes` takes a tuple"),
        ({"count": "16"}, "`count` takes a number; got `'16'`"),
        ({"count": True}, "`count` takes a number; got `True`"),
        ({"count": np.array([16, 16])}, "`count` takes a number; got `[16, 16]`"),
        ({"share": "1/4"}, "`share` takes a number"),
        ({"share": 1j}, "`share` takes a number"),
        ({"kept": "yes"}, "`kept` takes one of `True`, `False`; got `'yes'`"),
        ({"kept": 1}, "`kept` takes one of `True`, `False`; got `1`"),
        ({"kept": np.array([True, True])}, "`kept` takes one of `True`, `False`"),
    ],
)
def test_a_value_of_a_wrong_type_is_asked_for_again(predict, change, said):
    verdict = predict.evaluate(GUESS | change)
    assert verdict.state == "unusable" and said in text(verdict)


def test_a_wrong_guess_keeps_the_right_value_to_itself(predict):
    verdict = predict.evaluate(GUESS | {"count": 99, "share": np.nan})
    assert verdict.state == "wrong"
    assert "`count`: `99` is not right." in verdict.paragraphs and "Right: `axes`, `kept`." in verdict.paragraphs
    assert "16" not in text(verdict) and "0.25" not in text(verdict)


def test_known_and_unknown_wrong_guesses_together(predict):
    verdict = predict.evaluate(GUESS | {"count": 17, "share": 0.5})
    assert verdict.state == "wrong" and verdict.mistakes == ("one too many",)
    assert "`count`: count from 0." in verdict.paragraphs


def test_a_guess_may_be_filled_in_bit_by_bit(predict):
    nothing = dict.fromkeys(GUESS)
    assert predict.evaluate(nothing).state == "not attempted"
    assert not predict.evaluate(nothing | {"count": 16}).passed
    assert "Still open: `axes`, `share`, `kept`." in predict.evaluate(nothing | {"count": 16}).paragraphs
    half = predict.evaluate(nothing | {"count": 17, "share": ...})
    assert half.mistakes == ("one too many",) and "Still open: `axes`, `share`, `kept`." in half.paragraphs


# --- experiments ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ({"rate": 1.0, "score": 0.5}, "not attempted"),
        # A lucky run with the settings as they came is no attempt, either.
        ({"rate": 1.0, "score": 0.99}, "not attempted"),
        ({"rate": 0.1, "score": 0.99}, "correct"),
        ({"rate": 9.0, "score": 0.1}, "known mistake"),
        ({"rate": 0.5, "score": 0.1}, "wrong"),
        ({"rate": 0.5, "score": np.nan}, "wrong"),
        ({"rate": 0.5}, "unusable"),
        ({}, "unusable"),
        (0.99, "unusable"),
        (np.ones(3), "unusable"),
    ],
)
def test_an_experiment_is_judged_by_what_was_measured(experiment, result, state):
    experiment.remember(lambda: result)()
    assert experiment.evaluate(copy.deepcopy(result)).state == state


def test_numbers_that_no_run_gave_are_no_measurement(experiment):
    result = {"rate": 0.1, "score": 0.99}
    assert "Nothing has been measured yet" in text(experiment.evaluate(result))

    @experiment.remember
    def run(rate):
        """Train."""
        return {"rate": rate, "score": 0.5}

    assert run.__name__ == "run" and run.__doc__ == "Train."
    measured = run(0.1)
    for typed in (result, measured | {"score": 0.51}, measured | {"rate": 0.2}):
        verdict = experiment.evaluate(typed)
        assert verdict.state == "unusable" and "Pass what `run` returned" in text(verdict)
    assert experiment.evaluate(measured).state == "wrong"
    measured["score"] = 0.99  # what was noted is the result as it came
    assert experiment.evaluate(measured).state == "unusable"


@pytest.mark.parametrize(("rate", "score"), [(0.1, 0.99), (9.0, 0.1), (0.5, 0.0)])
def test_an_experiment_reports_its_numbers(experiment, rate, score):
    result = experiment.remember(lambda: {"rate": rate, "score": score})()
    assert f"Score ≈ {score:.2f}." in experiment.evaluate(result).paragraphs


# --- how a verdict looks -------------------------------------------------------------------------


def without_tags(html_text):
    return html.unescape(re.sub(r"<[^>]*>", " ", html_text))


def test_html_escapes_what_the_student_wrote(one):
    answer = in_a_cell("def scaled(x, f=2.0):\n    raise ValueError('<script>alert(`1`)</script> & more')\n")
    page = one.evaluate(answer).html()
    assert "<script" not in page and "&lt;script&gt;" in page and "&amp; more" in page


@pytest.mark.parametrize("field", ["exercise", "paragraphs", "code"])
def test_html_escapes_every_field(field):
    parts = {"exercise": "e", "paragraphs": ("p",), "code": "c"}
    danger = "`<img src=x>` <img src=x>"
    parts[field] = (danger,) if field == "paragraphs" else danger
    assert "<img" not in Verdict("wrong", **parts).html()


def test_html_and_plain_text_say_the_same():
    verdict = Verdict("wrong", "e", ("Use `a < b` & more.", "Second."), code="line 3 of the cell:  x < 1")
    words = str(verdict).replace("`", " ").replace(":", " ").replace(".", " ").split()
    page = without_tags(verdict.html()).replace(":", " ").replace(".", " ").split()
    assert sorted(words) == sorted(word for word in page if word != "·")


def test_backquotes_become_code():
    page = Verdict("wrong", "e", ("Use `a < b` here, and `c`.",)).html()
    assert "Use <code>a &lt; b</code> here, and <code>c</code>." in page
    assert "`" not in page


def test_each_state_has_a_symbol_and_a_word_beside_its_colour():
    states = ["not attempted", "correct", "known mistake", "wrong", "unusable", "hint", "solution"]
    for state in states:
        heading = str(Verdict(state, "e", ()))
        assert heading[0] in without_tags(Verdict(state, "e", ()).html()) and heading.endswith(".")
    assert [s for s in states if Verdict(s, "e", ()).passed] == ["correct"]
    assert len({str(Verdict(s, "e", ())) for s in states}) == len(states) - 1  # known or not, it is "Not yet"


def test_outside_a_notebook_the_text_is_printed(one, capsys):
    verdict = one.evaluate(right)
    verdict.display()
    assert capsys.readouterr().out == f"{verdict}\n"


def test_in_a_notebook_one_output_carries_both_forms(one, monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda *data, **options: shown.append((data, options)))
    verdict = one.evaluate(right)
    verdict.display()
    assert shown == [(({"text/plain": str(verdict), "text/html": verdict.html()},), {"raw": True})]
    assert capsys.readouterr().out == ""


# --- what a message may speak of, and what is taken for what it is ---------------------------------


def test_a_mistake_about_both_outputs_is_not_named_for_one(two):
    """Its message would say something false of the other."""
    verdict = two.evaluate(lambda x: (np.zeros(3), x.var(axis=0)))
    assert verdict.mistakes == ()
    assert "Nothing is computed" not in text(verdict)
    assert "Right: `variance`. Not yet: `mean`." in text(verdict)


def test_a_mistake_that_gets_one_output_wrong_is_named_beside_another_fault(two):
    verdict = two.evaluate(lambda x: (x.mean(axis=0) + 1, x.var(axis=0, ddof=1)))
    assert verdict.mistakes == ("ddof=1",)
    assert "`mean[0]`" in text(verdict)


@pytest.mark.parametrize("digits", [1, 2])
def test_a_rounded_result_is_told_so(two, digits):
    verdict = two.evaluate(lambda x: (x.mean(axis=0).round(digits), x.var(axis=0).round(digits)))
    assert verdict.state == "wrong"
    assert f"rounded to {digits} digit{'s' * (digits > 1)}." in text(verdict)
    other = two.evaluate(lambda x: (x.mean(axis=0).round(digits), x.var(axis=0)))
    assert f"rounded to {digits} digit" in text(other)


def test_two_results_may_be_stacked(two):
    assert two.evaluate(lambda x: np.stack(moments(x))).passed
    assert two.evaluate(lambda x: np.stack([*moments(x), x.max(axis=0)])).state == "unusable"


def test_whole_numbers_are_taken_where_the_values_are_whole():
    counted = CodeExercise(
        lambda x: (x > 0).sum(axis=0).astype(float),
        cases=lambda: [Case("here", (np.array([[1.0, -1.0], [2.0, 3.0]]),))],
        outputs=["count"],
        mistakes=[Mistake("doubled", "Twice.", lambda x: 2.0 * (x > 0).sum(axis=0))],
        hints=["A nudge.", "A sketch."],
        insight="Well seen.",
    )
    counted.name = "counted"
    assert counted.evaluate(lambda x: (x > 0).sum(axis=0)).passed
    assert counted.evaluate(lambda x: 2 * (x > 0).sum(axis=0)).mistakes == ("doubled",)


def test_decimals_that_get_lost_are_still_told(one):
    assert "Where do the decimals get lost?" in text(one.evaluate(lambda x, factor=2.0: right(x, factor).astype(int)))


def test_after_an_error_on_pictures_the_layout_is_said():
    layer = CodeExercise(
        lambda x: x.mean(axis=(0, 1, 2)),
        cases=lambda: [Case("on images", (array_of(3, 4, 2, 3),))],
        outputs=["mean"],
        mistakes=[Mistake("sum", "A sum.", lambda x: x.sum(axis=(0, 1, 2)))],
        hints=["A nudge.", "A sketch."],
        insight="Well seen.",
    )
    layer.name = "layer"
    verdict = layer.evaluate(lambda x: x - x.mean(axis=(0, 2, 3)).reshape(1, 2, 1, 1))
    assert "Here the channels come last: (N, H, W, C)." in text(verdict)


def test_what_is_imported_does_not_count_and_is_not_cut(one, short_limits, tmp_path, monkeypatch):
    slow = tmp_path / "slow_to_import.py"
    slow.write_text(
        "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end:\n    pass\nfactor = 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    source = """
    def scaled(x, factor=2.0):
        import slow_to_import
        return slow_to_import.factor * factor * (x - x.mean(axis=0))
    """
    before = builtins.__import__
    assert one.evaluate(student(source)).passed
    assert builtins.__import__ is before
    endless = """
    def scaled(x, factor=2.0):
        import slow_to_import
        while True:
            pass
    """
    assert one.evaluate(student(endless)).state == "unusable"


def test_an_import_that_fails_is_reported_as_what_it_is(one):
    verdict = one.evaluate(student("def scaled(x, factor=2.0):\n    import there_is_no_such_module"))
    assert "ModuleNotFoundError" in text(verdict)


# --- what is told, and what is not ------------------------------------------------------------------


@pytest.fixture
def tie():
    """An exercise whose last case is an edge: numbers that are exactly the threshold."""

    def kept(x, threshold):
        return np.where(x >= threshold, x / 2, 0.0)

    exercise = CodeExercise(
        kept,
        cases=lambda: [
            Case("on numbers on both sides of the threshold", (array_of(4, 3), 3.1)),
            Case("on numbers of which some are the threshold", (np.array([1.0, 2.0, 3.0]), 2.0), edge=True),
        ],
        outputs=["y"],
        mistakes=[
            Mistake("not halved", "Nothing is halved.", lambda x, threshold: np.where(x >= threshold, x, 0.0)),
            Mistake("tie dropped", "What equals it stays.", lambda x, threshold: np.where(x > threshold, x / 2, 0.0)),
            Mistake("nothing dropped", "All stay.", lambda x, threshold: x / 2),
        ],
        hints=["A nudge."],
        insight="Well seen.",
    )
    exercise.name = "kept"
    return exercise


def test_a_mistake_is_named_though_the_edge_is_wrong_too_and_that_is_told_beside_it(tie):
    verdict = tie.evaluate(lambda x, threshold: np.where(x > threshold, x, 0.0))
    assert verdict.mistakes == ("not halved",)
    assert verdict.paragraphs == (
        "Apart from the check on numbers of which some are the threshold, the results are those of a known mistake:",
        "Nothing is halved.",
        "What goes wrong there may have the same cause, or another.",
    )
    assert "Apart from the check" not in text(tie.evaluate(lambda x, threshold: np.where(x >= threshold, x, 0.0)))
    assert tie.evaluate(lambda x, threshold: np.where(x > threshold, x / 2, 0)).mistakes == ("tie dropped",)


def test_an_edge_that_is_right_is_not_told_beside_a_mistake(tie):
    def answer(x, threshold):
        return np.where(x >= threshold, x if 3.1 in (threshold,) else x / 2, 0.0)

    verdict = tie.evaluate(answer)
    assert verdict.mistakes == ("not halved",) and "Apart from the check" not in text(verdict)


def test_the_ordinary_cases_alone_name_nothing_that_differs_on_them(tie):
    verdict = tie.evaluate(lambda x, threshold: np.where(x > threshold, x / 4, 0.0))
    assert verdict.state == "wrong" and not verdict.mistakes
    only_the_edge = tie.evaluate(lambda x, threshold: np.where(x == threshold, 7.0, np.where(x > threshold, x / 2, 0)))
    assert "In every other case that was checked it is right." in text(only_the_edge)


def test_a_mistake_is_named_though_the_edge_raises_and_both_are_told(tie):
    def answer(x, threshold):
        if (x == threshold).any():
            raise ValueError("a tie")
        return np.where(x >= threshold, x, 0.0)

    verdict = tie.evaluate(answer)
    assert verdict.state == "known mistake" and verdict.mistakes == ("not halved",)
    assert verdict.paragraphs[0].startswith("Apart from the check on numbers of which some are the threshold")
    assert verdict.paragraphs[1] == "Nothing is halved."
    assert "a tie" in text(verdict) and "some are the threshold" in text(verdict)


def test_an_edge_that_raises_beside_right_or_unknown_cases_gives_no_name(tie):
    def answer(x, threshold, factor):
        if (x == threshold).any():
            raise ValueError("a tie")
        return np.where(x >= threshold, x * factor, 0.0)

    for factor in (0.5, 0.3):
        verdict = tie.evaluate(lambda x, threshold: answer(x, threshold, factor))
        assert verdict.state == "unusable" and not verdict.mistakes and "a tie" in text(verdict)


def test_a_known_output_is_told_beside_the_wrong_shape_of_another(two):
    verdict = two.evaluate(lambda x: (x.mean(axis=1), x.var(axis=0, ddof=1)))
    assert verdict.mistakes == ("ddof=1",) and not verdict.passed
    assert "`mean` has shape" in text(verdict)


def test_channels_first_in_a_result_is_told():
    exercise = CodeExercise(
        lambda x: (2 * x, x[0, 0, 0]), cases=lambda: [Case("on images", (np.ones((2, 3, 3, 4)),))],
        outputs=["y", "first"], mistakes=[], hints=["A nudge."], insight="Well seen.",
    )
    exercise.name = "images"
    assert "channels come last" in text(exercise.evaluate(lambda x: (2 * np.moveaxis(x, -1, 1), x[0, 0, 0])))
    assert "channels come last" not in text(exercise.evaluate(lambda x: (2 * x[:1], x[0, 0, 0])))


def test_whole_numbers_are_taken_beside_infinity():
    exercise = CodeExercise(
        lambda x: np.array([20.0, np.inf]), cases=lambda: [Case("on steps", (np.ones(2),))], outputs=["steps"],
        mistakes=[], hints=["A nudge."], insight="Well seen.",
    )
    exercise.name = "steps"
    verdict = exercise.evaluate(lambda x: np.array([20, -1]))
    assert "decimals" not in text(verdict) and "expected inf, got -1" in text(verdict)


def test_what_differs_in_the_fifth_digit_is_shown_with_more_digits(one):
    said = text(one.evaluate(lambda x, factor=2.0: right(x, factor) * 1.00015))
    expected, got = said.split("expected ")[1].split(" (")[0].split(", got ")
    assert expected != got and "times what is expected" not in said


def test_huge_numbers_bring_no_warning(one):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert one.evaluate(lambda x, factor=2.0: right(x, factor) * 1e300).state == "wrong"


def test_results_in_another_order_are_told_so():
    exercise = CodeExercise(
        lambda x: (x.mean(), x.min(), x), cases=lambda: [Case("on four numbers", (np.array([1.0, 2, 3, 7]),))],
        outputs=["mean", "least", "all"], mistakes=[], hints=["A nudge."], insight="Well seen.",
    )
    for wrong in (lambda x: (x.min(), x.mean(), x), lambda x: (x, x.min(), x.mean())):
        verdict = exercise.evaluate(wrong)
        assert verdict.mistakes == ("another order",) and "`return mean, least, all`" in text(verdict)
    verdict = exercise.evaluate(lambda x: (x.min(), x.mean(), 2 * x))
    assert verdict.state == "wrong" and verdict.mistakes == ("another order",)
    assert "Apart from that, right: `mean`, `least`. Not yet: `all`." in text(verdict)
    assert not exercise.evaluate(lambda x: (x.min(), 2 * x.mean(), 2 * x)).mistakes


def test_another_order_and_a_known_mistake_are_both_told(two):
    verdict = two.evaluate(lambda x: (x.var(axis=0, ddof=1), x.mean(axis=0)))
    assert verdict.state == "known mistake" and verdict.mistakes == ("another order", "ddof=1")
    assert "Right" not in text(verdict) and "Apart from that, right: `mean`" in text(verdict)


def test_one_mistake_for_two_outputs_goes_before_two_mistakes():
    exercise = CodeExercise(
        lambda x: (x.mean(), x.min(), x.max()), cases=lambda: [Case("on four numbers", (np.array([1.0, 2, 3, 7]),))],
        outputs=["mean", "least", "largest"], hints=["A nudge."], insight="Well seen.",
        mistakes=[
            Mistake("least too large", "One.", lambda x: (x.mean(), x.min() + 1, x.max())),
            Mistake("both too large", "Both.", lambda x: (x.mean(), x.min() + 1, x.max() + 1)),
        ],
    )
    exercise.name = "three"
    verdict = exercise.evaluate(lambda x: (x.sum(), x.min() + 1, x.max() + 1))
    assert verdict.mistakes == ("both too large",)


@pytest.mark.parametrize(("factor", "said"), [(2, "2"), (-1, "-1"), (1 / 3, "0.3333")])
def test_one_factor_for_all_values_is_told(one, factor, said):
    assert f"Every value is {said} times what is expected" in text(one.evaluate(lambda x, f=2.0: factor * right(x, f)))


@pytest.mark.parametrize("wrong", [lambda x, f=2.0: right(x, f) * [1, 2, 2][: x.shape[1]], lambda x, f=2.0: 0 * x])
def test_several_factors_are_not_told_as_one(one, wrong):
    assert "times what is expected" not in text(one.evaluate(wrong))


def test_a_wrong_shape_is_named_only_where_the_mistake_gives_it_in_every_case(one):
    assert one.evaluate(lambda x, factor=2.0: x.mean(axis=0)).mistakes == ("mean only",)

    def on_the_first_only(x, factor=2.0):
        return x.mean(axis=0) if factor == 2.0 else right(x, factor)

    verdict = one.evaluate(on_the_first_only)
    assert verdict.state == "unusable" and not verdict.mistakes


def test_a_known_mistake_is_run_no_further_than_needed(one):
    calls = []

    def slow(x, factor=2.0):
        calls.append(x.shape)
        return x

    one.mistakes = (*one.mistakes, Mistake("slow", "Slow.", slow))
    assert one.evaluate(right).passed and not calls
    one.evaluate(lambda x, factor=2.0: 3 * x)
    one.evaluate(lambda x, factor=2.0: 4 * x)
    assert calls == [(4, 3)]


@pytest.fixture
def chain():
    exercise = PredictExercise(
        {"first": 8, "second": 2.0, "quotient": 4.0, "third": 5},
        variable="guess",
        mistakes={
            "first": [Mistake("first by one", "count from 0.", 7)],
            "second": [Mistake("second by one", "count from 0.", 1.0)],
            "quotient": [
                Mistake("upside down", "the other way.", lambda given: given["second"] / given["first"]),
                Mistake("half", "this is not the quotient.", 2.0),
            ],
            "third": [Mistake("third by one", "the last one counts.", 4)],
        },
        patterns=[Mistake("one too few", "the last one is counted, too.", {"first": 7, "second": 1.0, "third": 4})],
        follows={"quotient": (("first", "second"), lambda first, second: first / second)},
        hints=["A nudge."],
        insight="Well seen.",
    )
    exercise.name = "guess"
    return exercise


RIGHT = {"first": 8, "second": 2.0, "quotient": 4.0, "third": 5}


def test_one_cause_of_several_entries_is_told_once(chain):
    verdict = chain.evaluate(RIGHT | {"first": 7, "third": 4})
    assert verdict.mistakes == ("one too few",)
    assert verdict.paragraphs[0] == "`first`, `third`: the last one is counted, too."
    assert chain.evaluate(RIGHT | {"third": 4}).mistakes == ("third by one",)


def test_entries_with_the_same_message_are_told_together(chain):
    chain.patterns = ()
    verdict = chain.evaluate(RIGHT | {"first": 7, "second": 1.0, "quotient": 9.0})
    assert verdict.paragraphs[0] == "`first`, `second`: count from 0."
    assert verdict.mistakes == ("first by one", "second by one") and verdict.state == "wrong"


def test_what_follows_from_a_wrong_entry_is_not_wrong_in_itself(chain):
    verdict = chain.evaluate(RIGHT | {"first": 4, "quotient": 2.0})
    assert "`quotient`: this fits your `first`, and has to change when you correct it." in verdict.paragraphs
    assert not verdict.mistakes and "not the quotient" not in text(verdict)
    assert chain.evaluate(RIGHT | {"quotient": 2.0}).mistakes == ("half",)
    # The sources are wrong, and this does not follow from them.
    assert chain.evaluate(RIGHT | {"first": 6, "quotient": 2.0}).mistakes == ("half",)
    assert chain.evaluate(RIGHT | {"first": None, "quotient": 2.0}).mistakes == ("half",)
    assert chain.evaluate(RIGHT | {"second": 0.0, "quotient": 4.0}).state == "wrong"


def test_a_known_mistake_may_depend_on_the_other_entries(chain):
    assert chain.evaluate(RIGHT | {"quotient": 0.25}).mistakes == ("upside down",)
    assert chain.evaluate(RIGHT | {"first": 6, "quotient": 1 / 3}).mistakes == ("upside down",)
    assert chain.evaluate(RIGHT | {"first": 0, "quotient": 0.25}).mistakes == ()


def test_a_value_that_follows_from_right_ones_is_right(chain):
    chain.tolerance = 0.1
    assert chain.evaluate(RIGHT | {"second": 1.85, "quotient": 5.0}).state == "wrong"
    assert chain.evaluate(RIGHT | {"second": 1.85, "quotient": 8 / 1.85}).passed


def test_the_right_size_with_the_wrong_sign_is_told(predict):
    assert "`share`: the size is right, the sign is not." in predict.evaluate(GUESS | {"share": -0.25}).paragraphs


def test_a_length_of_one_is_refused_though_the_case_before_has_leading_ones_only():
    exercise = CodeExercise(
        lambda x: x.mean(axis=1), cases=lambda: [Case("on one row", (array_of(1, 4),)), Case("on rows", (array_of(3, 4),))],
        outputs=["mean"], mistakes=[], hints=["A nudge."], insight="Well seen.",
    )
    assert exercise.evaluate(lambda x: x.mean(axis=1, keepdims=True)).mistakes == ("axis of length 1",)


@pytest.mark.parametrize("body", ["while True: pass", "x[...] = 0"])
def test_what_happens_on_a_later_case_is_told_though_the_first_looks_like_a_known_mistake(one, short_limits, body):
    answer = student(f"""
        def scaled(x, factor=2.0):
            if factor != 2.0:
                {body}
            return factor * x
    """)
    verdict = one.evaluate(answer)
    assert verdict.state == "unusable" and not verdict.mistakes
    assert "on the second case" in text(verdict) or "wrote into its input" in text(verdict)


def test_one_factor_is_told_of_the_output_that_has_it(two):
    verdict = two.evaluate(lambda x: (3 * x.mean(axis=0), x.std(axis=0)))
    assert "Every value of `mean` is 3 times what is expected" in text(verdict)


def test_an_array_put_into_a_result_is_no_measurement(experiment):
    result = experiment.remember(lambda: {"rate": 0.1, "score": 0.99})()
    assert experiment.evaluate(result | {"score": np.ones(3)}).state == "unusable"


def test_the_tolerance_of_a_reading_is_not_given_to_arithmetic(chain):
    chain.tolerance = 0.26
    assert chain.evaluate(RIGHT | {"second": 2.3, "quotient": 8 / 2.3}).passed
    assert not chain.evaluate(RIGHT | {"second": 2.3, "quotient": 2.8}).passed  # 8 / 2.3 within 26 %, 4 not


def test_none_among_the_values_is_told(one):
    assert "contains `None`" in text(one.evaluate(lambda x, factor=2.0: np.array([None, 1.0])))


def test_a_ragged_tuple_in_place_of_pictures_is_refused_with_a_word():
    exercise = CodeExercise(
        lambda x: 2 * x, cases=lambda: [Case("on images", (np.ones((2, 3, 3, 4)),))], outputs=["y"], mistakes=[],
        hints=["A nudge."], insight="Well seen.",
    )
    exercise.name = "images"
    assert "returned a tuple of 2" in text(exercise.evaluate(lambda x: (2 * x, (x[0], None))))
    assert "channels come last" in text(exercise.evaluate(lambda x: np.moveaxis(2 * x, -1, 1)))


def test_same_is_allclose_for_all_kinds_of_numbers():
    values = [0.0, 1.0, 1.00005, 1.001, -1.0, 1e-9, 1e300, np.inf, -np.inf, np.nan]
    for a, b in itertools.product(values, values):
        a, b = np.array([2.0, a]), np.array([2.0, b])
        with np.errstate(all="ignore"):
            assert same(a, b) == np.allclose(a, b, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True), f"{a} {b}"
    assert not same(np.ones(2), np.ones((2, 1)))
