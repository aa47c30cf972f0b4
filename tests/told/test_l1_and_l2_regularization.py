"""Notebook 08: what the checks tell."""

import numpy as np
import pytest

from helpers.exercises import l1_and_l2_regularization as exercises


def told(exercise, answer):
    """The verdict on a function; its names and its text."""
    verdict = exercise.evaluate(answer)
    return verdict, verdict.mistakes, " ".join(verdict.paragraphs)


def value(w, l1, l2):
    return l1 * np.abs(w).sum() + l2 * (w**2).sum()


def slope(w, l1, l2):
    return l1 * np.sign(w) + 2 * l2 * w


def nothing(b):
    return np.zeros(b.shape)


PENALTIES = {
    "bias in both, its slope without the 2": (
        lambda k, b, l1, l2: (value(k, l1, l2) + value(b, l1, l2), slope(k, l1, l2), l1 * np.sign(b) + l2 * b),
        ("bias in the value", "bias in its gradient, factor 2 missing"),
    ),
    "bias in both, its slope without signs": (
        lambda k, b, l1, l2: (value(k, l1, l2) + value(b, l1, l2), slope(k, l1, l2), l1 + l2 * 2 * b),
        ("bias in the value", "bias in its gradient, sign lost"),
    ),
    "all parameters in one vector, with a half": (
        lambda k, b, l1, l2: (value(np.append(k, b), l1, l2 / 2), slope(k, l1, l2 / 2), slope(b, l1, l2 / 2)),
        ("the convention with a half; bias penalized",),
    ),
    "norm for the absolute values": (
        lambda k, b, l1, l2: (l1 * np.linalg.norm(k) + l2 * np.linalg.norm(k) ** 2, slope(k, l1, l2), nothing(b)),
        ("norm for the sum of absolute values",),
    ),
    "norm 1 of a matrix": (
        lambda k, b, l1, l2: (l1 * np.linalg.norm(k, 1) + l2 * np.linalg.norm(k) ** 2, slope(k, l1, l2), nothing(b)),
        ("norm 1 of a matrix",),
    ),
    "half in the value, sign lost in the gradient": (
        lambda k, b, l1, l2: (value(k, l1, l2 / 2), l1 + 2 * l2 * k, nothing(b)), ("half in the value", "sign lost in the gradient"),
    ),
    "abs for sign, no 2": (
        lambda k, b, l1, l2: (value(k, l1, l2), l1 * np.abs(k) + l2 * k, nothing(b)),
        ("abs in the gradient; factor 2 missing in the gradient",),
    ),
    "swapped in the value alone": (
        lambda k, b, l1, l2: (value(k, l2, l1), slope(k, l1, l2), nothing(b)), ("l1 and l2 swapped in the value",),
    ),
    "trace": (
        lambda k, b, l1, l2: (l1 * np.abs(k).sum() + l2 / 2 * np.trace(k.T @ k), slope(k, l1, l2), nothing(b)), ("half in the value",),
    ),
    "sum of the kernel's slopes": (
        lambda k, b, l1, l2: (value(k, l1, l2), slope(k, l1, l2), slope(k, l1, l2).sum(axis=0)), ("bias gradient sums the kernel's",),
    ),
    "another order": (lambda k, b, l1, l2: (slope(k, l1, l2), nothing(b), value(k, l1, l2)), ("another order",)),
}


@pytest.mark.parametrize(("answer", "names"), PENALTIES.values(), ids=PENALTIES)
def test_penalty(answer, names):
    verdict, found, text = told(exercises.penalty, answer)
    assert found == names, str(verdict)
    assert "leaves the bias alone" not in text and "the gradient is that of" not in text


def test_another_convention_at_zero_is_told_beside_the_lost_2():
    _, names, text = told(
        exercises.penalty, lambda k, b, l1, l2: (value(k, l1, l2), l1 * np.where(k > 0, 1, -1) + l2 * k, nothing(b))
    )
    assert names == ("factor 2 missing in the gradient",)
    assert "Apart from the check with a weight that is exactly 0" in text


def test_sign_lost_but_not_at_zero_has_no_fault_beside_it():
    _, names, text = told(exercises.penalty, lambda k, b, l1, l2: (value(k, l1, l2), l1 * (k != 0) + 2 * l2 * k, nothing(b)))
    assert names == ("sign lost in the gradient, not at zero",) and "Apart from the check" not in text


def free(x):
    return np.diag(np.append(0.0, np.ones(x.shape[1] - 1)))


def descended(steps, rate=None, penalized=free):
    def ridge(x, y, strength):
        matrix, w = x.T @ x / len(x) + strength * penalized(x), np.zeros(x.shape[1])
        eta = rate or 1 / np.linalg.eigvalsh(matrix)[-1]
        for _ in range(steps):
            w = w - eta * (matrix @ w - x.T @ y / len(x))
        return w

    return ridge


