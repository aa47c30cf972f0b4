"""Notebook 02, predict: who takes part in the sum."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_NO_CLIPPING = (
    "that counts channels that do not exist. The sum begins at max(0, ...) and ends at min(N - 1, ...): beyond the "
    "border there is nothing to add."
)


window_members = PredictExercise(
    {"n = 5, i = 8": 5, "n = 5, i = 0": 3, "n = 5, i = 14": 4, "n = 4, i = 8": 5, "n = 40, i = 8": 16},
    variable="members",
    mistakes={
        "n = 5, i = 8": [
            Mistake("own channel left out", "4 are the neighbours. j = i lies in the sum, too: count it.", 4),
            Mistake("n on each side", "11 would be 5 on each side. The sum reaches n/2 to each side.", 11),
            Mistake("n / 2 rounded up", "7 would be 3 on each side. n/2 is a whole number here, cut off: 5/2 is 2.", 7),
            Mistake("n + 1", "2 on the left, 2 on the right: and how many in the middle?", 6),
            Mistake("one side only", "3 are the channel and one side. The sum reaches to both.", 3),
            Mistake("reach", "2 is the reach to one side, not the count.", 2),
        ],
        "n = 5, i = 0": [
            Mistake("no clipping, left", _NO_CLIPPING, 5),
            Mistake("own channel left out, left", "2 are the neighbours. j = i lies in the sum, too.", 2),
            Mistake("only itself", "channel 0 has no neighbours on the left. On the right it has.", 1),
            Mistake("rounded up, left", "n/2 is cut off to a whole number: 5/2 is 2, not 3.", 4),
            Mistake("n on each side, left", "6 would be the channel and 5 to the right. It reaches n/2.", 6),
        ],
        "n = 5, i = 14": [
            Mistake("no clipping, right", _NO_CLIPPING, 5),
            Mistake(
                "i = 14 taken for the last",
                "with N = 16 channels, counted from 0, the last one is i = 15: channel 14 has one neighbour to its "
                "right.",
                3,
            ),
            Mistake("N in place of N - 1", "the last channel is N - 1 = 15; there is no channel 16.", 6),
            Mistake("n on each side, right", "7 would be 5 to the left, the channel and 1 to the right. It reaches n/2.", 7),
            Mistake("only two", "both neighbours on the left are inside, and the channel itself.", 2),
        ],
        "n = 4, i = 8": [
            Mistake(
                "n channels",
                "4/2 = 2 to the left and 2 to the right, and the channel itself. Write the five j down.",
                4,
            ),
            Mistake("n - 1 channels", "3 would be 1 on each side. 4/2 is 2.", 3),
            Mistake("n on each side, even", "9 would be 4 on each side.", 9),
        ],
        "n = 40, i = 8": [
            Mistake("no clipping at all", _NO_CLIPPING, 41),
            Mistake("no clipping, n", _NO_CLIPPING, 40),
            Mistake("clipped on the left only", "on the left it ends at 0. On the right it ends, too, at N - 1.", 29),
            Mistake("clipped on the right only", "on the right it ends at N - 1. On the left it ends, too, at 0.", 28),
            Mistake("N - 1", "15 is the last index. Counted from 0, there are N channels.", 15),
            Mistake("N + 1", "the last index is N - 1, not N.", 17),
        ],
    },
    points=2,
    hints=[
        "Write the first and the last j of the sum down. n/2 is a whole number: what is left over is dropped.",
        "From first to last there are last - first + 1 channels. First is max(0, i - n/2), last min(N - 1, i + n/2).",
    ],
    insight="In the middle an odd n counts n channels, and so does the even number before it: 4 and 5 are the same "
    "layer. At the border fewer take part, so a border channel is damped less.",
)
