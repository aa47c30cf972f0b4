"""Notebook 01, predict: a steep and a flat direction."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


steep_and_flat = PredictExercise(
    {
        "largest eigenvalue": 2500.0,
        "condition number": 625.0,
        "learning rates must stay below": 0.0008,
        "condition number after standardizing": 1.0,
    },
    variable="prediction",
    mistakes={
        "largest eigenvalue": [
            Mistake("the standard deviation", "50 is the standard deviation. What stands on H's diagonal?", 50.0),
            Mistake("the smallest eigenvalue", "4 belongs to the flat direction. The largest is asked for.", 4.0),
            Mistake("the trace", "2504 is the sum of both eigenvalues; the largest is one of them.", 2504.0),
            Mistake("the smaller deviation", "2 is the smaller of the two standard deviations.", 2.0),
            Mistake("halved", "the ½ of the loss disappears when it is differentiated twice: H is XᵀX/N.", 1250.0),
            Mistake("doubled", "there is no 2 in H: it cancels with the ½ of the loss.", 5000.0),
            Mistake("product of deviations", "100 is 50 · 2. Each eigenvalue belongs to one feature alone.", 100.0),
            Mistake("the quotient", "625 is the ratio of the two eigenvalues, not the larger of them.", 625.0),
            Mistake("the quotient of deviations", "25 is the ratio of the standard deviations.", 25.0),
            Mistake("one", "it is 1 only after standardizing. Here the features have different spreads.", 1.0),
        ],
        "condition number": [
            Mistake("of the deviations", "25 is 50/2. The eigenvalues are variances, not standard deviations.", 25.0),
            Mistake("upside down", "it is the largest eigenvalue over the smallest, and so never below 1.", 0.0016),
            Mistake("upside down, of the deviations", "it is the largest eigenvalue over the smallest, and the "
                    "eigenvalues are variances.", 0.04),
            Mistake("difference", "2496 is the difference of the eigenvalues. The condition number is their ratio."
                    "", 2496.0),
            Mistake("root again", "5 is the root of 50/2. The condition number is the ratio of the eigenvalues, and these "
                    "are the squares of 50 and 2.", 5.0),
            Mistake("product", "10,000 is the product of the eigenvalues. The condition number is their ratio."
                    "", 10_000.0),
            Mistake("the largest eigenvalue", "2500 is the largest eigenvalue. Divide it by the other one.", 2500.0),
            Mistake("a variance over a deviation", "1250 is a variance over a standard deviation, 2500/2. The condition "
                    "number is a ratio of two eigenvalues.", 1250.0),
            Mistake("a deviation over a variance", "12.5 is a standard deviation over a variance, 50/4. The condition "
                    "number is a ratio of two eigenvalues.", 12.5),
            Mistake("one at once", "it is 1 only after standardizing. Here the eigenvalues differ.", 1.0),
        ],
        "learning rates must stay below": [
            Mistake("one over", "with 1/2500 the steep direction reaches its minimum in a single step. What factor 1 − ηλ is "
                    "the last that still shrinks the distance?", 0.0004),
            Mistake("from the smallest", "2/4 is the limit of the flat direction alone. The steep one sets the limit.",
                    0.5),
            Mistake("one over the smallest", "1/4 comes from the flat direction. The steep one sets the limit.", 0.25),
            Mistake("from the deviation", "2/50 divides by the standard deviation. The eigenvalue is the variance.", 0.04),
            Mistake("one over the deviation", "1/50 divides by the standard deviation, and the 2 is missing.", 0.02),
            Mistake("from the mean eigenvalue", "the mean of the eigenvalues limits nothing; the largest does.",
                    2 / 1252),
            Mistake("the best rate", "2/2504 has the sum of both eigenvalues in the denominator. The largest alone "
                    "sets the limit.",
                    2 / 2504),
            Mistake("upside down", "that is λmax / 2. A steeper loss needs a smaller rate.", 1250.0),
            Mistake("any rate", "a rate of 1 multiplies the distance along the steep direction by 1 − 2500.", 1.0),
            Mistake("any rate up to two", "2 would be the limit for an eigenvalue of 1. Here the largest is far larger.",
                    2.0),
            Mistake("half the eigenvalue", "that is twice the limit. H has no ½ of its own: the ½ of the loss disappears "
                    "when it is differentiated twice. (0.0016 is also one over the condition number, which sets no "
                    "limit.)", 0.0016),
            Mistake("from the condition number", "that is 2/κ. Multiply the loss by 2: κ stays, but the limit of the rate "
                    "is halved.", 2 / 625),
            Mistake("from the quotient of deviations", "that is 2/25, with the ratio of the standard deviations in "
                    "the denominator. Multiply the loss by 2: this ratio stays, but the limit of the rate is "
                    "halved.", 2 / 25),
            Mistake("rounded", "0.001 is above the limit. If you rounded, give one more digit.", 0.001),
        ],
        "condition number after standardizing": [
            Mistake("unchanged", "that is the old condition number. Both variances become 1.", 625.0),
            Mistake("quotient of deviations", "25 was 50/2 before. Both standard deviations become 1.", 25.0),
            Mistake("zero", "a condition number is at least 1. What do both variances become?", 0.0),
            Mistake("two", "2 is the sum of the eigenvalues after standardizing. The condition number is their "
                    "ratio.", 2.0),
        ],
    },
    patterns=[
        Mistake(
            "deviations for variances",
            "this computes with the standard deviations 50 and 2. The eigenvalues of H are the variances, their squares.",
            {"largest eigenvalue": 50.0, "condition number": 25.0, "learning rates must stay below": 0.04},
        ),
        Mistake(
            "roots of the deviations",
            "this computes with the roots of 50 and 2. The eigenvalues of H are the variances, the squares of 50 and 2.",
            {"largest eigenvalue": 50**0.5, "condition number": 5.0, "learning rates must stay below": 2 / 50**0.5},
        ),
    ],
    follows={
        "condition number": (("largest eigenvalue",), lambda largest: largest / 4),
        "learning rates must stay below": (("largest eigenvalue",), lambda largest: 2 / largest),
    },
    points=2,
    hints=[
        "H = XᵀX/N. For centred features its diagonal holds the variances, and for uncorrelated ones the rest is 0.",
        "A diagonal matrix has its diagonal as eigenvalues. A variance is the square of a standard deviation.",
        "The limit is 2 over the largest eigenvalue, the condition number the largest over the smallest. After "
        "standardizing both variances are 1.",
    ],
    insight="A factor of 25 between the spreads means a factor of 625 in the number of steps: the condition number "
    "grows with the square. The features of the digits are correlated, so their condition number will not become 1.",
)