RIDGES = {
    "reciprocal": (lambda x, y, s: (x.T @ x / len(x) + s * free(x)) ** -1 @ (x.T @ y / len(x)), "reciprocal for the inverse"),
    "reciprocal beside sums": (
        lambda x, y, s: (x.T @ x + s * np.eye(x.shape[1])) ** -1 @ x.T @ y, "reciprocal for the inverse, bias penalized, 1/N forgotten",
    ),
    "strength over N beside a sum": (
        lambda x, y, s: np.linalg.inv(x.T @ x + s / len(x) * free(x)) @ x.T @ y, "strength over N beside a sum",
    ),
    "the same, and the bias": (
        lambda x, y, s: np.linalg.inv(x.T @ x + s / len(x) * np.eye(x.shape[1])) @ x.T @ y,
        "bias penalized, strength over N beside a sum",
    ),
    "textbook's": (lambda x, y, s: np.linalg.inv(x.T @ x + s * np.eye(x.shape[1])) @ x.T @ y, "bias penalized, 1/N forgotten"),
    "2 before the loss only": (lambda x, y, s: np.linalg.solve(2 * x.T @ x / len(x) + s * free(x), 2 * x.T @ y / len(x)), "strength halved"),
    "that, and the bias": (
        lambda x, y, s: np.linalg.solve(2 * x.T @ x / len(x) + s * np.eye(x.shape[1]), 2 * x.T @ y / len(x)),
        "bias penalized, strength halved",
    ),
    "2 on the left only": (
        lambda x, y, s: np.linalg.solve(2 * x.T @ x / len(x) + 2 * s * free(x), x.T @ y / len(x)), "factor 2 on one side",
    ),
    "a vector for the diagonal": (
        lambda x, y, s: np.linalg.solve(x.T @ x / len(x) + s * np.diag(free(x)), x.T @ y / len(x)), "strength added to whole columns",
    ),
    "N - 1": (lambda x, y, s: np.linalg.solve(x.T @ x / (len(x) - 1) + s * free(x), x.T @ y / (len(x) - 1)), "N − 1 for N"),
    "by descent, bias penalized": (descended(2000, penalized=lambda x: np.eye(x.shape[1])), "bias penalized"),
}


@pytest.mark.parametrize(("answer", "name"), RIDGES.values(), ids=RIDGES)
def test_ridge(answer, name):
    verdict, names, _ = told(exercises.ridge, answer)
    assert names == (name,), str(verdict)


def test_ridge_by_steps_is_right_and_by_too_many_it_is_told_so():
    assert told(exercises.ridge, descended(2000))[0].passed
    verdict, _, text = told(exercises.ridge, descended(2_000_000))
    assert verdict.state == "unusable" and "far more than is needed" in text
    assert "some of the numbers that come back are not finite" in told(exercises.ridge, descended(1000, rate=2.0))[2].lower()


def minimized(x, y, strength):
    from scipy.optimize import minimize

    def cost(w):
        return ((x @ w - y) ** 2).mean() + strength * (w[1:] ** 2).sum()

    def gradient(w):
        return 2 * x.T @ (x @ w - y) / len(x) + 2 * strength * np.append(0, w[1:])

    return minimize(cost, np.zeros(x.shape[1]), jac=gradient, tol=1e-10).x


def by_tensorflow(x, y, strength):
    import tensorflow as tf

    return tf.linalg.solve(x.T @ x / len(x) + strength * free(x), (x.T @ y / len(x))[:, None]).numpy()[:, 0]


def of_matrices(x, y, strength):
    x, y = np.asmatrix(x), np.asmatrix(y).T
    return np.asarray((x.T * x + len(x) * strength * np.asmatrix(free(x))) ** -1 * x.T * y).ravel()


@pytest.mark.parametrize("answer", [minimized, by_tensorflow, of_matrices])
def test_ridge_in_other_ways_is_right(answer):
    verdict = exercises.ridge.evaluate(answer)
    assert verdict.passed, str(verdict)


def soft(v, t):
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def after(form):
    return lambda w, gradient, rate, l1: form(w - rate * gradient, rate * l1)


