"""Notebook 10, predict: expected values."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_DEVIATION = "that is the standard deviation. The variance, its square, is asked for."


expected_values = PredictExercise(
    {
        "inverted: where kept": 8.0,
        "inverted: mean over masks": 6.0,
        "inverted: variance over masks": 12.0,
        "classic: where kept": 6.0,
        "classic: mean over masks": 4.5,
        "classic: at test": 4.5,
    },
    variable="values",
    follows={
        "inverted: mean over masks": (("inverted: where kept",), lambda kept: 0.75 * kept),
        "inverted: variance over masks": (("inverted: where kept",), lambda kept: 0.75 * 0.25 * kept**2),
        "classic: mean over masks": (("classic: where kept",), lambda kept: 0.75 * kept),
        "classic: at test": (("classic: mean over masks",), lambda mean: mean),
    },
    patterns=[
        Mistake(
            "forms swapped",
            "these would be right for the other form. The inverted form scales in training, the classic one at test.",
            {
                "inverted: where kept": 6.0,
                "inverted: mean over masks": 4.5,
                "inverted: variance over masks": 6.75,
                "classic: where kept": 8.0,
                "classic: mean over masks": 6.0,
                "classic: at test": 6.0,
            },
        ),
        Mistake(
            "kept with probability 0.25",
            "these would fit if a quarter were kept. The rate is the share that is dropped: 0.75 is kept.",
            {
                "inverted: where kept": 24.0,
                "inverted: variance over masks": 108.0,
                "classic: mean over masks": 1.5,
                "classic: at test": 1.5,
            },
        ),
        Mistake(
            "divided by the rate throughout",
            "these would fit if the survivors were divided by the rate. The inverted form divides by the share kept, "
            "0.75.",
            {
                "inverted: where kept": 24.0,
                "inverted: mean over masks": 18.0,
                "inverted: variance over masks": 108.0,
            },
        ),
    ],
    mistakes={
        "inverted: where kept": [
            Mistake("kept, not scaled", "the inverted form scales the survivors in training.", 6.0),
            Mistake("kept, scaled down", "the survivors are divided by the share kept, not multiplied.", 4.5),
            Mistake("kept, divided by the rate", "24 is 6 divided by the rate. The inverted form divides by the share kept, 0.75.", 24.0),
            Mistake(
                "kept, times 1 + rate",
                "7.5 is 6 times 1 + rate. Its mean over the masks would be 5.625: which factor brings the mean back to 6?",
                7.5,
            ),
            Mistake(
                "kept, divided by the root",
                "6.93 is 6 divided by the root of 0.75. That would keep the mean square; here the mean is kept.",
                48**0.5,
            ),
            Mistake("dropped", "that is its value where it is dropped.", 0.0),
        ],
        "inverted: mean over masks": [
            Mistake("mean of the kept", "that is its value where it is kept. With probability 0.25 it is 0.", 8.0),
            Mistake("mean of the classic form", "that is the classic form's mean.", 4.5),
            Mistake("mean with the rate", "0.25 · 6: the probability of being kept is 0.75.", 1.5),
            Mistake("mean with the two swapped", "0.25 · 8: it is kept with probability 0.75.", 2.0),
        ],
        "inverted: variance over masks": [
            Mistake(
                "of the classic form",
                "6.75 is the variance of the classic form. Here the two values are 0 and 8.",
                6.75,
            ),
            Mistake(
                "the mean square",
                "48 is the mean of the squares, 0.75 · 8². Subtract the square of the mean.",
                48.0,
            ),
            Mistake("square minus the mean", "42 is 48 − 6. Subtract the *square* of the mean.", 42.0),
            Mistake("one half each", "16 would be right if 0 and 8 had a probability of one half each. The value is "
                "kept with probability 0.75.", 16.0),
            Mistake("no variance", "the value is 0 or 8, depending on the mask: it does vary.", 0.0),
            Mistake("the standard deviation", _DEVIATION, 12**0.5),
            Mistake("the standard deviation, three digits", _DEVIATION, 3.46),
            Mistake("the standard deviation, two digits", _DEVIATION, 3.5),
            Mistake("the mean square, not scaled", "27 is 0.75 · 6², the mean of the squares in the classic form.", 27.0),
            Mistake(
                "the square of the mean", "36 is the square of the mean. It is subtracted from the mean of the squares.", 36.0
            ),
            Mistake(
                "the mean distance",
                "3 is the mean distance from the mean. The variance is the mean of the *squared* distances.",
                3.0,
            ),
            Mistake(
                "the kept value alone",
                "4 is the squared distance of 8 from the mean. With probability 0.25 the value is 0, which lies 6 away.",
                4.0,
            ),
            Mistake("the factor alone", "1/3 is the factor alone, rate/(1 − rate). It has to be multiplied by "
                "x².", 1 / 3),
            Mistake("the factor alone, two digits", "1/3 is the factor alone, rate/(1 − rate). It has to be "
                "multiplied by x².", 0.33),
            Mistake(
                "of the mask",
                "0.1875 is the variance of the mask alone, 0.75 · 0.25. The values are 0 and 8, not 0 and 1.",
                0.1875,
            ),
            Mistake("x not squared", "x has to be squared: a variance has the unit of x².", 2.0),
            Mistake("times rate", "9 is 36 · 0.25. It still has to be divided by the share kept.", 9.0),
            Mistake("turned round", "108 is 36 · 0.75/0.25: the rate belongs in the numerator, the share kept in the "
                "denominator.", 108.0),
        ],
        "classic: where kept": [
            Mistake("classic, scaled up", "the classic form leaves survivors as they are in training.", 8.0),
            Mistake("classic, scaled down", "the scale comes at test time, not in training.", 4.5),
            Mistake("classic, dropped", "that is its value where it is dropped.", 0.0),
        ],
        "classic: mean over masks": [
            Mistake("classic mean, not dropped", "it is 6 with probability 0.75, and 0 otherwise.", 6.0),
            Mistake("classic mean with the rate", "0.25 · 6: it is kept with probability 0.75.", 1.5),
            Mistake("classic mean, scaled twice", "0.75 · 0.75 · 6: in training only the mask acts.", 3.375),
        ],
        "classic: at test": [
            Mistake(
                "not scaled at test",
                "at test the classic form scales, so that the next layer receives what it received on average in "
                "training.",
                6.0,
            ),
            Mistake("scaled up at test", "scaled the wrong way: in training it was less than 6 on average.", 8.0),
            Mistake("times the rate", "0.25 · 6: multiply by the share kept.", 1.5),
            Mistake("scaled twice at test", "3.375 is 6 · 0.75 · 0.75: scale once.", 3.375),
        ],
    },
    points=2,
    hints=[
        "The unit takes two values, with the probabilities 0.75 and 0.25. Write both down for each form.",
        "Mean: value times probability, summed. Variance: the mean of the squares minus the square of the mean.",
    ],
    insight="Both forms pass on at inference what they passed on in training on average. The mean is the same; the "
    "*variance* is not: in training there is $x^2\\,\\text{rate}/(1-\\text{rate})$ more of it. Nothing makes up for "
    "that, and a layer that measures variances will notice. (More at the end of this notebook.)",
)
