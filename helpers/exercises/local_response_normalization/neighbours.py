"""Notebook 02, predict: what moves whom."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_MOVES = ("rises", "falls", "stays")


neighbours = PredictExercise(
    {
        "a neighbour in the window doubles": "falls",
        "a channel outside the window doubles": "stays",
        "the same channel at the next position doubles": "stays",
        "the channel itself doubles, from 50 to 100": "rises",
        "the channel itself doubles, from 400 to 800": "falls",
    },
    variable="moves",
    choices={
        "a neighbour in the window doubles": _MOVES,
        "a channel outside the window doubles": _MOVES,
        "the same channel at the next position doubles": _MOVES,
        "the channel itself doubles, from 50 to 100": _MOVES,
        "the channel itself doubles, from 400 to 800": _MOVES,
    },
    patterns=[
        Mistake(
            "everybody damps",
            "neither of the two is in the sum. All squares of the sum have the same x and y, and the sum ends at i ± "
            "n/2.",
            {
                "a channel outside the window doubles": "falls",
                "the same channel at the next position doubles": "falls",
            },
        ),
        Mistake(
            "everybody helps",
            "neither of the two appears in the formula for this b. All squares of the sum have the same x and y, and "
            "the sum ends at i ± n/2.",
            {
                "a channel outside the window doubles": "rises",
                "the same channel at the next position doubles": "rises",
            },
        ),
        Mistake(
            "the bracket rises",
            "here the bracket rises. The question is about the output, which is divided by a power of it: put numbers "
            "in.",
            {
                "a neighbour in the window doubles": "rises",
                "the channel itself doubles, from 400 to 800": "rises",
            },
        ),
        Mistake(
            "nothing damps",
            "the bracket grows here: it holds the squares of the neighbours in the window, and the channel's own. What "
            "does that do to the output?",
            {
                "a neighbour in the window doubles": "stays",
                "the channel itself doubles, from 400 to 800": "rises",
            },
        ),
        Mistake(
            "self balanced",
            "the numerator doubles, so the power of the bracket would have to double as well. Put the numbers in.",
            {
                "the channel itself doubles, from 50 to 100": "stays",
                "the channel itself doubles, from 400 to 800": "stays",
            },
        ),
    ],
    mistakes={
        "a neighbour in the window doubles": [
            Mistake("neighbours help", "a neighbour's square stands in the denominator, not in the numerator.", "rises"),
            Mistake("neighbours ignored", "a neighbour's square is one of those in the sum.", "stays"),
        ],
        "a channel outside the window doubles": [
            Mistake("everybody damps", "the sum ends at i ± n/2. A channel further away is not in it.", "falls"),
            Mistake("distant ones help", "a channel outside the window does not appear in the formula for b_i.", "rises"),
        ],
        "the same channel at the next position doubles": [
            Mistake(
                "space mixed in",
                "every square in this sum has the same x and y. (Neighbouring positions belong to the other kind of LRN, "
                "within a channel, which comes later.)",
                "falls",
            ),
            Mistake("space helps", "every square in this sum has the same x and y.", "rises"),
        ],
        "the channel itself doubles, from 50 to 100": [
            Mistake(
                "already falling",
                "put the numbers in: the numerator doubles, and the bracket only grows from 2.25 to 3.",
                "falls",
            ),
            Mistake("self balanced", "numerator and denominator both grow, but not by the same factor here.", "stays"),
        ],
        "the channel itself doubles, from 400 to 800": [
            Mistake(
                "always rising",
                "put the numbers in: the numerator doubles, and the bracket grows from 18 to 66. To the power 0.75 "
                "that is more than a factor of 2.",
                "rises",
            ),
            Mistake(
                "saturated",
                "that would nearly be so with beta = 0.5: where alpha a² is large beside k, a / sqrt(alpha a²) does not "
                "depend on a. AlexNet's beta is larger.",
                "stays",
            ),
        ],
    },
    points=2,
    hints=[
        "Which squares are in the denominator of this one channel at this one position?",
        "For the last two, compute: a / (2 + 1e-4 a²)^0.75.",
    ],
    insight="Neighbours in the window can only damp. The channel damps itself as well. Since beta is above 1/2, the "
    "damping wins in the end: with AlexNet's constants a lone response has its largest output at 200.",
)
