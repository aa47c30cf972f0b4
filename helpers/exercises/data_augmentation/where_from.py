"""Notebook 09, predict: where a pixel comes from."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_ARRIVES = "3 down, 2 to the left: ink from (10, 5) arrives at"


_IS_READ = "3 down, 2 to the left: the new pixel (10, 5) is read at"


_HALF_TURN = "turned by 180°: ink from (10, 5) arrives at"


_QUARTER = "a quarter turn anticlockwise: ink from (0, 27) arrives at"


where_from = PredictExercise(
    {_ARRIVES: (13, 3), _IS_READ: (7, 7), _HALF_TURN: (17, 22), _QUARTER: (0, 0)},
    variable="prediction",
    mistakes={
        _ARRIVES: [
            Mistake("rows count upwards", "rows count downwards: 3 down makes the row's number larger.", (7, 3)),
            Mistake("left is plus", "to the left the column's number gets smaller.", (13, 7)),
            Mistake("the place it is read at", "that is where the new pixel (10, 5) is *read*. The question is where the ink goes.",
                    (7, 7)),
            Mistake("column first", "a place is (row, column), the row first. Down changes the row.", (8, 8)),
            Mistake("right answer, column first", "the numbers are right, but a place is (row, column), the row first.",
                    (3, 13)),
        ],
        _IS_READ: [
            Mistake("where it goes", "that is where the *old* pixel (10, 5) goes. The new one is read at r − down, "
                    "c − right.", (13, 3)),
            Mistake("row only", "the row is right. Moving 2 to the *left* is right = −2: what is c − right?", (7, 3)),
            Mistake("column only", "the column is right. What is r − down?", (13, 7)),
            Mistake("column first", "a place is (row, column), the row first. Down changes the row.", (12, 2)),
            Mistake("not moved", "then nothing would have moved. What are r − down and c − right?", (10, 5)),
        ],
        _HALF_TURN: [
            Mistake("about the corner", "that is a turn about the upper left pixel, and lies outside the picture. The "
                    "centre is at 13.5.", (-10, -5)),
            Mistake("28 minus", "28 − 10 turns about 14. The pixels count from 0 to 27, so the centre is at 13.5.", (18, 23)),
            Mistake("centre at 13", "that turns about pixel 13. There are 28 pixels, 0 to 27: the centre lies between 13 and "
                    "14.", (16, 21)),
            Mistake("only upside down", "that is a flip top to bottom: the column has not changed. A half turn changes both.",
                    (17, 5)),
            Mistake("only left to right", "that is a flip left to right: the row has not changed. A half turn changes both.",
                    (10, 22)),
            Mistake("transposed", "row and column have changed places. That is a flip about the diagonal.", (5, 10)),
            Mistake("column first", "the numbers are right, but a place is (row, column), the row first.", (22, 17)),
        ],
        _QUARTER: [
            Mistake("clockwise", "that is a quarter turn clockwise. (0, 27) is the upper right corner; anticlockwise it "
                    "goes over the top.", (27, 27)),
            Mistake("about the corner", "that is a turn about the upper left pixel, and lies outside the picture. The "
                    "centre is at 13.5.", (-27, 0)),
            Mistake("half a turn", "that is half a turn: the opposite corner.", (27, 0)),
            Mistake("stays", "a corner does not stay where it is.", (0, 27)),
        ],
    },
    patterns=[
        Mistake("swapped", "the two have changed places. Ink moves by (+3, −2); the new pixel asks the other way.",
                {_ARRIVES: (7, 7), _IS_READ: (13, 3)}),
        Mistake("rows count upwards", "rows count downwards: 3 down makes the number of the ink's row larger.",
                {_ARRIVES: (7, 3), _IS_READ: (13, 7)}),
        Mistake("left is plus", "to the left the column's number gets smaller: 2 to the left is right = −2.",
                {_ARRIVES: (13, 7), _IS_READ: (7, 3)}),
        Mistake("numbers right, column first", "the numbers are right, but a place is (row, column), the row first.",
                {_ARRIVES: (3, 13), _HALF_TURN: (22, 17)}),
        Mistake("counted from 1", "each number is one too large. Rows and columns count from 0.",
                {_ARRIVES: (14, 4), _IS_READ: (8, 8), _HALF_TURN: (18, 23), _QUARTER: (1, 1)}),
        Mistake("2 down and 3 to the left", "that is 2 down and 3 to the left. The question asks for 3 down and 2 to "
                                            "the left.",
                {_ARRIVES: (12, 2), _IS_READ: (8, 8)}),
        Mistake("about the corner", "that is a turn about the upper left pixel, and lies outside the picture. The centre is "
                "at 13.5.", {_HALF_TURN: (-10, -5), _QUARTER: (-27, 0)}),
        Mistake("centre at 14", "that turns about 14. The pixels count from 0 to 27, so the centre is at 13.5.",
                {_HALF_TURN: (18, 23), _QUARTER: (1, 0)}),
        Mistake("centre at 13", "that turns about pixel 13. The pixels count from 0 to 27, so the centre is at 13.5.",
                {_HALF_TURN: (16, 21), _QUARTER: (-1, 0)}),
    ],
    points=2,
    hints=[
        "Rows count downwards from 0, columns to the right from 0. So 3 down is r + 3 for the ink, and the new pixel "
        "asks the other way.",
        "Centre: (0 + 27) / 2 = 13.5. Half a turn takes the distance from the centre to its negative: 10 is 3.5 above "
        "the centre, so it goes to 3.5 below. And (0, 27) is the upper right corner.",
    ],
    insight="Where ink goes and where a pixel is read are opposite questions. The code needs the second: every pixel "
    "of the new picture has to get a value.",
)
