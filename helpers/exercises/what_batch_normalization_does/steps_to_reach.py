"""Notebook 05, code: the first step that reaches a target."""

from __future__ import annotations

import itertools

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def steps_to_reach(accuracies, steps, target, never=np.inf):
    reached = accuracies >= target        # (S, T)
    first = reached.argmax(axis=1)        # (S,), the place of the first True, 0 if there is none
    return np.where(reached.any(axis=1), steps[first], never)


def _reach_cases():
    steps = np.array([10.0, 50.0, 200.0, 500.0, 1000.0])
    seeds = np.array([
        [0.12, 0.30, 0.65, 0.81, 0.90],  # rises
        [0.10, 0.75, 0.80, 0.68, 0.60],  # reaches 0.7 and falls below again
        [0.11, 0.20, 0.35, 0.65, 0.66],  # never
        [0.40, 0.60, 0.62, 0.698, 0.90],  # only at the last measurement, just below it before
        [0.10, 0.30, 0.75, 0.60, 0.50],  # once, in between
        [0.90, 0.40, 0.50, 0.80, 0.95],  # at once, falls below and returns
    ])
    late = np.array([
        [0.00, 0.10, 0.15, 0.30, 0.699],  # never, by a hair, and the first
        [0.65, 0.95, 0.60, 0.75, 0.98],  # falls below and returns
        [0.85, 0.90, 0.70, 0.80, 0.85],  # throughout, once exactly
        [0.75, 0.20, 0.30, 0.40, 0.50],  # at once, and not again
    ])
    equal = np.array([
        [0.5, 0.75, 0.875, 0.9375, 0.75],
        [0.75, 0.5, 0.25, 0.875, 0.9375],
        [0.5, 0.625, 0.25, 0.75, 0.625],  # and never above
    ])
    at_once = np.array([[0.2, 0.3, 0.9, 0.4, 0.8], [0.9, 0.4, 0.5, 0.8, 0.95]])
    dead = np.array([[0.0, 0.0, 0.0, 0.0, 0.0], [0.11, 0.30, 0.50, 0.70, 0.90]])
    return [
        Case("on six seeds, of which one never gets there, with never = 7777", (seeds, steps, 0.7, 7777.0)),
        Case("on four seeds, of which the first never gets there, with never = 5555", (late, steps, 0.7, 5555.0)),
        Case("on three seeds that reach the target exactly, one of them at once", (equal, steps, 0.75), edge=True),
        Case("on a seed that is above the target at step 0", (at_once, steps - 10, 0.7, 5555.0), edge=True),
        Case("on a target that no seed reaches, with never = -1", (dead, steps, 0.95, -1.0), edge=True),
        Case("on a seed that gets there and one that does not, with never = 0", (seeds[1:3], steps, 0.7, 0.0), edge=True),
        Case("on a seed that gets there and one that does not, with never = NaN", (seeds[1:3], steps, 0.7, np.nan),
             edge=True),
        Case("on steps that are integers, as in this notebook, with the default never", (seeds, steps.astype(np.int32), 0.7),
             edge=True),
    ]


def _by_loop(accuracies, steps, target, never=np.inf):
    result = np.full(len(accuracies), never)
    for seed, row in enumerate(accuracies):
        for step, accuracy in zip(steps, row):
            if accuracy >= target:
                result[seed] = step
                break
    return result


def _by_minimum(accuracies, steps, target, never=np.inf):
    late = np.where(accuracies >= target, steps.astype(np.float32), np.inf).min(axis=1)
    return np.where(np.isinf(late), never, late)


def _by_list(accuracies, steps, target, never=np.inf):
    return np.array([next((float(s) for s, a in zip(steps, row) if a >= target), never) for row in accuracies])


_right = steps_to_reach


def _reach(found, never=lambda never, steps: never, compare=np.greater_equal):
    """Seed by seed: ``found(reached (T,), steps (T,), row (T,))``, or ``never(never, steps)`` if nothing is reached."""

    def wrong(accuracies, steps, target, never_=np.inf):
        results = []
        for row in accuracies:
            reached = compare(row, target)
            results.append(found(reached, steps, row) if reached.any() else never(never_, steps))
        return np.array(results, dtype=float)

    return wrong


