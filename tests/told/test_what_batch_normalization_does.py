"""Notebook 05: answers as students give them, and the verdicts that they must get."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.exercises import what_batch_normalization_does as exercises

# ---- steps_to_reach -----------------------------------------------------------------------------


def return_in_two_loops(accuracies, steps, target, never=np.inf):
    for row in accuracies:
        for step, accuracy in zip(steps, row):
            if accuracy >= target:
                return step
    return never


def return_in_the_loop(accuracies, steps, target, never=np.inf):
    for row in accuracies:
        places = np.flatnonzero(row >= target)
        return steps[places[0]] if len(places) else never


def argmax_without_axis(accuracies, steps, target, never=np.inf):
    reached = accuracies >= target
    return np.where(reached.any(axis=1), steps[reached.argmax()], never)


def argmax_alone_without_axis(accuracies, steps, target, never=np.inf):
    return steps[np.argmax(accuracies >= target)]


def any_without_axis(accuracies, steps, target, never=np.inf):
    reached = accuracies >= target
    return steps[reached.argmax(axis=1)] if reached.any() else np.full(len(accuracies), never)


def row_by_row(places, *, fresh=True):
    def answer(accuracies, steps, target, never=np.inf):
        results, first = [], never
        for row in accuracies:
            first = never if fresh else first
            for t in places(len(steps)):
                if row[t] >= target:
                    first = steps[t]
                    break
            results.append(first)
        return np.array(results)

    return answer


def without_break(accuracies, steps, target, never=np.inf):
    results = np.zeros(len(accuracies))
    for s, row in enumerate(accuracies):
        for step, accuracy in zip(steps, row):
            results[s] = step if accuracy >= target else never
    return results


def smallest(accuracies, steps, target, never=np.inf):
    return np.where(accuracies >= target, steps, never).min(axis=1)


def place_and_above(accuracies, steps, target, never=np.inf):
    reached = accuracies > target
    return np.where(reached.any(axis=1), reached.argmax(axis=1), never)


def highest_above(accuracies, steps, target, never=np.inf):
    first = steps[(accuracies >= target).argmax(axis=1)]
    return np.where(accuracies.max(axis=1) > target, first, never)


def mean_of_each_seed(accuracies, steps, target, never=np.inf):
    return np.where(accuracies.mean(axis=1) >= target, steps[0], never)


def first_of_the_mean(accuracies, steps, target, never=np.inf):
    reached = accuracies.mean(axis=0) >= target
    return steps[reached][0] if reached.any() else never


def zero_is_false(accuracies, steps, target, never=np.inf):
    firsts = [next((s for s, a in zip(steps, row) if a >= target), None) for row in accuracies]
    return np.array([first or never for first in firsts])


def dtype_of_steps(accuracies, steps, target, never=np.inf):
    found = np.full_like(steps[:1].repeat(len(accuracies)), never)
    for s, row in enumerate(accuracies):
        for t in np.flatnonzero(row >= target)[:1]:
            found[s] = steps[t]
    return found


def assigned_to_integers(accuracies, steps, target, never=np.inf):
    found = steps[(accuracies >= target).argmax(axis=1)]
    found[accuracies.max(axis=1) < target] = never
    return found


def by_places(enough):
    def answer(accuracies, steps, target, never=np.inf):
        places = [np.where(row >= target)[0] for row in accuracies]
        return np.array([steps[found[0]] if enough(found) else never for found in places])

    return answer


def in_percent(accuracies, steps, target, never=np.inf):
    ok = accuracies >= target / 100
    return np.where(ok.any(axis=1), steps[ok.argmax(axis=1)], never)


def crossing(accuracies, steps, target, never=np.inf):
    crossed = (accuracies[:, 1:] >= target) & (accuracies[:, :-1] < target)
    return np.where(crossed.any(axis=1), steps[1:][crossed.argmax(axis=1)], never)


def last_or_nan(accuracies, steps, target, never=np.inf):
    return np.array([max([s for s, a in zip(steps, row) if a >= target], default=np.nan) for row in accuracies])


def steps_of(reached, steps, never):
    return np.where(reached.any(axis=1), steps[reached.argmax(axis=1)], never)


def with_tolerance(accuracies, steps, target, never=np.inf):
    return steps_of((accuracies >= target) | np.isclose(accuracies, target, atol=5e-3), steps, never)


def first_of_any_seed(accuracies, steps, target, never=np.inf):
    return np.full(len(accuracies), steps[(accuracies >= target).any(axis=0).argmax()])


STEPS_TO_REACH = [
    (return_in_two_loops, "of the first seed that gets there"),
    (return_in_the_loop, "of the first seed"),
    (argmax_without_axis, "counted through all seeds"),
    (argmax_alone_without_axis, "counted through all seeds, one number"),
    (any_without_axis, "asked of all seeds together"),
    (row_by_row(lambda count: range(count - 1)), "last measurement left out"),
    (row_by_row(lambda count: range(1, count)), "first measurement left out"),
    (row_by_row(range, fresh=False), "inherited"),
    (without_break, "decided by the last measurement"),
    (smallest, "smallest of steps and never"),
    (place_and_above, "index"),
    (highest_above, None),
    (mean_of_each_seed, None),
    (first_of_the_mean, "of the mean curve, one number"),
    (zero_is_false, "step 0 taken for never"),
    (dtype_of_steps, "type of the steps kept"),
    (assigned_to_integers, "type of the steps kept, with an error"),
    (by_places(lambda places: places.any()), "only at once taken for never"),
    (by_places(lambda places: len(places) > 1), "only once taken for never"),
    (in_percent, "a hundredth of the target"),
    (crossing, "crossing"),
    (last_or_nan, "last step above, NaN for never"),
    (lambda accuracies, steps, target, never=np.inf: steps_of(accuracies.round(2) >= target, steps, never), "rounded"),
    (with_tolerance, "rounded"),
    (first_of_any_seed, "first step for all"),
]


@pytest.mark.parametrize(("answer", "name"), STEPS_TO_REACH)
def test_steps_to_reach_names_what_is_seen(answer, name):
    verdict = exercises.steps_to_reach.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == ((name,) if name else ())
    assert ("averages over the seeds first" in str(verdict)) == (answer is first_of_the_mean)


def test_a_second_fault_at_a_tie_is_told_beside_the_first():
    assert "Apart from the check on three seeds that reach the target exactly" in str(
        exercises.steps_to_reach.evaluate(place_and_above)
    )


def padded(accuracies, steps, target, never=np.inf):
    reached = np.concatenate([accuracies >= target, np.ones((len(accuracies), 1), bool)], axis=1)
    return np.append(steps, never)[reached.argmax(axis=1)].astype(np.float32)


def accumulated(accuracies, steps, target, never=np.inf):
    below = (np.maximum.accumulate(accuracies, axis=1) < target).sum(axis=1)
    return np.append(steps, never)[below]


def with_keepdims(accuracies, steps, target, never=np.inf):
    reached = accuracies >= target
    first = reached.argmax(axis=1, keepdims=True)
    return np.where(reached.any(axis=1, keepdims=True), steps[first], never)[:, 0]


def whole_where_they_are(accuracies, steps, target, never=np.inf):
    found = with_keepdims(accuracies, steps, target, never)
    return found.astype(np.int64) if np.isfinite(found).all() else found


@pytest.mark.parametrize("answer", [padded, accumulated, with_keepdims, whole_where_they_are])
def test_steps_to_reach_may_be_written_otherwise(answer):
    assert exercises.steps_to_reach.evaluate(answer).passed


# ---- effective_learning_rate --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda kernel, rate: rate / np.sqrt(np.square(kernel).sum(axis=0)), "norm not squared"),
        (lambda kernel, rate: rate / np.linalg.norm(kernel.T, axis=0) ** 2, "axis=1"),
        (lambda kernel, rate: rate / np.linalg.norm(kernel) ** 2, "whole kernel"),
        (lambda kernel, rate: (rate / np.linalg.norm(kernel, axis=0)) ** 2, "rate squared"),
        (lambda kernel, rate: rate / ((kernel / np.linalg.norm(kernel, axis=0)) ** 2).sum(axis=0), "rate itself"),
        (lambda kernel, rate: sum(rate / kernel**2), "summed after dividing"),
        (lambda kernel, rate: rate / kernel.std(axis=0) ** 2, "variance"),
        (lambda kernel, rate: np.log10(rate / (kernel**2).sum(axis=0)), None),
        (lambda kernel, rate: rate / (2 * (kernel**2).sum(axis=0)), None),
        (lambda kernel, rate: rate / ((kernel**2).sum(axis=0) + 1e-3), None),
    ],
)
def test_effective_learning_rate_names_what_is_seen(answer, name):
    verdict = exercises.effective_learning_rate.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == ((name,) if name else ())


@pytest.mark.parametrize(
    "answer",
    [
        lambda kernel, rate: rate / sum(kernel**2),
        lambda kernel, rate: rate / np.diag(kernel.T @ kernel),
        lambda kernel, rate: np.float32(rate) / np.square(kernel.astype(np.float32)).sum(0, keepdims=True),
    ],
)
def test_effective_learning_rate_may_be_written_otherwise(answer):
    assert exercises.effective_learning_rate.evaluate(answer).passed


# ---- internal_covariate_shift -------------------------------------------------------------------


def two(before, after):
    lengths = np.linalg.norm(before) * np.linalg.norm(after)
    return np.linalg.norm(after - before), np.vdot(before, after) / lengths


def shift(mixed=lambda old, new, i: new[:i] + old[i:], measure=two):
    return lambda gradients, old, new, i: measure(gradients(old)[i], gradients(mixed(old, new, i))[i])


def written_into_old(gradients, old, new, i):
    before = gradients(old)[i]
    old[:i] = new[:i]
    return two(before, gradients(old)[i])


def aliased(gradients, old, new, i):
    mixed = old
    mixed[:i] = new[:i]
    return two(gradients(old)[i], gradients(mixed)[i])


def by_matrix_product(before, after):
    return np.linalg.norm(after - before), before @ after / np.linalg.norm(before) / np.linalg.norm(after)


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (written_into_old, ("overwrites its inputs",)),
        (aliased, ("no change",)),
        (shift(lambda old, new, i: new[: i - 1] + old[i - 1 :]), ("one layer too few",)),
        (shift(lambda old, new, i: new[: i + 1] + old[i + 1 :]), ("own weights new, too",)),
        (shift(measure=by_matrix_product), ("matrix product, not aligned",)),
        (shift(measure=lambda a, b: (((a - b) ** 2).sum(), (a * b).sum())), ("squared difference", "scalar product")),
        (shift(measure=lambda a, b: (two(a, b)[0], abs(two(a, b)[1]))), ("sign lost",)),
        (shift(measure=lambda a, b: two(a, b)[::-1]), ("results swapped",)),
        (shift(measure=lambda a, b: (two(a, b)[0], (a * b).mean())), ()),
    ],
)
def test_internal_covariate_shift_names_what_is_seen(answer, names):
    verdict = exercises.internal_covariate_shift.evaluate(answer)
    assert not verdict.passed
    assert verdict.mistakes == names


@pytest.mark.parametrize(
    "answer",
    [
        shift(lambda old, new, i: [*new[:i], *old[i:]], lambda a, b: list(two(a, b))),
        shift(measure=lambda a, b: np.array(two(a, b))),
        shift(measure=lambda a, b: (np.linalg.norm(a - b, "fro"), np.float32(two(a, b)[1]))),
    ],
)
def test_internal_covariate_shift_may_be_written_otherwise(answer):
    assert exercises.internal_covariate_shift.evaluate(answer).passed


# ---- read_the_curves ----------------------------------------------------------------------------


def read(plain, ours, times, first="BN-x30", last="BN-x5-Sigmoid"):
    values = (plain, ours, times, first, last)
    return exercises.read_the_curves.evaluate(dict(zip(exercises.read_the_curves.answers, values)))


def test_a_quotient_of_a_wrong_step_is_not_wrong_in_itself():
    verdict = read(1000, 200, 5)
    assert verdict.mistakes == ("already above 0.9",)
    assert "this fits your `plain reaches 0.9 at step`" in str(verdict)
    assert "learning rates" not in str(verdict)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((750, 200, 5), ("of the rates",)),
        ((None, None, 5), ("of the rates",)),
        ((200, 750, 0.27), ("swapped",)),
        ((75, 20, 3.75), ("both a decade too low",)),
        ((7500, 2000, 3.75), ("both a decade too high",)),
        ((0.9, 0.9, 1), ("the accuracy",)),
        ((10, 6, 1.67), ("the place",)),
        ((750, 200, 550), ("the difference",)),
        ((750, 200, 0.73), ("a share",)),
        ((750, 200, 3.75, "BN-x5", "BN-x5"), ("highest instead of lowest",)),
    ],
)
def test_one_cause_of_wrong_readings_is_told_once(values, names):
    verdict = read(*values)
    assert verdict.mistakes == names
    assert "this is not the quotient" not in str(verdict)


@pytest.mark.parametrize("values", [(750, 150, 5), (np.int32(750), 175.0, 4.29), (600, 240, 2.5), (940, 160, 6)])
def test_a_reading_that_is_near_enough_is_right_with_its_quotient(values):
    assert read(*values).passed


# ---- doubled_weights and what_noise_does --------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((2, 1, 2, 2), ("as without BN",)),
        ((0, -0.5, 0, 3), ("changes",)),
        ((100, 50, 100, 400), ("percentages",)),
        ((0.5, 0.5, 0.5, 4), ("only divided",)),
        ((1, 1, 0.5, 4), ("W and x swapped",)),
        ((1, 0.25, 1, 8), ("gradient quartered",)),
        ((1, 2, 1, 1), ("gradient doubled",)),
        ((1, -0.5, 1, 4), ()),
    ],
)
def test_one_cause_of_wrong_factors_is_told_once(values, names):
    verdict = exercises.doubled_weights.evaluate(dict(zip(exercises.doubled_weights.answers, values)))
    assert not verdict.passed
    assert verdict.mistakes == names


def test_a_rate_that_fits_a_wrong_gradient_is_not_wrong_in_itself():
    verdict = exercises.doubled_weights.evaluate(dict(zip(exercises.doubled_weights.answers, (1, 1, 1, 2))))
    assert "this fits your `gradient of W`" in str(verdict)


def test_the_figure_that_answers_is_not_called_the_next_one():
    guess = dict(zip(exercises.what_noise_does.answers, ("More", "more ", "slower")))
    verdict = exercises.what_noise_does.evaluate(guess)
    assert verdict.mistakes == ("as the hypothesis says",)
    assert "next figure" not in str(verdict)


# ---- The two duels ------------------------------------------------------------------------------


def duel(exercise, *values):
    result = dict(zip(("learning_rate", "batch_size", "depth", "without", "batch"), values))
    return exercise.evaluate(exercise.remember(lambda: result)())


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((0.2, 60, 10, 0.585, 0.925), "both train"),
        ((4.0, 60, 10, 0.101, 0.470), "both broken"),
        ((0.01, 60, 10, 0.194, 0.812), "starving"),
        ((1.0, 60, 3, 0.543, 0.942), "other settings changed"),
        ((np.float64(1.0), np.int64(60), 10, np.float32(0.1135), np.float32(0.925)), None),
    ],
)
def test_only_one_survives_says_what_was_measured(values, name):
    verdict = duel(exercises.only_one_survives, *values)
    assert verdict.passed == (name is None)
    assert verdict.mistakes == ((name,) if name else ())


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((1.0, 60, 3, 0.543, 0.942), "the plain network is behind"),
        ((0.05, 60, 10, 0.608, 0.918), "the plain network is behind"),
        ((0.001, 60, 3, 0.112, 0.372), "both fail"),
        ((1.0, 8, 10, 0.098, 0.451), "the plain network fails"),
        ((0.1, 60, 0, 0.888, 0.888), "no hidden layer"),
        ((0.1, 60, 3, 0.903, 0.935), "depth alone"),
        ((0.1, 4, 3, 0.796, 0.766), "batch still large enough"),
        ((0.1, 3, 10, 0.298, 0.133), "both fail"),
        ((0.1, 2, 4, 0.388, 0.2), "both fail"),
        ((0.1, 2, 1, 0.649, 0.638), "one normalized layer"),
        ((0.1, 3, 1, 0.746, 0.791), "one normalized layer"),
        ((0.1, 2, 3, 0.608, 0.279), None),
    ],
)
def test_lose_with_batch_norm_says_what_was_measured(values, name):
    verdict = duel(exercises.lose_with_batch_norm, *values)
    assert verdict.passed == (name is None)
    assert verdict.mistakes == ((name,) if name else ())
