"""Notebook 08, predict: the same penalty in other words."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_HALF = "Keras' L2 has no ½, so its slope is 2 · 0.01 · w. Weight decay multiplies w itself."


_RATE_INSIDE = "the optimizer itself multiplies weight_decay by the learning rate: η is not part of the number."


_NO_RATE = (
    "in a step, η multiplies both the slope of L2 and weight_decay · w, so both change with η in the same way: "
    "weight_decay does not depend on η."
)


_MUST_BE = "the two costs must be the same number for the same weights: λ/2, or λ/(2 · 500), must be 0.01."


_DECAY, _FACTOR = "weight_decay of SGD", "a weight with no gradient from the loss is multiplied in each step by"
_HALVED, _OVER_2N = "λ, if the cost is written with λ/2", "λ, if the cost is written with λ/(2N)"
_DECAY_AT_HALF_THE_RATE = "weight_decay, if both runs use the learning rate 0.05"


same_penalty = PredictExercise(
    {_DECAY: 0.02, _FACTOR: 0.998, _HALVED: 0.02, _OVER_2N: 10.0, _DECAY_AT_HALF_THE_RATE: 0.02},
    variable="prediction",
    tolerance=1e-4,  # 0.999 is not 0.998
    follows={
        _FACTOR: ((_DECAY,), lambda decay: 1 - 0.1 * decay),
        _OVER_2N: ((_HALVED,), lambda halved: 500 * halved),
        _DECAY_AT_HALF_THE_RATE: ((_DECAY,), lambda decay: decay),
    },
    patterns=[
        Mistake("times the rate", _RATE_INSIDE, {_DECAY: 0.002, _DECAY_AT_HALF_THE_RATE: 0.001}),
        Mistake("times the rate, factor 2 forgotten", f"{_RATE_INSIDE} And Keras' L2 has no ½, so a 2 is missing.",
                {_DECAY: 0.001, _DECAY_AT_HALF_THE_RATE: 0.0005}),
        Mistake("the other way round", f"{_MUST_BE} So λ must be larger than 0.01, not smaller.",
                {_HALVED: 0.005, _OVER_2N: 1e-5}),
        Mistake("factor 2 forgotten, halved with the rate", f"{_HALF} And {_NO_RATE}",
                {_DECAY: 0.01, _DECAY_AT_HALF_THE_RATE: 0.005}),
        Mistake("percentages", "these are percentages. Give plain numbers, like 0.01.",
                {_DECAY: 2.0, _FACTOR: 99.8, _HALVED: 2.0, _OVER_2N: 1000.0, _DECAY_AT_HALF_THE_RATE: 2.0}),
        Mistake("the same number", f"{_MUST_BE} With λ = 0.01 the penalty would be weaker.", {_HALVED: 0.01, _OVER_2N: 0.01}),
    ],
    mistakes={
        _DECAY: [
            Mistake("factor 2 forgotten", _HALF, 0.01),
            Mistake("divided by 2", "the other way round: the slope of 0.01 · w² is twice 0.01 · w.", 0.005),
            Mistake("times the rate", _RATE_INSIDE, 0.002),
            Mistake("the factor", "that is the factor by which a weight is multiplied in a step. A step takes η · weight_decay · w from it.", 0.998),
            Mistake("times the rate, factor 2 forgotten", f"{_RATE_INSIDE} And Keras' L2 has no ½, so a 2 is missing.", 0.001),
            Mistake("divided by the rate", "η multiplies the slope of L2 in just the same way: it cancels.", 0.2),
            Mistake("divided by the rate, factor 2 forgotten", f"η multiplies the slope of L2 in just the same way: it cancels. And {_HALF}", 0.1),
            Mistake("factor 2 twice", "the slope of 0.01 · w² is 2 · 0.01 · w, with one 2.", 0.04),
        ],
        _FACTOR: [
            Mistake("factor 2 forgotten", "w − 0.1 · (slope of 0.01 · w²): that slope is 2 · 0.01 · w.", 0.999),
            Mistake("learning rate forgotten", "the slope is multiplied by the learning rate.", 0.98),
            Mistake("learning rate and 2 forgotten", "w − 0.1 · (slope of 0.01 · w²): learning rate, and the 2 of the slope.", 0.99),
            Mistake("what is lost", "that is the share that is lost. What is left?", 0.002),
            Mistake("what is lost, without the rate", "that is weight_decay, or a slope for w = 1. The share that is lost is η times it; what is left?", 0.02),
            Mistake("grown", "a penalty makes it smaller.", 1.002),
            Mistake("unchanged", "the loss does not pull at it, but the penalty does.", 1.0),
            Mistake("a hundred times too fast", "0.1 · 0.02 is 0.002.", 0.8),
        ],
        _HALVED: [
            Mistake("the same number", "then half of it would be 0.005. The two costs must be the same number for the same weights.", 0.01),
            Mistake("divided by 2", "the other way round: λ/2 must be 0.01.", 0.005),
            Mistake("factor 2 twice", "λ/2 must be 0.01.", 0.04),
        ],
        _OVER_2N: [
            Mistake("2 forgotten", "λ/(2 · 500) must be 0.01.", 5.0),
            Mistake("N forgotten", "λ/(2 · 500) must be 0.01.", 0.02),
            Mistake("2 twice", "λ/(2 · 500) must be 0.01.", 20.0),
            Mistake("divided", "the other way round: λ/(2 · 500) must be 0.01.", 1e-5),
            Mistake("divided by N, times 2", "λ/(2 · 500) must be 0.01.", 4e-5),
            Mistake("inverted", "the other way round: λ/(2 · 500) must be 0.01, so λ is larger than 0.01.", 2e-5),
            Mistake("2N / λ", "λ/(2 · 500) must be 0.01: multiply, do not divide by 0.01.", 1e5),
            Mistake("half of N", "λ/(2 · 500) must be 0.01.", 2.5),
            Mistake("the same number", "λ/(2 · 500) must be 0.01.", 0.01),
        ],
        _DECAY_AT_HALF_THE_RATE: [
            Mistake("halved with the rate", _NO_RATE, 0.01),
            Mistake("doubled", _NO_RATE, 0.04),
            Mistake("times the rate", _RATE_INSIDE, 0.001),
            Mistake("divided by the rate", _NO_RATE, 0.4),
        ],
    },
    points=2,
    hints=[
        "Write down one step of both runs, in the form w ← (…) · w − η∇L. What stands in front of w in each of them?",
        "For the other costs: the penalty must be the same number for the same weights. 0.01 · Σw² = λ/2 · Σw² = λ/(2N) · Σw².",
    ],
    insight="One penalty, four numbers from 0.01 to 10. That is why a strength without its formula says nothing. And the learning rate is in none "
    "of the four: SGD multiplies both by it.",
)
