"""Notebook 11, code: the penalty that equals a number of steps."""

from __future__ import annotations

import numpy as np

from helpers.exercises.engine import Case, CodeExercise, Mistake, Property


def equal_penalty(h, rate, steps):
    left = (1 - rate * h) ** steps  # (D,): share of the way that is left
    return h * left / (1 - left)


def _penalty_cases():
    return [
        Case("with three directions, 10 steps", (np.array([1.0, 0.3, 0.1]), 0.1, 10)),
        Case("with one step", (np.array([2.0, 0.5]), 0.2, 1)),
        Case("with flat directions and a rate above 1", (np.array([0.3, 0.1]), 1.5, 4)),
        Case("with 40 steps and a small rate", (np.array([1.8, 0.18, 0.05, 0.6]), 0.05, 40)),
    ]


def _power(h, rate, steps):
    return (1 - rate * h) ** steps


equal_penalty = CodeExercise(
    equal_penalty,
    outputs=["penalty"],
    cases=_penalty_cases,
    variants=[
        lambda h, rate, steps: h / ((1 - rate * h) ** -float(steps) - 1),
        lambda h, rate, steps: h / (1 - (1 - rate * h) ** steps) - h,
        lambda h, rate, steps: -h / np.expm1(steps * np.log1p(-rate * h)) - h,
        lambda h, rate, steps: np.array([c * (1 - rate * c) ** steps / (1 - (1 - rate * c) ** steps) for c in h]),
    ],
    mistakes=[
        Mistake(
            "the rule of thumb",
            "That is the rule of thumb 1/(η t), the same for all directions. It holds where η h t is small. Return the "
            "exact λ of each direction: set the two shares equal and solve for λ.",
            lambda h, rate, steps: np.full_like(h, 1 / (rate * steps)),
        ),
        Mistake(
            "the rule of thumb, one number",
            "That is the rule of thumb 1/(η t), one number for all directions. It holds where η h t is small. Return "
            "the exact λ of each direction, shape (D,): set the two shares equal and solve for λ.",
            lambda h, rate, steps: 1 / (rate * steps),
        ),
        Mistake(
            "the rule of thumb, multiplied",
            "η t grows with the steps. More steps are a *weaker* penalty: λ must fall.",
            lambda h, rate, steps: np.full_like(h, rate * steps),
        ),
        Mistake(
            "rule of thumb with h",
            "1/(η h t) is a pure number. λ is added to h, so it has h's unit.",
            lambda h, rate, steps: 1 / (rate * h * steps),
        ),
        Mistake(
            "rule of thumb times h",
            "That is h/(η t). Its unit is not that of h, but λ is added to h. Set the two shares equal and solve for "
            "λ.",
            lambda h, rate, steps: h / (rate * steps),
        ),
        Mistake(
            "reached and left swapped",
            "What is left and what has been reached have changed places: this λ *grows* with the number of steps.",
            lambda h, rate, steps: h * (1 - _power(h, rate, steps)) / _power(h, rate, steps),
        ),
        Mistake(
            "reached and left swapped, h forgotten",
            "Two things: what is left and what has been reached have changed places, so that λ grows with the steps; and "
            "the factor h is missing.",
            lambda h, rate, steps: (1 - _power(h, rate, steps)) / _power(h, rate, steps),
        ),
        Mistake(
            "brackets",
            "Brackets are missing in a quotient: `a / 1 - b` is `(a / 1) - b`.",
            lambda h, rate, steps: h * _power(h, rate, steps) / 1 - _power(h, rate, steps),
        ),
        Mistake(
            "power on h alone",
            "Only h is raised to the power of the steps, not what is left: brackets around 1 − η h.",
            lambda h, rate, steps: h * (1 - rate * h**steps) / (rate * h**steps),
        ),
        Mistake(
            "h forgotten",
            "The factor h is missing: from h/(h + λ) = s follows λ = h·(1 − s)/s, not (1 − s)/s.",
            lambda h, rate, steps: _power(h, rate, steps) / (1 - _power(h, rate, steps)),
        ),
        Mistake(
            "only what is left",
            "h times what is left of the way: a division by the share that has been reached is missing. Solve h/(h + λ) = "
            "share for λ once more.",
            lambda h, rate, steps: h * _power(h, rate, steps),
        ),
        Mistake(
            "one over the share",
            "h divided by the share reached is h + λ. Subtract h.",
            lambda h, rate, steps: h / (1 - _power(h, rate, steps)),
        ),
        Mistake(
            "sign",
            "λ comes out negative: h − h/share, turned round.",
            lambda h, rate, steps: h - h / (1 - _power(h, rate, steps)),
        ),
        Mistake(
            "the share returned",
            "What comes back is the share of the way that has been reached. Return the λ that gives the same share.",
            lambda h, rate, steps: 1 - _power(h, rate, steps),
        ),
        Mistake(
            "what is left returned",
            "What comes back is the share of the way that is left. Return the λ that leaves the same share.",
            _power,
        ),
        Mistake(
            "exponential",
            "exp(−η h t) in place of (1 − η h)^t: that is gradient descent with infinitely small steps. Near, not equal.",
            lambda h, rate, steps: h / np.expm1(rate * h * steps),
        ),
        Mistake(
            "one step too few",
            "One step too few: after t steps what is left has been multiplied t times. (With one step this λ is "
            "infinite.)",
            lambda h, rate, steps: h * _power(h, rate, steps - 1) / (1 - _power(h, rate, steps - 1)),
        ),
        Mistake(
            "one step too many",
            "One step too many: after t steps the power is t, since before the first one everything is left.",
            lambda h, rate, steps: h * _power(h, rate, steps + 1) / (1 - _power(h, rate, steps + 1)),
        ),
        Mistake(
            "one step",
            "The steps are missing: this is the λ of a single step. Raise what is left to the power of the steps.",
            lambda h, rate, steps: h * (1 - rate * h) / (rate * h),
        ),
        Mistake(
            "power for product",
            "1 − η h t in place of (1 − η h)^t: each step takes its share of what is *left*.",
            lambda h, rate, steps: h * (1 - rate * h * steps) / (rate * h * steps),
        ),
        Mistake(
            "1 + η h",
            "What is left is multiplied by 1 *minus* η h in each step, not plus: it shrinks.",
            lambda h, rate, steps: h * (1 + rate * h) ** steps / (1 - (1 + rate * h) ** steps),
        ),
        Mistake(
            "rate forgotten",
            "The learning rate is missing: a step goes η h of the way that is left, not h.",
            lambda h, rate, steps: h * (1 - h) ** steps / (1 - (1 - h) ** steps),
        ),
        Mistake(
            "h forgotten in the power",
            "h is missing in the power: a step takes η h of what is left, so a flat direction goes more slowly.",
            lambda h, rate, steps: h * (1 - rate) ** steps / (1 - (1 - rate) ** steps),
        ),
        Mistake(
            "half",
            "Half of the right λ. That belongs to a penalty λ‖w‖² without the ½; here it is ½λ‖w‖².",
            lambda h, rate, steps: h * _power(h, rate, steps) / (1 - _power(h, rate, steps)) / 2,
        ),
        Mistake(
            "double",
            "Twice the right λ: where does the 2 come from? The penalty is ½λ‖w‖², its gradient λw.",
            lambda h, rate, steps: 2 * h * _power(h, rate, steps) / (1 - _power(h, rate, steps)),
        ),
        Mistake(
            "one λ for all",
            "One number for all directions, a mean. Each direction has a λ of its own: that is the difference between "
            "stopping and L2.",
            lambda h, rate, steps: np.full_like(h, (h * _power(h, rate, steps) / (1 - _power(h, rate, steps))).mean()),
        ),
    ],
    properties=[
        Property("Every λ should be positive, but at least one is not.",
                 lambda args, outputs: bool((outputs[0] > 0).all())),
        Property(
            "Put your λ into h/(h + λ): it should give the share 1 − (1 − η h)^t, but does not.",
            lambda args, outputs: bool(np.allclose(
                args[0] / (args[0] + outputs[0]), 1 - _power(*args), rtol=1e-3)),
        ),
    ],
    points=3,
    hints=[
        "Call the share that gradient descent has reached s. L2 reaches the same share if h/(h + λ) = s. Solve for λ.",
        "From h = s·(h + λ) follows λ = h·(1 − s)/s. And 1 − s is what is left: (1 − η h) to the power t.",
    ],
    insight="The λ is exact, but each direction has its own: the steeper the direction, the smaller its λ. Where η h t "
    "is small, all of them are near 1/(η t). So early stopping is L2 with a weaker penalty in the directions that the "
    "data determine well.",
)