def _first(reached, steps, row):
    return steps[reached.argmax()]


def _as_never(value):
    return _reach(_first, never=lambda never, steps: value)


def _crossing(reached, steps, row, target):
    i = reached.argmax()
    if i == 0:
        return steps[0]
    share = (target - row[i - 1]) / (row[i] - row[i - 1])
    return steps[i - 1] + share * (steps[i] - steps[i - 1])


def _interpolated(accuracies, steps, target, never=np.inf):
    return _reach(lambda reached, steps, row: _crossing(reached, steps, row, target))(accuracies, steps, target, never)


def _searched(accuracies, steps, target, never=np.inf):
    places = np.array([np.searchsorted(row, target) for row in accuracies])
    return np.append(steps.astype(float), never)[places]


def _staying(accuracies, steps, target, never=np.inf):
    padded = np.append(steps.astype(float), never)
    below = [np.flatnonzero(row < target) for row in accuracies]
    return np.array([padded[found[-1] + 1] if len(found) else padded[0] for found in below])


def _of_one_curve(average):
    """The step of one curve for all seeds."""

    def wrong(accuracies, steps, target, never=np.inf):
        return _right(average(accuracies, axis=0)[None], steps, target, never)[0]

    return wrong


def _of_the_mean(accuracies, steps, target, never=np.inf):
    return np.full(len(accuracies), _of_one_curve(np.mean)(accuracies, steps, target, never))


def _those_that_reach(accuracies, steps, target):
    """The first steps of the seeds that get there."""
    return _right(accuracies, steps, target)[(accuracies >= target).any(axis=1)]


def _best(accuracies, steps, target, never=np.inf):
    return min(_those_that_reach(accuracies, steps, target), default=never)


def _first_that_reaches(accuracies, steps, target, never=np.inf):
    return next(iter(_those_that_reach(accuracies, steps, target)), never)


def _crossed(places):
    """Where the accuracy comes from below to the target; ``places`` of the steps, one fewer than measurements."""

    def wrong(accuracies, steps, target, never=np.inf):
        reached = accuracies >= target
        crossed = reached[:, 1:] & ~reached[:, :-1]
        return np.where(crossed.any(axis=1), steps[places][crossed.argmax(axis=1)], never)

    return wrong


def _in_type_of(choose, assign=False):
    """The right steps in an array of the type ``choose(steps)``: by conversion, or set one by one, which may raise."""

    def wrong(accuracies, steps, target, never=np.inf):
        right = _right(accuracies, steps, target, never)
        if not assign:
            return right.astype(choose(steps))
        result = np.zeros(len(right), choose(steps))
        for seed, first in enumerate(right):
            result[seed] = first
        return result

    return wrong


def _enough(enough):
    """``never`` for a seed whose places, an array, are not ``enough``."""

    def wrong(accuracies, steps, target, never=np.inf):
        places = [np.flatnonzero(row >= target) for row in accuracies]
        return np.array([float(steps[found[0]]) if enough(found) else never for found in places])

    return wrong


def _two_things():
    """A wrong step for a seed that gets there, and something else than ``never`` for one that does not."""
    for (found, text, step), (never, what, value) in itertools.product(_OTHER_STEPS, _OTHER_NEVERS):
        if (found, never) != ("index", "0 for never"):  # has a name of its own
            yield Mistake(
                f"{found}, {never}", f"Two things. {text} And a seed that never gets there gets {what}, not `never`.",
                _reach(step, never=value),
            )


def _inherited(accuracies, steps, target, never=np.inf):
    results, last = [], never
    for first in _right(accuracies, steps, target, None):
        last = last if first is None else first
        results.append(last)
    return np.array(results, dtype=float)


def _part_of_the_measurements(part):
    return lambda accuracies, steps, target, never=np.inf: _right(
        np.where(np.isin(np.arange(len(steps)), np.arange(len(steps))[part]), accuracies, -np.inf), steps, target, never
    )