STEPS = {
    "share of the size": (after(lambda v, t: v * np.maximum(1 - t / np.abs(v), 0)), "0 / 0 without a penalty"),
    "v / |v|": (after(lambda v, t: v / np.abs(v) * np.maximum(np.abs(v) - t, 0)), "0 / 0"),
    "np.max": (after(lambda v, t: np.sign(v) * np.max(np.abs(v) - t, 0)), "np.max for np.maximum"),
    "np.max, l1 alone": (
        lambda w, g, rate, l1: np.sign(w - rate * g) * np.max(np.abs(w - rate * g) - l1, 0),
        "threshold not scaled by the step; np.max for np.maximum",
    ),
    "hard, l1 alone": (
        lambda w, g, rate, l1: np.where(np.abs(w - rate * g) >= l1, w - rate * g, 0),
        "threshold not scaled by the step; hard threshold",
    ),
    "uphill, halved": (lambda w, g, rate, l1: soft(w + rate * g, rate * l1 / 2), "uphill; halved threshold"),
    "a minus lost": (
        after(lambda v, t: np.where(v > t, v - t, np.where(v < t, v + t, 0))), "everything below the threshold moved up",
    ),
    "clipped between 0 and t": (after(lambda v, t: v - np.clip(v, 0, t)), "negative weights left alone"),
    "plain, ones at 0": (
        lambda w, g, rate, l1: w - rate * (g + l1 * np.where(w >= 0, 1, -1)), "step and threshold with the old sign",
    ),
    "gradient doubled": (lambda w, g, rate, l1: soft(w - 2 * rate * g, rate * l1), "gradient counted twice"),
    "elastic net": (after(lambda v, t: soft(v, t) / (1 + 2 * t)), "shrunk as by L2 as well"),
}


@pytest.mark.parametrize(("answer", "name"), STEPS.values(), ids=STEPS)
def test_proximal_step(answer, name):
    verdict, names, _ = told(exercises.proximal_step, answer)
    assert names == (name,), str(verdict)


def test_a_tie_is_told_beside_the_hard_threshold():
    _, names, text = told(exercises.proximal_step, after(lambda v, t: np.where(np.abs(v) < t, 0, v)))
    assert names == ("hard threshold",)
    assert "Apart from the check where the gradient step ends exactly at 0 or at the threshold" in text


@pytest.mark.parametrize(
    "right",
    [after(lambda v, t: v * np.maximum(1 - t / (np.abs(v) + 1e-12), 0)), after(lambda v, t: v - np.clip(v, -t, t)),
     after(np.vectorize(lambda v, t: max(abs(v) - t, 0.0) * (1 if v > 0 else -1)))],
)
def test_proximal_step_in_other_ways_is_right(right):
    assert exercises.proximal_step.evaluate(right).passed


def test_zeros_everywhere_are_not_said_to_be_right():
    assert "The zeros" not in told(exercises.proximal_step, lambda w, gradient, rate, l1: np.zeros(w.shape))[2]


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [(exercises.penalty, lambda k, b, l1, l2: (np.round(value(k, l1, l2), 2), np.round(slope(k, l1, l2), 2), nothing(b))),
     (exercises.ridge, lambda *args: np.round(minimized(*args), 2)), (exercises.proximal_step, after(lambda v, t: np.round(soft(v, t), 2)))],
    ids=["penalty", "ridge", "proximal_step"],
)
def test_rounded_results_are_told_so(exercise, answer):
    assert "rounded to 2 digits" in told(exercise, answer)[2]


def guessed(exercise, *values):
    verdict = exercise.evaluate(dict(zip(exercise.answers, values)))
    said = [text for text in verdict.paragraphs if not text.startswith("Right: ")]
    return verdict.mistakes, said


@pytest.mark.parametrize(
    ("values", "name"),
    [((1.95, 1.8, -0.02, 0.027, False), "the other penalty's step"), ((1.8, 1.8, 0.027, 0.027, False), "the other penalty's step"),
     ((0.0, 1.5, 0.0, -0.47, False), "learning rate forgotten"), ((2.0, 0.5, 0.03, 0.5, False), "the slope alone"),
     ((2.0, 2.0, 0.03, 0.03, False), "unmoved"), ((1.6, 1.9, 0.024, -0.07, False), "strength forgotten"),
     ((1.8, 1.9, 0.027, -0.07, False), "twice the step of L1"), ((1.9, 1.95, 0.0285, -0.02, False), "factor 2 forgotten"),
     ((2.2, 2.05, 0.033, 0.08, False), "grown"), ((-0.2, -0.05, -0.003, -0.05, False), "the change alone"),
     ((0.0, 0.0, 0.0, 0.0, False), "the end, without a loss"), ((4 / 3, 1.75, 0.02, 0.0, False), "the end, in the figure"),
     ((1.8, 1.9, 0.027, 0.0285, False), "the slope of L1 taken as λw")],
)
def test_alone_tells_one_cause_once(values, name):
    names, said = guessed(exercises.alone, *values)
    assert names == (name,) and len(said) == 1, said


