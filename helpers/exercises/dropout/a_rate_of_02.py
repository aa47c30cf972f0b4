"""Notebook 10, predict: a rate of 0.2."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


a_rate_of_02 = PredictExercise(
    {
        "share of zeros, training": 0.2,
        "the others, training": 1.25,
        "mean of all, training": 1.0,
        "every value, inference": 1.0,
        "p in the paper's words": 0.8,
    },
    variable="guess",
    tolerance=0.02,
    follows={
        "the others, training": (("share of zeros, training",), lambda zeros: 1 / (1 - zeros)),
        "mean of all, training": (
            ("share of zeros, training", "the others, training"), lambda zeros, others: (1 - zeros) * others
        ),
        "p in the paper's words": (("share of zeros, training",), lambda zeros: 1 - zeros),
    },
    patterns=[
        Mistake(
            "rate taken for the share kept",
            "these would fit if `rate` were the share kept. Keras' `rate` is the share that is dropped; the paper's "
            "p is the share kept.",
            {"share of zeros, training": 0.8, "the others, training": 5.0, "p in the paper's words": 0.2},
        ),
        Mistake(
            "classic form",
            "these belong to the paper's first form, which scales at test. Keras' layer is built so that nothing needs to be "
            "done at inference: what has to happen in training, then?",
            {"the others, training": 1.0, "mean of all, training": 0.8, "every value, inference": 0.8},
        ),
        Mistake(
            "percentages",
            "these are percentages. Shares and values are asked for: a whole is 1.",
            {
                "share of zeros, training": 20.0,
                "the others, training": 125.0,
                "mean of all, training": 100.0,
                "every value, inference": 100.0,
                "p in the paper's words": 80.0,
            },
        ),
    ],
    mistakes={
        "share of zeros, training": [
            Mistake(
                "rate is kept",
                "0.8 would be the share of zeros if `rate` were the share kept. Keras' `rate` is the share that is "
                "dropped; the paper's p is the share kept.",
                0.8,
            ),
            Mistake("one half", "one half is the usual rate for hidden units. Here it is 0.2.", 0.5),
            Mistake("none", "with `training=True` something is dropped.", 0.0),
            Mistake("a percentage", "20 is the percentage. The share is asked for.", 20.0),
            Mistake("a count", "that is the number of zeros. Their share is asked for.", 200_000),
        ],
        "the others, training": [
            Mistake(
                "not scaled",
                "that is the paper's first form, in which training does not scale. Keras' layer is built so that "
                "nothing needs to be done at inference: what has to happen in training, then?",
                1.0,
            ),
            Mistake(
                "scaled down",
                "the survivors have to make up for those that are missing: they become larger, not smaller.",
                0.8,
            ),
            Mistake(
                "1 plus the rate",
                "nearly: 0.8 of a million times 1.2 is 960,000. By what must the survivors be multiplied to come back "
                "to a million?",
                1.2,
            ),
            Mistake(
                "divided by the rate",
                "1/0.2 divides by the share that is dropped. Divide by the share that is left.",
                5.0,
            ),
            Mistake("doubled", "2 belongs to a rate of one half.", 2.0),
        ],
        "mean of all, training": [
            Mistake(
                "mean not scaled",
                "0.8 is the mean if the survivors stay 1. In Keras they do not.",
                0.8,
            ),
            Mistake("mean of the dropped", "0.2 is the share of zeros, not the mean.", 0.2),
            Mistake(
                "mean of the survivors",
                "that is the value of the survivors. The zeros take part in the mean.",
                1.25,
            ),
            Mistake("scaled down twice", "0.64 would be the mean if the survivors were scaled down as well.", 0.64),
        ],
        "every value, inference": [
            Mistake(
                "scaled at inference",
                "the paper's first form multiplies by 0.8 at test time. Keras has already scaled in training; "
                "scaling here as well would be once too often.",
                0.8,
            ),
            Mistake("scaled up at inference", "1.25 is the value of the survivors in training.", 1.25),
            Mistake("dropped at inference", "0.2 is the share dropped in training. At inference nothing is dropped.", 0.2),
            Mistake("all dropped", "nothing is dropped at inference.", 0.0),
        ],
        "p in the paper's words": [
            Mistake(
                "p is the rate",
                "the paper's p is the probability that a unit is *kept* (\"retained\"). PyTorch's p, by the way, is "
                "the share dropped: read the manual every time.",
                0.2,
            ),
            Mistake("p is one half", "one half is the paper's p for hidden units. Translate 0.2.", 0.5),
            Mistake("p is the scale", "1.25 is 1/p.", 1.25),
        ],
    },
    points=1,
    hints=[
        "The layer is called `Dropout(rate)`: what does a rate of dropping count?",
        "Let the mean tell you the scale. In training and at inference the next layer should receive the same amount "
        "on average.",
    ],
    insight="Two opposite conventions: Keras' `rate` (and PyTorch's `p`) is the share "
    "dropped, the paper's p is the share kept. And two places for the scale: dividing in training (inverted "
    "dropout), or multiplying at test time (the paper's first form).",
)
