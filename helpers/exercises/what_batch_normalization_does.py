"""Exercises of notebook 05."""

from __future__ import annotations

import copy

import numpy as np

from helpers.exercises.engine import (
    Case,
    CodeExercise,
    ExperimentExercise,
    Mistake,
    PredictExercise,
    Property,
    name_exercises,
)

# --- predict: read the curves --------------------------------------------------------------------

FIVE = ("plain", "BN-Baseline", "BN-x5", "BN-x30", "BN-x5-Sigmoid")


def _curves() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return each curve's steps (T,) and its median over the seeds (T,), from the recording."""
    from helpers import experiments

    recording = experiments.load("five_curves")
    steps = recording.arrays["step"][0]
    return {name: (steps, np.median(recording.select(curve=name)["accuracy"], axis=0)) for name in FIVE}


def _reading() -> dict[str, float | str]:
    curves = _curves()
    reached = {name: float(steps[np.argmax(median >= 0.9)]) for name, (steps, median) in curves.items()}
    normalized = [name for name in FIVE if name != "plain"]
    return {
        "plain reaches 0.9 at step": reached["plain"],
        "BN-x5 reaches 0.9 at step": reached["BN-x5"],
        "times fewer steps for BN-x5": reached["plain"] / reached["BN-x5"],
        "lowest at step 100 of those with BN": min(normalized, key=lambda name: curves[name][1][4]),
        "lowest at step 5000": min(FIVE, key=lambda name: curves[name][1][-1]),
    }


class _Reading(PredictExercise):
    """The third value may be the quotient of the student's own first two, if these are near enough."""

    def evaluate(self, answer):
        plain, ours, quotient = list(self.answers)[:3]
        try:
            own = float(answer[plain]) / float(answer[ours])
            near = all(self._equal(key, answer[key], self.answers[key]) for key in (plain, ours))
            if near and np.isclose(float(answer[quotient]), own, rtol=0.05):
                answer = {**answer, quotient: self.answers[quotient]}
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            pass  # what is missing or no number is told below
        return super().evaluate(answer)


read_the_curves = _Reading(
    _reading(),
    variable="reading",
    choices={"lowest at step 100 of those with BN": FIVE[1:], "lowest at step 5000": FIVE},
    tolerance=0.26,  # it is read from a figure
    mistakes={
        "plain reaches 0.9 at step": [
            Mistake(
                "at the end",
                "that is where the run ends and the plain network is at its best. Follow the height 0.9 to the left "
                "until it meets the grey line.",
                5000.0,
            ),
            Mistake(
                "already above 0.9",
                "at 1000 the line is above 0.9 already; it was there one measurement before.",
                1000.0,
            ),
            Mistake(
                "not yet at 0.9",
                "around 500 the line is still below 0.9. On a logarithmic axis the middle between 100 and 1000 is "
                "about 300, and 500 is well to the right of it.",
                500.0,
            ),
            Mistake(
                "leaving chance",
                "there the plain network has only begun to climb. The height that is asked for is 0.9.",
                250.0,
            ),
            Mistake(
                "of another curve",
                "that is another curve: at 200 the plain network is in the middle of its climb.",
                160.0,
            ),
            Mistake(
                "a decade too low",
                "the axis is logarithmic: after 100 its lines are 200, 300, 400, ...; this reading is a decade too "
                "low.",
                75.0,
            ),
            Mistake("a decade too high", "that lies beyond the right edge of the figure.", 7500.0),
            Mistake(
                "late in the run",
                "there the line has long been above 0.9. Where does it first get there?",
                2500.0,
            ),
            Mistake("the accuracy", "that is an accuracy. The step is asked for.", 0.9),
        ],
        "BN-x5 reaches 0.9 at step": [
            Mistake("not yet at 0.9", "between 100 and 150 it is close to 0.9, and still below.", 118.0),
            Mistake("far from 0.9", "at 50 it is still clearly below 0.9.", 50.0),
            Mistake(
                "the slowest seed",
                "300 is where its slowest seeds arrive (the lower edge of the band). Read the thick line: the median.",
                300.0,
            ),
            Mistake(
                "to the plain network's best",
                "that is where it reaches what the plain network reaches at best. Here 0.9 is asked for.",
                2375.0,
            ),
            Mistake(
                "of another curve",
                "that is the step of a slower curve. BN-x5 is the one with the orange-red squares.",
                500.0,
            ),
            Mistake("of the plain network", "that is the plain network's step.", 750.0),
            Mistake("a decade too low", "the axis is logarithmic, and this reading is a decade too low.", 20.0),
            Mistake("the accuracy", "that is an accuracy. The step is asked for.", 0.9),
        ],
        "times fewer steps for BN-x5": [
            Mistake("upside down", "it is the plain network's steps over those of BN-x5: above 1.", 200 / 750),
            Mistake(
                "the difference",
                "that is the difference of the steps. Their quotient is asked for.",
                550.0,
            ),
            Mistake(
                "of the rates",
                "this is not the quotient of your two steps. (5 is the quotient of the learning rates; the steps "
                "are to be compared.)",
                5.0,
            ),
            Mistake(
                "the paper's",
                "about 15 is the paper's factor, for another network and another target. Read ours.",
                14.8,
            ),
            Mistake(
                "to the plain network's best",
                "this is not the quotient of your two steps. (About 2 is the factor for another target, the plain "
                "network's best accuracy. Here it is 0.9.)",
                2.0,
            ),
            Mistake(
                "on a logarithmic axis",
                "both numbers are steps: divide the one by the other. (On a logarithmic axis places on the page "
                "cannot be divided.)",
                1.25,
            ),
        ],
        "lowest at step 100 of those with BN": [
            Mistake("BN-Baseline is low", "BN-Baseline is among the highest there.", "BN-Baseline"),
            Mistake("BN-x5 is low", "BN-x5 is among the highest there.", "BN-x5"),
            Mistake(
                "the sigmoids are low",
                "the sigmoids are lowest at the end; at step 100 another curve is below them.",
                "BN-x5-Sigmoid",
            ),
        ],
        "lowest at step 5000": [
            Mistake(
                "the plain network is low at the end",
                "the plain network is slow, and it arrives. One curve stays below it.",
                "plain",
            ),
            Mistake(
                "BN-x30 is low at the end",
                "BN-x30 comes close to the plain network. One curve stays below both.",
                "BN-x30",
            ),
            Mistake(
                "BN-Baseline is low at the end",
                "BN-Baseline is among the highest at the end.",
                "BN-Baseline",
            ),
            Mistake("BN-x5 is low at the end", "BN-x5 is among the highest at the end.", "BN-x5"),
        ],
    },
    points=2,
    hints=[
        "Lay a ruler at the height 0.9 and read where it meets each thick line. The axis is logarithmic: between 100 "
        "and 1000 the marks would be 200, 300, 400, ..., closer and closer.",
        "`np.median(accuracies(\"plain\"), axis=0)` is the thick line, one number for each of `steps`.",
        "The third value is the quotient of the first two.",
    ],
    insight="Reading a logarithmic axis is a skill of its own. Note which target was used: to 0.9 the factor is "
    "about four. For another target it will be another.",
)