@pytest.mark.parametrize(
    ("values", "names", "count"),
    [((0.01, 0.999, 0.02, 10, 0.01), ("factor 2 forgotten",), 3), ((0.002, 0.998, 0.02, 10, 0.001), ("times the rate",), 1),
     ((0.02, 0.998, 0.005, 1e-5, 0.02), ("the other way round",), 1), ((0.02, 0.998, 0.01, 5.0, 0.02), ("the same number",), 2),
     ((0.02, 0.998, 0.02, 1e5, 0.02), ("2N / λ",), 1), ((0.02, 0.998, 0.02, 2e-5, 0.02), ("inverted",), 1),
     ((0.02, 0.998, 0.02, 10, 0.04), ("doubled",), 1), ((0.02, 0.999, 0.02, 10, 0.02), ("factor 2 forgotten",), 1)],
)
def test_same_penalty(values, names, count):
    found, said = guessed(exercises.same_penalty, *values)
    assert found == names and len(said) == count, said


def test_a_share_that_follows_from_the_gradient_is_not_wrong_in_itself():
    for gradient in (1.0, 2.0, 4.0):
        names, said = guessed(exercises.under_batch_norm, 1, 4, gradient, gradient / 2)
        assert len(names) == 1 and "this fits your" in said[1]


@pytest.mark.parametrize(
    ("penalty", "strength", "pixels", "error", "name"),
    [("L2", 3.0, 141, 14.9, "L2, little won"), ("L2", 1e-5, 141, 16.0, "L2, little won"), ("L2", 10.0, 141, 26.0, "L2, too strong"),
     ("L2", 0.03, 141, 7.9, "L2 leaves all pixels in"), ("L1", 0.003, 77, 9.5, "too weak"), ("L1", 0.1, 12, 14.9, "too strong"), ("L1", 0.2, 4, 19.3, "far too strong"),
     ("L1", 0.5, 0, 46.9, "everything at zero"), ("L2", 0, 141, 17.3, "no penalty at all"), ("L1", 0, 141, 12.5, "no penalty at all, by steps")],
)
def test_few_pixels(penalty, strength, pixels, error, name):
    result = {"penalty": penalty, "strength": strength, "draws": 5, "pixels": pixels, "error": error, "error without": 17.3}
    exercises.few_pixels.remember(lambda: result)()
    verdict = exercises.few_pixels.evaluate(result)
    assert verdict.mistakes == (name,)
    assert "underfits" not in str(verdict) or error > 17.3


# ---- What a reader found ------------------------------------------------------------------------


def descent(x, y, strength):
    w, mask = np.zeros(x.shape[1]), np.r_[0, np.ones(x.shape[1] - 1)]
    for _ in range(20000):
        w = w - 0.05 * (2 * x.T @ (x @ w - y) / len(x) + 2 * strength * mask * w)
    return w


def test_gradient_descent_is_not_too_slow_for_ridge():
    assert exercises.ridge.evaluate(descent).passed


def ones_again(x, y, strength):
    z = np.column_stack([np.ones(len(x)), x])
    rows = np.sqrt(strength * len(x)) * np.eye(z.shape[1])[1:]
    return np.linalg.lstsq(np.vstack([z, rows]), np.append(y, np.zeros(len(rows))), rcond=None)[0]


def wrong_sign(x, y, strength):
    z, means = x[:, 1:] - x[:, 1:].mean(axis=0), x[:, 1:].mean(axis=0)
    w = np.linalg.inv(z.T @ z / len(x) + strength * np.eye(len(means))) @ (z.T @ y / len(x))
    return np.append(y.mean() + means @ w, w)


def test_ridge_names_what_a_reader_tried():
    verdict = exercises.ridge.evaluate(ones_again)
    assert verdict.mistakes == ("ones added again, without solve",)
    assert "more" not in str(verdict)
    assert exercises.ridge.evaluate(wrong_sign).mistakes == ("wrong sign in the bias",)


def no_gradient(kernel, bias, l1, l2):
    return l1 * np.abs(kernel).sum() + l2 * (kernel**2).sum(), l1 * np.sign(kernel) + 2 * l2 * kernel, None


def test_no_gradient_is_not_one_that_comes_later():
    assert "before it is computed" not in str(exercises.penalty.evaluate(no_gradient))


def half_and_bias(kernel, bias, l1, l2):
    both = np.concatenate([kernel.ravel(), bias])
    value = l1 * np.abs(both).sum() + l2 / 2 * (both**2).sum()
    return value, l1 * np.sign(kernel) + l2 * kernel, l1 * np.sign(bias) + l2 * bias


def half_and_weight_decay(kernel, bias, l1, l2):
    value, d_kernel, _ = half_and_bias(kernel, 0 * bias, l1, l2)
    return value, d_kernel, l2 * bias


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (half_and_bias, "the convention with a half; bias penalized"),
        (half_and_weight_decay, "the convention with a half; bias in the L2 part of its gradient"),
    ],
)
def test_penalty_tells_each_of_two_causes_once(answer, name):
    assert exercises.penalty.evaluate(answer).mistakes == (name,)
