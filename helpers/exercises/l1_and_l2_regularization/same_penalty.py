"""Notebook 08, predict: the same penalty in other words."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


same_penalty = PredictExercise(
    {
        "weight_decay of SGD": 0.02,
        "a weight without loss gradient is multiplied in a step by": 0.998,
        "λ, if the cost is written with λ/2": 0.02,
        "λ, if the cost is written with λ/(2N)": 10.0,
        "weight_decay, if the learning rate is 0.05": 0.02,
    },
    variable="prediction",
    mistakes={
        "weight_decay of SGD": [
            Mistake("factor 2 forgotten", "Keras' L2 has no ½, so its slope is 2 · 0.01 · w. Weight decay multiplies w itself.", 0.01),
            Mistake("divided by 2", "the other way round: the slope of 0.01 · w² is twice 0.01 · w.", 0.005),
            Mistake("times the rate", "the optimizer multiplies weight_decay by the learning rate by itself.", 0.002),
            Mistake("the factor", "that is what is left of a weight after a step. weight_decay is the ω of the formula.", 0.998),
            Mistake("times the rate, factor 2 forgotten", "the optimizer multiplies by the learning rate by itself; and Keras' L2 has no ½.",
                    0.001),
            Mistake("divided by the rate", "both lines have the same η in front: it cancels.", 0.2),
        ],
        "a weight without loss gradient is multiplied in a step by": [
            Mistake("factor 2 forgotten", "w − 0.1 · (slope of 0.01 · w²): that slope is 2 · 0.01 · w.", 0.999),
            Mistake("learning rate forgotten", "the slope is multiplied by the learning rate.", 0.98),
            Mistake("learning rate and 2 forgotten", "w − 0.1 · (slope of 0.01 · w²): learning rate, and the 2 of the slope.", 0.99),
            Mistake("what is lost", "that is the share that is lost. What is left?", 0.002),
            Mistake("grown", "a penalty makes it smaller.", 1.002),
            Mistake("unchanged", "the loss does not pull at it, but the penalty does.", 1.0),
            Mistake("a hundred times too fast", "0.1 · 0.02 is 0.002.", 0.8),
        ],
        "λ, if the cost is written with λ/2": [
            Mistake("the same number", "then half of it would be 0.005. The two costs must be the same number for the same weights.", 0.01),
            Mistake("divided by 2", "λ/2 must be 0.01.", 0.005),
        ],
        "λ, if the cost is written with λ/(2N)": [
            Mistake("2 forgotten", "λ/(2 · 500) must be 0.01.", 5.0),
            Mistake("N forgotten", "λ/(2 · 500) must be 0.01.", 0.02),
            Mistake("divided", "the other way round: λ/(2 · 500) must be 0.01.", 1e-5),
            Mistake("divided by N, times 2", "the other way round: λ/(2 · 500) must be 0.01.", 4e-5),
            Mistake("N in place of 2N, halved", "λ/(2 · 500) must be 0.01: multiply by 2N.", 2.5),
            Mistake("the same number", "λ/(2 · 500) must be 0.01.", 0.01),
        ],
        "weight_decay, if the learning rate is 0.05": [
            Mistake("halved with the rate", "both lines have η in front, so both change alike. ω = 2λ knows no η.", 0.01),
            Mistake("doubled", "both lines have η in front, so both change alike. ω = 2λ knows no η.", 0.04),
            Mistake("times the rate", "the optimizer multiplies weight_decay by the learning rate by itself.", 0.001),
        ],
    },
    points=2,
    hints=[
        "Compare the two update lines: what stands in front of w in each of them?",
        "For the other costs: the penalty must be the same number for the same weights. 0.01 · Σw² = λ/2 · Σw² = λ/(2N) · Σw².",
    ],
    insight="One penalty, four numbers from 0.01 to 10. That is why a strength without its formula says nothing. And the learning rate is in none "
    "of them: SGD multiplies both by it.",
)