# --- code: the first step that reaches a target --------------------------------------------------


def steps_to_reach(accuracies, steps, target, never=np.inf):
    reached = accuracies >= target        # (S, T)
    first = reached.argmax(axis=1)        # (S,), the place of the first True, 0 if there is none
    return np.where(reached.any(axis=1), steps[first], never)


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


def _by_loop(accuracies, steps, target, never=np.inf):
    result = np.full(len(accuracies), never)
    for seed, row in enumerate(accuracies):
        for step, accuracy in zip(steps, row):
            if accuracy >= target:
                result[seed] = step
                break
    return result


def _by_minimum(accuracies, steps, target, never=np.inf):
    late = np.where(accuracies >= target, steps.astype(np.float32), np.inf).min(axis=1, keepdims=True)
    return np.where(np.isinf(late), never, late)


def _by_list(accuracies, steps, target, never=np.inf):
    return np.array([next((float(s) for s, a in zip(steps, row) if a >= target), never) for row in accuracies])


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
        Case("on a target that no seed reaches, with never = 5555", (seeds, steps, 0.95, 5555.0)),
    ]


_INDEX = (
    "That is the *place* in the array, not the step. The measurements are not evenly spaced: look the place up in "
    "`steps`."
)

steps_to_reach = CodeExercise(
    steps_to_reach,
    cases=_reach_cases,
    outputs=["first"],
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
    variants=[_by_loop, _by_minimum, _by_list],
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


# --- predict: the weights below are doubled ------------------------------------------------------

doubled_weights = PredictExercise(
    {
        "output": 1.0,
        "gradient of W": 0.5,
        "gradient of x": 1.0,
        "learning rate for the same step": 4.0,
    },
    variable="factors",
    mistakes={
        "output": [
            Mistake(
                "output doubled",
                "xW doubles, and so do its mean and its standard deviation. What is left after the division?",
                2.0,
            ),
            Mistake(
                "output halved",
                "BN divides by the standard deviation of what arrives. That has doubled, and so has what is divided.",
                0.5,
            ),
            Mistake("output 0", "it is the change of the output that is 0. Its factor is asked for.", 0.0),
            Mistake(
                "output quadrupled",
                "nothing here is squared: values, mean and standard deviation all double.",
                4.0,
            ),
        ],
        "gradient of W": [
            Mistake(
                "gradient unchanged",
                "the same change of W turns a vector of twice the length by half the angle. What does that do to the "
                "change of the loss?",
                1.0,
            ),
            Mistake(
                "gradient doubled",
                "it goes the other way: a change of given size matters less to weights that are larger.",
                2.0,
            ),
            Mistake(
                "gradient quartered",
                "one factor ½ belongs here. (The second comes in when you ask for the learning rate.)",
                0.25,
            ),
            Mistake(
                "gradient 0",
                "only the part along W itself is 0: the loss still depends on W's direction.",
                0.0,
            ),
            Mistake(
                "gradient quadrupled",
                "it goes the other way, and only once: a change of given size matters less to weights that are "
                "larger.",
                4.0,
            ),
        ],
        "gradient of x": [
            Mistake(
                "x: doubled",
                "the gradient is multiplied by W on its way down, which is a factor 2. But before that it has passed "
                "BN, which divides by the doubled standard deviation.",
                2.0,
            ),
            Mistake(
                "x: halved",
                "BN's backward pass gives a factor ½. But then it goes through W, which has doubled.",
                0.5,
            ),
            Mistake("x: quartered", "BN's backward pass gives a factor ½, and W's a factor 2.", 0.25),
            Mistake(
                "x: quadrupled",
                "W gives a factor 2; what does BN's backward pass give, which divides by the standard deviation?",
                4.0,
            ),
            Mistake("x: 0", "nothing is cut off: x still decides the output.", 0.0),
        ],
        "learning rate for the same step": [
            Mistake(
                "rate unchanged",
                "with the same rate the step is half as long (its gradient has halved), and the weights are twice as "
                "long: both make the turn smaller.",
                1.0,
            ),
            Mistake(
                "rate doubled",
                "that makes up for the halved gradient. But the step must also be twice as long as before, since W "
                "is.",
                2.0,
            ),
            Mistake("rate halved", "the rate must make up for a smaller gradient: it has to grow.", 0.5),
            Mistake(
                "rate quartered",
                "it is 4 the other way round: the gradient is smaller and the weights are longer.",
                0.25,
            ),
            Mistake("rate times 8", "two factors of 2: one for the gradient, one for the length of W.", 8.0),
            Mistake(
                "rate times 16",
                "two factors of 2, not of 4: one for the gradient, one for the length of W.",
                16.0,
            ),
        ],
    },
    points=2,
    hints=[
        "Do it for one unit and the smallest case: what are mean and standard deviation of the numbers 2z, if those "
        "of z are m and s?",
        "L(2W) = L(W). Differentiate both sides with respect to W: the left side gives twice the gradient at 2W.",
        "The new W is to be 2(W − η dW), and it is 2W − η' dW', where dW' is the gradient that you have just found.",
    ],
    insight="The output and what goes further down do not notice. The gradient of W is divided by the factor, and a "
    "step that does the same to a W that is a times as long needs a rate a² times as large.",
)


# --- code: the effective learning rate -----------------------------------------------------------


def effective_learning_rate(kernel, rate):
    return rate / (kernel**2).sum(axis=0)


def _by_norm(kernel, rate):
    return rate / np.linalg.norm(kernel, axis=0) ** 2


def _by_einsum(kernel, rate):
    return rate * np.einsum("iu,iu->u", kernel, kernel) ** -1.0


def _by_columns(kernel, rate):
    return np.array([rate / (column @ column) for column in kernel.T])


def _kernel_cases():
    rng = np.random.default_rng(48)
    tall = rng.normal(0.1, 0.6, size=(5, 3)) * [1.0, 0.4, 2.5]
    square = rng.normal(0.2, 0.7, size=(4, 4)) * [0.5, 1.0, 2.0, 3.0]
    return [
        Case("on a kernel of shape (5, 3) with rate 0.1", (tall, 0.1)),
        Case("on a kernel of shape (4, 4) with rate 2.0", (square, 2.0)),
    ]


effective_learning_rate = CodeExercise(
    effective_learning_rate,
    cases=_kernel_cases,
    outputs=["effective"],
    mistakes=[
        Mistake(
            "norm not squared",
            "It divides by the length of the weights, not by its square. One factor comes from the gradient, the "
            "other from the length that has to be turned.",
            lambda kernel, rate: rate / np.linalg.norm(kernel, axis=0),
        ),
        Mistake(
            "norm to the fourth",
            "It divides by the fourth power of the length: the sum of squares *is* the length squared.",
            lambda kernel, rate: rate / (kernel**2).sum(axis=0) ** 2,
        ),
        Mistake(
            "axis=1",
            "The sum runs over axis 1, the units: one number for each input. A unit's weights are a *column* of the "
            "kernel.",
            lambda kernel, rate: rate / (kernel**2).sum(axis=1),
        ),
        Mistake(
            "axis=1, not squared",
            "Two things: a unit's weights are a column of the kernel, and the length is to be squared.",
            lambda kernel, rate: rate / np.linalg.norm(kernel, axis=1),
        ),
        Mistake(
            "whole kernel",
            "One length for the whole kernel. Batch normalization undoes the scale of each unit by itself, so each "
            "has an effective rate of its own.",
            lambda kernel, rate: rate / (kernel**2).sum(),
        ),
        Mistake(
            "whole kernel, not squared",
            "One length for the whole kernel, and not squared. Each unit has its own.",
            lambda kernel, rate: rate / np.linalg.norm(kernel),
        ),
        Mistake(
            "mean of squares",
            "The squares are averaged, not summed: that is not the length of the vector, and depends on the number "
            "of inputs.",
            lambda kernel, rate: rate / (kernel**2).mean(axis=0),
        ),
        Mistake(
            "variance",
            "It divides by the variance of the weights, which subtracts their mean and averages. The length counts "
            "from 0.",
            lambda kernel, rate: rate / kernel.var(axis=0),
        ),
        Mistake(
            "standard deviation",
            "It divides by the standard deviation of the weights. The squared length counts from 0, and is a sum.",
            lambda kernel, rate: rate / kernel.std(axis=0),
        ),
        Mistake(
            "multiplied",
            "It multiplies by the squared length. Longer weights turn *less*.",
            lambda kernel, rate: rate * (kernel**2).sum(axis=0),
        ),
        Mistake(
            "multiplied by the length",
            "It multiplies by the length. Longer weights turn *less*; and the length is squared.",
            lambda kernel, rate: rate * np.linalg.norm(kernel, axis=0),
        ),
        Mistake(
            "rate forgotten",
            "The rate is missing: that is 1 over the squared length.",
            lambda kernel, rate: 1 / (kernel**2).sum(axis=0),
        ),
        Mistake(
            "upside down",
            "It is upside down: the rate stands above the line, the squared length below it.",
            lambda kernel, rate: (kernel**2).sum(axis=0) / rate,
        ),
        Mistake(
            "square of the sum",
            "It squares the sum of the weights. Each weight is squared first, then they are summed.",
            lambda kernel, rate: rate / kernel.sum(axis=0) ** 2,
        ),
        Mistake(
            "absolute values",
            "It sums absolute values. The length is the root of the sum of squares, and its square is that sum.",
            lambda kernel, rate: rate / np.abs(kernel).sum(axis=0),
        ),
        Mistake(
            "squared absolute sum",
            "It squares the sum of absolute values: that is another norm. Square first, then sum.",
            lambda kernel, rate: rate / np.abs(kernel).sum(axis=0) ** 2,
        ),
        Mistake(
            "element by element",
            "It divides by the square of each single weight. A unit's weights have one length together.",
            lambda kernel, rate: rate / kernel**2,
        ),
        Mistake(
            "length only",
            "That is the squared length. Divide the rate by it.",
            lambda kernel, rate: (kernel**2).sum(axis=0),
        ),
        Mistake(
            "rate squared",
            "The rate is squared as well. Only the length is.",
            lambda kernel, rate: rate**2 / (kernel**2).sum(axis=0),
        ),
        Mistake(
            "all units' products",
            "That divides by the matrix of all scalar products between units. A unit's squared length is the product "
            "with itself: the diagonal.",
            lambda kernel, rate: rate / (kernel.T @ kernel),
        ),
        Mistake(
            "all inputs' products",
            "That multiplies rows with rows, input by input. A unit's weights are a *column*, and only its product "
            "with itself is wanted.",
            lambda kernel, rate: rate / (kernel @ kernel.T),
        ),
        Mistake(
            "mean of the whole kernel",
            "It divides by the mean square of the whole kernel. Each unit has its own length, and a length is a sum.",
            lambda kernel, rate: rate / (kernel**2).mean(),
        ),
        Mistake(
            "spectral norm",
            "With `ord=2` NumPy takes a matrix's largest singular value, one number. Each unit (column) has a length "
            "of its own.",
            lambda kernel, rate: rate / np.linalg.norm(kernel, ord=2) ** 2,
        ),
        Mistake(
            "number of inputs",
            "It divides by the number of inputs. The weights themselves do not come into it.",
            lambda kernel, rate: np.float64(rate / len(kernel)),
        ),
        Mistake(
            "largest weight",
            "It divides by the square of the largest weight of each unit. All its weights have a share in its length.",
            lambda kernel, rate: rate / (kernel**2).max(axis=0),
        ),
        Mistake(
            "all units averaged",
            "That is the mean over the units, one number. Return one for each unit.",
            lambda kernel, rate: (rate / (kernel**2).sum(axis=0)).mean(),
        ),
    ],
    properties=[
        Property("Doubling the rate should double the result, and it should be above 0.",
                 lambda args, outputs: bool(np.all(outputs[0] > 0))),
    ],
    variants=[_by_norm, _by_einsum, _by_columns],
    points=2,
    hints=[
        "The kernel has shape (inputs, units). Which numbers are the weights of unit 2?",
        "‖w‖² of one unit is the sum of the squares of its column.",
        "`rate` over a sum along axis 0.",
    ],
    insight="Each unit has its own effective rate, though one learning rate serves all. With weights that only get "
    "longer it only falls: a schedule that nobody wrote.",
)


# --- code: internal covariate shift --------------------------------------------------------------


def internal_covariate_shift(gradients, old, new, i):
    before = gradients(old)[i]
    after = gradients(new[:i] + old[i:])[i]
    difference = np.linalg.norm(after - before)
    cosine = np.sum(before * after) / (np.linalg.norm(before) * np.linalg.norm(after))
    return difference, cosine


def _toy_gradients(x, targets):
    """Gradients of the mean squared error of a deep network of tanh layers, as a function of its kernels."""

    def gradients(weights):
        inputs, h = [], x
        for w in weights[:-1]:
            inputs.append(h)
            h = np.tanh(h @ w)
        inputs.append(h)
        g = 2 * (h @ weights[-1] - targets) / targets.size
        found = []
        for place in range(len(weights) - 1, -1, -1):
            found.append(inputs[place].T @ g)
            if place:
                g = (g @ weights[place].T) * (1 - inputs[place] ** 2)
        return found[::-1]

    return gradients


def _shift_cases():
    rng = np.random.default_rng(12)
    cases = []
    for sizes, i in (((4, 5, 3, 4, 2), 2), ((3, 4, 4, 2), 1), ((3, 4, 5, 4, 2), 3)):
        x = rng.normal(1.0, 0.7, size=(12, sizes[0]))
        gradients = _toy_gradients(x, rng.normal(2.0, 1.0, size=(12, sizes[-1])))
        old = [rng.normal(0, 0.7, size=pair) for pair in zip(sizes, sizes[1:])]
        new = [w + rng.normal(0, 0.3, size=w.shape) for w in old]
        cases.append(Case(f"on a network of {len(old)} layers, for layer i = {i}", (gradients, old, new, i)))
    return cases


def _shift(mixed, measure=None):
    """The measure with other weights ``mixed(old, new, i)`` for the second gradient."""

    def wrong(gradients, old, new, i):
        before, after = gradients(old)[i], gradients(mixed(old, new, i))[i]
        return (measure or _two)(before, after)

    return wrong


def _two(before, after):
    return (np.linalg.norm(after - before),
            np.sum(before * after) / (np.linalg.norm(before) * np.linalg.norm(after)))


def _right_mix(old, new, i):
    return new[:i] + old[i:]


def _measured(difference=None, cosine=None):
    """The right gradients with another ``difference(before, after)`` or ``cosine(before, after)``."""

    def measure(before, after):
        right = _two(before, after)
        return (difference(before, after) if difference else right[0], cosine(before, after) if cosine else right[1])

    return _shift(_right_mix, measure)


def _flat(a):
    return np.ravel(a)


def _shift_by_loop(gradients, old, new, i):
    mixed = []
    for place, (a, b) in enumerate(zip(old, new)):
        mixed.append(b if place < i else a)
    g, h = gradients(old)[i].ravel(), gradients(mixed)[i].ravel()
    return np.sqrt(((g - h) ** 2).sum()), g @ h / np.sqrt((g @ g) * (h @ h))


def _shift_as_units(gradients, old, new, i):
    g, h = _flat(gradients(old)[i]), _flat(gradients([*new[:i], *old[i:]])[i])
    unit = np.vdot(g / np.linalg.norm(g), h / np.linalg.norm(h))
    return np.float32(np.linalg.norm(g - h)), np.float32(unit)


class _InputsLeftAlone(CodeExercise):
    """A right result is not enough: the lists and arrays of weights must come back as they were."""

    def evaluate(self, answer):
        verdict = super().evaluate(answer)
        if verdict.state != "correct":
            return verdict
        for case, _ in self._reference:
            args = copy.deepcopy(case.args)
            answer(*args)
            if any(np.any(a != b) for k in (1, 2) for a, b in zip(args[k], case.args[k])):
                return self._verdict(
                    "known mistake",
                    "The two numbers are right, but afterwards the weights that came in are others: `old` or `new` was "
                    "written into. Whoever calls this for the next layer would measure from the wrong place. Make a "
                    "new list, and leave what is given as it is.",
                    mistakes=("overwrites its inputs",),
                )
        return verdict


internal_covariate_shift = _InputsLeftAlone(
    internal_covariate_shift,
    cases=_shift_cases,
    outputs=["difference", "cosine"],
    mistakes=[
        Mistake(
            "all weights new",
            "The second gradient is taken with *all* weights new. Then it also changes because layer i and the "
            "layers above have moved; the definition wants what the layers *below* do to it.",
            _shift(lambda old, new, i: new),
        ),
        Mistake(
            "own weights new, too",
            "Layer i itself has its new weights in the second gradient. It stays old: it asks what others did to it. "
            "Mind where the slice ends.",
            _shift(lambda old, new, i: new[: i + 1] + old[i + 1:]),
        ),
        Mistake(
            "one layer too few",
            "Layer i − 1, the one just below, still has its old weights. All layers below i are new; mind where the "
            "slice ends.",
            _shift(lambda old, new, i: new[: i - 1] + old[i - 1:]),
        ),
        Mistake(
            "above new, below old",
            "It is the wrong way round: the layers from i on are new and those below are old.",
            _shift(lambda old, new, i: old[:i] + new[i:]),
        ),
        Mistake(
            "only above new",
            "The layers *above* i are new, and those below old. Shift comes from below.",
            _shift(lambda old, new, i: old[: i + 1] + new[i + 1:]),
        ),
        Mistake(
            "only its own new",
            "Only layer i has moved. That is how its own step changes its gradient; the definition holds it still "
            "and moves the layers below.",
            _shift(lambda old, new, i: old[:i] + [new[i]] + old[i + 1:]),
        ),
        Mistake(
            "only the layer just below",
            "Only layer i − 1 has moved. All layers below i have taken their step.",
            _shift(lambda old, new, i: old[: i - 1] + [new[i - 1]] + old[i:]),
        ),
        Mistake(
            "all but its own new",
            "The layers above i have moved as well. Below new, layer i and everything above old.",
            _shift(lambda old, new, i: new[:i] + [old[i]] + new[i + 1:]),
        ),
        Mistake(
            "gradient of the layer below",
            "Both are gradients of layer i − 1. Layers are counted from 0, as lists are: take element i.",
            lambda gradients, old, new, i: _two(gradients(old)[i - 1], gradients(_right_mix(old, new, i))[i - 1]),
        ),
        Mistake(
            "no change",
            "Both gradients are taken at the same weights, so nothing can differ.",
            _shift(lambda old, new, i: old),
        ),
        Mistake(
            "weights instead of gradients",
            "It compares the weights of layer i before and after the step. Compare its *gradients*.",
            lambda gradients, old, new, i: _two(old[i], new[i]),
        ),
        Mistake(
            "all layers' gradients",
            "It takes the gradients of all layers together. Layer i's alone is asked for.",
            lambda gradients, old, new, i: _two(
                np.concatenate([_flat(g) for g in gradients(old)]),
                np.concatenate([_flat(g) for g in gradients(_right_mix(old, new, i))])),
        ),
        Mistake(
            "against all new",
            "The first gradient is taken at weights that are all new. It belongs to the old ones: before anyone has "
            "moved.",
            lambda gradients, old, new, i: _two(gradients(new)[i], gradients(_right_mix(old, new, i))[i]),
        ),
        Mistake(
            "counted from 1",
            "It treats i as counted from 1: both the layer and the slice are one too low.",
            lambda gradients, old, new, i: _two(gradients(old)[i - 1], gradients(new[: i - 1] + old[i - 1:])[i - 1]),
        ),
        Mistake(
            "results swapped",
            "The two results have changed places: the difference comes first, then the cosine.",
            lambda gradients, old, new, i: _two(gradients(old)[i], gradients(_right_mix(old, new, i))[i])[::-1],
        ),
        Mistake(
            "squared difference",
            "The difference is squared: the root of the sum of squares is missing.",
            _measured(difference=lambda a, b: ((a - b) ** 2).sum()),
            outputs=("difference",),
        ),
        Mistake(
            "mean squared difference",
            "It is the mean of the squares. The length of the difference is the root of their sum.",
            _measured(difference=lambda a, b: ((a - b) ** 2).mean()),
            outputs=("difference",),
        ),
        Mistake(
            "root mean square",
            "It is the root of the *mean* square: smaller than the length by the root of the number of elements.",
            _measured(difference=lambda a, b: np.sqrt(((a - b) ** 2).mean())),
            outputs=("difference",),
        ),
        Mistake(
            "sum of absolute values",
            "It sums absolute values (the 1-norm). The definition takes the 2-norm.",
            _measured(difference=lambda a, b: np.abs(a - b).sum()),
            outputs=("difference",),
        ),
        Mistake(
            "largest element",
            "It takes the largest element of the difference. The 2-norm takes all of them.",
            _measured(difference=lambda a, b: np.abs(a - b).max()),
            outputs=("difference",),
        ),
        Mistake(
            "difference of the lengths",
            "It is the difference of two lengths. Two gradients of equal length may point anywhere: take the length "
            "of the difference.",
            _measured(difference=lambda a, b: np.linalg.norm(a) - np.linalg.norm(b)),
            outputs=("difference",),
        ),
        Mistake(
            "difference of the lengths, absolute",
            "It is the difference of two lengths. Two gradients of equal length may point anywhere: take the length "
            "of the difference.",
            _measured(difference=lambda a, b: abs(np.linalg.norm(b) - np.linalg.norm(a))),
            outputs=("difference",),
        ),
        Mistake(
            "spectral norm",
            "With `ord=2` NumPy takes a matrix's spectral norm. The 2-norm of all its elements (as one long vector) "
            "is meant: NumPy's default for a matrix, or flatten first.",
            _measured(difference=lambda a, b: np.linalg.norm(a - b, ord=2)),
            outputs=("difference",),
        ),
        Mistake(
            "relative difference",
            "It is divided by the length of the first gradient. A sensible measure, and not the definition: it "
            "leaves the length as it is.",
            _measured(difference=lambda a, b: np.linalg.norm(a - b) / np.linalg.norm(a)),
            outputs=("difference",),
        ),
        Mistake(
            "sum of differences",
            "The differences are summed with their signs, and cancel.",
            _measured(difference=lambda a, b: (b - a).sum()),
            outputs=("difference",),
        ),
        Mistake(
            "scalar product",
            "That is the scalar product. The cosine divides it by both lengths.",
            _measured(cosine=lambda a, b: (a * b).sum()),
            outputs=("cosine",),
        ),
        Mistake(
            "divided by one length",
            "The scalar product is divided by the first length squared, not by both lengths.",
            _measured(cosine=lambda a, b: (a * b).sum() / (a * a).sum()),
            outputs=("cosine",),
        ),
        Mistake(
            "divided by one length only",
            "The scalar product is divided by one of the two lengths. Both belong there.",
            _measured(cosine=lambda a, b: (a * b).sum() / np.linalg.norm(a)),
            outputs=("cosine",),
        ),
        Mistake(
            "divided by the squares",
            "It divides by both *squared* lengths. Each belongs there once.",
            _measured(cosine=lambda a, b: (a * b).sum() / ((a * a).sum() * (b * b).sum())),
            outputs=("cosine",),
        ),
        Mistake(
            "angle",
            "That is the angle in radians; its cosine is asked for.",
            _measured(cosine=lambda a, b: np.arccos(_two(a, b)[1])),
            outputs=("cosine",),
        ),
        Mistake(
            "angle in degrees",
            "That is the angle in degrees; its cosine is asked for.",
            _measured(cosine=lambda a, b: np.degrees(np.arccos(_two(a, b)[1]))),
            outputs=("cosine",),
        ),
        Mistake(
            "cosine distance",
            "That is 1 − cosine, a distance. Gradients that agree should give 1.",
            _measured(cosine=lambda a, b: 1 - _two(a, b)[1]),
            outputs=("cosine",),
        ),
        Mistake(
            "sign turned",
            "The sign is turned: gradients that agree should give +1.",
            _measured(cosine=lambda a, b: -_two(a, b)[1]),
            outputs=("cosine",),
        ),
        Mistake(
            "correlation",
            "The means were subtracted first: that is the correlation. An angle between vectors counts from 0.",
            _measured(cosine=lambda a, b: np.corrcoef(_flat(a), _flat(b))[0, 1]),
            outputs=("cosine",),
        ),
        Mistake(
            "matrix product",
            "`@` between two matrices is a matrix product. Multiply element by element and sum: the gradients are "
            "two long vectors.",
            _measured(cosine=lambda a, b: a @ b.T / (np.linalg.norm(a) * np.linalg.norm(b))),
            outputs=("cosine",),
        ),
        Mistake(
            "matrix product, transposed",
            "That is a matrix product. Multiply element by element and sum: the gradients are two long vectors.",
            _measured(cosine=lambda a, b: a.T @ b / (np.linalg.norm(a) * np.linalg.norm(b))),
            outputs=("cosine",),
        ),
        Mistake(
            "bare matrix product",
            "That is a matrix product, and the lengths are missing. Multiply element by element, sum, and divide by "
            "both lengths.",
            _measured(cosine=lambda a, b: a @ b.T),
            outputs=("cosine",),
        ),
        Mistake(
            "bare matrix product, transposed",
            "That is a matrix product, and the lengths are missing. Multiply element by element, sum, and divide by "
            "both lengths.",
            _measured(cosine=lambda a, b: a.T @ b),
            outputs=("cosine",),
        ),
        Mistake(
            "mean of signs",
            "It counts how many signs agree. The angle takes the sizes into account.",
            _measured(cosine=lambda a, b: (np.sign(a) == np.sign(b)).mean()),
            outputs=("cosine",),
        ),
    ],
    properties=[
        Property("A cosine lies between −1 and 1.", lambda args, outputs: bool(np.abs(outputs[1]).max() <= 1 + 1e-9)),
        Property("The length of a difference cannot be negative.", lambda args, outputs: bool(outputs[0].min() >= 0)),
    ],
    variants=[_shift_by_loop, _shift_as_units],
    points=4,
    hints=[
        "Two calls of `gradients`, both for layer i. They differ in the list of weights that goes in.",
        "In the second call the layers below i have taken their step; layer i and those above have not. Lists can be "
        "cut and joined: `a[:2] + b[2:]`.",
        "`np.linalg.norm` of a matrix is the root of the sum of all its squares. The cosine is the sum of products "
        "over the product of the two norms.",
    ],
    insight="The difference says how wrong a layer's gradient had become by the time its neighbours had moved, the "
    "cosine whether it still pointed the right way. Nothing in the definition speaks of means and variances: it asks "
    "what a shift would do to training.",
)


# --- predict: what noise will do -----------------------------------------------------------------

_SIDES = ("less", "about the same", "more")

what_noise_does = PredictExercise(
    {
        "inputs wander, noisy against BN": "more",
        "inputs wander, noisy against plain": "more",
        "training, noisy against plain": "faster",
    },
    variable="guess",
    choices={
        "inputs wander, noisy against BN": _SIDES,
        "inputs wander, noisy against plain": _SIDES,
        "training, noisy against plain": ("slower", "about the same", "faster"),
    },
    mistakes={
        "inputs wander, noisy against BN": [
            Mistake(
                "noise calms",
                "the noise draws a new mean for every unit at every step, and nothing behind it takes that away.",
                "less",
            ),
            Mistake(
                "BN swallows it",
                "the noise is added *behind* batch normalization. The next dense layer gets it in full.",
                "about the same",
            ),
        ],
        "inputs wander, noisy against plain": [
            Mistake(
                "still calmer than plain",
                "look again at the grey line of the drift: high for a while, and low for most of the time. The noise "
                "draws each unit's mean anew at every step, from −0.5 to 0.5: two such draws are a third apart on "
                "average, in standard deviations of BN's output. Compare the averages.",
                "less",
            ),
            Mistake(
                "as much as plain",
                "at its peak the plain network's drift is about as large; but it does not stay there, and the noise "
                "never stops. The average over training is asked for.",
                "about the same",
            ),
        ],
        "training, noisy against plain": [
            Mistake(
                "as the hypothesis says",
                "that is what one must expect if a steady input is what helps. It is a good prediction, and it is "
                "not what happens. Look at the next figure.",
                "slower",
            ),
            Mistake(
                "advantage gone",
                "if a steady input were all that helps, the advantage would be gone. Look at the next figure.",
                "about the same",
            ),
        ],
    },
    points=1,
    hints=[
        "Where does the noise stand: before or behind the normalization?",
        "The third is a test of a hypothesis. Answer what you believe: both answers teach something.",
    ],
    insight="On average the layers' inputs wander more than in either network, and training starts fast all the same. "
    "Whatever batch normalization does for the start, a steady distribution of inputs is not the main part of it.",
)


# --- experiments: a duel -------------------------------------------------------------------------

_START = {"learning_rate": 0.1, "batch_size": 60, "depth": 10}


def _duel_missing(result):
    names = (*_START, "without", "batch")
    if not isinstance(result, dict) or not all(isinstance(result.get(name), (int, float)) for name in names):
        return "Pass what `duel(...)` returned: `check(result)`."
    return ""


def _duel_report(r):
    return f"Test accuracy after 300 steps: ≈ {r['batch']:.2f} with batch normalization, ≈ {r['without']:.2f} without."


only_one_survives = ExperimentExercise(
    measured=_duel_missing,
    attempted=lambda r: any(r[name] != value for name, value in _START.items()),
    met=lambda r: (r["learning_rate"] > 0.1 and r["batch_size"] == 60 and r["depth"] == 10
                   and r["without"] < 0.2 and r["batch"] > 0.85),
    report=_duel_report,
    mistakes=[
        Mistake(
            "other settings changed",
            "The batch size or the depth was changed, too. Only the learning rate is free here: otherwise you cannot "
            "say what did it.",
            lambda r: r["batch_size"] != 60 or r["depth"] != 10,
        ),
        Mistake(
            "starving",
            "At so small a rate the plain network is not broken, only slow: given more steps it would learn. Go the "
            "other way, to steps that are too long for it.",
            lambda r: r["learning_rate"] <= 0.1,
        ),
        Mistake(
            "both broken",
            "Here the normalized network breaks as well. Its range is wide, and it ends. Go back a little.",
            lambda r: r["batch"] < 0.7,
        ),
        Mistake(
            "both train",
            "The plain network still learns something. Make its steps longer.",
            lambda r: r["without"] >= 0.2,
        ),
    ],
    otherwise="Close: the plain network is broken, and the normalized one has not come above 0.85 in 300 steps. Go "
    "back a little towards the middle of its range.",
    solved="""
        result = duel(learning_rate=1.0)
        """,
    hints=[
        "The figure of the 24 learning rates shows where the grey curve has fallen and the blue one has not.",
        "Between 0.5 and 2 there is room. The base rate times ten, say.",
    ],
    insight="Too long a step makes the plain network's weights jump, and the ReLUs die or the loss grows without "
    "end. With batch normalization the same step makes the weights longer, and the next one turns them less.",
)

lose_with_batch_norm = ExperimentExercise(
    measured=_duel_missing,
    attempted=lambda r: any(r[name] != value for name, value in _START.items()),
    met=lambda r: r["without"] - r["batch"] >= 0.1,
    report=_duel_report,
    mistakes=[
        Mistake(
            "both fail",
            "Neither network has learned, so nothing can be compared. Which change helps the *plain* network? And "
            "which one takes from batch normalization what it works with?",
            lambda r: max(r["without"], r["batch"]) < 0.4,
        ),
        Mistake(
            "the plain network fails",
            "The plain network is the one that fails here. That is too deep for it, or too fast, with its initial "
            "weights: make it easy for the plain network first.",
            lambda r: r["without"] < 0.4,
        ),
        Mistake(
            "depth alone",
            "Fewer layers help the plain network, and the gap is nearly closed. Now make batch normalization itself "
            "worse: what does it compute its mean from?",
            lambda r: r["depth"] < 10 and r["batch_size"] >= 16,
        ),
        Mistake(
            "batch still large enough",
            "Each mean is still taken over enough examples to be useful. How few can there be?",
            lambda r: r["batch_size"] > 3,
        ),
    ],
    otherwise="The plain network is not 0.1 ahead yet. Go on in the direction that brought it nearer.",
    solved="""
        result = duel(learning_rate=0.1, batch_size=2, depth=3)
        """,
    hints=[
        "Two things work against batch normalization here: a network that needs no help, and statistics that are "
        "worth nothing.",
        "A network of three layers trains well without. Then shrink the batch: with two examples, each unit's "
        "normalized values are +1 and −1 (nearly), whatever went in.",
    ],
    insight="With two examples a batch, a unit's normalized values are nearly always +1 and −1: which of the two is "
    "larger is all that is left. (With one example they are all 0, and nothing of the input is left.) "
    "And at test time other statistics are used than those that it was trained with. "
    "Batch normalization needs a batch. Notebook 06 shows what to use when there is none.",
)

name_exercises(globals())