def _by_row_or_column(asked, first, *, look_up=True):
    """Axes for ``any`` and ``argmax`` that are not both 1."""

    def wrong(accuracies, steps, target, never=np.inf):
        reached = accuracies >= target
        places = reached.argmax(axis=first)
        return np.where(reached.any(axis=asked), steps[places] if look_up else places, never)

    return wrong


def _is_never(args, outputs):
    return np.isclose(outputs[0], args[3] if len(args) > 3 else np.inf, equal_nan=True)


_INDEX = (
    "That is the *place* in the array, not the step. The measurements are not evenly spaced: look the place up in "
    "`steps`."
)
_INTEGERS = (
    "If `steps` holds integers, your result holds integers, too. But infinity, the default of `never`, is not an "
    "integer. The result needs a type that can hold both: float."
)
_OTHER_STEPS = [
    ("index", _INDEX, lambda reached, steps, row: reached.argmax()),
    ("last step above", "These are the *last* measured steps at which the target is reached; the first is asked for.",
     lambda reached, steps, row: steps[reached][-1]),
    ("step of the maximum", "These are the steps of each seed's highest accuracy; the target may be reached long before.",
     lambda reached, steps, row: steps[row.argmax()]),
]
_OTHER_NEVERS = [
    ("0 for never", "0", lambda never, steps: 0.0),
    ("-1 for never", "-1", lambda never, steps: -1.0),
    ("infinity for never", "infinity", lambda never, steps: np.inf),
    ("NaN for never", "NaN", lambda never, steps: np.nan),
    ("last step for never", "the last step", lambda never, steps: steps[-1]),
]
_THROUGH = (
    "The place is counted through the whole table, seed after seed. `argmax` needs an axis to treat each row "
    "separately."
)


