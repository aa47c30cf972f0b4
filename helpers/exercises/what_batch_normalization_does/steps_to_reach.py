"""Notebook 05, code: the first step that reaches a target."""

from __future__ import annotations

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
        [0.10, 0.75, 0.80, 0.68, 0.60],  # reaches it and falls below again
        [0.11, 0.20, 0.35, 0.65, 0.66],  # never
        [0.40, 0.60, 0.72, 0.80, 0.90],
    ])
    equal = np.array([[0.5, 0.75, 0.875, 0.9375, 0.75], [0.75, 0.5, 0.25, 0.875, 0.9375]])
    return [
        Case("on four seeds, of which one never gets there, with never = 7777", (seeds, steps, 0.7, 7777.0)),
        Case("on two seeds that reach the target exactly, one of them at once", (equal, steps, 0.75)),
        Case("on a seed that is above the target at first, falls below it and returns",
             (np.array([[0.9, 0.4, 0.5, 0.8, 0.95], [0.2, 0.9, 0.4, 0.3, 0.8]]), steps, 0.7)),
        Case("on a target that no seed reaches, with never = 5555", (seeds, steps, 0.95, 5555.0)),
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


def _of_the_mean(accuracies, steps, target, never=np.inf):
    return np.full(len(accuracies), _right(accuracies.mean(axis=0, keepdims=True), steps, target, never)[0])


def _transposed(accuracies, steps, target, never=np.inf):
    reached = accuracies >= target
    return np.where(reached.any(axis=0), reached.argmax(axis=0), never)


_INDEX = (
    "That is the *place* in the array, not the step. The measurements are not evenly spaced: look the place up in "
    "`steps`."
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
            "A seed that never reaches the target gets 0: it would look like the fastest. It is to get `never`.",
            _as_never(0.0),
        ),
        Mistake(
            "never becomes -1",
            "A seed that never reaches the target gets -1: smaller than every step, so it would look like the "
            "fastest. It is to get `never`.",
            _as_never(-1.0),
        ),
        Mistake(
            "never becomes the last step",
            "A seed that never reaches the target gets the last step, as if it had arrived there. It is to get "
            "`never`.",
            _reach(_first, never=lambda never, steps: steps[-1]),
        ),
        Mistake(
            "never fixed at infinity",
            "A seed that never gets there has infinity, whatever `never` says. Use the argument.",
            _as_never(np.inf),
        ),
        Mistake(
            "never becomes NaN",
            "A seed that never gets there has NaN. That is a sensible convention, and not the one asked for: use the "
            "argument `never`.",
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
            "first step below",
            "The comparison is turned round: that is the first step at which the accuracy is below the target.",
            _reach(_first, compare=np.less),
        ),
        Mistake(
            "first step at most",
            "The comparison is turned round: that is the first step at which the accuracy is at most the target.",
            _reach(_first, compare=np.less_equal),
        ),
        Mistake(
            "the step before",
            "That is the last step *before* the target is reached. The first one at which it is reached is asked for.",
            _reach(lambda reached, steps, row: steps[max(reached.argmax() - 1, 0)]),
        ),
        Mistake(
            "the step after",
            "That is one measurement too late.",
            _reach(lambda reached, steps, row: steps[min(reached.argmax() + 1, len(steps) - 1)]),
        ),
        Mistake(
            "interpolated",
            "A line is drawn between two measurements, and its crossing taken. A fine idea; asked for is the first "
            "*measured* step, since what lies between is not known.",
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
            "A seed that ends below the target is taken for one that never reached it. It may have been there before.",
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
            "the places above",
            "That is where the target is reached, True or False, shape (S, T). The step of the first True of each "
            "row is asked for.",
            lambda accuracies, steps, target, never=np.inf: accuracies >= target,
        ),
        Mistake(
            "whether it is reached",
            "That says whether each seed reaches the target. When it does so first is asked for.",
            lambda accuracies, steps, target, never=np.inf: (accuracies >= target).any(axis=1),
        ),
        Mistake(
            "sorted search",
            "`searchsorted` needs values that rise. An accuracy may fall again, and then it finds the wrong place.",
            _searched,
        ),
        Mistake(
            "nearest",
            "That is the step at which the accuracy is nearest to the target, which may be below it.",
            lambda accuracies, steps, target, never=np.inf: steps[np.abs(accuracies - target).argmin(axis=1)],
        ),
        Mistake(
            "of the mean curve",
            "It averages over the seeds first: one step, that of the mean curve. Each seed is to have its own; their "
            "spread is what you want to see.",
            _of_the_mean,
        ),
        Mistake(
            "of the mean curve, one number",
            "It averages over the seeds first: one step, that of the mean curve. Each seed is to have its own.",
            lambda *args: _of_the_mean(*args)[0],
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
            lambda *args: _right(*args).min(),
        ),
        Mistake(
            "how many above",
            "That counts the measurements at which the target is reached.",
            lambda accuracies, steps, target, never=np.inf: (accuracies >= target).sum(axis=1),
        ),
        Mistake(
            "how many below",
            "That counts the measurements below the target. In a curve that only rises it is the place of the first "
            "one that is not; but a curve may fall, and a place is no step.",
            lambda accuracies, steps, target, never=np.inf: (accuracies < target).sum(axis=1),
        ),
        Mistake(
            "axis 0",
            "`argmax` runs over axis 0, the seeds. For each seed it should run over the measurements, axis 1.",
            _transposed,
        ),
        Mistake(
            "accuracy",
            "That is the accuracy reached, not the step at which it is reached.",
            _reach(lambda reached, steps, row: row[reached.argmax()]),
        ),
        Mistake(
            "seeds left out",
            "The seeds that never get there are left out, so the result is shorter than the number of seeds. They "
            "are to be there, with `never`.",
            lambda accuracies, steps, target, never=np.inf: _right(accuracies, steps, target)[
                (accuracies >= target).any(axis=1)
            ],
        ),
    ],
    properties=[
        Property(
            "Every number of the result should be one of `steps`, or `never`.",
            lambda args, outputs: bool(
                np.all(np.isin(outputs[0], args[1]) | (outputs[0] == (args[3] if len(args) > 3 else np.inf)))
            ),
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
