"""Notebook 10: answers as students give them, and the verdicts that they must get."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.exercises import dropout as exercises

# ---- dropout_forward ----------------------------------------------------------------------------


def layer(dropped, at_inference=lambda x, rate: x):
    return lambda x, u, rate, training: dropped(x, u, rate) if training else at_inference(x, rate)


def times_p(x, rate):
    return (1 - rate) * x


STRICT = [
    (layer(lambda x, u, rate: np.where(u > rate, x, 0.0), times_p), "classic form"),
    (layer(lambda x, u, rate: np.where(u > rate, x, 0.0)), "not rescaled"),
    (layer(lambda x, u, rate: (u > rate) * x / rate), "divided by the rate"),
    (layer(lambda x, u, rate: np.where(u > rate, x / (1 - rate), 0.0), times_p), "scaled back at inference"),
]


@pytest.mark.parametrize(("answer", "name"), STRICT)
def test_a_tie_that_is_dropped_does_not_hide_the_other_fault(answer, name):
    verdict = exercises.dropout_forward.evaluate(answer)
    assert verdict.mistakes == (name,)
    assert "Apart from the check in training, where some random numbers are exactly the rate" in str(verdict)
    assert "Training is right" not in str(verdict)


def fixed_seed(x, u, rate, training):
    np.random.seed(42)
    return x * (np.random.rand(*x.shape) > rate) / (1 - rate) if training else x


def share_of_each_row(x, u, rate):
    keep = u >= rate
    return x * keep / np.maximum(keep.mean(axis=-1, keepdims=True), 1e-9)


@pytest.mark.parametrize(
    ("answer", "name", "said"),
    [
        (layer(lambda x, u, rate: np.where(u > rate, x / (1 - rate), 0)), "strictly above", "exactly the rate"),
        (layer(lambda x, u, rate: x * (u < rate) / rate), "rate taken for the share kept", "as the paper's p"),
        (layer(lambda x, u, rate: x * (u < 1 - rate), times_p), "classic form, kept below 1 - rate", "The share is right"),
        (
            layer(lambda x, u, rate: x * (u < rate) / (1 - rate), lambda x, rate: x / (1 - rate)),
            "keep and drop swapped, scaled at inference",
            "At inference you divide",
        ),
        (lambda x, u, rate, training: x * (u >= rate), "not rescaled, active at inference", "What is `training` for?"),
        (layer(lambda x, u, rate: x / (1 - rate)), "nothing dropped, scaled up", "If you have made a mask"),
        (
            layer(lambda x, u, rate: x * (u >= rate).all(axis=-1, keepdims=True) / (1 - rate)),
            None,
            "Some of these elements are 0",
        ),
        (layer(lambda x, u, rate: np.zeros(x.shape) if (u < rate).any() else x / (1 - rate)), None, "of these elements are 0"),
        (layer(lambda x, u, rate: 0 * x if u.mean() < rate else x / (1 - rate)), None, "Somewhere it is not"),
        (
            layer(lambda x, u, rate: x * (u <= rate) / (1 - rate)),
            "keep and drop swapped, the rate itself kept",
            "the wrong way round",
        ),
        (
            layer(lambda x, u, rate: np.where(u <= rate, x / rate if rate else x, 0)),
            "rate taken for the share kept, selected up to the rate",
            "as the paper's p",
        ),
        (layer(lambda x, u, rate: x * (np.round(u) >= rate) / (1 - rate)), "half dropped at any rate above 0", "above 0"),
        (layer(lambda x, u, rate: x * (u >= rate) / 1 - rate), "factor without brackets", "lost its brackets"),
        (layer(lambda x, u, rate: x * (u >= rate) / (1 - rate) ** 2), "scaled twice", "twice is too much"),
        (layer(lambda x, u, rate: x * (u >= rate) / (1 - rate) if rate else 0 * x), None, "with a rate of 0"),
        (lambda x, u, rate, training: x * (u >= rate) / (1 - rate) if training and rate else None if training else x, None,
         "with a rate of 0"),
        (
            layer(lambda x, u, rate: x * (u >= rate) / (1 - rate), lambda x, rate: x * (1 - rate) if x.ndim == 4 else x),
            None,
            "At inference the result should be x itself",
        ),
        (
            layer(lambda x, u, rate: x * (u >= rate) / (1 - rate), lambda x, rate: x.reshape(len(x), -1)),
            None,
            "at inference, on pictures",
        ),
        (lambda x, u, rate, training: x * (u < rate), None, "should be 0. Somewhere it is not"),
        (fixed_seed, "ignores what is given", "the same with other numbers"),
        (layer(lambda x, u, rate: 2 * x * (u >= rate)), None, "The right elements are dropped"),
        (layer(lambda x, u, rate: -x * (u >= rate) / (1 - rate)), None, "The right elements are dropped"),
        (layer(share_of_each_row), None, "the same multiple"),
        (layer(lambda x, u, rate: np.where(u >= rate, x / (1 - rate), -1)), None, "should be 0. Somewhere it is not"),
        (layer(lambda x, u, rate: np.round(x * (u >= rate) / (1 - rate), 2)), None, "rounded to 2 digits"),
    ],
)
def test_dropout_forward_says_what_is_seen(answer, name, said):
    verdict = exercises.dropout_forward.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == ((name,) if name else ())
    assert said in str(verdict)


def test_a_mask_kept_between_calls_is_refused():
    masks = {}

    def kept(x, u, rate):
        return x * masks.setdefault(x.shape, u >= rate) / (1 - rate)

    verdict = exercises.dropout_forward.evaluate(layer(kept))
    assert verdict.mistakes == ("ignores what is given",)


@pytest.mark.parametrize(
    "answer",
    [
        layer(lambda x, u, rate: np.einsum("...,...->...", x, (u >= rate) / (1 - rate))),
        layer(lambda x, u, rate: x.astype(np.float32) * ~(u < rate) / np.float32(1 - rate), lambda x, rate: np.float32(x)),
        layer(lambda x, u, rate: np.ma.masked_array(x / (1 - rate), u < rate).filled(0), lambda x, rate: x.copy()),
    ],
)
def test_dropout_forward_may_be_written_otherwise(answer):
    assert exercises.dropout_forward.evaluate(answer).passed


# ---- dropout_backward ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "name", "said"),
    [
        (lambda dy, mask, rate: np.where(mask, dy, 0), "without the scale", "The scale is missing"),
        (lambda dy, mask, rate: dy * (1 - mask) / rate, "mask turned round, divided by the rate", "share dropped"),
        (lambda dy, mask, rate: dy / rate, "without the mask, divided by the rate", "was dropped"),
        (lambda dy, mask, rate: -dy * mask, "sign turned, without the scale", "sign"),
        (lambda dy, mask, rate: dy * (np.random.default_rng(7).random(dy.shape) >= rate), "ignores what is given", "mask"),
        (lambda dy, mask, rate: dy * mask / 1 - rate, "factor without brackets", "lost its brackets"),
        (lambda dy, mask, rate: 2 * dy * mask, None, "The mask is right"),
        (lambda dy, mask, rate: np.maximum(dy, 0) * mask / (1 - rate), None, "should pass. Somewhere it is 0"),
        (lambda dy, mask, rate: dy + mask / (1 - rate), None, "should be 0. Somewhere it is not"),
        (lambda dy, mask, rate: np.where(dy / (1 - rate), mask, 0.0), None, "the same multiple"),
    ],
)
def test_dropout_backward_says_what_is_seen(answer, name, said):
    verdict = exercises.dropout_backward.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == ((name,) if name else ())
    assert said in str(verdict)


def test_a_backward_mask_kept_between_calls_is_refused():
    masks = {}
    verdict = exercises.dropout_backward.evaluate(lambda dy, mask, rate: dy * masks.setdefault(dy.shape, mask) / (1 - rate))
    assert verdict.mistakes == ("ignores what is given",)


# ---- weights_for_testing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "names", "said"),
    [
        (lambda kernel, bias, p: (kernel, np.zeros_like(bias)), ("kernel not scaled", "bias left out"), "set to 0"),
        (lambda kernel, bias, p: (kernel * p, bias * p), ("outputs and bias scaled (error)",), "never dropped"),
        (lambda kernel, bias, p: (bias, kernel * p[:, None]), ("another order",), "another order"),
        (lambda kernel, bias, p: (kernel * p[-1], bias), (), "the same factor. Each input has its own p"),
        (lambda kernel, bias, p: (kernel * p[:, None], bias * p[0]), (), "The bias should stay"),
        (
            lambda kernel, bias, p: (kernel * (np.random.rand(len(p)) < p)[:, None], bias),
            ("draws its own numbers",),
            "At test nothing is dropped",
        ),
    ],
)
def test_weights_for_testing_says_what_is_seen(answer, names, said):
    verdict = exercises.weights_for_testing.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names
    assert said in str(verdict)


# ---- average_answer -----------------------------------------------------------------------------


def naive(logits, axis=-1):
    return np.exp(logits) / np.exp(logits).sum(axis=axis, keepdims=True)


def stable(logits):
    return naive(logits - logits.max(axis=-1, keepdims=True))


@pytest.mark.parametrize(
    ("answer", "name", "beside"),
    [
        (lambda logits: naive(logits).mean(axis=0), "exp overflows", False),
        (lambda logits: naive(logits).sum(axis=0), "sum of the probabilities", True),
        (lambda logits: naive(logits, 1).mean(axis=0), "softmax over the digits", True),
        (lambda logits: stable(np.log(stable(logits)).mean(axis=0)), "softmax of the mean logits", False),
        (lambda logits: naive(logits - logits.max(axis=0)).mean(axis=0), "maximum over the networks", False),
        (lambda logits: [stable(one) for one in logits][-1], "the last network", False),
        (
            lambda logits: (np.exp(logits) / np.exp(logits).sum(axis=2)).mean(axis=0),
            "sum without its axis, nothing subtracted",
            False,
        ),
    ],
)
def test_average_answer_says_what_is_seen(answer, name, beside):
    verdict = exercises.average_answer.evaluate(answer)
    assert verdict.mistakes == (name,)
    assert ("Apart from the check on logits of several hundred" in str(verdict)) == beside


@pytest.mark.parametrize(
    "answer",
    [
        lambda logits: np.exp(logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)).mean(axis=0),
        lambda logits: naive(logits - logits.max()).mean(axis=0),
        lambda logits: np.average(stable(logits.astype(np.float32)), axis=0),
    ],
)
def test_average_answer_may_be_written_otherwise(answer):
    assert exercises.average_answer.evaluate(answer).passed


# ---- variance_shift -----------------------------------------------------------------------------


def shift(noise, whole=lambda inference, more: 1 + more / inference):
    return lambda x, kernel, rate: whole((x @ kernel).var(axis=0), noise(x, kernel, rate))


def right(x, kernel, rate):
    return rate / (1 - rate) * ((x**2) @ kernel**2).mean(axis=0)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (shift(right, lambda inference, more: inference + more / inference), "sum without brackets"),
        (shift(right, lambda inference, more: 1 + np.sqrt(more / inference)), "standard deviations added"),
        (shift(lambda x, kernel, rate: rate / (1 - rate) * x.mean(axis=0) @ kernel**2), "inputs not squared, with their signs"),
        (shift(lambda x, kernel, rate: rate * (1 - rate) * (x**2).mean(axis=0) @ kernel**2), "variance of the mask alone"),
        (
            lambda x, kernel, rate: 1 + rate / 1 - rate * right(x, kernel, 0.5) / (x @ kernel).var(axis=0),
            "factor without brackets, after the division",
        ),
        (lambda x, kernel, rate: (x @ kernel / (1 - rate)).var(axis=0) / (x @ kernel).var(axis=0), "scaled without masks"),
        (shift(lambda x, kernel, rate: right(x, kernel, 0.5)), "factor forgotten"),
        (shift(right, lambda inference, more: 1 + (inference + more) / inference), "1 more than the ratio"),
        (
            lambda x, kernel, rate: 1 + right(x, kernel, rate) / np.var(x @ kernel * (1 - rate), axis=0),
            "variance of x scaled as in the classic form",
        ),
    ],
)
def test_variance_shift_says_what_is_seen(answer, name):
    assert exercises.variance_shift.evaluate(answer).mistakes == (name,)


# ---- The predictions ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exercise", "values", "names"),
    [
        ("a_rate_of_02", (0.8, 5, 1, 1, 0.2), ("rate taken for the share kept",)),
        ("a_rate_of_02", (0.2, 1, 0.8, 0.8, 0.8), ("classic form",)),
        ("a_rate_of_02", (20, 125, 100, 100, 80), ("percentages",)),
        ("a_rate_of_02", (0.5, 2, 1, 1, 0.5), ("one half",)),
        ("a_rate_of_02", (0.2, 1.2, 0.96, 1, 0.8), ("1 plus the rate",)),
        ("expected_values", (6, 4.5, 6.75, 8, 6, 6), ("forms swapped",)),
        ("expected_values", (24, 6, 108, 6, 1.5, 1.5), ("kept with probability 0.25",)),
        ("expected_values", (24, 18, 108, 6, 4.5, 4.5), ("divided by the rate throughout",)),
        ("expected_values", (8, 6, 3.46, 6, 4.5, 4.5), ("the standard deviation, three digits",)),
        ("expected_values", (7.5, 5.625, 10.55, 6, 4.5, 4.5), ("kept, times 1 + rate",)),
        ("misled", (False, False, False, False), ("dropout in front overlooked",)),
    ],
)
def test_one_cause_of_wrong_predictions_is_told_once(exercise, values, names):
    exercise = getattr(exercises, exercise)
    verdict = exercise.evaluate(dict(zip(exercise.answers, values)))
    assert not verdict.passed
    assert verdict.mistakes == names


# ---- earn_a_gain --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "name", "false"),
    [
        ((32, 0.1, 0.1, 12.63, 11.69), "too gentle", "change little"),
        ((256, 0.2, 0.5, 10.35, 9.91), "hidden rate too high", "underfits"),
        ((256, 0.05, 0.05, 10.35, 10.57), "too gentle", "change little"),
        ((256, 0.3, 0.2, 10.35, 9.47), "large network", "not to be had"),
        ((32, 0.2, 0.9, 12.63, 89.74), "more than half wrong", "How many hidden units"),
        ((1, 0.2, 0.2, 89.74, 89.74), "too small", "Drop"),
        ((32, 0.3, 0, 12.63, 10.49), None, "\0"),
        ((4, 0, 0.1, 39.37, 37.25), "too small", "Of 784 pixels"),
        ((2, 0.2, 0, 58.13, 56.88), "too small", "Correct"),
        ((4, 0.01, 0.01, 39.37, 41.51), "too small", "can take more noise"),
    ],
)
def test_earn_a_gain_says_what_was_measured(values, name, false):
    exercise = exercises.earn_a_gain
    result = dict(zip(("units", "rate_pixels", "rate_hidden", "without", "dropout"), values))
    verdict = exercise.evaluate(exercise.remember(lambda: result)())
    assert verdict.passed == (name is None)
    assert verdict.mistakes == ((name,) if name else ())
    assert false not in str(verdict)


def test_a_gain_with_seeds_of_ones_own_is_told_so():
    exercise = exercises.earn_a_gain

    @exercise.remember
    def trial(units, rate_pixels, rate_hidden, seeds=(30, 31, 32)):
        return {"units": units, "rate_pixels": rate_pixels, "rate_hidden": rate_hidden, "without": 11.0, "dropout": 9.0 + len(seeds)}

    assert exercise.evaluate(trial(128, 0.2, 0.2, seeds=(30,))).state == "unusable"
    assert "seeds of your own" in str(exercise.evaluate(trial(128, 0.2, 0.2, (30,))))
    assert exercise.evaluate(trial(128, 0.2, 0.2, seeds=(30, 31, 32))).state == "wrong"


def test_a_ratio_below_1_in_every_unit_is_not_told_as_in_one():
    verdict = exercises.variance_shift.evaluate(lambda x, kernel, rate: 0.5 + 0 * kernel[0])
    assert "In at least one of yours it is" in str(verdict)