steps_to_reach = CodeExercise(
    steps_to_reach,
    outputs=["first"],
    cases=_reach_cases,
    variants=[_by_loop, _by_minimum, _by_list],
    mistakes=[
        Mistake("index", _INDEX, _reach(lambda reached, steps, row: reached.argmax())),
        Mistake(
            "index, 0 for never",
            _INDEX + " And for a seed that never gets there `argmax` gives 0, too.",
            lambda accuracies, steps, target, never=np.inf: (accuracies >= target).argmax(axis=1),
        ),
        Mistake("index, counted from 1", _INDEX, _reach(lambda reached, steps, row: reached.argmax() + 1)),
        Mistake(
            "never becomes the first step",
            "A seed that never reaches the target gets the first step of all: the best possible mark for the worst "
            "network. `argmax` of a row without any True is 0; ask whether there is one at all.",
            lambda accuracies, steps, target, never=np.inf: steps[(accuracies >= target).argmax(axis=1)],
        ),
        Mistake(
            "never becomes 0",
            "A seed that never reaches the target gets 0: it would look like the fastest. It should get `never`.",
            _as_never(0.0),
        ),
        Mistake(
            "never becomes -1",
            "A seed that never reaches the target gets -1: smaller than every step, so it would look like the "
            "fastest. It should get `never`.",
            _as_never(-1.0),
        ),
        Mistake(
            "never becomes the last step",
            "A seed that never reaches the target gets the last step, as if it had arrived there. It should get "
            "`never`.",
            _reach(_first, never=lambda never, steps: steps[-1]),
        ),
        Mistake(
            "never fixed at infinity",
            "A seed that never reaches the target gets infinity, whatever `never` says. Use the argument.",
            _as_never(np.inf),
        ),
        Mistake(
            "never becomes NaN",
            "A seed that never reaches the target gets NaN. That is a sensible convention, but not the one asked "
            "for: use the argument `never`.",
            _as_never(np.nan),
        ),
        Mistake(
            "last step above",
            "That is the *last* measured step at which the accuracy is at least the target. Which is the first?",
            _reach(lambda reached, steps, row: steps[reached][-1]),
        ),
        Mistake(
            "step of the maximum",
            "That is the step of each seed's highest accuracy. The target may be reached long before, or never.",
            lambda accuracies, steps, target, never=np.inf: steps[accuracies.argmax(axis=1)],
        ),
        Mistake(
            "step of the maximum, where it is reached",
            "That is the step of each seed's highest accuracy; the target may be reached long before.",
            _reach(lambda reached, steps, row: steps[row.argmax()]),
        ),
        Mistake(
            "above instead of at least",
            "An accuracy that is exactly the target counts: \"at least\", not \"above\".",
            _reach(_first, compare=np.greater),
        ),
        Mistake(
            "rounded",
            "An accuracy just below the target counts as reached. Compare without rounding or tolerance.",
            lambda accuracies, steps, target, never=np.inf: _right(accuracies.round(2), steps, target, never),
        ),
        Mistake(
            "equal instead of at least",
            "Only an accuracy that is exactly the target counts, and one above it does not. \"At least\" is asked for.",
            _reach(_first, compare=np.equal),
        ),
        Mistake(
            "never for all",
            "Every seed gets `never`, even one that reaches the target.",
            lambda accuracies, steps, target, never=np.inf: np.full(len(accuracies), never),
        ),
        Mistake(
            "first step for all",
            "Every seed gets the same step, whatever its own accuracies are. Each seed should have its own.",
            lambda accuracies, steps, target, never=np.inf: np.full(len(accuracies), steps[0]),
        ),
        Mistake(
            "first step below",
            "The comparison is reversed: that is the first step at which the accuracy is below the target.",
            _reach(_first, compare=np.less),
        ),
        Mistake(
            "first step at most",
            "The comparison is reversed: that is the first step at which the accuracy is at most the target.",
            _reach(_first, compare=np.less_equal),
        ),
        Mistake(
            "the step before",
            "That is one measurement too early: the last one *before* the target is reached.",
            _reach(lambda reached, steps, row: steps[reached.argmax() - 1]),
        ),
        Mistake(
            "the step after",
            "That is one measurement too late. And where the target is reached at the last measurement, there is none "
            "after it.",
            lambda accuracies, steps, target, never=np.inf: np.where(
                (accuracies >= target).any(axis=1), steps[(accuracies >= target).argmax(axis=1) + 1], never
            ),
        ),
        Mistake(
            "interpolated",
            "It draws a line between two measurements and takes the place where this line crosses the target. That "
            "is a fine idea, but the first *measured* step is asked for: what lies in between is not known.",
            _interpolated,
        ),
        Mistake(
            "stays above",
            "That is the step from which the accuracy *stays* at least at the target. A curve may fall below again: "
            "the first time counts.",
            _staying,
        ),
        Mistake(
            "looks at the end only",
            "A seed that ends below the target is treated as one that never reached it. It may have been there "
            "before.",
            lambda accuracies, steps, target, never=np.inf: np.where(
                accuracies[:, -1] >= target, steps[(accuracies >= target).argmax(axis=1)], never
            ),
        ),
        Mistake(
            "every step above",
            "That keeps every step at which the target is reached, shape (S, T). The first of each row is asked for.",
            lambda accuracies, steps, target, never=np.inf: np.where(accuracies >= target, steps, never),
        ),
        Mistake(
            "every step above, in one row",
            "That is every step at which the target is reached, of all seeds one after another. The first of each seed is "
            "asked for, shape (S,).",
            lambda accuracies, steps, target, never=np.inf: steps[np.where(accuracies >= target)[1]],
        ),
        Mistake(
            "the places above",
            "That is where the target is reached, True or False, shape (S, T). The step of the first True of each "
            "row is asked for.",
            lambda accuracies, steps, target, never=np.inf: accuracies >= target,
        ),
        Mistake(
            "whether it is reached",
            "That says whether each seed reaches the target. Return the step at which it first does.",
            lambda accuracies, steps, target, never=np.inf: (accuracies >= target).any(axis=1),
        ),
        Mistake(
            "sorted search",
            "A search for sorted values needs accuracies that only rise. An accuracy may fall again, and then the "
            "search finds a wrong place.",
            _searched,
        ),
        Mistake(
            "np.interp",
            "`np.interp` looks for the target in values that only rise, and draws a line between two measurements. "
            "An accuracy may fall again, and a seed that never reaches the target gets the last step.",
            lambda accuracies, steps, target, never=np.inf: np.array([np.interp(target, row, steps) for row in accuracies]),
        ),
        Mistake(
            "nearest",
            "That is the step at which the accuracy is nearest to the target, which may be below it.",
            lambda accuracies, steps, target, never=np.inf: steps[np.abs(accuracies - target).argmin(axis=1)],
        ),
        Mistake(
            "of the mean curve",
            "It averages over the seeds first and finds one step, that of the mean curve. Each seed should have its "
            "own step: you want to see their spread.",
            _of_the_mean,
        ),
        Mistake(
            "of the mean curve, one number",
            "It averages over the seeds first and finds one step, that of the mean curve. Each seed should have its "
            "own step.",
            _of_one_curve(np.mean),
        ),
        Mistake(
            "of the median curve, one number",
            "It takes the median over the seeds first and finds one step, that of the median curve. Each seed should "
            "have its own step.",
            _of_one_curve(np.median),
        ),
        Mistake(
            "of the first seed",
            "That is one number, for the first seed. Return one for each seed, shape (S,). (A `return` inside the loop "
            "ends the function before the second seed.)",
            lambda *args: _right(*args)[0],
        ),
        Mistake(
            "of the first seed that gets there",
            "That is one number, for the first seed in the array that reaches the target. Return one for each seed, shape "
            "(S,). (A `return` inside the loop ends the function there.)",
            _first_that_reaches,
        ),
        Mistake(
            "counted through all seeds",
            _THROUGH + " Here every seed gets the same step, or `never`.",
            lambda accuracies, steps, target, never=np.inf: np.where(
                (accuracies >= target).any(axis=1), steps[(accuracies >= target).argmax()], never
            ),
        ),
        Mistake(
            "counted through all seeds, one number",
            _THROUGH + " Here one number is left for all of them.",
            lambda accuracies, steps, target, never=np.inf: steps[(accuracies >= target).argmax()],
        ),
        Mistake(
            "inherited",
            "A seed that never reaches the target gets the step of the seed before it. Whatever keeps the step has to be "
            "set to `never` again for each seed.",
            _inherited,
        ),
        Mistake(
            "at once taken for never",
            "A seed that is at the target in the first measurement gets `never`. A first True at place 0 is not the "
            "same as no True.",
            lambda accuracies, steps, target, never=np.inf: np.where(
                (accuracies >= target).argmax(axis=1) > 0, steps[(accuracies >= target).argmax(axis=1)], never
            ),
        ),
        Mistake(
            "crossing",
            "It looks for the place where an accuracy *rises* to the target from below. A seed that is there in the "
            "first measurement has not risen to it: it gets a later step, or `never`. \"At least\" does not ask what "
            "came before.",
            _crossed(slice(1, None)),
        ),
        Mistake(
            "crossing, the step before",
            "It looks for the place where an accuracy rises to the target from below, and takes the measurement *before*. (And a "
            "seed that is there in the first measurement has not risen to it.)",
            _crossed(slice(-1)),
        ),
        Mistake(
            "only at once taken for never",
            "A seed that is at the target only in the first measurement gets `never`. Its only place is 0, and `any` "
            "or `sum` of *places* treats 0 as nothing. Ask how many places there are.",
            _enough(np.any),
        ),
        Mistake(
            "only once taken for never",
            "A seed that is at the target in only one measurement gets `never`. Once is enough.",
            _enough(lambda found: len(found) > 1),
        ),
        Mistake(
            "step 0 taken for never",
            "A seed that reaches the target at *step* 0 gets `never`. 0 is a step like the others: it must not stand for \"not "
            "found\".",
            lambda *args: (lambda first: np.where(first == 0, args[3] if len(args) > 3 else np.inf, first))(_right(*args)),
        ),
        Mistake(
            "type of the steps kept",
            _INTEGERS + " Here a seed that never reaches the target gets a meaningless number, usually a huge "
            "negative one, as if it were the fastest.",
            _in_type_of(lambda steps: steps.dtype),
        ),
        Mistake("type of the steps kept, with an error", _INTEGERS, _in_type_of(lambda steps: steps.dtype, assign=True)),
        Mistake(
            "integers",
            "The result holds whole numbers only, but `never` may be infinity or NaN, which are not whole numbers. "
            "It needs a type that can hold both: float.",
            _in_type_of(lambda steps: np.int64),
        ),
        Mistake(
            "integers, with an error",
            "The result holds whole numbers only, but `never` may be infinity or NaN, which are not whole numbers. "
            "It needs a type that can hold both: float.",
            _in_type_of(lambda steps: np.int64, assign=True),
        ),
        Mistake(
            "a hundredth of the target",
            "It looks for the first accuracy that is at least a *hundredth* of the target. Accuracies and target are "
            "both shares from 0 to 1, not percentages.",
            lambda accuracies, *args: _right(100 * accuracies, *args),
        ),
        Mistake(
            "last seed left out",
            "The last seed is not looked at: it gets `never`, whatever its accuracies are.",
            lambda accuracies, steps, target, never=np.inf: np.append(
                _right(accuracies[:-1], steps, target, never).astype(float), never),
        ),
        Mistake(
            "counted from the first step",
            "That is how many steps passed between the first measurement and the one asked for. Return the step itself.",
            _reach(lambda reached, steps, row: steps[reached.argmax()] - steps[0]),
        ),
        Mistake(
            "nearest, where it is reached",
            "For a seed that gets there it is the step at which the accuracy is *nearest* to the target, which may be below it or "
            "come later.",
            lambda accuracies, steps, target, never=np.inf: np.where(
                (accuracies >= target).any(axis=1), steps[np.abs(accuracies - target).argmin(axis=1)], never),
        ),
        Mistake(
            "how many below, looked up",
            "The number of measurements below the target is used as the place of the first one that is not. That is "
            "right only for a curve that never falls again.",
            lambda accuracies, steps, target, never=np.inf: np.append(steps.astype(float), never)[
                (accuracies < target).sum(axis=1)],
        ),
        Mistake(
            "the wrong way round",
            "The two are swapped: a seed that reaches the target gets `never`, and one that does not gets a step.",
            lambda accuracies, steps, target, never=np.inf: np.where(
                (accuracies >= target).any(axis=1), never, steps[(accuracies >= target).argmax(axis=1)]),
        ),
        Mistake(
            "of the median curve",
            "It takes the median over the seeds first and finds one step, that of the median curve. Each seed should "
            "have its own step: you want to see their spread.",
            lambda accuracies, *args: np.full(len(accuracies), _of_one_curve(np.median)(accuracies, *args)),
        ),
        Mistake(
            "target fixed at 0.9",
            "It looks for 0.9, whatever `target` says. Use the argument.",
            lambda accuracies, steps, target, *never: _right(accuracies, steps, 0.9, *never),
        ),
        *_two_things(),
        Mistake(
            "asked of all seeds together",
            "A seed that never reaches the target gets the first step of all, as soon as another seed reaches it. Ask "
            "each row for itself.",
            lambda accuracies, steps, target, never=np.inf: np.where(
                (accuracies >= target).any(), steps[(accuracies >= target).argmax(axis=1)], never
            ),
        ),
        Mistake(
            "above throughout",
            "Only a seed that is at the target in *every* measurement gets a step; all others get `never`. One "
            "measurement is enough.",
            lambda accuracies, steps, target, never=np.inf: np.where(
                (accuracies >= target).all(axis=1), steps[(accuracies >= target).argmax(axis=1)], never
            ),
        ),
        Mistake(
            "decided by the last measurement",
            "A seed gets the last step or `never`, depending on its last measurement alone. In a loop, what comes later "
            "overwrites what was found before.",
            lambda accuracies, steps, target, never=np.inf: np.where(accuracies[:, -1] >= target, steps[-1], never),
        ),
        Mistake(
            "decided by the first measurement",
            "A seed gets the first step or `never`, depending on its first measurement alone. Whether it never gets there "
            "is known only after the last one.",
            lambda accuracies, steps, target, never=np.inf: np.where(accuracies[:, 0] >= target, steps[0], never),
        ),
        Mistake(
            "last measurement left out",
            "The last measurement is not looked at: a seed that first gets there at the end gets `never`.",
            _part_of_the_measurements(slice(-1)),
        ),
        Mistake(
            "first measurement left out",
            "The first measurement is not looked at: a seed that is there at once gets a later step.",
            _part_of_the_measurements(slice(1, None)),
        ),
        Mistake(
            "smallest of steps and never",
            "Where `never` is smaller than a seed's first step (as 0 or -1 is), the seed gets `never`, although it reaches the "
            "target. `never` is only for a seed that does not.",
            lambda accuracies, steps, target, never=np.inf: np.where(accuracies >= target, steps, never).min(axis=1),
        ),
        Mistake(
            "never has no first place",
            "A seed that never reaches the target has no first place. Ask whether there is one before you take it.",
            lambda accuracies, steps, target, never=np.inf: np.array([steps[row >= target][0] for row in accuracies]),
        ),
        Mistake(
            "averaged over seeds",
            "That is one number, the mean over the seeds. Return one for each seed, shape (S,): the average comes "
            "later.",
            lambda *args: _right(*args).mean(),
        ),
        Mistake(
            "median over seeds",
            "That is one number, the median over the seeds. Return one for each seed, shape (S,): the median comes "
            "later.",
            lambda *args: np.median(_right(*args)),
        ),
        Mistake(
            "of the best seed",
            "That is one number, for the fastest seed. Return one for each seed, shape (S,).",
            _best,
        ),
        Mistake(
            "how many above",
            "That counts the measurements at which the target is reached.",
            lambda accuracies, steps, target, never=np.inf: (accuracies >= target).sum(axis=1),
        ),
        Mistake(
            "how many below",
            "That counts the measurements below the target. In a curve that only rises it is the place of the first "
            "one that is not; but a curve may fall, and a place is not a step.",
            lambda accuracies, steps, target, never=np.inf: (accuracies < target).sum(axis=1),
        ),
        Mistake(
            "place of the maximum",
            "That is the place of each seed's highest accuracy. The target may be reached long before, or never; and a "
            "place is not a step.",
            lambda accuracies, steps, target, never=np.inf: accuracies.argmax(axis=1),
        ),
        Mistake(
            "axis 0",
            "For each measurement it looks through the seeds (axis 0). For each seed it should look through the "
            "measurements, axis 1.",
            _by_row_or_column(0, 0, look_up=False),
        ),
        Mistake(
            "axis 0, looked up",
            "For each measurement it looks through the seeds (axis 0). For each seed it should look through the "
            "measurements, axis 1.",
            _by_row_or_column(0, 0),
        ),
        Mistake(
            "axis 0 for any",
            "One part gives one number per measurement, the other one per seed. Both should look through the "
            "measurements, axis 1.",
            _by_row_or_column(0, 1),
        ),
        Mistake(
            "accuracy",
            "That is the accuracy reached, not the step at which it is reached.",
            _reach(lambda reached, steps, row: row[reached.argmax()]),
        ),
        Mistake(
            "seeds left out",
            "The seeds that never get there are left out, so the result is shorter than the number of seeds. They "
            "should be there, with `never`.",
            lambda accuracies, steps, target, never=np.inf: _those_that_reach(accuracies, steps, target),
        ),
    ],
    properties=[
        Property(
            "`never` should stand where a seed never reaches the target, and nowhere else.",
            lambda args, outputs: np.array_equal(_is_never(args, outputs), ~(args[0] >= args[2]).any(axis=1)),
        ),
        Property(
            "Every number of the result should be one of `steps`, or `never`.",
            lambda args, outputs: bool(np.all(np.isin(outputs[0], args[1]) | _is_never(args, outputs))),
        ),
    ],
    points=2,
    hints=[
        "`accuracies >= target` is an array of True and False. Where is the first True of each row?",
        "`argmax` of a row of booleans is the place of the first True, and 0 if there is none. So ask with `any` "
        "whether there is one.",
        "Three lines: `reached`, the place of its first True along axis 1, and `np.where(..., steps[...], never)`.",
    ],
    insight="A network that never arrives must not look like a fast one. And the answer depends on the target: near "
    "the end of a flat curve a tenth of a point more costs a thousand steps.",
)
